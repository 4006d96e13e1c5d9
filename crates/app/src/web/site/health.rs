//! Whether the server lives, is ready, and how it fares.

use crate::{
    error::{Code, Failure},
    state::App,
};
use axum::{extract::State, http::header, response::IntoResponse};
use std::fmt::Write as _;

/// The process answers.
pub async fn live() -> &'static str {
    "live\n"
}

/// The process answers and reaches its database.
///
/// # Errors
/// 503 when the database does not answer.
pub async fn ready(State(app): State<App>) -> Result<&'static str, Failure> {
    match app.store.sequence().await {
        Ok(_) => Ok("ready\n"),
        Err(error) => {
            tracing::error!(%error, "not ready");
            Err(Failure::of(Code::Timeout))
        }
    }
}

/// Figures in the text format of Prometheus.
pub async fn metrics(State(app): State<App>) -> impl IntoResponse {
    let snapshot = app.snapshot();
    let figures = snapshot.figures();
    let mut text = String::new();
    for (name, help, value) in [
        ("citytools_log_sequence", "The change log's sequence that this process serves.", snapshot.sequence()),
        ("citytools_contracts", "Contracts in the public register.", i64::from(figures.contracts)),
        ("citytools_systems", "Systems in the public register.", i64::from(figures.systems)),
        ("citytools_suppliers", "Suppliers in the public register.", i64::from(figures.suppliers)),
    ] {
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}");
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text)
}
