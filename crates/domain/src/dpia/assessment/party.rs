//! Who takes part in an assessment: organisations by invitation and acceptance, and guests from outside for some sections.

use super::Assessment;
use crate::{people::PersonId, register::ids::OrganisationId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

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
    /// Was invited, and the lead took the invitation back.
    TakenBack,
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
    /// When it last left, milliseconds of UTC, while it is invited again and takes no part; of one that [`Joined::Left`] it is
    /// `since`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_at: Option<i64>,
}

impl Party {
    /// An organisation in a role, as it stands since an instant; nobody invited it, and whom to ask there is not known.
    #[must_use]
    pub fn new(organisation: OrganisationId, role: PartyRole, joined: Joined, since: i64) -> Self {
        Self { organisation, role, joined, since, by: None, contacts: Vec::new(), left_at: None }
    }
}

impl Party {
    /// When it left, milliseconds of UTC; none of one that takes part, or never did.
    #[must_use]
    pub fn left(&self) -> Option<i64> {
        match self.joined {
            Joined::Accepted => None,
            Joined::Left => Some(self.since),
            Joined::Invited | Joined::Declined | Joined::TakenBack => self.left_at,
        }
    }
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
    /// The organisation has signed: only it can say that it leaves.
    HasSigned,
    /// The organisation leads already.
    LeadsAlready,
}

impl Assessment {
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
        let left_at = self.party(organisation).and_then(Party::left);
        let party = Party { organisation, role, joined: Joined::Invited, since: at, by: Some(by), contacts, left_at };
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
        party.left_at = party.left_at.filter(|_| !accepts);
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

    /// Takes an invitation back that has not been answered. Whoever took part before, and left, has left.
    ///
    /// # Errors
    /// When the organisation is not invited, or the assessment is closed.
    pub fn take_back(&mut self, organisation: OrganisationId, by: PersonId, at: i64) -> Result<(), Refusal> {
        self.open()?;
        let party = self
            .parties
            .iter_mut()
            .find(|party| party.organisation == organisation && party.joined == Joined::Invited)
            .ok_or(Refusal::NotInvited)?;
        party.joined = Joined::TakenBack;
        (party.since, party.by) = (at, Some(by));
        Ok(())
    }

    /// Ends the part of an organisation that has signed nothing; `signed` says whether it has. What it wrote stays in the history.
    ///
    /// # Errors
    /// When it has signed, does not take part, leads, or is the last controller.
    pub fn end_part(&mut self, organisation: OrganisationId, signed: bool, by: PersonId, at: i64) -> Result<(), Refusal> {
        if !self.members().any(|party| party.organisation == organisation) {
            return Err(Refusal::NotParty);
        }
        if signed {
            return Err(Refusal::HasSigned);
        }
        self.leave(organisation, by, at)
    }

    /// Lets another controller lead.
    ///
    /// # Errors
    /// When that organisation does not take part, is a processor, or leads already.
    pub fn hand_over(&mut self, organisation: OrganisationId) -> Result<(), Refusal> {
        self.open()?;
        if organisation == self.lead {
            return Err(Refusal::LeadsAlready);
        }
        if !self.controllers().any(|controller| controller == organisation) {
            return Err(Refusal::NotParty);
        }
        self.lead = organisation;
        self.led_by.extend(self.lead_person.take());
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
