//! An organisation may add guidance, own fields of its annex and requirements on itself; each other thing is refused.

use super::{lists, small};
use crate::{
    dpia::{
        answer::Answers,
        file::Problem,
        overlay::Overlay,
        place::Part,
        template::view::{Facts, Screened, View},
    },
    register::ids::OrganisationId,
};
use std::collections::BTreeSet;
use uuid::Uuid;

const OVERLAY: &str = "kind: overlay\nurn: urn:example:overlay:camden\nversion: 1.0.0\ntitle: Ours\nabout: Our own.\nin-force: 2026-02-01\nof: {urn: \"urn:example:dpia:small\", version: 1.0.0}\norganisation: camden\nguidance:\n  - {field: purpose, text: Ask the policy team.}\nfields:\n  - section: ours\n    field: {id: local-camden-board, label: Which board agreed?, kind: text, required: true}\nrequire: [our-note]\n";

fn read(text: &str) -> Result<Overlay, Vec<Problem>> {
    Overlay::read("camden.yaml", text, &[small()], &[lists()])
}

#[test]
fn what_it_may_do_it_does_in_its_own_annex_alone() {
    let (camden, hackney) = (OrganisationId(Uuid::from_u128(1)), OrganisationId(Uuid::from_u128(2)));
    let core = small();
    let template = read(OVERLAY).unwrap().apply(&core, camden);
    assert_eq!(template.field("purpose").unwrap().local_guidance, [(camden, "Ask the policy team.".to_owned())]);
    assert_eq!(template.field("purpose").unwrap().guidance, core.field("purpose").unwrap().guidance);
    let mut answers = Answers::new();
    answers.insert(crate::dpia::place::Place::shared("basis"), crate::dpia::answer::Answer::Many(vec!["public-task".into()]));
    let (screened, modules) = (Screened::new(), BTreeSet::new());
    let view = |part| View {
        template: &template,
        answers: &answers,
        screened: &screened,
        modules: &modules,
        facts: Facts::default(),
        part,
    };
    let missing = |part| view(part).missing().into_iter().map(|field| field.id.clone()).collect::<Vec<_>>();
    assert_eq!(missing(Part::Annex(camden)), ["gateway", "our-note", "local-camden-board"]);
    assert_eq!(missing(Part::Annex(hackney)), ["gateway"]);
    assert!(!view(Part::Shared).applies("local-camden-board"));
    // Everything of the core is there, and as it was.
    for (_, field) in core.fields() {
        let laid = template.field(&field.id).unwrap();
        assert_eq!((&laid.kind, &laid.when, &laid.required), (&field.kind, &field.when, &field.required));
        assert_eq!((laid.sensitivity, laid.signed), (field.sensitivity, field.signed));
    }
}

#[test]
fn everything_else_is_refused() {
    let cases = [
        ("require: [our-note]", "require: [purpose]", "stands in the shared body"),
        ("require: [our-note]", "require: [unheard-of]", "There is no field 'unheard-of'"),
        ("require: [our-note]", "remove: [our-note]", "'remove' is not known here"),
        ("require: [our-note]", "sensitivity: {purpose: public}", "'sensitivity' is not known here"),
        ("require: [our-note]", "optional: [gateway]", "'optional' is not known here"),
        ("require: [our-note]", "matrix: {}", "'matrix' is not known here"),
        ("require: [our-note]", "risk-rules: []", "'risk-rules' is not known here"),
        ("section: ours", "section: first", "stands in the shared body"),
        ("section: ours", "section: theirs", "There is no section 'theirs'"),
        ("id: local-camden-board", "id: gateway", "could be another's id"),
        ("id: local-camden-board", "id: local-hackney-board", "could be another's id"),
        ("field: purpose, text", "field: porpoise, text", "There is no field 'porpoise'"),
        ("version: 1.0.0}\norg", "version: 2.0.0}\norg", "There is no template"),
        ("kind: text, required", "kind: text, when: {field: no-such, answered: true}, required", "reads the field 'no-such'"),
        ("kind: text, required", "kind: people, sensitivity: public, required", "names are never public"),
    ];
    for (from, to, said) in cases {
        assert_eq!(OVERLAY.matches(from).count(), 1, "{from}");
        let problems = read(&OVERLAY.replace(from, to)).unwrap_err();
        assert!(problems.iter().any(|problem| problem.to_string().contains(said)), "{to}: {problems:#?}");
    }
}
