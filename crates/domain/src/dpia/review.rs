//! Looking at an assessment again: on its date, or when something that it rests on changed. A review reopens what it touches
//! and leaves the rest alone.

use super::{
    answer::{Answer, Answers, Reference},
    assessment::{Assessment, State},
    ids::{ConsultationId, RiskId, ScreeningId},
    library::Library,
    place::{Part, Place},
    prefill::Prefill,
    screening::OutcomeKind,
    template::{
        Edition, Template,
        compare::{Difference, Thing, compare},
    },
};
use crate::register::ids::{ContractId, SystemId};
use jiff::{ToSpan as _, civil::Date};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

mod day;

pub use day::{Refusal, follows, next};

/// The longest time between two reviews, in months. A council may choose shorter; the law asks for a review at least when the
/// risk changes (UK GDPR, Article 35(11)).
pub const AT_LEAST_EVERY: i64 = 36;
/// Days before a date on which a review is asked for, so that it can be done in time.
pub const AHEAD: i64 = 60;
/// What of a system an assessment rests on, by the register's names. How many people use it, or like it, is no matter here.
pub const SYSTEM_FIELDS: [&str; 6] = ["product", "hosting", "functions", "data_access", "sub_processors", "contracts"];
/// Days within which a changed system or template is looked at; this project's own measure, no law's.
pub const LOOK_WITHIN: i64 = 30;
/// Days within which an incident is looked at; this project's own measure. A breach that has to be notified is notified within
/// 72 hours (UK GDPR, Article 33), which is no task of this list.
pub const INCIDENT_WITHIN: i64 = 7;

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
        /// What changed, by the register's names: see [`SYSTEM_FIELDS`].
        fields: Vec<String>,
        /// The entry of the change log that says so, by its number: the same field can change again.
        change: i64,
    },
    /// Something went wrong.
    Incident {
        /// What, in words.
        what: String,
        /// The day.
        on: Date,
        /// The risks that whoever recorded it says it touches.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        risks: Vec<RiskId>,
        /// The sections that it touches.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        sections: Vec<Spot>,
    },
    /// The template has a new version.
    TemplateChanged {
        /// The new version.
        version: String,
        /// The fields that are new or different, by id.
        fields: Vec<String>,
    },
    /// Its project was screened again, and that says something else than the screening that it follows.
    Screened {
        /// The new screening.
        screening: ScreeningId,
        /// What it came to.
        outcome: OutcomeKind,
    },
    /// The Information Commissioner answered of what is in use that it must not go ahead as planned.
    Forbidden {
        /// The consultation.
        consultation: ConsultationId,
    },
}

/// A section of a part.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Spot {
    /// The part.
    pub part: Part,
    /// The section, by id.
    pub section: String,
}

/// That a review asks to look at something again. A person takes it away by changing it, or by saying that it still holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// Why, in words.
    pub why: String,
    /// Since when, milliseconds of UTC.
    pub since: i64,
}

/// What a trigger touches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Fields that have an answer.
    pub places: BTreeSet<Place>,
    /// Risks.
    pub risks: BTreeSet<RiskId>,
}

impl Trigger {
    /// The day by which it wants to be looked at, as seen on a day.
    #[must_use]
    pub fn by(&self, today: Date) -> Date {
        match self {
            Self::DateReached { on } | Self::ContractRenewal { on, .. } => *on,
            Self::SystemChanged { .. } | Self::TemplateChanged { .. } | Self::Screened { .. } => {
                today.saturating_add(LOOK_WITHIN.days())
            }
            Self::Incident { .. } | Self::Forbidden { .. } => today.saturating_add(INCIDENT_WITHIN.days()),
        }
    }

    /// Whether what this asks for was asked for before: by the same trigger, or, for a changed system, by one that saw this
    /// change already.
    #[must_use]
    pub fn covered_by(&self, before: &Self) -> bool {
        match (self, before) {
            // What it came to can be decided otherwise later; the screening is the same.
            (Self::Screened { screening, .. }, Self::Screened { screening: before, .. }) => screening == before,
            (Self::SystemChanged { system, change, .. }, Self::SystemChanged { system: of, change: seen, .. }) => {
                system == of && change <= seen
            }
            _ => self == before,
        }
    }
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

impl Rests {
    /// What a field of a template rests on.
    #[must_use]
    pub fn of(template: &Template, field: &str) -> Self {
        match template.field(field).and_then(|field| field.prefill.as_ref()) {
            Some(Prefill::RegisterHosting | Prefill::RegisterDataAccess | Prefill::ProjectSystems) => Self::OnSystem,
            Some(Prefill::RegisterSuppliers) => Self::OnSupplier,
            Some(Prefill::RegisterContractEnd | Prefill::RegisterProcessors) => Self::OnContract,
            _ => Self::OnNothing,
        }
    }
}

/// What a trigger touches: of the fields, those that have an answer. An incident touches the risks and the sections that whoever
/// recorded it named. A date, another screening, and what the Commissioner forbids touch the assessment as a whole, and nothing in it by itself.
#[must_use]
pub fn touches(trigger: &Trigger, answers: &Answers, template: &Template) -> Touched {
    let rests = |field: &str| Rests::of(template, field);
    let section_of = |field: &str| template.find(field).map(|(section, _)| section.id.clone());
    let (risks, sections) = match trigger {
        Trigger::Incident { risks, sections, .. } => (risks.iter().copied().collect(), sections.as_slice()),
        _ => (BTreeSet::new(), &[][..]),
    };
    Touched { risks, places: places(trigger, answers, sections, &rests, &section_of) }
}

/// The fields that a trigger touches; `rests` says of a field what it is filled from.
fn places(
    trigger: &Trigger,
    answers: &Answers,
    sections: &[Spot],
    rests: &dyn Fn(&str) -> Rests,
    section_of: &dyn Fn(&str) -> Option<String>,
) -> BTreeSet<Place> {
    let places = |touched: &dyn Fn(&Place, &Answer) -> bool| {
        answers.iter().filter(|(place, answer)| touched(place, answer)).map(|(place, _)| place.clone()).collect()
    };
    match trigger {
        Trigger::DateReached { .. } | Trigger::Screened { .. } | Trigger::Forbidden { .. } => BTreeSet::new(),
        Trigger::Incident { .. } => places(&|place, _| {
            let section = section_of(&place.field);
            sections.iter().any(|spot| spot.part == place.part && Some(&spot.section) == section.as_ref())
        }),
        Trigger::ContractRenewal { .. } => {
            places(&|place, _| matches!(rests(&place.field), Rests::OnContract | Rests::OnSupplier))
        }
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

/// Whether an assessment is looked at again: in such a state, or in use while its text is opened for changes. Data goes on being used
/// then, and its date asks all the same.
#[must_use]
pub fn looked_at(assessment: &Assessment) -> bool {
    reviewed(assessment.state) || assessment.in_use()
}

/// What asks for a review of an assessment on a day: its date within [`AHEAD`] days or past, and contracts whose exits come
/// within that time (`renewals`: the next exit of each of its contracts).
#[must_use]
pub fn due(assessment: &Assessment, renewals: &[(ContractId, Date)], today: Date) -> Vec<Trigger> {
    if !looked_at(assessment) {
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

/// The newest version of an assessment's template that came into force by a day and that a chain of maps leads to, with the
/// fields that are new or different there. None where it follows that version already.
#[must_use]
pub fn newer_template(library: &Library, edition: &Edition, today: Date) -> Option<Trigger> {
    let old = library.template(edition)?;
    let (newest, _) = library
        .templates
        .iter()
        .filter(|one| one.edition.urn == edition.urn && one.edition != *edition && one.in_force <= today)
        .filter_map(|one| Some((one, library.steps(edition, &one.edition)?.len())))
        .max_by_key(|(_, steps)| *steps)?;
    let fields = compare(old, newest)
        .into_iter()
        .filter_map(|difference| match difference {
            Difference::Added { of: Thing::Field, id, .. } | Difference::Changed { id, .. } => Some(id),
            _ => None,
        })
        .collect();
    Some(Trigger::TemplateChanged { version: newest.edition.version.clone(), fields })
}

/// Whether a state is marked when a system changes although nobody reviews it yet: what is being written, or looked at, rests on
/// the register too.
#[must_use]
pub fn marked(state: State) -> bool {
    !state.is_closed() && state != State::Recorded
}

#[cfg(test)]
mod tests;
