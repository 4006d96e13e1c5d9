//! Signing one step for one organisation. The person has proved a short while ago who they are, with a second factor; the
//! signature is bound to what stood in front of them, and refused when that moved meanwhile.

use super::{super::whole, board, words};
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
use domain::{dpia::workflow::Move, register::ids::OrganisationId};
use store::dpia::work::{Moving, Refused};

/// Signs.
///
/// # Errors
/// Not found where the caller may not see signatures.
pub async fn sign(
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
    let now = app.clock.now();
    // The decision and its reasons are given back after the check; the hash that goes with them says of what text they were.
    if let Some(response) = stale_form(&app, &caller, &headers, &location, &location, &form).await? {
        return Ok(response);
    }
    let command = form.command()?;
    let organisation: OrganisationId = form.text("organisation").parse().map_err(|_| Failure::not_found())?;
    let (step, decision) = (form.text("step"), form.text("decision"));
    let mut errors = Errors::default();
    if decision.is_empty() {
        errors.add("decision", "Choose what you decide");
    }
    if form.text("confirm") != "yes" {
        errors.add("confirm", "Confirm that you have read the version and sign it");
    }
    let mut conflicts = false;
    if errors.is_empty() {
        let scope = caller.scope.acting_for(organisation);
        let Some(mut work) = app.store.work(&scope, now, app.clock.today(), seen.assessment.id).await? else {
            return Err(Failure::not_found());
        };
        if let Some(done) = work.command(command).await? {
            return Ok(repeat::again(&done));
        }
        // What was in front of the signer is named in the form, the shared text and their own annex; other words are not signed by
        // a press that was late. Nobody changes them between this look and the signature.
        let state = work.whole.assessment.state;
        let stands = work.whole.frozen().filter(|_| state.is_frozen() || state.is_signed()).map(|version| {
            let annex = version.seals.annexes.get(&organisation).map(ToString::to_string);
            (version.seals.shared.to_string(), annex.unwrap_or_default())
        });
        let shown = (form.text("hash"), form.text("annex"));
        if stands.is_some_and(|(shared, annex)| (shared.as_str(), annex.as_str()) != shown) {
            drop(work);
            errors.add("decision", "The text changed while you read it. Nothing was signed: read what changed, then sign again");
            let (whole, template) = whole::load(&app, &caller, &id).await?;
            return Ok(conflict(board::render(&app, &caller, &whole, &template, errors, form.typed()).await?.into_response()));
        }
        let routes = whole::routes(&app, &work.whole)?;
        let moving = Moving { reasons: form.text("reasons"), sign: Some((organisation, step, decision)), ..Moving::default() };
        match work.make_move(&template, &routes, Move::Sign, &moving).await? {
            Ok(moved) => {
                let said = "You have signed. Your signature is bound to this text.";
                work.answered(command, &repeat::kept(&location, said)).await?;
                tell::commit(&app, work, tell::moved(&moved, "")).await?;
                return Ok(page::saved(&location, said));
            }
            Err(refused) => {
                conflicts = words::conflicts(&refused);
                let field = if matches!(refused, Refused::Sign(domain::dpia::sign_off::Refusal::SayWhy)) {
                    "reasons"
                } else {
                    "decision"
                };
                for sentence in words::refused(&refused) {
                    errors.add(field, sentence);
                }
            }
        }
    }
    let (whole, template) = whole::load(&app, &caller, &id).await?;
    let page = board::render(&app, &caller, &whole, &template, errors, form.typed()).await?.into_response();
    Ok(if conflicts { conflict(page) } else { page })
}
