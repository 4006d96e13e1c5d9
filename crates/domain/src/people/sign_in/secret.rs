//! Random secrets: shown once to whoever shall have them, kept only as a digest.

use crate::audit::{Hash, hex};
use sha2::{Digest, Sha256};
use std::fmt;

/// How many random bytes a secret is made of: 256 bits, twice what ASVS 7.2.3 asks for.
pub const BYTES: usize = 32;

/// A session's, browser's, invitation's or token's secret in the spelling its holder has. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A new secret of these random bytes.
    #[must_use]
    pub fn of(random: &[u8; BYTES]) -> Self {
        Self(hex(random))
    }

    /// A secret as it came back from its holder; anything but 64 hexadecimal digits is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let spelt = text.len() == 2 * BYTES && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        spelt.then(|| Self(text.to_owned()))
    }

    /// The spelling, to be given to its holder and to nobody else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of it. The secret has 256 random bits, so a plain digest cannot be searched for it.
    #[must_use]
    pub fn digest(&self) -> Hash {
        digest("city-tools secret 1", &[self.0.as_bytes()])
    }

    /// The digest as lower-case hexadecimal, as tables hold it.
    #[must_use]
    pub fn digest_text(&self) -> String {
        hex(&self.digest())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A digest over a purpose and parts, each length-prefixed, so that no two lists of parts spell the same bytes.
pub(super) fn digest(purpose: &str, parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// Whether two digests are equal, in a time that does not tell where they differ.
#[must_use]
pub fn same(left: &Hash, right: &Hash) -> bool {
    left.iter().zip(right).fold(0u8, |differs, (a, b)| differs | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s02_a_secret_has_256_bits_and_shows_nothing_of_itself() {
        let secret = Secret::of(&[0xab; BYTES]);
        assert_eq!(secret.expose().len() * 4, 256);
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        assert_ne!(secret.digest_text(), secret.expose());
        assert_eq!(Secret::parse(secret.expose()).unwrap().digest(), secret.digest());
    }

    #[test]
    fn what_is_not_spelt_like_a_secret_is_none() {
        for text in ["", "abc", &"g".repeat(64), &"A".repeat(64), &"a".repeat(65)] {
            assert!(Secret::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn digests_compare_whole() {
        let mut other = [7; 32];
        assert!(same(&[7; 32], &other));
        other[31] = 8;
        assert!(!same(&[7; 32], &other));
    }
}
