//! `/systems`: products in use at organisations.

use super::{
    filters::{Builder, Panel, Spec},
    lists::{Kind, Order},
    records,
};
use crate::{
    error::Failure,
    state::App,
    web::{page, query::Params},
};
use axum::{extract::State, response::Response};
use domain::register::{
    completeness::Fix,
    snapshot::{ListFacet, ListQuery, ListSort, Snapshot, SystemRow},
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
    facets: &[
        (ListFacet::ServiceArea, Spec::open("service_area", "Service area", "service areas", 7)),
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
    let query = KIND.query(&params)?;
    let (found, rows, panel) = if params.one(MISSING).is_some() {
        wanting(&snapshot, &params, query)
    } else {
        let answer = snapshot.systems(&query);
        let panel = KIND.panel(&params, &answer.facets);
        (answer.total, answer.rows, panel)
    };
    let rows = rows.iter().filter_map(|row| records::usage(&snapshot, snapshot.system(*row)?)).collect();
    KIND.answer(&app, &params, panel, found, u64::from(snapshot.figures().systems), rows)
}

/// Systems whose records want something. The snapshot has no such filter, so the rows are tried one by one; the other
/// filters show as tags, without counts.
fn wanting(snapshot: &Snapshot, params: &Params, query: ListQuery) -> (u64, Vec<SystemRow>, Panel) {
    let fixes: Vec<Fix> = params.all(MISSING).filter_map(Fix::parse).filter(|fix| fix.of_systems()).collect();
    let offset = query.offset;
    let all = snapshot.systems(&ListQuery { facets: Vec::new(), limit: usize::MAX, offset: 0, ..query });
    let wants = |row: &SystemRow| fixes.iter().any(|fix| snapshot.system_gaps(*row).has(*fix));
    let found: Vec<SystemRow> = all.rows.into_iter().filter(wants).collect();
    let mut builder = Builder::new(params, KIND.path);
    builder.other(MISSING, "Missing", |name| missing(name).to_owned());
    for (facet, spec) in KIND.facets {
        builder.other(spec.name, spec.legend, |value| label(snapshot, *facet, value));
    }
    let total = found.len() as u64;
    (total, found.into_iter().skip(offset).take(page::ROWS).collect(), builder.finish(&["sort"]))
}

/// A filter's value as people read it; as it stands where nothing has it.
fn label(snapshot: &Snapshot, facet: ListFacet, value: &str) -> String {
    let name = match facet {
        ListFacet::Organisation => {
            snapshot.organisation_by_slug(value).and_then(|row| snapshot.organisation(row)).map(|e| &e.record.name)
        }
        ListFacet::ServiceArea => snapshot.area_by_slug(value).and_then(|row| snapshot.area(row)).map(|e| &e.record.name),
        ListFacet::Function => snapshot.function_by_slug(value).and_then(|row| snapshot.function(row)).map(|e| &e.record.name),
        ListFacet::Product => value
            .parse()
            .ok()
            .and_then(|id| snapshot.product_by_id(id))
            .and_then(|row| snapshot.product(row))
            .map(|e| &e.record.name),
        ListFacet::Supplier | ListFacet::Manufacturer => value
            .parse()
            .ok()
            .and_then(|id| snapshot.supplier_by_id(id))
            .and_then(|row| snapshot.supplier(row))
            .map(|e| &e.record.name),
    };
    name.map_or_else(|| value.to_owned(), Clone::clone)
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
        assert_eq!(super::super::lists::list_filters(&params).supplier, ["a", "b"]);
    }
}
