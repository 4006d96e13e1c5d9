//! Who wrote what the later of two states holds, for whom, and when: of answers by their history, of risks and measures by the change
//! log. What was written after that state is no matter.

use super::{
    super::{
        desk::{By, Desk, named},
        whole,
    },
    StandOf,
};
use crate::{error::Failure, papers::compared, state::App, web::session::Caller};
use domain::{
    dpia::{
        compare,
        edit::FieldState,
        exchange::from_cnil::UNNAMED,
        place::Place,
        version::{MeasureRecord, RiskRecord, Snapshot},
    },
    people::{Actor, PersonId},
    register::ids::OrganisationId,
};
use std::collections::BTreeMap;
use store::dpia::past::{Item, Stood};
use uuid::Uuid;

/// Who wrote what: of each place, risk and measure that differs, where that is known.
#[derive(Default)]
pub struct Written {
    /// Of answers.
    pub answers: BTreeMap<Place, (By, i64)>,
    /// Of risks and measures.
    pub items: BTreeMap<Uuid, (By, i64)>,
}

impl Written {
    /// The same for files.
    #[must_use]
    pub fn told(&self) -> compared::Written {
        let told = |(by, at): &(By, i64)| {
            let stated = if by.stated { " (as the imported file states)" } else { "" };
            let organisation = [", ", &by.organisation.name].concat();
            let organisation = if by.organisation.name.is_empty() { "" } else { &organisation };
            (format!("{}{organisation}{stated}", by.name), *at)
        };
        compared::Written {
            answers: self.answers.iter().map(|(place, one)| (place.clone(), told(one))).collect(),
            items: self.items.iter().map(|(item, one)| (*item, told(one))).collect(),
        }
    }
}

/// Who did something, as it is kept.
struct Who {
    person: PersonId,
    organisation: OrganisationId,
    stated: bool,
    at: i64,
}

/// Who wrote what differs from one state to another as the later has it.
///
/// # Errors
/// When the database fails.
pub async fn by(
    app: &App,
    caller: &Caller,
    desk: &Desk,
    older: &Snapshot,
    (to, newer): (&StandOf, &Snapshot),
) -> Result<Written, Failure> {
    let assessment = desk.whole.assessment.id;
    let mut answers = Vec::new();
    for difference in compare::compare(&older.answers, &newer.answers) {
        let place = difference.place;
        // Also of questions that the template has no more: whoever compares sees all of the assessment.
        let states = app.store.answer_history(&caller.scope, desk.today, &desk.template, assessment, &place).await?;
        if let Some(state) = held(&states, newer.answers.get(&place), to.at) {
            let who = Who { person: state.by, organisation: state.organisation, stated: state.stated, at: state.at };
            answers.push((place, who));
        }
    }
    let mut items = Vec::new();
    let risks = ids(older.risks.iter().map(|risk| (risk.id.0, risk)), newer.risks.iter().map(|risk| (risk.id.0, risk)));
    for risk in risks {
        let past: Vec<Stood<RiskRecord>> = app.store.item_history(&caller.scope, desk.today, assessment, risk).await?;
        items.extend(stood(&past, to.at, |one| (one.stated, one.by, one.organisation)).map(|who| (risk, who)));
    }
    let measures = ids(older.measures.iter().map(|one| (one.id.0, one)), newer.measures.iter().map(|one| (one.id.0, one)));
    for measure in measures {
        let past: Vec<Stood<MeasureRecord>> = app.store.item_history(&caller.scope, desk.today, assessment, measure).await?;
        items.extend(stood(&past, to.at, |one| (one.stated, one.by, one.organisation)).map(|who| (measure, who)));
    }
    let people: Vec<PersonId> =
        answers.iter().map(|(_, who)| who.person).chain(items.iter().map(|(_, who)| who.person)).collect();
    let names = whole::names(app, &caller.scope, people).await?;
    let told = |who: Who| {
        if who.stated && who.person == UNNAMED {
            return (By::unnamed(), who.at);
        }
        let name = names.get(&who.person).cloned().unwrap_or_else(|| desk.person(who.person));
        (By { name, organisation: named(app, who.organisation), stated: who.stated }, who.at)
    };
    Ok(Written {
        answers: answers.into_iter().map(|(place, who)| (place, told(who))).collect(),
        items: items.into_iter().map(|(item, who)| (item, told(who))).collect(),
    })
}

/// The entry of a field's history that a state of that moment holds: the newest until then that says the same, else the newest until
/// then (the answer was carried to another version of the template since).
fn held<'a>(states: &'a [FieldState], said: Option<&domain::dpia::answer::Answer>, at: i64) -> Option<&'a FieldState> {
    let until = || states.iter().filter(|state| state.at <= at);
    until().find(|state| state.answer.as_ref() == said).or_else(|| until().next())
}

/// Who made a risk or a measure what it was at that moment.
fn stood<T: Item>(past: &[Stood<T>], at: i64, record: impl Fn(&T) -> (bool, PersonId, OrganisationId)) -> Option<Who> {
    let found = past.iter().find(|stood| stood.at <= at)?;
    // Whoever brought a file in did not write what it holds: it says who did.
    let (stated, person, organisation) = record(&found.record);
    if stated {
        return Some(Who { person, organisation, stated, at: found.at });
    }
    match &found.actor {
        Some(Actor::Person { person, organisation, .. }) => {
            Some(Who { person: *person, organisation: *organisation, stated: false, at: found.at })
        }
        _ => None,
    }
}

/// The ids of what differs between two lists.
fn ids<'a, T: PartialEq + 'a>(
    older: impl Iterator<Item = (Uuid, &'a T)>,
    newer: impl Iterator<Item = (Uuid, &'a T)>,
) -> Vec<Uuid> {
    let (older, newer): (BTreeMap<Uuid, &T>, BTreeMap<Uuid, &T>) = (older.collect(), newer.collect());
    let mut differ: Vec<Uuid> = older.keys().chain(newer.keys()).copied().filter(|id| older.get(id) != newer.get(id)).collect();
    differ.sort_unstable();
    differ.dedup();
    differ
}
