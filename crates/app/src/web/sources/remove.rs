//! `/sources/{id}/remove`: stops reading a source; what it brought stays.

use super::kept;
use crate::{
    error::Failure,
    state::App,
    web::{
        form::{Form, new_command},
        page,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{Html, Response},
};
use serde::Serialize;

#[derive(Serialize)]
struct View {
    id: String,
    name: String,
    command: String,
}

/// Asks.
///
/// # Errors
/// Not found for those who may not keep it.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Html<String>, Failure> {
    let source = kept(&app, &caller, &id).await?;
    let mut frame = page::frame(&app, format!("Stop reading {}?", source.name), None);
    frame.back = Some(format!("/sources/{}", source.id));
    let view = View { id: source.id.to_string(), name: source.name, command: new_command().to_string() };
    page::render(&app, "sources/remove.html", &frame, view)
}

/// Removes it.
///
/// # Errors
/// Not found for those who may not keep it.
pub async fn remove(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let command = form.command()?;
    let done = || Ok(page::saved("/sources", "The source is no longer read"));
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    if write.command(command).await?.is_some() {
        return done();
    }
    let source = kept(&app, &caller, &id).await?;
    write.delete(&[source]).await?;
    write.answered(command, "/sources").await?;
    write.commit().await?;
    done()
}
