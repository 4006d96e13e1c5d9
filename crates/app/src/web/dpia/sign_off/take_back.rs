//! Taking one's own signature back, with reasons, so that the step is decided anew: offered to whoever gave it, while nothing rests on
//! it.

use super::{
    super::{
        projects::{Body, body},
        whole,
    },
    board, words,
};
use crate::{
    assessments::tell,
    error::{Failure, conflict},
    state::App,
    web::{
        form::{Errors, Form},
        page,
        people::sign_in::check::stale_form,
        repeat,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse as _, Response},
};
use domain::{
    dpia::{
        sign_off::{Refusal, Routes, Status},
        template::Template,
        whole::Whole,
        workflow::{Condition, Move, Refusal as Unmoved, TABLE},
    },
    people::Member,
    register::ids::OrganisationId,
};
use serde::Serialize;
use store::dpia::work::{Moving, Refused};

/// A signature of the caller's that holds.
#[derive(Serialize)]
pub(super) struct Own {
    organisation: Body,
    organisation_id: String,
    step: String,
    title: String,
    says: String,
    at: i64,
    /// The name of the control for its reasons.
    field: String,
    /// The later steps that are signed and rest on it: those come first.
    rests: Vec<String>,
}

fn field(step: &str, organisation: OrganisationId) -> String {
    format!("back-{step}-{organisation}")
}

/// What the caller signed and can take back, or could if later steps were: none where the workflow does not have it, or
/// what is public, or in use, rests on it.
///
/// # Errors
/// Where the database cannot be asked.
pub(super) async fn own(
    app: &App,
    caller: &Caller,
    member: &Member,
    whole: &Whole,
    template: &Template,
    routes: &Routes,
) -> Result<Vec<Own>, Failure> {
    let head = &whole.assessment;
    if !TABLE.iter().any(|row| row.step == Move::TakeBack && row.from.contains(&head.state)) {
        return Ok(Vec::new());
    }
    let public = app.store.publications(&caller.scope, app.clock.today(), head.id).await?;
    let snapshot = app.snapshot();
    Ok(whole.with_board(template, routes, |board| {
        let mut own = Vec::new();
        for slot in board.slots() {
            let Status::Signed { signature } = slot.status else { continue };
            let Some(signed) = whole.signatures.iter().find(|one| one.id == signature) else { continue };
            if whole.relied_on(signed, &public) {
                continue;
            }
            let rests = match board.take_back(member, slot.organisation, &slot.step.id) {
                Ok(_) => Vec::new(),
                Err(Refusal::RestsOn { steps }) => steps,
                Err(_) => continue,
            };
            own.push(Own {
                organisation: body(&snapshot, slot.organisation),
                organisation_id: slot.organisation.to_string(),
                step: slot.step.id.clone(),
                title: slot.step.title.clone(),
                says: signed.says.clone(),
                at: signed.at,
                field: field(&slot.step.id, slot.organisation),
                rests,
            });
        }
        own
    }))
}

/// Takes a signature back. It decides as much as giving one, and asks for the same check.
///
/// # Errors
/// Not found where the caller may not see signatures.
pub async fn take_back(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let (seen, template) = whole::load(&app, &caller, &id).await?;
    if !seen.sight.sees_sign_off() {
        return Err(Failure::not_found());
    }
    let location = format!("/assessments/{}/sign-off", seen.assessment.id);
    let action = format!("{location}/take-back");
    if let Some(response) = stale_form(&app, &caller, &headers, &location, &action, &form).await? {
        return Ok(response);
    }
    let command = form.command()?;
    let organisation: OrganisationId = form.text("organisation").parse().map_err(|_| Failure::not_found())?;
    let field = field(form.text("step"), organisation);
    let scope = caller.scope.acting_for(organisation);
    let Some(mut work) = app.store.work(&scope, app.clock.now(), app.clock.today(), seen.assessment.id).await? else {
        return Err(Failure::not_found());
    };
    if let Some(done) = work.command(command).await? {
        return Ok(repeat::again(&done));
    }
    let routes = whole::routes(&app, &work.whole)?;
    let reasons = form.text(&field);
    let moving = Moving { reasons, sign: Some((organisation, form.text("step"), "")), ..Moving::default() };
    let refused = match work.make_move(&template, &routes, Move::TakeBack, &moving).await? {
        Ok(moved) => {
            let said = "Your signature is taken back. The step waits to be decided anew.";
            work.answered(command, &repeat::kept(&location, said)).await?;
            tell::commit(&app, work, tell::moved(&moved, reasons)).await?;
            return Ok(page::saved(&location, said));
        }
        Err(refused) => refused,
    };
    drop(work);
    let mut errors = Errors::default();
    let unsaid = Refused::Move(Unmoved::Unmet { conditions: vec![Condition::Reasons] });
    if refused == unsaid {
        errors.add(&field, "Enter why you take it back");
    } else {
        for sentence in words::refused(&refused) {
            errors.add("own", sentence);
        }
    }
    let conflicts = words::conflicts(&refused);
    let (whole, template) = whole::load(&app, &caller, &id).await?;
    let page = board::render(&app, &caller, &whole, &template, errors, form.typed()).await?.into_response();
    Ok(if conflicts { conflict(page) } else { page })
}
