//! `/sources`: the scheduled sources of the organisation acted for.

use crate::{
    error::Failure,
    state::App,
    web::{page, session::Caller},
};
use axum::{extract::State, response::Html};
use domain::{people::Act, work::sources::Source};
use govuk::Link;
use serde::Serialize;

#[derive(Serialize)]
struct View {
    sources: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    kind: &'static str,
    every: &'static str,
    next_at: Option<i64>,
    last_at: Option<i64>,
    outcome: Option<String>,
    going: bool,
    failures: i64,
}

/// The list.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, caller: Caller) -> Result<Html<String>, Failure> {
    let organisation = caller.acting_for()?;
    caller.must(&Act::Import(organisation))?;
    let mut found: Vec<Source> = app.store.by(&caller.scope, "organisation_id", organisation.to_string()).await?;
    found.sort_by_key(|source| (source.name.to_lowercase(), source.id));
    let mut sources = Vec::with_capacity(found.len());
    for source in found {
        let state = app.store.source_state(&caller.scope, source.id).await?;
        let last = app.store.source_runs(&caller.scope, source.id, 1).await?.pop();
        sources.push(Row {
            id: source.id.to_string(),
            name: source.name,
            kind: source.kind.as_str(),
            every: source.every.as_str(),
            next_at: state.next_at,
            last_at: last.as_ref().map(|run| run.finished_at.unwrap_or(run.started_at)),
            going: last.as_ref().is_some_and(|run| run.outcome.is_none()),
            outcome: last.and_then(|run| run.outcome),
            failures: state.failures,
        });
    }
    let mut frame = page::frame(&app, "Scheduled sources", None);
    frame.breadcrumbs = vec![Link::new("Home", "/"), Link::new("Imports", "/imports")];
    page::render(&app, "sources/list.html", &frame, View { sources })
}
