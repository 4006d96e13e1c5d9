//! `/templates`: what a DPIA asks, whole and readable: templates, screening rules and lists of options, in all their versions.
//!
//! | module | what lives there |
//! |---|---|
//! | [`list`] | `/templates`: everything there is |
//! | [`show`] | `/templates/{urn}` and `/templates/{urn}/{version}`: one of them, whole |
//! | [`file`](mod@file) | the file itself, and the schemas |
//! | [`mod@write`], [`draft`] | `/templates/write`, `/templates/drafts/{id}`: writing a file, checked as it is written, and publishing it |
//! | [`preview`] | a draft as its page will be, screening walked |
//! | [`touched`] | `/templates/{urn}/{version}/assessments`: the live assessments that a new version touches |
//! | [`view`], [`route`] | a template, rules, options; a route, an overlay: as their pages take them |
//! | [`condition`] | a condition as its page takes it |

pub mod condition;
pub mod draft;
pub mod file;
pub mod list;
pub mod preview;
pub mod route;
pub mod show;
pub mod touched;
pub mod view;
pub mod write;

#[cfg(test)]
mod moving_tests;
#[cfg(test)]
mod republished_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod writing_tests;

use crate::web::routes::{
    Route,
    Who::{Anyone, SignedIn},
};

/// The routes under `/templates`.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/templates", Anyone, list::page),
        Route::get("/templates/{urn}", Anyone, show::latest),
        Route::get("/templates/{urn}/{version}", Anyone, show::page),
        Route::get("/templates/{urn}/{version}/file", Anyone, file::text),
        Route::get("/templates/schema/{kind}", Anyone, file::schema),
        Route::get("/templates/{urn}/{version}/assessments", SignedIn, touched::page),
        Route::get("/templates/write", SignedIn, write::page),
        Route::post("/templates/write", SignedIn, write::begin).taking(write::LARGEST),
        Route::get("/templates/drafts/{id}", SignedIn, draft::page),
        Route::post("/templates/drafts/{id}", SignedIn, draft::save).taking(write::LARGEST),
        Route::get("/templates/drafts/{id}/preview", SignedIn, preview::page),
        Route::get("/templates/drafts/{id}/screening", SignedIn, preview::walk),
    ]
}
