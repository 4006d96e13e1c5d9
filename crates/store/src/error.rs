//! What can go wrong in the store, said so that whoever runs the server knows what to do.

use domain::audit::Kind;
use uuid::Uuid;

/// A failure of the store. Nothing was written when one is returned.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database itself refused or could not be reached.
    #[error("{}", said(.0))]
    Database(sea_orm::DbErr),
    /// The file of an SQLite database cannot be used.
    #[error("{path}: {why}")]
    Unusable {
        /// The file.
        path: String,
        /// Why, and what to do.
        why: String,
    },
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

// Not a source: the sentence says what the causes say, and they would say it again.
impl From<sea_orm::DbErr> for Error {
    fn from(error: sea_orm::DbErr) -> Self {
        Error::Database(error)
    }
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

    /// Whether two transactions waited for each other and the database ended this one, which PostgreSQL does after a second: nothing of
    /// it was written, and another try may stand.
    #[must_use]
    pub fn is_deadlock(&self) -> bool {
        use sea_orm::{DbErr, RuntimeErr};
        let Error::Database(DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) = self else {
            return false;
        };
        error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "40P01")
    }

    /// Whether another wrote what a write rests on between its reading and its writing, so that another try may stand: a record that
    /// changed, a name, address or account that was free, or what each of two held when the other wanted it.
    #[must_use]
    pub fn is_overtaken(&self) -> bool {
        matches!(self, Error::Conflict(..)) || self.constraint() == Some(Constraint::Unique) || self.is_deadlock()
    }
}

/// A result of the store.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What a database said, once, and what to do about it where that is known: codes of SQLite, <https://sqlite.org/rescode.html>.
pub(crate) fn said(error: &sea_orm::DbErr) -> String {
    let text = error.to_string();
    let coded = |code: u16| text.contains(&format!("(code: {code})"));
    let known = if coded(26) {
        Some("this is not an SQLite database: check the name of the file")
    } else if coded(11) || text.contains("disk image is malformed") {
        Some("the database file is damaged: keep it, and restore the last good backup into a new file with 'citytools restore'")
    } else if coded(14) {
        Some("the database file cannot be opened: check that its folder exists and that this user may write to both")
    } else if coded(13) {
        Some("the disk is full: nothing was written; make room and try again")
    } else if coded(8) || coded(1032) {
        Some("the database may only be read: check that this user may write to the file and to its folder")
    } else if coded(5) {
        Some("another program holds the database: stop it, or try again when it is done")
    } else {
        None
    };
    known.map_or_else(
        || {
            let plain = ["Connection Error: ", "Execution Error: ", "Query Error: ", "error returned from database: "];
            let said = plain.iter().fold(text.clone(), |text, words| text.replace(words, ""));
            format!("the database could not do what was asked: {said}")
        },
        str::to_owned,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::{DbErr, RuntimeErr};

    #[test]
    fn what_a_database_said_stands_once_and_says_what_to_do_where_that_is_known() {
        let error = |text: &str| Error::from(DbErr::Conn(RuntimeErr::Internal(text.to_owned()))).to_string();
        let not = error("error returned from database: (code: 26) file is not a database");
        assert_eq!(not, "this is not an SQLite database: check the name of the file");
        assert!(error("(code: 11) database disk image is malformed").contains("citytools restore"));
        assert_eq!(
            error("error returned from database: relation \"x\" does not exist"),
            "the database could not do what was asked: relation \"x\" does not exist"
        );
    }
}
