//! Signing in, apart from its pages: TOTP, passkeys, random secrets.
//!
//! | module | what lives there |
//! |---|---|
//! | [`passkey`] | passkeys by WebAuthn |
//! | [`totp`] | codes of an authenticator app, and the picture that sets it up |
//! | [`random`] | secrets, codes and recovery codes from the system's random numbers |
//!
//! Identity providers stand in `server::oidc`, since every request shares what is known of them.
//!
//! What any of it is worth was decided in `domain::people::sign_in`; pages stand in `web::people`.

pub mod passkey;
pub mod random;
pub mod totp;

pub use server::oidc;
