//! Who else is here: people who have looked at an assessment, or are writing in it, within the last two minutes. Told to the
//! others in it, kept nowhere for longer.

use super::{ids::AssessmentId, place::Place};
use crate::{people::PersonId, register::ids::OrganisationId};
use serde::{Deserialize, Serialize};

/// For how long somebody counts as here after the last sign of them, in milliseconds.
pub const FOR: i64 = 120_000;

/// A sign that somebody is here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// The assessment.
    pub assessment: AssessmentId,
    /// Who.
    pub person: PersonId,
    /// Their name, for the other people in the assessment.
    pub name: String,
    /// For whom.
    pub organisation: OrganisationId,
    /// The field they look at; none on the assessment's own page.
    pub place: Option<Place>,
    /// Whether they are writing there.
    pub writing: bool,
    /// When, milliseconds of UTC.
    pub at: i64,
}

/// The others who are here now, whoever came last first; one entry a person. A sign may be a moment later than `now`: it was written
/// while this request read, or by a process whose clock is ahead.
#[must_use]
pub fn here(signs: &[Presence], myself: PersonId, now: i64) -> Vec<&Presence> {
    let mut here: Vec<&Presence> = Vec::new();
    let mut signs: Vec<&Presence> = signs.iter().filter(|sign| sign.person != myself && (now - sign.at).abs() < FOR).collect();
    signs.sort_by_key(|sign| std::cmp::Reverse(sign.at));
    for sign in signs {
        if !here.iter().any(|known| known.person == sign.person) {
            here.push(sign);
        }
    }
    here
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpia::assessment::tests::{organisation, person};
    use uuid::Uuid;

    fn sign(who: u128, at: i64) -> Presence {
        Presence {
            assessment: AssessmentId(Uuid::nil()),
            person: person(who),
            name: String::new(),
            organisation: organisation(1),
            place: None,
            writing: false,
            at,
        }
    }

    #[test]
    fn others_of_the_last_two_minutes_are_here_once() {
        let signs = [sign(1, 190_000), sign(2, 100_000), sign(2, 150_000), sign(3, 79_999), sign(4, 180_000), sign(5, 320_000)];
        let here: Vec<(PersonId, i64)> = here(&signs, person(1), 200_000).iter().map(|sign| (sign.person, sign.at)).collect();
        assert_eq!(here, [(person(4), 180_000), (person(2), 150_000)]);
    }

    #[test]
    fn who_came_while_this_was_read_or_by_a_clock_that_is_ahead_is_here() {
        let signs = [sign(1, 190_000), sign(2, 200_001), sign(3, 201_500)];
        let here: Vec<PersonId> = here(&signs, person(1), 200_000).iter().map(|sign| sign.person).collect();
        assert_eq!(here, [person(3), person(2)]);
    }
}
