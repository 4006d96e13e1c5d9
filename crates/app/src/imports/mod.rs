//! An import from its files to its committed report: for the command line, the browser and scheduled sources.
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
//! | [`commit`] | planning, writing the batches, and planning again where others wrote meanwhile |
//! | `alike` | what is perhaps in the register already |

mod alike;
pub mod commit;
pub mod notices;
pub mod plan;
pub mod tables;

#[cfg(test)]
mod told_tests;

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

impl Request {
    /// What a file is called for people.
    #[must_use]
    pub fn name(&self, file: usize) -> String {
        let path = || self.files.get(file)?.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = self.names.get(file).cloned().or_else(path).filter(|name| name != "-");
        name.unwrap_or_else(|| "standard input".to_owned())
    }
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
    /// The press that asks for it was made before; what is kept of the first time.
    #[error("the import was made before")]
    Repeat(String),
    /// The reading thread ended early.
    #[error("the import stopped early: {0}")]
    Stopped(String),
}

impl ImportError {
    /// Whether someone else wrote what the plan rests on, so that another plan may stand: a record changed since, or, where two
    /// imports write at once, a name that the other made first.
    #[must_use]
    pub fn is_overtaken(&self) -> bool {
        match self {
            Self::Overtaken => true,
            Self::Store(error) => error.is_overtaken() || error.constraint().is_some(),
            Self::File { .. } | Self::Columns { .. } | Self::Repeat(_) | Self::Stopped(_) => false,
        }
    }
}

/// What an import did.
#[derive(Debug)]
pub struct Done {
    /// Its report; the id is none when nothing changed or it was a dry run.
    pub report: Report,
    /// What a dry run would have changed, one by one, as far as a page can show it.
    pub told: Vec<store::write::Told>,
    /// Whether a dry run would change more than that.
    pub more: bool,
}

/// A new id for an import.
#[must_use]
pub fn new_id() -> ImportId {
    ImportId(uuid::Uuid::now_v7())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{people::Scope, register::records::Mapping};
    use test_support::TestDatabase;

    #[tokio::test]
    async fn what_another_import_made_first_asks_for_another_plan() {
        let database = TestDatabase::new().await;
        let store = database.open().await;
        let mapping = |id: u128| Mapping {
            id: domain::register::ids::MappingId(uuid::Uuid::from_u128(id)),
            key: "the same headers".to_owned(),
            kind: "contracts".to_owned(),
            fields: serde_json::json!({}),
        };
        let mut write = store.write(&Scope::Operator, 1_000).await.unwrap();
        write.create(&mut [mapping(1)]).await.unwrap();
        let taken = ImportError::from(write.create(&mut [mapping(2)]).await.unwrap_err());
        assert!(taken.is_overtaken() && ImportError::Overtaken.is_overtaken(), "{taken}");
        let unread = ImportError::File { file: "a.csv".to_owned(), reason: "it is empty".to_owned() };
        assert!(!unread.is_overtaken() && !ImportError::from(store::Error::Forbidden).is_overtaken());
    }
}
