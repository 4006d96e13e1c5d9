//! What an answer is sent as, and cells of its files; the shapes stand in the crate `api-json`.

use crate::error::{Code, Failure};
use api_json::{
    json,
    shapes::{ROOM, spelt},
};
use axum::response::Response;
use documents::export::Cell;
use serde::Serialize;

/// A name of a closed list, as a cell of a file.
#[must_use]
pub fn word(value: &impl Serialize) -> Cell<'static> {
    spelt(value).map_or(Cell::Empty, |word| Cell::Text(word.into()))
}

/// The words of a text, for lists small enough to be searched as they stand.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// Writes a value as JSON.
///
/// # Errors
/// When it cannot be written: a fault in the program.
pub fn json(value: &impl Serialize) -> Result<Response, Failure> {
    sent(json::to_vec(value, ROOM))
}

/// Sends what was written as JSON.
///
/// # Errors
/// When it could not be written: a fault in the program.
pub fn sent(written: Result<Vec<u8>, json::Error>) -> Result<Response, Failure> {
    let bytes = written.map_err(|error| {
        tracing::error!(%error, "an answer could not be written");
        Failure::of(Code::Internal)
    })?;
    Ok(server::answer::json(bytes))
}
