//! `/api/me`: who a token acts for, so that a program can check its own token; and what a token is for: its organisation's own
//! register, with the records that are not public and what the organisation notes for itself.

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
use domain::{
    people::{Act, Member, Role, Via},
    register::records::{Contract, Skill, System},
};
use serde::Serialize;
use std::collections::HashMap;

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
    Ok(kept_nowhere(Json(me)))
}

fn kept_nowhere(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Whoever acts for an organisation whose own records they may see.
fn insider(caller: &Caller) -> Result<&Member, Failure> {
    let member = caller.member().ok_or_else(|| Failure::of(Code::NotSignedIn))?;
    if caller.may(&Act::SeePrivate(member.acting_for)) { Ok(member) } else { Err(Failure::not_found()) }
}

/// An organisation's own records. Ids are those of `/api/v1`.
#[derive(Serialize)]
struct Own<T> {
    organisation: String,
    total: usize,
    items: Vec<T>,
}

/// A contract as its organisation keeps it.
#[derive(Serialize)]
struct OwnContract {
    /// Whether the public register has it.
    public: bool,
    /// Who looks after it, by name.
    manager_name: Option<String>,
    #[serde(flatten)]
    record: Contract,
}

/// A system as its organisation keeps it.
#[derive(Serialize)]
struct OwnSystem {
    public: bool,
    #[serde(flatten)]
    record: System,
}

/// `/api/me/contracts`: all contracts that the organisation keeps, those that are not public too, with managers and notes.
///
/// # Errors
/// [`Code::NotSignedIn`] without a token that works; not found for whoever may not see the organisation's own records.
pub async fn contracts(State(app): State<App>, caller: Caller) -> Result<Response, Failure> {
    let organisation = insider(&caller)?.acting_for;
    let records: Vec<Contract> = app.store.by(&caller.scope, "organisation_id", organisation.to_string()).await?;
    let members = crate::web::register::edit::members::of(&app, &caller.scope, organisation).await?;
    let names: HashMap<_, _> = members.into_iter().map(|member| (member.person, member.name)).collect();
    let items: Vec<OwnContract> = records
        .into_iter()
        .map(|record| OwnContract {
            public: record.is_listed(),
            manager_name: record.manager.and_then(|person| names.get(&person).cloned()),
            record,
        })
        .collect();
    let organisation = organisation_name(&app, organisation).await?;
    Ok(kept_nowhere(Json(Own { organisation, total: items.len(), items })))
}

/// `/api/me/systems`: all systems that the organisation keeps, those that are not public too, with notes and satisfaction.
///
/// # Errors
/// As [`contracts`].
pub async fn systems(State(app): State<App>, caller: Caller) -> Result<Response, Failure> {
    let organisation = insider(&caller)?.acting_for;
    let records: Vec<System> = app.store.by(&caller.scope, "organisation_id", organisation.to_string()).await?;
    let items: Vec<OwnSystem> = records.into_iter().map(|record| OwnSystem { public: record.published, record }).collect();
    let organisation = organisation_name(&app, organisation).await?;
    Ok(kept_nowhere(Json(Own { organisation, total: items.len(), items })))
}

/// `/api/me/skills`: the organisation's skills.
///
/// # Errors
/// As [`contracts`].
pub async fn skills(State(app): State<App>, caller: Caller) -> Result<Response, Failure> {
    let organisation = insider(&caller)?.acting_for;
    let items: Vec<Skill> = app.store.by(&caller.scope, "organisation_id", organisation.to_string()).await?;
    let organisation = organisation_name(&app, organisation).await?;
    Ok(kept_nowhere(Json(Own { organisation, total: items.len(), items })))
}
