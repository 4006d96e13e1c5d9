//! OLE containers ([MS-CFB]) of old workbooks: a stream is found by its name
//! in one that came, however it is made, and put into one made here. See
//! [`super::legacy`].

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
pub(super) struct Container<'a> {
    bytes: &'a [u8],
    sector: usize,
    table: Vec<u32>,
    mini_table: Vec<u32>,
    mini_stream: Vec<u8>,
    cutoff: u32,
    directory: Vec<u8>,
}

impl<'a> Container<'a> {
    /// Nothing where it has no header, table or directory.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
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

    /// A stream by its name, whatever its case.
    pub fn stream(&self, name: &str) -> Option<Vec<u8>> {
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

/// Bytes of a sector in the containers made here.
const SECTOR: usize = 4096;
/// Sectors of a container's table that its header can name by itself.
const TABLES: usize = 109;
const END: u32 = 0xFFFF_FFFE;
const TABLE: u32 = 0xFFFF_FFFD;
const FREE: u32 = 0xFFFF_FFFF;

/// A container of one stream: its header, its table, its directory, the
/// stream. Nothing where the stream is larger than a table of 109 sectors has
/// room for (some 450 MB).
pub(super) fn containing(name: &str, stream: &[u8]) -> Option<Vec<u8>> {
    // A stream of less than a sector would stand elsewhere.
    let sectors = stream.len().div_ceil(SECTOR).max(1);
    let each = SECTOR / 4;
    let tables = (1..=TABLES).find(|tables| tables * each > sectors + tables)?;
    let (directory, first) = (tables as u32, tables as u32 + 1);
    let entry = |name: &str, kind: u8, child: u32, start: u32, size: u64| {
        let mut entry = [0; 128];
        let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        entry[..units.len()].copy_from_slice(&units);
        entry[64] = units.len() as u8 + 2;
        (entry[66], entry[67]) = (kind, 1);
        for (at, number) in [(68, FREE), (72, FREE), (76, child), (116, start)] {
            entry[at..at + 4].copy_from_slice(&number.to_le_bytes());
        }
        entry[120..].copy_from_slice(&size.to_le_bytes());
        entry
    };
    let mut bytes = vec![0; SECTOR];
    bytes[..8].copy_from_slice(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
    // Versions, the order of bytes, sectors of 2^12 and small ones of 2^6 bytes.
    bytes[24..34].copy_from_slice(&[0x3E, 0, 3, 0, 0xFE, 0xFF, 12, 0, 6, 0]);
    for (at, number) in [(44, tables as u32), (48, directory), (56, SECTOR as u32), (60, END), (68, END)] {
        bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
    }
    for at in 0..TABLES {
        let place = if at < tables { at as u32 } else { FREE };
        bytes[76 + at * 4..80 + at * 4].copy_from_slice(&place.to_le_bytes());
    }
    let last = first + sectors as u32 - 1;
    let chained = (first..=last).map(|at| if at == last { END } else { at + 1 });
    let table = std::iter::repeat_n(TABLE, tables).chain([END]).chain(chained).chain(std::iter::repeat(FREE));
    bytes.extend(table.take(tables * each).flat_map(u32::to_le_bytes));
    bytes.extend(entry("Root Entry", 5, 1, END, 0));
    // What follows the stream in its last sector is no record.
    bytes.extend(entry(name, 2, FREE, first, (sectors * SECTOR) as u64));
    bytes.resize((2 + tables) * SECTOR, 0);
    bytes.extend(stream);
    bytes.resize((2 + tables + sectors) * SECTOR, 0);
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

        // Four megabytes are what one sector of the table has room for.
        #[test]
        fn a_stream_is_found_again_in_the_container_made_for_it(length in prop_oneof![0usize..20_000, 4_180_000usize..4_220_000]) {
            let stream: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let bytes = containing("Workbook", &stream).unwrap();
            let found = Container::read(&bytes).unwrap().stream("Workbook").unwrap();
            prop_assert!(found.starts_with(&stream) && found[stream.len()..].iter().all(|byte| *byte == 0));
        }
    }
}
