//! Lists as calendars (`.ics`): for each contract the days by which someone must decide and its last possible end, for each
//! planned procurement the day on which offers close. The words stand in `templates/register/calendar.txt`.

use super::{
    planned_procurements,
    request::{self, Contracts},
};
use crate::{error::Failure, state::App, web::query::Params};
use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::Response,
};
use documents::ics::{Calendar, Event};
use domain::register::{
    ids::ContractId,
    snapshot::{ContractView, Snapshot, Sort},
    terms::{Decision, Status},
};
use jiff::{Timestamp, civil::Date};
use minijinja::context;
use serde::Serialize;

/// Records of one calendar: those that end soonest. Calendar programs do badly with more.
pub const MOST: usize = 5000;

/// The second that event numbers count from: 1 January 2020.
const NUMBERED_FROM: i64 = 1_577_836_800;

/// What the template says an event's words from.
#[derive(Debug, Serialize)]
struct Words<'w> {
    what: &'static str,
    title: &'w str,
    organisation: &'w str,
    reference: Option<&'w str>,
    suppliers: Vec<&'w str>,
    exit: Option<Date>,
    missed: bool,
    at_latest: bool,
}

/// Contracts as a calendar.
///
/// # Errors
/// When a parameter cannot be read.
pub async fn contracts(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    let limit = request::whole(&params)?.unwrap_or(MOST).min(MOST);
    let Contracts { filters, .. } = Contracts::read(&params)?;
    let snapshot = app.snapshot();
    let mut events = Vec::new();
    let running = |view: &ContractView<'_>| view.status() != Status::Ended;
    for view in snapshot.all_contracts(&filters, Sort::Ends).map(|row| snapshot.contract(row)).filter(running).take(limit) {
        of_contract(&app, view, &mut events)?;
    }
    answer(&app, "contracts", "/api/v1/contracts.ics", &params, events)
}

/// One contract as a calendar.
///
/// # Errors
/// Not found for an id that is not there.
pub fn contract(app: &App, id: &str) -> Result<Response, Failure> {
    let id: ContractId = id.parse().map_err(|_| Failure::not_found())?;
    let snapshot = app.snapshot();
    let row = snapshot.contract_by_id(id).ok_or_else(Failure::not_found)?;
    let mut events = Vec::new();
    of_contract(app, snapshot.contract(row), &mut events)?;
    answer(app, "contract", &format!("/api/v1/contracts/{id}.ics"), &Params::default(), events)
}

/// Planned procurements as a calendar.
///
/// # Errors
/// When a parameter cannot be read.
pub async fn planned(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    let limit = request::whole(&params)?.unwrap_or(MOST).min(MOST);
    let snapshot = app.snapshot();
    let mut events = Vec::new();
    for row in planned_procurements::Wanted::read(&params)?.of(&snapshot).into_iter().take(limit) {
        let Some(record) = snapshot.planned_procurement(row).map(|entry| &entry.record) else { continue };
        let Some(closes) = record.closes else { continue };
        let words = Words {
            what: "closes",
            title: &record.title,
            organisation: organisation(&snapshot, record.organisation),
            reference: record.reference.as_deref(),
            suppliers: Vec::new(),
            exit: None,
            missed: false,
            at_latest: false,
        };
        let place = Place { section: "planned-procurements", id: record.id.to_string(), updated_at: record.updated_at };
        events.push(event(&app, &place, 0, closes, &words)?);
    }
    answer(&app, "planned procurements", "/api/v1/planned-procurements.ics", &params, events)
}

fn organisation(snapshot: &Snapshot, id: domain::register::ids::OrganisationId) -> &str {
    let entry = snapshot.organisation_by_id(id).and_then(|row| snapshot.organisation(row));
    entry.map_or("", |entry| entry.record.name.as_str())
}

/// The record that an event is about.
struct Place {
    section: &'static str,
    id: String,
    updated_at: i64,
}

fn of_contract(app: &App, view: ContractView<'_>, events: &mut Vec<Event>) -> Result<(), Failure> {
    let place = Place { section: "contracts", id: view.id().to_string(), updated_at: view.updated_at() };
    let words = |what: &'static str, decision: Option<&Decision>| Words {
        what,
        title: view.title(),
        organisation: view.organisations().next().map_or("", |entry| entry.record.name.as_str()),
        reference: view.reference(),
        suppliers: view.suppliers().map(|entry| entry.record.name.as_str()).collect(),
        exit: decision.map(|decision| decision.exit),
        missed: decision.is_some_and(|decision| decision.missed),
        at_latest: decision.is_some_and(|decision| decision.at_latest),
    };
    let outlook = view.outlook();
    let mut met: Vec<&'static str> = Vec::new();
    for decision in &outlook.decisions {
        let what = decision.kind.as_str();
        let number = met.iter().filter(|kind| **kind == what).count();
        met.push(what);
        events.push(event(app, &place, number, decision.date, &words(what, Some(decision)))?);
    }
    if let Some(end) = outlook.last_possible_end {
        events.push(event(app, &place, 0, end, &words("last-possible-end", None))?);
    }
    Ok(())
}

/// An event under an identifier that stays when its day changes. Its number is the second of the record's last change, so that
/// it only ever goes up.
fn event(app: &App, place: &Place, number: usize, date: Date, words: &Words<'_>) -> Result<Event, Failure> {
    let text = app.templates.get_template("register/calendar.txt")?.render(context! { event => govuk::value(words) })?;
    let (summary, description) = text.trim().split_once('\n').unwrap_or((text.trim(), ""));
    let url = &app.publication.url;
    let host = url.split("://").last().unwrap_or_default();
    Ok(Event {
        uid: format!("{}-{}-{number}@{host}", place.id, words.what),
        date,
        summary: summary.to_owned(),
        description: description.to_owned(),
        url: format!("{url}/{}/{}", place.section, place.id),
        sequence: u32::try_from(place.updated_at / 1000 - NUMBERED_FROM).unwrap_or(0),
        stamp: Timestamp::from_millisecond(place.updated_at).unwrap_or(Timestamp::UNIX_EPOCH),
    })
}

fn answer(app: &App, name: &str, path: &str, params: &Params, events: Vec<Event>) -> Result<Response, Failure> {
    let source_url = format!("{}{}", app.publication.url, params.at(path));
    let calendar = Calendar { name: format!("City Tools: {name}"), source_url, events };
    let mut response = Response::new(calendar.to_string().into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    Ok(response)
}
