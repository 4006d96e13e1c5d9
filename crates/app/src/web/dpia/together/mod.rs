//! Working on one assessment together: who takes part, who does what by when, versions with names; and the list of all
//! assessments that somebody may see.
//!
//! | module | what lives there |
//! |---|---|
//! | [`list`] | `/assessments`: all that the caller may see |
//! | [`begin`] | an assessment begun from its project and screening |
//! | [`change`] | its title, the person who leads it, the day by which it is wanted |
//! | [`concluded`] | short reviews that conclude that a DPIA is needed |
//! | `guests` | guests from outside, and the tasks that lead them to their sections |
//! | `hand_on` | tasks that change hands when somebody leaves, or leads no longer |
//! | [`joining`] | an invitation answered together with its project's |
//! | [`joint`] | one invitation for a project and its assessments |
//! | [`kept`] | what an organisation that left has signed, to read |
//! | `lead` | who takes part no longer, and who leads |
//! | [`modules`] | parts of the template that are switched on, or declined with reasons |
//! | [`parties`] | inviting organisations and guests, answering an invitation |
//! | [`review`] | what asks for another look, and reporting that something went wrong |
//! | [`screened`] | what a newer screening of the project says, and taking it over |
//! | [`task`] | one task: handing it on, moving its day, saying that it is done |
//! | [`tasks`] | who does what by when, and giving work to a person or a role |
//! | [`versions`] | the versions, and naming one |

pub mod begin;
pub mod change;
pub(super) mod concluded;
mod guests;
pub mod hand_on;
pub mod joining;
pub mod joint;
pub mod kept;
mod lead;
pub mod list;
pub mod modules;
pub mod parties;
pub mod review;
pub mod screened;
pub mod task;
pub mod tasks;
pub mod versions;

use crate::web::routes::{Route, Who};

/// The routes of working together.
#[must_use]
pub fn routes() -> Vec<Route> {
    use Who::SignedIn;
    vec![
        Route::get("/assessments", SignedIn, list::page),
        Route::get("/projects/{id}/assessment", SignedIn, begin::page),
        Route::post("/projects/{id}/assessment", SignedIn, begin::begin),
        Route::get("/assessments/{id}/change", SignedIn, change::page),
        Route::post("/assessments/{id}/change", SignedIn, change::save),
        Route::get("/assessments/{id}/modules", SignedIn, modules::page),
        Route::post("/assessments/{id}/modules", SignedIn, modules::say),
        Route::get("/assessments/{id}/parties", SignedIn, parties::page),
        Route::post("/assessments/{id}/parties", SignedIn, parties::act),
        Route::get("/assessments/{id}/review", SignedIn, review::page),
        Route::post("/assessments/{id}/review", SignedIn, review::report),
        Route::get("/assessments/{id}/screening", SignedIn, screened::page),
        Route::post("/assessments/{id}/screening", SignedIn, screened::take_over),
        Route::get("/assessments/{id}/tasks", SignedIn, tasks::page),
        Route::post("/assessments/{id}/tasks", SignedIn, tasks::give),
        Route::get("/assessments/{id}/tasks/{task}", SignedIn, task::page),
        Route::post("/assessments/{id}/tasks/{task}", SignedIn, task::change),
        Route::get("/assessments/{id}/signed", SignedIn, kept::page),
        Route::get("/assessments/{id}/signed/{version}", SignedIn, kept::one),
        Route::get("/assessments/{id}/signed/{version}/{name}", SignedIn, kept::file),
        Route::get("/assessments/{id}/versions", SignedIn, versions::page),
        Route::post("/assessments/{id}/versions", SignedIn, versions::name),
    ]
}
