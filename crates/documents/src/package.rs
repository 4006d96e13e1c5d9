//! A ZIP of one JSON document and the files that belong to it.
//!
//! `assessment.json` is the document, whatever it says; `attachments/` has each file under the SHA-256 of its content, so that names
//! are server-made and a changed file does not go unseen. Reading unpacks nothing before it has looked at what the archive declares,
//! counts every byte as it comes, and takes no name that leads out of the archive.

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;

const DOCUMENT: &str = "assessment.json";
const FOLDER: &str = "attachments/";

/// What an archive may hold at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Bytes of all its parts, unpacked.
    pub bytes: u64,
    /// Its parts.
    pub entries: usize,
    /// How many times larger than packed the parts may be in all, asked above 16 MiB.
    pub ratio: u64,
}

impl Default for Caps {
    fn default() -> Self {
        Self { bytes: 256 << 20, entries: 1_000, ratio: 250 }
    }
}

/// What an archive held.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Package {
    /// The JSON document.
    pub document: Vec<u8>,
    /// The files by the SHA-256 of their content, in hexadecimal.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Names of parts that do not belong; they were not unpacked.
    pub ignored: Vec<String>,
}

/// Why an archive is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It is no ZIP archive, or a damaged one.
    #[error("the file is no ZIP archive, or it is damaged: {0}")]
    Damaged(String),
    /// It holds more than fits.
    #[error("the archive holds too much: {0}")]
    TooMuch(&'static str),
    /// A name leads out of the archive.
    #[error("the archive has a part whose name leads elsewhere: {0:?}")]
    Escapes(String),
    /// A name stands twice.
    #[error("the archive has two parts named {0:?}")]
    Twice(String),
    /// The document is missing.
    #[error("the archive has no assessment.json")]
    NoDocument,
    /// A file's content is not what its name says.
    #[error("the attachment {0} is not the file that was exported: its content changed")]
    Changed(String),
    /// It is protected with a password.
    #[error("the archive is protected with a password")]
    Password,
}

/// The SHA-256 of some bytes, in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Packs a document with its files. A file that is given twice stands once. The same input gives the same bytes.
///
/// # Errors
/// When the archive cannot be written.
pub fn write<'f>(document: &[u8], files: impl IntoIterator<Item = &'f [u8]>) -> std::io::Result<Vec<u8>> {
    // A fixed time, so that the bytes do not depend on when they were made.
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(DOCUMENT, options)?;
    zip.write_all(document)?;
    let files: BTreeMap<String, &[u8]> = files.into_iter().map(|bytes| (sha256(bytes), bytes)).collect();
    for (name, bytes) in files {
        zip.start_file(format!("{FOLDER}{name}"), options)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Unpacks an archive that [`write()`] made.
///
/// # Errors
/// When it is damaged, holds more than the caps, or anything in it is not what it should be.
pub fn read(bytes: &[u8], caps: &Caps) -> Result<Package, ReadError> {
    let damaged = |error: zip::result::ZipError| ReadError::Damaged(error.to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if archive.len() > caps.entries {
        return Err(ReadError::TooMuch("parts"));
    }
    let mut declared = 0u64;
    for at in 0..archive.len() {
        let part = archive.by_index_raw(at).map_err(damaged)?;
        if part.encrypted() {
            return Err(ReadError::Password);
        }
        declared = declared.saturating_add(part.size());
        judge(declared, bytes.len(), caps)?;
    }
    let mut package = Package::default();
    let (mut total, mut has_document) = (0u64, false);
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).map_err(damaged)?;
        let name = part.name().map_err(damaged)?.to_string();
        if escapes(&name) {
            return Err(ReadError::Escapes(name));
        }
        let hash = name.strip_prefix(FOLDER).filter(|hash| hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit()));
        if part.is_dir() || (name != DOCUMENT && hash.is_none()) {
            package.ignored.push(name);
            continue;
        }
        let content = unpack(&mut part, &mut total, bytes.len(), caps)?;
        if let Some(hash) = hash {
            if sha256(&content) != hash.to_ascii_lowercase() {
                return Err(ReadError::Changed(hash.to_owned()));
            }
            if package.files.insert(hash.to_ascii_lowercase(), content).is_some() {
                return Err(ReadError::Twice(name));
            }
        } else if std::mem::replace(&mut has_document, true) {
            return Err(ReadError::Twice(name));
        } else {
            package.document = content;
        }
    }
    if has_document { Ok(package) } else { Err(ReadError::NoDocument) }
}

/// The content of a part; the sizes that an archive declares can lie, so each byte is counted as it comes.
fn unpack(part: &mut impl Read, total: &mut u64, packed: usize, caps: &Caps) -> Result<Vec<u8>, ReadError> {
    let mut content = Vec::new();
    let mut block = vec![0; 64 * 1024];
    loop {
        let read = part.read(&mut block).map_err(|error| ReadError::Damaged(error.to_string()))?;
        if read == 0 {
            return Ok(content);
        }
        *total += read as u64;
        judge(*total, packed, caps)?;
        content.extend_from_slice(&block[..read]);
    }
}

fn judge(unpacked: u64, packed: usize, caps: &Caps) -> Result<(), ReadError> {
    if unpacked > caps.bytes {
        return Err(ReadError::TooMuch("bytes"));
    }
    if unpacked > 16 << 20 && unpacked / (packed as u64).max(1) >= caps.ratio {
        return Err(ReadError::TooMuch("packed bytes"));
    }
    Ok(())
}

fn escapes(name: &str) -> bool {
    name.starts_with('/') || name.contains(['\\', '\0', ':']) || name.split('/').any(|step| step == "..")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// An archive of these parts, whatever their names.
    pub(crate) fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            zip.start_file(*name, options).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in ["../evil", "attachments/../../evil", "/etc/passwd", "C:evil", "a\\..\\b"] {
            let bytes = archive(&[(DOCUMENT, b"{}"), (name, b"x")]);
            assert_eq!(read(&bytes, &Caps::default()), Err(ReadError::Escapes(name.to_owned())), "{name}");
        }
    }

    #[test]
    fn bombs_are_refused_by_what_they_declare_and_by_what_comes() {
        let zeros = vec![0; 20 << 20];
        let bytes = archive(&[(DOCUMENT, &zeros)]);
        assert_eq!(read(&bytes, &Caps::default()), Err(ReadError::TooMuch("packed bytes")));
        let small = archive(&[(DOCUMENT, &[1; 2_000])]);
        assert_eq!(read(&small, &Caps { bytes: 1_999, ..Caps::default() }), Err(ReadError::TooMuch("bytes")));
        assert_eq!(read(&small, &Caps { entries: 0, ..Caps::default() }), Err(ReadError::TooMuch("parts")));
        // A lie about the size: the counted bytes tell.
        let mut total = 0;
        let counted = unpack(&mut &zeros[..4_000], &mut total, 10, &Caps { bytes: 3_000, ..Caps::default() });
        assert_eq!(counted, Err(ReadError::TooMuch("bytes")));
    }

    #[test]
    fn a_changed_file_and_a_missing_document_are_seen() {
        let name = format!("{FOLDER}{}", sha256(b"right"));
        assert!(matches!(read(&archive(&[(DOCUMENT, b"{}"), (&name, b"wrong")]), &Caps::default()), Err(ReadError::Changed(_))));
        assert_eq!(read(&archive(&[("other.json", b"{}")]), &Caps::default()), Err(ReadError::NoDocument));
        assert!(matches!(read(b"no archive", &Caps::default()), Err(ReadError::Damaged(_))));
        let odd = read(&archive(&[(DOCUMENT, b"{}"), ("README", b"x")]), &Caps::default()).unwrap();
        assert_eq!(odd.ignored, ["README"]);
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_out(
            document in proptest::collection::vec(any::<u8>(), 0..200),
            files in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 0..5),
        ) {
            let bytes = write(&document, files.iter().map(Vec::as_slice)).unwrap();
            prop_assert_eq!(&bytes, &write(&document, files.iter().map(Vec::as_slice)).unwrap());
            let package = read(&bytes, &Caps::default()).unwrap();
            prop_assert_eq!(package.document, document);
            let expected: BTreeMap<String, Vec<u8>> = files.into_iter().map(|file| (sha256(&file), file)).collect();
            prop_assert_eq!(package.files, expected);
        }

        #[test]
        fn any_bytes_are_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&bytes, &Caps::default());
        }
    }
}
