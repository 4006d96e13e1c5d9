//! Pages for people: server-rendered, working without script. One file a page; the one route table.
//!
//! | module | what lives there |
//! |---|---|
//! | [`access`] | who passes to a route, and what becomes of those who do not |
//! | [`session`] | who is asking |
//! | [`exchange`] | assessments as files, out and in, and the files beside them |
//! | [`dpia`] | data projects, screening, templates, assessments |
//! | [`base`] | what a person saw: a record in the version that a form was opened on |
//! | [`form`] | what a person sent in a form, and what was wrong with it |
//! | [`kept`] | what was typed and could not be saved |
//! | [`drafts`] | what was typed and not sent: kept while it is typed, and back when its page is opened again |
//! | [`repeat`] | the first result of a form, for whoever sends it twice; a form that others overtake, tried again |
//! | [`routes`] | every route with who may use it: the router, the access matrix and the docs come from it |
//! | [`people`] | signing in, accounts, an organisation's people |
//! | [`page`] | what pages share: frame, rendering, pagination |
//! | [`csv`] | a list as a file for a spreadsheet |
//! | [`upload`] | a form that was sent with files |
//! | [`query`] | filters and sorting as they stand in addresses; the API reads them with the same code |
//! | [`words`] | dates, sums and numbers as people read them |
//! | [`templates`] | the template environment of the application |
//! | [`serving`] | connections, and what they may do before they ask |
//! | [`layers`] | caching, security headers, limits around every route |
//! | [`limits`] | how often one address may ask |
//! | [`room`] | memory for what is large |
//! | [`turns`] | how many files are made or read at once |
//! | [`register`] | the register's pages |
//! | [`sources`] | scheduled sources of an organisation |
//! | [`work`] | 'Your work': tasks, calendar; a subject adds its tasks there |
//! | [`mail`] | what mail somebody wants |
//! | [`site`] | assets, health, and the pages about the service |

pub mod access;
#[cfg(test)]
mod access_matrix;
#[cfg(test)]
mod access_tests;
pub mod base;
pub mod csv;
pub mod dpia;
pub mod drafts;
pub mod exchange;
pub mod form;
pub mod kept;
pub mod layers;
pub mod limits;
pub mod mail;
pub mod page;
pub mod people;
pub mod query;
pub mod register;
pub mod repeat;
pub mod room;
pub mod routes;
#[cfg(test)]
mod security_tests;
pub mod serving;
pub mod session;
pub mod site;
pub mod sources;
pub mod templates;
pub mod turns;
pub mod upload;
pub mod words;
pub mod work;

use crate::{
    error::{Code, Failure},
    state::App,
};
use axum::{
    Router,
    response::Response,
    routing::{MethodFilter, MethodRouter, on},
};
use tower_http::limit::RequestBodyLimitLayer;

/// The whole server: every route of the table with the layers around it.
pub fn router(app: App) -> Router {
    let mut router = Router::new();
    for route in routes::table() {
        let who = route.who;
        let guard = axum::middleware::from_fn_with_state(app.clone(), move |state, caller, request, next| {
            access::guard(who, state, caller, request, next)
        });
        let method = MethodFilter::try_from(route.method.clone()).expect("the methods of the table are among those of HTTP");
        let handler: MethodRouter<App> = on(method, route.handler);
        let handler = match who {
            routes::Who::SignedIn | routes::Who::Holds(_) => {
                let tried = handler.layer(axum::middleware::from_fn(repeat::when_overtaken));
                tried.layer(axum::middleware::from_fn_with_state(app.clone(), drafts::carry))
            }
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

/// The page that explains a failure.
#[must_use]
pub fn problem_page(app: &App, failure: &Failure, typed: Vec<kept::Text>) -> String {
    site::problem::render(app, failure, typed)
}
