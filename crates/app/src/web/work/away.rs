//! `/work/away`: saying from when until when one is away and who sees to one's work meanwhile. Tasks go to whoever stands in; a
//! signature stays with the role, and wants its holder or a named deputy.

use crate::{
    error::Failure,
    state::App,
    web::{
        dpia::desk::{Named, named},
        form::{Errors, Form, new_command},
        page,
        session::Caller,
    },
};
use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use domain::{
    dpia::task::{Absence, Away, Refusal, hand_over},
    people::{Member, Membership, Person, PersonId, Role},
    register::ids::OrganisationId,
};
use govuk::Link;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    command: Uuid,
    errors: Errors,
    typed: BTreeMap<String, String>,
    mine: Vec<Row>,
    others: Vec<Row>,
    people: Vec<Choice>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    organisation: Named,
    /// Who is away, of others' rows; who stands in, of one's own.
    name: String,
    from: Date,
    until: Date,
    now: bool,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    text: String,
}

/// The page.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, caller: Caller) -> Result<Response, Failure> {
    render(&app, &caller, Errors::default(), BTreeMap::new()).await
}

/// Hands one's work over for some days; saying it again for the same organisation takes the place of what was said.
///
/// # Errors
/// When the database fails.
pub async fn leave(State(app): State<App>, caller: Caller, form: Form) -> Result<Response, Failure> {
    let member = caller.signed_in()?;
    let command = form.command()?;
    let today = app.clock.today();
    let mut errors = Errors::default();
    let mut day = |name: &str, what: &str, missing: &str| match form.day(name, what) {
        Ok(Some(day)) => Some(day),
        Ok(None) => {
            errors.add_at(name, &format!("{name}-day"), missing);
            None
        }
        Err(message) => {
            errors.add_at(name, &format!("{name}-day"), message);
            None
        }
    };
    let from = day("from", "The first day", "Enter the first day you are away");
    let until = day("until", "The last day", "Enter the last day you are away");
    if until.is_some_and(|until| until < today) {
        errors.add_at("until", "until-day", "The last day must be today or later");
    }
    let colleagues = colleagues(&app, &caller, member).await?;
    let to = colleagues
        .iter()
        .find(|(person, organisation, _)| format!("{person}@{organisation}") == form.text("to"))
        .map(|(person, organisation, _)| (*person, *organisation));
    if to.is_none() {
        errors.add("to", "Choose who stands in for you");
    }
    let (Some(from), Some(until), Some((to, organisation)), true) = (from, until, to, errors.is_empty()) else {
        return render(&app, &caller, errors, form.typed()).await;
    };
    match hand_over(Absence { person: member.person, organisation, to, from, until }) {
        Ok(absence) => {
            app.store.away(&caller.scope, app.clock.now(), &absence, command).await?;
            Ok(page::saved("/work/away", "Your work is handed over for these days."))
        }
        Err(Refusal::EndsBeforeItBegins) => {
            errors.add_at("until", "until-day", "The last day must be the first day or later");
            render(&app, &caller, errors, form.typed()).await
        }
        Err(_) => {
            errors.add("to", "Choose somebody else: you cannot stand in for yourself");
            render(&app, &caller, errors, form.typed()).await
        }
    }
}

/// Takes one's work back, before or during an absence.
///
/// # Errors
/// When the database fails.
pub async fn back(State(app): State<App>, caller: Caller, form: Form) -> Result<Response, Failure> {
    let organisation: OrganisationId = form.text("organisation").parse().map_err(|_| Failure::not_found())?;
    app.store.back(&caller.scope, app.clock.now(), organisation).await?;
    Ok(page::saved("/work/away", "Your work is yours again."))
}

/// Who can stand in: everyone else with a role at an organisation that the member acts for.
async fn colleagues(app: &App, caller: &Caller, member: &Member) -> Result<Vec<(PersonId, OrganisationId, String)>, Failure> {
    let mut found = Vec::new();
    for standing in member.standings.iter().filter(|standing| member.belongs_to(standing.organisation)) {
        let places: Vec<Membership> = app.store.by(&caller.scope, "organisation_id", standing.organisation.to_string()).await?;
        let ids: Vec<Uuid> = places
            .iter()
            .filter(|place| {
                place.active() && place.person != member.person && place.roles.iter().any(|role| *role != Role::Guest)
            })
            .map(|place| place.person.0)
            .collect();
        let mut people: Vec<Person> = app.store.get_many(&caller.scope, &ids).await?;
        people.retain(|person| person.disabled_at.is_none());
        people.sort_by(|a, b| a.name.cmp(&b.name));
        let name = named(app, standing.organisation).name;
        found.extend(people.into_iter().map(|person| {
            let text = if member.standings.len() > 1 { format!("{}, for {name}", person.name) } else { person.name };
            (person.id, standing.organisation, text)
        }));
    }
    Ok(found)
}

async fn render(app: &App, caller: &Caller, errors: Errors, typed: BTreeMap<String, String>) -> Result<Response, Failure> {
    let member = caller.signed_in()?;
    let today = app.clock.today();
    let away = app.store.absences(&caller.scope, today).await?;
    let names =
        crate::web::dpia::whole::names(app, &caller.scope, away.iter().flat_map(|one| [one.absence.person, one.absence.to]))
            .await?;
    let row = |one: &Away, of: PersonId| Row {
        id: one.absence.organisation.to_string(),
        organisation: named(app, one.absence.organisation),
        name: names.get(&of).cloned().unwrap_or_default(),
        from: one.absence.from,
        until: one.absence.until,
        now: one.absence.on(today),
    };
    let view = View {
        command: new_command(),
        typed,
        mine: away.iter().filter(|one| one.absence.person == member.person).map(|one| row(one, one.absence.to)).collect(),
        others: away.iter().filter(|one| one.absence.to == member.person).map(|one| row(one, one.absence.person)).collect(),
        people: colleagues(app, caller, member)
            .await?
            .into_iter()
            .map(|(person, organisation, text)| Choice { value: format!("{person}@{organisation}"), text })
            .collect(),
        errors,
    };
    let mut frame = page::frame(app, "While you are away", Some("work"));
    frame.breadcrumbs = vec![Link::new("Home", "/"), Link::new("Your work", "/work")];
    frame.error = !view.errors.is_empty();
    Ok(page::render(app, "work/away.html", &frame, view)?.into_response())
}
