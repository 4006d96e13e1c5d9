//! The style sheet, scripts and images, under addresses that change with their content.

use crate::error::Failure;
use axum::{
    body::Body,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// `/assets/{hash}/{name}`: kept by browsers for a year.
///
/// # Errors
/// Not found for a name or hash of another build.
pub async fn file(Path((hash, name)): Path<(String, String)>, headers: HeaderMap) -> Result<Response, Failure> {
    let asset = govuk::assets::get(&format!("{hash}/{name}")).ok_or_else(Failure::not_found)?;
    let etag = HeaderValue::from_str(asset.etag).map_err(|_| Failure::not_found())?;
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| *known == etag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let gzip = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').any(|one| one.trim().split(';').next() == Some("gzip")));
    let mut response = Response::new(Body::from(if gzip { asset.gzip } else { asset.bytes }));
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    let keep = if asset.immutable { "public, max-age=31536000, immutable" } else { "public, no-cache" };
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    out.insert(header::ETAG, etag);
    if gzip {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(response)
}

/// Browsers that ask for `/favicon.ico` get the drawing that every page names.
pub async fn favicon() -> axum::response::Redirect {
    axum::response::Redirect::permanent(govuk::assets::url("favicon.svg").unwrap_or_default())
}

/// Everything here may be read; lists with filters need no crawling.
pub async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /search\nDisallow: /*?\n"
}
