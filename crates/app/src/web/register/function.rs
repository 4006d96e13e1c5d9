//! `/functions/{slug}`: who runs what for one function, and until when.

use super::{
    records::{self, Happiness, Use},
    views::{self, Line, Named},
};
use crate::{error::Failure, state::App, web::page};
use axum::{
    extract::{Path, State},
    response::Html,
};
use domain::register::snapshot::{ContractQuery, Filters, ProductQuery, SystemQuery};
use serde::Serialize;

/// Rows of each table.
const MOST: usize = 100;

#[derive(Serialize)]
struct View {
    name: String,
    slug: String,
    area: Option<Named>,
    systems: u32,
    organisations: u32,
    contracts: u64,
    uses: Vec<Use>,
    products: Vec<Product>,
    lines: Vec<Line>,
}

#[derive(Serialize)]
struct Product {
    name: Named,
    organisations: u32,
    happiness: Option<Happiness>,
}

/// The page.
///
/// # Errors
/// Not found for a slug that is not there.
pub async fn page(State(app): State<App>, Path(slug): Path<String>) -> Result<Html<String>, Failure> {
    let snapshot = app.snapshot();
    let row = snapshot.function_by_slug(&slug).ok_or_else(Failure::not_found)?;
    let entry = snapshot.function(row).ok_or_else(Failure::not_found)?;
    let mut query = SystemQuery { limit: MOST, ..SystemQuery::default() };
    query.filters.function = vec![slug.clone()];
    let systems = snapshot.systems(&query);
    let products =
        snapshot.products(&ProductQuery { sort: domain::register::snapshot::ListSort::Organisations, ..query.clone() });
    let contracts = snapshot.contracts(&ContractQuery {
        filters: Filters { function: vec![slug.clone()], ..Filters::default() },
        limit: 10,
        ..ContractQuery::default()
    });
    let area = entry.record.service_area.and_then(|id| snapshot.area(snapshot.area_by_id(id)?));
    let view = View {
        name: entry.record.name.clone(),
        area: area.map(|area| Named { name: area.record.name.clone(), href: format!("/functions#{}", area.record.slug) }),
        systems: entry.systems,
        organisations: entry.organisations,
        contracts: contracts.total,
        uses: systems.rows.iter().filter_map(|row| records::usage(&snapshot, snapshot.system(*row)?)).collect(),
        products: products
            .rows
            .iter()
            .filter_map(|row| snapshot.product(*row))
            .map(|entry| Product {
                name: records::product(entry),
                organisations: entry.organisations,
                happiness: entry.satisfaction.as_ref().map(records::happiness),
            })
            .collect(),
        lines: views::lines(&snapshot, &contracts.rows),
        slug,
    };
    let frame = page::record_frame(&app, &view.name, "functions", "Functions");
    page::render(&app, "register/function.html", &frame, view)
}
