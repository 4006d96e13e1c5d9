//! The guard against workbooks built to unpack to more than fits.
//!
//! The sizes that an archive declares can lie, so after they are checked each
//! part is unpacked once and its bytes counted, before the workbook's reader
//! sees the file.

use super::error::ReadError;
use super::limits::{Limits, size};
use std::io::{Read, Seek};
use zip::ZipArchive;
use zip::result::ZipError;

/// Ratios are not asked of archives that unpack to less than this.
const SMALL: u64 = 16 * 1024 * 1024;

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
    let mut total = 0u64;
    let mut block = vec![0; 64 * 1024];
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).map_err(explain)?;
        loop {
            let read = part.read(&mut block).map_err(|error| ReadError::Damaged(error.to_string()))?;
            if read == 0 {
                break;
            }
            total += read as u64;
            judge(total, length, limits)?;
        }
    }
    Ok(())
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
