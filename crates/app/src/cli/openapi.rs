//! `citytools openapi`: the description of the API, made from its code.

use super::Outcome;
use anyhow::Result;

/// Writes the description to standard output.
pub fn run() -> Result<Outcome> {
    say!("{}", crate::api::v1::openapi::json()?);
    Ok(Outcome::Done)
}
