//! How often something may be tried: per account and per address, in windows that slide.
//!
//! Attempts are kept in the database, so that several processes agree. An account is known by what was typed, whether or not
//! there is such a person, so a refusal tells nobody who has one. A whole council may stand behind one address, so that limit
//! is the wider one.

use super::{HOUR, MINUTE, secret};
use crate::audit::hex;

/// A limit: so many attempts within so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Its name in the table of attempts.
    pub name: &'static str,
    /// How many attempts a window may hold.
    pub most: usize,
    /// The window's length in milliseconds.
    pub window: i64,
}

/// Codes asked for, for one email address.
pub const CODES_PER_ACCOUNT: Limit = Limit { name: "code-account", most: 5, window: 15 * MINUTE };
/// Codes asked for, from one network address.
pub const CODES_PER_ADDRESS: Limit = Limit { name: "code-address", most: 300, window: 15 * MINUTE };
/// Codes typed wrongly, for one email address.
pub const GUESSES_PER_ACCOUNT: Limit = Limit { name: "guess-account", most: 10, window: 15 * MINUTE };
/// Codes typed wrongly, from one network address.
pub const GUESSES_PER_ADDRESS: Limit = Limit { name: "guess-address", most: 60, window: 15 * MINUTE };
/// Second factors that failed, for one person.
pub const FACTORS_PER_ACCOUNT: Limit = Limit { name: "factor-account", most: 10, window: 15 * MINUTE };
/// Second factors that failed, from one network address.
pub const FACTORS_PER_ADDRESS: Limit = Limit { name: "factor-address", most: 60, window: 15 * MINUTE };
/// Tokens for programs and of directories that are none of ours, from one network address.
pub const TOKENS_PER_ADDRESS: Limit = Limit { name: "token-address", most: 60, window: 15 * MINUTE };
/// Invitation and set-up links that are none of ours, from one network address.
pub const LINKS_PER_ADDRESS: Limit = Limit { name: "link-address", most: 60, window: 15 * MINUTE };

/// Forms held until somebody has signed in or proved again who they are, from one network address.
pub const HELD_PER_ADDRESS: Limit = Limit { name: "held-address", most: 100, window: HOUR };
/// The same from everywhere, so that they cannot fill the disk.
pub const HELD_IN_ALL: Limit = Limit { name: "held-all", most: 1_000, window: HOUR };

/// Every limit; the documentation's table is checked against it.
pub const ALL: [Limit; 10] = [
    CODES_PER_ACCOUNT,
    CODES_PER_ADDRESS,
    GUESSES_PER_ACCOUNT,
    GUESSES_PER_ADDRESS,
    FACTORS_PER_ACCOUNT,
    FACTORS_PER_ADDRESS,
    TOKENS_PER_ADDRESS,
    LINKS_PER_ADDRESS,
    HELD_PER_ADDRESS,
    HELD_IN_ALL,
];

/// How the table of attempts names what a limit is about: a digest of its kind and text, so that it holds no address.
#[must_use]
pub fn subject(kind: &str, text: &str) -> String {
    hex(&secret::digest("city-tools subject 1", &[kind.as_bytes(), text.as_bytes()]))
}

/// Too often: when the next attempt will be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too often; again at {again_at}")]
pub struct TooOften {
    /// Milliseconds of UTC.
    pub again_at: i64,
}

impl TooOften {
    /// Whole minutes to wait, at least one.
    #[must_use]
    pub fn minutes(self, now: i64) -> i64 {
        (self.again_at.saturating_sub(now).max(0) / MINUTE + 1).max(1)
    }
}

impl Limit {
    /// Whether one more attempt is heard now, given the instants of earlier ones in any order. An attempt that is refused is
    /// not counted, so that waiting always helps.
    ///
    /// # Errors
    /// [`TooOften`] while the window is full.
    pub fn check(&self, attempts: &[i64], now: i64) -> Result<(), TooOften> {
        let mut recent: Vec<i64> = attempts.iter().copied().filter(|at| self.holds(*at, now)).collect();
        if recent.len() < self.most {
            return Ok(());
        }
        recent.sort_unstable();
        // The window has room again when all but `most - 1` of them have left it.
        let leaves = recent[recent.len() - self.most];
        Err(TooOften { again_at: leaves.saturating_add(self.window) })
    }

    /// Whether an attempt still counts. One that seems to lie in the future, after the clock was set back, counts too.
    #[must_use]
    pub fn holds(&self, at: i64, now: i64) -> bool {
        now.saturating_sub(at) < self.window
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const THREE: Limit = Limit { name: "test", most: 3, window: 1_000 };

    #[test]
    fn s21_a_limit_hits_and_expires() {
        assert_eq!(THREE.check(&[0, 100], 200), Ok(()));
        assert_eq!(THREE.check(&[0, 100, 200], 300), Err(TooOften { again_at: 1_000 }));
        assert_eq!(THREE.check(&[200, 0, 100], 999), Err(TooOften { again_at: 1_000 }));
        assert_eq!(THREE.check(&[0, 100, 200], 1_000), Ok(()));
    }

    #[test]
    fn limits_have_names_of_their_own() {
        let mut names: Vec<&str> = ALL.iter().map(|limit| limit.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
    }

    proptest! {
        /// Whatever the rhythm, no window ever holds more than `most`, and waiting as told is always enough.
        #[test]
        fn no_window_holds_more_than_the_most(gaps in prop::collection::vec(0i64..400, 1..60)) {
            let (mut now, mut heard) = (0, Vec::new());
            for gap in gaps {
                now += gap;
                match THREE.check(&heard, now) {
                    Ok(()) => heard.push(now),
                    Err(refused) => {
                        prop_assert!(refused.again_at > now);
                        prop_assert_eq!(THREE.check(&heard, refused.again_at), Ok(()));
                        prop_assert!(THREE.check(&heard, refused.again_at - 1).is_err());
                    }
                }
                prop_assert!(heard.iter().filter(|at| THREE.holds(**at, now)).count() <= THREE.most);
            }
        }
    }
}
