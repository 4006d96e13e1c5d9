//! Which version a paper is of, which seals it has, and what each signature says and whether it holds.

use super::{
    tests::{AT, bundle, in_all_formats, template, unzipped},
    *,
};
use domain::dpia::assessment::State;

#[test]
fn a_signature_is_out_of_date_when_the_text_changed() {
    let (mut bundle, template) = (bundle(), template());
    let state = |bundle: &Bundle| {
        let subject = Subject::new(bundle, &template, HashMap::new());
        assessment::paper(&subject, AT).signatures[0].state.clone()
    };
    assert_eq!(state(&bundle), "Signed: holds for this text");
    // What the board of signatures passes over, the paper does not call good: whoever gave it wrote part of it since.
    let subject = Subject::new(&bundle, &template, HashMap::new()).passing_over([bundle.signatures[0].id].into());
    assert_eq!(
        assessment::paper(&subject, AT).signatures[0].state,
        "Holds no longer: the risk, or who wrote part of it, is another now"
    );
    assert!(subject.signed_in_short().contains("do not"), "{}", subject.signed_in_short());
    bundle.fields[0].answer = Some(Answer::Text("Something else".into()));
    assert_eq!(state(&bundle), "Out of date: the text changed since");
}

#[test]
fn tables_say_their_version_their_seals_and_how_the_signatures_stand() {
    let (bundle, template) = (bundle(), template());
    let (shared, signature) = (bundle.versions[0].seals.shared.to_string(), bundle.signatures[0].clone());
    let subject = Subject::new(&bundle, &template, HashMap::new());
    let csv = String::from_utf8(tables::answers(&subject).unwrap()).unwrap();
    assert!(csv.contains(&format!("2019-7,Version 1: First,{shared},1 hold,shared,")), "{csv}");
    assert!(csv.contains(&format!("2019-7,Version 1: First,{},1 hold,annex,hackney", signature.annex)), "{csv}");
    let risks = unzipped(tables::risks(&subject).unwrap());
    for said in ["Version and signatures", "Version 1: First", &shared, "Signature: Risk", "Signed: holds for this text"] {
        assert!(risks.contains(said), "{said}");
    }
    let agreement = serde_json::to_value(agreement::values(&subject)).unwrap();
    assert_eq!((&agreement["sealed"], &agreement["signatures"][0]["holds"]), (&shared.into(), &true.into()));
    assert_eq!(agreement["parties"][1]["sealed"], signature.annex.to_string());
    assert!(!agreement.to_string().contains(&signature.person.to_string()), "roles and organisations, no person");
}

#[test]
fn a_paper_is_of_its_version_whoever_joins_or_leaves() {
    let (signed, template) = (bundle(), template());
    let paper = |bundle: &Bundle| assessment::paper(&Subject::new(bundle, &template, HashMap::new()), AT);
    let fact =
        |document: &Document, label: &str| document.facts.iter().find(|pair| pair.label == label).map(|pair| format!("{pair:?}"));
    let document = paper(&signed);
    assert_eq!((document.version.as_str(), fact(&document, "Not part of this version")), ("Version 1: First", None));
    let seal = signed.versions[0].seals.annexes[&signed.signatures[0].organisation].to_string();
    assert!(fact(&document, "Seal of the annex of hackney (SHA-256)").is_some_and(|said| said.contains(&seal)));
    // A council joins: its annex is beside the version, and nobody's signature is touched.
    let mut joined = signed.clone();
    let late = domain::register::ids::OrganisationId(Uuid::from_u128(4));
    let party = joined.assessment.parties[0].clone();
    joined.assessment.parties.push(domain::dpia::assessment::Party { organisation: late, ..party });
    let document = paper(&joined);
    assert_eq!(
        (document.version.as_str(), document.signatures[0].state.as_str()),
        ("Version 1: First", "Signed: holds for this text")
    );
    assert!(fact(&document, "Not part of this version").is_some_and(|said| said.contains("it is being written")));
    // One that signed leaves: not a word has changed.
    let mut left = signed.clone();
    left.assessment.parties[1].joined = Joined::Left;
    let document = paper(&left);
    assert_eq!(document.version, "Version 1: First");
    assert_eq!(document.signatures[0].state, "Signed for this text; left on 3 December 2019");
    // An annex is written anew beside what is signed.
    let mut changed = signed.clone();
    let annex = Part::Annex(signed.signatures[0].organisation);
    let field = changed.fields.iter_mut().find(|field| field.place.part == annex).unwrap();
    field.answer = Some(Answer::Text("Another Act".into()));
    let document = paper(&changed);
    assert_eq!(document.version, "Version 1: First, and changes since in the annex of hackney");
    assert_eq!(document.signatures[0].state, "Out of date: the text changed since");
    let mut written = signed;
    written.assessment.state = State::Drafting;
    written.fields[0].answer = Some(Answer::Text("Something else".into()));
    assert!(paper(&written).version.starts_with("Working text of "));
}

#[test]
fn papers_say_what_each_signature_says_and_why() {
    let (mut bundle, template) = (bundle(), template());
    let mut overruled = bundle.signatures[0].clone();
    overruled.id = domain::dpia::ids::SignatureId(Uuid::from_u128(77));
    overruled.step = "answer-to-advice".into();
    overruled.kind = domain::dpia::sign_off::Kind::OverrulesAdvice;
    overruled.reasons = "The advice was overruled because people fall now.".into();
    let mut again = bundle.signatures[0].clone();
    (again.id, again.at) = (domain::dpia::ids::SignatureId(Uuid::from_u128(78)), again.at + 1);
    let mut advice = overruled.clone();
    advice.id = domain::dpia::ids::SignatureId(Uuid::from_u128(79));
    (advice.step, advice.kind) = ("advice".into(), domain::dpia::sign_off::Kind::Advises);
    advice.reasons = "Wait for the test.".into();
    bundle.signatures.extend([overruled, again, advice]);
    let step = (bundle.signatures[0].organisation, "risk".to_owned());
    let steps = HashMap::from([(step, "Acceptance of the remaining risk".to_owned())]);
    let subject = Subject::new(&bundle, &template, HashMap::new()).with_steps(steps);
    for document in [assessment::paper(&subject, AT), consultation::paper(&subject, AT)] {
        let text = in_all_formats(&document).replace('\\', "");
        for said in [
            "What was advised and decided",
            "Acceptance of the remaining risk",
            "Answer to advice",
            "Reasons: The advice was overruled because people fall now.",
            "Advice: Wait for the test.",
            "Replaced by a later signature",
            &bundle.signatures[0].annex.short(),
        ] {
            assert!(text.contains(said), "{said}: {text}");
        }
    }
    let pack = |bundle: &Bundle| in_all_formats(&consultation::paper(&Subject::new(bundle, &template, HashMap::new()), AT));
    assert!(pack(&bundle).contains("as frozen in Version 1: First"), "{}", pack(&bundle));
    bundle.assessment.state = State::Drafting;
    assert!(pack(&bundle).contains("it is not frozen") && !pack(&bundle).contains("as frozen in"));
}
