//! The public API. One folder a version; a version only ever grows.
//!
//! | module | what lives there |
//! |---|---|
//! | [`v1`] | the register's lists and records |
//! | [`ocds`] | the same as open contracting data |
//! | [`catalogue`] | the data sets that there are, for portals |

pub mod catalogue;
pub mod ocds;
pub mod v1;

#[cfg(test)]
mod tests;
