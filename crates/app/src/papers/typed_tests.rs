//! What people type into an assessment is text in every file that is made of it: no markup, no formula, no header, no link (S28).
//! For its PDF see `crates/typeset/tests/tags.rs`.

use super::{
    files::File,
    tests::{AT, template},
    *,
};
use domain::dpia::exchange::Bundle;
use scraper::{ElementRef, Html};
use serde_json::Value;
use std::io::{Cursor, Read as _};

/// What somebody types who means ill, for each of the formats.
const TYPED: &str = "=HYPERLINK(\"https://evil.example\",\"Canary\") <script>alert(1)</script><img src=x onerror=alert(1)> \
                     [Canary](javascript:alert(1)) ![Canary](https://evil.example/x) HTTPS://evil.example www.evil.example \
                     evil@evil.example <https://evil.example> `Canary` *Canary* | Canary | </w:t><w:evil/> ]]> &evil;\n\n\
                     # Heading\n\n- Item\n\n    Code\n\n1. Number\n\n> Quotation";

/// The fields of the document that hold what somebody typed.
const FIELDS: [&str; 13] = [
    "contacts",
    "description",
    "evidence",
    "name",
    "note",
    "post",
    "reason",
    "reasons",
    "says",
    "summary",
    "text",
    "title",
    "why",
];

/// The document with something of everything, and ill will in all of it.
pub(crate) fn ill_meant() -> Value {
    fn fill(value: &mut Value, name: &str) {
        match value {
            // The name of an attachment is no text that is typed; for names see S37.
            Value::String(text) if FIELDS.contains(&name) && !text.ends_with(".pdf") => *text = TYPED.to_owned(),
            Value::Array(all) => all.iter_mut().for_each(|one| fill(one, name)),
            Value::Object(fields) => fields.iter_mut().for_each(|(name, one)| fill(one, name)),
            _ => {}
        }
    }
    let mut document = serde_json::from_slice(include_bytes!("../../../domain/tests/exchange/sample.json")).unwrap();
    fill(&mut document, "");
    document
}

/// The parts of an archive by name, those that are text.
fn parts(archive: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut parts = Vec::new();
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let (name, mut text) = (part.name().unwrap().into_owned(), String::new());
        if part.read_to_string(&mut text).is_ok() {
            parts.push((name, text));
        }
    }
    parts
}

/// What stands between each beginning and the next end of it.
fn between<'t>(text: &'t str, begin: &str, end: &str) -> Vec<&'t str> {
    text.split(begin).skip(1).map(|rest| rest.split(end).next().unwrap_or(rest)).collect()
}

fn is_text_in_markdown(file: &[u8]) {
    let text = std::str::from_utf8(file).unwrap();
    // As a reader shows it that takes HTML, tables, and bare addresses for links.
    let mut options = comrak::Options::default();
    (options.extension.autolink, options.extension.table, options.extension.strikethrough) = (true, true, true);
    options.render.r#unsafe = true;
    let html = Html::parse_fragment(&comrak::markdown_to_html(text, &options));
    let known = "html h1 h2 h3 h4 h5 h6 p ul ol li strong table thead tbody tr th td br blockquote ins del hr";
    for element in html.root_element().descendants().filter_map(ElementRef::wrap) {
        assert!(known.split(' ').any(|known| known == element.value().name()), "{}", element.html());
        assert!(element.value().attrs().all(|(name, _)| matches!(name, "align" | "start")), "{}", element.html());
        let typed: &[&str] = match element.value().name() {
            "li" => &["Item", "Number"],
            "blockquote" => &["Quotation"],
            name if name.starts_with('h') => &["Heading"],
            _ => &[],
        };
        assert!(!typed.contains(&element.text().collect::<String>().trim()), "somebody typed it: {}", element.html());
    }
    let said = html.root_element().text().collect::<String>();
    for typed in ["<script>alert(1)</script>", "[Canary](javascript:alert(1))", "HTTPS://evil.example", "www.evil.example"] {
        assert!(said.contains(typed), "{typed} was there to be misread: {said}");
    }
}

fn is_text_in_word(file: &[u8]) {
    let parts = parts(file);
    for (name, text) in &parts {
        for markup in ["<script", "<img", "<w:evil", "TargetMode=\"External\"", "<w:altChunk", "<w:object"] {
            assert!(!text.contains(markup), "{name}: {markup} in {text}");
        }
        assert!(!name.ends_with(".rels") || !text.contains("evil"), "{name}: {text}");
        // The contents and the page numbers are fields of our own; nothing that was typed is one.
        for field in between(text, "<w:instrText", "</w:instrText>").into_iter().chain(between(text, "<w:fldSimple", ">")) {
            assert!(!field.contains("evil") && !field.contains("HYPERLINK \""), "{name}: {field}");
        }
        for link in between(text, "<w:hyperlink", ">") {
            assert!(!link.contains("r:id"), "{name}: a link that leads out: {link}");
        }
    }
    let body = parts.iter().find(|(name, _)| name == "word/document.xml").map(|(_, text)| text).unwrap();
    assert!(body.contains("&lt;script") && body.contains("HYPERLINK("), "it was there to be misread: {body}");
}

fn is_text_in_rows(file: &[u8]) {
    let (mut cells, mut typed) = (0, 0);
    for record in csv::Reader::from_reader(file).records() {
        for cell in &record.unwrap() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']), "{cell:?}");
            (cells, typed) = (cells + 1, typed + usize::from(cell.contains("HYPERLINK(")));
        }
    }
    assert!(cells > 100 && typed > 3, "{cells} {typed}");
}

fn is_text_in_workbook(file: &[u8]) {
    let mut typed = 0;
    for (name, text) in parts(file) {
        for markup in ["<f>", "<f ", "<hyperlink", "TargetMode=\"External\"", "<script", "<img", "<ddeLink"] {
            assert!(!text.contains(markup), "{name}: {markup} in {text}");
        }
        typed += text.matches("=HYPERLINK(").count();
    }
    assert!(typed > 1, "{typed}");
}

fn is_kept_in_data(document: &[u8], agreement: &[u8], archive: &[u8]) {
    assert_eq!(Bundle::from_json(document).unwrap().assessment.title, TYPED);
    let agreement: Value = serde_json::from_slice(agreement).unwrap();
    assert!(agreement.to_string().contains("[Canary](javascript:alert(1))"), "{agreement}");
    let parts = parts(archive);
    assert!(!parts.is_empty() && parts.iter().all(|(name, _)| !name.contains("evil") && !name.contains("..")), "{parts:?}");
}

#[test]
fn s28_what_is_typed_into_an_assessment_is_text_in_each_of_its_files() {
    let bundle = Bundle::from_json(&serde_json::to_vec(&ill_meant()).unwrap()).unwrap();
    let template = template();
    let people = HashMap::from([(bundle.signatures[0].person, TYPED.to_owned())]);
    let subject = Subject::new(&bundle, &template, people);
    let made = |file: File| file.make(&subject, AT, &[]).unwrap();
    is_text_in_markdown(&made(File::Markdown));
    for file in [File::Docx, File::AgreementDocx, File::ConsultationDocx] {
        is_text_in_word(&made(file));
    }
    is_text_in_rows(&made(File::Answers));
    is_text_in_workbook(&made(File::Risks));
    is_kept_in_data(&made(File::Json), &made(File::AgreementJson), &made(File::Zip));
}
