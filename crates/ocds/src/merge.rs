//! The merge routine: releases of one contracting process become one.
//!
//! A *compiled* release says how things stand after the last release; a
//! *versioned* one lists, for each field, every value it has had with the
//! release that brought it. `merge/compiled.rs` and `merge/versioned.rs` hold
//! the two, `merge/identity.rs` says when two ids or two values are the same.
//! Grouping by ocid is not done here but in [`crate::stream`].
//!
//! What the standard's page leaves open, and what is done:
//!
//! - Releases are ordered by `date` as text, ties in the order given.
//! - One release alone needs no date.
//! - An `id` of 1 and an `id` of "1" are different; 1 and 1.0 are the same. A null
//!   `id` counts as none, so that objects without id are all kept.
//! - A literal or null does not remove an object or a list of objects that
//!   earlier releases built; it is left out with a [`Warning`].
//! - An object where a literal was, or a list where an object was, is an error.
//! - A list that holds anything but objects is replaced as a whole, also when
//!   an earlier one held objects only (compiled form; with a [`Warning`]).
//! - `versionId`, which some schemas state, changes nothing: an `id` has a history
//!   outside lists and identifies inside them.

mod compiled;
mod identity;
mod path;
mod versioned;

use serde_json::{Map, Value};

use crate::rules::Rules;

pub use compiled::Compiled;
pub use versioned::Versioned;

/// Which of the two merged forms is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Form {
    /// How things stand now.
    #[default]
    Compiled,
    /// Every field with its history.
    Versioned,
}

/// Merges releases under one set of rules. Cheap to make and to copy.
#[derive(Clone, Copy, Debug)]
pub struct Merger<'r> {
    rules: &'r Rules,
}

/// A merged release with what was noticed on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// The compiled or versioned release.
    pub release: Value,
    /// What a publisher would want to know; none of it stopped the merge.
    pub warnings: Vec<Warning>,
}

impl<'r> Merger<'r> {
    /// A merger under these rules.
    pub fn new(rules: &'r Rules) -> Self {
        Self { rules }
    }

    /// Merges releases of one process, given in any order, into a compiled release.
    pub fn compiled(&self, releases: Vec<Value>) -> Result<Merged, MergeError> {
        let mut merged = self.start_compiled();
        merged.extend(some(releases)?)?;
        Ok(merged.finish())
    }

    /// Merges releases of one process, given in any order, into a versioned release.
    pub fn versioned(&self, releases: Vec<Value>) -> Result<Merged, MergeError> {
        let mut merged = self.start_versioned();
        merged.extend(some(releases)?)?;
        Ok(merged.finish())
    }

    /// [`Merger::compiled`] or [`Merger::versioned`], by `form`.
    pub fn merge(&self, form: Form, releases: Vec<Value>) -> Result<Merged, MergeError> {
        match form {
            Form::Compiled => self.compiled(releases),
            Form::Versioned => self.versioned(releases),
        }
    }

    /// An empty compiled release to push releases into.
    pub fn start_compiled(&self) -> Compiled<'r> {
        Compiled::new(self.rules)
    }

    /// An empty versioned release to push releases into.
    pub fn start_versioned(&self) -> Versioned<'r> {
        Versioned::new(self.rules)
    }

    /// Goes on from a compiled release that was made earlier.
    pub fn resume_compiled(&self, compiled: Value) -> Result<Compiled<'r>, MergeError> {
        Compiled::resume(self.rules, compiled)
    }

    /// Goes on from a versioned release that was made earlier.
    pub fn resume_versioned(&self, versioned: Value) -> Result<Versioned<'r>, MergeError> {
        Versioned::resume(self.rules, versioned)
    }
}

/// Why releases could not be merged. `position` counts the given releases from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// Nothing was given.
    #[error("there is no release to merge")]
    NoReleases,
    /// Something that is not a JSON object stands where a release should.
    #[error("release {position} is {found}, not an object. Give releases as JSON objects")]
    NotAnObject {
        /// Which release, from 1.
        position: usize,
        /// What it is.
        found: &'static str,
    },
    /// The date that puts releases in order is absent.
    #[error("release {position} has no \"date\", so its place among the others is not known. Add one")]
    MissingDate {
        /// Which release, from 1.
        position: usize,
    },
    /// The date is null.
    #[error("release {position} has null as its \"date\", so its place among the others is not known. Add one")]
    NullDate {
        /// Which release, from 1.
        position: usize,
    },
    /// The date is not text.
    #[error("release {position} has {found} as its \"date\". Write it as text, as in \"2020-01-31T00:00:00Z\"")]
    NonStringDate {
        /// Which release, from 1.
        position: usize,
        /// What it is.
        found: &'static str,
    },
    /// A field changed from one kind of value to another that cannot follow it.
    #[error("\"{path}\" was {earlier} in an earlier release and is {later} in the release dated {date}. Make the releases agree")]
    InconsistentType {
        /// The field, its parents before it, joined by `/`.
        path: String,
        /// What it was.
        earlier: &'static str,
        /// What it is now.
        later: &'static str,
        /// The date of the release that differs, or 'not known'.
        date: String,
    },
    /// What was given to go on from is not a versioned release.
    #[error("\"{path}\" has no history, so this is not a versioned release. Merge from the releases instead")]
    NotVersioned {
        /// The field, its parents before it, joined by `/`.
        path: String,
    },
}

/// Something noticed while merging that did not stop it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Warning {
    /// Objects of one list of one release share an id, so they became one (unless the rules say otherwise).
    #[error("several objects of \"{path}\" have the id {id}; the last one counts")]
    DuplicateId {
        /// The list, its parents before it, joined by `/`.
        path: String,
        /// The id as JSON, so that 1 and "1" can be told apart.
        id: String,
    },
    /// A literal or null came where earlier releases had an object or a list of objects.
    #[error("\"{path}\" was {kept} in an earlier release; {ignored} in a later one was left out")]
    ValueIgnored {
        /// The field, its parents before it, joined by `/`.
        path: String,
        /// What was there and stays.
        kept: &'static str,
        /// What came and was left out.
        ignored: &'static str,
    },
    /// A list of objects gave way to a list that holds other things.
    #[error("\"{path}\" was a list of objects and now holds other things; the newer list replaced it")]
    ListReplaced {
        /// The list, its parents before it, joined by `/`.
        path: String,
    },
}

/// What kind of value this is, in words for an error message.
pub(crate) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn some(releases: Vec<Value>) -> Result<Vec<Value>, MergeError> {
    if releases.is_empty() { Err(MergeError::NoReleases) } else { Ok(releases) }
}

fn as_release(value: Value, position: usize) -> Result<Map<String, Value>, MergeError> {
    match value {
        Value::Object(release) => Ok(release),
        other => Err(MergeError::NotAnObject { position, found: kind_of(&other) }),
    }
}

/// Puts releases in the order of their dates. One alone needs none.
fn by_date(releases: Vec<Value>) -> Result<Vec<Map<String, Value>>, MergeError> {
    let alone = releases.len() == 1;
    let mut ordered = Vec::with_capacity(releases.len());
    for (index, release) in releases.into_iter().enumerate() {
        let position = index + 1;
        let release = as_release(release, position)?;
        match release.get("date") {
            Some(Value::String(_)) => {}
            _ if alone => {}
            None => return Err(MergeError::MissingDate { position }),
            Some(Value::Null) => return Err(MergeError::NullDate { position }),
            Some(other) => return Err(MergeError::NonStringDate { position, found: kind_of(other) }),
        }
        ordered.push(release);
    }
    // Stable, so that releases of the same instant keep the publisher's order.
    ordered.sort_by(|a, b| date(a).cmp(&date(b)));
    Ok(ordered)
}

fn date(release: &Map<String, Value>) -> Option<&str> {
    release.get("date").and_then(Value::as_str)
}
