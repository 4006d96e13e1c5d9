//! `/imports.json` and `/imports.csv`: the imports that the page shows to whoever asks, for programs and spreadsheets.

use super::{Rejected, Row};
use crate::{
    api::v1::answer,
    error::Failure,
    state::App,
    web::{csv, register::views::Named, session::Caller},
};
use axum::{extract::State, response::Response};
use jiff::Timestamp;
use serde::Serialize;

/// An import as data.
#[derive(Serialize)]
struct Item<'r> {
    id: &'r str,
    /// `contracts`, `systems`, `ocds`, and so on.
    kind: &'r str,
    organisation: Option<&'r Named>,
    /// What the files are called, for those who keep that register; nobody else is told.
    files: &'r [String],
    /// When, UTC.
    at: String,
    /// When it was taken back, UTC.
    undone_at: Option<String>,
    read: i64,
    #[serde(flatten)]
    counts: &'r super::Counts,
    /// The rows that the page shows of those that were rejected, for those who keep that register.
    rejected_rows: &'r [Rejected],
}

fn instant(at: i64) -> String {
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

impl<'r> Item<'r> {
    fn of(row: &'r Row) -> Self {
        Self {
            id: &row.id,
            kind: &row.kind,
            organisation: row.organisation.as_ref(),
            files: &row.files,
            at: instant(row.at),
            undone_at: row.undone_at.map(instant),
            read: row.read,
            counts: &row.counts,
            rejected_rows: &row.rejected,
        }
    }
}

#[derive(Serialize)]
struct List<'r> {
    items: Vec<Item<'r>>,
}

/// As JSON.
///
/// # Errors
/// When the database fails.
pub async fn json(State(app): State<App>, caller: Caller) -> Result<Response, Failure> {
    let rows = super::shown(&app, &caller).await?;
    answer::json(&List { items: rows.iter().map(Item::of).collect() })
}

/// As CSV.
///
/// # Errors
/// As for [`json`].
pub async fn csv(State(app): State<App>, caller: Caller) -> Result<Response, Failure> {
    const HEADER: &[&str] = &[
        "id",
        "kind",
        "organisation",
        "files",
        "at",
        "undone_at",
        "read",
        "created",
        "updated",
        "unchanged",
        "rejected",
        "planned",
        "contracts",
        "contracts_changed",
    ];
    let rows = super::shown(&app, &caller).await?;
    let rows = rows.iter().map(Item::of).map(|one| {
        let mut cells = vec![
            one.id.to_owned(),
            one.kind.to_owned(),
            one.organisation.map(|organisation| organisation.name.clone()).unwrap_or_default(),
            one.files.join("; "),
            one.at,
            one.undone_at.unwrap_or_default(),
            one.read.to_string(),
        ];
        cells.extend(one.counts.all().map(|count| count.to_string()));
        cells
    });
    Ok(csv::file("imports.csv", HEADER, rows))
}
