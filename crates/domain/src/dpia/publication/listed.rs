//! What lists say of a publication: as the signed version said it, and not as the assessment stands since. Of the organisations in
//! that version only those are named that take part when it is made public; who leaves later is said to have taken part until then.

use super::{Publication, Stage};
use crate::{
    dpia::{
        assessment::{Joined, Party, PartyRole},
        place::Part,
        seal::Seal,
        version::Version,
    },
    register::ids::{OrganisationId, SystemId},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What lists say of a publication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The title.
    pub title: String,
    /// The organisations that took part, the lead first.
    pub parties: Vec<Listing>,
    /// Systems of the register that it was about when it was begun.
    pub systems: Vec<SystemId>,
    /// The seals of the annexes; that of the shared text stands in the publication.
    pub annexes: BTreeMap<OrganisationId, Seal>,
}

/// An organisation that took part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Which.
    pub organisation: OrganisationId,
    /// What it was to the processing.
    pub role: PartyRole,
}

impl Listed {
    /// Of a version, and the systems that the assessment was about then: with every organisation that had joined when the version was
    /// made.
    #[must_use]
    pub fn of(version: &Version, systems: &[SystemId]) -> Self {
        let members = version.content.parties.iter().filter(|party| party.joined == Joined::Accepted);
        Self {
            title: version.content.title.clone(),
            parties: members.map(|party| Listing { organisation: party.organisation, role: party.role }).collect(),
            systems: systems.to_vec(),
            annexes: version.seals.annexes.clone(),
        }
    }

    /// It with those of its organisations that take part: a controller only where its annex is in the version, since it signs that.
    /// With every signature of those who take part in hand ([`super::signed()`]), each that is named has signed.
    #[must_use]
    pub fn taking_part(mut self, parties: &[Party]) -> Self {
        let takes_part = |one| parties.iter().any(|party| party.organisation == one && party.joined == Joined::Accepted);
        let annexes = &self.annexes;
        self.parties
            .retain(|one| takes_part(one.organisation) && (!one.role.controls() || annexes.contains_key(&one.organisation)));
        self
    }

    /// It without the organisations that had left when it was made public at an instant, milliseconds of UTC: what was published
    /// before that was looked at may name them.
    #[must_use]
    pub fn when_public(mut self, parties: &[Party], at: i64) -> Self {
        self.parties.retain(|one| left(parties, one.organisation).is_none_or(|since| since >= at));
        self
    }

    /// Its organisations, each with when it left since, milliseconds of UTC.
    #[must_use]
    pub fn until(&self, parties: &[Party]) -> Vec<(Listing, Option<i64>)> {
        self.parties.iter().map(|one| (one.clone(), left(parties, one.organisation))).collect()
    }

    /// The organisations that controlled the processing.
    pub fn controllers(&self) -> impl Iterator<Item = OrganisationId> {
        self.parties.iter().filter(|party| party.role.controls()).map(|party| party.organisation)
    }
}

/// When an organisation left; none of one that takes part, or never did. Whoever is only invited again has left.
fn left(parties: &[Party], organisation: OrganisationId) -> Option<i64> {
    parties.iter().find(|party| party.organisation == organisation)?.left()
}

impl Publication {
    /// When it was made public, milliseconds of UTC, as far as that is known; none of one that never was.
    #[must_use]
    pub fn public_since(&self) -> Option<i64> {
        match &self.stage {
            Stage::Preparing | Stage::Checking => None,
            Stage::Published { at, .. } | Stage::Replaced { at, .. } => Some(*at),
            Stage::Withdrawn { at, published_at, .. } => Some(published_at.unwrap_or(*at)),
        }
    }

    /// Names, while it is prepared, those who take part now, and shows no annex of anybody else: whoever left answers for nothing
    /// that is made public after that. What is public stays as it was looked at.
    pub fn keep_to(&mut self, version: &Version, parties: &[Party]) {
        if !self.open() {
            return;
        }
        let Some(listed) = &mut self.listed else { return };
        *listed = Listed::of(version, &listed.systems).taking_part(parties);
        let named = |organisation: OrganisationId| listed.parties.iter().any(|one| one.organisation == organisation);
        if let Some(annexes) = &mut self.annexes {
            annexes.retain(|organisation, _| named(*organisation));
        }
        // Of whoever began it nobody asks about its annex.
        if !named(self.organisation) {
            let own = Part::Annex(self.organisation);
            self.resting.extend(version.content.answers.keys().filter(|place| place.part == own).cloned());
        }
    }
}
