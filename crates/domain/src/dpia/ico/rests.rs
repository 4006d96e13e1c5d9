//! What an acceptance of high risk rests on: answers of the Commissioner that clear the risks, as they were recorded when somebody
//! accepted them. The board of signatures asks here, and papers that hold no board.

use super::Consultation;
use crate::dpia::risk::{Band, Matrix, Risk};

/// Whether a risk is high after measures, and no answer clears it.
#[must_use]
pub fn stays_high(risk: &Risk, consultations: &[Consultation], matrix: &Matrix) -> bool {
    risk.residual.band(matrix) == Some(Band::High) && !consultations.iter().any(|one| one.clears(risk, matrix))
}

/// When an answer that clears high risks among these was last put right, milliseconds of UTC. Where several clear one risk, the one
/// that was put right first, or never, is enough for it.
#[must_use]
pub fn righted(risks: &[&Risk], consultations: &[Consultation], matrix: &Matrix) -> Option<i64> {
    let high = risks.iter().filter(|risk| risk.residual.band(matrix) == Some(Band::High));
    let answers = |risk: &&Risk| {
        let clearing = consultations.iter().filter(|one| one.clears(risk, matrix));
        clearing.map(Consultation::righted).min().flatten()
    };
    high.filter_map(answers).max()
}

/// Why an acceptance of risk holds no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// What is recorded of an answer was put right since, at this instant, milliseconds of UTC.
    Righted(i64),
    /// No answer clears a risk that is high.
    Uncleared,
}

/// What an acceptance of these risks that was given at an instant has lost; none where it rests on what it rested on.
#[must_use]
pub fn lost(risks: &[&Risk], consultations: &[Consultation], matrix: &Matrix, at: i64) -> Option<Lost> {
    if let Some(righted) = righted(risks, consultations, matrix).filter(|righted| at <= *righted) {
        return Some(Lost::Righted(righted));
    }
    let uncleared: Vec<&&Risk> = risks.iter().filter(|risk| stays_high(risk, consultations, matrix)).collect();
    if uncleared.is_empty() {
        return None;
    }
    // An answer that was put right to one that clears nothing is told by its day.
    let about = consultations.iter().filter(|one| uncleared.iter().any(|risk| one.risks.contains(&risk.id)));
    let since = about.filter_map(Consultation::righted).filter(|righted| at <= *righted).max();
    Some(since.map_or(Lost::Uncleared, Lost::Righted))
}
