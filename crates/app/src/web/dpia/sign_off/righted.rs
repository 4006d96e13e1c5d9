//! Putting right what was recorded of the Commissioner's answer: what it comes to, and what it says, with the reason. A form of
//! `/assessments/{id}/consultation`, which says first who may.

use super::{super::whole, consultation::render, words};
use crate::{
    assessments::tell,
    error::{Failure, conflict},
    state::App,
    web::{
        form::{Errors, Form},
        page, repeat,
        session::Caller,
    },
};
use axum::response::Response;
use domain::dpia::{
    ico::{IcoOutcome, Refusal},
    ids::ConsultationId,
    template::Template,
    whole::Whole,
};

/// What is said to whoever corrects what somebody else has changed since.
const CHANGED: &str = "What is recorded has changed since you opened this page. It stands above: look at it, then put it right";

/// Puts the answer right.
///
/// # Errors
/// Not found for a consultation that is not the assessment's.
pub(super) async fn record(
    app: &App,
    caller: &Caller,
    seen: &Whole,
    template: &Template,
    form: &Form,
) -> Result<Response, Failure> {
    let location = format!("/assessments/{}/consultation", seen.assessment.id);
    let (command, now, today) = (form.command()?, app.clock.now(), app.clock.today());
    let id: ConsultationId = form.text("consultation").parse().map_err(|_| Failure::not_found())?;
    let why = form.text("righted-why");
    let mut errors = Errors::default();
    let mut conflicts = false;
    if let Some(outcome) = IcoOutcome::parse(form.text("outcome")) {
        let Some(mut work) = app.store.work(&caller.scope, now, today, seen.assessment.id).await? else {
            return Err(Failure::not_found());
        };
        if let Some(done) = work.command(command).await? {
            return Ok(repeat::again(&done));
        }
        let Some(before) = work.whole.consultations.iter().find(|one| one.id == id) else { return Err(Failure::not_found()) };
        if before.updated_at.to_string() == form.text("version") {
            let routes = whole::routes(app, &work.whole)?;
            match work.correct_answer(template, &routes, id, (outcome, form.text("righted-text"), why)).await? {
                Ok(signed) => {
                    let said = "The answer is put right. No acceptance of high risk on it holds any more: where the Commissioner allows it, whoever accepted it is asked to accept it anew. The data protection officers are asked to look.";
                    work.answered(command, &repeat::kept(&location, said)).await?;
                    let what = if signed { "signed" } else { "correct-answer" };
                    let happened = tell::Happened { what, reasons: why, parties: true, ..tell::Happened::default() };
                    tell::commit(app, work, Some(happened)).await?;
                    return Ok(page::saved(&location, said));
                }
                Err(refusal) => {
                    conflicts = words::conflicts(&store::dpia::work::Refused::Consultation(refusal));
                    let field = match refusal {
                        Refusal::NoReason => "righted-why",
                        Refusal::TheSame => "outcome",
                        _ => "righted-text",
                    };
                    errors.add(field, words::consultation(&refusal));
                }
            }
        } else {
            conflicts = true;
            errors.add("righted-text", CHANGED);
        }
    } else {
        errors.add("outcome", "Choose what it comes to");
    }
    let page = render(app, caller, seen, template, (form.text("consultation"), None), errors, form.typed())?;
    Ok(if conflicts { conflict(page) } else { page })
}
