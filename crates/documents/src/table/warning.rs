//! What was noticed while reading and did not stop it.

use std::fmt;

/// Something an officer should know about how a file was read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// The file was not UTF-8 and was read as Windows-1252.
    ReadAsWindows1252 {
        /// Where the first byte stands that is not UTF-8.
        at: u64,
    },
    /// The file is UTF-8 but not all of it.
    Unreadable {
        /// Where the first unreadable byte stands.
        at: u64,
    },
    /// Rows above the header were skipped.
    SkippedRows {
        /// How many, empty ones included.
        count: u64,
        /// The header's row number.
        header: u64,
    },
    /// Two columns have one name; the later one was renamed.
    DuplicateHeader {
        /// The name.
        name: String,
        /// What the later column is called now.
        renamed: String,
    },
    /// A column holds something but has no name.
    UnnamedColumn {
        /// The name given to it.
        name: String,
    },
    /// The last row has fewer cells than the header, and the file ends with it.
    EndsShort {
        /// The row's number.
        row: u64,
        /// Cells that it has.
        cells: usize,
        /// Cells that the header has.
        columns: usize,
    },
    /// The workbook has other sheets that hold something.
    OtherSheets {
        /// The sheet that was read.
        read: String,
        /// The others.
        others: Vec<String>,
    },
    /// Cells that hold an error such as `#REF!` were read as empty.
    ErrorCells {
        /// How many.
        count: u64,
        /// The address of the first, for instance `C5`.
        first: String,
    },
    /// The file is a workbook of another kind than its name says.
    OtherWorkbook {
        /// What it is, for instance `XLSX`.
        kind: &'static str,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReadAsWindows1252 { at } => write!(
                f,
                "The file is not UTF-8 (byte {at} shows it), so it was read as Windows-1252. Check pound signs, dashes and accents; save as ‘CSV UTF-8’ to be sure."
            ),
            Self::Unreadable { at } => write!(
                f,
                "The file is UTF-8 but cannot be read at byte {at}: it may be cut short, or put together from two files. What could not be read shows as \u{FFFD}."
            ),
            Self::SkippedRows { count, header } => {
                write!(f, "The header was found in row {header}; rows above it were skipped: {count}.")
            }
            Self::DuplicateHeader { name, renamed } => {
                write!(f, "More than one column is named ‘{name}’; a later one is read as ‘{renamed}’.")
            }
            Self::UnnamedColumn { name } => {
                write!(f, "A column has no name and is read as ‘{name}’.")
            }
            Self::EndsShort { row, cells, columns } => write!(
                f,
                "The file ends in row {row}, after {cells} of {columns} cells and without a line end: it may be cut short. Compare the row with its source."
            ),
            Self::OtherSheets { read, others } => {
                write!(f, "Only the sheet ‘{read}’ was read; not read: {}.", others.join(", "))
            }
            Self::ErrorCells { count, first } => {
                write!(f, "Cells that hold a spreadsheet error such as #REF! were read as empty: {count}, the first is {first}.")
            }
            Self::OtherWorkbook { kind } => write!(f, "The file is a workbook of kind {kind}, not what its name says."),
        }
    }
}
