//! An import from its files to its committed report: for the command line, and later for the browser.
//!
//! One thread reads and plans (bytes → rows → drafts → steps); the caller's task writes the steps, batch by batch, in one
//! transaction. Nothing is locked until the file has been read, but for very large ones. A dry run does the same and lets the
//! transaction go.
//!
//! | module | what lives there |
//! |---|---|
//! | [`plan`] | batches of steps, and the names they rest on |
//! | [`tables`] | contract registers, surveys and skills: CSV and workbooks |
//! | [`notices`] | OCDS releases |
//! | [`commit`] | writing the batches |

pub mod commit;
pub mod notices;
pub mod plan;
pub mod tables;

use domain::register::{
    ids::{ImportId, OrganisationId},
    import::{mapping::Field, report::Report},
};
use std::path::PathBuf;

/// What is to be imported.
#[derive(Clone, Debug)]
pub struct Request {
    /// What the files hold.
    pub kind: Kind,
    /// The files, in order; `-` is standard input for notices.
    pub files: Vec<PathBuf>,
    /// The organisation that fills an absent column.
    pub organisation: Option<OrganisationId>,
    /// A mapping given by hand: header to field.
    pub mapping: Option<Vec<(String, Field)>>,
    /// The files' names for people, where those of their paths are not theirs.
    pub names: Vec<String>,
    /// Whether nothing is to be written.
    pub dry_run: bool,
}

/// What files hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Rows of a contract register.
    Contracts,
    /// Rows of the survey of systems in use.
    Systems,
    /// Rows of a file of skills.
    Skills,
    /// OCDS releases.
    Notices,
}

impl Kind {
    /// Its name in the import's record.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Contracts => "contracts",
            Kind::Systems => "systems",
            Kind::Skills => "skills",
            Kind::Notices => "ocds",
        }
    }
}

/// Why an import failed as a whole; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file cannot be read.
    #[error("{file}: {reason}")]
    File {
        /// The file.
        file: String,
        /// Why, and what to do.
        reason: String,
    },
    /// What every row needs stands in no column that is understood.
    #[error("{file}: {reason}. Give a --mapping file that names the column")]
    Columns {
        /// The file.
        file: String,
        /// What is needed. What to do depends on where one is asked: a file on the command line, a choice on a page.
        reason: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// Someone wrote to the register while the import was planned.
    #[error("the register was changed while the file was read: run the import again")]
    Overtaken,
    /// The reading thread ended early.
    #[error("the import stopped early: {0}")]
    Stopped(String),
}

/// What an import did.
#[derive(Debug)]
pub struct Done {
    /// Its report; the id is none when nothing changed or it was a dry run.
    pub report: Report,
    /// What a dry run would have changed, one by one, as far as a page can show it.
    pub told: Vec<store::write::Told>,
}

/// A new id for an import.
#[must_use]
pub fn new_id() -> ImportId {
    ImportId(uuid::Uuid::now_v7())
}
