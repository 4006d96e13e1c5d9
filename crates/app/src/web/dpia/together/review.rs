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
        page, repeat,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use domain::{
    dpia::{
        access,
        place::Part,
        review::{self, Spot, Trigger},
        task::About,
        template::{Section, Template},
        whole::Whole,
        workflow::{self, Condition, Move, Mover},
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
    command: Uuid,
    errors: Errors,
    typed: BTreeMap<String, String>,
    /// Whether it is looked at from time to time as it stands.
    reviewed: bool,
    /// It was given up, or another took its place.
    closed: bool,
    review_on: Option<Date>,
    review_late: bool,
    open: Vec<Asked>,
    before: Vec<Asked>,
    fields: Vec<Field>,
    /// What an incident can touch, for whoever reports one.
    risks: Vec<Choice>,
    sections: Vec<Choice>,
    chosen: Vec<String>,
    /// Whether a newer version of the template asks.
    newer: bool,
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
    /// Nobody looked: the assessment was given up.
    given_up: bool,
}

/// Something that a report can name.
#[derive(Serialize)]
struct Choice {
    value: String,
    text: String,
}

/// An answer or a risk to look at again.
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
    render(&app, &caller, &whole, &template, Errors::default(), Typed::default()).await
}

/// Whether the caller may report an incident: whoever writes for a controller.
fn reports(caller: &Caller, whole: &Whole) -> bool {
    review::looked_at(&whole.assessment)
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
        return render(&app, &caller, &seen, &template, errors, Typed { fields: form.typed(), chosen: named(&form) }).await;
    };
    let location = format!("/assessments/{}/review", seen.assessment.id);
    let Some(mut work) = app.store.work(&caller.scope, app.clock.now(), today, seen.assessment.id).await? else {
        return Err(Failure::not_found());
    };
    if let Some(done) = work.command(command).await? {
        return Ok(repeat::again(&done));
    }
    if !reports(&caller, &work.whole) {
        return Err(Failure::not_found());
    }
    let trigger = incident(&work.whole, &template, what.clone(), on, &named(&form));
    let why = about::why(&app, &trigger);
    let asked = work.ask_review(&template, &trigger, &why).await?;
    if asked.is_none() {
        // Nothing is asked twice, and nobody is told that it were.
        let said = "It was reported in these words already, and the lead is asked to look. If it is another incident, report it again and say what is different.";
        work.answered(command, &repeat::kept_nothing(&location, said)).await?;
        work.commit().await?;
        return Ok(page::nothing_saved(&location, said));
    }
    let said = "The lead is asked to look at the assessment again, and the other parties are told.";
    work.answered(command, &repeat::kept(&location, said)).await?;
    let happened = tell::Happened { what: "incident", reasons: &what, parties: true, ..tell::Happened::default() };
    tell::commit(&app, work, Some(happened)).await?;
    Ok(page::saved(&location, said))
}

/// What was typed and ticked, to be shown again.
#[derive(Default)]
struct Typed {
    fields: BTreeMap<String, String>,
    chosen: Vec<String>,
}

/// The risks and sections that a report names.
fn named(form: &Form) -> Vec<String> {
    form.all("risk").into_iter().chain(form.all("section")).map(str::to_owned).collect()
}

/// An incident with what of the assessment it touches: risks by their id, sections as `PART/SECTION`.
fn incident(whole: &Whole, template: &Template, what: String, on: Date, named: &[String]) -> Trigger {
    let chosen = |value: &str| named.iter().any(|one| one == value);
    let risks = whole.risks.iter().map(|record| record.risk.id).filter(|id| chosen(&id.to_string())).collect();
    let spots = spots(whole, template);
    Trigger::Incident { what, on, risks, sections: spots.into_iter().filter(|spot| chosen(&spot_name(spot))).collect() }
}

/// The sections of an assessment in which something is answered.
fn spots(whole: &Whole, template: &Template) -> Vec<Spot> {
    let answered = |part: Part, section: &Section| {
        whole.fields.iter().any(|field| {
            field.place.part == part
                && field.answer.is_some()
                && template.find(&field.place.field).is_some_and(|(one, _)| one.id == section.id)
        })
    };
    whole
        .assessment
        .parts()
        .flat_map(|part| template.sections.iter().map(move |section| (part, section)))
        .filter(|(part, section)| answered(*part, section))
        .map(|(part, section)| Spot { part, section: section.id.clone() })
        .collect()
}

fn spot_name(spot: &Spot) -> String {
    format!("{}/{}", spot.part, spot.section)
}

async fn render(
    app: &App,
    caller: &Caller,
    whole: &Whole,
    template: &Template,
    errors: Errors,
    typed: Typed,
) -> Result<Response, Failure> {
    if !whole.sight.sees_sign_off() {
        return Err(Failure::not_found());
    }
    let member = caller.signed_in()?;
    let (snapshot, today, head) = (app.snapshot(), app.clock.today(), &whole.assessment);
    let href = format!("/assessments/{}", head.id);
    let (mut open, mut before, mut newer) = (Vec::new(), Vec::new(), false);
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
            // A review whose reason nothing here names was asked for by somebody, who may have said why.
            why: why.as_ref().map_or_else(
                || {
                    if task.note.is_empty() {
                        "somebody asked for it".to_owned()
                    } else {
                        format!("somebody asked: {}", task.note)
                    }
                },
                |why| about::why(app, why),
            ),
            due: task.due,
            late: task.overdue(today),
            since: task.at,
            done: task.done.map(|done| done.at),
            given_up: task.given_up(),
        };
        newer |= task.open() && matches!(why, Some(Trigger::TemplateChanged { .. }));
        // Several people can be asked for one reason, which stands here once.
        let list: &mut Vec<Asked> = if task.open() { &mut open } else { &mut before };
        if !list.iter().any(|one| one.why == asked.why && one.done == asked.done) {
            list.push(asked);
        }
    }
    before.reverse();
    let fields = whole.fields.iter().filter_map(|field| {
        Some(Field {
            label: template.field(&field.place.field)?.label.clone(),
            annex: part(&snapshot, field.place.part),
            href: format!("{href}/{}/{}", field.place.part, field.place.field),
            why: field.look()?.to_owned(),
        })
    });
    let risks = whole.risks.iter().filter_map(|record| {
        Some(Field {
            label: format!("Risk R{}: {}", record.number, record.risk.title),
            annex: part(&snapshot, record.risk.part),
            href: format!("{href}/risks/{}", record.risk.id),
            why: record.look.as_ref()?.why.clone(),
        })
    });
    let fields = fields.chain(risks).collect();
    let controllers: Vec<_> = head.controllers().collect();
    // A review without changes passes over no high risk that nobody allows, and no acceptance that fell: it is not offered.
    let stands = whole.situation(template, &whole::routes(app, whole)?, Some(member.acting_for));
    let stops = [Condition::NoHighRisk, Condition::NoFallenAcceptance];
    let passes = |needs: &[Condition]| needs.iter().all(|one| !stops.contains(one) || one.holds(&stands));
    let offers = |step: Move| {
        workflow::TABLE
            .iter()
            .filter(|row| row.step == step && row.from.contains(&head.state))
            .any(|row| passes(row.needs) && row.who.admits(Mover::Member(member), head.lead, &controllers))
    };
    let view = View {
        command: new_command(),
        errors,
        typed: typed.fields,
        chosen: typed.chosen,
        newer,
        risks: whole
            .risks
            .iter()
            .map(|one| Choice { value: one.risk.id.to_string(), text: format!("R{}. {}", one.number, one.risk.title) })
            .collect(),
        sections: spots(whole, template)
            .into_iter()
            .filter_map(|spot| {
                let title = &template.section(&spot.section)?.title;
                let text = match part(&snapshot, spot.part) {
                    Some(annex) => format!("{title} (annex of {})", annex.name),
                    None => title.clone(),
                };
                Some(Choice { value: spot_name(&spot), text })
            })
            .collect(),
        reviewed: review::looked_at(head),
        closed: head.state.is_closed(),
        review_on: head.review_on,
        review_late: head.review_on.is_some_and(|day| day < today),
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
