//! Records of how the register came about: imports, saved mappings, raw releases, and what waits for a person.

use crate::register::ids::{FlagId, ImportId, MappingId, OrganisationId, ReleaseId};
use serde::{Deserialize, Serialize};

/// One run of an import, or a merge of two records (`kind` is then `merge`): changes that are taken back together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// What was imported: `contracts`, `systems`, `ocds`, `illustrative`.
    pub kind: String,
    /// The files' names, without their folders.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// When, milliseconds of UTC.
    pub at: i64,
    /// The report as it was given.
    pub report: serde_json::Value,
    /// When it was undone, milliseconds of UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_at: Option<i64>,
    /// The organisation whose file it was, where it was one's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationId>,
}

/// A saved mapping from a source's headers to fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// Its id.
    pub id: MappingId,
    /// Digest of kind and headers: a file with the same headers takes the same mapping.
    pub key: String,
    /// What it maps to: `contracts` or `systems`.
    pub kind: String,
    /// Header to field.
    pub fields: serde_json::Value,
}

/// A raw OCDS release, kept as it came, so that later ones can be merged with it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Its id here.
    pub id: ReleaseId,
    /// Digest of its text: the same release twice is kept once.
    pub digest: String,
    /// The contracting process.
    pub ocid: String,
    /// The release's own date, as written.
    pub date: String,
    /// The release.
    pub content: serde_json::Value,
}

/// Something for a person to place or confirm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    /// Its id.
    pub id: FlagId,
    /// Why: `new-function`, `new-product`, `new-supplier`, `new-organisation`, `extension-in-prose`, `possible-duplicate`,
    /// `possible-same-as`, `other-name`.
    pub reason: String,
    /// The kind of record it is about.
    pub subject_kind: String,
    /// The record it is about.
    pub subject: uuid::Uuid,
    /// What a person should know, in the source's words.
    pub note: String,
    /// Whether a person has settled it.
    #[serde(default)]
    pub settled: bool,
}
