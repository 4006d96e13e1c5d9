//! `/sources/{id}`: one source, when it is read, and what its last readings brought.

use super::{
    changes::{self, Changed},
    kept,
};
use crate::{
    error::Failure,
    state::App,
    web::{form::new_command, page, session::Caller},
};
use axum::{
    extract::{Path, State},
    response::Html,
};
use govuk::Link;
use serde::Serialize;
use serde_json::Value as Json;
use store::sources::Run;

/// Runs that are shown.
const RUNS: i64 = 20;

#[derive(Serialize)]
struct View {
    id: String,
    name: String,
    kind: &'static str,
    url: String,
    every: &'static str,
    mapping: Vec<(String, String)>,
    next_at: Option<i64>,
    /// The server asked not to be asked before then.
    waits_until: Option<i64>,
    failures: i64,
    runs: Vec<RunRow>,
    changes: Vec<Changed>,
    command: String,
    /// The organisation's page, under which the reports of its imports stand.
    organisation: Option<String>,
}

#[derive(Serialize)]
struct RunRow {
    started_at: i64,
    outcome: Option<String>,
    problem: Option<String>,
    pages: i64,
    waits: i64,
    read: i64,
    created: i64,
    updated: i64,
    unchanged: i64,
    rejected: i64,
    imports: Vec<String>,
}

impl From<Run> for RunRow {
    fn from(run: Run) -> Self {
        let sum = |name: &str| run.imports.iter().filter_map(|report| report.get(name).and_then(Json::as_i64)).sum();
        Self {
            started_at: run.started_at,
            pages: run.pages,
            waits: run.waits,
            read: sum("read"),
            created: sum("created"),
            updated: sum("updated"),
            unchanged: sum("unchanged"),
            rejected: sum("rejected"),
            imports: run
                .imports
                .iter()
                .filter_map(|report| report.get("import_id").and_then(Json::as_str).map(str::to_owned))
                .collect(),
            outcome: run.outcome,
            problem: run.problem,
        }
    }
}

/// The page.
///
/// # Errors
/// Not found for those who may not keep it.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Html<String>, Failure> {
    let source = kept(&app, &caller, &id).await?;
    let state = app.store.source_state(&caller.scope, source.id).await?;
    let runs = app.store.source_runs(&caller.scope, source.id, RUNS).await?;
    let changes = changes::of(&app, &caller, &source).await?;
    let mut frame = page::frame(&app, source.name.clone(), None);
    frame.breadcrumbs = vec![Link::new("Home", "/"), Link::new("Scheduled sources", "/sources")];
    let view = View {
        organisation: crate::web::register::edit::organisation_link(&app.snapshot(), source.organisation).map(|one| one.href),
        id: source.id.to_string(),
        name: source.name,
        kind: source.kind.as_str(),
        url: source.url,
        every: source.every.as_str(),
        mapping: source.mapping,
        next_at: state.next_at,
        waits_until: state.wait_until.filter(|until| *until > app.clock.now()),
        failures: state.failures,
        changes,
        runs: runs.into_iter().map(RunRow::from).collect(),
        command: new_command().to_string(),
    };
    page::render(&app, "sources/source.html", &frame, view)
}
