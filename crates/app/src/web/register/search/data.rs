//! `/search.json` and `/search.csv`: what a search shows, for programs and spreadsheets.

use super::{contracts, groups};
use crate::{
    api::v1::answer,
    error::Failure,
    state::App,
    web::{csv, query::Params, register::filters::NotUsed},
};
use axum::{extract::State, response::Response};
use domain::register::snapshot::{ContractView, Snapshot};
use jiff::civil::Date;
use serde::Serialize;

/// Something that was found.
#[derive(Serialize)]
struct Item {
    /// `products`, `suppliers`, `organisations`, `functions`, `contracts`.
    kind: String,
    name: String,
    /// The name that was met, where it is not the one shown.
    also: Option<String>,
    /// A contract's reference.
    reference: Option<String>,
    /// Whose contract it is.
    organisations: Vec<String>,
    /// How many contracts there are with it; none for a contract.
    contracts: Option<u32>,
    last_possible_end: Option<Date>,
    /// Its page.
    address: String,
}

impl Item {
    fn contract(app: &App, contract: &ContractView<'_>) -> Self {
        Self {
            kind: "contracts".to_owned(),
            name: contract.title().to_owned(),
            also: None,
            reference: contract.reference().map(str::to_owned),
            organisations: contract.organisations().map(|entry| entry.record.name.clone()).collect(),
            contracts: None,
            last_possible_end: contract.last_possible_end(),
            address: format!("{}/contracts/{}", app.public_url, contract.id()),
        }
    }
}

/// How many there are of a kind, shown or not.
#[derive(Serialize)]
struct Total {
    kind: String,
    total: u64,
}

#[derive(Serialize)]
struct List {
    items: Vec<Item>,
    totals: Vec<Total>,
}

fn shown(app: &App, snapshot: &Snapshot, asked: &Params) -> Result<List, Failure> {
    let params = NotUsed::none(asked, &["q"])?;
    let q = params.one("q").unwrap_or_default();
    let (mut items, mut totals) = (Vec::new(), Vec::new());
    if q.is_empty() {
        return Ok(List { items, totals });
    }
    for group in groups(snapshot, q) {
        let kind = group.title.to_lowercase();
        items.extend(group.hits.into_iter().map(|hit| Item {
            kind: kind.clone(),
            name: hit.link.name,
            also: hit.met_as,
            reference: None,
            organisations: Vec::new(),
            contracts: Some(hit.contracts),
            last_possible_end: None,
            address: format!("{}{}", app.public_url, hit.link.href),
        }));
        totals.push(Total { kind, total: group.total });
    }
    let found = contracts(snapshot, q);
    items.extend(found.rows.iter().map(|row| Item::contract(app, &snapshot.contract(*row))));
    if found.total > 0 {
        totals.push(Total { kind: "contracts".to_owned(), total: found.total });
    }
    Ok(List { items, totals })
}

/// As JSON.
///
/// # Errors
/// When the address asks for what is no part of a search.
pub async fn json(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    answer::json(&shown(&app, &app.snapshot(), &params)?)
}

/// As CSV.
///
/// # Errors
/// As for [`json`].
pub async fn csv(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    const HEADER: &[&str] = &["kind", "name", "also", "reference", "organisations", "contracts", "last_possible_end", "address"];
    let rows = shown(&app, &app.snapshot(), &params)?.items.into_iter().map(|one| {
        vec![
            one.kind,
            one.name,
            one.also.unwrap_or_default(),
            one.reference.unwrap_or_default(),
            one.organisations.join("; "),
            one.contracts.map(|count| count.to_string()).unwrap_or_default(),
            one.last_possible_end.map(|day| day.to_string()).unwrap_or_default(),
            one.address,
        ]
    });
    Ok(csv::file("search.csv", HEADER, rows))
}
