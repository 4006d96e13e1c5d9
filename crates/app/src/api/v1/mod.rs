//! Version 1 of the public API: the register's lists and records as JSON, CSV, JSON Lines, Excel and Parquet. No key needed.
//!
//! | module | what lives there |
//! |---|---|
//! | [`request`] | reading parameters strictly: an unknown name is refused, not passed over |
//! | [`answer`] | the shape of lists, and writing JSON |
//! | [`files`] | a list as a file, streamed |
//! | [`calendars`] | the days of a list as a calendar |
//! | [`feeds`] | what changed last in a list, as a feed |
//! | [`noun`] | what the smaller nouns have in common |
//! | one module a noun | its item, its columns, its list, its record |
//! | [`openapi`] | the description, made from the code |

pub mod answer;
pub mod calendars;
pub mod contracts;
pub mod dpias;
pub mod feeds;
pub mod files;
pub mod functions;
pub mod noun;
pub mod openapi;
pub mod organisations;
pub mod planned_procurements;
pub mod products;
pub mod request;
pub mod skills;
pub mod suppliers;
pub mod systems;

use crate::web::routes::{Route, Who};
use axum::routing::get;

/// The lists that the API has; pages of the same names lead to them by `.json`, `.csv` and so on.
pub const LISTS: &[&str] =
    &["contracts", "planned-procurements", "systems", "suppliers", "products", "organisations", "functions", "skills", "dpias"];

/// The API's part of the route table.
#[must_use]
pub fn routes() -> Vec<Route> {
    macro_rules! list {
        ($name:literal, $module:ident, $one:literal) => {
            [
                (concat!("/api/v1/", $name), get($module::list)),
                (concat!("/api/v1/", $name, ".csv"), get($module::csv)),
                (concat!("/api/v1/", $name, ".jsonl"), get($module::jsonl)),
                (concat!("/api/v1/", $name, ".xlsx"), get($module::xlsx)),
                (concat!("/api/v1/", $name, ".parquet"), get($module::parquet)),
                (concat!("/api/v1/", $name, "/{", $one, "}"), get($module::one)),
            ]
        };
    }
    let mut all = vec![
        ("/api/v1/openapi.json", get(openapi::document)),
        ("/api/v1/contracts.ics", get(calendars::contracts)),
        ("/api/v1/contracts.atom", get(feeds::contracts)),
        ("/api/v1/planned-procurements.ics", get(calendars::planned)),
        ("/api/v1/planned-procurements.atom", get(feeds::planned)),
        ("/api/v1/systems.atom", get(feeds::systems)),
    ];
    all.extend(list!("contracts", contracts, "id"));
    all.extend(list!("planned-procurements", planned_procurements, "id"));
    all.extend(list!("systems", systems, "id"));
    all.extend(list!("suppliers", suppliers, "id"));
    all.extend(list!("products", products, "id"));
    all.extend(list!("organisations", organisations, "slug"));
    all.extend(list!("functions", functions, "slug"));
    all.extend(list!("skills", skills, "id"));
    all.extend(list!("dpias", dpias, "id"));
    all.into_iter().map(|(path, handler)| Route::read(path, Who::Anyone, handler)).collect()
}
