//! Reading the parameters of a request strictly: a name that the list does not know is refused, since a filter passed over in
//! silence gives wrong figures.

use crate::{error::{Code, Failure}, web::query::Params};
use domain::register::snapshot::Cursor;

/// Rows of a list when nobody says.
pub const LIMIT: usize = 100;
/// The most rows of one page of a list.
pub const LIMIT_MOST: usize = 1000;

/// Refuses names that are neither filters of the list nor parameters of every list.
///
/// # Errors
/// Names the first one that is not known.
pub fn only(params: &Params, filters: &[&str]) -> Result<(), Failure> {
    const EVERY: &[&str] = &["facet", "sort", "limit", "cursor"];
    match params.pairs().find(|(name, _)| !filters.contains(name) && !EVERY.contains(name)) {
        None => Ok(()),
        Some((name, _)) => {
            let name: String = name.chars().take(40).collect();
            Err(Failure::parameter(format!("'{name}' is no parameter of this list. Filters: {}.", filters.join(", "))))
        }
    }
}

/// `limit`, 1 to 1000.
///
/// # Errors
/// When it is not in that range.
pub fn limit(params: &Params) -> Result<usize, Failure> {
    match params.one("limit") {
        None => Ok(LIMIT),
        Some(text) => text
            .parse()
            .ok()
            .filter(|limit| (1..=LIMIT_MOST).contains(limit) && !text.starts_with('+'))
            .ok_or_else(|| Failure::parameter("'limit' must be a whole number from 1 to 1000.")),
    }
}

/// `cursor`, as the page before gave it in `next`.
///
/// # Errors
/// When it is not one of ours.
pub fn cursor(params: &Params) -> Result<Option<Cursor>, Failure> {
    params.one("cursor").map(|text| text.parse().map_err(|_| Failure::of(Code::InvalidCursor))).transpose()
}
