//! Delimited text as councils publish it.

use documents::table::{Format, Limits, ReadError, Row, RowProblem, TableReader, Warning};

/// Opens bytes as a CSV file with the default limits.
fn open(bytes: impl Into<Vec<u8>>) -> TableReader {
    TableReader::from_bytes("register.csv", bytes.into(), &Limits::default()).expect("the table opens")
}

/// All rows as number and cells; errors as their text.
fn rows(table: TableReader) -> Vec<(u64, Vec<String>)> {
    table
        .map(|row| match row {
            Ok(row) => (row.number(), row.cells().map(str::to_owned).collect()),
            Err(error) => (error.number, vec![format!("error: {}", error.reason)]),
        })
        .collect()
}

fn row(number: u64, cells: &[&str]) -> (u64, Vec<String>) {
    (number, cells.iter().map(|cell| (*cell).to_owned()).collect())
}

#[test]
fn each_encoding_gives_the_same_cells() {
    let text = "Title,Value\r\nCafé – Bücher,£1\r\n";
    let utf16 = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let (windows, _, _) = encoding_rs::WINDOWS_1252.encode(text);
    let cases: [(&str, Vec<u8>); 7] = [
        ("UTF-8", text.into()),
        ("UTF-8 with byte order mark", [b"\xEF\xBB\xBF", text.as_bytes()].concat()),
        ("UTF-16LE", [vec![0xFF, 0xFE], utf16(u16::to_le_bytes)].concat()),
        ("UTF-16BE", [vec![0xFE, 0xFF], utf16(u16::to_be_bytes)].concat()),
        ("UTF-16LE", utf16(u16::to_le_bytes)),
        ("UTF-16BE", utf16(u16::to_be_bytes)),
        ("Windows-1252", windows.into_owned()),
    ];
    for (label, bytes) in cases {
        let table = open(bytes);
        assert_eq!(table.encoding(), label);
        assert_eq!(table.format(), Format::Csv);
        assert_eq!(table.headers(), ["Title", "Value"], "{label}");
        let says_so = table.warnings().iter().any(|warning| matches!(warning, Warning::ReadAsWindows1252 { at: 16 }));
        assert_eq!(says_so, label == "Windows-1252", "{:?}", table.warnings());
        assert_eq!(rows(table), [row(2, &["Café – Bücher", "£1"])], "{label}");
    }
}

#[test]
fn a_bad_byte_after_a_utf8_mark_is_reported() {
    let table = open(b"\xEF\xBB\xBFa,b\n1,\xA3\n".to_vec());
    assert!(matches!(table.warnings(), [Warning::Unreadable { at: 9 }]), "{:?}", table.warnings());
    assert_eq!(rows(table), [row(2, &["1", "\u{FFFD}"])]);
}

#[test]
fn each_line_end_gives_the_same_rows_and_numbers() {
    let expected = [row(2, &["1", "x"]), row(4, &["2", "y"])];
    for end in ["\n", "\r\n", "\r"] {
        let text = ["a,b", "1,x", "", "2,y", "", ""].join(end);
        assert_eq!(rows(open(text)), expected, "{end:?}");
    }
}

#[test]
fn a_quoted_newline_stays_in_its_cell_and_in_its_row() {
    for end in ["\n", "\r\n"] {
        let text = format!("a,b{end}1,\"x{end}y, \"\"z\"\"\"{end}2,w{end}");
        assert_eq!(rows(open(text)), [row(2, &["1", &format!("x{end}y, \"z\"")]), row(3, &["2", "w"])]);
    }
}

#[test]
fn numbers_count_titles_blank_lines_and_empty_rows() {
    for end in ["\n", "\r\n"] {
        let lines = ["", "Contracts register, March", "", "Ref,Title,Supplier,End", "1,a,b,c", ",,,", "", "2,d,e,f"];
        let table = open(lines.join(end));
        assert_eq!(table.header_number(), 4);
        assert!(table.warnings().contains(&Warning::SkippedRows { count: 3, header: 4 }), "{:?}", table.warnings());
        assert_eq!(rows(table), [row(5, &["1", "a", "b", "c"]), row(8, &["2", "d", "e", "f"])], "{end:?}");
    }
}

#[test]
fn mixed_line_ends_do_not_let_numbers_drift() {
    let text = "a,b\n1,x\r\n2,x\n3,x\r\n4,x\n5,x\r\n6,x\n7,x\n";
    let numbers: Vec<u64> = rows(open(text)).into_iter().map(|(number, _)| number).collect();
    assert!((8..=9).contains(numbers.last().unwrap()), "{numbers:?}");
}

#[test]
fn the_delimiter_is_found_and_told() {
    for (delimiter, text) in [(';', "a;b\n1,5;2\n"), ('\t', "a\tb\n1,5\t2\n"), ('|', "sep=|\na|b\n1,5|2\n")] {
        let table = open(text);
        assert_eq!(table.delimiter(), Some(delimiter));
        let number = if delimiter == '|' { 3 } else { 2 };
        assert_eq!(rows(table), [row(number, &["1,5", "2"])]);
    }
}

#[test]
fn ragged_rows_are_filled_or_refused_one_by_one() {
    let found = rows(open("a,b,,c\n1\n1,2,,3,,\n"));
    assert_eq!(found[0], row(2, &["1", "", ""]));
    assert_eq!(found[1], row(3, &["1", "2", "3"]));
    // The third column holds something in a row, so it is kept and named.
    let table = open("a,b,,c\n1,2,x,3\n");
    assert_eq!(table.headers(), ["a", "b", "Column 3", "c"]);

    let found = rows(open("a,b\n1,2\n1,2,surplus\n3,4\n"));
    assert_eq!(found[0], row(2, &["1", "2"]));
    assert!(found[1].1[0].contains("cell 3 holds ‘surplus’"), "{found:?}");
    assert_eq!(found[2], row(4, &["3", "4"]));
}

#[test]
fn a_wholly_empty_column_is_dropped_and_a_late_cell_in_it_refused() {
    let mut text = "a,,b\n".to_owned();
    text.push_str(&"1,,2\n".repeat(300));
    text.push_str("1,late,2\n");
    let table = open(text);
    assert_eq!(table.headers(), ["a", "b"]);
    let found = rows(table);
    assert_eq!(found.len(), 301);
    assert!(found[300].1[0].contains("cell 2 holds ‘late’"), "{:?}", found[300]);
}

#[test]
fn repeated_headers_are_made_distinct_and_told() {
    let table = open("Name, Name ,Name\n1,2,3\n");
    assert_eq!(table.headers(), ["Name", "Name (2)", "Name (3)"]);
    assert_eq!(table.warnings().len(), 2);
}

#[test]
fn one_apostrophe_before_a_formula_is_taken_away() {
    let found = rows(open("a,b\n'=1,'tis\n'-2,''+3\n"));
    assert_eq!(found, [row(2, &["=1", "'tis"]), row(3, &["-2", "'+3"])]);
}

#[test]
fn a_quote_never_closed_is_told_for_its_row() {
    let found = rows(open("a,b,c\n1,2,3\n4,\"5,6\n7,8,9\n"));
    assert_eq!(found[0], row(2, &["1", "2", "3"]));
    assert_eq!(found[1].0, 3);
    assert!(found[1].1[0].contains("never closed"), "{found:?}");
}

#[test]
fn a_file_cut_off_within_quotes_is_told_wherever_it_was_cut() {
    let whole = "\u{feff}\"a, b\",\"c\",\"d\"\r\n\"1\",\"say \"\"two\"\"\",\"x, y\"\r\n\"4\",\"5\",\"01/02/2024\"\r\n";
    assert_eq!(rows(open(whole))[1], row(3, &["4", "5", "01/02/2024"]));
    let from = whole.find("\"4\"").unwrap();
    let mut cut_within = 0;
    for at in from + 2..whole.len() {
        let found = rows(open(&whole[..at]));
        assert_eq!(found[0], row(2, &["1", "say \"two\"", "x, y"]), "cut at {at}");
        // Of quotes that stand before the cut, an odd number means that one is open.
        if whole[from..at].matches('"').count() % 2 == 1 {
            assert!(found[1].0 == 3 && found[1].1[0].contains("never closed"), "cut at {at}: {found:?}");
            cut_within += 1;
        } else {
            assert!(!found[1].1[0].contains("never closed"), "cut at {at}: {found:?}");
        }
    }
    assert_eq!(cut_within, 14);
}

#[test]
fn a_lost_closing_quote_shifts_no_cell_into_another_column() {
    let found = rows(open(
        "ref,title,supplier,end\nT1,\"Things, many\",\"Sup\",\"1\"\nT2,\"Thing 5,\"Sup Ltd\",\"2\"\nT3,\"3\"\" pipe\",\"Sup\",\"3\"\n",
    ));
    assert_eq!(found[0], row(2, &["T1", "Things, many", "Sup", "1"]));
    assert!(found[1].0 == 3 && found[1].1[0].contains("cell 2 holds ‘Thing 5,Sup Ltd\"’"), "{found:?}");
    assert_eq!(found[2], row(4, &["T3", "3\" pipe", "Sup", "3"]));
    // A mark written twice is one mark, also where the row leaves cells out and holds the delimiter.
    assert_eq!(rows(open("a,b,c\n1,\"Pipes, 12\"\" wide\"\n")), [row(2, &["1", "Pipes, 12\" wide", ""])]);
    // Cells left out at the end are common, and marks of inches too.
    assert_eq!(rows(open("a,b,c\n1,\"3\"\" pipe\"\n2\n")), [row(2, &["1", "3\" pipe", ""]), row(3, &["2", "", ""])]);
}

#[test]
fn a_last_row_that_stops_half_way_is_told() {
    let told = |text: &str| {
        let mut table = open(text);
        assert!(table.warnings().is_empty(), "{text}");
        while table.read_into(&mut Row::default()).unwrap() {}
        table.warnings().to_vec()
    };
    assert_eq!(told("a,b,c\n1,2,3\n4,5"), [Warning::EndsShort { row: 3, cells: 2, columns: 3 }]);
    for whole in ["a,b,c\n1,2,3\n4,5\n", "a,b,c\n1,2,3\n4,5,6", "a,b,c\r\n1\r\n2,3,4\r\n"] {
        assert_eq!(told(whole), [], "{whole}");
    }
}

#[test]
fn read_into_reuses_the_row_and_counts_data_rows() {
    let mut table = open("Title\n\nx\ny\n");
    let mut row = Row::default();
    assert!(table.read_into(&mut row).unwrap());
    assert_eq!((row.number(), row.index(), row.get(0), row.get(9)), (3, 1, "x", ""));
    assert!(table.read_into(&mut row).unwrap());
    assert_eq!((row.number(), row.index()), (4, 2));
    assert!(!table.read_into(&mut row).unwrap());
    assert!(!table.read_into(&mut row).unwrap());
}

#[test]
fn limits_on_cells_rows_and_columns_hold() {
    let limits = Limits { max_cell_bytes: 5, max_rows: 4, max_columns: 2, ..Limits::default() };
    let table = TableReader::from_bytes("a.csv", "a,b\n1,123456\n1,2\n3,4\n5,6\n7,8\n".into(), &limits).unwrap();
    let results: Vec<_> = table.collect();
    assert_eq!(results.len(), 4, "reading stops at the row limit");
    assert!(matches!(results[0].as_ref().unwrap_err().reason, RowProblem::CellTooLong { column: 2, limit: 5 }));
    assert!(matches!(results[3].as_ref().unwrap_err().reason, RowProblem::TooManyRows { limit: 4 }));
    let error = TableReader::from_bytes("a.csv", "a,b,c\n1,2,3\n".into(), &limits).unwrap_err();
    assert!(matches!(error, ReadError::TooManyColumns { found: 3, limit: 2 }), "{error}");
    let limits = Limits { max_bytes: 10, ..Limits::default() };
    let error = TableReader::from_bytes("a.csv", vec![b'a'; 11], &limits).unwrap_err();
    assert!(matches!(error, ReadError::TooLarge { limit: 10 }), "{error}");
}

#[test]
fn a_file_larger_than_its_sample_streams_to_the_end() {
    let mut text = "Ref,Title\r\n".to_owned();
    for number in 0..20_000 {
        text.push_str(&format!("{number},\"title, with\r\nline {number}\"\r\n"));
    }
    let mut table = open(text);
    let mut row = Row::default();
    let mut count = 0;
    while table.read_into(&mut row).unwrap() {
        assert_eq!(row.get(0), count.to_string());
        count += 1;
        assert_eq!(row.number(), count + 1);
    }
    assert_eq!(count, 20_000);
}
