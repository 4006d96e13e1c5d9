//! Versioned releases: a tree in which every leaf is a history.
//!
//! The tree is its own type, because in JSON a history, a list of objects and a
//! list of literals all look alike.

use std::borrow::Cow;

use indexmap::IndexMap;

use super::identity::{Index, id_of, same, warn_of_duplicates};
use super::path::Path;
use super::{MergeError, Warning, date_of};
use crate::json::{Fields, Json};
use crate::rules::{ListMatch, Node, Rule, Rules, Treatment, treatment};

/// A versioned release in the making.
#[derive(Clone, Debug)]
pub(super) struct State<'r, 't> {
    rules: &'r Rules,
    ocid: Option<Json<'t>>,
    branches: Branches<'t>,
    stamps: Vec<Stamp<'t>>,
    warnings: Vec<Warning>,
}

type Branches<'t> = IndexMap<Cow<'t, str>, Branch<'t>>;

#[derive(Clone, Debug)]
enum Branch<'t> {
    History(Vec<Entry<'t>>),
    Object(Branches<'t>),
    List(Vec<Item<'t>>),
}

#[derive(Clone, Debug)]
struct Item<'t> {
    /// Inside a list an id identifies and has no history.
    id: Option<Json<'t>>,
    branches: Branches<'t>,
}

#[derive(Clone, Debug)]
struct Entry<'t> {
    /// Which of the stamps; kept apart so that a thousand leaves of a release share one.
    stamp: usize,
    value: Json<'t>,
}

/// The release that brought a value.
#[derive(Clone, Debug)]
struct Stamp<'t> {
    id: Json<'t>,
    date: Json<'t>,
    tag: Json<'t>,
}

impl<'r, 't> State<'r, 't> {
    pub(super) fn new(rules: &'r Rules) -> Self {
        let (branches, stamps, warnings) = (Branches::new(), Vec::new(), Vec::new());
        Self { rules, ocid: None, branches, stamps, warnings }
    }

    pub(super) fn resume(rules: &'r Rules, mut versioned: Fields<'t>) -> Result<Self, MergeError> {
        let mut state = Self::new(rules);
        state.ocid = versioned.take("ocid");
        state.branches = read_fields(versioned, &mut state.stamps, &Path::ROOT)?;
        Ok(state)
    }

    pub(super) fn finish(self) -> (Json<'t>, Vec<Warning>) {
        let mut release = Fields::with_capacity(self.branches.len() + 1);
        if let Some(ocid) = self.ocid.filter(|ocid| !ocid.is_null()) {
            release.insert(Cow::Borrowed("ocid"), ocid);
        }
        write_fields(self.branches, &self.stamps, &mut release);
        (Json::Object(release), self.warnings)
    }

    pub(super) fn merge(&mut self, mut release: Fields<'t>) -> Result<(), MergeError> {
        self.ocid = release.take("ocid");
        let stamp = self.stamps.len();
        let or_null = |field: Option<&Json<'t>>| field.cloned().unwrap_or(Json::Null);
        self.stamps.push(Stamp {
            id: or_null(release.get("id")),
            date: or_null(release.get("date")),
            tag: release.take("tag").unwrap_or(Json::Null),
        });
        let date = date_of(&release);
        let mut walk = Walk { stamp, date, warnings: &mut self.warnings };
        walk.absorb(&mut self.branches, release, Some(self.rules.root()), false, &Path::ROOT)
    }
}

struct Walk<'w> {
    stamp: usize,
    date: String,
    warnings: &'w mut Vec<Warning>,
}

impl<'t> Walk<'_> {
    fn absorb(
        &mut self,
        target: &mut Branches<'t>,
        incoming: Fields<'t>,
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
                (Treatment::Object, Json::Object(inner), Some(Branch::Object(known))) => {
                    self.absorb(known, inner, child, false, &here)?;
                }
                (Treatment::List, Json::Array(items), Some(Branch::List(known))) => {
                    self.pair(known, items, child, &here)?;
                }
                // The list was replaced as a whole before, and so it is again.
                (Treatment::List, value, Some(Branch::History(history)))
                    if history.last().is_some_and(|last| matches!(last.value, Json::Array(_))) =>
                {
                    self.note(history, value);
                }
                (Treatment::Leaf, value, Some(Branch::History(history))) => self.note(history, value),
                (Treatment::Leaf, value, Some(known)) => self.warnings.push(Warning::ValueIgnored {
                    path: here.to_string(),
                    kept: known.kind(),
                    ignored: value.kind(),
                }),
                (_, value, there) => {
                    let later = value.kind();
                    let Some(fresh) = self.fresh(treatment, value, child, &here)? else {
                        continue;
                    };
                    // What was only ever null says nothing about the field's kind.
                    let earlier = there.filter(|there| !there.is_null()).map(|there| there.kind());
                    if let Some(earlier) = earlier {
                        let (path, date) = (here.to_string(), self.date.clone());
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
        value: Json<'t>,
        node: Option<&Node>,
        path: &Path<'_>,
    ) -> Result<Option<Branch<'t>>, MergeError> {
        match (treatment, value) {
            (Treatment::Object, Json::Object(inner)) => {
                let mut branches = Branches::new();
                self.absorb(&mut branches, inner, node, false, path)?;
                Ok((!branches.is_empty()).then_some(Branch::Object(branches)))
            }
            (Treatment::List, Json::Array(incoming)) => {
                let mut items = Vec::with_capacity(incoming.len());
                self.pair(&mut items, incoming, node, path)?;
                Ok((!items.is_empty()).then_some(Branch::List(items)))
            }
            (_, value) => Ok(Some(Branch::History(vec![Entry { stamp: self.stamp, value }]))),
        }
    }

    /// Adds a value to a history. One release has one say: of objects that share an id the last one's counts.
    fn note(&self, history: &mut Vec<Entry<'t>>, value: Json<'t>) {
        history.pop_if(|last| last.stamp == self.stamp);
        if !history.last().is_some_and(|last| same(&last.value, &value)) {
            history.push(Entry { stamp: self.stamp, value });
        }
    }

    fn pair(
        &mut self,
        known: &mut Vec<Item<'t>>,
        items: Vec<Json<'t>>,
        node: Option<&Node>,
        path: &Path<'_>,
    ) -> Result<(), MergeError> {
        warn_of_duplicates(&items, path, self.warnings);
        let matching = node.and_then(|node| node.matching);
        let id_rule = node.and_then(|node| node.child("id")).and_then(|node| node.rule);
        let mut index = Index::new(ids(known), items.len());
        for (position, item) in items.into_iter().enumerate() {
            let Json::Object(item) = item else {
                continue;
            };
            let place = match matching {
                Some(ListMatch::Append) => None,
                Some(ListMatch::ByPosition) => Some(position),
                None => id_of(&item).and_then(|id| index.find(ids(known), id)),
            };
            if let Some(there) = place.and_then(|place| known.get_mut(place)) {
                self.absorb(&mut there.branches, item, node, there.id.is_some(), path)?;
                continue;
            }
            let id = id_of(&item).cloned();
            let mut branches = Branches::new();
            self.absorb(&mut branches, item, node, id.is_some(), path)?;
            if !branches.is_empty() || (id.is_some() && id_rule != Some(Rule::Omit)) {
                index.note(id.as_ref(), known.len());
                known.push(Item { id, branches });
            }
        }
        Ok(())
    }
}

impl Branch<'_> {
    fn kind(&self) -> &'static str {
        match self {
            Branch::History(history) => history.last().map_or("null", |last| last.value.kind()),
            Branch::Object(_) => "an object",
            Branch::List(_) => "a list",
        }
    }

    fn is_null(&self) -> bool {
        matches!(self, Branch::History(history) if history.iter().all(|entry| entry.value.is_null()))
    }
}

fn ids<'j, 't>(items: &'j [Item<'t>]) -> impl ExactSizeIterator<Item = Option<&'j Json<'t>>> {
    items.iter().map(|item| item.id.as_ref())
}

fn write_fields<'t>(branches: Branches<'t>, stamps: &[Stamp<'t>], into: &mut Fields<'t>) {
    for (field, branch) in branches {
        into.insert(field, write_branch(branch, stamps));
    }
}

fn write_branch<'t>(branch: Branch<'t>, stamps: &[Stamp<'t>]) -> Json<'t> {
    match branch {
        Branch::History(history) => Json::Array(history.into_iter().map(|entry| write_entry(entry, stamps)).collect()),
        Branch::Object(branches) => {
            let mut object = Fields::with_capacity(branches.len());
            write_fields(branches, stamps, &mut object);
            Json::Object(object)
        }
        Branch::List(items) => {
            let items = items.into_iter().map(|item| {
                let mut object = Fields::with_capacity(item.branches.len() + 1);
                if let Some(id) = item.id {
                    object.insert(Cow::Borrowed("id"), id);
                }
                write_fields(item.branches, stamps, &mut object);
                Json::Object(object)
            });
            Json::Array(items.collect())
        }
    }
}

fn write_entry<'t>(entry: Entry<'t>, stamps: &[Stamp<'t>]) -> Json<'t> {
    let mut object = Fields::with_capacity(4);
    if let Some(stamp) = stamps.get(entry.stamp) {
        object.insert(Cow::Borrowed("releaseID"), stamp.id.clone());
        object.insert(Cow::Borrowed("releaseDate"), stamp.date.clone());
        object.insert(Cow::Borrowed("releaseTag"), stamp.tag.clone());
    }
    object.insert(Cow::Borrowed("value"), entry.value);
    Json::Object(object)
}

const ENTRY_FIELDS: [&str; 4] = ["releaseID", "releaseDate", "releaseTag", "value"];

fn is_history(items: &[Json<'_>]) -> bool {
    let is_entry = |entry: &Fields<'_>| entry.iter().count() == 4 && ENTRY_FIELDS.iter().all(|field| entry.get(field).is_some());
    !items.is_empty() && items.iter().all(|item| item.as_object().is_some_and(is_entry))
}

fn read_fields<'t>(fields: Fields<'t>, stamps: &mut Vec<Stamp<'t>>, path: &Path<'_>) -> Result<Branches<'t>, MergeError> {
    let mut read = Branches::new();
    for (field, value) in fields {
        let branch = read_branch(value, stamps, &path.then(&field))?;
        read.insert(field, branch);
    }
    Ok(read)
}

fn read_branch<'t>(value: Json<'t>, stamps: &mut Vec<Stamp<'t>>, path: &Path<'_>) -> Result<Branch<'t>, MergeError> {
    match value {
        Json::Array(items) if is_history(&items) => {
            Ok(Branch::History(items.into_iter().map(|item| read_entry(item, stamps)).collect()))
        }
        Json::Object(fields) => Ok(Branch::Object(read_fields(fields, stamps, path)?)),
        Json::Array(items) if items.iter().all(Json::is_object) => {
            let mut read = Vec::with_capacity(items.len());
            for item in items {
                if let Json::Object(mut fields) = item {
                    // An id with a history is that of an object paired by position; any other is as the publisher wrote it.
                    let has_plain_id = fields.get("id").is_some_and(|id| !matches!(id, Json::Array(_)));
                    let id = if has_plain_id { fields.take("id") } else { None };
                    read.push(Item { id, branches: read_fields(fields, stamps, path)? });
                }
            }
            Ok(Branch::List(read))
        }
        _ => Err(MergeError::NotVersioned { path: path.to_string() }),
    }
}

fn read_entry<'t>(item: Json<'t>, stamps: &mut Vec<Stamp<'t>>) -> Entry<'t> {
    let mut fields = match item {
        Json::Object(fields) => fields,
        _ => Fields::new(),
    };
    let mut take = |field: &str| fields.take(field).unwrap_or(Json::Null);
    let stamp = Stamp { id: take("releaseID"), date: take("releaseDate"), tag: take("releaseTag") };
    let value = take("value");
    // Fields of one release stand together, so mostly the last stamp fits.
    let fits = |last: &Stamp<'_>| same(&last.id, &stamp.id) && same(&last.date, &stamp.date) && same(&last.tag, &stamp.tag);
    if !stamps.last().is_some_and(fits) {
        stamps.push(stamp);
    }
    Entry { stamp: stamps.len().saturating_sub(1), value }
}
