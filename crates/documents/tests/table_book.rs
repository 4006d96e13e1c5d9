//! Workbooks, written here and read back.

use documents::table::{Format, Limits, ReadError, TableReader, Warning};
use rust_xlsxwriter::{Format as Style, Formula, Workbook};
use std::io::Write;

fn open(workbook: &mut Workbook) -> TableReader {
    let bytes = workbook.save_to_buffer().expect("the workbook is saved");
    TableReader::from_bytes("register.xlsx", bytes, &Limits::default()).expect("the table opens")
}

fn rows(table: TableReader) -> Vec<(u64, Vec<String>)> {
    table.map(|row| row.expect("a good row")).map(|row| (row.number(), row.cells().map(str::to_owned).collect())).collect()
}

#[test]
fn each_kind_of_cell_is_read_as_plain_text() {
    let mut workbook = Workbook::new();
    let date = Style::new().set_num_format("dd/mm/yyyy");
    let percent = Style::new().set_num_format("0.0%");
    let sheet = workbook.add_worksheet();
    let names = ["Text", "Whole", "Decimal", "Noise", "Date", "Percent", "Truth", "Formula", "Error", "Empty"];
    for (at, name) in (0u16..).zip(names) {
        sheet.write_string(0, at, name).unwrap();
    }
    sheet.write_string(1, 0, "Café, \"x\"\ny").unwrap();
    sheet.write_number(1, 1, 1_200_000).unwrap();
    sheet.write_number(1, 2, 1234.56).unwrap();
    sheet.write_number(1, 3, 0.1 + 0.2).unwrap();
    sheet.write_number_with_format(1, 4, 43_802, &date).unwrap();
    sheet.write_number_with_format(1, 5, 0.175, &percent).unwrap();
    sheet.write_boolean(1, 6, true).unwrap();
    sheet.write_formula(1, 7, Formula::new("=6*7").set_result("42")).unwrap();
    sheet.write_formula(1, 8, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    let table = open(&mut workbook);
    assert_eq!((table.format(), table.sheet()), (Format::Xlsx, Some("Sheet1")));
    assert_eq!(table.headers(), names);
    assert_eq!(table.warnings(), [Warning::ErrorCells { count: 1, first: "I2".into() }]);
    let cells = ["Café, \"x\"\ny", "1200000", "1234.56", "0.3", "2019-12-03", "0.175", "true", "42", "", ""];
    assert_eq!(rows(table), [(2, cells.map(str::to_owned).to_vec())]);
}

#[test]
fn the_sheet_most_like_a_table_is_read_and_the_others_are_told() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("Notes").unwrap().write_string(0, 0, "Read me first").unwrap();
    let codes = workbook.add_worksheet().set_name("Codes").unwrap();
    for row in 0..40 {
        codes.write_string(row, 0, format!("code{row}")).unwrap().write_string(row, 1, "words").unwrap();
    }
    let register = workbook.add_worksheet().set_name("Register").unwrap();
    register.write_string(0, 0, "Contracts register").unwrap();
    for (at, name) in (0u16..).zip(["Ref", "Title", "Supplier", "Start", "End", "Value", "Owner", "Route"]) {
        register.write_string(2, at, name).unwrap();
        for row in 3..8 {
            register.write_string(row, at, format!("{name} {row}")).unwrap();
        }
    }
    let bytes = workbook.save_to_buffer().unwrap();
    let table = TableReader::from_bytes("r.xlsx", bytes.clone(), &Limits::default()).unwrap();
    assert_eq!((table.sheet(), table.header_number()), (Some("Register"), 3));
    let others = vec!["Notes".to_owned(), "Codes".to_owned()];
    assert!(table.warnings().contains(&Warning::OtherSheets { read: "Register".into(), others }));
    let found = rows(table);
    assert_eq!((found.len(), found[0].0, found[0].1[0].as_str()), (5, 4, "Ref 3"));

    let cursor = || Box::new(std::io::Cursor::new(bytes.clone()));
    let table = TableReader::from_reader("r.xlsx", cursor(), Some("codes"), &Limits::default()).unwrap();
    assert_eq!(table.sheet(), Some("Codes"));
    let error = TableReader::from_reader("r.xlsx", cursor(), Some("Missing"), &Limits::default()).unwrap_err();
    assert!(matches!(&error, ReadError::NoSuchSheet { .. }) && error.to_string().contains("Notes, Codes, Register"), "{error}");
}

#[test]
fn a_hidden_sheet_is_not_preferred() {
    let mut workbook = Workbook::new();
    for name in ["Seen", "Hidden"] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        let (width, height) = if name == "Seen" { (3, 3) } else { (60, 100) };
        for row in 0..height {
            for column in 0..width {
                sheet.write_string(row, column, format!("{name}{column}")).unwrap();
            }
        }
        sheet.set_hidden(name == "Hidden");
    }
    assert_eq!(open(&mut workbook).sheet(), Some("Seen"));
}

#[test]
fn a_cell_far_away_costs_nothing_and_too_many_columns_are_told() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, "a").unwrap().write_string(0, 1, "b").unwrap();
    sheet.write_string(1_048_575, 0, "last").unwrap();
    assert_eq!(rows(open(&mut workbook)), [(1_048_576, vec!["last".to_owned(), String::new()])]);

    workbook.worksheet_from_index(0).unwrap().write_string(1, 16_383, "far").unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let error = TableReader::from_bytes("r.xlsx", bytes, &Limits::default()).unwrap_err();
    assert!(matches!(error, ReadError::TooManyColumns { found: 16_384, limit: 500 }), "{error}");
}

#[test]
fn the_date_system_of_1904_is_heeded() {
    let mut workbook = Workbook::new();
    let date = Style::new().set_num_format("yyyy-mm-dd");
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, "Name").unwrap().write_string(0, 1, "End").unwrap();
    sheet.write_string(1, 0, "x").unwrap().write_number_with_format(1, 1, 42_340, &date).unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let bytes = with_part(&bytes, "xl/workbook.xml", |text| {
        let text = text.replace("<workbookPr ", "<workbookPr date1904=\"1\" ");
        assert!(text.contains("date1904"), "the workbook's part has changed: {text}");
        text
    });
    let table = TableReader::from_bytes("r.xlsx", bytes, &Limits::default()).unwrap();
    assert_eq!(rows(table), [(2, vec!["x".to_owned(), "2019-12-03".to_owned()])]);
}

/// The archive with one part's text changed.
fn with_part(bytes: &[u8], name: &str, change: impl Fn(String) -> String) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut copy = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    for part in names {
        let mut text = std::io::read_to_string(archive.by_name(&part).unwrap()).unwrap();
        if part == name {
            text = change(text);
        }
        copy.start_file(part, zip::write::SimpleFileOptions::default()).unwrap();
        copy.write_all(text.as_bytes()).unwrap();
    }
    copy.finish().unwrap().into_inner()
}

#[test]
fn an_ods_is_read_with_its_dates_and_repeats() {
    let content = r#"<?xml version="1.0"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet><table:table table:name="Register">
<table:table-row><table:table-cell office:value-type="string"><text:p>Title</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>End</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="string"><text:p>Bins</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2019-12-03"><text:p>3/12/19</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"#;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mime = "application/vnd.oasis.opendocument.spreadsheet";
    let manifest = r#"<manifest:manifest xmlns:manifest="m"><manifest:file-entry manifest:full-path="/"/></manifest:manifest>"#;
    for (name, text) in [("mimetype", mime), ("META-INF/manifest.xml", manifest), ("content.xml", content)] {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    let bytes = archive.finish().unwrap().into_inner();
    let table = TableReader::from_bytes("register.xlsx", bytes, &Limits::default()).unwrap();
    assert!(table.warnings().contains(&Warning::OtherWorkbook { kind: "ODS" }));
    let cells = vec!["Bins".to_owned(), "2019-12-03".to_owned()];
    assert_eq!(rows(table), [(2, cells.clone()), (3, cells)]);
}
