//! What a board of signatures is made of: who holds a role, what an organisation decides about, and where one step stands for it.

use super::Step;
use crate::{
    dpia::{ids::SignatureId, risk::Band},
    people::{PersonId, Role},
    register::ids::OrganisationId,
};
use serde::Serialize;

/// Somebody who holds a role at a controller.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Holder {
    /// The organisation.
    pub organisation: OrganisationId,
    /// The role.
    pub role: Role,
    /// Who.
    pub person: PersonId,
    /// Whether as the named deputy of its holder.
    pub deputy: bool,
}

/// What an organisation decides about: the shared risks and those of its own annex.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Stake {
    /// The highest of them after measures.
    pub level: Band,
    /// How many stay high without an answer of the Commissioner that clears them.
    pub high: usize,
}

/// One step for one organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Slot<'a> {
    /// The organisation.
    pub organisation: OrganisationId,
    /// The step.
    pub step: &'a Step,
    /// The roles that may decide it now.
    pub roles: Vec<Role>,
    /// Where it stands.
    pub status: Status,
    /// The newest signature, when it no longer holds.
    pub stale: Option<SignatureId>,
}

/// A step with where it stands for each controller, in their order; none for one whose route does not have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row<'a> {
    /// The step.
    pub step: &'a Step,
    /// Where it stands.
    pub slots: Vec<Option<Slot<'a>>>,
}

/// A signature that is asked for now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Awaited<'a> {
    /// For which organisation.
    pub organisation: OrganisationId,
    /// Which step.
    pub step: &'a Step,
    /// The role that is asked first.
    pub role: Role,
    /// Who may sign; nobody where the role has to be filled first.
    pub people: Vec<PersonId>,
    /// Whether it was signed before, and what it was bound to has changed.
    pub again: bool,
}

/// Where a step stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "status")]
pub enum Status {
    /// Signed; the signature holds.
    Signed {
        /// Which.
        signature: SignatureId,
    },
    /// Signed once; what it was bound to has changed. These people can sign again.
    SignAgain {
        /// Who can.
        people: Vec<PersonId>,
    },
    /// These people can sign now.
    Waiting {
        /// Who can.
        people: Vec<PersonId>,
    },
    /// The organisation has steps to take before, or its annex is not frozen (then none is named).
    NotYet {
        /// The steps, by id.
        after: Vec<String>,
    },
    /// Something stands in the way that signing cannot mend.
    Blocked {
        /// What.
        by: Vec<Block>,
    },
    /// Nobody at the organisation holds the role. Its administrators can invite someone.
    NobodyHolds {
        /// Who can fill it.
        administrators: Vec<PersonId>,
    },
    /// Whoever holds the role wrote part of it, or signed in another role; a deputy has to be named.
    NobodyMay {
        /// Who holds it.
        holders: Vec<PersonId>,
        /// Who can name a deputy.
        administrators: Vec<PersonId>,
    },
}

/// What blocks the acceptance of risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case", tag = "block")]
pub enum Block {
    /// High risks are left, and the Commissioner has not answered (UK GDPR, Article 36).
    HighRisk {
        /// How many.
        risks: usize,
    },
    /// A short review concludes that a DPIA is needed after all, or that somebody is not sure (UK GDPR, Article 35(1)).
    DpiaNeeded,
    /// Recommendations are open.
    Recommendations {
        /// How many.
        open: usize,
    },
}
