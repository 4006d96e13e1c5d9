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

use std::borrow::Cow;

use serde_json::Value;

use crate::json::{Fields, Json};
use crate::rules::Rules;

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

impl Merged {
    fn of((release, warnings): (Json<'_>, Vec<Warning>)) -> Self {
        Self { release: release.into_value(), warnings }
    }
}

impl<'r> Merger<'r> {
    /// A merger under these rules.
    pub fn new(rules: &'r Rules) -> Self {
        Self { rules }
    }

    /// Merges releases of one process, given in any order, into a compiled release.
    pub fn compiled(&self, releases: Vec<Value>) -> Result<Merged, MergeError> {
        self.merge(Form::Compiled, releases)
    }

    /// Merges releases of one process, given in any order, into a versioned release.
    pub fn versioned(&self, releases: Vec<Value>) -> Result<Merged, MergeError> {
        self.merge(Form::Versioned, releases)
    }

    /// [`Merger::compiled`] or [`Merger::versioned`], by `form`.
    pub fn merge(&self, form: Form, releases: Vec<Value>) -> Result<Merged, MergeError> {
        self.merge_texts(form, releases.into_iter().map(Json::from).collect()).map(Merged::of)
    }

    /// The same over JSON that borrows from its file.
    pub(crate) fn merge_texts<'t>(&self, form: Form, releases: Vec<Json<'t>>) -> Result<(Json<'t>, Vec<Warning>), MergeError> {
        if releases.is_empty() {
            return Err(MergeError::NoReleases);
        }
        let mut releases = by_date(releases)?.into_iter();
        match form {
            Form::Compiled => {
                let mut state = compiled::State::new(self.rules);
                releases.try_for_each(|release| state.merge(release))?;
                Ok(state.finish())
            }
            Form::Versioned => {
                let mut state = versioned::State::new(self.rules);
                releases.try_for_each(|release| state.merge(release))?;
                Ok(state.finish())
            }
        }
    }

    /// An empty compiled release to push releases into.
    pub fn start_compiled(&self) -> Compiled<'r> {
        Compiled { state: compiled::State::new(self.rules), pushed: 0 }
    }

    /// An empty versioned release to push releases into.
    pub fn start_versioned(&self) -> Versioned<'r> {
        Versioned { state: versioned::State::new(self.rules), pushed: 0 }
    }

    /// Goes on from a compiled release that was made earlier.
    pub fn resume_compiled(&self, compiled: Value) -> Result<Compiled<'r>, MergeError> {
        let state = compiled::State::resume(self.rules, as_release(compiled.into(), 1)?);
        Ok(Compiled { state, pushed: 0 })
    }

    /// Goes on from a versioned release that was made earlier.
    pub fn resume_versioned(&self, versioned: Value) -> Result<Versioned<'r>, MergeError> {
        let state = versioned::State::resume(self.rules, as_release(versioned.into(), 1)?)?;
        Ok(Versioned { state, pushed: 0 })
    }
}

/// A compiled release in the making, to which releases are added as they come.
#[derive(Clone, Debug)]
pub struct Compiled<'r> {
    state: compiled::State<'r, 'static>,
    pushed: usize,
}

/// A versioned release in the making, to which releases are added as they come.
#[derive(Clone, Debug)]
pub struct Versioned<'r> {
    state: versioned::State<'r, 'static>,
    pushed: usize,
}

impl Compiled<'_> {
    /// Merges one more release, which is taken to be the latest. After an error the result is half merged: drop it.
    pub fn push(&mut self, release: Value) -> Result<(), MergeError> {
        self.pushed += 1;
        self.state.merge(as_release(release.into(), self.pushed)?)
    }

    /// Orders releases by date and merges them; all are taken to be later than those before.
    pub fn extend(&mut self, releases: Vec<Value>) -> Result<(), MergeError> {
        self.pushed += releases.len();
        let mut ordered = by_date(releases.into_iter().map(Json::from).collect())?.into_iter();
        ordered.try_for_each(|release| self.state.merge(release))
    }

    /// The compiled release.
    pub fn finish(self) -> Merged {
        Merged::of(self.state.finish())
    }
}

impl Versioned<'_> {
    /// Merges one more release, which is taken to be the latest. After an error the result is half merged: drop it.
    pub fn push(&mut self, release: Value) -> Result<(), MergeError> {
        self.pushed += 1;
        self.state.merge(as_release(release.into(), self.pushed)?)
    }

    /// Orders releases by date and merges them; all are taken to be later than those before.
    pub fn extend(&mut self, releases: Vec<Value>) -> Result<(), MergeError> {
        self.pushed += releases.len();
        let mut ordered = by_date(releases.into_iter().map(Json::from).collect())?.into_iter();
        ordered.try_for_each(|release| self.state.merge(release))
    }

    /// The versioned release.
    pub fn finish(self) -> Merged {
        Merged::of(self.state.finish())
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
    #[error("release {position} has no ‘date’, so its place among the others is not known. Add one")]
    MissingDate {
        /// Which release, from 1.
        position: usize,
    },
    /// The date is null.
    #[error("release {position} has null as its ‘date’, so its place among the others is not known. Add one")]
    NullDate {
        /// Which release, from 1.
        position: usize,
    },
    /// The date is not text.
    #[error("release {position} has {found} as its ‘date’. Write it as text, as in \"2020-01-31T00:00:00Z\"")]
    NonStringDate {
        /// Which release, from 1.
        position: usize,
        /// What it is.
        found: &'static str,
    },
    /// A field changed from one kind of value to another that cannot follow it.
    #[error("‘{path}’ was {earlier} in an earlier release and is {later} in the release dated {date}. Make the releases agree")]
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
    #[error("‘{path}’ has no history, so this is not a versioned release. Merge from the releases instead")]
    NotVersioned {
        /// The field, its parents before it, joined by `/`.
        path: String,
    },
}

/// Something noticed while merging that did not stop it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Warning {
    /// Objects of one list of one release share an id, so they became one (unless the rules say otherwise).
    #[error("several objects of ‘{path}’ have the id {id}; the last one counts")]
    DuplicateId {
        /// The list, its parents before it, joined by `/`.
        path: String,
        /// The id as JSON, so that 1 and "1" can be told apart.
        id: String,
    },
    /// A literal or null came where earlier releases had an object or a list of objects.
    #[error("‘{path}’ was {kept} in an earlier release; {ignored} in a later one was left out")]
    ValueIgnored {
        /// The field, its parents before it, joined by `/`.
        path: String,
        /// What was there and stays.
        kept: &'static str,
        /// What came and was left out.
        ignored: &'static str,
    },
    /// A list of objects gave way to a list that holds other things.
    #[error("‘{path}’ was a list of objects and now holds other things; the newer list replaced it")]
    ListReplaced {
        /// The list, its parents before it, joined by `/`.
        path: String,
    },
}

fn as_release(value: Json<'_>, position: usize) -> Result<Fields<'_>, MergeError> {
    match value {
        Json::Object(release) => Ok(release),
        other => Err(MergeError::NotAnObject { position, found: other.kind() }),
    }
}

/// Puts releases in the order of their dates. One alone needs none.
fn by_date(releases: Vec<Json<'_>>) -> Result<Vec<Fields<'_>>, MergeError> {
    let alone = releases.len() == 1;
    let mut dated = Vec::with_capacity(releases.len());
    for (index, release) in releases.into_iter().enumerate() {
        let position = index + 1;
        let release = as_release(release, position)?;
        let date = release.get("date");
        let text = date.and_then(Json::as_text).map(Cow::into_owned);
        match (&text, date) {
            (Some(_), _) => {}
            _ if alone => {}
            (None, None) => return Err(MergeError::MissingDate { position }),
            (None, Some(date)) if date.is_null() => return Err(MergeError::NullDate { position }),
            (None, Some(date)) => return Err(MergeError::NonStringDate { position, found: date.kind() }),
        }
        dated.push((text, release));
    }
    // Stable, so that releases of the same instant keep the publisher's order.
    dated.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(dated.into_iter().map(|(_, release)| release).collect())
}

/// The release's date for a message.
fn date_of(release: &Fields<'_>) -> String {
    release.get("date").and_then(Json::as_text).map_or_else(|| "not known".to_owned(), Cow::into_owned)
}
