//! The tags that a screen reader goes by, read back from the file.
//!
//! No complete PDF/UA validator is among the packages that this project's machines reach (veraPDF is not), so these tests look at
//! what the standard asks for in the structure itself.

mod common;

use common::{document, text};
use documents::document::{Block, Document, Pair, Table, Text};
use hayro_syntax::Pdf;
use hayro_syntax::object::{Dict, MaybeRef, Name, Object, Stream, String as PdfString};
use proptest::prelude::*;
use typeset::{Refused, pdf};

/// An element of the structure tree: its role and what is in it.
#[derive(Debug)]
struct Tag {
    role: String,
    title: Option<String>,
    kids: Vec<Tag>,
}

impl Tag {
    fn all(&self) -> Vec<&Tag> {
        std::iter::once(self).chain(self.kids.iter().flat_map(Tag::all)).collect()
    }

    fn count(&self, role: &str) -> usize {
        self.all().iter().filter(|tag| tag.role == role).count()
    }
}

fn tags(dict: &Dict<'_>) -> Tag {
    let role = dict.get::<Name<'_>>("S").map(|name| name.as_str().to_owned()).unwrap_or_default();
    let title = dict.get::<PdfString<'_>>("T").map(|title| text(&title));
    let mut kids = Vec::new();
    let mut add = |object: Object<'_>| {
        if let Object::Dict(kid) = object
            && kid.contains_key("S")
        {
            kids.push(tags(&kid));
        }
    };
    match dict.get::<Object<'_>>("K") {
        Some(Object::Array(array)) => array.iter::<Object<'_>>().for_each(add),
        Some(one) => add(one),
        None => {}
    }
    Tag { role, title, kids }
}

fn tree(bytes: Vec<u8>) -> Tag {
    let pdf = Pdf::new(bytes).unwrap();
    let root: Dict<'_> = pdf.xref().get(pdf.xref().root_id()).unwrap();
    let structure: Dict<'_> = root.get("StructTreeRoot").expect("a tagged PDF has a structure tree");
    tags(&structure)
}

#[test]
fn the_catalogue_declares_pdf_ua_the_language_and_the_title() {
    let pdf = Pdf::new(pdf(&document()).unwrap()).unwrap();
    let root: Dict<'_> = pdf.xref().get(pdf.xref().root_id()).unwrap();
    assert_eq!(text(&root.get::<PdfString<'_>>("Lang").unwrap()), "en-GB");
    assert_eq!(root.get::<Dict<'_>>("MarkInfo").unwrap().get::<bool>("Marked"), Some(true));
    assert_eq!(root.get::<Dict<'_>>("ViewerPreferences").unwrap().get::<bool>("DisplayDocTitle"), Some(true));
    let metadata: Stream<'_> = root.get("Metadata").unwrap();
    let xmp = String::from_utf8(metadata.decoded().unwrap().into_owned()).unwrap();
    assert!(xmp.contains("<pdfuaid:part>1</pdfuaid:part>"), "{xmp}");
    assert!(xmp.contains("Housing repairs") && xmp.contains("2019-12-03T11:00:00"));
}

#[test]
fn headings_are_bookmarks_and_tags_in_order() {
    let bytes = pdf(&document()).unwrap();
    let tree = tree(bytes.clone());
    let headings: Vec<(String, String)> = tree
        .all()
        .into_iter()
        .filter(|tag| tag.role.len() == 2 && tag.role.starts_with('H'))
        .map(|tag| (tag.role.clone(), tag.title.clone().unwrap_or_default()))
        .collect();
    let expected = [("H1", "Contents"), ("H1", "Purpose"), ("H2", "Detail"), ("H1", "Risks")];
    assert_eq!(headings, expected.map(|(role, title)| (role.to_owned(), title.to_owned())));

    let pdf = Pdf::new(bytes).unwrap();
    let root: Dict<'_> = pdf.xref().get(pdf.xref().root_id()).unwrap();
    let outlines: Dict<'_> = root.get("Outlines").expect("bookmarks");
    let mut next: Option<Dict<'_>> = outlines.get("First");
    let mut titles = Vec::new();
    while let Some(item) = next {
        titles.push(text(&item.get::<PdfString<'_>>("Title").unwrap()));
        next = item.get("Next");
    }
    assert!(titles.ends_with(&["Purpose".to_owned(), "Risks".to_owned()]), "{titles:?}");
}

#[test]
fn tables_have_header_cells_and_lists_their_parts() {
    let tree = tree(pdf(&document()).unwrap());
    let all = tree.all();
    let tables: Vec<&&Tag> = all.iter().filter(|tag| tag.role == "Table").collect();
    assert_eq!(tables.len(), 4, "identity, signatures, pairs, data items");
    for table in &tables {
        assert!(table.count("TH") > 0, "a table without header cells: {table:?}");
        for row in table.all().into_iter().filter(|tag| tag.role == "TR") {
            assert!(row.kids.iter().all(|cell| cell.role == "TH" || cell.role == "TD"));
        }
    }
    // Once, although the table runs over pages: the repeated header is an artifact.
    let data = tables.iter().max_by_key(|table| table.count("TR")).unwrap();
    assert_eq!((data.count("TR"), data.count("TH"), data.count("TD")), (81, 2 + 80, 80));
    assert_eq!(tree.count("Caption"), 2);
    let lists: Vec<&&Tag> = all.iter().filter(|tag| tag.role == "L").collect();
    assert_eq!((lists.len(), lists[0].count("LI"), lists[0].count("LBody")), (1, 2, 2));
    assert_eq!(tree.count("TOCI"), 3);
}

#[test]
fn what_breaks_the_standard_is_refused_with_its_place() {
    let refuse = |change: fn(&mut Document)| {
        let mut document = document();
        change(&mut document);
        pdf(&document).expect_err("this PDF should have been refused")
    };
    assert_eq!(refuse(|document| document.title = " ".into()), Refused::Untitled);
    assert_eq!(refuse(|document| document.language = "British".into()), Refused::Language("British".into()));
    assert_eq!(refuse(|document| document.heading(2, "\n")), Refused::EmptyHeading(4));
    assert_eq!(
        refuse(|document| document.heading(3, "Deep")),
        Refused::SkippedLevel { title: "Deep".into(), level: 3, after: 1 }
    );
    assert_eq!(
        refuse(|document| document.push(Block::Table(Table::new("Bare", ["", "x"])))),
        Refused::TableWithoutHeadings("Bare".into())
    );
}

/// What a dictionary of a PDF does beyond showing: keys and kinds of actions that lead out, run or carry something.
fn does(dict: &Dict<'_>, found: &mut Vec<String>) {
    const KEYS: [&str; 7] = ["URI", "JS", "AA", "OpenAction", "EmbeddedFiles", "EF", "RichMediaContent"];
    const ACTIONS: [&str; 7] = ["URI", "JavaScript", "Launch", "GoToR", "GoToE", "SubmitForm", "ImportData"];
    for (key, value) in dict.entries() {
        let key = key.as_str().to_owned();
        if KEYS.contains(&key.as_str()) {
            found.push(key.clone());
        }
        match value {
            MaybeRef::NotRef(Object::Name(name)) if key == "S" && ACTIONS.contains(&name.as_str()) => {
                found.push(name.as_str().to_owned());
            }
            MaybeRef::NotRef(Object::Dict(inner)) => does(&inner, found),
            _ => {}
        }
    }
}

#[test]
fn s28_what_is_typed_becomes_no_link_no_action_and_no_file_of_a_pdf() {
    let typed = "#link(\"https://evil.example\")[Canary] https://evil.example www.evil.example evil@evil.example @canary <canary> \
                 #read(\"/etc/passwd\") #image(\"x.png\") #eval(\"1\") $1 + 1$ *Canary* `Canary` // Canary /* Canary */ \\ ) >> /URI (https://evil.example)";
    let mut document = document();
    document.title = typed.into();
    document.subtitle = Some(typed.into());
    document.heading(1, typed);
    document.text(typed);
    document.push(Block::List { ordered: false, items: vec![Text::plain(typed)] });
    document.push(Block::Pairs(vec![Pair::new(typed, typed)]));
    let mut table = Table::new(typed, [typed, "b"]);
    table.row([typed, typed]);
    document.push(Block::Table(table));
    document.push(Block::Note { label: typed.into(), body: vec![Text::plain(typed)] });
    let pdf = Pdf::new(pdf(&document).unwrap()).unwrap();
    let (mut links, mut found) = (0, Vec::new());
    for object in pdf.objects() {
        if let Object::Dict(dict) = object {
            links += usize::from(dict.get::<Name<'_>>("Subtype").is_some_and(|kind| kind.as_str() == "Link"));
            does(&dict, &mut found);
        }
    }
    assert!(links > 0, "the contents lead to their headings, so links would be seen");
    assert_eq!(found, Vec::<String>::new());
    let root: Dict<'_> = pdf.xref().get(pdf.xref().root_id()).unwrap();
    let metadata: Stream<'_> = root.get("Metadata").unwrap();
    let said = String::from_utf8(metadata.decoded().unwrap().into_owned()).unwrap();
    assert!(said.contains("[Canary] https://evil.example"), "it was there to be misread: {said}");
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    assert_eq!(pdf(&document()).unwrap(), pdf(&document()).unwrap());
}

#[test]
fn characters_that_the_fonts_lack_do_not_cost_the_file() {
    for text in
        ["Happy 😀", "数据保护影响评估", "تقييم", "ক্ষ ভারত", "हिन्दी", "e\u{301}\u{302}", "a\u{E000}b\u{202E}c\u{FEFF}", "नमस्ते 🇬🇧"]
    {
        let mut document = document();
        document.title = format!("Title {text}");
        document.heading(2, text);
        document.text(text);
        let bytes = pdf(&document).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert!(tree(bytes).count("H2") == 2);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Any text can be exported wherever it stands.
    #[test]
    fn any_text_can_be_exported(text in any::<String>(), code in "[#$*_\\[\\]{}()<>@=+~`\"'\\\\/.;:a-z0-9\\n -]{0,60}") {
        let mut document = Document::new(format!("x{text}"), &text, &code, jiff::Timestamp::constant(0, 0));
        document.heading(1, format!("x{code}"));
        document.text(&text);
        document.text(&code);
        document.push(Block::List { ordered: false, items: vec![Text::plain(&text), Text::plain(&code)] });
        document.push(Block::Pairs(vec![Pair::new(&text, &code)]));
        let mut table = Table::new(&code, ["a", "b"]);
        table.row([text.as_str(), code.as_str()]);
        document.push(Block::Table(table));
        document.push(Block::Note { label: code.clone(), body: vec![Text::plain(&text)] });
        prop_assert!(pdf(&document).is_ok());
    }
}
