//! Signing in and out.
//!
//! | module | what lives there |
//! |---|---|
//! | [`flow`] | what a browser is in the middle of |
//! | [`start`] | the first page: address, identity providers, illustrative people |
//! | [`code`] | the emailed code |
//! | [`provider`] | to an organisation's identity provider and back |
//! | [`second_factor`] | authenticator app or passkey |
//! | [`recovery`] | a recovery code instead |
//! | [`opening`] | from what was proved to a session |
//! | [`check`] | proving again who one is, before what cannot be taken back |
//! | [`invitation`] | links that invite |
//! | [`set_up`] | links that let someone set up a second factor |
//! | [`held`] | what was typed when the session had ended |
//! | [`illustrative`] | 'sign in as' with `--demo` |
//! | [`out`] | signing out |

pub mod check;
pub mod code;
pub mod flow;
pub mod held;
pub mod illustrative;
pub mod invitation;
pub mod opening;
pub mod out;
pub mod provider;
pub mod recovery;
pub mod second_factor;
pub mod set_up;
pub mod start;

use crate::web::routes::{Route, Who};

/// The routes of signing in.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/sign-in", Who::Anyone, start::page),
        Route::post("/sign-in", Who::Anyone, start::ask),
        Route::get("/sign-in/code", Who::Anyone, code::page),
        Route::post("/sign-in/code", Who::Anyone, code::typed),
        Route::post("/sign-in/provider", Who::Anyone, provider::leave),
        Route::get("/sign-in/provider", Who::Anyone, provider::back),
        Route::get("/sign-in/second-factor", Who::Anyone, second_factor::page),
        Route::post("/sign-in/second-factor", Who::Anyone, second_factor::prove),
        Route::post("/sign-in/passkey", Who::Anyone, second_factor::challenge),
        Route::get("/sign-in/recovery", Who::Anyone, recovery::page),
        Route::post("/sign-in/recovery", Who::Anyone, recovery::prove),
        Route::post("/sign-in/as", Who::Anyone, illustrative::sign_in),
        Route::get("/sign-in/check", Who::SignedIn, check::page),
        Route::post("/sign-in/check", Who::SignedIn, check::begin),
        Route::get("/sign-in/held", Who::SignedIn, held::page),
        Route::get("/invitation", Who::Anyone, invitation::page),
        Route::post("/invitation", Who::Anyone, invitation::accept),
        Route::get("/set-up", Who::Anyone, set_up::page),
        Route::post("/set-up", Who::Anyone, set_up::begin),
        Route::get("/sign-out", Who::Anyone, out::page),
        Route::post("/sign-out", Who::Anyone, out::sign_out),
    ]
}
