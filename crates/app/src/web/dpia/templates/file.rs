//! `/templates/{urn}/{version}/file` and `/templates/schema/{kind}`: what a council needs to write a file of its own.

use crate::{error::Failure, state::App};
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use domain::dpia::{exchange, file::Kind, template::Edition};

/// The file, word for word.
///
/// # Errors
/// Not found for a URN or version that is not there.
pub async fn text(State(app): State<App>, Path((urn, version)): Path<(String, String)>) -> Result<Response, Failure> {
    let edition = Edition { urn, version };
    let rules = app.rules();
    let text = rules.text(&edition).ok_or_else(Failure::not_found)?.to_owned();
    let name: String = edition.urn.rsplit(':').next().unwrap_or("file").chars().filter(|letter| *letter != '"').collect();
    let disposition = format!("attachment; filename=\"{name}-{}.yaml\"", edition.version);
    Ok(([(header::CONTENT_TYPE, "application/yaml; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, disposition)], text)
        .into_response())
}

/// The schema of a kind of file: of those that councils write, and of the JSON that assessments go out and come in as.
///
/// # Errors
/// Not found for a kind that is not there.
pub async fn schema(Path(kind): Path<String>) -> Result<Response, Failure> {
    let schema = match kind.as_str() {
        "assessment" => exchange::SCHEMA,
        kind => Kind::parse(kind).and_then(Kind::schema).ok_or_else(Failure::not_found)?,
    };
    Ok(([(header::CONTENT_TYPE, "application/schema+json")], schema).into_response())
}
