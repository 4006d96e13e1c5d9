//! What decides whether a field may be written.

use super::Refusal;
use crate::dpia::assessment::State;

/// What decides whether a field may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Where the assessment stands.
    pub state: State,
    /// Whether signatures are bound to the field (the template says).
    pub signed: bool,
    /// Whether the writer may write this part ([`super::super::access`] says).
    pub may_write: bool,
    /// Whether the part is an annex that is open although the rest is frozen or signed ([`super::super::assessment::Assessment::annex_open`]).
    pub annex_open: bool,
}

impl Setting {
    /// Whether the field may be written.
    ///
    /// # Errors
    /// Why not.
    pub fn allows(&self) -> Result<(), Refusal> {
        if !self.may_write {
            return Err(Refusal::NotYours);
        }
        match self.state {
            State::Drafting => Ok(()),
            State::Withdrawn | State::Superseded | State::Recorded => Err(Refusal::Closed),
            _ if !self.signed || self.annex_open => Ok(()),
            State::Signed | State::Live => Err(Refusal::Signed),
            State::Review | State::Advice | State::Decision | State::Consulting => Err(Refusal::Frozen),
        }
    }
}
