//! `/sign-in/code`: the emailed code, typed into the browser that asked for it. Looking at the page uses nothing up.

use super::{
    flow::{Browser, Used},
    opening::{self, Proof},
};
use crate::{
    error::Failure,
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
    http::HeaderMap,
    response::{Html, IntoResponse, Response},
};
use domain::{
    audit::Kind,
    people::sign_in::{
        code::{Refusal, check},
        limit::{GUESSES_PER_ACCOUNT, GUESSES_PER_ADDRESS, subject},
        next::local,
    },
};
use serde::Serialize;
use serde_json::json;

#[derive(Serialize)]
struct View {
    email: String,
    next: String,
    /// Where a second press leads whom the first signed in.
    to: String,
    checking: bool,
    errors: Errors,
}

fn show(app: &App, browser: &Browser, errors: Errors) -> Result<Html<String>, Failure> {
    let mut frame = page::frame(app, "Check your email", None);
    frame.back = Some(if browser.flow.checking.is_some() { "/account".into() } else { "/sign-in".into() });
    frame.error = !errors.is_empty();
    let view = View {
        email: browser.flow.email.clone().unwrap_or_default(),
        next: browser.flow.next.clone().unwrap_or_default(),
        to: opening::leads(&browser.flow),
        checking: browser.flow.checking.is_some(),
        errors,
    };
    page::render(app, "people/sign_in/code.html", &frame, view)
}

/// The page; for a browser that asked for no code, the beginning.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, headers: HeaderMap) -> Result<Response, Failure> {
    match Browser::of(&app, &headers).await? {
        Some(browser) if browser.flow.email.is_some() => Ok(show(&app, &browser, Errors::default())?.into_response()),
        _ => Ok(go("/sign-in")),
    }
}

/// Judges what was typed.
///
/// # Errors
/// When the database fails.
pub async fn typed(State(app): State<App>, caller: Caller, headers: HeaderMap, form: Form) -> Result<Response, Failure> {
    let now = app.clock.now();
    let Some(mut browser) = Browser::of(&app, &headers).await? else {
        // A second press, once the answer to the first had come.
        let signed_in = caller.member().is_some();
        return Ok(go(if signed_in { local(form.some("next")) } else { "/sign-in?problem=again" }));
    };
    if let Some(used) = browser.used(form.text("code"), now) {
        return go_on(&app, &caller, &headers, browser, used).await;
    }
    if browser.flow.proved.is_some() {
        return Ok(go("/sign-in/second-factor"));
    }
    let Some(email) = browser.flow.email.clone() else { return Ok(go("/sign-in?problem=again")) };
    let (account, network) = (subject("email", &email), subject("address", &caller.address));
    let limits = [(GUESSES_PER_ACCOUNT, account.as_str()), (GUESSES_PER_ADDRESS, network.as_str())];
    let mut errors = Errors::default();
    if let Err(refused) = app.store.attempt(&limits, now).await? {
        let minutes = refused.minutes(now);
        let words = if minutes == 1 { "1 minute".to_owned() } else { format!("{minutes} minutes") };
        errors.add("code", format!("Too many wrong codes have been typed. Try again in {words}"));
        return Ok(show(&app, &browser, errors)?.into_response());
    }
    match judge(&app, &caller, &mut browser, &account, form.text("code")).await? {
        Ok(used) => {
            app.store.attempt_was_right(&limits, now).await?;
            go_on(&app, &caller, &headers, browser, used).await
        }
        Err(Refusal::NotACode) => {
            app.store.attempt_was_right(&limits, now).await?;
            errors.add("code", "Enter the 8 digits of the code in the email");
            Ok(show(&app, &browser, errors)?.into_response())
        }
        // One answer for all that is wrong, so that it tells nothing about the address.
        Err(_) => {
            errors.add("code", "This code is not right, or no longer works. Check it, or ask for a new one");
            Ok(show(&app, &browser, errors)?.into_response())
        }
    }
}

/// Goes on from a code that was taken.
async fn go_on(app: &App, caller: &Caller, headers: &HeaderMap, browser: Browser, used: Used) -> Result<Response, Failure> {
    let proof = Proof { method: "code", second_factor: false, at: used.at };
    opening::proved(app, caller, headers, browser, used.person, proof).await
}

/// Uses a code up. The same code from the same browser at the same moment is the same press of the button.
async fn judge(
    app: &App,
    caller: &Caller,
    browser: &mut Browser,
    account: &str,
    typed: &str,
) -> Result<Result<Used, Refusal>, Failure> {
    // Before any try is spent: what cannot be a code is a slip of the hand.
    if let Err(refusal) = domain::people::sign_in::code::read(typed) {
        return Ok(Err(refusal));
    }
    let now = app.clock.now();
    let mut write = app.store.write(&server(), now).await?;
    let Some(kept) = write.try_code(account).await? else {
        // The other press may have used it up since this one's browser was read.
        let held = browser.hold(&mut write).await?;
        write.abandon();
        return Ok(browser.used(typed, now).filter(|_| held).ok_or(Refusal::Ended));
    };
    let verdict = match check(&kept.code, typed, browser.secret(), now) {
        Ok(()) if write.use_code(kept.id).await? => kept.person.ok_or(Refusal::Wrong),
        Ok(()) => Err(Refusal::Ended),
        Err(refusal) => Err(refusal),
    };
    if let Ok(person) = verdict {
        browser.typed(&mut write, typed, person).await?;
    } else if browser.hold(&mut write).await?
        && let Some(used) = browser.used(typed, now)
    {
        write.abandon();
        return Ok(Ok(used));
    }
    if let (Err(refusal), Some(person)) = (verdict, kept.person) {
        let content = json!({ "event": "refused", "why": refusal.to_string(), "method": "code", "address": caller.address });
        write.event(Kind::SignIn, person.0, None, &content).await?;
    }
    write.commit().await?;
    Ok(verdict.and_then(|_| browser.used(typed, now).ok_or(Refusal::Ended)))
}
