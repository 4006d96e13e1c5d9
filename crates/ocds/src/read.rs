//! From bytes to releases: whatever a publisher sends that holds OCDS.
//!
//! A [`Document`] is one file's text with the places of its releases: release
//! packages, record packages, single releases and records, lists of any of
//! these, JSON Lines and JSON texts one after the other. The text is gone
//! through once and kept; a release becomes a [`Value`] only when asked for, so
//! that a file of a gigabyte needs little more memory than its size.
//! `read/text.rs` makes text of bytes, `read/shape.rs` recognises what a JSON
//! value is. Whether releases are any good is for others to say.

mod shape;
mod text;

use std::io::Read;
use std::ops::Range;

use serde_json::Value;
use serde_json::value::RawValue;

use shape::{List, Shape};

/// Objects and lists may stand in one another this deep within a release.
pub const NESTING_LIMIT: usize = 127;

/// Lists and records wrapped in one another deeper than this are no publisher's output.
const DEEPEST_WRAPPING: usize = 4;

/// Of what nobody may give too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest size of one file in bytes, as it is read.
    pub bytes: u64,
}

impl Default for Limits {
    /// One gibibyte: larger than any package known from the UK's publishers.
    fn default() -> Self {
        Self { bytes: 1 << 30 }
    }
}

/// A place in a file's text, counted from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Why a file, or a release of it, could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The reader failed.
    #[error("the file could not be read: {0}")]
    Io(#[from] std::io::Error),
    /// More bytes than allowed.
    #[error("the file is larger than {limit} bytes. Split it, or raise the limit")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// No bytes, or nothing but white space.
    #[error("the file is empty. Give a file with OCDS releases or records as JSON")]
    Empty,
    /// Some other kind of file.
    #[error("this looks like {looks_like}, not JSON. Give a file with OCDS releases or records as JSON")]
    NotJson {
        /// What it looks like, with its article.
        looks_like: &'static str,
    },
    /// The file ends in the middle of something.
    #[error("the file ends too early, at {at}: it was probably cut off. Fetch it again")]
    Truncated {
        /// Where it ends.
        at: Position,
    },
    /// Not well-formed JSON.
    #[error("this is not well-formed JSON at {at}: {reason}")]
    Malformed {
        /// Where the first error is.
        at: Position,
        /// What is wrong there.
        reason: String,
    },
    /// A release nests too deep.
    #[error("the release at {at} nests deeper than {NESTING_LIMIT} levels, which no real release does")]
    TooDeep {
        /// Where the release begins.
        at: Position,
    },
    /// JSON, but nothing of OCDS in it.
    #[error("this is JSON but not OCDS: {found}. Releases have \"ocid\", packages have \"releases\" or \"records\"")]
    NotOcds {
        /// What is there instead.
        found: String,
    },
}

/// Something noticed in a file that did not stop the reading.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadWarning {
    /// Some bytes were not UTF-8.
    #[error("{bytes} bytes are not UTF-8, the first on line {line}; they were read as Windows-1252")]
    NotUtf8 {
        /// How many.
        bytes: usize,
        /// Line of the first.
        line: usize,
    },
    /// UTF-16 text holds halves of characters.
    #[error("the file is UTF-16 with broken characters; each was replaced by \u{fffd}")]
    BrokenUtf16,
    /// A record links to its releases.
    #[error("the record of {ocid} links to its releases instead of holding them; its compiled release was used")]
    LinkedReleases {
        /// The record's ocid, or 'unknown ocid'.
        ocid: String,
    },
    /// A package holds no release.
    #[error("there is no release in the file")]
    NoReleases,
}

/// A part of a file in which no release could be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable {
    /// Where it begins.
    pub at: Position,
    /// Why, in words for the publisher.
    pub reason: String,
}

/// The text of one file and where its releases are.
#[derive(Debug)]
pub struct Document {
    text: String,
    found: Vec<Found>,
    warnings: Vec<ReadWarning>,
    unusable: Vec<Unusable>,
}

#[derive(Debug)]
struct Found {
    place: Range<usize>,
    ocid: Option<String>,
}

/// One release of a [`Document`], not parsed yet.
#[derive(Clone, Copy, Debug)]
pub struct Release<'d> {
    document: &'d Document,
    found: &'d Found,
}

/// One release with its place in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct ReleaseAt {
    /// Its number within the file, from 1.
    pub number: usize,
    /// Where it begins.
    pub position: Position,
    /// The release.
    pub value: Value,
}

/// Reads every release of a file at once. For large files a [`Document`] is more sparing.
pub fn read_releases(reader: impl Read, limits: &Limits) -> Result<(Vec<ReleaseAt>, Vec<ReadWarning>), ReadError> {
    let document = Document::read(reader, limits)?;
    let mut lines = Lines::default();
    let mut releases = Vec::with_capacity(document.len());
    for (index, release) in document.releases().enumerate() {
        let position = lines.position(&document.text, release.found.place.start);
        releases.push(ReleaseAt { number: index + 1, position, value: release.parse()? });
    }
    Ok((releases, document.warnings))
}

impl Document {
    /// Reads a file to its end and finds its releases.
    pub fn read(reader: impl Read, limits: &Limits) -> Result<Self, ReadError> {
        let mut bytes = Vec::new();
        reader.take(limits.bytes.saturating_add(1)).read_to_end(&mut bytes)?;
        Self::parse(bytes, limits)
    }

    /// Finds the releases in a file's bytes.
    pub fn parse(bytes: Vec<u8>, limits: &Limits) -> Result<Self, ReadError> {
        if u64::try_from(bytes.len()).is_ok_and(|size| size > limits.bytes) {
            return Err(ReadError::TooLarge { limit: limits.bytes });
        }
        let (text, warning) = text::from_bytes(bytes)?;
        let mut search = Search { text: &text, found: Vec::new(), warnings: Vec::new(), unusable: Vec::new() };
        search.warnings.extend(warning);
        search.texts()?;
        let Search { found, warnings, unusable, .. } = search;
        let mut lines = Lines::default();
        let unusable = unusable
            .into_iter()
            .map(|(offset, reason)| Unusable { at: lines.position(&text, offset), reason })
            .collect();
        Ok(Self { found, warnings, unusable, text })
    }

    /// How many releases there are.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether there is no release.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The releases in the order of the file.
    pub fn releases(&self) -> impl ExactSizeIterator<Item = Release<'_>> {
        self.found.iter().map(|found| Release { document: self, found })
    }

    /// What was noticed while reading.
    pub fn warnings(&self) -> &[ReadWarning] {
        &self.warnings
    }

    /// The parts in which no release was found, for a report of rejections.
    pub fn unusable(&self) -> &[Unusable] {
        &self.unusable
    }
}

impl<'d> Release<'d> {
    /// The process the release belongs to, when it says so as text.
    pub fn ocid(&self) -> Option<&'d str> {
        self.found.ocid.as_deref()
    }

    /// The release as it stands in the file, in UTF-8.
    pub fn text(&self) -> &'d str {
        self.document.text.get(self.found.place.clone()).unwrap_or_default()
    }

    /// Where the release begins. Counts lines from the file's start.
    pub fn position(&self) -> Position {
        Lines::default().position(&self.document.text, self.found.place.start)
    }

    /// The release as a value. Fails where only a close look shows an error: too deep, half a character.
    pub fn parse(&self) -> Result<Value, ReadError> {
        serde_json::from_str(self.text()).map_err(|error| {
            let start = self.position();
            if error.to_string().starts_with("recursion limit") {
                return ReadError::TooDeep { at: start };
            }
            let column = if error.line() <= 1 { start.column - 1 } else { 0 };
            let at = Position { line: start.line + error.line().saturating_sub(1), column: column + error.column() };
            ReadError::Malformed { at, reason: reason(&error) }
        })
    }
}

/// Counts lines on the way through a text, so that asking for many places in order is cheap.
#[derive(Default)]
struct Lines {
    offset: usize,
    line_start: usize,
    breaks: usize,
}

impl Lines {
    fn position(&mut self, text: &str, offset: usize) -> Position {
        if offset < self.offset {
            *self = Self::default();
        }
        let passed = text.as_bytes().get(self.offset..offset).unwrap_or_default();
        for (place, _) in passed.iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
            self.breaks += 1;
            self.line_start = self.offset + place + 1;
        }
        self.offset = offset;
        let column = text.get(self.line_start..offset).map_or(0, |line| line.chars().count());
        Position { line: self.breaks + 1, column: column + 1 }
    }
}

/// What serde_json says is wrong, without its own mention of the place.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

struct Search<'t> {
    text: &'t str,
    found: Vec<Found>,
    warnings: Vec<ReadWarning>,
    unusable: Vec<(usize, String)>,
}

impl<'t> Search<'t> {
    /// Every JSON text of the file: one as a rule, one a line in JSON Lines.
    fn texts(&mut self) -> Result<(), ReadError> {
        let text = self.text;
        let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Shape<'t>>();
        let mut known = 0;
        loop {
            let start = stream.byte_offset();
            let Some(next) = stream.next() else {
                break;
            };
            let shape = next.map_err(|error| syntax_error(text, &error))?;
            let whole = start..stream.byte_offset();
            let before = text.get(whole.clone()).map_or(0, |text| text.len() - text.trim_start().len());
            known += usize::from(self.shape(shape, start + before..whole.end, 0));
        }
        if self.found.is_empty() {
            if known == 0 {
                let found = match self.unusable.first() {
                    Some((_, reason)) => reason.clone(),
                    None => return Err(ReadError::Empty),
                };
                return Err(ReadError::NotOcds { found });
            }
            self.warnings.push(ReadWarning::NoReleases);
        }
        Ok(())
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
                return self.reject(place.start, "\"records\" is not a list".to_owned());
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
            Some(List::Other) => return self.reject(place.start, "\"releases\" is not a list".to_owned()),
            None => Vec::new(),
        };
        let ocid = fields.ocid.and_then(shape::text_of);
        let is_package = fields.ocid.is_none() && fields.compiled.is_none() && !fields.has_versioned;
        let (start, empty) = (self.found.len(), releases.is_empty());
        let mut links = 0;
        let rejected = self.unusable.len();
        for raw in releases {
            let at = self.place(raw);
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
