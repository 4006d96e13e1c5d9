//! What comes in is somebody's here: with ids of its own, and without a signature, a task or a publication that counts.

use super::*;
use domain::dpia::{
    answer::Answer,
    assessment::{Joined, State},
    cnil,
    exchange::{Bundle, from_cnil},
    ico::{Asked, Consultation, IcoAnswer, IcoOutcome},
    ids::ConsultationId,
    place::{Part, Place},
    risk::{Band, Rating},
};
use jiff::civil::date;
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
fn what_the_commissioner_answered_elsewhere_clears_nothing_here_and_a_draft_is_not_in_use() {
    let mut before = bundle();
    let risk = before.risks[0].risk.clone();
    before.assessment.state = State::Drafting;
    before.consultations = vec![Consultation {
        id: ConsultationId(id(860)),
        assessment: before.assessment.id,
        version: before.versions[0].id,
        risks: vec![risk.id],
        asked: vec![Asked::of(&risk)],
        sent: date(2019, 12, 3),
        received: Some(date(2019, 12, 4)),
        stops: vec![],
        extension: None,
        answer: Some(IcoAnswer { on: date(2020, 1, 2), outcome: IcoOutcome::MayProceed, text: "Go on.".into(), before: vec![] }),
        withdrawn: None,
        updated_at: AT,
    }];
    let template = template();
    let matrix = &template.matrix;
    assert!(before.consultations[0].clears(&risk, matrix), "where it was asked, it is answered");
    let after = before.anew(&receiver(&[]), Some(&template), &mut counter()).unwrap();
    assert!(after.consultations.iter().all(|one| !one.clears(&after.risks[0].risk, matrix)));
    assert_eq!((after.consultations.len(), after.consultations_elsewhere.len()), (0, 1));
    assert_eq!(after.consultations_elsewhere[0].answer, before.consultations[0].answer);
    assert_eq!((after.assessment.state, after.assessment.live_since), (State::Drafting, None));
    assert_eq!(after.live_elsewhere, Some(date(2020, 1, 2)));
    assert_eq!(Bundle::from_json(after.to_json().unwrap().as_bytes()).unwrap(), after);
    // Brought in once more, it is still told, and still clears nothing.
    let again = after.anew(&receiver(&[]), Some(&template), &mut counter()).unwrap();
    assert_eq!((again.consultations.len(), again.consultations_elsewhere.len()), (0, 1));
    assert_eq!(again.live_elsewhere, Some(date(2020, 1, 2)));
    // What was signed elsewhere stays the record that it is.
    let record = bundle().anew(&receiver(&[]), Some(&template), &mut counter()).unwrap();
    assert_eq!((record.assessment.live_since, record.live_elsewhere), (Some(date(2020, 1, 2)), None));
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

    // Whoever brings the file in said none of it.
    let fields = bundle.fields.iter().map(|one| (one.stated, one.by));
    let risks = bundle.risks.iter().map(|one| (one.stated, one.by));
    let measures = bundle.measures.iter().map(|one| (one.stated, one.by));
    let comments = bundle.comments.iter().map(|one| (one.stated, one.by));
    let mut said = fields.chain(risks).chain(measures).chain(comments);
    assert!(said.all(|one| one == (true, from_cnil::UNNAMED)) && !bundle.comments.is_empty());

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
