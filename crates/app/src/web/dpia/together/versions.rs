//! `/assessments/{id}/versions`: everything the assessment said at some moment, sealed; and naming what it says now.

use super::super::whole;
use crate::{
    error::Failure,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page, repeat,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use domain::dpia::{access, whole::Whole};
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    href: String,
    command: Uuid,
    errors: Errors,
    typed: BTreeMap<String, String>,
    keeps: bool,
    /// It was made elsewhere, and its versions with it.
    record: bool,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    number: u32,
    name: String,
    frozen: bool,
    by: String,
    /// A file states who made it.
    stated: bool,
    at: i64,
    hash: String,
}

/// The page.
///
/// # Errors
/// Not found where the caller may not see versions.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let (whole, _) = whole::load(&app, &caller, &id).await?;
    render(&app, &caller, &whole, Errors::default(), BTreeMap::new()).await
}

/// Names what the assessment says now.
///
/// # Errors
/// Not found for those who do not keep it.
pub async fn name(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let (seen, template) = whole::load(&app, &caller, &id).await?;
    // What was made elsewhere is not written here, so that nothing new can be kept of it.
    if !access::keeps(&caller.scope, &seen.assessment, caller.acting_for()?) || seen.assessment.is_record() {
        return Err(Failure::not_found());
    }
    let name = form.text("name");
    if name.is_empty() || name.chars().count() > 100 {
        let mut errors = Errors::default();
        errors.add("name", if name.is_empty() { "Enter a name" } else { "The name must be 100 letters or fewer" });
        return render(&app, &caller, &seen, errors, form.typed()).await;
    }
    let command = form.command()?;
    let location = format!("/assessments/{}/versions", seen.assessment.id);
    let Some(mut work) = app.store.work(&caller.scope, app.clock.now(), app.clock.today(), seen.assessment.id).await? else {
        return Err(Failure::not_found());
    };
    if let Some(done) = work.command(command).await? {
        return Ok(repeat::again(&done));
    }
    work.make_version(&template, name, None).await?;
    let said = "The version is kept.";
    work.answered(command, &repeat::kept(&location, said)).await?;
    work.commit().await?;
    Ok(page::saved(&location, said))
}

async fn render(
    app: &App,
    caller: &Caller,
    whole: &Whole,
    errors: Errors,
    typed: BTreeMap<String, String>,
) -> Result<Response, Failure> {
    if !whole.sight.sees_sign_off() {
        return Err(Failure::not_found());
    }
    whole::of_record(whole, !whole.versions.is_empty())?;
    let names = whole::names(app, &caller.scope, whole.versions.iter().map(|version| version.by)).await?;
    let view = View {
        href: format!("/assessments/{}", whole.assessment.id),
        command: new_command(),
        keeps: access::keeps(&caller.scope, &whole.assessment, caller.acting_for()?) && !whole.assessment.is_record(),
        record: whole.assessment.is_record(),
        rows: whole
            .versions
            .iter()
            .rev()
            .map(|version| Row {
                number: version.number,
                name: version.name.clone(),
                frozen: version.frozen,
                by: names.get(&version.by).cloned().unwrap_or_default(),
                stated: version.stated,
                at: version.at,
                hash: version.seals.shared.to_string(),
            })
            .collect(),
        errors,
        typed,
    };
    let mut frame = whole::frame(app, whole, "Versions");
    frame.error = !view.errors.is_empty();
    Ok(page::render(app, "dpia/together/versions.html", &frame, view)?.into_response())
}
