//! The records of an XLS workbook, gone through once to add up what its reader
//! would unfold them to. See [`super::legacy`].

use super::legacy_container::{u16_at, u32_at};
use std::collections::BTreeMap;

const SHARED_TEXTS: u16 = 0x00FC;
const CONTINUE: u16 = 0x003C;
const SHARED_TEXT_CELL: u16 = 0x00FD;
const MANY_NUMBERS: u16 = 0x00BD;
const MANY_BLANKS: u16 = 0x00BE;
/// How large a sheet says that it is, in the words of versions 3 to 8.
const SIZE: u16 = 0x0200;

/// What the records of a workbook amount to.
#[derive(Default)]
pub(super) struct Tally {
    /// For each start of a sheet, its cells as a full rectangle.
    areas: BTreeMap<u32, u64>,
    /// Where the list of sheets says that sheets start.
    starts: Vec<u32>,
    /// Bytes of the shared texts, each as often as a cell takes it.
    pub text_bytes: u64,
    /// Where sheets say how large they are.
    pub sizes: Vec<usize>,
}

impl Tally {
    /// Adds up the records of a workbook's stream.
    pub fn of(book: &[u8]) -> Self {
        let mut tally = Self::default();
        let mut shared: Vec<&[u8]> = Vec::new();
        let mut lengths: Option<Vec<u64>> = None;
        let mut is_shared = false;
        let (mut at, mut begin, mut rows, mut columns) = (0usize, 0u32, 0u64, 0u64);
        while let (Some(kind), Some(length)) = (u16_at(book, at), u16_at(book, at + 2)) {
            let Some(body) = book.get(at + 4..at + 4 + usize::from(length)) else {
                break;
            };
            is_shared = kind == SHARED_TEXTS || (kind == CONTINUE && is_shared);
            match kind {
                _ if is_shared => shared.push(body),
                // A sheet begins, in the words of versions 8, 2, 3 and 4.
                0x0809 | 0x0009 | 0x0209 | 0x0409 => {
                    (begin, rows, columns) = (at as u32, 0, 0);
                    tally.areas.insert(begin, 0);
                }
                0x0085 => tally.starts.extend(u32_at(body, 0)),
                SIZE => tally.sizes.push(at),
                // Formula, many numbers, many blanks, shared text, blank,
                // number, text, truth or error, short number.
                0x0006 | MANY_NUMBERS | MANY_BLANKS | SHARED_TEXT_CELL | 0x0201 | 0x0203 | 0x0204 | 0x0205 | 0x027E => {
                    if kind == SHARED_TEXT_CELL {
                        let lengths = lengths.get_or_insert_with(|| text_lengths(&shared));
                        let index = u32_at(body, 6).unwrap_or(u32::MAX) as usize;
                        tally.text_bytes += lengths.get(index).copied().unwrap_or(0);
                    }
                    let is_many = matches!(kind, MANY_NUMBERS | MANY_BLANKS);
                    let last = if is_many { body.len().saturating_sub(2) } else { 2 };
                    let column = u16_at(body, last).max(u16_at(body, 2)).unwrap_or(0);
                    rows = rows.max(u64::from(u16_at(body, 0).unwrap_or(0)) + 1);
                    columns = columns.max(u64::from(column) + 1);
                    tally.areas.insert(begin, rows * columns);
                }
                _ => {}
            }
            at += 4 + body.len();
        }
        tally
    }

    /// Whether a sheet of the list starts where none does: nobody knows what would be read there.
    pub fn is_lost(&self) -> bool {
        self.starts.iter().any(|start| !self.areas.contains_key(start))
    }

    /// Cells in all sheets of the list.
    pub fn cells(&self) -> u64 {
        let largest = self.areas.values().copied().max().unwrap_or(0);
        let areas = self.starts.iter().map(|start| self.areas.get(start).copied().unwrap_or(largest));
        areas.fold(0, u64::saturating_add).max(largest)
    }
}

/// Upper bounds on the bytes, as UTF-8, of each shared text.
fn text_lengths(parts: &[&[u8]]) -> Vec<u64> {
    let mut cursor = Cursor { parts, at: 8 };
    let mut lengths = Vec::new();
    while let Some(length) = cursor.text() {
        lengths.push(length);
    }
    lengths
}

/// A position in the list of shared texts, which runs over several records.
struct Cursor<'a> {
    parts: &'a [&'a [u8]],
    at: usize,
}

impl Cursor<'_> {
    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        while self.at >= self.parts.first()?.len() {
            self.at = 0;
            self.parts = &self.parts[1..];
        }
        let found = self.parts.first()?.get(self.at..self.at + N)?.try_into().ok()?;
        self.at += N;
        Some(found)
    }

    /// Passes over one text and gives the bytes it can have.
    fn text(&mut self) -> Option<u64> {
        let characters = u16::from_le_bytes(self.bytes()?);
        let [mut flags] = self.bytes()?;
        let runs = if flags & 8 == 0 { 0 } else { u16::from_le_bytes(self.bytes()?) };
        let extra = if flags & 4 == 0 { 0 } else { u32::from_le_bytes(self.bytes()?) };
        let mut left = usize::from(characters);
        while left > 0 {
            let width = if flags & 1 == 0 { 1 } else { 2 };
            let here = (self.parts.first()?.len().saturating_sub(self.at) / width).min(left);
            self.at += here * width;
            left -= here;
            if left > 0 {
                // A text that goes on in the next record begins there with its
                // flags again.
                self.at = 0;
                self.parts = self.parts.get(1..)?;
                [flags] = self.bytes()?;
            }
        }
        self.skip(usize::from(runs) * 4 + extra as usize)?;
        Some(u64::from(characters) * 3)
    }

    fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            let here = self.parts.first()?.len().saturating_sub(self.at).min(count);
            self.at += here;
            count -= here;
            if count > 0 {
                self.at = 0;
                self.parts = self.parts.get(1..)?;
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, body: &[u8]) -> Vec<u8> {
        let mut bytes = kind.to_le_bytes().to_vec();
        bytes.extend((body.len() as u16).to_le_bytes());
        bytes.extend(body);
        bytes
    }

    #[test]
    fn two_cells_in_opposite_corners_count_as_the_rectangle() {
        let mut book = record(0x0085, &0u32.to_le_bytes());
        let start = book.len() as u32;
        book[4..8].copy_from_slice(&start.to_le_bytes());
        book.extend(record(0x0809, &[0; 4]));
        book.extend(record(0x0201, &[0, 0, 0, 0, 0, 0]));
        book.extend(record(0x0201, &[0xFF, 0xFF, 0xFF, 0xFF, 0, 0]));
        assert_eq!(Tally::of(&book).cells(), 65_536 * 65_536);
    }

    #[test]
    fn a_shared_text_counts_for_each_cell_also_across_records() {
        let mut first = vec![0; 8];
        first.extend([6, 0, 0]); // six characters of one byte
        first.extend(b"abc");
        let mut book = record(SHARED_TEXTS, &first);
        book.extend(record(CONTINUE, &[0, b'd', b'e', b'f', 2, 0, 0, b'x', b'y']));
        for _ in 0..3 {
            book.extend(record(SHARED_TEXT_CELL, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
        }
        book.extend(record(SHARED_TEXT_CELL, &[0, 0, 1, 0, 0, 0, 1, 0, 0, 0]));
        assert_eq!(Tally::of(&book).text_bytes, 3 * (3 * 6) + 3 * 2);
    }
}
