//! `/contracts/{id}/history` and its like: what happened to a record and who did it, any two points compared, any change
//! undone by a new change. The public sees organisations and roles; a person's name stands there for their own organisation.
//!
//! | module | what lives there |
//! |---|---|
//! | [`data`] | the same history as JSON and CSV |
//! | [`told`] | what each kind of record says of itself: its pages, who may take its changes back |
//! | [`undo`](mod@undo) | a change taken back, and what is asked before |
//!
//! A record that was removed keeps its history for whoever could bring it back; for everyone else it is gone.

pub mod data;
pub mod told;
pub mod undo;

pub use told::Told;
pub use undo::undo;

use super::{change::Record, save};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::Errors,
        page as shell,
        query::Params,
        register::{
            facts::{ImportFact, Imports},
            history::{self, Event, FieldChange},
            merged,
            views::Named,
        },
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use domain::{
    audit::Action,
    register::{
        edit::past::{Point, compare, points},
        ids::OrganisationId,
        records::Import,
        snapshot::Snapshot,
    },
};
use serde::Serialize;
use uuid::Uuid;

#[derive(Serialize)]
struct Entry {
    sequence: i64,
    #[serde(flatten)]
    event: Event,
    undoable: bool,
}

#[derive(Serialize)]
struct Compared {
    from: i64,
    to: i64,
    from_at: i64,
    to_at: i64,
    fields: Vec<FieldChange>,
    seen: bool,
}

#[derive(Serialize)]
struct View {
    record: Record,
    organisation: Option<Named>,
    errors: Errors,
    entries: Vec<Entry>,
    compared: Option<Compared>,
    may_undo: bool,
    stands: bool,
    /// What it was merged into, where it is gone for that.
    merged: Option<Named>,
    /// Its changes as files.
    get: Vec<shell::GetAs>,
}

/// A record as it stands, or as it was when it was removed.
pub struct Found<R> {
    /// The record.
    pub record: R,
    /// Whether it stands.
    pub stands: bool,
}

impl<R: Told> Found<R> {
    /// The record's page; its history's, where it is gone.
    fn address(&self) -> String {
        match self.record.slug().filter(|_| self.stands) {
            Some(slug) => format!("/{}/{slug}", R::LIST),
            None => format!("/{}/{}", R::LIST, self.record.id()),
        }
    }
}

/// The record of an id, or of a slug where that is its name in addresses. One that was removed is found by whoever may bring
/// it back, and by nobody else.
///
/// # Errors
/// Not found.
async fn find<R: Told>(app: &App, caller: &Caller, name: &str) -> Result<Found<R>, Failure> {
    let Ok(id) = name.parse::<Uuid>() else {
        if !R::SLUGGED {
            return Err(Failure::not_found());
        }
        let found: Vec<R> = app.store.by(&caller.scope, "slug", name.to_owned()).await?;
        return found.into_iter().next().map(|record| Found { record, stands: true }).ok_or_else(Failure::not_found);
    };
    if let Some(record) = app.store.get::<R>(&caller.scope, id).await? {
        return Ok(Found { record, stands: true });
    }
    let record = removed::<R>(app, caller, id).await?.ok_or_else(Failure::not_found)?;
    Ok(Found { record, stands: false })
}

/// A record as it was when it was removed, for whoever may bring it back; none for anybody else, and where nothing was removed.
///
/// # Errors
/// When the database fails.
pub(super) async fn removed<R: Told>(app: &App, caller: &Caller, id: Uuid) -> Result<Option<R>, Failure> {
    let changes = app.store.history(&caller.scope, id).await?;
    let last = changes.first().filter(|change| change.kind == R::KIND && change.action == Action::Delete);
    let record: Option<R> = last.and_then(|change| serde_json::from_value(change.content.clone()?).ok());
    Ok(record.filter(|record| caller.may(&record.keeper())))
}

/// `GET /contracts/{id}/history` and its like.
///
/// # Errors
/// Not found for what one may not see.
pub async fn page<R: Told>(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
    params: Params,
) -> Result<Response, Failure> {
    let found = find::<R>(&app, &caller, &name).await?;
    view(&app, &caller, &found, &params, Errors::default()).await
}

/// What a reader may see of a record's history.
struct Gathered {
    entries: Vec<Entry>,
    points: Vec<Point>,
    beside: history::Beside,
}

impl Gathered {
    async fn of<R: Told>(app: &App, caller: &Caller, found: &Found<R>, snapshot: &Snapshot) -> Result<Self, Failure> {
        let record = &found.record;
        let may_undo = caller.may(&record.keeper());
        let owner = record.organisation().map(OrganisationId);
        let changes = app.store.history_of(&caller.scope, record).await?;
        let mut current = serde_json::to_value(record)?;
        if let (false, Some(fields)) = (caller.scope.may_read_private(owner), current.as_object_mut()) {
            // The log left these out for whoever looks; the record as it stands must, too.
            R::KIND.private_fields().iter().for_each(|field| drop(fields.shift_remove(*field)));
        }
        let points = points(Some(&current).filter(|_| found.stands), &save::steps(&changes));
        let states = points.iter().filter_map(|point| point.state.as_ref());
        let contents = changes.iter().filter_map(|change| change.content.as_ref()).chain(states);
        let beside = history::Beside::of(app, &caller.scope, owner, contents).await?;
        let mut ids: Vec<Uuid> = changes.iter().filter_map(|change| change.import).collect();
        ids.sort_unstable();
        ids.dedup();
        let imports: Imports = app
            .store
            .get_many::<Import>(&caller.scope, &ids)
            .await?
            .iter()
            .map(|import| (import.id, ImportFact::seen_by(&caller.scope, import)))
            .collect();
        let people = history::People::of(app, &caller.scope, &changes).await?;
        let entries = changes
            .iter()
            .filter_map(|change| {
                let event = history::event(change, &imports, snapshot, &people, &beside)?;
                let newest = changes.first().is_some_and(|newest| newest.sequence == change.sequence);
                let whole = event.import.as_ref().is_some_and(|import| import.kind == "merge") || event.erased.is_some();
                let undoable = match change.action {
                    Action::Update => found.stands,
                    Action::Create => found.stands && R::REMOVABLE,
                    Action::Delete => !found.stands && newest,
                    Action::Event => false,
                };
                let undoable = undoable && may_undo && !whole;
                Some(Entry { sequence: change.sequence, event, undoable })
            })
            .collect();
        Ok(Self { entries, points, beside })
    }
}

async fn view<R: Told>(
    app: &App,
    caller: &Caller,
    found: &Found<R>,
    params: &Params,
    errors: Errors,
) -> Result<Response, Failure> {
    let record = &found.record;
    let owner = record.organisation().map(OrganisationId);
    let snapshot = app.snapshot();
    let Gathered { entries, points, beside } = Gathered::of(app, caller, found, &snapshot).await?;
    let compared = compared(params, &points, &snapshot, &beside)?;
    let title = record.called(&snapshot);
    let href = found.address();
    let mut frame = shell::frame(app, format!("History of {title}"), Some(R::LIST));
    frame.back = Some(if found.stands { href.clone() } else { format!("/{}", R::LIST) });
    frame.error = !errors.is_empty();
    if let Some(owner) = owner {
        shell::belongs_to(app, &mut frame, owner);
    }
    let merged = if found.stands { None } else { merged::page_of(app, R::KIND.as_str(), record.id()).await? };
    let view = View {
        merged,
        get: shell::get_shown(&Params::default(), &format!("{href}/history")),
        record: Record { title, href },
        organisation: owner.and_then(|owner| super::organisation_link(&snapshot, owner)),
        stands: found.stands,
        errors,
        entries,
        compared,
        may_undo: caller.may(&record.keeper()),
    };
    Ok(shell::render(app, "register/edit/past.html", &frame, view)?.into_response())
}

/// The two points that the address asks for.
fn compared(
    params: &Params,
    points: &[Point],
    snapshot: &Snapshot,
    beside: &history::Beside,
) -> Result<Option<Compared>, Failure> {
    let (Some(from), Some(to)) = (params.one("from"), params.one("to")) else { return Ok(None) };
    let point = |text: &str| {
        let sequence: i64 = text.parse().map_err(|_| Failure::parameter("‘from’ and ‘to’ are numbers of changes."))?;
        points.iter().find(|point| point.sequence == sequence).ok_or_else(Failure::not_found)
    };
    let (mut one, mut two) = (point(from)?, point(to)?);
    if one.sequence > two.sequence {
        std::mem::swap(&mut one, &mut two);
    }
    let (seen, fields) = match (&one.state, &two.state) {
        (Some(before), Some(after)) => {
            let all = compare(before, after);
            let changed = all.into_iter().map(|one| (one.field, serde_json::json!([one.before, one.after])));
            (true, history::fields(Some(&serde_json::Value::Object(changed.collect())), snapshot, beside))
        }
        _ => (false, Vec::new()),
    };
    Ok(Some(Compared { from: one.sequence, to: two.sequence, from_at: one.at, to_at: two.at, fields, seen }))
}
