//! `GET /curate`: everything that waits for the hub, and the latest merges.

use super::subject;
use crate::{
    error::Failure,
    state::App,
    web::{form::new_command, page, query::Params, session::Caller},
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use domain::{
    people::Act,
    register::records::{Flag, Import},
};
use govuk::Link;
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Flags on one page.
const MOST: usize = 100;

#[derive(Serialize)]
struct Line {
    href: String,
    reason: String,
    kind: String,
    name: String,
    note: String,
}

#[derive(Serialize)]
struct Reason {
    reason: String,
    count: usize,
    href: String,
    chosen: bool,
}

#[derive(Serialize)]
struct MergeLine {
    id: String,
    kind: String,
    from: String,
    into: String,
    at: i64,
    undone_at: Option<i64>,
}

#[derive(Serialize)]
struct ListView {
    command: Uuid,
    reasons: Vec<Reason>,
    total: usize,
    lines: Vec<Line>,
    more: usize,
    merges: Vec<MergeLine>,
}

/// Everything that waits, and the latest merges.
///
/// # Errors
/// Not found for whoever does not curate.
pub async fn list_page(State(app): State<App>, caller: Caller, params: Params) -> Result<Response, Failure> {
    caller.must(&Act::Curate)?;
    let snapshot = app.snapshot();
    let mut flags = app.store.by::<Flag>(&caller.scope, "settled", false).await?;
    let chosen = params.one("reason").map(str::to_owned);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    flags.iter().for_each(|flag| *counts.entry(flag.reason.clone()).or_default() += 1);
    let total = flags.len();
    flags.retain(|flag| chosen.as_ref().is_none_or(|reason| *reason == flag.reason));
    let mut merges = app.store.by::<Import>(&caller.scope, "kind", "merge").await?;
    merges.sort_by_key(|merge| std::cmp::Reverse(merge.at));
    let view = ListView {
        command: new_command(),
        reasons: counts
            .into_iter()
            .map(|(reason, count)| Reason {
                href: format!("/curate?reason={reason}"),
                chosen: chosen.as_ref() == Some(&reason),
                reason,
                count,
            })
            .collect(),
        total,
        more: flags.len().saturating_sub(MOST),
        lines: flags
            .iter()
            .take(MOST)
            .map(|flag| Line {
                href: format!("/curate/{}", flag.id),
                reason: flag.reason.clone(),
                kind: flag.subject_kind.clone(),
                name: subject(flag, &snapshot).unwrap_or_default(),
                note: flag.note.clone(),
            })
            .collect(),
        merges: merges
            .into_iter()
            .take(20)
            .map(|merge| {
                let text = |name: &str| merge.report.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
                MergeLine {
                    kind: text("kind"),
                    from: text("from"),
                    into: text("into"),
                    id: merge.id.to_string(),
                    at: merge.at,
                    undone_at: merge.undone_at,
                }
            })
            .collect(),
    };
    let mut frame = page::frame(&app, "Place and merge", None);
    frame.breadcrumbs = vec![Link::new("Home", "/")];
    Ok(page::render(&app, "register/edit/curate.html", &frame, view)?.into_response())
}
