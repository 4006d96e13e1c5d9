//! CSV by RFC 4180: UTF-8, CR LF, a header row, quotes where needed.

use super::{Cell, Column, Kind, WriteError, paired};
use crate::formula;
use std::io::Write;

/// Writes a header and the rows as they come. Text that a spreadsheet could
/// run gets one apostrophe before it, as do such column names; the reader of
/// tables takes it away again.
///
/// # Errors
/// When the receiver fails or a cell does not fit its column.
pub fn write_csv<'a, W: Write>(
    columns: &[Column],
    rows: impl IntoIterator<Item = Vec<Cell<'a>>>,
    out: W,
) -> Result<(), WriteError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(columns.iter().map(|column| formula::guard(&column.name).into_owned())).map_err(explain)?;
    let mut scratch = String::new();
    for (number, cells) in (1..).zip(rows) {
        for pair in paired(columns, &cells, number) {
            let (column, cell) = pair?;
            write_cell(&mut writer, column.kind, cell, &mut scratch).map_err(explain)?;
        }
        // Ends the record.
        writer.write_record(None::<&[u8]>).map_err(explain)?;
    }
    writer.flush()?;
    Ok(())
}

fn write_cell<W: Write>(
    writer: &mut csv::Writer<W>,
    kind: Kind,
    cell: &Cell<'_>,
    scratch: &mut String,
) -> Result<(), csv::Error> {
    use std::fmt::Write as _;
    scratch.clear();
    match cell {
        Cell::Empty => {}
        Cell::Text(text) if kind == Kind::Text => {
            return writer.write_field(formula::guard(text).as_bytes());
        }
        Cell::Text(text) | Cell::Decimal(text) => return writer.write_field(text.as_bytes()),
        // Writing to a String does not fail.
        Cell::Integer(value) => drop(write!(scratch, "{value}")),
        Cell::Date(date) => drop(write!(scratch, "{date}")),
        Cell::Boolean(value) => scratch.push_str(if *value { "true" } else { "false" }),
    }
    writer.write_field(scratch.as_bytes())
}

fn explain(error: csv::Error) -> WriteError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => WriteError::Io(error),
        other => WriteError::Format { format: "CSV", reason: format!("{other:?}") },
    }
}
