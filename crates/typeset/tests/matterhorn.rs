//! The checkpoints of the Matterhorn Protocol 1.1 (PDF/UA-1) that a machine can check and that a file of ours could fail: read back
//! from the bytes, so that whatever wrote them is held to it. The number of each checkpoint stands beside its check. Those on
//! scripts, forms, embedded files, video, XFA and security handlers are covered by the file having none of these.

mod common;

use common::{document, text};
use hayro_syntax::Pdf;
use hayro_syntax::object::{Array, Dict, MaybeRef, Name, Object, Stream, String as PdfString};
use std::collections::BTreeMap;

/// The standard structure types of PDF 1.7 that documents of text use.
const STANDARD: [&str; 27] = [
    "Document",
    "Part",
    "Sect",
    "Div",
    "BlockQuote",
    "Caption",
    "TOC",
    "TOCI",
    "P",
    "H1",
    "H2",
    "H3",
    "H4",
    "H5",
    "H6",
    "L",
    "LI",
    "Lbl",
    "LBody",
    "Table",
    "TR",
    "TH",
    "TD",
    "THead",
    "TBody",
    "TFoot",
    "Span",
];
const INLINE: [&str; 6] = ["Link", "Reference", "Note", "Code", "Figure", "Quote"];

/// An element of the structure tree.
#[derive(Debug)]
struct Element {
    /// Its standard role, by the role map.
    role: String,
    scope: Option<String>,
    alt: Option<String>,
    id: Option<String>,
    /// The annotations it holds, by object number.
    annotations: Vec<i32>,
    /// How many pieces of page content it holds directly.
    content: usize,
    kids: Vec<Element>,
}

impl Element {
    fn all(&self) -> Vec<&Element> {
        std::iter::once(self).chain(self.kids.iter().flat_map(Element::all)).collect()
    }

    /// Whether it holds any content, at any depth.
    fn says(&self) -> bool {
        self.content > 0 || !self.annotations.is_empty() || self.kids.iter().any(Element::says)
    }
}

fn element(dict: &Dict<'_>, roles: &BTreeMap<String, String>) -> Element {
    let name = |key: &str| dict.get::<Name<'_>>(key).map(|name| name.as_str().to_owned());
    let said = |key: &str| dict.get::<PdfString<'_>>(key).map(|string| text(&string));
    let mut role = name("S").unwrap_or_default();
    for _ in 0..roles.len() {
        if let Some(standard) = roles.get(&role) {
            role = standard.clone();
        }
    }
    let mut one = Element {
        role,
        scope: None,
        alt: said("Alt").or(said("ActualText")),
        id: said("ID"),
        annotations: vec![],
        content: 0,
        kids: vec![],
    };
    let mut attributes = |attributes: &Dict<'_>| {
        if let Some(scope) = attributes.get::<Name<'_>>("Scope") {
            one.scope = Some(scope.as_str().to_owned());
        }
    };
    match dict.get::<Object<'_>>("A") {
        Some(Object::Dict(one)) => attributes(&one),
        Some(Object::Array(several)) => several.iter::<Dict<'_>>().for_each(|one| attributes(&one)),
        _ => {}
    }
    let mut add = |kid: Object<'_>| match kid {
        Object::Dict(kid) if kid.contains_key("S") => one.kids.push(element(&kid, roles)),
        Object::Dict(kid) if kid.contains_key("Obj") => one.annotations.push(kid.get_ref("Obj").unwrap().obj_number),
        Object::Dict(_) | Object::Number(_) => one.content += 1,
        _ => {}
    };
    match dict.get::<Object<'_>>("K") {
        Some(Object::Array(array)) => array.iter::<Object<'_>>().for_each(add),
        Some(kid) => add(kid),
        None => {}
    }
    one
}

fn catalogue(pdf: &Pdf) -> Dict<'_> {
    pdf.xref().get(pdf.xref().root_id()).unwrap()
}

/// The structure tree, in standard roles.
fn tree(pdf: &Pdf) -> Element {
    let root: Dict<'_> = catalogue(pdf).get("StructTreeRoot").expect("a tagged PDF has a structure tree");
    let map: Dict<'_> = root.get("RoleMap").unwrap_or_else(Dict::empty);
    let roles = map
        .keys()
        .filter_map(|key| Some((key.as_str().to_owned(), map.get::<Name<'_>>(key.as_str())?.as_str().to_owned())))
        .collect();
    element(&root, &roles)
}

fn made() -> Pdf {
    Pdf::new(typeset::pdf(&document()).unwrap()).unwrap()
}

#[test]
fn all_content_is_tagged_or_an_artifact() {
    // 01-003 to 01-005: nothing is shown outside marked content, and no artifact stands within tagged content or round it.
    let pdf = made();
    for (number, page) in pdf.pages().iter().enumerate() {
        let mut open: Vec<(bool, bool)> = Vec::new();
        let mut shown = 0;
        let mut operations = page.operations();
        while let Some(operation) = operations.next() {
            match &**operation.operator {
                b"BDC" | b"BMC" => {
                    let first = operation.operands().next();
                    let artifact = matches!(&first, Some(Object::Name(name)) if name.as_str() == "Artifact");
                    let numbered =
                        operation.operands().any(|operand| matches!(&operand, Object::Dict(dict) if dict.contains_key("MCID")));
                    if artifact || numbered {
                        assert!(!open.iter().any(|(a, n)| *a || *n), "page {}: marked content within marked content", number + 1);
                    }
                    open.push((artifact, numbered));
                }
                b"EMC" => drop(open.pop().expect("what ends has begun")),
                b"Tj" | b"TJ" | b"'" | b"\"" | b"Do" | b"f" | b"f*" | b"F" | b"S" | b"s" | b"B" | b"B*" | b"b" | b"b*"
                | b"sh" | b"BI" => {
                    shown += 1;
                    assert!(
                        open.iter().any(|(a, n)| *a || *n),
                        "page {}: content that is neither tagged nor an artifact",
                        number + 1
                    );
                }
                _ => {}
            }
        }
        assert!(open.is_empty() && shown > 0, "page {}", number + 1);
    }
}

#[test]
fn every_tag_is_a_standard_one_and_stands_where_it_may() {
    // 02-001, 02-003: roles are standard ones, and no standard one is mapped anew. 09-002, 09-004 to 09-008: what may stand in what.
    let pdf = made();
    let root: Dict<'_> = catalogue(&pdf).get("StructTreeRoot").unwrap();
    let map: Dict<'_> = root.get("RoleMap").unwrap_or_else(Dict::empty);
    let standard = |role: &str| STANDARD.contains(&role) || INLINE.contains(&role);
    assert!(map.keys().all(|key| !standard(key.as_str())));
    let tree = tree(&pdf);
    for one in tree.all() {
        let kids: Vec<&str> = one.kids.iter().map(|kid| kid.role.as_str()).collect();
        assert!(one.role.is_empty() || standard(&one.role), "{} is no standard role", one.role);
        let only = |allowed: &[&str]| assert!(kids.iter().all(|kid| allowed.contains(kid)), "{} holds {kids:?}", one.role);
        match one.role.as_str() {
            "Table" => only(&["TR", "THead", "TBody", "TFoot", "Caption"]),
            "THead" | "TBody" | "TFoot" => only(&["TR"]),
            "TR" => only(&["TH", "TD"]),
            "L" => only(&["LI", "L", "Caption"]),
            "LI" => only(&["Lbl", "LBody"]),
            "TOC" => only(&["TOCI", "TOC", "Caption"]),
            _ => {
                for part in ["TR", "TH", "TD", "LI", "LBody", "TOCI", "THead", "TBody", "TFoot"] {
                    assert!(!kids.contains(&part), "{part} stands in {}", one.role);
                }
            }
        }
        // A caption is the first or the last thing of what it is the caption of.
        if let Some(place) = kids.iter().position(|kid| *kid == "Caption") {
            assert!(place == 0 || place + 1 == kids.len(), "{} has its caption in the middle", one.role);
        }
        if one.role.len() == 2 && one.role.starts_with('H') {
            assert!(one.says(), "a heading without content");
        }
    }
}

#[test]
fn headings_begin_at_one_and_skip_no_level() {
    // 14-002, 14-003, 14-006, 14-007: numbered headings alone, the first of level 1, none deeper by two.
    let tree = tree(&made());
    let levels: Vec<u32> =
        tree.all().iter().filter(|one| one.role.len() == 2).filter_map(|one| one.role.strip_prefix('H')?.parse().ok()).collect();
    assert_eq!(levels.first(), Some(&1));
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
    assert!(tree.all().iter().all(|one| one.role != "H"));
}

#[test]
fn every_header_cell_says_what_it_heads_and_rows_are_of_one_length() {
    // 15-003: a header cell has a scope. 09-004: rows of a table have the same number of cells, but for what spans.
    let tree = tree(&made());
    let all = tree.all();
    let tables: Vec<&&Element> = all.iter().filter(|one| one.role == "Table").collect();
    assert!(!tables.is_empty());
    for table in tables {
        let inside = table.all();
        assert!(inside.iter().filter(|one| one.role == "TH").all(|one| one.scope.is_some()), "a header cell without a scope");
        let lengths: Vec<usize> = inside.iter().filter(|one| one.role == "TR").map(|row| row.kids.len()).collect();
        assert!(lengths.windows(2).all(|pair| pair[0] == pair[1]), "{lengths:?}");
    }
}

#[test]
fn figures_and_notes_are_told_apart_for_those_who_do_not_see_them() {
    // 13-004: a figure has words. 17-002: so has a formula. 19-003, 19-004: a note has an id of its own.
    let tree = tree(&made());
    let mut ids = Vec::new();
    for one in tree.all() {
        if matches!(one.role.as_str(), "Figure" | "Formula") {
            assert!(one.alt.as_ref().is_some_and(|words| !words.trim().is_empty()), "{} without words", one.role);
        }
        if one.role == "Note" {
            ids.push(one.id.clone().expect("a note has an id"));
        }
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn links_are_tagged_and_say_where_they_lead_and_pages_are_tabbed_by_structure() {
    // 28-002, 28-009: every annotation stands in the tree, links in a Link. 28-012: it has words. 28-004: and 'Tabs' is S.
    let pdf = made();
    let tree = tree(&pdf);
    let mut tagged: Vec<i32> =
        tree.all().into_iter().filter(|one| one.role == "Link").flat_map(|one| one.annotations.iter().copied()).collect();
    assert!(tree.all().iter().filter(|one| one.role != "Link").all(|one| one.annotations.is_empty()));
    let mut there = Vec::new();
    for page in pdf.pages().iter() {
        let Some(annotations) = page.raw().get::<Array<'_>>("Annots") else { continue };
        let tabs = page.raw().get::<Name<'_>>("Tabs").expect("a page with annotations says how they are tabbed");
        assert_eq!(tabs.as_str(), "S");
        for annotation in annotations.raw_iter() {
            let MaybeRef::Ref(reference) = annotation else { panic!("an annotation of its own") };
            there.push(reference.obj_number);
        }
        for annotation in annotations.iter::<Dict<'_>>() {
            assert_eq!(annotation.get::<Name<'_>>("Subtype").unwrap().as_str(), "Link");
            let words = annotation.get::<PdfString<'_>>("Contents").map(|words| text(&words)).unwrap_or_default();
            assert!(!words.trim().is_empty(), "a link without words");
        }
    }
    there.sort_unstable();
    tagged.sort_unstable();
    assert!(!there.is_empty());
    assert_eq!(there, tagged);
}

#[test]
fn fonts_are_in_the_file_and_their_letters_can_be_read_out() {
    // 31-009: fonts are embedded. 10-001: letters map to characters.
    let pdf = made();
    let (mut fonts, mut files) = (0, 0);
    for object in pdf.objects() {
        let Object::Dict(dict) = object else { continue };
        let kind = |key: &str| dict.get::<Name<'_>>(key).map(|name| name.as_str().to_owned()).unwrap_or_default();
        if kind("Type") == "Font" && kind("Subtype") == "Type0" {
            fonts += 1;
            assert!(dict.get::<Stream<'_>>("ToUnicode").is_some(), "a font whose letters cannot be read out");
        }
        if kind("Type") == "FontDescriptor" {
            files += 1;
            let embedded = ["FontFile", "FontFile2", "FontFile3"].iter().any(|key| dict.get::<Stream<'_>>(*key).is_some());
            assert!(embedded, "a font that is not in the file");
        }
    }
    assert!(fonts > 0 && files >= fonts, "{fonts} fonts, {files} files");
}

#[test]
fn nothing_stands_in_the_file_that_would_need_checks_of_its_own() {
    // 07-001, 07-002 stand with the catalogue's test. 20, 21, 25, 26, 29, 30: no layers, attachments, forms, locks, scripts.
    let pdf = made();
    let root = catalogue(&pdf);
    for key in ["OCProperties", "AcroForm", "OpenAction", "AA", "Names"] {
        let harmless = key == "Names"
            && root
                .get::<Dict<'_>>(key)
                .is_none_or(|names| !names.contains_key("EmbeddedFiles") && !names.contains_key("JavaScript"));
        assert!(!root.contains_key(key) || harmless, "{key}");
    }
    let bytes = typeset::pdf(&document()).unwrap();
    assert!(!bytes.windows(8).any(|window| window == b"/Encrypt"));
}
