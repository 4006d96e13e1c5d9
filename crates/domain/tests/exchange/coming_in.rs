//! What comes in is somebody's here: with ids of its own, and without a signature, a task or a publication that counts.

use super::*;
use domain::dpia::{
    answer::Answer,
    assessment::{Joined, State},
    cnil,
    exchange::{Bundle, from_cnil},
    place::{Part, Place},
    risk::{Band, Rating},
};
use serde_json::Value;
use std::collections::BTreeSet;

#[test]
fn an_imported_document_has_ids_of_its_own_and_no_signature_that_counts() {
    let before = bundle();
    let here = [Named { id: organisation(55), slug: "hackney".into(), name: "Hackney".into() }];
    let template = template();
    let after = before.anew(&receiver(&here), Some(&template), &mut counter()).unwrap();

    assert_ne!(after.assessment.id, before.assessment.id);
    assert!(after.fields.iter().all(|field| field.assessment == after.assessment.id));
    assert_eq!(after.comments[1].thread, Some(after.comments[0].id), "links within hold");
    assert_eq!(after.measures[0].measure.risks, [after.risks[0].risk.id]);
    assert_eq!(after.history[0].id, after.fields[0].id);
    assert_eq!(after.risks[0].risk.part, Part::Annex(organisation(55)), "Hackney is found again by its short name");
    assert!(after.fields.iter().any(|field| field.place == Place::annex(organisation(55), "gateway")));
    assert!(
        after.fields.iter().any(|field| field.place == Place::annex(organisation(10), "gateway")),
        "Camden is not known here"
    );

    assert_eq!((after.assessment.state, after.assessment.number.as_str()), (State::Recorded, "2026-1"));
    assert!(after.signatures.is_empty() && after.signed_elsewhere.len() == 1);
    assert!(after.tasks.is_empty() && after.publications.is_empty(), "nobody here was asked, and nothing is public here");
    assert_eq!(after.tasks_elsewhere[0].assignee.organisation(), organisation(55));
    assert_eq!(after.publications_elsewhere[0].fields, before.publications[0].fields);
    assert_eq!(after.publications_elsewhere[0].version, after.versions[0].id);
    let elsewhere = after.assessment.elsewhere.as_ref().unwrap();
    assert_eq!(elsewhere.signatories, ["senior information risk owner, hackney"]);
    assert_eq!(elsewhere.level, Some(Band::Medium));
    assert_eq!(after.assessment.lead, organisation(77));
    assert_eq!(after.assessment.parties[0].organisation, organisation(77));
    let hackney = after.assessment.party(organisation(55)).unwrap();
    assert_eq!(hackney.joined, Joined::Invited, "nobody takes part without saying so here");

    let texts = |bundle: &Bundle| bundle.fields.iter().map(|field| field.answer.clone()).collect::<Vec<_>>();
    assert_eq!(texts(&after), texts(&before));
    assert_eq!(Bundle::from_json(after.to_json().unwrap().as_bytes()).unwrap(), after);
}

#[test]
fn a_file_of_the_cnil_becomes_a_document_that_keeps_every_text() {
    let file = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cnil/full.json")).unwrap();
    let pia = cnil::read(&file).unwrap();
    let import = cnil::import(&pia[0]);
    let template = template();
    let bundle = from_cnil::bundle(&import, &template, &receiver(&[]), &mut counter());
    let json = bundle.to_json().unwrap();
    let bundle = Bundle::from_json(json.as_bytes()).unwrap();

    let value: Value = serde_json::from_str(&json).unwrap();
    let kept: BTreeSet<&str> =
        value["imported"].as_array().unwrap().iter().map(|entry| entry["source"]["text"].as_str().unwrap()).collect();
    for leaf in pia[0].leaves() {
        assert!(kept.contains(leaf.text.as_str()), "{}", leaf.reference);
    }
    assert_eq!(bundle.imported.len(), pia[0].leaves().len());

    let answers = bundle.answers();
    assert_eq!(answers[&Place::shared("aims")], Answer::Text("To help quickly.".into()));
    let Answer::Rows(rows) = &answers[&Place::shared("data-items")] else { panic!("a table") };
    assert_eq!(rows.len(), 2);
    assert_eq!(
        answers[&Place::annex(organisation(77), "dpo-advice")],
        Answer::Text("Could go ahead once retention is shorter.".into())
    );
    assert_eq!((bundle.assessment.state, bundle.risks.len(), bundle.measures.len()), (State::Recorded, 1, 2));
    let risk = &bundle.risks[0].risk;
    assert_eq!(risk.inherent.rating, Some(Rating { likelihood: "remote".into(), severity: "serious".into() }));
    assert_eq!(bundle.measures[0].measure.risks, [risk.id]);
    assert!(
        bundle
            .comments
            .iter()
            .any(|comment| comment.text == "Evaluation: can be better\nToo long." && comment.place == Place::shared("deletion"))
    );
}

#[test]
fn every_answer_of_the_cnil_has_a_field_in_the_shipped_template() {
    let template = template();
    for slot in cnil::questions::Slot::ALL {
        assert!(template.field(from_cnil::field(slot)).is_some(), "{slot:?}");
    }
}
