//! Old workbooks made by hand, and files with bytes changed at random.

use documents::table::{Limits, ReadError, TableReader};
use proptest::prelude::*;

fn record(kind: u16, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap();
    [&kind.to_le_bytes(), &length.to_le_bytes(), body].concat()
}

fn label(row: u16, column: u16, text: &str) -> Vec<u8> {
    let mut body = [row, column, 0, text.len() as u16].iter().flat_map(|part| part.to_le_bytes()).collect::<Vec<u8>>();
    body.push(0);
    body.extend(text.bytes());
    record(0x0204, &body)
}

fn number(row: u16, column: u16, value: f64) -> Vec<u8> {
    let mut body = [row, column, 0].iter().flat_map(|part| part.to_le_bytes()).collect::<Vec<u8>>();
    body.extend(value.to_le_bytes());
    record(0x0203, &body)
}

/// An XLS workbook with one sheet of these cells: its records in an OLE
/// container of one FAT sector, one directory sector and the stream.
fn old_workbook(cells: &[Vec<u8>]) -> Vec<u8> {
    let begin = |kind: u8| record(0x0809, &[0, 6, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let globals = begin(5);
    let mut name = vec![0, 0, 8, 0];
    name.extend(b"Register");
    let offset = (globals.len() + 4 + 4 + name.len() + 4) as u32;
    let listed = record(0x0085, &[&offset.to_le_bytes()[..], &name].concat());
    let mut stream = [globals, listed, record(0x000A, &[]), begin(0x10)].concat();
    stream.extend(cells.concat());
    stream.extend(record(0x000A, &[]));
    stream.resize(stream.len().max(4096).next_multiple_of(512), 0);

    let sectors = (stream.len() / 512) as u32;
    let mut header = vec![0u8; 512];
    header[..8].copy_from_slice(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(24, &[0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0]);
    put(44, &1u32.to_le_bytes());
    put(48, &1u32.to_le_bytes());
    put(56, &4096u32.to_le_bytes());
    put(60, &0xFFFF_FFFEu32.to_le_bytes());
    put(68, &0xFFFF_FFFEu32.to_le_bytes());
    put(76, &0u32.to_le_bytes());
    for at in 1..109 {
        put(76 + at * 4, &0xFFFF_FFFFu32.to_le_bytes());
    }
    let mut table = vec![0xFFFF_FFFDu32, 0xFFFF_FFFE];
    table.extend((0..sectors).map(|at| if at + 1 == sectors { 0xFFFF_FFFE } else { at + 3 }));
    table.resize(128, 0xFFFF_FFFF);
    let entry = |name: &str, kind: u8, child: u32, start: u32, size: u32| {
        let mut entry = vec![0u8; 128];
        for (at, unit) in name.encode_utf16().enumerate() {
            entry[at * 2..at * 2 + 2].copy_from_slice(&unit.to_le_bytes());
        }
        entry[64..66].copy_from_slice(&(name.len() as u16 * 2 + 2).to_le_bytes());
        entry[66] = kind;
        entry[67] = 1;
        for (at, value) in [(68, u32::MAX), (72, u32::MAX), (76, child), (116, start), (120, size)] {
            entry[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
        entry
    };
    let mut directory = entry("Root Entry", 5, 1, 0xFFFF_FFFE, 0);
    directory.extend(entry("Workbook", 2, u32::MAX, 2, stream.len() as u32));
    directory.resize(512, 0);
    let table: Vec<u8> = table.iter().flat_map(|at| at.to_le_bytes()).collect();
    [header, table, directory, stream].concat()
}

fn example() -> Vec<u8> {
    old_workbook(&[label(0, 0, "Title"), label(0, 1, "Value"), label(1, 0, "Bins"), number(1, 1, 1250.5)])
}

#[test]
fn an_old_workbook_is_read() {
    let table = TableReader::from_bytes("register.xls", example(), &Limits::default()).unwrap();
    assert_eq!((table.sheet(), table.headers().join(" ")), (Some("Register"), "Title Value".to_owned()));
    let rows: Vec<Vec<String>> = table.map(|row| row.unwrap().cells().map(str::to_owned).collect()).collect();
    assert_eq!(rows, [["Bins", "1250.5"]]);
}

#[test]
fn an_old_workbook_with_cells_too_far_apart_is_refused() {
    let bytes = old_workbook(&[label(0, 0, "Title"), number(65_535, 65_535, 1.0)]);
    let error = TableReader::from_bytes("register.xls", bytes, &Limits::default()).unwrap_err();
    assert!(matches!(&error, ReadError::Bomb(_)) && error.to_string().contains("too far apart"), "{error}");
}

#[test]
fn an_old_workbook_whose_sectors_follow_each_other_in_a_ring_is_read_or_refused_in_little_memory() {
    // The directory's one sector and the stream's last lead back to themselves, and sizes say that there is more.
    let sectors = example().len() / 512 - 3;
    let places = [(512 + 4, 1u32), (512 + (1 + sectors) * 4, 1 + sectors as u32), (512 + (1 + sectors) * 4, 2)];
    for (at, next) in places {
        for size in [4096, u32::MAX] {
            let mut bytes = example();
            bytes[at..at + 4].copy_from_slice(&next.to_le_bytes());
            bytes[1024 + 128 + 120..][..4].copy_from_slice(&size.to_le_bytes());
            exhaust("a.xls", bytes);
        }
    }
}

#[test]
fn an_old_workbook_is_read_however_large_its_sheet_says_it_is_and_refused_where_its_list_leads_nowhere() {
    let size = [0u32, u32::MAX].iter().flat_map(|row| row.to_le_bytes()).chain([0, 0, 0xFF, 0xFF, 0, 0]).collect::<Vec<u8>>();
    let bytes = old_workbook(&[
        record(0x0200, &size),
        label(0, 0, "Title"),
        label(0, 1, "Value"),
        label(1, 0, "Bins"),
        number(1, 1, 2.0),
    ]);
    let table = TableReader::from_bytes("register.xls", bytes, &Limits::default()).unwrap();
    assert_eq!(table.headers().join(" "), "Title Value");

    let mut bytes = example();
    // The list's one entry follows the first record: where its sheet starts.
    let at = 1536 + 20 + 4;
    bytes[at] += 4;
    let error = TableReader::from_bytes("register.xls", bytes, &Limits::default()).unwrap_err();
    assert!(error.to_string().contains("leads nowhere"), "{error}");
}

/// Opens and reads all; the outcome does not matter, only that there is one.
fn exhaust(name: &str, bytes: Vec<u8>) {
    let limits = Limits { max_uncompressed: 4 << 20, max_rows: 10_000, ..Limits::default() };
    if let Ok(table) = TableReader::from_bytes(name, bytes, &limits) {
        for row in table.take(20_000) {
            let _ = row.map(|row| row.cells().map(str::len).sum::<usize>());
        }
    }
}

fn changed(mut bytes: Vec<u8>, changes: &[(proptest::sample::Index, u8)]) -> Vec<u8> {
    for (at, byte) in changes {
        let at = at.index(bytes.len());
        bytes[at] = *byte;
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        exhaust("a.csv", bytes.clone());
        exhaust("a", bytes);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[a-c,;\t|\"'\r\n =]{0,300}") {
        exhaust("a.csv", text.into_bytes());
    }

    #[test]
    fn an_old_workbook_changed_anywhere_is_read_or_refused(
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..12)
    ) {
        exhaust("a.xls", changed(example(), &changes));
    }
}
