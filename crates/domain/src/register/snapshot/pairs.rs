//! A relation between two tables: which code of one goes with which of the other.

use std::collections::BTreeSet;

/// Bits of a relation that may be kept as a plain field of bits; larger ones are sets.
const MOST_BITS: usize = 32 << 23;

/// Pairs of codes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pairs {
    /// Words of 64 bits for each left code; 0 where the pairs are in `sparse`.
    width: usize,
    bits: Vec<u64>,
    sparse: BTreeSet<u64>,
    counts: Vec<u32>,
}

impl Pairs {
    /// No pairs yet, of so many left and right codes.
    pub(crate) fn new(left: usize, right: usize) -> Self {
        let width = right.div_ceil(64);
        let dense = left.saturating_mul(width) <= MOST_BITS / 64;
        Self {
            width: if dense { width } else { 0 },
            bits: if dense { vec![0; left * width] } else { Vec::new() },
            sparse: BTreeSet::new(),
            counts: vec![0; left],
        }
    }

    #[inline]
    pub(crate) fn add(&mut self, left: u32, right: u32) {
        let new = if self.width > 0 {
            let word = &mut self.bits[left as usize * self.width + right as usize / 64];
            let bit = 1 << (right % 64);
            let new = *word & bit == 0;
            *word |= bit;
            new
        } else {
            self.sparse.insert(u64::from(left) << 32 | u64::from(right))
        };
        self.counts[left as usize] += u32::from(new);
    }

    /// What goes with it, in order.
    pub(crate) fn of(&self, left: u32) -> Vec<u32> {
        if self.width == 0 {
            let from = u64::from(left) << 32;
            return self.sparse.range(from..=from | u64::from(u32::MAX)).map(|pair| *pair as u32).collect();
        }
        let from = left as usize * self.width;
        let mut found = Vec::with_capacity(self.count(left) as usize);
        for (number, word) in self.bits.get(from..from + self.width).into_iter().flatten().enumerate() {
            let mut left = *word;
            while left != 0 {
                found.push(number as u32 * 64 + left.trailing_zeros());
                left &= left - 1;
            }
        }
        found
    }

    /// How many go with it.
    pub(crate) fn count(&self, left: u32) -> u32 {
        self.counts.get(left as usize).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relation_counts_each_pair_once_whether_small_or_large() {
        for (left, right) in [(3, 70), (3, 3_000_000_000)] {
            let mut pairs = Pairs::new(left, right);
            [(0, 1), (0, 69), (0, 1), (2, 69)].into_iter().for_each(|(a, b)| pairs.add(a, b));
            assert_eq!([0, 1, 2].map(|code| pairs.count(code)), [2, 0, 1]);
            assert_eq!([0, 1, 2].map(|code| pairs.of(code)), [vec![1, 69], vec![], vec![69]]);
        }
    }
}
