//! `/changes`: what happened to the register, newest first, and the same as a feed. Nobody is named but organisations.

pub mod data;

use super::latest::{self, Latest};
use crate::{
    error::Failure,
    state::App,
    web::{
        page::{self, GetAs},
        query::Params,
    },
};
use axum::{
    extract::State,
    http::header,
    response::{Html, IntoResponse},
};
use documents::atom::{Entry, Feed};
use govuk::Link;
use jiff::Timestamp;
use serde::Serialize;

/// Changes of one page.
const MOST: usize = 50;

#[derive(Serialize)]
struct View {
    changes: Vec<Latest>,
    older: Option<String>,
    newest: bool,
    get: Vec<GetAs>,
}

/// Where the changes that are asked for begin, going back.
fn before_of(params: &Params) -> Result<Option<i64>, Failure> {
    let read = |text: &str| text.parse::<i64>().map_err(|_| Failure::parameter("‘before’ must be a whole number."));
    params.one("before").map(read).transpose()
}

/// A page of changes; `before` goes further back.
///
/// # Errors
/// When `before` is no number, or the database fails.
pub async fn page(State(app): State<App>, params: Params) -> Result<Html<String>, Failure> {
    let before = before_of(&params)?;
    let snapshot = app.snapshot();
    let mut changes = latest::before(&app, &snapshot, before, MOST + 1).await?;
    let more = changes.len() > MOST;
    changes.truncate(MOST);
    let older = changes.last().filter(|_| more).map(|last| format!("/changes?before={}", last.sequence));
    let title = before.map_or_else(|| "Latest changes".to_owned(), |before| format!("Changes before number {before}"));
    let mut frame = page::frame(&app, title, None);
    frame.breadcrumbs = vec![Link::new("Home", "/")];
    let at = |ending: &str| match before {
        None => format!("/changes{ending}"),
        Some(before) => format!("/changes{ending}?before={before}"),
    };
    let alternate = |ending: &str, content_type: &'static str, title: &'static str| govuk::Alternate {
        href: at(ending),
        content_type: content_type.to_owned(),
        title: title.to_owned(),
    };
    frame.alternates = vec![
        govuk::Alternate { href: "/changes.atom".to_owned(), ..alternate("", "application/atom+xml", "Latest changes") },
        alternate(".json", "application/json", "Changes as JSON"),
        alternate(".csv", "text/csv", "Changes as CSV"),
    ];
    let get = [("CSV", at(".csv")), ("JSON", at(".json")), ("feed", "/changes.atom".to_owned())]
        .map(|(text, href)| GetAs { text: text.to_owned(), href })
        .to_vec();
    page::render(&app, "register/changes.html", &frame, View { changes, older, newest: before.is_none(), get })
}

/// The latest changes as an Atom feed.
///
/// # Errors
/// When the database fails.
pub async fn feed(State(app): State<App>) -> Result<impl IntoResponse, Failure> {
    let snapshot = app.snapshot();
    let changes = latest::latest(&app, &snapshot, MOST).await?;
    let url = &app.public_url;
    let instant = |at: i64| Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
    let feed = Feed {
        id: format!("{url}/changes"),
        title: "City Tools: latest changes".to_owned(),
        updated: changes.first().map_or(Timestamp::UNIX_EPOCH, |change| instant(change.at)),
        self_url: format!("{url}/changes.atom"),
        html_url: format!("{url}/changes"),
        entries: changes.iter().map(|change| entry(url, change, instant(change.at))).collect(),
    };
    Ok(([(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")], feed.to_string()))
}

fn entry(url: &str, change: &Latest, updated: Timestamp) -> Entry {
    let who = change.organisation.as_ref().map_or("The register", |organisation| organisation.name.as_str());
    let files = change.import.as_ref().map(|import| imported(&import.kind)).unwrap_or_default();
    let title = match (change.what, &change.subject) {
        (what, _) if change.import.as_ref().is_some_and(|import| import.kind == "merge") => {
            (if what == "undo" { "A merge of two names taken back" } else { "Two names merged into one" }).to_owned()
        }
        ("import", _) => format!("Import of {files}"),
        ("undo", _) => format!("Import of {files} taken back"),
        (_, Some(subject)) => format!("{who}: {} ({})", subject.name, done(change.action)),
        (_, None) => format!("{who}: {} records of kind {} {}", change.records, change.kind, done(change.action)),
    };
    let page = change.subject.as_ref().map_or("/changes", |subject| subject.href.as_str());
    Entry {
        id: format!("{url}/changes#{}", change.sequence),
        title: title.trim().to_owned(),
        updated,
        url: format!("{url}{page}"),
        summary: change.fields.join(", "),
        author_name: who.to_owned(),
    }
}

/// What was imported, in words: what its files are called is not public.
fn imported(kind: &str) -> String {
    match kind {
        "ocds" => "public notices".to_owned(),
        "illustrative" => "the illustrative register".to_owned(),
        other => format!("a file of {other}"),
    }
}

/// What was done, in a word.
#[must_use]
pub fn done(action: &str) -> &'static str {
    match action {
        "create" => "added",
        "delete" => "removed",
        _ => "changed",
    }
}
