//! The guard against XLS files that would take their reader's memory: with
//! cells so far apart, with texts repeated so often, or in a container whose
//! sectors follow each other in a ring.
//!
//! The reader of XLS lays each sheet out as a full rectangle and gives each
//! cell its own copy of a shared text. So the workbook's stream is found in the
//! OLE container ([MS-CFB]) and its records ([MS-XLS]) are gone through once.
//! It also follows chains of sectors as far as they lead, and takes room for as
//! many cells as a sheet says that it has. So it never sees the container that
//! came: the stream alone, without such records, is put into one made here.

use super::error::ReadError;
use super::legacy_container::{Container, containing};
use super::legacy_records::Tally;
use super::limits::Limits;
use super::opendocument::MAX_CELLS;

/// Checks an OLE file before it is read as a workbook, and gives what is to be
/// read: its workbook in a container that is known to be whole.
pub(super) fn checked(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, ReadError> {
    let container = Container::read(bytes).ok_or_else(damaged)?;
    if container.stream("EncryptedPackage").is_some() {
        return Err(ReadError::Password);
    }
    let Some(mut book) = container.stream("Workbook").or_else(|| container.stream("Book")) else {
        return Err(ReadError::WrongKind {
            name: String::new(),
            looks_like: "an older Office document that is not a workbook",
            advice: "Save the table as CSV or XLSX and import that file.",
        });
    };
    let tally = Tally::of(&book);
    if tally.is_lost() {
        return Err(ReadError::Damaged("its list of sheets leads nowhere".to_owned()));
    }
    if tally.cells() > MAX_CELLS {
        return Err(ReadError::Bomb("its cells stand too far apart".to_owned()));
    }
    if tally.text_bytes > limits.max_uncompressed {
        return Err(ReadError::Bomb("it repeats long texts too often".to_owned()));
    }
    // The reader makes room for as many cells as a sheet says it has. It needs not be told: a record of this kind says nothing to it.
    for at in tally.sizes {
        book[at..at + 2].fill(0);
    }
    containing("Workbook", &book).ok_or_else(|| ReadError::Bomb("its workbook is larger than 400 MB".to_owned()))
}

fn damaged() -> ReadError {
    ReadError::Damaged("its container is not whole".to_owned())
}
