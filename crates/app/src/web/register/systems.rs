//! `/systems`: products in use at organisations.

use super::{
    filters::{MEMBER, Spec},
    lists::{Kind, Order},
    records,
};
use crate::{api::v1 as api, error::Failure, state::App, web::query::Params};
use axum::{extract::State, response::Response};
use domain::register::{
    completeness::Fix,
    snapshot::{ListFacet, ListSort},
};

/// The orders of systems.
const ORDERS: &[Order] = &[
    ("", "product, A to Z", ListSort::Name),
    ("organisation", "organisation, A to Z", ListSort::Organisation),
    ("users", "users, most first", ListSort::Users),
];

/// The list of systems.
pub const KIND: Kind = Kind {
    section: "systems",
    path: "/systems",
    title: "Systems",
    words: ("system", "systems"),
    takes: &api::systems::TAKES,
    facets: &[
        (ListFacet::ServiceArea, Spec::open("service_area", "Service area", "service areas", 7)),
        (ListFacet::Member, MEMBER),
        (ListFacet::Organisation, Spec::open("organisation", "Organisation", "organisations", 8)),
        (ListFacet::Function, Spec::open("function", "Function", "functions", 6)),
        (ListFacet::Product, Spec::open("product", "Product", "products", 6)),
        (ListFacet::Manufacturer, Spec::open("manufacturer", "Manufacturer", "manufacturers", 6)),
        (ListFacet::Supplier, Spec::open("supplier", "Supplier", "suppliers", 6)),
    ],
    orders: ORDERS,
    template: "register/systems.html",
};

/// The filter that leads from an organisation's score to the systems whose records want something.
const MISSING: &str = "missing";

/// The list.
///
/// # Errors
/// When a filter cannot be read, or the template fails.
pub async fn page(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    let snapshot = app.snapshot();
    let (params, not_used) = KIND.read(&params);
    let query = KIND.query(&params)?;
    let answer = snapshot.systems(&query);
    let panel = KIND.panel_with(&params, &answer.facets, |builder| {
        builder.other(MISSING, "Missing", |name| missing(name).to_owned());
    });
    let rows = answer.rows.iter().filter_map(|row| records::usage(&snapshot, snapshot.system(*row)?)).collect();
    let counts = (answer.total, u64::from(snapshot.figures().systems));
    KIND.answer(&app, &params, not_used, panel, counts, rows)
}

/// What is missing from a system's record, in words.
fn missing(name: &str) -> &str {
    match Fix::parse(name) {
        Some(Fix::SystemFunction) => "its function",
        Some(Fix::SystemContract) => "its contract",
        Some(Fix::SystemUsers) => "how many people use it",
        Some(Fix::SystemHosting) => "where it is hosted",
        Some(Fix::SystemConfirmed) => "a confirmation in the last year",
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_gap_of_systems_has_words() {
        for fix in Fix::ALL.into_iter().filter(|fix| fix.of_systems()) {
            assert_ne!(missing(fix.as_str()), fix.as_str());
        }
    }

    #[test]
    fn the_filters_of_a_list_and_of_its_question_are_the_same() {
        let params = Params::parse("organisation=camden&supplier=a&supplier=b").unwrap();
        assert_eq!(params.list_filters().supplier, ["a", "b"]);
    }
}
