//! What somebody is typing and has not saved: kept for its writer alone, and offered when they come back.

use super::FieldState;
use crate::{
    dpia::{answer::Answer, ids::AssessmentId, place::Place},
    people::PersonId,
};
use serde::{Deserialize, Serialize};

/// What somebody is typing and has not saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The assessment.
    pub assessment: AssessmentId,
    /// The field.
    pub place: Place,
    /// Whose draft it is; nobody else sees it.
    pub person: PersonId,
    /// The version it started from.
    pub from: u32,
    /// What is typed so far.
    pub answer: Option<Answer>,
    /// When, milliseconds of UTC.
    pub at: i64,
}

/// What to do with a draft when its writer opens the field again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Nothing: the field says that already, or the draft changes nothing.
    Nothing,
    /// Put it into the form: the field is as it was when it was begun.
    Continue,
    /// Put it into the form, and say that others have changed the field since; saving merges.
    Behind,
}

impl Draft {
    /// What to do with the draft over what stands now; `base` is what stood at the version it started from.
    #[must_use]
    pub fn offer(&self, now: &FieldState, base: Option<&Answer>) -> Offer {
        let typed = self.answer.as_ref().filter(|answer| !answer.is_empty());
        if typed == now.answer.as_ref() || typed == base {
            Offer::Nothing
        } else if self.from == now.version {
            Offer::Continue
        } else {
            Offer::Behind
        }
    }
}
