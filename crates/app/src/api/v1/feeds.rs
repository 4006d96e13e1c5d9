//! Lists as feeds (`.atom`): the records that changed last under the list's filters, and the history of one contract. The words
//! stand in `templates/register/feed.txt`. Organisations are named, people never.

use super::{
    planned_procurements,
    request::{self, Contracts},
    systems,
};
use crate::{
    error::Failure,
    state::App,
    web::{
        query::Params,
        register::history::{field_words, is_shown},
    },
};
use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::Response,
};
use documents::atom::{Entry, Feed};
use domain::{
    audit::Action,
    people::Scope,
    register::ids::{ContractId, OrganisationId},
};
use jiff::{Timestamp, civil::Date};
use minijinja::context;
use serde::Serialize;
use serde_json::Value as Json;
use std::cmp::Reverse;

/// Entries of one feed.
const ENTRIES: usize = 50;

/// What the template says a record's words from.
#[derive(Debug, Default, Serialize)]
struct Words<'w> {
    kind: &'static str,
    end: Option<Date>,
    decide: Option<Date>,
    at_latest: bool,
    suppliers: Vec<&'w str>,
    functions: Vec<&'w str>,
    stage: &'w str,
}

/// The contracts that changed last.
///
/// # Errors
/// When a parameter cannot be read.
pub async fn contracts(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    request::whole(&params)?;
    let Contracts { filters, sort } = Contracts::read(&params)?;
    let snapshot = app.snapshot();
    let mut views: Vec<_> = snapshot.all_contracts(&filters, sort).map(|row| snapshot.contract(row)).collect();
    latest(&mut views, |view| (Reverse(view.updated_at()), view.id()));
    let mut entries = Vec::new();
    for view in views {
        let words = Words {
            kind: "contract",
            end: view.last_possible_end(),
            decide: view.decision_date(),
            at_latest: view.decision_at_latest(),
            suppliers: view.suppliers().map(|entry| entry.record.name.as_str()).collect(),
            ..Words::default()
        };
        let organisation = view.organisations().next().map_or("", |entry| entry.record.name.as_str());
        let place = format!("/contracts/{}", view.id());
        entries.push(entry(&app, &place, view.title(), organisation, view.updated_at(), &words)?);
    }
    answer(&app, "contracts that changed last", "/contracts", "/api/v1/contracts.atom", &params, entries)
}

/// The planned procurements that changed last.
///
/// # Errors
/// When a parameter cannot be read.
pub async fn planned(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    request::whole(&params)?;
    let snapshot = app.snapshot();
    let rows = planned_procurements::Wanted::read(&params)?.of(&snapshot);
    let mut records: Vec<_> =
        rows.into_iter().filter_map(|row| snapshot.planned_procurement(row)).map(|entry| &entry.record).collect();
    latest(&mut records, |record| (Reverse(record.updated_at), record.id));
    let mut entries = Vec::new();
    for record in records {
        let words = Words { kind: "planned-procurement", end: record.closes, stage: &record.stage, ..Words::default() };
        let place = format!("/planned-procurements/{}", record.id);
        let organisation = organisation(&snapshot, record.organisation);
        entries.push(entry(&app, &place, &record.title, organisation, record.updated_at, &words)?);
    }
    let path = "/planned-procurements";
    answer(&app, "planned procurements that changed last", path, "/api/v1/planned-procurements.atom", &params, entries)
}

/// The systems that changed last.
///
/// # Errors
/// When a parameter cannot be read.
pub async fn systems(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    request::whole(&params)?;
    let snapshot = app.snapshot();
    let rows = systems::Wanted::read(&params)?.of(&snapshot);
    let mut records: Vec<_> = rows.into_iter().filter_map(|row| snapshot.system(row)).map(|entry| &entry.record).collect();
    latest(&mut records, |record| (Reverse(record.last_public_change()), record.id));
    let mut entries = Vec::new();
    for record in records {
        let functions = record.functions.iter().filter_map(|id| snapshot.function(snapshot.function_by_id(*id)?));
        let words =
            Words { kind: "system", functions: functions.map(|entry| entry.record.name.as_str()).collect(), ..Words::default() };
        let product = snapshot.product_by_id(record.product).and_then(|row| snapshot.product(row));
        let name = product.map_or("", |entry| entry.record.name.as_str());
        let organisation = organisation(&snapshot, record.organisation);
        entries.push(entry(&app, &format!("/systems/{}", record.id), name, organisation, record.last_public_change(), &words)?);
    }
    answer(&app, "systems that changed last", "/systems", "/api/v1/systems.atom", &params, entries)
}

/// The history of one contract.
///
/// # Errors
/// Not found for an id that is not there.
pub async fn contract(app: &App, id: &str) -> Result<Response, Failure> {
    let id: ContractId = id.parse().map_err(|_| Failure::not_found())?;
    let snapshot = app.snapshot();
    let view = snapshot.contract(snapshot.contract_by_id(id).ok_or_else(Failure::not_found)?);
    let organisation = view.organisations().next().map_or("", |entry| entry.record.name.as_str());
    let page = format!("/contracts/{id}");
    let mut entries = Vec::new();
    for change in app.store.history(&Scope::Public, id.0).await? {
        let fields: Vec<&str> = match (change.action, &change.content) {
            (Action::Update, Some(Json::Object(fields))) => {
                fields.keys().map(String::as_str).filter(|name| is_shown(name)).map(field_words).collect()
            }
            _ => Vec::new(),
        };
        if change.action == Action::Update && fields.is_empty() {
            continue;
        }
        let words = crate::web::register::changes::done(change.action.as_str());
        entries.push(Entry {
            id: format!("{}{page}#{}", app.publication.url, change.sequence),
            title: format!("{} ({words})", view.title()),
            updated: instant(change.at),
            url: format!("{}{page}", app.publication.url),
            summary: fields.join(", "),
            author_name: organisation.to_owned(),
        });
    }
    answer(app, view.title(), &page, &format!("/api/v1/contracts/{id}.atom"), &Params::default(), entries)
}

/// Keeps those that come first by a key, in its order.
fn latest<T, K: Ord>(all: &mut Vec<T>, key: impl Fn(&T) -> K) {
    if all.len() > ENTRIES {
        all.select_nth_unstable_by_key(ENTRIES, &key);
        all.truncate(ENTRIES);
    }
    all.sort_by_key(key);
}

fn organisation(snapshot: &domain::register::snapshot::Snapshot, id: OrganisationId) -> &str {
    let entry = snapshot.organisation_by_id(id).and_then(|row| snapshot.organisation(row));
    entry.map_or("", |entry| entry.record.name.as_str())
}

fn instant(at: i64) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn entry(app: &App, place: &str, title: &str, organisation: &str, updated_at: i64, words: &Words<'_>) -> Result<Entry, Failure> {
    let summary = app.templates.get_template("register/feed.txt")?.render(context! { entry => govuk::value(words) })?;
    let url = format!("{}{place}", app.publication.url);
    Ok(Entry {
        id: format!("{url}#{updated_at}"),
        title: format!("{title} ({organisation})"),
        updated: instant(updated_at),
        url,
        summary: summary.trim().to_owned(),
        author_name: organisation.to_owned(),
    })
}

fn answer(app: &App, name: &str, page: &str, path: &str, params: &Params, entries: Vec<Entry>) -> Result<Response, Failure> {
    let url = &app.publication.url;
    let own = format!("{url}{}", params.at(path));
    let feed = Feed {
        id: own.clone(),
        title: format!("City Tools: {name}"),
        updated: entries.first().map_or(Timestamp::UNIX_EPOCH, |entry| entry.updated),
        self_url: own,
        html_url: format!("{url}{}", params.at(page)),
        entries,
    };
    let mut response = Response::new(feed.to_string().into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/atom+xml; charset=utf-8"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    Ok(response)
}
