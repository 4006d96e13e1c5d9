//! XLSX: a sheet to work in. Bold header that stays in view, filter arrows,
//! dates as dates and numbers as numbers.

use super::{Cell, Column, Kind, WriteError, paired};
use jiff::civil::Date;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use std::borrow::Cow;
use std::io::Write;

/// The rows of a sheet, less the header.
const MAX_ROWS: u64 = 1_048_575;
/// Rows that decide the width of columns: a sheet is written as it comes.
const MEASURED: usize = 100;

/// Writes one sheet with this name. Rows go to a temporary file as they come,
/// so memory does not grow with them.
///
/// # Errors
/// When the receiver fails, a cell does not fit its column, or the rows are
/// more than a sheet holds.
pub fn write_xlsx<'a, W: Write + Send>(
    sheet: &str,
    columns: &[Column],
    rows: impl IntoIterator<Item = Vec<Cell<'a>>>,
    out: W,
) -> Result<(), WriteError> {
    let mut workbook = Workbook::new();
    fill(&mut workbook, sheet, columns, rows)?;
    workbook.save_to_writer(out).map_err(explain)
}

/// Writes one sheet as [`write_xlsx`] does, and behind it a small one that says what the workbook is.
///
/// # Errors
/// As [`write_xlsx`].
pub fn write_xlsx_with<'a, W: Write + Send>(
    sheet: &str,
    columns: &[Column],
    rows: impl IntoIterator<Item = Vec<Cell<'a>>>,
    about: (&str, &[Column], Vec<Vec<Cell<'a>>>),
    out: W,
) -> Result<(), WriteError> {
    let mut workbook = Workbook::new();
    fill(&mut workbook, sheet, columns, rows)?;
    let (name, columns, rows) = about;
    fill(&mut workbook, name, columns, rows)?;
    workbook.save_to_writer(out).map_err(explain)
}

/// Adds a sheet.
fn fill<'a>(
    workbook: &mut Workbook,
    sheet: &str,
    columns: &[Column],
    rows: impl IntoIterator<Item = Vec<Cell<'a>>>,
) -> Result<(), WriteError> {
    let formats = Formats::new();
    let mut rows = rows.into_iter();
    let first: Vec<Vec<Cell<'a>>> = rows.by_ref().take(MEASURED).collect();
    let worksheet = workbook.add_worksheet_with_constant_memory().map_err(explain)?;
    worksheet.set_name(sheet_name(sheet)).map_err(explain)?;
    worksheet.set_freeze_panes(1, 0).map_err(explain)?;
    for (at, column) in (0u16..).zip(columns) {
        worksheet.set_column_width(at, width(at, column, &first)).map_err(explain)?;
        worksheet.write_string_with_format(0, at, column.name.as_ref(), &formats.header).map_err(explain)?;
    }
    let mut last = 0u32;
    for (number, cells) in (1u64..).zip(first.into_iter().chain(rows)) {
        if number > MAX_ROWS {
            return Err(WriteError::TooMuchForWorkbook);
        }
        last = number as u32;
        for (at, pair) in (0u16..).zip(paired(columns, &cells, number)) {
            let (column, cell) = pair?;
            write_cell(worksheet, last, at, column.kind, cell, &formats).map_err(explain)?;
        }
    }
    if let Some(end) = columns.len().checked_sub(1).and_then(|end| u16::try_from(end).ok()) {
        worksheet.autofilter(0, 0, last, end).map_err(explain)?;
    }
    Ok(())
}

struct Formats {
    header: Format,
    date: Format,
    money: Format,
}

impl Formats {
    fn new() -> Self {
        Self {
            header: Format::new().set_bold().set_text_wrap(),
            date: Format::new().set_num_format("d mmmm yyyy"),
            money: Format::new().set_num_format("#,##0.00"),
        }
    }
}

fn write_cell(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    kind: Kind,
    cell: &Cell<'_>,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let mut number = |value: f64| match kind {
        Kind::Money => sheet.write_number_with_format(row, column, value, &formats.money).map(drop),
        _ => sheet.write_number(row, column, value).map(drop),
    };
    match cell {
        Cell::Empty => Ok(()),
        // Beyond 15 digits a spreadsheet would change the number.
        Cell::Integer(value) if value.unsigned_abs() < 1_000_000_000_000_000 => number(*value as f64),
        Cell::Decimal(text) if text.bytes().filter(u8::is_ascii_digit).count() <= 15 => text.parse().map_or(Ok(()), number),
        Cell::Integer(value) => sheet.write_string(row, column, value.to_string()).map(drop),
        Cell::Decimal(text) => sheet.write_string(row, column, text.as_ref()).map(drop),
        // Never 'write', which would make a formula of a text with '='.
        Cell::Text(text) => sheet.write_string(row, column, shortened(text).as_ref()).map(drop),
        Cell::Boolean(value) => sheet.write_boolean(row, column, *value).map(drop),
        Cell::Date(date) => match serial(*date) {
            Some(serial) => sheet.write_number_with_format(row, column, serial, &formats.date).map(drop),
            None => sheet.write_string(row, column, date.to_string()).map(drop),
        },
    }
}

/// The text as far as a cell holds it: 32,767 UTF-16 units. A cut says so,
/// since one long text should not cost the reader the whole file.
fn shortened(text: &str) -> Cow<'_, str> {
    const MAX: usize = 32_767;
    const NOTE: &str = " … (cut here: a cell holds no more; the other formats have the whole text)";
    // No character takes more UTF-16 units than UTF-8 bytes.
    if text.len() <= MAX || text.encode_utf16().count() <= MAX {
        return Cow::Borrowed(text);
    }
    let mut left = MAX - NOTE.encode_utf16().count();
    let fits = |c: &char| {
        let is_room = left >= c.len_utf16();
        left = left.saturating_sub(c.len_utf16());
        is_room
    };
    let mut cut: String = text.chars().take_while(fits).collect();
    cut.push_str(NOTE);
    Cow::Owned(cut)
}

/// The serial number of a date, counted from the last days of 1899; none
/// before March 1900, where spreadsheets count a 29 February that never was.
fn serial(date: Date) -> Option<f64> {
    let epoch = Date::new(1899, 12, 30).ok()?;
    let days = date.since(epoch).ok()?.get_days();
    (days > 60).then(|| f64::from(days))
}

/// A width in characters that fits the header and the first rows, within
/// reason.
fn width(at: u16, column: &Column, rows: &[Vec<Cell<'_>>]) -> f64 {
    let length = |cell: &Cell<'_>| match cell {
        Cell::Text(text) | Cell::Decimal(text) => text.chars().count() + 2,
        Cell::Date(_) => 18, // 30 September 2027
        _ => 8,
    };
    let widest = rows.iter().filter_map(|row| row.get(usize::from(at))).map(length).max().unwrap_or(0);
    widest.max(column.name.chars().count() + 4).clamp(10, 60) as f64
}

/// A sheet's name as the format allows it: 31 characters, none of `[]:*?/\`.
fn sheet_name(name: &str) -> String {
    let allowed = |c: &char| !c.is_control() && !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\');
    let name: String = name.chars().filter(allowed).take(31).collect();
    let name = name.trim_matches('\'').trim();
    if name.is_empty() { "Sheet1".to_owned() } else { name.to_owned() }
}

fn explain(error: XlsxError) -> WriteError {
    match error {
        XlsxError::IoError(error) => WriteError::Io(error),
        XlsxError::MaxStringLengthExceeded | XlsxError::RowColumnLimitError => WriteError::TooMuchForWorkbook,
        other => WriteError::Format { format: "XLSX", reason: other.to_string() },
    }
}
