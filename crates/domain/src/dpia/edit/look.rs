//! Looking at a field again: a review marks it, and a person changes it or says that it still holds. No word changes here.

use super::{FieldState, How, Outcome, Refusal, Setting, Writer};

/// Marks a field as one to look at again; what it says stays, and stays its writer's. None where it is marked already or says
/// nothing.
#[must_use]
pub fn reopen(now: &FieldState, why: &str) -> Option<FieldState> {
    let writer = Writer { person: now.by, organisation: now.organisation, at: now.at };
    (now.answer.is_some() && now.look().is_none())
        .then(|| now.next(writer, now.answer.clone(), false, How::Reopened { why: why.to_owned() }))
}

/// Calls a field that a review had marked complete again: it was looked at, and still holds. None where no review marked it.
#[must_use]
pub fn confirm(now: &FieldState, writer: Writer) -> Option<FieldState> {
    (now.look().is_some() && !now.clashes()).then(|| now.next(writer, now.answer.clone(), true, How::Confirmed))
}

/// A person says of one field that it still holds. No word changes, so that this is possible while the text is frozen or signed.
///
/// # Errors
/// [`Refusal::NotYours`] and [`Refusal::Closed`] for who may not write it in any state; [`Refusal::MovedOn`] when the field is no
/// longer at the version that was looked at.
pub fn confirm_one(setting: Setting, now: &FieldState, seen: u32, writer: Writer) -> Result<Outcome, Refusal> {
    if !setting.may_write {
        return Err(Refusal::NotYours);
    }
    if setting.state.is_closed() {
        return Err(Refusal::Closed);
    }
    if now.look().is_none() {
        return Ok(Outcome::Unchanged);
    }
    if seen != now.version || now.clashes() {
        return Err(Refusal::MovedOn);
    }
    Ok(confirm(now, writer).map_or(Outcome::Unchanged, Outcome::Saved))
}
