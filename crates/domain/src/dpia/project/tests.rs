//! Who takes part in a project, what its screenings decide, and which of them counts.

use super::*;
use crate::{
    dpia::{
        advice::tests::member,
        assessment::{
            PartyRole,
            tests::{organisation, person},
        },
    },
    people::Role,
};
use jiff::civil::date;
use uuid::Uuid;

/// Owned by 1; 2 is joint controller, 3 processor, 4 and 5 are invited.
pub(super) fn project() -> Project {
    let party = |number, role, joined| Party::new(organisation(number), role, joined, 0);
    Project {
        parties: vec![
            party(1, PartyRole::Controller, Joined::Accepted),
            party(2, PartyRole::JointController, Joined::Accepted),
            party(3, PartyRole::Processor, Joined::Accepted),
            party(4, PartyRole::Controller, Joined::Invited),
            party(5, PartyRole::Processor, Joined::Invited),
        ],
        ..Project::blank(ProjectId(Uuid::from_u128(1)), organisation(1), 0)
    }
}

fn screening(number: u128, kind: Option<OutcomeKind>, modules: &[&str]) -> Screening {
    let rules = Edition { urn: "urn:example:screening".to_owned(), version: "1.0.0".to_owned() };
    Screening {
        id: ScreeningId(Uuid::from_u128(number)),
        project: ProjectId(Uuid::from_u128(1)),
        organisation: organisation(1),
        rules: rules.clone(),
        answers: [("children".to_owned(), Ternary::Yes)].into(),
        notes: [("children".to_owned(), "A school.".to_owned())].into(),
        outcome: kind.map(|kind| Outcome {
            kind,
            reasons: vec![],
            criteria: 1,
            not_met: vec!["concern".to_owned()],
            modules: modules.iter().map(|module| (*module).to_owned()).collect(),
            open: vec![],
            rules,
            in_force: date(2026, 2, 5),
        }),
        decision: None,
        decision_stated: None,
        assessment: None,
        by: person(1),
        acting_for: None,
        at: 0,
        replaces: None,
        stated: false,
        updated_at: 0,
    }
}

#[test]
fn a_decision_that_a_file_states_is_told_and_taken_anew() {
    let found = screening(1, Some(OutcomeKind::IgReview), &[]);
    let decided = decide(&found, OutcomeKind::NotRequired, "Few people.", person(2), 3).unwrap();
    assert_eq!((decided.stands(), decided.decided()), (Some(OutcomeKind::NotRequired), decided.decision.as_ref()));
    let decision = decided.decision.clone().map(|decision| Decided { stated: true, ..decision });
    let stated = Screening { decision, ..decided };
    assert_eq!((stated.stands(), stated.decided()), (Some(OutcomeKind::IgReview), None), "nobody decided it here");
    let anew = decide(&stated, OutcomeKind::IgReview, "", person(3), 4).unwrap();
    assert_eq!(anew.decision_stated, stated.decision, "what the file states stays told");
    assert_eq!((anew.stands(), anew.decided().map(|one| one.by)), (Some(OutcomeKind::IgReview), Some(person(3))));
}

#[test]
fn controllers_read_a_screening_processors_what_it_came_to_and_the_invited_nothing() {
    let project = project();
    let sees = |at| project.screenings_for(&Scope::Member(Box::new(member(1, &[(at, &[Role::Editor], &[])]))));
    assert_eq!(
        [1, 2, 3, 4, 5, 6].map(sees),
        [Some(ScreeningSight::All), Some(ScreeningSight::All), Some(ScreeningSight::Outcome), None, None, None]
    );
    assert_eq!(
        (project.screenings_for(&Scope::Public), project.screenings_for(&Scope::Operator)),
        (None, Some(ScreeningSight::All))
    );
    assert_eq!(project.controllers().collect::<Vec<_>>(), [organisation(1), organisation(2)]);
    let decided = Decided { kind: OutcomeKind::IgReview, reasons: "Few people.".to_owned(), by: person(2), at: 3, stated: false };
    let alone = Screening { decision: Some(decided), ..screening(1, Some(OutcomeKind::IgReview), &["children"]) }.outcome_alone();
    let text = serde_json::to_string(&alone).unwrap();
    assert!(!text.contains("children") && !text.contains("Few people") && !text.contains("concern"), "{text}");
    assert_eq!(alone.stands(), Some(OutcomeKind::IgReview));
}

#[test]
fn what_the_officer_decided_stands_above_the_outcome() {
    let open = screening(1, None, &[]);
    assert_eq!(open.stands(), None);
    let asked = screening(1, Some(OutcomeKind::IgReview), &[]);
    assert_eq!(asked.stands(), Some(OutcomeKind::IgReview));
    for kind in [OutcomeKind::Required, OutcomeKind::NotRequired] {
        assert_eq!(decide(&asked, kind, "Because.", person(2), 3).unwrap().stands(), Some(kind));
    }
}

#[test]
fn the_last_finished_screening_counts_until_the_next_is_finished() {
    let (first, second) = (screening(1, Some(OutcomeKind::Required), &[]), screening(2, None, &[]));
    assert_eq!(counting(&[second.clone(), first.clone()]), Some(&first));
    assert_eq!(counting(std::slice::from_ref(&second)), Some(&second));
    let done = screening(2, Some(OutcomeKind::NotRequired), &[]);
    assert_eq!(counting(&[done.clone(), first]), Some(&done));
    assert_eq!(counting(&[]), None);
}

#[test]
fn an_assessment_hears_of_a_screening_that_says_something_else_than_the_one_it_follows() {
    let first = screening(1, Some(OutcomeKind::IgReview), &[]);
    let second = screening(2, Some(OutcomeKind::Required), &["children"]);
    let both = [second.clone(), first.clone()];
    let (counts, redone) = rescreened(&both, Some(first.id)).unwrap();
    assert_eq!((counts.id, redone.before, redone.after), (second.id, Some(OutcomeKind::IgReview), OutcomeKind::Required));
    assert_eq!(redone.modules, ["children"]);
    assert_eq!(rescreened(&both, Some(second.id)), None);
    // Begun before anything was screened.
    let (_, redone) = rescreened(std::slice::from_ref(&first), None).unwrap();
    assert_eq!((redone.before, redone.after), (None, OutcomeKind::IgReview));
    // While it is under way it says nothing yet, and the same again is no news.
    assert_eq!(rescreened(&[screening(3, None, &[]), first.clone()], Some(first.id)), None);
    assert_eq!(rescreened(&[screening(3, Some(OutcomeKind::IgReview), &[]), first.clone()], Some(first.id)), None);
}
