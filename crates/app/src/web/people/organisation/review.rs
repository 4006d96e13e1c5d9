//! The access review as CSV, for whoever has to show it: who can do what, last seen, second factor, and which programs act for
//! them or for the organisation's directory. Asked for by a form, since
//! its export is written down, and reading writes nothing.

use super::{
    managed,
    members::{Standing, directory_tokens, network_administrators, rows},
};
use crate::{
    error::Failure,
    state::App,
    web::{csv, form::Form, session::Caller},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::audit::Kind;
use serde_json::json;
use std::fmt::Write as _;

const HEADER: [&str; 13] = [
    "name",
    "email",
    "standing",
    "since",
    "roles",
    "deputy for",
    "services",
    "second factor",
    "lacks second factor",
    "last seen",
    "open sessions",
    "tokens",
    "calendars",
];

/// The file.
///
/// # Errors
/// Not found for those who do not manage these members.
pub async fn file(State(app): State<App>, caller: Caller, Path(slug): Path<String>, _: Form) -> Result<Response, Failure> {
    let organisation = managed(&app, &caller, &slug).await?;
    let rows = rows(&app, &caller, &organisation).await?;
    let mut lines: Vec<[String; HEADER.len()]> = Vec::new();
    for (standing, row) in &rows {
        let named = match standing {
            Standing::Active => "active",
            Standing::Invited => "invited",
            Standing::Revoked => "revoked",
        };
        let cells = [
            row.name.clone(),
            row.email.clone().unwrap_or_default(),
            named.to_owned(),
            row.since.clone(),
            row.roles.join("; "),
            row.deputy.join("; "),
            row.services.join("; "),
            row.second_factor.to_owned(),
            if row.lacks_second_factor { "yes" } else { "no" }.to_owned(),
            match standing {
                Standing::Active => row.last_seen.clone().unwrap_or_else(|| "never".to_owned()),
                Standing::Invited | Standing::Revoked => "not shown".to_owned(),
            },
            row.sessions.to_string(),
            row.tokens.to_string(),
            row.calendars.to_string(),
        ];
        lines.push(cells);
    }
    let network = network_administrators(&app, &organisation).await?;
    for name in &network {
        let mut cells: [String; HEADER.len()] = Default::default();
        cells[0].clone_from(name);
        cells[2] = "active".to_owned();
        cells[4] = "network administrator of the hub: can manage the people of every organisation".to_owned();
        lines.push(cells);
    }
    let tokens = directory_tokens(&app, &caller, organisation.id).await?;
    for token in &tokens {
        let mut name = "Token of the organisation’s directory".to_owned();
        if let Some(maker) = &token.made_by {
            let _ = write!(name, ", made by {maker}");
        }
        let mut cells: [String; HEADER.len()] = Default::default();
        cells[0] = name;
        cells[2] = if token.ended { "expired" } else { "active" }.to_owned();
        cells[3].clone_from(&token.made);
        cells[4] = match &token.until {
            Some(until) => format!("gives and takes places and roles, until {until}"),
            None => "gives and takes places and roles, without an end".to_owned(),
        };
        cells[9] = token.used.clone().unwrap_or_else(|| "never".to_owned());
        lines.push(cells);
    }
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    let content = json!({ "event": "exported", "what": "access review", "rows": lines.len() });
    write.event(Kind::Membership, organisation.id.0, Some(organisation.id.0), &content).await?;
    write.commit().await?;
    Ok(csv::file(&format!("access-review-{slug}.csv"), &HEADER, lines.into_iter().map(Vec::from)))
}
