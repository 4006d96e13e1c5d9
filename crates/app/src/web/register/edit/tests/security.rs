//! What is written into a record does no harm where it comes out, and files that were built to do harm do none (S29, S32, S33, S36).

use super::*;
use documents::table::{Limits, Row, TableReader};
use std::io::Write as _;
use zip::write::SimpleFileOptions;

/// Addresses that a page must never link to.
const FALSE_LINKS: &[&str] = &[
    "javascript:alert(1)",
    " JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "ftp://files.example/a",
    "//evil.example/a",
    "https:evil.example",
    "\u{1}javascript:alert(1)",
];

/// Every address that a page leads to: within the server, or by http, https or mail.
#[track_caller]
fn only_safe_links(answer: &Answer) {
    let page = answer.page();
    for link in all(page.root_element(), "[href], [src], [action], [formaction]") {
        for name in ["href", "src", "action", "formaction"] {
            let Some(address) = link.value().attr(name) else { continue };
            let within =
                address.is_empty() || address.starts_with(['#', '?']) || address.starts_with('/') && !address.starts_with("//");
            let out = ["http://", "https://", "mailto:"].iter().any(|scheme| address.starts_with(scheme));
            assert!(within || out, "{name} leads to {address:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s29_a_link_is_http_https_or_mail_and_nothing_else() {
    let own = camden().await;
    let address = format!("/contracts/{}", own.contract.id);
    for wrong in FALSE_LINKS {
        let answer = change(&own, &own.editor, "buying", &[("url", wrong)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{wrong:?} was taken");
        assert!(answer.text.contains("<title>Error: "), "{wrong:?}");
        only_safe_links(&answer);
    }
    // What a file says is left out with a warning; the row itself stands.
    let rows: String = FALSE_LINKS.iter().enumerate().map(|(number, link)| format!("R{number},Row,A Ltd,\"{link}\"\n")).collect();
    let csv = format!("Reference,Title,Supplier,URL\n{rows}");
    let sent = own.city.send(&own.editor, files::upload("contracts", "links.csv", &csv)).await;
    let preview = own.city.get(&own.editor, sent.location()).await;
    assert!(words(&preview).contains("does not begin with http:// or https://"), "{}", words(&preview));
    only_safe_links(&preview);
    let fields = filled(&preview.page(), "[name=command]");
    let done = own.city.post(&own.editor, sent.location(), &with(&fields, &[("do", "import")])).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", words(&done));
    for contract in own.city.store().all::<Contract>(&Scope::Operator).await.unwrap() {
        assert_eq!(contract.origin.url, None, "{:?}", contract.title);
    }
    // Even a record that holds one, from whatever time, links nowhere.
    for wrong in FALSE_LINKS {
        let before = stored(&own.city, own.contract.id).await;
        let mut after = before.clone();
        after.origin.url = Some((*wrong).to_owned());
        let mut write = own.city.store().write(&Scope::Operator, own.city.app.clock.now()).await.unwrap();
        write.update(&before, &mut after).await.unwrap();
        write.commit().await.unwrap();
        own.city.refresh().await;
        for path in ["", "/history", "/change/buying"] {
            only_safe_links(&own.city.get(&own.editor, &format!("{address}{path}")).await);
        }
    }
    let good = change(&own, &own.editor, "buying", &[("url", "https://notices.example/1?a=b&c=d")]).await;
    assert_eq!(good.status, StatusCode::SEE_OTHER, "{}", words(&good));
    assert!(own.city.get(&own.editor, &address).await.text.contains("notices.example"));
    // Scheduled sources are read from http and https alone.
    for wrong in FALSE_LINKS.iter().filter(|link| !link.starts_with("https:")) {
        let fields = [("name", "Register"), ("kind", "csv"), ("every", "week"), ("url", *wrong)];
        let answer = own.city.post(&own.editor, "/sources/new", &fields).await;
        assert_eq!(answer.status, StatusCode::OK, "{wrong:?} was taken");
        assert!(answer.text.contains("<title>Error: "), "{wrong:?}");
        only_safe_links(&answer);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s32_no_cell_of_a_file_is_a_formula_and_reading_it_back_loses_nothing() {
    let own = camden().await;
    let nasty: Vec<String> =
        ["=HYPERLINK(\"http://evil.example\",\"A\")", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "'=1", "O'Neill"]
            .into_iter()
            .map(str::to_owned)
            .collect();
    for text in &nasty {
        let mut contract = records::contract(own.contract.organisation, text, Some(date(2027, 2, 27)));
        contract.reference = Some(text.clone());
        make(&own.city, contract).await;
        make(&own.city, records::supplier(text)).await;
        make(&own.city, records::skill(own.contract.organisation, text)).await;
    }
    let mut met = 0;
    for (path, column) in [
        ("/api/v1/contracts.csv", "title"),
        ("/api/v1/contracts.csv", "reference"),
        ("/api/v1/suppliers.csv", "name"),
        ("/api/v1/skills.csv", "name"),
        ("/work.csv", ""),
    ] {
        let file = own.city.get(&own.editor, path).await;
        assert_eq!(file.status, StatusCode::OK, "{path}");
        let mut reader = csv::Reader::from_reader(file.text.as_bytes());
        let headers = reader.headers().unwrap().clone();
        for record in reader.records() {
            for cell in &record.unwrap() {
                let number = cell.parse::<f64>().is_ok();
                assert!(number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']), "{path}: {cell:?}");
                met += 1;
            }
        }
        // Whoever reads the file with our own reader has every text back, to the letter.
        let Some(place) = headers.iter().position(|header| header == column) else { continue };
        let mut table = TableReader::from_bytes("back.csv", file.text.clone().into_bytes(), &Limits::default()).unwrap();
        let (mut row, mut back) = (Row::default(), Vec::new());
        while table.read_into(&mut row).unwrap() {
            back.extend(row.cells().nth(place).map(str::to_owned));
        }
        for text in &nasty {
            let kept = back.iter().any(|cell| cell.trim() == text.trim());
            assert!(kept, "{path}: {text:?} is lost in {back:?}");
        }
    }
    assert!(met > 100, "{met}");
    // A workbook says of each cell what it is: text stays text, whatever it begins with, and leads nowhere.
    for path in ["/api/v1/contracts.xlsx", "/api/v1/suppliers.xlsx", "/api/v1/skills.xlsx"] {
        let book = own.city.bytes(&own.editor, path).await;
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(book)).unwrap();
        let mut typed = 0;
        for at in 0..archive.len() {
            let (mut part, mut text) = (archive.by_index(at).unwrap(), String::new());
            std::io::Read::read_to_string(&mut part, &mut text).unwrap();
            for markup in ["<f>", "<f ", "<hyperlink", "TargetMode=\"External\""] {
                assert!(!text.contains(markup), "{path}: {markup} in {text}");
            }
            typed += text.matches("=HYPERLINK(").count();
        }
        assert!(typed > 0, "{path}");
    }
    // Forms for programs are no spreadsheets: they say what the register holds.
    let json: serde_json::Value = serde_json::from_str(&own.city.get(&Browser::default(), "/api/v1/skills").await.text).unwrap();
    let names: Vec<&str> = json["items"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert!(nasty.iter().all(|text| names.contains(&text.as_str())), "{names:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s33_no_text_begins_another_property_of_a_calendar_or_another_element_of_a_feed() {
    let own = camden().await;
    let attack = "Housing\r\nATTENDEE:mailto:evil@evil.example\nEND:VEVENT\rBEGIN:VALARM\u{85}X-A:1\u{2028}X-B:2\u{b}\u{1b}</title><evil/>]]>&evil;";
    let before = own.contract.clone();
    let mut after = before.clone();
    (after.title, after.reference) = (attack.to_owned(), Some(attack.to_owned()));
    after.term.extensions =
        vec![Extension { months: 12, notice: Some(domain::register::terms::Period::months(3)), ..Extension::default() }];
    let mut write = own.city.store().write(&Scope::Operator, own.city.app.clock.now()).await.unwrap();
    write.update(&before, &mut after).await.unwrap();
    write.commit().await.unwrap();
    own.city.refresh().await;
    let anyone = Browser::default();
    let one = format!("/api/v1/contracts/{}", own.contract.id);
    let made = own.city.post(&own.editor, "/work/calendar", &[]).await.text.replace("&#x2f;", "/");
    let server = "http://127.0.0.1:8080";
    let at = made.find(&format!("{server}/work/")).expect("the calendar's address") + server.len();
    let calendar = &made[at..at + made[at..].find(".ics").unwrap() + 4];
    for path in ["/api/v1/contracts.ics", &format!("{one}.ics"), calendar] {
        let file = own.city.get(&anyone, path).await;
        assert_eq!(file.status, StatusCode::OK, "{path}");
        let lines: Vec<String> = file.text.replace("\r\n ", "").split("\r\n").map(str::to_owned).collect();
        let begins = |what: &str| lines.iter().filter(|line| line.starts_with(what)).count();
        assert!(begins("BEGIN:VEVENT") > 0 && begins("BEGIN:VEVENT") == begins("END:VEVENT"), "{path}: {}", file.text);
        for evil in ["ATTENDEE", "BEGIN:VALARM", "X-A", "X-B"] {
            assert_eq!(begins(evil), 0, "{path}: {evil} began a line in {}", file.text);
        }
        assert!(lines.iter().all(|line| !line.contains(['\r', '\n', '\u{b}', '\u{1b}', '\u{85}'])), "{path}");
        assert!(file.text.contains("Housing"), "{path}");
    }
    for path in ["/api/v1/contracts.atom", &format!("{one}.atom"), "/changes.atom"] {
        let file = own.city.get(&anyone, path).await;
        assert_eq!(file.status, StatusCode::OK, "{path}");
        assert!(file.text.contains("Housing"), "{path} does not say it at all: {}", file.text);
        assert!(!file.text.contains("<evil") && !file.text.contains("&evil;"), "{path}: {}", file.text);
        assert!(!file.text.contains(['\u{b}', '\u{1b}']), "{path}");
        let (opened, closed) = (file.text.matches("<title").count(), file.text.matches("</title>").count());
        assert_eq!(opened, closed, "{path}: {}", file.text);
    }
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A workbook of one sheet, whose strings stand in a part of their own.
fn workbook(strings: &str) -> Vec<u8> {
    let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    zipped(&[
        ("[Content_Types].xml", b"<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"{relation}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            )
            .as_bytes(),
        ),
        (
            "xl/workbook.xml",
            format!("<workbook xmlns=\"{main}\" xmlns:r=\"{relation}\"><sheets><sheet name=\"A\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>").as_bytes(),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!("<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"{relation}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"{relation}/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>").as_bytes(),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{main}\"><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\" t=\"s\"><v>2</v></c><c r=\"B2\" t=\"s\"><v>2</v></c></row></sheetData></worksheet>").as_bytes(),
        ),
        ("xl/sharedStrings.xml", strings.as_bytes()),
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn s36_archives_that_unpack_to_too_much_are_refused_and_nothing_outside_is_read_into_them() {
    let own = camden().await;
    let many: Vec<String> = (0..5_000).map(|number| format!("xl/part{number}.xml")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b""[..])).collect();
    let bombs = [
        (
            "bomb.xlsx",
            zipped(&[("xl/workbook.xml", b"<workbook/>"), ("xl/worksheets/sheet1.xml", &vec![b' '; 64 << 20])]),
            "250 times",
        ),
        ("many.xlsx", zipped(&many), "more than 2000"),
        ("cut.xlsx", zipped(&[("xl/workbook.xml", b"<workbook/>")])[..40].to_vec(), "cannot be read"),
    ];
    let before = own.city.store().sequence().await.unwrap();
    for (name, content, why) in bombs {
        let started = std::time::Instant::now();
        let answer = own.city.send(&own.editor, files::upload_bytes("contracts", name, &content)).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}: {}", answer.location());
        let said = words(&answer);
        assert!(answer.text.contains("<title>Error: ") && said.contains("The file cannot be read"), "{name}: {said}");
        assert!(said.contains(why) || why == "cannot be read", "{name}: {said}");
        assert!(started.elapsed() < std::time::Duration::from_secs(30), "{name} took {:?}", started.elapsed());
    }
    assert_eq!(own.city.store().sequence().await.unwrap(), before);

    // Entities lead nowhere: neither to a file of the server's nor to billions of letters.
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret.txt");
    std::fs::write(&secret, "canary-of-the-server").unwrap();
    let laughs: String = (1..=9).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10))).collect();
    for entities in [
        format!("<!ENTITY evil SYSTEM \"file://{}\">", secret.display()),
        format!("<!ENTITY l0 \"ha\">{laughs}<!ENTITY evil \"&l9;\">"),
    ] {
        let strings = format!(
            "<?xml version=\"1.0\"?><!DOCTYPE sst [{entities}]><sst xmlns=\"{main}\"><si><t>Title</t></si><si><t>Supplier</t></si><si><t>x&evil;y</t></si></sst>"
        );
        let sent = own.city.send(&own.editor, files::upload_bytes("contracts", "entities.xlsx", &workbook(&strings))).await;
        let shown = if sent.status == StatusCode::SEE_OTHER { own.city.get(&own.editor, sent.location()).await } else { sent };
        assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
        assert!(!shown.text.contains("canary-of-the-server") && !shown.text.contains("hahaha"), "{}", shown.text);
    }
    // The same workbook without entities is read, so it was not refused for something else.
    let strings = format!(
        "<?xml version=\"1.0\"?><sst xmlns=\"{main}\"><si><t>Title</t></si><si><t>Supplier</t></si><si><t>Bins</t></si></sst>"
    );
    let sent = own.city.send(&own.editor, files::upload_bytes("contracts", "plain.xlsx", &workbook(&strings))).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", words(&sent));
    assert!(words(&own.city.get(&own.editor, sent.location()).await).contains("Bins"));
}

#[tokio::test(flavor = "multi_thread")]
async fn s37_a_file_is_kept_under_a_name_of_our_own() {
    let own = camden().await;
    let folder = std::env::temp_dir();
    let csv = "Reference,Title,Supplier\nR1,Bins,A Ltd\n";
    let long = format!("{}.csv", "\u{1F600}".repeat(400));
    for name in
        ["../../citytools-s37-evil.csv", "..\\..\\citytools-s37-evil.csv", "/tmp/citytools-s37-evil.csv", "a\u{0}b.csv", &long]
    {
        let sent = own.city.send(&own.editor, files::upload("contracts", name, csv)).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{name:?}: {}", words(&sent));
        let id = sent.location().rsplit('/').next().unwrap().parse().unwrap();
        let person = own.editor.person.unwrap().0;
        let kept = own.city.store().upload(&Scope::Operator, person, id).await.unwrap().unwrap();
        assert!(!kept.name.contains(['/', '\\', '\0']) && kept.name.chars().count() <= 200, "{:?}", kept.name);
        assert_eq!(own.city.get(&own.editor, sent.location()).await.status, StatusCode::OK, "{name:?}");
    }
    assert!(!folder.join("citytools-s37-evil.csv").exists());
    // An address that names a file leads nowhere.
    for path in ["..%2F..%2Fetc%2Fpasswd", "%00", "..", "%2e%2e%2f"] {
        let answer = own.city.get(&own.editor, &format!("/organisations/camden/import/{path}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}
