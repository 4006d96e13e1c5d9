//! `/sign-in/check`: proving again who one is, before signing off and before changes of security.

use super::{
    flow::{Browser, Flow, Proved},
    start,
};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::Form,
        page,
        people::{go, server, with_next},
        query::Params,
        session::Caller,
    },
};
use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use domain::people::{
    Person,
    sign_in::{next::local, records::IdentityProvider},
};
use serde::Serialize;

#[derive(Serialize)]
struct View {
    next: String,
    second_factor: bool,
    email: Option<String>,
    providers: Vec<Provider>,
}

#[derive(Serialize)]
struct Provider {
    id: String,
    name: String,
}

/// Leads someone whose last check is too old to the page that asks for a new one, and back to `next`.
#[must_use]
pub fn stale(app: &App, caller: &Caller, next: &str) -> Option<Response> {
    (!caller.fresh(app.clock.now())).then(|| go(&with_next("/sign-in/check", next)))
}

/// The page.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, caller: Caller, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let member = caller.signed_in()?;
    let params = Params::parse(query.as_deref().unwrap_or_default())?;
    let next = local(params.one("next"));
    let person: Option<Person> = app.store.get(&caller.scope, member.person.0).await?;
    let second_factor = !app.store.factors(&caller.scope, member.person).await?.is_empty();
    let mut providers = Vec::new();
    if !second_factor {
        let accounts = app.store.accounts_of(&caller.scope, member.person).await?;
        let all: Vec<IdentityProvider> = app.store.all(&server()).await?;
        for provider in all.into_iter().filter(|provider| provider.enabled) {
            if accounts.iter().any(|account| account.issuer == provider.provider.issuer()) {
                let name = crate::web::people::organisation_name(&app, provider.organisation).await?;
                providers.push(Provider { id: provider.id.to_string(), name });
            }
        }
    }
    let mut frame = page::frame(&app, "Prove it is still you", None);
    frame.back = Some("/account".into());
    let view = View { next: next.to_owned(), second_factor, email: person.and_then(|person| person.email), providers };
    Ok(page::render(&app, "people/sign_in/check.html", &frame, view)?.into_response())
}

/// Begins the check: by second factor, by the organisation's provider, or by a code.
///
/// # Errors
/// When the database fails.
pub async fn begin(State(app): State<App>, caller: Caller, form: Form) -> Result<Response, Failure> {
    let member = caller.signed_in()?;
    let session = caller.session.as_ref().ok_or_else(Failure::not_found)?;
    let next = local(form.some("next")).to_owned();
    let mut flow = Flow { next: Some(next), checking: Some(session.id), ..Flow::default() };
    if !app.store.factors(&caller.scope, member.person).await?.is_empty() {
        flow.proved = Some(Proved { person: member.person, method: session.method.clone() });
        let browser = Browser::begin(&app, flow).await?;
        return Ok(browser.with_cookie(go("/sign-in/second-factor")));
    }
    if form.has("provider") {
        return super::provider::send(&app, form.text("provider"), flow).await;
    }
    let person: Option<Person> = app.store.get(&caller.scope, member.person.0).await?;
    flow.email = person.and_then(|person| person.email);
    if flow.email.is_none() {
        return Ok(go("/sign-in?problem=again"));
    }
    match start::send(&app, &caller, flow).await? {
        Ok(browser) => Ok(browser.with_cookie(go("/sign-in/code"))),
        Err(_) => Err(Failure::of(crate::error::Code::TooManyRequests)),
    }
}
