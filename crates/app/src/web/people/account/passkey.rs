//! Making a passkey. This needs the browser's script; the page says so and offers the app, which does not.

use super::enrolling::{self, Enrolling, enrolling};
use crate::{
    error::Failure,
    sign_in::passkey::Passkeys,
    state::App,
    web::{
        form::{Errors, Form},
        page,
        people::{go, server},
        session::Caller,
    },
};
use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use store::sign_in::factors::FactorKind;

#[derive(Serialize)]
struct View {
    name: String,
    works: bool,
    /// Where it works, when not at the address that the browser came to.
    elsewhere: Option<String>,
    by_link: bool,
    errors: Errors,
}

fn show(app: &App, headers: &HeaderMap, enrolling: &Enrolling, name: &str, errors: Errors) -> Result<Response, Failure> {
    let mut frame = page::frame(app, "Make a passkey", None);
    frame.back = enrolling.link.is_none().then(|| "/account/second-factor".into());
    frame.error = !errors.is_empty();
    let elsewhere = Passkeys::elsewhere(&app.public_url, headers);
    let view = View {
        name: name.to_owned(),
        works: elsewhere.is_none() && Passkeys::at(&app.public_url).is_some(),
        elsewhere: elsewhere.map(|base| format!("{base}/account/second-factor")),
        by_link: enrolling.link.is_some(),
        errors,
    };
    Ok(page::render(app, "people/account/passkey.html", &frame, view)?.into_response())
}

/// The page.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, caller: Caller, headers: HeaderMap) -> Result<Response, Failure> {
    match enrolling(&app, &caller, &headers).await? {
        Some(enrolling) => show(&app, &headers, &enrolling, "", Errors::default()),
        None => Ok(go("/account/second-factor")),
    }
}

/// The challenge, for the page's script.
///
/// # Errors
/// Not found for whoever may not make one.
pub async fn challenge(State(app): State<App>, caller: Caller, headers: HeaderMap) -> Result<Response, Failure> {
    let mut enrolling = enrolling(&app, &caller, &headers).await?.ok_or_else(Failure::not_found)?;
    let passkeys = Passkeys::at(&app.public_url).ok_or_else(Failure::not_found)?;
    let person = &enrolling.person;
    let factors = app.store.factors(&server(), person.id).await?;
    let kept: Vec<String> =
        factors.into_iter().filter(|factor| factor.kind == FactorKind::Passkey).map(|factor| factor.secret).collect();
    let account = person.email.clone().unwrap_or_else(|| person.name.clone());
    let challenge = passkeys.begin_making(person.id, &account, &person.name, &kept)?;
    enrolling.browser.flow.passkey = Some(challenge.state);
    enrolling.browser.keep(&app).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], challenge.options).into_response())
}

/// Keeps the passkey that the browser made.
///
/// # Errors
/// When the database fails.
pub async fn finish(State(app): State<App>, caller: Caller, headers: HeaderMap, form: Form) -> Result<Response, Failure> {
    let Some(enrolling) = enrolling(&app, &caller, &headers).await? else { return Ok(go("/account/second-factor")) };
    let name: String = form.some("name").unwrap_or("Passkey").chars().take(60).collect();
    let made = match (Passkeys::at(&app.public_url), &enrolling.browser.flow.passkey) {
        (Some(passkeys), Some(state)) => passkeys
            .finish_making(state, form.text("passkey"))
            .inspect_err(|error| tracing::warn!(%error, "a passkey that somebody made was refused"))
            .ok(),
        _ => None,
    };
    match made {
        Some(secret) => enrolling::finish(&app, &caller, enrolling, FactorKind::Passkey, &name, &secret, None).await,
        None => {
            let mut errors = Errors::default();
            errors.add("use-passkey", "No passkey was made. Try again, or use an authenticator app");
            show(&app, &headers, &enrolling, form.text("name"), errors)
        }
    }
}
