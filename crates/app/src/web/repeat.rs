//! The first result of a form, kept for its repeats: whoever presses twice, or whose browser sends a form once more, is led where
//! the first press led, and told what it said. Every form that keeps its words is asked for here before its handler sees it
//! ([`of_form`]): what stands by now may be another's. And the form that somebody else overtakes, which is tried again
//! ([`when_overtaken`]).

use super::{drafts::KEEPS, form::Form, page, session::Caller};
use crate::{
    error::{Code, Failure},
    state::App,
};
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{Method, header},
    middleware::Next,
    response::{IntoResponse as _, Redirect, Response},
};
use store::Write;
use uuid::Uuid;

/// How often a form is tried that others overtake.
const TRIES: usize = 4;

/// Between the address and the words: neither holds one.
const BETWEEN: char = '\n';

/// Keeps where a command led, and what the banner there said.
///
/// # Errors
/// When the database fails.
pub async fn keep(write: &mut Write, command: Uuid, to: &str, said: &str) -> Result<(), store::Error> {
    write.answered(command, &kept(to, said)).await
}

/// Keeps of a command that changed nothing where it led, and what was said of that there.
///
/// # Errors
/// When the database fails.
pub async fn keep_nothing(write: &mut Write, command: Uuid, to: &str, why: &str) -> Result<(), store::Error> {
    write.answered(command, &kept_nothing(to, why)).await
}

/// What [`keep`] keeps, for whoever writes it in a transaction elsewhere.
#[must_use]
pub fn kept(to: &str, said: &str) -> String {
    format!("{to}{BETWEEN}{said}")
}

/// What [`keep_nothing`] keeps.
#[must_use]
pub fn kept_nothing(to: &str, why: &str) -> String {
    format!("{to}{BETWEEN}{BETWEEN}{why}")
}

/// The address in what is kept.
#[must_use]
pub fn address(kept: &str) -> &str {
    kept.split(BETWEEN).next().unwrap_or_default()
}

/// The first result of a command that was done before; none for one that was not.
///
/// # Errors
/// When the database fails.
pub async fn before(app: &App, caller: &Caller, command: Uuid) -> Result<Option<Response>, store::Error> {
    Ok(app.store.done_before(&caller.scope, command).await?.map(|kept| again(&kept)))
}

/// The first result of a form that was sent before, with the words that were said then; none for one that is sent for the first time,
/// or whose first result is no more than an address: its handler says what that was. Asked before a handler sees the form, so that a
/// second press is not told that what the first one did cannot be done any more.
///
/// # Errors
/// When the database fails.
pub async fn of_form(app: &App, caller: &Caller, path: &str, form: &Form) -> Result<Option<Response>, store::Error> {
    // What is typed is kept under the command of its form, before and after that is sent.
    let keeps = path == KEEPS || path.ends_with("/draft");
    let Some(command) = form.command().ok().filter(|_| caller.member().is_some() && !keeps) else { return Ok(None) };
    let kept = app.store.done_before(&caller.scope, command).await?;
    Ok(kept.filter(|kept| kept.contains(BETWEEN)).map(|kept| again(&kept)))
}

/// The first result once more, of what [`Write::command`] gives. Where no words were kept, the address alone.
#[must_use]
pub fn again(kept: &str) -> Response {
    match kept.split_once(BETWEEN) {
        Some((to, said)) => match said.strip_prefix(BETWEEN) {
            Some(why) => page::nothing_saved(to, why),
            None => page::saved(to, said),
        },
        None => Redirect::to(kept).into_response(),
    }
}

/// Does what a form asks, and once more where somebody else wrote the same between its reading and its writing: nothing of it was
/// written then, and everything is read anew, so that it is put beside what they wrote like a form that comes a moment later.
pub async fn when_overtaken(request: Request, next: Next) -> Response {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if *request.method() == Method::GET || !kind.starts_with("application/x-www-form-urlencoded") {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    // The route says how long it may be.
    let Ok(body) = to_bytes(body, usize::MAX).await else { return Failure::of(Code::TooLarge).into_response() };
    let sent = || Request::from_parts(parts.clone(), Body::from(body.clone()));
    for _ in 1..TRIES {
        let response = next.clone().run(sent()).await;
        if response.extensions().get::<Failure>().is_none_or(|failure| failure.code != Code::Overtaken) {
            return response;
        }
    }
    next.run(sent()).await
}
