//! Signing in: what a code, a second factor, an identity provider's word and a session are worth, and for how long.
//!
//! | module | what lives there |
//! |---|---|
//! | [`code`] | the emailed one-time code, bound to the browser that asked for it |
//! | [`factor`] | second factors: TOTP steps, recovery codes, who must have one |
//! | [`identity`] | identity providers: whose word is taken, and by what an account is known |
//! | [`invitation`] | links that invite a person, or let one set up a second factor |
//! | [`limit`] | how often something may be tried, per account and per address |
//! | [`next`] | where to go after signing in: never off this host |
//! | [`records`] | identity providers as they are stored |
//! | [`secret`] | random secrets, shown once and kept as a digest |
//!
//! No clock, no database, no random numbers of its own: instants are milliseconds of UTC and handed in, random bytes too.
//! The figures come from the security tests S1 to S25 (OWASP ASVS 5.0, chapters 6 and 7); each stands beside its constant.

pub mod code;
pub mod factor;
pub mod identity;
pub mod invitation;
pub mod limit;
pub mod next;
pub mod records;
pub mod secret;

/// A minute in milliseconds.
pub const MINUTE: i64 = 60_000;
/// An hour in milliseconds.
pub const HOUR: i64 = 60 * MINUTE;
/// A day in milliseconds.
pub const DAY: i64 = 24 * HOUR;
