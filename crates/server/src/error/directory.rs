//! Answers and refusals to an organisation's directory, in the shape of SCIM (RFC 7644).

use super::Presented;
use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};

/// Why a request of an organisation's directory was refused (SCIM, RFC 7644, 3.12).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScimError {
    /// No token, or none that is valid.
    Unauthorised,
    /// Nothing there, or nothing that may be seen.
    NotFound,
    /// The body cannot be read.
    InvalidSyntax,
    /// A filter of another kind.
    InvalidFilter,
    /// An attribute that is none.
    InvalidPath,
    /// An attribute's value.
    InvalidValue,
    /// The name is taken.
    Uniqueness,
    /// Others change the same at this moment.
    Conflict,
    /// Too many tokens that are none.
    TooOften,
    /// A fault of ours.
    Internal,
}

impl ScimError {
    fn status(self) -> StatusCode {
        match self {
            ScimError::Unauthorised => StatusCode::UNAUTHORIZED,
            ScimError::NotFound => StatusCode::NOT_FOUND,
            ScimError::Uniqueness | ScimError::Conflict => StatusCode::CONFLICT,
            ScimError::TooOften => StatusCode::TOO_MANY_REQUESTS,
            ScimError::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            ScimError::InvalidSyntax | ScimError::InvalidFilter | ScimError::InvalidPath | ScimError::InvalidValue => {
                StatusCode::BAD_REQUEST
            }
        }
    }

    fn kind(self) -> Option<&'static str> {
        match self {
            ScimError::InvalidSyntax => Some("invalidSyntax"),
            ScimError::InvalidFilter => Some("invalidFilter"),
            ScimError::InvalidPath => Some("invalidPath"),
            ScimError::InvalidValue => Some("invalidValue"),
            ScimError::Uniqueness => Some("uniqueness"),
            ScimError::Unauthorised | ScimError::NotFound | ScimError::Conflict | ScimError::TooOften | ScimError::Internal => {
                None
            }
        }
    }
}

/// A refusal to an organisation's directory.
#[must_use]
pub fn scim(error: ScimError, detail: &str) -> Response {
    let mut body = serde_json::json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": error.status().as_u16().to_string(), "detail": detail,
    });
    if let Some(kind) = error.kind() {
        body["scimType"] = serde_json::json!(kind);
    }
    let mut response = scim_body(error.status(), &body);
    if error == ScimError::Unauthorised {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// An answer to an organisation's directory; `made` says that it is about something new.
#[must_use]
pub fn scim_answer(made: bool, body: &serde_json::Value) -> Response {
    let mut response = scim_body(if made { StatusCode::CREATED } else { StatusCode::OK }, body);
    let location = body.get("meta").and_then(|meta| meta.get("location")).and_then(serde_json::Value::as_str);
    if let Some(location) = location.filter(|_| made).and_then(|location| HeaderValue::from_str(location).ok()) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// Done, with nothing to say.
#[must_use]
pub fn scim_nothing() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

fn scim_body(status: StatusCode, body: &serde_json::Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.extensions_mut().insert(Presented);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/scim+json"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
