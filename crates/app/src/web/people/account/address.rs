//! `/account/address`: another address for codes and mail. Who reads its mail can ask for codes, so a change asks for a fresh check and
//! for the code that was sent to the new address, typed into the browser that asked for it. Both addresses hear of it.

use super::name::refusal;
use crate::{
    error::{Failure, conflict},
    sign_in::random,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page,
        people::{
            email, go, letters, organisation_name,
            sign_in::{
                check::{stale, stale_form},
                flow::{Browser, Flow, Moving},
            },
        },
        repeat,
        session::Caller,
    },
};
use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse as _, Response},
};
use domain::{
    audit::Kind,
    people::{
        Person,
        naming::Refusal,
        sign_in::{
            code::{self, check, read},
            limit::{CODES_PER_ACCOUNT, CODES_PER_ADDRESS, GUESSES_PER_ACCOUNT, GUESSES_PER_ADDRESS, TooOften, subject},
        },
    },
};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Where the new address is asked for.
const ADDRESS: &str = "/account/address";
/// Where its code is asked for.
const CODE: &str = "/account/address/code";

#[derive(Serialize)]
struct View {
    command: String,
    typed: BTreeMap<String, String>,
    errors: Errors,
    /// The address that counts now.
    email: Option<String>,
    /// The organisation whose directory keeps the address.
    directory: Option<String>,
    /// The new address, once a code was sent there.
    sent: Option<String>,
}

/// The page.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, caller: Caller) -> Result<Response, Failure> {
    if let Some(response) = stale(&app, &caller, ADDRESS) {
        return Ok(response);
    }
    show(&app, &caller, BTreeMap::new(), Errors::default(), None).await
}

/// Sends a code to the new address. Nothing goes to an address that is somebody's here already, and the page says the same.
///
/// # Errors
/// When the database fails.
pub async fn ask(State(app): State<App>, caller: Caller, headers: HeaderMap, form: Form) -> Result<Response, Failure> {
    if let Some(response) = stale_form(&app, &caller, &headers, ADDRESS, ADDRESS, &form).await? {
        return Ok(response);
    }
    let session = caller.session.as_ref().map(|session| session.id).ok_or_else(Failure::not_found)?;
    let person = person(&app, &caller).await?;
    if refusal(&app, &caller, &person).await?.is_some() {
        return Ok(conflict(show(&app, &caller, BTreeMap::new(), Errors::default(), None).await?));
    }
    let mut errors = Errors::default();
    let new = email(form.text("email"));
    match &new {
        None => errors.add("email", "Enter an email address in the correct format, like name@council.gov.uk"),
        Some(new) if Some(new) == person.email.as_ref() => errors.add("email", "This is your address already"),
        Some(_) => {}
    }
    let (true, Some(new)) = (errors.is_empty(), new) else { return show(&app, &caller, form.typed(), errors, None).await };
    let now = app.clock.now();
    let moving = Moving { person: person.id, session, email: new };
    let (account, network) = (subject("email", &moving.email), subject("address", &caller.address));
    let limits = [(CODES_PER_ACCOUNT, account.as_str()), (CODES_PER_ADDRESS, network.as_str())];
    if let Err(refused) = app.store.attempt(&limits, now).await? {
        errors.add("email", format!("Too many codes have been asked for. Try again in {}", minutes(refused, now)));
        return show(&app, &caller, form.typed(), errors, None).await;
    }
    let browser = Browser::begin(&app, Flow { moving: Some(moving.clone()), ..Flow::default() }).await?;
    let digits = random::code()?;
    let letter = letters::new_address(&app, &moving.email, &person, &digits);
    let mut write = app.store.write(&caller.scope, now).await?;
    let taken = !write.by::<Person>("email", moving.email.as_str()).await?.is_empty();
    write.issue_code(&known_by(&moving), &code::digest(&digits, browser.secret()), Some(person.id)).await?;
    if let (Ok(letter), false) = (&letter, taken) {
        write.mail(letter).await?;
    }
    write.event(Kind::SignIn, person.id.0, None, &json!({ "event": "address-asked", "address": caller.address })).await?;
    write.commit().await?;
    Ok(browser.with_cookie(go(CODE)))
}

/// The page that asks for the code.
///
/// # Errors
/// When the database fails.
pub async fn code_page(State(app): State<App>, caller: Caller, headers: HeaderMap) -> Result<Response, Failure> {
    match moving(&app, &caller, &headers).await? {
        Some((_, moving)) => show(&app, &caller, BTreeMap::new(), Errors::default(), Some(moving.email)).await,
        None => Ok(go(ADDRESS)),
    }
}

/// Judges the code, and takes the new address in the place of the old.
///
/// # Errors
/// When the form is incomplete or the database fails.
pub async fn confirm(State(app): State<App>, caller: Caller, headers: HeaderMap, form: Form) -> Result<Response, Failure> {
    if let Some(response) = stale(&app, &caller, ADDRESS) {
        return Ok(response);
    }
    let command = form.command()?;
    if let Some(response) = repeat::before(&app, &caller, command).await? {
        return Ok(response);
    }
    let Some((browser, moving)) = moving(&app, &caller, &headers).await? else { return Ok(go(ADDRESS)) };
    let saved = format!("Your address is now {}. Codes and mail go there", moving.email);
    let now = app.clock.now();
    let mut errors = Errors::default();
    if read(form.text("code")).is_err() {
        errors.add("code", "Enter the 8 digits of the code in the email");
        return show(&app, &caller, BTreeMap::new(), errors, Some(moving.email)).await;
    }
    let (account, network) = (known_by(&moving), subject("address", &caller.address));
    let limits = [(GUESSES_PER_ACCOUNT, account.as_str()), (GUESSES_PER_ADDRESS, network.as_str())];
    if let Err(refused) = app.store.attempt(&limits, now).await? {
        errors.add("code", format!("Too many wrong codes have been typed. Try again in {}", minutes(refused, now)));
        return show(&app, &caller, BTreeMap::new(), errors, Some(moving.email)).await;
    }
    if !taken_over(&app, &caller, &browser, &moving, form.text("code"), (command, &saved)).await? {
        errors.add("code", "This code is not right, or no longer works. Check it, or ask for a new one");
        return show(&app, &caller, BTreeMap::new(), errors, Some(moving.email)).await;
    }
    app.store.attempt_was_right(&limits, now).await?;
    browser.take(&app).await?;
    Ok(page::saved("/account", &saved))
}

/// Whether the code was right and the address is the person's now; then the command is done, and what its banner said is kept. A
/// wrong one spends a try.
async fn taken_over(
    app: &App,
    caller: &Caller,
    browser: &Browser,
    moving: &Moving,
    typed: &str,
    (command, saved): (Uuid, &str),
) -> Result<bool, Failure> {
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    let Some(kept) = write.try_code(&known_by(moving)).await? else { return Ok(false) };
    let right = kept.person == Some(moving.person)
        && check(&kept.code, typed, browser.secret(), write.at()).is_ok()
        && write.use_code(kept.id).await?
        // Somebody may have got an account with it since it was asked for.
        && write.by::<Person>("email", moving.email.as_str()).await?.is_empty();
    let Some(before) = write.get_many::<Person>(&[moving.person.0]).await?.into_iter().next().filter(|_| right) else {
        let content = json!({ "event": "refused", "why": "a wrong code", "method": "address", "address": caller.address });
        write.event(Kind::SignIn, moving.person.0, None, &content).await?;
        write.commit().await?;
        return Ok(false);
    };
    let mut after = Person { email: Some(moving.email.clone()), ..before.clone() };
    write.update(&before, &mut after).await?;
    write.end_codes_of(before.id).await?;
    write.event(Kind::SignIn, before.id.0, None, &json!({ "event": "address-changed", "address": caller.address })).await?;
    let what = "Your address on City Tools has changed";
    for (person, detail) in [
        (&before, "Codes and mail go to another address from now on."),
        (&after, "Codes and mail come to this address from now on."),
    ] {
        if let Some(letter) = letters::security(app, person, what, detail)? {
            write.mail(&letter).await?;
        }
    }
    // Only now: with a wrong code nothing was done, and the form may be sent again.
    write.command(command).await?;
    repeat::keep(&mut write, command, "/account", saved).await?;
    write.commit().await?;
    Ok(true)
}

/// By what a code for a new address is known: never what a code for signing in is.
fn known_by(moving: &Moving) -> String {
    subject("new address", &format!("{} {}", moving.person, moving.email))
}

fn minutes(refused: TooOften, now: i64) -> String {
    match refused.minutes(now) {
        1 => "1 minute".to_owned(),
        minutes => format!("{minutes} minutes"),
    }
}

async fn person(app: &App, caller: &Caller) -> Result<Person, Failure> {
    let member = caller.signed_in()?;
    app.store.get::<Person>(&caller.scope, member.person.0).await?.ok_or_else(Failure::not_found)
}

/// The change that this browser is in the middle of: of whoever is signed in, in the session in which it began.
async fn moving(app: &App, caller: &Caller, headers: &HeaderMap) -> Result<Option<(Browser, Moving)>, Failure> {
    let (Some(member), Some(session)) = (caller.member(), &caller.session) else { return Ok(None) };
    let Some(browser) = Browser::of(app, headers).await? else { return Ok(None) };
    let own = |moving: &Moving| moving.person == member.person && moving.session == session.id;
    let moving = browser.flow.moving.clone().filter(own);
    Ok(moving.map(|moving| (browser, moving)))
}

async fn show(
    app: &App,
    caller: &Caller,
    typed: BTreeMap<String, String>,
    errors: Errors,
    sent: Option<String>,
) -> Result<Response, Failure> {
    let person = person(app, caller).await?;
    let directory = match refusal(app, caller, &person).await? {
        Some(Refusal::Directory(organisation)) => Some(organisation_name(app, organisation).await?),
        Some(_) => return Err(Failure::not_found()),
        None => None,
    };
    let title = if sent.is_some() { "Check your email" } else { "Your address" };
    let mut frame = page::frame(app, title, None);
    frame.back = Some(if sent.is_some() { ADDRESS } else { "/account" }.to_owned());
    frame.error = !errors.is_empty();
    let view = View { command: new_command().to_string(), typed, errors, email: person.email, directory, sent };
    Ok(page::render(app, "people/account/address.html", &frame, view)?.into_response())
}
