//! A record at any point of its history, any two points compared. Over the JSON of the change log: a creation or deletion
//! holds the whole record, an update `{field: [before, after]}`.
//!
//! Fields are compared leaf by leaf: a contract's term is one field of the record, and its start and its end are two facts that
//! two people may change without being in each other's way.

use crate::audit::Action;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// An entry of a record's history.
#[derive(Clone, Copy, Debug)]
pub struct Step<'c> {
    /// Its place in the log.
    pub sequence: i64,
    /// When, milliseconds of UTC.
    pub at: i64,
    /// What was done.
    pub action: Action,
    /// What it says; none once erased.
    pub content: Option<&'c Json>,
}

/// A record as it stood after an entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The entry's place in the log.
    pub sequence: i64,
    /// When the entry was written, milliseconds of UTC.
    pub at: i64,
    /// The record's version (`updated_at`) after it.
    pub version: i64,
    /// The record; none where it was deleted then, or what it said was erased since.
    pub state: Option<Json>,
}

/// The record after each entry, newest first like the steps. `current` is the record as it stands, none where it is gone.
/// Goes back from the present, so that an entry that was erased hides what lay before it and nothing else.
#[must_use]
pub fn points(current: Option<&Json>, steps: &[Step<'_>]) -> Vec<Point> {
    let versions = versions(steps);
    let mut state = current.cloned();
    let mut known = true;
    let mut points = Vec::with_capacity(steps.len());
    for (step, version) in steps.iter().zip(versions) {
        // A creation and a deletion say by themselves what stood there.
        match (step.action, step.content) {
            (Action::Create, Some(content)) => (state, known) = (Some(content.clone()), true),
            (Action::Delete, _) => state = None,
            _ => {}
        }
        let mut shown = state.clone().filter(|_| known);
        if let Some(Json::Object(fields)) = &mut shown {
            fields.insert("updated_at".to_owned(), version.into());
        }
        points.push(Point { sequence: step.sequence, at: step.at, version, state: shown });
        match (step.action, step.content) {
            (Action::Create, _) => (state, known) = (None, true),
            (Action::Delete, Some(content)) => (state, known) = (Some(content.clone()), true),
            (Action::Update, Some(Json::Object(changes))) => {
                if let Some(Json::Object(fields)) = &mut state {
                    for (field, pair) in changes {
                        put(fields, field, pair.get(0).unwrap_or(&Json::Null));
                    }
                }
            }
            _ => known = false,
        }
    }
    points
}

/// The version that each entry left behind, as the store counts: the instant, and always later than the one before.
fn versions(steps: &[Step<'_>]) -> Vec<i64> {
    let mut versions = Vec::with_capacity(steps.len());
    let mut last: Option<i64> = None;
    for step in steps.iter().rev() {
        let version = match (step.action, last) {
            (Action::Update, Some(last)) => step.at.max(last + 1),
            _ => step.at,
        };
        last = Some(version);
        versions.push(version);
    }
    versions.reverse();
    versions
}

/// The record of a version; none where that version is none of its own.
#[must_use]
pub fn at_version(points: &[Point], version: i64) -> Option<&Json> {
    points.iter().find(|point| point.version == version)?.state.as_ref()
}

fn put(fields: &mut Map<String, Json>, field: &str, value: &Json) {
    if value.is_null() {
        fields.shift_remove(field);
    } else {
        fields.insert(field.to_owned(), value.clone());
    }
}

/// Fields of which the parts are facts of their own.
const PARTED: &[&str] = &["term", "origin", "origin.fields", "set_aside"];

/// A record's facts by their path: `title`, `term.end`, `origin.fields.end`.
#[must_use]
pub fn leaves(record: &Json) -> BTreeMap<String, Json> {
    let mut found = BTreeMap::new();
    gather("", record, &mut found);
    found
}

fn gather(path: &str, value: &Json, found: &mut BTreeMap<String, Json>) {
    match value {
        Json::Object(fields) if path.is_empty() || PARTED.contains(&path) => {
            for (name, value) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                gather(&path, value, found);
            }
        }
        Json::Null => {}
        value => {
            found.insert(path.to_owned(), value.clone());
        }
    }
}

/// One field that differs between two points, whole as the log has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The field.
    pub field: String,
    /// What it was.
    pub before: Json,
    /// What it is.
    pub after: Json,
}

/// Field by field what differs between two points of a record's history, in the order of the later one.
#[must_use]
pub fn compare(before: &Json, after: &Json) -> Vec<Difference> {
    let (Json::Object(old), Json::Object(new)) = (before, after) else { return Vec::new() };
    let gone = old.keys().filter(|field| !new.contains_key(*field));
    new.keys()
        .chain(gone)
        .map(|field| (field, old.get(field).unwrap_or(&Json::Null), new.get(field).unwrap_or(&Json::Null)))
        .filter(|(field, before, after)| before != after && *field != "updated_at")
        .map(|(field, before, after)| Difference { field: field.clone(), before: before.clone(), after: after.clone() })
        .collect()
}
