//! `/mail/stop/{token}`: stops one topic of mail. Looking changes nothing, as mail scanners look too; the press does, and so
//! does the one-click request of a mail reader (RFC 8058), which carries no cookie and no command.

use crate::{
    error::Failure,
    mail::{Topic, letter::digest},
    state::App,
    web::page,
};
use axum::{
    extract::{Path, State},
    response::Html,
};
use domain::people::{Person, Scope};
use serde::Serialize;
use store::outbox::Reader;

#[derive(Serialize)]
struct View {
    topic: &'static str,
    stopped: bool,
    person: bool,
}

/// Asks.
///
/// # Errors
/// Not found for a token that is none of ours.
pub async fn page(State(app): State<App>, Path(token): Path<String>) -> Result<Html<String>, Failure> {
    let (reader, topic) = known(&app, &token).await?;
    render(&app, topic, false, &reader)
}

/// Stops it; a second press changes nothing.
///
/// # Errors
/// Not found for a token that is none of ours.
pub async fn stop(State(app): State<App>, Path(token): Path<String>) -> Result<Html<String>, Failure> {
    let (reader, topic) = known(&app, &token).await?;
    let scope = Scope::Job { name: "unsubscribe".to_owned() };
    let mut write = app.store.write(&scope, app.clock.now()).await?;
    match &reader {
        Reader::Person(person) => {
            if let Some(before) = app.store.get::<Person>(&scope, *person).await? {
                let mut after = before.clone();
                if !after.unwanted_mail.iter().any(|one| one == topic.as_str()) {
                    after.unwanted_mail.push(topic.as_str().to_owned());
                    write.update(&before, &mut after).await?;
                }
            }
        }
        Reader::Address(address) => write.choose_at_address(address, topic.as_str(), false).await?,
    }
    write.commit().await?;
    render(&app, topic, true, &reader)
}

async fn known(app: &App, token: &str) -> Result<(Reader, Topic), Failure> {
    let found = app.store.unsubscribing(&Scope::Public, digest(token)).await?;
    let (reader, topic) = found.ok_or_else(Failure::not_found)?;
    let topic = Topic::parse(&topic).filter(|topic| topic.can_be_stopped()).ok_or_else(Failure::not_found)?;
    Ok((reader, topic))
}

fn render(app: &App, topic: Topic, stopped: bool, reader: &Reader) -> Result<Html<String>, Failure> {
    let title = if stopped { "These messages are stopped" } else { "Stop these messages?" };
    let frame = page::frame(app, title, None);
    let person = matches!(reader, Reader::Person(_));
    page::render(app, "mail/stop.html", &frame, View { topic: topic.as_str(), stopped, person })
}
