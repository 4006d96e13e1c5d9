//! `/templates`: what a DPIA asks, whole and readable: templates, screening rules and lists of options, in all their versions.
//!
//! | module | what lives there |
//! |---|---|
//! | [`list`] | `/templates`: everything there is |
//! | [`show`] | `/templates/{urn}` and `/templates/{urn}/{version}`: one of them, whole |
//! | [`file`](mod@file) | the file itself, and the schemas |
//! | [`view`] | a template as its page takes it |
//! | [`condition`] | a condition as its page takes it |

pub mod condition;
pub mod file;
pub mod list;
pub mod show;
pub mod view;

#[cfg(test)]
mod tests;

use crate::web::routes::{Route, Who::Anyone};

/// The routes under `/templates`.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/templates", Anyone, list::page),
        Route::get("/templates/{urn}", Anyone, show::latest),
        Route::get("/templates/{urn}/{version}", Anyone, show::page),
        Route::get("/templates/{urn}/{version}/file", Anyone, file::text),
        Route::get("/templates/schema/{kind}", Anyone, file::schema),
    ]
}
