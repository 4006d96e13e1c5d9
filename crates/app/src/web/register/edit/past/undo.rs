//! `POST /contracts/{id}/history` and its like: takes one change back by a new one. Whoever may edit may undo. Where the same
//! field was changed again since, both values stand on a page and a person chooses; what would remove a record is asked once
//! more. A change that a merge of two names made is taken back with the whole merge, by the hub.

use super::{Found, Told, find};
use crate::{
    error::{Code, Failure},
    jobs::refresh,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page as shell,
        people::sign_in::check::stale_form,
        query::Params,
        register::{
            edit::{
                answers,
                change::Record,
                save::{References, steps},
            },
            history::{self, Beside, Shown},
            views::Named,
        },
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use domain::{
    people::{Act, Role, Scope},
    register::{
        edit::{
            Refusal, Refused,
            check::Reference,
            past::leaves,
            undo::{Contested, Undo, Undone, undo as taken_back},
        },
        ids::OrganisationId,
        records::{Import, Supplier},
    },
};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use store::{Write, log::Change, merge::is_owned_by};
use uuid::Uuid;

/// How often an undo is tried again when someone else was faster.
const TRIES: usize = 4;
/// How a choice between two values is named in the form, before the fact's path.
const KEEP: &str = "keep-";

/// What the page asks before anything is written.
enum Ask {
    /// Which of two values is to stand, fact by fact.
    Which(Vec<Contested>),
    /// Whether the record is to go.
    Sure,
}

/// What became of it.
enum Done {
    /// Written; the banner's words.
    Written(&'static str),
    /// Somebody has to answer first.
    Asks(Ask),
}

/// `POST /contracts/{id}/history` and its like.
///
/// # Errors
/// Not found for whoever may not edit the record.
pub async fn undo<R: Told>(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path(name): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let command = form.command()?;
    let number = |field: &str| form.text(field).parse::<i64>();
    let sequence = number("sequence").map_err(|_| Failure::form("The form is incomplete: open its page again."))?;
    for _ in 0..TRIES {
        let found = find::<R>(&app, &caller, &name).await?;
        let keeper = found.record.keeper();
        caller.must(&keeper)?;
        let back = format!("{}/history", found.address());
        if keeper == Act::ManageNetwork
            && let Some(response) = stale_form(&app, &caller, &headers, &back, &back, &form).await?
        {
            return Ok(response);
        }
        let changes = app.store.history_of(&caller.scope, &found.record).await?;
        let change = changes.iter().find(|change| change.sequence == sequence).ok_or_else(Failure::not_found)?;
        let newest = changes.first().map_or(sequence, |change| change.sequence);
        // What was chosen counts for the record that was seen; where it changed again meanwhile, it is asked again.
        let answered = number("seen") == Ok(newest);
        let scope = acting(&caller, &keeper);
        let mut write = app.store.write(&scope, app.clock.now()).await?;
        if let Some(first) = write.command(command).await? {
            return super::super::saved(&app, &first, 1, &back);
        }
        if write.last_entry_of(found.record.id()).await? != Some(newest) {
            continue;
        }
        let answers = if answered { chosen(&form) } else { BTreeMap::new() };
        let sure = answered && form.text("sure") == "yes";
        match write_undone(&app, &scope, &mut write, &found, change, &answers, sure).await? {
            Ok(Done::Written(banner)) => {
                // What it did is the first result: where it leads may be called otherwise by then.
                write.answered(command, banner).await?;
                write.commit().await?;
                refresh::refresh(&app).await?;
                let now = find::<R>(&app, &caller, &found.record.id().to_string()).await?;
                return super::super::saved(&app, banner, 1, &format!("{}/history", now.address()));
            }
            Ok(Done::Asks(ask)) => {
                write.abandon();
                return question(&app, &caller, &found, (sequence, newest), ask).await;
            }
            // Whoever chose to leave everything as it is has what they want.
            Err(refused) if refused.why == Refusal::NothingToUndo && !answers.is_empty() => {
                write.abandon();
                return super::super::nothing_saved(&app, "nothing", &back);
            }
            Err(refused) => {
                write.abandon();
                let mut errors = Errors::default();
                errors.add_at("undo", &format!("change-{sequence}"), answers::sentence(&app, &refused));
                return super::view(&app, &caller, &found, &Params::default(), errors).await;
            }
        }
    }
    Err(Failure::of(Code::Timeout))
}

/// On whose behalf the log has it: the record's organisation, or the hub.
fn acting(caller: &Caller, keeper: &Act<'_>) -> Scope {
    if let Act::EditRegister(organisation) = keeper {
        return super::super::keeping(caller, *organisation);
    }
    let role = Role::NetworkAdministrator;
    let hub = caller.member().and_then(|member| {
        member.standings.iter().map(|standing| standing.organisation).find(|organisation| member.holds(*organisation, role))
    });
    hub.map_or_else(|| caller.scope.clone(), |hub| caller.scope.acting_for(hub).acting_as(role))
}

/// Facts for which a person chose: whether what stood before comes back.
fn chosen(form: &Form) -> BTreeMap<String, bool> {
    form.fields().filter_map(|(name, value)| Some((name.strip_prefix(KEEP)?.to_owned(), value == "before"))).collect()
}

/// Writes the change that takes another one back, unless something has to be asked first.
async fn write_undone<R: Told>(
    app: &App,
    scope: &Scope,
    write: &mut Write,
    found: &Found<R>,
    change: &Change,
    chosen: &BTreeMap<String, bool>,
    sure: bool,
) -> Result<Result<Done, Refused>, Failure> {
    let refuse = |why| Ok(Err(Refused::new("undo", why)));
    let import = match change.import {
        Some(id) => app.store.get::<Import>(scope, id).await?,
        None => None,
    };
    if import.is_some_and(|import| import.kind == "merge") {
        return refuse(Refusal::PartOfMerge);
    }
    let Some(step) = steps(std::slice::from_ref(change)).into_iter().next() else { return refuse(Refusal::NothingToUndo) };
    let record = &found.record;
    let current = serde_json::to_value(record)?;
    let undone = {
        let how = Undo { step, by_import: change.import.is_some(), signed: &R::signs, chosen };
        taken_back(Some(&current).filter(|_| found.stands), &how)
    };
    let (written, banner) = match undone {
        Err(why) => return refuse(why),
        Ok(Undone::Asks(contested)) => return Ok(Ok(Done::Asks(Ask::Which(contested)))),
        Ok(Undone::Changed(json)) => {
            let mut after: R = serde_json::from_value(json.clone())?;
            if let Some(refused) = wrong(app, scope, &after, &current, &json).await?.into_iter().next() {
                return Ok(Err(refused));
            }
            (write.update(record, &mut after).await.map(drop), "undone")
        }
        Ok(Undone::Removed) if !R::REMOVABLE => return refuse(Refusal::NothingToUndo),
        Ok(Undone::Removed) => {
            if write.needed::<R>(record.id()).await? || owns(app, scope, record).await? {
                return refuse(Refusal::ReferredTo);
            }
            if !sure {
                return Ok(Ok(Done::Asks(Ask::Sure)));
            }
            (write.delete(std::slice::from_ref(record)).await, "removed")
        }
        Ok(Undone::Revived(json)) => (write.revive::<R>(serde_json::from_value(json)?).await, "revived"),
    };
    match written {
        Ok(()) => Ok(Ok(Done::Written(banner))),
        Err(error) => match error.constraint() {
            Some(store::error::Constraint::Reference) => refuse(Refusal::ReferenceGone),
            Some(store::error::Constraint::Unique) => refuse(Refusal::NameTaken),
            None => Err(error.into()),
        },
    }
}

/// What would be wrong with the record, among the facts that go back.
async fn wrong<R: Told>(app: &App, scope: &Scope, after: &R, was: &Json, is: &Json) -> Result<Vec<Refused>, Failure> {
    let (was, is) = (leaves(was), leaves(is));
    let paths = was.keys().chain(is.keys()).filter(|path| was.get(*path) != is.get(*path));
    let changed: Vec<&str> = paths.map(|path| path.rsplit('.').next().unwrap_or(path)).collect();
    let Some(owner) = after.organisation() else { return Ok(Vec::new()) };
    let references = References::load(app, scope, OrganisationId(owner)).await?;
    Ok(after.check(&changed, &|reference: Reference| references.has(reference)))
}

/// Whether another supplier names it as an owner, which no column says.
async fn owns<R: Told>(app: &App, scope: &Scope, record: &R) -> Result<bool, Failure> {
    if R::KIND != domain::audit::Kind::Supplier {
        return Ok(false);
    }
    let all = app.store.all::<Supplier>(scope).await?;
    Ok(all.iter().any(|supplier| is_owned_by(supplier, record.id().into())))
}

#[derive(Serialize)]
struct Sides {
    name: String,
    field: String,
    before: Shown,
    now: Shown,
}

#[derive(Serialize)]
struct View {
    record: Record,
    organisation: Option<Named>,
    command: Uuid,
    sequence: i64,
    seen: i64,
    contested: Vec<Sides>,
}

/// The field that a path ends in.
fn field_of(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// The page that asks before anything is written.
async fn question<R: Told>(
    app: &App,
    caller: &Caller,
    found: &Found<R>,
    (sequence, seen): (i64, i64),
    ask: Ask,
) -> Result<Response, Failure> {
    let snapshot = app.snapshot();
    let owner = found.record.organisation().map(OrganisationId);
    let values: Vec<Json> = match &ask {
        Ask::Sure => Vec::new(),
        Ask::Which(contested) => {
            contested.iter().map(|one| serde_json::json!({ field_of(&one.path): [one.before, one.now] })).collect()
        }
    };
    let beside = Beside::of(app, &caller.scope, owner, &values).await?;
    let contested = match ask {
        Ask::Sure => Vec::new(),
        Ask::Which(contested) => contested
            .into_iter()
            .map(|one| {
                let field = field_of(&one.path);
                let shown = |value: &Json| history::shown(field, value, &snapshot, &beside);
                Sides {
                    field: history::field_words(field).to_owned(),
                    before: shown(&one.before),
                    now: shown(&one.now),
                    name: format!("{KEEP}{}", one.path),
                }
            })
            .collect(),
    };
    let title = found.record.called(&snapshot);
    let heading =
        if contested.is_empty() { format!("Remove {title}?") } else { format!("This was changed again since: {title}") };
    let href = format!("{}/history", found.address());
    let mut frame = shell::frame(app, heading, Some(R::LIST));
    frame.back = Some(href.clone());
    let view = View {
        record: Record { title, href },
        organisation: owner.and_then(|owner| super::super::organisation_link(&snapshot, owner)),
        command: new_command(),
        sequence,
        seen,
        contested,
    };
    Ok(shell::render(app, "register/edit/undo.html", &frame, view)?.into_response())
}
