//! Finds the releases in a text, whatever they are wrapped in. The text is gone
//! through once; what is found are places, not values.

use std::ops::Range;
use std::thread;

use serde_json::value::RawValue;

use super::shape::{self, List, Shape};
use super::{Found, Position, ReadError, ReadWarning, reason};
use crate::json;

/// Lists and records wrapped in one another deeper than this are no publisher's output.
const DEEPEST_WRAPPING: usize = 4;

/// A half this long, in bytes, is worth a thread of its own.
const WORTH_HALVING: usize = if cfg!(test) { 32 } else { 1 << 20 };

pub(super) struct Search<'t> {
    text: &'t str,
    pub(super) found: Vec<Found>,
    pub(super) warnings: Vec<ReadWarning>,
    /// Where and why.
    pub(super) unusable: Vec<(usize, String)>,
    /// Texts that are something of OCDS.
    known: usize,
}

impl<'t> Search<'t> {
    pub(super) fn of(text: &'t str) -> Result<Self, ReadError> {
        let mut search = match Self::in_halves(text) {
            Some(search) => search,
            None => {
                let mut search = Self::new(text);
                search.texts(0..text.len()).map_err(|error| syntax_error(text, &error))?;
                search
            }
        };
        if search.found.is_empty() {
            if search.known == 0 {
                let found = match search.unusable.first() {
                    Some((_, reason)) => reason.clone(),
                    None => return Err(ReadError::Empty),
                };
                return Err(ReadError::NotOcds { found });
            }
            search.warnings.push(ReadWarning::NoReleases);
        }
        Ok(search)
    }

    fn new(text: &'t str) -> Self {
        Self { text, found: Vec::new(), warnings: Vec::new(), unusable: Vec::new(), known: 0 }
    }

    /// Both halves of a long text at once, where a line break parts them between two JSON texts. That is so when each
    /// half is well-formed by itself: no string goes over a line break. None otherwise, and for whatever is wrong.
    fn in_halves(text: &'t str) -> Option<Self> {
        let later = text.get(text.floor_char_boundary(text.len() / 2)..).filter(|later| later.len() >= WORTH_HALVING)?;
        let middle = text.len() - later.len() + later.find("\n{")? + 1;
        let half = |range| {
            let mut search = Self::new(text);
            search.texts(range).ok().map(|()| search)
        };
        let (first, second) = thread::scope(|scope| {
            let second = scope.spawn(|| half(middle..text.len()));
            (half(0..middle), second.join().ok().flatten())
        });
        let (mut search, second) = (first?, second?);
        search.found.extend(second.found);
        search.warnings.extend(second.warnings);
        search.unusable.extend(second.unusable);
        search.known += second.known;
        Some(search)
    }

    /// Every JSON text of a part of the file: one as a rule, one a line in JSON Lines.
    fn texts(&mut self, part: Range<usize>) -> Result<(), serde_json::Error> {
        let text = self.text.get(part.clone()).unwrap_or_default();
        let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Shape<'t>>();
        loop {
            let start = stream.byte_offset();
            let Some(next) = stream.next() else {
                return Ok(());
            };
            let shape = next?;
            let whole = start..stream.byte_offset();
            let before = text.get(whole.clone()).map_or(0, |text| text.len() - text.trim_start().len());
            let place = part.start + start + before..part.start + whole.end;
            self.known += usize::from(self.shape(shape, place, 0));
        }
    }

    /// A value that stands in a list: same as a whole text.
    fn raw(&mut self, raw: &'t RawValue, depth: usize) -> bool {
        let place = self.place(raw);
        match serde_json::from_str::<Shape<'t>>(raw.get()) {
            Ok(shape) => self.shape(shape, place, depth),
            Err(error) => self.reject(place.start, reason(&error)),
        }
    }

    /// Takes note of the releases of a value; false when it is nothing of OCDS.
    fn shape(&mut self, shape: Shape<'t>, place: Range<usize>, depth: usize) -> bool {
        if depth > DEEPEST_WRAPPING {
            return self.reject(place.start, "lists and packages are wrapped in one another too deep".to_owned());
        }
        let fields = match shape {
            Shape::Object(fields) => *fields,
            Shape::List(items) => {
                let mut known = items.is_empty();
                for item in items {
                    known |= self.raw(item, depth + 1);
                }
                return known;
            }
            Shape::Other(kind) => return self.reject(place.start, format!("there is {kind} where a release should be")),
        };
        if let Some(records) = fields.records {
            let List::Items(records) = records else {
                return self.reject(place.start, "‘records’ is not a list".to_owned());
            };
            for record in records {
                self.raw(record, depth + 1);
            }
            return true;
        }
        if fields.releases.is_some() || fields.compiled.is_some() || fields.has_versioned {
            return self.holder(fields, place);
        }
        if fields.ocid.is_some() || (depth > 0 && fields.is_like_a_release) {
            self.found.push(Found { place, ocid: fields.ocid.and_then(shape::text_of) });
            return true;
        }
        let reason = match fields.names.as_slice() {
            [] => "the object is empty".to_owned(),
            names => format!("the object has the fields {}", names.join(", ")),
        };
        self.reject(place.start, reason)
    }

    /// A release package or a record: both have `releases`.
    fn holder(&mut self, fields: shape::Fields<'t>, place: Range<usize>) -> bool {
        let releases = match fields.releases {
            Some(List::Items(releases)) => releases,
            Some(List::Other) => return self.reject(place.start, "‘releases’ is not a list".to_owned()),
            None => Vec::new(),
        };
        let ocid = fields.ocid.and_then(shape::text_of);
        let is_package = fields.ocid.is_none() && fields.compiled.is_none() && !fields.has_versioned;
        let (start, empty) = (self.found.len(), releases.is_empty());
        let mut links = 0;
        let rejected = self.unusable.len();
        for raw in releases {
            let at = self.place(raw);
            // Nearly every release begins with its ids, and then there is no need to go through it again.
            if let Some(ocid) = json::peek_text(raw.get(), "ocid") {
                self.found.push(Found { place: at, ocid: Some(ocid.to_owned()) });
                continue;
            }
            match serde_json::from_str::<Shape<'t>>(raw.get()) {
                Ok(Shape::Object(fields)) if fields.is_link() => links += 1,
                Ok(Shape::Object(fields)) => {
                    self.found.push(Found { place: at, ocid: fields.ocid.and_then(shape::text_of) });
                }
                Ok(other) => {
                    self.reject(at.start, format!("there is {} where a release should be", other.kind()));
                }
                Err(error) => {
                    self.reject(at.start, reason(&error));
                }
            }
        }
        if links == 0 && (!empty || is_package) {
            return true;
        }
        // A compiled release holds all that the linked releases say; a few of them would not.
        if let Some(compiled) = fields.compiled {
            let inner = match serde_json::from_str::<Shape<'t>>(compiled.get()) {
                Ok(Shape::Object(inner)) => inner.ocid.and_then(shape::text_of),
                _ => None,
            };
            let ocid = inner.or(ocid);
            self.found.truncate(start);
            self.unusable.truncate(rejected);
            if links > 0 {
                let ocid = ocid.clone().unwrap_or_else(|| "unknown ocid".to_owned());
                self.warnings.push(ReadWarning::LinkedReleases { ocid });
            }
            self.found.push(Found { place: self.place(compiled), ocid });
        } else if links > 0 {
            let what = if is_package { "package" } else { "record" };
            let reason = format!("the {what} links to {links} releases instead of holding them and has no compiled release");
            self.reject(place.start, reason);
        } else {
            self.reject(place.start, "the record has neither releases nor a compiled release".to_owned());
        }
        true
    }

    fn reject(&mut self, offset: usize, reason: String) -> bool {
        self.unusable.push((offset, reason));
        false
    }

    /// Where in the text a raw value stands: it is a part of it, so its address says.
    fn place(&self, raw: &RawValue) -> Range<usize> {
        let start = raw.get().as_ptr().addr().saturating_sub(self.text.as_ptr().addr());
        start..start + raw.get().len()
    }
}

fn syntax_error(text: &str, error: &serde_json::Error) -> ReadError {
    // serde_json counts columns in bytes; people count characters.
    let line = text.split('\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
    let before = line.get(..error.column().min(line.len())).map_or(error.column(), |part| part.chars().count());
    let at = Position { line: error.line().max(1), column: before.max(1) };
    if error.is_eof() {
        ReadError::Truncated { at }
    } else if at.line == 1 && looks_like_table(text) {
        ReadError::NotJson { looks_like: "a table of comma-separated values (CSV)" }
    } else {
        ReadError::Malformed { at, reason: reason(error) }
    }
}

/// Whether the first line is a row of a table rather than the start of a JSON text.
fn looks_like_table(text: &str) -> bool {
    let line = text.lines().next().unwrap_or_default();
    !line.starts_with(['{', '[']) && line.contains([',', ';', '\t'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What was found, or where reading stopped.
    fn told(search: Result<Search<'_>, serde_json::Error>) -> String {
        match search {
            Ok(search) => format!("{:?} {:?} {:?} {}", search.found, search.warnings, search.unusable, search.known),
            Err(error) => error.to_string(),
        }
    }

    fn whole(text: &str) -> Result<Search<'_>, serde_json::Error> {
        let mut search = Search::new(text);
        search.texts(0..text.len()).map(|()| search)
    }

    #[test]
    fn a_list_written_over_lines_is_not_halved() {
        let release = r#"{"ocid":"a","id":"1","date":"2020-01-01"}"#;
        assert!(Search::in_halves(&format!("[\n{release},\n{release},\n{release}\n]")).is_none());
        assert!(Search::in_halves(&format!("{release}\n{release}\n{release}\n")).is_some());
    }

    proptest! {
        #[test]
        fn halves_find_what_the_whole_does(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    r#"{"ocid":"a","id":"1","date":"2020-01-01"}"#, r#"{"ocid":"é","note":"\n{ [ }"}"#, r#"{"releases":[{"ocid":"b"}]}"#,
                    r#"{"x":1}"#, "[", "]", "{", "}", ",", "\n", "\n", "\r\n", " ", "12", "\"",
                ]),
                0..24,
            )
        ) {
            let text = parts.concat();
            if let Some(halves) = Search::in_halves(&text) {
                prop_assert_eq!(told(Ok(halves)), told(whole(&text)));
            }
        }
    }
}
