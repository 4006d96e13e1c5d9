//! The keys under which records stand. No drafts, no names.

use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// The keys under which records stand, each with the digest of the draft it was made from. Both are held as 128 bits, so
/// that a million of them fit into some 100 MB.
#[derive(Clone, Debug)]
pub struct Keys<Id> {
    known: HashMap<u128, (Id, u128)>,
    /// Of what was stored before the import, by what a key says without supplier and number: the only key that does, and it without
    /// its number; none where several do.
    sole: HashMap<u128, Option<(u128, u128)>>,
}

impl<Id: Copy> Keys<Id> {
    /// No keys.
    #[must_use]
    pub fn new() -> Self {
        Self { known: HashMap::new(), sole: HashMap::new() }
    }

    /// Adds the key and digest of a record that is stored.
    pub fn add(&mut self, key: &str, id: Id, digest: &str) {
        let own = short(key);
        self.known.insert(own, (id, from_hex(digest)));
        if let Some((base, numberless)) = parts(key) {
            self.sole.entry(short(base)).and_modify(|sole| *sole = None).or_insert_with(|| Some((own, short(numberless))));
        }
    }

    /// Adds the key and digest of a record that the import makes or finds.
    pub fn met(&mut self, key: &str, id: Id, digest: &str) {
        let is_new = self.known.insert(short(key), (id, from_hex(digest))).is_none();
        if let Some((base, _)) = parts(key).filter(|_| is_new && !self.sole.is_empty())
            && let Some(sole) = self.sole.get_mut(&short(base))
        {
            *sole = None;
        }
    }

    /// Whether any key says this before its supplier and number.
    pub(super) fn has(&self, base: u128) -> bool {
        self.sole.contains_key(&base)
    }

    /// The only record whose key says this before its supplier and number, where it was made from a draft of this digest; and its key
    /// without its number.
    pub(super) fn unchanged(&self, base: u128, digest: &str) -> Option<(Id, u128)> {
        let (key, numberless) = (*self.sole.get(&base)?)?;
        let (id, known) = self.known.get(&key)?;
        (*known != 0 && *known == from_hex(digest)).then_some((*id, numberless))
    }

    /// The record under a key, and whether it was made from a draft of this digest.
    #[must_use]
    pub fn find(&self, key: &str, digest: &str) -> Option<(Id, bool)> {
        self.known.get(&short(key)).map(|(id, known)| (*id, *known != 0 && *known == from_hex(digest)))
    }
}

impl<Id: Copy> Default for Keys<Id> {
    fn default() -> Self {
        Self::new()
    }
}

/// A key before its supplier and number, and before its number.
fn parts(key: &str) -> Option<(&str, &str)> {
    let (numberless, _) = key.rsplit_once('|')?;
    Some((numberless.rsplit_once('|')?.0, numberless))
}

/// The first half of a text's SHA-256.
pub(super) fn short(text: &str) -> u128 {
    let digest = Sha256::digest(text);
    digest[..16].iter().fold(0, |all, byte| all << 8 | u128::from(*byte))
}

/// A digest from its hexadecimal; 0 for a record that was not made from a draft.
fn from_hex(digest: &str) -> u128 {
    u128::from_str_radix(digest, 16).unwrap_or(0)
}
