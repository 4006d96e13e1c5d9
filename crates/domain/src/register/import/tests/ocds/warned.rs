//! What is read of periods, durations and what stands where something else should, with the warnings that say so.

use super::*;

/// What a release comes to, and the warnings about it as 'field: message'.
fn warned(release: &Json) -> (Drafts, Vec<String>) {
    let mut warnings = Vec::new();
    let drafts = ocds::read(1, release, &mut warnings);
    (drafts, warnings.into_iter().map(|one| format!("{}: {}", one.field, one.message)).collect())
}

#[test]
fn each_day_is_taken_from_the_first_period_that_has_it() {
    let with = |contract: Json, award: Json| {
        let (drafts, warnings) = warned(&release(json!({
            "awards": [{"id": "A1", "suppliers": [{"id": "s1", "name": "Acme Ltd"}], "contractPeriod": award}],
            "contracts": [{"id": "C1", "awardID": "A1", "period": contract}],
        })));
        let draft = &drafts.contracts[0];
        (draft.start.value().copied(), draft.end.value().copied(), warnings)
    };
    let (start, end, warnings) =
        with(json!({"startDate": "2025-04-01"}), json!({"startDate": "2024-01-01", "endDate": "2029-03-31"}));
    assert_eq!((start, end), (Some(date(2025, 4, 1)), Some(date(2029, 3, 31))));
    assert!(warnings.is_empty(), "{warnings:?}");
    // A duration gives the end, and that is said.
    let (_, end, warnings) = with(json!({"startDate": "2025-04-01", "durationInDays": 365}), json!({"endDate": "2029-03-31"}));
    assert_eq!(end, Some(date(2026, 4, 1)));
    assert!(
        warnings.iter().any(|one| one.starts_with("endDate: ") && one.contains("365 days from 1 April 2025")),
        "{warnings:?}"
    );
    // An end before the start that stands elsewhere is none.
    let (start, end, warnings) = with(json!({"startDate": "2030-04-01"}), json!({"endDate": "2029-03-31"}));
    assert_eq!((start, end), (Some(date(2030, 4, 1)), None));
    assert!(warnings.iter().any(|one| one.contains("is before it")), "{warnings:?}");
}

#[test]
fn nothing_is_left_out_in_silence() {
    for (extra, words) in [
        (json!({"tender": {"tenderPeriod": {"endDate": "2025-13-45"}}}), "tenderPeriod: ‘2025-13-45’ is left as not known"),
        (json!({"tender": {"tenderPeriod": {"endDate": "soon"}}}), "tenderPeriod: ‘soon’ is left as not known"),
        (json!({"tender": {"tenderPeriod": {"endDate": 7}}}), "tenderPeriod: ‘7’ is left as not known"),
        (json!({"tender": {"contractPeriod": {"startDate": "01/02/2026"}}}), "startDate: ‘01/02/2026’ is left as not known"),
        (json!({"tender": {"contractPeriod": "two years"}}), "period: the period"),
        (json!({"tender": {"contractPeriod": {"durationInDays": "long"}}}), "durationInDays: "),
        (json!({"tender": "soon"}), "tender: what stands at tender is left out"),
        (json!({"parties": "none"}), "parties: what stands at parties is left out"),
        (json!({"awards": [{"id": "A1"}, 7]}), "awards: an entry of awards is left out"),
        (
            json!({"awards": [{"id": "A1", "suppliers": "Acme Ltd"}]}),
            "award suppliers: what stands at award suppliers is left out",
        ),
        (
            json!({"awards": [{"id": "A1", "suppliers": ["Acme Ltd"]}]}),
            "award suppliers: an entry of award suppliers is left out",
        ),
        (json!({"awards": [{"id": "A1", "suppliers": [{}]}]}), "suppliers: a supplier with neither"),
    ] {
        let (_, warnings) = warned(&release(extra.clone()));
        assert!(warnings.iter().any(|one| one.starts_with(words)), "{extra}: {warnings:?}");
    }
    // One object where a list should be is read, and that is said.
    let award = json!({"id": "A1", "suppliers": {"id": "s1", "name": "Acme Ltd"}, "contractPeriod": {"endDate": "2029-03-31"}});
    let (drafts, warnings) = warned(&release(json!({"tag": ["award"], "awards": award})));
    assert!(drafts.planned.is_none() && drafts.contracts.len() == 1);
    assert_eq!(drafts.contracts[0].suppliers[0].name, "Acme Ltd");
    assert_eq!(drafts.contracts[0].end.value(), Some(&date(2029, 3, 31)));
    assert!(warnings.iter().filter(|one| one.contains("read as a list of one")).count() == 2, "{warnings:?}");
    assert!(warned(&release(json!({}))).1.is_empty());
}

#[test]
fn how_long_what_is_planned_would_run_is_kept() {
    let planned = |period: Json, lots: Json| {
        let mut release = release(json!({}));
        release["tender"]["contractPeriod"] = period;
        release["tender"]["lots"] = lots;
        let (drafts, warnings) = warned(&release);
        let planned = drafts.planned.expect("planned");
        (planned.start, planned.end, planned.duration, warnings)
    };
    let lot = |days: u32| json!({"id": days.to_string(), "contractPeriod": {"durationInDays": days}});
    assert_eq!(planned(json!(null), json!([lot(1440)])), (None, None, Some(1440), Vec::new()));
    let same =
        json!([{"id": "1", "contractPeriod": {"durationInDays": 720}}, {"id": "2", "contractPeriod": {"durationInDays": 720}}]);
    assert_eq!(planned(json!(null), same).2, Some(720));
    let (.., none, warnings) = planned(json!(null), json!([lot(720), lot(1440)]));
    assert!(none.is_none() && warnings.iter().any(|one| one.contains("different times")), "{warnings:?}");
    let (start, end, duration, warnings) = planned(json!({"startDate": "2025-04-01", "durationInDays": 730}), json!([]));
    assert_eq!((start, end, duration), (Some(date(2025, 4, 1)), Some(date(2027, 4, 1)), None));
    assert!(warnings.iter().any(|one| one.contains("730 days from 1 April 2025")), "{warnings:?}");
    let months: Vec<Option<u32>> = [1440, 1461, 365, 730, 30, 20, 10].map(crate::register::records::about_months).to_vec();
    assert_eq!(months, [Some(48), Some(48), Some(12), Some(24), Some(1), Some(1), None]);
    // All of the real notices that say so and nothing else.
    let kept = real().iter().filter_map(|release| read(release).planned).filter(|planned| planned.duration.is_some()).count();
    let told = real().iter().flat_map(|release| warned(release).1).filter(|one| one.contains("different times")).count();
    assert_eq!((kept, told), (97, 2));
}
