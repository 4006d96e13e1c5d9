//! Being away, and who sees to one's work meanwhile. What is handed over is the list, not the role: a signature needs its holder
//! or a named deputy.

use super::Refusal;
use crate::{
    people::{PersonId, Role},
    register::ids::OrganisationId,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Somebody is away, and somebody else sees to their work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// Who is away.
    pub person: PersonId,
    /// Whose work it is.
    pub organisation: OrganisationId,
    /// Who sees to it.
    pub to: PersonId,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
}

impl Absence {
    /// Whether somebody is away on a day.
    #[must_use]
    pub fn on(&self, day: Date) -> bool {
        self.from <= day && day <= self.until
    }
}

/// Somebody who is away or will be, with what they are at the organisation now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Away {
    /// Who, from when until when, and who stands in.
    pub absence: Absence,
    /// The roles that they hold there themselves: their tasks come with the work.
    pub roles: Vec<Role>,
}

/// Hands one's work over while away.
///
/// # Errors
/// When the days are the wrong way round, or it goes to oneself.
pub fn hand_over(absence: Absence) -> Result<Absence, Refusal> {
    if absence.until < absence.from {
        return Err(Refusal::EndsBeforeItBegins);
    }
    if absence.to == absence.person {
        return Err(Refusal::ToYourself);
    }
    Ok(absence)
}
