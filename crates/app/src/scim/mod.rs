//! SCIM 2.0 (RFC 7643, RFC 7644): an organisation's directory says who joins and who leaves.
//!
//! A *user* is a person with a place at the organisation whose token it is; of other organisations' people nothing is seen. A
//! *group* is a role; deleting one takes it from everybody. Deactivating or deleting a user takes the place away, and with it, at once,
//! sessions, tokens for programs and calendars. The id of a user is the directory's for good: whoever takes the invitation up with an
//! account that they had, or is named under another address before that, is the same user under the same id. Who joins, or comes back, is a viewer; they are invited by mail and accept by signing in: by the invitation's link, with
//! a code where they have no place elsewhere, or through the organisation's own provider (with Entra ID at once, where the
//! directory's `externalId` is the object id that it vouches for). Until then the directory sees the name that it gave itself, and
//! ends nothing but the place. A directory may change a person's name and address only once they have accepted their place, and where
//! they never acted for another organisation (`domain::people::naming::voice`): otherwise one organisation could take over another's
//! account, also of somebody who left it.
//!
//! | module | what lives there |
//! |---|---|
//! | [`filter`] | `userName eq "…"`, and the names of attributes |
//! | [`patch`] | operations of a PATCH, as Entra and Okta send them |
//! | [`resource`] | users and groups as JSON |
//! | [`joining`] | somebody joins |
//! | [`users`], [`groups`] | the other endpoints of users; those of groups |
//! | [`about`] | what this server can do |
//! | `readdress` | a user who is named under another address before they took their place up |
//! | `known` | the users of a directory, as the database or an open transaction sees them |
//! | [`leaderless`] | word to the hub when a directory takes away an organisation's last administrator |
//! | [`word`] | word to a person of what a directory changed of their account |
//! | [`tokens`] | the page where an administrator makes a token |

#![expect(clippy::result_large_err, reason = "what stands in for an error here is the answer itself, made once and sent")]

pub mod about;
pub mod filter;
pub mod groups;
pub mod joining;
mod known;
mod leaderless;
pub mod patch;
mod readdress;
pub mod resource;
pub mod tokens;
pub mod users;
mod word;

#[cfg(test)]
mod tests;

use crate::{
    error::{self, Failure, ScimError},
    mail::letter::digest,
    state::App,
    web::{
        routes::{Route, Who},
        session::{Caller, bearer, wait},
    },
};
use axum::{
    body::Bytes,
    extract::FromRequestParts,
    http::{Method, header, request::Parts},
    response::Response,
};
use domain::{
    people::{
        Role, Scope,
        sign_in::limit::{TOKENS_PER_ADDRESS, TooOften, subject},
    },
    register::ids::OrganisationId,
};
use serde_json::Value as Json;
use store::scim::ScimToken;

/// The routes of this subject.
#[must_use]
pub fn routes() -> Vec<Route> {
    use Who::Token;
    let administrators = Who::Holds(&[Role::Administrator]);
    vec![
        Route::get("/scim/v2/ServiceProviderConfig", Token, about::config),
        Route::get("/scim/v2/ResourceTypes", Token, about::resource_types),
        Route::get("/scim/v2/Schemas", Token, about::schemas),
        Route::get("/scim/v2/Users", Token, users::list),
        Route::post("/scim/v2/Users", Token, joining::create),
        Route::get("/scim/v2/Users/{id}", Token, users::one),
        Route::of(Method::PUT, "/scim/v2/Users/{id}", Token, users::replace),
        Route::of(Method::PATCH, "/scim/v2/Users/{id}", Token, users::patch),
        Route::of(Method::DELETE, "/scim/v2/Users/{id}", Token, users::delete),
        Route::get("/scim/v2/Groups", Token, groups::list),
        Route::post("/scim/v2/Groups", Token, groups::create),
        Route::get("/scim/v2/Groups/{id}", Token, groups::one),
        Route::of(Method::PUT, "/scim/v2/Groups/{id}", Token, groups::replace),
        Route::of(Method::PATCH, "/scim/v2/Groups/{id}", Token, groups::patch),
        Route::of(Method::DELETE, "/scim/v2/Groups/{id}", Token, groups::delete),
        Route::get("/account/provisioning", administrators, tokens::page),
        Route::post("/account/provisioning", administrators, tokens::add),
        Route::post("/account/provisioning/{id}/revoke", administrators, tokens::revoke),
    ]
}

/// The directory that asks, by its token.
pub struct Directory {
    /// Whose people it may see and change.
    pub organisation: OrganisationId,
    /// In whose name it writes.
    pub scope: Scope,
}

impl FromRequestParts<App> for Directory {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Some(token) = bearer(&parts.headers) else {
            return Err(error::scim(ScimError::Unauthorised, "a bearer token is needed"));
        };
        let address = parts.extensions.get::<Caller>().map(|caller| caller.address.clone()).unwrap_or_default();
        let now = app.clock.now();
        match of_token(app, token, &address, now).await {
            Ok(Ok(Some(found))) if found.works(now) => {
                Ok(Self { organisation: found.organisation, scope: Scope::Job { name: "scim".to_owned() } })
            }
            Ok(Ok(_)) => Err(error::scim(ScimError::Unauthorised, "the token is not valid")),
            Ok(Err(refused)) => {
                let mut response = error::scim(ScimError::TooOften, "too many tokens that are not valid came from this address");
                response.headers_mut().insert(header::RETRY_AFTER, wait(refused, now));
                Err(response)
            }
            Err(failure) => Err(fault(&failure)),
        }
    }
}

/// A token of ours, ended or not. As in the API, one that is none counts against the address, and once there were too many, none
/// is looked at for a while.
async fn of_token(app: &App, token: &str, address: &str, now: i64) -> Result<Result<Option<ScimToken>, TooOften>, store::Error> {
    let network = subject("address", address);
    if let Err(refused) = app.store.heard(TOKENS_PER_ADDRESS, &network, now).await? {
        return Ok(Err(refused));
    }
    match app.store.scim_token(digest(token), now).await? {
        Some(found) => Ok(Ok(Some(found))),
        None => Ok(app.store.attempt(&[(TOKENS_PER_ADDRESS, network.as_str())], now).await?.map(|()| None)),
    }
}

/// A fault of ours: logged in full, shown without any of it.
fn fault(failure: &store::Error) -> Response {
    tracing::error!(error = %failure, "a SCIM request failed");
    error::scim(ScimError::Internal, "the service has a fault; try again later")
}

/// The same of what was logged already.
fn failed(_: Failure) -> Response {
    error::scim(ScimError::Internal, "the service has a fault; try again later")
}

/// A body as JSON.
fn json(body: &Bytes) -> Result<Json, Response> {
    serde_json::from_slice(body).map_err(|_| error::scim(ScimError::InvalidSyntax, "the body is not JSON"))
}

/// How often a change is tried that another of the same moment went before: directories send several of a person at once.
const TRIES: usize = 5;

/// Why nothing changed.
enum Failed {
    /// The answer that says so.
    Refused(Response),
    /// The database.
    Store(store::Error),
}

impl Failed {
    /// Whether somebody else wrote what this rests on, so that another try may stand: a record changed since, or a name or address
    /// that was free; or each held what the other wanted.
    fn is_overtaken(&self) -> bool {
        match self {
            Failed::Refused(_) => false,
            Failed::Store(error) => error.is_overtaken(),
        }
    }

    fn said(self) -> Response {
        match self {
            Failed::Refused(response) => response,
            Failed::Store(failure) if matches!(failure, store::Error::Conflict(..)) || failure.is_deadlock() => {
                error::scim(ScimError::Conflict, "other changes of the same people go on; try again")
            }
            Failed::Store(failure) if failure.constraint() == Some(store::error::Constraint::Unique) => {
                error::scim(ScimError::Uniqueness, "the name or address belongs to somebody else")
            }
            Failed::Store(failure) => fault(&failure),
        }
    }
}

impl From<store::Error> for Failed {
    fn from(error: store::Error) -> Self {
        Failed::Store(error)
    }
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        Failed::Refused(failed(failure))
    }
}

/// Which part of a list is asked for: from the first, counted from 1, and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    start: usize,
    count: usize,
}

/// The most resources of one answer.
const MOST: usize = 200;

impl Paging {
    /// Reads `startIndex` and `count`; what is too small or too large is brought within bounds (RFC 7644, 3.4.2.4).
    #[must_use]
    pub fn of(start: Option<i64>, count: Option<i64>) -> Self {
        let start = usize::try_from(start.unwrap_or(1).max(1)).unwrap_or(1);
        let count = usize::try_from(count.unwrap_or(100).max(0)).unwrap_or(0).min(MOST);
        Self { start, count }
    }

    /// A list's answer.
    #[must_use]
    pub fn answer(self, all: Vec<Json>) -> Json {
        let total = all.len();
        let page: Vec<Json> = all.into_iter().skip(self.start - 1).take(self.count).collect();
        serde_json::json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": total, "startIndex": self.start, "itemsPerPage": page.len(), "Resources": page,
        })
    }
}
