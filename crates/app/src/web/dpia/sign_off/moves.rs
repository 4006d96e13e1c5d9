//! `/assessments/{id}/move/{step}`: one page for every move of the workflow's table: what it does, what stands in its way, and
//! what has to be said with it.

use super::{super::whole, words};
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
    access::sight,
    answer::Answer,
    assessment::Assessment,
    review,
    template::Template,
    whole::Whole,
    workflow::{Condition, Move, Mover, TABLE},
};
use serde::Serialize;
use std::collections::BTreeMap;
use store::dpia::work::Moving;
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    href: String,
    step: &'static str,
    title: &'static str,
    about: &'static str,
    command: Uuid,
    errors: Errors,
    typed: BTreeMap<String, String>,
    asks_reasons: bool,
    asks_review: bool,
    /// The question whose answer is the day of the next review, where the template has it.
    review_question: Option<String>,
    asks_name: bool,
    /// The assessments that can take its place; none where the move does not ask.
    successors: Option<Vec<Choice>>,
    /// Its own conclusion stops it: the DPIA that it asks for can take its place while it is written.
    stopped: bool,
    /// What stands in the way, that nothing in the form can mend.
    blocks: Vec<String>,
    /// Who cannot use the data yet, although the others can: a high risk is left in its own annex.
    apart: Vec<String>,
}

/// An assessment to choose.
#[derive(Serialize)]
struct Choice {
    value: String,
    text: String,
}

/// Moves that have a page here; signing and consulting have their own.
fn step(text: &str) -> Result<Move, Failure> {
    Move::parse(text)
        .filter(|step| {
            matches!(
                step,
                Move::Freeze
                    | Move::FreezeAnnex
                    | Move::OpenAnnex
                    | Move::SendBack
                    | Move::Reopen
                    | Move::GoLive
                    | Move::Confirm
                    | Move::Withdraw
                    | Move::Resume
                    | Move::Supersede
            )
        })
        .ok_or_else(Failure::not_found)
}

/// The page before a move.
///
/// # Errors
/// Not found for a move that the caller may not make from where the assessment stands.
pub async fn page(State(app): State<App>, caller: Caller, Path((id, text)): Path<(String, String)>) -> Result<Response, Failure> {
    let step = step(&text)?;
    let (whole, template) = whole::load(&app, &caller, &id).await?;
    render(&app, &caller, &whole, &template, step, Errors::default(), BTreeMap::new()).await
}

/// Makes a move.
///
/// # Errors
/// As [`page()`].
pub async fn make(
    State(app): State<App>,
    caller: Caller,
    Path((id, text)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let step = step(&text)?;
    let (seen, template) = whole::load(&app, &caller, &id).await?;
    let location =
        if matches!(step, Move::Withdraw | Move::Reopen | Move::OpenAnnex | Move::SendBack | Move::Resume | Move::Supersede) {
            format!("/assessments/{}", seen.assessment.id)
        } else {
            format!("/assessments/{}/sign-off", seen.assessment.id)
        };
    let command = form.command()?;
    let mut errors = Errors::default();
    let mut conflicts = false;
    let review_on = match form.day("review", "The next review") {
        Ok(day) => day,
        Err(message) => {
            errors.add_at("review", "review-day", message);
            None
        }
    };
    if errors.is_empty() {
        let Some(mut work) = app.store.work(&caller.scope, app.clock.now(), app.clock.today(), seen.assessment.id).await? else {
            return Err(Failure::not_found());
        };
        if let Some(done) = work.command(command).await? {
            return Ok(repeat::again(&done));
        }
        let routes = whole::routes(&app, &work.whole)?;
        let moving = Moving {
            reasons: form.text("reasons"),
            review_on,
            name: form.text("name"),
            successor: form.some("successor").and_then(|id| id.parse().ok()),
            ..Moving::default()
        };
        match work.make_move(&template, &routes, step, &moving).await? {
            Ok(moved) => {
                let said = done(step, seen.assessment.is_record());
                work.answered(command, &repeat::kept(&location, said)).await?;
                tell::commit(&app, work, tell::moved(&moved, form.text("reasons"))).await?;
                return Ok(page::saved(&location, said));
            }
            Err(refused) => {
                conflicts = words::conflicts(&refused);
                for sentence in words::refused(&refused) {
                    if step == Move::Supersede {
                        errors.add("successor", sentence);
                    } else if sentence.starts_with("Enter when") || sentence.starts_with("The next review") {
                        errors.add_at("review", "review-day", sentence);
                    } else if errors.at.contains_key("reasons") {
                        errors.add("command", sentence);
                    } else {
                        errors.add("reasons", sentence);
                    }
                }
            }
        }
    }
    let (whole, template) = whole::load(&app, &caller, &id).await?;
    let page = render(&app, &caller, &whole, &template, step, errors, form.typed()).await?;
    Ok(if conflicts { conflict(page) } else { page })
}

/// What taking up again does with one that was made elsewhere.
const KEPT_AGAIN: &str = "It is kept again as it was recorded: it counts in the lists, the risks and the review calendar.";

fn done(step: Move, record: bool) -> &'static str {
    match step {
        Move::Freeze => "This version is frozen. Each controller is asked to review, advise and sign.",
        Move::FreezeAnnex => "Your annex is frozen, and your organisation is asked to sign.",
        Move::OpenAnnex => "Your annex is open for changes. What was signed holds until you freeze it again.",
        Move::SendBack => "It is sent back to be changed.",
        Move::Reopen => "It is open for changes.",
        Move::GoLive => "The processing has begun. The next review is in the calendar.",
        Move::Confirm => "The review is recorded.",
        Move::Withdraw => "The assessment is given up. Nothing was deleted.",
        Move::Resume if record => "It is kept again, as it was recorded.",
        Move::Resume => "It is open for changes, and the tasks of then are open again.",
        Move::Supersede => "The other assessment has taken its place. Both say so.",
        _ => "Done.",
    }
}

/// The councils that joined after all had signed and have a high risk of their own: it keeps nobody from using the data but them.
fn apart(app: &App, whole: &Whole, template: &Template) -> Vec<String> {
    let snapshot = app.snapshot();
    let parts = whole.high_by_part(&template.matrix).into_keys().filter(|part| whole.stops_itself_alone(*part));
    parts.filter_map(|part| whole::part(&snapshot, part)).map(|body| body.name).collect()
}

async fn render(
    app: &App,
    caller: &Caller,
    whole: &Whole,
    template: &Template,
    step: Move,
    errors: Errors,
    mut typed: BTreeMap<String, String>,
) -> Result<Response, Failure> {
    let member = caller.signed_in()?;
    let controllers: Vec<_> = whole.assessment.controllers().collect();
    let row = TABLE
        .iter()
        .find(|row| {
            row.step == step
                && row.from.contains(&whole.assessment.state)
                && row.who.admits(Mover::Member(member), whole.assessment.lead, &controllers)
        })
        .filter(|_| whole.sight.sees_sign_off())
        .ok_or_else(Failure::not_found)?;
    let situation = whole.situation(template, &whole::routes(app, whole)?, Some(member.acting_for));
    let said = [Condition::Reasons, Condition::ReviewDate, Condition::Successor, Condition::SlotOpen];
    let blocks = row
        .needs
        .iter()
        .filter(|condition| !said.contains(condition) && !condition.holds(&situation))
        .flat_map(|condition| {
            words::refused(&store::dpia::work::Refused::Move(domain::dpia::workflow::Refusal::Unmet {
                conditions: vec![*condition],
            }))
        })
        .collect();
    let successors = match step {
        Move::Supersede => {
            let mut all = app.store.assessments(&caller.scope, app.clock.today()).await?;
            all.retain(|one| whole.assessment.replaced_by(one).is_ok());
            all.retain(|one| sight(&caller.scope, one, app.clock.today()).sees_sign_off());
            let text = |one: &Assessment| format!("{} {}: {}", one.number, one.title, crate::web::words::stands(one.state));
            Some(all.iter().map(|one| Choice { value: one.id.to_string(), text: text(one) }).collect())
        }
        _ => None,
    };
    let href = format!("/assessments/{}", whole.assessment.id);
    let asks_review = row.needs.contains(&Condition::ReviewDate);
    let place = template.review_date(whole.assessment.lead).filter(|_| asks_review);
    let asked = place.as_ref().and_then(|place| template.field(&place.field));
    if let Some(Answer::Date(on)) = place.as_ref().and_then(|place| whole.field(place)?.answer.as_ref())
        && review::next(*on, app.clock.today()).is_ok()
        && !typed.contains_key("review-day")
    {
        // What was written is offered; what is entered becomes the answer.
        let day = [("day", i16::from(on.day())), ("month", i16::from(on.month())), ("year", on.year())];
        typed.extend(day.map(|(part, number)| (format!("review-{part}"), number.to_string())));
    }
    let view = View {
        step: step.as_str(),
        title: words::name(step),
        about: if step == Move::Resume && whole.assessment.is_record() { KEPT_AGAIN } else { words::about(step) },
        command: new_command(),
        errors,
        typed,
        apart: match step {
            Move::GoLive => apart(app, whole, template),
            _ => Vec::new(),
        },
        asks_reasons: row.needs.contains(&Condition::Reasons),
        asks_review,
        review_question: asked.map(|field| field.label.clone()),
        asks_name: step == Move::Freeze,
        successors,
        stopped: row.needs.contains(&Condition::DpiaNeeded),
        blocks,
        href,
    };
    let mut frame = whole::frame(app, whole, view.title);
    frame.error = !view.errors.is_empty();
    Ok(page::render(app, "dpia/sign_off/move.html", &frame, view)?.into_response())
}
