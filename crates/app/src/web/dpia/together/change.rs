//! `/assessments/{id}/change`: the title, the person who leads it, and the day by which it is wanted. The title is signed, so that it
//! changes only while the text is written; whoever led it before still counts as a writer, and
//! what was asked of them as its lead is asked of whoever leads it now.

use super::{
    super::{
        own_work::{self, Warning},
        whole,
    },
    hand_on,
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
use domain::{
    dpia::{
        access,
        assessment::{Assessment, State as Stand},
        place::Part,
        template::Template,
        whole::Whole,
    },
    people::PersonId,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The longest title, in letters.
const TITLE: usize = 150;

#[derive(Serialize)]
struct View {
    href: String,
    command: Uuid,
    version: i64,
    typed: BTreeMap<String, String>,
    errors: Errors,
    /// The text is being written, so that the title can change.
    drafting: bool,
    /// It was made elsewhere: its title is what is recorded of it.
    recorded: bool,
    people: Vec<Choice>,
    /// Signatures that the caller cannot give once they change the title.
    own_work: Vec<Warning>,
    /// Somebody changed it in the meantime: what it says now.
    now: Option<Now>,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    text: String,
}

#[derive(Serialize)]
struct Now {
    title: String,
    lead: String,
    wanted_by: Option<String>,
}

/// The form.
///
/// # Errors
/// Not found for those who do not keep the assessment for its lead.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let (whole, template) = whole::load(&app, &caller, &id).await?;
    render(&app, &caller, &whole, &template, None, Errors::default(), false).await
}

/// Whether somebody may change it: who keeps it for its lead, while it is not closed.
#[must_use]
pub fn may(caller: &Caller, head: &Assessment) -> bool {
    !head.state.is_closed() && access::keeps(&caller.scope, head, head.lead)
}

/// Saves it.
///
/// # Errors
/// As [`page()`].
pub async fn save(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let (seen, template) = whole::load(&app, &caller, &id).await?;
    let before = &seen.assessment;
    if !may(&caller, before) {
        return Err(Failure::not_found());
    }
    let (command, version) = (form.command()?, form.version()?);
    let (now, today) = (app.clock.now(), app.clock.today());
    let (mut after, mut errors) = (before.clone(), Errors::default());
    if before.state == Stand::Drafting {
        let title = form.text("title");
        if title.is_empty() {
            errors.add("title", "Enter a title");
        } else if title.chars().count() > TITLE {
            errors.add("title", format!("The title must be {TITLE} letters or fewer"));
        }
        after = after.titled(title, caller.signed_in()?.person);
    }
    match form.text("lead").parse::<PersonId>().ok().filter(|person| leaders(&seen).contains(person)) {
        Some(person) if before.lead_person != Some(person) => {
            after.led_by.extend(before.lead_person);
            after.lead_person = Some(person);
        }
        Some(_) => {}
        None => errors.add("lead", "Choose who leads the assessment"),
    }
    match form.day("wanted", "The date") {
        // What was made elsewhere is not wanted by any day.
        _ if before.is_record() => {}
        Ok(Some(day)) if day < today && before.wanted_by != Some(day) => {
            errors.add_at("wanted", "wanted-day", "The date must be today or later");
        }
        Ok(day) => after.wanted_by = day,
        Err(message) => errors.add_at("wanted", "wanted-day", message),
    }
    if !errors.is_empty() {
        return render(&app, &caller, &seen, &template, Some(&form), errors, false).await;
    }
    let location = format!("/assessments/{}", before.id);
    let scope = caller.scope.acting_for(before.lead);
    let mut work = app.store.work(&scope, now, today, before.id).await?.ok_or_else(Failure::not_found)?;
    if let Some(done) = work.command(command).await? {
        return Ok(repeat::again(&done));
    }
    if work.whole.assessment.updated_at != version || before.updated_at != version {
        drop(work);
        let (now, template) = whole::load(&app, &caller, &id).await?;
        return Ok(conflict(render(&app, &caller, &now, &template, Some(&form), Errors::default(), true).await?));
    }
    let (led, leads) = (work.lead_assignee(), after.lead_person.filter(|person| before.lead_person != Some(*person)));
    work.change_head(after).await?;
    if leads.is_some() {
        hand_on::led(&mut work, |assignee| assignee == led).await?;
    }
    let said = "The assessment is saved.";
    work.answered(command, &repeat::kept(&location, said)).await?;
    let happened = leads.map(|person| tell::Happened { what: "led-by", person: Some(person), ..tell::Happened::default() });
    tell::commit(&app, work, happened).await?;
    Ok(page::saved(&location, said))
}

/// Who can lead it: whoever writes assessments at the organisation that leads it, and who leads it now.
fn leaders(whole: &Whole) -> BTreeSet<PersonId> {
    let head = &whole.assessment;
    let works = whole.holders.iter().filter(|one| one.organisation == head.lead && access::WRITERS.contains(&one.role));
    works.map(|one| one.person).chain(head.lead_person).collect()
}

async fn render(
    app: &App,
    caller: &Caller,
    whole: &Whole,
    template: &Template,
    form: Option<&Form>,
    errors: Errors,
    moved: bool,
) -> Result<Response, Failure> {
    let head = &whole.assessment;
    if !may(caller, head) {
        return Err(Failure::not_found());
    }
    let names = whole::names(app, &caller.scope, leaders(whole)).await?;
    let mut people: Vec<Choice> = names.iter().map(|(id, name)| Choice { value: id.to_string(), text: name.clone() }).collect();
    people.sort_by(|a, b| a.text.cmp(&b.text));
    let own_work = match head.state {
        Stand::Drafting => own_work::warnings(app, caller, whole, template, &[Part::Shared], &[]).await?,
        _ => Vec::new(),
    };
    let view = View {
        own_work,
        href: format!("/assessments/{}", head.id),
        command: new_command(),
        // What comes back with an error still starts from what its writer saw.
        version: form.filter(|_| !moved).and_then(|form| form.version().ok()).unwrap_or(head.updated_at),
        typed: form.map_or_else(|| typed(head), Form::typed),
        errors,
        drafting: head.state == Stand::Drafting,
        recorded: head.state == Stand::Recorded,
        people,
        now: moved.then(|| Now {
            title: head.title.clone(),
            lead: head.lead_person.and_then(|person| names.get(&person).cloned()).unwrap_or_default(),
            wanted_by: head.wanted_by.map(|day| day.to_string()),
        }),
    };
    let title = if view.recorded { "Change who leads it" } else { "Change the assessment" };
    let mut frame = whole::frame(app, whole, title);
    frame.error = !view.errors.is_empty();
    Ok(page::render(app, "dpia/together/change.html", &frame, view)?.into_response())
}

fn typed(head: &Assessment) -> BTreeMap<String, String> {
    let mut typed = BTreeMap::from([
        ("title".to_owned(), head.title.clone()),
        ("lead".to_owned(), head.lead_person.map(|person| person.to_string()).unwrap_or_default()),
    ]);
    if let Some(day) = head.wanted_by {
        typed.insert("wanted-day".to_owned(), day.day().to_string());
        typed.insert("wanted-month".to_owned(), day.month().to_string());
        typed.insert("wanted-year".to_owned(), day.year().to_string());
    }
    typed
}
