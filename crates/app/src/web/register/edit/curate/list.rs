//! `GET /curate`: everything that waits for the hub, and the latest merges.

use super::{is_name, subject};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::{Errors, new_command},
        page,
        query::Params,
        register::{
            edit::{self, kept},
            merged,
        },
        session::Caller,
    },
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use domain::{
    people::Act,
    register::{
        ids::ImportId,
        records::{Flag, Import},
    },
};
use govuk::Link;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Flags on one page.
const MOST: usize = 100;

#[derive(Serialize)]
struct Line {
    href: String,
    kind: String,
    name: String,
    asked: Vec<Asked>,
}

/// Why something is asked about.
#[derive(Serialize)]
struct Asked {
    reason: String,
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
    /// What it was merged into was removed: it cannot be undone.
    gone: bool,
    /// What could not go back when it was tried just now.
    kept: Vec<kept::Line>,
}

#[derive(Serialize)]
struct ListView {
    command: Uuid,
    errors: Errors,
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
    show(&app, &caller, &params, None).await
}

/// The page; `refused` is a merge that could not be taken back, with the records that stand in its way.
pub(super) async fn show(
    app: &App,
    caller: &Caller,
    params: &Params,
    refused: Option<(ImportId, Vec<kept::Line>)>,
) -> Result<Response, Failure> {
    caller.must(&Act::Curate)?;
    let snapshot = app.snapshot();
    let mut flags = app.store.by::<Flag>(&caller.scope, "settled", false).await?;
    let chosen = params.one("reason").map(str::to_owned);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    flags.iter().for_each(|flag| *counts.entry(flag.reason.clone()).or_default() += 1);
    let total = grouped(flags.iter()).len();
    flags.retain(|flag| chosen.as_ref().is_none_or(|reason| *reason == flag.reason));
    let lines = grouped(flags.iter());
    let mut merges = app.store.by::<Import>(&caller.scope, "kind", "merge").await?;
    merges.sort_by_key(|merge| std::cmp::Reverse(merge.at));
    let (tried, mut kept) = refused.map_or((None, Vec::new()), |(id, kept)| (Some(id), kept));
    let mut errors = Errors::default();
    if let Some(merge) = merges.iter().find(|merge| Some(merge.id) == tried) {
        let from = merge.report.get("from").and_then(serde_json::Value::as_str).unwrap_or_default();
        let sentence = edit::banner(app, "merge-stays", kept.len(), edit::Said { name: from, ..Default::default() })?;
        errors.add_at("merge", &format!("merge-{}", merge.id), sentence);
    }
    let mut latest = Vec::new();
    for merge in
        merges.into_iter().enumerate().filter(|(place, merge)| *place < 20 || Some(merge.id) == tried).map(|(_, one)| one)
    {
        let text = |name: &str| merge.report.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        latest.push(MergeLine {
            kind: text("kind"),
            from: text("from"),
            into: text("into"),
            id: merge.id.to_string(),
            at: merge.at,
            undone_at: merge.undone_at,
            gone: merge.undone_at.is_none() && merged::has_gone(app, &merge.report).await?,
            kept: if Some(merge.id) == tried { std::mem::take(&mut kept) } else { Vec::new() },
        });
    }
    let view = ListView {
        command: new_command(),
        errors,
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
        more: lines.len().saturating_sub(MOST),
        lines: lines
            .iter()
            .take(MOST)
            .map(|(first, flags)| Line {
                href: format!("/curate/{}", first.id),
                kind: first.subject_kind.clone(),
                name: subject(first, &snapshot).unwrap_or_default(),
                asked: flags.iter().map(|flag| Asked { reason: flag.reason.clone(), note: flag.note.clone() }).collect(),
            })
            .collect(),
        merges: latest,
    };
    let mut frame = page::frame(app, "Place and merge", None);
    frame.error = !view.errors.is_empty();
    frame.breadcrumbs = vec![Link::new("Home", "/")];
    Ok(page::render(app, "register/edit/curate.html", &frame, view)?.into_response())
}

/// Flags as lines, in their order: one line a name, with all that is asked about it, and one for each other flag.
fn grouped<'f>(flags: impl Iterator<Item = &'f Flag>) -> Vec<(&'f Flag, Vec<&'f Flag>)> {
    let mut lines: Vec<(&Flag, Vec<&Flag>)> = Vec::new();
    let mut places: HashMap<Uuid, usize> = HashMap::new();
    for flag in flags {
        match places.get(&flag.subject).filter(|_| is_name(flag)) {
            Some(place) => lines[*place].1.push(flag),
            None => {
                if is_name(flag) {
                    places.insert(flag.subject, lines.len());
                }
                lines.push((flag, vec![flag]));
            }
        }
    }
    lines
}
