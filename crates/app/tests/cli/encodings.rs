//! One register in every form in which councils' files come.

use super::harness::{Register, summary};
use serde_json::Value as Json;

const TEXT: &str = "Organisation,Contract reference,Title,Supplier,Start date,End date,Annual value\n\
    Kensington and Chelsea,K1,\"Café bookings – “quoted,\ntwo lines”\",Ash & Sons Ltd,01/04/2024,31/03/2029,\"£1,234.50\"\n\
    Camden,C1,Housing,Birch Ltd,2 May 2023,1st May 2028,£99\n";

fn utf16(text: &str, little: bool, mark: bool) -> Vec<u8> {
    let units = mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
}

/// Windows-1252, for the characters used here.
fn windows(text: &str) -> Vec<u8> {
    let byte = |c: char| match c {
        '–' => 0x96,
        '“' => 0x93,
        '”' => 0x94,
        '£' => 0xA3,
        'é' => 0xE9,
        c => u8::try_from(u32::from(c)).expect("a character of the test"),
    };
    text.chars().map(byte).collect()
}

fn forms() -> Vec<(&'static str, Vec<u8>)> {
    let with = |end: &str| TEXT.replace('\n', end).into_bytes();
    vec![
        ("utf-8.csv", TEXT.as_bytes().to_vec()),
        ("utf-8-with-mark.csv", [b"\xEF\xBB\xBF", TEXT.as_bytes()].concat()),
        ("windows-1252.csv", windows(TEXT)),
        ("utf-16-little.csv", utf16(TEXT, true, true)),
        ("utf-16-big.csv", utf16(TEXT, false, true)),
        ("utf-16-without-mark.csv", utf16(TEXT, true, false)),
        ("carriage-returns.csv", with("\r")),
        ("both-line-ends.csv", with("\r\n")),
        ("no-last-line-end.csv", TEXT.trim_end().as_bytes().to_vec()),
        ("tabs.tsv", separated('\t')),
        ("semicolons.csv", separated(';')),
        ("title-above.csv", format!("Contracts register,,,,,,\n,,,,,,\n{TEXT}").into_bytes()),
    ]
}

fn separated(by: char) -> Vec<u8> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(TEXT.as_bytes());
    let mut writer = csv::WriterBuilder::new().delimiter(by as u8).from_writer(Vec::new());
    for row in reader.records() {
        writer.write_record(&row.expect("a row")).expect("it is written");
    }
    writer.into_inner().expect("bytes")
}

fn seen(register: &Register) -> Vec<[Json; 6]> {
    let mut rows: Vec<_> = register
        .list("contracts")
        .iter()
        .map(|one| ["reference", "title", "suppliers", "start", "end", "value_amount"].map(|field| one[field].clone()))
        .collect();
    rows.sort_by_key(|row| row[0].to_string());
    rows
}

#[tokio::test]
async fn a_register_says_the_same_in_every_form() {
    let register = Register::new().await;
    let mut first = None;
    for (name, bytes) in forms() {
        let file = register.file(name, bytes);
        let (status, report) = register.import(&["contracts", &file]);
        let (created, updated, unchanged, rejected) = summary(&report);
        assert_eq!((status, rejected), (0, 0), "{name}: {report}");
        let rows = seen(&register);
        match &first {
            None => {
                assert_eq!((created, updated, unchanged), (2, 0, 0));
                assert_eq!(rows[0][1], "Housing");
                assert_eq!(rows[1][1], "Café bookings – “quoted, two lines”");
                assert_eq!(
                    (rows[1][3].as_str(), rows[1][5].to_string().as_str()),
                    (Some("2024-04-01"), "1234.50"),
                    "{:?}",
                    rows[1]
                );
                first = Some(rows);
            }
            Some(first) => {
                assert_eq!((created, updated, unchanged), (0, 0, 2), "{name}: {report}");
                assert_eq!(&rows, first, "{name}");
            }
        }
    }
}

#[tokio::test]
async fn a_workbook_is_read_with_its_days_and_sums() {
    use documents::export::{Cell, Column, Kind, write_xlsx};
    let register = Register::new().await;
    let columns = [
        ("Organisation", Kind::Text),
        ("Contract reference", Kind::Text),
        ("Title", Kind::Text),
        ("Supplier", Kind::Text),
        ("Start date", Kind::Date),
        ("End date", Kind::Date),
        ("Annual value", Kind::Money),
    ]
    .map(|(name, kind)| Column::new(name, kind));
    let day = |day: &str| Cell::Date(day.parse().expect("a day"));
    let row = vec![
        Cell::Text("Camden".into()),
        Cell::Text("C9".into()),
        Cell::Text("Housing".into()),
        Cell::Text("Ash Ltd".into()),
        day("2024-02-29"),
        day("2029-03-31"),
        Cell::Decimal("1234.50".into()),
    ];
    let mut bytes = Vec::new();
    write_xlsx("contracts", &columns, [row].into_iter(), &mut bytes).expect("a workbook");
    let file = register.file("register.xlsx", bytes);
    let (status, report) = register.import(&["contracts", &file]);
    assert_eq!((status, summary(&report)), (0, (1, 0, 0, 0)), "{report}");
    let contract = &register.list("contracts")[0];
    assert_eq!((contract["start"].as_str(), contract["end"].as_str()), (Some("2024-02-29"), Some("2029-03-31")));
    assert_eq!(contract["value_amount"].to_string(), "1234.50");
}
