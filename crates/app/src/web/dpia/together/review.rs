//! `/assessments/{id}/review`: when the assessment is looked at again, what asks for it now, which answers that touches, and
//! reporting that something went wrong.

use super::super::{whole, whole::part};
use crate::{
    assessments::{about, tell},
    error::Failure,
    state::App,
    web::{
        dpia::projects::Body,
        form::{Errors, Form, new_command},
        page,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{
    dpia::{
        access,
        edit::How,
        review::{self, Trigger},
        task::About,
        template::Template,
        whole::Whole,
        workflow::{self, Move, Mover},
    },
    people::{Act, may},
};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The longest report of an incident, in letters.
const MOST: usize = 500;

#[derive(Serialize)]
struct View {
    href: String,
    number: String,
    command: Uuid,
    errors: Errors,
    typed: BTreeMap<String, String>,
    /// Whether it is looked at from time to time as it stands.
    reviewed: bool,
    review_on: Option<Date>,
    open: Vec<Asked>,
    before: Vec<Asked>,
    fields: Vec<Field>,
    reports: bool,
    confirms: bool,
    reopens: bool,
}

#[derive(Serialize)]
struct Asked {
    why: String,
    due: Option<Date>,
    late: bool,
    since: i64,
    done: Option<i64>,
}

#[derive(Serialize)]
struct Field {
    label: String,
    annex: Option<Body>,
    href: String,
    why: String,
}

/// The page.
///
/// # Errors
/// Not found where the caller may not see all of the assessment.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let (whole, template) = whole::load(&app, &caller, &id).await?;
    render(&app, &caller, &whole, &template, Errors::default(), BTreeMap::new()).await
}

/// Whether the caller may report an incident: whoever writes for a controller.
fn reports(caller: &Caller, whole: &Whole) -> bool {
    review::reviewed(whole.assessment.state)
        && whole.sight.sees_sign_off()
        && whole.assessment.controllers().any(|one| may(&caller.scope, &Act::HoldAny(one, access::WRITERS)))
}

/// Reports that something went wrong: the lead is asked to look at the assessment again, and the other parties are told.
///
/// # Errors
/// Not found for those who do not write for a controller.
pub async fn report(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let (seen, template) = whole::load(&app, &caller, &id).await?;
    if !reports(&caller, &seen) {
        return Err(Failure::not_found());
    }
    let (command, today) = (form.command()?, app.clock.today());
    let mut errors = Errors::default();
    let what = form.text("what").split_whitespace().collect::<Vec<_>>().join(" ");
    if what.is_empty() {
        errors.add("what", "Say in a sentence what went wrong, without anybody’s personal data");
    } else if what.chars().count() > MOST {
        errors.add("what", format!("Say it in {MOST} letters or fewer"));
    }
    let on = match form.day("on", "The day") {
        Ok(Some(on)) if on > today => {
            errors.add_at("on", "on-day", "The day must be today or in the past");
            None
        }
        Ok(Some(on)) => Some(on),
        Ok(None) => {
            errors.add_at("on", "on-day", "Enter the day it happened, or was noticed");
            None
        }
        Err(message) => {
            errors.add_at("on", "on-day", message);
            None
        }
    };
    let (Some(on), true) = (on, errors.is_empty()) else {
        return render(&app, &caller, &seen, &template, errors, form.typed()).await;
    };
    let location = format!("/assessments/{}/review", seen.assessment.id);
    let Some(mut work) = app.store.work(&caller.scope, app.clock.now(), today, seen.assessment.id).await? else {
        return Err(Failure::not_found());
    };
    if let Some(done) = work.command(command).await? {
        return Ok(Redirect::to(&done).into_response());
    }
    let trigger = Trigger::Incident { what: what.clone(), on };
    let why = about::why(&app, &trigger);
    work.ask_review(&template, &trigger, &why).await?;
    work.answered(command, &location).await?;
    let happened = tell::Happened { what: "incident", reasons: &what, parties: true, ..tell::Happened::default() };
    tell::commit(&app, work, Some(happened)).await?;
    Ok(page::saved(&location, "The lead is asked to look at the assessment again, and the other parties are told."))
}

async fn render(
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
    let member = caller.signed_in()?;
    let (snapshot, today, head) = (app.snapshot(), app.clock.today(), &whole.assessment);
    let href = format!("/assessments/{}", head.id);
    let (mut open, mut before) = (Vec::new(), Vec::new());
    for task in app.store.tasks_of(&caller.scope, today, head.id).await? {
        let About::Review { why } = &task.about else { continue };
        // A date far ahead stands beside the heading; it asks for nothing yet.
        if let Some(Trigger::DateReached { on }) = why
            && task.open()
            && *on > today.saturating_add(jiff::Span::new().days(review::AHEAD))
        {
            continue;
        }
        let asked = Asked {
            why: why.as_ref().map_or_else(|| "its review is due".to_owned(), |why| about::why(app, why)),
            due: task.due,
            late: task.overdue(today),
            since: task.at,
            done: task.done.map(|done| done.at),
        };
        if task.open() { open.push(asked) } else { before.push(asked) }
    }
    before.reverse();
    let fields = whole
        .fields
        .iter()
        .filter(|field| !field.complete)
        .filter_map(|field| {
            let How::Reopened { why } = &field.how else { return None };
            Some(Field {
                label: template.field(&field.place.field)?.label.clone(),
                annex: part(&snapshot, field.place.part),
                href: format!("{href}/{}/{}", field.place.part, field.place.field),
                why: why.clone(),
            })
        })
        .collect();
    let controllers: Vec<_> = head.controllers().collect();
    let offers = |step: Move| {
        workflow::TABLE.iter().any(|row| {
            row.step == step && row.from.contains(&head.state) && row.who.admits(Mover::Member(member), head.lead, &controllers)
        })
    };
    let view = View {
        number: head.number.clone(),
        command: new_command(),
        errors,
        typed,
        reviewed: review::reviewed(head.state),
        review_on: head.review_on,
        open,
        before,
        fields,
        reports: reports(caller, whole),
        confirms: offers(Move::Confirm),
        reopens: offers(Move::Reopen),
        href,
    };
    let mut frame = whole::frame(app, whole, "Review");
    frame.error = !view.errors.is_empty();
    Ok(page::render(app, "dpia/together/review.html", &frame, view)?.into_response())
}
