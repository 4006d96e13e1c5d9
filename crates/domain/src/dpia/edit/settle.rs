//! Settling a clash: a person decides what stands, having looked at both texts.

use super::{FieldState, How, Refusal, Setting, Writer};
use crate::dpia::answer::Answer;

/// Settles one clash of a field with an answer: what stood, what was sent, or anything made of them. `which` is the place of the
/// text that was looked at beside what stands; others that clash were not looked at, and stay, unless they say the same. All of
/// them stay in the history.
///
/// # Errors
/// [`Refusal::NoClash`] where nothing clashes there; [`Refusal::MovedOn`] when the field is no longer at the version that was
/// looked at; the others as for [`super::save`].
pub fn settle(
    setting: Setting,
    now: &FieldState,
    seen: u32,
    which: usize,
    answer: Option<Answer>,
    complete: bool,
    writer: Writer,
) -> Result<FieldState, Refusal> {
    setting.allows()?;
    if !now.clashes() {
        return Err(Refusal::NoClash);
    }
    if seen != now.version {
        return Err(Refusal::MovedOn);
    }
    let mut left = now.contenders.clone();
    if which >= left.len() {
        return Err(Refusal::NoClash);
    }
    left.remove(which);
    let answer = answer.filter(|answer| !answer.is_empty());
    left.retain(|one| one.answer != answer);
    let mut state = now.next(writer, answer, complete && left.is_empty(), How::Settled);
    state.contenders = left;
    Ok(state)
}
