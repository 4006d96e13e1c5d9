//! `/assessments/import/elsewhere`: an assessment that was made elsewhere is recorded in five minutes: its file, and what that says
//! about itself. [`super::recorded`] corrects it later, with the same fields.

use super::{
    attachments,
    import::starts,
    recorded::{self, Item},
};
use crate::{
    assessments::tell,
    error::Failure,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page,
        session::Caller,
        upload::Upload,
    },
};
use axum::{
    extract::State,
    response::{Html, IntoResponse as _, Response},
};
use domain::{
    dpia::{
        assessment::{Assessment, Joined, Party, PartyRole, State as Standing},
        attachment::Attachment,
        ids::AssessmentId,
        template::{Edition, Purpose},
    },
    people::Member,
};
use serde::Serialize;
use std::collections::BTreeMap;
use store::dpia::Attached;
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    command: Uuid,
    errors: Errors,
    typed: BTreeMap<String, String>,
    chosen: Vec<String>,
    systems: Vec<Item>,
    levels: Vec<Item>,
    organisation: String,
    /// For whom the form is, whatever another tab acts for by then.
    organisation_id: String,
}

/// The form.
///
/// # Errors
/// Not found for those who may not begin an assessment.
pub async fn page(State(app): State<App>, caller: Caller) -> Result<Html<String>, Failure> {
    show(&app, &caller, &Form::default(), Errors::default()).await
}

async fn show(app: &App, caller: &Caller, form: &Form, errors: Errors) -> Result<Html<String>, Failure> {
    let member = starts(caller)?;
    let mut frame = page::frame(app, "Record an assessment made elsewhere", Some("dpias"));
    frame.back = Some("/assessments/import".to_owned());
    frame.error = !errors.is_empty();
    let view = View {
        command: new_command(),
        errors,
        typed: form.typed(),
        chosen: form.all("system").into_iter().map(str::to_owned).collect(),
        systems: recorded::systems(app, caller, member.acting_for).await?,
        levels: recorded::levels(),
        organisation: super::organisation(app, member.acting_for),
        organisation_id: member.acting_for.to_string(),
    };
    page::render(app, "dpia/import_elsewhere.html", &frame, view)
}

/// Records it: its file, and what it says about itself.
///
/// # Errors
/// As [`page()`].
pub async fn record(State(app): State<App>, caller: Caller, upload: Upload) -> Result<Response, Failure> {
    let caller = upload.form.acting(&caller)?;
    let member = starts(&caller)?.clone();
    let command = upload.command().await?;
    let (at, today) = (app.clock.now(), app.clock.today());
    let own = recorded::systems(&app, &caller, member.acting_for).await?;
    let (stated, mut errors) = recorded::read(&upload.form, today, &own);
    let file = match upload.file("file") {
        None => Err("Choose the file of the assessment".to_owned()),
        Some(file) => attachments::check(&app, &caller, file).await.map(|attachment| (attachment, &file.bytes)),
    };
    let (attachment, bytes) = match (file, errors.is_empty()) {
        (Ok(checked), true) => checked,
        (file, _) => {
            if let Err(message) = file {
                errors.add("file", message);
            }
            return Ok(show(&app, &caller, &upload.form, errors).await?.into_response());
        }
    };
    let rules = app.rules();
    let template = rules.in_force(Purpose::Dpia, today).ok_or_else(Failure::not_found)?;
    let title = stated.title.clone();
    let assessment = blank(&member, &template.edition, at).corrected(stated);
    let made = app.store.begin_assessment(&caller.scope, at, today, assessment, Some(command)).await?;
    let attachment = Attachment { assessment: made.id, ..attachment };
    if app.store.attach(&caller.scope, at, today, attachment, bytes).await? == Attached::Missing {
        return Err(Failure::not_found());
    }
    // It stands in the review calendar from the first day.
    if made.review_on.is_some()
        && let Some(mut work) = app.store.work(&caller.scope, at, today, made.id).await?
    {
        work.review_by(made.review_on).await?;
        tell::commit(&app, work, None).await?;
    }
    Ok(page::saved(&format!("/assessments/{}", made.id), &format!("{title} is recorded as {}", made.number)))
}

/// A record of which nothing is stated yet.
fn blank(member: &Member, template: &Edition, at: i64) -> Assessment {
    Assessment {
        lead_person: Some(member.person),
        state: Standing::Recorded,
        parties: vec![Party {
            by: Some(member.person),
            ..Party::new(member.acting_for, PartyRole::Controller, Joined::Accepted, at)
        }],
        ..Assessment::blank(AssessmentId(Uuid::now_v7()), template, member.acting_for, at)
    }
}
