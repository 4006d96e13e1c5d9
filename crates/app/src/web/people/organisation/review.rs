//! The access review as CSV, for whoever has to show it: who can do what, last seen, second factor. Asked for by a form, since
//! its export is written down, and reading writes nothing.

use super::{
    managed,
    members::{Standing, rows},
};
use crate::{error::Failure, state::App, web::session::Caller};
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use documents::formula;
use domain::audit::Kind;
use serde_json::json;

/// The file.
///
/// # Errors
/// Not found for those who do not manage these members.
pub async fn csv(State(app): State<App>, caller: Caller, Path(slug): Path<String>) -> Result<Response, Failure> {
    let organisation = managed(&app, &caller, &slug).await?;
    let rows = rows(&app, &caller, &organisation).await?;
    let mut text = String::from(
        "name,email,standing,since,roles,deputy for,services,second factor,lacks second factor,last seen,open sessions,tokens\r\n",
    );
    for (standing, row) in &rows {
        let standing = match standing {
            Standing::Active => "active",
            Standing::Invited => "invited",
            Standing::Revoked => "revoked",
        };
        let cells = [
            row.name.clone(),
            row.email.clone().unwrap_or_default(),
            standing.to_owned(),
            row.since.clone(),
            row.roles.join("; "),
            row.deputy.join("; "),
            row.services.join("; "),
            row.second_factor.to_owned(),
            if row.lacks_second_factor { "yes" } else { "no" }.to_owned(),
            row.last_seen.clone().unwrap_or_else(|| "never".to_owned()),
            row.sessions.to_string(),
            row.tokens.to_string(),
        ];
        let line: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
        text.push_str(&line.join(","));
        text.push_str("\r\n");
    }
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    let content = json!({ "event": "exported", "what": "access review", "rows": rows.len() });
    write.event(Kind::Membership, organisation.id.0, Some(organisation.id.0), &content).await?;
    write.commit().await?;
    let name = format!("attachment; filename=\"access-review-{slug}.csv\"");
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)], text)
        .into_response())
}

/// A cell that spreadsheets read as text, whatever it begins with.
fn quoted(cell: &str) -> String {
    format!("\"{}\"", formula::guard(cell).replace('"', "\"\""))
}
