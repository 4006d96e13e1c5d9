//! How long a job that failed waits before it is tried again.

/// The first wait: half a minute.
const FIRST: i64 = 30_000;
/// The longest wait: six hours.
const LONGEST: i64 = 6 * 3_600_000;

/// Milliseconds to wait after the `attempts`th attempt: twice as long each time, up to six hours, and up to a quarter more by
/// `seed`, so that what failed together does not come back together.
#[must_use]
pub fn back_off(attempts: i64, seed: u64) -> i64 {
    let doubled = u32::try_from(attempts.clamp(1, 20) - 1).ok().and_then(|steps| FIRST.checked_shl(steps)).unwrap_or(LONGEST);
    let wait = doubled.clamp(FIRST, LONGEST);
    let part = i64::try_from(seed % 1000).unwrap_or(0);
    wait + wait / 4 * part / 1000
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_waits_double_up_to_six_hours() {
        assert_eq!([1, 2, 3].map(|attempts| back_off(attempts, 0)), [30_000, 60_000, 120_000]);
        assert_eq!(back_off(30, 0), LONGEST);
    }

    proptest! {
        #[test]
        fn a_wait_is_never_nothing_and_never_longer_than_a_shift(attempts: i64, seed: u64) {
            let wait = back_off(attempts, seed);
            prop_assert!((FIRST..=LONGEST + LONGEST / 4).contains(&wait));
        }

        #[test]
        fn a_later_attempt_waits_at_least_nearly_as_long(attempts in 1i64..40, seed: u64) {
            prop_assert!(back_off(attempts + 1, seed) >= back_off(attempts, seed));
        }
    }
}
