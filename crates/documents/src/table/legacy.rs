//! The guard against XLS files with cells so far apart, or texts repeated so
//! often, that their reader would run out of memory.
//!
//! The reader of XLS lays each sheet out as a full rectangle and gives each
//! cell its own copy of a shared text. So the workbook's stream is found in the
//! OLE container ([MS-CFB]) and its records ([MS-XLS]) are gone through once.

use super::error::ReadError;
use super::legacy_records::Tally;
use super::limits::Limits;
use super::opendocument::MAX_CELLS;

/// Checks an OLE file before it is read as a workbook.
pub(super) fn check(bytes: &[u8], limits: &Limits) -> Result<(), ReadError> {
    let container = Container::read(bytes).ok_or_else(damaged)?;
    if container.stream("EncryptedPackage").is_some() {
        return Err(ReadError::Password);
    }
    let Some(book) = container.stream("Workbook").or_else(|| container.stream("Book")) else {
        return Err(ReadError::WrongKind {
            name: String::new(),
            looks_like: "an older Office document that is not a workbook",
            advice: "Save the table as CSV or XLSX and import that file.",
        });
    };
    let tally = Tally::of(&book);
    if tally.cells() > MAX_CELLS {
        return Err(ReadError::Bomb("its cells stand too far apart".to_owned()));
    }
    if tally.text_bytes > limits.max_uncompressed {
        return Err(ReadError::Bomb("it repeats long texts too often".to_owned()));
    }
    Ok(())
}

fn damaged() -> ReadError {
    ReadError::Damaged("its container is not whole".to_owned())
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at.checked_add(2)?)?.try_into().ok().map(u16::from_le_bytes)
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_le_bytes)
}

fn u32s(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).filter_map(|four| u32_at(four, 0)).collect()
}

/// Sectors from `first` on, as the table chains them; a loop ends when there
/// are more than the table has.
fn chain(table: &[u32], first: u32) -> Vec<u32> {
    let next = |at: &u32| table.get(*at as usize).copied().filter(|next| (*next as usize) < table.len());
    let start = Some(first).filter(|first| (*first as usize) < table.len());
    std::iter::successors(start, next).take(table.len()).collect()
}

/// An OLE container: named streams over chained sectors.
struct Container<'a> {
    bytes: &'a [u8],
    sector: usize,
    table: Vec<u32>,
    mini_table: Vec<u32>,
    mini_stream: Vec<u8>,
    cutoff: u32,
    directory: Vec<u8>,
}

impl<'a> Container<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let shift = u32::from(u16_at(bytes, 30)?);
        if !matches!(shift, 9 | 12) {
            return None;
        }
        let mut container = Self {
            bytes,
            sector: 1 << shift,
            table: Vec::new(),
            mini_table: Vec::new(),
            mini_stream: Vec::new(),
            cutoff: u32_at(bytes, 56)?,
            directory: Vec::new(),
        };
        let mut places = u32s(bytes.get(76..512)?);
        let mut next = u32_at(bytes, 68)?;
        let sectors = bytes.len() >> shift;
        for _ in 0..sectors {
            let Some(part) = container.sector_at(next) else {
                break;
            };
            let mut numbers = u32s(part);
            next = numbers.pop()?;
            places.extend(numbers);
        }
        for place in places {
            if let Some(part) = container.sector_at(place) {
                let part = u32s(part);
                container.table.extend(part);
            }
            if container.table.len() > sectors + container.sector {
                break;
            }
        }
        container.directory = container.join(u32_at(bytes, 48)?);
        container.mini_table = u32s(&container.join(u32_at(bytes, 60)?));
        let (root, _) = container.entries().next().map(|(_, start, size)| (start, size))?;
        container.mini_stream = container.join(root);
        Some(container)
    }

    fn sector_at(&self, number: u32) -> Option<&'a [u8]> {
        let from = (number as usize).checked_add(1)?.checked_mul(self.sector)?;
        self.bytes.get(from..self.bytes.len().min(from.checked_add(self.sector)?)).filter(|part| !part.is_empty())
    }

    fn join(&self, first: u32) -> Vec<u8> {
        chain(&self.table, first).into_iter().filter_map(|at| self.sector_at(at)).flatten().copied().collect()
    }

    /// Name, first sector and size of each entry.
    fn entries(&self) -> impl Iterator<Item = (String, u32, u32)> + '_ {
        self.directory.chunks_exact(128).filter_map(|entry| {
            let length = usize::from(u16_at(entry, 64)?).saturating_sub(2).min(62);
            let units: Vec<u16> = entry.get(..length)?.chunks_exact(2).filter_map(|two| u16_at(two, 0)).collect();
            Some((String::from_utf16_lossy(&units), u32_at(entry, 116)?, u32_at(entry, 120)?))
        })
    }

    fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let (_, first, size) = self.entries().find(|(other, _, _)| other.eq_ignore_ascii_case(name))?;
        let mut stream = if size < self.cutoff {
            let parts = chain(&self.mini_table, first).into_iter().filter_map(|at| {
                let from = (at as usize).checked_mul(64)?;
                self.mini_stream.get(from..from.checked_add(64)?)
            });
            parts.flatten().copied().collect()
        } else {
            self.join(first)
        };
        stream.truncate(size as usize);
        Some(stream)
    }
}
