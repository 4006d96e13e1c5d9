//! The entries of the change log: numbered one after another, hash-chained per subject.

use super::{Write, places};
use crate::{
    db::{Query as _, Transaction},
    error::{Error, Result},
    records::{id, opt_id},
};
use domain::audit::{Action, Entry, Hash, Kind, content_hash, entry_hash};
use sea_orm::{DbBackend, Value};
use std::collections::HashSet;
use uuid::Uuid;

const COLUMNS: &[&str] = &[
    "sequence",
    "at",
    "actor",
    "organisation_id",
    "action",
    "kind",
    "subject_id",
    "import_id",
    "content_hash",
    "hash",
    "salt",
    "content",
];

/// An entry that waits for its number.
pub(super) struct Pending {
    pub(super) action: Action,
    pub(super) kind: Kind,
    pub(super) subject: Uuid,
    pub(super) organisation: Option<Uuid>,
    /// Whether the subject may stand in the log already.
    pub(super) continues: bool,
    pub(super) content: String,
}

impl Write {
    /// Writes what waits, with the head locked.
    pub(super) async fn flush(&mut self) -> Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let mut sequence = match self.head {
            Some(sequence) => sequence,
            None => sequence_of(&self.transaction, true).await?,
        };
        self.first.get_or_insert(sequence + 1);
        let pending = std::mem::take(&mut self.pending);
        for batch in pending.chunks(500) {
            self.fetch_last(batch).await?;
            // What is made and changed in one batch goes on from an entry that is not in the database yet.
            let goes_on: HashSet<Uuid> = batch.iter().filter(|entry| entry.continues).map(|entry| entry.subject).collect();
            let mut salts = vec![0; batch.len() * 16];
            getrandom::fill(&mut salts).map_err(|error| Error::Refused(format!("no random numbers to be had: {error}")))?;
            let mut values = Vec::with_capacity(batch.len() * COLUMNS.len());
            for (entry, salt) in batch.iter().zip(salts.chunks(16)) {
                sequence += 1;
                let content = content_hash(salt, &entry.content);
                let import = self.import.map(|import| import.0);
                let metadata = Entry {
                    sequence,
                    at: self.at,
                    actor: &self.actor,
                    organisation: entry.organisation,
                    action: entry.action,
                    kind: entry.kind,
                    subject: entry.subject,
                    import,
                };
                let hash = entry_hash(self.last.get(&entry.subject), &metadata, &content);
                if goes_on.contains(&entry.subject) || self.last.contains_key(&entry.subject) || entry.kind == Kind::Import {
                    self.last.insert(entry.subject, hash);
                }
                values.extend([
                    sequence.into(),
                    self.at.into(),
                    self.actor.as_str().into(),
                    opt_id(entry.organisation),
                    entry.action.as_str().into(),
                    entry.kind.as_str().into(),
                    id(entry.subject),
                    opt_id(import),
                    content.to_vec().into(),
                    hash.to_vec().into(),
                    salt.to_vec().into(),
                    entry.content.as_str().into(),
                ]);
            }
            let sql = self.statement("change", COLUMNS, batch.len());
            self.transaction.execute(&sql, values).await?;
        }
        self.transaction.execute("update head set sequence = $1 where id = 1", vec![sequence.into()]).await?;
        self.head = Some(sequence);
        Ok(())
    }

    /// The hash each continued chain stands at.
    async fn fetch_last(&mut self, batch: &[Pending]) -> Result<()> {
        let wanted: Vec<Value> = batch
            .iter()
            .filter(|entry| entry.continues && !self.last.contains_key(&entry.subject))
            .map(|entry| id(entry.subject))
            .collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "select subject_id, hash from change where sequence in \
             (select max(sequence) from change where subject_id in ({}) group by subject_id)",
            places(1, wanted.len())
        );
        for row in self.transaction.rows(&sql, wanted).await? {
            let (subject, hash): (String, Vec<u8>) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            if let (Ok(subject), Ok(hash)) = (Uuid::parse_str(&subject), Hash::try_from(hash)) {
                self.last.insert(subject, hash);
            }
        }
        Ok(())
    }
}

/// Reads the log's head; locks it for the rest of the transaction where asked to. SQLite's writer holds the whole database.
pub(super) async fn sequence_of(transaction: &Transaction, lock: bool) -> Result<i64> {
    let sql = match (transaction.backend(), lock) {
        (DbBackend::Postgres, true) => "select sequence from head where id = 1 for update",
        _ => "select sequence from head where id = 1",
    };
    let row = transaction.row(sql, vec![]).await?.ok_or_else(|| Error::Schema("the change log has lost its head".to_owned()))?;
    Ok(row.try_get_by_index(0)?)
}
