//! `/contracts/{id}/history` and its like: what happened to a record and who did it, any two points compared, any change
//! undone by a new change. The public sees organisations and roles; a person's name stands there for their own organisation.

use super::{
    answers,
    change::{Asked, Record},
    save::{self, Moved},
};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page as shell,
        query::Params,
        register::{
            facts::{ImportFact, Imports},
            history::{self, Event, FieldChange},
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
    people::Act,
    register::{
        edit::{
            Refusal, Refused,
            past::{Point, compare, points, without},
        },
        ids::OrganisationId,
        records::{Contract, Function, Import, Organisation, PlannedProcurement, Product, Skill, Supplier, System},
        snapshot::Snapshot,
    },
};
use serde::Serialize;
use store::log::Change;
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
    command: Uuid,
    errors: Errors,
    entries: Vec<Entry>,
    compared: Option<Compared>,
    may_edit: bool,
}

/// A record whose history has a page.
pub trait Told: store::Record {
    /// The first part of its page's address.
    const LIST: &'static str;
    /// What it is called.
    fn called(&self, snapshot: &Snapshot) -> String;
    /// Its name in addresses, where that is not its id.
    fn slug(&self) -> Option<&str> {
        None
    }
}

macro_rules! told {
    ($($record:ty: $list:literal, |$one:ident, $snapshot:ident| $called:expr, $slug:expr;)*) => {$(
        impl Told for $record {
            const LIST: &'static str = $list;
            fn called(&self, snapshot: &Snapshot) -> String {
                let ($one, $snapshot) = (self, snapshot);
                let _ = &$snapshot;
                $called
            }
            fn slug(&self) -> Option<&str> {
                let $one = self;
                let _ = &$one;
                $slug
            }
        }
    )*};
}

told! {
    Contract: "contracts", |one, snapshot| one.title(snapshot), None;
    System: "systems", |one, snapshot| one.title(snapshot), None;
    Skill: "skills", |one, snapshot| one.title(snapshot), None;
    Supplier: "suppliers", |one, snapshot| one.name.clone(), None;
    Product: "products", |one, snapshot| one.name.clone(), None;
    PlannedProcurement: "planned-procurements", |one, snapshot| one.title.clone(), None;
    Function: "functions", |one, snapshot| one.name.clone(), Some(&one.slug);
    Organisation: "organisations", |one, snapshot| one.name.clone(), Some(&one.slug);
}

/// `GET /contracts/{id}/history` and its like.
///
/// # Errors
/// Not found for what one may not see.
pub async fn page<R: Asked + Told>(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, Failure> {
    let record = app.store.get::<R>(&caller.scope, super::id_of(&id)?).await?.ok_or_else(Failure::not_found)?;
    let may_edit = caller.may(&Act::EditRegister(record.owner()));
    view(&app, &caller, &record, may_edit, &params, Errors::default()).await
}

/// `GET /suppliers/{id}/history` and its like: records that the hub places and merges; a merge is taken back whole.
///
/// # Errors
/// Not found for an id that is none of ours.
pub async fn of_id<R: Told>(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, Failure> {
    let record = app.store.get::<R>(&caller.scope, super::id_of(&id)?).await?.ok_or_else(Failure::not_found)?;
    view(&app, &caller, &record, false, &params, Errors::default()).await
}

/// `GET /functions/{slug}/history` and its like.
///
/// # Errors
/// Not found for a slug that is none of ours.
pub async fn of_slug<R: Told>(
    State(app): State<App>,
    caller: Caller,
    Path(slug): Path<String>,
    params: Params,
) -> Result<Response, Failure> {
    let found: Vec<R> = app.store.by(&caller.scope, "slug", slug).await?;
    let record = found.into_iter().next().ok_or_else(Failure::not_found)?;
    view(&app, &caller, &record, false, &params, Errors::default()).await
}

async fn view<R: Told>(
    app: &App,
    caller: &Caller,
    record: &R,
    may_edit: bool,
    params: &Params,
    errors: Errors,
) -> Result<Response, Failure> {
    let owner = record.organisation().map(OrganisationId);
    let changes = app.store.history_of(&caller.scope, record).await?;
    let snapshot = app.snapshot();
    let mut current = serde_json::to_value(record)?;
    if let (false, Some(fields)) = (caller.scope.may_read_private(owner), current.as_object_mut()) {
        // The log left these out for whoever looks; the record as it stands must, too.
        R::KIND.private_fields().iter().for_each(|field| drop(fields.shift_remove(*field)));
    }
    let points = points(Some(&current), &save::steps(&changes));
    let compared = compared(params, &points, &snapshot)?;
    let mut ids: Vec<Uuid> = changes.iter().filter_map(|change| change.import).collect();
    ids.sort_unstable();
    ids.dedup();
    let imports: Imports = app
        .store
        .get_many::<Import>(&caller.scope, &ids)
        .await?
        .iter()
        .map(|import| (import.id, ImportFact::from(import)))
        .collect();
    let people = history::People::of(app, &caller.scope, &changes).await?;
    let entries = changes
        .iter()
        .filter_map(|change| {
            let event = history::event(change, &imports, &snapshot, &people)?;
            let undoable = may_edit && event.action == "update" && event.erased.is_none();
            Some(Entry { sequence: change.sequence, event, undoable })
        })
        .collect();
    let title = record.called(&snapshot);
    let href = record.slug().map_or_else(|| format!("/{}/{}", R::LIST, record.id()), |slug| format!("/{}/{slug}", R::LIST));
    let mut frame = shell::frame(app, format!("History of {title}"), Some(R::LIST));
    frame.back = Some(href.clone());
    frame.error = !errors.is_empty();
    let view = View {
        record: Record { title, href },
        organisation: owner.and_then(|owner| super::organisation_link(&snapshot, owner)),
        command: new_command(),
        errors,
        entries,
        compared,
        may_edit,
    };
    Ok(shell::render(app, "register/edit/past.html", &frame, view)?.into_response())
}

/// The two points that the address asks for.
fn compared(params: &Params, points: &[Point], snapshot: &Snapshot) -> Result<Option<Compared>, Failure> {
    let (Some(from), Some(to)) = (params.one("from"), params.one("to")) else { return Ok(None) };
    let point = |text: &str| {
        let sequence: i64 = text.parse().map_err(|_| Failure::parameter("'from' and 'to' are numbers of changes."))?;
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
            (true, history::fields(Some(&serde_json::Value::Object(changed.collect())), snapshot))
        }
        _ => (false, Vec::new()),
    };
    Ok(Some(Compared { from: one.sequence, to: two.sequence, from_at: one.at, to_at: two.at, fields, seen }))
}

/// `POST /contracts/{id}/history` and its like: takes one change back.
///
/// # Errors
/// Not found for whoever may not edit the record.
pub async fn undo<R: Asked + Told>(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let uuid = super::id_of(&id)?;
    let record = save::editable::<R>(&app, &caller, uuid).await?;
    let sequence: i64 =
        form.text("sequence").parse().map_err(|_| Failure::parameter("The form is incomplete: open its page again."))?;
    let changes: Vec<Change> = app.store.history_of(&caller.scope, &record).await?;
    let change = changes.iter().find(|change| change.sequence == sequence).ok_or_else(Failure::not_found)?;
    let step = save::steps(std::slice::from_ref(change)).into_iter().next().ok_or_else(Failure::not_found)?;
    let moved = save::change::<R>(&app, &caller, uuid, form.command()?, |stored| {
        let refuse = |why| Refused::new("undo", why);
        let current = serde_json::to_value(stored).map_err(|_| refuse(Refusal::NothingToUndo))?;
        let before = without(&current, &step, change.import.is_some()).map_err(|why| refuse(in_words(why)))?;
        serde_json::from_value(before).map_err(|_| refuse(Refusal::NothingToUndo))
    })
    .await?;
    let back = format!("{}/history", record.address());
    match moved {
        Moved::Done(_) | Moved::Before(_) => super::saved(&app, "undone", 1, &back),
        Moved::Refused(refused) => {
            let mut errors = Errors::default();
            errors.add_at("undo", &format!("change-{sequence}"), answers::sentence(&app, &refused));
            view(&app, &caller, &record, true, &Params::default(), errors).await
        }
    }
}

/// The fields of a refusal as pages call them.
fn in_words(why: Refusal) -> Refusal {
    match why {
        Refusal::ChangedSince { fields } => {
            let words = |path: &String| history::field_words(path.rsplit('.').next().unwrap_or(path)).to_owned();
            Refusal::ChangedSince { fields: fields.iter().map(words).collect() }
        }
        other => other,
    }
}
