//! Saving answers: what comes of a text that was begun from one version when another stands by now.
//!
//! Every save says the version it started from. Nothing is overwritten: what fits is merged, and what clashes is kept beside
//! what stands (a [`Contender`]) until a person settles it. Sending the same again changes nothing, so that repeating a save
//! whose reply never came is safe.
//!
//! | module | what lives there |
//! |---|---|
//! | [`setting`] | what decides whether a field may be written |
//! | [`look`] | marking a field to be looked at again, and saying that it still holds |
//! | [`mod@settle`] | settling one of a field's clashes |
//! | [`draft`] | what is typed and not saved |

use super::{
    answer::Answer,
    ids::AssessmentId,
    merge::{self, Merged},
    place::Place,
    review,
};
use crate::{people::PersonId, register::ids::OrganisationId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

pub mod draft;
pub mod look;
pub mod setting;
pub mod settle;

#[cfg(test)]
mod tests;

pub use draft::{Draft, Offer};
pub use look::{confirm, confirm_one, reopen};
pub use setting::Setting;
pub use settle::settle;

/// What stands in a field now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldState {
    /// The record's id; its history hangs on it.
    pub id: Uuid,
    /// The assessment.
    pub assessment: AssessmentId,
    /// The field.
    pub place: Place,
    /// Counted from 1; each change is one more.
    pub version: u32,
    /// What it says; none after it was emptied.
    pub answer: Option<Answer>,
    /// Whether whoever wrote it calls it complete.
    pub complete: bool,
    /// Who changed it last.
    pub by: PersonId,
    /// For whom.
    pub organisation: OrganisationId,
    /// When, milliseconds of UTC.
    pub at: i64,
    /// How it came to say so.
    pub how: How,
    /// Everybody who ever wrote in it: they cannot sign it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub writers: BTreeSet<PersonId>,
    /// What was sent and clashed, not settled yet; in the order in which it came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contenders: Vec<Contender>,
    /// A file that came in states it: nobody said it here (told as such, and no decision here).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stated: bool,
    /// When the record last changed, milliseconds of UTC.
    pub updated_at: i64,
}

/// How a field came to say what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// Somebody saved it.
    Saved,
    /// Somebody's changes were merged with those of others; they had started from this version.
    Merged {
        /// The version they started from.
        from: u32,
    },
    /// What somebody sent clashed, and is kept beside what stands.
    Clashed {
        /// The version they started from.
        from: u32,
    },
    /// Somebody settled a clash.
    Settled,
    /// Somebody went back to an earlier version.
    Restored {
        /// The version.
        version: u32,
    },
    /// Somebody took it over from the register or another assessment.
    TakenOver {
        /// From where, in words.
        from: String,
    },
    /// A review asks for it to be looked at again; the words are the same, and their writer's.
    Reopened {
        /// Why, in words.
        why: String,
    },
    /// The assessment moved to a new version of its template, and the answer with it.
    MovedOn {
        /// The new version.
        version: String,
    },
    /// A review looked at it and found that it still holds.
    Confirmed,
    /// It came with a file.
    Imported,
}

/// What somebody sent that did not fit what stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contender {
    /// The version they started from.
    pub from: u32,
    /// What that version said: the common start.
    pub base: Option<Answer>,
    /// What they sent.
    pub answer: Option<Answer>,
    /// Who.
    pub by: PersonId,
    /// For whom.
    pub organisation: OrganisationId,
    /// When, milliseconds of UTC.
    pub at: i64,
}

impl Contender {
    /// The clash with what stands: what fits, and what a person must settle.
    #[must_use]
    pub fn against(&self, standing: Option<&Answer>) -> Merged {
        merge::merge(self.base.as_ref(), standing, self.answer.as_ref())
    }
}

/// Who writes, for whom, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Writer {
    /// Who.
    pub person: PersonId,
    /// For whom.
    pub organisation: OrganisationId,
    /// When, milliseconds of UTC.
    pub at: i64,
}

/// What is sent for a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The version it started from; 0 for a field that had none.
    pub from: u32,
    /// The answer, tidied; none to empty the field.
    pub answer: Option<Answer>,
    /// Whether the writer calls it complete.
    pub complete: bool,
}

/// Why a field stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// The part is another organisation's, or the person may only read.
    NotYours,
    /// The assessment is frozen while people look at it: send it back, or open it for changes.
    Frozen,
    /// The field is signed: open the assessment for changes first.
    Signed,
    /// The assessment is closed.
    Closed,
    /// The version it started from does not exist.
    UnknownVersion,
    /// The field changed since the page was made: look again. Nothing was changed.
    MovedOn,
    /// There is nothing to settle.
    NoClash,
    /// The answer is of another kind than the field.
    WrongKind,
    /// It says the day of the next review, and data is in use under the assessment: that day is not taken.
    Review(review::Refusal),
}

/// What comes of a save.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The field says that already.
    Unchanged,
    /// It stands as sent.
    Saved(FieldState),
    /// It stands merged with what others wrote meanwhile.
    Merged(FieldState, Merged),
    /// What stands stays; what was sent is kept beside it.
    Clash(FieldState, Merged),
}

impl Outcome {
    /// The state to store, where there is one.
    #[must_use]
    pub fn state(&self) -> Option<&FieldState> {
        match self {
            Self::Unchanged => None,
            Self::Saved(state) | Self::Merged(state, _) | Self::Clash(state, _) => Some(state),
        }
    }
}

impl FieldState {
    /// The next state of a field, by a writer.
    fn next(&self, writer: Writer, answer: Option<Answer>, complete: bool, how: How) -> Self {
        let mut writers = self.writers.clone();
        // Who looks again, or moves it, writes nothing.
        if !matches!(how, How::Reopened { .. } | How::Confirmed | How::MovedOn { .. }) {
            writers.insert(writer.person);
        }
        Self {
            writers,
            version: self.version + 1,
            complete: complete && answer.is_some(),
            answer,
            by: writer.person,
            organisation: writer.organisation,
            at: writer.at,
            how,
            stated: false,
            ..self.clone()
        }
    }

    /// The field under a new version of the template: at its place there, with what it says there. Who moved it is no writer of
    /// it; what changed its form is to be looked at, and so is not complete.
    #[must_use]
    pub fn moved_on(&self, writer: Writer, place: Place, answer: Option<Answer>, version: &str) -> Self {
        let complete = self.complete && answer == self.answer;
        Self { place, ..self.next(writer, answer, complete, How::MovedOn { version: version.to_owned() }) }
    }

    /// A field that nobody has written in; it is never stored so.
    #[must_use]
    pub fn blank(id: Uuid, assessment: AssessmentId, place: Place, writer: Writer) -> Self {
        Self {
            id,
            assessment,
            place,
            version: 0,
            answer: None,
            complete: false,
            by: writer.person,
            organisation: writer.organisation,
            at: writer.at,
            how: How::Saved,
            writers: BTreeSet::new(),
            contenders: Vec::new(),
            stated: false,
            updated_at: 0,
        }
    }

    /// Why a review asks to look at it again; none where none does, or somebody has.
    #[must_use]
    pub fn look(&self) -> Option<&str> {
        match &self.how {
            How::Reopened { why } => Some(why),
            _ => None,
        }
    }

    /// Whether something in it must be settled.
    #[must_use]
    pub fn clashes(&self) -> bool {
        !self.contenders.is_empty()
    }
}

/// Saves what was sent for a field. `now` is what stands ([`FieldState::blank`] where nothing does), `base` what stood at the
/// version the writer started from (none where it said nothing).
///
/// # Errors
/// See [`Refusal`]; nothing changes then.
pub fn save(setting: Setting, now: &FieldState, base: Option<&Answer>, sent: Sent, writer: Writer) -> Result<Outcome, Refusal> {
    setting.allows()?;
    if sent.from > now.version {
        return Err(Refusal::UnknownVersion);
    }
    let answer = sent.answer.filter(|answer| !answer.is_empty());
    if let (Some(stands), Some(comes)) = (&now.answer, &answer)
        && stands.kind() != comes.kind()
        && base.is_some_and(|base| base.kind() != comes.kind())
    {
        return Err(Refusal::WrongKind);
    }
    let complete = sent.complete && answer.is_some();
    if answer == now.answer {
        // Somebody else may have called it complete, or not, since; the answer is the same, so the last word counts.
        return Ok(if complete == now.complete || sent.from < now.version {
            Outcome::Unchanged
        } else {
            Outcome::Saved(now.next(writer, answer, complete, How::Saved))
        });
    }
    if sent.from == now.version || base == now.answer.as_ref() {
        return Ok(Outcome::Saved(now.next(writer, answer, complete, How::Saved)));
    }
    if answer.as_ref() == base {
        return Ok(Outcome::Unchanged);
    }
    if now.contenders.iter().any(|known| known.by == writer.person && known.from == sent.from && known.answer == answer) {
        // The same clash, sent again.
        let merged = merge::merge(base, now.answer.as_ref(), answer.as_ref());
        return Ok(Outcome::Clash(now.clone(), merged));
    }
    let merged = merge::merge(base, now.answer.as_ref(), answer.as_ref());
    if merged.is_clean() {
        return Ok(if merged.answer == now.answer {
            Outcome::Unchanged
        } else {
            // What two people wrote is complete when both say so.
            let complete = complete && now.complete;
            let state = now.next(writer, merged.answer.clone(), complete, How::Merged { from: sent.from });
            Outcome::Merged(state, merged)
        });
    }
    let mut state = now.next(writer, now.answer.clone(), false, How::Clashed { from: sent.from });
    // What stands is still the words of whoever wrote them; who sent what clashed stands with the contender.
    (state.by, state.organisation, state.at, state.stated) = (now.by, now.organisation, now.at, now.stated);
    state.contenders.push(Contender {
        from: sent.from,
        base: base.cloned(),
        answer,
        by: writer.person,
        organisation: writer.organisation,
        at: writer.at,
    });
    Ok(Outcome::Clash(state, merged))
}

/// Goes back to what a field said at an earlier version. Clashes stay: they have to be settled by looking at them.
///
/// # Errors
/// [`Refusal::MovedOn`] when the field is no longer at the version that was looked at; the others as for [`save`].
pub fn restore(setting: Setting, now: &FieldState, seen: u32, earlier: &FieldState, writer: Writer) -> Result<Outcome, Refusal> {
    setting.allows()?;
    if seen != now.version {
        return Err(Refusal::MovedOn);
    }
    if earlier.id != now.id || earlier.version >= now.version {
        return Err(Refusal::UnknownVersion);
    }
    if earlier.answer == now.answer {
        return Ok(Outcome::Unchanged);
    }
    Ok(Outcome::Saved(now.next(writer, earlier.answer.clone(), false, How::Restored { version: earlier.version })))
}

/// Takes an answer over from the register or another assessment, after a person said yes.
///
/// # Errors
/// As for [`restore`].
pub fn take_over(
    setting: Setting,
    now: &FieldState,
    seen: u32,
    answer: Answer,
    from: &str,
    writer: Writer,
) -> Result<Outcome, Refusal> {
    setting.allows()?;
    if seen != now.version {
        return Err(Refusal::MovedOn);
    }
    if now.answer.as_ref() == Some(&answer) {
        return Ok(Outcome::Unchanged);
    }
    Ok(Outcome::Saved(now.next(writer, Some(answer), false, How::TakenOver { from: from.to_owned() })))
}
