//! The guard against workbooks built to unpack to more than fits.
//!
//! The sizes that an archive declares can lie, so after they are checked each
//! part is unpacked once and its bytes counted, before the workbook's reader
//! sees the file. So is how many shared texts a workbook says that it has: its
//! reader takes room for as many before it has read one.

use super::error::ReadError;
use super::limits::{Limits, size};
use quick_xml::{Reader, events::Event};
use std::io::{BufRead, BufReader, Read, Seek};
use zip::ZipArchive;
use zip::result::ZipError;

/// Ratios are not asked of archives that unpack to less than this.
const SMALL: u64 = 16 * 1024 * 1024;

/// Shared texts that a workbook may say that it has, however many it holds.
const FEW_TEXTS: u64 = 1_000_000;

/// The kinds of workbook that are ZIP archives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packed {
    Xlsx,
    Xlsb,
    Ods,
}

/// Checks an archive against the limits and tells which workbook it is. Leaves
/// the file wherever it was last read.
pub(super) fn check<R: Read + Seek>(file: R, length: u64, limits: &Limits) -> Result<Packed, ReadError> {
    if length > limits.max_uncompressed {
        return Err(too_large(limits));
    }
    let mut archive = ZipArchive::new(file).map_err(explain)?;
    if archive.len() > limits.max_entries {
        return Err(ReadError::Bomb(format!("it is made of {} parts, more than {}", archive.len(), limits.max_entries)));
    }
    let mut declared = 0u64;
    let mut packed = None;
    let mut is_encrypted = false;
    for at in 0..archive.len() {
        let part = archive.by_index_raw(at).map_err(explain)?;
        declared = declared.saturating_add(part.size());
        is_encrypted |= part.encrypted();
        let name = part.name().map_err(explain)?.replace('\\', "/").to_ascii_lowercase();
        packed = match name.as_str() {
            "xl/workbook.xml" => Some(Packed::Xlsx),
            "xl/workbook.bin" => Some(Packed::Xlsb),
            "content.xml" => packed.or(Some(Packed::Ods)),
            name if name.ends_with("/workbook.xml") => packed.or(Some(Packed::Xlsx)),
            _ => packed,
        };
    }
    if is_encrypted {
        return Err(ReadError::Password);
    }
    judge(declared, length, limits)?;
    let Some(packed) = packed else {
        return Err(ReadError::WrongKind {
            name: String::new(),
            looks_like: "a ZIP archive that is not a workbook",
            advice: "Unpack it and import the CSV or XLSX file within.",
        });
    };
    count(&mut archive, length, limits)?;
    Ok(packed)
}

/// Unpacks every part, keeping nothing, and stops at the limit.
fn count<R: Read + Seek>(archive: &mut ZipArchive<R>, length: u64, limits: &Limits) -> Result<(), ReadError> {
    let (mut total, mut texts) = (0u64, Vec::new());
    let mut block = vec![0; 64 * 1024];
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).map_err(explain)?;
        let before = total;
        loop {
            let read = part.read(&mut block).map_err(|error| ReadError::Damaged(error.to_string()))?;
            if read == 0 {
                break;
            }
            total += read as u64;
            judge(total, length, limits)?;
        }
        if part.name().map_err(explain)?.to_ascii_lowercase().ends_with("sharedstrings.xml") {
            texts.push((at, total - before));
        }
    }
    for (at, bytes) in texts {
        let said = texts_said(BufReader::new(archive.by_index(at).map_err(explain)?));
        // The shortest text is written `<si/>`.
        if said > FEW_TEXTS && said > bytes / 5 {
            return Err(ReadError::Bomb(format!("it says that it has {said} texts, more than it has room for")));
        }
    }
    Ok(())
}

/// How many different texts the list of shared texts says that it has; none
/// where it does not say, or cannot be read.
fn texts_said(part: impl BufRead) -> u64 {
    let mut reader = Reader::from_reader(part);
    reader.config_mut().check_end_names = false;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(tag) | Event::Empty(tag)) if tag.local_name().as_ref() == "sst" => {
                let said = |name: &str, value: &str| (name == "uniqueCount").then(|| value.trim().parse().ok()).flatten();
                let mut attributes = tag.attributes();
                let all = attributes.with_checks(false).flatten();
                return all.filter_map(|one| said(one.key.local_name().as_ref(), &one.value)).max().unwrap_or(0);
            }
            Ok(Event::Eof) | Err(_) => return 0,
            Ok(_) => {}
        }
    }
}

fn judge(unpacked: u64, length: u64, limits: &Limits) -> Result<(), ReadError> {
    if unpacked > limits.max_uncompressed {
        return Err(too_large(limits));
    }
    if unpacked > SMALL && unpacked / length.max(1) >= limits.max_ratio {
        return Err(ReadError::Bomb(format!("it unpacks to more than {} times its size", limits.max_ratio)));
    }
    Ok(())
}

fn too_large(limits: &Limits) -> ReadError {
    ReadError::Bomb(format!("it unpacks to more than {}", size(limits.max_uncompressed)))
}

fn explain(error: ZipError) -> ReadError {
    match error {
        ZipError::Io(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => ReadError::Io(error),
        other => ReadError::Damaged(other.to_string()),
    }
}
