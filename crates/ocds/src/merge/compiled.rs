//! Compiled releases: each release is merged into the result in place.
//!
//! Values are moved, never cloned, and a field that no earlier release had is
//! tidied where it stands; that is what makes large merges quick. Nulls are
//! never stored: what a null removes is gone.

use std::borrow::Cow;

use super::identity::{Index, id_of, warn_of_duplicates};
use super::path::Path;
use super::{MergeError, Warning, date_of};
use crate::json::{Fields, Json};
use crate::rules::{ListMatch, Node, Rule, Rules, Treatment, treatment};

/// A compiled release in the making.
#[derive(Clone, Debug)]
pub(super) struct State<'r, 't> {
    rules: &'r Rules,
    data: Fields<'t>,
    warnings: Vec<Warning>,
}

impl<'r, 't> State<'r, 't> {
    pub(super) fn new(rules: &'r Rules) -> Self {
        let mut data = Fields::with_capacity(16);
        data.insert(Cow::Borrowed("tag"), Json::Array(vec![Json::text("compiled")]));
        Self { rules, data, warnings: Vec::new() }
    }

    pub(super) fn resume(rules: &'r Rules, compiled: Fields<'t>) -> Self {
        let mut state = Self::new(rules);
        for (field, value) in compiled {
            if field != "tag" {
                state.data.insert(field, value);
            }
        }
        state
    }

    pub(super) fn finish(self) -> (Json<'t>, Vec<Warning>) {
        (Json::Object(self.data), self.warnings)
    }

    pub(super) fn merge(&mut self, mut release: Fields<'t>) -> Result<(), MergeError> {
        // Schemas before 1.1.4 forget to omit the tag, and that of 1.0 omits the ocid.
        release.take("tag");
        let ocid = release.take("ocid");
        let dated = release.get("date").cloned();
        let id: Vec<Cow<'_, str>> = [&ocid, &dated].into_iter().flatten().filter_map(plain).collect();
        let id = Json::text(&id.join("-"));
        self.set("ocid", ocid);
        self.set("id", Some(id));
        self.set("date", dated);
        let date = date_of(&release);
        let mut walk = Walk { date, warnings: &mut self.warnings };
        walk.absorb(&mut self.data, release, Some(self.rules.root()), false, &Path::ROOT)
    }

    fn set(&mut self, field: &'static str, value: Option<Json<'t>>) {
        match value {
            Some(value) if !value.is_null() => self.data.insert(Cow::Borrowed(field), value),
            _ => drop(self.data.take(field)),
        }
    }
}

fn plain<'j>(value: &'j Json<'_>) -> Option<Cow<'j, str>> {
    value.as_text().or_else(|| value.as_scalar().map(Cow::Borrowed))
}

struct Walk<'w> {
    date: String,
    warnings: &'w mut Vec<Warning>,
}

impl<'t> Walk<'_> {
    /// Merges `incoming` into an object that is there. `keep_id`: it is an object of a list and its id is settled.
    fn absorb(
        &mut self,
        target: &mut Fields<'t>,
        incoming: Fields<'t>,
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
                            *there = Json::Gone;
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
                (Treatment::Object, Some(Json::Object(known))) => {
                    if let Json::Object(inner) = value {
                        self.absorb(known, inner, child, false, &here)?;
                    }
                }
                (Treatment::List, Some(Json::Array(known))) => {
                    if known.iter().all(Json::is_object) {
                        if let Json::Array(items) = value {
                            self.pair(known, items, child, &here)?;
                        }
                    } else if let Json::Array(items) = value {
                        *known = items;
                    }
                }
                (Treatment::Object | Treatment::List, Some(known)) => {
                    let later = value.kind();
                    if self.tidy(&mut value, child, &here)? {
                        return Err(self.inconsistent(known, later, &here));
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether a leaf may take the place of what is there.
    fn replaceable(&mut self, child: Option<&Node>, there: &Json<'t>, value: &Json<'t>, here: &Path<'_>) -> bool {
        let built = child.and_then(|child| child.rule) != Some(Rule::WholeList)
            && match there {
                Json::Object(_) => true,
                Json::Array(items) => items.iter().all(Json::is_object),
                _ => false,
            };
        if !built {
            return true;
        }
        if matches!((there, value), (Json::Array(_), Json::Array(_))) {
            self.warnings.push(Warning::ListReplaced { path: here.to_string() });
            return true;
        }
        let (kept, ignored) = (there.kind(), value.kind());
        self.warnings.push(Warning::ValueIgnored { path: here.to_string(), kept, ignored });
        false
    }

    /// Makes a value that no earlier release had fit to be kept: false when nothing of it is.
    fn tidy(&mut self, value: &mut Json<'t>, node: Option<&Node>, path: &Path<'_>) -> Result<bool, MergeError> {
        match (treatment(node, value), value) {
            (Treatment::Skip, _) => Ok(false),
            (Treatment::Object, Json::Object(fields)) => self.tidy_fields(fields, node, false, path),
            (Treatment::List, Json::Array(items)) => {
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
        fields: &mut Fields<'t>,
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
        known: &mut Vec<Json<'t>>,
        items: Vec<Json<'t>>,
        node: Option<&Node>,
        path: &Path<'_>,
    ) -> Result<(), MergeError> {
        warn_of_duplicates(&items, path, self.warnings);
        let matching = node.and_then(|node| node.matching);
        let mut index = Index::new(ids(known), items.len());
        for (position, item) in items.into_iter().enumerate() {
            let Json::Object(mut item) = item else {
                continue;
            };
            let place = match matching {
                Some(ListMatch::Append) => None,
                Some(ListMatch::ByPosition) => Some(position),
                None => id_of(&item).and_then(|id| index.find(ids(known), id)),
            };
            if let Some(Json::Object(there)) = place.and_then(|place| known.get_mut(place)) {
                let settled = there.get("id").is_some();
                self.absorb(there, item, node, settled, path)?;
            } else if self.tidy_fields(&mut item, node, true, path)? {
                index.note(id_of(&item), known.len());
                known.push(Json::Object(item));
            }
        }
        Ok(())
    }

    fn inconsistent(&self, earlier: &Json<'t>, later: &'static str, here: &Path<'_>) -> MergeError {
        MergeError::InconsistentType { path: here.to_string(), earlier: earlier.kind(), later, date: self.date.clone() }
    }
}

fn ids<'j, 't>(items: &'j [Json<'t>]) -> impl ExactSizeIterator<Item = Option<&'j Json<'t>>> {
    items.iter().map(|item| item.as_object().and_then(id_of))
}
