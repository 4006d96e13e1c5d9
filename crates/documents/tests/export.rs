//! The four exports, and what the reader makes of them.

use documents::export::{Cell, Column, Kind, WriteError, write_csv, write_jsonl, write_parquet, write_xlsx};
use documents::table::{Limits, TableReader};
use jiff::civil::date;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use proptest::prelude::*;
use std::borrow::Cow;

fn columns() -> Vec<Column> {
    vec![
        Column::new("id", Kind::Integer),
        Column::new("title", Kind::Text),
        Column::new("value", Kind::Money),
        Column::new("share", Kind::Number),
        Column::new("end", Kind::Date),
        Column::new("live", Kind::Boolean),
    ]
}

fn example() -> Vec<Vec<Cell<'static>>> {
    let decimal = |text| Cell::Decimal(Cow::Borrowed(text));
    vec![
        vec![
            Cell::Integer(1),
            "=HYPERLINK(\"x\"), \"q\"".into(),
            decimal("1200000.00"),
            decimal("-0.5"),
            Cell::Date(date(2019, 12, 3)),
            Cell::Boolean(true),
        ],
        vec![Cell::Integer(-2), "-".into(), Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty],
        vec![Cell::Integer(3)],
    ]
}

#[test]
fn csv_guards_text_and_leaves_numbers_and_dates() {
    let mut out = Vec::new();
    write_csv(&columns(), example(), &mut out).unwrap();
    let expected = "id,title,value,share,end,live\r\n\
        1,\"'=HYPERLINK(\"\"x\"\"), \"\"q\"\"\",1200000.00,-0.5,2019-12-03,true\r\n\
        -2,'-,,,,\r\n\
        3,,,,,\r\n";
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

#[test]
fn json_lines_have_types_and_keep_every_digit() {
    let mut out = Vec::new();
    write_jsonl(&columns(), example(), &mut out).unwrap();
    let expected = "{\"id\":1,\"title\":\"=HYPERLINK(\\\"x\\\"), \\\"q\\\"\",\"value\":1200000.00,\"share\":-0.5,\"end\":\"2019-12-03\",\"live\":true}\n\
        {\"id\":-2,\"title\":\"-\",\"value\":null,\"share\":null,\"end\":null,\"live\":null}\n\
        {\"id\":3,\"title\":null,\"value\":null,\"share\":null,\"end\":null,\"live\":null}\n";
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

#[test]
fn xlsx_reads_back_with_real_dates_and_numbers() {
    let mut out = Vec::new();
    write_xlsx("Contracts: all", &columns(), example(), &mut out).unwrap();
    let table = TableReader::from_bytes("x.xlsx", out, &Limits::default()).unwrap();
    assert_eq!(table.sheet(), Some("Contracts all"));
    assert_eq!(table.headers(), ["id", "title", "value", "share", "end", "live"]);
    let rows: Vec<Vec<String>> = table.map(|row| row.unwrap().cells().map(str::to_owned).collect()).collect();
    assert_eq!(rows[0], ["1", "=HYPERLINK(\"x\"), \"q\"", "1200000", "-0.5", "2019-12-03", "true"]);
    assert_eq!(rows[1], ["-2", "-", "", "", "", ""]);
    assert_eq!(rows[2], ["3", "", "", "", "", ""]);
}

#[test]
fn xlsx_freezes_the_header_and_filters() {
    let mut out = Vec::new();
    write_xlsx("Contracts", &columns(), example(), &mut out).unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(out)).unwrap();
    let sheet = std::io::read_to_string(archive.by_name("xl/worksheets/sheet1.xml").unwrap()).unwrap();
    assert!(sheet.contains("state=\"frozen\"") && sheet.contains("<autoFilter ref=\"A1:F4\""), "{sheet}");
    assert!(!sheet.contains("<f>"), "no text becomes a formula");
}

#[test]
fn parquet_reads_back_with_types_and_nulls() {
    let mut out = Vec::new();
    write_parquet(&columns(), example(), &mut out).unwrap();
    let reader = SerializedFileReader::new(bytes_of(out)).unwrap();
    let rows: Vec<Vec<(String, Field)>> = reader
        .get_row_iter(None)
        .unwrap()
        .map(|row| row.unwrap().get_column_iter().map(|(name, field)| (name.clone(), field.clone())).collect())
        .collect();
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[0][0], ("id".to_owned(), Field::Long(1)));
    assert_eq!(rows[0][1].1, Field::Str("=HYPERLINK(\"x\"), \"q\"".to_owned()));
    assert_eq!(rows[0][2].1.to_string(), "1200000.00");
    assert_eq!(rows[0][3].1, Field::Double(-0.5));
    assert_eq!(rows[0][4].1, Field::Date(18_233));
    assert_eq!(rows[0][5].1, Field::Bool(true));
    assert!(rows[1][2..].iter().all(|(_, field)| *field == Field::Null));
}

/// Parquet reads files or its own kind of bytes; a file serves both.
fn bytes_of(bytes: Vec<u8>) -> std::fs::File {
    use std::io::{Seek, Write};
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&bytes).unwrap();
    file.rewind().unwrap();
    file
}

#[test]
fn xlsx_survives_control_characters_and_cuts_a_text_too_long_for_a_cell() {
    let columns = [Column::new("id", Kind::Integer), Column::new("text", Kind::Text)];
    let long = "🏛".repeat(20_000);
    let texts = ["a\u{1b}b\tc\nd", "nul\0", "_x0041_", "\u{FFFF}x", long.as_str()];
    let rows = (1..).zip(texts).map(|(id, text)| vec![Cell::Integer(id), text.into()]);
    let mut out = Vec::new();
    write_xlsx("Texts", &columns, rows, &mut out).unwrap();
    let table = TableReader::from_bytes("x.xlsx", out, &Limits::default()).unwrap();
    let found: Vec<String> = table.map(|row| row.unwrap().get(1).to_owned()).collect();
    assert_eq!(found.len(), 5);
    assert!(found[0].contains("c\nd"), "{found:?}");
    assert!(found[4].encode_utf16().count() <= 32_767);
    assert!(found[4].starts_with("🏛🏛") && found[4].contains("cut here"));
}

#[test]
fn no_rows_still_make_whole_files() {
    let none = Vec::<Vec<Cell<'static>>>::new;
    let (mut csv, mut jsonl, mut xlsx, mut parquet) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    write_csv(&columns(), none(), &mut csv).unwrap();
    write_jsonl(&columns(), none(), &mut jsonl).unwrap();
    write_xlsx("", &columns(), none(), &mut xlsx).unwrap();
    write_parquet(&columns(), none(), &mut parquet).unwrap();
    assert_eq!((csv.as_slice(), jsonl.len()), (&b"id,title,value,share,end,live\r\n"[..], 0));
    assert_eq!(TableReader::from_bytes("x.xlsx", xlsx, &Limits::default()).unwrap().count(), 0);
    assert_eq!(SerializedFileReader::new(bytes_of(parquet)).unwrap().metadata().file_metadata().num_rows(), 0);
}

#[test]
fn a_value_of_the_wrong_kind_is_an_error_that_names_the_place() {
    let columns = [Column::new("value", Kind::Money)];
    for wrong in ["=1+1", "1.234", "1e9", "12,5"] {
        let rows = vec![vec![Cell::Empty], vec![Cell::Decimal(wrong.into())]];
        let error = write_jsonl(&columns, rows, &mut Vec::new()).unwrap_err();
        assert!(matches!(&error, WriteError::Mismatch { row: 2, column, .. } if column == "value"), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_as_csv_is_read_back_whole(
        rows in proptest::collection::vec(
            (any::<String>(), "['=+@\\-\t\r\n\0\",;|a£ ]{0,12}", proptest::option::of(any::<i64>())), 0..12)
    ) {
        let columns = [
            Column::new("id", Kind::Integer),
            Column::new("any", Kind::Text),
            Column::new("nasty", Kind::Text),
            Column::new("number", Kind::Integer),
        ];
        let cells = (1i64..).zip(&rows).map(|(id, (any, nasty, number))| {
            vec![Cell::Integer(id), any.as_str().into(), nasty.as_str().into(), number.map_or(Cell::Empty, Cell::Integer)]
        });
        let mut out = Vec::new();
        write_csv(&columns, cells, &mut out).unwrap();
        let table = TableReader::from_bytes("x.csv", out, &Limits::default()).unwrap();
        prop_assert_eq!(table.delimiter(), Some(','));
        let mut count = 0;
        for (at, row) in table.enumerate() {
            let row = row.unwrap();
            let (any, nasty, number) = &rows[at];
            prop_assert_eq!(row.get(1), any.as_str());
            prop_assert_eq!(row.get(2), nasty.as_str());
            prop_assert_eq!(row.get(3), number.map(|number| number.to_string()).unwrap_or_default());
            prop_assert_eq!(row.number(), at as u64 + 2);
            count += 1;
        }
        prop_assert_eq!(count, rows.len());
    }
}
