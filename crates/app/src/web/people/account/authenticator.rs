//! Setting up an authenticator app: the picture, the key as text, and a code that shows it works. Needs no script.

use super::enrolling::{self, Enrolling, enrolling};
use crate::{
    error::Failure,
    sign_in::{random, totp},
    state::App,
    web::{
        form::{Errors, Form},
        page,
        people::go,
        session::Caller,
    },
};
use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use domain::people::sign_in::limit::{FACTORS_PER_ACCOUNT, subject};
use serde::Serialize;
use store::sign_in::factors::FactorKind;

#[derive(Serialize)]
struct View {
    picture: String,
    key: String,
    account: String,
    name: String,
    errors: Errors,
}

fn account_of(enrolling: &Enrolling) -> String {
    enrolling.person.email.clone().unwrap_or_else(|| enrolling.person.name.clone())
}

fn show(app: &App, enrolling: &Enrolling, name: &str, errors: Errors) -> Result<Response, Failure> {
    let Some(secret) = &enrolling.browser.flow.totp else { return Ok(go("/account/second-factor")) };
    let account = account_of(enrolling);
    let set_up = totp::set_up(&random::unhex(secret), &account).ok_or_else(|| Failure::of(crate::error::Code::Internal))?;
    let mut frame = page::frame(app, "Set up an authenticator app", None);
    frame.back = enrolling.link.is_none().then(|| "/account/second-factor".into());
    frame.error = !errors.is_empty();
    let view = View { picture: set_up.picture, key: set_up.spelt, account, name: name.to_owned(), errors };
    Ok(page::render(app, "people/account/authenticator.html", &frame, view)?.into_response())
}

/// The page.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, caller: Caller, headers: HeaderMap) -> Result<Response, Failure> {
    match enrolling(&app, &caller, &headers).await? {
        Some(enrolling) => show(&app, &enrolling, "", Errors::default()),
        None => Ok(go("/account/second-factor")),
    }
}

/// Keeps the app's secret once a code shows that the app has it.
///
/// # Errors
/// When the database fails.
pub async fn confirm(State(app): State<App>, caller: Caller, headers: HeaderMap, form: Form) -> Result<Response, Failure> {
    let Some(enrolling) = enrolling(&app, &caller, &headers).await? else { return Ok(go("/account/second-factor")) };
    let Some(secret) = enrolling.browser.flow.totp.clone() else { return Ok(go("/account/second-factor")) };
    let name: String = form.some("name").unwrap_or("Authenticator app").chars().take(60).collect();
    let mut errors = Errors::default();
    // What cannot be a code is a slip of the hand, and no guess.
    if totp::read(form.text("code")).is_none() {
        errors.add("code", "Enter the 6 digits that the app shows now");
        return show(&app, &enrolling, form.text("name"), errors);
    }
    let now = app.clock.now();
    let account = subject("enrol", &enrolling.person.id.to_string());
    let limits = [(FACTORS_PER_ACCOUNT, account.as_str())];
    if let Err(refused) = app.store.attempt(&limits, now).await? {
        let minutes = refused.minutes(now);
        let words = if minutes == 1 { "1 minute".to_owned() } else { format!("{minutes} minutes") };
        errors.add("code", format!("Too many wrong codes have been typed. Try again in {words}"));
        return show(&app, &enrolling, &name, errors);
    }
    match totp::check(&random::unhex(&secret), form.text("code"), now, None) {
        Some(step) => {
            app.store.attempt_was_right(&limits, now).await?;
            enrolling::finish(&app, &caller, enrolling, FactorKind::Totp, &name, &secret, Some(step)).await
        }
        None => {
            errors.add("code", "Enter the 6 digits that the app shows now");
            show(&app, &enrolling, form.text("name"), errors)
        }
    }
}
