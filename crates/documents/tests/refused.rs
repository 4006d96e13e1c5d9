//! Files that are not tables, or are built to do harm.

use documents::table::{Limits, ReadError, RowError, RowProblem, TableReader};
use std::io::{self, Read, Seek, SeekFrom, Write};
use zip::write::SimpleFileOptions;

fn refused(name: &str, bytes: &[u8]) -> String {
    match TableReader::from_bytes(name, bytes.to_vec(), &Limits::default()) {
        Ok(table) => panic!("{name} was read: {table:?}"),
        Err(error) => error.to_string(),
    }
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn a_file_that_is_not_what_its_name_says_is_told_with_advice() {
    let workbook = zipped(&[("xl/workbook.xml", b"<workbook/>")]);
    let cases: [(&str, &[u8], &str, &str); 11] = [
        ("a.csv", &workbook, "Excel workbook", "Rename it to end in .xlsx"),
        ("a.csv", b"<!DOCTYPE html><html></html>", "web page", "save it as CSV or XLSX"),
        ("a.xls", b"\xEF\xBB\xBF<html><table><tr><td>1</td></tr></table>", "named .xls", "CSV or XLSX"),
        ("a.xls", b"<?xml version=\"1.0\"?><html/>", "web page", "CSV or XLSX"),
        ("a.csv", b"%PDF-1.7\n", "PDF", "CSV or XLSX"),
        ("a.csv", b"\x89PNG\r\n\x1a\n", "PNG", "CSV or XLSX"),
        ("a.csv", b"{\"releases\": []}", "JSON", "import ocds"),
        ("a.csv", b" [\n {\"a\": 1}]", "JSON", "import ocds"),
        ("a.xlsx", b"a,b\n1,2\n", "plain text", "rename it to end in .csv"),
        ("a.csv", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "older Excel", ".xls"),
        ("a.csv", b"<?xml version=\"1.0\"?><Workbook/>", "XML", "CSV or XLSX"),
    ];
    for (name, bytes, looks_like, advice) in cases {
        let error = refused(name, bytes);
        assert!(error.contains(looks_like) && error.contains(advice), "{name}: {error}");
    }
}

#[test]
fn an_empty_file_and_one_without_a_header_are_told() {
    assert!(refused("a.csv", b"").contains("empty"));
    assert!(refused("a.csv", b"\xEF\xBB\xBF").contains("No header row"));
    assert!(refused("a.csv", b"\n\n,,\n  \n").contains("No header row"));
}

#[test]
fn an_archive_that_is_no_workbook_is_told() {
    let error = refused("a.zip", &zipped(&[("register.csv", b"a,b\n")]));
    assert!(error.contains("ZIP archive that is not a workbook"), "{error}");
}

#[test]
fn a_bomb_is_refused_by_its_declared_size_and_by_its_ratio() {
    let zeros = vec![b' '; 20 << 20];
    let bytes = zipped(&[("xl/workbook.xml", b"<workbook/>"), ("xl/worksheets/sheet1.xml", &zeros)]);
    let limits = Limits { max_uncompressed: 1 << 20, ..Limits::default() };
    let error = TableReader::from_bytes("a.xlsx", bytes.clone(), &limits).unwrap_err();
    assert!(matches!(error, ReadError::Bomb(_)), "{error}");
    assert!(error.to_string().contains("more than 1 MB"), "{error}");
    let error = refused("a.xlsx", &bytes);
    assert!(error.contains("250 times its size"), "{error}");
}

#[test]
fn a_bomb_that_lies_about_its_size_is_refused() {
    let zeros = vec![b' '; 20 << 20];
    let mut bytes = zipped(&[("xl/workbook.xml", &zeros)]);
    for (mark, offset) in [(b"PK\x01\x02", 24), (b"PK\x03\x04", 22)] {
        let at = bytes.windows(4).position(|part| part == mark).unwrap();
        bytes[at + offset..at + offset + 4].copy_from_slice(&10u32.to_le_bytes());
    }
    let limits = Limits { max_uncompressed: 1 << 20, ..Limits::default() };
    let error = TableReader::from_bytes("a.xlsx", bytes, &limits).unwrap_err();
    assert!(matches!(error, ReadError::Bomb(_) | ReadError::Damaged(_)), "{error}");
}

#[test]
fn a_workbook_that_says_it_has_more_texts_than_fit_is_refused_before_room_is_made_for_them() {
    let workbook = |said: u64| {
        let texts =
            format!("<?xml version=\"1.0\"?><!-- texts --><sst count=\"1\" uniqueCount=\"{said}\"><si><t>Title</t></si></sst>");
        zipped(&[
            ("_rels/.rels", br#"<Relationships><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#),
            ("xl/workbook.xml", b"<workbook><sheets/></workbook>"),
            ("xl/SharedStrings.xml", texts.as_bytes()),
        ])
    };
    for said in [4_000_000_000, 200_000_000_000_000] {
        assert!(refused("a.xlsx", &workbook(said)).contains("more than it has room for"));
    }
    // Some programs count each text as often as it is used.
    assert!(!refused("a.xlsx", &workbook(900_000)).contains("room"));
}

#[test]
fn too_many_parts_are_refused() {
    let names: Vec<String> = (0..30).map(|number| format!("xl/part{number}.xml")).collect();
    let parts: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    let limits = Limits { max_entries: 20, ..Limits::default() };
    let error = TableReader::from_bytes("a.xlsx", zipped(&parts), &limits).unwrap_err();
    assert!(error.to_string().contains("30 parts"), "{error}");
}

#[test]
fn a_workbook_cut_anywhere_is_an_error_and_never_a_panic() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for row in 0..50 {
        sheet.write_string(row, 0, format!("a{row}")).unwrap().write_string(row, 1, "b").unwrap();
    }
    let whole = workbook.save_to_buffer().unwrap();
    for cut in (4..whole.len()).step_by(97) {
        let error = TableReader::from_bytes("a.xlsx", whole[..cut].to_vec(), &Limits::default()).unwrap_err();
        assert!(error.to_string().contains("cut short or damaged"), "{cut}: {error}");
    }
}

#[test]
fn noise_after_the_mark_of_an_old_workbook_is_an_error() {
    let mut bytes = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    assert!(refused("a.xls", &bytes).contains("damaged"));
    bytes.extend((0..5000u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 13) as u8));
    bytes[30] = 9;
    bytes[31] = 0;
    refused("a.xls", &bytes);
}

#[test]
fn an_ods_that_repeats_itself_beyond_measure_is_refused() {
    let head = "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\"><office:body><office:spreadsheet><table:table table:name=\"S\">";
    let tail = "</table:table></office:spreadsheet></office:body></office:document-content>";
    let cell = "<table:table-cell office:value-type=\"string\" table:number-columns-repeated=\"16384\"><text:p>x</text:p></table:table-cell>";
    let content = format!("{head}<table:table-row table:number-rows-repeated=\"1048576\">{cell}</table:table-row>{tail}");
    let mime: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
    let bytes = zipped(&[("mimetype", mime), ("content.xml", content.as_bytes())]);
    let error = refused("a.ods", &bytes);
    assert!(error.contains("unfold"), "{error}");
}

/// Two gigabytes of one letter, made as they are read.
struct Endless {
    at: u64,
}

const LENGTH: u64 = 2 * 1024 * 1024 * 1024;

impl Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = (into.len() as u64).min(LENGTH - self.at) as usize;
        into[..count].fill(b'x');
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Endless {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(_) => LENGTH,
            SeekFrom::Current(_) => self.at,
        };
        Ok(self.at)
    }
}

#[test]
fn a_line_of_two_gigabytes_is_refused_after_the_limit() {
    let file = Box::new(Endless { at: 0 });
    let error = TableReader::from_reader("a.csv", file, None, &Limits::default()).unwrap_err();
    let ReadError::Row(RowError { number: 1, reason: RowProblem::RowTooLong { .. } }) = &error else {
        panic!("{error}");
    };
    assert!(error.to_string().contains("longer than 8 MB"), "{error}");
}

#[test]
fn a_quote_opened_over_many_lines_is_refused_after_the_limit() {
    let mut text = "a,b\n1,2\n3,\"".to_owned();
    text.push_str(&"4,5\n".repeat(200_000));
    let limits = Limits { max_line_bytes: 200_000, ..Limits::default() };
    let results: Vec<_> = TableReader::from_bytes("a.csv", text.into(), &limits).unwrap().collect();
    assert_eq!(results.len(), 2);
    let error = results[1].as_ref().unwrap_err();
    assert!(error.is_fatal() && error.number == 3, "{error}");
}
