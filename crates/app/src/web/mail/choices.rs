//! `/account/mail`: which mail a person wants.

use crate::{
    error::Failure,
    mail::Topic,
    state::App,
    web::{
        form::{Form, new_command},
        page,
        session::Caller,
    },
};
use axum::{
    extract::State,
    response::{Html, Response},
};
use domain::people::Person;
use govuk::Link;
use serde::Serialize;

/// The page's address.
const ADDRESS: &str = "/account/mail";

#[derive(Serialize)]
struct View {
    command: String,
    version: i64,
    email: Option<String>,
    topics: Vec<Choice>,
    changed: bool,
}

#[derive(Serialize)]
struct Choice {
    topic: &'static str,
    wanted: bool,
}

/// The choices as they stand.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, caller: Caller) -> Result<Html<String>, Failure> {
    let person = person(&app, &caller).await?;
    render(&app, &person, &person.unwanted_mail, false)
}

/// Keeps what was chosen.
///
/// # Errors
/// When the form is incomplete or the database fails.
pub async fn save(State(app): State<App>, caller: Caller, form: Form) -> Result<Response, Failure> {
    use axum::response::IntoResponse as _;
    let (command, version) = (form.command()?, form.version()?);
    let before = person(&app, &caller).await?;
    let wanted = form.all("topic");
    // Topics that the page does not show stay as they are.
    let mut unwanted: Vec<String> =
        before.unwanted_mail.iter().filter(|name| !topics().any(|topic| topic.as_str() == **name)).cloned().collect();
    unwanted.extend(topics().map(Topic::as_str).filter(|topic| !wanted.contains(topic)).map(str::to_owned));
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    if write.command(command).await?.is_some() {
        return Ok(page::saved(ADDRESS, "Your choice of mail is saved"));
    }
    if before.updated_at != version && before.unwanted_mail != unwanted {
        write.abandon();
        return Ok(render(&app, &before, &unwanted, true)?.into_response());
    }
    let mut after = Person { unwanted_mail: unwanted, ..before.clone() };
    write.update(&before, &mut after).await?;
    write.answered(command, ADDRESS).await?;
    write.commit().await?;
    Ok(page::saved(ADDRESS, "Your choice of mail is saved"))
}

fn topics() -> impl Iterator<Item = Topic> {
    Topic::ALL.into_iter().filter(|topic| topic.can_be_stopped())
}

async fn person(app: &App, caller: &Caller) -> Result<Person, Failure> {
    let member = caller.signed_in()?;
    app.store.get::<Person>(&caller.scope, member.person.0).await?.ok_or_else(Failure::not_found)
}

fn render(app: &App, person: &Person, unwanted: &[String], changed: bool) -> Result<Html<String>, Failure> {
    let mut frame = page::frame(app, "Mail you get", None);
    frame.breadcrumbs = vec![Link::new("Home", "/"), Link::new("Account", "/account")];
    let topics = topics()
        .map(|topic| Choice { topic: topic.as_str(), wanted: !unwanted.iter().any(|name| name == topic.as_str()) })
        .collect();
    let view =
        View { command: new_command().to_string(), version: person.updated_at, email: person.email.clone(), topics, changed };
    page::render(app, "mail/choices.html", &frame, view)
}
