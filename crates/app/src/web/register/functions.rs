//! `/functions`: what councils do, by service area, and how much of it the register knows.

use super::{
    filters::{self, NotUsed},
    views::Named,
};
use crate::{
    api::v1::functions::{FILTERS, Wanted},
    error::Failure,
    state::App,
    web::{
        page::{self, GetAs},
        query::Params,
    },
};
use axum::{extract::State, response::Html};
use domain::register::snapshot::{FunctionEntry, Snapshot};
use serde::Serialize;

#[derive(Serialize)]
struct View {
    areas: Vec<Area>,
    q: String,
    /// Whether only some functions are asked for, and how many of them there are.
    filtered: bool,
    found: usize,
    get: Vec<GetAs>,
    not_used: NotUsed,
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

/// The heading that a function stands under.
fn area(snapshot: &Snapshot, entry: &FunctionEntry) -> Area {
    let area = entry.record.service_area.and_then(|id| snapshot.area(snapshot.area_by_id(id)?));
    match area {
        Some(area) => Area {
            slug: area.record.slug.clone(),
            name: area.record.name.clone(),
            placed: true,
            systems: area.systems,
            contracts: area.contracts,
            functions: Vec::new(),
        },
        None => Area {
            slug: "not-placed".into(),
            name: "Not placed yet".into(),
            placed: false,
            systems: 0,
            contracts: 0,
            functions: Vec::new(),
        },
    }
}

/// Functions under their headings, in the order in which the API lists them.
fn areas(snapshot: &Snapshot, entries: &[&FunctionEntry]) -> Vec<Area> {
    let mut all: Vec<Area> = Vec::new();
    for entry in entries {
        let heading = area(snapshot, entry);
        if all.last().is_none_or(|last| last.slug != heading.slug) {
            all.push(heading);
        }
        let Some(last) = all.last_mut() else { continue };
        last.functions.push(row(entry));
        if !last.placed {
            last.systems += entry.systems;
            last.contracts += entry.contracts;
        }
    }
    all
}

/// The list.
///
/// # Errors
/// When the template fails.
pub async fn page(State(app): State<App>, params: Params) -> Result<Html<String>, Failure> {
    let snapshot = app.snapshot();
    let (params, not_used) = NotUsed::of(&params, FILTERS);
    let data = filters::data(&params).besides("sort");
    let entries = Wanted::read(&data)?.entries(&snapshot);
    let rows = entries.len() as u64;
    let frame = page::list_frame(&app, "Functions", "functions", &data, rows);
    let view = View {
        areas: areas(&snapshot, &entries),
        q: params.one("q").unwrap_or_default().to_owned(),
        filtered: data.pairs().next().is_some(),
        found: entries.len(),
        get: page::get_as(&data, "functions", rows),
        not_used,
    };
    page::render(&app, "register/functions.html", &frame, view)
}
