//! One's own account: where one is signed in, second factors, recovery codes, tokens for programs, for whom one acts.
//!
//! | module | what lives there |
//! |---|---|
//! | [`home`] | the page of the account |
//! | [`me`] | who a token acts for |
//! | [`name`], [`address`] | what one is called; where codes and mail go |
//! | [`sessions`] | ending one's sessions |
//! | [`connecting`] | connecting an organisation's own sign-in, and taking it off |
//! | [`acting_for`] | acting for another of one's organisations |
//! | [`enrolling`] | who is setting up a second factor, and how it ends |
//! | [`authenticator`] | setting up an authenticator app |
//! | [`passkey`] | making a passkey |
//! | [`factors`] | removing a second factor, new recovery codes |
//! | [`tokens`] | tokens for programs |

pub mod acting_for;
pub mod address;
pub mod authenticator;
pub mod connecting;
pub mod enrolling;
pub mod factors;
pub mod home;
pub mod me;
pub mod name;
pub mod passkey;
pub mod sessions;
pub mod tokens;

use crate::web::routes::{Route, Who};

/// The routes of one's own account. Those that set up a second factor are open to whoever holds a set-up link.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/account", Who::SignedIn, home::page),
        Route::post("/account/sessions/end", Who::SignedIn, sessions::end),
        Route::get("/account/name", Who::SignedIn, name::page),
        Route::post("/account/name", Who::SignedIn, name::save),
        Route::get("/account/address", Who::SignedIn, address::page),
        Route::post("/account/address", Who::SignedIn, address::ask),
        Route::get("/account/address/code", Who::SignedIn, address::code_page),
        Route::post("/account/address/code", Who::SignedIn, address::confirm),
        Route::get("/account/acting-for", Who::SignedIn, acting_for::page),
        Route::post("/account/acting-for", Who::SignedIn, acting_for::switch),
        Route::post("/account/sign-in", Who::SignedIn, connecting::begin),
        Route::post("/account/sign-in/remove", Who::SignedIn, connecting::remove),
        Route::get("/account/second-factor", Who::SignedIn, enrolling::page),
        Route::post("/account/second-factor", Who::SignedIn, enrolling::begin),
        Route::get("/account/second-factor/app", Who::Anyone, authenticator::page),
        Route::post("/account/second-factor/app", Who::Anyone, authenticator::confirm),
        Route::get("/account/second-factor/passkey", Who::Anyone, passkey::page),
        Route::post("/account/second-factor/passkey", Who::Anyone, passkey::finish),
        Route::post("/account/second-factor/passkey/challenge", Who::Anyone, passkey::challenge),
        Route::post("/account/second-factor/remove", Who::SignedIn, factors::remove),
        Route::post("/account/recovery-codes", Who::SignedIn, factors::new_recovery_codes),
        Route::get("/account/tokens", Who::SignedIn, tokens::page),
        Route::post("/account/tokens", Who::SignedIn, tokens::make),
        Route::get("/api/me", Who::Token, me::me),
        Route::get("/api/me/contracts", Who::Token, me::contracts),
        Route::get("/api/me/systems", Who::Token, me::systems),
        Route::get("/api/me/skills", Who::Token, me::skills),
        Route::post("/account/tokens/revoke", Who::SignedIn, tokens::revoke),
    ]
}
