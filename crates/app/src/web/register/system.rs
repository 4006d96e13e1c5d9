//! `/systems/{id}`: one product in use at one organisation.

use super::{
    facts::{ImportFact, imports_of},
    history::{self, Event},
    records::{self, Use},
    views::{self, Line},
};
use crate::{
    error::Failure,
    state::App,
    web::{
        dpia::standing::{self, Standing},
        form::new_command,
        page,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    people::{Act, Scope},
    register::{
        edit::contract::is_web_address,
        ids::SystemId,
        records::{Import, SubProcessor, System},
        snapshot::Snapshot,
    },
};
use serde::Serialize;
use store::dpia::load::About;
use uuid::Uuid;

/// A sub-processor with the addresses that its row leads to.
#[derive(Serialize)]
struct PassedOn {
    name: String,
    href: Option<String>,
    does: Option<String>,
    place: Option<String>,
    source: Option<String>,
    link: Option<String>,
}

fn passed_on(snapshot: &Snapshot, all: &[SubProcessor]) -> Vec<PassedOn> {
    let one = |one: &SubProcessor| PassedOn {
        name: one.name.clone(),
        href: one.supplier.filter(|id| snapshot.supplier_by_id(*id).is_some()).map(|id| format!("/suppliers/{id}")),
        does: one.does.clone(),
        place: one.place.clone(),
        link: one.source.clone().filter(|source| is_web_address(source)),
        source: one.source.clone(),
    };
    all.iter().map(one).collect()
}

#[derive(Serialize)]
struct View {
    usage: Use,
    data_access: Option<String>,
    sub_processors: Vec<PassedOn>,
    source: String,
    lines: Vec<Line>,
    events: Vec<Event>,
    href: String,
    may_edit: bool,
    command: Uuid,
    version: i64,
    standing: Option<Standing>,
}

/// The page.
///
/// # Errors
/// Not found for an id that is not there.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let id: SystemId = id.parse().map_err(|_| Failure::not_found())?;
    let snapshot = app.snapshot();
    let Some(entry) = snapshot.system_by_id(id).and_then(|row| snapshot.system(row)) else {
        // One that is not public has its history to show, to people of its organisation.
        let own = app.store.get::<System>(&caller.scope, id.0).await?.ok_or_else(Failure::not_found)?;
        return Ok(Redirect::to(&format!("/systems/{}/history", own.id)).into_response());
    };
    let changes = app.store.history(&Scope::Public, id.0).await?;
    let origin = &entry.record.origin;
    let wanted: Vec<_> = imports_of(origin).map(|import| import.0).chain(changes.iter().filter_map(|one| one.import)).collect();
    let imports = app.store.get_many::<Import>(&Scope::Public, &wanted).await?;
    let imports = imports.iter().map(|import| (import.id, ImportFact::from(import))).collect();
    let contents = changes.iter().filter_map(|one| one.content.as_ref());
    let beside = history::Beside::of(&app, &Scope::Public, None, contents).await?;
    let usage = records::usage(&snapshot, entry).ok_or_else(Failure::not_found)?;
    let title = format!("{} at {}", usage.product.name, usage.organisation.name);
    let view = View {
        usage,
        data_access: entry.record.data_access.clone(),
        sub_processors: passed_on(&snapshot, &entry.record.sub_processors),
        source: origin.source.clone(),
        lines: views::lines(&snapshot, &entry.contracts),
        events: history::events(&changes, &imports, &snapshot, &beside),
        href: format!("/systems/{id}"),
        may_edit: caller.may(&Act::EditRegister(entry.record.organisation)),
        command: new_command(),
        version: entry.record.updated_at,
        standing: standing::of(&app, &caller, entry.record.organisation, &[About::System(id.0)]).await?,
    };
    let mut frame = page::record_frame(&app, &title, "systems", "Systems");
    page::belongs_to(&app, &mut frame, entry.record.organisation);
    Ok(page::render(&app, "register/system.html", &frame, view)?.into_response())
}
