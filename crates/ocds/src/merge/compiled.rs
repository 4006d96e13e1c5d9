//! Compiled releases: each release is merged into the result in place.
//!
//! Values are moved, never cloned, and a field that no earlier release had is
//! tidied where it stands; that is what makes large merges quick. Nulls are
//! never stored: what a null removes is gone.

use serde_json::{Map, Value};

use super::identity::{Index, id_of, warn_of_duplicates};
use super::path::Path;
use super::{MergeError, Merged, Warning, as_release, by_date, date, kind_of};
use crate::rules::{ListMatch, Node, Rule, Rules, Treatment, treatment};

/// A compiled release in the making.
#[derive(Clone, Debug)]
pub struct Compiled<'r> {
    rules: &'r Rules,
    data: Map<String, Value>,
    warnings: Vec<Warning>,
    pushed: usize,
}

impl<'r> Compiled<'r> {
    pub(super) fn new(rules: &'r Rules) -> Self {
        let mut data = Map::new();
        data.insert("tag".to_owned(), Value::Array(vec![Value::String("compiled".to_owned())]));
        Self { rules, data, warnings: Vec::new(), pushed: 0 }
    }

    pub(super) fn resume(rules: &'r Rules, compiled: Value) -> Result<Self, MergeError> {
        let mut merged = Self::new(rules);
        for (field, value) in as_release(compiled, 1)? {
            if field != "tag" {
                merged.data.insert(field, value);
            }
        }
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

    /// The compiled release.
    pub fn finish(self) -> Merged {
        Merged { release: Value::Object(self.data), warnings: self.warnings }
    }

    fn merge(&mut self, mut release: Map<String, Value>) -> Result<(), MergeError> {
        self.pushed += 1;
        // Schemas before 1.1.4 forget to omit the tag, and that of 1.0 omits the ocid.
        release.shift_remove("tag");
        let ocid = release.shift_remove("ocid");
        let dated = release.get("date").cloned();
        let id: Vec<String> = [&ocid, &dated].into_iter().flatten().filter_map(plain).collect();
        self.set("ocid", ocid);
        self.set("id", Some(Value::String(id.join("-"))));
        self.set("date", dated);
        let dated = date(&release).unwrap_or("not known").to_owned();
        let mut walk = Walk { date: &dated, warnings: &mut self.warnings };
        walk.absorb(&mut self.data, release, Some(self.rules.root()), false, &Path::ROOT)
    }

    fn set(&mut self, field: &str, value: Option<Value>) {
        match value {
            Some(value) if !value.is_null() => self.data.insert(field.to_owned(), value),
            _ => self.data.shift_remove(field),
        };
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

struct Walk<'w> {
    date: &'w str,
    warnings: &'w mut Vec<Warning>,
}

impl Walk<'_> {
    /// Merges `incoming` into an object that is there. `keep_id`: it is an object of a list and its id is settled.
    fn absorb(
        &mut self,
        target: &mut Map<String, Value>,
        incoming: Map<String, Value>,
        node: Option<&Node>,
        keep_id: bool,
        path: &Path<'_>,
    ) -> Result<(), MergeError> {
        for (field, mut value) in incoming {
            if keep_id && field == "id" {
                continue;
            }
            let child = node.and_then(|node| node.child(&field));
            let here = path.then(&field);
            let there = target.get_mut(&field);
            match (treatment(child, &value), there) {
                (Treatment::Skip, _) => {}
                (Treatment::Leaf, Some(there)) => {
                    if self.replaceable(child, there, &value, &here) {
                        if value.is_null() {
                            target.shift_remove(&field);
                        } else {
                            *there = value;
                        }
                    }
                }
                (_, None) => {
                    if self.tidy(&mut value, child, &here)? && !value.is_null() {
                        target.insert(field, value);
                    }
                }
                (Treatment::Object, Some(Value::Object(known))) => {
                    if let Value::Object(inner) = value {
                        self.absorb(known, inner, child, false, &here)?;
                    }
                }
                (Treatment::List, Some(Value::Array(known))) => {
                    if known.iter().all(Value::is_object) {
                        if let Value::Array(items) = value {
                            self.pair(known, items, child, &here)?;
                        }
                    } else if let Value::Array(items) = value {
                        *known = items;
                    }
                }
                (Treatment::Object | Treatment::List, Some(known)) => {
                    let later = kind_of(&value);
                    if self.tidy(&mut value, child, &here)? {
                        return Err(self.inconsistent(known, later, &here));
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether a leaf may take the place of what is there.
    fn replaceable(&mut self, child: Option<&Node>, there: &Value, value: &Value, here: &Path<'_>) -> bool {
        let built = child.and_then(|child| child.rule) != Some(Rule::WholeList)
            && match there {
                Value::Object(_) => true,
                Value::Array(items) => items.iter().all(Value::is_object),
                _ => false,
            };
        if !built {
            return true;
        }
        if there.is_array() && value.is_array() {
            self.warnings.push(Warning::ListReplaced { path: here.to_string() });
            return true;
        }
        let (kept, ignored) = (kind_of(there), kind_of(value));
        self.warnings.push(Warning::ValueIgnored { path: here.to_string(), kept, ignored });
        false
    }

    /// Makes a value that no earlier release had fit to be kept: false when nothing of it is.
    fn tidy(&mut self, value: &mut Value, node: Option<&Node>, path: &Path<'_>) -> Result<bool, MergeError> {
        match (treatment(node, value), value) {
            (Treatment::Skip, _) => Ok(false),
            (Treatment::Object, Value::Object(fields)) => self.tidy_fields(fields, node, false, path),
            (Treatment::List, Value::Array(items)) => {
                let incoming = std::mem::take(items);
                items.reserve_exact(incoming.len());
                self.pair(items, incoming, node, path)?;
                Ok(!items.is_empty())
            }
            _ => Ok(true),
        }
    }

    fn tidy_fields(
        &mut self,
        fields: &mut Map<String, Value>,
        node: Option<&Node>,
        in_list: bool,
        path: &Path<'_>,
    ) -> Result<bool, MergeError> {
        let mut says_something = false;
        let mut failure = None;
        fields.retain(|field, value| {
            let child = node.and_then(|node| node.child(field));
            if in_list && field == "id" && !value.is_null() {
                says_something |= child.and_then(|child| child.rule) != Some(Rule::Omit);
                return true;
            }
            match self.tidy(value, child, &path.then(field)) {
                Ok(kept) => {
                    says_something |= kept;
                    kept && !value.is_null()
                }
                Err(error) => {
                    failure.get_or_insert(error);
                    false
                }
            }
        });
        failure.map_or(Ok(says_something), Err)
    }

    /// Merges a list of objects into the one that is there, object by object.
    fn pair(
        &mut self,
        known: &mut Vec<Value>,
        items: Vec<Value>,
        node: Option<&Node>,
        path: &Path<'_>,
    ) -> Result<(), MergeError> {
        warn_of_duplicates(&items, path, self.warnings);
        let matching = node.and_then(|node| node.matching);
        let mut index = Index::new(ids(known), items.len());
        for (position, item) in items.into_iter().enumerate() {
            let Value::Object(mut item) = item else {
                continue;
            };
            let place = match matching {
                Some(ListMatch::Append) => None,
                Some(ListMatch::ByPosition) => Some(position),
                None => id_of(&item).and_then(|id| index.find(ids(known), id)),
            };
            if let Some(Value::Object(there)) = place.and_then(|place| known.get_mut(place)) {
                let settled = there.contains_key("id");
                self.absorb(there, item, node, settled, path)?;
            } else if self.tidy_fields(&mut item, node, true, path)? {
                index.note(id_of(&item), known.len());
                known.push(Value::Object(item));
            }
        }
        Ok(())
    }

    fn inconsistent(&self, earlier: &Value, later: &'static str, here: &Path<'_>) -> MergeError {
        MergeError::InconsistentType {
            path: here.to_string(),
            earlier: kind_of(earlier),
            later,
            date: self.date.to_owned(),
        }
    }
}

fn ids(items: &[Value]) -> impl ExactSizeIterator<Item = Option<&Value>> {
    items.iter().map(|item| item.as_object().and_then(id_of))
}
