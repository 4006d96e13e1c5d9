//! This project's own OCDS extension: what `contracts[].register` holds in `citytools export ocds --extensions`.

use crate::{api::v1::answer, error::Failure};
use axum::response::Response;
use domain::register::export::ocds;
use serde_json::json;

/// `/ocds/extension/extension.json`.
///
/// # Errors
/// When it cannot be written: a fault in the program.
pub async fn about() -> Result<Response, Failure> {
    answer::json(&json!({
        "name": { "en": "City Tools register" },
        "description": { "en": "Terms, options, breaks, notice periods, yearly values, products and functions of a contract, as a council's contract register knows them." },
        "compatibility": ["1.1"],
        "schemas": ["release-schema.json"],
    }))
}

/// `/ocds/extension/release-schema.json`.
///
/// # Errors
/// When it cannot be written: a fault in the program.
pub async fn schema() -> Result<Response, Failure> {
    answer::json(&ocds::extension_schema())
}
