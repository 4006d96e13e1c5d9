//! `/organisations/{slug}/imports/{import}`: the whole report of an import, as the command line prints it, for those who keep the
//! register; and, once it was taken back, what that did and what it left.

use super::{import_of, keeper};
use crate::{
    error::Failure,
    state::App,
    web::{
        csv, page as shell,
        register::{edit::kept, history, latest::Counts, views::Named},
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use domain::{
    audit::Kind,
    people::Scope,
    register::{
        import::replaced::Replaced,
        records::{Flag, Import},
    },
};
use serde::{Deserialize as _, Serialize};
use serde_json::Value as Json;
use std::collections::{HashMap, HashSet};
use store::undo::Undone;

/// Entries of each list on the page; the file has them all.
const MOST: usize = 200;

#[derive(Serialize)]
struct Problem {
    row: u64,
    field: String,
    reason: String,
}

/// A name that the hub is asked about, and all that is asked of it.
#[derive(Serialize)]
struct Asked {
    name: Option<String>,
    questions: Vec<Flagged>,
}

#[derive(Serialize)]
struct Flagged {
    #[serde(skip)]
    id: String,
    name: Option<String>,
    kind: String,
    reason: String,
    note: String,
}

#[derive(Serialize)]
struct Twice {
    /// What its rows have in common: `reference`, or `title`.
    what: &'static str,
    name: String,
    /// Of several, the file.
    file: String,
    rows: Vec<u64>,
}

/// What was added and what was there that it is perhaps the same as.
#[derive(Serialize)]
struct Alike {
    title: String,
    id: String,
    known: String,
}

#[derive(Serialize)]
struct Column {
    header: String,
    field: Option<String>,
}

/// A list, and how many of it there are.
#[derive(Serialize)]
struct Listed<T> {
    total: usize,
    lines: Vec<T>,
}

impl<T> Listed<T> {
    fn of(all: Vec<T>) -> Self {
        Self { total: all.len(), lines: all.into_iter().take(MOST).collect() }
    }
}

#[derive(Serialize)]
struct Back {
    removed: u64,
    restored: u64,
    /// Of what undos of earlier imports had left.
    finished: u64,
    kept: Vec<kept::Line>,
    more: usize,
}

#[derive(Serialize)]
struct View {
    organisation: Named,
    id: String,
    kind: String,
    files: Vec<String>,
    at: i64,
    undone_at: Option<i64>,
    read: u64,
    counts: Counts,
    rejected: Listed<Problem>,
    warnings: Listed<Problem>,
    replaced: Listed<String>,
    duplicates: Listed<Twice>,
    alike: Listed<Alike>,
    flagged: Listed<Asked>,
    columns: Vec<Column>,
    back: Option<Back>,
}

fn text(entry: &Json, name: &str) -> String {
    entry.get(name).and_then(Json::as_str).unwrap_or_default().to_owned()
}

fn entries<'j>(import: &'j Import, name: &str) -> impl Iterator<Item = &'j Json> {
    import.report.get(name).and_then(Json::as_array).into_iter().flatten()
}

fn problems(import: &Import, list: &str, words: &str) -> Vec<Problem> {
    let problem = |entry: &Json| Problem {
        row: entry.get("row").and_then(Json::as_u64).unwrap_or(0),
        field: text(entry, "field"),
        reason: text(entry, words),
    };
    entries(import, list).map(problem).collect()
}

fn duplicates(import: &Import) -> Vec<Twice> {
    let rows =
        |entry: &Json| entry.get("rows").and_then(Json::as_array).map(|rows| rows.iter().filter_map(Json::as_u64).collect());
    entries(import, "possible_duplicates")
        .map(|entry| Twice {
            what: if entry.get("title").is_some() { "title" } else { "reference" },
            name: if entry.get("title").is_some() { text(entry, "title") } else { text(entry, "reference") },
            file: text(entry, "file"),
            rows: rows(entry).unwrap_or_default(),
        })
        .collect()
}

/// What earlier imports had said and this one said anew, in words.
fn replaced(import: &Import) -> Vec<String> {
    entries(import, "replaced").filter_map(|entry| Some(Replaced::deserialize(entry).ok()?.words())).collect()
}

fn alike(import: &Import) -> Vec<Alike> {
    let known = |entry: &Json, name: &str| entry.get("known").map(|known| text(known, name)).unwrap_or_default();
    entries(import, "look_alikes")
        .map(|entry| Alike { title: text(entry, "title"), id: known(entry, "id"), known: known(entry, "title") })
        .collect()
}

/// The names of an import that the hub was asked about; once it was taken back, those that still wait, since something else needs
/// them.
async fn flagged(app: &App, scope: &Scope, import: &Import) -> Result<Vec<Flagged>, Failure> {
    let snapshot = app.snapshot();
    let open: Option<HashSet<(String, String)>> = match import.undone_at {
        None => None,
        Some(_) => {
            let flags = app.store.by::<Flag>(scope, "settled", false).await?;
            Some(flags.into_iter().map(|flag| (flag.subject.to_string(), flag.reason)).collect())
        }
    };
    let name = |entry: &Json| {
        let id = text(entry, "id").parse().ok()?;
        history::title_of(Kind::parse(&text(entry, "kind"))?, id, &snapshot)
    };
    let waits = |entry: &&Json| open.as_ref().is_none_or(|open| open.contains(&(text(entry, "id"), text(entry, "reason"))));
    let all = entries(import, "flagged").filter(waits);
    Ok(all
        .map(|entry| Flagged {
            id: text(entry, "id"),
            name: name(entry),
            kind: text(entry, "kind"),
            reason: text(entry, "reason"),
            note: text(entry, "note"),
        })
        .collect())
}

/// Questions to the hub by the names that they are about, in their order.
fn by_name(questions: Vec<Flagged>) -> Vec<Asked> {
    let mut names: Vec<Asked> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for question in questions {
        let place = *places.entry(question.id.clone()).or_insert(names.len());
        match names.get_mut(place) {
            Some(asked) => asked.questions.push(question),
            None => names.push(Asked { name: question.name.clone(), questions: vec![question] }),
        }
    }
    names
}

/// The page.
///
/// # Errors
/// Not found for whoever may not import there, and for an import that is not this organisation's own.
pub async fn page(
    State(app): State<App>,
    caller: Caller,
    Path((slug, import)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let (organisation, named) = keeper(&app, &caller, &slug)?;
    let import = import_of(&app, &caller, &organisation, &import).await?;
    let back = match Undone::of(&import) {
        None => None,
        Some(undone) => Some(Back {
            removed: undone.removed,
            restored: undone.restored,
            finished: undone.finished,
            more: undone.kept.len().saturating_sub(MOST),
            kept: kept::lines(&app, &caller.scope, import.id, undone.kept.get(..MOST).unwrap_or(&undone.kept)).await?,
        }),
    };
    let mapping = import.report.get("mapping").and_then(Json::as_object).into_iter().flatten();
    let view = View {
        id: import.id.to_string(),
        kind: import.kind.clone(),
        files: import.files.clone(),
        at: import.at,
        undone_at: import.undone_at,
        read: import.report.get("read").and_then(Json::as_u64).unwrap_or(0),
        counts: Counts::of(&import.report),
        rejected: Listed::of(problems(&import, "rejected", "reason")),
        warnings: Listed::of(problems(&import, "warnings", "message")),
        replaced: Listed::of(replaced(&import)),
        duplicates: Listed::of(duplicates(&import)),
        alike: Listed::of(alike(&import)),
        flagged: Listed::of(by_name(flagged(&app, &caller.scope, &import).await?)),
        columns: mapping
            .map(|(header, field)| Column { header: header.clone(), field: field.as_str().map(str::to_owned) })
            .collect(),
        back,
        organisation: named,
    };
    let mut frame = shell::frame(&app, format!("{}: report of an import", organisation.name), Some("organisations"));
    frame.back = Some(format!("{}/register", view.organisation.href));
    Ok(shell::render(&app, "register/edit/report.html", &frame, view)?.into_response())
}

/// `GET /organisations/{slug}/imports/{import}/report.csv`: every row that was rejected or warned of, everything flagged, and
/// every record that an undo left.
///
/// # Errors
/// As [`page`].
pub async fn csv(
    State(app): State<App>,
    caller: Caller,
    Path((slug, import)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let (organisation, _) = keeper(&app, &caller, &slug)?;
    let import = import_of(&app, &caller, &organisation, &import).await?;
    let row = |number: u64| if number == 0 { String::new() } else { number.to_string() };
    let told = |what: &'static str, all: Vec<Problem>| {
        all.into_iter().map(move |one| vec![what.to_owned(), row(one.row), one.field, one.reason])
    };
    let twice = duplicates(&import).into_iter().map(|one| {
        let rows: Vec<String> = one.rows.iter().map(u64::to_string).collect();
        let name = if one.file.is_empty() { one.name } else { format!("{}: {}", one.file, one.name) };
        vec![format!("same {}", one.what), rows.join(" "), one.what.to_owned(), name]
    });
    let anew = replaced(&import).into_iter().map(|one| vec!["changed".to_owned(), String::new(), String::new(), one]);
    let placed = flagged(&app, &caller.scope, &import).await?.into_iter().map(|one| {
        vec![
            "to place".to_owned(),
            String::new(),
            one.kind,
            one.name.map_or(one.note.clone(), |name| format!("{name}: {}", one.note)),
        ]
    });
    let twins = alike(&import).into_iter().map(|one| {
        vec![
            "perhaps there already".to_owned(),
            String::new(),
            "contract".to_owned(),
            format!("{}: {} ({})", one.title, one.known, one.id),
        ]
    });
    // Also those that the page has no room for.
    let snapshot = app.snapshot();
    let left = Undone::of(&import).map(|undone| undone.kept).unwrap_or_default().into_iter().map(|one| {
        let name = Kind::parse(one.kind).and_then(|kind| history::title_of(kind, one.id, &snapshot));
        let reason = one.why.code().replace('-', " ");
        let reason = name.map_or_else(|| format!("{}: {reason}", one.id), |name| format!("{name} ({}): {reason}", one.id));
        vec!["left by the undo".to_owned(), String::new(), one.kind.to_owned(), reason]
    });
    let rows = told("rejected", problems(&import, "rejected", "reason"))
        .chain(told("warning", problems(&import, "warnings", "message")))
        .chain(anew)
        .chain(twice)
        .chain(twins)
        .chain(placed)
        .chain(left);
    Ok(csv::file(&format!("import-report-{}.csv", import.id), &["what", "row", "field", "reason"], rows))
}
