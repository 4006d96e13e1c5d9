//! The list of published assessments as a file.

use super::{item::kind, ordered, sort};
use crate::{
    api::v1::{
        files::{self, Exported, Format, joined},
        request,
    },
    error::Failure,
    state::App,
    web::{
        dpia::publish::register::{FILTERS, Row},
        query::Params,
    },
};
use api_json::shapes;
use axum::{extract::State, response::Response};
use documents::export::{Cell, Column, Kind};
use domain::register::snapshot::Snapshot;

/// The list as a file: what was read for it.
pub struct Export(Vec<Row>);

async fn export(app: App, params: Params, format: Format) -> Result<Response, Failure> {
    request::only(&params, FILTERS)?;
    let sort = sort(&params)?;
    let rows = ordered(&app, sort).await?.into_iter().filter(|row| row.fits(&params, None)).collect();
    files::send(app.snapshot(), Export(rows), format, &params).await
}

/// The list as CSV (RFC 4180); text that a spreadsheet could take for a formula is guarded by an apostrophe.
///
/// # Errors
/// When a parameter cannot be read, as for each file.
pub async fn csv(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    export(app, params, Format::Csv).await
}

/// The list as JSON Lines.
///
/// # Errors
/// As [`csv()`].
pub async fn jsonl(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    export(app, params, Format::Jsonl).await
}

/// The list as a workbook.
///
/// # Errors
/// As [`csv()`].
pub async fn xlsx(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    export(app, params, Format::Xlsx).await
}

/// The list as Parquet.
///
/// # Errors
/// As [`csv()`].
pub async fn parquet(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    export(app, params, Format::Parquet).await
}

impl Exported for Export {
    const NAME: &'static str = "dpias";

    fn columns() -> Vec<Column> {
        use Kind::{Boolean, Date, Text};
        [
            ("id", Text),
            ("number", Text),
            ("title", Text),
            ("summary", Text),
            ("organisations", Text),
            ("products", Text),
            ("functions", Text),
            ("published_at", Text),
            ("withdrawn", Boolean),
            ("withdrawn_at", Text),
            ("note", Text),
            ("review_on", Date),
            ("superseded_by", Text),
            ("seal", Text),
            ("kind", Text),
        ]
        .into_iter()
        .map(|(name, kind)| Column::new(name, kind))
        .collect()
    }

    fn rows<'s>(&'s self, _: &'s Snapshot) -> Box<dyn Iterator<Item = Vec<Cell<'s>>> + 's> {
        Box::new(self.0.iter().map(cells))
    }
}

fn cells(row: &Row) -> Vec<Cell<'_>> {
    let text = |text: &'_ str| if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned().into()) };
    let at = |at: Option<i64>| at.map_or(Cell::Empty, |at| Cell::Text(shapes::instant(at).into()));
    let values =
        |filter: &str, name: bool| joined(row.values(filter).into_iter().map(|one| if name { one.1 } else { one.0 }.into()));
    vec![
        text(&row.id),
        text(&row.number),
        text(&row.title),
        text(&row.summary),
        values("organisation", true),
        values("product", true),
        values("function", false),
        at(row.published_at),
        Cell::Boolean(row.withdrawn),
        at(row.withdrawn_at),
        text(&row.note),
        row.review_on.into(),
        row.replaced_by.as_ref().map_or(Cell::Empty, |one| text(&one.value)),
        row.seal.as_deref().map_or(Cell::Empty, text),
        text(kind(row.kind)),
    ]
}
