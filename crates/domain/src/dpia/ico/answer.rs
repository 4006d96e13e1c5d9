//! What the Commissioner answered, and putting right what was recorded of it wrongly. What stood there before is kept, with the reason.

use super::{Consultation, Refusal, said};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What the Commissioner answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IcoAnswer {
    /// The day of the answer.
    pub on: Date,
    /// What it comes to.
    pub outcome: IcoOutcome,
    /// The advice, in its words.
    pub text: String,
    /// What was recorded of it before it was put right, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<Mistaken>,
}

/// What was recorded of an answer, and was wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mistaken {
    /// What it was said to come to.
    pub outcome: IcoOutcome,
    /// Its words as they stood.
    pub text: String,
    /// Why it was put right.
    pub why: String,
    /// When, milliseconds of UTC.
    pub at: i64,
}

/// What an answer comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IcoOutcome {
    /// The processing may go ahead as planned.
    MayProceed,
    /// It may go ahead with the advice followed.
    WithAdvice,
    /// It must not go ahead as planned.
    MustNotProceed,
}

impl IcoOutcome {
    /// Every outcome, in the order of a form.
    pub const ALL: [Self; 3] = [Self::MayProceed, Self::WithAdvice, Self::MustNotProceed];

    /// As forms and JSON spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MayProceed => "may-proceed",
            Self::WithAdvice => "with-advice",
            Self::MustNotProceed => "must-not-proceed",
        }
    }

    /// Reads what [`Self::as_str`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }
}

impl Consultation {
    /// When what is recorded of its answer was last put right, milliseconds of UTC: what somebody accepted on it before, they accepted
    /// on other words.
    #[must_use]
    pub fn righted(&self) -> Option<i64> {
        self.answer.as_ref()?.before.last().map(|mistaken| mistaken.at)
    }

    /// Puts right what the answer comes to and what it says. What it clears follows from it at once.
    ///
    /// # Errors
    /// Without an answer, without its text or a reason, or where nothing is different.
    pub fn correct_answer(&mut self, outcome: IcoOutcome, text: &str, why: &str, at: i64) -> Result<(), Refusal> {
        let answer = self.answer.as_mut().ok_or(Refusal::NothingToCorrect)?;
        let text = said(text)?;
        let why = said(why).map_err(|_| Refusal::NoReason)?;
        if answer.outcome == outcome && answer.text == text {
            return Err(Refusal::TheSame);
        }
        let text = std::mem::replace(&mut answer.text, text);
        let outcome = std::mem::replace(&mut answer.outcome, outcome);
        answer.before.push(Mistaken { outcome, text, why, at });
        Ok(())
    }
}
