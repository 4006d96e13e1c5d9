//! `/assessments/{id}/consultation`: the Information Commissioner's prior consultation (UK GDPR, Article 36): asking, the clock
//! of eight weeks and six more, stops, the answer.

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
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use domain::dpia::{
    ico::{Clock, Consultation, Dated, Extending, IcoAnswer, IcoOutcome},
    ids::ConsultationId,
    template::Template,
    whole::Whole,
    workflow::{CONSULTERS, Move},
};
use jiff::civil::Date;
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

#[derive(Serialize)]
struct Choice {
    value: &'static str,
    text: &'static str,
}

#[derive(Serialize)]
struct Row {
    id: String,
    /// The caller records what comes of it.
    may: bool,
    sent: Date,
    risks: usize,
    received: Option<Date>,
    clock: Option<Clocked>,
    stops: Vec<Stop>,
    extension: Option<(Date, String)>,
    /// The last day on which an extension could be notified, while none is recorded and there is no answer: what was said by
    /// then can be recorded after it.
    extension_by: Option<Date>,
    answer: Option<Answer>,
    withdrawn: Option<(Date, String)>,
    /// Risks that were accepted as no longer high since the answer.
    lapsed: usize,
    /// The days that can be put right.
    days: Vec<Choice>,
}

#[derive(Serialize)]
struct Answer {
    on: Date,
    /// What it comes to, as the form and as the page spell it.
    outcome: &'static str,
    words: &'static str,
    text: String,
    /// What was recorded before it was put right.
    before: Vec<Mistaken>,
    /// Of which record a correction starts.
    version: i64,
}

/// What stood there until an instant, and why it was put right.
#[derive(Serialize)]
struct Mistaken {
    words: &'static str,
    text: String,
    why: String,
    at: i64,
}

#[derive(Serialize)]
struct Clocked {
    counted: i64,
    stopped: i64,
    stands: bool,
    allowed: i64,
    left: i64,
    ends: Date,
    extension_by: Option<Date>,
    extended_end: Option<Date>,
}

#[derive(Serialize)]
struct Stop {
    from: Date,
    to: Option<Date>,
    why: String,
}

fn clocked(clock: Clock) -> Clocked {
    let (extension_by, extended_end) = match clock.extension {
        Extending::Possible { by, ends } => (Some(by), Some(ends)),
        _ => (None, None),
    };
    Clocked {
        counted: clock.counted,
        stopped: clock.stopped,
        stands: clock.standing.is_some(),
        allowed: clock.allowed,
        left: clock.left,
        ends: clock.ends,
        extension_by,
        extended_end,
    }
}

fn answered(answer: &IcoAnswer, version: i64) -> Answer {
    let before = answer.before.iter().map(|one| Mistaken {
        words: outcome_words(one.outcome),
        text: one.text.clone(),
        why: one.why.clone(),
        at: one.at,
    });
    Answer {
        on: answer.on,
        outcome: answer.outcome.as_str(),
        words: outcome_words(answer.outcome),
        text: answer.text.clone(),
        before: before.collect(),
        version,
    }
}

fn day_words(which: Dated) -> &'static str {
    match which {
        Dated::Sent => "The pack was sent",
        Dated::Received => "The Commissioner received it",
        Dated::Stopped => "The clock last stopped",
        Dated::Resumed => "The clock last went on",
        Dated::Extended => "Six more weeks were notified",
        Dated::Answered => "The Commissioner answered",
    }
}

/// What an answer comes to, in words.
pub(crate) fn outcome_words(outcome: IcoOutcome) -> &'static str {
    match outcome {
        IcoOutcome::MayProceed => "The processing may go ahead as planned",
        IcoOutcome::WithAdvice => "It may go ahead with the advice followed",
        IcoOutcome::MustNotProceed => "It must not go ahead as planned",
    }
}

/// The page.
///
/// # Errors
/// Not found where the caller may not see signatures.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let (whole, template) = whole::load(&app, &caller, &id).await?;
    render(&app, &caller, &whole, &template, Errors::default(), BTreeMap::new())
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
    let about = match act {
        "sent" => None,
        "corrected" | "righted" => seen.consultations.iter().find(|one| one.id.to_string() == form.text("consultation")),
        _ => seen.consultation(),
    };
    let acting_for = caller.signed_in()?.acting_for;
    if about.is_some_and(|one| !seen.sees_to(one, acting_for)) {
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
                None => vec!["Choose what the answer comes to".to_owned()],
                Some(outcome) => {
                    let moving = Moving { answer: Some((day, outcome, &why)), ..Moving::default() };
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
                let moving = Moving { withdrawn: Some(day), reasons: &why, ..Moving::default() };
                match work.make_move(&template, &routes, Move::WithdrawRequest, &moving).await? {
                    Ok(moved) => {
                        happened = tell::moved(&moved, &why);
                        Vec::new()
                    }
                    Err(refused) => why_not(refused),
                }
            }
            "corrected" => {
                let id: ConsultationId = form.text("consultation").parse().map_err(|_| Failure::not_found())?;
                if !work.whole.consultations.iter().any(|one| one.id == id) {
                    return Err(Failure::not_found());
                }
                match Dated::parse(form.text("which")) {
                    None => vec!["Choose which day".to_owned()],
                    Some(which) => match work.correct_day(id, which, day).await? {
                        Ok(()) => Vec::new(),
                        Err(refusal) => why_not(Refused::Consultation(refusal)),
                    },
                }
            }
            _ => {
                let mut consultation = work.whole.consultation().cloned().ok_or_else(Failure::not_found)?;
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
                "Choose what the answer comes to" => errors.add("outcome", sentence),
                "Choose which day" => errors.add("which", sentence),
                "Enter the reasons" | "Enter what the Commissioner said" => errors.add(&format!("{act}-why"), sentence),
                _ => errors.add_at(act, &field, sentence),
            }
        }
    }
    let page = render(&app, &caller, &seen, &template, errors, form.typed())?;
    Ok(if conflicts { conflict(page) } else { page })
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
    errors: Errors,
    typed: BTreeMap<String, String>,
) -> Result<Response, Failure> {
    if !whole.sight.sees_sign_off() {
        return Err(Failure::not_found());
    }
    whole::of_record(whole, !whole.consultations.is_empty())?;
    let (today, snapshot) = (app.clock.today(), app.snapshot());
    let days = |one: &Consultation| {
        let known = Dated::ALL.into_iter().filter(|which| one.day(*which).is_some());
        known.map(|which| Choice { value: which.as_str(), text: day_words(which) }).collect()
    };
    let (may, acting_for) = (may(caller, whole)?, caller.signed_in()?.acting_for);
    let row = |one: &Consultation| Row {
        id: one.id.to_string(),
        may: may && whole.sees_to(one, acting_for),
        withdrawn: one.withdrawn.as_ref().map(|withdrawn| (withdrawn.on, withdrawn.why.clone())),
        lapsed: one.asked.iter().filter(|asked| asked.lapsed.is_some()).count(),
        days: days(one),
        sent: one.sent,
        risks: one.risks.len(),
        received: one.received,
        clock: one.clock(today).map(clocked),
        stops: one.stops.iter().map(|stop| Stop { from: stop.from, to: stop.to, why: stop.why.clone() }).collect(),
        extension_by: one.extension_by().filter(|_| one.open() && one.extension.is_none()),
        extension: one.extension.as_ref().map(|extension| (extension.notified, extension.why.clone())),
        answer: one.answer.as_ref().map(|answer| answered(answer, one.updated_at)),
    };
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
        asks: may && whole.consultation().is_none() && !whole.to_ask(acting_for, &template.matrix).is_empty(),
        open: whole.consultation().is_some(),
        signed: whole.assessment.state.is_signed(),
        rows: whole.consultations.iter().rev().map(row).collect(),
        outcomes: IcoOutcome::ALL.map(|outcome| Choice { value: outcome.as_str(), text: outcome_words(outcome) }).into(),
        errors,
        typed,
    };
    let mut frame = whole::frame(app, whole, "The Information Commissioner");
    frame.error = !view.errors.is_empty();
    Ok(page::render(app, "dpia/sign_off/consultation.html", &frame, view)?.into_response())
}
