//! A ZIP of one JSON document and the files that belong to it.
//!
//! `assessment.json` is the document, whatever it says; `attachments/` has each file under the SHA-256 of its content, so that names
//! are server-made and a changed file does not go unseen. The document is compressed; the files are stored as they are, since most
//! are compressed already, so that no file makes an archive look like a bomb. Reading unpacks nothing before it has looked at what
//! the archive declares, counts every byte as it comes, and takes no name that leads out of the archive. Files are unpacked one at a
//! time, when they are asked for ([`Files::get`]): an archive of many takes the memory of itself and of one.

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
    /// Bytes of the document.
    pub document: u64,
    /// Bytes of a file.
    pub file: u64,
    /// Its parts.
    pub entries: usize,
    /// How many times larger than packed the document may be, asked above 16 MiB. Files are held to their size alone: a file may
    /// be as compressible as it likes.
    pub ratio: u64,
}

impl Default for Caps {
    fn default() -> Self {
        Self { bytes: 256 << 20, document: 32 << 20, file: 20 << 20, entries: 10_000, ratio: 250 }
    }
}

/// What an archive held.
#[derive(Debug)]
pub struct Package<'a> {
    /// The JSON document.
    pub document: Vec<u8>,
    /// The files by the SHA-256 of their content, in hexadecimal.
    pub files: Files<'a>,
    /// Names of parts that do not belong; they were not unpacked.
    pub ignored: Vec<String>,
}

/// The files of an archive, still packed.
#[derive(Debug, Clone, Default)]
pub struct Files<'a> {
    archive: &'a [u8],
    /// Where each stands in the archive.
    places: BTreeMap<String, usize>,
    largest: u64,
}

impl Files<'_> {
    /// The hashes of the files.
    pub fn hashes(&self) -> impl Iterator<Item = &str> {
        self.places.keys().map(String::as_str)
    }

    /// The content of the file with this hash; none where the archive has no such file.
    ///
    /// # Errors
    /// When its content is not what its name says, is longer than a file may be, or cannot be unpacked.
    pub fn get(&self, hash: &str) -> Result<Option<Vec<u8>>, ReadError> {
        let Some(place) = self.places.get(hash) else { return Ok(None) };
        let damaged = |error: zip::result::ZipError| ReadError::Damaged(error.to_string());
        let mut archive = zip::ZipArchive::new(Cursor::new(self.archive)).map_err(damaged)?;
        let mut part = archive.by_index(*place).map_err(damaged)?;
        let content =
            unpack(&mut part, |size| if size > self.largest { Err(ReadError::TooMuch("bytes of one file")) } else { Ok(()) })?;
        if sha256(&content) == hash { Ok(Some(content)) } else { Err(ReadError::Changed(hash.to_owned())) }
    }
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
    #[error("the archive has no assessment.json, so it is none that City Tools wrote")]
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
    let options = |method| SimpleFileOptions::default().compression_method(method);
    let files: BTreeMap<String, &[u8]> = files.into_iter().map(|bytes| (sha256(bytes), bytes)).collect();
    let size: usize = files.values().map(|bytes| bytes.len()).sum();
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::with_capacity(size + document.len() / 2)));
    zip.start_file(DOCUMENT, options(zip::CompressionMethod::Deflated))?;
    zip.write_all(document)?;
    for (name, bytes) in files {
        zip.start_file(format!("{FOLDER}{name}"), options(zip::CompressionMethod::Stored))?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Opens an archive that [`write()`] made, this version or an earlier one: unpacks its document, and finds its files.
///
/// # Errors
/// When it is damaged, holds more than the caps, or its names are not what they should be.
pub fn read<'a>(bytes: &'a [u8], caps: &Caps) -> Result<Package<'a>, ReadError> {
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
        if declared > caps.bytes {
            return Err(ReadError::TooMuch("bytes"));
        }
    }
    let (mut document, mut ignored, mut places) = (None, Vec::new(), BTreeMap::new());
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).map_err(damaged)?;
        let name = part.name().map_err(damaged)?.to_string();
        if escapes(&name) {
            return Err(ReadError::Escapes(name));
        }
        let hash = name.strip_prefix(FOLDER).filter(|hash| hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit()));
        if part.is_dir() || (name != DOCUMENT && hash.is_none()) {
            ignored.push(name);
        } else if let Some(hash) = hash {
            if places.insert(hash.to_ascii_lowercase(), at).is_some() {
                return Err(ReadError::Twice(name));
            }
        } else if document.is_some() {
            return Err(ReadError::Twice(name));
        } else {
            let packed = part.compressed_size();
            document = Some(unpack(&mut part, |size| judge(size, packed, caps))?);
        }
    }
    let document = document.ok_or(ReadError::NoDocument)?;
    Ok(Package { document, files: Files { archive: bytes, places, largest: caps.file }, ignored })
}

/// The content of a part; the sizes that an archive declares can lie, so each byte is counted as it comes.
fn unpack(part: &mut impl Read, fits: impl Fn(u64) -> Result<(), ReadError>) -> Result<Vec<u8>, ReadError> {
    let mut content = Vec::new();
    let mut block = vec![0; 64 * 1024];
    loop {
        let read = part.read(&mut block).map_err(|error| ReadError::Damaged(error.to_string()))?;
        if read == 0 {
            return Ok(content);
        }
        fits((content.len() + read) as u64)?;
        content.extend_from_slice(&block[..read]);
    }
}

/// Whether the document may unpack to so much.
fn judge(unpacked: u64, packed: u64, caps: &Caps) -> Result<(), ReadError> {
    if unpacked > caps.document {
        return Err(ReadError::TooMuch("bytes of its document"));
    }
    if unpacked > 16 << 20 && unpacked / packed.max(1) >= caps.ratio {
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
            assert_eq!(read(&bytes, &Caps::default()).unwrap_err(), ReadError::Escapes(name.to_owned()), "{name}");
        }
    }

    #[test]
    fn bombs_are_refused_by_what_they_declare_and_by_what_comes() {
        let zeros = vec![0; 20 << 20];
        let bytes = archive(&[(DOCUMENT, &zeros)]);
        let refused = |bytes: &[u8], caps: Caps| read(bytes, &caps).unwrap_err();
        assert_eq!(refused(&bytes, Caps::default()), ReadError::TooMuch("packed bytes"));
        let small = archive(&[(DOCUMENT, &[1; 2_000])]);
        assert_eq!(refused(&small, Caps { bytes: 1_999, ..Caps::default() }), ReadError::TooMuch("bytes"));
        assert_eq!(refused(&small, Caps { document: 1_999, ..Caps::default() }), ReadError::TooMuch("bytes of its document"));
        assert_eq!(refused(&small, Caps { entries: 0, ..Caps::default() }), ReadError::TooMuch("parts"));
        // A lie about the size: the counted bytes tell.
        let fits = |size: u64| if size > 3_000 { Err(ReadError::TooMuch("bytes")) } else { Ok(()) };
        assert_eq!(unpack(&mut &zeros[..4_000], fits), Err(ReadError::TooMuch("bytes")));
        let long = archive(&[(DOCUMENT, b"{}"), (&format!("{FOLDER}{}", sha256(&zeros[..3_000])), &zeros[..3_000])]);
        let package = read(&long, &Caps { file: 2_999, ..Caps::default() }).unwrap();
        assert_eq!(package.files.get(&sha256(&zeros[..3_000])), Err(ReadError::TooMuch("bytes of one file")));
    }

    /// What this version writes, and what earlier ones wrote with every part compressed.
    #[test]
    fn a_file_that_is_easily_compressed_comes_back() {
        let plain = vec![b'a'; 19 << 20];
        let hash = sha256(&plain);
        let earlier = archive(&[(DOCUMENT, b"{}"), (&format!("{FOLDER}{hash}"), &plain)]);
        for bytes in [write(b"{}", [plain.as_slice()]).unwrap(), earlier] {
            let package = read(&bytes, &Caps::default()).unwrap();
            assert!(package.files.get(&hash).unwrap().unwrap() == plain);
        }
    }

    #[test]
    fn a_changed_file_and_a_missing_document_are_seen() {
        let name = format!("{FOLDER}{}", sha256(b"right"));
        let changed = archive(&[(DOCUMENT, b"{}"), (&name, b"wrong")]);
        let package = read(&changed, &Caps::default()).unwrap();
        assert!(matches!(package.files.get(&sha256(b"right")), Err(ReadError::Changed(_))));
        assert_eq!(package.files.get(&sha256(b"other")), Ok(None));
        assert_eq!(read(&archive(&[("other.json", b"{}")]), &Caps::default()).unwrap_err(), ReadError::NoDocument);
        assert!(matches!(read(b"no archive", &Caps::default()), Err(ReadError::Damaged(_))));
        let odd = archive(&[(DOCUMENT, b"{}"), ("README", b"x")]);
        assert_eq!(read(&odd, &Caps::default()).unwrap().ignored, ["README"]);
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
            prop_assert_eq!(&package.document, &document);
            let expected: BTreeMap<String, Vec<u8>> = files.into_iter().map(|file| (sha256(&file), file)).collect();
            let found = package.files.hashes().map(|hash| (hash.to_owned(), package.files.get(hash).unwrap().unwrap()));
            prop_assert_eq!(found.collect::<BTreeMap<_, _>>(), expected);
        }

        #[test]
        fn any_bytes_are_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&bytes, &Caps::default());
        }
    }
}
