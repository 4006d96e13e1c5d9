//! What the server asks of the pages.

use crate::{Later, error::Failure, routes::Answer, session::Caller, state::App};
use axum::{extract::Request, http::Uri, response::Response, routing::MethodRouter};
use minijinja::Environment;

/// Writes the page that says what went wrong with a request: the failure and the request's path are given.
pub type Says = Box<dyn FnOnce(&App, &Failure, &str) -> String + Send>;

/// Where a request leads, once that is looked up; nothing where it leads nowhere else after all.
pub type Elsewhere = Later<'static, Option<Response>>;

/// The pages, as far as the server needs them.
#[derive(Clone, Copy, Debug)]
pub struct Pages {
    /// Their templates.
    pub templates: fn() -> Environment<'static>,
    /// Called with each request before it is answered: what of it the page about a failure gives back has to be kept.
    pub listen: fn(&mut Request) -> Says,
    /// Answers whoever is not signed in on a route for those who are.
    pub turned_away: fn(App, Caller, Request) -> Answer,
    /// What stands around the routes for people who are signed in.
    pub whoever_is_signed_in: fn(MethodRouter<App>, &App) -> MethodRouter<App>,
    /// Where a request leads instead of being answered, for whoever has to look it up; nothing for nearly all of them.
    pub leads: fn(&App, &Request) -> Option<Elsewhere>,
    /// What an address that is read and not found is answered with.
    pub instead: fn(App, Uri, Response) -> Answer,
}
