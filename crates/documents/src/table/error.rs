//! Why a file, or a row of one, cannot be read: plain sentences that say what
//! to do. The row errors carry the row's number.

use super::limits::size;

/// Why a file cannot be read as a table at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file cannot be opened or read.
    #[error("The file cannot be read: {0}. Check that it exists and that you may read it.")]
    Io(#[from] std::io::Error),
    /// There is nothing in the file.
    #[error("The file is empty. Choose a CSV or XLSX file with a header row.")]
    Empty,
    /// There are cells but none could be a header.
    #[error("No header row was found. The first row of the table must name its columns.")]
    NoHeader,
    /// It is a folder.
    #[error("This is a folder. Name the files in it.")]
    Directory,
    /// It is a pipe, or standard input.
    #[error("A table is read twice, and this can be read once alone. Save it as a file, and name that.")]
    OnceAlone,
    /// The file is larger than the limit.
    #[error("The file is larger than {}. Split it, or remove what is not part of the table.", size(*.limit))]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The content is not a table, or not what the name says.
    #[error("{name}The content looks like {looks_like}. {advice}")]
    WrongKind {
        /// A sentence on what the name promises, with a space after it, or nothing.
        name: String,
        /// What the content looks like, for instance `a PDF document`.
        looks_like: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// The workbook cannot be opened without a password.
    #[error("The workbook is protected by a password. Remove the password and save it again.")]
    Password,
    /// The workbook is cut short or otherwise damaged.
    #[error("The workbook cannot be read: it is cut short or damaged ({0}). Download or save it again, as XLSX or CSV.")]
    Damaged(String),
    /// The workbook unpacks to more than the limit, or is built to.
    #[error("The workbook was refused: {0}. Save only the sheet with the table, as XLSX or CSV.")]
    Bomb(String),
    /// No sheet has the name asked for.
    #[error("There is no sheet named ‘{wanted}’. The sheets are: {sheets}.")]
    NoSuchSheet {
        /// The name asked for.
        wanted: String,
        /// The names there are, separated by commas.
        sheets: String,
    },
    /// The table has more columns than the limit.
    #[error("The table has {found} columns; at most {limit} are read. Remove the columns that are not needed.")]
    TooManyColumns {
        /// Columns found.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// The table has more rows than the limit. Only workbooks say so here.
    #[error("The table has more than {limit} rows. Split it into several files.")]
    TooManyRows {
        /// The limit.
        limit: u64,
    },
    /// A row near the start cannot be read.
    #[error(transparent)]
    Row(#[from] RowError),
}

/// Why one row cannot be used. `number` counts as a spreadsheet does: the first
/// row of the file is 1, whatever it holds.
#[derive(Debug, thiserror::Error)]
#[error("Row {number}: {reason}")]
pub struct RowError {
    /// The row's number in the file.
    pub number: u64,
    /// What is wrong with it.
    pub reason: RowProblem,
}

impl RowError {
    /// True when nothing after this row can be read either.
    #[must_use]
    pub fn is_fatal(&self) -> bool {
        !matches!(
            self.reason,
            RowProblem::ExtraCells { .. }
                | RowProblem::CellTooLong { .. }
                | RowProblem::QuoteNotClosed
                | RowProblem::CellsJoined { .. }
        )
    }
}

/// What is wrong with a row.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RowProblem {
    /// A cell holds something where the header names no column.
    #[error(
        "cell {column} holds ‘{value}’ but the header names no such column; a delimiter or quotation mark may be missing or too many"
    )]
    ExtraCells {
        /// The cell's number in the row, from 1.
        column: usize,
        /// The start of what it holds.
        value: String,
    },
    /// A cell is longer than the limit.
    #[error("cell {column} is longer than {}", size(*.limit as u64))]
    CellTooLong {
        /// The cell's number in the row, from 1.
        column: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The file ends within quotation marks.
    #[error(
        "a quotation mark is opened here and never closed, so this row holds the rest of the file; add the closing mark or download the file again"
    )]
    QuoteNotClosed,
    /// A closing quotation mark is missing, so that a cell runs into the next one.
    #[error(
        "cell {column} holds ‘{value}’, which looks like two cells: a closing quotation mark is missing, and the cells behind it stand one column too far left; add the mark"
    )]
    CellsJoined {
        /// The cell's number in the row, from 1.
        column: usize,
        /// The start of what it holds.
        value: String,
    },
    /// The row is longer than the limit; reading stops here.
    #[error("the row is longer than {}; a quotation mark may be opened and never closed, or this is not a table", size(*.limit as u64))]
    RowTooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// There are more rows than the limit; reading stops here.
    #[error("the file has more than {limit} rows; split it into several files")]
    TooManyRows {
        /// The limit.
        limit: u64,
    },
    /// The file could not be read further.
    #[error("the file cannot be read further: {0}")]
    Io(String),
}
