//! `/assessments/{id}/risks/{risk}/history` and the same of measures: every state of it, who made it so, when, what was before; and
//! going back to one, also of what was removed. Going back stands in `back`.

mod back;

pub use back::{measure as measure_back, remove_measure, risk as risk_back};

use super::{
    super::{
        desk::{By, named},
        marks::{self, Mark},
        whole,
    },
    clash::{self, Row},
    looks,
    measure::form as measures,
    writes,
};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::{Errors, new_command},
        page,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::Html,
};
use domain::{
    audit::Action,
    dpia::{
        exchange::from_cnil::UNNAMED,
        risk::meet::Property,
        template::Template,
        version::{MeasureRecord, RiskRecord},
        whole::Whole,
    },
    people::{Actor, PersonId},
    register::ids::OrganisationId,
};
use serde::Serialize;
use std::collections::BTreeMap;
use store::dpia::past::Stood;
use uuid::Uuid;

/// What is said of a risk.
const OF_RISK: [Property; 4] = [Property::Title, Property::Description, Property::Before, Property::After];
/// What is said of a measure.
const OF_MEASURE: [Property; 8] = [
    Property::Title,
    Property::Description,
    Property::Risks,
    Property::Effect,
    Property::Owner,
    Property::Due,
    Property::Progress,
    Property::Evidence,
];

#[derive(Serialize)]
struct View {
    href: String,
    here: String,
    /// Its own page; none where it was removed.
    own: Option<String>,
    /// `risk` or `measure`.
    kind: &'static str,
    number: u32,
    title: String,
    states: Vec<StateOf>,
    removed: bool,
    may: bool,
    version: i64,
    command: Uuid,
    errors: Errors,
    /// Of a risk: the measures against it, with their own histories.
    measures: Vec<Linked>,
}

#[derive(Serialize)]
struct StateOf {
    sequence: i64,
    /// `made`, `changed`, `removed`, `back` or `marked`.
    what: &'static str,
    by: Option<By>,
    at: i64,
    rows: Vec<Line>,
    current: bool,
}

/// Something whose writer a file can state.
trait Written {
    /// Who wrote it, and for whom, where a file that came in states that.
    fn stated_by(&self) -> Option<(PersonId, OrganisationId)>;
}

impl Written for RiskRecord {
    fn stated_by(&self) -> Option<(PersonId, OrganisationId)> {
        self.stated.then_some((self.by, self.organisation))
    }
}

impl Written for MeasureRecord {
    fn stated_by(&self) -> Option<(PersonId, OrganisationId)> {
        self.stated.then_some((self.by, self.organisation))
    }
}

#[derive(Serialize)]
struct Line {
    label: &'static str,
    text: Vec<Mark>,
}

/// Something with a history of its own.
#[derive(Serialize)]
pub struct Linked {
    /// As people call it: `M3. Encrypt it`.
    pub text: String,
    /// Its history.
    pub href: String,
}

/// The risks and measures that were removed, for the page that lists the others.
///
/// # Errors
/// When the database fails.
pub async fn removed(app: &App, caller: &Caller, whole: &Whole) -> Result<Vec<Linked>, Failure> {
    let (id, today) = (whole.assessment.id, app.clock.today());
    let risks = app.store.removed_items::<RiskRecord>(&caller.scope, today, id).await?;
    let measures = app.store.removed_items::<MeasureRecord>(&caller.scope, today, id).await?;
    let href = |kind: &str, one: Uuid| format!("/assessments/{id}/{kind}/{one}/history");
    let risks = risks
        .iter()
        .map(|one| Linked { text: format!("R{}. {}", one.number, one.risk.title), href: href("risks", one.risk.id.0) });
    let measures = measures
        .iter()
        .map(|one| Linked { text: format!("M{}. {}", one.number, one.measure.title), href: href("measures", one.measure.id.0) });
    Ok(risks.chain(measures).collect())
}

/// The history of a risk.
///
/// # Errors
/// Not found for a risk that never was there for the caller.
pub async fn risk(
    State(app): State<App>,
    caller: Caller,
    Path((id, one)): Path<(String, String)>,
) -> Result<Html<String>, Failure> {
    show_risk(&app, &caller, &id, &one, Errors::default()).await
}

async fn show_risk(app: &App, caller: &Caller, id: &str, one: &str, errors: Errors) -> Result<Html<String>, Failure> {
    let (whole, template) = super::load(app, caller, id).await?;
    let risk: Uuid = one.parse().map_err(|_| Failure::not_found())?;
    let past = app.store.item_history::<RiskRecord>(&caller.scope, app.clock.today(), whole.assessment.id, risk).await?;
    let newest = past.first().ok_or_else(Failure::not_found)?.record.clone();
    let said =
        |one: &RiskRecord, before: &RiskRecord| clash::of_risk(&template.matrix, &OF_RISK, [&before.risk, &one.risk, &one.risk]);
    let empty = RiskRecord { risk: blank(&newest), ..newest.clone() };
    let href = format!("/assessments/{}", whole.assessment.id);
    let view = View {
        kind: "risk",
        number: newest.number,
        title: newest.risk.title.clone(),
        may: writes(app, caller, &whole, &template, newest.risk.part),
        measures: whole
            .measures
            .iter()
            .filter(|record| record.measure.risks.contains(&newest.risk.id))
            .map(|record| Linked {
                text: format!("M{}. {}", record.number, record.measure.title),
                href: format!("{href}/measures/{}/history", record.measure.id),
            })
            .collect(),
        ..view(app, caller, &whole, ("risks", risk), (&past, &empty), said, errors, newest.updated_at).await?
    };
    let mut frame = whole::frame(app, &whole, &format!("History of risk R{}", view.number));
    frame.error = !view.errors.is_empty();
    page::render(app, "dpia/risks/history.html", &frame, view)
}

/// A risk of which nothing is said yet.
fn blank(record: &RiskRecord) -> domain::dpia::risk::Risk {
    domain::dpia::risk::Risk {
        title: String::new(),
        description: String::new(),
        inherent: domain::dpia::risk::Assessed::default(),
        residual: domain::dpia::risk::Assessed::default(),
        ..record.risk.clone()
    }
}

/// The history of a measure.
///
/// # Errors
/// Not found for a measure that never was there for the caller.
pub async fn measure(
    State(app): State<App>,
    caller: Caller,
    Path((id, one)): Path<(String, String)>,
) -> Result<Html<String>, Failure> {
    show_measure(&app, &caller, &id, &one, Errors::default()).await
}

async fn show_measure(app: &App, caller: &Caller, id: &str, one: &str, errors: Errors) -> Result<Html<String>, Failure> {
    let (whole, template) = super::load(app, caller, id).await?;
    let measure: Uuid = one.parse().map_err(|_| Failure::not_found())?;
    let past = app.store.item_history::<MeasureRecord>(&caller.scope, app.clock.today(), whole.assessment.id, measure).await?;
    let newest = past.first().ok_or_else(Failure::not_found)?.record.clone();
    let said = |one: &MeasureRecord, before: &MeasureRecord| {
        clash::of_measure(&whole, &OF_MEASURE, [&before.measure, &one.measure, &one.measure])
    };
    let mut empty = newest.clone();
    (empty.measure.title, empty.measure.description, empty.measure.evidence) = Default::default();
    (empty.measure.risks, empty.measure.effect, empty.measure.due) = (Vec::new(), None, None);
    empty.measure.owner = domain::dpia::answer::PersonRef::default();
    let view = View {
        kind: "measure",
        number: newest.number,
        title: newest.measure.title.clone(),
        may: may_write(app, caller, &whole, &template, &newest),
        ..view(app, caller, &whole, ("measures", measure), (&past, &empty), said, errors, newest.updated_at).await?
    };
    let mut frame = whole::frame(app, &whole, &format!("History of measure M{}", view.number));
    frame.error = !view.errors.is_empty();
    page::render(app, "dpia/risks/history.html", &frame, view)
}

/// Whether the caller writes the words of a measure now.
fn may_write(app: &App, caller: &Caller, whole: &Whole, template: &Template, record: &MeasureRecord) -> bool {
    let writable = measures::writable(app, caller, whole, template);
    measures::may_write(whole, &writable, Some(&record.measure))
        && looks(app, caller, whole, template, measures::part(whole, &record.measure))
}

#[allow(clippy::too_many_arguments)]
async fn view<T: Written>(
    app: &App,
    caller: &Caller,
    whole: &Whole,
    (kind, item): (&str, Uuid),
    (past, empty): (&[Stood<T>], &T),
    said: impl Fn(&T, &T) -> Vec<Row>,
    errors: Errors,
    version: i64,
) -> Result<View, Failure> {
    // Who brought a file in did not write what it holds: it says who did.
    let first = past.last().filter(|stood| stood.action == Action::Create).and_then(|stood| stood.record.stated_by());
    let actors = past.iter().filter_map(|stood| match &stood.actor {
        Some(Actor::Person { person, .. }) => Some(*person),
        _ => None,
    });
    let people: Vec<PersonId> = actors.chain(first.map(|(person, _)| person)).collect();
    let names: BTreeMap<_, _> = whole::names(app, &caller.scope, people).await?;
    let stated = first.map(|(person, organisation)| {
        if person == UNNAMED {
            return By::unnamed();
        }
        let name = names.get(&person).cloned().unwrap_or_default();
        By { name, organisation: named(app, organisation), stated: true }
    });
    let by = |actor: &Option<Actor>| match actor {
        Some(Actor::Person { person, organisation, .. }) => Some(By {
            name: names.get(person).cloned().unwrap_or_default(),
            organisation: named(app, *organisation),
            stated: false,
        }),
        _ => None,
    };
    let states: Vec<StateOf> = past
        .iter()
        .enumerate()
        .map(|(at, stood)| {
            let before = past.get(at + 1);
            let was = before.map_or(empty, |before| &before.record);
            let lines: Vec<Line> = said(&stood.record, was)
                .into_iter()
                .filter(|row| before.is_none() && !row.theirs.is_empty() || row.before != row.theirs)
                .map(|row| Line { label: row.label, text: marks::both(&row.before, &row.theirs) })
                .collect();
            StateOf {
                sequence: stood.sequence,
                what: match (stood.action, before) {
                    (Action::Delete, _) => "removed",
                    (Action::Create, None) => "made",
                    (Action::Create, Some(_)) => "back",
                    _ if lines.is_empty() => "marked",
                    _ => "changed",
                },
                by: stated.clone().filter(|_| before.is_none()).or_else(|| by(&stood.actor)),
                at: stood.at,
                rows: lines,
                current: at == 0,
            }
        })
        .collect();
    let removed = past.first().is_some_and(|stood| stood.action == Action::Delete);
    let href = format!("/assessments/{}", whole.assessment.id);
    let own = format!("{href}/{kind}/{item}");
    Ok(View {
        here: format!("{own}/history"),
        own: (!removed).then_some(own),
        href,
        kind: "",
        number: 0,
        title: String::new(),
        states,
        removed,
        may: false,
        version: if removed { 0 } else { version },
        command: new_command(),
        errors,
        measures: Vec::new(),
    })
}
