//! One change of a record taken back by a new change, whatever kind of record it is: over the JSON of the change log, fact by
//! fact (see [`super::past::leaves`]). What came later stays. Where the same fact was changed again since, both values are
//! given back, for a person to choose.

use super::{
    Refusal,
    merge::PERSON,
    past::{Step, leaves},
};
use crate::audit::Action;
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// A change to take back, and what is known of it beside what it says.
#[derive(Clone, Copy)]
pub struct Undo<'c> {
    /// The change.
    pub step: Step<'c>,
    /// Whether an import made it: where a field came from then stays as it is, and what a person takes back is that person's
    /// word from now on, so that the next import of the same file does not bring it again.
    pub by_import: bool,
    /// Whether a field's origin is kept, so that a person who chooses its value is said to have set it.
    pub signed: &'c dyn Fn(&str) -> bool,
    /// Of facts that were changed again since, by path: whether what stood before the change comes back, or what stands stays.
    pub chosen: &'c BTreeMap<String, bool>,
}

/// A fact that the change set and somebody changed again since.
#[derive(Clone, Debug, PartialEq)]
pub struct Contested {
    /// Its path: `title`, `term.end`.
    pub path: String,
    /// What stood before the change that is to be undone.
    pub before: Json,
    /// What stands now.
    pub now: Json,
}

/// What taking a change back makes of the record.
#[derive(Clone, Debug, PartialEq)]
pub enum Undone {
    /// The record as it is to be.
    Changed(Json),
    /// The change made the record: it goes.
    Removed,
    /// The change removed the record: it comes back as it was.
    Revived(Json),
    /// These facts were changed again since: a person has to choose, and nothing may be written before.
    Asks(Vec<Contested>),
}

/// Takes a change back from the record as it stands; `current` is none where the record is gone.
///
/// # Errors
/// Where nothing of the change is left to undo, or what it said was erased.
pub fn undo(current: Option<&Json>, undo: &Undo<'_>) -> Result<Undone, Refusal> {
    let Some(content) = undo.step.content else { return Err(Refusal::Erased) };
    match (undo.step.action, current, content) {
        (Action::Create, Some(_), _) => Ok(Undone::Removed),
        (Action::Delete, None, content) => Ok(Undone::Revived(content.clone())),
        (Action::Update, Some(current), Json::Object(changes)) => update(current, changes, undo),
        _ => Err(Refusal::NothingToUndo),
    }
}

fn update(current: &Json, changes: &Map<String, Json>, undo: &Undo<'_>) -> Result<Undone, Refusal> {
    let side = |place: usize| {
        let fields = changes.iter().map(|(field, pair)| (field.clone(), pair.get(place).cloned().unwrap_or(Json::Null)));
        leaves(&Json::Object(fields.collect()))
    };
    let (before, after) = (side(0), side(1));
    let mut now = leaves(current);
    let (mut asks, mut signed) = (Vec::new(), Vec::new());
    let mut undone: BTreeSet<&str> = BTreeSet::new();
    let mut paths: Vec<&String> = before.keys().chain(after.keys()).collect::<BTreeSet<_>>().into_iter().collect();
    // Where a fact came from goes back with the fact, so facts come first.
    paths.sort_by_key(|path| is_origin(path));
    for path in paths {
        let (was, became) = (before.get(path), after.get(path));
        // The program's own business is nothing that a person could choose between.
        let is_own = path == "key" || is_origin(path);
        if was == became || undo.by_import && is_origin(path) {
            continue;
        }
        let held = now.get(path);
        let back = match undo.chosen.get(path) {
            // Something before it put it back already.
            _ if held == was => false,
            _ if path.strip_prefix("origin.fields.").is_some_and(|field| !undone.contains(field)) => false,
            _ if held == became => {
                if undo.by_import && !is_own {
                    signed.push(path);
                }
                true
            }
            _ if is_own => false,
            Some(back) => {
                if *back {
                    signed.push(path);
                }
                *back
            }
            None => {
                let value = |value: Option<&Json>| value.cloned().unwrap_or_default();
                asks.push(Contested { path: path.clone(), before: value(was), now: value(held) });
                false
            }
        };
        if back {
            undone.insert(field_of(path));
            match was {
                Some(value) => now.insert(path.clone(), value.clone()),
                None => now.remove(path),
            };
        }
    }
    if !asks.is_empty() {
        return Ok(Undone::Asks(asks));
    }
    if undone.is_empty() {
        return Err(Refusal::NothingToUndo);
    }
    for path in signed {
        let field = field_of(path);
        if (undo.signed)(field) {
            now.insert(format!("origin.fields.{field}"), PERSON.into());
        }
    }
    Ok(Undone::Changed(planted(current, &now)))
}

/// A fact's field as origins name it: the parts of a term, and a notice's address, have names of their own.
fn field_of(path: &str) -> &str {
    path.strip_prefix("term.").or_else(|| path.strip_prefix("origin.")).unwrap_or(path)
}

/// Whether a fact says where others came from; a notice's address and process stand there too, and are facts of their own.
fn is_origin(path: &str) -> bool {
    path.starts_with("origin.") && path != "origin.url" && path != "origin.ocid"
}

/// A record from its facts, its fields in the order in which the record had them.
fn planted(order: &Json, leaves: &BTreeMap<String, Json>) -> Json {
    let mut record = Map::new();
    let names = order.as_object().into_iter().flat_map(Map::keys);
    let firsts = leaves.keys().map(|path| path.split('.').next().unwrap_or(path));
    for name in names.map(String::as_str).chain(firsts) {
        if !record.contains_key(name) {
            record.insert(name.to_owned(), Json::Null);
        }
    }
    for (path, value) in leaves {
        let mut parts: Vec<&str> = path.splitn(3, '.').collect();
        // Only 'origin.fields' and 'set_aside' have names of their own making, which may hold a full stop.
        if parts.len() == 3 && !path.starts_with("origin.fields.") {
            parts = path.splitn(2, '.').collect();
        }
        plant(&mut record, &parts, value);
    }
    record.retain(|_, value| !value.is_null());
    Json::Object(record)
}

fn plant(fields: &mut Map<String, Json>, path: &[&str], value: &Json) {
    match path {
        [] => {}
        [name] => {
            fields.insert((*name).to_owned(), value.clone());
        }
        [name, rest @ ..] => {
            let inner = fields.entry((*name).to_owned()).or_insert(Json::Null);
            if !inner.is_object() {
                *inner = Json::Object(Map::new());
            }
            if let Json::Object(inner) = inner {
                plant(inner, rest, value);
            }
        }
    }
}
