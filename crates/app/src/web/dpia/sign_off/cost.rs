//! What a signature costs: for one organisation nobody signs in two roles, so that whoever could sign in another role as well is told
//! before they sign, and who could sign this in their place.

use domain::{
    dpia::sign_off::{Board, Slot, Status},
    people::{Member, PersonId},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// A role in which the caller could not sign any more.
#[derive(Serialize)]
pub(super) struct Cost {
    signing: &'static str,
    role: &'static str,
    /// The steps that are decided in it.
    steps: Vec<String>,
    /// Who else could sign these.
    others: Vec<String>,
    /// Who else can sign what is in front of the caller.
    instead: Vec<String>,
}

/// What it would cost a member to sign a step that waits for them.
pub(super) fn costs(board: &Board<'_>, slot: &Slot<'_>, member: &Member, names: &BTreeMap<PersonId, String>) -> Vec<Cost> {
    let name = |person: &PersonId| names.get(person).cloned();
    let instead = match &slot.status {
        Status::Waiting { people } | Status::SignAgain { people } => people.as_slice(),
        _ => &[],
    };
    let lost = board.lost(member.person, slot.organisation, slot.step).into_iter();
    lost.map(|one| Cost {
        signing: one.signing.words(),
        role: one.role.words(),
        steps: one.steps,
        others: one.others.iter().filter_map(name).collect(),
        instead: instead.iter().filter(|person| **person != member.person).filter_map(name).collect(),
    })
    .collect()
}
