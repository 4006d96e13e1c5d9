//! The guard against ODS sheets that repeat themselves beyond measure.
//!
//! ODS says 'this cell 16,384 times' and 'this row a million times' in a few
//! bytes, and the reader of ODS unfolds that. So the sheets are gone through
//! once before, and what they would unfold to is added up.

use super::error::ReadError;
use super::limits::Limits;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::io::{BufReader, Read, Seek};

/// Cells, empty ones between others included, that a workbook may unfold to.
pub(super) const MAX_CELLS: u64 = 12_000_000;

/// What the row at hand amounts to.
#[derive(Default)]
struct RowTally {
    repeats: u64,
    /// Columns gone by.
    column: u64,
    /// Columns up to the last cell that holds something.
    width: u64,
    bytes: u64,
    cell_repeats: u64,
    cell_bytes: u64,
}

impl RowTally {
    fn end_cell(&mut self) {
        self.column = self.column.saturating_add(self.cell_repeats);
        if self.cell_bytes > 0 {
            self.width = self.column;
            self.bytes = self.bytes.saturating_add(self.cell_bytes.saturating_mul(self.cell_repeats));
        }
        self.cell_bytes = 0;
    }
}

/// Adds up what the sheets of an ODS file unfold to.
pub(super) fn check<R: Read + Seek>(file: R, limits: &Limits) -> Result<(), ReadError> {
    let damaged = |error: String| ReadError::Damaged(error);
    let mut archive = zip::ZipArchive::new(file).map_err(|error| damaged(error.to_string()))?;
    let content = archive.by_name("content.xml").map_err(|error| damaged(error.to_string()))?;
    let mut reader = Reader::from_reader(BufReader::new(content));
    let mut buffer = Vec::new();
    let (mut rows, mut filled, mut width, mut cells, mut bytes) = (0u64, 0u64, 0u64, 0u64, 0u64);
    let mut row = RowTally::default();
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(|error| damaged(error.to_string()))?;
        let is_whole = matches!(event, Event::Empty(_));
        match &event {
            Event::Eof => return Ok(()),
            Event::Start(tag) | Event::Empty(tag) => match tag.name().as_ref() {
                "table:table" => (rows, filled, width) = (0, 0, 0),
                "table:table-row" => {
                    row = RowTally { repeats: repeats(tag, "table:number-rows-repeated"), ..RowTally::default() };
                    if is_whole {
                        rows = rows.saturating_add(row.repeats);
                    }
                }
                "table:table-cell" | "table:covered-table-cell" => {
                    row.cell_repeats = repeats(tag, "table:number-columns-repeated");
                    // A value without a text still makes a cell.
                    row.cell_bytes = u64::from(tag.attributes_raw().contains("office:")) * 16;
                    if is_whole {
                        row.end_cell();
                    }
                }
                _ => {}
            },
            Event::Text(text) => row.cell_bytes = row.cell_bytes.saturating_add(text.len() as u64),
            Event::CData(text) => row.cell_bytes = row.cell_bytes.saturating_add(text.len() as u64),
            Event::End(tag) => match tag.name().as_ref() {
                "table:table-cell" | "table:covered-table-cell" => row.end_cell(),
                "table:table-row" => {
                    rows = rows.saturating_add(row.repeats);
                    if row.width > 0 {
                        filled = rows;
                        width = width.max(row.width);
                    }
                    bytes = bytes.saturating_add(row.bytes.saturating_mul(row.repeats));
                }
                "table:table" => cells = cells.saturating_add(filled.saturating_mul(width)),
                _ => {}
            },
            _ => {}
        }
        if bytes > limits.max_uncompressed || cells > MAX_CELLS || filled.saturating_mul(width) > MAX_CELLS {
            return Err(ReadError::Bomb("its repeated rows and cells unfold to more than is allowed".to_owned()));
        }
    }
}

fn repeats(tag: &BytesStart<'_>, name: &str) -> u64 {
    let value = tag.try_get_attribute(name).ok().flatten();
    value.and_then(|value| value.value.parse().ok()).unwrap_or(1)
}
