//! `/skills/{id}`: one skill of an organisation.

use super::skills::{Row, row};
use crate::{
    error::Failure,
    state::App,
    web::{form::new_command, page, session::Caller},
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use domain::{people::Act, register::records::Skill};
use govuk::Link;
use serde::Serialize;
use uuid::Uuid;

#[derive(Serialize)]
struct One {
    #[serde(flatten)]
    row: Row,
    may_edit: bool,
    command: Uuid,
    version: i64,
}

/// The page.
///
/// # Errors
/// Not found for an id that is none of ours.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let skill = app.store.get::<Skill>(&caller.scope, super::edit::id_of(&id)?).await?.ok_or_else(Failure::not_found)?;
    let row = row(&app.snapshot(), &skill);
    let owner = row.organisation.as_ref().map(|one| one.name.clone()).unwrap_or_default();
    let mut frame = page::frame(&app, format!("{}, {owner}", skill.name), Some("skills"));
    page::belongs_to(&app, &mut frame, skill.organisation);
    frame.breadcrumbs = vec![Link::new("Home", "/"), Link::new("Skills", "/skills")];
    let may_edit = caller.may(&Act::EditRegister(skill.organisation));
    let view = One { row, may_edit, command: new_command(), version: skill.updated_at };
    Ok(page::render(&app, "register/skill.html", &frame, view)?.into_response())
}
