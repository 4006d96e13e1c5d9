//! The cells of one sheet, kept compactly: one text, and where cells end in it.

use super::dialect::SAMPLE_ROWS;
use super::error::ReadError;
use super::limits::Limits;
use csv::StringRecord;

/// A sheet's cells that hold something, in rows.
#[derive(Debug, Default)]
pub(super) struct Grid {
    text: String,
    /// Column, and where the cell's text ends.
    cells: Vec<(u32, usize)>,
    /// Row number from 1, and where the row's cells end.
    rows: Vec<(u64, usize)>,
    at: usize,
}

impl Grid {
    /// Adds a cell; cells come row by row and from left to right. Rows and
    /// columns count from 0.
    pub fn push(&mut self, row: u32, column: u32, value: &str, limits: &Limits) -> Result<(), ReadError> {
        if value.is_empty() {
            return Ok(());
        }
        let number = u64::from(row) + 1;
        let found = column as usize + 1;
        if found > limits.max_columns {
            return Err(ReadError::TooManyColumns { found, limit: limits.max_columns });
        }
        if number > limits.max_rows {
            return Err(ReadError::TooManyRows { limit: limits.max_rows });
        }
        // One long shared text can stand in every cell, so what is taken out
        // of a workbook is bounded like the workbook itself.
        if (self.text.len() + value.len()) as u64 > limits.max_uncompressed {
            return Err(ReadError::Bomb("its cells hold more text than is allowed".to_owned()));
        }
        match self.rows.last_mut() {
            Some((last, end)) if *last == number => {
                if self.cells.last().is_some_and(|(before, _)| *before >= column) {
                    return Err(ReadError::Damaged(format!("row {number} holds a cell twice")));
                }
                *end += 1;
            }
            Some((last, _)) if *last > number => {
                return Err(ReadError::Damaged(format!("row {number} stands after row {last}")));
            }
            _ => self.rows.push((number, self.cells.len() + 1)),
        }
        self.text.push_str(value);
        self.cells.push((column, self.text.len()));
        Ok(())
    }

    /// How many rows hold something.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The next row and its number.
    pub fn next(&mut self, record: &mut StringRecord) -> Option<u64> {
        let number = self.row(self.at, record)?;
        self.at += 1;
        Some(number)
    }

    /// The first rows, without moving on.
    pub fn sample(&self) -> Vec<StringRecord> {
        let records = (0..self.rows.len().min(SAMPLE_ROWS)).map(|at| {
            let mut record = StringRecord::new();
            self.row(at, &mut record);
            record
        });
        records.collect()
    }

    fn row(&self, at: usize, record: &mut StringRecord) -> Option<u64> {
        record.clear();
        let (number, end) = *self.rows.get(at)?;
        let first = at.checked_sub(1).map_or(0, |before| self.rows[before].1);
        let mut from = first.checked_sub(1).map_or(0, |before| self.cells[before].1);
        for (column, to) in &self.cells[first..end] {
            while record.len() < *column as usize {
                record.push_field("");
            }
            record.push_field(&self.text[from..*to]);
            from = *to;
        }
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_become_empty_cells_and_rows_keep_their_numbers() {
        let limits = Limits::default();
        let mut grid = Grid::default();
        for (row, column, value) in [(0, 1, "b"), (0, 3, "d"), (4, 0, "a")] {
            grid.push(row, column, value, &limits).unwrap();
        }
        let mut record = StringRecord::new();
        assert_eq!(grid.next(&mut record), Some(1));
        assert_eq!(record, vec!["", "b", "", "d"]);
        assert_eq!(grid.next(&mut record), Some(5));
        assert_eq!(record, vec!["a"]);
        assert_eq!(grid.next(&mut record), None);
    }

    #[test]
    fn a_shared_text_in_every_cell_is_bounded() {
        let limits = Limits { max_uncompressed: 1000, ..Limits::default() };
        let mut grid = Grid::default();
        let text = "x".repeat(400);
        let results: Vec<bool> = (0..3).map(|row| grid.push(row, 0, &text, &limits).is_ok()).collect();
        assert_eq!(results, [true, true, false]);
    }
}
