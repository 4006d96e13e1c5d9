//! Sets of places within a chunk, one bit each.

/// A set of places; all operations expect sets of the same length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// The empty set within `len` places.
    pub(crate) fn none(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(64)] }
    }

    /// All of `len` places.
    pub(crate) fn all(len: usize) -> Self {
        let mut words = vec![u64::MAX; len.div_ceil(64)];
        if !len.is_multiple_of(64)
            && let Some(last) = words.last_mut()
        {
            *last = (1 << (len % 64)) - 1;
        }
        Self { words }
    }

    /// The places whose value passes the test.
    pub(crate) fn of<T: Copy>(values: &[T], test: impl Fn(T) -> bool) -> Self {
        let pack =
            |part: &[T]| part.iter().enumerate().fold(0_u64, |word, (place, value)| word | (u64::from(test(*value)) << place));
        Self { words: values.chunks(64).map(pack).collect() }
    }

    #[inline]
    pub(crate) fn set(&mut self, place: usize) {
        self.words[place / 64] |= 1 << (place % 64);
    }

    #[inline]
    pub(crate) fn has(&self, place: usize) -> bool {
        self.words[place / 64] >> (place % 64) & 1 == 1
    }

    pub(crate) fn and(&mut self, other: &Bits) {
        self.words.iter_mut().zip(&other.words).for_each(|(mine, theirs)| *mine &= theirs);
    }

    pub(crate) fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// The places of `len` that are not in the set.
    pub(crate) fn complement(&self, len: usize) -> Self {
        let mut all = Self::all(len);
        all.words.iter_mut().zip(&self.words).for_each(|(word, mine)| *word &= !mine);
        all
    }

    /// Calls `each` for every place, in order.
    #[inline]
    pub(crate) fn each(&self, mut each: impl FnMut(usize)) {
        for (number, word) in self.words.iter().enumerate() {
            let mut left = *word;
            let base = number * 64;
            if left == u64::MAX {
                (base..base + 64).for_each(&mut each);
                continue;
            }
            while left != 0 {
                each(base + left.trailing_zeros() as usize);
                left &= left - 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_hold_their_places_at_every_length() {
        for len in [0, 1, 63, 64, 65, 130] {
            let values: Vec<usize> = (0..len).collect();
            let odd = Bits::of(&values, |value| value % 2 == 1);
            assert_eq!(odd.count(), len / 2);
            assert_eq!(Bits::all(len).count(), len);
            assert_eq!(odd.complement(len).count(), len - len / 2);
            let mut seen = vec![];
            odd.each(|place| seen.push(place));
            assert!(seen.iter().all(|place| odd.has(*place)) && seen.len() == len / 2);
        }
    }
}
