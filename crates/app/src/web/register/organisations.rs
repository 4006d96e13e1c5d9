//! `/organisations`: the authorities with their scores, and every other buyer met in notices.

use crate::{
    error::Failure,
    state::App,
    web::{
        page::{self, Pagination, Place, ROWS},
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
    others: Vec<Row>,
    found: usize,
    pagination: Option<Pagination>,
}

#[derive(Serialize)]
struct Row {
    href: String,
    name: String,
    formal_name: String,
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
    let q = params.one("q").unwrap_or_default().to_owned();
    let wanted: Vec<String> = q.split_whitespace().map(str::to_lowercase).collect();
    let mut entries: Vec<&OrganisationEntry> = snapshot
        .organisations()
        .iter()
        .filter(|entry| {
            let names =
                format!("{} {} {}", entry.record.name, entry.record.formal_name, entry.record.aliases.join(" ")).to_lowercase();
            wanted.iter().all(|word| names.contains(word.as_str()))
        })
        .collect();
    entries.sort_by(|a, b| a.record.name.cmp(&b.record.name));
    let (own, other): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.record.kind != OrganisationKind::Other);
    let Some(place) = Place::of(params.page(), other.len()) else {
        return Ok(Redirect::to(&params.with_page("/organisations", 1)).into_response());
    };
    let view = View {
        q,
        authorities: if place.page == 1 { own.into_iter().map(row).collect() } else { Vec::new() },
        found: other.len(),
        others: other.into_iter().skip(place.offset()).take(ROWS).map(row).collect(),
        pagination: page::pagination(&params, "/organisations", place),
    };
    let frame = page::list_frame(&app, "Organisations", "organisations", &params);
    Ok(page::render(&app, "register/organisations.html", &frame, view)?.into_response())
}
