//! Advice and sign-off: who decides what for which organisation, in which order, and whether a signature still holds.
//!
//! | module | what lives there |
//! |---|---|
//! | [`route`] | routes as files: steps, roles, order |
//! | [`routes`] | which route each controller of an assessment follows |
//! | [`board`] | where each step stands for each organisation, and who is awaited |
//! | [`able`] | who is able to sign a step, and what signing it would cost them |
//! | [`slot`] | what a board is made of: holders of roles, what an organisation decides about, where a step stands |
//! | [`writers`] | who wrote what is sealed, and in which roles they may sign it all the same |
//! | [`sealed`] | the seals that signatures are compared with, worked out when there are any |
//! | [`signing`] | what a person sends to sign, and why it is refused |
//! | [`taking_back`] | one's own signature taken back, while no later step rests on it |
//!
//! A signature is bound to the seals of the shared body and of the signer's own annex ([`super::seal`]); when either changes,
//! it is stale, and [`since`] says what changed. Processors never sign. Nobody signs their own work, but for words that are their
//! role's to write. For one organisation, one person signs in one role.

pub mod able;
pub mod board;
pub mod route;
pub mod routes;
pub mod sealed;
pub mod signing;
pub mod slot;
pub mod taking_back;
pub mod writers;

#[cfg(test)]
mod tests;

pub use able::Lost;
pub use board::Board;
pub use route::{Decision, Phase, Route, Step};
pub use routes::Routes;
pub use sealed::Sealed;
pub use signing::{Refusal, Signing};
pub use slot::{Awaited, Block, Holder, Row, Slot, Stake, Status};
pub use writers::Writers;

use super::{
    answer::Answers,
    compare::{self, Difference},
    ids::{AssessmentId, SignatureId, VersionId},
    place::Part,
    risk::Band,
    seal::{Seal, Seals},
};
use crate::{people::PersonId, people::Role, register::ids::OrganisationId};
use serde::{Deserialize, Serialize};

/// A role's decision for an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Its id.
    pub id: SignatureId,
    /// The assessment.
    pub assessment: AssessmentId,
    /// The frozen version that was in front of the signer.
    pub version: VersionId,
    /// The step of the route, by id.
    pub step: String,
    /// The decision, by id: `reviewed`, `advised`, `accepted-advice`, `overruled-advice`, …
    pub decision: String,
    /// What the decision does.
    pub kind: Kind,
    /// The words that the signer confirmed.
    pub says: String,
    /// The signer's reasons or advice.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reasons: String,
    /// Who signed.
    pub person: PersonId,
    /// For whom.
    pub organisation: OrganisationId,
    /// In which role.
    pub role: Role,
    /// Whether as the named deputy of its holder.
    pub as_deputy: bool,
    /// Whether the session had a second factor; nothing is signed without one.
    pub second_factor: bool,
    /// When, milliseconds of UTC.
    pub at: i64,
    /// The highest residual risk of what was signed: shared, and of the own annex.
    pub level: Band,
    /// The seal of the shared body.
    pub shared: Seal,
    /// The seal of the organisation's annex.
    pub annex: Seal,
    /// That whoever gave it took it back: it counts for nothing any more, and stays told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_back: Option<TakenBack>,
}

/// That a signature was taken back by whoever gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenBack {
    /// When, milliseconds of UTC.
    pub at: i64,
    /// Why.
    pub reasons: String,
}

/// What a decision does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Looks at it from one side (technical assurance, procurement, health and care data).
    Reviews,
    /// Advises (UK GDPR, Articles 35(2) and 39).
    Advises,
    /// Accepts the data protection officer's advice.
    AcceptsAdvice,
    /// Overrules it, with reasons.
    OverrulesAdvice,
    /// Accepts the residual risk.
    AcceptsRisk,
}

impl Signature {
    /// Whether it is bound to these seals, and was not taken back.
    #[must_use]
    pub fn holds(&self, seals: &Seals) -> bool {
        self.taken_back.is_none() && self.fits(seals)
    }

    /// Whether it is bound to these seals.
    #[must_use]
    pub fn fits(&self, seals: &Seals) -> bool {
        self.shared == seals.shared && seals.annexes.get(&self.organisation) == Some(&self.annex)
    }
}

/// What changed, of what a signature is bound to, between the answers that were signed and those that stand. Other parties'
/// annexes and fields outside signatures are left out.
#[must_use]
pub fn since(signature: &Signature, signed: &Answers, now: &Answers, bound: &dyn Fn(&str) -> bool) -> Vec<Difference> {
    let own = [Part::Shared, Part::Annex(signature.organisation)];
    compare::compare(signed, now)
        .into_iter()
        .filter(|difference| own.contains(&difference.place.part) && bound(&difference.place.field))
        .collect()
}

/// What changed for everyone else: annexes of others. It is told, and touches no signature of this organisation.
#[must_use]
pub fn elsewhere(signature: &Signature, signed: &Answers, now: &Answers) -> Vec<Difference> {
    compare::compare(signed, now)
        .into_iter()
        .filter(|difference| {
            difference.place.part.organisation().is_some_and(|organisation| organisation != signature.organisation)
        })
        .collect()
}
