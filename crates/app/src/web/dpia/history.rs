//! `/assessments/{id}/{part}/{field}/history`: every state of a field, who, for whom, when, what was before; and going back.

use super::{
    desk::{By, Desk, Named},
    marks::{self, Mark},
};
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
    response::{Html, IntoResponse as _, Redirect, Response},
};
use domain::dpia::edit::How;
use serde::Serialize;
use store::dpia::{Answered, answers::Change};

#[derive(Serialize)]
struct View {
    title: String,
    number: String,
    label: String,
    part: Option<Named>,
    here: String,
    version: u32,
    command: String,
    may_restore: bool,
    states: Vec<StateOf>,
}

#[derive(Serialize)]
struct StateOf {
    version: u32,
    by: By,
    at: i64,
    how: &'static str,
    from: u32,
    words: String,
    text: Vec<Mark>,
    current: bool,
    /// What somebody sent that clashed.
    sent: Vec<(By, String)>,
}

/// The page.
///
/// # Errors
/// Not found for a field that is not there for the caller.
pub async fn page(
    State(app): State<App>,
    caller: Caller,
    Path((id, part, field)): Path<(String, String, String)>,
) -> Result<Html<String>, Failure> {
    let desk = Desk::open(&app, &caller, &id).await?;
    let (place, section, field) = desk.field(&part, &field)?;
    let history = app.store.answer_history(&caller.scope, desk.today, &desk.template, desk.whole.assessment.id, &place).await?;
    let labels = field.labels();
    let states = history
        .iter()
        .enumerate()
        .map(|(at, state)| {
            let plain = |at: usize| {
                history.get(at).and_then(|state| state.answer.as_ref()).map(|answer| answer.plain(&labels)).unwrap_or_default()
            };
            let (how, from, words) = match &state.how {
                How::Saved => ("saved", 0, String::new()),
                How::Merged { from } => ("merged", *from, String::new()),
                How::Clashed { from } => ("clashed", *from, String::new()),
                How::Settled => ("settled", 0, String::new()),
                How::Restored { version } => ("restored", *version, String::new()),
                How::TakenOver { from } => ("taken-over", 0, from.clone()),
                How::MovedOn { version } => ("moved-on", 0, version.clone()),
                How::Reopened { why } => ("reopened", 0, why.clone()),
                How::Confirmed => ("confirmed", 0, String::new()),
                How::Imported => ("imported", 0, String::new()),
            };
            // A clash was sent by its contender; what stands keeps its writer.
            let who = match (&state.how, state.contenders.last()) {
                (How::Clashed { .. }, Some(sent)) => (sent.by, sent.organisation, sent.at),
                _ => (state.by, state.organisation, state.at),
            };
            let before = history.get(at + 1).map_or(0, |before| before.contenders.len());
            StateOf {
                version: state.version,
                by: desk.by(&app, who.0, who.1),
                at: who.2,
                how,
                from,
                words,
                text: marks::both(&plain(at + 1), &plain(at)),
                current: at == 0,
                sent: state
                    .contenders
                    .iter()
                    .skip(before)
                    .map(|one| {
                        let text = one.answer.as_ref().map(|answer| answer.plain(&labels)).unwrap_or_default();
                        (desk.by(&app, one.by, one.organisation), text)
                    })
                    .collect(),
            }
        })
        .collect();
    let view = View {
        title: desk.whole.assessment.title.clone(),
        number: desk.number(&place),
        label: field.label.clone(),
        part: desk.part(&app, place.part),
        here: desk.address_of(&place),
        version: desk.whole.field(&place).map_or(0, |state| state.version),
        command: new_command().to_string(),
        may_restore: desk.setting(&caller, &place, section, field).allows().is_ok(),
        states,
    };
    let frame = desk.frame(&app, &format!("History of {} {}", view.number, field.label), desk.address_of(&place));
    page::render(&app, "dpia/history.html", &frame, view)
}

/// Goes back to an earlier version.
///
/// # Errors
/// Not found for a field or a version that is not there for the caller.
pub async fn restore(
    State(app): State<App>,
    caller: Caller,
    Path((id, part, field)): Path<(String, String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let desk = Desk::open(&app, &caller, &id).await?;
    let (place, ..) = desk.field(&part, &field)?;
    let to: u32 = form.text("to").parse().map_err(|_| Failure::parameter("The form is incomplete: open its page again."))?;
    let change = Change::Restore { seen: u32::try_from(form.version()?).unwrap_or(0), to };
    let answered = app
        .store
        .answer(
            &caller.scope,
            app.clock.now(),
            desk.today,
            &desk.template,
            desk.whole.assessment.id,
            &place,
            &change,
            Some(form.command()?),
        )
        .await?;
    let here = desk.address_of(&place);
    match answered {
        Answered::Missing => Err(Failure::not_found()),
        Answered::Done(_) | Answered::Repeated => {
            Ok(page::saved(&here, "The earlier answer stands again. What stood until now is in the history"))
        }
        Answered::Refused(_) => Ok(Redirect::to(&format!("{here}/history")).into_response()),
    }
}
