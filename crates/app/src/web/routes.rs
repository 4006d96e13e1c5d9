//! The one route table. Each subject lists its own routes; here they come together.

use super::{dpia, exchange, mail, people, register, site, sources, work};
use crate::api;
pub use server::routes::{Route, Who};

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
