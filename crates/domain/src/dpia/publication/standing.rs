//! One publication of an assessment counts at a time: the one that was made public last. Those before it gave way to it, and nothing
//! of what they showed is public any more; when it is taken back, none of them comes back.

use super::{Publication, Refusal, Stage};
use crate::{dpia::ids::PublicationId, people::PersonId};

/// The publications of one assessment, the newest first, as they stand: of several that were made public the newest counts. Databases
/// of before a second publication replaced the first hold several in that stage.
#[must_use]
pub fn settled(mut newest_first: Vec<Publication>) -> Vec<Publication> {
    let mut counts: Option<(PublicationId, i64)> = None;
    for one in &mut newest_first {
        match (&one.stage, counts) {
            (Stage::Published { .. }, Some((by, at))) => one.stage = Stage::Replaced { by, at },
            (Stage::Published { at, .. } | Stage::Withdrawn { at, .. } | Stage::Replaced { at, .. }, None) => {
                counts = Some((one.id, *at));
            }
            _ => {}
        }
    }
    newest_first
}

impl Publication {
    /// Gives way to another that is made public now.
    ///
    /// # Errors
    /// When it is not public, or is that one.
    pub fn give_way(&mut self, to: PublicationId, at: i64) -> Result<(), Refusal> {
        if !self.is_public() || self.id == to {
            return Err(Refusal::WrongStage);
        }
        self.stage = Stage::Replaced { by: to, at };
        Ok(())
    }

    /// Takes it back, with a note for the public.
    ///
    /// # Errors
    /// When it is not public, or there is no note.
    pub fn withdraw(&mut self, by: PersonId, at: i64, note: &str) -> Result<(), Refusal> {
        let Stage::Published { at: published_at, .. } = self.stage else { return Err(Refusal::WrongStage) };
        let note = note.trim();
        if note.is_empty() {
            return Err(Refusal::SayWhy);
        }
        self.stage = Stage::Withdrawn { by, at, note: note.to_owned(), published_at: Some(published_at) };
        Ok(())
    }
}
