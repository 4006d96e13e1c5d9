//! Does a project need a DPIA? One plain question at a time, then the outcome with its reasons.
//!
//! | module | what lives there |
//! |---|---|
//! | [`anyone`] | `/screening`: for anyone, without signing in; the answers stand in the address, nothing is kept |
//! | [`begin`] | `/projects/{id}/screening`: where a project's screening stands, and its beginning |
//! | [`answer`] | `/projects/{id}/screening/{question}`: one question, kept when answered |
//! | [`record`] | the outcome of a project's screening, also of one before, and the officer's decision |
//! | [`asked`] | who is asked to decide, and by when |
//! | [`kept`] | a project's screenings, who may answer and who decides |
//! | [`question`] | a question as its page takes it |
//! | [`outcome`](mod@outcome) | an outcome as its page takes it |

pub mod answer;
pub mod anyone;
pub mod asked;
pub mod begin;
pub mod kept;
pub mod outcome;
pub mod question;
pub mod record;

#[cfg(test)]
mod concluded_tests;
#[cfg(test)]
mod decision_tests;
#[cfg(test)]
mod follow_tests;
#[cfg(test)]
mod project_tests;
#[cfg(test)]
mod tests;

use crate::web::routes::{
    Route,
    Who::{Anyone, SignedIn},
};

/// The routes of screening.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/screening", Anyone, anyone::page),
        Route::get("/projects/{id}/screening", SignedIn, begin::page),
        Route::post("/projects/{id}/screening", SignedIn, begin::begin),
        Route::post("/projects/{id}/screening/decision", SignedIn, record::decide),
        Route::get("/projects/{id}/screening/record/{number}", SignedIn, record::past),
        Route::get("/projects/{id}/screening/{question}", SignedIn, answer::page),
        Route::post("/projects/{id}/screening/{question}", SignedIn, answer::save),
    ]
}
