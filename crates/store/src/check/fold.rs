//! What the change log makes of every record, so that each can be compared with what its table holds.
//!
//! The log is gone through once, in order. Of each record stays one sum over the digests of its fields: a creation sets it, an
//! update takes the digest of what a field was and adds that of what it is, a deletion forgets it. That is some sixty bytes a
//! record however long it is and however often it changed. Where a record's own sum is another, that record's history is read
//! once more and folded field by field: only then is it known which field, and whether the two only spell the same thing
//! differently, as a record of an earlier version may.

use super::Findings;
use crate::{
    db::{Query as _, Store},
    error::Result,
    records::Record,
};
use domain::{
    audit::{Action, Kind},
    people::Scope,
};
use sea_orm::Value;
use serde_json::{Map, Value as Json};
use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher as _, Hasher as _, RandomState},
};
use uuid::Uuid;

/// Records that are named each with what is wrong with it; of more there is only the number.
const NAMED: usize = 20;

/// Records whose histories are read at once.
const AT_ONCE: usize = 200;

/// The time of a change is the log's own: no content says it.
const NOT_LOGGED: &str = "updated_at";

/// What the log says that there is.
#[derive(Default)]
pub(crate) struct Folded {
    /// How many records of each kind there should be.
    alive: HashMap<Kind, i64>,
    /// The sum of each record's fields; none where a part of its history was erased.
    sums: HashMap<(Kind, Uuid), Option<u128>>,
    digests: Digests,
}

/// Digests of fields, under keys that only this run knows: nobody can make a record that adds up to another's sum.
#[derive(Default)]
struct Digests {
    keys: [RandomState; 2],
    buffer: Vec<u8>,
}

impl Digests {
    /// The digest of a field that says something; what is null is the same as what is absent.
    fn of(&mut self, field: &str, value: &Json) -> u128 {
        if value.is_null() || field == NOT_LOGGED {
            return 0;
        }
        self.buffer.clear();
        self.buffer.extend_from_slice(field.as_bytes());
        self.buffer.push(0);
        // Writing JSON into memory does not fail.
        let _ = serde_json::to_writer(&mut self.buffer, value);
        let one = |key: &RandomState| {
            let mut hasher = key.build_hasher();
            hasher.write(&self.buffer);
            u128::from(hasher.finish())
        };
        one(&self.keys[0]) << 64 | one(&self.keys[1])
    }

    fn sum(&mut self, fields: &Map<String, Json>) -> u128 {
        fields.iter().fold(0, |sum, (field, value)| sum.wrapping_add(self.of(field, value)))
    }
}

impl Folded {
    /// Takes the next entry into account; its content is none where it was erased.
    pub(super) fn take(&mut self, action: Action, kind: Kind, subject: Uuid, content: Option<&str>) {
        let fields = || content.and_then(|text| serde_json::from_str::<Map<String, Json>>(text).ok());
        match action {
            Action::Create => {
                *self.alive.entry(kind).or_default() += 1;
                let sum = fields().map(|fields| self.digests.sum(&fields));
                self.sums.insert((kind, subject), sum);
            }
            Action::Delete => {
                *self.alive.entry(kind).or_default() -= 1;
                self.sums.remove(&(kind, subject));
            }
            Action::Update => {
                let Some(known) = self.sums.get_mut(&(kind, subject)) else { return };
                let Some((sum, fields)) = known.zip(fields()) else {
                    *known = None;
                    return;
                };
                *known = Some(fields.iter().fold(sum, |sum, (field, pair)| {
                    let (before, after) = (self.digests.of(field, &pair[0]), self.digests.of(field, &pair[1]));
                    sum.wrapping_sub(before).wrapping_add(after)
                }));
            }
            Action::Event => {}
        }
    }

    /// How many records of a kind there should be.
    fn expected(&self, kind: Kind) -> i64 {
        self.alive.get(&kind).copied().unwrap_or(0)
    }

    /// Whether a record is what the log says, as far as a sum tells. What was compared is forgotten.
    fn compare<R: Record>(&mut self, record: &R) -> Compared {
        match self.sums.remove(&(R::KIND, record.id())) {
            None => Compared::Unknown,
            Some(None) => Compared::Same,
            Some(Some(sum)) => match serde_json::to_value(record) {
                Ok(Json::Object(fields)) if self.digests.sum(&fields) == sum => Compared::Same,
                _ => Compared::Other,
            },
        }
    }

    /// The records of a kind that were not compared.
    fn left(&self, kind: Kind) -> impl Iterator<Item = Uuid> {
        self.sums.keys().filter(move |(other, _)| *other == kind).map(|(_, id)| *id)
    }
}

enum Compared {
    Same,
    /// The sums differ.
    Other,
    /// The log knows no such record.
    Unknown,
}

impl Store {
    /// Every record of a kind can be read, and is what the log says; there is none too many and none too few.
    pub(crate) async fn verify<R: Record>(&self, scope: &Scope, findings: &mut Findings, log: &mut Folded) -> Result<()> {
        let mut count = 0;
        let (mut others, mut unknown) = (Vec::new(), Vec::new());
        let read = self
            .each::<R>(scope, |record| {
                count += 1;
                match log.compare(&record) {
                    Compared::Same => {}
                    Compared::Other => others.push(record.id()),
                    Compared::Unknown => unknown.push(record.id()),
                }
            })
            .await;
        if let Err(error) = read {
            findings.problems.push(error.to_string());
            return Ok(());
        }
        let expected = log.expected(R::KIND);
        let mut missing: Vec<Uuid> =
            if count == expected && unknown.is_empty() { Vec::new() } else { log.left(R::KIND).collect() };
        missing.sort_unstable();
        findings.records += count;
        let read = findings.head.sequence;
        if !(unknown.is_empty() && missing.is_empty() && others.is_empty()) {
            // What was written since the log was read is as it should be, as far as this check can tell.
            let since = self.written_since::<R>(read).await?;
            let (made, gone) = (unknown.len(), missing.len());
            for ids in [&mut unknown, &mut missing, &mut others] {
                ids.retain(|id| !since.contains(id));
            }
            count -= i64::try_from(made - unknown.len()).unwrap_or(0);
            count += i64::try_from(gone - missing.len()).unwrap_or(0);
        }
        if count != expected {
            findings.problems.push(format!("{}: {count} records, but the change log accounts for {expected}", R::TABLE));
        }
        let mut named = Named::<R>::new(findings);
        for id in unknown {
            named.add(id, "the change log knows of no such record");
        }
        for id in missing {
            named.add(id, "the change log knows it, and it is gone from its table");
        }
        for batch in others.chunks(AT_ONCE) {
            let differing = self.differing::<R>(scope, batch).await?;
            if differing.is_empty() {
                continue;
            }
            let since = self.written_since::<R>(read).await?;
            for (id, fields) in differing.into_iter().filter(|(id, _)| !since.contains(id)) {
                named.add(id, &format!("it does not say what the change log says of: {}", fields.join(", ")));
            }
        }
        named.finish();
        Ok(())
    }

    /// The records of a kind that the log has entries of after a sequence.
    async fn written_since<R: Record>(&self, sequence: i64) -> Result<HashSet<Uuid>> {
        let sql = "select distinct subject_id from change where sequence > $1 and kind = $2";
        let mut since = HashSet::new();
        for row in self.rows(sql, vec![sequence.into(), R::KIND.as_str().into()]).await? {
            let subject: String = row.try_get_by_index(0)?;
            since.extend(Uuid::parse_str(&subject).ok());
        }
        Ok(since)
    }

    /// Which of these records differ from their histories, and in which fields.
    async fn differing<R: Record>(&self, scope: &Scope, ids: &[Uuid]) -> Result<Vec<(Uuid, Vec<String>)>> {
        // The records first: what changes meanwhile is newer in the log, and the next check compares it.
        let records = self.get_many::<R>(scope, ids).await?;
        let head = self.sequence().await?;
        let mut histories: HashMap<Uuid, History> = HashMap::new();
        let sql = format!(
            "select subject_id, action, content from change where subject_id in ({}) and kind = $1 and sequence <= $2 order by sequence",
            crate::write::places(3, ids.len())
        );
        let mut values: Vec<Value> = vec![R::KIND.as_str().into(), head.into()];
        values.extend(ids.iter().map(|id| Value::from(id.to_string())));
        for row in self.rows(&sql, values).await? {
            let (subject, action): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            let content: Option<String> = row.try_get_by_index(2)?;
            if let (Ok(subject), Some(action)) = (Uuid::parse_str(&subject), Action::parse(&action)) {
                histories.entry(subject).or_default().take(action, content.as_deref());
            }
        }
        let mut differing = Vec::new();
        for record in records {
            let Some(History { fields: Some(said), erased: false }) = histories.remove(&record.id()) else { continue };
            let fields = fields_apart(&record, said);
            if !fields.is_empty() {
                differing.push((record.id(), fields));
            }
        }
        Ok(differing)
    }
}

/// One record's history, folded.
#[derive(Default)]
struct History {
    fields: Option<Map<String, Json>>,
    /// A part of it was erased: nothing can be said of it.
    erased: bool,
}

impl History {
    fn take(&mut self, action: Action, content: Option<&str>) {
        let content = content.and_then(|text| serde_json::from_str::<Map<String, Json>>(text).ok());
        match (action, content) {
            (Action::Event, _) => {}
            (Action::Delete, _) => *self = Self::default(),
            (Action::Create, Some(content)) => *self = Self { fields: Some(content), erased: false },
            (Action::Update, Some(content)) => {
                for (field, mut pair) in content {
                    self.fields.get_or_insert_default().insert(field, pair.get_mut(1).map(Json::take).unwrap_or_default());
                }
            }
            (Action::Create | Action::Update, None) => self.erased = true,
        }
    }
}

/// The fields in which a record is not what its history comes to, both spelt as this version spells them.
fn fields_apart<R: Record>(record: &R, said: Map<String, Json>) -> Vec<String> {
    let spelt = |record: &R| match serde_json::to_value(record) {
        Ok(Json::Object(fields)) => fields,
        _ => Map::new(),
    };
    let said = match serde_json::from_value::<R>(Json::Object(said.clone())) {
        Ok(said) => spelt(&said),
        Err(_) => said,
    };
    let mut apart = Vec::new();
    compare("", &said, &spelt(record), &mut apart);
    apart
}

fn compare(within: &str, said: &Map<String, Json>, stored: &Map<String, Json>, apart: &mut Vec<String>) {
    let names = said.keys().chain(stored.keys().filter(|name| !said.contains_key(*name)));
    for name in names.filter(|name| *name != NOT_LOGGED) {
        let (one, other) = (said.get(name).unwrap_or(&Json::Null), stored.get(name).unwrap_or(&Json::Null));
        match (one, other) {
            _ if one == other => {}
            (Json::Object(one), Json::Object(other)) if within.is_empty() => compare(&format!("{name}."), one, other, apart),
            _ => apart.push(format!("{within}{name}")),
        }
    }
}

/// Problems with single records: the first are named, the rest counted.
struct Named<'f, R: Record> {
    findings: &'f mut Findings,
    count: usize,
    record: std::marker::PhantomData<R>,
}

impl<'f, R: Record> Named<'f, R> {
    fn new(findings: &'f mut Findings) -> Self {
        Self { findings, count: 0, record: std::marker::PhantomData }
    }

    fn add(&mut self, id: Uuid, what: &str) {
        self.count += 1;
        if self.count <= NAMED {
            self.findings.problems.push(format!("{} {id}: {what}", R::TABLE));
        }
    }

    fn finish(self) {
        if self.count > NAMED {
            self.findings.problems.push(format!("{}: and {} more records like these", R::TABLE, self.count - NAMED));
        }
    }
}
