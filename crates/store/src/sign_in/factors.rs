//! Second factors and recovery codes.

use super::uuid;
use crate::{
    db::{Query as _, Store},
    error::Result,
    records::id,
    write::Write,
};
use domain::{
    audit::{Hash, hex},
    people::{PersonId, Scope, SecondFactorId},
};
use sea_orm::Value;
use std::fmt;
use uuid::Uuid;

/// What a second factor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactorKind {
    /// An authenticator app.
    Totp,
    /// A passkey.
    Passkey,
}

impl FactorKind {
    /// Its name in tables and in the log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            FactorKind::Totp => "totp",
            FactorKind::Passkey => "passkey",
        }
    }
}

/// A second factor as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Factor {
    /// Its id.
    pub id: SecondFactorId,
    /// What it is.
    pub kind: FactorKind,
    /// What its owner calls it.
    pub name: String,
    /// The TOTP secret as hexadecimal, or the passkey as JSON.
    pub secret: String,
    /// The last TOTP step that was used.
    pub last_step: Option<i64>,
    /// When it was set up.
    pub created_at: i64,
    /// When it was last used.
    pub used_at: Option<i64>,
}

impl fmt::Debug for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Factor").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

const COLUMNS: &str = "id, kind, name, secret, last_step, created_at, used_at";

impl Store {
    /// A person's second factors, for that person and for the server, which checks them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn factors(&self, scope: &Scope, person: PersonId) -> Result<Vec<Factor>> {
        if !scope.is_server() && scope.person() != Some(person) {
            return Ok(Vec::new());
        }
        let sql = format!("select {COLUMNS} from second_factor where person_id = $1 order by created_at, id");
        let rows = self.rows(&sql, vec![id(person.0)]).await?;
        rows.iter()
            .map(|row| {
                let kind: String = row.try_get_by_index(1)?;
                Ok(Factor {
                    id: SecondFactorId(uuid(row, 0, "second_factor")?),
                    kind: if kind == "totp" { FactorKind::Totp } else { FactorKind::Passkey },
                    name: row.try_get_by_index(2)?,
                    secret: row.try_get_by_index(3)?,
                    last_step: row.try_get_by_index(4)?,
                    created_at: row.try_get_by_index(5)?,
                    used_at: row.try_get_by_index(6)?,
                })
            })
            .collect()
    }

    /// How many recovery codes a person has left.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recovery_codes_left(&self, scope: &Scope, person: PersonId) -> Result<i64> {
        if !scope.is_server() && scope.person() != Some(person) {
            return Ok(0);
        }
        let row = self.row("select count(*) from recovery_code where person_id = $1", vec![id(person.0)]).await?;
        Ok(row.map_or(Ok(0), |row| row.try_get_by_index(0))?)
    }
}

impl Write {
    /// Keeps a new second factor.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_factor(
        &mut self,
        person: PersonId,
        kind: FactorKind,
        name: &str,
        secret: &str,
        step: Option<i64>,
    ) -> Result<()> {
        let at = self.at();
        let sql = "insert into second_factor (id, person_id, kind, name, secret, last_step, created_at) \
                   values ($1, $2, $3, $4, $5, $6, $7)";
        let values = vec![
            id(Uuid::now_v7()),
            id(person.0),
            kind.as_str().into(),
            name.into(),
            secret.into(),
            Value::BigInt(step),
            at.into(),
        ];
        self.transaction().execute(sql, values).await?;
        Ok(())
    }

    /// Uses a step of a TOTP secret up; false when it, or a later one, was used already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_step(&mut self, factor: SecondFactorId, step: i64) -> Result<bool> {
        let at = self.at();
        let sql = "update second_factor set last_step = $1, used_at = $2 where id = $3 and (last_step is null or last_step < $1)";
        Ok(self.transaction().execute(sql, vec![step.into(), at.into(), id(factor.0)]).await?.rows_affected() == 1)
    }

    /// Notes that a passkey was used, and how it is to be kept from now on; false when it is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_passkey(&mut self, factor: SecondFactorId, secret: &str) -> Result<bool> {
        let at = self.at();
        let sql = "update second_factor set secret = $1, used_at = $2 where id = $3";
        Ok(self.transaction().execute(sql, vec![secret.into(), at.into(), id(factor.0)]).await?.rows_affected() == 1)
    }

    /// Removes one of a person's second factors; false when there is none such.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_factor(&mut self, person: PersonId, factor: SecondFactorId) -> Result<bool> {
        let sql = "delete from second_factor where id = $1 and person_id = $2";
        Ok(self.transaction().execute(sql, vec![id(factor.0), id(person.0)]).await?.rows_affected() == 1)
    }

    /// How many second factors a person has; held first, the number stays so until this transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_factors(&self, person: PersonId) -> Result<i64> {
        let row = self.transaction().row("select count(*) from second_factor where person_id = $1", vec![id(person.0)]).await?;
        Ok(row.map_or(Ok(0), |row| row.try_get_by_index(0))?)
    }

    /// Removes every second factor and recovery code of a person, before they set up new ones by a link.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_factors(&mut self, person: PersonId) -> Result<()> {
        for table in ["second_factor", "recovery_code"] {
            self.transaction().execute(&format!("delete from {table} where person_id = $1"), vec![id(person.0)]).await?;
        }
        Ok(())
    }

    /// Replaces a person's recovery codes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_recovery_codes(&mut self, person: PersonId, digests: &[Hash]) -> Result<()> {
        self.transaction().execute("delete from recovery_code where person_id = $1", vec![id(person.0)]).await?;
        for digest in digests {
            let sql = "insert into recovery_code (person_id, digest) values ($1, $2)";
            self.transaction().execute(sql, vec![id(person.0), hex(digest).into()]).await?;
        }
        Ok(())
    }

    /// Uses a recovery code up; false when it is none, or used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_recovery_code(&mut self, person: PersonId, digest: &Hash) -> Result<bool> {
        let sql = "delete from recovery_code where person_id = $1 and digest = $2";
        Ok(self.transaction().execute(sql, vec![id(person.0), hex(digest).into()]).await?.rows_affected() == 1)
    }
}
