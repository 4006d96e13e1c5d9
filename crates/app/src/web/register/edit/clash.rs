//! Two people changed the same field: both values, and a choice. Nothing is lost, nothing is overwritten.

use super::{
    change::{Asked, Record},
    naming::Names,
    save::Clash,
};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::new_command,
        page,
        register::{
            history::{self, Beside, Shown},
            views::Named as Link,
        },
        session::Caller,
    },
};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value as Json;
use uuid::Uuid;

#[derive(Serialize)]
struct Field {
    name: String,
    value: String,
}

#[derive(Serialize)]
struct Sides {
    name: &'static str,
    field: String,
    before: Shown,
    theirs: Shown,
    yours: Shown,
}

#[derive(Serialize)]
struct View {
    record: Record,
    organisation: Option<Link>,
    command: Uuid,
    version: i64,
    action: String,
    carried: Vec<Field>,
    clashes: Vec<Sides>,
    fits: Vec<String>,
}

/// The page.
///
/// # Errors
/// When a record cannot be written as JSON, or the database fails.
pub async fn page<R: Asked>(app: &App, caller: &Caller, clash: &Clash<R>, group: &str) -> Result<Response, Failure> {
    let snapshot = app.snapshot();
    let names = Names::of(&snapshot).with(&clash.changes);
    // What is sent with the choice is the whole group as it would be: what others changed beside it must not come back.
    let answers = names.named(|named| clash.merged.say(group, named));
    let carried = answers
        .0
        .into_iter()
        .flat_map(|(name, all)| all.into_iter().map(move |value| Field { name: name.clone(), value }))
        .collect();
    let (base, theirs, yours) = (json(&clash.base)?, json(&clash.stored)?, json(&clash.wanted)?);
    let beside = Beside::of(app, &caller.scope, Some(clash.stored.owner()), [&base, &theirs, &yours]).await?;
    let beside = beside.with(&clash.changes);
    let sides = clash
        .clashes
        .iter()
        .map(|name| {
            let shown = |record: &Json| history::shown(name, history::leaf(record, name), &snapshot, &beside);
            Sides {
                name,
                field: history::field_words(name).to_owned(),
                before: shown(&base),
                theirs: shown(&theirs),
                yours: shown(&yours),
            }
        })
        .collect();
    let mut frame = page::frame(app, format!("Someone changed {} before you", clash.stored.title(&snapshot)), Some(R::LIST));
    frame.back = Some(clash.stored.address());
    let address = clash.stored.address();
    let action = if R::GROUPS.len() > 1 { format!("{address}/change/{group}") } else { format!("{address}/change") };
    let view = View {
        record: Record { title: clash.stored.title(&snapshot), href: address },
        organisation: super::organisation_link(&snapshot, clash.stored.owner()),
        command: new_command(),
        version: clash.stored.version(),
        action,
        carried,
        clashes: sides,
        fits: clash.fits.iter().map(|field| history::field_words(field).to_owned()).collect(),
    };
    Ok(page::render(app, "register/edit/clash.html", &frame, view)?.into_response())
}

fn json<T: Serialize>(record: &T) -> Result<Json, Failure> {
    Ok(serde_json::to_value(record)?)
}
