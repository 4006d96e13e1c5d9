//! What an answer of the Commissioner clears: the risks that it was asked about, while they say the same and are no higher.

use super::{Consultation, IcoOutcome};
use crate::dpia::{
    ids::RiskId,
    risk::{Assessed, Band, Matrix, Risk, Step},
    seal::{Seal, seal},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A risk as it stood when the Commissioner was asked about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Which.
    pub risk: RiskId,
    /// The hash of its words.
    pub words: Seal,
    /// How high it stayed after measures; lowered when somebody accepts it lower.
    pub residual: Assessed,
    /// When somebody accepted it as no longer high, milliseconds of UTC: the answer has done its work, and a risk that rises
    /// again is asked about again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lapsed: Option<i64>,
}

impl Asked {
    /// A risk as it stands now.
    #[must_use]
    pub fn of(risk: &Risk) -> Self {
        Self { risk: risk.id, words: words(risk), residual: risk.residual.clone(), lapsed: None }
    }

    fn covers(&self, risk: &Risk, matrix: &Matrix) -> bool {
        self.risk == risk.id
            && self.lapsed.is_none()
            && self.words == words(risk)
            && no_higher(&self.residual, &risk.residual, matrix)
    }
}

impl Consultation {
    /// Whether it lets this risk be accepted: it was asked about it, answered, and the answer is not 'must not proceed'; and the
    /// risk says what it said then, and is no higher. One from before ratings were kept goes by the risk alone.
    #[must_use]
    pub fn clears(&self, risk: &Risk, matrix: &Matrix) -> bool {
        let allows = self.answer.as_ref().is_some_and(|answer| answer.outcome != IcoOutcome::MustNotProceed);
        let known = self.asked.is_empty() || self.asked.iter().any(|asked| asked.covers(risk, matrix));
        allows && self.risks.contains(&risk.id) && known
    }

    /// Whether it answers of this risk that it must not go ahead as planned: it was asked about it, and the risk says what it said
    /// then, and is no higher.
    #[must_use]
    pub fn forbids(&self, risk: &Risk, matrix: &Matrix) -> bool {
        let forbids = self.answer.as_ref().is_some_and(|answer| answer.outcome == IcoOutcome::MustNotProceed);
        let known = self.asked.is_empty() || self.asked.iter().any(|asked| asked.covers(risk, matrix));
        forbids && self.risks.contains(&risk.id) && known
    }

    /// Somebody accepted these risks as they stand: what an answer cleared at a higher level, it clears no more. Says whether
    /// that changed anything.
    pub fn accepted(&mut self, risks: &[&Risk], matrix: &Matrix, at: i64) -> bool {
        let mut changed = false;
        for asked in self.asked.iter_mut().filter(|asked| self.answer.is_some() && asked.lapsed.is_none()) {
            let Some(risk) = risks.iter().find(|risk| risk.id == asked.risk) else { continue };
            if risk.residual.band(matrix).is_some_and(|band| band != Band::High) {
                asked.lapsed = Some(at);
                changed = true;
            } else if risk.residual != asked.residual && asked.covers(risk, matrix) {
                asked.residual.clone_from(&risk.residual);
                changed = true;
            }
        }
        changed
    }
}

/// The hash of what a risk says; its ratings stand beside it.
fn words(risk: &Risk) -> Seal {
    seal(&json!({ "title": risk.title, "description": risk.description }))
}

/// Whether a rating is the same as another or lower: in its level, its likelihood and its severity.
fn no_higher(then: &Assessed, now: &Assessed, matrix: &Matrix) -> bool {
    let level = |assessed: &Assessed| {
        let level = assessed.level(matrix)?;
        matrix.levels.iter().position(|other| other.id == level.id)
    };
    let step = |steps: &[Step], id: &str| steps.iter().position(|step| step.id == id);
    let steps = match (&then.rating, &now.rating) {
        (Some(then), Some(now)) => {
            step(&matrix.likelihood, &now.likelihood) <= step(&matrix.likelihood, &then.likelihood)
                && step(&matrix.severity, &now.severity) <= step(&matrix.severity, &then.severity)
        }
        (then, now) => then == now,
    };
    steps && level(now).is_some() && level(now) <= level(then)
}
