//! `/sign-in`: an address for a code, the organisations' own identity providers, and with `--demo` the illustrative people.

use super::flow::{Browser, Flow};
use crate::{
    error::Failure,
    sign_in::random,
    state::App,
    web::{
        form::{Errors, Form},
        page,
        people::{email, go, letters, organisation_name, server},
        query::Params,
        session::Caller,
    },
};
use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::{Html, IntoResponse, Response},
};
use domain::{
    audit::Kind,
    people::{
        Membership, Person,
        sign_in::{
            code,
            limit::{CODES_PER_ACCOUNT, CODES_PER_ADDRESS, subject},
            next::local,
            records::IdentityProvider,
        },
    },
};
use serde::Serialize;
use serde_json::json;

/// What the page shows.
#[derive(Default, Serialize)]
pub struct View {
    /// Where to go afterwards.
    pub next: String,
    /// The token of a form that is held meanwhile.
    pub held: String,
    /// What was typed.
    pub email: String,
    /// Organisations with a provider of their own.
    pub providers: Vec<ProviderButton>,
    /// Illustrative people, by organisation.
    pub illustrative: Vec<super::illustrative::Group>,
    /// Why someone was led back here.
    pub problem: Option<&'static str>,
    /// The organisation that invites, where an invitation brought them.
    pub invited_to: Option<String>,
    /// What was wrong.
    pub errors: Errors,
}

/// A button that leads to a provider.
#[derive(Serialize)]
pub struct ProviderButton {
    id: String,
    organisation: String,
}

/// What brought someone back, in words.
fn problem(code: &str) -> Option<&'static str> {
    Some(match code {
        "again" => "Signing in took too long, or was begun in another browser or tab. Start again here.",
        "not-known" => {
            "That account is not connected to anybody here yet. If you have signed in here before, sign in as you did then and connect it on the page of your account. If not, ask an administrator of your organisation to invite you, then follow the link in the invitation."
        }
        "known" => {
            "You have an account here already, for another organisation. Sign in as you did before: that accepts the invitation too. Then you can connect this organisation’s sign-in on the page of your account."
        }
        "provider" => "Your organisation’s sign-in did not work. Try again, or use a code instead.",
        "lost" => {
            "You are not signed in, so what you sent was not saved. Your browser’s Back button may still show it: copy it, then sign in."
        }
        "held" => "Your session has ended. What you typed is kept: sign in, and it is given back to you.",
        "invitation" => "This invitation no longer works. Ask whoever invited you for a new one.",
        _ => return None,
    })
}

/// The page.
///
/// # Errors
/// When the database fails.
pub async fn page(
    State(app): State<App>,
    caller: Caller,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let params = Params::parse(query.as_deref().unwrap_or_default())?;
    let next = local(params.one("next"));
    if caller.member().is_some() {
        // Signed in meanwhile, in another tab: what is held is given back there.
        return Ok(match params.one("held") {
            Some(token) => go(&super::held::address(token)),
            None => go(next),
        });
    }
    let flow = Browser::of(&app, &headers).await?.map(|browser| browser.flow).filter(|flow| flow.invitation.is_some());
    let invited_to = invited_to(&app, flow.as_ref()).await?;
    let view = View {
        next: next.to_owned(),
        held: params.one("held").unwrap_or_default().to_owned(),
        email: flow.and_then(|flow| flow.email).unwrap_or_default(),
        problem: params.one("problem").or(params.one("held").map(|_| "held")).and_then(problem),
        invited_to,
        ..View::default()
    };
    Ok(show(&app, &caller, &headers, view).await?.into_response())
}

async fn invited_to(app: &App, flow: Option<&Flow>) -> Result<Option<String>, Failure> {
    let Some(id) = flow.and_then(|flow| flow.invitation) else { return Ok(None) };
    let Some(link) = app.store.invitation_by_id(id).await? else { return Ok(None) };
    Ok(Some(organisation_name(app, link.organisation).await?))
}

async fn show(app: &App, caller: &Caller, headers: &HeaderMap, mut view: View) -> Result<Html<String>, Failure> {
    let providers: Vec<IdentityProvider> = app.store.all(&server()).await?;
    for provider in providers.into_iter().filter(|provider| provider.enabled) {
        let organisation = organisation_name(app, provider.organisation).await?;
        view.providers.push(ProviderButton { id: provider.id.to_string(), organisation });
    }
    view.providers.sort_by(|one, other| one.organisation.cmp(&other.organisation));
    if super::illustrative::offered(app, headers, &caller.address) {
        view.illustrative = super::illustrative::groups(app).await?;
    }
    let mut frame = page::frame(app, "Sign in", Some("sign-in"));
    frame.at_section = true;
    frame.error = !view.errors.is_empty();
    page::render(app, "people/sign_in/start.html", &frame, view)
}

/// Sends a code to the address, if it is someone's here; says the same and does the same work if not.
///
/// # Errors
/// When the database fails.
pub async fn ask(State(app): State<App>, caller: Caller, headers: HeaderMap, form: Form) -> Result<Response, Failure> {
    let next = local(form.some("next"));
    let mut view = View {
        next: next.to_owned(),
        email: form.text("email").to_owned(),
        held: form.text("held").to_owned(),
        ..View::default()
    };
    let Some(address) = email(form.text("email")) else {
        view.errors.add("email", "Enter an email address in the correct format, like name@council.gov.uk");
        return Ok(show(&app, &caller, &headers, view).await?.into_response());
    };
    let before = Browser::of(&app, &headers).await?.map(|browser| browser.flow).unwrap_or_default();
    let flow = Flow {
        next: Some(next.to_owned()),
        email: Some(address),
        held: held(&form),
        invitation: before.invitation,
        ..Flow::default()
    };
    match send(&app, &caller, flow).await? {
        Ok(browser) => Ok(browser.with_cookie(go("/sign-in/code"))),
        Err(minutes) => {
            let words = if minutes == 1 { "1 minute".to_owned() } else { format!("{minutes} minutes") };
            view.errors.add("email", format!("Too many codes have been asked for. Try again in {words}"));
            Ok(show(&app, &caller, &headers, view).await?.into_response())
        }
    }
}

/// The token of a held form that a form carries.
pub(super) fn held(form: &Form) -> Option<String> {
    form.some("held").filter(|token| token.len() <= 100).map(str::to_owned)
}

/// Makes a code for the flow's address, bound to a new browser secret, and mails it if the address is someone's who may sign
/// in. The inner error is how many minutes to wait.
///
/// # Errors
/// When the database fails.
pub async fn send(app: &App, caller: &Caller, flow: Flow) -> Result<Result<Browser, i64>, Failure> {
    let now = app.clock.now();
    let address = flow.email.clone().unwrap_or_default();
    let (account, network) = (subject("email", &address), subject("address", &caller.address));
    let limits = [(CODES_PER_ACCOUNT, account.as_str()), (CODES_PER_ADDRESS, network.as_str())];
    if let Err(refused) = app.store.attempt(&limits, now).await? {
        return Ok(Err(refused.minutes(now)));
    }
    let browser = Browser::begin(app, flow).await?;
    let digits = random::code()?;
    let known: Vec<Person> = app.store.by(&server(), "email", address.as_str()).await?;
    let known = known.into_iter().next().filter(|person| person.disabled_at.is_none());
    let places: Vec<Membership> = match &known {
        Some(person) => app.store.by(&server(), "person_id", person.id.0.to_string()).await?,
        None => Vec::new(),
    };
    let person = known.filter(|_| places.iter().any(|place| place.revoked_at.is_none()));
    let letter = letters::code(app, &address, person.as_ref(), &digits);
    let mut write = app.store.write(&server(), now).await?;
    let digest = code::digest(&digits, browser.secret());
    write.issue_code(&account, &digest, person.as_ref().map(|person| person.id)).await?;
    match (&person, letter) {
        (Some(person), Ok(letter)) => {
            write.mail(&letter).await?;
            write.event(Kind::SignIn, person.id.0, None, &json!({ "event": "code-asked", "address": caller.address })).await?;
        }
        // An address that cannot stand in a header is nobody's.
        (_, Err(_)) | (None, Ok(_)) => {}
    }
    write.commit().await?;
    Ok(Ok(browser))
}
