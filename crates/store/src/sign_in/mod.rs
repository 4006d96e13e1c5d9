//! How people sign in: codes, identity providers' accounts, second factors, links, and how often each was tried.
//!
//! | module | what lives there |
//! |---|---|
//! | [`attempts`] | limits that several processes agree on |
//! | [`codes`] | emailed one-time codes |
//! | [`accounts`] | people as identity providers know them |
//! | [`factors`] | second factors and recovery codes |
//! | [`invitations`] | links that invite, or let someone set up a second factor |
//! | [`flows`] | what a browser is in the middle of |
//! | [`people`] | finding people, and all of an organisation's, for those who manage them |
//!
//! None of these are records of the change log: they hold secrets, or digests of them. What happens with them is written there
//! as events, without a secret. Functions that answer for someone not yet signed in take no scope and say why.

pub mod accounts;
pub mod attempts;
pub mod codes;
pub mod factors;
pub mod flows;
pub mod invitations;
pub mod people;

use crate::{Error, error::Result};
use sea_orm::QueryResult;
use uuid::Uuid;

/// The id in a column.
fn uuid(row: &QueryResult, index: usize, table: &'static str) -> Result<Uuid> {
    let text: String = row.try_get_by_index(index)?;
    Uuid::parse_str(&text).map_err(|error| Error::Corrupt { table, id: text, reason: error.to_string() })
}
