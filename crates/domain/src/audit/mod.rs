//! The change log's entries and their hash chain. The log itself is written by the store.
//!
//! Per subject, entries are chained over their metadata and `H(salt ‖ content)`. Content and salt stand apart from what is
//! chained, so that an erasure under law can remove both and leave 'erased', and the chain still verifies.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal $visibility:ident),* $(,)?) => {
        /// What kind of record a change is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Kind { $($(#[$doc])* $kind),* }

        impl Kind {
            /// Every kind, in the order in which records depend on one another.
            pub const ALL: &'static [Kind] = &[$(Kind::$kind),*];

            /// The kind's name in the log, in addresses and in tables.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Kind::$kind => $name),* }
            }

            /// Whether anyone may read what happened to records of this kind, private fields left out.
            #[must_use]
            pub fn is_public(self) -> bool {
                match self { $(Kind::$kind => kinds!(@ $visibility)),* }
            }
        }
    };
    (@ public) => { true };
    (@ private) => { false };
}

kinds! {
    /// A group of functions.
    ServiceArea = "service-area" public,
    /// A council, the hub, a partner body, any buyer.
    Organisation = "organisation" public,
    /// What a council does.
    Function = "function" public,
    /// A legal entity that holds contracts.
    Supplier = "supplier" public,
    /// A piece of software or a service.
    Product = "product" public,
    /// One run of an import.
    Import = "import" public,
    /// A saved mapping.
    Mapping = "mapping" public,
    /// A product in use.
    System = "system" public,
    /// A contract.
    Contract = "contract" public,
    /// A tender-stage notice or an intention.
    PlannedProcurement = "planned-procurement" public,
    /// A raw OCDS release.
    Release = "release" public,
    /// Something for a person to place.
    Flag = "flag" private,
    /// A skill that an organisation has or seeks.
    Skill = "skill" public,
    /// A proposal for common reference data, or its being placed or merged.
    Proposal = "proposal" private,
    /// A new record whose questions were being answered, when its writer let it go.
    Draft = "draft" private,
    /// A scheduled source of an organisation's records.
    Source = "source" private,
    /// Someone with an account.
    Person = "person" private,
    /// A person's place at an organisation.
    Membership = "membership" private,
    /// A token for programs.
    ApiToken = "api-token" private,
    /// An organisation's identity provider.
    IdentityProvider = "identity-provider" private,
    /// A way of signing in, a second factor, a session: what happened, never a secret.
    SignIn = "sign-in" private,
    /// A piece of work that uses personal data.
    Project = "project" private,
    /// Whether a project needs a DPIA.
    Screening = "screening" private,
    /// A version of a template, of screening rules or of a sign-off route.
    Template = "template" private,
    /// A DPIA.
    Assessment = "assessment" private,
    /// An answer in an assessment.
    Answer = "answer" private,
    /// A comment on an answer.
    Comment = "comment" private,
    /// A data protection officer's advice on an answer.
    Recommendation = "recommendation" private,
    /// A risk of an assessment.
    Risk = "risk" private,
    /// A measure against a risk.
    Measure = "measure" private,
    /// A frozen, hashed version.
    Version = "version" private,
    /// One role's decision for one organisation.
    Signature = "signature" private,
    /// Something that someone must do by a date.
    Task = "task" private,
    /// What of an assessment is published.
    Publication = "publication" private,
    /// A file beside an assessment.
    Attachment = "attachment" private,
    /// A prior consultation with the Information Commissioner (UK GDPR Art 36).
    Consultation = "consultation" private,
}

impl Kind {
    /// Reads a kind from its name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }

    /// Fields of a public kind that only the organisation itself may read.
    #[must_use]
    pub fn private_fields(self) -> &'static [&'static str] {
        match self {
            Kind::System => &["satisfaction", "note"],
            // What was decided between a record and a notice may concern a record that is not public.
            Kind::Contract => &["manager", "note", "notice_of", "set_aside"],
            _ => &[],
        }
    }
}

/// What happened to the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Action {
    Create,
    Update,
    Delete,
    /// Something that changed no record of its own: a sign-in, a refusal, an export.
    Event,
}

impl Action {
    /// The action's name in the log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Create => "create",
            Action::Update => "update",
            Action::Delete => "delete",
            Action::Event => "event",
        }
    }

    /// Reads an action from its name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Action> {
        [Action::Create, Action::Update, Action::Delete, Action::Event].into_iter().find(|action| action.as_str() == name)
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
