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

/// The small template and its next version, in which `purpose` is called `aims` and the section and field of a case are gone.
fn both(change: impl Fn(String) -> String) -> Vec<crate::dpia::template::Template> {
    let next = change(super::migrating::next_text());
    let library = crate::dpia::library::Library::read(&[
        ("o.yaml", super::migrating::OPTIONS),
        ("1.yaml", super::SMALL),
        ("2.yaml", &next),
    ]);
    library.unwrap_or_else(|problems| panic!("{problems:#?}")).templates
}

const LATER: &str = "version: 1.0.0, up-to: later}\norg";

#[test]
fn an_overlay_for_later_versions_goes_along_and_follows_the_templates_map() {
    let camden = OrganisationId(Uuid::from_u128(1));
    let templates = both(|text| text);
    let text = OVERLAY.replace("version: 1.0.0}\norg", LATER).replace(
        "label: Which board agreed?, kind: text, required: true",
        "label: Which board agreed?, kind: text, when: {field: transfers, is: \"yes\"}",
    );
    let overlay = Overlay::read("camden.yaml", &text, &templates, &[lists()]).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(overlay.unfit().count(), 0, "{:#?}", overlay.fits);
    assert!(templates.iter().all(|template| overlay.covers(&template.edition)));
    let laid = overlay.apply(&templates[1], camden);
    assert_eq!(laid.field("aims").unwrap().local_guidance.len(), 1, "'purpose' is called 'aims' now");
    let own = laid.field("local-camden-board").unwrap();
    assert_eq!(own.when.as_ref().unwrap().fields(), ["abroad"], "'transfers' is called 'abroad' now");
    assert_eq!(laid.field("our-note").unwrap().local_required, [camden]);
    // Without the word it is for its one version alone; with a version it is for those up to that one.
    let to = |up_to: &str| Overlay::read("camden.yaml", &OVERLAY.replace("version: 1.0.0}\norg", up_to), &templates, &[lists()]);
    assert!(!to("version: 1.0.0}\norg").unwrap().covers(&templates[1].edition));
    assert!(!to("version: 1.0.0, up-to: 1.9.0}\norg").unwrap().covers(&templates[1].edition));
    assert!(to("version: 1.0.0, up-to: 2.0.0}\norg").unwrap().covers(&templates[1].edition));
    assert!(to("version: 1.0.0, up-to: 0.9.0}\norg").unwrap_err()[0].what.contains("comes before"));
    assert!(to("version: 1.0.0, up-to: soon}\norg").is_err());
}

#[test]
fn what_a_later_version_has_no_place_for_is_said_with_its_line_and_left_out_there_alone() {
    let camden = OrganisationId(Uuid::from_u128(1));
    let note = "      - {id: our-note, label: Note, kind: text, when: {field: basis, is: public-task}}\n";
    let templates = both(|text| {
        assert!(text.contains(note));
        text.replace(note, "").replace("dropped: [", "dropped: [{field: our-note, why: Nobody used it.}, ")
    });
    let text = OVERLAY.replace("version: 1.0.0}\norg", LATER).replace("field: purpose, text", "field: contact, text");
    let overlay = Overlay::read("camden.yaml", &text, &templates, &[lists()]).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let unfit: Vec<_> = overlay.unfit().flat_map(|fit| &fit.problems).map(ToString::to_string).collect();
    assert_eq!(unfit.len(), 2, "{unfit:#?}");
    assert!(
        unfit[0].starts_with("camden.yaml:10: guidance") && unfit[0].contains("has no field 'contact' any more"),
        "{unfit:#?}"
    );
    assert!(unfit[1].starts_with("camden.yaml:14: require") && unfit[1].contains("'our-note'"), "{unfit:#?}");
    let laid = overlay.apply(&templates[1], camden);
    assert!(laid.field("local-camden-board").is_some(), "the rest is laid on");
    assert_eq!(overlay.apply(&templates[0], camden).field("contact").unwrap().local_guidance.len(), 1);
    // The check of files says so, too.
    let next = super::migrating::next_text()
        .replace(note, "")
        .replace("dropped: [", "dropped: [{field: our-note, why: Nobody used it.}, ");
    let files = [
        ("o.yaml", super::migrating::OPTIONS),
        ("1.yaml", super::SMALL),
        ("2.yaml", next.as_str()),
        ("camden.yaml", text.as_str()),
    ];
    let said = crate::dpia::library::check(&files);
    assert!(said.iter().filter(|problem| problem.file == "camden.yaml").count() == 2, "{said:#?}");
}
