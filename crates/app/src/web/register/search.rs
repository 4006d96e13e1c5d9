//! STUB being replaced.
use crate::{error::Failure, state::App};
use axum::{extract::State, response::Html};

/// The page.
pub async fn page(State(_app): State<App>) -> Result<Html<String>, Failure> {
    Err(Failure::not_found())
}
