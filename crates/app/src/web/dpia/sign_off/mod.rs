//! Advice and sign-off: whose turn it is, what changed since they signed, the board of signatures, and every move of the
//! workflow's table.
//!
//! | module | what lives there |
//! |---|---|
//! | [`advice`] | recommendations, and what became of them |
//! | `barred` | why the caller cannot sign: what of it is their own work, since which edit |
//! | [`consultation`] | the Information Commissioner: asking, the clock, the answer |
//! | [`board`] | the page: your turn, the Commissioner's clock, role by organisation |
//! | `cells` | one step for one organisation, in words |
//! | `cost` | what a signature costs whoever could sign in another role as well |
//! | `left_off` | the parts of the template that somebody left off, and why |
//! | `outdated` | what changed since a signature that the text has left behind |
//! | `righted` | putting right what was recorded of the Commissioner's answer |
//! | [`sign`] | signing a step, with a fresh check of who signs |
//! | `take_back` | taking one's own signature back |
//! | [`moves`] | freezing, sending back, opening again, going live, giving up |
//! | [`words`] | refusals in sentences |

pub mod advice;
mod barred;
pub mod board;
mod cells;
pub mod consultation;
mod cost;
mod left_off;
pub mod moves;
mod outdated;
mod righted;
pub mod sign;
mod take_back;
pub mod words;

use crate::web::routes::{Route, Who};

/// The routes of advice and sign-off.
#[must_use]
pub fn routes() -> Vec<Route> {
    use Who::SignedIn;
    vec![
        Route::get("/assessments/{id}/sign-off", SignedIn, board::page),
        Route::post("/assessments/{id}/sign-off", SignedIn, sign::sign),
        Route::post("/assessments/{id}/sign-off/take-back", SignedIn, take_back::take_back),
        Route::get("/assessments/{id}/advice", SignedIn, advice::page),
        Route::post("/assessments/{id}/advice", SignedIn, advice::recommend),
        Route::post("/assessments/{id}/advice/{recommendation}", SignedIn, advice::answer),
        Route::get("/assessments/{id}/consultation", SignedIn, consultation::page),
        Route::post("/assessments/{id}/consultation", SignedIn, consultation::record),
        Route::get("/assessments/{id}/move/{step}", SignedIn, moves::page),
        Route::post("/assessments/{id}/move/{step}", SignedIn, moves::make),
    ]
}
