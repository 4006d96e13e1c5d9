//! `/assessments/{id}/{part}/{field}/history`: every state of a field, who, for whom, when, what was before; and going back.

use super::{
    answer::NO_REVIEW_DAY,
    aside,
    desk::{By, Desk, Named},
    marks::{self, Mark},
    own_work::{self, Warning},
    systems,
};
use crate::{
    error::{Failure, conflict},
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{Html, IntoResponse as _, Redirect, Response},
};
use domain::dpia::edit::{How, Refusal};
use serde::Serialize;
use store::dpia::{Answered, answers::Change};

#[derive(Serialize)]
struct View {
    number: String,
    label: String,
    part: Option<Named>,
    here: String,
    version: u32,
    command: String,
    may_restore: bool,
    /// Signatures that the caller cannot give once they go back.
    own_work: Vec<Warning>,
    states: Vec<StateOf>,
    errors: Errors,
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
) -> Result<Response, Failure> {
    let desk = Desk::open(&app, &caller, &id).await?;
    // Of a question that is not asked any more, its own page tells the history.
    if desk.field(&part, &field).is_err()
        && let Some(place) = aside::place(&app, &caller, &desk, &part, &field).await?
    {
        return Ok(Redirect::to(&format!("{}#history", desk.address_of(&place))).into_response());
    }
    Ok(show(&app, &caller, &desk, [&part, &field], Errors::default()).await?.into_response())
}

async fn show(
    app: &App,
    caller: &Caller,
    desk: &Desk,
    [part, field]: [&str; 2],
    errors: Errors,
) -> Result<Html<String>, Failure> {
    let (place, section, field) = desk.field(part, field)?;
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
            let stated = state.stated && !matches!(state.how, How::Clashed { .. });
            let before = history.get(at + 1).map_or(0, |before| before.contenders.len());
            StateOf {
                version: state.version,
                by: desk.by_stated(app, who.0, who.1, stated),
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
                        (desk.by(app, one.by, one.organisation), text)
                    })
                    .collect(),
            }
        })
        .collect();
    let may_restore = desk.setting(caller, &place, section, field).allows().is_ok();
    let own_work = if may_restore { own_work::on(app, caller, desk, place.part, field).await? } else { Vec::new() };
    let view = View {
        own_work,
        number: desk.number(&place),
        label: field.label.clone(),
        part: desk.part(app, place.part),
        here: desk.address_of(&place),
        version: desk.whole.field(&place).map_or(0, |state| state.version),
        command: new_command().to_string(),
        may_restore,
        states,
        errors,
    };
    let mut frame = desk.frame_at(app, &place, &format!("History of {} {}", view.number, field.label));
    frame.error = !view.errors.is_empty();
    page::render(app, "dpia/history.html", &frame, view)
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
    let caller = form.acting(&caller)?;
    let desk = Desk::open(&app, &caller, &id).await?;
    let (place, _, asked) = desk.field(&part, &field)?;
    let to: u32 = form.text("to").parse().map_err(|_| Failure::form("The form is incomplete: open its page again."))?;
    let change = Change::Restore { seen: u32::try_from(form.version()?).unwrap_or(0), to };
    let answered = desk.change(&app, &caller, &place, &change, form.command()?).await?;
    if let Answered::Done(outcome) = &answered {
        systems::carry(&app, &caller, &desk, &place, outcome).await?;
    }
    let here = desk.address_of(&place);
    match answered {
        Answered::Missing => Err(Failure::not_found()),
        Answered::Done(_) | Answered::Repeated => {
            Ok(page::saved(&here, "The earlier answer stands again. What stood until now is in the history"))
        }
        Answered::Refused(refusal) => {
            let mut errors = Errors::default();
            errors.add("history", not_restored(refusal));
            Ok(conflict(
                show(&app, &caller, &Desk::open(&app, &caller, &id).await?, [&part, &asked.id], errors).await?.into_response(),
            ))
        }
    }
}

/// Why an earlier answer does not stand again.
fn not_restored(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::MovedOn => {
            "Somebody changed this answer while you looked at its history. Nothing was gone back to: look at the newest change, then choose again"
        }
        Refusal::Frozen => "The text is frozen while people look at it, so that it cannot be gone back to an earlier answer now",
        Refusal::Signed => "The answer is signed: the lead opens the assessment for changes first",
        Refusal::Closed => "The assessment is closed, and stays as it is",
        Refusal::NotYours => "You can read this answer, not change it",
        Refusal::Review(_) => NO_REVIEW_DAY,
        Refusal::UnknownVersion | Refusal::NoClash | Refusal::WrongKind => {
            "The question takes another kind of answer now, or there is no such change: the earlier answer cannot stand again"
        }
    }
}
