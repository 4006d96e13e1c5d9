//! What two transactions must not decide at the same moment, since neither would see what the other does: who of an organisation's
//! people goes, whether a name is known already, what a project's screening says, which addresses are read for an organisation, whether
//! a second factor may go, and which code of an address counts. Whoever is about to decide holds the matter first and reads then; the next waits until it is done. SQLite has one writer, which holds everything; PostgreSQL has advisory locks, which end with the transaction.
//!
//! Held before any record is written, so that nobody waits for a matter with the change log's head in hand.

use super::Write;
use crate::{
    db::Query as _,
    error::{Error, Result},
    read::corrupt,
};
use domain::{audit::Kind, dpia::ids::ProjectId, people::PersonId, register::ids::OrganisationId};
use sea_orm::DbBackend;
use uuid::Uuid;

/// Whatever a name is resolved to.
const NAMES: [Kind; 5] = [Kind::ServiceArea, Kind::Organisation, Kind::Function, Kind::Supplier, Kind::Product];

impl Write {
    /// Holds an organisation's people: who has a place there, with which roles, and by which name its directory knows them. What is read
    /// of them afterwards is as the others left it, and stays so until this transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hold_people(&self, organisation: OrganisationId) -> Result<()> {
        self.hold(&format!("people of {organisation}")).await
    }

    /// Holds the screenings of a project: each answer of a finished one makes another, and none may be made of what was before the last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hold_screenings(&self, project: ProjectId) -> Result<()> {
        self.hold(&format!("screenings of {project}")).await
    }

    /// Holds the scheduled sources of an organisation: no address is read twice for it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hold_sources(&self, organisation: OrganisationId) -> Result<()> {
        self.hold(&format!("sources of {organisation}")).await
    }

    /// Holds a person's second factors: which are there, and whether one of them may go.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hold_factors(&self, person: PersonId) -> Result<()> {
        self.hold(&format!("second factors of {person}")).await
    }

    /// Holds the names of the register: of its organisations, functions, suppliers and products. `seen` is the log's head before the
    /// names were read that this transaction is about to add to.
    ///
    /// # Errors
    /// [`Error::Conflict`] with a record of these kinds that was written since: read the names again. Or when the database fails.
    pub async fn hold_names(&self, seen: i64) -> Result<()> {
        self.hold("names of the register").await?;
        let kinds = NAMES.map(|kind| format!("'{}'", kind.as_str())).join(", ");
        let sql =
            format!("select kind, subject_id from change where sequence > $1 and kind in ({kinds}) order by sequence limit 1");
        let Some(row) = self.transaction().rows(&sql, vec![seen.into()]).await?.into_iter().next() else { return Ok(()) };
        let (kind, subject): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let kind = Kind::parse(&kind).ok_or_else(|| corrupt("change", &subject, "unknown kind of record"))?;
        Err(Error::Conflict(kind, Uuid::parse_str(&subject).map_err(|error| corrupt("change", &subject, error))?))
    }

    /// Waits until whoever has a code made for an address at the moment is done. Until this transaction ends nobody else may.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn hold_code(&self, email_hash: &str) -> Result<()> {
        self.hold(&format!("code of {email_hash}")).await
    }

    async fn hold(&self, matter: &str) -> Result<()> {
        if self.transaction().backend() == DbBackend::Postgres {
            let sql = "select pg_advisory_xact_lock(hashtextextended($1, 0))";
            self.transaction().execute(sql, vec![matter.into()]).await?;
        }
        Ok(())
    }
}
