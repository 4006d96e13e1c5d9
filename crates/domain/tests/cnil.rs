//! Files of the CNIL's PIA tool come in with nothing lost. The fixtures are this project's own; each has its expected result
//! beside it, which `UPDATE_FIXTURES=1` writes anew.

use domain::dpia::cnil::{
    About, Gauge, How, Import, RemarkKind, RiskKind, Source, Status, Verdict, Why, import, questions::Slot, read,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn imports(bytes: &[u8]) -> Vec<Import> {
    read(bytes).unwrap().iter().map(import).collect()
}

/// Every source of an import, wherever it hangs.
fn sources(import: &Import) -> Vec<&Source> {
    let mut out: Vec<&Source> = import.sources.iter().collect();
    out.extend(import.answers.iter().flat_map(|answer| &answer.sources));
    out.extend(import.risks.iter().flat_map(|risk| &risk.sources));
    out.extend(import.measures.iter().flat_map(|measure| &measure.sources));
    out.extend(import.remarks.iter().flat_map(|remark| &remark.sources));
    out.extend(import.kept.iter().map(|kept| &kept.source));
    out
}

/// What a file says: each text that is not empty, each number and each flag, by pointer.
fn said(value: &Value, pointer: &str, out: &mut BTreeMap<String, String>) {
    match value {
        Value::Null => {}
        Value::String(text) if text.is_empty() => {}
        Value::String(text) => {
            out.insert(pointer.to_owned(), text.clone());
        }
        Value::Array(list) => list.iter().enumerate().for_each(|(at, entry)| said(entry, &format!("{pointer}/{at}"), out)),
        Value::Object(map) => map
            .iter()
            .for_each(|(key, entry)| said(entry, &format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")), out)),
        other => {
            out.insert(pointer.to_owned(), other.to_string());
        }
    }
}

fn assert_nothing_lost(file: &Value) {
    let imports = imports(file.to_string().as_bytes());
    let mut expected = BTreeMap::new();
    said(file, "", &mut expected);
    let mut found = BTreeMap::new();
    for source in imports.iter().flat_map(sources) {
        let twice = found.insert(source.reference.clone(), source.text.clone());
        assert_eq!(twice, None, "{} has two places", source.reference);
    }
    assert_eq!(found, expected);
    for import in &imports {
        let reported = import.report.mapped.len() + import.report.kept.len();
        assert_eq!(reported, sources(import).len(), "the report has an entry for everything");
    }
}

fn pair(name: &str) -> Vec<Import> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cnil");
    let input = std::fs::read(format!("{folder}/{name}.json")).unwrap();
    let result = imports(&input);
    let expected = format!("{folder}/{name}.expected.json");
    let written = serde_json::to_string_pretty(&result).unwrap() + "\n";
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        std::fs::write(&expected, &written).unwrap();
    }
    assert_eq!(written, std::fs::read_to_string(&expected).unwrap(), "{name}");
    let file: Value = serde_json::from_slice(input.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&input)).unwrap();
    assert_nothing_lost(&file);
    result
}

#[test]
fn a_whole_file_finds_its_places() {
    let [import] = pair("full").try_into().unwrap();
    assert_eq!((import.title.as_str(), import.status), ("Illustrative: telecare alerts", Status::Signed));
    let answer = |slot| &import.answers.iter().find(|answer| answer.slot == slot).unwrap().text;
    assert_eq!(answer(Slot::Overview), "Sensors tell the care team when someone has\u{a0}fallen.\n\nNothing else is recorded.");
    assert_eq!(answer(Slot::Retention), "Two years & no longer.");
    assert!(!import.answers.iter().any(|answer| answer.slot == Slot::Consent), "an empty answer is none");

    let risk = &import.risks[0];
    assert_eq!(
        (risk.kind, risk.severity, risk.likelihood),
        (RiskKind::IllegitimateAccess, Some(Gauge::Important), Some(Gauge::Negligible))
    );
    assert_eq!((risk.residual_severity, risk.residual_likelihood), (Some(Gauge::Limited), Some(Gauge::Negligible)));
    assert_eq!(
        (risk.controls.as_slice(), risk.missing_controls.as_slice()),
        (&[0][..], &["A title that was changed".to_owned()][..])
    );
    assert_eq!(risk.impacts, ["Distress", "Burglary"]);
    assert_eq!((import.measures[0].title.as_str(), import.measures[0].owner.as_str()), ("Encryption", "IT"));

    let has =
        |about: &About, kind: &RemarkKind| import.remarks.iter().any(|remark| remark.about == *about && remark.kind == *kind);
    assert!(has(&About::Answer(Slot::Retention), &RemarkKind::Evaluation(Verdict::Improvable)));
    let plan = RemarkKind::ActionPlan { owner: "Head of Care".into(), due: Some(jiff::civil::date(2026, 6, 30)) };
    assert!(has(&About::Answer(Slot::Retention), &plan));
    assert!(has(&About::Measure(1), &RemarkKind::Comment));
    assert!(has(&About::Answer(Slot::LifeCycle), &RemarkKind::Comment));
    assert!(has(&About::Whole, &RemarkKind::DpoOpinion(Some(true))));
    assert!(has(&About::Whole, &RemarkKind::PeopleOpinion(Some(false))));
    assert!(has(&About::Whole, &RemarkKind::OwnQuestion { question: "999".into() }));
}

#[test]
fn the_report_says_what_was_changed_and_kept_aside() {
    let [import] = pair("full").try_into().unwrap();
    let changed =
        |reference: &str| import.report.changed.iter().find(|entry| entry.reference == reference).map(|entry| entry.how);
    assert_eq!(changed("/answers/0/data/text"), Some(How::Formatting));
    assert_eq!(changed("/answers/11/data/gauge"), Some(How::Scale));
    assert_eq!(changed("/answers/10/data/list/1"), Some(How::BrokenLink));
    assert_eq!(changed("/evaluations/2/reference_to"), Some(How::Relinked));
    assert_eq!(changed("/evaluations/4/reference_to"), Some(How::BrokenLink));
    assert_eq!(changed("/evaluations/2/estimated_implementation_date"), Some(How::Unreadable));
    assert_eq!(changed("/pia/status"), Some(How::NotCarriedOver));
    let kept = |reference: &str| import.report.kept.iter().find(|entry| entry.reference == reference).map(|entry| entry.why);
    assert_eq!(kept("/pia/author_name"), Some(Why::Person));
    assert_eq!(kept("/pia/user_pias/0/user/email"), Some(Why::Person));
    assert_eq!(kept("/evaluations/4/reference_to"), Some(Why::Dangling));
    assert_eq!(kept("/dbVersion"), Some(Why::Bookkeeping));
    assert_eq!(kept("/pia/category"), Some(Why::NoPlace));
}

#[test]
fn the_servers_form_is_an_array_with_everything_nested() {
    let [own, bare] = pair("server").try_into().unwrap();
    let question = RemarkKind::OwnQuestion { question: "What is it for?".into() };
    let remark = own.remarks.iter().find(|remark| remark.kind == question).unwrap();
    assert_eq!((remark.text.as_str(), remark.sources[0].reference.as_str()), ("For parking permits.", "/0/answers/0/data/text"));
    assert_eq!(own.answers[0].slot, Slot::Responsibilities, "a title that is only a key is the tool's own question");
    assert_eq!((bare.title.as_str(), bare.status), ("Illustrative: nearly empty", Status::Archived));
}

#[test]
fn only_a_file_without_an_assessment_is_refused() {
    for refused in ["", "{", "null", "[]", "{}", r#"{"answers":[]}"#, r#"{"pia":null}"#, r#"{"pia":[]}"#, "[1]", "7"] {
        assert!(read(refused.as_bytes()).is_err(), "{refused}");
    }
    for taken in [
        r#"{"pia":{}}"#,
        r#"{"pia":{"status":null,"name":7},"answers":{},"measures":null,"evaluations":[null,1],"comments":[{}]}"#,
        r#"{"pia":{},"answers":[{"reference_to":"x","data":[]},{"reference_to":111,"data":"text"},{"reference_to":325,"data":{"gauge":"9"}}]}"#,
        r#"[{"pia":{"name":"x"}}]"#,
        r#"[{}]"#,
    ] {
        assert_nothing_lost(&serde_json::from_str(taken).unwrap());
    }
}

#[test]
fn a_scale_of_four_goes_into_three_and_never_down() {
    let steps = [Gauge::Negligible, Gauge::Limited, Gauge::Important, Gauge::Maximum].map(|gauge| gauge.step_of(3));
    assert_eq!(steps, [0, 1, 2, 2]);
    assert_eq!(Gauge::Maximum.step_of(5), 4);
    assert_eq!(Gauge::Important.step_of(1), 0);
}

/// Texts as people and editors write them.
fn words() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!("")),
        "[a-zA-Zé<>&;/\"' \n]{0,40}".prop_map(|text| json!(text)),
        "[a-z ]{1,20}".prop_map(|text| json!(format!("<p style=\"x\">{text}</p>"))),
        any::<String>().prop_map(|text| json!(text)),
        (-2i64..6).prop_map(|number| json!(number)),
        any::<bool>().prop_map(|flag| json!(flag)),
    ]
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![(100i64..350).prop_map(|number| json!(number)), (0i64..6).prop_map(|number| json!(number)), words()]
}

fn reference() -> impl Strategy<Value = Value> {
    prop_oneof![
        number(),
        Just(json!("3.1.[object Object]")),
        (1i64..4, 1i64..5).prop_map(|(section, item)| json!(format!("{section}.{item}"))),
        (0i64..4).prop_map(|id| json!(format!("3.1.{id}"))),
        (100i64..350).prop_map(|question| json!(format!("{}.{}.{question}", question / 100, question / 10 % 10))),
    ]
}

prop_compose! {
    fn answer()(reference in number(), text in words(), gauge in number(), list in proptest::collection::vec(words(), 0..3)) -> Value {
        json!({"reference_to": reference, "data": {"text": text, "gauge": gauge, "list": list}, "created_at": null})
    }
}

prop_compose! {
    fn measure()(id in 0i64..4, title in words(), content in words()) -> Value {
        json!({"id": id, "title": title, "content": content, "placeholder": "p"})
    }
}

prop_compose! {
    fn evaluation()(reference in reference(), status in number(), text in words(), plan in words(), x in number(), who in words(), due in words()) -> Value {
        json!({"reference_to": reference, "status": status, "evaluation_comment": text, "action_plan_comment": plan,
            "gauges": {"x": x, "y": 2}, "person_in_charge": who, "estimated_implementation_date": due})
    }
}

prop_compose! {
    fn comment()(reference in reference(), text in words(), flag in words()) -> Value {
        json!({"reference_to": reference, "description": text, "for_measure": flag, "user": {"name/~": "x"}})
    }
}

prop_compose! {
    fn file()(
        own in proptest::collection::btree_map(prop_oneof![
            Just("name"), Just("status"), Just("dpo_opinion"), Just("dpo_status"), Just("concerned_people_opinion"),
            Just("concerned_people_searched_content"), Just("rejection_reason"), Just("structure_data"), Just("unheard-of")
        ], words(), 0..9),
        answers in proptest::collection::vec(answer(), 0..6),
        measures in proptest::collection::vec(measure(), 0..4),
        evaluations in proptest::collection::vec(evaluation(), 0..4),
        comments in proptest::collection::vec(comment(), 0..4),
        nested in any::<bool>(),
    ) -> Value {
        let own: serde_json::Map<String, Value> = own.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        let mut file = if nested { Value::Object(own) } else { json!({"pia": own}) };
        file["answers"] = json!(answers);
        file["measures"] = json!(measures);
        file["evaluations"] = json!(evaluations);
        file["comments"] = json!(comments);
        if nested { json!([file]) } else { file }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Whatever a file says stands in exactly one place afterwards, letter for letter.
    #[test]
    fn nothing_is_lost(file in file()) {
        assert_nothing_lost(&file);
    }
}
