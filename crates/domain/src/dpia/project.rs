//! Data projects: a piece of work that uses personal data, from 'do we need a DPIA?' to an assessment that is live; and the
//! screenings that say whether it does. Two people's changes of one project at once meet in `meet`.

use super::{
    answer::Ternary,
    assessment::{Joined, Party},
    ids::{AssessmentId, ProjectId, ScreeningId},
    screening::{Outcome, OutcomeKind, Redone},
    template::{Edition, view::Screened},
};
use crate::{
    people::{Act, PersonId, Scope, may},
    register::ids::{ContractId, OrganisationId, PlannedProcurementId, SystemId},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub mod joint;
pub mod meet;

pub use joint::{Chosen, Unchanged};

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
    /// A project that an organisation begins at an instant, of which nothing else is known yet, its parties neither.
    #[must_use]
    pub fn blank(id: ProjectId, organisation: OrganisationId, at: i64) -> Self {
        Self {
            id,
            organisation,
            title: String::new(),
            purpose: String::new(),
            owner: None,
            parties: Vec::new(),
            systems: Vec::new(),
            contracts: Vec::new(),
            planned: Vec::new(),
            starts: None,
            ends: None,
            step: None,
            closed: false,
            created_at: at,
            updated_at: at,
        }
    }

    /// Whether an organisation takes part, or is invited.
    #[must_use]
    pub fn involves(&self, organisation: OrganisationId) -> bool {
        self.organisation == organisation
            || self
                .parties
                .iter()
                .any(|party| party.organisation == organisation && matches!(party.joined, Joined::Accepted | Joined::Invited))
    }

    /// The organisations that decide what is done with the information: the owner, and the controllers that have accepted.
    pub fn controllers(&self) -> impl Iterator<Item = OrganisationId> + '_ {
        let accepted = |party: &&Party| party.joined == Joined::Accepted && party.role.controls();
        let others = self.parties.iter().filter(accepted).map(|party| party.organisation);
        std::iter::once(self.organisation).chain(others.filter(|organisation| *organisation != self.organisation))
    }

    /// Whether a scope belongs to an organisation that takes part, and has not only been invited: it reads the project's past.
    #[must_use]
    pub fn has_part(&self, scope: &Scope) -> bool {
        self.screenings_for(scope).is_some()
    }

    /// How much of its screenings a scope may read; none where they do not exist for it: an organisation that is invited reads
    /// them once it takes part.
    #[must_use]
    pub fn screenings_for(&self, scope: &Scope) -> Option<ScreeningSight> {
        match scope {
            Scope::Public => None,
            Scope::Operator | Scope::Job { .. } => Some(ScreeningSight::All),
            Scope::Member(_) => {
                let sees = |organisation: OrganisationId| may(scope, &Act::SeePrivate(organisation));
                let accepted = || self.parties.iter().filter(|party| party.joined == Joined::Accepted);
                if self.controllers().any(sees) {
                    Some(ScreeningSight::All)
                } else {
                    accepted().any(|party| sees(party.organisation)).then_some(ScreeningSight::Outcome)
                }
            }
        }
    }
}

/// How much of a project's screenings somebody may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScreeningSight {
    /// All of them: whoever belongs to an organisation that decides what is done with the information.
    All,
    /// What they came to: whoever belongs to a processor.
    Outcome,
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
    /// What a file that came in states was decided, once it is decided here: that stays told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_stated: Option<Decided>,
    /// The assessment that followed.
    pub assessment: Option<AssessmentId>,
    /// Who answered.
    pub by: PersonId,
    /// For which organisation they answered; none in records of before that was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acting_for: Option<OrganisationId>,
    /// When it was begun, milliseconds of UTC.
    pub at: i64,
    /// The screening that it replaces: answers changed.
    pub replaces: Option<ScreeningId>,
    /// A file that came in states who answered: nobody answered here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stated: bool,
    /// When it last changed, milliseconds of UTC.
    pub updated_at: i64,
}

impl Screening {
    /// What an officer decided here: a decision that a file states is told, and taken anew.
    #[must_use]
    pub fn decided(&self) -> Option<&Decided> {
        self.decision.as_ref().filter(|decision| !decision.stated)
    }

    /// What is to be done: what the officer decided, else what the rules said. None while questions are open.
    #[must_use]
    pub fn stands(&self) -> Option<OutcomeKind> {
        let decided = self.decided().map(|decided| decided.kind);
        decided.or(self.outcome.as_ref().map(|outcome| outcome.kind))
    }

    /// It without answers and reasons: what a processor reads.
    #[must_use]
    pub fn outcome_alone(self) -> Self {
        let outcome = self.outcome.map(|outcome| Outcome {
            reasons: Vec::new(),
            criteria: 0,
            not_met: Vec::new(),
            modules: Vec::new(),
            open: Vec::new(),
            ..outcome
        });
        let alone = |decided: Decided| Decided { reasons: String::new(), ..decided };
        let (decision, decision_stated) = (self.decision.map(alone), self.decision_stated.map(alone));
        Self { answers: BTreeMap::new(), notes: BTreeMap::new(), outcome, decision, decision_stated, ..self }
    }
}

/// The screening that counts, of a project's, the newest first: the newest that is finished, also while another is under way;
/// while none is finished, the newest.
#[must_use]
pub fn counting(screenings: &[Screening]) -> Option<&Screening> {
    screenings.iter().find(|one| one.outcome.is_some()).or(screenings.first())
}

/// What the screening that counts says besides the one that an assessment follows, where that is another. None where it says
/// nothing else. An assessment that was begun without one follows none.
#[must_use]
pub fn rescreened(screenings: &[Screening], follows: Option<ScreeningId>) -> Option<(&Screening, Redone)> {
    let counts = counting(screenings).filter(|one| Some(one.id) != follows)?;
    let before = screenings.iter().find(|one| Some(one.id) == follows).and_then(|one| one.outcome.as_ref());
    Some((counts, Redone::of(before, counts.outcome.as_ref()?)?))
}

/// Whether an officer decided after an instant, milliseconds of UTC, that less than a DPIA is done: that ends what a short review
/// concluded before, once a DPIA that has ended since had taken its place. A screening alone ends nothing, since a person concluded.
#[must_use]
pub fn less_decided(screenings: &[Screening], since: i64) -> bool {
    screenings.iter().filter_map(Screening::decided).any(|decided| decided.at > since && decided.kind != OutcomeKind::Required)
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
    /// A file that came in states it: nobody said it here (told as such, and no decision here).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stated: bool,
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
    let decision_stated =
        screening.decision.clone().filter(|decision| decision.stated).or_else(|| screening.decision_stated.clone());
    let decision = Some(Decided { kind, reasons, by, at, stated: false });
    Ok(Screening { decision, decision_stated, ..screening.clone() })
}

/// The answers of a screening as templates and modules read them.
#[must_use]
pub fn screened(screening: Option<&Screening>) -> Screened {
    screening.map(|screening| screening.answers.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
