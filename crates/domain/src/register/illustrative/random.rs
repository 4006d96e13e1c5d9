//! Chance that repeats itself: a small seeded generator (SplitMix64) and ids made from it. Nothing here is secret or fit to be.

use uuid::{Builder, Uuid};

/// Every id carries this instant (milliseconds of UTC, 13 November 2019) plus its number, so that ids sort in their order.
const EPOCH: u64 = 1_573_603_200_000;

/// A stream of numbers that depends on the seed and the stream's name alone.
pub(super) struct Random(u64);

impl Random {
    /// The stream of that name under that seed. Streams do not disturb one another.
    pub(super) fn new(seed: u64, stream: &str) -> Self {
        let name = stream
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        let mut made = Self(seed);
        made.0 = made.next() ^ name;
        made
    }

    /// The next 64 bits.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// From 0 up to but not including 1.
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True so often, of 1.
    pub(super) fn chance(&mut self, of_one: f64) -> bool {
        self.unit() < of_one
    }

    /// From 0 up to but not including `count`; 0 where `count` is 0.
    pub(super) fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.next() % (count.max(1) as u64)).unwrap_or(0)
    }

    /// Between the two, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + i64::try_from(self.below(usize::try_from(high - low + 1).unwrap_or(1))).unwrap_or(0)
    }

    /// One of them.
    pub(super) fn pick<T: Copy>(&mut self, first: T, others: &[T]) -> T {
        match self.below(others.len() + 1).checked_sub(1) {
            Some(position) => others.get(position).copied().unwrap_or(first),
            None => first,
        }
    }

    /// A position, drawn by weight; none where no weight is above nothing.
    pub(super) fn weighted(&mut self, weights: &[f64]) -> Option<usize> {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        for (position, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 && *weight > 0.0 {
                return Some(position);
            }
        }
        weights.iter().rposition(|weight| *weight > 0.0)
    }

    /// Into any order.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// The id of the numbered record of a kind under a seed, in the shape of a UUIDv7.
pub(super) fn id(seed: u64, kind: &str, number: usize) -> Uuid {
    let number = number as u64;
    let mut random = Random::new(seed ^ number.rotate_left(32), kind);
    let mut tail = [0; 10];
    for (byte, value) in tail.iter_mut().zip(random.next().to_be_bytes().into_iter().chain(random.next().to_be_bytes())) {
        *byte = value;
    }
    Builder::from_unix_timestamp_millis(EPOCH + number, &tail).into_uuid()
}
