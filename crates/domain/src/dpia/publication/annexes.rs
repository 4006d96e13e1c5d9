//! Each controller says whether its own annex is shown: what nobody there has said yes to is left out. What is public already stays
//! as it was looked at.

use super::{Publication, Refusal, Stage};
use crate::{
    dpia::{assessment::Joined, place::Part, seal::Seal, version::Version},
    people::PersonId,
    register::ids::OrganisationId,
};
use serde::{Deserialize, Serialize};

/// That a controller lets its own annex go out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Who said so.
    pub by: PersonId,
    /// When, milliseconds of UTC.
    pub at: i64,
    /// The seal of the annex that was meant: of another text it says nothing.
    pub seal: Seal,
}

impl Publication {
    /// Whether what is shown may hold answers of a part: of the shared text, of the annex of whoever published it, and of each that
    /// its own controller lets go out.
    #[must_use]
    pub fn includes(&self, part: Part) -> bool {
        let Some(organisation) = part.organisation().filter(|one| *one != self.organisation) else { return true };
        match &self.annexes {
            Some(annexes) => annexes.contains_key(&organisation),
            // What was published before this was asked is shown as it was looked at.
            None => !self.open(),
        }
    }

    /// The other controllers that have an annex in the version it shows: each is asked for its own.
    #[must_use]
    pub fn asks(&self, version: &Version) -> Vec<OrganisationId> {
        let parties = version.content.parties.iter().filter(|party| party.joined == Joined::Accepted && party.role.controls());
        parties
            .map(|party| party.organisation)
            .filter(|one| *one != self.organisation && version.seals.annexes.contains_key(one))
            .collect()
    }

    /// A controller lets its own annex go out, as the version says it. Whoever says so has prepared it.
    ///
    /// # Errors
    /// When the version has no annex of that organisation, or it is public already.
    pub fn agree(&mut self, organisation: OrganisationId, version: &Version, by: PersonId, at: i64) -> Result<(), Refusal> {
        if !self.open() {
            return Err(Refusal::WrongStage);
        }
        let seal = *version.seals.annexes.get(&organisation).ok_or(Refusal::NoAnnex)?;
        self.annexes.get_or_insert_default().insert(organisation, Consent { by, at, seal });
        self.prepared_by.insert(by);
        Ok(())
    }

    /// A controller keeps its own annex back after all: whoever says so has prepared it too. Nobody says so of one that left.
    ///
    /// # Errors
    /// When it is public already.
    pub fn keep_back(&mut self, organisation: OrganisationId, by: Option<PersonId>) -> Result<(), Refusal> {
        if !self.open() {
            return Err(Refusal::WrongStage);
        }
        self.annexes.get_or_insert_default().remove(&organisation);
        self.prepared_by.extend(by);
        Ok(())
    }

    /// Whether it is still being prepared, or looked at.
    #[must_use]
    pub fn open(&self) -> bool {
        matches!(self.stage, Stage::Preparing | Stage::Checking)
    }
}
