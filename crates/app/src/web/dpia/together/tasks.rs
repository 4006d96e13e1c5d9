//! `/assessments/{id}/tasks`: who does what by when, and giving a section, an answer or a measure to a person or a role at a party.

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
        page,
        query::Params,
        repeat,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use domain::{
    dpia::{
        access, advice,
        comment::Comment,
        place::{Part, Place},
        review,
        task::{About, Assignee, Task},
        template::{Section, Template, view::View as Seen},
        whole::Whole,
    },
    people::Scope,
    register::ids::OrganisationId,
};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    href: String,
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
    /// The caller may change it.
    may: bool,
}

/// The page.
///
/// # Errors
/// Not found where the caller may not see all of the assessment.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>, params: Params) -> Result<Response, Failure> {
    let (whole, template) = whole::load(&app, &caller, &id).await?;
    // A page that leads here says what is to be given away.
    let typed = params.one("about").map(|about| ("section".to_owned(), about.to_owned())).into_iter().collect();
    render(&app, &caller, &whole, &template, Errors::default(), typed).await
}

/// The sections of a part that ask something now, each with the fields that apply, by id. What stands in a module that is off, or in
/// the annex of who is no party, leads nowhere; nor does anything of one that was made elsewhere, which nobody writes here.
#[must_use]
pub fn sections<'t>(whole: &Whole, template: &'t Template, part: Part) -> Vec<(&'t Section, Vec<String>)> {
    if whole.assessment.is_record() || !whole.assessment.parts().any(|one| one == part) {
        return Vec::new();
    }
    let (answers, screened, modules) = (whole.answers(), whole.screened(), whole.modules());
    let view = Seen { template, answers: &answers, screened: &screened, modules: &modules, facts: whole.facts(part), part };
    let asked: Vec<(String, Vec<String>)> = view
        .sections()
        .into_iter()
        .map(|(_, section, fields)| (section.id.clone(), fields.into_iter().map(|field| field.id.clone()).collect()))
        .collect();
    asked.into_iter().filter_map(|(id, fields)| Some((template.section(&id)?, fields))).collect()
}

/// Whose annex a task stands in, which only its own people write: an annex's section, question or recommendation is given to
/// nobody else.
#[must_use]
pub fn annex_of(about: &About) -> Option<OrganisationId> {
    match about {
        About::Section { part, .. } => part.organisation(),
        About::Field { place } | About::Recommendation { place, .. } => place.part.organisation(),
        _ => None,
    }
}

/// Whether a task can be with somebody: what stands in an annex with its own people alone, a recommendation with those who may answer
/// it.
#[must_use]
pub fn fits(whole: &Whole, about: &About, to: Assignee) -> bool {
    let open = match about {
        About::Recommendation { recommendation, .. } => whole.recommendations.iter().find(|one| one.id == *recommendation),
        _ => None,
    };
    match open {
        Some(one) => advice::can_be_asked(one, &whole.assessment, &whole.holders, to),
        None => annex_of(about).is_none_or(|own| own == to.organisation()),
    }
}

/// What a task is about, as the form names it: `PART/SECTION`, or `field`, `comment`, `recommendation`, `measure` with its own id,
/// or `review`.
fn subject(whole: &Whole, template: &Template, text: &str) -> Option<About> {
    let (kind, id) = text.split_once(':').unwrap_or((text, ""));
    let place = |text: &str| {
        let place: Place = text.parse().ok()?;
        let asked = sections(whole, template, place.part).into_iter().any(|(_, fields)| fields.contains(&place.field));
        asked.then_some(place)
    };
    match kind {
        "field" => place(id).map(|place| About::Field { place }),
        "comment" => {
            let open = |one: &&Comment| one.id.to_string() == id && one.thread.is_none() && one.resolved.is_none();
            whole.comments.iter().find(open).map(|one| About::Comment { comment: one.id, place: one.place.clone() })
        }
        "recommendation" => whole
            .open_recommendations()
            .find(|one| one.id.to_string() == id)
            .map(|one| About::Recommendation { recommendation: one.id, place: one.place.clone() }),
        "measure" => {
            let found = whole.measures.iter().find(|one| one.measure.id.to_string() == id && one.measure.open());
            found.map(|one| About::Measure { measure: one.measure.id })
        }
        "review" if review::looked_at(&whole.assessment) => Some(About::Review { why: None }),
        _ => {
            let (part, section) = text.split_once('/')?;
            let part: Part = part.parse().ok()?;
            let asked = sections(whole, template, part).into_iter().any(|(one, _)| one.id == section);
            asked.then(|| About::Section { part, section: section.to_owned() })
        }
    }
}

/// Everything that can be given to somebody, in the order of the form: what was asked for by the address first.
fn subjects(app: &App, whole: &Whole, template: &Template, asked: Option<&str>) -> Vec<Choice> {
    let snapshot = app.snapshot();
    let label = |field: &str| template.field(field).map_or_else(|| field.to_owned(), |field| field.label.clone());
    let of = |part: Part, text: String| match part.organisation() {
        Some(organisation) => format!("{text} (annex of {})", body(&snapshot, organisation).name),
        None => text,
    };
    let mut choices = Vec::new();
    if let Some(text) = asked
        && let Some(About::Field { place }) = subject(whole, template, text)
    {
        choices.push(Choice { value: text.to_owned(), text: of(place.part, format!("Answer ‘{}’", label(&place.field))) });
    }
    for part in whole.assessment.parts() {
        choices.extend(sections(whole, template, part).into_iter().map(|(section, _)| Choice {
            value: format!("{part}/{}", section.id),
            text: of(part, format!("Write the section ‘{}’", section.title)),
        }));
    }
    choices.extend(whole.open_recommendations().map(|one| Choice {
        value: format!("recommendation:{}", one.id),
        text: of(one.place.part, format!("Answer recommendation {} on ‘{}’", one.number, label(&one.place.field))),
    }));
    let threads = whole.comments.iter().filter(|one| one.thread.is_none() && one.resolved.is_none());
    choices.extend(threads.map(|one| Choice {
        value: format!("comment:{}", one.id),
        text: of(one.place.part, format!("Reply to a comment on ‘{}’", label(&one.place.field))),
    }));
    choices.extend(whole.measures.iter().filter(|one| one.measure.open()).map(|one| Choice {
        value: format!("measure:{}", one.measure.id),
        text: format!("Carry out measure M{}: {}", one.number, one.measure.title),
    }));
    if review::looked_at(&whole.assessment) {
        choices.push(Choice { value: "review".to_owned(), text: "Look at the assessment again".to_owned() });
    }
    choices
}

/// Why a task is not with somebody, in words.
pub(super) fn misfit(app: &App, whole: &Whole, about: &About) -> String {
    let name = |one: OrganisationId| body(&app.snapshot(), one).name;
    let recommended = match about {
        About::Recommendation { recommendation, .. } => whole.recommendations.iter().find(|one| one.id == *recommendation),
        _ => None,
    };
    match (recommended, annex_of(about)) {
        (Some(one), _) => format!(
            "An information asset owner or SIRO of {} answers it, other than who advised: choose one of them",
            name(advice::answered_at(one, &whole.assessment))
        ),
        (None, Some(own)) => {
            format!("It stands in the annex of {}, which only its own people write: choose somebody there", name(own))
        }
        (None, None) => "Choose a person or a role".to_owned(),
    }
}

/// Gives a part of the work to somebody.
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
    let chosen = subject(&seen, &template, form.text("section"));
    if chosen.is_none() {
        errors.add("section", "Choose what is to be done");
    }
    let with = assignee(&seen, form.text("with"));
    match (with, &chosen) {
        (None, _) => errors.add("with", "Choose a person or a role"),
        (Some(with), Some(about)) if !fits(&seen, about, with) => errors.add("with", misfit(&app, &seen, about)),
        _ => {}
    }
    let due = form.day("due", "The date").unwrap_or_else(|message| {
        errors.add_at("due", "due-day", message);
        None
    });
    if due.is_some_and(|due| due < app.clock.today()) {
        errors.add_at("due", "due-day", "The date must be today or later");
    }
    let (Some(about), Some(with), true) = (chosen, with, errors.is_empty()) else {
        return render(&app, &caller, &seen, &template, errors, form.typed()).await;
    };
    let location = format!("/assessments/{}/tasks", seen.assessment.id);
    let Some(mut work) = app.store.work(&caller.scope, app.clock.now(), app.clock.today(), seen.assessment.id).await? else {
        return Err(Failure::not_found());
    };
    if let Some(done) = work.command(command).await? {
        return Ok(repeat::again(&done));
    }
    // A measure's task says which, and has the measure's own day where none is given.
    let measure = work.whole.measures.iter().find(|one| about == About::Measure { measure: one.measure.id });
    let (note, due) = match measure {
        Some(one) if form.text("note").is_empty() => (one.measure.title.clone(), due.or(one.measure.due)),
        Some(one) => (format!("{}: {}", one.measure.title, form.text("note")), due.or(one.measure.due)),
        None => (form.text("note").to_owned(), due),
    };
    // A measure is with one person or role: whoever had it hands it on.
    let known = match &about {
        About::Measure { measure } => work.tasks_about(*measure).into_iter().next(),
        _ => None,
    };
    match known {
        Some(task) => {
            let since = if task.assignee == with { task.since } else { work.at() };
            work.put_task(Task { assignee: with, due, note, since, reminded: None, ..task }).await?;
        }
        None => work.ask(about, with, due, &note).await?,
    }
    let said = "The task is given. It stands on their ‘Your work’.";
    work.answered(command, &repeat::kept(&location, said)).await?;
    tell::commit(&app, work, None).await?;
    Ok(page::saved(&location, said))
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
    let away = app.store.absences(scope, today).await?;
    let mut rows: Vec<Row> = Vec::with_capacity(tasks.len());
    for task in &tasks {
        let what = about::title(app, task, Some(&whole.assessment))?;
        // The title of a measure's task is its note.
        let note = if what.contains(&task.note) { String::new() } else { task.note.clone() };
        rows.push(Row {
            id: task.id.to_string(),
            what,
            note,
            with: match task.assignee {
                Assignee::Person { person, .. } => names.get(&person).cloned().unwrap_or_default(),
                Assignee::Role { role, .. } => role.words().to_owned(),
            },
            organisation: body(&snapshot, task.assignee.organisation()),
            due: task.due,
            late: task.overdue(today),
            since: task.since,
            may: super::task::may(app, caller, whole, task, &away)?,
        });
    }
    rows.sort_by_key(|row| (row.due.is_none(), row.due));
    let sections = subjects(app, whole, template, typed.get("section").map(String::as_str));
    let mut people = who::choices(app, whole, &names);
    // Where it is known already that a recommendation is given, only those are offered who may answer it.
    let given = typed.get("section").and_then(|text| subject(whole, template, text));
    if let Some(about) = given.filter(|about| matches!(about, About::Recommendation { .. })) {
        people.retain(|one| assignee(whole, &one.value).is_some_and(|to| fits(whole, &about, to)));
    }
    let view = View {
        href: format!("/assessments/{}", whole.assessment.id),
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
