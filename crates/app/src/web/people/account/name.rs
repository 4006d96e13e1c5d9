//! `/account/name`: a person corrects what they are called. What they signed before keeps the name that they had then.

use crate::{
    error::{Failure, conflict},
    state::App,
    web::{
        base,
        form::{Errors, Form, new_command},
        page,
        people::{organisation_name, unfit_name},
        repeat,
        session::Caller,
    },
};
use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use domain::people::{
    Membership, Person,
    naming::{self, Refusal, Renamed},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// What the banner says.
const SAVED: &str = "Your name is saved";

#[derive(Serialize)]
struct View {
    command: String,
    version: i64,
    typed: BTreeMap<String, String>,
    errors: Errors,
    /// The name that somebody else gave meanwhile.
    theirs: Option<String>,
    /// The organisation whose directory keeps the name.
    directory: Option<String>,
    name: String,
}

/// The page.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, caller: Caller) -> Result<Response, Failure> {
    let person = person(&app, &caller).await?;
    let typed = BTreeMap::from([("name".to_owned(), person.name.clone())]);
    show(&app, &caller, &person, person.updated_at, typed, Errors::default(), None).await
}

/// Keeps the name.
///
/// # Errors
/// When the form is incomplete or the database fails.
pub async fn save(State(app): State<App>, caller: Caller, form: Form) -> Result<Response, Failure> {
    let (command, version) = (form.command()?, form.version()?);
    let before = person(&app, &caller).await?;
    if refusal(&app, &caller, &before).await?.is_some() {
        let typed = BTreeMap::new();
        return Ok(conflict(show(&app, &caller, &before, before.updated_at, typed, Errors::default(), None).await?));
    }
    let mut errors = Errors::default();
    let name = form.text("name");
    if name.is_empty() {
        errors.add("name", "Enter your name");
    } else if let Some(words) = unfit_name(name) {
        errors.add("name", words);
    }
    if !errors.is_empty() {
        return show(&app, &caller, &before, version, form.typed(), errors, None).await;
    }
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    if let Some(kept) = write.command(command).await? {
        return Ok(repeat::again(&kept));
    }
    let seen = base::seen(&app, &caller.scope, &before, before.updated_at, version).await?;
    match naming::rename(&before, seen.as_ref().map(|seen| seen.name.as_str()), name) {
        Renamed::Same => write.abandon(),
        Renamed::To(mut after) => {
            write.update(&before, &mut after).await?;
            repeat::keep(&mut write, command, "/account", SAVED).await?;
            write.commit().await?;
        }
        Renamed::Clash => {
            write.abandon();
            let theirs = Some(before.name.clone());
            errors.add("name", "Your name was changed meanwhile. Check what you typed, and save again");
            let shown = show(&app, &caller, &before, before.updated_at, form.typed(), errors, theirs).await?;
            return Ok(conflict(shown));
        }
    }
    Ok(page::saved("/account", SAVED))
}

async fn person(app: &App, caller: &Caller) -> Result<Person, Failure> {
    let member = caller.signed_in()?;
    app.store.get::<Person>(&caller.scope, member.person.0).await?.ok_or_else(Failure::not_found)
}

/// Why the person cannot correct here what they are called, or what their address is.
pub(super) async fn refusal(app: &App, caller: &Caller, person: &Person) -> Result<Option<Refusal>, Failure> {
    let places: Vec<Membership> = app.store.by(&caller.scope, "person_id", person.id.0.to_string()).await?;
    let accepted = app.store.accepted_at(&caller.scope, person.id).await?;
    let directories = app.store.directories_keeping(&caller.scope, person.id, app.clock.now()).await?;
    Ok(naming::may_rename(&caller.scope, person, None, &places, &accepted, &directories).err())
}

async fn show(
    app: &App,
    caller: &Caller,
    person: &Person,
    version: i64,
    typed: BTreeMap<String, String>,
    errors: Errors,
    theirs: Option<String>,
) -> Result<Response, Failure> {
    let directory = match refusal(app, caller, person).await? {
        Some(Refusal::Directory(organisation)) => Some(organisation_name(app, organisation).await?),
        Some(_) => return Err(Failure::not_found()),
        None => None,
    };
    let mut frame = page::frame(app, "Your name", None);
    frame.back = Some("/account".to_owned());
    frame.error = !errors.is_empty();
    let view = View { command: new_command().to_string(), version, typed, errors, theirs, directory, name: person.name.clone() };
    Ok(page::render(app, "people/account/name.html", &frame, view)?.into_response())
}
