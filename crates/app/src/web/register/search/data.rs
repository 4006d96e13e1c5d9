//! `/search.json` and `/search.csv`: what a search shows, for programs and spreadsheets.

use super::{contracts, groups};
use crate::{
    api::v1::answer,
    error::Failure,
    state::App,
    web::{
        csv,
        query::Params,
        register::{
            filters::NotUsed,
            views::{self, Named},
        },
    },
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
    /// What else the page shows of a contract; none for anything else.
    contract: Option<Details>,
}

/// A contract's row, as the API names its fields.
#[derive(Serialize)]
struct Details {
    suppliers: Vec<String>,
    supplier_state: &'static str,
    products: Vec<String>,
    term: &'static str,
    status: &'static str,
    end: Option<Date>,
    decision_date: Option<Date>,
    decision_kind: Option<&'static str>,
    decision_state: &'static str,
    decision_at_latest: bool,
    missed_date: Option<Date>,
    missed_kind: Option<&'static str>,
    value_amount: Option<String>,
    value_currency: Option<String>,
    value_basis: Option<&'static str>,
    value_withheld: Option<String>,
}

impl Details {
    fn of(contract: &ContractView<'_>) -> Self {
        let line = views::line(contract, contract.as_at());
        let names = |all: Vec<Named>| all.into_iter().map(|one| one.name).collect();
        let (next, missed, worth) = (line.decide.next, line.decide.missed, line.worth);
        let known = worth.state == "known";
        Self {
            suppliers: names(line.suppliers),
            supplier_state: line.supplier_state,
            products: names(line.products),
            term: contract.term().as_str(),
            status: contract.status().as_str(),
            end: contract.end(),
            decision_date: next.as_ref().map(|next| next.date),
            decision_kind: next.as_ref().map(|next| next.kind),
            decision_state: line.decide.state,
            decision_at_latest: next.is_some_and(|next| next.at_latest),
            missed_date: missed.as_ref().map(|missed| missed.date),
            missed_kind: missed.map(|missed| missed.kind),
            value_amount: known.then_some(worth.amount),
            value_currency: known.then_some(worth.currency),
            value_basis: known.then_some(worth.basis),
            value_withheld: (worth.state == "withheld").then_some(worth.reason),
        }
    }

    /// The cells under the last of the file's headings.
    fn cells(self) -> Vec<String> {
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let word = |word: Option<&str>| word.unwrap_or_default().to_owned();
        vec![
            self.suppliers.join("; "),
            self.supplier_state.to_owned(),
            self.products.join("; "),
            self.term.to_owned(),
            self.status.to_owned(),
            day(self.end),
            day(self.decision_date),
            word(self.decision_kind),
            self.decision_state.to_owned(),
            self.decision_at_latest.to_string(),
            day(self.missed_date),
            word(self.missed_kind),
            self.value_amount.unwrap_or_default(),
            self.value_currency.unwrap_or_default(),
            word(self.value_basis),
            self.value_withheld.unwrap_or_default(),
        ]
    }
}

/// What a file says of contracts, besides what it says of everything.
const DETAILS: [&str; 16] = [
    "suppliers",
    "supplier_state",
    "products",
    "term",
    "status",
    "end",
    "decision_date",
    "decision_kind",
    "decision_state",
    "decision_at_latest",
    "missed_date",
    "missed_kind",
    "value_amount",
    "value_currency",
    "value_basis",
    "value_withheld",
];

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
            contract: Some(Details::of(contract)),
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
            contract: None,
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
    let header = ["kind", "name", "also", "reference", "organisations", "contracts", "last_possible_end", "address"];
    let header = [header.as_slice(), DETAILS.as_slice()].concat();
    let rows = shown(&app, &app.snapshot(), &params)?.items.into_iter().map(|one| {
        let told = vec![
            one.kind,
            one.name,
            one.also.unwrap_or_default(),
            one.reference.unwrap_or_default(),
            one.organisations.join("; "),
            one.contracts.map(|count| count.to_string()).unwrap_or_default(),
            one.last_possible_end.map(|day| day.to_string()).unwrap_or_default(),
            one.address,
        ];
        [told, one.contract.map_or_else(|| vec![String::new(); DETAILS.len()], Details::cells)].concat()
    });
    Ok(csv::file("search.csv", &header, rows))
}
