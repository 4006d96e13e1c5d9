//! `/suppliers`: who holds contracts, makes products or sells them.

use super::{
    filters::{MEMBER, Spec},
    lists::{Kind, Order},
    views::Named,
};
use crate::{api::v1 as api, error::Failure, state::App, web::query::Params};
use axum::{extract::State, response::Response};
use domain::register::snapshot::{ListFacet, ListSort, SupplierEntry};
use serde::Serialize;

/// The orders of suppliers.
const ORDERS: &[Order] = &[
    ("", "name, A to Z", ListSort::Name),
    ("contracts", "contracts, most first", ListSort::Contracts),
    ("organisations", "organisations, most first", ListSort::Organisations),
];

/// The list of suppliers.
pub const KIND: Kind = Kind {
    section: "suppliers",
    path: "/suppliers",
    title: "Suppliers",
    words: ("supplier", "suppliers"),
    takes: &api::suppliers::TAKES,
    facets: &[
        (ListFacet::Member, MEMBER),
        (ListFacet::Organisation, Spec::open("organisation", "Organisation", "organisations", 8)),
        (ListFacet::ServiceArea, Spec::open("service_area", "Service area", "service areas", 7)),
        (ListFacet::Function, Spec::open("function", "Function", "functions", 6)),
        (ListFacet::Product, Spec::open("product", "Product", "products", 6)),
    ],
    orders: ORDERS,
    template: "register/suppliers.html",
};

#[derive(Serialize)]
struct Row {
    name: Named,
    /// Names under which it stands besides.
    others: Vec<String>,
    number: Option<String>,
    contracts: u32,
    organisations: u32,
    makes: u32,
}

fn row(entry: &SupplierEntry) -> Row {
    let record = &entry.record;
    Row {
        name: Named::new(&*record.name, "suppliers", record.id),
        others: record.names.iter().map(|name| name.name.clone()).filter(|name| *name != record.name).collect(),
        number: record.identifiers.iter().find(|one| one.scheme == "GB-COH").map(|one| one.id.clone()),
        contracts: entry.contracts,
        organisations: entry.organisations,
        makes: entry.as_manufacturer,
    }
}

/// The list.
///
/// # Errors
/// When a filter cannot be read, or the template fails.
pub async fn page(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    let snapshot = app.snapshot();
    let (params, not_used) = KIND.read(&params);
    let answer = snapshot.suppliers(&KIND.query(&params)?);
    let panel = KIND.panel(&params, &answer.facets);
    let rows = answer.rows.iter().filter_map(|found| snapshot.supplier(*found)).map(row).collect();
    let counts = (answer.total, u64::from(snapshot.figures().suppliers));
    KIND.answer(&app, &params, not_used, panel, counts, rows)
}
