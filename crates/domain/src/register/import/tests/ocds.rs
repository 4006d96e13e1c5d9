//! OCDS releases to contracts and planned procurements, one release at a time.

mod real;
mod warned;

use super::*;
use crate::register::import::ocds::{self, Drafts};
use crate::register::money::{Basis, Value};
use jiff::civil::date;
use real::real;
use serde_json::{Value as Json, json};

impl Register {
    pub(super) fn releases(&mut self, releases: &[Json]) -> Report {
        let mut report = Report::new(Some(ImportId(self.id())));
        let mut planned_counts = Counts::default();
        self.planned(None, |planner, register| {
            for (place, release) in releases.iter().enumerate() {
                let place = place as u64 + 1;
                report.read += 1;
                let drafts = ocds::read(place, release, &mut report.warnings);
                for draft in &drafts.contracts {
                    match planner.notice(place, draft) {
                        Ok(step) => register.take(place, step, &mut report),
                        Err(rejection) => report.reject(rejection),
                    }
                }
                for (draft, warnings) in drafts.withdrawn {
                    if let Some(step) = planner.withdrawn(place, &draft).unwrap() {
                        report.warnings.extend(warnings);
                        register.take(place, step, &mut report);
                    }
                }
                if let Some(draft) = &drafts.planned {
                    let change = match planner.planned(place, draft) {
                        Ok(Step::Same(_)) => Change::Unchanged { kept: Vec::new() },
                        Ok(Step::New(resolved)) => apply::compare(None, *resolved, 1_000),
                        Ok(Step::Compare(id, resolved)) => apply::compare(register.planned.get(&id), *resolved, 1_000),
                        Err(rejection) => {
                            report.reject(rejection);
                            continue;
                        }
                    };
                    planned_counts.count(&change);
                    if let Change::Create(record) | Change::Update { after: record, .. } = change {
                        register.planned.insert(record.id, *record);
                    }
                }
            }
        });
        report.planned_procurements = Some(planned_counts);
        report
    }
}

fn read(release: &Json) -> Drafts {
    ocds::read(1, release, &mut Vec::new())
}

fn release(extra: Json) -> Json {
    let mut release = json!({
        "ocid": "ocds-b5fd17-1", "id": "r1", "date": "2025-02-03T04:05:06Z", "tag": ["compiled"],
        "buyer": {"id": "GB-LAE-CMD", "name": "The Camden Housing Office"},
        "parties": [
            {"id": "GB-LAE-CMD", "name": "The Camden Housing Office", "roles": ["buyer"]},
            {"id": "s1", "name": "Acme Ltd", "identifier": {"scheme": "GB-COH", "id": "1234568"}, "details": {"scale": "sme", "vcse": false}}
        ],
        "tender": {"id": "T-77", "title": "Repairs", "value": {"amount": 999, "currency": "GBP"}, "contractPeriod": {"startDate": "2025-04-01T00:00:00+01:00", "endDate": "2026-03-31T23:59:59+01:00"}}
    });
    for (name, value) in extra.as_object().expect("an object") {
        release[name] = value.clone();
    }
    release
}

#[test]
fn contracts_go_before_awards_and_lend_their_suppliers() {
    let drafts = read(&release(json!({
        "awards": [{"id": "A1", "status": "active", "suppliers": [{"id": "s1", "name": "Acme Ltd"}, {"id": "org-9"}], "value": {"amount": 5}, "contractPeriod": {"endDate": "2029-01-01"}}],
        "contracts": [{"id": "C1", "awardID": "A1", "status": "active", "value": {"amount": 7.005, "currency": "gbp"}, "period": {"startDate": "2025-04-01T00:00:00Z", "endDate": "2027-03-31T23:59:59Z", "maxExtentDate": "2029-03-31T00:00:00Z"}}]
    })));
    assert_eq!(drafts.contracts.len(), 1);
    let draft = &drafts.contracts[0];
    assert_eq!((draft.reference.as_deref(), draft.title.as_deref()), (Some("C1"), Some("Repairs")));
    assert_eq!(draft.end.value(), Some(&date(2027, 3, 31)));
    assert_eq!(draft.extensions.value().map(|options| options[0].months), Some(24));
    assert_eq!(draft.value.value().and_then(Value::money).map(|money| money.pence), Some(701));
    let names: Vec<(&str, bool)> = draft.suppliers.iter().map(|supplier| (supplier.name.as_str(), supplier.nameless)).collect();
    assert_eq!(names, [("Acme Ltd", false), ("org-9", true)], "a nameless supplier keeps its id");
    assert_eq!((draft.suppliers[0].identifiers[0].id.as_str(), draft.suppliers[0].sme), ("01234568", Some(true)));
    assert!(drafts.planned.is_none());
}

#[test]
fn an_award_without_a_period_takes_the_tenders_and_never_its_estimate() {
    let drafts = read(&release(json!({"awards": [{"id": "ocds-b5fd17-1-1", "suppliers": [{"id": "s1", "name": "Acme Ltd"}]}]})));
    let draft = &drafts.contracts[0];
    assert_eq!((draft.start.value(), draft.end.value()), (Some(&date(2025, 4, 1)), Some(&date(2026, 3, 31))));
    assert!(!draft.value.is_stated(), "an estimate is not a contract's value");
    assert_eq!(draft.reference.as_deref(), Some("T-77"), "an id that repeats the process is no reference");
}

#[test]
fn awards_that_do_not_stand_are_no_contracts_and_repeated_ids_are_all_kept() {
    let drafts = read(&release(json!({"awards": [{"id": "1", "status": "unsuccessful"}, {"id": "2", "status": "cancelled"}]})));
    assert!(drafts.contracts.is_empty());
    assert_eq!(drafts.planned.map(|planned| planned.stage), Some("cancelled".to_owned()), "nothing is coming any more");
    let drafts = read(&release(
        json!({"awards": [{"id": "1", "title": "One"}, {"id": "1", "title": "Two"}, {"id": 1, "title": "Three"}]}),
    ));
    let keys: std::collections::HashSet<_> = drafts.contracts.iter().map(|draft| draft.own_key.clone()).collect();
    assert_eq!((drafts.contracts.len(), keys.len()), (3, 3));
}

#[test]
fn an_award_that_is_withdrawn_ends_the_contract_that_was_made_of_it_and_no_other() {
    let award = |status: &str, title: &str| {
        json!({"id": "1", "status": status, "title": title, "suppliers": [{"id": "s1", "name": "Acme Ltd"}],
            "contractPeriod": {"endDate": "2027-03-31"}})
    };
    let mut register = Register::london();
    register.releases(&[release(json!({"awards": [award("active", "One"), award("active", "Two")]}))]);
    let first = json!({"date": "2025-05-06T00:00:00Z", "awards": [award("cancelled", "One"), award("active", "Two")]});
    let report = register.releases(&[release(first.clone())]);
    assert_eq!((report.created, report.updated, report.unchanged), (0, 1, 1), "{report:?}");
    let ended = |register: &Register, title: &str| {
        register.contracts.values().find(|contract| contract.title == title).map(|contract| contract.term.terminated)
    };
    assert_eq!(ended(&register, "One"), Some(Some(date(2025, 5, 6))));
    assert_eq!(ended(&register, "Two"), Some(None));
    assert_eq!(report.warnings.iter().filter(|one| one.message.starts_with("the award is cancelled")).count(), 1, "{report:?}");
    assert_eq!(register.releases(&[release(first)]).updated, 0, "the same again changes nothing");
    // Where it is awarded after all, it has not ended.
    register.releases(&[release(json!({"awards": [award("active", "One"), award("active", "Two")]}))]);
    assert_eq!(ended(&register, "One"), Some(None));
    // What was never a contract is none.
    let mut empty = Register::london();
    let report = empty.releases(&[release(json!({"awards": [award("cancelled", "One")]}))]);
    assert!(empty.contracts.is_empty() && report.warnings.is_empty(), "{report:?}");
}

#[test]
fn a_contract_that_was_ended_says_by_when() {
    for status in ["terminated", "cancelled"] {
        let drafts = read(&release(json!({"contracts": [{"id": "C1", "status": status, "period": {"endDate": "2027-03-31"}}]})));
        assert_eq!(drafts.contracts[0].terminated.value(), Some(&date(2025, 2, 3)), "{status}");
    }
    let ended = release(json!({"contracts": [{"id": "C1", "status": "terminated", "period": {"endDate": "2027-03-31"}}]}));
    let mut warnings = Vec::new();
    let _ = super::super::ocds::read(1, &ended, &mut warnings);
    assert!(
        warnings.iter().any(|one| one.field == "terminated" && one.message.contains("ended by 3 February 2025")),
        "{warnings:?}"
    );
}

#[test]
fn a_notice_that_nothing_was_awarded_is_no_tender_that_is_still_coming() {
    for status in ["cancelled", "unsuccessful"] {
        let alone = json!({ "ocid": "ocds-b5fd17-9", "date": "2025-02-03T00:00:00Z", "tag": ["award"],
            "buyer": {"name": "London Borough of Camden"},
            "awards": [{"id": "1", "status": status, "title": "Case management", "description": "No offer was good enough."}] });
        let planned = read(&alone).planned.expect("planned");
        assert_eq!((planned.stage.as_str(), planned.title.as_str()), (status, "Case management"));
        assert_eq!(planned.description.as_deref(), Some("No offer was good enough."));
    }
    let mut one_lot_of_two = release(json!({"awards": [{"id": "1", "status": "unsuccessful", "relatedLots": ["1"]}]}));
    one_lot_of_two["tender"]["status"] = json!("active");
    one_lot_of_two["tender"]["lots"] = json!([{"id": "1"}, {"id": "2"}]);
    assert_eq!(read(&one_lot_of_two).planned.map(|planned| planned.stage), Some("tender".to_owned()), "the other lot goes on");
}

#[test]
fn a_buyer_is_found_by_its_code_and_an_unknown_one_becomes_an_organisation() {
    let mut register = Register::london();
    let award = json!([{"id": "A1", "suppliers": [{"id": "s1", "name": "Acme Ltd"}]}]);
    let known = release(json!({"awards": award.clone()}));
    let unknown =
        release(json!({"ocid": "ocds-b5fd17-2", "buyer": {"id": "GB-CFS-1", "name": "Pond Authority"}, "awards": award.clone()}));
    let renamed = release(
        json!({"ocid": "ocds-b5fd17-3", "buyer": {"id": "GB-CFS-1", "name": "The Pond Authority (Finance)"}, "awards": award}),
    );
    let none = release(json!({"ocid": "ocds-b5fd17-4", "buyer": null, "parties": [], "awards": [{"id": "A1"}]}));
    let report = register.releases(&[known, unknown, renamed, none]);
    assert_eq!((report.read, report.created), (4, 3));
    assert_eq!(report.rejected[0].field, "organisation");
    let mut slugs: Vec<&str> = register.contracts.values().map(|contract| register.slug(contract)).collect();
    slugs.sort_unstable();
    assert_eq!(slugs, ["camden", "pond-authority", "pond-authority"]);
    assert_eq!(register.organisations.len(), 36);
    assert!(register.flags.iter().any(|flag| flag.reason == "new-organisation"));
}

#[test]
fn nameless_suppliers_of_two_processes_stay_two() {
    let mut register = Register::london();
    let award = json!([{"id": "A1", "suppliers": [{"id": "org-2"}]}]);
    register.releases(&[release(json!({"awards": award.clone()})), release(json!({"ocid": "ocds-b5fd17-2", "awards": award}))]);
    let suppliers: std::collections::HashSet<_> =
        register.contracts.values().map(|contract| contract.suppliers.clone()).collect();
    assert_eq!(suppliers.len(), 2);
}

#[test]
fn an_option_in_prose_is_a_suggestion_and_no_date() {
    let drafts = read(&release(
        json!({"awards": [{"id": "A1", "description": "Repairs. There is an option to extend the contract for an additional 2 years. More.", "contractPeriod": {"endDate": "2027-03-31"}}]}),
    ));
    assert_eq!(
        drafts.extensions_in_prose,
        [(0, "There is an option to extend the contract for an additional 2 years.".to_owned())]
    );
    assert!(!drafts.contracts[0].extensions.is_stated());
    let count = real().iter().map(|release| read(release).extensions_in_prose.len()).sum::<usize>();
    assert!(count >= 5, "real awards speak of options: {count}");
}

#[test]
fn what_is_at_tender_is_planned_with_an_estimate() {
    let planned = read(&release(json!({}))).planned.expect("planned");
    assert_eq!(
        (planned.stage.as_str(), planned.reference.as_deref(), planned.end),
        ("tender", Some("T-77"), Some(date(2026, 3, 31)))
    );
    assert!(matches!(planned.value, Value::Known(money) if money.basis == Basis::Estimated && money.pence == 99_900));
    for (status, stage) in
        [("cancelled", "cancelled"), ("withdrawn", "cancelled"), ("unsuccessful", "unsuccessful"), ("active", "tender")]
    {
        let mut told = release(json!({}));
        told["tender"]["status"] = json!(status);
        assert_eq!(read(&told).planned.map(|planned| planned.stage).as_deref(), Some(stage), "{status}");
    }
    let mut lots = release(json!({}));
    lots["tender"]["contractPeriod"] = Json::Null;
    lots["tender"]["lots"] =
        json!([{"id": "1", "contractPeriod": {"startDate": "2025-01-01T00:00:00Z", "endDate": "2025-12-31T00:00:00Z"}}]);
    assert_eq!(read(&lots).planned.and_then(|planned| planned.end), Some(date(2025, 12, 31)));
}

#[test]
fn huge_numbers_and_odd_shapes_are_survived() {
    let text = r#"{"ocid": "ocds-x-1", "buyer": {"name": "B"}, "awards": [{"id": "A", "value": {"amount": 1e9999}}, {"id": "B", "value": {"amount": "12.50"}}, {"id": "C", "value": {"amount": 1e-9999}}, 7, null, {"id": {"x": 1}, "suppliers": "none", "contractPeriod": []}]}"#;
    let release: Json = serde_json::from_str(text).expect("JSON");
    let mut warnings = Vec::new();
    let drafts = ocds::read(1, &release, &mut warnings);
    let pence: Vec<Option<i64>> =
        drafts.contracts.iter().map(|draft| draft.value.value().and_then(Value::money).map(|money| money.pence)).collect();
    assert_eq!(pence, [None, Some(1_250), Some(0), None]);
    assert!(warnings.iter().any(|warning| warning.message.contains("billion")), "{warnings:?}");
    for odd in [json!(null), json!([]), json!("x"), json!({"tender": 3, "parties": {}, "awards": {}, "contracts": "x"})] {
        let _ = read(&odd);
    }
}

#[test]
fn a_sum_that_had_to_be_rounded_is_said() {
    let told = |amount: &str| {
        let text =
            format!(r#"{{"ocid": "o", "buyer": {{"name": "B"}}, "awards": [{{"id": "A", "value": {{"amount": {amount}}}}}]}}"#);
        let mut warnings = Vec::new();
        let drafts = ocds::read(1, &serde_json::from_str(&text).expect("JSON"), &mut warnings);
        let pence = drafts.contracts[0].value.value().and_then(Value::money).map(|money| money.pence);
        let messages: Vec<String> = warnings.into_iter().filter(|one| one.field == "value").map(|one| one.message).collect();
        (pence, messages)
    };
    assert_eq!(told("1234.5600"), (Some(123_456), Vec::new()), "what is exact is not spoken of");
    assert_eq!(
        told("1234.564"),
        (Some(123_456), vec!["‘1234.564’ has more than two decimals; it is read as 1234.56".to_owned()])
    );
    assert_eq!(told("\"7.005\"").1.len(), 1);
    // An exponent is read digit by digit, in a number and in a text.
    for (written, pence) in [
        ("1e6", 100_000_000),
        ("1.5E3", 150_000),
        ("1.5e+3", 150_000),
        ("\"2.5e2\"", 25_000),
        ("12.5e-1", 125),
        ("1250e-2", 1_250),
        ("0e9", 0),
    ] {
        assert_eq!(told(written), (Some(pence), Vec::new()), "{written}");
    }
    for (written, pence) in [("1.2345e1", 1_235), ("1e-3", 0), ("1e-99999999999999999999", 0)] {
        let (read, messages) = told(written);
        assert_eq!((read, messages.len()), (Some(pence), 1), "{written}: {messages:?}");
    }
    for written in ["1e9999", "1e99999999999999999999", "\"1e6 or so\"", "\"1e\"", "\"e6\""] {
        let (read, messages) = told(written);
        assert_eq!((read, messages.len()), (None, 1), "{written}: {messages:?}");
        assert!(messages[0].starts_with("the value is left as not known: "), "{messages:?}");
    }
}

#[test]
fn addresses_other_than_http_are_left_out() {
    let with = |address: &str| {
        read(&release(json!({"awards": [{"id": "A1", "documents": [{"documentType": "awardNotice", "url": address}]}]})))
            .contracts[0]
            .url
            .clone()
    };
    assert_eq!(with("https://example.org/n").as_deref(), Some("https://example.org/n"));
    assert_eq!(with("javascript:alert(1)"), None);
}

#[test]
fn vat_is_told_from_the_uk_gross_amount() {
    let with = |value: Json| {
        let drafts = read(&release(json!({"awards": [{"id": "A1", "value": value}]})));
        drafts.contracts[0].value.value().and_then(Value::money).map(|money| (money.pence, money.vat))
    };
    use crate::register::money::Vat;
    assert_eq!(with(json!({"amount": 100, "amountGross": 120})), Some((10_000, Vat::Excluded)));
    assert_eq!(with(json!({"amountGross": 120})), Some((12_000, Vat::Included)));
    assert_eq!(with(json!({"amount": -5})), None);
}
