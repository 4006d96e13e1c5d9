//! `/assessments/{id}/tasks`: who does what by when: giving a section to a person or a role at a party, handing it to another,
//! saying that it is done.

use super::super::{
    projects::{Body, body},
    whole,
};
use crate::{
    error::Failure,
    state::App,
    web::{
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
        ids::TaskId,
        place::Part,
        task::{About, Assignee, Task},
        template::{In, Template},
        whole::Whole,
    },
    people::{Role, Scope},
};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    href: String,
    number: String,
    command: Uuid,
    errors: Errors,
    typed: BTreeMap<String, String>,
    gives: bool,
    rows: Vec<Row>,
    sections: Vec<Choice>,
    people: Vec<Choice>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    what: String,
    note: String,
    with: String,
    organisation: Body,
    due: Option<Date>,
    late: bool,
    since: i64,
    mine: bool,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    text: String,
}

/// The page.
///
/// # Errors
/// Not found where the caller may not see all of the assessment.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let (whole, template) = whole::load(&app, &caller, &id).await?;
    render(&app, &caller, &whole, &template, Errors::default(), BTreeMap::new()).await
}

/// A person or a role at a party, as the form names it: `person:ID@ORG` or `role:NAME@ORG`.
fn assignee(whole: &Whole, text: &str) -> Option<Assignee> {
    let (who, organisation) = text.split_once('@')?;
    let organisation = organisation.parse().ok()?;
    whole.assessment.controllers().find(|one| *one == organisation)?;
    if let Some(person) = who.strip_prefix("person:") {
        let person = person.parse().ok()?;
        let holds = whole.holders.iter().any(|holder| holder.person == person && holder.organisation == organisation);
        return holds.then_some(Assignee::Person { person, organisation });
    }
    Some(Assignee::Role { organisation, role: Role::parse(who.strip_prefix("role:")?)? })
}

/// Gives a section to somebody.
///
/// # Errors
/// Not found for those who do not keep the assessment.
pub async fn give(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let (seen, template) = whole::load(&app, &caller, &id).await?;
    if !access::keeps(&caller.scope, &seen.assessment, caller.acting_for()?) {
        return Err(Failure::not_found());
    }
    let command = form.command()?;
    let mut errors = Errors::default();
    let chosen = form.text("section").split_once('/').and_then(|(part, section)| {
        let part: Part = part.parse().ok()?;
        let found = template.section(section)?;
        let fits = (found.part == In::Annex) == part.organisation().is_some() && seen.assessment.parts().any(|one| one == part);
        fits.then(|| About::Section { part, section: section.to_owned() })
    });
    if chosen.is_none() {
        errors.add("section", "Choose a section");
    }
    let with = assignee(&seen, form.text("with"));
    if with.is_none() {
        errors.add("with", "Choose a person or a role");
    }
    let due = form.day("due", "The date").unwrap_or_else(|message| {
        errors.add_at("due", "due-day", message);
        None
    });
    let (Some(about), Some(with), true) = (chosen, with, errors.is_empty()) else {
        return render(&app, &caller, &seen, &template, errors, form.typed()).await;
    };
    let location = format!("/assessments/{}/tasks", seen.assessment.id);
    let Some(mut work) = app.store.work(&caller.scope, app.clock.now(), app.clock.today(), seen.assessment.id).await? else {
        return Err(Failure::not_found());
    };
    if let Some(done) = work.command(command).await? {
        return Ok(Redirect::to(&done).into_response());
    }
    work.ask(about, with, due, form.text("note")).await?;
    work.answered(command, &location).await?;
    work.commit().await?;
    Ok(page::saved(&location, "The task is given. It stands on their ‘Your work’."))
}

/// Hands a task to another, or says that it is done.
///
/// # Errors
/// Not found for a task that is not there, or not the caller's to change.
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    Path((id, task)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let (seen, template) = whole::load(&app, &caller, &id).await?;
    let member = caller.signed_in()?;
    let task: TaskId = task.parse().map_err(|_| Failure::not_found())?;
    let (command, now) = (form.command()?, app.clock.now());
    let location = format!("/assessments/{}/tasks", seen.assessment.id);
    let Some(mut work) = app.store.work(&caller.scope, now, app.clock.today(), seen.assessment.id).await? else {
        return Err(Failure::not_found());
    };
    if let Some(done) = work.command(command).await? {
        return Ok(Redirect::to(&done).into_response());
    }
    let before = work.tasks().iter().find(|one| one.id == task).cloned().ok_or_else(Failure::not_found)?;
    let mine = before.mine(member, &[], app.clock.today()).is_some();
    if !mine && !access::keeps(&caller.scope, &seen.assessment, member.acting_for) {
        return Err(Failure::not_found());
    }
    let after = match form.text("act") {
        "done" => before.finish(Some(member.person), now).ok(),
        "hand" => assignee(&seen, form.text("with")).and_then(|to| before.reassign(member, to, now).ok()),
        _ => return Err(Failure::not_found()),
    };
    let Some(after) = after else {
        drop(work);
        let mut errors = Errors::default();
        errors.add("with", "Choose a person or a role at a party to hand it to");
        return render(&app, &caller, &seen, &template, errors, form.typed()).await;
    };
    work.put_task(after).await?;
    work.answered(command, &location).await?;
    work.commit().await?;
    Ok(page::saved(&location, if form.text("act") == "done" { "The task is done." } else { "The task is handed on." }))
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
    let (snapshot, today) = (app.snapshot(), app.clock.today());
    let scope: &Scope = &caller.scope;
    let tasks: Vec<Task> = app.store.tasks_of(scope, today, whole.assessment.id).await?.into_iter().filter(Task::open).collect();
    let mut everyone: Vec<_> = whole.holders.iter().map(|holder| holder.person).collect();
    everyone.extend(tasks.iter().filter_map(|task| match task.assignee {
        Assignee::Person { person, .. } => Some(person),
        Assignee::Role { .. } => None,
    }));
    let names = whole::names(app, scope, everyone).await?;
    let section_title = |id: &str| template.section(id).map_or_else(|| id.to_owned(), |section| section.title.clone());
    let what = |about: &About| match about {
        About::Section { section, .. } => format!("Write ‘{}’", section_title(section)),
        About::Field { place } => format!("Answer ‘{}’", label(template, &place.field)),
        About::Clash { place } => format!("Settle the clash in ‘{}’", label(template, &place.field)),
        About::Comment { place, .. } => format!("Answer a comment on ‘{}’", label(template, &place.field)),
        About::Recommendation { place, .. } => format!("Answer advice on ‘{}’", label(template, &place.field)),
        About::Measure { .. } => "Carry out a measure".to_owned(),
        About::Sign { step, .. } => format!("Sign: {}", step.replace('-', " ")),
        About::Invitation { .. } => "Answer the invitation to take part".to_owned(),
        About::Review => "Look at the assessment again".to_owned(),
        About::SentBack => "Change what was sent back".to_owned(),
        About::Consultation { .. } => "See to the consultation of the Commissioner".to_owned(),
        About::Screening => "Screen the project again".to_owned(),
        About::Publication => "Look at what is to be published".to_owned(),
        About::Record { words, .. } => words.clone(),
    };
    let mut rows: Vec<Row> = tasks
        .iter()
        .map(|task| Row {
            id: task.id.to_string(),
            what: what(&task.about),
            note: task.note.clone(),
            with: match task.assignee {
                Assignee::Person { person, .. } => names.get(&person).cloned().unwrap_or_default(),
                Assignee::Role { role, .. } => role.words().to_owned(),
            },
            organisation: body(&snapshot, task.assignee.organisation()),
            due: task.due,
            late: task.overdue(today),
            since: task.since,
            mine: task.mine(member, &[], today).is_some(),
        })
        .collect();
    rows.sort_by_key(|row| (row.due.is_none(), row.due));
    let mut sections: Vec<Choice> = Vec::new();
    for part in whole.assessment.parts() {
        let annex = part.organisation().map(|organisation| body(&snapshot, organisation).name);
        for section in template.sections.iter().filter(|one| (one.part == In::Annex) == annex.is_some()) {
            let text =
                annex.as_ref().map_or_else(|| section.title.clone(), |name| format!("{} (annex of {name})", section.title));
            sections.push(Choice { value: format!("{part}/{}", section.id), text });
        }
    }
    let mut people: Vec<Choice> = Vec::new();
    for organisation in whole.assessment.controllers() {
        let name = body(&snapshot, organisation).name;
        let mut seen = std::collections::BTreeSet::new();
        for holder in whole.holders.iter().filter(|holder| holder.organisation == organisation) {
            if seen.insert(holder.person) {
                let person = names.get(&holder.person).cloned().unwrap_or_default();
                people.push(Choice {
                    value: format!("person:{}@{organisation}", holder.person),
                    text: format!("{person}, {name}"),
                });
            }
        }
        for role in access::WRITERS {
            people.push(Choice {
                value: format!("role:{}@{organisation}", role.as_str()),
                text: format!("whoever is {} at {name}", role.words()),
            });
        }
    }
    let view = View {
        href: format!("/assessments/{}", whole.assessment.id),
        number: whole.assessment.number.clone(),
        command: new_command(),
        errors,
        typed,
        gives: access::keeps(scope, &whole.assessment, member.acting_for),
        rows,
        sections,
        people,
    };
    let mut frame = whole::frame(app, whole, "Tasks");
    frame.error = !view.errors.is_empty();
    Ok(page::render(app, "dpia/together/tasks.html", &frame, view)?.into_response())
}

fn label(template: &Template, field: &str) -> String {
    template.field(field).map_or_else(|| field.to_owned(), |field| field.label.clone())
}
