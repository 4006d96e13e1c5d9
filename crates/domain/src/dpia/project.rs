//! Data projects: a piece of work that uses personal data, from 'do we need a DPIA?' to an assessment that is live; and the
//! screenings that say whether it does.

use super::{
    answer::Ternary,
    assessment::{Joined, Party},
    ids::{AssessmentId, ProjectId, ScreeningId},
    screening::{Outcome, OutcomeKind},
    template::{Edition, view::Screened},
};
use crate::{
    people::PersonId,
    register::ids::{ContractId, OrganisationId, PlannedProcurementId, SystemId},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A piece of work that uses personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// The organisation that owns it; always a party.
    pub organisation: OrganisationId,
    /// Its title.
    pub title: String,
    /// What it is for, in a sentence or two.
    pub purpose: String,
    /// Who owns it there.
    pub owner: Option<PersonId>,
    /// The parties, the owner first.
    pub parties: Vec<Party>,
    /// Systems of the register.
    pub systems: Vec<SystemId>,
    /// Contracts.
    pub contracts: Vec<ContractId>,
    /// Planned procurements.
    pub planned: Vec<PlannedProcurementId>,
    /// The day on which data is to be used first.
    pub starts: Option<Date>,
    /// The day on which it ends.
    pub ends: Option<Date>,
    /// The step of the information governance process at which it is, by id.
    pub step: Option<String>,
    /// Whether it was closed.
    pub closed: bool,
    /// When it was begun, milliseconds of UTC.
    pub created_at: i64,
    /// When it last changed, milliseconds of UTC.
    pub updated_at: i64,
}

impl Project {
    /// Whether an organisation takes part, or is invited.
    #[must_use]
    pub fn involves(&self, organisation: OrganisationId) -> bool {
        self.organisation == organisation
            || self
                .parties
                .iter()
                .any(|party| party.organisation == organisation && matches!(party.joined, Joined::Accepted | Joined::Invited))
    }
}

/// One run of the screening questions, kept as the record of the decision: also of *not* doing a DPIA.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Screening {
    /// Its id.
    pub id: ScreeningId,
    /// The project.
    pub project: ProjectId,
    /// The organisation that owns the project.
    pub organisation: OrganisationId,
    /// The rules that were asked, with their version.
    pub rules: Edition,
    /// The answers, by question.
    pub answers: BTreeMap<String, Ternary>,
    /// Words that people added to an answer, by question.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub notes: BTreeMap<String, String>,
    /// What it came to; none while questions are open.
    pub outcome: Option<Outcome>,
    /// What the officer decided.
    pub decision: Option<Decided>,
    /// The assessment that followed.
    pub assessment: Option<AssessmentId>,
    /// Who answered.
    pub by: PersonId,
    /// When it was begun, milliseconds of UTC.
    pub at: i64,
    /// The screening that it replaces: answers changed.
    pub replaces: Option<ScreeningId>,
    /// When it last changed, milliseconds of UTC.
    pub updated_at: i64,
}

/// What the officer decided after a screening.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// What is done.
    pub kind: OutcomeKind,
    /// Why, where it is less than the outcome asks for, or wherever no assessment is made.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reasons: String,
    /// Who decided.
    pub by: PersonId,
    /// When, milliseconds of UTC.
    pub at: i64,
}

/// Why a decision is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// Questions are open.
    Unfinished,
    /// The law asks for a DPIA; there is nothing to decide against it.
    Required,
    /// No assessment is made, or a lesser one than asked for, and the reasons are missing.
    SayWhy,
}

/// Decides after a screening. More than the outcome asks for is always possible; less than a required DPIA never is.
///
/// # Errors
/// See [`Refusal`].
pub fn decide(screening: &Screening, kind: OutcomeKind, reasons: &str, by: PersonId, at: i64) -> Result<Screening, Refusal> {
    let outcome = screening.outcome.as_ref().ok_or(Refusal::Unfinished)?;
    if outcome.kind == OutcomeKind::Required && kind != OutcomeKind::Required {
        return Err(Refusal::Required);
    }
    let reasons = reasons.trim().to_owned();
    if kind == OutcomeKind::NotRequired && reasons.is_empty() {
        return Err(Refusal::SayWhy);
    }
    Ok(Screening { decision: Some(Decided { kind, reasons, by, at }), ..screening.clone() })
}

/// The answers of a screening as templates and modules read them.
#[must_use]
pub fn screened(screening: Option<&Screening>) -> Screened {
    screening.map(|screening| screening.answers.clone()).unwrap_or_default()
}
