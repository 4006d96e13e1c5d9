//! One cell of the board: where a step stands for an organisation, who is awaited or signed, what stands in the way.

use super::super::projects::{Body, body};
use domain::{
    dpia::{
        sign_off::{self, Block, Signature, Status},
        whole::Whole,
    },
    people::{PersonId, Role},
    register::snapshot::Snapshot,
};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
pub(super) struct Cell {
    organisation: Body,
    /// `signed`, `again`, `waiting`, `not-yet`, `blocked`, `nobody`, `nobody-may`, or `no-step` where its route has none.
    status: &'static str,
    people: Vec<String>,
    role: String,
    /// The roles in which nobody may decide it, where others may in another.
    closed: String,
    at: Option<i64>,
    deputy: bool,
    reasons: String,
    decision: String,
    after: Vec<String>,
    blocks: Vec<String>,
    /// The signature that stood here, and that the step no longer has.
    before: Option<Before>,
    /// The signature that stood here until whoever gave it took it back.
    taken: Option<Taken>,
}

/// A signature that was taken back.
#[derive(Serialize)]
struct Taken {
    who: String,
    role: &'static str,
    at: i64,
    reasons: String,
}

/// A signature that no longer holds.
#[derive(Serialize)]
struct Before {
    who: String,
    role: &'static str,
    deputy: bool,
    at: i64,
    /// The number of the version that was signed.
    version: Option<u32>,
    /// Whether the text that it is bound to changed since; else it is the Commissioner's answer, the risk, or who wrote part of it.
    changed: bool,
    /// Whether the Commissioner's answer that it rests on was put right.
    answer: bool,
}

impl Cell {
    pub(super) fn empty(organisation: Body, status: &'static str) -> Self {
        Self {
            organisation,
            status,
            people: Vec::new(),
            role: String::new(),
            closed: String::new(),
            at: None,
            deputy: false,
            reasons: String::new(),
            decision: String::new(),
            after: Vec::new(),
            blocks: Vec::new(),
            before: None,
            taken: None,
        }
    }
}

/// Where a step stands for an organisation, in words.
pub(super) fn cell(
    snapshot: &Snapshot,
    whole: &Whole,
    board: &sign_off::Board<'_>,
    slot: &sign_off::Slot<'_>,
    names: &BTreeMap<PersonId, String>,
    routes: &sign_off::Routes,
) -> Cell {
    let name = |person: &PersonId| names.get(person).cloned().unwrap_or_default();
    let words = |roles: Vec<Role>| roles.into_iter().map(Role::words).collect::<Vec<_>>().join(" or ");
    // Named are the roles of those who may; what nobody may say any more is told beside them.
    let (role, closed) = match &slot.status {
        Status::Signed { .. } => (String::new(), String::new()),
        _ => (words(board.asked(slot.step, slot.organisation)), words(board.closed(slot.step, slot.organisation))),
    };
    let before = slot.stale.and_then(|id| whole.signatures.iter().find(|one| one.id == id)).map(|signed| Before {
        who: name(&signed.person),
        role: signed.role.words(),
        deputy: signed.as_deputy,
        at: signed.at,
        version: whole.versions.iter().find(|version| version.id == signed.version).map(|version| version.number),
        changed: !signed.holds(&board.seals),
        answer: board.lost_its_answer(signed) && whole.consultations.iter().any(|one| one.righted().is_some()),
    });
    let given = |one: &&Signature| one.organisation == slot.organisation && one.step == slot.step.id;
    let newest = whole.signatures.iter().filter(given).max_by_key(|one| (one.at, one.id));
    let taken = newest.and_then(|signed| {
        let taken = signed.taken_back.as_ref().filter(|_| signed.fits(&board.seals))?;
        let (who, reasons) = (name(&signed.person), taken.reasons.clone());
        Some(Taken { who, role: signed.role.words(), at: taken.at, reasons })
    });
    let mut cell = Cell { role, closed, before, taken, ..Cell::empty(body(snapshot, slot.organisation), "waiting") };
    match &slot.status {
        Status::Signed { signature } => {
            cell.status = "signed";
            if let Some(signed) = whole.signatures.iter().find(|one| one.id == *signature) {
                sign(&mut cell, signed, &name);
            }
        }
        Status::SignAgain { people } => {
            cell.status = "again";
            cell.people = people.iter().map(name).collect();
        }
        Status::Waiting { people } => cell.people = people.iter().map(name).collect(),
        Status::NotYet { after } => {
            cell.status = "not-yet";
            cell.after =
                after.iter().filter_map(|id| routes.step(slot.organisation, id)).map(|step| step.title.clone()).collect();
        }
        Status::Blocked { by } => {
            cell.status = "blocked";
            cell.blocks = by
                .iter()
                .map(|block| match block {
                    Block::HighRisk { risks: 1 } => "1 high risk is left".to_owned(),
                    Block::HighRisk { risks } => format!("{risks} high risks are left"),
                    Block::DpiaNeeded => "a DPIA is needed first".to_owned(),
                    Block::Recommendations { open: 1 } => "1 recommendation is open".to_owned(),
                    Block::Recommendations { open } => format!("{open} recommendations are open"),
                })
                .collect();
        }
        Status::NobodyHolds { administrators } => {
            cell.status = "nobody";
            cell.people = administrators.iter().map(name).collect();
        }
        Status::NobodyMay { administrators, .. } => {
            cell.status = "nobody-may";
            cell.people = administrators.iter().map(name).collect();
        }
    }
    cell
}

fn sign(cell: &mut Cell, signed: &Signature, name: &impl Fn(&PersonId) -> String) {
    cell.people = vec![name(&signed.person)];
    cell.role = signed.role.words().to_owned();
    cell.at = Some(signed.at);
    cell.deputy = signed.as_deputy;
    cell.reasons.clone_from(&signed.reasons);
    cell.decision.clone_from(&signed.says);
}
