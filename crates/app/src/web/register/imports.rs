//! `/imports`: what was read into the register, when and how much of it. What the files are called, and what stood in rows that
//! could not be read, is for whoever may import for the organisation: a cell may hold anything, a person's name too.

pub mod data;

use super::{facts::sees_files, latest::Counts, views::Named};
use crate::{
    error::Failure,
    state::App,
    web::{
        page::{self, GetAs},
        query::Params,
        session::Caller,
    },
};
use axum::{extract::State, response::Html};
use domain::register::{records::Import, snapshot::Snapshot};
use govuk::Link;
use serde::Serialize;
use serde_json::Value as Json;

/// Rejected rows shown of each import.
const MOST: usize = 20;

#[derive(Serialize)]
struct View {
    imports: Vec<Row>,
    get: Vec<GetAs>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    kind: String,
    organisation: Option<Named>,
    files: Vec<String>,
    /// The whole report, for those who keep the register.
    report: Option<String>,
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

impl Row {
    fn of(import: Import, caller: &Caller, snapshot: &Snapshot) -> Self {
        let seen = sees_files(&caller.scope, &import);
        let organisation = import.organisation.and_then(|id| snapshot.organisation_by_id(id));
        let organisation = organisation.and_then(|row| snapshot.organisation(row)).map(Named::organisation);
        let list = import.report.get("rejected").and_then(Json::as_array).cloned().unwrap_or_default();
        let text = |entry: &Json, name: &str| entry.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
        let rejected: Vec<Rejected> = list
            .iter()
            .take(if seen { MOST } else { 0 })
            .map(|entry| Rejected {
                row: entry.get("row").and_then(Json::as_i64).unwrap_or(0),
                field: text(entry, "field"),
                reason: text(entry, "reason"),
            })
            .collect();
        Self {
            id: import.id.to_string(),
            kind: import.kind,
            files: if seen { import.files } else { Vec::new() },
            report: organisation.as_ref().filter(|_| seen).map(|one| format!("{}/imports/{}", one.href, import.id)),
            organisation,
            at: import.at,
            undone_at: import.undone_at,
            read: import.report.get("read").and_then(Json::as_i64).unwrap_or(0),
            counts: Counts::of(&import.report),
            more: if seen { list.len() - rejected.len() } else { 0 },
            rejected,
        }
    }
}

/// The latest imports, newest first, as whoever asks may see them.
async fn shown(app: &App, caller: &Caller) -> Result<Vec<Row>, Failure> {
    let mut imports = app.store.all::<Import>(&caller.scope).await?;
    // Merges of names are taken back in the same way; they are no imports.
    imports.retain(|import| import.kind != "merge");
    imports.sort_by_key(|import| std::cmp::Reverse(import.at));
    imports.truncate(100);
    let snapshot = app.snapshot();
    Ok(imports.into_iter().map(|import| Row::of(import, caller, &snapshot)).collect())
}

/// The list, newest first.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, caller: Caller) -> Result<Html<String>, Failure> {
    let imports = shown(&app, &caller).await?;
    let mut frame = page::frame(&app, "Imports", None);
    frame.breadcrumbs = vec![Link::new("Home", "/")];
    let get = page::get_shown(&Params::default(), "/imports");
    page::render(&app, "register/imports.html", &frame, View { imports, get })
}
