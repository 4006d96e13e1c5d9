//! The day of the next review: which days are taken, and that an assessment's own day and the answer that says it are one.

use super::AT_LEAST_EVERY;
use crate::dpia::{answer::Answer, assessment::Assessment};
use jiff::{ToSpan as _, civil::Date};
use serde::{Deserialize, Serialize};

/// Why a review date is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// It lies in the past.
    Past,
    /// It lies further ahead than [`AT_LEAST_EVERY`] months.
    TooFar(Date),
    /// None is said, and data is in use.
    Missing,
}

/// Checks a date for the next review.
///
/// # Errors
/// See [`Refusal`].
pub fn next(on: Date, today: Date) -> Result<Date, Refusal> {
    let latest = today.saturating_add(AT_LEAST_EVERY.months());
    if on <= today {
        Err(Refusal::Past)
    } else if on > latest {
        Err(Refusal::TooFar(latest))
    } else {
        Ok(on)
    }
}

/// The day to which an assessment's next review moves because the answer that says it
/// ([`Template::review_date`](crate::dpia::template::Template::review_date)) was changed. None where it does not move: it says that
/// day already, or data is not in use yet, and beginning to use it asks for the day.
///
/// # Errors
/// While data is in use a next review has its day, one that [`next`] takes.
pub fn follows(assessment: &Assessment, answer: Option<&Answer>, today: Date) -> Result<Option<Date>, Refusal> {
    if !assessment.in_use() {
        return Ok(None);
    }
    match answer {
        Some(Answer::Date(on)) if assessment.review_on == Some(*on) => Ok(None),
        Some(Answer::Date(on)) => next(*on, today).map(Some),
        _ => Err(Refusal::Missing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpia::assessment::{State, tests::assessment};
    use jiff::civil::date;

    const TODAY: Date = date(2026, 11, 23);

    #[test]
    fn the_next_review_lies_ahead_and_not_too_far() {
        assert_eq!(next(date(2027, 11, 23), TODAY), Ok(date(2027, 11, 23)));
        assert_eq!(next(TODAY, TODAY), Err(Refusal::Past));
        assert_eq!(next(date(2029, 11, 24), TODAY), Err(Refusal::TooFar(date(2029, 11, 23))));
    }

    #[test]
    fn the_day_follows_its_answer_while_data_is_in_use_and_never_to_a_day_that_is_none() {
        let (on, other) = (date(2027, 11, 23), date(2027, 6, 1));
        let answer = |day: Date| Some(Answer::Date(day));
        let planned = Assessment { state: State::Signed, live_since: None, review_on: None, ..assessment() };
        assert_eq!(follows(&planned, answer(other).as_ref(), TODAY), Ok(None), "nothing is in use: it is a plan");
        assert_eq!(follows(&planned, None, TODAY), Ok(None));
        let used = Assessment { state: State::Live, live_since: Some(TODAY), review_on: Some(on), ..planned };
        assert_eq!(follows(&used, answer(on).as_ref(), TODAY), Ok(None), "it says so already");
        assert_eq!(follows(&used, answer(other).as_ref(), TODAY), Ok(Some(other)));
        assert_eq!(follows(&used, answer(TODAY).as_ref(), TODAY), Err(Refusal::Past));
        assert_eq!(follows(&used, answer(date(2030, 1, 1)).as_ref(), TODAY), Err(Refusal::TooFar(date(2029, 11, 23))));
        assert_eq!(follows(&used, None, TODAY), Err(Refusal::Missing));
    }
}
