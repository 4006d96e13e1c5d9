//! Reading the change log.

use crate::{
    db::{Query as _, Store},
    error::{Error, Result},
    records::Record,
};
use domain::{
    audit::{Action, Kind},
    people::Scope,
    register::ids::{ImportId, OrganisationId},
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

impl Change {
    /// Takes out the fields that a scope may not read. Says whether anything is left to tell: of an update of such fields alone even
    /// that there was one is not the reader's to know.
    fn redact(&mut self, scope: &Scope) -> bool {
        if self.kind.private_fields().is_empty() || scope.may_read_private(self.organisation.map(OrganisationId)) {
            return true;
        }
        let Some(Json::Object(fields)) = &mut self.content else { return true };
        let before = fields.len();
        for field in self.kind.private_fields() {
            fields.shift_remove(*field);
        }
        self.action != Action::Update || !fields.is_empty() || before == 0
    }
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

    /// What happened to a record of a public kind, newest first, without the fields that the scope may not read. Records of
    /// private kinds have no history here; [`Store::history_of`] gives theirs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn history(&self, scope: &Scope, subject: Uuid) -> Result<Vec<Change>> {
        let mut all = self.whole_history(subject).await?;
        all.retain(|change| change.kind.is_public() || scope.is_server());
        let mut all = published_part(all, scope);
        all.retain_mut(|change| change.redact(scope));
        Ok(all)
    }

    /// What happened to a record that the scope may read, newest first; nothing where it may not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn history_of<R: Record>(&self, scope: &Scope, record: &R) -> Result<Vec<Change>> {
        if !record.visible_to(scope) {
            return Ok(Vec::new());
        }
        let mut all = published_part(self.whole_history(record.id()).await?, scope);
        all.retain_mut(|change| change.redact(scope));
        Ok(all)
    }

    async fn whole_history(&self, subject: Uuid) -> Result<Vec<Change>> {
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

    /// The latest entries about some public kinds of record, newest first, before a sequence where one is given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn latest(&self, scope: &Scope, kinds: &[Kind], before: Option<i64>, limit: i64) -> Result<Vec<Change>> {
        let kinds: Vec<Kind> = kinds.iter().copied().filter(|kind| kind.is_public() || scope.is_server()).collect();
        if kinds.is_empty() {
            return Ok(Vec::new());
        }
        let mut values: Vec<Value> = vec![before.unwrap_or(i64::MAX).into(), limit.into()];
        values.extend(kinds.iter().map(|kind| Value::from(kind.as_str())));
        let sql = format!(
            "select {COLUMNS} from change where sequence < $1 and kind in ({}) order by sequence desc limit $2",
            crate::write::places(3, kinds.len())
        );
        let mut found = self.changes(&sql, values).await?;
        // All are kept: whoever reads on counts them.
        found.iter_mut().for_each(|change| _ = change.redact(scope));
        Ok(found)
    }

    /// What happened to records of a kind after a sequence, in order, at most `limit` entries: for the server's own work.
    ///
    /// # Errors
    /// When the scope may not or the database fails.
    pub async fn since(&self, scope: &Scope, kind: Kind, sequence: i64, limit: i64) -> Result<Vec<Change>> {
        crate::jobs::machinery(scope)?;
        let sql = format!("select {COLUMNS} from change where sequence > $1 and kind = $2 order by sequence limit $3");
        self.changes(&sql, vec![sequence.into(), kind.as_str().into(), limit.into()]).await
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

/// What outsiders may read of a history, newest first: nothing while the record is not public, and nothing from before it was.
fn published_part(mut changes: Vec<Change>, scope: &Scope) -> Vec<Change> {
    let owner = changes.iter().find_map(|change| change.organisation).map(OrganisationId);
    if scope.may_read_private(owner) {
        return changes;
    }
    for place in 0..changes.len() {
        let content = changes[place].content.as_ref();
        // A record that is public does not say so; only 'no' is kept.
        let said = match changes[place].action {
            Action::Update => {
                content.and_then(|content| content.get("published")).map(|pair| pair.get(1) == Some(&Json::Bool(false)))
            }
            _ => content.and_then(|content| content.get("published")).map(|value| *value == Json::Bool(false)),
        };
        match said {
            Some(true) => return Vec::new(),
            Some(false) => {
                changes.truncate(place + 1);
                // What changed beside its being made public belongs to the time before.
                if let Some(Json::Object(fields)) = &mut changes[place].content {
                    fields.retain(|field, _| field == "published");
                }
                return changes;
            }
            None => {}
        }
    }
    changes
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
