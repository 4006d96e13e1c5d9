//! The parts of a DOCX package that `docx-rs` cannot say: styles with their language, the file's properties, header rows.

use crate::document::Document;
use crate::text::one_line;
use docx_rs::XMLDocx;
use quick_xml::escape::escape;

const STYLES: &str = include_str!("styles.xml");
/// How `docx-rs` writes a row that is kept on one page, which only header rows are.
const KEPT: &str = "<w:trPr><w:cantSplit /></w:trPr>";
const HEADER: &str = "<w:trPr><w:cantSplit /><w:tblHeader /></w:trPr>";
/// How `docx-rs` writes a list's number and level; ECMA-376 (17.3.1.19) has the level first.
const NUMBERED: &str = "<w:numPr><w:numId ";
const LEVEL_LAST: &str = "<w:ilvl w:val=\"0\" />";
const LEVELLED: &str = "<w:numPr><w:ilvl w:val=\"0\" /><w:numId ";
/// How `docx-rs` begins a paragraph's properties; ECMA-376 (17.3.1.26) has the looks of its mark last.
const RUN_LOOKS_FIRST: &str = "<w:pPr><w:rPr />";
const SECTION: &str = "<w:sectPr>";
const TABLE: &str = concat!(
    r#"<w:tblPr><w:tblStyle w:val="CityTable"/><w:tblW w:w="9412" w:type="dxa"/><w:tblLayout w:type="fixed"/>"#,
    r#"<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>"#,
    "</w:tblPr>"
);

/// Completes the package.
pub(super) fn complete(package: &mut XMLDocx, document: &Document) -> Result<(), String> {
    let language = language(&document.language);
    package.styles = STYLES.replace("{language}", &language).into_bytes();
    package.settings = settings(&language).into_bytes();
    package.doc_props.core = core(document, &language).into_bytes();
    let body = std::mem::take(&mut package.document);
    let body = String::from_utf8(body).map_err(|error| error.to_string())?;
    // A text cannot hold any of these: its '<' is escaped.
    let body = body.replace(KEPT, HEADER).replace(RUN_LOOKS_FIRST, "<w:pPr>").replace(LEVEL_LAST, "").replace(NUMBERED, LEVELLED);
    package.document = section(&tables(&contents(&body))).into_bytes();
    // The page numbers stand in the footer, and the title in the header: there, too, a paragraph's style comes before its looks.
    for part in package.headers.iter_mut().chain(&mut package.footers) {
        let text = String::from_utf8(std::mem::take(part)).map_err(|error| error.to_string())?;
        *part = text.replace(RUN_LOOKS_FIRST, "<w:pPr>").into_bytes();
    }
    Ok(())
}

/// The section with its header and footer before the size of its pages: `docx-rs` writes them last, where ECMA-376 (17.6.17) has
/// none, and whoever reads by the standard then finds no page numbers.
fn section(body: &str) -> String {
    let Some((before, properties)) = body.rsplit_once(SECTION) else { return body.to_owned() };
    let Some((size, references)) = properties.find("<w:headerReference").map(|at| properties.split_at(at)) else {
        return body.to_owned();
    };
    let Some((references, after)) = references.split_once("</w:sectPr>") else { return body.to_owned() };
    format!("{before}{SECTION}{references}{size}</w:sectPr>{after}")
}

/// The table of contents with its headings' own words: `docx-rs` takes them from the headings as they are written, and escapes
/// them once more.
fn contents(body: &str) -> String {
    let ends = body.find("<w:sdt>").zip(body.rfind("</w:sdt>"));
    let Some((from, to)) = ends.filter(|(from, to)| from < to) else { return body.to_owned() };
    format!("{}{}{}", &body[..from], body[from..to].replace("&amp;", "&"), &body[to..])
}

/// The tables with this project's look. `docx-rs` writes their properties in an order that ECMA-376 (17.4.59) does not have, and
/// Word may then read none of them.
fn tables(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut rest = body;
    while let Some((before, properties)) = rest.split_once("<w:tblPr>") {
        out.push_str(before);
        out.push_str(TABLE);
        rest = properties.split_once("</w:tblPr>").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

fn language(tag: &str) -> String {
    let clean: String = tag.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(35).collect();
    if clean.is_empty() { "en-GB".to_owned() } else { clean }
}

fn settings(language: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/><w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat><w:themeFontLang w:val="{language}"/></w:settings>"#
    )
}

fn core(document: &Document, language: &str) -> String {
    let made = document.made_at.as_second();
    let made = jiff::Timestamp::from_second(made).unwrap_or_default();
    let text = |text: &str| escape(one_line(text)).into_owned();
    let (title, author, version) = (text(&document.title), text(&document.author), text(&document.version));
    let subject = text(document.subtitle.as_deref().unwrap_or_default());
    let hash = document.hash.as_deref().map(|hash| format!("SHA-256 {hash}")).unwrap_or_default();
    let hash = text(&hash);
    format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:dcmitype="http://purl.org/dc/dcmitype/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{title}</dc:title><dc:subject>{subject}</dc:subject><dc:creator>{author}</dc:creator><cp:keywords>{hash}</cp:keywords><dc:description>{version}</dc:description><cp:lastModifiedBy>{author}</cp:lastModifiedBy><dcterms:created xsi:type="dcterms:W3CDTF">{made}</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">{made}</dcterms:modified><dc:language>{language}</dc:language></cp:coreProperties>"#
    )
}
