//! `/work/calendar`: the addresses of one's own calendars: make one (shown once), see when it was read, stop it.

use crate::{
    error::Failure,
    mail::letter::digest,
    state::App,
    web::{
        form::{Form, new_command},
        page,
        people::sign_in::check::stale_form,
        repeat,
        session::{Caller, new_token},
    },
};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{Html, IntoResponse as _, Response},
};
use govuk::Link;
use serde::Serialize;
use store::calendars::Calendar;

/// Calendars that a person can have at a time.
const MOST: usize = 10;

#[derive(Serialize)]
struct View {
    command: String,
    address: Option<String>,
    full: bool,
    calendars: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    created_at: i64,
    used_at: Option<i64>,
}

impl From<Calendar> for Row {
    fn from(calendar: Calendar) -> Self {
        Self { id: calendar.id.to_string(), created_at: calendar.created_at, used_at: calendar.used_at }
    }
}

/// The list.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, caller: Caller) -> Result<Html<String>, Failure> {
    render(&app, &caller, None).await
}

/// Makes an address and shows it, this once. Like a token for programs it goes on reading when its maker's session is long over, so it
/// asks for a fresh check.
///
/// # Errors
/// When the database fails.
pub async fn add(State(app): State<App>, caller: Caller, headers: HeaderMap, form: Form) -> Result<Response, Failure> {
    let member = caller.signed_in()?;
    if let Some(response) = stale_form(&app, &caller, &headers, "/work/calendar", "/work/calendar", &form).await? {
        return Ok(response);
    }
    let command = form.command()?;
    let token = new_token()?;
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    if write.command(command).await?.is_some() {
        // The address was shown the first time; it cannot be shown again.
        return Ok(page::saved("/work/calendar", "The calendar was made before. Its address is shown only once"));
    }
    if app.store.calendars(&caller.scope).await?.len() >= MOST {
        write.abandon();
        return Ok(render(&app, &caller, None).await?.into_response());
    }
    if !write.still_acts(member.person, member.acting_for).await? {
        write.abandon();
        return Err(Failure::not_found());
    }
    write.add_calendar(member.person, digest(&token), member.second_factor).await?;
    write.answered(command, "/work/calendar").await?;
    write.commit().await?;
    let address = format!("{}/work/{token}.ics", app.public_url);
    Ok(render(&app, &caller, Some(address)).await?.into_response())
}

/// Stops one; programs that read it get the answer of what does not exist from then on.
///
/// # Errors
/// Not found for another person's.
pub async fn stop(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let person = caller.signed_in()?.person;
    let command = form.command()?;
    let id = id.parse().map_err(|_| Failure::not_found())?;
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    if let Some(kept) = write.command(command).await? {
        return Ok(repeat::again(&kept));
    }
    if !write.stop_calendar(person, id).await? {
        write.abandon();
        return Err(Failure::not_found());
    }
    let said = "The calendar is stopped";
    repeat::keep(&mut write, command, "/work/calendar", said).await?;
    write.commit().await?;
    Ok(page::saved("/work/calendar", said))
}

async fn render(app: &App, caller: &Caller, address: Option<String>) -> Result<Html<String>, Failure> {
    let calendars = app.store.calendars(&caller.scope).await?;
    let mut frame = page::frame(app, "Calendar of your dates", Some("work"));
    frame.breadcrumbs = vec![Link::new("Home", "/"), Link::new("Your work", "/work")];
    let view = View {
        command: new_command().to_string(),
        address,
        full: calendars.len() >= MOST,
        calendars: calendars.into_iter().map(Row::from).collect(),
    };
    page::render(app, "work/calendar.html", &frame, view)
}
