//! What was typed when the session had ended: given back after signing in, to be sent again or copied (R11).

use crate::{
    error::Failure,
    state::App,
    web::{
        access::HELD,
        form::Form,
        page,
        people::go,
        query::Params,
        session::{Caller, token_hash},
    },
};
use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use domain::people::sign_in::next::is_local;
use serde::Serialize;

#[derive(Serialize)]
struct View {
    action: String,
    fields: Vec<Field>,
    texts: Vec<String>,
}

#[derive(Serialize)]
struct Field {
    name: String,
    value: String,
}

/// Fields that the form carries for itself, which nobody typed.
const SILENT: [&str; 3] = ["command", "version", "next"];

/// The page; where nothing is held any more, the start.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, caller: Caller, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    caller.signed_in()?;
    let params = Params::parse(query.as_deref().unwrap_or_default())?;
    let token = params.one("token").unwrap_or_default();
    let held = app.store.held_form(&token_hash(token), app.clock.now() - HELD).await?;
    let Some((action, body)) = held.filter(|(action, _)| is_local(action)) else { return Ok(go("/work")) };
    let form = Form::parse(body.as_bytes())?;
    let fields: Vec<Field> =
        form.fields().map(|(name, value)| Field { name: name.to_owned(), value: value.to_owned() }).collect();
    let texts = fields
        .iter()
        .filter(|field| !SILENT.contains(&field.name.as_str()) && !field.value.trim().is_empty())
        .map(|field| field.value.clone())
        .collect();
    let frame = page::frame(&app, "Your text is still here", None);
    Ok(page::render(&app, "people/sign_in/held.html", &frame, View { action, fields, texts })?.into_response())
}
