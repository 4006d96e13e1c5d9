//! What can go wrong in the store, said so that whoever runs the server knows what to do.

use domain::audit::Kind;
use uuid::Uuid;

/// A failure of the store. Nothing was written when one is returned.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database itself refused or could not be reached.
    #[error("the database could not do what was asked: {0}")]
    Database(#[from] sea_orm::DbErr),
    /// The address names no database that this program knows.
    #[error("'{0}' is not a database address: use sqlite:FILE or postgres://USER@HOST/NAME")]
    Address(String),
    /// The database does not keep the promises that durability rests on.
    #[error("refusing to start: {0}")]
    Guard(String),
    /// The schema is not the one this program was built for.
    #[error("{0}")]
    Schema(String),
    /// The scope may not write.
    #[error("this may only be done by someone signed in, or at the server's command line")]
    Forbidden,
    /// Someone else changed the record first.
    #[error("{0:?} {1} was changed by someone else in the meantime: load it again and repeat the change")]
    Conflict(Kind, Uuid),
    /// There is no such record.
    #[error("there is no {0} '{1}'")]
    Missing(&'static str, String),
    /// A row of the database cannot be read as what it should be.
    #[error("{table} {id}: {reason}; run 'citytools check'")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The row.
        id: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Something about a backup, a restore or an undo, said in full.
    #[error("{0}")]
    Refused(String),
}

/// A promise between records that the database keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// A record refers to one that is not there, or one that goes is referred to.
    Reference,
    /// Another record has the same name or key.
    Unique,
}

impl Error {
    /// The promise that a write would have broken, where that is why the database refused it.
    #[must_use]
    pub fn constraint(&self) -> Option<Constraint> {
        let Error::Database(error) = self else { return None };
        match error.sql_err()? {
            sea_orm::SqlErr::ForeignKeyConstraintViolation(_) => Some(Constraint::Reference),
            sea_orm::SqlErr::UniqueConstraintViolation(_) => Some(Constraint::Unique),
            _ => None,
        }
    }
}

/// A result of the store.
pub type Result<T, E = Error> = std::result::Result<T, E>;
