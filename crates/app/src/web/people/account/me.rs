//! `/api/me`: who a token acts for, so that a program can check its own token.

use crate::{
    error::{Code, Failure},
    state::App,
    web::{people::organisation_name, session::Caller},
};
use axum::{
    Json,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::people::{Role, Via};
use serde::Serialize;

#[derive(Serialize)]
struct Me {
    name: String,
    organisation: String,
    roles: Vec<&'static str>,
    writes: bool,
}

/// Whose token it is, for which organisation, with which roles, and whether it may write.
///
/// # Errors
/// [`Code::NotSignedIn`] without a token that works.
pub async fn me(State(app): State<App>, caller: Caller) -> Result<Response, Failure> {
    let member = caller.member().ok_or_else(|| Failure::of(Code::NotSignedIn))?;
    let me = Me {
        name: member.name.clone(),
        organisation: organisation_name(&app, member.acting_for).await?,
        roles: Role::ALL.into_iter().filter(|role| member.holds(member.acting_for, *role)).map(Role::as_str).collect(),
        writes: matches!(member.via, Via::Session(_)),
    };
    let mut response = Json(me).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
