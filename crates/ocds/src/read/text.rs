//! Bytes to text: UTF-8 with or without a byte order mark, UTF-16, and UTF-8
//! with strays of Windows-1252 in it; and what other kinds of file look like.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::{ReadError, ReadWarning};

pub(super) fn from_bytes(bytes: Vec<u8>) -> Result<(String, Option<ReadWarning>), ReadError> {
    if bytes.iter().all(|byte| byte.is_ascii_whitespace()) {
        return Err(ReadError::Empty);
    }
    if let Some(looks_like) = other_file(&bytes) {
        return Err(ReadError::NotJson { looks_like });
    }
    let (text, warning) = match utf_16(&bytes) {
        Some(encoding) => {
            let (text, broken) = encoding.decode_with_bom_removal(&bytes);
            (text.into_owned(), broken.then_some(ReadWarning::BrokenUtf16))
        }
        None => match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => repair(error.as_bytes()),
        },
    };
    let mut text = text;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    match text.trim_start() {
        "" => Err(ReadError::Empty),
        start if start.starts_with('<') => {
            let is_html = start.get(..200).unwrap_or(start).to_ascii_lowercase().contains("html");
            let looks_like = if is_html { "a web page (HTML)" } else { "XML" };
            Err(ReadError::NotJson { looks_like })
        }
        _ => Ok((text, warning)),
    }
}

/// UTF-16 by its mark, or by the zero bytes beside the ASCII characters every JSON text begins with.
fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0xFF, 0xFE, ..] | [b'{' | b'[' | b' ' | b'\r' | b'\n', 0, ..] => Some(UTF_16LE),
        [0xFE, 0xFF, ..] | [0, b'{' | b'[' | b' ' | b'\r' | b'\n', ..] => Some(UTF_16BE),
        _ => None,
    }
}

/// Keeps what is UTF-8 and reads the rest byte by byte as Windows-1252.
///
/// Publishers mix the two within one file, so that reading all of it as
/// Windows-1252 would spoil what is right.
fn repair(bytes: &[u8]) -> (String, Option<ReadWarning>) {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 16);
    let mut strays = 0;
    let mut line = 1;
    for chunk in bytes.utf8_chunks() {
        if strays == 0 {
            line += chunk.valid().matches('\n').count();
        }
        text.push_str(chunk.valid());
        strays += chunk.invalid().len();
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    (text, Some(ReadWarning::NotUtf8 { bytes: strays, line }))
}

/// Files known by their first bytes.
fn other_file(bytes: &[u8]) -> Option<&'static str> {
    const KNOWN: [(&[u8], &str); 9] = [
        (b"PK\x03\x04", "a zip archive or an Excel workbook"),
        (b"PK\x05\x06", "an empty zip archive"),
        (b"\x1f\x8b", "a gzip-compressed file; unpack it first"),
        (b"BZh", "a bzip2-compressed file; unpack it first"),
        (b"\xfd7zXZ\0", "an xz-compressed file; unpack it first"),
        (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
        (b"%PDF-", "a PDF document"),
        (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
        (b"PAR1", "a Parquet file"),
    ];
    KNOWN.iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, name)| *name)
}
