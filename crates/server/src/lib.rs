//! What the server is before any page: its start and its settings, connections, layers, who asks, what every request shares, failures.
//! It writes no page, and of their addresses knows only a few that have limits of their own; what it needs of the pages it is given
//! ([`pages::Pages`]).
//!
//! A crate of its own for its speed: all that every request goes through, and each start, is here and is optimised in full, as are the
//! register in memory (`domain`) and what the API writes (`api-json`); the pages, which are many, are not (docs/DESIGN.md). So what only
//! some requests need does not belong here, unless what all requests share holds it. What waits in an async function is compiled where
//! it is awaited: what has to be fast is handed out as a [`Later`].
//!
//! | module | what lives there |
//! |---|---|
//! | [`arguments`] | what the command line says to the server |
//! | [`config`] | settings: flag over environment over one TOML file |
//! | [`opening`] | opening a database, and what ships with the program |
//! | [`state`] | what every request shares: the store, the snapshot, the templates, the clock |
//! | [`pages`] | what is asked of the pages |
//! | [`serving`] | connections, and what they may do before they ask |
//! | `layers` | caching, security headers, limits around every route |
//! | `leads` | where an address leads that is no page itself |
//! | `limits` | how often one address may ask |
//! | [`session`] | who is asking |
//! | [`logging`] | the lines that the program writes about what it does |
//! | `access` | who passes to a route |
//! | [`routes`] | a route, and who may use it |
//! | [`query`] | filters and sorting as they stand in addresses; the API reads them with the same code |
//! | [`request`] | the parameters of lists, read strictly |
//! | [`answer`] | what an answer of the API is sent as |
//! | [`turns`] | how many files are made or read at once |
//! | [`error`] | the only place that knows status codes |
//! | [`public_news`] | what of a change anyone can see |
//! | [`fetch`] | the one client that reads what others publish |
//! | [`oidc`] | identity providers |
//! | [`scanner`] | asks clamd whether an upload is harmless |
//! | [`tls`] | the provider of cryptography for connections |

// Whoever reads the documentation of this crate works on it: it is made with private items (scripts/document).
#![allow(rustdoc::private_intra_doc_links)]

mod access;
pub mod answer;
pub mod arguments;
pub mod config;
pub mod error;
pub mod fetch;
mod layers;
mod leads;
mod limits;
pub mod logging;
pub mod oidc;
pub mod opening;
pub mod pages;
pub mod public_news;
pub mod query;
pub mod request;
pub mod routes;
pub mod scanner;
pub mod serving;
pub mod session;
pub mod state;
pub mod tls;
pub mod turns;

use axum::{
    Router,
    response::Response,
    routing::{MethodFilter, MethodRouter, on},
};
use error::{Code, Failure};
use state::App;
use std::pin::Pin;
use tower_http::limit::RequestBodyLimitLayer;

/// What is there later, behind a pointer. An async function is compiled in the crate that awaits it, and at that crate's level: what has
/// to be fast, or is run at each start, is handed out as this, and so is compiled here.
pub type Later<'l, T> = Pin<Box<dyn Future<Output = T> + Send + 'l>>;

/// The whole server: every route of a table with the layers around it.
///
/// # Panics
/// When the table has a method that is none of HTTP's, or one route twice: a fault in the program, which every test finds.
pub fn router(app: App, table: Vec<routes::Route>) -> Router {
    let mut router = Router::new();
    for route in table {
        let who = route.who;
        let guard = axum::middleware::from_fn_with_state(app.clone(), move |state, caller, request, next| {
            access::guard(who, state, caller, request, next)
        });
        let method = MethodFilter::try_from(route.method.clone()).expect("the methods of the table are among those of HTTP");
        let handler: MethodRouter<App> = on(method, route.handler);
        let handler = match who {
            routes::Who::SignedIn | routes::Who::Holds(_) => (app.pages.whoever_is_signed_in)(handler, &app),
            routes::Who::Anyone | routes::Who::Token | routes::Who::Loopback => handler,
        };
        let guarded: MethodRouter<App> = handler.layer(guard);
        // What is read needs no body.
        let largest = if route.method == axum::http::Method::GET { routes::LARGEST_BODY } else { route.largest };
        let limited: MethodRouter<App> = guarded.layer(RequestBodyLimitLayer::new(largest));
        let limited = match route.too_large {
            Some(words) => {
                limited.layer(axum::middleware::map_response(move |response: Response| async move { too_large(words, response) }))
            }
            None => limited,
        };
        let only: MethodRouter<App> = limited.layer(axum::extract::DefaultBodyLimit::disable());
        router = router.route(route.path, only);
    }
    layers::around(router.fallback(|| async { Failure::not_found() }), app)
}

/// A refusal of what is too large, in the words of its route.
fn too_large(words: &'static str, mut response: Response) -> Response {
    if response.status() == Code::TooLarge.status() {
        response.extensions_mut().insert(Failure { code: Code::TooLarge, detail: Some(words.to_owned()) });
    }
    response
}
