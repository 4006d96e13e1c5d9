//! One row of a table: cells by position, and the row's number.

use crate::formula;
use csv::StringRecord;
use std::sync::Arc;

/// A row of the table. Cells are in the order of the headers; a short row has
/// empty cells at its end. Cloning shares the column map.
#[derive(Debug, Clone, Default)]
pub struct Row {
    pub(super) number: u64,
    pub(super) index: u64,
    pub(super) record: StringRecord,
    pub(super) columns: Arc<[usize]>,
}

impl Row {
    /// The row's number as a spreadsheet counts: the file's first row is 1,
    /// the header and empty rows included; a cell with line ends within quotes
    /// is one row.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The row's number among the rows of data, from 1: headers, titles and
    /// empty rows are not counted.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }

    /// How many cells there are: as many as headers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// True before the first row is read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// The cell under the header with this position, as it stands in the file
    /// but for the one apostrophe of the formula guard. Empty when the row is
    /// short or there is no such header.
    #[must_use]
    pub fn get(&self, column: usize) -> &str {
        let cell = self.columns.get(column).and_then(|at| self.record.get(*at));
        formula::unguard(cell.unwrap_or_default())
    }

    /// All cells in the order of the headers.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = &str> + '_ {
        (0..self.len()).map(|column| self.get(column))
    }
}
