//! `/sign-in/recovery`: a recovery code in the place of the second factor. Each works once; its owner hears of it by mail.

use super::{
    opening::{self, Proof},
    second_factor::{due, refused},
};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::{Errors, Form},
        page,
        people::{go, letters, server},
        session::Caller,
    },
};
use axum::{
    extract::State,
    http::HeaderMap,
    response::{Html, IntoResponse, Response},
};
use domain::{
    audit::Kind,
    people::{
        Person, PersonId,
        sign_in::{
            factor::{read_recovery, recovery_digest},
            limit::{FACTORS_PER_ACCOUNT, FACTORS_PER_ADDRESS, subject},
        },
    },
};
use serde::Serialize;
use serde_json::json;

#[derive(Serialize)]
struct View {
    errors: Errors,
}

fn show(app: &App, errors: Errors) -> Result<Html<String>, Failure> {
    let mut frame = page::frame(app, "Use a recovery code", None);
    frame.back = Some("/sign-in/second-factor".into());
    frame.error = !errors.is_empty();
    page::render(app, "people/sign_in/recovery.html", &frame, View { errors })
}

/// The page.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, headers: HeaderMap) -> Result<Response, Failure> {
    match due(&app, &headers).await? {
        Some(_) => Ok(show(&app, Errors::default())?.into_response()),
        None => Ok(go("/sign-in")),
    }
}

/// Judges a recovery code.
///
/// # Errors
/// When the database fails.
pub async fn prove(State(app): State<App>, caller: Caller, headers: HeaderMap, form: Form) -> Result<Response, Failure> {
    let Some((browser, proved)) = due(&app, &headers).await? else { return Ok(go("/sign-in?problem=again")) };
    let mut errors = Errors::default();
    let not_right = "Enter one of your recovery codes, like abcd-efgh-jkmn, that you have not used before";
    // What cannot be a code is a slip of the hand, and no guess.
    let Some(code) = read_recovery(form.text("code")) else {
        errors.add("code", not_right);
        return Ok(show(&app, errors)?.into_response());
    };
    let now = app.clock.now();
    let (account, network) = (subject("person", &proved.person.to_string()), subject("address", &caller.address));
    let limits = [(FACTORS_PER_ACCOUNT, account.as_str()), (FACTORS_PER_ADDRESS, network.as_str())];
    if let Err(too_often) = app.store.attempt(&limits, now).await? {
        let minutes = too_often.minutes(now);
        let words = if minutes == 1 { "1 minute".to_owned() } else { format!("{minutes} minutes") };
        errors.add("code", format!("Too many wrong codes have been typed. Try again in {words}"));
        return Ok(show(&app, errors)?.into_response());
    }
    if used(&app, proved.person, &code).await? {
        app.store.attempt_was_right(&limits, now).await?;
        let proof = Proof { method: "recovery", second_factor: true, at: now };
        return opening::open(&app, &caller, &headers, browser, proved.person, proof).await;
    }
    refused(&app, &caller, proved.person).await?;
    errors.add("code", not_right);
    Ok(show(&app, errors)?.into_response())
}

async fn used(app: &App, person: PersonId, code: &str) -> Result<bool, Failure> {
    let known: Option<Person> = app.store.get(&server(), person.0).await?;
    let mut write = app.store.write(&server(), app.clock.now()).await?;
    if !write.use_recovery_code(person, &recovery_digest(person.0, code)).await? {
        return Ok(false);
    }
    write.event(Kind::SignIn, person.0, None, &json!({ "event": "recovery-code-used" })).await?;
    if let Some(known) = known
        && let Some(letter) = letters::security(
            app,
            &known,
            "A recovery code of yours was used",
            "Someone signed in with one of your recovery codes.",
        )?
    {
        write.mail(&letter).await?;
    }
    write.commit().await?;
    Ok(true)
}
