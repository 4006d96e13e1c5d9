//! Versioned releases: a tree in which every leaf is a history.
//!
//! The tree is its own type, because in JSON a history, a list of objects and a
//! list of literals all look alike.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::identity::{Index, id_of, same, warn_of_duplicates};
use super::path::Path;
use super::{MergeError, Merged, Warning, as_release, by_date, date, kind_of};
use crate::rules::{ListMatch, Node, Rule, Rules, Treatment, treatment};

/// A versioned release in the making.
#[derive(Clone, Debug)]
pub struct Versioned<'r> {
    rules: &'r Rules,
    ocid: Option<Value>,
    fields: Fields,
    stamps: Vec<Stamp>,
    warnings: Vec<Warning>,
    pushed: usize,
}

type Fields = IndexMap<String, Branch>;

#[derive(Clone, Debug)]
enum Branch {
    History(Vec<Entry>),
    Object(Fields),
    List(Vec<Item>),
}

#[derive(Clone, Debug)]
struct Item {
    /// Inside a list an id identifies and has no history.
    id: Option<Value>,
    fields: Fields,
}

#[derive(Clone, Debug)]
struct Entry {
    /// Which of the stamps; kept apart so that a thousand leaves of a release share one.
    stamp: usize,
    value: Value,
}

/// The release that brought a value.
#[derive(Clone, Debug)]
struct Stamp {
    id: Value,
    date: Value,
    tag: Value,
}

impl<'r> Versioned<'r> {
    pub(super) fn new(rules: &'r Rules) -> Self {
        Self {
            rules,
            ocid: None,
            fields: Fields::new(),
            stamps: Vec::new(),
            warnings: Vec::new(),
            pushed: 0,
        }
    }

    pub(super) fn resume(rules: &'r Rules, versioned: Value) -> Result<Self, MergeError> {
        let mut merged = Self::new(rules);
        let mut release = as_release(versioned, 1)?;
        merged.ocid = release.shift_remove("ocid");
        merged.fields = read_fields(release, &mut merged.stamps, &Path::ROOT)?;
        Ok(merged)
    }

    /// Merges one more release, which is taken to be the latest.
    ///
    /// After an error the result is half merged: drop it.
    pub fn push(&mut self, release: Value) -> Result<(), MergeError> {
        let release = as_release(release, self.pushed + 1)?;
        self.merge(release)
    }

    /// Orders releases by date and merges them; all are taken to be later than those before.
    pub fn extend(&mut self, releases: Vec<Value>) -> Result<(), MergeError> {
        by_date(releases)?.into_iter().try_for_each(|release| self.merge(release))
    }

    /// The versioned release.
    pub fn finish(self) -> Merged {
        let mut release = Map::new();
        if let Some(ocid) = self.ocid.filter(|ocid| !ocid.is_null()) {
            release.insert("ocid".to_owned(), ocid);
        }
        write_fields(self.fields, &self.stamps, &mut release);
        Merged { release: Value::Object(release), warnings: self.warnings }
    }

    fn merge(&mut self, mut release: Map<String, Value>) -> Result<(), MergeError> {
        self.pushed += 1;
        self.ocid = release.shift_remove("ocid");
        let stamp = self.stamps.len();
        let or_null = |field: Option<&Value>| field.cloned().unwrap_or(Value::Null);
        self.stamps.push(Stamp {
            id: or_null(release.get("id")),
            date: or_null(release.get("date")),
            tag: release.shift_remove("tag").unwrap_or(Value::Null),
        });
        let dated = date(&release).unwrap_or("not known").to_owned();
        let mut walk = Walk { stamp, date: &dated, warnings: &mut self.warnings };
        walk.absorb(&mut self.fields, release, Some(self.rules.root()), false, &Path::ROOT)
    }
}

struct Walk<'w> {
    stamp: usize,
    date: &'w str,
    warnings: &'w mut Vec<Warning>,
}

impl Walk<'_> {
    fn absorb(
        &mut self,
        target: &mut Fields,
        incoming: Map<String, Value>,
        node: Option<&Node>,
        keep_id: bool,
        path: &Path<'_>,
    ) -> Result<(), MergeError> {
        for (field, value) in incoming {
            if keep_id && field == "id" {
                continue;
            }
            let child = node.and_then(|node| node.child(&field));
            let here = path.then(&field);
            let treatment = treatment(child, &value);
            match (treatment, value, target.get_mut(&field)) {
                (Treatment::Skip, _, _) => {}
                (Treatment::Object, Value::Object(inner), Some(Branch::Object(known))) => {
                    self.absorb(known, inner, child, false, &here)?;
                }
                (Treatment::List, Value::Array(items), Some(Branch::List(known))) => {
                    self.pair(known, items, child, &here)?;
                }
                // The list was replaced as a whole before, and so it is again.
                (Treatment::List, value, Some(Branch::History(history)))
                    if history.last().is_some_and(|last| last.value.is_array()) =>
                {
                    self.note(history, value);
                }
                (Treatment::Leaf, value, Some(Branch::History(history))) => self.note(history, value),
                (Treatment::Leaf, value, Some(known)) => self.warnings.push(Warning::ValueIgnored {
                    path: here.to_string(),
                    kept: known.kind(),
                    ignored: kind_of(&value),
                }),
                (_, value, there) => {
                    let later = kind_of(&value);
                    let Some(fresh) = self.fresh(treatment, value, child, &here)? else {
                        continue;
                    };
                    // What was only ever null says nothing about the field's kind.
                    let earlier = there.filter(|there| !there.is_null()).map(|there| there.kind());
                    if let Some(earlier) = earlier {
                        let (path, date) = (here.to_string(), self.date.to_owned());
                        return Err(MergeError::InconsistentType { path, earlier, later, date });
                    }
                    target.insert(field, fresh);
                }
            }
        }
        Ok(())
    }

    /// The branch for a value that no earlier release had, or none when nothing of it is kept.
    fn fresh(
        &mut self,
        treatment: Treatment,
        value: Value,
        node: Option<&Node>,
        path: &Path<'_>,
    ) -> Result<Option<Branch>, MergeError> {
        match (treatment, value) {
            (Treatment::Object, Value::Object(inner)) => {
                let mut fields = Fields::new();
                self.absorb(&mut fields, inner, node, false, path)?;
                Ok((!fields.is_empty()).then_some(Branch::Object(fields)))
            }
            (Treatment::List, Value::Array(incoming)) => {
                let mut items = Vec::with_capacity(incoming.len());
                self.pair(&mut items, incoming, node, path)?;
                Ok((!items.is_empty()).then_some(Branch::List(items)))
            }
            (_, value) => Ok(Some(Branch::History(vec![Entry { stamp: self.stamp, value }]))),
        }
    }

    fn note(&self, history: &mut Vec<Entry>, value: Value) {
        if !history.last().is_some_and(|last| same(&last.value, &value)) {
            history.push(Entry { stamp: self.stamp, value });
        }
    }

    fn pair(
        &mut self,
        known: &mut Vec<Item>,
        items: Vec<Value>,
        node: Option<&Node>,
        path: &Path<'_>,
    ) -> Result<(), MergeError> {
        warn_of_duplicates(&items, path, self.warnings);
        let matching = node.and_then(|node| node.matching);
        let id_rule = node.and_then(|node| node.child("id")).and_then(|node| node.rule);
        let mut index = Index::new(ids(known), items.len());
        for (position, item) in items.into_iter().enumerate() {
            let Value::Object(item) = item else {
                continue;
            };
            let place = match matching {
                Some(ListMatch::Append) => None,
                Some(ListMatch::ByPosition) => Some(position),
                None => id_of(&item).and_then(|id| index.find(ids(known), id)),
            };
            if let Some(there) = place.and_then(|place| known.get_mut(place)) {
                self.absorb(&mut there.fields, item, node, there.id.is_some(), path)?;
                continue;
            }
            let id = id_of(&item).cloned();
            let mut fields = Fields::new();
            self.absorb(&mut fields, item, node, id.is_some(), path)?;
            if !fields.is_empty() || (id.is_some() && id_rule != Some(Rule::Omit)) {
                index.note(id.as_ref(), known.len());
                known.push(Item { id, fields });
            }
        }
        Ok(())
    }
}

impl Branch {
    fn kind(&self) -> &'static str {
        match self {
            Branch::History(history) => history.last().map_or("null", |last| kind_of(&last.value)),
            Branch::Object(_) => "an object",
            Branch::List(_) => "a list",
        }
    }

    fn is_null(&self) -> bool {
        matches!(self, Branch::History(history) if history.iter().all(|entry| entry.value.is_null()))
    }
}

fn ids(items: &[Item]) -> impl ExactSizeIterator<Item = Option<&Value>> {
    items.iter().map(|item| item.id.as_ref())
}

fn write_fields(fields: Fields, stamps: &[Stamp], into: &mut Map<String, Value>) {
    for (field, branch) in fields {
        into.insert(field, write_branch(branch, stamps));
    }
}

fn write_branch(branch: Branch, stamps: &[Stamp]) -> Value {
    match branch {
        Branch::History(history) => history.into_iter().map(|entry| write_entry(entry, stamps)).collect(),
        Branch::Object(fields) => {
            let mut object = Map::with_capacity(fields.len());
            write_fields(fields, stamps, &mut object);
            Value::Object(object)
        }
        Branch::List(items) => items
            .into_iter()
            .map(|item| {
                let mut object = Map::with_capacity(item.fields.len() + 1);
                object.extend(item.id.map(|id| ("id".to_owned(), id)));
                write_fields(item.fields, stamps, &mut object);
                Value::Object(object)
            })
            .collect(),
    }
}

fn write_entry(entry: Entry, stamps: &[Stamp]) -> Value {
    let mut object = Map::with_capacity(4);
    if let Some(stamp) = stamps.get(entry.stamp) {
        object.insert("releaseID".to_owned(), stamp.id.clone());
        object.insert("releaseDate".to_owned(), stamp.date.clone());
        object.insert("releaseTag".to_owned(), stamp.tag.clone());
    }
    object.insert("value".to_owned(), entry.value);
    Value::Object(object)
}

const ENTRY_FIELDS: [&str; 4] = ["releaseID", "releaseDate", "releaseTag", "value"];

fn is_history(items: &[Value]) -> bool {
    !items.is_empty()
        && items.iter().all(|item| {
            item.as_object()
                .is_some_and(|entry| entry.len() == 4 && ENTRY_FIELDS.iter().all(|field| entry.contains_key(*field)))
        })
}

fn read_fields(fields: Map<String, Value>, stamps: &mut Vec<Stamp>, path: &Path<'_>) -> Result<Fields, MergeError> {
    let mut read = Fields::with_capacity(fields.len());
    for (field, value) in fields {
        let branch = read_branch(value, stamps, &path.then(&field))?;
        read.insert(field, branch);
    }
    Ok(read)
}

fn read_branch(value: Value, stamps: &mut Vec<Stamp>, path: &Path<'_>) -> Result<Branch, MergeError> {
    match value {
        Value::Array(items) if is_history(&items) => {
            Ok(Branch::History(items.into_iter().map(|item| read_entry(item, stamps)).collect()))
        }
        Value::Object(fields) => Ok(Branch::Object(read_fields(fields, stamps, path)?)),
        Value::Array(items) if items.iter().all(Value::is_object) => {
            let mut read = Vec::with_capacity(items.len());
            for item in items {
                if let Value::Object(mut fields) = item {
                    // An id that was null has a history; any other is as the publisher wrote it.
                    let has_plain_id = fields.get("id").is_some_and(|id| !id.is_array());
                    let id = if has_plain_id { fields.shift_remove("id") } else { None };
                    read.push(Item { id, fields: read_fields(fields, stamps, path)? });
                }
            }
            Ok(Branch::List(read))
        }
        _ => Err(MergeError::NotVersioned { path: path.to_string() }),
    }
}

fn read_entry(item: Value, stamps: &mut Vec<Stamp>) -> Entry {
    let mut fields = match item {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    let mut take = |field: &str| fields.shift_remove(field).unwrap_or(Value::Null);
    let stamp = Stamp { id: take("releaseID"), date: take("releaseDate"), tag: take("releaseTag") };
    let value = take("value");
    // Fields of one release stand together, so mostly the last stamp fits.
    let known = stamps.last().is_some_and(|last| last.id == stamp.id && last.date == stamp.date && last.tag == stamp.tag);
    if !known {
        stamps.push(stamp);
    }
    Entry { stamp: stamps.len().saturating_sub(1), value }
}
