//! Second factors: TOTP steps, recovery codes.

use super::secret;
use crate::audit::Hash;
use uuid::Uuid;

/// How many recovery codes a person gets at once.
pub const RECOVERY_CODES: usize = 10;
/// Random bytes of one: 60 bits, of which each letter holds five.
pub const RECOVERY_LETTERS: usize = 12;
/// Seconds of a TOTP step (RFC 6238).
pub const STEP: u64 = 30;
/// Digits of a TOTP code.
pub const TOTP_DIGITS: usize = 6;

/// Letters of recovery codes: Crockford's, which leaves out those that are mistaken for others.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Whether a TOTP code of a step may be used, given the last step that was: each step once, and never an older one after a
/// newer one, so that a code seen over a shoulder is of no use.
#[must_use]
pub fn step_is_unused(step: i64, last: Option<i64>) -> bool {
    last.is_none_or(|last| step > last)
}

/// Spells a recovery code of random bytes: 'abcd-efgh-jkmn'.
#[must_use]
pub fn spell_recovery(random: &[u8; RECOVERY_LETTERS]) -> String {
    let mut code = String::with_capacity(RECOVERY_LETTERS + 2);
    for (place, byte) in random.iter().enumerate() {
        if place > 0 && place % 4 == 0 {
            code.push('-');
        }
        code.push(char::from(LETTERS[usize::from(byte % 32)]));
    }
    code
}

/// What a person typed as a recovery code: letters alone, small, with the usual mistakes put right; none when it cannot be one.
#[must_use]
pub fn read_recovery(typed: &str) -> Option<String> {
    let letters: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–'))
        .map(|c| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        })
        .collect();
    let known = letters.len() == RECOVERY_LETTERS && letters.bytes().all(|byte| LETTERS.contains(&byte));
    known.then_some(letters)
}

/// What is kept of a recovery code, given as [`read_recovery`] gives it: over the code and the person.
#[must_use]
pub fn recovery_digest(person: Uuid, letters: &str) -> Hash {
    secret::digest("city-tools recovery 1", &[person.as_bytes(), letters.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_step_is_used_once_and_never_after_a_newer_one() {
        assert!(step_is_unused(5, None) && step_is_unused(6, Some(5)));
        assert!(!step_is_unused(5, Some(5)) && !step_is_unused(4, Some(5)));
    }

    #[test]
    fn recovery_codes_are_read_as_people_type_them() {
        assert_eq!(read_recovery(" ABCD efgh-jkmn "), Some("abcdefghjkmn".to_owned()));
        assert_eq!(read_recovery("OIL0-0000-0000"), Some("011000000000".to_owned()));
        assert_eq!(read_recovery("abcd-efgh-jkm"), None);
        assert_eq!(read_recovery("abcd-efgh-jkmu"), None);
    }

    #[test]
    fn one_persons_code_is_nothing_to_another() {
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_ne!(recovery_digest(one, "abcdefghjkmn"), recovery_digest(other, "abcdefghjkmn"));
    }

    proptest! {
        #[test]
        fn every_spelt_recovery_code_reads_back(random: [u8; RECOVERY_LETTERS]) {
            let code = spell_recovery(&random);
            prop_assert_eq!(code.len(), RECOVERY_LETTERS + 2);
            prop_assert_eq!(read_recovery(&code), Some(code.replace('-', "")));
        }
    }
}
