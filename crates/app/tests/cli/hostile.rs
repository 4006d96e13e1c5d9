//! Files that are not what they say, or are built to do harm: a clear error, and nothing changes.

use super::harness::{Register, said};
use std::io::Write as _;
use zip::write::SimpleFileOptions;

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[tokio::test]
async fn a_file_that_is_not_what_it_says_gets_a_clear_error_and_changes_nothing() {
    let register = Register::new().await;
    let workbook = zipped(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>")]);
    let bomb = zipped(&[("xl/workbook.xml", b"<workbook/>"), ("xl/worksheets/sheet1.xml", &vec![b' '; 64 << 20])]);
    let mut cut = workbook.clone();
    cut.truncate(workbook.len() / 2);
    let cases: [(&str, Vec<u8>, &str); 10] = [
        ("bomb.xlsx", bomb, "250 times"),
        ("cut.xlsx", cut, "cut.xlsx"),
        ("workbook.csv", workbook, "Excel"),
        ("text.xlsx", b"Organisation,Title\nCamden,A\n".to_vec(), "csv"),
        ("page.csv", b"<!DOCTYPE html><html><body>Sign in</body></html>".to_vec(), "web page"),
        ("scan.csv", b"%PDF-1.7\n".to_vec(), "PDF"),
        ("notices.csv", b"{\"releases\": []}".to_vec(), "import ocds"),
        ("empty.csv", Vec::new(), "empty"),
        ("headers.csv", b"Colour,Size\nred,4\n".to_vec(), "headers.csv"),
        ("binary.csv", vec![0, 1, 2, 3, 0, 0, 9, 9, 9, 0, 0, 0, 7], "binary.csv"),
    ];
    for (name, bytes, words) in cases {
        let file = register.file(name, bytes);
        let error = register.refused(&["contracts", &file]);
        assert!(error.contains(words), "{name}: {error}");
        assert!(error.contains(name), "{name}: the file is named: {error}");
    }
    for (name, bytes, words) in [
        ("cut.json", b"{\"releases\": [{\"ocid\": \"ocds-b5fd17-1\", \"awa".to_vec(), "cut.json"),
        ("deep.json", [vec![b'['; 100_000], vec![b']'; 100_000]].concat(), "deep.json"),
        ("table.json", b"Organisation,Title\nCamden,A\n".to_vec(), "table.json"),
    ] {
        let file = register.file(name, bytes);
        let error = register.refused(&["ocds", &file]);
        assert!(error.contains(words), "{name}: {error}");
    }
    assert_eq!(register.counts(), [0, 0, 0]);
    let store = register.store().await;
    assert_eq!(store.count::<domain::register::records::Import>(&test_support::operator()).await.unwrap(), 0);
}

#[tokio::test]
async fn what_can_be_read_once_alone_is_no_table_and_says_so() {
    let register = Register::new().await;
    for name in ["-", "/dev/stdin"] {
        let output = register.run_with(&["import", "contracts", name], b"Organisation,Title,Supplier\nCamden,A,Ash\n");
        let text = said(&output);
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.contains("Save it as a file"), "{text}");
    }
}

#[tokio::test]
async fn an_endless_line_is_refused_in_little_memory() {
    let register = Register::new().await;
    let path = register.folder().join("endless.csv");
    let mut file = std::fs::File::create(&path).unwrap();
    file.write_all(b"Organisation,Title,Supplier\nCamden,").unwrap();
    // Two gigabytes without a line end, none of which stands on the disk.
    file.set_len(2_000_000_000).unwrap();
    drop(file);
    let path = path.to_str().unwrap();
    let mut child = register.command(&["import", "contracts", path]).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let mut most = 0;
    let status = loop {
        most = most.max(memory(child.id()).unwrap_or(0));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    };
    let mut error = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut error).unwrap();
    assert_eq!(status.code(), Some(1), "{error}");
    assert!(error.contains("endless.csv"), "{error}");
    assert!(most < 400_000, "{most} kB were held for one line");
    assert_eq!(register.counts(), [0, 0, 0]);
}

/// The most memory that a process has held, in kB, where the system tells.
fn memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

#[tokio::test]
async fn a_long_line_amid_others_rejects_that_row_or_the_file_and_says_which() {
    let register = Register::new().await;
    let long = "x".repeat(9 << 20);
    let file = register.file("long.csv", format!("Organisation,Title,Supplier\nCamden,{long},Ash\nCamden,Rents,Ash\n"));
    let output = register.run(&["import", "contracts", &file]);
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(matches!(output.status.code(), Some(1 | 3)), "{}", said(&output));
    assert!(text.contains("MB") && text.contains('2'), "{}", said(&output));
}

#[tokio::test]
async fn a_cut_off_file_and_a_lost_quotation_mark_reject_their_row_and_nothing_shifts() {
    let register = Register::new().await;
    let head = "\"Organisation\",\"Reference\",\"Title\",\"Supplier\",\"Start date\",\"End date\"\n";
    let row = |number: u32| format!("\"camden\",\"T{number}\",\"Thing {number}\",\"Ash Ltd\",\"01/02/2024\",\"31/01/2027\"\n");
    let lost = "\"camden\",\"T2\",\"Thing 2,\"Ash Ltd\",\"01/02/2024\",\"31/01/2027\"\n";
    let cut = "\"camden\",\"T4\",\"Thing 4\",\"Ash Ltd\",\"01/02/2024\",\"";
    let file = register.file("cut.csv", format!("{head}{}{lost}{}{cut}", row(1), row(3)));
    let (status, report) = register.import(&["contracts", &file]);
    assert_eq!((status, report["read"].as_u64(), report["created"].as_u64()), (3, Some(4), Some(2)), "{report}");
    for (place, number, words) in [(0, 3, "a closing quotation mark is missing"), (1, 5, "never closed")] {
        let one = &report["rejected"][place];
        assert_eq!(one["row"], number, "{report}");
        assert!(one["reason"].as_str().unwrap().contains(words), "{report}");
    }
    let names: Vec<_> = register.list("suppliers").iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names, ["Ash Ltd"], "no date became a supplier");
    // Without quotes nobody can tell for sure: the row is taken, and it is said how the file ends.
    let file = register.file("short.csv", "Organisation,Reference,Title,Supplier,End date\ncamden,T9,Thing 9,Ash Ltd");
    let (status, report) = register.import(&["contracts", &file]);
    assert_eq!((status, report["created"].as_u64()), (0, Some(1)), "{report}");
    assert!(report["warnings"].to_string().contains("it may be cut short"), "{report}");
}

#[tokio::test]
async fn cells_that_a_spreadsheet_takes_for_formulas_are_guarded_on_the_way_out() {
    let register = Register::new().await;
    let file = register.file(
        "formulas.csv",
        "Organisation,Reference,Title,Supplier\nCamden,=1+1,\"=HYPERLINK(\"\"http://example.org\"\",\"\"A\"\")\",@Ash Ltd\nCamden,R2,<script>alert(1)</script>,Birch Ltd\n",
    );
    let (status, _) = register.import(&["contracts", &file]);
    assert_eq!(status, 0);
    let output = register.run(&["export", "contracts", "--format", "csv"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("\"'=HYPERLINK(") || text.contains("'=HYPERLINK("), "{text}");
    assert!(!text.contains(",=1+1"), "{text}");
    let found = register.list("contracts").into_iter().any(|one| one["reference"] == "=1+1");
    assert!(found, "data formats carry what the register holds");
}

#[tokio::test]
async fn control_characters_go_and_cost_no_import() {
    let register = Register::new().await;
    let file = register.file(
        "control.csv",
        "Organisation,Reference,Title,Supplier\nCamden,C1,Nul\0 in a\u{1B}[31m title,Ash\0 Ltd\nCamden,C2,Bell\u{7},Ash Ltd\n",
    );
    let (status, report) = register.import(&["contracts", &file]);
    assert_eq!((status, report["created"].as_u64()), (0, Some(2)), "{report}");
    let notice = |ocid: &str| {
        serde_json::json!({
            "ocid": ocid, "id": "r\0", "date": "2025-02-03T00:00:00Z\0", "tag": ["award"], "buyer": { "name": "Camden\0 Council" },
            "awards": [{ "id": "a1", "title": "Notice\0\u{7}", "status": "active", "suppliers": [{ "name": "A\0sh Ltd" }] }],
        })
    };
    let lines = format!("{}\n{}\n", notice("ocds-b5fd17-1"), notice("ocds-b5fd17-\u{0}2"));
    let file = register.file("control.jsonl", lines);
    let (status, report) = register.import(&["ocds", &file]);
    assert_eq!((status, report["created"].as_u64()), (3, Some(1)), "{report}");
    assert!(report["rejected"][0]["reason"].as_str().unwrap().contains("control characters"), "{report}");
    let mut titles: Vec<String> =
        register.list("contracts").iter().map(|one| one["title"].as_str().unwrap().to_owned()).collect();
    titles.sort();
    assert_eq!(titles, ["Bell", "Notice", "Nul in a[31m title"]);
    assert_eq!(register.list("suppliers").len(), 1, "one company, however it is written");
    assert!(register.store().await.check(&test_support::operator()).await.unwrap().sound());
}
