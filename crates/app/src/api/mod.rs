//! The public API. One folder a version; a version only ever grows.

pub mod v1;
