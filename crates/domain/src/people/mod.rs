//! People: who may sign in, what they are at which organisation, and what they may do.
//!
//! | module | what lives there |
//! |---|---|
//! | [`ids`] | typed ids |
//! | [`role`] | the roles of a membership |
//! | [`records`] | people, memberships, tokens as they are stored |
//! | [`scope`] | on whose behalf something is read or written |
//! | [`access`] | the one permission function |
//! | [`members`] | giving and taking an organisation's roles |
//! | [`naming`] | who corrects what a person is called |
//! | [`meeting`] | two administrators change one place at once |
//! | [`sign_in`] | codes, second factors, identity providers, limits |
//! | [`illustrative`] | the made-up people of `--demo` |
//! | [`session`] | how long a signed-in browser stays so |
//!
//! No secret stands in any of these types, and nothing here knows of cookies or HTTP.

pub mod access;
pub mod ids;
pub mod illustrative;
pub mod meeting;
pub mod members;
pub mod naming;
pub mod records;
pub mod role;
pub mod scope;
pub mod session;
pub mod sign_in;

pub use access::{Act, may};
pub use ids::*;
pub use records::{ApiToken, Membership, Person};
pub use role::Role;
pub use scope::{Actor, Member, Scope, Standing, Via};
