//! The change log's entries and their hash chain. The log itself is written by the store.
//!
//! Per subject, entries are chained over their metadata and `H(salt ‖ content)`. Content and salt stand apart from what is
//! chained, so that an erasure under law can remove both and leave 'erased', and the chain still verifies.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What kind of record a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Kind {
    Organisation,
    ServiceArea,
    Function,
    Supplier,
    Product,
    System,
    Contract,
    PlannedProcurement,
    Import,
    Mapping,
    Release,
    Flag,
}

impl Kind {
    /// Every kind, in the order in which records depend on one another.
    pub const ALL: [Kind; 12] = [
        Kind::ServiceArea,
        Kind::Organisation,
        Kind::Function,
        Kind::Supplier,
        Kind::Product,
        Kind::Import,
        Kind::Mapping,
        Kind::System,
        Kind::Contract,
        Kind::PlannedProcurement,
        Kind::Release,
        Kind::Flag,
    ];

    /// The kind's name in the log, in addresses and in tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Organisation => "organisation",
            Kind::ServiceArea => "service-area",
            Kind::Function => "function",
            Kind::Supplier => "supplier",
            Kind::Product => "product",
            Kind::System => "system",
            Kind::Contract => "contract",
            Kind::PlannedProcurement => "planned-procurement",
            Kind::Import => "import",
            Kind::Mapping => "mapping",
            Kind::Release => "release",
            Kind::Flag => "flag",
        }
    }

    /// Reads a kind from its name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// What happened to the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Action {
    Create,
    Update,
    Delete,
}

impl Action {
    /// The action's name in the log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Create => "create",
            Action::Update => "update",
            Action::Delete => "delete",
        }
    }

    /// Reads an action from its name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Action> {
        [Action::Create, Action::Update, Action::Delete].into_iter().find(|action| action.as_str() == name)
    }
}

/// The metadata of one entry: everything the chain protects besides the content's hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Place in the whole log, counted from 1 without gaps.
    pub sequence: i64,
    /// When it was written, milliseconds of UTC.
    pub at: i64,
    /// Who wrote it (see [`crate::people::Scope::actor`]).
    pub actor: &'a str,
    /// The organisation whose record it is, where it is one organisation's.
    pub organisation: Option<Uuid>,
    /// What was done.
    pub action: Action,
    /// To what kind of record.
    pub kind: Kind,
    /// To which record.
    pub subject: Uuid,
    /// The import that did it, where one did.
    pub import: Option<Uuid>,
}

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// `H(salt ‖ content)`: what the chain holds of an entry's content.
#[must_use]
pub fn content_hash(salt: &[u8], content: &str) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(salt);
    hasher.update(content.as_bytes());
    hasher.finalize().into()
}

/// The hash of one entry: over the hash of the subject's entry before (none for its first), the metadata, and the content's
/// hash. Each part is length-prefixed, so that no two entries can spell the same bytes.
#[must_use]
pub fn entry_hash(previous: Option<&Hash>, entry: &Entry<'_>, content: &Hash) -> Hash {
    let mut hasher = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    part(b"city-tools change 1");
    part(previous.map_or(&[][..], |hash| &hash[..]));
    part(&entry.sequence.to_le_bytes());
    part(&entry.at.to_le_bytes());
    part(entry.actor.as_bytes());
    part(entry.organisation.as_ref().map_or(&[][..], |id| &id.as_bytes()[..]));
    part(entry.action.as_str().as_bytes());
    part(entry.kind.as_str().as_bytes());
    part(entry.subject.as_bytes());
    part(entry.import.as_ref().map_or(&[][..], |id| &id.as_bytes()[..]));
    part(content);
    hasher.finalize().into()
}

/// Lower-case hexadecimal of a digest, for pages and reports.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]).map(char::from).collect()
}
