//! What a file is, judged by its first bytes and by its name. Where the two
//! disagree the file is refused with words on what to do.

use super::error::ReadError;

/// How a file must be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Delimited text.
    Text,
    /// A ZIP archive that may be an XLSX, XLSB or ODS workbook.
    Zip,
    /// An OLE file that may be an XLS workbook.
    Ole,
}

const TEXT_NAMES: [&str; 5] = ["csv", "tsv", "tab", "txt", "psv"];
const BOOK_NAMES: [&str; 6] = ["xlsx", "xlsm", "xlsb", "xls", "ods", "xltx"];

const AS_TABLE: &str = "Save the table as CSV or XLSX and import that file.";

/// Decides by the first bytes of a file and the end of its name.
pub(super) fn kind(name: &str, start: &[u8]) -> Result<Kind, ReadError> {
    let extension = extension(name);
    let promised = |what: &str| match extension.as_str() {
        "" => String::new(),
        other => format!("The file is named .{other} but is not {what}. "),
    };
    let refuse = |looks_like, advice| {
        let what = if BOOK_NAMES.contains(&extension.as_str()) { "a workbook" } else { "a table of text" };
        Err(ReadError::WrongKind { name: promised(what), looks_like, advice })
    };
    let is_named = |names: &[&str]| names.contains(&extension.as_str());

    if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
        if is_named(&TEXT_NAMES) {
            return refuse(
                "an Excel workbook or another packed file",
                "Rename it to end in .xlsx if it is a workbook, or save the sheet as CSV.",
            );
        }
        return Ok(Kind::Zip);
    }
    if start.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        if is_named(&TEXT_NAMES) {
            return refuse("an older Excel workbook", "Rename it to end in .xls, or save the sheet as CSV.");
        }
        return Ok(Kind::Ole);
    }
    if let Some(looks_like) = binary(start) {
        return refuse(looks_like, AS_TABLE);
    }
    if let Some((looks_like, advice)) = markup(start) {
        return refuse(looks_like, advice);
    }
    if is_named(&BOOK_NAMES) {
        return refuse(
            "plain text or a damaged file",
            "If it is a table in text, rename it to end in .csv; otherwise save it again as XLSX.",
        );
    }
    Ok(Kind::Text)
}

fn extension(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((_, end)) if end.len() <= 5 && end.chars().all(|c| c.is_ascii_alphanumeric()) => end.to_ascii_lowercase(),
        _ => String::new(),
    }
}

/// File kinds that begin with a fixed mark.
fn binary(start: &[u8]) -> Option<&'static str> {
    const MARKS: [(&[u8], &str); 12] = [
        (b"%PDF-", "a PDF document"),
        (b"\x89PNG\r\n", "a PNG picture"),
        (b"\xFF\xD8\xFF", "a JPEG picture"),
        (b"GIF8", "a GIF picture"),
        (b"\x1F\x8B", "a gzip archive"),
        (b"BZh", "a bzip2 archive"),
        (b"7z\xBC\xAF\x27\x1C", "a 7-Zip archive"),
        (b"Rar!", "a RAR archive"),
        (b"\xFD7zXZ", "an xz archive"),
        (b"PAR1", "a Parquet file"),
        (b"SQLite format 3", "a SQLite database"),
        (b"{\\rtf", "a rich text document"),
    ];
    MARKS.iter().find(|(mark, _)| start.starts_with(mark)).map(|(_, name)| *name)
}

/// Text that is no table: HTML, XML, JSON.
fn markup(start: &[u8]) -> Option<(&'static str, &'static str)> {
    // UTF-16 is looked through by dropping its NULs: the marks are ASCII.
    let head: Vec<u8> = start
        .iter()
        .copied()
        .filter(|byte| !matches!(byte, 0 | 0xEF | 0xBB | 0xBF | 0xFF | 0xFE))
        .skip_while(u8::is_ascii_whitespace)
        .take(512)
        .map(|byte| byte.to_ascii_lowercase())
        .collect();
    let begins = |marks: &[&str]| marks.iter().any(|mark| head.starts_with(mark.as_bytes()));
    let is_html_within = || head.windows(5).any(|part| part == b"<html");

    if begins(&["<!doctype html", "<html", "<table", "<head", "<body", "<meta"])
        || (begins(&["<?xml", "<!--"]) && is_html_within())
    {
        return Some((
            "a web page (HTML)",
            "Open it in a spreadsheet and save it as CSV or XLSX. If a download gave this page, check the address: it may be a sign-in or error page.",
        ));
    }
    if begins(&["<?xml", "<!--", "<!doctype"]) {
        return Some(("an XML document", "Open it in a spreadsheet and save it as CSV or XLSX."));
    }
    let mut rest = head.iter().copied().skip(1).filter(|byte| !byte.is_ascii_whitespace());
    let is_json = match head.first() {
        Some(b'{') => matches!(rest.next(), Some(b'"' | b'}')),
        Some(b'[') => matches!(rest.next(), Some(b'{' | b'[')),
        _ => false,
    };
    is_json.then_some(("JSON", "Open Contracting data is imported with ‘import ocds’; for a table, save it as CSV or XLSX."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bracketed_header_is_not_json() {
        assert_eq!(kind("a.csv", b"[Ref],[Title]\n1,2\n").unwrap(), Kind::Text);
        assert_eq!(kind("a.csv", b"{ref},{title}\n1,2\n").unwrap(), Kind::Text);
    }

    #[test]
    fn a_name_without_a_known_end_is_judged_by_content() {
        assert_eq!(kind("upload", b"a,b\n").unwrap(), Kind::Text);
        assert_eq!(kind("v1. final", b"PK\x03\x04").unwrap(), Kind::Zip);
    }

    #[test]
    fn utf16_html_is_seen_through() {
        let html: Vec<u8> = "\u{feff}<html>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let error = kind("report.xls", &html).unwrap_err().to_string();
        assert!(error.contains("named .xls") && error.contains("web page"), "{error}");
    }
}
