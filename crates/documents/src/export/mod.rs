//! One row model, four files: [`write_csv`], [`write_jsonl`], [`write_xlsx`]
//! and [`write_parquet`] take the same columns and rows.
//!
//! A row is one [`Cell`] for each [`Column`]; a short row has empty cells at
//! its end. A cell whose kind is not its column's is an error, since each file
//! but CSV has typed columns. The formula guard is for text in CSV alone:
//! numbers and dates never get it, and the other three files say themselves
//! what is text.

mod csv_file;
mod decimal;
mod jsonl;
mod parquet_file;
mod xlsx;

pub use csv_file::write_csv;
pub use jsonl::write_jsonl;
pub use parquet_file::write_parquet;
pub use xlsx::{write_xlsx, write_xlsx_with};

use jiff::civil::Date;
use std::borrow::Cow;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words, identifiers, addresses.
    Text,
    /// A decimal number. Parquet keeps it as a double, so that any scale fits.
    Number,
    /// A sum of money: at most two decimals, exact in every file.
    Money,
    /// A date without a time.
    Date,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
}

/// A column: its name, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The name, as it stands in the header.
    pub name: Cow<'static, str>,
    /// What its cells hold.
    pub kind: Kind,
}

impl Column {
    /// A column with this name and kind.
    pub fn new(name: impl Into<Cow<'static, str>>, kind: Kind) -> Self {
        Self { name: name.into(), kind }
    }
}

/// One value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Not known.
    Empty,
    /// Words.
    Text(Cow<'a, str>),
    /// A whole number; also fits columns of numbers and money.
    Integer(i64),
    /// A decimal number as it is to be written, for instance `1200000.00`:
    /// an optional minus, digits, and digits after a point if any.
    Decimal(Cow<'a, str>),
    /// A date.
    Date(Date),
    /// True or false.
    Boolean(bool),
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<Option<&'a str>> for Cell<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::Empty, Self::from)
    }
}

impl From<Option<Date>> for Cell<'_> {
    fn from(date: Option<Date>) -> Self {
        date.map_or(Self::Empty, Self::Date)
    }
}

/// Why an export stopped. What was written until then is not a whole file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The receiver does not take more.
    #[error("The file cannot be written: {0}")]
    Io(#[from] std::io::Error),
    /// A cell does not fit its column.
    #[error("Row {row}, column '{column}': the value does not fit a column of kind {kind:?}.")]
    Mismatch {
        /// The row, from 1, without the header.
        row: u64,
        /// The column's name.
        column: String,
        /// The column's kind.
        kind: Kind,
    },
    /// The file's format cannot hold so much.
    #[error(
        "A workbook holds at most 1,048,575 rows and 32,767 characters a cell. Choose CSV, JSON Lines or Parquet, or narrow the filter."
    )]
    TooMuchForWorkbook,
    /// The library that writes the format refused.
    #[error("The {format} file cannot be written: {reason}")]
    Format {
        /// The format's name.
        format: &'static str,
        /// The reason given.
        reason: String,
    },
}

/// Whether a value may stand in a column.
fn fits(kind: Kind, cell: &Cell<'_>) -> bool {
    match (kind, cell) {
        (_, Cell::Empty)
        | (Kind::Text, Cell::Text(_))
        | (Kind::Integer | Kind::Number, Cell::Integer(_))
        | (Kind::Date, Cell::Date(_))
        | (Kind::Boolean, Cell::Boolean(_)) => true,
        (Kind::Number, Cell::Decimal(text)) => decimal::is_decimal(text),
        (Kind::Money, Cell::Integer(value)) => decimal::whole_pence(*value).is_some(),
        (Kind::Money, Cell::Decimal(text)) => decimal::pence(text).is_some(),
        _ => false,
    }
}

/// Pairs each column with the row's cell, after checking that it fits.
fn paired<'r, 'a>(
    columns: &'r [Column],
    cells: &'r [Cell<'a>],
    row: u64,
) -> impl Iterator<Item = Result<(&'r Column, &'r Cell<'a>), WriteError>> {
    columns.iter().enumerate().map(move |(at, column)| {
        let cell = cells.get(at).unwrap_or(&Cell::Empty);
        if fits(column.kind, cell) {
            Ok((column, cell))
        } else {
            Err(WriteError::Mismatch { row, column: column.name.to_string(), kind: column.kind })
        }
    })
}
