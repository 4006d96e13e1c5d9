//! `/functions`: what councils do, by service area, and how much of it the register knows.

use super::views::Named;
use crate::{
    error::Failure,
    state::App,
    web::{page, query::Params},
};
use axum::{extract::State, response::Html};
use domain::register::snapshot::{FunctionEntry, Snapshot};
use serde::Serialize;

#[derive(Serialize)]
struct View {
    areas: Vec<Area>,
}

#[derive(Serialize)]
struct Area {
    slug: String,
    name: String,
    /// Whether it is a service area, which lists can be filtered by.
    placed: bool,
    systems: u32,
    contracts: u32,
    functions: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    function: Named,
    systems: u32,
    organisations: u32,
    contracts: u32,
}

fn row(entry: &FunctionEntry) -> Row {
    Row {
        function: Named::new(&*entry.record.name, "functions", &entry.record.slug),
        systems: entry.systems,
        organisations: entry.organisations,
        contracts: entry.contracts,
    }
}

/// As people look for them.
fn by_name(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by_cached_key(|row| row.function.name.to_lowercase());
    rows
}

fn areas(snapshot: &Snapshot) -> Vec<Area> {
    let mut areas: Vec<_> = snapshot.areas().iter().collect();
    areas.sort_by_key(|area| area.record.position);
    let mut all: Vec<Area> = areas
        .into_iter()
        .map(|area| Area {
            slug: area.record.slug.clone(),
            name: area.record.name.clone(),
            placed: true,
            systems: area.systems,
            contracts: area.contracts,
            functions: by_name(area.functions.iter().filter_map(|function| snapshot.function(*function)).map(row).collect()),
        })
        .collect();
    let unplaced = snapshot.functions().iter().filter(|entry| entry.record.service_area.is_none()).map(row).collect();
    let unplaced: Vec<Row> = by_name(unplaced);
    if !unplaced.is_empty() {
        let sum = |of: fn(&Row) -> u32| unplaced.iter().map(of).sum();
        all.push(Area {
            slug: "not-placed".into(),
            name: "Not placed yet".into(),
            placed: false,
            systems: sum(|row| row.systems),
            contracts: sum(|row| row.contracts),
            functions: unplaced,
        });
    }
    all
}

/// The list.
///
/// # Errors
/// When the template fails.
pub async fn page(State(app): State<App>, params: Params) -> Result<Html<String>, Failure> {
    let frame = page::list_frame(&app, "Functions", "functions", &params);
    page::render(&app, "register/functions.html", &frame, View { areas: areas(&app.snapshot()) })
}
