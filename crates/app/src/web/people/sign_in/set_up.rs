//! `/set-up?token=…`: a link, valid ten minutes and once, with which someone sets up their second factor and can do nothing
//! else: for the first administrator, and when a second factor was lost.

use super::{
    flow::{Flow, SetUp},
    invitation::{discreet, usable},
};
use crate::{
    error::Failure,
    sign_in::passkey::Passkeys,
    state::App,
    web::{
        form::Form,
        page,
        people::{go, organisation_name, server},
        query::Params,
        session::Caller,
    },
};
use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use domain::people::{Person, sign_in::invitation::Purpose};
use serde::Serialize;

#[derive(Serialize)]
struct View {
    token: String,
    organisation: String,
    email: Option<String>,
    passkeys_work: bool,
    /// Where passkeys work, when not at the address that the browser came to.
    elsewhere: Option<String>,
}

/// The page.
///
/// # Errors
/// When the database fails.
pub async fn page(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let params = Params::parse(query.as_deref().unwrap_or_default())?;
    let token = params.one("token").unwrap_or_default();
    let Some((secret, link)) = usable(&app, &caller, token, Purpose::SetUp).await? else {
        return Ok(go("/sign-in?problem=invitation"));
    };
    let person: Option<Person> = app.store.get(&server(), link.person.0).await?;
    let frame = page::frame(&app, "Set up your second factor", None);
    let elsewhere = Passkeys::elsewhere(&app.public_url, &headers);
    let view = View {
        token: secret.expose().to_owned(),
        organisation: organisation_name(&app, link.organisation).await?,
        email: person.and_then(|person| person.email),
        passkeys_work: elsewhere.is_none() && Passkeys::at(&app.public_url).is_some(),
        elsewhere: elsewhere.map(|base| format!("{base}/set-up?token={}", secret.expose())),
    };
    Ok(discreet(page::render(&app, "people/sign_in/set_up.html", &frame, view)?.into_response()))
}

/// Keeps the link in this browser and goes on to the app or the passkey. The link is used up when the factor is set up.
///
/// # Errors
/// When the database fails.
pub async fn begin(State(app): State<App>, caller: Caller, form: Form) -> Result<Response, Failure> {
    let Some((_, link)) = usable(&app, &caller, form.text("token"), Purpose::SetUp).await? else {
        return Ok(go("/sign-in?problem=invitation"));
    };
    let set_up = SetUp { person: link.person, invitation: link.id };
    let flow = Flow { set_up: Some(set_up), next: Some("/sign-in".to_owned()), ..Flow::default() };
    crate::web::people::account::enrolling::start(&app, flow, form.text("with")).await
}
