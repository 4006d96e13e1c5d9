//! `/organisations`: the authorities with their scores, and every other buyer met in notices.

use super::filters;
use crate::{
    api::v1::answer,
    error::Failure,
    state::App,
    web::{
        page::{self, GetAs, Pagination, Place, ROWS},
        query::Params,
    },
};
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use domain::register::{
    records::{Organisation, OrganisationKind},
    snapshot::OrganisationEntry,
};
use serde::Serialize;

#[derive(Serialize)]
struct View {
    q: String,
    authorities: Vec<Row>,
    /// How many authorities have a system or a contract here.
    recorded: usize,
    /// Members of the network today, and how many of them have a record: the network's coverage.
    members: usize,
    covered: usize,
    /// Whether only members are asked for.
    members_only: bool,
    /// This page's other buyers, and how many there are on all pages.
    others: Vec<Row>,
    found: usize,
    pagination: Option<Pagination>,
    get: Vec<GetAs>,
}

#[derive(Serialize)]
struct Row {
    href: String,
    name: String,
    formal_name: String,
    /// Whether it has a system or a contract here; without one, zeros would say more than is known.
    recorded: bool,
    score: Option<u8>,
    systems: u32,
    contracts: u32,
}

fn row(entry: &OrganisationEntry) -> Row {
    let recorded = entry.systems > 0 || entry.contracts > 0;
    Row {
        href: format!("/organisations/{}", entry.record.slug),
        name: entry.record.name.clone(),
        formal_name: entry.record.formal_name.clone(),
        recorded,
        score: entry.completeness.points.filter(|_| recorded),
        systems: entry.systems,
        contracts: entry.contracts,
    }
}

/// Whether each word begins a word of an organisation's names, as the API reads `q`.
fn named(record: &Organisation, wanted: &[String]) -> bool {
    let own = answer::words(&format!("{} {} {}", record.name, record.formal_name, record.aliases.join(" ")));
    wanted.iter().all(|word| own.iter().any(|name| name.starts_with(word.as_str())))
}

/// The list.
///
/// # Errors
/// When the template fails.
pub async fn page(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    let snapshot = app.snapshot();
    let q = params.one("q").unwrap_or_default().to_owned();
    let wanted = answer::words(&q);
    let members_only = params.one("member") == Some("yes");
    let is_member = |entry: &&OrganisationEntry| entry.record.is_member(snapshot.as_at());
    let members: Vec<&OrganisationEntry> = snapshot.organisations().iter().filter(is_member).collect();
    let covered = members.iter().filter(|entry| entry.systems > 0 || entry.contracts > 0).count();
    let mut entries: Vec<&OrganisationEntry> = snapshot
        .organisations()
        .iter()
        .filter(|entry| named(&entry.record, &wanted) && (!members_only || is_member(entry)))
        .collect();
    entries.sort_by(|a, b| a.record.name.cmp(&b.record.name));
    let (own, other): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.record.kind != OrganisationKind::Other);
    let Some(place) = Place::of(params.page(), other.len()) else {
        return Ok(Redirect::to(&params.with_page("/organisations", 1)).into_response());
    };
    let authorities: Vec<Row> = if place.page == 1 { own.into_iter().map(row).collect() } else { Vec::new() };
    // The API has no pages of ours, and every other parameter means the same to it.
    let data = filters::data(&params);
    let view = View {
        q,
        members: members.len(),
        covered,
        members_only,
        recorded: authorities.iter().filter(|row| row.recorded).count(),
        authorities,
        found: other.len(),
        others: other.into_iter().skip(place.offset()).take(ROWS).map(row).collect(),
        pagination: page::pagination(&params, "/organisations", place),
        get: page::get_as(&data, "organisations"),
    };
    let mut frame = page::list_frame(&app, "Organisations", "organisations", &data);
    frame.title = params.titled("Organisations");
    Ok(page::render(&app, "register/organisations.html", &frame, view)?.into_response())
}
