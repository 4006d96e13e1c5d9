//! The register's pages: one file a page, and what several of them share.
//!
//! | module | what lives there |
//! |---|---|
//! | [`views`] | contracts as lists show them: who, until when, decide by when, for how much |
//! | [`facts`] | a term's parts and a record's origin as pages show them |
//! | [`filters`] | the filter panel, removable tags, sorting and the result bar of every list |
//! | [`charts`] | pictures as numbers: the tile map, ends by quarter |
//! | [`span`] | one contract's days as a picture |
//! | [`cells`] | what stands in the matrix's cells |
//! | [`records`] | systems as rows, shares, sums: what the pages of products, suppliers, organisations, functions share |
//! | [`lists`] | what the lists of systems, products, suppliers, organisations, planned procurements, skills share |
//! | [`lanes`] | several contracts on one axis of days |
//! | [`history`] | one record's changes, field by field |
//! | [`edit`] | pages on which organisations keep their part of the register |
//! | [`latest`] | the register's latest changes as sentences have them |
//! | [`leads`] | where an address leads that is no page itself |
//! | [`merged`] | where addresses lead that named a record before it was merged into another |
//!
//! Each page asks the snapshot, or the store for a single record, and hands a view to its template; the sentences stand in
//! the templates. Nobody is named here but organisations.

pub mod cells;
pub mod charts;
pub mod facts;
pub mod filters;
pub mod history;
pub mod lanes;
pub mod latest;
pub mod lists;
pub mod records;
pub mod span;
pub mod views;

pub mod edit;

pub mod contract;
pub mod contracts;
pub mod home;
pub mod leads;
pub mod matrix;
pub mod merged;
pub mod search;
pub mod timeline;

pub mod changes;
pub mod function;
pub mod functions;
pub mod imports;
pub mod organisation;
pub mod organisations;
pub mod planned_procurement;
pub mod planned_procurements;
pub mod product;
pub mod products;
pub mod skill;
pub mod skills;
pub mod supplier;
pub mod suppliers;
pub mod system;
pub mod systems;

use crate::web::routes::{Route, Who};

/// The register's pages.
#[must_use]
pub fn routes() -> Vec<Route> {
    use Who::Anyone;
    let mut routes = vec![
        Route::get("/", Anyone, home::page),
        Route::get("/search", Anyone, search::page),
        Route::get("/contracts", Anyone, contracts::page),
        Route::get("/contracts/{id}", Anyone, contract::page),
        Route::get("/systems", Anyone, systems::page),
        Route::get("/systems/{id}", Anyone, system::page),
        Route::get("/products", Anyone, products::page),
        Route::get("/products/{id}", Anyone, product::page),
        Route::get("/suppliers", Anyone, suppliers::page),
        Route::get("/suppliers/{id}", Anyone, supplier::page),
        Route::get("/organisations", Anyone, organisations::page),
        Route::get("/organisations/{slug}", Anyone, organisation::page),
        Route::get("/functions", Anyone, functions::page),
        Route::get("/functions/{slug}", Anyone, function::page),
        Route::get("/matrix", Anyone, matrix::page),
        Route::get("/timeline", Anyone, timeline::page),
        Route::get("/planned-procurements", Anyone, planned_procurements::page),
        Route::get("/planned-procurements/{id}", Anyone, planned_procurement::page),
        Route::get("/skills", Anyone, skills::page),
        Route::get("/skills/{id}", Anyone, skill::page),
        Route::get("/changes", Anyone, changes::page),
        Route::get("/changes.atom", Anyone, changes::feed),
        Route::get("/changes.csv", Anyone, changes::data::csv),
        Route::get("/changes.json", Anyone, changes::data::json),
        Route::get("/imports", Anyone, imports::page),
        Route::get("/imports.csv", Anyone, imports::data::csv),
        Route::get("/imports.json", Anyone, imports::data::json),
        Route::get("/search.csv", Anyone, search::data::csv),
        Route::get("/search.json", Anyone, search::data::json),
        Route::get("/timeline/quarters.csv", Anyone, timeline::data::csv),
        Route::get("/timeline/quarters.json", Anyone, timeline::data::json),
        Route::get("/matrix/cells.csv", Anyone, matrix::data::csv),
        Route::get("/matrix/cells.json", Anyone, matrix::data::json),
    ];
    routes.extend(edit::routes());
    routes
}

#[cfg(test)]
mod member_tests;
#[cfg(test)]
mod record_tests;
#[cfg(test)]
mod tests;
