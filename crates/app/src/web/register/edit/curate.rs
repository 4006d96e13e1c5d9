//! `/curate`: what editors proposed and imports met, for the hub to place: confirmed as it is, or merged into a record that is
//! known. A merge moves everything that referred to the record in one transaction, and is taken back whole.

use super::answers;
use crate::{
    error::Failure,
    jobs::refresh,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page,
        query::Params,
        register::history,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use domain::{
    audit::Kind,
    people::Act,
    register::{
        edit::{Refusal, Refused, place},
        ids::{ImportId, ServiceAreaId},
        names,
        records::{Flag, Function, Import, Product, ServiceArea, Supplier},
        snapshot::Snapshot,
    },
};
use govuk::Link;
use serde::Serialize;
use std::collections::BTreeMap;
use store::{Record, merge::is_owned_by};
use uuid::Uuid;

/// Flags on one page.
const MOST: usize = 100;
/// Records offered to merge into.
const OFFERED: usize = 12;

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

fn subject(flag: &Flag, snapshot: &Snapshot) -> Option<String> {
    history::title_of(Kind::parse(&flag.subject_kind)?, flag.subject, snapshot)
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
    note: String,
    name: String,
    href: Option<String>,
    used: usize,
    offers: Vec<Offer>,
    areas: Vec<Area>,
    mergeable: bool,
}

async fn open(app: &App, caller: &Caller, flag: &str) -> Result<Flag, Failure> {
    caller.must(&Act::Curate)?;
    let flag = app.store.get::<Flag>(&caller.scope, super::id_of(flag)?).await?.ok_or_else(Failure::not_found)?;
    if flag.settled { Err(Failure::not_found()) } else { Ok(flag) }
}

/// The page of one flag.
///
/// # Errors
/// Not found for whoever does not curate, and for what is settled.
pub async fn page(State(app): State<App>, caller: Caller, Path(flag): Path<String>) -> Result<Response, Failure> {
    let flag = open(&app, &caller, &flag).await?;
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
    let list = match flag.subject_kind.as_str() {
        "supplier" => Some("suppliers"),
        "product" => Some("products"),
        "contract" => Some("contracts"),
        _ => None,
    };
    let mergeable = matches!(flag.subject_kind.as_str(), "supplier" | "product" | "function");
    let areas = if flag.subject_kind == "function" { areas(app, caller, flag, &snapshot).await? } else { Vec::new() };
    let mut frame = page::frame(app, format!("Place {name}"), None);
    frame.back = Some("/curate".to_owned());
    frame.error = !errors.is_empty();
    let view = View {
        command: new_command(),
        errors,
        answers,
        reason: flag.reason.clone(),
        kind: flag.subject_kind.clone(),
        note: flag.note.clone(),
        href: list.map(|list| format!("/{list}/{}", flag.subject)),
        used: history::uses_of(flag.subject, &flag.subject_kind, &snapshot),
        offers: offers(flag, &name, &snapshot),
        name,
        areas,
        mergeable,
    };
    Ok(page::render(app, "register/edit/place.html", &frame, view)?.into_response())
}

async fn areas(app: &App, caller: &Caller, flag: &Flag, snapshot: &Snapshot) -> Result<Vec<Area>, Failure> {
    let mut all = app.store.all::<ServiceArea>(&caller.scope).await?;
    all.sort_by_key(|area| area.position);
    let own = snapshot
        .function_by_id(flag.subject.into())
        .and_then(|row| snapshot.function(row))
        .and_then(|entry| entry.record.service_area);
    let none = Area { value: String::new(), text: "Not yet".to_owned(), selected: own.is_none() };
    Ok(std::iter::once(none)
        .chain(all.into_iter().map(|area| Area { selected: own == Some(area.id), value: area.id.to_string(), text: area.name }))
        .collect())
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
/// Not found for whoever does not curate, and for what is settled.
pub async fn place(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    caller.must(&Act::Curate)?;
    let command = form.command()?;
    let flag = match open(&app, &caller, &id).await {
        Ok(flag) => flag,
        // A second press finds it settled.
        Err(failure) => {
            let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
            return if write.command(command).await?.is_some() {
                super::saved(&app, "placed", 1, "/curate")
            } else {
                Err(failure)
            };
        }
    };
    let refused = match form.text("do") {
        "place" => match settle(&app, &caller, &flag, &form, command).await? {
            None => return super::saved(&app, "placed", 1, "/curate"),
            Some(refused) => refused,
        },
        "merge" => match merge(&app, &caller, &flag, &form, command).await? {
            Ok(moved) => return super::saved(&app, "merged", moved, "/curate"),
            Err(refused) => refused,
        },
        _ => Refused::new("do", Refusal::Missing),
    };
    let mut errors = Errors::default();
    errors.add(&refused.field, answers::sentence(&app, &refused));
    show(&app, &caller, &flag, form.typed(), errors).await
}

/// It is right as it is, perhaps under another name or in a service area.
async fn settle(app: &App, caller: &Caller, flag: &Flag, form: &Form, command: Uuid) -> Result<Option<Refused>, Failure> {
    let name = form.text("name").to_owned();
    if name.chars().count() > 200 {
        return Ok(Some(Refused::new("name", Refusal::TooLong { most: 200 })));
    }
    let scope = &caller.scope;
    let mut write = app.store.write(scope, app.clock.now()).await?;
    if write.command(command).await?.is_some() {
        return Ok(None);
    }
    match flag.subject_kind.as_str() {
        "supplier" if !name.is_empty() => {
            if let Some(before) = app.store.get::<Supplier>(scope, flag.subject).await? {
                write.update(&before, &mut Supplier { name, ..before.clone() }).await?;
            }
        }
        "product" if !name.is_empty() => {
            if let Some(before) = app.store.get::<Product>(scope, flag.subject).await? {
                write.update(&before, &mut Product { name, ..before.clone() }).await?;
            }
        }
        "function" => {
            let Some(before) = app.store.get::<Function>(scope, flag.subject).await? else { return Err(Failure::not_found()) };
            let area = match form.text("service-area") {
                "" => None,
                text => Some(ServiceAreaId(super::id_of(text)?)),
            };
            if let Some(area) = area
                && app.store.get::<ServiceArea>(scope, area.0).await?.is_none()
            {
                return Ok(Some(Refused::new("service-area", Refusal::NoSuchRecord)));
            }
            let mut after = Function { service_area: area, ..before.clone() };
            if !name.is_empty() {
                after.name = name;
            }
            write.update(&before, &mut after).await?;
        }
        _ => {}
    }
    let mut after = Flag { settled: true, ..flag.clone() };
    write.update(flag, &mut after).await?;
    write.answered(command, "/curate").await?;
    write.commit().await?;
    refresh::refresh(app).await?;
    Ok(None)
}

/// It is the same as another one: that one takes its place everywhere.
async fn merge(app: &App, caller: &Caller, flag: &Flag, form: &Form, command: Uuid) -> Result<Result<usize, Refused>, Failure> {
    let refuse = |why| Ok(Err(Refused::new("into", why)));
    let typed = form.text("into-name");
    let snapshot = app.snapshot();
    let into = match (form.text("into").parse::<Uuid>().ok(), typed) {
        (_, name) if !name.is_empty() => history::id_of_name(&flag.subject_kind, name, &snapshot),
        (id, _) => id,
    };
    let Some(into) = into else {
        return refuse(if typed.is_empty() { Refusal::Missing } else { Refusal::NoSuchRecord });
    };
    let scope = &caller.scope;
    let now = app.clock.now();
    let mut write = app.store.write(scope, now).await?;
    if write.command(command).await?.is_some() {
        return Ok(Ok(0));
    }
    let group = ImportId(Uuid::now_v7());
    write.by_import(group);
    let record = |from: &str, into: &str| Import {
        id: group,
        kind: "merge".to_owned(),
        files: Vec::new(),
        at: now,
        report: serde_json::json!({ "kind": flag.subject_kind, "from": from, "into": into }),
        undone_at: None,
        organisation: None,
    };
    let moved = match flag.subject_kind.as_str() {
        "supplier" => {
            let Some((from, into)) = pair::<Supplier>(app, caller, flag.subject, into).await? else {
                return refuse(Refusal::NoSuchRecord);
            };
            let after = match place::merge_suppliers(&from, &into) {
                Ok(after) => after,
                Err(why) => return refuse(why),
            };
            write.create(&mut [record(&from.name, &into.name)]).await?;
            let mut owned = app.store.all::<Supplier>(scope).await?;
            owned.retain(|supplier| is_owned_by(supplier, from.id));
            write.merge_suppliers(&from, &into, after, owned).await?
        }
        "product" => {
            let Some((from, into)) = pair::<Product>(app, caller, flag.subject, into).await? else {
                return refuse(Refusal::NoSuchRecord);
            };
            let after = match place::merge_products(&from, &into) {
                Ok(after) => after,
                Err(why) => return refuse(why),
            };
            write.create(&mut [record(&from.name, &into.name)]).await?;
            write.merge_products(&from, &into, after).await?
        }
        "function" => {
            let Some((from, into)) = pair::<Function>(app, caller, flag.subject, into).await? else {
                return refuse(Refusal::NoSuchRecord);
            };
            let after = match place::merge_functions(&from, &into) {
                Ok(after) => after,
                Err(why) => return refuse(why),
            };
            write.create(&mut [record(&from.name, &into.name)]).await?;
            write.merge_functions(&from, &into, after).await?
        }
        _ => return refuse(Refusal::NoSuchRecord),
    };
    write.answered(command, "/curate").await?;
    write.commit().await?;
    refresh::refresh(app).await?;
    Ok(Ok(usize::try_from(moved).unwrap_or(usize::MAX)))
}

async fn pair<R: Record>(app: &App, caller: &Caller, from: Uuid, into: Uuid) -> Result<Option<(R, R)>, Failure> {
    let from = app.store.get::<R>(&caller.scope, from).await?;
    Ok(from.zip(app.store.get::<R>(&caller.scope, into).await?))
}

/// `POST /curate/merges/{import}/undo`: takes a merge back whole.
///
/// # Errors
/// Not found for whoever does not curate, and for what is no merge.
pub async fn undo_merge(
    State(app): State<App>,
    caller: Caller,
    Path(import): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    caller.must(&Act::Curate)?;
    form.command()?;
    let import = app.store.get::<Import>(&caller.scope, super::id_of(&import)?).await?.ok_or_else(Failure::not_found)?;
    if import.kind != "merge" {
        return Err(Failure::not_found());
    }
    if import.undone_at.is_none() {
        app.store.undo_import(&caller.scope, import.id, app.clock.now()).await?;
        refresh::refresh(&app).await?;
    }
    super::saved(&app, "merge-undone", 1, "/curate")
}
