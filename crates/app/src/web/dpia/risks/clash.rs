//! Somebody else saved a risk or a measure while one wrote: what fits is merged (`domain::dpia::risk::meet`), and what clashes is
//! shown with both versions, in the words of the page.

use super::level;
use crate::{
    error::Failure,
    state::App,
    web::{form::Form, register::edit::save::steps, repeat, session::Caller, words::day},
};
use domain::{
    dpia::{
        risk::{Assessed, Effect, Matrix, Measure, Progress, Risk, meet::Property},
        whole::Whole,
    },
    people::Scope,
    register::edit::past::{at_version, points},
};
use serde::{Serialize, de::DeserializeOwned};
use store::records::Record;
use uuid::Uuid;

/// What a page shows of a clash.
#[derive(Serialize)]
pub struct Clash {
    /// Who saved last.
    pub by: String,
    /// It was the writer, in another window.
    pub own: bool,
    /// What both changed.
    pub rows: Vec<Row>,
}

/// A property that both changed.
#[derive(Serialize)]
pub struct Row {
    /// What of it.
    pub label: &'static str,
    /// What it was.
    pub before: String,
    /// What somebody else made of it.
    pub theirs: String,
    /// What the writer made of it.
    pub yours: String,
}

/// How the result of a command names the version that it made, at the end of the record's address.
const VERSION: &str = "#version-";

/// The result of a command that saved a record at its address.
#[must_use]
pub fn saved(address: &str, version: i64) -> String {
    format!("{address}{VERSION}{version}")
}

/// The version that the writer of a form began with. What the same form saved before, with other words, is where its writer went on
/// from: nobody clashes with themselves because a reply never came.
///
/// # Errors
/// For a form without a version.
pub async fn began(app: &App, caller: &Caller, form: &Form, command: Uuid) -> Result<i64, Failure> {
    let said = app.store.sent_before(&caller.scope, command).await?;
    match said.as_deref().map(repeat::address).and_then(|said| said.rsplit_once(VERSION)?.1.parse().ok()) {
        Some(version) => Ok(version),
        None => form.version(),
    }
}

/// A record as it was at the version that a writer began with; `updated_at` is that of the record as it stands.
///
/// # Errors
/// For a version that is none of the record's own.
pub async fn base<R: Record + Clone + Serialize + DeserializeOwned>(
    app: &App,
    record: &R,
    updated_at: i64,
    version: i64,
) -> Result<R, Failure> {
    if version == updated_at {
        return Ok(record.clone());
    }
    // Who may write the record may know what it said before; the page has asked.
    let server = Scope::Job { name: "risks".to_owned() };
    let changes = app.store.history_of(&server, record).await?;
    let current = serde_json::to_value(record)?;
    let points = points(Some(&current), &steps(&changes));
    at_version(&points, version)
        .and_then(|state| serde_json::from_value(state.clone()).ok())
        .ok_or_else(|| Failure::form("The form is out of date: open its page again."))
}

/// What clashes in a risk.
#[must_use]
pub fn of_risk(matrix: &Matrix, properties: &[Property], versions: [&Risk; 3]) -> Vec<Row> {
    rows(properties, versions, |property, risk| match property {
        Property::Title => risk.title.clone(),
        Property::Description => risk.description.clone(),
        Property::Before => rating(matrix, &risk.inherent),
        _ => rating(matrix, &risk.residual),
    })
}

/// What clashes in a measure.
#[must_use]
pub fn of_measure(whole: &Whole, properties: &[Property], versions: [&Measure; 3]) -> Vec<Row> {
    rows(properties, versions, |property, measure| match property {
        Property::Title => measure.title.clone(),
        Property::Description => measure.description.clone(),
        Property::Risks => {
            let of = whole.risks.iter().filter(|record| measure.risks.contains(&record.risk.id));
            of.map(|record| format!("R{}. {}", record.number, record.risk.title)).collect::<Vec<_>>().join("; ")
        }
        Property::Effect => measure.effect.map_or("", effect).to_owned(),
        Property::Owner => {
            let parts = [&measure.owner.name, &measure.owner.post];
            parts.into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(", ")
        }
        Property::Due => measure.due.map(day).unwrap_or_default(),
        Property::Progress => progress(measure.progress).to_owned(),
        _ => measure.evidence.clone(),
    })
}

fn rows<T>(properties: &[Property], [before, theirs, yours]: [&T; 3], words: impl Fn(Property, &T) -> String) -> Vec<Row> {
    let row = |property: &Property| Row {
        label: label(*property),
        before: words(*property, before),
        theirs: words(*property, theirs),
        yours: words(*property, yours),
    };
    properties.iter().map(row).collect()
}

fn label(property: Property) -> &'static str {
    match property {
        Property::Title => "In a line",
        Property::Description => "The text",
        Property::Before => "Before measures",
        Property::After => "After measures",
        Property::Risks => "Against which risks",
        Property::Effect => "What it does to them",
        Property::Owner => "Who sees to it",
        Property::Due => "By when",
        Property::Progress => "How far it is",
        Property::Evidence => "What shows it",
    }
}

fn rating(matrix: &Matrix, assessed: &Assessed) -> String {
    let step = |steps: &[domain::dpia::risk::Step], id: &str| {
        steps.iter().find(|step| step.id == id).map_or_else(|| id.to_owned(), |step| step.label.clone())
    };
    let Some(rating) = &assessed.rating else { return "not rated".to_owned() };
    let words = level(matrix, assessed);
    let (likelihood, severity) = (step(&matrix.likelihood, &rating.likelihood), step(&matrix.severity, &rating.severity));
    match words.reason {
        Some(reason) => format!("{likelihood}, {severity}: {}, set by hand: {reason}", words.label),
        None => format!("{likelihood}, {severity}: {}", words.label),
    }
}

/// What a measure does to its risks, as its form says it.
fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Eliminated => "They cannot happen any more",
        Effect::Reduced => "They are less likely, or less severe",
        Effect::Accepted => "They stay, and that is accepted",
    }
}

/// How far a measure is, in words.
fn progress(progress: Progress) -> &'static str {
    match progress {
        Progress::Planned => "Planned",
        Progress::UnderWay => "Under way",
        Progress::Done => "Done",
        Progress::Dropped => "It will not be done",
    }
}
