//! Looking at an assessment: from where 'what changed since I last looked' is counted. Opening it again and again in one go is one
//! look; what changed is counted from the end of the look before, so that it does not vanish while somebody reads.

/// For how long a look lasts after its last sign, in milliseconds.
pub const LASTS: i64 = 30 * 60 * 1000;
/// How old a look's last sign may become before it is brought up, in milliseconds: not every page is worth a write.
const BRING_UP: i64 = 60 * 1000;

/// A point of the change log, and when it was looked at (milliseconds of UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The number of the log's entry up to which everything was there.
    pub sequence: i64,
    /// When.
    pub at: i64,
}

/// Somebody's looks at an assessment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looks {
    /// Where the look before ended: from here it is counted.
    pub before: Seen,
    /// How far the present look has come.
    pub latest: Seen,
}

impl Looks {
    /// The first look, and one that has seen everything.
    #[must_use]
    pub fn all(now: Seen) -> Self {
        Self { before: now, latest: now }
    }

    /// Somebody looks: at the log's head, now.
    #[must_use]
    pub fn look(self, now: Seen) -> Self {
        let before = if now.at - self.latest.at >= LASTS { self.latest } else { self.before };
        Self { before, latest: now }
    }

    /// Whether a look is worth a write over what is known.
    #[must_use]
    pub fn worth(known: Option<Self>, now: Seen) -> bool {
        known.is_none_or(|known| now.at - known.latest.at >= BRING_UP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seen(sequence: i64, minutes: i64) -> Seen {
        Seen { sequence, at: minutes * 60 * 1000 }
    }

    #[test]
    fn one_look_keeps_its_beginning_and_the_next_counts_from_its_end() {
        let first = Looks::all(seen(10, 0));
        // Three entries come; they are told for as long as one goes on looking.
        let again = first.look(seen(13, 20)).look(seen(13, 45));
        assert_eq!((again.before, again.latest), (seen(10, 0), seen(13, 45)));
        // Half an hour later it is another look: those three were there, two are new.
        let next = again.look(seen(15, 75));
        assert_eq!(next.before, seen(13, 45));
        assert!(
            !Looks::worth(Some(next), seen(16, 75)) && Looks::worth(Some(next), seen(16, 76)) && Looks::worth(None, seen(0, 0))
        );
    }

    proptest! {
        #[test]
        fn nothing_is_counted_as_seen_that_came_after_the_last_look(steps in prop::collection::vec((0i64..5, 1i64..90), 1..30)) {
            let (mut now, mut looks) = (seen(0, 0), Looks::all(seen(0, 0)));
            for (entries, minutes) in steps {
                let last = looks.latest;
                now = Seen { sequence: now.sequence + entries, at: now.at + minutes * 60 * 1000 };
                looks = looks.look(now);
                prop_assert!(looks.before.sequence <= last.sequence && looks.before.at <= last.at);
                prop_assert_eq!(looks.latest, now);
            }
        }
    }
}
