//! Saying of one answer, or one risk, that a review asks to look at again: it still holds. No word changes, so that no signature is
//! touched, and it can be said while the text is frozen or signed.

use super::{desk::Desk, risks};
use crate::{
    assessments::tell,
    error::Failure,
    state::App,
    web::{form::Form, page, repeat, session::Caller},
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use domain::dpia::{
    edit::{Outcome, Refusal},
    ids::RiskId,
};
use store::dpia::{Answered, answers::Change};

/// What is said once it is recorded.
const HOLDS: &str = "Recorded: you have looked at it, and it still holds";

/// The answer still holds.
///
/// # Errors
/// Not found for a field that is not the caller's to write.
pub async fn field(
    State(app): State<App>,
    caller: Caller,
    Path((id, part, field)): Path<(String, String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let desk = Desk::open(&app, &caller, &id).await?;
    let (place, ..) = desk.field(&part, &field)?;
    let (command, here) = (form.command()?, desk.address_of(&place));
    let seen = u32::try_from(form.version()?).map_err(|_| Failure::form("The form is incomplete: open its page again."))?;
    let answered = desk.change(&app, &caller, &place, &Change::Confirm { seen }, command).await?;
    if let Answered::Done(outcome) = &answered {
        super::tasks::after_answer(&app, &caller, &desk, &place, outcome).await?;
    }
    match answered {
        Answered::Missing | Answered::Refused(Refusal::NotYours | Refusal::Closed) => Err(Failure::not_found()),
        Answered::Done(Outcome::Saved(_)) => Ok(page::saved(&here, HOLDS)),
        Answered::Refused(_) => Ok(page::nothing_saved(&here, "The answer changed while you looked. Please read it once more")),
        Answered::Repeated => Ok(page::saved(&here, HOLDS)),
        Answered::Done(_) => Ok(Redirect::to(&here).into_response()),
    }
}

/// The risk still holds as it is written and rated.
///
/// # Errors
/// Not found for a risk that is not the caller's to look at.
pub async fn risk(
    State(app): State<App>,
    caller: Caller,
    Path((id, risk)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let (seen, template) = risks::load(&app, &caller, &id).await?;
    let risk: RiskId = risk.parse().map_err(|_| Failure::not_found())?;
    let record = seen.risks.iter().find(|one| one.risk.id == risk).ok_or_else(Failure::not_found)?;
    if !risks::looks(&app, &caller, &seen, &template, record.risk.part) {
        return Err(Failure::not_found());
    }
    let (command, started) = (form.command()?, form.version()?);
    let here = format!("/assessments/{}/risks/{risk}", seen.assessment.id);
    let Some(mut work) = app.store.work(&caller.scope, app.clock.now(), app.clock.today(), seen.assessment.id).await? else {
        return Err(Failure::not_found());
    };
    if let Some(done) = work.command(command).await? {
        return Ok(repeat::again(&done));
    }
    if !work.whole.risks.iter().any(|one| one.risk.id == risk && one.updated_at == started) {
        return Ok(page::nothing_saved(&here, "The risk changed while you looked. Please read it once more"));
    }
    let marked = work.confirm_risk(risk).await?;
    let result = if marked { repeat::kept(&here, HOLDS) } else { here };
    work.answered(command, &result).await?;
    tell::commit(&app, work, None).await?;
    Ok(repeat::again(&result))
}
