//! `/products`: software and services that can be bought.

use super::{
    filters::{MEMBER, Spec},
    lists::{Kind, Order},
    records::{self, Happiness},
    views::Named,
};
use crate::{api::v1 as api, error::Failure, state::App, web::query::Params};
use axum::{extract::State, response::Response};
use domain::register::snapshot::{ListFacet, ListSort, ProductEntry, Snapshot};
use serde::Serialize;

/// The orders of products.
const ORDERS: &[Order] = &[
    ("", "name, A to Z", ListSort::Name),
    ("organisations", "organisations, most first", ListSort::Organisations),
    ("contracts", "contracts, most first", ListSort::Contracts),
    ("satisfaction", "satisfaction, highest first", ListSort::Satisfaction),
];

/// The list of products.
pub const KIND: Kind = Kind {
    section: "products",
    path: "/products",
    title: "Products",
    words: ("product", "products"),
    takes: &api::products::TAKES,
    facets: &[
        (ListFacet::ServiceArea, Spec::open("service_area", "Service area", "service areas", 7)),
        (ListFacet::Function, Spec::open("function", "Function", "functions", 6)),
        (ListFacet::Member, MEMBER),
        (ListFacet::Organisation, Spec::open("organisation", "Organisation", "organisations", 8)),
        (ListFacet::Manufacturer, Spec::open("manufacturer", "Manufacturer", "manufacturers", 6)),
        (ListFacet::Supplier, Spec::open("supplier", "Supplier", "suppliers", 6)),
    ],
    orders: ORDERS,
    template: "register/products.html",
};

#[derive(Serialize)]
struct Row {
    name: Named,
    former: Vec<String>,
    maker: Option<Named>,
    functions: Vec<Named>,
    organisations: u32,
    systems: u32,
    contracts: u32,
    happiness: Option<Happiness>,
}

fn row(snapshot: &Snapshot, entry: &ProductEntry) -> Row {
    Row {
        name: records::product(entry),
        former: entry.record.former_names.iter().map(|name| name.name.clone()).collect(),
        maker: records::maker(snapshot, entry),
        functions: records::functions(snapshot, &entry.record.functions),
        organisations: entry.organisations,
        systems: entry.systems,
        contracts: entry.contracts,
        happiness: entry.satisfaction.as_ref().map(records::happiness),
    }
}

/// The list.
///
/// # Errors
/// When a filter cannot be read, or the template fails.
pub async fn page(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    let snapshot = app.snapshot();
    let (params, not_used) = KIND.read(&params);
    let answer = snapshot.products(&KIND.query(&params)?);
    let panel = KIND.panel(&params, &answer.facets);
    let rows = answer.rows.iter().filter_map(|found| Some(row(&snapshot, snapshot.product(*found)?))).collect();
    let counts = (answer.total, u64::from(snapshot.figures().products));
    KIND.answer(&app, &params, not_used, panel, counts, rows)
}
