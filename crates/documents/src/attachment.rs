//! Files that people attach: what may be kept, and under which name.
//!
//! A file is taken when its ending, and the bytes it begins with, say the same thing, and that thing cannot run when someone opens
//! it in a browser: no HTML, no SVG, no script, no document with macros. Names are for people to read; no file is ever stored under
//! one.

use crate::table::Limits;
use std::io::{Cursor, Read};

/// A kind of file that may be attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Portable document format.
    Pdf,
    /// Word, without macros.
    Docx,
    /// Excel, without macros.
    Xlsx,
    /// PowerPoint, without macros.
    Pptx,
    /// OpenDocument text.
    Odt,
    /// OpenDocument spreadsheet.
    Ods,
    /// An image.
    Png,
    /// An image.
    Jpeg,
    /// Plain text.
    Text,
    /// Comma-separated values.
    Csv,
}

impl Kind {
    /// Every kind, in the order in which a page names them.
    pub const ALL: [Self; 10] =
        [Self::Pdf, Self::Docx, Self::Odt, Self::Xlsx, Self::Ods, Self::Csv, Self::Pptx, Self::Png, Self::Jpeg, Self::Text];

    /// The endings of its names.
    #[must_use]
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Pptx => &["pptx"],
            Self::Odt => &["odt"],
            Self::Ods => &["ods"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Text => &["txt"],
            Self::Csv => &["csv"],
        }
    }

    /// The media type it is served as.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Text => "text/plain; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }
}

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Its name has none of the endings that are taken.
    #[error("files of this kind are not taken")]
    Ending,
    /// What is in it is not what its name says.
    #[error("the file is not what its name says")]
    Content,
    /// It holds macros.
    #[error("the file holds macros")]
    Macros,
    /// It unpacks to more than fits.
    #[error("the file unpacks to more than fits")]
    Bomb,
}

/// Tells which kind of file this is, or why it is not taken.
///
/// # Errors
/// When it is empty, of another kind, not what its name says, or dangerous.
pub fn kind(name: &str, bytes: &[u8]) -> Result<Kind, Refused> {
    if bytes.is_empty() {
        return Err(Refused::Empty);
    }
    let name = display_name(name);
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).ok_or(Refused::Ending)?;
    let kind = Kind::ALL.into_iter().find(|kind| kind.endings().contains(&ending.as_str())).ok_or(Refused::Ending)?;
    let holds = match kind {
        Kind::Pdf => bytes.starts_with(b"%PDF-"),
        Kind::Png => bytes.starts_with(b"\x89PNG\r\n\x1A\n"),
        Kind::Jpeg => bytes.starts_with(b"\xFF\xD8\xFF"),
        Kind::Text | Kind::Csv => is_text(bytes),
        Kind::Docx => packed(bytes, "word/document.xml")?,
        Kind::Xlsx => packed(bytes, "xl/workbook.xml")?,
        Kind::Pptx => packed(bytes, "ppt/presentation.xml")?,
        Kind::Odt | Kind::Ods => opendocument(bytes, kind)?,
    };
    if holds { Ok(kind) } else { Err(Refused::Content) }
}

/// Text that no browser would take for a page: UTF-8 or a Western single-byte encoding, without control characters, and not
/// beginning with a tag.
fn is_text(bytes: &[u8]) -> bool {
    let begins = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let first = begins.iter().find(|byte| !byte.is_ascii_whitespace());
    let controls = bytes.iter().any(|byte| matches!(byte, 0..=8 | 14..=31));
    first != Some(&b'<') && !controls
}

/// Whether an Office file has a part, after making sure that it can be opened without harm.
fn packed(bytes: &[u8], part: &str) -> Result<bool, Refused> {
    let names = names(bytes)?;
    if names.iter().any(|name| name.to_ascii_lowercase().contains("vbaproject")) {
        return Err(Refused::Macros);
    }
    Ok(names.iter().any(|name| name == "[Content_Types].xml") && names.iter().any(|name| name == part))
}

fn opendocument(bytes: &[u8], kind: Kind) -> Result<bool, Refused> {
    let names = names(bytes)?;
    if names.iter().any(|name| name.starts_with("Basic/") || name.starts_with("Scripts/")) {
        return Err(Refused::Macros);
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refused::Content)?;
    let mut media_type = String::new();
    let part = archive.by_name("mimetype").map_err(|_| Refused::Content)?;
    part.take(200).read_to_string(&mut media_type).map_err(|_| Refused::Content)?;
    Ok(media_type.trim() == kind.media_type())
}

/// The names of an archive's parts, if it declares no more than fits.
fn names(bytes: &[u8]) -> Result<Vec<String>, Refused> {
    if !bytes.starts_with(b"PK\x03\x04") {
        return Err(Refused::Content);
    }
    let limits = Limits::default();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refused::Content)?;
    if archive.len() > limits.max_entries {
        return Err(Refused::Bomb);
    }
    let (mut names, mut size) = (Vec::new(), 0u64);
    for at in 0..archive.len() {
        let part = archive.by_index_raw(at).map_err(|_| Refused::Content)?;
        size = size.saturating_add(part.size());
        names.push(part.name().map_err(|_| Refused::Content)?.to_string());
    }
    let is_bomb = size > limits.max_uncompressed || (size > 16 << 20 && size / bytes.len() as u64 >= limits.max_ratio);
    if is_bomb { Err(Refused::Bomb) } else { Ok(names) }
}

/// A file's name as people may see it: its last part, without control characters and marks that turn the reading direction (which
/// can make `exe.fdp` of a name read `pdf.exe`), at most 120 characters with its ending kept.
#[must_use]
pub fn display_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_hidden = |c: char| {
        c.is_control() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
    };
    let clean: String =
        last.chars().map(|c| if matches!(c, '\t' | '\n' | '\r') { ' ' } else { c }).filter(|c| !is_hidden(*c)).collect();
    let clean = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    let clean = clean.trim_matches(['.', ' ']);
    if clean.is_empty() {
        return "file".to_owned();
    }
    let count = clean.chars().count();
    if count <= 120 {
        return clean.to_owned();
    }
    let ending: String =
        clean.rsplit_once('.').map(|(_, ending)| format!(".{ending}")).filter(|e| e.chars().count() <= 12).unwrap_or_default();
    let kept = 119 - ending.chars().count();
    clean.chars().take(kept).chain("…".chars()).chain(ending.chars()).collect()
}

/// The value of a `Content-Disposition` header that makes a browser keep the file instead of showing it (RFC 6266): a plain name
/// for old programs, and the whole name.
#[must_use]
pub fn disposition(name: &str) -> String {
    use std::fmt::Write as _;
    let name = display_name(name);
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || " ._-()".contains(c) { c } else { '_' }).collect();
    let mut whole = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
            whole.push(char::from(byte));
        } else {
            let _ = write!(whole, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::tests::archive;

    #[test]
    fn a_file_is_taken_when_name_and_content_agree() {
        let word = archive(&[("[Content_Types].xml", b"x"), ("word/document.xml", b"x")]);
        let text = archive(&[("mimetype", Kind::Odt.media_type().as_bytes()), ("content.xml", b"x")]);
        let taken: [(&str, &[u8], Kind); 8] = [
            ("DPIA.PDF", b"%PDF-1.7", Kind::Pdf),
            ("a.docx", &word, Kind::Docx),
            ("a.odt", &text, Kind::Odt),
            ("a.png", b"\x89PNG\r\n\x1A\nrest", Kind::Png),
            ("a.jpeg", b"\xFF\xD8\xFF\xE0", Kind::Jpeg),
            ("a.txt", "plain é".as_bytes(), Kind::Text),
            ("a.csv", b"a,b\r\n1,2", Kind::Csv),
            ("C:\\x\\..\\b.txt", b"x", Kind::Text),
        ];
        for (name, bytes, kind_) in taken {
            assert_eq!(kind(name, bytes), Ok(kind_), "{name}");
        }
    }

    #[test]
    fn what_could_run_or_lies_is_refused() {
        let macros = archive(&[("[Content_Types].xml", b"x"), ("word/document.xml", b"x"), ("word/vbaProject.bin", b"x")]);
        let sheet = archive(&[("[Content_Types].xml", b"x"), ("xl/workbook.xml", b"x")]);
        let refused: [(&str, &[u8], Refused); 12] = [
            ("a.pdf", b"", Refused::Empty),
            ("a.svg", b"<svg/>", Refused::Ending),
            ("a.html", b"<p>", Refused::Ending),
            ("a.pdf.exe", b"MZ", Refused::Ending),
            ("pdf", b"%PDF-", Refused::Ending),
            ("a.pdf", b"<html>", Refused::Content),
            ("a.txt", b"  <script>", Refused::Content),
            ("a.csv", b"a\0b", Refused::Content),
            ("a.docx", &sheet, Refused::Content),
            ("a.docx", &macros, Refused::Macros),
            ("a.docx", b"PK\x03\x04 not really", Refused::Content),
            ("a.png", b"\xFF\xD8\xFF\xE0", Refused::Content),
        ];
        for (name, bytes, why) in refused {
            assert_eq!(kind(name, bytes), Err(why), "{name}");
        }
        let zeros = vec![0u8; 40 << 20];
        let bomb = archive(&[("[Content_Types].xml", b"x"), ("word/document.xml", &zeros)]);
        assert_eq!(kind("a.docx", &bomb), Err(Refused::Bomb));
    }

    #[test]
    fn names_are_harmless() {
        assert_eq!(display_name("../../etc/passwd"), "passwd");
        assert_eq!(display_name("a\u{202E}fdp.exe\0\r\n x"), "afdp.exe x");
        assert_eq!(display_name("..."), "file");
        let long = display_name(&format!("{}.pdf", "é".repeat(500)));
        assert!(long.chars().count() == 120 && long.ends_with("….pdf"), "{long}");
        assert_eq!(
            disposition("é\";\r\nX: y.pdf"),
            "attachment; filename=\"___ X_ y.pdf\"; filename*=UTF-8''%C3%A9%22%3B%20X%3A%20y.pdf"
        );
    }
}
