//! `/changes.json` and `/changes.csv`: the changes that the page of the same address shows, for programs and spreadsheets.

use super::{MOST, before_of};
use crate::{
    api::v1::answer,
    error::Failure,
    state::App,
    web::{
        csv,
        query::Params,
        register::latest::{self, Counts, Latest},
        register::views::Named,
    },
};
use axum::{extract::State, response::Response};
use serde::Serialize;

/// A change as data.
#[derive(Serialize)]
struct Item<'c> {
    /// Its place in the log.
    sequence: i64,
    /// When, UTC.
    at: &'c str,
    /// `import`, `undo` (of an import) or `change`.
    what: &'static str,
    /// `contract`, `system`, `planned-procurement`, `skill`, `import`.
    kind: &'static str,
    /// `create`, `update`, `delete`.
    action: &'static str,
    /// How many records of an organisation changed alike at that moment.
    records: usize,
    /// Whose they are.
    organisation: Option<&'c Named>,
    /// The record, where it is one and still there.
    subject: Option<&'c Named>,
    /// What changed, in words.
    fields: &'c [String],
    /// What was imported: `contracts`, `systems`, `ocds`, and so on.
    import: Option<&'c str>,
    /// What an import wrote; none for other changes.
    counts: Option<&'c Counts>,
}

impl<'c> Item<'c> {
    fn of(change: &'c Latest) -> Self {
        Self {
            sequence: change.sequence,
            at: &change.at_iso,
            what: change.what,
            kind: change.kind,
            action: change.action,
            records: change.records,
            organisation: change.organisation.as_ref(),
            subject: change.subject.as_ref(),
            fields: &change.fields,
            import: change.import.as_ref().map(|import| import.kind.as_str()),
            counts: Some(&change.counts).filter(|_| change.what == "import"),
        }
    }
}

#[derive(Serialize)]
struct List<'c> {
    items: Vec<Item<'c>>,
    /// The `before` of the changes before these, or null.
    next: Option<i64>,
}

async fn shown(app: &App, params: &Params) -> Result<(Vec<Latest>, Option<i64>), Failure> {
    let snapshot = app.snapshot();
    let mut changes = latest::before(app, &snapshot, before_of(params)?, MOST + 1).await?;
    let more = changes.len() > MOST;
    changes.truncate(MOST);
    let next = changes.last().filter(|_| more).map(|last| last.sequence);
    Ok((changes, next))
}

/// As JSON.
///
/// # Errors
/// When `before` is no number, or the database fails.
pub async fn json(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    let (changes, next) = shown(&app, &params).await?;
    answer::json(&List { items: changes.iter().map(Item::of).collect(), next })
}

/// As CSV.
///
/// # Errors
/// As for [`json`].
pub async fn csv(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    const HEADER: &[&str] = &[
        "sequence",
        "at",
        "what",
        "kind",
        "action",
        "records",
        "organisation",
        "subject",
        "address",
        "fields",
        "import",
        "created",
        "updated",
        "unchanged",
        "rejected",
        "planned",
        "contracts",
        "contracts_changed",
    ];
    let (changes, _) = shown(&app, &params).await?;
    let rows = changes.iter().map(Item::of).map(|item| {
        let name = |named: Option<&Named>| named.map(|named| named.name.clone()).unwrap_or_default();
        let counts =
            item.counts.map_or_else(|| vec![String::new(); 7], |counts| counts.all().map(|one| one.to_string()).to_vec());
        let told = vec![
            item.sequence.to_string(),
            item.at.to_owned(),
            item.what.to_owned(),
            item.kind.to_owned(),
            item.action.to_owned(),
            item.records.to_string(),
            name(item.organisation),
            name(item.subject),
            item.subject.map(|subject| format!("{}{}", app.public_url, subject.href)).unwrap_or_default(),
            item.fields.join("; "),
            item.import.unwrap_or_default().to_owned(),
        ];
        [told, counts].concat()
    });
    Ok(csv::file("changes.csv", HEADER, rows))
}
