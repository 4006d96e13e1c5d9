//! `/skills`: what organisations can do and teach. Organisations and numbers, never a person.

use super::save::Kept as _;
use crate::{
    error::Failure,
    state::App,
    web::{form::new_command, page, query::Params, register::views::Named, session::Caller},
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use domain::{
    people::Act,
    register::{names::fold, records::Skill},
};
use govuk::Link;
use jiff::civil::Date;
use serde::Serialize;
use uuid::Uuid;

#[derive(Serialize)]
struct Row {
    name: String,
    href: String,
    organisation: Option<Named>,
    level: &'static str,
    people: Option<i64>,
    offers_training: bool,
    confirmed: Option<Date>,
}

#[derive(Serialize)]
struct View {
    q: String,
    training: bool,
    rows: Vec<Row>,
    total: usize,
}

fn row(app: &App, skill: &Skill) -> Row {
    Row {
        name: skill.name.clone(),
        href: skill.address(),
        organisation: super::organisation_link(&app.snapshot(), skill.organisation),
        level: skill.level.as_str(),
        people: skill.people,
        offers_training: skill.offers_training,
        confirmed: skill.confirmed,
    }
}

/// Every skill, by name, the highest level first.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, caller: Caller, params: Params) -> Result<Response, Failure> {
    let mut skills = app.store.all::<Skill>(&caller.scope).await?;
    let total = skills.len();
    let q = params.one("q").unwrap_or_default().to_owned();
    let training = params.one("training") == Some("yes");
    let words = fold(&q);
    skills.retain(|skill| (!training || skill.offers_training) && words.split(' ').all(|word| fold(&skill.name).contains(word)));
    skills.sort_by(|a, b| (fold(&a.name), b.level, a.id).cmp(&(fold(&b.name), a.level, b.id)));
    let mut frame = page::frame(&app, "Skills", Some("skills"));
    frame.breadcrumbs = vec![Link::new("Home", "/")];
    let view = View { q, training, rows: skills.iter().take(500).map(|skill| row(&app, skill)).collect(), total };
    Ok(page::render(&app, "register/edit/skills.html", &frame, view)?.into_response())
}

#[derive(Serialize)]
struct One {
    #[serde(flatten)]
    row: Row,
    may_edit: bool,
    command: Uuid,
}

/// `/skills/{id}`.
///
/// # Errors
/// Not found for an id that is none of ours.
pub async fn one(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let skill = app.store.get::<Skill>(&caller.scope, super::id_of(&id)?).await?.ok_or_else(Failure::not_found)?;
    let row = row(&app, &skill);
    let owner = row.organisation.as_ref().map(|one| one.name.clone()).unwrap_or_default();
    let mut frame = page::frame(&app, format!("{}, {owner}", skill.name), Some("skills"));
    frame.breadcrumbs = vec![Link::new("Home", "/"), Link::new("Skills", "/skills")];
    let view = One { row, may_edit: caller.may(&Act::EditRegister(skill.organisation)), command: new_command() };
    Ok(page::render(&app, "register/edit/skill.html", &frame, view)?.into_response())
}
