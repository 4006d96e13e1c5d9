//! `/organisations`: the authorities with their scores, and every other buyer met in notices.

use super::filters::{self, NotUsed};
use crate::{
    api::v1::organisations,
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
use domain::register::{records::OrganisationKind, snapshot::OrganisationEntry};
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
    /// Whether the list is filtered at all.
    filtered: bool,
    not_used: NotUsed,
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

/// The list.
///
/// # Errors
/// When the template fails.
pub async fn page(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    let snapshot = app.snapshot();
    let (params, not_used) = NotUsed::of(&params, organisations::FILTERS);
    // The API has no pages of ours, and every other parameter means the same to it.
    let data = filters::data(&params).besides("sort");
    let q = params.one("q").unwrap_or_default().to_owned();
    let members_only = params.one("member") == Some("yes");
    let is_member = |entry: &&OrganisationEntry| entry.record.is_member(snapshot.as_at());
    let members: Vec<&OrganisationEntry> = snapshot.organisations().iter().filter(is_member).collect();
    let covered = members.iter().filter(|entry| entry.systems > 0 || entry.contracts > 0).count();
    let entries = organisations::Wanted::read(&data)?.entries(&snapshot);
    let all = entries.len() as u64;
    let (own, other): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.record.kind != OrganisationKind::Other);
    let Some(place) = Place::of(params.page(), other.len()) else {
        return Ok(Redirect::to(&params.without_such_page("/organisations")).into_response());
    };
    let authorities: Vec<Row> = if place.page == 1 { own.into_iter().map(row).collect() } else { Vec::new() };
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
        get: page::get_as(&data, "organisations", all),
        filtered: data.pairs().next().is_some(),
        not_used,
    };
    let mut frame = page::list_frame(&app, "Organisations", "organisations", &data, all);
    frame.title = params.titled("Organisations");
    Ok(page::render(&app, "register/organisations.html", &frame, view)?.into_response())
}
