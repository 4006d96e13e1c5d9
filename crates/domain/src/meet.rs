//! Two people change one thing at once: what only one of them changed is as they have it; what both changed, and differently, is
//! nobody's until someone chooses. Texts that people write together meet line by line instead (`dpia::merge`).

/// A value that stood as `base` when a writer opened it, stands as `stored` now, and is `wanted` by the writer; none where both
/// changed it, and not to the same.
#[must_use]
pub fn meet<T: PartialEq + Clone>(base: &T, stored: &T, wanted: &T) -> Option<T> {
    if wanted == base {
        Some(stored.clone())
    } else if stored == base || stored == wanted {
        Some(wanted.clone())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_one_changed_is_theirs_and_what_both_changed_is_asked() {
        assert_eq!(meet(&1, &1, &2), Some(2));
        assert_eq!(meet(&1, &2, &1), Some(2));
        assert_eq!(meet(&1, &2, &2), Some(2));
        assert_eq!(meet(&1, &2, &3), None);
    }

    proptest! {
        #[test]
        fn it_is_the_same_whoever_came_first_and_nothing_is_made_up(base in 0..4u8, stored in 0..4u8, wanted in 0..4u8) {
            let met = meet(&base, &stored, &wanted);
            prop_assert_eq!(met, meet(&base, &wanted, &stored));
            prop_assert!(met.is_none_or(|met| met == stored || met == wanted));
        }
    }
}
