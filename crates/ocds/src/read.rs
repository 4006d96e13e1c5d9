//! From bytes to releases: whatever a publisher sends that holds OCDS.
//!
//! A [`Document`] is one file's text with the places of its releases: release
//! packages, record packages, single releases and records, lists of any of
//! these, JSON Lines and JSON texts one after the other. The text is gone
//! through once and kept; a release becomes a [`Value`] only when asked for, so
//! that a file of a gigabyte needs little more memory than its size.
//! `read/text.rs` makes text of bytes, `read/shape.rs` recognises what a JSON
//! value is, `read/search.rs` finds the releases. Whether releases are any good is for others to say.

mod search;
mod shape;
mod text;

use std::io::Read;
use std::ops::Range;

use serde_json::Value;

use crate::json::{self, Flaw, Json};
use search::Search;

/// Objects and lists may stand in one another this deep within a release.
pub const NESTING_LIMIT: usize = 127;

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
    #[error("the file is larger than {}. Split it into several", size(*.limit))]
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
    #[error("this is JSON but not OCDS: {found}. Releases have ‘ocid’, packages have ‘releases’ or ‘records’")]
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
    /// How many releases stand before it in the file.
    pub before: usize,
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
        Self::read_of_size(reader, 0, limits)
    }

    /// The same for a file that should have this many bytes: room for them is made once.
    /// A file that is too large by what it says is not read at all.
    pub fn read_of_size(reader: impl Read, expected: u64, limits: &Limits) -> Result<Self, ReadError> {
        if expected > limits.bytes {
            return Err(ReadError::TooLarge { limit: limits.bytes });
        }
        Self::parse(within(reader, expected, limits)?, limits)
    }

    /// Finds the releases in a file's bytes.
    pub fn parse(bytes: Vec<u8>, limits: &Limits) -> Result<Self, ReadError> {
        if u64::try_from(bytes.len()).is_ok_and(|size| size > limits.bytes) {
            return Err(ReadError::TooLarge { limit: limits.bytes });
        }
        let (text, warning) = text::from_bytes(bytes)?;
        let Search { found, mut warnings, unusable, .. } = Search::of(&text)?;
        warnings.splice(0..0, warning);
        let mut lines = Lines::default();
        let unusable = unusable
            .into_iter()
            .map(|(offset, reason)| Unusable {
                at: lines.position(&text, offset),
                before: found.partition_point(|release| release.place.start < offset),
                reason,
            })
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
        serde_json::from_str(self.text()).map_err(|error| self.error(&error))
    }

    /// The release as JSON that borrows from the file.
    pub(crate) fn json(&self) -> Result<Json<'d>, ReadError> {
        json::parse(self.text()).map_err(|flaw| match (flaw, self.parse()) {
            (Flaw::TooDeep, _) => ReadError::TooDeep { at: self.position() },
            (Flaw::Malformed, Err(error)) => error,
            (Flaw::Malformed, Ok(_)) => {
                ReadError::Malformed { at: self.position(), reason: "the release cannot be read".to_owned() }
            }
        })
    }

    fn error(&self, error: &serde_json::Error) -> ReadError {
        let start = self.position();
        if error.to_string().starts_with("recursion limit") {
            return ReadError::TooDeep { at: start };
        }
        let column = if error.line() <= 1 { start.column - 1 } else { 0 };
        let at = Position { line: start.line + error.line().saturating_sub(1), column: column + error.column() };
        ReadError::Malformed { at, reason: reason(error) }
    }
}

/// What a reader gives, in no more memory than the limit: the list grows as lists do, and never beyond it.
fn within(reader: impl Read, expected: u64, limits: &Limits) -> Result<Vec<u8>, ReadError> {
    let most = usize::try_from(limits.bytes.saturating_add(1)).unwrap_or(usize::MAX);
    let mut reader = reader.take(limits.bytes.saturating_add(1));
    let mut bytes = Vec::with_capacity(usize::try_from(expected).unwrap_or(0).saturating_add(1).min(most));
    loop {
        if bytes.len() == bytes.capacity() {
            let more = bytes.len().max(1 << 16).min(most - bytes.len());
            if more == 0 {
                return Err(ReadError::TooLarge { limit: limits.bytes });
            }
            bytes.reserve_exact(more);
        }
        let room = bytes.capacity() - bytes.len();
        if reader.by_ref().take(room as u64).read_to_end(&mut bytes)? < room {
            return Ok(bytes);
        }
    }
}

/// A size in the largest unit that it is a whole number of.
fn size(bytes: u64) -> String {
    for (unit, name) in [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")] {
        if bytes >= unit && bytes.is_multiple_of(unit) {
            return format!("{} {name}", bytes / unit);
        }
    }
    format!("{bytes} bytes")
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
