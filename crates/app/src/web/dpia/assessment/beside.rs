//! What stands beside the task list: how far signing is, who takes part, who is here, versions, moves, systems, and the assessments
//! before and after this one.

use crate::{
    state::App,
    web::{
        dpia::{
            desk::{By, Desk, Named, named},
            whole,
        },
        session::Caller,
    },
};
use domain::{
    dpia::{
        access::Sight,
        assessment::{Assessment, Joined, PartyRole},
        place::Part,
        presence::{self, Presence},
        sign_off::Status,
        workflow,
    },
    people::{Member, PersonId},
    register::ids::OrganisationId,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// How far signing is.
#[derive(Serialize)]
pub(super) struct SignOff {
    opened: bool,
    signed: usize,
    slots: usize,
    yours: usize,
}

/// Who takes part.
#[derive(Serialize)]
pub(super) struct PartyOf {
    organisation: Named,
    role: &'static str,
    lead: bool,
    joined: &'static str,
    since: i64,
    missing: usize,
    signs: usize,
}

/// Somebody who is here.
#[derive(Serialize)]
pub(super) struct Here {
    by: By,
    number: String,
    writing: bool,
}

/// A version.
#[derive(Serialize)]
pub(super) struct VersionOf {
    number: u32,
    name: String,
    at: i64,
    fingerprint: String,
    frozen: bool,
}

/// Another assessment.
#[derive(Serialize)]
pub(super) struct Other {
    /// What it is called, with its number.
    called: String,
    title: String,
    href: String,
    /// Data may be used on it.
    holds: bool,
    /// It was given up, or another took its place.
    closed: bool,
}

/// Another assessment, as a link to it says it.
pub(super) fn other(app: &App, one: &Assessment) -> Other {
    Other {
        called: whole::called(app, one),
        title: one.title.clone(),
        href: format!("/assessments/{}", one.id),
        holds: one.holds(),
        closed: one.state.is_closed(),
    }
}

/// How far signing is, and what the caller has to sign; and how many steps each controller has.
pub(super) fn sign_off(desk: &Desk, member: &Member) -> (SignOff, BTreeMap<OrganisationId, usize>) {
    let state = desk.whole.assessment.state;
    let opened = state.is_frozen() || state.is_signed();
    if desk.whole.sight != Sight::All {
        return (SignOff { opened, signed: 0, slots: 0, yours: 0 }, BTreeMap::new());
    }
    desk.whole.with_board(&desk.template, &desk.routes, |board| {
        let slots = board.slots();
        let signed = slots.iter().filter(|slot| matches!(slot.status, Status::Signed { .. })).count();
        let sign_off = SignOff { opened, signed, slots: slots.len(), yours: board.turns(member.person).len() };
        (sign_off, board.controllers.iter().map(|one| (*one, board.steps_of(*one).len())).collect())
    })
}

/// Who takes part, with what is missing and what has to be signed of each.
pub(super) fn parties(app: &App, desk: &Desk, steps: &BTreeMap<OrganisationId, usize>) -> Vec<PartyOf> {
    let assessment = &desk.whole.assessment;
    let missing = |organisation: OrganisationId| desk.view(Part::Annex(organisation)).missing().len();
    assessment
        .parties
        .iter()
        .filter(|party| !matches!(party.joined, Joined::Left | Joined::TakenBack))
        .map(|party| PartyOf {
            organisation: named(app, party.organisation),
            role: match party.role {
                PartyRole::Controller => "controller",
                PartyRole::JointController => "joint controller",
                PartyRole::Processor => "processor",
            },
            lead: party.organisation == assessment.lead,
            joined: match party.joined {
                Joined::Invited => "invited",
                Joined::Accepted => "accepted",
                Joined::Declined => "declined",
                Joined::Left => "left",
                Joined::TakenBack => "taken-back",
            },
            since: party.since,
            missing: if party.role.controls() && desk.whole.sight == Sight::All { missing(party.organisation) } else { 0 },
            signs: steps.get(&party.organisation).copied().unwrap_or(0),
        })
        .collect()
}

/// Whether the caller is offered a move beside signing and the consultation, which have pages of their own.
pub(super) fn moves(desk: &Desk, caller: &Caller) -> bool {
    let Some(member) = caller.member().filter(|_| desk.whole.sight == Sight::All) else { return false };
    let assessment = &desk.whole.assessment;
    let controllers: Vec<OrganisationId> = assessment.controllers().collect();
    let situation = workflow::Situation {
        reasons: true,
        review_date: true,
        successor: true,
        ..desk.whole.situation(&desk.template, &desk.routes, Some(member.acting_for))
    };
    workflow::offers(assessment.state, member, assessment.lead, &controllers, &situation).into_iter().any(|(step, _)| {
        !matches!(
            step,
            workflow::Move::Sign
                | workflow::Move::TakeBack
                | workflow::Move::SendBack
                | workflow::Move::RecordAnswer
                | workflow::Move::WithdrawRequest
        )
    })
}

/// The systems that it is about, named and linked.
pub(super) fn systems(app: &App, desk: &Desk) -> Vec<(String, String)> {
    let snapshot = app.snapshot();
    desk.whole
        .assessment
        .systems
        .iter()
        .filter_map(|system| {
            let entry = snapshot.system_by_id(*system).and_then(|row| snapshot.system(row))?;
            let usage = crate::web::register::records::usage(&snapshot, entry)?;
            Some((format!("{} at {}", usage.product.name, usage.organisation.name), format!("/systems/{system}")))
        })
        .collect()
}

/// Who else is here now, and where.
pub(super) fn here(app: &App, desk: &Desk, signs: &[Presence], person: PersonId, now: i64) -> Vec<Here> {
    presence::here(signs, person, now)
        .into_iter()
        .map(|sign| Here {
            by: By { name: sign.name.clone(), organisation: named(app, sign.organisation), stated: false },
            number: sign.place.as_ref().filter(|place| desk.reads(place)).map(|place| desk.number(place)).unwrap_or_default(),
            writing: sign.writing,
        })
        .collect()
}

/// The latest versions, the newest first.
pub(super) fn versions(desk: &Desk) -> Vec<VersionOf> {
    let newest = desk.whole.versions.iter().rev().take(5);
    newest
        .map(|version| VersionOf {
            number: version.number,
            name: version.name.clone(),
            at: version.at,
            fingerprint: version.seals.shared.short(),
            frozen: version.frozen,
        })
        .collect()
}
