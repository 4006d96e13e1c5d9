//! Pages for people: server-rendered, working without script. One file a page; the one route table.
//!
//! | module | what lives there |
//! |---|---|
//! | [`access`] | what becomes of those who do not pass to a route |
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
//! | [`words`] | dates, sums and numbers as people read them |
//! | [`templates`] | the template environment of the application |
//! | [`room`] | memory for what is large |
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
pub mod mail;
pub mod page;
pub mod people;
pub mod register;
pub mod repeat;
pub mod room;
pub mod routes;
#[cfg(test)]
mod security_tests;
pub mod site;
pub mod sources;
pub mod templates;
pub mod upload;
pub mod words;
pub mod work;

use crate::state::App;
use axum::{Router, routing::MethodRouter};
use server::pages::Pages;
pub use server::{query, session, turns};

/// What the server asks of the pages.
pub const PAGES: Pages = Pages {
    templates: templates::environment,
    listen: kept::listen,
    turned_away: access::turned_away,
    whoever_is_signed_in: around_the_signed_in,
    leads: register::leads::leads,
    instead: |app, uri, response| Box::pin(async move { register::merged::instead(&app, &uri, response).await }),
};

/// The whole server: every route of the table with the layers around it.
pub fn router(app: App) -> Router {
    server::router(app, routes::table())
}

/// What is typed is kept, and what others overtake is tried again, on routes for people who are signed in.
fn around_the_signed_in(handler: MethodRouter<App>, app: &App) -> MethodRouter<App> {
    let tried = handler.layer(axum::middleware::from_fn(repeat::when_overtaken));
    tried.layer(axum::middleware::from_fn_with_state(app.clone(), drafts::carry))
}
