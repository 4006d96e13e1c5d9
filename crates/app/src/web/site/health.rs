//! Whether the server lives, is ready, and how it fares.

use crate::{
    error::{Code, Failure},
    state::App,
};
use axum::{extract::State, http::header, response::IntoResponse};
use domain::people::Scope;
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
    machinery(&app, &mut text).await;
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text)
}

/// How jobs and mail fare. Left out where the database does not answer: `/health/ready` says so.
async fn machinery(app: &App, text: &mut String) {
    let (scope, now) = (Scope::Job { name: "metrics".to_owned() }, app.clock.now());
    if let Ok(backlog) = app.store.backlog(&scope, now).await {
        let late = backlog.oldest_due.map_or(0, |due| (now - due).max(0) / 1000);
        for (name, help, value) in [
            ("citytools_jobs_waiting", "Jobs that wait or run.", backlog.waiting),
            ("citytools_jobs_failed", "Jobs that were given up.", backlog.failed),
            ("citytools_jobs_late_seconds", "How long the oldest job that is due has been waiting.", late),
        ] {
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}");
        }
    }
    if let Ok(outbox) = app.store.outbox(&scope).await {
        let _ = writeln!(text, "# HELP citytools_mail Messages by state.\n# TYPE citytools_mail gauge");
        for (state, count) in outbox {
            let _ = writeln!(text, "citytools_mail{{state=\"{state}\"}} {count}");
        }
    }
}
