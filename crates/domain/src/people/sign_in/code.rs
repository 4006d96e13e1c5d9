//! The emailed one-time code: eight digits, ten minutes, single use, typed into the browser that asked for it.
//!
//! What is kept is a digest over the code *and the asking browser's secret*, so another browser's attempt is simply wrong, and
//! whoever reads the table cannot search the hundred million codes without that secret, of which only a digest is kept too.

use super::{
    MINUTE,
    secret::{self, Secret},
};
use crate::audit::Hash;

/// Digits of a code.
pub const DIGITS: usize = 8;
/// How long a code can be used (ASVS 6.5.5: at most ten minutes).
pub const LIFE: i64 = 10 * MINUTE;
/// How often one code may be tried; a newer one must be asked for then.
pub const TRIES: i64 = 5;

/// A code as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// See [`digest`].
    pub digest: Hash,
    /// When it was made.
    pub issued_at: i64,
    /// How often a wrong one was typed for it.
    pub tries: i64,
    /// When it was used, or replaced by a newer one.
    pub ended_at: Option<i64>,
}

/// Why a typed code is not taken. The page says the same for all but the first and the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not eight digits.
    #[error("not a code")]
    NotACode,
    /// Not this code, or not from this browser.
    #[error("another code")]
    Wrong,
    /// Too old.
    #[error("expired")]
    Expired,
    /// Used before, or replaced by a newer one.
    #[error("used or replaced")]
    Ended,
    /// Tried too often.
    #[error("tried too often")]
    TooManyTries,
}

/// Makes a code of random bytes; none when the bytes fall outside the even part of their range, so that every code is equally
/// likely: then ask again with others.
#[must_use]
pub fn spell(random: [u8; 8]) -> Option<String> {
    const CODES: u64 = 100_000_000;
    const EVEN: u64 = u64::MAX - u64::MAX % CODES;
    let number = u64::from_le_bytes(random);
    (number < EVEN).then(|| format!("{:0width$}", number % CODES, width = DIGITS))
}

/// What a person typed, without the spaces and hyphens people and mail programs put in.
///
/// # Errors
/// [`Refusal::NotACode`] unless eight digits are left.
pub fn read(typed: &str) -> Result<String, Refusal> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '\u{200b}')).collect();
    if digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit()) { Ok(digits) } else { Err(Refusal::NotACode) }
}

/// What is kept of a code: over its digits and the secret of the browser that asked for it.
#[must_use]
pub fn digest(code: &str, browser: &Secret) -> Hash {
    secret::digest("city-tools code 1", &[code.as_bytes(), browser.expose().as_bytes()])
}

/// Whether what was typed in a browser is the code, at an instant. Time and tries are judged first, so that a right guess after
/// them is as worthless as a wrong one.
///
/// # Errors
/// Why not. [`Refusal::Wrong`] and [`Refusal::NotACode`] count as a try where a code is at stake.
pub fn check(code: &Code, typed: &str, browser: &Secret, now: i64) -> Result<(), Refusal> {
    let typed = read(typed)?;
    if code.ended_at.is_some() {
        return Err(Refusal::Ended);
    }
    if now.saturating_sub(code.issued_at) >= LIFE {
        return Err(Refusal::Expired);
    }
    if code.tries >= TRIES {
        return Err(Refusal::TooManyTries);
    }
    if secret::same(&digest(&typed, browser), &code.digest) { Ok(()) } else { Err(Refusal::Wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn browser(byte: u8) -> Secret {
        Secret::of(&[byte; 32])
    }

    fn code(text: &str, at: i64) -> Code {
        Code { digest: digest(text, &browser(1)), issued_at: at, tries: 0, ended_at: None }
    }

    #[test]
    fn s19_a_code_is_taken_once_within_ten_minutes() {
        let kept = code("01234567", 1_000);
        assert_eq!(check(&kept, "0123 4567", &browser(1), 1_000), Ok(()));
        assert_eq!(check(&kept, "01234567", &browser(1), 1_000 + LIFE - 1), Ok(()));
        assert_eq!(check(&kept, "01234567", &browser(1), 1_000 + LIFE), Err(Refusal::Expired));
        let used = Code { ended_at: Some(2_000), ..kept };
        assert_eq!(check(&used, "01234567", &browser(1), 3_000), Err(Refusal::Ended));
    }

    #[test]
    fn s20_a_code_works_only_in_the_browser_that_asked() {
        assert_eq!(check(&code("01234567", 0), "01234567", &browser(2), 1), Err(Refusal::Wrong));
    }

    #[test]
    fn s21_a_code_can_be_guessed_five_times_and_the_right_one_no_longer_counts_then() {
        let tried = Code { tries: TRIES, ..code("01234567", 0) };
        assert_eq!(check(&tried, "01234567", &browser(1), 1), Err(Refusal::TooManyTries));
    }

    #[test]
    fn letters_and_short_numbers_are_not_codes() {
        for typed in ["", "1234567", "123456789", "1234567a", "１２３４５６７８"] {
            assert_eq!(read(typed), Err(Refusal::NotACode), "{typed}");
        }
        assert_eq!(read(" 1234-5678 ").as_deref(), Ok("12345678"));
    }

    proptest! {
        #[test]
        fn every_spelt_code_reads_back(random: [u8; 8]) {
            if let Some(code) = spell(random) {
                prop_assert_eq!(read(&code), Ok(code.clone()));
                prop_assert_eq!(code.len(), DIGITS);
            }
        }

        #[test]
        fn no_other_code_is_taken(right in 0u32..100_000_000, typed in 0u32..100_000_000, now in 0..LIFE) {
            let kept = code(&format!("{right:08}"), 0);
            prop_assert_eq!(check(&kept, &format!("{typed:08}"), &browser(1), now).is_ok(), right == typed);
        }
    }
}
