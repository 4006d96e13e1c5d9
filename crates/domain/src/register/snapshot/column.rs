//! One column of codes over a chunk's rows, none to many codes a row, with its inverse: the rows of each code.

use super::bits::Bits;

/// No code.
pub(crate) const NONE: u32 = u32::MAX;

/// The columns of codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Dimension {
    Organisation,
    Supplier,
    Product,
    Function,
    Area,
    Framework,
    Cpv,
    Division,
    Source,
}

/// Up to so many chosen codes are looked up one by one.
const FEW: usize = if cfg!(test) { 3 } else { 64 };

/// How many columns of codes there are.
pub(crate) const DIMENSIONS: usize = 9;

/// Codes of one kind over a chunk's rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Column {
    /// The first code of each row.
    first: Vec<u32>,
    /// Further codes with their rows, by row.
    more: Vec<(u16, u32)>,
    /// The codes that occur, in order.
    codes: Vec<u32>,
    /// Where each code's rows start; one more than codes.
    starts: Vec<u32>,
    /// The rows of the codes, one after another.
    rows: Vec<u16>,
}

/// Codes chosen by a filter.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chosen {
    /// In order, each once.
    pub(crate) codes: Vec<u32>,
}

impl Chosen {
    pub(crate) fn new(mut codes: Vec<u32>) -> Self {
        codes.sort_unstable();
        codes.dedup();
        Self { codes }
    }

    pub(crate) fn has(&self, code: u32) -> bool {
        self.codes.binary_search(&code).is_ok()
    }
}

impl Column {
    /// A column of these rows' codes; a row names each code once.
    pub(crate) fn new<'a>(lists: impl Iterator<Item = &'a [u32]>, invert: bool) -> Self {
        let mut column = Self::default();
        for (row, list) in lists.enumerate() {
            column.first.push(list.first().copied().unwrap_or(NONE));
            column.more.extend(list.iter().skip(1).map(|code| (row as u16, *code)));
        }
        column.more.shrink_to_fit();
        if invert {
            column.invert();
        }
        column
    }

    fn invert(&mut self) {
        let mut pairs: Vec<u64> = Vec::with_capacity(self.first.len() + self.more.len());
        pairs.extend(
            self.first
                .iter()
                .enumerate()
                .filter(|(_, code)| **code != NONE)
                .map(|(row, code)| (u64::from(*code) << 16) | row as u64),
        );
        pairs.extend(self.more.iter().map(|(row, code)| (u64::from(*code) << 16) | u64::from(*row)));
        pairs.sort_unstable();
        self.rows = pairs.iter().map(|pair| *pair as u16).collect();
        for (place, pair) in pairs.iter().enumerate() {
            let code = (pair >> 16) as u32;
            if self.codes.last() != Some(&code) {
                self.codes.push(code);
                self.starts.push(place as u32);
            }
        }
        self.starts.push(pairs.len() as u32);
        self.codes.shrink_to_fit();
        self.starts.shrink_to_fit();
    }

    /// The codes of a row, in the order given.
    pub(crate) fn codes(&self, row: usize) -> impl Iterator<Item = u32> + Clone + use<'_> {
        let first = Some(self.first[row]).filter(|code| *code != NONE);
        let from = if self.more.is_empty() { 0 } else { self.more.partition_point(|(other, _)| usize::from(*other) < row) };
        let more = self.more[from..].iter().take_while(move |(other, _)| usize::from(*other) == row);
        first.into_iter().chain(more.map(|(_, code)| *code))
    }

    /// The first code of each row.
    pub(crate) fn first(&self) -> &[u32] {
        &self.first
    }

    fn rows_at(&self, place: usize) -> &[u16] {
        &self.rows[self.starts[place] as usize..self.starts[place + 1] as usize]
    }

    /// Whether a code occurs.
    pub(crate) fn holds(&self, code: u32) -> bool {
        self.codes.binary_search(&code).is_ok()
    }

    /// Adds the rows of the chosen codes to `into`.
    pub(crate) fn select(&self, chosen: &Chosen, into: &mut Bits) {
        let mut add = |place: usize| self.rows_at(place).iter().for_each(|row| into.set(usize::from(*row)));
        if chosen.codes.len() < FEW {
            chosen.codes.iter().filter_map(|code| self.codes.binary_search(code).ok()).for_each(&mut add);
            return;
        }
        // Many codes (a word that half the suppliers carry): both lists are in order, so they are walked together.
        let (mut mine, mut theirs) = (0, 0);
        while let (Some(code), Some(other)) = (self.codes.get(mine), chosen.codes.get(theirs)) {
            match code.cmp(other) {
                std::cmp::Ordering::Less => mine += 1,
                std::cmp::Ordering::Greater => theirs += 1,
                std::cmp::Ordering::Equal => {
                    add(mine);
                    (mine, theirs) = (mine + 1, theirs + 1);
                }
            }
        }
    }

    /// Adds to `counts` (by code) how many of the chunk's rows have each code.
    pub(crate) fn count_all(&self, counts: &mut [u32]) {
        for (place, code) in self.codes.iter().enumerate() {
            counts[*code as usize] += self.starts[place + 1] - self.starts[place];
        }
    }

    /// Adds to `counts` (by code) how many of the rows in `matched` have each code; `found` is how many rows those are.
    pub(crate) fn count(&self, matched: &Bits, found: usize, counts: &mut [u32]) {
        let len = self.first.len();
        if found == 0 {
            return;
        }
        if found == len {
            return self.count_all(counts);
        }
        if found * 8 > len * 5 {
            // Most rows match: count all, then take the others away.
            self.count_all(counts);
            let others = matched.complement(len);
            others.each(|row| {
                if let Some(count) = counts.get_mut(self.first[row] as usize) {
                    *count = count.wrapping_sub(1);
                }
            });
            for (row, code) in &self.more {
                counts[*code as usize] = counts[*code as usize].wrapping_sub(u32::from(others.has(usize::from(*row))));
            }
            return;
        }
        matched.each(|row| {
            if let Some(count) = counts.get_mut(self.first[row] as usize) {
                *count += 1;
            }
        });
        for (row, code) in &self.more {
            counts[*code as usize] += u32::from(matched.has(usize::from(*row)));
        }
    }
}
