//! Workbooks: which sheet holds the table, and its cells.

use super::archive::{self, Packed};
use super::error::ReadError;
use super::grid::Grid;
use super::limits::{Limits, size};
use super::sniff::Kind;
use super::warning::Warning;
use super::{ReadSeek, cell, header, legacy, opendocument};
use calamine::{Data, DataRef, Ods, OdsError, Range, Reader, SheetType, SheetVisible, Xls, XlsError, Xlsb, Xlsx, XlsxError};
use std::fmt::Display;
use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Rows looked at when sheets are compared.
const PREVIEW_ROWS: usize = 60;
/// Sheets compared; the rest are not looked at.
const MAX_SHEETS: usize = 60;

type File = BufReader<Box<dyn ReadSeek>>;

/// The table of a workbook.
pub(super) struct Opened {
    /// Its cells.
    pub grid: Grid,
    /// The sheet's name.
    pub sheet: String,
}

/// Reads one sheet of a workbook: the one named, or the best.
pub(super) fn open(
    name: &str,
    file: Box<dyn ReadSeek>,
    kind: Kind,
    sheet: Option<&str>,
    limits: &Limits,
    warnings: &mut Vec<Warning>,
) -> Result<Opened, ReadError> {
    // The workbook reader is a stranger to hostile files; a panic in it must
    // cost this file alone.
    let attempt = catch_unwind(AssertUnwindSafe(|| {
        let mut book = Book::open(name, file, kind, limits, warnings)?;
        let sheet = book.choose(sheet, limits, warnings)?;
        let grid = book.load(&sheet, limits, warnings)?;
        Ok(Opened { grid, sheet })
    }));
    attempt.unwrap_or_else(|_| Err(ReadError::Damaged("its parts do not fit together".to_owned())))
}

enum Book {
    Xlsx(Box<Xlsx<File>>),
    Xlsb(Box<Xlsb<File>>),
    Ods(Box<Ods<File>>),
    Xls(Box<Xls<Cursor<Vec<u8>>>>),
}

impl Book {
    fn open(
        name: &str,
        mut file: Box<dyn ReadSeek>,
        kind: Kind,
        limits: &Limits,
        warnings: &mut Vec<Warning>,
    ) -> Result<Self, ReadError> {
        let (book, kind, ends) = if kind == Kind::Ole {
            (Self::open_legacy(file, limits)?, "XLS", [".xls"; 3])
        } else {
            let length = file.seek(SeekFrom::End(0))?;
            file.seek(SeekFrom::Start(0))?;
            let packed = archive::check(BufReader::new(&mut file), length, limits)?;
            file.seek(SeekFrom::Start(0))?;
            match packed {
                Packed::Xlsx => {
                    let book = Xlsx::new(BufReader::new(file)).map_err(explain_xlsx)?;
                    (Self::Xlsx(Box::new(book)), "XLSX", [".xlsx", ".xlsm", ".xltx"])
                }
                Packed::Xlsb => (Self::Xlsb(Box::new(Xlsb::new(BufReader::new(file)).map_err(damaged)?)), "XLSB", [".xlsb"; 3]),
                Packed::Ods => {
                    opendocument::check(BufReader::new(&mut file), limits)?;
                    file.seek(SeekFrom::Start(0))?;
                    let book = Ods::new(BufReader::new(file)).map_err(|error| match error {
                        OdsError::Password => ReadError::Password,
                        other => damaged(other),
                    })?;
                    (Self::Ods(Box::new(book)), "ODS", [".ods"; 3])
                }
            }
        };
        let name = name.to_ascii_lowercase();
        let known = [".xlsx", ".xlsm", ".xltx", ".xlsb", ".xls", ".ods"];
        let has_end = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
        if has_end(&known) && !has_end(&ends) {
            warnings.push(Warning::OtherWorkbook { kind });
        }
        Ok(book)
    }

    fn open_legacy(mut file: Box<dyn ReadSeek>, limits: &Limits) -> Result<Self, ReadError> {
        let mut bytes = Vec::new();
        (&mut file).take(limits.max_uncompressed.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limits.max_uncompressed {
            return Err(ReadError::Bomb(format!("it is larger than {}", size(limits.max_uncompressed))));
        }
        let bytes = legacy::checked(&bytes, limits)?;
        let book = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
            XlsError::Password => ReadError::Password,
            other => damaged(other),
        })?;
        Ok(Self::Xls(Box::new(book)))
    }

    /// The names of the sheets that hold cells, and whether they can be seen.
    fn sheets(&self) -> Vec<(String, bool)> {
        let all = match self {
            Self::Xlsx(book) => book.sheets_metadata(),
            Self::Xlsb(book) => book.sheets_metadata(),
            Self::Ods(book) => book.sheets_metadata(),
            Self::Xls(book) => book.sheets_metadata(),
        };
        let cells = all.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
        cells.map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible)).collect()
    }

    /// The sheet asked for, or the one that looks most like a table: many
    /// named columns over many rows. Lists that a workbook hides come after
    /// every table that can be seen, however large they are.
    fn choose(&mut self, wanted: Option<&str>, limits: &Limits, warnings: &mut Vec<Warning>) -> Result<String, ReadError> {
        let sheets = self.sheets();
        if let Some(wanted) = wanted {
            let same = |name: &str| name.trim().eq_ignore_ascii_case(wanted.trim());
            let found = sheets.iter().find(|(name, _)| name == wanted).or_else(|| sheets.iter().find(|(name, _)| same(name)));
            return found.map(|(name, _)| name.clone()).ok_or_else(|| ReadError::NoSuchSheet {
                wanted: wanted.to_owned(),
                sheets: sheets.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", "),
            });
        }
        let mut best: Option<((bool, u64), String)> = None;
        let mut filled = Vec::new();
        for (name, is_visible) in sheets.into_iter().take(MAX_SHEETS) {
            let preview = self.read(&name, PREVIEW_ROWS, limits, &mut Vec::new())?;
            if preview.len() == 0 {
                continue;
            }
            let (is_table, score) = score(&preview);
            let score = (is_table && is_visible, score);
            filled.push(name.clone());
            if best.as_ref().is_none_or(|(other, _)| score > *other) {
                best = Some((score, name));
            }
        }
        let (_, chosen) = best.ok_or(ReadError::Empty)?;
        filled.retain(|name| *name != chosen);
        if !filled.is_empty() {
            warnings.push(Warning::OtherSheets { read: chosen.clone(), others: filled });
        }
        Ok(chosen)
    }

    fn load(&mut self, sheet: &str, limits: &Limits, warnings: &mut Vec<Warning>) -> Result<Grid, ReadError> {
        self.read(sheet, usize::MAX, limits, warnings)
    }

    /// The first rows of a sheet that hold something.
    fn read(&mut self, sheet: &str, max_rows: usize, limits: &Limits, warnings: &mut Vec<Warning>) -> Result<Grid, ReadError> {
        let mut grid = Grid::default();
        let mut errors = (0, String::new());
        let mut text = String::new();
        let mut put = |row: u32, column: u32, value: &DataRef<'_>| -> Result<bool, ReadError> {
            text.clear();
            if !cell::render(value, &mut text) {
                if errors.0 == 0 {
                    errors.1 = address(row, column);
                }
                errors.0 += 1;
            }
            // In text from a spreadsheet line ends may be CR LF.
            grid.push(row, column, &text, limits)?;
            Ok(grid.len() <= max_rows)
        };
        match self {
            Self::Xlsx(book) => {
                let mut cells = book.worksheet_cells_reader(sheet).map_err(explain_xlsx)?;
                while let Some(cell) = cells.next_cell().map_err(explain_xlsx)? {
                    let (row, column) = cell.get_position();
                    if !put(row, column, cell.get_value())? {
                        break;
                    }
                }
            }
            Self::Xlsb(book) => {
                let mut cells = book.worksheet_cells_reader(sheet).map_err(damaged)?;
                while let Some(cell) = cells.next_cell().map_err(damaged)? {
                    let (row, column) = cell.get_position();
                    if !put(row, column, cell.get_value())? {
                        break;
                    }
                }
            }
            Self::Ods(book) => walk(&book.worksheet_range(sheet).map_err(damaged)?, &mut put)?,
            Self::Xls(book) => walk(&book.worksheet_range(sheet).map_err(damaged)?, &mut put)?,
        }
        if errors.0 > 0 {
            warnings.push(Warning::ErrorCells { count: errors.0, first: errors.1 });
        }
        Ok(grid)
    }
}

fn walk(range: &Range<Data>, put: &mut dyn FnMut(u32, u32, &DataRef<'_>) -> Result<bool, ReadError>) -> Result<(), ReadError> {
    let Some((first_row, first_column)) = range.start() else {
        return Ok(());
    };
    for (row, column, value) in range.used_cells() {
        let value = borrowed(value);
        if !put(first_row + row as u32, first_column + column as u32, &value)? {
            break;
        }
    }
    Ok(())
}

fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(truth) => DataRef::Bool(*truth),
        Data::DateTime(moment) => DataRef::DateTime(*moment),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
        Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}

/// Whether the start of a sheet is a table, if a small one, and how much it
/// looks like one. Columns count twice: a short register is still wider than
/// a long list of codes.
fn score(preview: &Grid) -> (bool, u64) {
    let rows = preview.sample();
    let Some(at) = header::find(&rows) else {
        return (false, 0);
    };
    let named = rows[at].iter().filter(|cell| !cell.trim().is_empty() && cell.parse::<f64>().is_err()).count() as u64;
    (named > 1 && rows.len() > at + 1, 1 + named * named * (rows.len() - at) as u64)
}

/// A cell's address as spreadsheets write it: row 4, column 2 is C5.
fn address(row: u32, column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    let letters: String = letters.into_iter().rev().collect();
    format!("{letters}{}", u64::from(row) + 1)
}

fn explain_xlsx(error: XlsxError) -> ReadError {
    match error {
        XlsxError::Password => ReadError::Password,
        other => damaged(other),
    }
}

fn damaged(error: impl Display) -> ReadError {
    ReadError::Damaged(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_spreadsheets() {
        let cases = [((4, 2), "C5"), ((0, 25), "Z1"), ((0, 26), "AA1"), ((9, 701), "ZZ10"), ((0, 702), "AAA1")];
        for ((row, column), expected) in cases {
            assert_eq!(address(row, column), expected);
        }
    }
}
