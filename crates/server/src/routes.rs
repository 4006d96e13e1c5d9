//! A route of the server, and who may use it. The table of them all stands with the pages: the router, the access matrix and the
//! docs come from it, and a test fails for a route that the docs or the matrix do not know.
//!
//! `GET` answers `HEAD` too. Who may use a *route* stands here; who may see or change one *record* is asked of
//! `domain::people::may` and the store's scope by the handler.

use crate::{Later, state::App};
use axum::{extract::Request, handler::Handler, http::Method, response::Response};
use domain::people::Role;
use std::sync::Arc;

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
    pub handler: Answering,
}

/// Any handler, behind a pointer, so that everything around the routes has one type.
///
/// With each handler's own future in the types of the layers around it, the compiler proves some forty times for each of them that all
/// that it waits for may move between threads: half of the time that the pages took to compile.
#[derive(Clone)]
pub struct Answering(Arc<dyn Fn(Request, App) -> Answer + Send + Sync>);

/// The answer that a handler is working on, as axum has it for every function.
pub type Answer = Later<'static, Response>;

impl Answering {
    fn by<T: 'static, H: Handler<T, App, Future = Answer> + Sync>(handler: H) -> Self {
        Self(Arc::new(move |request, app| handler.clone().call(request, app)))
    }
}

impl Handler<(), App> for Answering {
    type Future = Answer;

    fn call(self, request: Request, app: App) -> Answer {
        (self.0)(request, app)
    }
}

impl Route {
    /// A page or a file that is read.
    pub fn get<T: 'static, H: Handler<T, App, Future = Answer> + Sync>(path: &'static str, who: Who, handler: H) -> Self {
        Self::of(Method::GET, path, who, handler)
    }

    /// A form that is sent.
    pub fn post<T: 'static, H: Handler<T, App, Future = Answer> + Sync>(path: &'static str, who: Who, handler: H) -> Self {
        Self::of(Method::POST, path, who, handler)
    }

    /// Another method, as programs use.
    pub fn of<T: 'static, H: Handler<T, App, Future = Answer> + Sync>(
        method: Method,
        path: &'static str,
        who: Who,
        handler: H,
    ) -> Self {
        Self { method, path, who, largest: LARGEST_BODY, too_large: None, handler: Answering::by(handler) }
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
