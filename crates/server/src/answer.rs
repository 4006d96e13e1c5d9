//! What an answer of the public API is sent as.

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};

/// Sends what was written as JSON; any page of another site may read it.
#[must_use]
pub fn json(written: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(written));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}
