//! `/assessments/{id}/consultation`: the Information Commissioner's prior consultation (UK GDPR, Article 36): asking, the clock
//! of eight weeks and six more, stops, the answer. Before all have signed, the lead asks for all; after, each controller for its own
//! risks, whatever others wait for.

mod row;

pub(crate) use row::outcome_words;

use super::{
    super::{projects::Body, whole},
    righted, words,
};
use crate::{
    assessments::tell,
    error::{Failure, conflict},
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page, repeat,
        session::Caller,
    },
};
use axum::{
    extract::{Path, RawQuery, State},
    response::{IntoResponse as _, Response},
};
use domain::dpia::{
    ico::{Consultation, Dated, IcoOutcome},
    ids::{ConsultationId, TaskId},
    task::{About, Task},
    template::Template,
    whole::Whole,
    workflow::{CONSULTERS, Move},
};
use row::{Choice, Row};
use serde::Serialize;
use std::collections::BTreeMap;
use store::dpia::work::{Moving, Refused};
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    href: String,
    command: Uuid,
    errors: Errors,
    typed: BTreeMap<String, String>,
    high: Vec<High>,
    /// The caller may ask about something of it now.
    asks: bool,
    /// One is under way, or none.
    open: bool,
    /// All have signed: each controller asks for itself.
    signed: bool,
    rows: Vec<Row>,
    outcomes: Vec<Choice>,
    /// The reader's own task to see what follows from an answer.
    task: Option<TaskId>,
}

/// The high risks of a part that no answer has cleared.
#[derive(Serialize)]
struct High {
    count: usize,
    /// Whose annex they stand in; none for the shared text.
    organisation: Option<Body>,
    /// They stop nobody else.
    alone: bool,
}

/// The page.
///
/// # Errors
/// Not found where the caller may not see signatures.
pub async fn page(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let (whole, template) = whole::load(&app, &caller, &id).await?;
    let query = Form::parse(query.unwrap_or_default().as_bytes())?;
    let (member, today) = (caller.signed_in()?, app.clock.today());
    let away = app.store.absences(&caller.scope, today).await?;
    let tasks = app.store.tasks_of(&caller.scope, today, whole.assessment.id).await?;
    let asked = |task: &&Task| matches!(task.about, About::Consultation { .. }) && task.mine(member, &away, today).is_some();
    let task = tasks.iter().filter(|task| task.open()).find(asked).map(|task| task.id);
    render(&app, &caller, &whole, &template, (query.text("consultation"), task), Errors::default(), BTreeMap::new())
}

/// Records one thing about a consultation: `act` in the form says which.
///
/// # Errors
/// Not found for those who may not record it.
pub async fn record(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let (seen, template) = whole::load(&app, &caller, &id).await?;
    if !may(&caller, &seen)? {
        return Err(Failure::not_found());
    }
    let act = form.text("act");
    let acting_for = caller.signed_in()?.acting_for;
    let named: Option<ConsultationId> = match form.text("consultation") {
        "" => None,
        id => Some(id.parse().map_err(|_| Failure::not_found())?),
    };
    let own = |one: &Consultation| seen.sees_to(one, acting_for);
    let theirs = match named {
        Some(id) => !seen.consultations.iter().any(|one| one.id == id && own(one)),
        // The newest under way that they see to; what others wait for is not theirs.
        None => act != "sent" && seen.consulting().next().is_some() && !seen.consulting().any(own),
    };
    if theirs {
        return Err(Failure::not_found());
    }
    if act == "righted" {
        return righted::record(&app, &caller, &seen, &template, &form).await;
    }
    let (now, today) = (app.clock.now(), app.clock.today());
    let location = format!("/assessments/{}/consultation", seen.assessment.id);
    let command = form.command()?;
    let field = format!("{act}-day");
    let mut errors = Errors::default();
    let mut conflicts = false;
    let day = match form.day(act, "The day") {
        Ok(Some(day)) => Some(day),
        Ok(None) => {
            errors.add_at(act, &field, "Enter the day");
            None
        }
        Err(message) => {
            errors.add_at(act, &field, message);
            None
        }
    };
    if let Some(day) = day {
        let Some(mut work) = app.store.work(&caller.scope, now, today, seen.assessment.id).await? else {
            return Err(Failure::not_found());
        };
        if let Some(done) = work.command(command).await? {
            return Ok(repeat::again(&done));
        }
        let routes = whole::routes(&app, &work.whole)?;
        let why = form.text(&format!("{act}-why")).to_owned();
        let mut happened = None;
        let mut why_not = |refused: Refused| {
            conflicts = words::conflicts(&refused);
            words::refused(&refused)
        };
        let failed: Vec<String> = match act {
            "sent" => {
                let moving = Moving { sent: Some(day), ..Moving::default() };
                match work.make_move(&template, &routes, Move::Consult, &moving).await? {
                    Ok(moved) => {
                        happened = tell::moved(&moved, "");
                        Vec::new()
                    }
                    Err(refused) => why_not(refused),
                }
            }
            "answered" => match IcoOutcome::parse(form.text("outcome")) {
                None => vec!["Choose what it comes to".to_owned()],
                Some(outcome) => {
                    let moving = Moving { answer: Some((day, outcome, &why)), consultation: named, ..Moving::default() };
                    match work.make_move(&template, &routes, Move::RecordAnswer, &moving).await? {
                        Ok(moved) => {
                            happened = tell::moved(&moved, "");
                            Vec::new()
                        }
                        Err(refused) => why_not(refused),
                    }
                }
            },
            "withdrawn" => {
                let moving = Moving { withdrawn: Some(day), reasons: &why, consultation: named, ..Moving::default() };
                match work.make_move(&template, &routes, Move::WithdrawRequest, &moving).await? {
                    Ok(moved) => {
                        happened = tell::moved(&moved, &why);
                        Vec::new()
                    }
                    Err(refused) => why_not(refused),
                }
            }
            "corrected" => {
                let id = named.ok_or_else(Failure::not_found)?;
                if !work.whole.consultations.iter().any(|one| one.id == id) {
                    return Err(Failure::not_found());
                }
                match Dated::parse(form.text("which")) {
                    None => vec!["Choose which day was recorded wrongly".to_owned()],
                    Some(which) => match work.correct_day(id, which, day).await? {
                        Ok(()) => Vec::new(),
                        Err(refusal) => why_not(Refused::Consultation(refusal)),
                    },
                }
            }
            _ => {
                let under_way = work.whole.consultation(named, acting_for).cloned();
                let mut consultation = under_way.ok_or_else(Failure::not_found)?;
                let recorded = match act {
                    "received" => consultation.receive(day, today),
                    "stopped" => consultation.stop(day, &why, today),
                    "resumed" => consultation.resume(day, today),
                    "extended" => consultation.extend(day, &why, today),
                    _ => return Err(Failure::not_found()),
                };
                match recorded {
                    Ok(()) => {
                        work.put_consultation(consultation).await?;
                        Vec::new()
                    }
                    Err(refusal) => why_not(Refused::Consultation(refusal)),
                }
            }
        };
        if failed.is_empty() {
            let said = "It is recorded.";
            work.answered(command, &repeat::kept(&location, said)).await?;
            tell::commit(&app, work, happened).await?;
            return Ok(page::saved(&location, said));
        }
        for sentence in failed {
            match sentence.as_str() {
                "Choose what it comes to" => errors.add("outcome", sentence),
                "Choose which day was recorded wrongly" => errors.add("which", sentence),
                "Enter why" | "Enter what it says" => errors.add(&format!("{act}-why"), unsaid(act)),
                _ => errors.add_at(act, &field, sentence),
            }
        }
    }
    let page = render(&app, &caller, &seen, &template, (form.text("consultation"), None), errors, form.typed())?;
    Ok(if conflicts { conflict(page) } else { page })
}

/// What is missing beside the day, in the words of its label.
fn unsaid(act: &str) -> &'static str {
    match act {
        "stopped" => "Enter what the Commissioner asks for",
        "extended" => "Enter which reasons it gave",
        "withdrawn" => "Enter why",
        _ => "Enter what it says",
    }
}

/// Who asks and records: the lead's officers, and once all have signed those of each controller.
fn may(caller: &Caller, whole: &Whole) -> Result<bool, Failure> {
    let member = caller.signed_in()?;
    let at = if whole.assessment.state.is_signed() { member.acting_for } else { whole.assessment.lead };
    let controls = whole.assessment.controllers().any(|one| one == at);
    Ok(whole.sight.sees_sign_off() && controls && member.holds_any(at, CONSULTERS))
}

pub(super) fn render(
    app: &App,
    caller: &Caller,
    whole: &Whole,
    template: &Template,
    (named, task): (&str, Option<TaskId>),
    errors: Errors,
    typed: BTreeMap<String, String>,
) -> Result<Response, Failure> {
    if !whole.sight.sees_sign_off() {
        return Err(Failure::not_found());
    }
    whole::of_record(whole, !whole.consultations.is_empty())?;
    let (today, snapshot) = (app.clock.today(), app.snapshot());
    let (may, acting_for) = (may(caller, whole)?, caller.signed_in()?.acting_for);
    let sees_to = |one: &Consultation| may && whole.sees_to(one, acting_for);
    // One has its forms on the page: the one that was asked for, else the newest that waits for an answer, else the newest.
    let named = whole.consultations.iter().find(|one| one.id.to_string() == named);
    let newest = whole.consultations.last();
    let shown = named.filter(|one| sees_to(one)).or_else(|| whole.consulting().find(|one| sees_to(one)));
    let shown = shown.or(newest).map(|one| one.id);
    let current = |one: &Consultation| Some(one.id) == shown;
    let row = |one: &Consultation| {
        let sees_to = sees_to(one);
        Row::of(one, today, sees_to && current(one), sees_to && !current(one) && (one.open() || one.answer.is_some()))
    };
    let (signed, waits) = (whole.assessment.state.is_signed(), whole.consulting().next().is_some());
    let view = View {
        href: format!("/assessments/{}", whole.assessment.id),
        command: new_command(),
        high: whole
            .high_by_part(&template.matrix)
            .into_iter()
            .map(|(part, risks)| High {
                count: risks.len(),
                organisation: whole::part(&snapshot, part),
                alone: whole.stops_itself_alone(part),
            })
            .collect(),
        asks: may && (signed || !waits) && !whole.to_ask(acting_for, &template.matrix).is_empty(),
        open: waits,
        signed,
        rows: whole.consultations.iter().rev().map(row).collect(),
        outcomes: IcoOutcome::ALL.map(|outcome| Choice { value: outcome.as_str(), text: outcome_words(outcome) }).into(),
        errors,
        typed,
        task,
    };
    let mut frame = whole::frame(app, whole, "The Information Commissioner");
    frame.error = !view.errors.is_empty();
    Ok(page::render(app, "dpia/sign_off/consultation.html", &frame, view)?.into_response())
}
