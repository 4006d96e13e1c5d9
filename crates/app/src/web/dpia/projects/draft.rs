//! `/projects/new` and `/projects/{id}/change`: what a project is for, who owns it, from when until when, where it stands.

use super::{
    super::{risks::clash, whole},
    keeps, project, steps,
};
use crate::{
    error::{Failure, conflict},
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page, repeat,
        session::Caller,
        words,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use domain::{
    dpia::{
        access,
        assessment::{Joined, Party, PartyRole},
        ids::ProjectId,
        project::{
            Project,
            meet::{Fact, Met, meet},
        },
    },
    people::{Act, Membership},
    register::ids::OrganisationId,
};
use govuk::Link;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The longest title and purpose, in letters.
const TITLE: usize = 150;
const PURPOSE: usize = 2000;
/// How often a change is tried again when somebody else's came first: each time it is put beside theirs anew.
const TRIES: usize = 5;

#[derive(Serialize)]
struct View {
    /// The project's address; none for a new one.
    href: Option<String>,
    /// Who begins a new one, whatever another tab acts for by then.
    organisation: Option<OrganisationId>,
    command: Uuid,
    version: Option<i64>,
    typed: BTreeMap<String, String>,
    errors: Errors,
    steps: Vec<Choice>,
    /// Who can own it, at the organisation that leads it; nobody is asked of a new one, which is its maker's.
    owners: Vec<Choice>,
    /// What somebody else changed too while one wrote.
    clashes: Vec<Clash>,
}

/// A fact that two people changed, in words.
#[derive(Serialize)]
struct Clash {
    label: &'static str,
    now: String,
    yours: String,
}

#[derive(Clone, Serialize)]
struct Choice {
    value: String,
    text: String,
}

/// The people who can own a project: those who work on such things at the organisation that leads it, and who owns it now.
async fn owners(app: &App, caller: &Caller, project: &Project) -> Result<Vec<Choice>, Failure> {
    let places = app.store.by::<Membership>(&caller.scope, "organisation_id", project.organisation.to_string()).await?;
    let works = |place: &&Membership| place.active() && place.roles.iter().any(|role| access::WRITERS.contains(role));
    let ids = places.iter().filter(works).map(|place| place.person).chain(project.owner);
    let names = whole::names(app, &caller.scope, ids).await?;
    let mut owners: Vec<Choice> = names.into_iter().map(|(id, name)| Choice { value: id.to_string(), text: name }).collect();
    owners.sort_by(|a, b| a.text.cmp(&b.text));
    Ok(owners)
}

fn steps() -> Vec<Choice> {
    let numbered = steps::process().steps.iter().enumerate();
    numbered.map(|(place, step)| Choice { value: step.id.clone(), text: format!("{}. {}", place + 1, step.name) }).collect()
}

/// The empty form.
///
/// # Errors
/// Not found for those who may not begin a project.
pub async fn new(State(app): State<App>, caller: Caller) -> Result<Response, Failure> {
    let organisation = caller.acting_for()?;
    caller.must(&Act::LeadProject(organisation))?;
    let typed =
        BTreeMap::from([("step".to_owned(), steps::process().steps.first().map_or(String::new(), |step| step.id.clone()))]);
    render(
        &app,
        View {
            href: None,
            organisation: Some(organisation),
            command: new_command(),
            version: None,
            typed,
            errors: Errors::default(),
            steps: steps(),
            owners: vec![],
            clashes: vec![],
        },
    )
}

/// Begins a project.
///
/// # Errors
/// Not found for those who may not.
pub async fn create(State(app): State<App>, caller: Caller, form: Form) -> Result<Response, Failure> {
    let caller = form.acting(&caller)?;
    let member = caller.signed_in()?;
    caller.must(&Act::LeadProject(member.acting_for))?;
    let command = form.command()?;
    let now = app.clock.now();
    let blank = Project {
        owner: Some(member.person),
        parties: vec![Party {
            by: Some(member.person),
            ..Party::new(member.acting_for, PartyRole::Controller, Joined::Accepted, now)
        }],
        ..Project::blank(ProjectId(Uuid::now_v7()), member.acting_for, now)
    };
    let (made, errors) = filled(blank, &form, &[]);
    if !errors.is_empty() {
        return render(
            &app,
            View {
                href: None,
                organisation: Some(member.acting_for),
                command,
                version: None,
                typed: form.typed(),
                errors,
                steps: steps(),
                owners: vec![],
                clashes: vec![],
            },
        );
    }
    let location = format!("/projects/{}", made.id);
    let mut write = app.store.write(&caller.scope, now).await?;
    if let Some(done) = write.command(command).await? {
        return Ok(repeat::again(&done));
    }
    write.create(&mut [made]).await?;
    let said = "The project has begun. Next, find out whether it needs a DPIA.";
    write.answered(command, &repeat::kept(&location, said)).await?;
    write.commit().await?;
    Ok(page::saved(&location, said))
}

/// The form, filled.
///
/// # Errors
/// Not found for those who may not change it.
pub async fn change(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let project = project(&app, &caller, &id).await?;
    if !keeps(&caller, &project) {
        return Err(Failure::not_found());
    }
    let view = View {
        href: Some(format!("/projects/{}", project.id)),
        organisation: None,
        command: new_command(),
        version: Some(project.updated_at),
        typed: typed(&project),
        errors: Errors::default(),
        steps: steps(),
        owners: owners(&app, &caller, &project).await?,
        clashes: vec![],
    };
    render(&app, view)
}

/// Saves a changed project. What somebody else changed meanwhile stays; where both changed the same, both are shown, and nothing is
/// saved before somebody has chosen.
///
/// # Errors
/// Not found for those who may not.
pub async fn save(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let mut tries = 1..=TRIES;
    loop {
        let last = tries.next().is_none_or(|tried| tried == TRIES);
        match attempt(&app, &caller, &id, &form).await? {
            Err(store::Error::Conflict(..)) if !last => {}
            done => return Ok(done?),
        }
    }
}

async fn attempt(app: &App, caller: &Caller, id: &str, form: &Form) -> Result<Result<Response, store::Error>, Failure> {
    let stands = project(app, caller, id).await?;
    if !keeps(caller, &stands) {
        return Err(Failure::not_found());
    }
    let command = form.command()?;
    let href = format!("/projects/{}", stands.id);
    let owners = owners(app, caller, &stands).await?;
    let began = clash::began(app, caller, form, command).await?;
    let base = clash::base(app, &stands, stands.updated_at, began).await?;
    let (sent, mut errors) = filled(base.clone(), form, &owners);
    // What comes back with an error still starts from what its writer saw.
    let again = |typed, version, errors, clashes| View {
        href: Some(href.clone()),
        organisation: None,
        command,
        version: Some(version),
        typed,
        errors,
        steps: steps(),
        owners: owners.clone(),
        clashes,
    };
    if !errors.is_empty() {
        return Ok(Ok(render(app, again(form.typed(), began, errors, vec![]))?));
    }
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    if let Some(done) = write.command(command).await? {
        return Ok(Ok(repeat::again(&done)));
    }
    let Met { mut merged, clashes, both } = meet(&base, &stands, &sent);
    if !clashes.is_empty() {
        write.abandon();
        let rows = clashes.iter().map(|fact| of(*fact, &owners, &stands, &sent)).collect();
        let page = render(app, again(typed(&merged), stands.updated_at, errors, rows))?;
        return Ok(Ok(conflict(page)));
    }
    if let Some(message) = turned(&merged) {
        // One of them moved the first day, the other the last.
        write.abandon();
        errors.add_at("ends", "ends-day", message);
        return Ok(Ok(render(app, again(typed(&merged), stands.updated_at, errors, vec![]))?));
    }
    if let Err(error) = write.update(&stands, &mut merged).await {
        return Ok(Err(error));
    }
    let said = if both {
        "The project is saved. It had been changed since you began: both changes are in it."
    } else {
        "The project is saved."
    };
    write.answered(command, &repeat::kept(&clash::saved(&href, merged.updated_at), said)).await?;
    write.commit().await?;
    Ok(Ok(page::saved(&href, said)))
}

/// A fact that two people changed, in words.
fn of(fact: Fact, owners: &[Choice], stands: &Project, sent: &Project) -> Clash {
    let day = |day: Option<Date>| day.map_or_else(|| "not known".to_owned(), words::day);
    let named = |list: &[Choice], value: Option<String>| {
        let found = value.and_then(|value| list.iter().find(|one| one.value == value)).map(|one| one.text.clone());
        found.unwrap_or_else(|| "not known".to_owned())
    };
    let say = |project: &Project| match fact {
        Fact::Title => project.title.clone(),
        Fact::Purpose => project.purpose.clone(),
        Fact::Starts => day(project.starts),
        Fact::Ends => day(project.ends),
        Fact::Step => named(&steps(), project.step.clone()),
        Fact::Owner => named(owners, project.owner.map(|owner| owner.to_string())),
        Fact::Closed => if project.closed { "closed" } else { "under way" }.to_owned(),
    };
    let label = match fact {
        Fact::Title => "Title",
        Fact::Purpose => "What it is for",
        Fact::Starts => "First day of use",
        Fact::Ends => "Last day of use",
        Fact::Step => "Where it is in the process",
        Fact::Owner => "Who owns it",
        Fact::Closed => "Whether it is over",
    };
    Clash { label, now: say(stands), yours: say(sent) }
}

/// What is wrong with a project that ends before it begins.
fn turned(project: &Project) -> Option<&'static str> {
    let turned = project.starts.zip(project.ends).is_some_and(|(starts, ends)| ends < starts);
    turned.then_some("The last day of use must be on or after the first")
}

/// A project with what a form says, and what is wrong with that.
fn filled(mut project: Project, form: &Form, owners: &[Choice]) -> (Project, Errors) {
    let mut errors = Errors::default();
    let title = form.text("title");
    if title.is_empty() {
        errors.add("title", "Enter a title");
    } else if title.chars().count() > TITLE {
        errors.add("title", format!("The title must be {TITLE} letters or fewer"));
    }
    let purpose = form.text("purpose");
    if purpose.is_empty() {
        errors.add("purpose", "Enter what it is for");
    } else if purpose.chars().count() > PURPOSE {
        errors.add("purpose", format!("The purpose must be {PURPOSE} letters or fewer"));
    }
    (project.title, project.purpose) = (title.to_owned(), purpose.to_owned());
    let mut day = |name: &str, what: &str| match form.day(name, what) {
        Ok(day) => day,
        Err(message) => {
            errors.add_at(name, &format!("{name}-day"), message);
            None
        }
    };
    (project.starts, project.ends) = (day("starts", "The first day of use"), day("ends", "The last day of use"));
    if let Some(message) = turned(&project) {
        errors.add_at("ends", "ends-day", message);
    }
    let step = form.text("step");
    project.step = steps::process().steps.iter().find(|known| known.id == step).map(|known| known.id.clone());
    project.closed = form.text("closed") == "yes";
    if form.has("owner") {
        let owner = form.text("owner");
        match owners.iter().find(|one| one.value == owner).and_then(|one| one.value.parse().ok()) {
            Some(owner) => project.owner = Some(owner),
            None => errors.add("owner", "Choose who owns the project"),
        }
    }
    (project, errors)
}

/// What a project says, as its form has it.
fn typed(project: &Project) -> BTreeMap<String, String> {
    let mut typed = BTreeMap::from([
        ("title".to_owned(), project.title.clone()),
        ("purpose".to_owned(), project.purpose.clone()),
        ("step".to_owned(), project.step.clone().unwrap_or_default()),
        ("owner".to_owned(), project.owner.map(|owner| owner.to_string()).unwrap_or_default()),
        ("closed".to_owned(), if project.closed { "yes" } else { "no" }.to_owned()),
    ]);
    for (name, day) in [("starts", project.starts), ("ends", project.ends)] {
        if let Some(day) = day {
            typed.insert(format!("{name}-day"), day.day().to_string());
            typed.insert(format!("{name}-month"), day.month().to_string());
            typed.insert(format!("{name}-year"), day.year().to_string());
        }
    }
    typed
}

fn render(app: &App, view: View) -> Result<Response, Failure> {
    let title = if view.href.is_some() { "Change the project" } else { "Begin a data project" };
    let mut frame = page::frame(app, title, Some("projects"));
    frame.error = !view.errors.is_empty();
    frame.back = Some(view.href.clone().unwrap_or_else(|| "/projects".to_owned()));
    frame.breadcrumbs = vec![Link::new("Data projects", "/projects")];
    Ok(page::render(app, "dpia/projects/draft.html", &frame, view)?.into_response())
}
