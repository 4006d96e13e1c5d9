//! `POST /curate`: the hub asks by itself whether a supplier, product or function is the same as another one. What asks is a flag,
//! as proposals and imports make them, so that merging and placing are the same pages.

use crate::{
    error::Failure,
    state::App,
    web::{form::Form, register::edit, register::history, session::Caller},
};
use axum::{
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{
    audit::Kind,
    people::Act,
    register::{ids::FlagId, records::Flag},
};
use uuid::Uuid;

/// The reason of a flag that asks whether a record is the same as another.
const SAME: &str = "possible-same-as";

/// `POST /curate`: leads to the page on which the record of `kind` and `subject` is merged; to the one that waits, where one does.
///
/// # Errors
/// Not found for whoever does not curate, and for what is no supplier, product or function.
pub async fn ask(State(app): State<App>, caller: Caller, form: Form) -> Result<Response, Failure> {
    caller.must(&Act::Curate)?;
    let (kind, subject) = (form.text("kind"), edit::id_of(form.text("subject"))?);
    let known = Kind::parse(kind).filter(|kind| matches!(kind, Kind::Supplier | Kind::Product | Kind::Function));
    let name = known.and_then(|kind| history::title_of(kind, subject, &app.snapshot())).ok_or_else(Failure::not_found)?;
    let waiting = app.store.by::<Flag>(&caller.scope, "subject_id", subject.to_string()).await?;
    if let Some(flag) = waiting.iter().find(|flag| !flag.settled) {
        return Ok(Redirect::to(&format!("/curate/{}", flag.id)).into_response());
    }
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    if let Some(to) = write.command(form.command()?).await? {
        return Ok(Redirect::to(&to).into_response());
    }
    let flag = Flag {
        id: FlagId(Uuid::now_v7()),
        reason: SAME.to_owned(),
        subject_kind: kind.to_owned(),
        subject,
        note: format!("The hub asks whether ‘{name}’ is the same as another one"),
        settled: false,
    };
    let to = format!("/curate/{}", flag.id);
    write.create(&mut [flag]).await?;
    write.answered(form.command()?, &to).await?;
    write.commit().await?;
    Ok(Redirect::to(&to).into_response())
}
