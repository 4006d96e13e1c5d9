//! Names that are alike but not the same, for a person to confirm. Nothing is ever merged on likeness.

use std::collections::HashMap;

/// From this Jaro-Winkler likeness on, a pair is worth a person's look.
pub const WORTH_A_LOOK: f64 = 0.93;
/// Blocks longer than this begin with a word that says nothing ('london', 'the'), and are left out.
const LARGEST_BLOCK: usize = 200;

/// The blocks into which names are sorted, so that only names sharing one are compared: the first letters of the first word
/// and of the second.
#[derive(Clone, Debug, Default)]
pub struct Blocks<T> {
    blocks: HashMap<String, Vec<(String, T)>>,
}

impl<T: Copy + PartialEq> Blocks<T> {
    /// No names.
    #[must_use]
    pub fn new() -> Self {
        Self { blocks: HashMap::new() }
    }

    /// Adds a name in its normal form.
    pub fn insert(&mut self, normal: &str, value: T) {
        for key in keys(normal) {
            self.blocks.entry(key).or_default().push((normal.to_owned(), value));
        }
    }

    /// The name most like this one, of another value, with its likeness; equal normal forms are not 'alike'.
    #[must_use]
    pub fn most_like(&self, normal: &str, but_not: Option<T>) -> Option<(T, &str, f64)> {
        let mut best: Option<(T, &str, f64)> = None;
        for key in keys(normal) {
            let Some(block) = self.blocks.get(&key).filter(|block| block.len() <= LARGEST_BLOCK) else { continue };
            for (other, value) in block {
                if other == normal
                    || Some(*value) == but_not
                    || too_unlike_in_length(normal, other)
                    || differ_in_a_number(normal, other)
                {
                    continue;
                }
                let likeness = strsim::jaro_winkler(normal, other);
                if likeness >= WORTH_A_LOOK && best.is_none_or(|(_, _, most)| likeness > most) {
                    best = Some((*value, other, likeness));
                }
            }
        }
        best
    }
}

/// A pair of names for a person to look at: their places in the list, and their likeness.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Place of the first.
    pub first: usize,
    /// Place of the second, always greater.
    pub second: usize,
    /// Jaro-Winkler likeness, [`WORTH_A_LOOK`] to 1.
    pub likeness: f64,
}

/// Every pair of normal forms worth a look, most alike first; each pair once.
#[must_use]
pub fn candidates(normals: &[&str]) -> Vec<Candidate> {
    let mut blocks: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, normal) in normals.iter().enumerate() {
        keys(normal).into_iter().for_each(|key| blocks.entry(key).or_default().push(place));
    }
    let mut found: HashMap<(usize, usize), f64> = HashMap::new();
    for block in blocks.values().filter(|block| block.len() <= LARGEST_BLOCK) {
        for (at, first) in block.iter().enumerate() {
            for second in &block[at + 1..] {
                let (first, second) = (*first.min(second), *first.max(second));
                if first == second || normals[first] == normals[second] || differ_in_a_number(normals[first], normals[second]) {
                    continue;
                }
                let likeness = strsim::jaro_winkler(normals[first], normals[second]);
                if likeness >= WORTH_A_LOOK {
                    found.insert((first, second), likeness);
                }
            }
        }
    }
    let mut pairs: Vec<Candidate> =
        found.into_iter().map(|((first, second), likeness)| Candidate { first, second, likeness }).collect();
    pairs.sort_by(|a, b| b.likeness.total_cmp(&a.likeness).then(a.first.cmp(&b.first)).then(a.second.cmp(&b.second)));
    pairs
}

/// How alike two normal forms are, in a thousand: for lists from which a person chooses, most alike first.
#[must_use]
pub fn per_mille(one: &str, other: &str) -> u32 {
    // Between 0 and 1 by its nature.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let likeness = (strsim::jaro_winkler(one, other).clamp(0.0, 1.0) * 1000.0) as u32;
    likeness
}

/// 'Unit 4 Holdings' and 'Unit 5 Holdings' are alike in letters and differ in the one thing that counts.
fn differ_in_a_number(one: &str, other: &str) -> bool {
    let digits = |text: &str| {
        text.bytes().filter(u8::is_ascii_digit).fold(0u64, |all, digit| all.wrapping_mul(31).wrapping_add(digit.into()))
    };
    digits(one) != digits(other)
}

/// Whether lengths alone rule a likeness out, which is cheaper to see than the likeness.
fn too_unlike_in_length(one: &str, other: &str) -> bool {
    let (short, long) = (one.len().min(other.len()), one.len().max(other.len()));
    short * 5 < long * 3
}

fn keys(normal: &str) -> Vec<String> {
    let mut keys: Vec<String> =
        normal.split(' ').filter(|word| word.chars().count() >= 3).take(2).map(|word| word.chars().take(4).collect()).collect();
    keys.dedup();
    keys
}
