//! JSON Lines: one object a line, with numbers as numbers and `null` for what
//! is not known.

use super::{Cell, Column, WriteError, paired};
use std::io::{BufWriter, Write};

/// Writes one JSON object a line. Decimals are written as they stand, so no
/// digit is lost; there is no header.
///
/// # Errors
/// When the receiver fails or a cell does not fit its column.
pub fn write_jsonl<'a, W: Write>(
    columns: &[Column],
    rows: impl IntoIterator<Item = Vec<Cell<'a>>>,
    out: W,
) -> Result<(), WriteError> {
    let mut out = BufWriter::new(out);
    let names: Vec<String> = columns.iter().map(|column| format!("{}:", quoted(&column.name))).collect();
    for (number, cells) in (1..).zip(rows) {
        out.write_all(b"{")?;
        for (at, pair) in paired(columns, &cells, number).enumerate() {
            let (_, cell) = pair?;
            if at > 0 {
                out.write_all(b",")?;
            }
            out.write_all(names[at].as_bytes())?;
            match cell {
                Cell::Empty => out.write_all(b"null")?,
                Cell::Text(text) => serde_json::to_writer(&mut out, text.as_ref()).map_err(std::io::Error::from)?,
                Cell::Integer(value) => write!(out, "{value}")?,
                Cell::Decimal(text) => out.write_all(text.as_bytes())?,
                Cell::Date(date) => write!(out, "\"{date}\"")?,
                Cell::Boolean(value) => write!(out, "{value}")?,
            }
        }
        out.write_all(b"}\n")?;
    }
    out.flush()?;
    Ok(())
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
