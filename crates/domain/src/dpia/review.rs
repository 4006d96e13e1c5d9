//! Looking at an assessment again: on its date, or when something that it rests on changed. A review reopens what it touches
//! and leaves the rest alone.

use super::{
    answer::{Answer, Answers, Reference},
    assessment::{Assessment, State},
    place::Place,
};
use crate::register::ids::{ContractId, SystemId};
use jiff::{ToSpan as _, civil::Date};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The longest time between two reviews, in months. A council may choose shorter; the law asks for a review at least when the
/// risk changes (UK GDPR, Article 35(11)).
pub const AT_LEAST_EVERY: i64 = 36;
/// Days before a date on which a review is asked for, so that it can be done in time.
pub const AHEAD: i64 = 60;

/// Why an assessment is looked at again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "trigger")]
pub enum Trigger {
    /// Its review date is near, or past.
    DateReached {
        /// The date.
        on: Date,
    },
    /// A contract that it is about ends, or can be renewed.
    ContractRenewal {
        /// The contract.
        contract: ContractId,
        /// The day.
        on: Date,
    },
    /// A system that it is about changed in the register.
    SystemChanged {
        /// The system.
        system: SystemId,
        /// What changed, by the register's names: `hosting`, `product`, `functions`, `data_access`.
        fields: Vec<String>,
    },
    /// Something went wrong.
    Incident {
        /// What, in words.
        what: String,
        /// The day.
        on: Date,
    },
    /// The template has a new version.
    TemplateChanged {
        /// The new version.
        version: String,
        /// The fields that are new or different, by id.
        fields: Vec<String>,
    },
}

/// How a field comes by what it says: the template's `prefill`, as far as reviews need to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rests {
    /// On a system's record.
    OnSystem,
    /// On a supplier's record.
    OnSupplier,
    /// On a contract's record.
    OnContract,
    /// On nothing in the register.
    OnNothing,
}

/// The fields that a trigger touches, of those that have an answer; `rests` says of a field what it is filled from. An incident
/// touches risks and measures, which are looked at as a whole; where nothing is named, the whole assessment is looked at and
/// nothing is reopened by itself.
#[must_use]
pub fn touches(trigger: &Trigger, answers: &Answers, rests: &dyn Fn(&str) -> Rests) -> BTreeSet<Place> {
    let places = |touched: &dyn Fn(&Place, &Answer) -> bool| {
        answers.iter().filter(|(place, answer)| touched(place, answer)).map(|(place, _)| place.clone()).collect()
    };
    match trigger {
        Trigger::DateReached { .. } | Trigger::Incident { .. } => BTreeSet::new(),
        Trigger::ContractRenewal { .. } => places(&|place, _| rests(&place.field) == Rests::OnContract),
        Trigger::SystemChanged { system, .. } => {
            places(&|place, answer| rests(&place.field) == Rests::OnSystem || names(answer, system.0))
        }
        Trigger::TemplateChanged { fields, .. } => places(&|place, _| fields.contains(&place.field)),
    }
}

/// Whether an answer names a record of the register.
fn names(answer: &Answer, id: Uuid) -> bool {
    let any = |list: &[Reference]| list.iter().any(|one| one.id == Some(id));
    match answer {
        Answer::Systems(list) | Answer::Suppliers(list) | Answer::Organisations(list) => any(list),
        Answer::Rows(rows) => rows.iter().flat_map(|row| row.cells.values()).any(|cell| names(cell, id)),
        _ => false,
    }
}

/// Whether a state is looked at again at all: what is in use, signed, or made elsewhere.
#[must_use]
pub fn reviewed(state: State) -> bool {
    matches!(state, State::Signed | State::Live | State::Recorded)
}

/// What asks for a review of an assessment on a day: its date within [`AHEAD`] days or past, and contracts whose exits come
/// within that time (`renewals`: the next exit of each of its contracts).
#[must_use]
pub fn due(assessment: &Assessment, renewals: &[(ContractId, Date)], today: Date) -> Vec<Trigger> {
    if !reviewed(assessment.state) {
        return Vec::new();
    }
    let near = |day: Date| day <= today.saturating_add(AHEAD.days());
    let mut due: Vec<Trigger> =
        assessment.review_on.filter(|on| near(*on)).map(|on| Trigger::DateReached { on }).into_iter().collect();
    due.extend(
        renewals
            .iter()
            .filter(|(contract, on)| assessment.contracts.contains(contract) && *on >= today && near(*on))
            .map(|(contract, on)| Trigger::ContractRenewal { contract: *contract, on: *on }),
    );
    due
}

/// Why a review date is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// It lies in the past.
    Past,
    /// It lies further ahead than [`AT_LEAST_EVERY`] months.
    TooFar(Date),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpia::{answer::Row, assessment::tests::assessment, ids::RowId};
    use jiff::civil::date;

    const TODAY: Date = date(2026, 11, 23);

    #[test]
    fn a_trigger_reopens_what_rests_on_what_changed_and_nothing_else() {
        let system = SystemId(Uuid::from_u128(5));
        let named = |id| Answer::Systems(vec![Reference { id: Some(Uuid::from_u128(id)), name: "S".to_owned() }]);
        let row = Row { id: RowId(Uuid::nil()), cells: [("system".to_owned(), named(5))].into() };
        let answers: Answers = [
            (Place::shared("systems"), named(5)),
            (Place::shared("others"), named(6)),
            (Place::shared("flows"), Answer::Rows(vec![row])),
            (Place::shared("hosting"), Answer::Text("United Kingdom".to_owned())),
            (Place::shared("ends"), Answer::Date(TODAY)),
            (Place::shared("purpose"), Answer::Text("Why".to_owned())),
        ]
        .into();
        let rests = |field: &str| match field {
            "hosting" => Rests::OnSystem,
            "ends" => Rests::OnContract,
            _ => Rests::OnNothing,
        };
        let touched = |trigger| touches(&trigger, &answers, &rests).into_iter().map(|place| place.field).collect::<Vec<_>>();
        assert_eq!(
            touched(Trigger::SystemChanged { system, fields: vec!["hosting".to_owned()] }),
            ["flows", "hosting", "systems"]
        );
        assert_eq!(touched(Trigger::ContractRenewal { contract: ContractId(Uuid::nil()), on: TODAY }), ["ends"]);
        let changed =
            Trigger::TemplateChanged { version: "2.0.0".to_owned(), fields: vec!["purpose".to_owned(), "new".to_owned()] };
        assert_eq!(touched(changed), ["purpose"]);
        assert!(touched(Trigger::DateReached { on: TODAY }).is_empty());
        assert!(touched(Trigger::Incident { what: "Lost laptop".to_owned(), on: TODAY }).is_empty());
    }

    #[test]
    fn dates_and_renewals_ask_for_a_review_sixty_days_ahead() {
        let (contract, other) = (ContractId(Uuid::from_u128(1)), ContractId(Uuid::from_u128(2)));
        let mut assessment = assessment();
        assessment.contracts = vec![contract];
        assessment.review_on = Some(date(2027, 1, 22));
        let renewals = [(contract, date(2027, 1, 1)), (other, date(2027, 1, 1))];
        assert!(due(&assessment, &renewals, TODAY).is_empty(), "nothing is signed");
        assessment.state = State::Live;
        assert_eq!(
            due(&assessment, &renewals, TODAY),
            [Trigger::DateReached { on: date(2027, 1, 22) }, Trigger::ContractRenewal { contract, on: date(2027, 1, 1) }]
        );
        assert!(due(&assessment, &renewals, date(2026, 10, 31)).is_empty());
        assert_eq!(due(&assessment, &renewals, date(2027, 2, 1)), [Trigger::DateReached { on: date(2027, 1, 22) }]);
    }

    #[test]
    fn the_next_review_lies_ahead_and_not_too_far() {
        assert_eq!(next(date(2027, 11, 23), TODAY), Ok(date(2027, 11, 23)));
        assert_eq!(next(TODAY, TODAY), Err(Refusal::Past));
        assert_eq!(next(date(2029, 11, 24), TODAY), Err(Refusal::TooFar(date(2029, 11, 23))));
    }
}
