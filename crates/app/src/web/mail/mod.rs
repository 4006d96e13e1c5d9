//! What mail somebody wants: one press from a message, or their own page.

pub mod choices;
pub mod stop;

use super::routes::{Route, Who};

/// The pages about mail.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        // The token in the address is the permission; a reader's own button sends the form without ever opening the page.
        Route::get("/mail/stop/{token}", Who::Anyone, stop::page),
        Route::post("/mail/stop/{token}", Who::Anyone, stop::stop),
        Route::get("/account/mail", Who::SignedIn, choices::page),
        Route::post("/account/mail", Who::SignedIn, choices::save),
    ]
}
