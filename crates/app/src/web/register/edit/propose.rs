//! `/organisations/{slug}/propose`: a supplier, product or function that the register lacks. It can be used at once; the hub is
//! asked to place it, or to merge it into one that is known.

use super::{answers, save};
use crate::{
    error::Failure,
    imports,
    jobs::refresh,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page,
        register::views::Named,
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
        edit::{Refusal, Refused, contract::REGISTER},
        import::{
            draft::SupplierDraft,
            resolve::{Changes, Index},
        },
    },
};
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// How often it is tried again when someone else proposes at the same moment.
const TRIES: usize = 4;

#[derive(Serialize)]
struct View {
    organisation: Named,
    command: Uuid,
    answers: BTreeMap<String, String>,
    errors: Errors,
}

fn show(app: &App, organisation: Named, answers: BTreeMap<String, String>, errors: Errors) -> Result<Response, Failure> {
    let mut frame = page::frame(app, "Propose a supplier, product or function", Some("organisations"));
    frame.back = Some(format!("{}/register", organisation.href));
    frame.error = !errors.is_empty();
    let view = View { organisation, command: new_command(), answers, errors };
    Ok(page::render(app, "register/edit/propose.html", &frame, view)?.into_response())
}

/// `GET /organisations/{slug}/propose`.
///
/// # Errors
/// Not found for whoever may not propose for the organisation.
pub async fn page(State(app): State<App>, caller: Caller, Path(slug): Path<String>) -> Result<Response, Failure> {
    let snapshot = app.snapshot();
    let organisation = super::organisation(&snapshot, &slug)?;
    caller.must(&Act::Propose(organisation.id))?;
    let named = super::organisation_link(&snapshot, organisation.id).ok_or_else(Failure::not_found)?;
    show(&app, named, BTreeMap::new(), Errors::default())
}

/// `POST /organisations/{slug}/propose`.
///
/// # Errors
/// Not found for whoever may not propose for the organisation.
pub async fn propose(State(app): State<App>, caller: Caller, Path(slug): Path<String>, form: Form) -> Result<Response, Failure> {
    let snapshot = app.snapshot();
    let organisation = super::organisation(&snapshot, &slug)?;
    caller.must(&Act::Propose(organisation.id))?;
    let named = super::organisation_link(&snapshot, organisation.id).ok_or_else(Failure::not_found)?;
    let command = form.command()?;
    // Before the names are looked at: by a second press the proposed one is there.
    if let Some(first) = repeat::before(&app, &caller, command).await? {
        return Ok(first);
    }
    let (kind, name, note) = (form.text("kind").to_owned(), form.text("name").to_owned(), form.text("note").to_owned());
    let mut refused = Vec::new();
    if !["supplier", "product", "function"].contains(&kind.as_str()) {
        refused.push(Refused::new("kind-of-name", Refusal::Missing));
    }
    if name.is_empty() {
        refused.push(Refused::new("new-name", Refusal::Missing));
    }
    for (field, text, most) in [("new-name", &name, 200), ("why", &note, 1000)] {
        if text.chars().count() > most {
            refused.push(Refused::new(field, Refusal::TooLong { most }));
        }
    }
    let scope = super::keeping(&caller, organisation.id);
    let back = format!("{}/register", named.href);
    for _ in 0..TRIES {
        if !refused.is_empty() {
            break;
        }
        let known = imports::plan::Names::load(&app.store, &scope).await?;
        let changes = named_so(&known, &kind, &name, &note, &organisation.name, app.clock.now());
        if changes.flags.is_empty() {
            refused.push(Refused::new("new-name", Refusal::NameTaken));
            break;
        }
        let mut write = app.store.write(&scope, app.clock.now()).await?;
        if let Some(kept) = write.command(command).await? {
            return Ok(repeat::again(&kept));
        }
        match save::names(&mut write, known.seen, changes).await {
            // Others proposed at the same moment, perhaps the same: the names are looked at again.
            Err(store::Error::Conflict(..)) => continue,
            done => done?,
        }
        let said = super::banner(&app, "proposed", 1, super::Said::default())?;
        repeat::keep(&mut write, command, &back, &said).await?;
        write.commit().await?;
        refresh::refresh(&app).await?;
        return Ok(page::saved(&back, &said));
    }
    if refused.is_empty() {
        return Err(Failure::of(crate::error::Code::Timeout));
    }
    let mut errors = Errors::default();
    for one in &refused {
        let (field, id) = match one.field.as_str() {
            "kind-of-name" => ("kind", "kind"),
            "new-name" => ("name", "name"),
            _ => ("note", "note"),
        };
        errors.add_at(field, id, answers::sentence(&app, one));
    }
    show(&app, named, form.typed(), errors)
}

/// What a proposal makes of the names that are known: nothing of one that is known already.
fn named_so(known: &imports::plan::Names, kind: &str, name: &str, note: &str, organisation: &str, now: i64) -> Changes {
    let mut ids = Uuid::now_v7;
    let mut index = Index::new(known.known(), &mut ids, now);
    match kind {
        "supplier" if index.known_supplier(name).is_none() => {
            index.supplier(&SupplierDraft { name: name.to_owned(), ..SupplierDraft::default() }, REGISTER);
        }
        "function" if index.known_function(name).is_none() => {
            index.function(name, None);
        }
        "product" => {
            index.product(name, None, &[]);
        }
        _ => {}
    }
    let mut changes = index.into_changes();
    let why = if note.is_empty() { String::new() } else { format!(": {note}") };
    for flag in &mut changes.flags {
        flag.note = format!("{}; proposed by {organisation}{why}", flag.note);
    }
    changes
}
