//! Setting up a second factor: who may, where it begins, and how it ends.
//!
//! Someone who is signed in may, after a fresh check. Who never had a second factor begins with the first factor alone; who has
//! one needs it for a further one, since no session of theirs is without. For whoever an administrator made a set-up link, only
//! that link will do, until it has run out.

use crate::{
    error::Failure,
    sign_in::{passkey::Passkeys, random},
    state::App,
    web::{
        form::{Form, new_command},
        page,
        people::{
            go, letters, server,
            sign_in::{
                check::stale,
                flow::{self, Browser, Flow, SetUp},
                opening::renew,
            },
            with_next,
        },
        query::Params,
        session::Caller,
    },
};
use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use domain::{
    audit::{Kind, hex},
    people::{
        Person,
        sign_in::{
            factor::{read_recovery, recovery_digest},
            next::local,
        },
    },
};
use serde::Serialize;
use serde_json::json;
use store::sign_in::factors::FactorKind;

#[derive(Serialize)]
struct View {
    next: String,
    passkeys_work: bool,
    /// Where passkeys work, when not at the address that the browser came to.
    elsewhere: Option<String>,
    first: bool,
    command: String,
}

/// The page that asks: app or passkey.
///
/// # Errors
/// When the database fails.
pub async fn page(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let member = caller.signed_in()?;
    let params = Params::parse(query.as_deref().unwrap_or_default())?;
    let next = local(params.one("next")).to_owned();
    if let Some(response) = stale(&app, &caller, &with_next("/account/second-factor", &next)) {
        return Ok(response);
    }
    let first = app.store.factors(&caller.scope, member.person).await?.is_empty();
    let mut frame = page::frame(&app, "Set up a second factor", None);
    frame.back = Some("/account".into());
    let elsewhere = Passkeys::elsewhere(&app.public_url, &headers);
    let view = View {
        passkeys_work: elsewhere.is_none() && Passkeys::at(&app.public_url).is_some(),
        elsewhere: elsewhere.map(|base| format!("{base}{}", with_next("/account/second-factor", &next))),
        next,
        first,
        command: new_command().to_string(),
    };
    Ok(page::render(&app, "people/account/second_factor.html", &frame, view)?.into_response())
}

/// Begins with the app or a passkey.
///
/// # Errors
/// When the database fails.
pub async fn begin(State(app): State<App>, caller: Caller, form: Form) -> Result<Response, Failure> {
    let member = caller.signed_in()?;
    let next = local(form.some("next")).to_owned();
    if let Some(response) = stale(&app, &caller, &with_next("/account/second-factor", &next)) {
        return Ok(response);
    }
    if app.store.has_open_set_up(member.person, app.clock.now()).await? {
        let why = "Use the link that your administrator gave you to set up your second factor";
        return Ok(page::nothing_saved("/account", why));
    }
    let flow = Flow { next: Some(next), ..Flow::default() };
    start(&app, flow, form.text("with")).await
}

/// Begins with what was chosen, in a browser of its own.
///
/// # Errors
/// When the database fails.
pub async fn start(app: &App, mut flow: Flow, with: &str) -> Result<Response, Failure> {
    let to = if with == "passkey" {
        "/account/second-factor/passkey"
    } else {
        flow.totp = Some(hex(&random::totp_secret()?));
        "/account/second-factor/app"
    };
    let browser = Browser::begin(app, flow).await?;
    Ok(browser.with_cookie(go(to)))
}

/// Someone who is setting up a second factor in this browser.
pub struct Enrolling {
    /// The browser.
    pub browser: Browser,
    /// Whose second factor.
    pub person: Person,
    /// The link by which they do, where they are not signed in.
    pub link: Option<SetUp>,
}

/// Who is setting up a second factor in this browser.
///
/// # Errors
/// When the database fails.
pub async fn enrolling(app: &App, caller: &Caller, headers: &HeaderMap) -> Result<Option<Enrolling>, Failure> {
    let Some(browser) = Browser::of(app, headers).await? else { return Ok(None) };
    let link = browser.flow.set_up;
    let person = match (link, caller.member()) {
        (Some(link), _) => link.person,
        (None, Some(member)) if caller.fresh(app.clock.now()) => member.person,
        _ => return Ok(None),
    };
    let person: Option<Person> = app.store.get(&server(), person.0).await?;
    Ok(person.map(|person| Enrolling { browser, person, link }))
}

#[derive(Serialize)]
struct Done {
    codes: Vec<String>,
    next: String,
    by_link: bool,
}

/// Keeps the new second factor, and shows recovery codes with the first one.
///
/// # Errors
/// When the database fails.
pub async fn finish(
    app: &App,
    caller: &Caller,
    enrolling: Enrolling,
    kind: FactorKind,
    name: &str,
    secret: &str,
    step: Option<i64>,
) -> Result<Response, Failure> {
    let Enrolling { browser, person, link } = enrolling;
    if !browser.take(app).await? {
        return Ok(go("/sign-in?problem=again"));
    }
    let scope = if link.is_some() { server() } else { caller.scope.clone() };
    let mut write = app.store.write(&scope, app.clock.now()).await?;
    write.hold_factors(person.id).await?;
    let mut first = write.count_factors(person.id).await? == 0;
    if let Some(link) = link {
        let usable = write.invitation(link.invitation).await?.is_some_and(|kept| kept.link.check(write.at()).is_ok());
        if !usable || !write.use_invitation(link.invitation).await? {
            return Ok(go("/sign-in?problem=invitation"));
        }
        // What was lost must not open anything any more, nor the sessions it opened (below).
        write.remove_factors(person.id).await?;
        first = true;
    }
    if first {
        // The sessions that the mailbox alone opened end with the first factor; this one goes on under a new id.
        write.end_sessions_of(person.id).await?;
    }
    write.add_factor(person.id, kind, name, secret, step).await?;
    let codes = if first { random::recovery_codes()? } else { Vec::new() };
    if first {
        let digests: Vec<_> =
            codes.iter().filter_map(|code| read_recovery(code)).map(|code| recovery_digest(person.id.0, &code)).collect();
        write.set_recovery_codes(person.id, &digests).await?;
    }
    let content = json!({ "event": "second-factor-added", "kind": kind.as_str(), "by_link": link.is_some() });
    write.event(Kind::SignIn, person.id.0, None, &content).await?;
    if let Some(letter) = letters::security(
        app,
        &person,
        "A second factor was added to your account",
        "Someone set up a new authenticator app or passkey for you on City Tools.",
    )? {
        write.mail(&letter).await?;
    }
    let cookie = match (&caller.session, link) {
        (Some(session), None) => Some(renew(&mut write, session, true, &format!("{}+{}", session.method, kind.as_str())).await?),
        _ => None,
    };
    write.commit().await?;
    let next = local(browser.flow.next.as_deref()).to_owned();
    let mut response = if codes.is_empty() {
        page::saved("/account", "Your second factor is set up")
    } else {
        let frame = page::frame(app, "Keep your recovery codes", None);
        let view = Done { codes, next, by_link: link.is_some() };
        page::render(app, "people/account/recovery_codes.html", &frame, view)?.into_response()
    };
    for value in [cookie, flow::forget()].into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}
