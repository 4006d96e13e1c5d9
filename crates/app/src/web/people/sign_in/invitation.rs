//! `/invitation?token=…`: what an organisation invites someone to, and the way to accept it, which is to sign in. Looking uses
//! nothing up, as mail scanners look first.

use super::{
    flow::{Browser, Flow},
    opening,
};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::Form,
        page,
        people::{go, organisation_name, server},
        query::Params,
        session::Caller,
        words,
    },
};
use axum::{
    extract::{RawQuery, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::people::{
    Membership, Person, Role,
    sign_in::{
        invitation::Purpose,
        limit::{LINKS_PER_ADDRESS, subject},
        secret::Secret,
    },
};
use serde::Serialize;
use store::sign_in::invitations::Invitation;

#[derive(Serialize)]
struct View {
    token: String,
    organisation: String,
    roles: Vec<String>,
    email: Option<String>,
    until: String,
    signed_in_as: Option<String>,
}

/// The link behind a token, if it can still be used for a purpose. Tokens that are none count against the address.
pub(super) async fn usable(
    app: &App,
    caller: &Caller,
    token: &str,
    purpose: Purpose,
) -> Result<Option<(Secret, Invitation)>, Failure> {
    let now = app.clock.now();
    let network = subject("address", &caller.address);
    if let Some(secret) = Secret::parse(token)
        && let Some(link) = app.store.invitation(&secret).await?
        && link.link.purpose == purpose
    {
        return Ok(link.link.check(now).is_ok().then_some((secret, link)));
    }
    if app.store.attempt(&[(LINKS_PER_ADDRESS, network.as_str())], now).await?.is_err() {
        return Err(Failure::of(crate::error::Code::TooManyRequests));
    }
    Ok(None)
}

/// A page whose address holds a secret: no other site and no cache shall have it.
pub(super) fn discreet(mut response: Response) -> Response {
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The page.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, caller: Caller, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let params = Params::parse(query.as_deref().unwrap_or_default())?;
    let token = params.one("token").unwrap_or_default();
    let Some((secret, link)) = usable(&app, &caller, token, Purpose::Join).await? else {
        return Ok(go("/sign-in?problem=invitation"));
    };
    let places: Vec<Membership> = app.store.by(&server(), "person_id", link.person.0.to_string()).await?;
    let place = places.into_iter().find(|place| place.organisation == link.organisation && place.revoked_at.is_none());
    let Some(place) = place else { return Ok(go("/sign-in?problem=invitation")) };
    let person: Option<Person> = app.store.get(&server(), link.person.0).await?;
    let organisation = organisation_name(&app, link.organisation).await?;
    let frame = page::frame(&app, format!("{organisation} invites you"), None);
    let view = View {
        token: secret.expose().to_owned(),
        organisation,
        roles: place.roles.iter().chain(&place.deputy).copied().map(Role::words).map(str::to_owned).collect(),
        email: person.and_then(|person| person.email),
        until: words::moment(link.link.issued_at + Purpose::Join.life()),
        signed_in_as: caller.member().map(|member| member.name.clone()),
    };
    Ok(discreet(page::render(&app, "people/sign_in/invitation.html", &frame, view)?.into_response()))
}

/// Keeps the invitation in this browser and goes on to sign in; whoever is signed in already accepts it at once.
///
/// # Errors
/// When the database fails.
pub async fn accept(State(app): State<App>, caller: Caller, form: Form) -> Result<Response, Failure> {
    let Some((_, link)) = usable(&app, &caller, form.text("token"), Purpose::Join).await? else {
        return Ok(go("/sign-in?problem=invitation"));
    };
    if let Some(member) = caller.member() {
        let Some(person): Option<Person> = app.store.get(&caller.scope, member.person.0).await? else {
            return Err(Failure::not_found());
        };
        let mut write = app.store.write(&server(), app.clock.now()).await?;
        opening::accept(&mut write, &person, Some(link.id), "session").await?;
        write.commit().await?;
        return Ok(go("/account"));
    }
    let person: Option<Person> = app.store.get(&server(), link.person.0).await?;
    let flow = Flow { invitation: Some(link.id), email: person.and_then(|person| person.email), ..Flow::default() };
    let browser = Browser::begin(&app, flow).await?;
    Ok(browser.with_cookie(go("/sign-in")))
}
