//! What is written is read again.

use super::*;
use domain::dpia::{
    answer::Answer,
    exchange::{Bundle, Unreadable},
};
use proptest::prelude::*;
use serde_json::Value;

#[test]
fn everything_comes_back_from_json() {
    let bundle = bundle();
    let json = bundle.to_json().unwrap();
    assert_eq!(Bundle::from_json(json.as_bytes()).unwrap(), bundle);
    assert_eq!(Bundle::from_json(format!("\u{FEFF}{json}").as_bytes()).unwrap(), bundle);
    assert!(json.ends_with("}\n") && json.contains("\"format\": \"city-tools assessment 1\""));
}

/// The JSON itself is held to, so that a change of its shape is seen; `UPDATE_FIXTURES=1` writes it anew.
#[test]
fn the_json_is_as_it_was() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/exchange/sample.json");
    let json = bundle().to_json().unwrap();
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        std::fs::write(file, &json).unwrap();
    }
    assert_eq!(json, std::fs::read_to_string(file).unwrap());
}

#[test]
fn the_seals_can_be_computed_again_from_the_document() {
    let bundle = Bundle::from_json(bundle().to_json().unwrap().as_bytes()).unwrap();
    let template = template();
    let version = &bundle.versions[0];
    let again = version.content.seals(bundle.assessment.controllers(), &|field| template.signed(field));
    assert_eq!(again, version.seals);
    assert!(bundle.signatures[0].holds(&again));
}

#[test]
fn what_is_no_assessment_is_refused_with_its_place() {
    let refused = |text: &str| Bundle::from_json(text.as_bytes()).unwrap_err();
    assert!(matches!(refused("{"), Unreadable::NotJson(_)));
    assert_eq!(refused("{}"), Unreadable::OtherFormat);
    assert_eq!(refused(r#"{"format":"something else"}"#), Unreadable::OtherFormat);
    let mut value: Value = serde_json::from_str(&bundle().to_json().unwrap()).unwrap();
    value["fields"][0]["answer"] = serde_json::json!({"text": "a", "choice": "b"});
    let Unreadable::Schema { pointer, .. } = refused(&value.to_string()) else { panic!("a schema's refusal") };
    assert_eq!(pointer, "/fields/0/answer");
    // What is missing at the top has a place in words too.
    value.as_object_mut().unwrap().remove("exported_at");
    value["fields"] = serde_json::json!([]);
    let said = refused(&value.to_string()).to_string();
    assert!(said.starts_with("the file does not follow the schema of assessments, at the top: "), "{said}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is written anywhere comes back letter for letter.
    #[test]
    fn any_text_survives(texts in proptest::collection::vec(any::<String>(), 6), number in any::<i64>(), version in 0u32..1_000_000) {
        let mut bundle = bundle();
        bundle.assessment.title = texts[0].clone();
        bundle.fields[0].answer = Some(Answer::Text(texts[1].clone()));
        bundle.fields[0].version = version;
        bundle.comments[0].text = texts[2].clone();
        bundle.risks[0].risk.description = texts[3].clone();
        bundle.attachments[0].name = texts[4].clone();
        bundle.signatures[0].reasons = texts[5].clone();
        bundle.exported_at = number;
        let back = Bundle::from_json(bundle.to_json().unwrap().as_bytes()).unwrap();
        prop_assert_eq!(&back, &bundle);
        let anew = bundle.anew(&receiver(&[]), None, &mut counter()).unwrap();
        prop_assert_eq!(&anew.fields[0].answer, &bundle.fields[0].answer);
        prop_assert_eq!(&anew.comments[0].text, &bundle.comments[0].text);
    }
}
