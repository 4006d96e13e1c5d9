//! Guests from outside: who can be invited, who is, and the tasks that lead them to the sections that they are invited to.

use super::super::whole;
use crate::{error::Failure, state::App, web::session::Caller};
use domain::{
    dpia::{
        assessment::{Assessment, Guest},
        task::{About, Assignee},
        template::Template,
        whole::Whole,
    },
    people::{Membership, PersonId, Role},
};
use jiff::civil::Date;
use serde::Serialize;
use store::dpia::Work;

#[derive(Serialize)]
pub(super) struct Row {
    id: String,
    name: String,
    sections: Vec<String>,
    writes: bool,
    until: Option<Date>,
}

/// The guests who are invited, for whoever reads anything of the assessment.
///
/// # Errors
/// When the database fails.
pub(super) async fn rows(app: &App, caller: &Caller, whole: &Whole, template: &Template) -> Result<Vec<Row>, Failure> {
    let guests = &whole.assessment.guests;
    if !whole.sight.reads_any() {
        return Ok(Vec::new());
    }
    let names = whole::names(app, &caller.scope, guests.iter().map(|guest| guest.person)).await?;
    let title = |id: &String| template.section(id).map_or_else(|| id.clone(), |section| section.title.clone());
    let row = |guest: &Guest| Row {
        id: guest.person.to_string(),
        name: names.get(&guest.person).cloned().unwrap_or_default(),
        sections: guest.sections.iter().map(title).collect(),
        writes: guest.writes,
        until: guest.until,
    };
    Ok(guests.iter().map(row).collect())
}

/// People who can be invited, by name: those who hold that role at any organisation.
///
/// # Errors
/// When the database fails.
pub(super) async fn choices(app: &App, caller: &Caller, whole: &Whole) -> Result<Vec<(PersonId, String)>, Failure> {
    let places = app.store.all::<Membership>(&caller.scope).await?;
    let ids: Vec<PersonId> = places
        .iter()
        .filter(|place| place.active() && place.roles.contains(&Role::Guest))
        .map(|place| place.person)
        .filter(|person| whole.assessment.guests.iter().all(|guest| guest.person != *person))
        .collect();
    Ok(whole::names(app, &caller.scope, ids).await?.into_iter().collect())
}

/// Keeps the guests' tasks in step with their invitations. Whoever is invited to write has a task for each of their sections, and
/// whoever reads one for all of them, by the last day of the invitation; an invitation that is taken back takes its tasks along. The
/// tasks are with the organisation that leads, as all that is asked of guests. `before` is the assessment as it was.
///
/// # Errors
/// When the database refuses.
pub(super) async fn settle(work: &mut Work, before: &Assessment, by: PersonId) -> Result<(), Failure> {
    let head = work.whole.assessment.clone();
    let is_in = |list: &[Guest], one: &Guest| list.iter().any(|guest| guest.person == one.person);
    for gone in before.guests.iter().filter(|guest| !is_in(&head.guests, guest)) {
        work.close_tasks_with(gone.person, |task| task.assignee.organisation() == before.lead, Some(by)).await?;
    }
    for guest in head.guests.iter().filter(|guest| !is_in(&before.guests, guest)) {
        let with = Assignee::Person { person: guest.person, organisation: head.lead };
        for about in About::of_guest(guest) {
            work.ask(about, with, guest.until, "").await?;
        }
        // The invitation's own message says what is asked.
        work.hears_otherwise(guest.person);
    }
    Ok(())
}
