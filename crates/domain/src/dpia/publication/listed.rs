//! What lists say of a publication: as the signed version said it, and not as the assessment stands since.

use crate::{
    dpia::{
        assessment::{Joined, PartyRole},
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
    /// Of a version, and the systems that the assessment was about then.
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

    /// The organisations that controlled the processing.
    pub fn controllers(&self) -> impl Iterator<Item = OrganisationId> {
        self.parties.iter().filter(|party| party.role.controls()).map(|party| party.organisation)
    }
}
