//! Signing: what a person sends, why it is refused, and the signature that comes of it.

use super::{Block, Board, Decision, Signature};
use crate::{
    dpia::ids::SignatureId,
    people::{Member, Role},
    register::ids::OrganisationId,
};
use serde::{Deserialize, Serialize};

/// Why somebody cannot sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "refusal")]
pub enum Refusal {
    /// Nothing is frozen to sign.
    NotFrozen,
    /// The organisation is no controller here; processors never sign.
    NoController,
    /// The route has no such step or decision for this assessment now.
    NoSuchStep,
    /// The person does not hold the role at that organisation.
    NotYourRole {
        /// The role.
        role: Role,
    },
    /// The session has no second factor.
    NoSecondFactor,
    /// The person wrote part of what would be signed.
    OwnWork,
    /// The person signed for this organisation in another role.
    OtherRole {
        /// The role in which they signed.
        role: Role,
        /// The step.
        step: String,
    },
    /// Other steps come first.
    NotYet {
        /// The steps, by id.
        after: Vec<String>,
    },
    /// High risks are left, and the Commissioner has not answered.
    HighRisk,
    /// A short review concludes that a DPIA is needed after all.
    DpiaNeeded,
    /// Recommendations are open.
    OpenRecommendations,
    /// Reasons, or the advice, are missing.
    SayWhy,
    /// It is signed, and the signature holds.
    AlreadySigned,
    /// The person has no signature there that holds, to take back.
    NotYourSignature,
    /// Later steps rest on it, and are signed.
    RestsOn {
        /// Their titles.
        steps: Vec<String>,
    },
}

/// What a person sends to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signing<'a> {
    /// For whom.
    pub organisation: OrganisationId,
    /// The step, by id.
    pub step: &'a str,
    /// The decision, by id.
    pub decision: &'a str,
    /// Reasons or advice.
    pub reasons: &'a str,
    /// The id of the new signature.
    pub id: SignatureId,
    /// When, milliseconds of UTC.
    pub at: i64,
}

impl Board<'_> {
    /// Signs.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn sign(&self, member: &Member, signing: &Signing<'_>) -> Result<Signature, Refusal> {
        let Signing { organisation, .. } = *signing;
        if !self.controllers.contains(&organisation) {
            return Err(Refusal::NoController);
        }
        let level = self.stake(organisation).level;
        let version = self.version.filter(|_| self.frozen_for(organisation)).ok_or(Refusal::NotFrozen)?;
        let step = self.steps_of(organisation).iter().find(|step| step.id == signing.step).ok_or(Refusal::NoSuchStep)?;
        let decision = step.decisions(level).find(|decision| decision.id == signing.decision).ok_or(Refusal::NoSuchStep)?;
        let as_deputy = standing(member, organisation, decision)?;
        if self.writers.bar(member.person, organisation, decision.role) {
            return Err(Refusal::OwnWork);
        }
        if let Some(other) = self.other_role(member.person, organisation, decision.role) {
            return Err(Refusal::OtherRole { role: other.role, step: other.step.clone() });
        }
        // Nobody decides otherwise over a decision that stands: later steps may rest on it, and a page that was opened before it does not
        // show it. Whoever gave it takes it back first.
        if self.holding(step, organisation).is_some() {
            return Err(Refusal::AlreadySigned);
        }
        let after = self.missing(step, organisation);
        if !after.is_empty() {
            return Err(Refusal::NotYet { after });
        }
        match self.blocks(step, organisation).first() {
            Some(Block::HighRisk { .. }) => return Err(Refusal::HighRisk),
            Some(Block::DpiaNeeded) => return Err(Refusal::DpiaNeeded),
            Some(Block::Recommendations { .. }) => return Err(Refusal::OpenRecommendations),
            None => {}
        }
        let reasons = signing.reasons.trim();
        if decision.reasons && reasons.is_empty() {
            return Err(Refusal::SayWhy);
        }
        let annex = *self.seals.annexes.get(&organisation).ok_or(Refusal::NotFrozen)?;
        Ok(Signature {
            id: signing.id,
            assessment: self.assessment,
            version,
            step: step.id.clone(),
            decision: decision.id.clone(),
            kind: decision.does,
            says: decision.says.clone(),
            reasons: reasons.to_owned(),
            person: member.person,
            organisation,
            role: decision.role,
            as_deputy,
            second_factor: true,
            at: signing.at,
            level,
            shared: self.seals.shared,
            annex,
            taken_back: None,
        })
    }
}

/// Whether a person holds the role of a decision, with a second factor; and whether as a deputy.
fn standing(member: &Member, organisation: OrganisationId, decision: &Decision) -> Result<bool, Refusal> {
    let standing = member.at(organisation).ok_or(Refusal::NotYourRole { role: decision.role })?;
    let (own, deputy) = (standing.roles.contains(&decision.role), standing.deputy.contains(&decision.role));
    if !own && !deputy {
        return Err(Refusal::NotYourRole { role: decision.role });
    }
    if !member.second_factor {
        return Err(Refusal::NoSecondFactor);
    }
    Ok(!own)
}
