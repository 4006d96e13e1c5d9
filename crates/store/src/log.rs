//! Reading the change log.

use crate::{
    db::{Query as _, Store},
    error::{Error, Result},
};
use domain::{
    audit::{Action, Kind},
    people::Scope,
    register::ids::ImportId,
};
use sea_orm::{QueryResult, Value};
use serde_json::Value as Json;
use uuid::Uuid;

/// An entry of the log as it is read.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Its place in the log.
    pub sequence: i64,
    /// When, milliseconds of UTC.
    pub at: i64,
    /// Who did it.
    pub actor: String,
    /// Whose record it is.
    pub organisation: Option<Uuid>,
    /// What was done.
    pub action: Action,
    /// To what kind of record.
    pub kind: Kind,
    /// To which record.
    pub subject: Uuid,
    /// The import that did it.
    pub import: Option<Uuid>,
    /// A creation or deletion holds the whole record, an update `{field: [before, after]}`; none once erased.
    pub content: Option<Json>,
    /// Why and when the content was erased.
    pub erased: Option<String>,
}

const COLUMNS: &str = "sequence, at, actor, organisation_id, action, kind, subject_id, import_id, content, erased";

impl Store {
    /// The log's head: the sequence of its last entry.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sequence(&self) -> Result<i64> {
        let row = self.row("select sequence from head where id = 1", vec![]).await?;
        Ok(row.map_or(Ok(0), |row| row.try_get_by_index(0))?)
    }

    /// What happened to a record, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn history(&self, _scope: &Scope, subject: Uuid) -> Result<Vec<Change>> {
        let sql = format!("select {COLUMNS} from change where subject_id = $1 order by sequence desc limit 500");
        self.changes(&sql, vec![subject.to_string().into()]).await
    }

    /// Which records changed after a sequence, in order, at most `limit` entries.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touched_since(&self, _scope: &Scope, sequence: i64, limit: i64) -> Result<Vec<(i64, Kind, Uuid)>> {
        let sql = "select sequence, kind, subject_id from change where sequence > $1 order by sequence limit $2";
        let rows = self.rows(sql, vec![sequence.into(), limit.into()]).await?;
        rows.iter()
            .map(|row| {
                let (kind, subject): (String, String) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
                Ok((row.try_get_by_index(0)?, kind_of(&kind)?, id_of(&subject)?))
            })
            .collect()
    }

    /// The latest entries about some kinds of record, newest first, before a sequence where one is given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn latest(&self, _scope: &Scope, kinds: &[Kind], before: Option<i64>, limit: i64) -> Result<Vec<Change>> {
        let mut values: Vec<Value> = vec![before.unwrap_or(i64::MAX).into(), limit.into()];
        values.extend(kinds.iter().map(|kind| Value::from(kind.as_str())));
        let sql = format!(
            "select {COLUMNS} from change where sequence < $1 and kind in ({}) order by sequence desc limit $2",
            crate::write::places(3, kinds.len())
        );
        self.changes(&sql, values).await
    }

    /// Entries of an import, newest first, before a sequence.
    pub(crate) async fn of_import(&self, import: ImportId, before: i64, limit: i64) -> Result<Vec<Change>> {
        let range = self
            .row("select first_sequence, last_sequence from import where id = $1", vec![import.to_string().into()])
            .await?
            .ok_or_else(|| Error::Missing("import", import.to_string()))?;
        let (first, last): (Option<i64>, Option<i64>) = (range.try_get_by_index(0)?, range.try_get_by_index(1)?);
        let (Some(first), Some(last)) = (first, last) else { return Ok(Vec::new()) };
        let sql = format!(
            "select {COLUMNS} from change where sequence >= $1 and sequence <= $2 and sequence < $3 order by sequence desc limit $4"
        );
        self.changes(&sql, vec![first.into(), last.into(), before.into(), limit.into()]).await
    }

    pub(crate) async fn changes(&self, sql: &str, values: Vec<Value>) -> Result<Vec<Change>> {
        self.rows(sql, values).await?.iter().map(read).collect()
    }
}

fn read(row: &QueryResult) -> Result<Change> {
    let sequence: i64 = row.try_get_by_index(0)?;
    let text = |index| -> Result<String> { Ok(row.try_get_by_index(index)?) };
    let optional = |index| -> Result<Option<String>> { Ok(row.try_get_by_index(index)?) };
    let content = optional(8)?
        .map(|content| serde_json::from_str(&content))
        .transpose()
        .map_err(|error| corrupt(&sequence.to_string(), error))?;
    let action = text(4)?;
    Ok(Change {
        sequence,
        at: row.try_get_by_index(1)?,
        actor: text(2)?,
        organisation: optional(3)?.map(|id| id_of(&id)).transpose()?,
        action: Action::parse(&action).ok_or_else(|| corrupt(&sequence.to_string(), format!("unknown action '{action}'")))?,
        kind: kind_of(&text(5)?)?,
        subject: id_of(&text(6)?)?,
        import: optional(7)?.map(|id| id_of(&id)).transpose()?,
        content,
        erased: optional(9)?,
    })
}

fn kind_of(text: &str) -> Result<Kind> {
    Kind::parse(text).ok_or_else(|| corrupt(text, "unknown kind of record"))
}

fn id_of(text: &str) -> Result<Uuid> {
    Uuid::parse_str(text).map_err(|error| corrupt(text, error))
}

fn corrupt(id: &str, reason: impl ToString) -> Error {
    Error::Corrupt { table: "change", id: id.to_owned(), reason: reason.to_string() }
}
