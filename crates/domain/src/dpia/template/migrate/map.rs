//! The map from one version of a template to the next, and whether it is whole.

use crate::dpia::{file::Document, template::Template};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What becomes of the fields of the version before. A field that is not named keeps its id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VersionMap {
    /// The version before.
    pub version: String,
    /// Fields that have another id now.
    pub renamed: Vec<Renamed>,
    /// Fields that became several: the answer moves whole to the first, for a person to divide.
    pub split: Vec<Split>,
    /// Fields that became one: their answers follow each other.
    pub merged: Vec<Merged>,
    /// Fields that are no more: their answers are kept aside.
    pub dropped: Vec<Dropped>,
    /// Options that have another id now.
    pub options: Vec<Spelling>,
    /// Columns that have another id now.
    pub columns: Vec<Spelling>,
}

/// A field with a new id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Renamed {
    /// The old id.
    pub from: String,
    /// The new one.
    pub to: String,
}

/// A field that became several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// The old field.
    pub from: String,
    /// The new ones.
    pub to: Vec<String>,
}

/// Fields that became one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merged {
    /// The old fields, in the order in which their answers shall stand.
    pub from: Vec<String>,
    /// The new one.
    pub to: String,
}

/// A field that is no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dropped {
    /// The field.
    pub field: String,
    /// Why, for those whose answers are kept aside.
    pub why: String,
}

/// Options or columns of a field that have other ids now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spelling {
    /// The field, by its new id.
    pub field: String,
    /// New ids by old ones.
    pub renamed: BTreeMap<String, String>,
}

impl VersionMap {
    /// The field that a field's answer goes to, and with it what hangs on the question: the new id, the first of those that it became,
    /// or the one that it became with others. None for a field that keeps its id, and for one that is dropped.
    #[must_use]
    pub fn follows(&self, field: &str) -> Option<&str> {
        let renamed = self.renamed.iter().find(|rule| rule.from == field).map(|rule| rule.to.as_str());
        let split = || self.split.iter().find(|rule| rule.from == field)?.to.first().map(String::as_str);
        let merged = || self.merged.iter().find(|rule| rule.from.iter().any(|from| from == field)).map(|rule| rule.to.as_str());
        renamed.or_else(split).or_else(merged)
    }

    /// Checks, on its own, that the map leads to fields of the new version, each by one way.
    pub(in crate::dpia::template) fn check(&self, document: &Document, new: &Template) {
        let pointer = "/map-from";
        let mut sources = BTreeSet::new();
        let mut from = |id: &str, list: &str| {
            if !sources.insert(id.to_owned()) {
                document.problem(
                    &format!("{pointer}/{list}"),
                    &format!("The map says two things about the field '{id}'"),
                    "Keep one",
                );
            }
        };
        self.renamed.iter().for_each(|rule| from(&rule.from, "renamed"));
        self.split.iter().for_each(|rule| from(&rule.from, "split"));
        self.merged.iter().for_each(|rule| rule.from.iter().for_each(|id| from(id, "merged")));
        self.dropped.iter().for_each(|rule| from(&rule.field, "dropped"));
        let mut targets = BTreeSet::new();
        let mut to = |id: &str, list: &str| {
            if new.field(id).is_none() {
                document.problem(
                    &format!("{pointer}/{list}"),
                    &format!("The map leads to the field '{id}', which there is not"),
                    "Name a field of this version",
                );
            }
            if !targets.insert(id.to_owned()) {
                document.problem(
                    &format!("{pointer}/{list}"),
                    &format!("Two ways of the map lead to the field '{id}'"),
                    "Say 'merged' of the fields that become one",
                );
            }
        };
        self.renamed.iter().for_each(|rule| to(&rule.to, "renamed"));
        self.split.iter().for_each(|rule| rule.to.iter().for_each(|id| to(id, "split")));
        self.merged.iter().for_each(|rule| to(&rule.to, "merged"));
        for (list, spellings) in [("options", &self.options), ("columns", &self.columns)] {
            for spelling in spellings {
                if new.field(&spelling.field).is_none() {
                    document.problem(
                        &format!("{pointer}/{list}"),
                        &format!("There is no field '{}'", spelling.field),
                        "Name a field of this version",
                    );
                }
            }
        }
    }

    /// What the map leaves open between two versions: fields of the old one that the new one has not and the map does not
    /// name, and names that the old one has not. Empty means the map is whole.
    #[must_use]
    pub fn open(&self, old: &Template, new: &Template) -> Vec<String> {
        let named: BTreeSet<&str> = self
            .renamed
            .iter()
            .map(|rule| rule.from.as_str())
            .chain(self.split.iter().map(|rule| rule.from.as_str()))
            .chain(self.merged.iter().flat_map(|rule| rule.from.iter().map(String::as_str)))
            .chain(self.dropped.iter().map(|rule| rule.field.as_str()))
            .collect();
        let unmapped = old
            .fields()
            .filter(|(_, field)| !named.contains(field.id.as_str()) && new.field(&field.id).is_none())
            .map(|(_, field)| field.id.clone());
        let unknown = named.iter().filter(|id| old.field(id).is_none()).map(|id| (*id).to_owned());
        unmapped.chain(unknown).collect()
    }
}
