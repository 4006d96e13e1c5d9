//! How long a signed-in browser stays so, and when a person has to prove again who they are.
//!
//! Limits follow OWASP ASVS 5.0 7.3.1 and 7.3.2 (an idle and an absolute limit, both documented) and 7.5.3 (a fresh check before
//! what cannot be taken back).

/// A session that nobody used for so long has ended, in milliseconds.
pub const IDLE: i64 = 60 * 60 * 1000;
/// No session lasts longer, in milliseconds.
pub const ABSOLUTE: i64 = 12 * 60 * 60 * 1000;
/// A check of who someone is counts as fresh for so long, in milliseconds.
pub const FRESH: i64 = 15 * 60 * 1000;
/// Use is noted at most so often, in milliseconds.
pub const NOTED: i64 = 60 * 1000;

/// Whether a session that began, was last seen and perhaps ended at these instants still holds now. Clocks that jump back
/// never lengthen it: an instant in the future counts as now.
#[must_use]
pub fn holds(created_at: i64, seen_at: i64, ended_at: Option<i64>, now: i64) -> bool {
    ended_at.is_none() && now.saturating_sub(seen_at) < IDLE && now.saturating_sub(created_at) < ABSOLUTE
}

/// Whether a person proved recently enough who they are to sign, or to change what guards an account.
#[must_use]
pub fn fresh(checked_at: i64, now: i64) -> bool {
    (0..FRESH).contains(&now.saturating_sub(checked_at).max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    #[test]
    fn s05_a_session_ends_when_idle_for_an_hour_and_after_twelve_hours_at_all() {
        assert!(holds(0, 0, None, 59 * MINUTE));
        assert!(!holds(0, 0, None, 60 * MINUTE));
        let late = 12 * 60 * MINUTE;
        assert!(holds(0, late - MINUTE, None, late - 1));
        assert!(!holds(0, late - MINUTE, None, late));
        assert!(!holds(0, 0, Some(1), 2));
    }

    #[test]
    fn a_check_is_fresh_for_a_quarter_of_an_hour() {
        assert!(fresh(0, 14 * MINUTE) && !fresh(0, 15 * MINUTE));
    }
}
