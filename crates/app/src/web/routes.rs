//! The one route table: method, path, who may use it, handler. The router, the access matrix and the docs come from it; a test
//! fails for a route that the docs or the matrix do not know. Each subject lists its own routes; here they come together.
//!
//! `GET` answers `HEAD` too. Who may use a *route* stands here; who may see or change one *record* is asked of
//! `domain::people::may` and the store's scope by the handler.

use super::{dpia, exchange, mail, people, register, site, sources, work};
use crate::{api, state::App};
use axum::{
    handler::Handler,
    http::Method,
    routing::{MethodRouter, get, post},
};
use domain::people::Role;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anyone, signed in or not.
    Anyone,
    /// Anyone who is signed in.
    SignedIn,
    /// Whoever holds one of these roles at any of their organisations.
    Holds(&'static [Role]),
    /// Only from the machine itself, unless the settings say otherwise.
    Loopback,
    /// A program with a token that the handler itself asks for.
    Token,
}

/// The largest body that a route takes unless it says otherwise, in bytes.
pub const LARGEST_BODY: usize = 512 * 1024;

/// A route.
pub struct Route {
    /// Its method.
    pub method: Method,
    /// Its path, parameters in braces.
    pub path: &'static str,
    /// Who may use it.
    pub who: Who,
    /// The largest body it takes, in bytes.
    pub largest: usize,
    /// What is said of a body that is larger still: how large it may be, and what helps.
    pub too_large: Option<&'static str>,
    /// What answers.
    pub handler: MethodRouter<App>,
}

impl Route {
    /// A page or a file that is read.
    pub fn get<T: 'static, H: Handler<T, App>>(path: &'static str, who: Who, handler: H) -> Self {
        Self::read(path, who, get(handler))
    }

    /// A form that is sent.
    pub fn post<T: 'static, H: Handler<T, App>>(path: &'static str, who: Who, handler: H) -> Self {
        Self { method: Method::POST, path, who, largest: LARGEST_BODY, too_large: None, handler: post(handler) }
    }

    /// Another method, as programs use.
    pub fn of(method: Method, path: &'static str, who: Who, handler: MethodRouter<App>) -> Self {
        Self { method, path, who, largest: LARGEST_BODY, too_large: None, handler }
    }

    /// A page or a file that is read, whose handler is a method router already.
    pub fn read(path: &'static str, who: Who, handler: MethodRouter<App>) -> Self {
        Self { method: Method::GET, path, who, largest: LARGEST_BODY, too_large: None, handler }
    }

    /// The same route, taking a body of so many bytes.
    #[must_use]
    pub fn taking(mut self, largest: usize) -> Self {
        self.largest = largest;
        self
    }

    /// The same route, with words for a body that is larger still.
    #[must_use]
    pub fn saying(mut self, words: &'static str) -> Self {
        self.too_large = Some(words);
        self
    }
}

/// Every route of the server.
#[must_use]
pub fn table() -> Vec<Route> {
    let mut routes = register::routes();
    routes.extend(dpia::routes());
    routes.extend(site::routes());
    routes.extend(mail::routes());
    routes.extend(sources::routes());
    routes.extend(work::routes());
    routes.extend(exchange::routes());
    routes.extend(crate::scim::routes());
    routes.extend(people::routes());
    routes.extend(api::v1::routes());
    routes.extend(api::ocds::routes());
    routes.extend(api::catalogue::routes());
    routes
}
