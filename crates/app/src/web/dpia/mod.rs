//! The pages of assessments.
//!
//! | module | what lives there |
//! |---|---|
//! | [`desk`] | what every page of an assessment begins with: the assessment as the caller may see it, its template and route, names |
//! | [`assessment`] | `/assessments/{id}`: what stands in the way, the task list, the side column |
//! | [`answer`] | `/assessments/{id}/{part}/{field}`: reading and writing an answer, with its comments |
//! | [`input`] | a field's answer as controls of a form, and back |
//! | [`clash`] | settling a clash |
//! | [`history`] | every state of a field, and going back |
//! | [`compare`] | two states of an assessment, field by field |
//! | [`marks`] | words that were added and removed, for templates |

pub mod answer;
pub mod assessment;
pub mod clash;
pub mod compare;
pub mod desk;
pub mod history;
pub mod input;
pub mod marks;

#[cfg(test)]
mod tests;

use super::routes::{Route, Who};

/// The routes of this subject.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/assessments/{id}", Who::SignedIn, assessment::page),
        Route::get("/assessments/{id}/compare", Who::SignedIn, compare::page),
        Route::get("/assessments/{id}/{part}/{field}", Who::SignedIn, answer::page),
        Route::post("/assessments/{id}/{part}/{field}", Who::SignedIn, answer::save),
        Route::post("/assessments/{id}/{part}/{field}/draft", Who::SignedIn, answer::draft),
        Route::get("/assessments/{id}/{part}/{field}/clash", Who::SignedIn, clash::page),
        Route::post("/assessments/{id}/{part}/{field}/clash", Who::SignedIn, clash::settle),
        Route::get("/assessments/{id}/{part}/{field}/history", Who::SignedIn, history::page),
        Route::post("/assessments/{id}/{part}/{field}/history", Who::SignedIn, history::restore),
    ]
}
