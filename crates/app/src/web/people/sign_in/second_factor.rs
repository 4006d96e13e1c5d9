//! `/sign-in/second-factor`: a code of the authenticator app, or a passkey. The app needs no script; a passkey does.

use super::{
    flow::{Browser, Proved, Used},
    opening::{self, Proof},
};
use crate::{
    error::Failure,
    sign_in::{passkey::Passkeys, totp},
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
    response::{Html, IntoResponse, Response},
};
use domain::{
    audit::Kind,
    people::{
        PersonId,
        sign_in::{
            limit::{FACTORS_PER_ACCOUNT, FACTORS_PER_ADDRESS, subject},
            next::local,
        },
    },
};
use serde::Serialize;
use serde_json::json;
use store::{
    Write,
    sign_in::factors::{Factor, FactorKind},
};

#[derive(Serialize)]
struct View {
    app: bool,
    passkey: bool,
    passkeys_work: bool,
    /// Where passkeys work, when not at the address that the browser came to.
    elsewhere: Option<String>,
    /// Where it leads, for a second press of the button once the first was answered.
    to: String,
    errors: Errors,
}

async fn show(
    app: &App,
    headers: &HeaderMap,
    proved: &Proved,
    browser: &Browser,
    errors: Errors,
) -> Result<Html<String>, Failure> {
    let factors = app.store.factors(&server(), proved.person).await?;
    let has = |kind| factors.iter().any(|factor| factor.kind == kind);
    let mut frame = page::frame(app, "Prove it is you", None);
    frame.back = Some(if browser.flow.checking.is_some() { "/account".into() } else { "/sign-in".into() });
    frame.error = !errors.is_empty();
    let elsewhere = Passkeys::elsewhere(&app.public_url, headers);
    let view = View {
        app: has(FactorKind::Totp),
        passkey: has(FactorKind::Passkey),
        passkeys_work: elsewhere.is_none() && Passkeys::at(&app.public_url).is_some(),
        elsewhere: elsewhere.map(|base| format!("{base}/sign-in")),
        to: opening::leads(&browser.flow),
        errors,
    };
    page::render(app, "people/sign_in/second_factor.html", &frame, view)
}

/// The browser and what it has proved so far.
pub(super) async fn due(app: &App, headers: &HeaderMap) -> Result<Option<(Browser, Proved)>, Failure> {
    let browser = Browser::of(app, headers).await?;
    Ok(browser.and_then(|browser| browser.flow.proved.clone().map(|proved| (browser, proved))))
}

/// The page; for a browser that has proved nothing yet, the beginning.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, headers: HeaderMap) -> Result<Response, Failure> {
    let Some((browser, proved)) = due(&app, &headers).await? else { return Ok(go("/sign-in")) };
    Ok(show(&app, &headers, &proved, &browser, Errors::default()).await?.into_response())
}

/// A passkey's challenge, for the page's script.
///
/// # Errors
/// Not found for a browser to which none is due.
pub async fn challenge(State(app): State<App>, headers: HeaderMap) -> Result<Response, Failure> {
    let (mut browser, proved) = due(&app, &headers).await?.ok_or_else(Failure::not_found)?;
    let passkeys = Passkeys::at(&app.public_url).ok_or_else(Failure::not_found)?;
    let kept = secrets(&passkey_factors(&app, proved.person).await?);
    let challenge = passkeys.begin_asking(&kept).map_err(|_| Failure::not_found())?;
    browser.flow.passkey = Some(challenge.state);
    browser.keep(&app).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], challenge.options).into_response())
}

/// Judges a code or a passkey.
///
/// # Errors
/// When the database fails.
pub async fn prove(State(app): State<App>, caller: Caller, headers: HeaderMap, form: Form) -> Result<Response, Failure> {
    let again = || Ok(go("/sign-in?problem=again"));
    let Some(mut browser) = Browser::of(&app, &headers).await? else {
        // A second press, once the answer to the first had come.
        return if caller.member().is_some() { Ok(go(local(form.some("next")))) } else { again() };
    };
    let due = browser.flow.proved.clone();
    let earlier = browser.flow.used.clone().filter(|used| used.factor.is_some());
    let Some(person) = due.as_ref().map(|proved| proved.person).or(earlier.map(|used| used.person)) else { return again() };
    // What cannot be a code is a slip of the hand, and no guess.
    if let Some(proved) = &due
        && form.some("passkey").is_none()
        && totp::read(form.text("code")).is_none()
    {
        return Ok(show(&app, &headers, proved, &browser, wrong(&form)).await?.into_response());
    }
    let now = app.clock.now();
    let (account, network) = (subject("person", &person.to_string()), subject("address", &caller.address));
    let limits = [(FACTORS_PER_ACCOUNT, account.as_str()), (FACTORS_PER_ADDRESS, network.as_str())];
    if let Err(refused) = app.store.attempt(&limits, now).await? {
        let Some(proved) = &due else { return again() };
        let minutes = refused.minutes(now);
        let words = if minutes == 1 { "1 minute".to_owned() } else { format!("{minutes} minutes") };
        let mut errors = Errors::default();
        errors.add("code", format!("Too many wrong codes have been typed. Try again in {words}"));
        return Ok(show(&app, &headers, proved, &browser, errors).await?.into_response());
    }
    if let Some(used) = judge(&app, &mut browser, due.as_ref(), &form).await? {
        app.store.attempt_was_right(&limits, now).await?;
        let proof = Proof { method: used.factor.as_deref().unwrap_or_default(), second_factor: true, at: used.at };
        return opening::open(&app, &caller, &headers, browser, used.person, proof).await;
    }
    refused(&app, &caller, person).await?;
    let Some(proved) = &due else { return again() };
    Ok(show(&app, &headers, proved, &browser, wrong(&form)).await?.into_response())
}

/// Uses a second factor up. The same one from the same browser at the same moment is the same press of the button.
async fn judge(app: &App, browser: &mut Browser, due: Option<&Proved>, form: &Form) -> Result<Option<Used>, Failure> {
    let now = app.clock.now();
    let passkey_answer = form.some("passkey");
    let sent = passkey_answer.map_or_else(|| form.text("code").to_owned(), str::to_owned);
    let mut write = app.store.write(&server(), now).await?;
    // Of two presses one waits here until the other is judged.
    if !browser.hold(&mut write).await? {
        write.abandon();
        return Ok(None);
    }
    if let Some(used) = browser.used_factor(&sent, now) {
        write.abandon();
        return Ok(Some(used));
    }
    let Some(proved) = due.filter(|_| browser.flow.opened.is_none()) else {
        write.abandon();
        return Ok(None);
    };
    let method = match passkey_answer {
        Some(answer) => {
            // A challenge is good once.
            let state = browser.flow.passkey.take();
            passkey(app, &mut write, proved.person, state.as_deref(), answer).await?.then_some("passkey")
        }
        None => by_app(app, &mut write, proved.person, &sent).await?.then_some("totp"),
    };
    let used = if let Some(method) = method {
        browser.proved(&mut write, &sent, proved.person, &format!("{}+{method}", first_of(&proved.method))).await?;
        browser.used_factor(&sent, now)
    } else {
        browser.keep_with(&mut write).await?;
        None
    };
    write.commit().await?;
    Ok(used)
}

/// What is said of a code or a passkey that is not right.
fn wrong(form: &Form) -> Errors {
    let mut errors = Errors::default();
    if form.has("passkey") && !form.has("code") {
        errors.add("use-passkey", "The passkey was not taken. Try again, or prove it is you in another way");
    } else {
        errors.add("code", "Enter the 6 digits that your authenticator app shows now. Each code works once");
    }
    errors
}

/// How someone proved the first factor, without the second of an earlier check.
fn first_of(method: &str) -> &str {
    method.split('+').next().unwrap_or(method)
}

pub(super) async fn refused(app: &App, caller: &Caller, person: PersonId) -> Result<(), Failure> {
    let mut write = app.store.write(&server(), app.clock.now()).await?;
    let content = json!({ "event": "refused", "why": "second factor", "address": caller.address });
    write.event(Kind::SignIn, person.0, None, &content).await?;
    write.commit().await?;
    Ok(())
}

async fn by_app(app: &App, write: &mut Write, person: PersonId, typed: &str) -> Result<bool, Failure> {
    for factor in app.store.factors(&server(), person).await?.iter().filter(|factor| factor.kind == FactorKind::Totp) {
        let secret = crate::sign_in::random::unhex(&factor.secret);
        if let Some(step) = totp::check(&secret, typed, write.at(), factor.last_step) {
            // False when the same code came twice at once.
            return Ok(write.use_step(factor.id, step).await?);
        }
    }
    Ok(false)
}

async fn passkey(app: &App, write: &mut Write, person: PersonId, state: Option<&str>, answer: &str) -> Result<bool, Failure> {
    let (Some(state), Some(passkeys)) = (state, Passkeys::at(&app.public_url)) else { return Ok(false) };
    let factors = passkey_factors(app, person).await?;
    match passkeys.finish_asking(state, answer, &secrets(&factors)) {
        Ok((place, kept)) => {
            let Some(factor) = factors.get(place) else { return Ok(false) };
            Ok(write.use_passkey(factor.id, &kept).await?)
        }
        Err(error) => {
            tracing::info!(%error, "a passkey was refused");
            Ok(false)
        }
    }
}

async fn passkey_factors(app: &App, person: PersonId) -> Result<Vec<Factor>, Failure> {
    let mut factors = app.store.factors(&server(), person).await?;
    factors.retain(|factor| factor.kind == FactorKind::Passkey);
    Ok(factors)
}

fn secrets(factors: &[Factor]) -> Vec<String> {
    factors.iter().map(|factor| factor.secret.clone()).collect()
}
