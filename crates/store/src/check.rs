//! `citytools check`: every chain of the change log, every foreign key, and that records are what the log says they are.

mod fold;
mod ranges;

pub(crate) use fold::Folded;

use crate::{
    db::{Query as _, Store},
    error::Result,
};
use domain::{
    audit::{Action, Entry, Hash, Kind, content_hash, entry_hash, hex},
    people::{ApiToken, Membership, Person, Scope},
    register::records::*,
};
use futures_util::StreamExt as _;
use sea_orm::{ConnectionTrait as _, StreamTrait as _};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use uuid::Uuid;

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Findings {
    /// Entries of the log that were verified.
    pub entries: i64,
    /// Records that were compared with the log.
    pub records: i64,
    /// The log's head, and a digest over the hashes of all entries up to it.
    pub head: Head,
    /// The first link of a chain that does not hold.
    pub broken: Option<String>,
    /// Whatever else is wrong, in full sentences.
    pub problems: Vec<String>,
    /// What is sound and yet wants a person's eye: an overlay that a later version of its template has no place for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attention: Vec<String>,
}

impl Findings {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn sound(&self) -> bool {
        self.broken.is_none() && self.problems.is_empty()
    }
}

/// The state of the whole log up to a sequence.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Head {
    /// The last entry's sequence.
    pub sequence: i64,
    /// Hexadecimal SHA-256 over the hashes of all entries in order.
    pub digest: String,
}

impl Store {
    /// Verifies the whole database; reads only. Others may write meanwhile: the log is read first, and what was written after
    /// that is left to the next check.
    ///
    /// # Errors
    /// When the database cannot be read at all; whatever is wrong in it stands in the findings.
    pub async fn check(&self, scope: &Scope) -> Result<Findings> {
        self.check_against(scope, None).await
    }

    /// Verifies the whole database, and that it still begins with what an earlier head stood for.
    ///
    /// # Errors
    /// As [`Store::check`].
    pub async fn check_against(&self, scope: &Scope, earlier: Option<&Head>) -> Result<Findings> {
        let mut findings = Findings::default();
        let mut log = self.verify_chains(&mut findings, earlier).await?;
        self.verify_foreign_keys(&mut findings).await?;
        self.verify_records(scope, &mut findings, &mut log).await?;
        Ok(findings)
    }

    /// Walks the log once, in order. Returns what it makes of every record.
    async fn verify_chains(&self, findings: &mut Findings, earlier: Option<&Head>) -> Result<Folded> {
        let sql = "select sequence, at, actor, organisation_id, action, kind, subject_id, import_id, content_hash, hash, salt, \
                   content, erased from change order by sequence";
        let mut last: HashMap<Uuid, Hash> = HashMap::new();
        let mut log = Folded::default();
        let mut ranges = ranges::Ranges::default();
        let mut whole = Sha256::new();
        let mut expected = 0;
        let begun = self.sequence().await?;
        let mut rows = self.connection.stream_raw(self.statement(sql, vec![])).await?;
        while let Some(row) = rows.next().await {
            let row = row?;
            let sequence: i64 = row.try_get_by_index(0)?;
            expected += 1;
            if sequence != expected {
                findings.broken.get_or_insert(format!("entry {expected} of the change log is missing"));
                expected = sequence;
            }
            let actor: String = row.try_get_by_index(2)?;
            let id = |text: Option<String>| text.and_then(|text| Uuid::parse_str(&text).ok());
            let (action, kind): (String, String) = (row.try_get_by_index(4)?, row.try_get_by_index(5)?);
            let subject: String = row.try_get_by_index(6)?;
            let (Some(action), Some(kind), Some(subject)) = (Action::parse(&action), Kind::parse(&kind), id(Some(subject)))
            else {
                findings.broken.get_or_insert(format!("entry {sequence} of the change log cannot be read"));
                continue;
            };
            let (stated, hash): (Vec<u8>, Vec<u8>) = (row.try_get_by_index(8)?, row.try_get_by_index(9)?);
            let (salt, content, erased): (Option<Vec<u8>>, Option<String>, Option<String>) =
                (row.try_get_by_index(10)?, row.try_get_by_index(11)?, row.try_get_by_index(12)?);
            let content_holds = match (&salt, &content) {
                (Some(salt), Some(content)) => content_hash(salt, content)[..] == stated[..],
                _ => erased.is_some(),
            };
            let entry = Entry {
                sequence,
                at: row.try_get_by_index(1)?,
                actor: &actor,
                organisation: id(row.try_get_by_index(3)?),
                action,
                kind,
                subject,
                import: id(row.try_get_by_index(7)?),
            };
            let stated = Hash::try_from(stated).unwrap_or_default();
            let holds = entry_hash(last.get(&subject), &entry, &stated)[..] == hash[..];
            if !(holds && content_holds) {
                findings.broken.get_or_insert(format!(
                    "entry {sequence} of the change log, about {} {subject}, does not match its {}",
                    kind.as_str(),
                    if content_holds { "chain" } else { "content" }
                ));
            }
            ranges.take(sequence, entry.import);
            last.insert(subject, Hash::try_from(hash).unwrap_or_default());
            whole.update(last[&subject]);
            log.take(action, kind, subject, content.as_deref());
            if let Some(head) = earlier.filter(|head| head.sequence == sequence)
                && hex(&whole.clone().finalize()) != head.digest
            {
                findings.problems.push(format!("the log up to entry {sequence} is not the one that the signed head stands for"));
            }
        }
        if let Some(head) = earlier.filter(|head| head.sequence > expected) {
            findings
                .problems
                .push(format!("the log was cut: it ends at entry {expected}, the signed head is at {}", head.sequence));
        }
        let head = self.sequence().await?;
        self.verify_ranges(findings, &ranges, expected).await?;
        // Others may have written since the first of these and since the last entry was read.
        if !(begun..=head).contains(&expected) {
            findings.problems.push(format!("the log's head says {head}, its last entry is {expected}"));
        }
        findings.entries = expected;
        findings.head = Head { sequence: expected, digest: hex(&whole.finalize()) };
        Ok(log)
    }

    async fn verify_foreign_keys(&self, findings: &mut Findings) -> Result<()> {
        if self.is_sqlite() {
            for row in self.rows("select \"table\", rowid, parent from pragma_foreign_key_check", vec![]).await? {
                let (table, parent): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(2)?);
                findings.problems.push(format!("a row of {table} refers to a {parent} that does not exist"));
            }
            let row = self
                .connection
                .query_all_raw(self.statement("select integrity_check from pragma_integrity_check", vec![]))
                .await?;
            for row in row {
                let line: String = row.try_get_by_index(0)?;
                if line != "ok" {
                    findings.problems.push(format!("SQLite reports: {line}"));
                }
            }
        } else {
            let sql = "select conname from pg_constraint where contype = 'f' and not convalidated";
            for row in self.rows(sql, vec![]).await? {
                let name: String = row.try_get_by_index(0)?;
                findings.problems.push(format!("the foreign key {name} is not enforced"));
            }
        }
        Ok(())
    }

    async fn verify_records(&self, scope: &Scope, findings: &mut Findings, log: &mut Folded) -> Result<()> {
        self.verify::<ServiceArea>(scope, findings, log).await?;
        self.verify::<Organisation>(scope, findings, log).await?;
        self.verify::<Function>(scope, findings, log).await?;
        self.verify::<Supplier>(scope, findings, log).await?;
        self.verify::<Product>(scope, findings, log).await?;
        self.verify::<Import>(scope, findings, log).await?;
        self.verify::<Mapping>(scope, findings, log).await?;
        self.verify::<System>(scope, findings, log).await?;
        self.verify::<Contract>(scope, findings, log).await?;
        self.verify::<PlannedProcurement>(scope, findings, log).await?;
        self.verify::<Release>(scope, findings, log).await?;
        self.verify::<Flag>(scope, findings, log).await?;
        self.verify::<Skill>(scope, findings, log).await?;
        self.verify::<Person>(scope, findings, log).await?;
        self.verify::<Membership>(scope, findings, log).await?;
        self.verify::<ApiToken>(scope, findings, log).await?;
        self.verify_dpia(scope, findings, log).await
    }
}
