//! `/drafts/{id}/discard`: a draft let go for good, after its writer said so twice. The log keeps that it went, not what it said.

use super::{dashboard, own, own_once, section};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::{Form, new_command},
        page as shell,
        register::{edit, views::Named},
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use domain::register::ids::OrganisationId;
use serde::Serialize;
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    command: Uuid,
    kind: String,
    title: String,
    organisation: Option<Named>,
    at: i64,
    href: String,
}

/// `GET /drafts/{id}/discard`: asks once more.
///
/// # Errors
/// Not found for a draft that is not the caller's own.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let draft = own(&app, &caller, &id).await?;
    let organisation = OrganisationId(draft.organisation);
    let href = format!("/drafts/{}", draft.id);
    let mut frame = shell::frame(&app, "Discard this draft?", Some(section(&draft.kind)));
    frame.back = Some(href.clone());
    let view = View {
        command: new_command(),
        title: draft.title().to_owned(),
        kind: draft.kind,
        organisation: edit::organisation_link(&app.snapshot(), organisation),
        at: draft.updated_at,
        href,
    };
    Ok(shell::render(&app, "register/edit/discard.html", &frame, view)?.into_response())
}

/// `POST /drafts/{id}/discard`: lets it go.
///
/// # Errors
/// Not found for a draft that is not the caller's own.
pub async fn discard(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let command = form.command()?;
    let draft = match own_once(&app, &caller, &id, command, "draft-gone").await? {
        Ok(draft) => draft,
        Err(done) => return Ok(done),
    };
    let organisation = OrganisationId(draft.organisation);
    let back = dashboard(&app, organisation);
    let mut write = app.store.write(&edit::keeping(&caller, organisation), app.clock.now()).await?;
    if write.command(command).await?.is_none() {
        write.discard_draft(&draft).await?;
        write.answered(command, &back).await?;
        write.commit().await?;
    }
    edit::saved(&app, "draft-gone", 1, &back)
}
