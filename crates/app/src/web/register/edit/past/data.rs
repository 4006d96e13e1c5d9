//! `/contracts/{id}/history.json`, `/contracts/{id}/history.csv` and their like: the changes that the history shows its reader, for
//! programs and spreadsheets. Names of people stand there for those alone who read them on the page.

use super::{Entry, Gathered, Told, find};
use crate::{
    api::v1::answer,
    error::Failure,
    state::App,
    web::{csv, register::history::FieldChange, session::Caller},
};
use api_json::shapes;
use axum::{
    extract::{Path, State},
    http::header,
    response::Response,
};
use serde::Serialize;
use serde_json::Value as Json;

/// A field that changed.
#[derive(Serialize)]
struct Field<'e> {
    /// Its name in words.
    field: &'e str,
    /// What stood there before: null for nothing.
    before: Json,
    /// What stands there since.
    after: Json,
}

impl<'e> From<&'e FieldChange> for Field<'e> {
    fn from(change: &'e FieldChange) -> Self {
        Self { field: &change.field, before: change.before.data(), after: change.after.data() }
    }
}

/// A change as data.
#[derive(Serialize)]
struct Item<'e> {
    /// Its place in the log.
    sequence: i64,
    /// When, UTC.
    at: String,
    /// `create`, `update`, `delete`.
    action: &'static str,
    /// `import`, `person`, `operator` or `job`.
    by: &'static str,
    /// For which organisation a person acted, in which role, and their name where the reader may know it.
    organisation: Option<&'e str>,
    role: Option<&'static str>,
    name: Option<&'e str>,
    /// What was imported, where an import did it: `contracts`, `systems`, `ocds`, and so on.
    import: Option<&'e str>,
    /// Why the content is gone, where it was erased.
    erased: Option<&'e str>,
    /// What changed, of an update.
    changes: Vec<Field<'e>>,
}

impl<'e> From<&'e Entry> for Item<'e> {
    fn from(entry: &'e Entry) -> Self {
        let event = &entry.event;
        let who = event.who.as_ref();
        Self {
            sequence: entry.sequence,
            at: shapes::instant(event.at),
            action: event.action,
            by: event.by,
            organisation: who.and_then(|who| who.organisation.as_ref()).map(|one| one.name.as_str()),
            role: who.and_then(|who| who.role),
            name: who.and_then(|who| who.name.as_deref()),
            import: event.import.as_ref().map(|import| import.kind.as_str()),
            erased: event.erased.as_deref(),
            changes: event.fields.iter().map(Field::from).collect(),
        }
    }
}

#[derive(Serialize)]
struct List<'e> {
    items: Vec<Item<'e>>,
}

async fn entries<R: Told>(app: &App, caller: &Caller, name: &str) -> Result<Vec<Entry>, Failure> {
    let found = find::<R>(app, caller, name).await?;
    Ok(Gathered::of(app, caller, &found, &app.snapshot()).await?.entries)
}

/// As JSON.
///
/// # Errors
/// Not found for what one may not see.
pub async fn json<R: Told>(State(app): State<App>, caller: Caller, Path(name): Path<String>) -> Result<Response, Failure> {
    let entries = entries::<R>(&app, &caller, &name).await?;
    let mut response = answer::json(&List { items: entries.iter().map(Item::from).collect() })?;
    if caller.member().is_some() {
        // What a person may read besides the public is for no other site.
        response.headers_mut().remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    }
    Ok(response)
}

/// As CSV: a row for each field that changed, and one for a change of the whole record.
///
/// # Errors
/// As for [`json`].
pub async fn csv<R: Told>(State(app): State<App>, caller: Caller, Path(name): Path<String>) -> Result<Response, Failure> {
    const HEADER: &[&str] =
        &["sequence", "at", "action", "by", "organisation", "role", "name", "import", "erased", "field", "before", "after"];
    let entries = entries::<R>(&app, &caller, &name).await?;
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let rows = entries.iter().map(Item::from).flat_map(|item| {
        let of_change = vec![
            item.sequence.to_string(),
            item.at,
            item.action.to_owned(),
            item.by.to_owned(),
            text(item.organisation),
            text(item.role),
            text(item.name),
            text(item.import),
            text(item.erased),
        ];
        let mut fields: Vec<Vec<String>> =
            item.changes.iter().map(|one| vec![one.field.to_owned(), cell(&one.before), cell(&one.after)]).collect();
        if fields.is_empty() {
            fields.push(vec![String::new(); 3]);
        }
        fields.into_iter().map(move |field| [of_change.clone(), field].concat()).collect::<Vec<_>>()
    });
    Ok(csv::file("history.csv", HEADER, rows))
}

/// A value in a cell: several names with semicolons between them, what has parts as JSON.
fn cell(value: &Json) -> String {
    let names = |items: &[Json]| items.iter().map(Json::as_str).collect::<Option<Vec<_>>>().map(|names| names.join("; "));
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Array(items) => names(items).unwrap_or_else(|| value.to_string()),
        other => other.to_string(),
    }
}
