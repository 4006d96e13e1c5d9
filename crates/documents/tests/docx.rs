//! What Word finds in a DOCX: styles, header rows, language, tracked changes.

use documents::document::{Block, Document, Fate, Mark, Pair, Signature, Table, Text};
use documents::docx;
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};

fn document() -> Document {
    let mut document = Document::new("Title & more", "Camden", "Version 2", jiff::Timestamp::constant(1_575_370_800, 0));
    document.hash = Some("ab".repeat(32));
    document.contents = true;
    document.heading(1, "Purpose");
    document.text("First line\nSecond line");
    document.heading(2, "Detail");
    document
}

fn parts(document: &Document) -> BTreeMap<String, String> {
    let bytes = docx::write(document).unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = BTreeMap::new();
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let name = part.name().unwrap().to_string();
        let mut text = String::new();
        if part.is_file() && part.read_to_string(&mut text).is_ok() {
            well_formed(&name, &text);
            parts.insert(name, text);
        }
    }
    parts
}

fn well_formed(name: &str, xml: &str) {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => panic!("{name} is not well-formed: {error}"),
        }
    }
}

/// The text of the body, one string for each `w:t` and `w:delText`.
fn texts(xml: &str, element: &str) -> Vec<String> {
    let mut reader = Reader::from_str(xml);
    let (mut inside, mut out) = (false, Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) if start.name().as_ref() == element => {
                inside = true;
                out.push(String::new());
            }
            Event::End(end) if end.name().as_ref() == element => inside = false,
            Event::Text(text) if inside => out.last_mut().unwrap().push_str(&text),
            Event::GeneralRef(name) if inside => {
                let name: &str = &name;
                let resolved = quick_xml::escape::unescape(&format!("&{name};")).unwrap().into_owned();
                out.last_mut().unwrap().push_str(&resolved);
            }
            Event::Eof => return out,
            _ => {}
        }
    }
}

#[test]
fn headings_have_words_built_in_styles_and_the_contents_list_them() {
    let parts = parts(&document());
    let (body, styles) = (&parts["word/document.xml"], &parts["word/styles.xml"]);
    assert!(styles.contains(r#"<w:name w:val="heading 1"/>"#) && styles.contains(r#"<w:outlineLvl w:val="0"/>"#));
    assert!(body.contains(r#"<w:pPr><w:pStyle w:val="Heading1" /></w:pPr>"#), "{body}");
    assert!(body.contains(r#"<w:pStyle w:val="Heading2" />"#));
    assert!(body.contains(r#"TOC \o &quot;1-2&quot;"#) || body.contains("TOC \\o \"1-2\""));
    assert_eq!(texts(body, "w:t").iter().filter(|text| *text == "Purpose").count(), 2, "once as heading, once in the contents");
}

#[test]
fn headings_stand_in_the_contents_in_their_own_words() {
    let mut document = document();
    let words = "Our officer's advice <on> \"R&D\" &amp; more";
    document.heading(1, words);
    let body = &parts(&document)["word/document.xml"];
    assert_eq!(
        texts(body, "w:t").iter().filter(|text| *text == words).count(),
        2,
        "once as heading, once in the contents: {body}"
    );
}

#[test]
fn the_language_title_version_and_hash_are_in_the_file() {
    let parts = parts(&document());
    assert!(parts["word/styles.xml"].contains(r#"<w:lang w:val="en-GB""#));
    assert!(parts["word/settings.xml"].contains(r#"<w:themeFontLang w:val="en-GB"/>"#));
    let core = &parts["docProps/core.xml"];
    assert!(core.contains("<dc:title>Title &amp; more</dc:title>") && core.contains("<dc:language>en-GB</dc:language>"));
    assert!(core.contains(&"ab".repeat(32)) && core.contains("2019-12-03T11:00:00Z"));
    let footer = &parts["word/footer1.xml"];
    assert!(footer.contains("Version 2 · abababababababab") && footer.contains("PAGE") && footer.contains("NUMPAGES"));
    assert_eq!(texts(footer, "w:t").concat(), "Version 2 · ababababababababPage 1 of 1", "until the pages are counted");
}

#[test]
fn the_section_names_its_header_and_footer_where_the_standard_has_them() {
    let parts = parts(&document());
    let body = &parts["word/document.xml"];
    let section = body.rsplit_once("<w:sectPr>").unwrap().1;
    let order = ["<w:headerReference", "<w:footerReference", "<w:pgSz", "<w:pgMar", "<w:cols", "</w:sectPr></w:body>"];
    let found: Vec<usize> = order.iter().map(|one| section.find(one).unwrap_or_else(|| panic!("{one} in {section}"))).collect();
    assert!(found.is_sorted(), "{section}");
    for part in ["word/header1.xml", "word/footer1.xml"] {
        assert!(parts[part].contains("<w:pPr><w:pStyle ") && !parts[part].contains("<w:pPr><w:rPr />"), "{}", parts[part]);
    }
}

#[test]
fn each_table_has_one_header_row_that_pages_repeat() {
    let mut document = document();
    document.signatures.push(Signature {
        step: "Acceptance of the risk".into(),
        role: "SIRO".into(),
        organisation: "Camden".into(),
        name: "Nobody yet".into(),
        when: "Not yet".into(),
        state: "Waiting".into(),
    });
    let mut table = Table::new("Data items", ["Data", "Count"]);
    table.row(["Names", "12", "one too many"]);
    table.row(["Addresses"]);
    document.push(Block::Table(table));
    document.push(Block::Pairs(vec![Pair::new("Gateway", "")]));
    let parts = parts(&document);
    let body = &parts["word/document.xml"];
    let tables: Vec<&str> = body.split("<w:tbl>").skip(1).collect();
    assert_eq!(tables.len(), 4, "identity, signatures, data items, pairs");
    for table in tables {
        let table = table.split("</w:tbl>").next().unwrap();
        assert_eq!(table.matches("<w:tblHeader />").count(), 1);
        assert!(table.starts_with(r#"<w:tblPr><w:tblStyle w:val="CityTable"/>"#));
        assert!(table.split("<w:tr>").nth(1).unwrap().contains("<w:tblHeader />"), "the header row comes first");
    }
    assert!(texts(body, "w:t").contains(&"Not provided".to_owned()));
    assert!(!body.contains("one too many"));
}

#[test]
fn changed_words_are_tracked_changes_with_author_and_date() {
    let mut document = document();
    let mark = Mark { author: "A & B\r\n\"C\"".into(), at: 1_575_370_800_999 };
    let text = Text::plain("Kept for ")
        .and("seven", Fate::Removed(mark.clone()))
        .and("six <b>", Fate::Added(mark))
        .and(" years", Fate::Same);
    document.push(Block::Paragraph(text));
    let parts = parts(&document);
    let body = &parts["word/document.xml"];
    let attributes = r#"w:author="A &amp; B &quot;C&quot;" w:date="2019-12-03T11:00:00Z""#;
    let removed = body.split("<w:del ").nth(1).unwrap().split("</w:del>").next().unwrap();
    assert!(removed.contains(attributes), "{removed}");
    assert!(removed.contains("seven") && removed.contains("w:delText"));
    let added = body.split("<w:ins ").nth(1).unwrap().split("</w:ins>").next().unwrap();
    assert!(added.contains(attributes) && added.contains("six &lt;b&gt;"), "{added}");
}

#[test]
fn each_numbered_list_counts_from_one() {
    let mut document = document();
    for _ in 0..2 {
        document.push(Block::List { ordered: true, items: vec![Text::plain("a"), Text::plain("b")] });
    }
    let parts = parts(&document);
    let body = &parts["word/document.xml"];
    assert!(body.contains(r#"<w:numPr><w:ilvl w:val="0" /><w:numId w:val="2" /></w:numPr>"#), "{body}");
    assert!(body.contains(r#"<w:numId w:val="3" />"#));
    assert_eq!(parts["word/numbering.xml"].matches("<w:startOverride").count(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever someone types, the file is well-formed and has the words, and none of them becomes an element.
    #[test]
    fn any_text_stays_text(text in any::<String>(), tricky in "[<>&\"'\\]\\[a-z:/]{0,30}") {
        let mut document = document();
        document.title = format!("x{text}");
        document.heading(2, format!("x{tricky}"));
        document.push(Block::Paragraph(Text::plain(&text)));
        document.push(Block::Paragraph(Text::plain(&format!("<w:tblPr>{tricky}<w:trPr><w:cantSplit /></w:trPr>"))));
        let parts = parts(&document);
        let found = texts(&parts["word/document.xml"], "w:t");
        let heading = format!("x{tricky}");
        prop_assert!(found.contains(&heading));
        let literal = format!("<w:tblPr>{tricky}<w:trPr><w:cantSplit /></w:trPr>");
        prop_assert!(found.contains(&literal));
        let whole = found.concat();
        for piece in documents::text::without_controls(&text).split(['\n', '\t', '\u{2028}', '\u{2029}']) {
            prop_assert!(whole.contains(piece));
        }
    }
}
