//! Personal calendars: whose address a token is. Machinery with an event in the change log for each that is made or stopped; the
//! token itself is stored as a digest.

use crate::{
    db::{Query as _, Store},
    error::{Error, Result},
    records::id,
    write::Write,
};
use domain::{
    audit::Kind,
    people::{PersonId, Scope},
};
use sea_orm::QueryResult;
use serde_json::json;
use uuid::Uuid;

/// A calendar that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub person: PersonId,
    /// Whether it was made in a session with a second factor; without, what needs one does not show.
    pub second_factor: bool,
    /// When it was made, milliseconds of UTC.
    pub created_at: i64,
    /// When it was last read, to the hour.
    pub used_at: Option<i64>,
}

/// How exactly the last reading is noted, in milliseconds.
const NOTED: i64 = 3_600_000;

const COLUMNS: &str = "id, person_id, second_factor, created_at, used_at";

fn read(row: &QueryResult) -> Result<Calendar> {
    let uuid = |index: usize| -> Result<Uuid> {
        let text: String = row.try_get_by_index(index)?;
        Uuid::parse_str(&text).map_err(|error| Error::Corrupt {
            table: "calendar_token",
            id: text.clone(),
            reason: error.to_string(),
        })
    };
    Ok(Calendar {
        id: uuid(0)?,
        person: PersonId(uuid(1)?),
        second_factor: row.try_get_by_index(2)?,
        created_at: row.try_get_by_index(3)?,
        used_at: row.try_get_by_index(4)?,
    })
}

impl Store {
    /// The calendar of a token's digest, unless it was stopped; notes that it was read. Takes no scope: the token is the permission.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn calendar_of(&self, digest: [u8; 32], now: i64) -> Result<Option<Calendar>> {
        let sql = format!("select {COLUMNS} from calendar_token where token = $1 and revoked_at is null");
        let Some(row) = self.row(&sql, vec![digest.to_vec().into()]).await? else { return Ok(None) };
        let found = read(&row)?;
        if found.used_at.is_none_or(|used| now - used >= NOTED) {
            let transaction = self.begin().await?;
            transaction.execute("update calendar_token set used_at = $1 where id = $2", vec![now.into(), id(found.id)]).await?;
            transaction.commit().await?;
        }
        Ok(Some(found))
    }

    /// The caller's own calendars that are read, the latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn calendars(&self, scope: &Scope) -> Result<Vec<Calendar>> {
        let Some(person) = scope.person() else { return Ok(Vec::new()) };
        let sql =
            format!("select {COLUMNS} from calendar_token where person_id = $1 and revoked_at is null order by created_at desc");
        self.rows(&sql, vec![id(person.0)]).await?.iter().map(read).collect()
    }
}

impl Write {
    /// Makes a calendar.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_calendar(&mut self, person: PersonId, digest: [u8; 32], second_factor: bool) -> Result<Uuid> {
        let new = Uuid::now_v7();
        let sql = "insert into calendar_token (id, person_id, token, second_factor, created_at) values ($1, $2, $3, $4, $5)";
        let values = vec![id(new), id(person.0), digest.to_vec().into(), second_factor.into(), self.at().into()];
        self.transaction().execute(sql, values).await?;
        self.event(Kind::ApiToken, new, None, &json!({ "calendar": "made" })).await?;
        Ok(new)
    }

    /// Stops one of a person's calendars; false where they have no such one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stop_calendar(&mut self, person: PersonId, calendar: Uuid) -> Result<bool> {
        let sql = "update calendar_token set revoked_at = $1 where id = $2 and person_id = $3 and revoked_at is null";
        let done = self.transaction().execute(sql, vec![self.at().into(), id(calendar), id(person.0)]).await?;
        if done.rows_affected() == 1 {
            self.event(Kind::ApiToken, calendar, None, &json!({ "calendar": "stopped" })).await?;
        }
        Ok(done.rows_affected() == 1)
    }

    /// Stops every calendar of a person, as when they leave.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stop_calendars(&mut self, person: PersonId) -> Result<()> {
        let sql = "update calendar_token set revoked_at = $1 where person_id = $2 and revoked_at is null returning id";
        for row in self.transaction().rows(sql, vec![self.at().into(), id(person.0)]).await? {
            let text: String = row.try_get_by_index(0)?;
            let stopped = Uuid::parse_str(&text).map_err(|error| Error::Corrupt {
                table: "calendar_token",
                id: text.clone(),
                reason: error.to_string(),
            })?;
            self.event(Kind::ApiToken, stopped, None, &json!({ "calendar": "stopped" })).await?;
        }
        Ok(())
    }
}
