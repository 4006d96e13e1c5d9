//! The assessment itself: what it is about, who its parties are, where it stands. What it says stands in [`super::edit`].
//!
//! | module | what lives there |
//! |---|---|
//! | [`state`] | where an assessment stands |
//! | [`elsewhere`] | what is stated of one that was made elsewhere, and correcting that |
//! | [`party`] | organisations that take part by invitation and acceptance, and guests |

use super::{
    ids::{AssessmentId, ProjectId, ScreeningId, VersionId},
    modules::Declined,
    place::Part,
    seal::Seals,
    template,
};
use crate::{
    people::PersonId,
    register::ids::{ContractId, OrganisationId, PlannedProcurementId, SystemId},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

pub mod elsewhere;
pub mod party;
pub mod state;

pub use elsewhere::Elsewhere;
pub use party::{Guest, Joined, Party, PartyRole, Refusal};
pub use state::State;

/// An assessment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// Its id.
    pub id: AssessmentId,
    /// The number people call it by, as `CMD-2026-18`: its lead's letters, the year, and a count of the lead's own.
    pub number: String,
    /// The data project it belongs to.
    pub project: Option<ProjectId>,
    /// The screening that asked for it.
    pub screening: Option<ScreeningId>,
    /// Its title.
    pub title: String,
    /// The template's URN and version.
    pub template: template::Edition,
    /// The overlay that each controller's part of the frozen version was written with; none where it had none. An organisation
    /// that is not named here follows its overlay of the day.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub overlays: BTreeMap<OrganisationId, Option<template::Edition>>,
    /// The modules that are switched on, by id.
    pub modules: Vec<String>,
    /// The modules that are asked for and that a person left off, with their reasons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub declined: Vec<Declined>,
    /// The organisation that leads it; always a party.
    pub lead: OrganisationId,
    /// The person who leads it there.
    pub lead_person: Option<PersonId>,
    /// Who led it before: whoever leads it counts as a writer, also once another leads it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub led_by: BTreeSet<PersonId>,
    /// Who gave it another title, or said which modules are on or stay off: that is sealed with the shared body, and so is their work.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub shaped_by: BTreeSet<PersonId>,
    /// Where it stands.
    pub state: State,
    /// Since when, milliseconds of UTC.
    pub state_since: i64,
    /// The day by which it is wanted.
    pub wanted_by: Option<Date>,
    /// The parties, the lead first.
    pub parties: Vec<Party>,
    /// Guests.
    pub guests: Vec<Guest>,
    /// Systems of the register that it is about.
    pub systems: Vec<SystemId>,
    /// Contracts that it is about.
    pub contracts: Vec<ContractId>,
    /// Planned procurements that it is about.
    pub planned: Vec<PlannedProcurementId>,
    /// The version that is, or was last, frozen.
    pub frozen: Option<VersionId>,
    /// The day on which the processing began.
    pub live_since: Option<Date>,
    /// The versions on which data is in use: the one with which its use last began, and what controllers have frozen of their annexes
    /// since. Empty before it began, and where it began before this was kept: then nobody knows.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub live_on: BTreeSet<VersionId>,
    /// The day by which it is to be looked at again.
    pub review_on: Option<Date>,
    /// What is known of one that was made elsewhere.
    pub elsewhere: Option<Elsewhere>,
    /// The assessment that took its place.
    pub superseded_by: Option<AssessmentId>,
    /// The controllers that have opened their own annex for changes while the rest is signed.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub open_annexes: BTreeSet<OrganisationId>,
    /// When it was begun, milliseconds of UTC.
    pub created_at: i64,
    /// When it last changed, milliseconds of UTC.
    pub updated_at: i64,
}

/// Why an assessment does not take another's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unfit {
    /// It is the same one.
    Same,
    /// It is not signed by all, nor made elsewhere: the processing would stand without an assessment.
    NotSigned,
    /// The organisation that leads the older one is no controller in it.
    LeadMissing,
}

impl Assessment {
    /// A draft that an organisation leads since an instant, under a template, of which nothing else is known yet, its parties neither.
    #[must_use]
    pub fn blank(id: AssessmentId, template: &template::Edition, lead: OrganisationId, at: i64) -> Self {
        Self {
            id,
            number: String::new(),
            project: None,
            screening: None,
            title: String::new(),
            template: template.clone(),
            overlays: [].into(),
            modules: Vec::new(),
            declined: Vec::new(),
            lead,
            lead_person: None,
            led_by: [].into(),
            shaped_by: [].into(),
            state: State::Drafting,
            state_since: at,
            wanted_by: None,
            parties: Vec::new(),
            guests: Vec::new(),
            systems: Vec::new(),
            contracts: Vec::new(),
            planned: Vec::new(),
            frozen: None,
            live_since: None,
            live_on: [].into(),
            review_on: None,
            elsewhere: None,
            superseded_by: None,
            open_annexes: [].into(),
            created_at: at,
            updated_at: at,
        }
    }

    /// The assessment with another title, by somebody; whoever leaves it as it is has written nothing.
    #[must_use]
    pub fn titled(&self, title: &str, by: PersonId) -> Self {
        let mut after = self.clone();
        if after.title != title {
            title.clone_into(&mut after.title);
            after.shaped_by.insert(by);
        }
        after
    }

    /// Whether a newer assessment can take this one's place: one that is signed by all or was made elsewhere, or the one that follows
    /// from this, of the same data project, while no data is in use on this one.
    ///
    /// # Errors
    /// See [`Unfit`].
    pub fn replaced_by(&self, newer: &Self) -> Result<(), Unfit> {
        if newer.id == self.id {
            return Err(Unfit::Same);
        }
        if !newer.holds() && !self.followed_by(newer) {
            return Err(Unfit::NotSigned);
        }
        if newer.lead != self.lead && !newer.controllers().any(|one| one == self.lead) {
            return Err(Unfit::LeadMissing);
        }
        Ok(())
    }

    /// Whether data may be used on it as it stands: it is signed by all, or was made elsewhere.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.state.is_signed() || self.state == State::Recorded
    }

    /// Whether a newer one is written instead of this: of the same data project, by another template. Nothing stands on this one that
    /// would be without an assessment meanwhile. That this one asks for the other is a condition of the workflow's table.
    fn followed_by(&self, newer: &Self) -> bool {
        let stands = self.holds() || self.in_use();
        let same = self.project.is_some() && newer.project == self.project;
        !stands && same && newer.template.urn != self.template.urn && !newer.state.is_closed()
    }

    /// The parties that take part.
    pub fn members(&self) -> impl Iterator<Item = &Party> {
        self.parties.iter().filter(|party| party.joined == Joined::Accepted)
    }

    /// The organisations that control the processing and take part: they have annexes, and sign.
    pub fn controllers(&self) -> impl Iterator<Item = OrganisationId> {
        self.members().filter(|party| party.role.controls()).map(|party| party.organisation)
    }

    /// What an organisation is here.
    #[must_use]
    pub fn party(&self, organisation: OrganisationId) -> Option<&Party> {
        self.parties.iter().find(|party| party.organisation == organisation)
    }

    /// Whether data is in use under it, also while its text is opened for changes.
    #[must_use]
    pub fn in_use(&self) -> bool {
        self.live_since.is_some() && !self.state.is_closed()
    }

    /// Whether an organisation's annex is open although the rest is frozen or signed: it joined later and has not frozen its annex
    /// yet, or opened it again. `frozen` are the seals of the version that is frozen.
    #[must_use]
    pub fn annex_open(&self, organisation: OrganisationId, frozen: Option<&Seals>) -> bool {
        let binds = self.state.is_frozen() || self.state.is_signed();
        let late = frozen.is_none_or(|seals| !seals.annexes.contains_key(&organisation));
        binds && (late || self.open_annexes.contains(&organisation))
    }

    /// The overlay that an organisation's annex was frozen with, while that binds: none where it follows its overlay of the day, since
    /// nothing is frozen, its annex is open, or it joined later.
    #[must_use]
    pub fn frozen_overlay(&self, organisation: OrganisationId) -> Option<Option<&template::Edition>> {
        let binds = (self.state.is_frozen() || self.state.is_signed()) && !self.open_annexes.contains(&organisation);
        self.overlays.get(&organisation).filter(|_| binds).map(Option::as_ref)
    }

    /// The parts it has: the shared body, and an annex for each controller.
    pub fn parts(&self) -> impl Iterator<Item = Part> {
        std::iter::once(Part::Shared).chain(self.controllers().map(Part::Annex))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use uuid::Uuid;

    pub(crate) fn organisation(number: u128) -> OrganisationId {
        OrganisationId(Uuid::from_u128(number))
    }

    pub(crate) fn person(number: u128) -> PersonId {
        PersonId(Uuid::from_u128(number))
    }

    /// An assessment that organisation 1 leads.
    pub(crate) fn assessment() -> Assessment {
        let lead = organisation(1);
        Assessment {
            number: "2026-1".to_owned(),
            title: "Telecare alerts".to_owned(),
            lead_person: Some(person(10)),
            parties: vec![Party::new(lead, PartyRole::JointController, Joined::Accepted, 0)],
            ..Assessment::blank(
                AssessmentId(Uuid::from_u128(100)),
                &template::Edition { urn: "urn:test".to_owned(), version: "1.0.0".to_owned() },
                lead,
                0,
            )
        }
    }

    #[test]
    fn only_what_is_signed_and_binds_the_same_lead_takes_anothers_place() {
        let older = assessment();
        let newer = |state, lead: u128| Assessment {
            id: AssessmentId(Uuid::from_u128(101)),
            state,
            lead: organisation(lead),
            parties: vec![Party { organisation: organisation(lead), ..older.parties[0].clone() }],
            ..older.clone()
        };
        assert_eq!(older.replaced_by(&older), Err(Unfit::Same));
        for state in State::ALL {
            let fits = matches!(state, State::Signed | State::Live | State::Recorded);
            assert_eq!(older.replaced_by(&newer(state, 1)), if fits { Ok(()) } else { Err(Unfit::NotSigned) }, "{state:?}");
        }
        assert_eq!(older.replaced_by(&newer(State::Live, 2)), Err(Unfit::LeadMissing));
        let both =
            Assessment { parties: [older.parties.clone(), newer(State::Live, 2).parties].concat(), ..newer(State::Live, 2) };
        assert_eq!(older.replaced_by(&both), Ok(()), "another may lead it now");
    }

    #[test]
    fn the_dpia_that_follows_from_a_review_takes_its_place_while_no_data_is_in_use_on_it() {
        use crate::dpia::ids::ProjectId;
        let review = Assessment { project: Some(ProjectId(Uuid::from_u128(7))), ..assessment() };
        let template = template::Edition { urn: "urn:test:dpia".to_owned(), version: "1.0.0".to_owned() };
        let dpia = Assessment { id: AssessmentId(Uuid::from_u128(101)), template, ..review.clone() };
        for state in State::ALL {
            // However far the DPIA has come, unless it is given up or replaced itself.
            let newer = Assessment { state, ..dpia.clone() };
            let fits = if state.is_closed() { Err(Unfit::NotSigned) } else { Ok(()) };
            assert_eq!(review.replaced_by(&newer), fits, "{state:?}");
            // What is signed, in use or kept holds until the other is signed.
            let older = Assessment { state, ..review.clone() };
            let fits = if older.holds() { Err(Unfit::NotSigned) } else { Ok(()) };
            assert_eq!(older.replaced_by(&dpia), fits, "{state:?}");
        }
        let in_use = Assessment { live_since: Some(jiff::civil::date(2026, 11, 2)), ..review.clone() };
        assert_eq!(in_use.replaced_by(&dpia), Err(Unfit::NotSigned), "opened again, and data is in use on it");
        let other = Assessment { project: Some(ProjectId(Uuid::from_u128(8))), ..dpia.clone() };
        assert_eq!(review.replaced_by(&other), Err(Unfit::NotSigned), "of another project");
        let again = Assessment { template: review.template.clone(), ..dpia };
        assert_eq!(review.replaced_by(&again), Err(Unfit::NotSigned), "another review");
    }

    #[test]
    fn parties_join_by_invitation_and_acceptance_and_come_back_by_another() {
        let mut assessment = assessment();
        let (two, by) = (organisation(2), person(10));
        assert_eq!(assessment.answer_invitation(two, true, by, 1), Err(Refusal::NotInvited));
        assessment.invite(two, PartyRole::Controller, vec![], by, 1).unwrap();
        assert_eq!(assessment.invite(two, PartyRole::Processor, vec![], by, 1), Err(Refusal::AlreadyParty));
        assert_eq!(assessment.controllers().count(), 1);
        assessment.answer_invitation(two, true, person(20), 2).unwrap();
        assert_eq!(assessment.parts().collect::<Vec<_>>(), [Part::Shared, Part::Annex(organisation(1)), Part::Annex(two)]);
        assert_eq!(assessment.answer_invitation(two, true, by, 3), Err(Refusal::NotInvited));
        assessment.leave(two, by, 4).unwrap();
        assessment.invite(two, PartyRole::Processor, vec![], by, 5).unwrap();
        assessment.answer_invitation(two, true, by, 6).unwrap();
        assert_eq!((assessment.members().count(), assessment.controllers().count()), (2, 1));
    }

    #[test]
    fn the_lead_stays_until_another_controller_leads() {
        let mut assessment = assessment();
        let (one, two, by) = (organisation(1), organisation(2), person(10));
        assert_eq!(assessment.leave(one, by, 1), Err(Refusal::Leads));
        assessment.invite(two, PartyRole::Processor, vec![], by, 1).unwrap();
        assessment.answer_invitation(two, true, by, 1).unwrap();
        assert_eq!(assessment.hand_over(two), Err(Refusal::NotParty));
        assessment.leave(two, by, 2).unwrap();
        assessment.invite(two, PartyRole::Controller, vec![], by, 3).unwrap();
        assessment.answer_invitation(two, true, by, 3).unwrap();
        assessment.hand_over(two).unwrap();
        assert_eq!(assessment.parties[0].organisation, two);
        assessment.leave(one, by, 4).unwrap();
    }

    #[test]
    fn the_lead_takes_an_invitation_back_and_ends_the_part_of_who_signed_nothing() {
        let mut assessment = assessment();
        let (one, two, by) = (organisation(1), organisation(2), person(10));
        assert_eq!(assessment.take_back(two, by, 1), Err(Refusal::NotInvited));
        assessment.invite(two, PartyRole::Controller, vec![], by, 1).unwrap();
        assert_eq!(assessment.end_part(two, false, by, 2), Err(Refusal::NotParty), "it has not joined");
        assessment.take_back(two, by, 2).unwrap();
        assert_eq!(assessment.party(two).unwrap().joined, Joined::TakenBack);
        assert_eq!(assessment.answer_invitation(two, true, by, 3), Err(Refusal::NotInvited));
        assessment.invite(two, PartyRole::Controller, vec![], by, 4).unwrap();
        assessment.answer_invitation(two, true, by, 5).unwrap();
        assert_eq!(assessment.take_back(two, by, 6), Err(Refusal::NotInvited), "it takes part");
        assert_eq!(assessment.end_part(two, true, by, 6), Err(Refusal::HasSigned));
        assert_eq!(assessment.end_part(one, false, by, 6), Err(Refusal::Leads));
        assessment.end_part(two, false, by, 6).unwrap();
        assert_eq!((assessment.party(two).unwrap().joined, assessment.controllers().count()), (Joined::Left, 1));
        assert_eq!(assessment.hand_over(one), Err(Refusal::LeadsAlready));
    }

    #[test]
    fn closed_means_closed() {
        let mut assessment = assessment();
        assessment.state = State::Withdrawn;
        assert_eq!(assessment.invite(organisation(2), PartyRole::Controller, vec![], person(1), 1), Err(Refusal::Closed));
        assert_eq!(assessment.hand_over(organisation(1)), Err(Refusal::Closed));
    }

    #[test]
    fn words_read_back() {
        for state in State::ALL {
            assert_eq!(State::parse(state.as_str()), Some(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
        for role in PartyRole::ALL {
            assert_eq!(PartyRole::parse(role.as_str()), Some(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
    }
}
