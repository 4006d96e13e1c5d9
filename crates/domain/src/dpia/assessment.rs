//! The assessment itself: what it is about, who its parties are, where it stands. What it says stands in [`super::edit`].

use super::{
    ids::{AssessmentId, ProjectId, ScreeningId, VersionId},
    place::Part,
    risk::Band,
    template,
};
use crate::{
    people::PersonId,
    register::ids::{ContractId, OrganisationId, PlannedProcurementId, SystemId},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Where an assessment stands. [`super::workflow::TABLE`] says how it gets from one to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Being written.
    Drafting,
    /// Frozen; technical assurance and procurement look at it.
    Review,
    /// Frozen; the data protection officers advise.
    Advice,
    /// Frozen; the advice is answered and the risk accepted, or not.
    Decision,
    /// Frozen; the Information Commissioner has been asked (Article 36).
    Consulting,
    /// Signed by all; not in use yet.
    Signed,
    /// Signed, and the processing has begun. It is reviewed from time to time.
    Live,
    /// Given up.
    Withdrawn,
    /// Another assessment took its place.
    Superseded,
    /// Made elsewhere and kept here as it is.
    Recorded,
}

impl State {
    /// Every state, in the order of an assessment's life.
    pub const ALL: [Self; 10] = [
        Self::Drafting,
        Self::Review,
        Self::Advice,
        Self::Decision,
        Self::Consulting,
        Self::Signed,
        Self::Live,
        Self::Withdrawn,
        Self::Superseded,
        Self::Recorded,
    ];

    /// As databases, addresses and JSON spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Drafting => "drafting",
            Self::Review => "review",
            Self::Advice => "advice",
            Self::Decision => "decision",
            Self::Consulting => "consulting",
            Self::Signed => "signed",
            Self::Live => "live",
            Self::Withdrawn => "withdrawn",
            Self::Superseded => "superseded",
            Self::Recorded => "recorded",
        }
    }

    /// Reads what [`Self::as_str`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether its text is frozen while people look at it.
    #[must_use]
    pub fn is_frozen(self) -> bool {
        matches!(self, Self::Review | Self::Advice | Self::Decision | Self::Consulting)
    }

    /// Whether it is signed by all.
    #[must_use]
    pub fn is_signed(self) -> bool {
        matches!(self, Self::Signed | Self::Live)
    }

    /// Whether nothing in it changes any more.
    #[must_use]
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Withdrawn | Self::Superseded)
    }
}

/// What an organisation is to the processing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartyRole {
    /// Decides purposes and means for itself (UK GDPR, Article 4(7)).
    Controller,
    /// Decides them together with others (Article 26).
    JointController,
    /// Works on a controller's instructions (Article 28). Never signs.
    Processor,
}

impl PartyRole {
    /// Every role, in the order of a form.
    pub const ALL: [Self; 3] = [Self::Controller, Self::JointController, Self::Processor];

    /// As forms and JSON spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Controller => "controller",
            Self::JointController => "joint-controller",
            Self::Processor => "processor",
        }
    }

    /// Reads what [`Self::as_str`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// Whether it has an annex and signs.
    #[must_use]
    pub fn controls(self) -> bool {
        !matches!(self, Self::Processor)
    }
}

/// Whether a party has joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Joined {
    /// Invited; has not answered.
    Invited,
    /// Takes part.
    Accepted,
    /// Said no.
    Declined,
    /// Took part, and left. What it wrote stays.
    Left,
}

/// An organisation that takes part, or was asked to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The organisation.
    pub organisation: OrganisationId,
    /// What it is to the processing.
    pub role: PartyRole,
    /// Whether it has joined.
    pub joined: Joined,
    /// When that was last said, milliseconds of UTC.
    pub since: i64,
    /// Who said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// Whom to ask there: posts and shared mailboxes rather than names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<String>,
}

/// A person from outside, invited to named sections only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guest {
    /// Who.
    pub person: PersonId,
    /// The sections of the shared body, by id.
    pub sections: Vec<String>,
    /// Whether they may also write there; reading and commenting is always allowed.
    pub writes: bool,
    /// The last day of the invitation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// When they were invited, milliseconds of UTC.
    pub invited_at: i64,
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invited_by: Option<PersonId>,
}

impl Guest {
    /// Whether the invitation holds on a day.
    #[must_use]
    pub fn welcome(&self, today: Date) -> bool {
        self.until.is_none_or(|until| today <= until)
    }
}

/// An assessment that was made elsewhere and is kept here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// The highest residual risk, as it says.
    pub level: Option<Band>,
    /// The day it was signed.
    pub signed_on: Option<Date>,
    /// Who signed, as it says: roles, and names where the file gives them. Never shown to the public.
    pub signatories: Vec<String>,
    /// A remark.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remark: String,
}

/// An assessment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// Its id.
    pub id: AssessmentId,
    /// The number people call it by, as `2026-118`.
    pub number: String,
    /// The data project it belongs to.
    pub project: Option<ProjectId>,
    /// The screening that asked for it.
    pub screening: Option<ScreeningId>,
    /// Its title.
    pub title: String,
    /// The template's URN and version.
    pub template: template::Edition,
    /// The modules that are switched on, by id.
    pub modules: Vec<String>,
    /// The organisation that leads it; always a party.
    pub lead: OrganisationId,
    /// The person who leads it there.
    pub lead_person: Option<PersonId>,
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
    /// The day by which it is to be looked at again.
    pub review_on: Option<Date>,
    /// What is known of one that was made elsewhere.
    pub elsewhere: Option<Elsewhere>,
    /// The assessment that took its place.
    pub superseded_by: Option<AssessmentId>,
    /// When it was begun, milliseconds of UTC.
    pub created_at: i64,
    /// When it last changed, milliseconds of UTC.
    pub updated_at: i64,
}

/// Why the parties stay as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// The organisation takes part already, or is invited.
    AlreadyParty,
    /// The organisation was not invited.
    NotInvited,
    /// The organisation does not take part.
    NotParty,
    /// The lead cannot leave; another has to lead first.
    Leads,
    /// Somebody must control the processing.
    LastController,
    /// The assessment is closed.
    Closed,
    /// A guest needs at least one section.
    NoSections,
    /// The person is a guest already.
    AlreadyGuest,
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
    /// Whether a newer assessment can take this one's place.
    ///
    /// # Errors
    /// See [`Unfit`].
    pub fn replaced_by(&self, newer: &Self) -> Result<(), Unfit> {
        if newer.id == self.id {
            return Err(Unfit::Same);
        }
        if !newer.state.is_signed() && newer.state != State::Recorded {
            return Err(Unfit::NotSigned);
        }
        if newer.lead != self.lead && !newer.controllers().any(|one| one == self.lead) {
            return Err(Unfit::LeadMissing);
        }
        Ok(())
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

    /// The parts it has: the shared body, and an annex for each controller.
    pub fn parts(&self) -> impl Iterator<Item = Part> {
        std::iter::once(Part::Shared).chain(self.controllers().map(Part::Annex))
    }

    /// Invites an organisation.
    ///
    /// # Errors
    /// When it takes part or is invited already, or the assessment is closed.
    pub fn invite(
        &mut self,
        organisation: OrganisationId,
        role: PartyRole,
        contacts: Vec<String>,
        by: PersonId,
        at: i64,
    ) -> Result<(), Refusal> {
        self.open()?;
        let party = Party { organisation, role, joined: Joined::Invited, since: at, by: Some(by), contacts };
        match self.parties.iter_mut().find(|party| party.organisation == organisation) {
            Some(before) if matches!(before.joined, Joined::Invited | Joined::Accepted) => return Err(Refusal::AlreadyParty),
            Some(before) => *before = party,
            None => self.parties.push(party),
        }
        Ok(())
    }

    /// Records an organisation's answer to its invitation. Signatures of others stay as they are.
    ///
    /// # Errors
    /// When it was not invited, or the assessment is closed.
    pub fn answer_invitation(
        &mut self,
        organisation: OrganisationId,
        accepts: bool,
        by: PersonId,
        at: i64,
    ) -> Result<(), Refusal> {
        self.open()?;
        let party = self
            .parties
            .iter_mut()
            .find(|party| party.organisation == organisation && party.joined == Joined::Invited)
            .ok_or(Refusal::NotInvited)?;
        party.joined = if accepts { Joined::Accepted } else { Joined::Declined };
        (party.since, party.by) = (at, Some(by));
        Ok(())
    }

    /// Lets an organisation leave. What it wrote stays in the history.
    ///
    /// # Errors
    /// When it does not take part, leads, or is the last controller.
    pub fn leave(&mut self, organisation: OrganisationId, by: PersonId, at: i64) -> Result<(), Refusal> {
        self.open()?;
        if organisation == self.lead {
            return Err(Refusal::Leads);
        }
        if self.controllers().eq([organisation]) {
            return Err(Refusal::LastController);
        }
        let party = self
            .parties
            .iter_mut()
            .find(|party| party.organisation == organisation && matches!(party.joined, Joined::Accepted | Joined::Invited))
            .ok_or(Refusal::NotParty)?;
        party.joined = Joined::Left;
        (party.since, party.by) = (at, Some(by));
        Ok(())
    }

    /// Lets another controller lead.
    ///
    /// # Errors
    /// When that organisation does not take part, or is a processor.
    pub fn hand_over(&mut self, organisation: OrganisationId) -> Result<(), Refusal> {
        self.open()?;
        if !self.controllers().any(|controller| controller == organisation) {
            return Err(Refusal::NotParty);
        }
        self.lead = organisation;
        self.lead_person = None;
        self.parties.sort_by_key(|party| party.organisation != organisation);
        Ok(())
    }

    /// Invites a person from outside to some sections.
    ///
    /// # Errors
    /// Without sections, twice, or when the assessment is closed.
    pub fn invite_guest(&mut self, guest: Guest) -> Result<(), Refusal> {
        self.open()?;
        if guest.sections.is_empty() {
            return Err(Refusal::NoSections);
        }
        if self.guests.iter().any(|known| known.person == guest.person) {
            return Err(Refusal::AlreadyGuest);
        }
        self.guests.push(guest);
        Ok(())
    }

    /// Takes a guest's invitation back; what they wrote stays. Says whether there was one.
    ///
    /// # Errors
    /// When the assessment is closed.
    pub fn dismiss_guest(&mut self, person: PersonId) -> Result<bool, Refusal> {
        self.open()?;
        let before = self.guests.len();
        self.guests.retain(|guest| guest.person != person);
        Ok(self.guests.len() < before)
    }

    fn open(&self) -> Result<(), Refusal> {
        if self.state.is_closed() { Err(Refusal::Closed) } else { Ok(()) }
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
            id: AssessmentId(Uuid::from_u128(100)),
            number: "2026-1".to_owned(),
            project: None,
            screening: None,
            title: "Telecare alerts".to_owned(),
            template: template::Edition { urn: "urn:test".to_owned(), version: "1.0.0".to_owned() },
            modules: vec![],
            lead,
            lead_person: Some(person(10)),
            state: State::Drafting,
            state_since: 0,
            wanted_by: None,
            parties: vec![Party {
                organisation: lead,
                role: PartyRole::JointController,
                joined: Joined::Accepted,
                since: 0,
                by: None,
                contacts: vec![],
            }],
            guests: vec![],
            systems: vec![],
            contracts: vec![],
            planned: vec![],
            frozen: None,
            live_since: None,
            review_on: None,
            elsewhere: None,
            superseded_by: None,
            created_at: 0,
            updated_at: 0,
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
