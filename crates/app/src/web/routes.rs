//! The one route table: path, who may use it, handler (`GET`, which answers `HEAD` too). The router, the access matrix and the docs come from it; a test
//! fails for a route that the docs do not know.

use super::{register, site};
use crate::{api, state::App};
use axum::routing::{MethodRouter, get};

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anyone, not signed in.
    Anyone,
    /// Only from the machine itself, unless the settings say otherwise.
    Loopback,
}

/// A route.
pub struct Route {
    /// Its path, parameters in braces.
    pub path: &'static str,
    /// Who may use it.
    pub who: Who,
    /// What answers.
    pub handler: MethodRouter<App>,
}

fn page(path: &'static str, handler: MethodRouter<App>) -> Route {
    Route { path, who: Who::Anyone, handler }
}

/// Every route of the server.
#[must_use]
pub fn table() -> Vec<Route> {
    let mut routes = vec![
        page("/", get(register::home::page)),
        page("/search", get(register::search::page)),
        page("/contracts", get(register::contracts::page)),
        page("/contracts/{id}", get(register::contract::page)),
        page("/systems", get(register::systems::page)),
        page("/systems/{id}", get(register::system::page)),
        page("/products", get(register::products::page)),
        page("/products/{id}", get(register::product::page)),
        page("/suppliers", get(register::suppliers::page)),
        page("/suppliers/{id}", get(register::supplier::page)),
        page("/organisations", get(register::organisations::page)),
        page("/organisations/{slug}", get(register::organisation::page)),
        page("/functions", get(register::functions::page)),
        page("/functions/{slug}", get(register::function::page)),
        page("/matrix", get(register::matrix::page)),
        page("/timeline", get(register::timeline::page)),
        page("/planned-procurements", get(register::planned_procurements::page)),
        page("/planned-procurements/{id}", get(register::planned_procurement::page)),
        page("/changes", get(register::changes::page)),
        page("/changes.atom", get(register::changes::feed)),
        page("/imports", get(register::imports::page)),
        page("/about", get(site::words::about)),
        page("/accessibility", get(site::words::accessibility)),
        page("/privacy", get(site::words::privacy)),
        page("/cookies", get(site::words::cookies)),
        page("/help", get(site::words::help)),
        page("/api", get(site::words::api)),
        page("/problems/{code}", get(site::problem::page)),
        page("/assets/{hash}/{name}", get(site::assets::file)),
        page("/favicon.ico", get(site::assets::favicon)),
        page("/robots.txt", get(site::assets::robots)),
        page("/health/live", get(site::health::live)),
        page("/health/ready", get(site::health::ready)),
        Route { path: "/metrics", who: Who::Loopback, handler: get(site::health::metrics) },
    ];
    routes.extend(api::v1::routes());
    routes
}
