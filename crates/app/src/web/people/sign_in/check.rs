//! `/sign-in/check`: proving again who one is, before signing off and before changes of security.

use super::{
    flow::{Browser, Flow, Proved},
    held::hold,
    start,
};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::{Errors, Form},
        page,
        people::{go, server, with_next},
        query::Params,
        session::Caller,
    },
};
use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use domain::people::{
    Member, Person,
    sign_in::{next::local, records::IdentityProvider},
};
use serde::Serialize;

#[derive(Serialize)]
struct View {
    next: String,
    /// The token of a form that is held meanwhile.
    held: String,
    second_factor: bool,
    email: Option<String>,
    providers: Vec<Provider>,
    /// Whether a code may be sent; not where the session was opened with more than that and its provider can ask again.
    by_code: bool,
    /// Whether the provider did not say when it asked.
    no_time: bool,
    /// Whether it did not work at all.
    failed: bool,
    errors: Errors,
}

#[derive(Serialize)]
struct Provider {
    id: String,
    name: String,
}

/// Leads someone whose last check is too old to the page that asks for a new one, and back to `next`.
#[must_use]
pub fn stale(app: &App, caller: &Caller, next: &str) -> Option<Response> {
    (!caller.fresh(app.clock.now())).then(|| go(&address(next, None)))
}

/// The same for a form that was sent to `action`: what was typed is held, and given back after the check.
///
/// # Errors
/// When the database fails.
pub async fn stale_form(
    app: &App,
    caller: &Caller,
    headers: &HeaderMap,
    next: &str,
    action: &str,
    form: &Form,
) -> Result<Option<Response>, Failure> {
    let Some(plain) = stale(app, caller, next) else { return Ok(None) };
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form.fields()).finish();
    let held = hold(app, headers, &caller.address, action, &body).await?;
    Ok(Some(held.map_or(plain, |held| held.given(go(&address(next, Some(&held.token)))))))
}

/// Where the check is asked for.
pub(super) fn address(next: &str, held: Option<&str>) -> String {
    let mut to = with_next("/sign-in/check", next);
    if let Some(token) = held {
        to.push('&');
        to.push_str(&form_urlencoded::Serializer::new(String::new()).append_pair("held", token).finish());
    }
    to
}

/// The page.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, caller: Caller, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let member = caller.signed_in()?;
    let params = Params::parse(query.as_deref().unwrap_or_default())?;
    let held = params.one("held").unwrap_or_default();
    show(&app, &caller, member, local(params.one("next")), held, params.one("problem"), Errors::default()).await
}

async fn show(
    app: &App,
    caller: &Caller,
    member: &Member,
    next: &str,
    held: &str,
    problem: Option<&str>,
    errors: Errors,
) -> Result<Response, Failure> {
    let person: Option<Person> = app.store.get(&caller.scope, member.person.0).await?;
    let second_factor = !app.store.factors(&caller.scope, member.person).await?.is_empty();
    let providers = if second_factor { Vec::new() } else { providers(app, caller, member).await? };
    let mut frame = page::frame(app, "Prove it is still you", None);
    frame.back = Some("/account".into());
    frame.error = !errors.is_empty();
    let view = View {
        next: next.to_owned(),
        held: held.to_owned(),
        second_factor,
        email: person.and_then(|person| person.email),
        by_code: providers.is_empty() || !member.second_factor,
        providers,
        no_time: problem == Some("when"),
        failed: problem == Some("provider"),
        errors,
    };
    Ok(page::render(app, "people/sign_in/check.html", &frame, view)?.into_response())
}

/// The providers at which a member has an account.
async fn providers(app: &App, caller: &Caller, member: &Member) -> Result<Vec<Provider>, Failure> {
    let accounts = app.store.accounts_of(&caller.scope, member.person).await?;
    let all: Vec<IdentityProvider> = app.store.all(&server()).await?;
    let mut providers = Vec::new();
    for provider in all.into_iter().filter(|provider| provider.enabled) {
        if accounts.iter().any(|account| provider.provider.holds(&account.issuer, account.hosted_domain.as_deref())) {
            let name = crate::web::people::organisation_name(app, provider.organisation).await?;
            providers.push(Provider { id: provider.id.to_string(), name });
        }
    }
    Ok(providers)
}

/// Begins the check: by second factor, by the organisation's provider, or by a code.
///
/// # Errors
/// When the database fails.
pub async fn begin(State(app): State<App>, caller: Caller, form: Form) -> Result<Response, Failure> {
    let member = caller.signed_in()?;
    let session = caller.session.as_ref().ok_or_else(Failure::not_found)?;
    let next = local(form.some("next")).to_owned();
    let mut flow = Flow { next: Some(next), held: start::held(&form), checking: Some(session.id), ..Flow::default() };
    if !app.store.factors(&caller.scope, member.person).await?.is_empty() {
        flow.proved = Some(Proved { person: member.person, method: session.method.clone() });
        let browser = Browser::begin(&app, flow).await?;
        return Ok(browser.with_cookie(go("/sign-in/second-factor")));
    }
    if form.has("provider") {
        return super::provider::send(&app, form.text("provider"), flow).await;
    }
    // A code is one factor: it does not make a session of two fresh, where the provider that vouched for them can ask again.
    if member.second_factor && !providers(&app, &caller, member).await?.is_empty() {
        return Ok(go(&address(local(flow.next.as_deref()), flow.held.as_deref())));
    }
    let person: Option<Person> = app.store.get(&caller.scope, member.person.0).await?;
    flow.email = person.and_then(|person| person.email);
    if flow.email.is_none() {
        return Ok(go("/sign-in?problem=again"));
    }
    let (next, held) = (local(flow.next.as_deref()).to_owned(), flow.held.clone().unwrap_or_default());
    match start::send(&app, &caller, flow).await? {
        Ok(browser) => Ok(browser.with_cookie(go("/sign-in/code"))),
        // What is held stays so: the page asks again with it.
        Err(minutes) => {
            let mut errors = Errors::default();
            let words = if minutes == 1 { "1 minute".to_owned() } else { format!("{minutes} minutes") };
            errors.add("send-code", format!("Too many codes have been asked for. Try again in {words}"));
            show(&app, &caller, member, &next, &held, None, errors).await
        }
    }
}
