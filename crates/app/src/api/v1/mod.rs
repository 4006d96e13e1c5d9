//! Version 1 of the public API: the register's lists and records as JSON, CSV, JSON Lines, Excel and Parquet. No key needed.
//!
//! | module | what lives there |
//! |---|---|
//! | [`answer`] | sending what the crate `api-json` writes |
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
pub mod skills;
pub mod suppliers;
pub mod systems;

use crate::web::routes::{Route, Who::Anyone};
pub use server::request;

/// The lists that the API has; pages of the same names lead to them by `.json`, `.csv` and so on.
pub const LISTS: &[&str] =
    &["contracts", "planned-procurements", "systems", "suppliers", "products", "organisations", "functions", "skills", "dpias"];

/// The API's part of the route table.
#[must_use]
pub fn routes() -> Vec<Route> {
    macro_rules! list {
        ($name:literal, $module:ident, $one:literal) => {
            [
                Route::get(concat!("/api/v1/", $name), Anyone, $module::list),
                Route::get(concat!("/api/v1/", $name, ".csv"), Anyone, $module::csv),
                Route::get(concat!("/api/v1/", $name, ".jsonl"), Anyone, $module::jsonl),
                Route::get(concat!("/api/v1/", $name, ".xlsx"), Anyone, $module::xlsx),
                Route::get(concat!("/api/v1/", $name, ".parquet"), Anyone, $module::parquet),
                Route::get(concat!("/api/v1/", $name, "/{", $one, "}"), Anyone, $module::one),
            ]
        };
    }
    let mut all = vec![
        Route::get("/api/v1/openapi.json", Anyone, openapi::document),
        Route::get("/api/v1/contracts.ics", Anyone, calendars::contracts),
        Route::get("/api/v1/contracts.atom", Anyone, feeds::contracts),
        Route::get("/api/v1/planned-procurements.ics", Anyone, calendars::planned),
        Route::get("/api/v1/planned-procurements.atom", Anyone, feeds::planned),
        Route::get("/api/v1/systems.atom", Anyone, feeds::systems),
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
    all
}
