//! Rows out of delimited text, in a stream: memory follows the longest row.

use super::dialect::{self, Dialect};
use super::encoding::{self, Found, Transcoder};
use super::error::{RowError, RowProblem};
use super::limits::Limits;
use super::warning::Warning;
use super::ReadSeek;
use csv::{ReaderBuilder, StringRecord};
use std::io::{self, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Text looked at to find line ends, delimiter and header.
const SAMPLE: u64 = 128 * 1024;

type Bytes = Box<dyn Read + Send>;

/// The rows of a text file that are not blank lines.
pub(super) struct Delimited {
    reader: csv::Reader<Guard>,
    given: Arc<AtomicUsize>,
    number: u64,
    is_crlf: bool,
    max_line_bytes: usize,
    /// The name of the encoding.
    pub encoding: &'static str,
    /// The delimiter found.
    pub delimiter: u8,
}

/// A text file opened: its rows, and a sample of the first of them.
pub(super) struct Opened {
    /// The rows, from the first.
    pub rows: Delimited,
    /// The first rows, which `rows` will give again.
    pub sample: Vec<StringRecord>,
}

/// Opens a text file; `start` is its beginning.
pub(super) fn open(
    mut file: Box<dyn ReadSeek>,
    start: &[u8],
    limits: &Limits,
    warnings: &mut Vec<Warning>,
) -> io::Result<Opened> {
    let found = encoding::detect(&mut *file, start)?;
    warnings.extend(note(&found));
    let is_clean = found.encoding == encoding_rs::UTF_8 && found.not_utf8_at.is_none();
    let mut text: Bytes = if is_clean {
        Box::new(file)
    } else {
        Box::new(Transcoder::new(file, found.encoding))
    };

    let mut sample = Vec::new();
    (&mut text).take(SAMPLE).read_to_end(&mut sample)?;
    let is_whole = (sample.len() as u64) < SAMPLE;
    if sample.contains(&b'\r') && !sample.contains(&b'\n') {
        // Old Macintosh line ends: one kind of line end lets lines be counted.
        feeds(&mut sample);
        text = Box::new(ToFeeds(text));
    }

    let dialect = Dialect::of(&sample, is_whole);
    sample.drain(..dialect.hint);
    let records = dialect::records(&sample, dialect.delimiter, is_whole);
    let is_crlf = sample.windows(2).any(|pair| pair == b"\r\n");

    let given = Arc::new(AtomicUsize::new(0));
    let guard = Guard {
        inner: Box::new(Cursor::new(sample).chain(text)),
        given: Arc::clone(&given),
        limit: limits.max_line_bytes,
    };
    let reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(dialect.delimiter)
        .buffer_capacity(128 * 1024)
        .from_reader(guard);
    let rows = Delimited {
        reader,
        given,
        number: u64::from(dialect.hint > 0),
        is_crlf,
        max_line_bytes: limits.max_line_bytes,
        encoding: found.label(),
        delimiter: dialect.delimiter,
    };
    Ok(Opened { rows, sample: records })
}

fn note(found: &Found) -> Option<Warning> {
    let at = found.not_utf8_at?;
    Some(if found.encoding == encoding_rs::WINDOWS_1252 {
        Warning::ReadAsWindows1252 { at }
    } else {
        Warning::Unreadable { at }
    })
}

impl Delimited {
    /// Reads the next row and gives its number, or nothing at the end.
    pub fn next(&mut self, record: &mut StringRecord) -> Result<Option<u64>, RowError> {
        let line = self.reader.position().line();
        self.given.store(0, Relaxed);
        match self.reader.read_record(record) {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(error) => return Err(self.explain(&error)),
        }
        // The parser passes over blank lines without a word. Lines gone by,
        // less the row's own end and those within its quotes, are blank. At
        // the first row of a CR LF file the last LF is still to come.
        let late = u64::from(self.is_crlf && line == 1);
        let gone = self.reader.position().line() - line + late;
        if gone > 1 {
            let within = record.as_slice().bytes().filter(|byte| *byte == b'\n').count() as u64;
            self.number += (gone - 1).saturating_sub(within);
        }
        self.number += 1;
        Ok(Some(self.number))
    }

    /// True once the last row has been given.
    pub fn is_at_end(&self) -> bool {
        self.reader.is_done()
    }

    fn explain(&self, error: &csv::Error) -> RowError {
        let reason = match error.kind() {
            csv::ErrorKind::Io(error) if error.get_ref().is_some_and(|inner| inner.is::<RowTooLong>()) => {
                RowProblem::RowTooLong { limit: self.max_line_bytes }
            }
            csv::ErrorKind::Io(error) => RowProblem::Io(error.to_string()),
            _ => RowProblem::Io("it changed while it was read".to_owned()),
        };
        RowError { number: self.number + 1, reason }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the row is too long")]
struct RowTooLong;

/// Stops a row that does not end before memory runs out: the row's reader sets
/// `given` to 0 before each row.
struct Guard {
    inner: Bytes,
    given: Arc<AtomicUsize>,
    limit: usize,
}

impl Read for Guard {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.given.load(Relaxed) > self.limit {
            return Err(io::Error::other(RowTooLong));
        }
        let count = self.inner.read(into)?;
        self.given.fetch_add(count, Relaxed);
        Ok(count)
    }
}

/// Turns each CR into LF.
struct ToFeeds(Bytes);

impl Read for ToFeeds {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(into)?;
        feeds(&mut into[..count]);
        Ok(count)
    }
}

fn feeds(bytes: &mut [u8]) {
    for byte in bytes.iter_mut().filter(|byte| **byte == b'\r') {
        *byte = b'\n';
    }
}
