//! One supplier, product or function in the place of another everywhere, and the whole of it taken back.

use super::{
    list,
    place::{Pressed, claim},
};
use crate::{
    error::Failure,
    jobs::refresh,
    state::App,
    web::{
        form::Form,
        page,
        query::Params,
        register::{
            edit::{self, kept},
            history, merged,
        },
        repeat,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::{
    people::Act,
    register::{
        edit::{Refusal, Refused, place},
        ids::ImportId,
        records::{Flag, Function, Import, Product, Supplier},
    },
};
use store::{Record, merge::is_owned_by, undo::Back};
use uuid::Uuid;

/// It is the same as another one: that one takes its place everywhere.
pub(super) async fn merge(app: &App, caller: &Caller, flag: &Flag, form: &Form, command: Uuid) -> Result<Pressed, Failure> {
    let refuse = |why| Ok(Pressed::Refused(Refused::new("into", why)));
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
    if let Some(kept) = write.command(command).await? {
        return Ok(Pressed::Done(repeat::again(&kept)));
    }
    let group = ImportId(Uuid::now_v7());
    write.by_import(group);
    if !claim(&mut write, flag).await? {
        return Ok(Pressed::Late);
    }
    let record = |from: (&str, Uuid), into: (&str, Uuid), slug: Option<&str>| Import {
        id: group,
        kind: "merge".to_owned(),
        files: Vec::new(),
        at: now,
        report: merged::report(&flag.subject_kind, from, into, slug),
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
            write.create(&mut [record((&from.name, from.id.0), (&into.name, into.id.0), None)]).await?;
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
            write.create(&mut [record((&from.name, from.id.0), (&into.name, into.id.0), None)]).await?;
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
            write.create(&mut [record((&from.name, from.id.0), (&into.name, into.id.0), Some(&from.slug))]).await?;
            write.merge_functions(&from, &into, after).await?
        }
        _ => return refuse(Refusal::NoSuchRecord),
    };
    let moved = usize::try_from(moved).unwrap_or(usize::MAX);
    let said = edit::banner(app, "merged", moved, edit::Said::default())?;
    repeat::keep(&mut write, command, "/curate", &said).await?;
    write.commit().await?;
    refresh::refresh(app).await?;
    Ok(Pressed::Done(edit::saved(app, "merged", moved, "/curate")?))
}

async fn pair<R: Record>(app: &App, caller: &Caller, from: Uuid, into: Uuid) -> Result<Option<(R, R)>, Failure> {
    let from = app.store.get::<R>(&caller.scope, from).await?;
    Ok(from.zip(app.store.get::<R>(&caller.scope, into).await?))
}

/// `POST /curate/merges/{import}/undo`: takes a merge back whole. Where one record cannot go back nothing does, and the page says
/// which and why.
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
    let command = form.command()?;
    let import = app.store.get::<Import>(&caller.scope, edit::id_of(&import)?).await?.ok_or_else(Failure::not_found)?;
    if import.kind != "merge" {
        return Err(Failure::not_found());
    }
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    if let Some(kept) = write.command(command).await? {
        write.abandon();
        return Ok(repeat::again(&kept));
    }
    let back = write.take_back(&app.store, import.id, false).await?;
    if let Back::Stays(kept) = back {
        write.abandon();
        let kept = kept::lines(&app, &caller.scope, import.id, &kept).await?;
        return list::show(&app, &caller, &Params::default(), Some((import.id, kept))).await;
    }
    // Where somebody was faster, what they undid is what was asked for.
    let banner = edit::banner(&app, "merge-undone", 1, edit::Said::default())?;
    repeat::keep(&mut write, command, "/curate", &banner).await?;
    write.commit().await?;
    refresh::refresh(&app).await?;
    Ok(page::saved("/curate", &banner))
}
