//! Rows out of delimited text, in a stream: memory follows the longest row.

use super::ReadSeek;
use super::dialect::{self, Dialect};
use super::encoding::{self, Found, Transcoder};
use super::error::{RowError, RowProblem};
use super::limits::Limits;
use super::warning::Warning;
use csv::{ReaderBuilder, StringRecord};
use std::io::{self, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

/// Text looked at to find line ends, delimiter and header.
const SAMPLE: u64 = 128 * 1024;

type Bytes = Box<dyn Read + Send>;

/// The rows of a text file that are not blank lines.
pub(super) struct Delimited {
    reader: csv::Reader<Guard>,
    progress: Arc<Progress>,
    number: u64,
    is_crlf: bool,
    /// Line ends to add to the next count: a CR LF row is given at its CR, so
    /// its LF is counted with the row after it.
    owed: i64,
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
    let mut text: Bytes = if is_clean { Box::new(file) } else { Box::new(Transcoder::new(file, found.encoding)) };

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

    let progress = Arc::new(Progress::default());
    let guard = Guard {
        inner: Box::new(Cursor::new(sample).chain(text)),
        progress: Arc::clone(&progress),
        limit: limits.max_line_bytes,
        quotes: Quotes::new(dialect.delimiter),
    };
    let reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(dialect.delimiter)
        .buffer_capacity(128 * 1024)
        .from_reader(guard);
    let rows = Delimited {
        reader,
        progress,
        number: u64::from(dialect.hint > 0),
        is_crlf,
        owed: i64::from(is_crlf),
        max_line_bytes: limits.max_line_bytes,
        encoding: found.label(),
        delimiter: dialect.delimiter,
    };
    Ok(Opened { rows, sample: records })
}

fn note(found: &Found) -> Option<Warning> {
    let at = found.not_utf8_at?;
    Some(if found.encoding == encoding_rs::WINDOWS_1252 { Warning::ReadAsWindows1252 { at } } else { Warning::Unreadable { at } })
}

impl Delimited {
    /// Reads the next row and gives its number, or nothing at the end.
    pub fn next(&mut self, record: &mut StringRecord) -> Result<Option<u64>, RowError> {
        let line = self.reader.position().line();
        self.progress.given.store(0, Relaxed);
        match self.reader.read_record(record) {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(error) => return Err(self.explain(&error)),
        }
        // The parser passes over blank lines without a word. Lines gone by,
        // less the row's own end and those within its quotes, are blank.
        let last = i64::from(self.is_at_end() && !self.is_crlf);
        let gone = (self.reader.position().line() - line) as i64 + self.owed + last;
        if gone != 1 {
            let within = record.as_slice().bytes().filter(|byte| *byte == b'\n').count();
            let blank = gone - 1 - within as i64;
            self.number += blank.max(0) as u64;
            self.owed = blank.min(0);
        } else {
            self.owed = 0;
        }
        self.number += 1;
        Ok(Some(self.number))
    }

    /// True when the row given last was ended by the end of the file.
    pub fn is_at_end(&self) -> bool {
        self.progress.is_over.load(Relaxed)
    }

    /// True when the row given last was ended by the end of the file, within quotation marks that nothing closed.
    pub fn ends_in_quotes(&self) -> bool {
        self.is_at_end() && self.progress.in_quotes.load(Relaxed)
    }

    /// True when text stands behind a closing quotation mark somewhere in what was read so far.
    pub fn has_stray_quotes(&self) -> bool {
        self.progress.stray.load(Relaxed)
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

/// What the parser has taken from the file.
#[derive(Default)]
struct Progress {
    /// Bytes since the row began; the row's reader sets it to 0.
    given: AtomicUsize,
    is_over: AtomicBool,
    /// Whether the file ended within quotation marks.
    in_quotes: AtomicBool,
    /// Whether text stood behind a closing quotation mark, where only a delimiter or a line end may stand.
    stray: AtomicBool,
}

/// Where in its row the text stands, by the rules of the parser, which closes at the end of the file whatever is open and does
/// not tell.
struct Quotes {
    delimiter: u8,
    at: At,
    /// Text stood behind a closing quote: one is missing, or one too many.
    stray: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// Before a cell's first character.
    Start,
    /// In a cell without quotes, or behind the quotes of one.
    Plain,
    Quoted,
    /// Behind a quote within quotes: the closing one, or the first of two.
    Closing,
}

impl Quotes {
    fn new(delimiter: u8) -> Self {
        Self { delimiter, at: At::Start, stray: false }
    }

    fn pass(&mut self, bytes: &[u8]) {
        for byte in bytes.iter().copied() {
            self.at = match (self.at, byte) {
                (At::Start, b'"') | (At::Closing, b'"') => At::Quoted,
                (At::Quoted, b'"') => At::Closing,
                (At::Quoted, _) => At::Quoted,
                (_, b'\r' | b'\n') => At::Start,
                (_, byte) if byte == self.delimiter => At::Start,
                (at, _) => {
                    self.stray |= at == At::Closing;
                    At::Plain
                }
            };
        }
    }
}

/// Stops a row that does not end before memory runs out.
struct Guard {
    inner: Bytes,
    progress: Arc<Progress>,
    limit: usize,
    quotes: Quotes,
}

impl Read for Guard {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.progress.given.load(Relaxed) > self.limit {
            return Err(io::Error::other(RowTooLong));
        }
        let count = self.inner.read(into)?;
        self.progress.given.fetch_add(count, Relaxed);
        self.quotes.pass(&into[..count]);
        self.progress.stray.store(self.quotes.stray, Relaxed);
        if count == 0 {
            self.progress.in_quotes.store(self.quotes.at == At::Quoted, Relaxed);
            self.progress.is_over.store(true, Relaxed);
        }
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
