//! Work without a request.

pub mod refresh;
