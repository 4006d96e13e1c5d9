//! Someone who is not signed in is led to sign in and back again, and what they typed is kept for them.

use super::{
    people::sign_in::held::{LARGEST, hold},
    session::Caller,
};
use crate::state::App;
use axum::{
    extract::Request,
    http::{HeaderMap, Method, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::people::sign_in::next::is_local;
use server::routes::Answer;

/// Answers whoever is not signed in, on a route for those who are.
pub fn turned_away(app: App, caller: Caller, request: Request) -> Answer {
    Box::pin(async move { sign_in(&app, &caller, request).await })
}

/// Leads to the sign-in page, which leads back; a form is held meanwhile, where it comes from a browser that was signed in.
async fn sign_in(app: &App, caller: &Caller, request: Request) -> Response {
    let wanted = request.uri().path_and_query().map_or("/", |address| address.as_str()).to_owned();
    let lead = |name: &str, value: &str| {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
        Redirect::to(&format!("/sign-in?{query}")).into_response()
    };
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return lead("next", &wanted);
    }
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let from = came_from(request.headers()).unwrap_or_else(|| "/".to_owned());
    if !is_form {
        return lost(&from);
    }
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, LARGEST).await.ok().and_then(|body| String::from_utf8(body.to_vec()).ok());
    let held = match body {
        Some(body) => hold(app, &parts.headers, &caller.address, &wanted, &body).await.unwrap_or_default(),
        None => None,
    };
    match held {
        Some(held) => held.given(lead("held", &held.token)),
        None => lost(&from),
    }
}

/// Leads to the sign-in page, which says that nothing was saved, and on to an address.
fn lost(next: &str) -> Response {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).append_pair("problem", "lost").finish();
    Redirect::to(&format!("/sign-in?{query}")).into_response()
}

/// The page that a form was sent from: whoever sent what is not held, such as a file, sends it there again.
pub(super) fn came_from(headers: &HeaderMap) -> Option<String> {
    let address: axum::http::Uri = headers.get(header::REFERER)?.to_str().ok()?.parse().ok()?;
    let path = address.path_and_query()?.as_str();
    is_local(path).then(|| path.to_owned())
}
