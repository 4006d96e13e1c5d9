//! Publication: what of a signed assessment the public sees, field by field; a second pair of eyes; the public register.
//!
//! | module | what lives there |
//! |---|---|
//! | [`act`] | beginning a publication, its summary, asking, publishing, taking it back; letting an annex go out |
//! | [`prepare`] | the page: the preview, and what is to be done |
//! | `decided` | what is decided about each answer, section by section |
//! | [`field`] | what is shown of one answer, and why words are taken out |
//! | [`register`] | `/dpias`: everything that is public, as pages and a feed, of rows that the API's list shows too |
//! | [`shown`] | a publication as the public sees it, for pages and JSON alike |

pub mod act;
mod decided;
pub mod field;
pub mod prepare;
pub mod register;
pub mod shown;

use crate::web::routes::{Route, Who};

/// The routes of publication.
#[must_use]
pub fn routes() -> Vec<Route> {
    use Who::{Anyone, SignedIn};
    vec![
        Route::get("/assessments/{id}/publish", SignedIn, prepare::page),
        Route::post("/assessments/{id}/publish", SignedIn, act::act),
        Route::get("/assessments/{id}/publish/{part}/{field}", SignedIn, field::page),
        Route::post("/assessments/{id}/publish/{part}/{field}", SignedIn, field::save),
        Route::get("/dpias", Anyone, register::page),
        Route::get("/dpias.atom", Anyone, register::feed),
        Route::get("/dpias/{id}", Anyone, register::one),
    ]
}
