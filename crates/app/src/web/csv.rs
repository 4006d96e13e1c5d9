//! A list as a file for a spreadsheet.

use axum::{
    http::header,
    response::{IntoResponse as _, Response},
};
use documents::formula;

/// At the beginning of a file that people open: without it, a spreadsheet reads UTF-8 as Windows-1252, and '£' as 'Â£'. Files for programs
/// have none.
pub const MARK: &str = "\u{feff}";

/// A file of a name: its header, then its rows.
#[must_use]
pub fn file(name: &str, header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Response {
    // A header may hold names of organisations; what is plain stands plain.
    let plain = |cell: &str| cell.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | ' '));
    let header: Vec<String> = header.iter().map(|cell| if plain(cell) { (*cell).to_owned() } else { quoted(cell) }).collect();
    let mut text = format!("{MARK}{}\r\n", header.join(","));
    for cells in rows {
        let line: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
        text.push_str(&line.join(","));
        text.push_str("\r\n");
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, text).into_response()
}

/// A cell that no spreadsheet takes for a formula, in quotes.
fn quoted(cell: &str) -> String {
    format!("\"{}\"", formula::guard(cell).replace('"', "\"\""))
}
