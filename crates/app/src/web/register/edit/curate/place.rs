//! `/curate/{flag}`: one proposal, confirmed as it is, perhaps under another name or in a service area, or merged.

use super::{is_name, merge, subject};
use crate::{
    error::{self, Failure},
    jobs::refresh,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page as shell,
        register::{
            edit::{self, answers},
            history,
        },
        repeat,
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
            place::{renamed_function, renamed_product, renamed_supplier},
        },
        ids::ServiceAreaId,
        names,
        records::{Flag, Function, Product, ServiceArea, Supplier},
        snapshot::Snapshot,
    },
};
use serde::Serialize;
use std::collections::BTreeMap;
use store::Write;
use uuid::Uuid;

/// Records offered to merge into.
const OFFERED: usize = 12;

#[derive(Serialize)]
struct Offer {
    value: String,
    text: String,
}

#[derive(Serialize)]
struct Area {
    value: String,
    text: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    selected: bool,
}

#[derive(Serialize)]
struct View {
    command: Uuid,
    errors: Errors,
    answers: BTreeMap<String, String>,
    reason: String,
    kind: String,
    /// Why it is asked about.
    notes: Vec<String>,
    name: String,
    href: Option<String>,
    used: usize,
    offers: Vec<Offer>,
    areas: Vec<Area>,
    mergeable: bool,
}

async fn open(app: &App, caller: &Caller, flag: &str) -> Result<Flag, Failure> {
    caller.must(&Act::Curate)?;
    app.store.get::<Flag>(&caller.scope, edit::id_of(flag)?).await?.ok_or_else(Failure::not_found)
}

#[derive(Serialize)]
struct Settled {
    name: String,
    href: Option<String>,
    /// The name that the reader had typed.
    typed: String,
}

/// Somebody else placed it first: what it is now, and what the reader had typed.
fn settled(app: &App, flag: &Flag, typed: &str) -> Result<Response, Failure> {
    let name = subject(flag, &app.snapshot()).unwrap_or_default();
    let mut frame = shell::frame(app, "Placed already", None);
    frame.back = Some("/curate".to_owned());
    let href = page_of(flag).filter(|_| !name.is_empty());
    let view = Settled { name, href, typed: typed.to_owned() };
    Ok(shell::render(app, "register/edit/placed.html", &frame, view)?.into_response())
}

/// The page of what a flag is about.
fn page_of(flag: &Flag) -> Option<String> {
    let list = match flag.subject_kind.as_str() {
        "supplier" => "suppliers",
        "product" => "products",
        "contract" => "contracts",
        _ => return None,
    };
    Some(format!("/{list}/{}", flag.subject))
}

/// The page of one flag, or what became of it.
///
/// # Errors
/// Not found for whoever does not curate.
pub async fn page(State(app): State<App>, caller: Caller, Path(flag): Path<String>) -> Result<Response, Failure> {
    let flag = open(&app, &caller, &flag).await?;
    if flag.settled {
        return settled(&app, &flag, "");
    }
    show(&app, &caller, &flag, BTreeMap::new(), Errors::default()).await
}

async fn show(
    app: &App,
    caller: &Caller,
    flag: &Flag,
    answers: BTreeMap<String, String>,
    errors: Errors,
) -> Result<Response, Failure> {
    let snapshot = app.snapshot();
    let name = subject(flag, &snapshot).unwrap_or_default();
    let mergeable = is_name(flag);
    let chosen = answers.get("service-area").map(String::as_str);
    let areas = if flag.subject_kind == "function" { areas(app, caller, flag, &snapshot, chosen).await? } else { Vec::new() };
    let mut frame = shell::frame(app, format!("Place {name}"), None);
    frame.back = Some("/curate".to_owned());
    frame.error = !errors.is_empty();
    let view = View {
        command: new_command(),
        errors,
        answers,
        reason: flag.reason.clone(),
        kind: flag.subject_kind.clone(),
        notes: notes(app, caller, flag).await?,
        href: page_of(flag),
        used: history::uses_of(flag.subject, &flag.subject_kind, &snapshot),
        offers: offers(flag, &name, &snapshot),
        name,
        areas,
        mergeable,
    };
    Ok(shell::render(app, "register/edit/place.html", &frame, view)?.into_response())
}

/// Why a flag's name is asked about, by this flag and by others that wait; of anything else, by this flag.
async fn notes(app: &App, caller: &Caller, flag: &Flag) -> Result<Vec<String>, Failure> {
    let mut all = vec![flag.note.clone()];
    if is_name(flag) {
        let others = app.store.by::<Flag>(&caller.scope, "subject_id", flag.subject.to_string()).await?;
        all.extend(others.into_iter().filter(|other| !other.settled && other.id != flag.id).map(|other| other.note));
    }
    Ok(all)
}

/// The service areas to choose from; `chosen` is what a form that comes back had.
async fn areas(app: &App, caller: &Caller, flag: &Flag, snapshot: &Snapshot, chosen: Option<&str>) -> Result<Vec<Area>, Failure> {
    let mut all = app.store.all::<ServiceArea>(&caller.scope).await?;
    all.sort_by_key(|area| area.position);
    let own = snapshot
        .function_by_id(flag.subject.into())
        .and_then(|row| snapshot.function(row))
        .and_then(|entry| entry.record.service_area);
    let selected = chosen.map_or_else(|| own.map(|id| id.to_string()).unwrap_or_default(), str::to_owned);
    let choice = |value: String, text: String| Area { selected: value == selected, value, text };
    let none = choice(String::new(), "Not yet".to_owned());
    Ok(std::iter::once(none).chain(all.into_iter().map(|area| choice(area.id.to_string(), area.name))).collect())
}

/// The records that are called most like this one.
fn offers(flag: &Flag, name: &str, snapshot: &Snapshot) -> Vec<Offer> {
    let own = flag.subject;
    let (normal, all): (String, Vec<(Uuid, String, String)>) = match flag.subject_kind.as_str() {
        "supplier" => (
            names::supplier(name),
            snapshot
                .supplier_entries()
                .iter()
                .map(|entry| (entry.record.id.0, entry.record.name.clone(), names::supplier(&entry.record.name)))
                .collect(),
        ),
        "product" => (
            names::product(name),
            snapshot
                .product_entries()
                .iter()
                .map(|entry| (entry.record.id.0, entry.record.name.clone(), names::product(&entry.record.name)))
                .collect(),
        ),
        "function" => (
            names::function(name),
            snapshot
                .functions()
                .iter()
                .map(|entry| (entry.record.id.0, entry.record.name.clone(), names::function(&entry.record.name)))
                .collect(),
        ),
        _ => return Vec::new(),
    };
    let mut scored: Vec<(u32, Uuid, String)> = all
        .into_iter()
        .filter(|(id, ..)| *id != own)
        .map(|(id, name, other)| (names::similar::per_mille(&normal, &other), id, name))
        .collect();
    scored.sort_by(|a, b| (std::cmp::Reverse(a.0), &a.2).cmp(&(std::cmp::Reverse(b.0), &b.2)));
    scored
        .into_iter()
        .take(OFFERED)
        .filter(|(score, ..)| *score >= 600)
        .map(|(_, id, text)| Offer { value: id.to_string(), text })
        .collect()
}

/// `POST /curate/{flag}`.
///
/// # Errors
/// Not found for whoever does not curate.
pub async fn place(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let command = form.command()?;
    let flag = open(&app, &caller, &id).await?;
    if flag.settled {
        // A second press finds it settled; so does whoever comes second, and is told.
        if let Some(first) = repeat::before(&app, &caller, command).await? {
            return Ok(first);
        }
        return Ok(error::conflict(settled(&app, &flag, form.text("name"))?));
    }
    let pressed = match form.text("do") {
        "place" => settle(&app, &caller, &flag, &form, command).await?,
        "merge" => merge::merge(&app, &caller, &flag, &form, command).await?,
        _ => Pressed::Refused(Refused::new("do", Refusal::Missing)),
    };
    let refused = match pressed {
        Pressed::Done(response) => return Ok(response),
        Pressed::Refused(refused) => refused,
        Pressed::Late => {
            refresh::refresh(&app).await?;
            return Ok(error::conflict(settled(&app, &flag, form.text("name"))?));
        }
    };
    let mut errors = Errors::default();
    // Of a skill, a name is the skill; of what is placed, it is another name.
    let too_long = matches!(refused.why, Refusal::TooLong { .. });
    let worded = if too_long { Refused::new("other-name", refused.why.clone()) } else { refused.clone() };
    errors.add(&refused.field, answers::sentence(&app, &worded));
    let mut typed = form.typed();
    // Of two of one name the other is what this one is perhaps the same as.
    if refused.why == Refusal::NameTaken
        && let Some(other) = taken(&flag, form.text("name"), &app.snapshot())
    {
        typed.insert("into".to_owned(), other.to_string());
    }
    show(&app, &caller, &flag, typed, errors).await
}

/// What became of a press.
pub(super) enum Pressed {
    /// It is done, or was done before; this says so.
    Done(Response),
    /// Not so.
    Refused(Refused),
    /// Somebody else was faster: nothing was written.
    Late,
}

/// Settles a flag in a write, before anything else is changed there: whoever comes second waits here on PostgreSQL. Of a name, all that
/// asks about it is answered at once, in one order, so that two curators who come by two flags wait for each other. False where another
/// curator has settled it since it was looked at.
pub(super) async fn claim(write: &mut Write, flag: &Flag) -> Result<bool, store::Error> {
    let Some(before) = write.get_many::<Flag>(&[flag.id.0]).await?.pop().filter(|flag| !flag.settled) else {
        return Ok(false);
    };
    let settled = if is_name(flag) {
        // Settled by then, where another curator was faster since it was read just now.
        write.settle_all(flag.subject).await.map(|settled| settled > 0)
    } else {
        write.update(&before, &mut Flag { settled: true, ..before.clone() }).await
    };
    match settled {
        Err(store::Error::Conflict(..)) => Ok(false),
        other => other,
    }
}

/// Another record of the kind that has this name already, or the proposal's own where no other name is given. Two companies may be
/// called the same: where both have a number and the numbers differ, they are two.
fn taken(flag: &Flag, name: &str, snapshot: &Snapshot) -> Option<Uuid> {
    let name = if name.is_empty() { subject(flag, snapshot)? } else { name.to_owned() };
    let (own, name) = (flag.subject, names::fold(&name));
    let same = |id: Uuid, other: &str| (id != own && names::fold(other) == name).then_some(id);
    match flag.subject_kind.as_str() {
        "supplier" => {
            let number =
                |supplier: &Supplier| supplier.identifiers.iter().find(|one| one.scheme == "GB-COH").map(|one| one.id.clone());
            let entries = snapshot.supplier_entries();
            let mine = entries.iter().find(|entry| entry.record.id.0 == own).and_then(|entry| number(&entry.record));
            entries
                .iter()
                .filter(|entry| mine.is_none() || number(&entry.record).is_none_or(|theirs| Some(theirs) == mine))
                .find_map(|entry| same(entry.record.id.0, &entry.record.name))
        }
        "product" => snapshot.product_entries().iter().find_map(|entry| same(entry.record.id.0, &entry.record.name)),
        "function" => snapshot.functions().iter().find_map(|entry| same(entry.record.id.0, &entry.record.name)),
        _ => None,
    }
}

/// It is right as it is, perhaps under another name or in a service area.
async fn settle(app: &App, caller: &Caller, flag: &Flag, form: &Form, command: Uuid) -> Result<Pressed, Failure> {
    let name = form.text("name").to_owned();
    if name.chars().count() > 200 {
        return Ok(Pressed::Refused(Refused::new("name", Refusal::TooLong { most: 200 })));
    }
    let scope = &caller.scope;
    let mut write = app.store.write(scope, app.clock.now()).await?;
    if let Some(kept) = write.command(command).await? {
        return Ok(Pressed::Done(repeat::again(&kept)));
    }
    if !claim(&mut write, flag).await? {
        return Ok(Pressed::Late);
    }
    if taken(flag, &name, &app.snapshot()).is_some() {
        return Ok(Pressed::Refused(Refused::new("name", Refusal::NameTaken)));
    }
    match flag.subject_kind.as_str() {
        "supplier" if !name.is_empty() => {
            if let Some(before) = app.store.get::<Supplier>(scope, flag.subject).await? {
                write.update(&before, &mut renamed_supplier(&before, name)).await?;
            }
        }
        "product" if !name.is_empty() => {
            if let Some(before) = app.store.get::<Product>(scope, flag.subject).await? {
                write.update(&before, &mut renamed_product(&before, name)).await?;
            }
        }
        "function" => {
            let Some(before) = app.store.get::<Function>(scope, flag.subject).await? else { return Err(Failure::not_found()) };
            let area = match form.text("service-area") {
                "" => None,
                text => Some(ServiceAreaId(edit::id_of(text)?)),
            };
            if let Some(area) = area
                && app.store.get::<ServiceArea>(scope, area.0).await?.is_none()
            {
                return Ok(Pressed::Refused(Refused::new("service-area", Refusal::NoSuchRecord)));
            }
            let named = if name.is_empty() { before.clone() } else { renamed_function(&before, name) };
            write.update(&before, &mut Function { service_area: area, ..named }).await?;
        }
        _ => {}
    }
    let said = edit::banner(app, "placed", 1, edit::Said::default())?;
    repeat::keep(&mut write, command, "/curate", &said).await?;
    write.commit().await?;
    refresh::refresh(app).await?;
    Ok(Pressed::Done(edit::saved(app, "placed", 1, "/curate")?))
}
