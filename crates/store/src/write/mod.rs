//! The writing transaction: tables and change log together, or neither.
//!
//! Sequence numbers come from one head row that is locked last, so that readers of the log never skip one. An import larger
//! than `SPILL` entries locks it early, to keep memory bounded.
//!
//! | module | what lives there |
//! |---|---|
//! | `chain` | the entries of the change log: numbered, hash-chained per subject |
//! | `command` | what makes sending a form twice harmless |
//! | `hold` | what two transactions must not decide at the same moment |
//! | `statements` | texts of statements of many rows, links between records |

mod chain;
pub(crate) mod command;
mod hold;
mod statements;

pub(crate) use statements::{inserting, places};

use chain::{Pending, sequence_of};

use crate::{
    db::{Store, Transaction},
    error::{Error, Result},
    records::{Record, id},
};
use domain::{
    audit::{Action, Hash, Kind},
    people::Scope,
    register::ids::ImportId,
};
use serde_json::{Map, Value as Json};
use std::{collections::HashMap, fmt::Write as _};
use uuid::Uuid;

/// Entries held in memory before they are written with the head locked.
const SPILL: usize = 50_000;
/// Parameters of one statement: below SQLite's 32,766 and PostgreSQL's 65,535.
const PARAMETERS: usize = 30_000;

/// A transaction that changes records. Dropped without [`Write::commit`], it leaves nothing behind.
pub struct Write {
    transaction: Transaction,
    actor: String,
    person: Option<Uuid>,
    at: i64,
    import: Option<ImportId>,
    pending: Vec<Pending>,
    /// The sequence reached, once the head is locked.
    head: Option<i64>,
    first: Option<i64>,
    /// The last hash of subjects that this transaction wrote more than once, or is about to.
    last: HashMap<Uuid, Hash>,
    touched: Vec<(Kind, Uuid)>,
    statements: HashMap<(&'static str, usize), String>,
    /// What the form of this transaction's command did before, with other words.
    sent_before: Option<String>,
}

/// An entry that the log would get.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// What is done.
    pub action: Action,
    /// To what kind of record.
    pub kind: Kind,
    /// To which record.
    pub subject: Uuid,
    /// The whole record, or `{field: [before, after]}` for an update.
    pub content: Json,
}

/// What a committed transaction did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The log's head afterwards.
    pub sequence: i64,
    /// The records it touched, in order; a record touched twice stands there twice.
    pub touched: Vec<(Kind, Uuid)>,
}

impl Store {
    /// Begins a writing transaction at an instant (milliseconds of UTC).
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a scope that may not write.
    pub async fn write(&self, scope: &Scope, at: i64) -> Result<Write> {
        if !scope.may_write() {
            return Err(Error::Forbidden);
        }
        Ok(Write {
            transaction: self.begin().await?,
            actor: scope.actor(),
            person: scope.person().map(|person| person.0),
            at,
            import: None,
            pending: Vec::new(),
            head: None,
            first: None,
            last: HashMap::new(),
            touched: Vec::new(),
            statements: HashMap::new(),
            sent_before: None,
        })
    }
}

impl Write {
    /// The log's head as this transaction sees it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sequence(&self) -> Result<i64> {
        sequence_of(&self.transaction, false).await
    }

    /// Says that what follows is done by an import.
    pub fn by_import(&mut self, import: ImportId) {
        self.import = Some(import);
    }

    /// Writes new records and logs each once, whole.
    ///
    /// # Errors
    /// When the database refuses one of them; the transaction is then of no more use.
    pub async fn create<R: Record>(&mut self, records: &mut [R]) -> Result<()> {
        self.insert(records, false).await
    }

    /// Writes back a record that was deleted, as an undo does; its chain goes on.
    ///
    /// # Errors
    /// As [`Write::create`].
    pub async fn revive<R: Record>(&mut self, record: R) -> Result<()> {
        self.insert(&mut [record], true).await
    }

    async fn insert<R: Record>(&mut self, records: &mut [R], continues: bool) -> Result<()> {
        let rows = (PARAMETERS / R::COLUMNS.len()).min(500);
        for batch in records.chunks_mut(rows) {
            let mut values = Vec::with_capacity(batch.len() * R::COLUMNS.len());
            for record in batch.iter_mut() {
                if record.updated_at().is_some() {
                    record.set_updated_at(self.at);
                    record.note_public_change(None);
                }
                record.values(&mut values);
            }
            let sql = self.statement(R::TABLE, R::COLUMNS, batch.len());
            self.transaction.execute(&sql, values).await?;
            for (place, link) in R::LINKS.iter().enumerate() {
                self.insert_links(link, batch.iter().map(|record| (record.id(), record.links(place)))).await?;
            }
            for record in batch.iter() {
                let content = serde_json::to_string(record).map_err(|error| unserialisable(R::TABLE, &error))?;
                self.log(Action::Create, R::KIND, record.id(), record.organisation(), continues, content);
            }
            self.spill().await?;
        }
        Ok(())
    }

    /// Writes a changed record and logs what differs; says whether anything did.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the stored record is no longer `before`.
    pub async fn update<R: Record>(&mut self, before: &R, after: &mut R) -> Result<bool> {
        let changes = differences(before, after)?;
        if changes.is_empty() {
            return Ok(false);
        }
        if let Some(previous) = before.updated_at() {
            after.set_updated_at(self.at.max(previous + 1));
            after.note_public_change(Some(before));
        }
        let mut values = Vec::with_capacity(R::COLUMNS.len() + 1);
        after.values(&mut values);
        let key = values.remove(0);
        values.push(key);
        let mut sql = format!("update {} set ", R::TABLE);
        for (position, column) in R::COLUMNS[1..].iter().enumerate() {
            let comma = if position == 0 { "" } else { ", " };
            let _ = write!(sql, "{comma}{column} = ${}", position + 1);
        }
        let _ = write!(sql, " where id = ${}", values.len());
        if let Some(previous) = before.updated_at() {
            values.push(previous.into());
            let _ = write!(sql, " and updated_at = ${}", values.len());
        } else if R::GUARDED_WHOLE {
            let mut seen = Vec::with_capacity(R::COLUMNS.len());
            before.values(&mut seen);
            for (column, value) in R::COLUMNS.iter().zip(seen).skip(1) {
                values.push(value);
                let _ = write!(sql, " and {column} is not distinct from ${}", values.len());
            }
        }
        let done = self.transaction.execute(&sql, values).await.map_err(|error| overtaken::<R>(error, before.id()))?;
        if done.rows_affected() != 1 {
            return Err(Error::Conflict(R::KIND, before.id()));
        }
        for (place, link) in R::LINKS.iter().enumerate() {
            let linked = after.links(place);
            if linked != before.links(place) {
                self.remove_links(link, &[after.id()]).await?;
                self.insert_links(link, [(after.id(), linked)].into_iter()).await?;
            }
        }
        let content = Json::Object(changes).to_string();
        self.log(Action::Update, R::KIND, after.id(), after.organisation(), true, content);
        self.spill().await?;
        Ok(true)
    }

    /// Deletes records and logs what they were.
    ///
    /// # Errors
    /// When something still refers to one of them.
    pub async fn delete<R: Record>(&mut self, records: &[R]) -> Result<()> {
        for batch in records.chunks(500) {
            let ids: Vec<Uuid> = batch.iter().map(Record::id).collect();
            for link in R::LINKS {
                self.remove_links(link, &ids).await?;
            }
            let sql = format!("delete from {} where id in ({})", R::TABLE, places(1, ids.len()));
            self.transaction.execute(&sql, ids.iter().map(|one| id(*one)).collect()).await?;
            for record in batch {
                let content = serde_json::to_string(record).map_err(|error| unserialisable(R::TABLE, &error))?;
                self.log(Action::Delete, R::KIND, record.id(), record.organisation(), true, content);
            }
            self.spill().await?;
        }
        Ok(())
    }

    /// Makes it all durable.
    ///
    /// # Errors
    /// When the database does not confirm; nothing was written then.
    pub async fn commit(mut self) -> Result<Committed> {
        self.flush().await?;
        let sequence = match self.head {
            Some(sequence) => sequence,
            None => sequence_of(&self.transaction, false).await?,
        };
        if let (Some(import), Some(first)) = (self.import, self.first) {
            self.transaction
                .execute(
                    "update import set first_sequence = coalesce(first_sequence, $1), last_sequence = coalesce(last_sequence, $2) \
                     where id = $3",
                    vec![first.into(), sequence.into(), id(import.0)],
                )
                .await?;
        }
        self.transaction.commit().await?;
        Ok(Committed { sequence, touched: self.touched })
    }

    /// What this transaction has done and not yet written to the log, in order, at most so many entries: what a dry run shows.
    /// An import so large that it wrote its log early shows what came after that.
    #[must_use]
    pub fn told(&self, most: usize) -> Vec<Told> {
        let told = |entry: &Pending| Told {
            action: entry.action,
            kind: entry.kind,
            subject: entry.subject,
            content: serde_json::from_str(&entry.content).unwrap_or(Json::Null),
        };
        self.pending.iter().filter(|entry| entry.kind != Kind::Import).take(most).map(told).collect()
    }

    /// How many entries this transaction makes in the log, those that it wrote early included.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.touched.len()
    }

    /// Undoes everything that this transaction did, as a dry run wants.
    pub fn abandon(self) {
        drop(self);
    }

    /// When this transaction writes, milliseconds of UTC.
    #[must_use]
    pub fn at(&self) -> i64 {
        self.at
    }

    /// Who writes, where it is a person.
    #[must_use]
    pub fn person(&self) -> Option<Uuid> {
        self.person
    }

    /// Logs something that changes no record of its own: a sign-in, a refusal, an export. `content` says what in particular and
    /// holds no secret.
    ///
    /// # Errors
    /// When the content cannot be written as JSON.
    pub async fn event(&mut self, kind: Kind, subject: Uuid, organisation: Option<Uuid>, content: &Json) -> Result<()> {
        self.log(Action::Event, kind, subject, organisation, true, content.to_string());
        self.spill().await
    }

    pub(crate) fn transaction(&self) -> &Transaction {
        &self.transaction
    }

    fn log(&mut self, action: Action, kind: Kind, subject: Uuid, organisation: Option<Uuid>, continues: bool, content: String) {
        self.touched.push((kind, subject));
        self.pending.push(Pending { action, kind, subject, organisation, continues, content });
    }

    async fn spill(&mut self) -> Result<()> {
        if self.pending.len() >= SPILL { self.flush().await } else { Ok(()) }
    }
}

/// Field by field, what was and what is; the time of the change is the log's own.
fn differences<R: Record>(before: &R, after: &R) -> Result<Map<String, Json>> {
    let read = |record: &R| serde_json::to_value(record).map_err(|error| unserialisable(R::TABLE, &error));
    let (Json::Object(mut old), Json::Object(new)) = (read(before)?, read(after)?) else {
        return Ok(Map::new());
    };
    let mut changes = Map::new();
    for (field, value) in new {
        let previous = old.shift_remove(&field).unwrap_or(Json::Null);
        if previous != value && field != "updated_at" {
            changes.insert(field, Json::Array(vec![previous, value]));
        }
    }
    for (field, previous) in old {
        if field != "updated_at" {
            changes.insert(field, Json::Array(vec![previous, Json::Null]));
        }
    }
    Ok(changes)
}

/// Of two who waited for each other one is told what it would have been told if it had come a moment later: the other changed this.
fn overtaken<R: Record>(error: Error, id: Uuid) -> Error {
    if error.is_deadlock() { Error::Conflict(R::KIND, id) } else { error }
}

fn unserialisable(table: &'static str, error: &serde_json::Error) -> Error {
    Error::Corrupt { table, id: String::new(), reason: error.to_string() }
}
