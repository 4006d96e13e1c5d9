//! Signing out: the session ends on the server, so a kept cookie is worth nothing.

use super::held;
use crate::{
    error::Failure,
    state::App,
    web::{
        page,
        people::go,
        session::{COOKIE, Caller, clear_cookie, cookie},
    },
};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::audit::Kind;
use serde::Serialize;
use serde_json::json;

#[derive(Serialize)]
struct View {
    signed_in: bool,
}

/// 'You have signed out', or the button for those who have not.
///
/// # Errors
/// When the template fails.
pub async fn page(State(app): State<App>, caller: Caller) -> Result<Response, Failure> {
    let signed_in = caller.member().is_some();
    let frame = page::frame(&app, if signed_in { "Sign out" } else { "You have signed out" }, None);
    Ok(page::render(&app, "people/sign_in/out.html", &frame, View { signed_in })?.into_response())
}

/// Ends the session.
///
/// # Errors
/// When the database fails.
pub async fn sign_out(State(app): State<App>, caller: Caller, headers: HeaderMap) -> Result<Response, Failure> {
    if let (Some(session), Ok(member)) = (&caller.session, caller.signed_in()) {
        let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
        write.end_session(session.id).await?;
        let content = json!({ "event": "signed-out", "session": session.id });
        write.event(Kind::SignIn, member.person.0, Some(member.acting_for.0), &content).await?;
        write.commit().await?;
    }
    let mut response = go("/sign-out");
    // What the browser has held stays, for an hour: it is given back to whoever sent it alone, and that may be somebody else.
    if let Some(gone) = clear_cookie(COOKIE) {
        response.headers_mut().append(header::SET_COOKIE, gone);
    }
    // What another tab still sends is held for them, also where the session had been ended from elsewhere.
    if let Some(ended) = cookie(&headers, COOKIE)
        && let Some(left) = held::after(&app, &headers, ended).await.unwrap_or_default()
    {
        response.headers_mut().append(header::SET_COOKIE, left);
    }
    // Pages of the session shall not come back from the browser's own store.
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    Ok(response)
}
