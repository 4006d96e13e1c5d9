//! `/matrix/cells.json` and `/matrix/cells.csv`: functions by organisations, as the page shows them under the same question.

use super::{areas, cells, columns};
use crate::{
    api::v1::answer,
    error::Failure,
    state::App,
    web::{csv, query::Params, register::filters::NotUsed},
};
use axum::{extract::State, response::Response};
use serde::Serialize;

/// A product in use.
#[derive(Serialize)]
struct Used {
    product: String,
    /// `past-end`, `year` (within 12 months), `next` (in 12 to 30), `later` (or without an end), `not-known`.
    ends: &'static str,
    #[serde(skip)]
    words: &'static str,
    /// Where that is recorded.
    address: String,
}

/// What an organisation uses for a function; nothing recorded, nothing here.
#[derive(Serialize)]
struct Cell {
    organisation: String,
    used: Vec<Used>,
}

/// A function's line: a cell for each of the organisations, in their order.
#[derive(Serialize)]
struct Line {
    service_area: String,
    function: String,
    cells: Vec<Cell>,
}

#[derive(Serialize)]
struct Grid {
    /// The columns.
    organisations: Vec<String>,
    items: Vec<Line>,
}

fn shown(app: &App, asked: &Params) -> Result<Grid, Failure> {
    let params = NotUsed::none(asked, &["service_area", "member"])?;
    let snapshot = app.snapshot();
    let areas = areas(&snapshot, params.one("service_area").unwrap_or_default())?;
    let member: Vec<String> = params.all("member").map(str::to_owned).collect();
    let matrix = snapshot.matrix(&areas, &member);
    let uses = cells::of(&snapshot, &areas);
    let kept = columns(&matrix);
    let name = |place: &usize| {
        let entry = snapshot.organisation(matrix.organisations[*place]);
        entry.map(|entry| entry.record.name.clone()).unwrap_or_default()
    };
    let lines = matrix.lines.iter().filter(|line| kept.iter().any(|place| !line.cells[*place].is_empty()));
    let items = lines.filter_map(|line| {
        let cell = |place: &usize| {
            let products = line.cells[*place].iter().filter_map(|row| Some((row, snapshot.product(*row)?)));
            let used = products.map(|(row, product)| {
                let known = uses.get(&(line.function, matrix.organisations[*place], *row)).cloned();
                let one = known.unwrap_or_else(|| cells::Use::unknown(format!("/products/{}", product.record.id)));
                Used {
                    product: product.record.name.clone(),
                    ends: one.ends.as_str(),
                    words: one.ends.words(),
                    address: format!("{}{}", app.public_url, one.href),
                }
            });
            Cell { organisation: name(place), used: used.collect() }
        };
        Some(Line {
            service_area: snapshot.area(line.area)?.record.name.clone(),
            function: snapshot.function(line.function)?.record.name.clone(),
            cells: kept.iter().map(cell).collect(),
        })
    });
    Ok(Grid { organisations: kept.iter().map(name).collect(), items: items.collect() })
}

/// As JSON.
///
/// # Errors
/// Not found for a service area that is not there; when the address asks for what is no part of the matrix.
pub async fn json(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    answer::json(&shown(&app, &params)?)
}

/// As CSV: a row a function, a column an organisation, in each cell the products, each with when its contract can end in
/// brackets, and a semicolon between them.
///
/// # Errors
/// As for [`json`].
pub async fn csv(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    let grid = shown(&app, &params)?;
    let header: Vec<&str> =
        ["service_area", "function"].into_iter().chain(grid.organisations.iter().map(String::as_str)).collect();
    let rows = grid.items.into_iter().map(|line| {
        let used = |one: Used| format!("{} ({})", one.product, one.words);
        let cells = line.cells.into_iter().map(|cell| cell.used.into_iter().map(used).collect::<Vec<_>>().join("; "));
        [line.service_area, line.function].into_iter().chain(cells).collect()
    });
    Ok(csv::file("matrix.csv", &header, rows))
}
