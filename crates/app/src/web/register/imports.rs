//! `/imports`: what was read into the register, when, from which files, and what could not be read.

use super::latest::Counts;
use crate::{error::Failure, state::App, web::page};
use axum::{extract::State, response::Html};
use domain::{people::Scope, register::records::Import};
use govuk::Link;
use serde::Serialize;
use serde_json::Value as Json;

/// Rejected rows shown of each import.
const MOST: usize = 20;

#[derive(Serialize)]
struct View {
    imports: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    kind: String,
    files: Vec<String>,
    at: i64,
    undone_at: Option<i64>,
    read: i64,
    counts: Counts,
    rejected: Vec<Rejected>,
    more: usize,
}

#[derive(Serialize)]
struct Rejected {
    row: i64,
    field: String,
    reason: String,
}

impl From<Import> for Row {
    fn from(import: Import) -> Self {
        let list = import.report.get("rejected").and_then(Json::as_array).cloned().unwrap_or_default();
        let text = |entry: &Json, name: &str| entry.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
        let rejected: Vec<Rejected> = list
            .iter()
            .take(MOST)
            .map(|entry| Rejected {
                row: entry.get("row").and_then(Json::as_i64).unwrap_or(0),
                field: text(entry, "field"),
                reason: text(entry, "reason"),
            })
            .collect();
        Self {
            id: import.id.to_string(),
            kind: import.kind,
            files: import.files,
            at: import.at,
            undone_at: import.undone_at,
            read: import.report.get("read").and_then(Json::as_i64).unwrap_or(0),
            counts: Counts::of(&import.report),
            more: list.len() - rejected.len(),
            rejected,
        }
    }
}

/// The list, newest first.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>) -> Result<Html<String>, Failure> {
    let mut imports = app.store.all::<Import>(&Scope::Public).await?;
    // Merges of names are taken back in the same way; they are no imports.
    imports.retain(|import| import.kind != "merge");
    imports.sort_by_key(|import| std::cmp::Reverse(import.at));
    imports.truncate(100);
    let mut frame = page::frame(&app, "Imports", None);
    frame.breadcrumbs = vec![Link::new("Home", "/")];
    page::render(&app, "register/imports.html", &frame, View { imports: imports.into_iter().map(Row::from).collect() })
}
