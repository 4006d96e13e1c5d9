//! Every move of the table is tested, each that is not in it is refused, and random lives of an assessment never come to a
//! state that the rules forbid.

mod lives;
mod walks;

use super::*;
use crate::dpia::{
    advice::tests::member,
    assessment::{
        State::{Advice, Consulting, Decision, Drafting, Live, Recorded, Review, Signed, Superseded, Withdrawn},
        tests::organisation,
    },
};
use proptest::prelude::*;

/// What the table says, written out once more by hand: state, move, and where it leads. A change to the table must be made
/// here too.
const EXPECTED: &[(&str, &[State], &str)] = &[
    ("freeze", &[Drafting], "review"),
    ("freeze-annex", &[Review, Advice, Decision, Consulting, Signed, Live], "stay"),
    ("open-annex", &[Signed, Live], "stay"),
    ("sign", &[Review, Advice, Decision, Consulting, Signed, Live], "stay"),
    ("take-back", &[Review, Advice, Decision, Consulting], "stay"),
    ("take-back", &[Signed], "review"),
    ("send-back", &[Review, Advice, Decision, Consulting], "drafting"),
    ("reopen", &[Review, Advice, Decision, Consulting, Signed, Live], "drafting"),
    ("consult", &[Review, Advice, Decision], "consulting"),
    ("consult", &[Signed, Live], "stay"),
    ("record-answer", &[Drafting, Review, Advice, Decision, Consulting, Signed, Live], "stay"),
    ("withdraw-request", &[Drafting, Review, Advice, Decision, Consulting, Signed, Live], "stay"),
    ("go-live", &[Signed], "live"),
    ("confirm", &[Live, Recorded], "stay"),
    ("withdraw", &[Drafting, Review, Advice, Decision, Consulting, Signed, Live, Recorded], "withdrawn"),
    ("resume", &[Withdrawn], "before"),
    ("supersede", &[Drafting, Review, Advice, Decision, Consulting, Signed, Live, Recorded], "superseded"),
];

fn lead() -> OrganisationId {
    organisation(1)
}

/// A situation in which a row's conditions hold.
fn fulfilled(row: &Transition) -> Situation {
    let mut situation = Situation {
        clashes: 1,
        proposals: 1,
        clashes_in_annex: 1,
        missing: 1,
        missing_in_annex: 1,
        open_recommendations: 1,
        published: true,
        ..Situation::default()
    };
    for condition in row.needs {
        match condition {
            Condition::Controllers => situation.controllers = 1,
            Condition::NoClash => situation.clashes = 0,
            Condition::Answered => situation.missing = 0,
            Condition::NoProposal => situation.proposals = 0,
            Condition::AnnexAnswered => situation.missing_in_annex = 0,
            Condition::NoClashInAnnex => situation.clashes_in_annex = 0,
            Condition::AnnexOpen => situation.annex_open = true,
            Condition::AnnexFrozen => situation.annex_open = false,
            Condition::NoOpenRecommendation => situation.open_recommendations = 0,
            Condition::SlotOpen => situation.slot_open = true,
            Condition::OwnSignature => situation.own_signature = true,
            Condition::NotPublished => situation.published = false,
            Condition::Reasons => situation.reasons = true,
            Condition::HighRisk => (situation.high, situation.to_ask) = (1, 1),
            Condition::OwnConsultation => situation.consulting_others = false,
            Condition::NoHighRisk => situation.high = 0,
            Condition::NoFallenAcceptance => situation.fallen = 0,
            Condition::NoDpiaNeeded => situation.dpia_needed = 0,
            Condition::DpiaNeeded => situation.dpia_needed = 1,
            Condition::ConsultationOpen => situation.consulting = true,
            Condition::NoConsultation | Condition::NoAnswerAwaited => situation.consulting = false,
            Condition::Advised => situation.advised = true,
            Condition::Reviewed => situation.reviewed = true,
            Condition::NotReviewed => situation.reviewed = false,
            Condition::AllAdvised => situation.all_advised = true,
            Condition::NotAllAdvised => situation.all_advised = false,
            // Who has signed all has reviewed and advised, too.
            Condition::AllSigned => {
                situation.all_signed = true;
                situation.reviewed = true;
                situation.all_advised = true;
            }
            Condition::NotAllSigned => situation.all_signed = false,
            Condition::ReviewDate => situation.review_date = true,
            Condition::Successor => situation.successor = true,
        }
    }
    situation
}

#[test]
fn what_is_taken_up_again_is_what_it_was() {
    let row = TABLE.iter().find(|row| row.step == Move::Resume).unwrap();
    assert_eq!(after(Withdrawn, row, false), Drafting);
    assert_eq!(after(Withdrawn, row, true), Recorded, "nobody here ever wrote it");
}

/// Somebody who holds every role at the lead.
fn everybody() -> Member {
    member(1, &[(1, &Role::ALL, &[])])
}

fn mover<'a>(row: &Transition, member: &'a Member) -> Mover<'a> {
    if row.who == Who::Server { Mover::Server } else { Mover::Member(member) }
}

#[test]
fn every_row_leads_where_it_says_when_its_conditions_hold() {
    let member = everybody();
    for row in TABLE {
        for state in row.from {
            let taken = attempt(*state, row.step, mover(row, &member), lead(), &[lead()], &fulfilled(row)).unwrap();
            assert_eq!(taken, row, "{state:?} {:?}", row.step);
        }
    }
}

#[test]
fn every_condition_of_every_row_is_needed() {
    let member = everybody();
    for row in TABLE.iter().filter(|row| row.step != Move::Advance) {
        for condition in row.needs {
            let others: Vec<Condition> = row.needs.iter().copied().filter(|other| other != condition).collect();
            let mut situation = fulfilled(row);
            match condition {
                Condition::Controllers => situation.controllers = 0,
                Condition::NoClash => situation.clashes = 1,
                Condition::Answered => situation.missing = 1,
                Condition::NoProposal => situation.proposals = 1,
                Condition::AnnexAnswered => situation.missing_in_annex = 1,
                Condition::NoClashInAnnex => situation.clashes_in_annex = 1,
                Condition::AnnexOpen => situation.annex_open = false,
                Condition::AnnexFrozen => situation.annex_open = true,
                Condition::NoOpenRecommendation => situation.open_recommendations = 1,
                Condition::SlotOpen => situation.slot_open = false,
                Condition::OwnSignature => situation.own_signature = false,
                Condition::NotPublished => situation.published = true,
                Condition::Reasons => situation.reasons = false,
                Condition::HighRisk => situation.to_ask = 0,
                Condition::OwnConsultation => situation.consulting_others = true,
                Condition::NoHighRisk => situation.high = 1,
                Condition::NoFallenAcceptance => situation.fallen = 1,
                Condition::NoDpiaNeeded => situation.dpia_needed = 1,
                Condition::DpiaNeeded => situation.dpia_needed = 0,
                Condition::ConsultationOpen => situation.consulting = false,
                Condition::NoConsultation | Condition::NoAnswerAwaited => situation.consulting = true,
                Condition::Advised => situation.advised = false,
                Condition::AllSigned => situation.all_signed = false,
                Condition::ReviewDate => situation.review_date = false,
                Condition::Successor => situation.successor = false,
                other => panic!("{other:?} stands in a row that people take"),
            }
            assert!(others.iter().all(|other| other.holds(&situation)));
            let refused = attempt(row.from[0], row.step, mover(row, &member), lead(), &[lead()], &situation);
            assert_eq!(refused, Err(Refusal::Unmet { conditions: vec![*condition] }), "{:?}", row.step);
        }
    }
}

#[test]
fn what_stands_in_the_annex_of_a_late_joiner_keeps_nobody_else_from_beginning() {
    let member = everybody();
    let row = TABLE.iter().find(|row| row.step == Move::GoLive).unwrap();
    let begin = |situation: &Situation| {
        let begun = attempt(Signed, Move::GoLive, Mover::Member(&member), lead(), &[lead()], situation);
        begun.map(|row| after(Signed, row, false)).map_err(|refusal| match refusal {
            Refusal::Unmet { conditions } => conditions,
            other => panic!("{other:?}"),
        })
    };
    let apart = Situation {
        high: 2,
        high_apart: 2,
        open_recommendations: 1,
        recommendations_apart: 1,
        dpia_needed: 1,
        dpia_needed_apart: 1,
        consulting: true,
        consulting_apart: true,
        ..fulfilled(row)
    };
    assert_eq!(begin(&apart), Ok(Live));
    assert_eq!(begin(&Situation { high: 3, ..apart.clone() }), Err(vec![Condition::NoHighRisk]));
    assert_eq!(begin(&Situation { dpia_needed: 2, ..apart.clone() }), Err(vec![Condition::NoDpiaNeeded]));
    assert_eq!(begin(&Situation { open_recommendations: 2, ..apart.clone() }), Err(vec![Condition::NoOpenRecommendation]));
    assert_eq!(begin(&Situation { consulting_apart: false, ..apart.clone() }), Err(vec![Condition::NoAnswerAwaited]));
    // Whoever has a risk of its own asks the Commissioner, also while another waits for its answer.
    let consult =
        |situation: &Situation| attempt(Signed, Move::Consult, Mover::Member(&member), lead(), &[lead()], situation).map(|_| ());
    let asks = Situation { advised: true, to_ask: 1, ..apart };
    assert_eq!(consult(&asks), Ok(()));
    let asked = Situation { to_ask: 0, ..asks };
    assert_eq!(consult(&asked), Err(Refusal::Unmet { conditions: vec![Condition::HighRisk] }));
}

#[test]
fn a_review_without_changes_passes_over_no_acceptance_that_fell_but_one_that_stops_its_giver_alone() {
    let member = everybody();
    let row = TABLE.iter().find(|row| row.step == Move::Confirm && row.from.contains(&Live)).unwrap();
    let apart = Situation { fallen: 1, fallen_apart: 1, ..fulfilled(row) };
    let confirm = |situation: &Situation| attempt(Live, Move::Confirm, Mover::Member(&member), lead(), &[lead()], situation);
    assert!(confirm(&apart).is_ok());
    let refused = confirm(&Situation { fallen: 2, ..apart });
    assert_eq!(refused, Err(Refusal::Unmet { conditions: vec![Condition::NoFallenAcceptance] }));
}

#[test]
fn only_what_its_own_conclusion_stops_is_replaced_before_it_is_signed() {
    let member = everybody();
    let replace = |state: State, situation: &Situation| {
        let taken = attempt(state, Move::Supersede, Mover::Member(&member), lead(), &[lead()], situation);
        taken.map(|row| after(state, row, false)).map_err(|refusal| match refusal {
            Refusal::Unmet { conditions } => conditions,
            other => panic!("{other:?}"),
        })
    };
    let named = Situation { successor: true, ..Situation::default() };
    for state in [Drafting, Review, Advice, Decision, Consulting] {
        assert_eq!(replace(state, &Situation { dpia_needed: 1, ..named.clone() }), Ok(Superseded), "{state:?}");
        assert_eq!(replace(state, &named), Err(vec![Condition::DpiaNeeded]), "{state:?}");
    }
    for state in [Signed, Live, Recorded] {
        assert_eq!(replace(state, &named), Ok(Superseded), "{state:?}");
    }
}

#[test]
fn what_the_table_does_not_have_is_refused_whoever_asks() {
    let member = everybody();
    let mut allowed = 0;
    for step in Move::ALL.into_iter().filter(|step| *step != Move::Advance) {
        assert!(EXPECTED.iter().any(|(name, ..)| *name == step.as_str()), "{step:?}");
        for state in State::ALL {
            let expected = EXPECTED.iter().find(|(name, states, _)| *name == step.as_str() && states.contains(&state));
            let rows: Vec<&Transition> = TABLE.iter().filter(|row| row.step == step && row.from.contains(&state)).collect();
            if let Some((.., leads)) = expected {
                assert_eq!(rows.len(), 1, "{state:?} {step:?} has one row");
                let to = match rows[0].to {
                    To::Stay => "stay",
                    To::Before => "before",
                    To::State(to) => to.as_str(),
                };
                assert_eq!(to, *leads, "{state:?} {step:?}");
                allowed += 1;
            } else {
                let anything = Situation {
                    controllers: 1,
                    slot_open: true,
                    own_signature: true,
                    reasons: true,
                    review_date: true,
                    successor: true,
                    all_signed: true,
                    reviewed: true,
                    all_advised: true,
                    advised: true,
                    annex_open: true,
                    ..Situation::default()
                };
                for mover in [Mover::Member(&member), Mover::Server] {
                    let refused = attempt(state, step, mover, lead(), &[lead()], &anything);
                    assert_eq!(refused, Err(Refusal::NoSuchMove { state }), "{state:?} {step:?}");
                }
            }
        }
    }
    assert_eq!(allowed, EXPECTED.iter().map(|(_, states, _)| states.len()).sum::<usize>());
    assert!(TABLE.iter().flat_map(|row| row.from).all(|state| !matches!(state, Superseded)), "what is superseded stays so");
}

#[test]
fn only_the_roles_of_a_row_make_its_move() {
    for row in TABLE {
        for role in Role::ALL {
            let at_lead = member(1, &[(1, &[role], &[])]);
            let at_other = member(2, &[(2, &[role], &[])]);
            let outside = member(3, &[(3, &[role], &[])]);
            let admits = |member: &Member| row.who.admits(Mover::Member(member), lead(), &[lead(), organisation(2)]);
            let (lead_may, other_may) = match row.who {
                Who::Lead(roles) => (roles.contains(&role), false),
                Who::Controller(roles) => (roles.contains(&role), roles.contains(&role)),
                Who::Signer => (role != Role::Guest, role != Role::Guest),
                Who::Server => (false, false),
            };
            assert_eq!((admits(&at_lead), admits(&at_other), admits(&outside)), (lead_may, other_may, false), "{row:?} {role:?}");
        }
        assert_eq!(row.who.admits(Mover::Server, lead(), &[lead()]), row.who == Who::Server);
    }
}

#[test]
fn a_person_who_may_not_is_refused_before_anything_else() {
    let nobody = member(3, &[(3, &[Role::ProjectLead], &[])]);
    let refused = attempt(Drafting, Move::Freeze, Mover::Member(&nobody), lead(), &[lead()], &Situation::default());
    assert_eq!(refused, Err(Refusal::NotYours));
}

proptest! {
    #[test]
    fn from_what_is_frozen_the_server_always_knows_one_way_on(
        consulting: bool, reviewed: bool, all_advised: bool, all_signed: bool, high in 0usize..2, dpia_needed in 0usize..2, open in 0usize..2, clashes in 0usize..2
    ) {
        // Everything is signed only where the steps before are.
        let all_signed = all_signed && reviewed && all_advised;
        let situation = Situation { consulting, reviewed, all_advised, all_signed, high, dpia_needed, open_recommendations: open, clashes, ..Situation::default() };
        for state in table::FROZEN {
            let row = attempt(*state, Move::Advance, Mover::Server, lead(), &[lead()], &situation).unwrap();
            let to = after(*state, row, false);
            // Where it leads, it stays.
            if to != Signed {
                let again = attempt(to, Move::Advance, Mover::Server, lead(), &[lead()], &situation).unwrap();
                prop_assert_eq!(after(to, again, false), to);
            }
            prop_assert_eq!(to == Signed, all_signed && !consulting && high == 0 && dpia_needed == 0 && open == 0 && clashes == 0);
        }
    }
}
