//! Files of a council's rules (templates, screening rules, lists of options, overlays, routes of sign-off) as they are stored:
//! shipped ones are seeds, others were written here. A published version never changes.

use super::template::Edition;
use crate::{people::PersonId, register::ids::OrganisationId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A stored file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// Its id.
    pub id: Uuid,
    /// What it is, as its key `kind` says: `template`, `screening`, `options`, `overlay`, `sign-off`.
    pub kind: String,
    /// Its URN and version.
    pub edition: Edition,
    /// Its title.
    pub title: String,
    /// The first day on which it may be used.
    pub in_force: Date,
    /// Whose it is; none for what ships.
    pub organisation: Option<OrganisationId>,
    /// The file, word for word.
    pub text: String,
    /// Whether it can be used; a draft cannot.
    pub published: bool,
    /// Who wrote it; none for what ships.
    pub by: Option<PersonId>,
    /// When the record last changed, milliseconds of UTC.
    pub updated_at: i64,
}

/// Why a file stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// A published version never changes: write a new version.
    Published,
}

impl Stored {
    /// Changes the words of a draft.
    ///
    /// # Errors
    /// When it is published.
    pub fn rewrite(&self, text: &str) -> Result<Self, Refusal> {
        if self.published { Err(Refusal::Published) } else { Ok(Self { text: text.to_owned(), ..self.clone() }) }
    }
}
