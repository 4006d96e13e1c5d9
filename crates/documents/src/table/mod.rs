//! Any CSV or workbook as councils publish them, as rows of named cells.
//!
//! [`TableReader`] finds out what a file is, how it is encoded and separated,
//! which sheet holds the table and which row names the columns; it says in
//! [`Warning`]s whatever it had to decide. CSV is streamed. What a cell means
//! is for others: cells come as the file has them (dates of workbooks as ISO
//! dates), less the one apostrophe of the formula guard.
//!
//! Rows with nothing but white space are passed over. A short row has empty
//! cells at its end, and is told where the file ends with it; a row with more
//! cells than the header, or with cells that a lost quotation mark has joined,
//! is an error of that row alone.

mod archive;
mod book;
mod cell;
mod delimited;
mod dialect;
mod encoding;
mod error;
mod grid;
mod header;
mod legacy;
mod legacy_container;
mod legacy_records;
mod limits;
mod opendocument;
mod row;
mod sniff;
mod warning;

pub use error::{ReadError, RowError, RowProblem};
pub use limits::Limits;
pub use row::Row;
pub use warning::Warning;

use csv::StringRecord;
use delimited::Delimited;
use grid::Grid;
use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

/// What a table can be read from: a file, or bytes in a [`Cursor`].
pub trait ReadSeek: Read + Seek + Send {}

impl<T: Read + Seek + Send> ReadSeek for T {}

/// The two families of files that hold tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Delimited text, whatever its delimiter.
    Csv,
    /// A workbook: XLSX, XLSM, XLSB, XLS or ODS.
    Xlsx,
}

enum Rows {
    Text(Box<Delimited>),
    Sheet(Grid),
}

impl Rows {
    fn next(&mut self, record: &mut StringRecord) -> Result<Option<u64>, RowError> {
        match self {
            Self::Text(text) => text.next(record),
            Self::Sheet(grid) => Ok(grid.next(record)),
        }
    }
}

/// Reads a table row by row. See the [module](self) for what it takes care of.
pub struct TableReader {
    rows: Rows,
    headers: Vec<String>,
    columns: Arc<[usize]>,
    dropped: Vec<usize>,
    /// Cells in the header row, named or not.
    width: usize,
    header_number: u64,
    index: u64,
    sheet: Option<String>,
    warnings: Vec<Warning>,
    limits: Limits,
    is_over: bool,
}

impl TableReader {
    /// Opens a file; of a workbook, the sheet that looks most like a table.
    ///
    /// # Errors
    /// When the file cannot be read, is no table, or goes beyond the limits.
    pub fn open(path: &Path, limits: &Limits) -> Result<Self, ReadError> {
        Self::open_sheet(path, None, limits)
    }

    /// Opens a file, and of a workbook the sheet with this name. The name is
    /// ignored for text.
    ///
    /// # Errors
    /// As [`TableReader::open`], and when there is no such sheet.
    pub fn open_sheet(path: &Path, sheet: Option<&str>, limits: &Limits) -> Result<Self, ReadError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            return Err(ReadError::Directory);
        }
        if path == Path::new("-") || path.exists() && !path.is_file() {
            return Err(ReadError::OnceAlone);
        }
        Self::from_reader(&name, Box::new(File::open(path)?), sheet, limits)
    }

    /// Reads bytes; `name` is the name the file was given, as far as known.
    ///
    /// # Errors
    /// As [`TableReader::open`].
    pub fn from_bytes(name: &str, bytes: Vec<u8>, limits: &Limits) -> Result<Self, ReadError> {
        Self::from_reader(name, Box::new(Cursor::new(bytes)), None, limits)
    }

    /// Reads anything that can be read and rewound.
    ///
    /// # Errors
    /// As [`TableReader::open_sheet`].
    pub fn from_reader(name: &str, mut file: Box<dyn ReadSeek>, sheet: Option<&str>, limits: &Limits) -> Result<Self, ReadError> {
        let length = file.seek(SeekFrom::End(0))?;
        if length > limits.max_bytes {
            return Err(ReadError::TooLarge { limit: limits.max_bytes });
        }
        file.seek(SeekFrom::Start(0))?;
        let mut start = Vec::new();
        (&mut file).take(4096).read_to_end(&mut start)?;
        if start.is_empty() {
            return Err(ReadError::Empty);
        }
        let kind = sniff::kind(name, &start)?;
        file.seek(SeekFrom::Start(0))?;

        let mut warnings = Vec::new();
        let (rows, sample, sheet) = if kind == sniff::Kind::Text {
            let opened = delimited::open(file, &start, limits, &mut warnings)?;
            (Rows::Text(Box::new(opened.rows)), opened.sample, None)
        } else {
            let opened = book::open(name, file, kind, sheet, limits, &mut warnings)?;
            let sample = opened.grid.sample();
            (Rows::Sheet(opened.grid), sample, Some(opened.sheet))
        };
        Self::start(rows, &sample, sheet, warnings, limits.clone())
    }

    fn start(
        mut rows: Rows,
        sample: &[StringRecord],
        sheet: Option<String>,
        mut warnings: Vec<Warning>,
        limits: Limits,
    ) -> Result<Self, ReadError> {
        let mut record = StringRecord::new();
        let Some(at) = header::find(sample) else {
            // A first row beyond the limits is the better thing to tell.
            rows.next(&mut record)?;
            return Err(ReadError::NoHeader);
        };
        let mut header_number = 0;
        for _ in 0..=at {
            header_number = rows.next(&mut record)?.ok_or(ReadError::NoHeader)?;
        }
        if header_number > 1 {
            warnings.push(Warning::SkippedRows { count: header_number - 1, header: header_number });
        }
        let columns = header::columns(&record, &sample[at + 1..], limits.max_columns, &mut warnings)?;
        Ok(Self {
            rows,
            headers: columns.names,
            columns: columns.positions.into(),
            dropped: columns.dropped,
            width: record.len(),
            header_number,
            index: 0,
            sheet,
            warnings,
            limits,
            is_over: false,
        })
    }

    /// The names of the columns: trimmed, distinct, none empty.
    #[must_use]
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// The header's row number, from 1.
    #[must_use]
    pub fn header_number(&self) -> u64 {
        self.header_number
    }

    /// Whether this is text or a workbook.
    #[must_use]
    pub fn format(&self) -> Format {
        match self.rows {
            Rows::Text(_) => Format::Csv,
            Rows::Sheet(_) => Format::Xlsx,
        }
    }

    /// The encoding's name; workbooks are always UTF-8 by now.
    #[must_use]
    pub fn encoding(&self) -> &'static str {
        match &self.rows {
            Rows::Text(text) => text.encoding,
            Rows::Sheet(_) => "UTF-8",
        }
    }

    /// The delimiter of a text file.
    #[must_use]
    pub fn delimiter(&self) -> Option<char> {
        match &self.rows {
            Rows::Text(text) => Some(char::from(text.delimiter)),
            Rows::Sheet(_) => None,
        }
    }

    /// The sheet that is read; nothing for text.
    #[must_use]
    pub fn sheet(&self) -> Option<&str> {
        self.sheet.as_deref()
    }

    /// What an officer should know about how the file is read; after the last row, also about how it ends.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Reads the next row into `row`, reusing its memory; false at the end.
    /// After an error that [is not fatal](RowError::is_fatal) reading can go
    /// on with the next row.
    ///
    /// # Errors
    /// When the row, or all that is left, cannot be used.
    pub fn read_into(&mut self, row: &mut Row) -> Result<bool, RowError> {
        let result = self.advance(row);
        match &result {
            Ok(true) => {}
            Ok(false) => self.is_over = true,
            Err(error) => self.is_over = error.is_fatal(),
        }
        result
    }

    fn advance(&mut self, row: &mut Row) -> Result<bool, RowError> {
        loop {
            if self.is_over {
                return Ok(false);
            }
            let Some(number) = self.rows.next(&mut row.record)? else {
                return Ok(false);
            };
            if number > self.limits.max_rows {
                let reason = RowProblem::TooManyRows { limit: self.limits.max_rows };
                return Err(RowError { number, reason });
            }
            if row.record.as_slice().trim().is_empty() {
                continue;
            }
            self.index += 1;
            row.number = number;
            row.index = self.index;
            if !Arc::ptr_eq(&row.columns, &self.columns) {
                row.columns = Arc::clone(&self.columns);
            }
            return match self.problem(&row.record) {
                None => {
                    self.note_short_end(number, row.record.len());
                    Ok(true)
                }
                Some(reason) => Err(RowError { number, reason }),
            };
        }
    }

    /// A last row with fewer cells than the header, and no line end behind it: the file may be cut short.
    fn note_short_end(&mut self, row: u64, cells: usize) {
        if cells < self.width && matches!(&self.rows, Rows::Text(text) if text.is_at_end()) {
            self.warnings.push(Warning::EndsShort { row, cells, columns: self.width });
        }
    }

    /// What is wrong with a row's shape, if anything.
    fn problem(&self, record: &StringRecord) -> Option<RowProblem> {
        let limit = self.limits.max_cell_bytes;
        if record.as_slice().len() > limit
            && let Some(at) = record.iter().position(|cell| cell.len() > limit)
        {
            return Some(RowProblem::CellTooLong { column: at + 1, limit });
        }
        let beyond = self.width..record.len().max(self.width);
        for at in self.dropped.iter().copied().chain(beyond) {
            let cell = record.get(at).unwrap_or_default().trim();
            if !cell.is_empty() {
                return Some(RowProblem::ExtraCells { column: at + 1, value: cell.chars().take(40).collect() });
            }
        }
        let Rows::Text(text) = &self.rows else { return None };
        if text.ends_in_quotes() {
            return Some(RowProblem::QuoteNotClosed);
        }
        // A closing mark that is missing joins its cell to the next one: the row is short, and the cell holds the delimiter and the
        // mark that opened the next. What stands behind it is another column's. Marks that are written twice, as they should be, are
        // no such case: then no text stands behind a closing one anywhere in the file.
        let delimiter = char::from(text.delimiter);
        let joined = |cell: &str| cell.contains(delimiter) && cell.bytes().filter(|byte| *byte == b'"').count() % 2 == 1;
        let at = (record.len() < self.width && text.has_stray_quotes()).then(|| record.iter().position(joined)).flatten()?;
        let value = record.get(at).unwrap_or_default().trim().chars().take(40).collect();
        Some(RowProblem::CellsJoined { column: at + 1, value })
    }
}

impl Iterator for TableReader {
    type Item = Result<Row, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut row = Row::default();
        match self.read_into(&mut row) {
            Ok(true) => Some(Ok(row)),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        }
    }
}

impl std::fmt::Debug for TableReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TableReader")
            .field("headers", &self.headers)
            .field("format", &self.format())
            .field("sheet", &self.sheet)
            .field("warnings", &self.warnings)
            .finish_non_exhaustive()
    }
}
