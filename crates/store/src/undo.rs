//! Taking an import back: what it made goes, what it changed returns, unless someone has changed it since. What was left can be
//! taken back later, when what held it is gone. A merge of two names is taken back by the same code, whole or not at all.

mod each;
mod made;
mod needed;

use crate::{
    db::{Query as _, Store},
    error::{Error, Result},
    log::Change,
    records::Record,
    write::{Committed, Write},
};
use domain::{
    audit::Kind,
    people::Scope,
    register::{
        ids::ImportId,
        records::{Flag, Import},
    },
};
use each::{each, reverse};
use serde_json::Value as Json;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What taking an import back did.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Undone {
    /// Records the import made that are gone again; what it asked the hub about names is not counted, here or in `kept`.
    pub removed: u64,
    /// Records it had changed or removed that are as they were before.
    pub restored: u64,
    /// Records left as they are, and why: someone changed or came to need them since.
    pub kept: Vec<Kept>,
    /// Records that imports taken back before had left since this one changed or needed them, and that went or returned with it; those
    /// imports' own records say which.
    #[serde(default, skip_serializing_if = "is_none")]
    pub finished: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // Serde asks for a reference.
fn is_none(number: &u64) -> bool {
    *number == 0
}

/// A record that an undo left as it is.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Kept {
    /// The kind of record.
    pub kind: &'static str,
    /// The record.
    pub id: Uuid,
    /// Why it was kept.
    #[serde(rename = "reason")]
    pub why: Why,
}

/// Why an undo leaves a record as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// What was written then was erased by law.
    Erased,
    /// Someone changed the record since.
    Changed,
    /// Someone changed the same field since.
    SameField,
    /// Other records refer to it.
    Needed,
    /// It was removed since.
    Gone,
    /// Another record has its name or its key now.
    NameTaken,
    /// What it would refer to again is gone.
    ReferenceGone,
}

impl Why {
    /// Its code, as reports have it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Why::Erased => "erased",
            Why::Changed => "changed",
            Why::SameField => "same-field",
            Why::Needed => "needed",
            Why::Gone => "gone",
            Why::NameTaken => "name-taken",
            Why::ReferenceGone => "reference-gone",
        }
    }
}

impl Undone {
    /// What an import's record says of its undoing; none where it was not taken back, or before this was kept.
    #[must_use]
    pub fn of(import: &Import) -> Option<Self> {
        let told = import.report.get(UNDONE)?;
        let number = |name: &str| told.get(name).and_then(Json::as_u64).unwrap_or(0);
        let kept = told.get("kept").and_then(Json::as_array).into_iter().flatten().filter_map(|one| {
            Some(Kept {
                kind: Kind::parse(one.get("kind")?.as_str()?)?.as_str(),
                id: one.get("id")?.as_str()?.parse().ok()?,
                why: serde_json::from_value(one.get("reason")?.clone()).ok()?,
            })
        });
        Some(Self {
            removed: number("removed"),
            restored: number("restored"),
            kept: kept.collect(),
            finished: number("finished"),
        })
    }
}

/// Where an import's report holds what its undoing did.
const UNDONE: &str = "undone";
const PAGE: i64 = 2000;

/// An undo on its way.
struct Undoing {
    import: ImportId,
    /// A merge: it goes back whole or not at all.
    whole: bool,
    /// What an earlier undo of the same import left, and why: nothing else is looked at again.
    left: Option<HashMap<Uuid, Why>>,
    seen: HashSet<Uuid>,
    kept: HashSet<Uuid>,
    /// What it made and a merge put another in the place of.
    merged: Vec<(Kind, Uuid)>,
    /// Those of them that come back once their merge is taken back: what was asked about them waits for that.
    coming_back: HashSet<Uuid>,
    /// What it made, and what it asked the hub about names: decided last, since a question stands as long as its name does.
    made: HashSet<Uuid>,
    asked: Vec<Change>,
    /// Questions to the hub that are gone.
    unasked: u64,
    undone: Undone,
}

/// What came of taking an import back, in a transaction that is still open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Back {
    /// What was done this time: commit it.
    Done(Undone),
    /// A merge that cannot go back whole, and what stands in its way: abandon the transaction.
    Stays(Vec<Kept>),
    /// It was taken back before, with what its record says of that (the sum of every time), and nothing was written now.
    Before(Option<Undone>),
}

impl Undoing {
    fn keep<R: Record>(&mut self, id: Uuid, why: Why) {
        // What the hub was asked about a name is no record that anybody misses: a question stands as long as its name does.
        if (self.whole || R::KIND != Kind::Flag) && self.kept.insert(id) {
            self.undone.kept.push(Kept { kind: R::KIND.as_str(), id, why });
        }
    }

    /// Counts records that are gone. What the hub was asked is counted apart, as [`Undoing::keep`] leaves it out.
    fn gone<R: Record>(&mut self, records: u64) {
        let count = if R::KIND == Kind::Flag { &mut self.unasked } else { &mut self.undone.removed };
        *count += records;
    }

    fn looks_at(&self, id: Uuid) -> bool {
        self.left.as_ref().is_none_or(|left| left.contains_key(&id))
    }

    /// Whether an earlier undo has put an update of this record back.
    fn back_before(&self, id: Uuid) -> bool {
        self.left.as_ref().is_some_and(|left| left.get(&id).is_some_and(|why| matches!(why, Why::Changed | Why::Needed)))
    }

    /// Whether nothing more is to be looked at: of a merge that stays, the first record that cannot go back says enough.
    fn stuck(&self) -> bool {
        self.whole && self.undone.kept.iter().any(|kept| matches!(kept.why, Why::NameTaken | Why::ReferenceGone))
    }
}

impl Store {
    /// Takes an import back, in one transaction, as [`Write::take_back`] does; nothing is committed of a merge that stays.
    ///
    /// # Errors
    /// When there is no such import, or it was taken back before and nothing of what was left can go back now.
    pub async fn undo_import(&self, scope: &Scope, import: ImportId, at: i64) -> Result<(Undone, Option<Committed>)> {
        self.get::<Import>(scope, import.0).await?.ok_or_else(|| Error::Missing("import", import.to_string()))?;
        let mut write = self.write(scope, at).await?;
        match write.take_back(self, import, true).await? {
            Back::Done(undone) => Ok((undone, Some(write.commit().await?))),
            Back::Stays(kept) => {
                write.abandon();
                Ok((Undone { kept, ..Undone::default() }, None))
            }
            Back::Before(earlier) => {
                write.abandon();
                let left = earlier.is_some_and(|earlier| !earlier.kept.is_empty());
                let why = if left { ", and what was left then was changed since, or is needed still" } else { "" };
                Err(Error::Refused(format!("import {import} was undone before{why}; nothing changed")))
            }
        }
    }
}

impl Write {
    /// Takes an import back, with its own entries in the log: what it made goes, what it changed returns, and what others changed or
    /// came to need since is kept and said. A merge of two names goes back whole: what others did beside it stays, and where one
    /// record cannot go back nothing does.
    ///
    /// An import that left something behind can be taken back again, for that, by whoever knows that it was (`again`); what is said
    /// then is what was done this time, and the import's record holds the sum. Whether the writer may is asked before.
    ///
    /// What imports taken back before had left since this one changed or needed it goes with this one: in whichever order imports are
    /// taken back, nothing of them stays.
    ///
    /// # Errors
    /// When there is no such import, or the database fails.
    pub async fn take_back(&mut self, store: &Store, import: ImportId, again: bool) -> Result<Back> {
        let mut back = self.take_one_back(store, import, again).await?;
        if let Back::Done(undone) = &mut back {
            for other in self.left_by_others(import).await? {
                if let Back::Done(rest) = self.take_one_back(store, other, true).await? {
                    undone.finished += rest.removed + rest.restored;
                }
            }
            if undone.finished > 0
                && let Some(record) = self.current::<Import>(import.0).await?
                && let Some(told) = Undone::of(&record)
            {
                let sum = Undone { finished: told.finished + undone.finished, ..told };
                self.note(&record, &sum).await?;
            }
        }
        Ok(back)
    }

    /// Imports that were taken back before and left something, newest first: those of the same organisation; where this one is of none,
    /// all of them.
    async fn left_by_others(&self, import: ImportId) -> Result<Vec<ImportId>> {
        let Some(record) = self.current::<Import>(import.0).await?.filter(|record| record.kind != "merge") else {
            return Ok(Vec::new());
        };
        let sql = "select id from import where undone_at is not null and kind <> 'merge' and id <> $1";
        let mut others = Vec::new();
        for row in self.transaction().rows(sql, vec![import.0.to_string().into()]).await? {
            others.extend(Uuid::parse_str(&row.try_get_by_index::<String>(0)?).ok());
        }
        let mut left = Vec::new();
        for batch in others.chunks(500) {
            let found = self.get_many::<Import>(batch).await?;
            let of_it = found.into_iter().filter(|other| {
                (record.organisation.is_none() || other.organisation == record.organisation)
                    && Undone::of(other).is_some_and(|undone| !undone.kept.is_empty())
            });
            left.extend(of_it.map(|other| (other.at, other.id)));
        }
        left.sort_unstable_by_key(|(at, id)| std::cmp::Reverse((*at, id.0)));
        Ok(left.into_iter().map(|(_, id)| id).collect())
    }

    /// Writes to an import's record what its undoing did.
    async fn note(&mut self, record: &Import, sum: &Undone) -> Result<()> {
        let mut after = record.clone();
        after.undone_at = Some(self.at());
        if let (Some(report), Ok(undone)) = (after.report.as_object_mut(), serde_json::to_value(sum)) {
            report.insert(UNDONE.to_owned(), undone);
        }
        self.update(record, &mut after).await.map(drop)
    }

    async fn take_one_back(&mut self, store: &Store, import: ImportId, again: bool) -> Result<Back> {
        // Of two at the same moment the second waits here, and then reads what the first did.
        let held = "update import set undone_at = undone_at where id = $1";
        self.transaction().execute(held, vec![import.0.to_string().into()]).await?;
        let missing = || Error::Missing("import", import.to_string());
        let record: Import = self.current(import.0).await?.ok_or_else(missing)?;
        let told = record.undone_at.and_then(|_| Undone::of(&record));
        let earlier = told.clone().unwrap_or_default();
        if record.undone_at.is_some() && (!again || earlier.kept.is_empty()) {
            return Ok(Back::Before(told));
        }
        let mut undoing = Undoing {
            import,
            whole: record.kind == "merge",
            left: record.undone_at.map(|_| earlier.kept.iter().map(|kept| (kept.id, kept.why)).collect()),
            seen: HashSet::new(),
            kept: HashSet::new(),
            merged: Vec::new(),
            coming_back: HashSet::new(),
            made: HashSet::new(),
            asked: Vec::new(),
            unasked: 0,
            undone: Undone::default(),
        };
        let mut before = i64::MAX;
        while !undoing.stuck() {
            let page = store.of_import(import, before, PAGE).await?;
            let Some(last) = page.last() else { break };
            before = last.sequence;
            let current = latest_of(self, &page).await?;
            // Runs of one kind and action go together, newest first, so that what refers goes before what it refers to.
            for run in page.chunk_by(|a, b| a.kind == b.kind && a.action == b.action) {
                if !undoing.stuck() {
                    reverse(self, run, &current, &mut undoing).await?;
                }
            }
        }
        undoing.merged_away(self).await?;
        let asked = std::mem::take(&mut undoing.asked);
        for page in asked.chunks(1000) {
            let current = latest_of(self, page).await?;
            for run in page.chunk_by(|a, b| a.action == b.action) {
                each::<Flag>(self, run, &current, &mut undoing).await?;
            }
        }
        if undoing.whole && !undoing.undone.kept.is_empty() {
            return Ok(Back::Stays(undoing.undone.kept));
        }
        let done = &undoing.undone;
        if undoing.left.is_some() && done.removed + done.restored + undoing.unasked == 0 {
            return Ok(Back::Before(told));
        }
        let sum = Undone {
            removed: earlier.removed + done.removed,
            restored: earlier.restored + done.restored,
            kept: done.kept.clone(),
            finished: earlier.finished,
        };
        self.note(&record, &sum).await?;
        Ok(Back::Done(undoing.undone))
    }
}

/// For each subject of a page: the import of its latest entry.
async fn latest_of(write: &Write, page: &[Change]) -> Result<HashMap<Uuid, Option<Uuid>>> {
    let mut latest = HashMap::new();
    let subjects: HashSet<Uuid> = page.iter().map(|change| change.subject).collect();
    let subjects: Vec<Uuid> = subjects.into_iter().collect();
    for batch in subjects.chunks(1000) {
        let sql = format!(
            "select subject_id, import_id from change where sequence in \
             (select max(sequence) from change where subject_id in ({}) group by subject_id)",
            crate::write::places(1, batch.len())
        );
        let values = batch.iter().map(|subject| subject.to_string().into()).collect();
        for row in write.transaction().rows(&sql, values).await? {
            let (subject, import): (String, Option<String>) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            if let Ok(subject) = Uuid::parse_str(&subject) {
                latest.insert(subject, import.and_then(|id| Uuid::parse_str(&id).ok()));
            }
        }
    }
    Ok(latest)
}
