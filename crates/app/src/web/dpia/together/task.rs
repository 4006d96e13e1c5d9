//! `/assessments/{id}/tasks/{task}`: one task: handing it to another, giving it another day, saying that it is done. A measure's task
//! is done when its measure is, so that its page asks how far that is.

use super::super::{
    projects::{Body, body},
    who::{self, Choice, assignee},
    whole,
};
use crate::{
    assessments::{about, tell},
    error::Failure,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page, repeat,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use domain::dpia::{
    access,
    ids::TaskId,
    task::{About, Assignee, Away, Refusal, Task},
    whole::Whole,
};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    href: String,
    id: String,
    /// Where the work itself is done.
    work: String,
    what: String,
    note: String,
    with: String,
    organisation: Body,
    since: i64,
    due: Option<Date>,
    late: bool,
    done: Option<i64>,
    /// Nobody did it: the assessment was given up.
    given_up: bool,
    /// A measure's: it is done on the measure's page.
    measure: bool,
    /// A signature's, or a vacancy's: it cannot be handed on.
    stays: bool,
    /// When it is done, of what nobody calls done.
    by_itself: Option<&'static str>,
    people: Vec<Choice>,
    command: Uuid,
    errors: Errors,
    typed: BTreeMap<String, String>,
}

/// The page.
///
/// # Errors
/// Not found for a task that is not there, or not the caller's to change.
pub async fn page(State(app): State<App>, caller: Caller, Path((id, task)): Path<(String, String)>) -> Result<Response, Failure> {
    let (whole, _) = whole::load(&app, &caller, &id).await?;
    let id: TaskId = task.parse().map_err(|_| Failure::not_found())?;
    let known = app.store.tasks_of(&caller.scope, app.clock.today(), whole.assessment.id).await?;
    let task = known.iter().find(|one| one.id == id).ok_or_else(Failure::not_found)?;
    render(&app, &caller, &whole, task, Errors::default(), BTreeMap::new()).await
}

/// Whether the caller may change a task: whose it is, who gave it, who keeps the assessment for the organisation that has it, and who
/// keeps the whole for the lead. What another controller has to do is no business of anybody else's.
///
/// # Errors
/// Not found for whoever is not signed in.
pub(in super::super) fn may(app: &App, caller: &Caller, whole: &Whole, task: &Task, away: &[Away]) -> Result<bool, Failure> {
    let member = caller.signed_in()?;
    let mine = || task.mine(member, away, app.clock.today()).is_some();
    let concerned = || [whole.assessment.lead, task.assignee.organisation()].contains(&member.acting_for);
    let keeps = || concerned() && access::keeps(&caller.scope, &whole.assessment, member.acting_for);
    Ok(whole.sight.sees_sign_off() && (mine() || task.by == Some(member.person) || keeps()))
}

/// Hands a task to another, gives it another day, or says that it is done.
///
/// # Errors
/// Not found for a task that is not there, or not the caller's to change.
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    Path((id, task)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let (seen, _) = whole::load(&app, &caller, &id).await?;
    let member = caller.signed_in()?;
    let task: TaskId = task.parse().map_err(|_| Failure::not_found())?;
    let (command, now, act) = (form.command()?, app.clock.now(), form.text("act"));
    let location = format!("/assessments/{}/tasks", seen.assessment.id);
    let away = app.store.absences(&caller.scope, app.clock.today()).await?;
    let Some(mut work) = app.store.work(&caller.scope, now, app.clock.today(), seen.assessment.id).await? else {
        return Err(Failure::not_found());
    };
    if let Some(done) = work.command(command).await? {
        return Ok(repeat::again(&done));
    }
    let before = work.tasks().iter().find(|one| one.id == task).cloned().ok_or_else(Failure::not_found)?;
    if !may(&app, &caller, &seen, &before, &away)? {
        return Err(Failure::not_found());
    }
    if !before.open() {
        return Ok(page::nothing_saved(&location, "The task was closed before you pressed, so that nothing changes."));
    }
    if let Some(when) = by_itself(&before).filter(|_| act == "done") {
        let here = format!("/assessments/{}/tasks/{}", seen.assessment.id, before.id);
        return Ok(page::nothing_saved(&here, when));
    }
    if let (About::Measure { measure }, "done") = (&before.about, act)
        && work.whole.measures.iter().any(|one| one.measure.id == *measure && one.measure.open())
    {
        return Ok(Redirect::to(&format!("/assessments/{}/measures/{measure}?task=done", seen.assessment.id)).into_response());
    }
    let mut errors = Errors::default();
    let after = match act {
        "day" => match form.day("day", "The date") {
            Ok(Some(day)) if day < app.clock.today() => {
                errors.add_at("day", "day-day", "The date must be today or later");
                None
            }
            Ok(Some(day)) => before.put_off(Some(day)).ok(),
            Ok(None) => {
                errors.add_at("day", "day-day", "Enter the day by which it is to be done");
                None
            }
            Err(message) => {
                errors.add_at("day", "day-day", message);
                None
            }
        },
        "done" => before.finish(Some(member.person), now).ok(),
        "hand" => {
            let fits = |to: &Assignee| super::tasks::fits(&work.whole, &before.about, *to);
            match assignee(&seen, form.text("with")).filter(fits).map(|to| before.reassign(member, to, now)) {
                Some(Ok(after)) => Some(after),
                Some(Err(Refusal::NotYours)) => {
                    errors.add("with", "Whoever has it, gave it, or keeps assessments where it is hands it on");
                    None
                }
                _ => {
                    errors.add("with", "Choose a person or a role at a party to hand it to");
                    None
                }
            }
        }
        _ => return Err(Failure::not_found()),
    };
    let Some(after) = after else {
        // Who is read below must not wait for what is held here.
        drop(work);
        return render(&app, &caller, &seen, &before, errors, form.typed()).await;
    };
    work.put_task(after).await?;
    let said = match act {
        "done" => "The task is done.",
        "day" => "The task has another day.",
        _ => "The task is handed on.",
    };
    work.answered(command, &repeat::kept(&location, said)).await?;
    tell::commit(&app, work, None).await?;
    Ok(page::saved(&location, said))
}

/// When a task is done that nobody calls done ([`Task::called_done`]).
fn by_itself(task: &Task) -> Option<&'static str> {
    let when = match task.about {
        About::Sign { .. } => "This task is done when the step is signed.",
        About::Vacancy { .. } => "This task is done when somebody holds the role who may sign.",
        About::BeginDpia => {
            "This task is done when a DPIA is begun, the review’s own answer is changed, or an officer decides that less is enough."
        }
        _ => "This task is done when what it asks for is.",
    };
    (!task.called_done()).then_some(when)
}

async fn render(
    app: &App,
    caller: &Caller,
    whole: &Whole,
    task: &Task,
    errors: Errors,
    typed: BTreeMap<String, String>,
) -> Result<Response, Failure> {
    let away = app.store.absences(&caller.scope, app.clock.today()).await?;
    if !may(app, caller, whole, task, &away)? {
        return Err(Failure::not_found());
    }
    let mut everyone: Vec<_> = whole.holders.iter().map(|holder| holder.person).collect();
    everyone.extend(match task.assignee {
        Assignee::Person { person, .. } => Some(person),
        Assignee::Role { .. } => None,
    });
    let names = whole::names(app, &caller.scope, everyone).await?;
    let listed = about::listed(app, task, Some(&whole.assessment), None);
    let what = about::title(app, task, Some(&whole.assessment))?;
    let open_measure = match &task.about {
        About::Measure { measure } => whole.measures.iter().any(|one| one.measure.id == *measure && one.measure.open()),
        _ => false,
    };
    let mut people = who::choices(app, whole, &names);
    people.retain(|one| assignee(whole, &one.value).is_some_and(|to| super::tasks::fits(whole, &task.about, to)));
    let view = View {
        href: format!("/assessments/{}", whole.assessment.id),
        id: task.id.to_string(),
        work: listed.href,
        note: if open_measure { String::new() } else { task.note.clone() },
        with: match task.assignee {
            Assignee::Person { person, .. } => names.get(&person).cloned().unwrap_or_default(),
            Assignee::Role { role, .. } => role.words().to_owned(),
        },
        organisation: body(&app.snapshot(), task.assignee.organisation()),
        since: task.since,
        due: task.due,
        late: task.overdue(app.clock.today()),
        done: task.done.map(|done| done.at),
        given_up: task.given_up(),
        measure: open_measure,
        by_itself: by_itself(task),
        stays: matches!(task.about, About::Sign { .. } | About::Vacancy { .. }),
        people,
        command: new_command(),
        errors,
        typed,
        what,
    };
    let mut frame = whole::frame(app, whole, &view.what);
    frame.error = !view.errors.is_empty();
    Ok(page::render(app, "dpia/together/task.html", &frame, view)?.into_response())
}
