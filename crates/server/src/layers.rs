//! What stands around every route: conditional requests, security headers, limits, request numbers, logging.

use crate::{
    error,
    leads::leads,
    limits::{self, Counter},
    session,
    state::App,
};
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::LazyLock,
    time::Duration,
};
use tower::{ServiceBuilder, util::MapResponseLayer};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionBody, CompressionLayer,
        predicate::{DefaultPredicate, NotForContentType, Predicate},
    },
    csrf::CsrfLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    trace::TraceLayer,
};

/// How long a request may take, when its body is short.
const LONGEST: Duration = Duration::from_secs(30);
/// The slowest line on which a long body is waited for, in bytes a second.
const SLOWEST: u64 = 1 << 20;
/// How long the longest body may take.
const LONGEST_BODY: Duration = Duration::from_secs(300);

/// How long a request may take whose body says that it has so many bytes.
fn longest(length: Option<u64>) -> Duration {
    LONGEST + Duration::from_secs(length.unwrap_or(0) / SLOWEST).min(LONGEST_BODY)
}

/// Whether a request takes a whole import or merge back, or imports a file that was sent before: as much work as the longest body
/// brings, asked for in a short one. What is given up is undone whole, so another press would begin anew and never end either.
fn works_long(method: &Method, path: &str) -> bool {
    if *method != Method::POST {
        return false;
    }
    let mut parts = path.trim_start_matches('/').split('/');
    matches!(
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next()),
        (Some("organisations"), Some(_), Some("imports"), Some(_), Some("undo"))
            | (Some("organisations"), Some(_), Some("import"), Some(_), None)
            | (Some("curate"), Some("merges"), Some(_), Some("undo"), None)
    )
}

/// Gives up what takes too long.
async fn in_time(request: Request, next: Next) -> Response {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let method = request.method().clone();
    let more = if works_long(request.method(), request.uri().path()) { LONGEST_BODY } else { Duration::ZERO };
    match tokio::time::timeout(longest(length) + more, next.run(request)).await {
        Ok(response) => response,
        Err(_) => too_long(&method).into_response(),
    }
}

/// What is said of a request that took too long: of one that writes, whether it is saved, and what to do.
fn too_long(method: &Method) -> error::Failure {
    let waited = "What you sent is probably not saved: another change is being written, such as the import of a large file, which can \
                  take some minutes. Wait a little, then go back and press the button again: nothing is saved twice.";
    let detail = (!method.is_safe()).then(|| waited.to_owned());
    error::Failure { code: error::Code::Timeout, detail }
}

/// Puts the layers around the router. The last one added is the first to see a request.
pub fn around(router: Router<App>, app: App) -> Router {
    let compress = DefaultPredicate::new().and(NotForContentType::const_new("application/vnd.openxmlformats"));
    // What stands around a router is boxed and copied for each request: what can be one piece is, and what is off is not there.
    let outermost = ServiceBuilder::new()
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(TraceLayer::new_for_http().make_span_with(|request: &Request| {
            let id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
            tracing::info_span!("request", method = %request.method(), path = request.uri().path(), id)
        }))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(MapResponseLayer::new(security_headers::<CompressionBody<Body>>))
        .layer(CompressionLayer::new().compress_when(compress));
    let mut router = router.layer(middleware::from_fn_with_state(app.clone(), conditional)).layer(CsrfLayer::new());
    if app.limits.a_minute.is_some() {
        router = router.layer(middleware::from_fn_with_state(Counter::new(app.limits), limits::limit));
    }
    router
        .layer(middleware::from_fn(in_time))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(app.clone(), session::refuse_guesses))
        .layer(middleware::from_fn_with_state(app.clone(), error::present))
        .layer(middleware::from_fn_with_state(app.clone(), session::identify))
        .layer(outermost)
        .with_state(app)
}

fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let reason = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(reason = reason.unwrap_or("unknown"), "a request panicked");
    axum::response::IntoResponse::into_response(error::Failure::of(error::Code::Internal))
}

/// The entity tag of an address: its path and query, the last public change's place in the log, the build, the day. Each address has
/// its own, so that the tag of one page never tells of another that nothing has changed there.
fn tag(app: &App, uri: &Uri) -> String {
    let snapshot = app.snapshot();
    let marked = if app.illustrative() { "i" } else { "" };
    let mut address = DefaultHasher::new();
    (uri.path(), uri.query()).hash(&mut address);
    let version = env!("CARGO_PKG_VERSION");
    format!("W/\"{}-{version}-{}{marked}-{:016x}\"", app.public_sequence(), snapshot.as_at(), address.finish())
}

/// Pages that depend on who asks even when nobody is signed in yet.
const NEVER_KEPT: [&str; 6] = ["/sign-in", "/sign-out", "/invitation", "/set-up", "/account", "/api/me"];

/// Answers 304 before any work is done, when the register has not changed since the client last asked. Whoever asks only whether
/// there is anything (`*`) is told so once it is found: what is not there, or leads elsewhere, is no page that has not changed
/// (RFC 9110, section 13.2.1).
async fn conditional(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let cached = matches!(*request.method(), Method::GET | Method::HEAD)
        && !path.starts_with("/assets/")
        && !path.starts_with("/health/")
        && path != "/metrics"
        && !NEVER_KEPT.iter().any(|beginning| path.starts_with(beginning))
        && !request.headers().contains_key(header::AUTHORIZATION)
        && session::cookie(request.headers(), session::COOKIE).is_none()
        && session::cookie(request.headers(), session::NOTICE).is_none();
    if !cached {
        return leads(&app, request, next).await;
    }
    let tag = tag(&app, request.uri());
    let (same, any) = asked(request.headers(), &tag);
    let mut response = if same { StatusCode::NOT_MODIFIED.into_response() } else { leads(&app, request, next).await };
    if any && response.status() == StatusCode::OK {
        response = StatusCode::NOT_MODIFIED.into_response();
    }
    if response.status() == StatusCode::OK || response.status() == StatusCode::NOT_MODIFIED {
        if let Ok(value) = HeaderValue::from_str(&tag) {
            response.headers_mut().insert(header::ETAG, value);
        }
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("public, no-cache"));
    }
    response
}

/// Whether a client knows an answer by its tag, and whether it asks for any at all.
fn asked(headers: &HeaderMap, tag: &str) -> (bool, bool) {
    let values = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let (mut same, mut any) = (false, false);
    for one in values.flat_map(|value| value.split(',')).map(str::trim) {
        same |= one.trim_start_matches("W/") == tag.trim_start_matches("W/");
        any |= one == "*";
    }
    (same, any)
}

/// The content security policy: everything from here, no inline style, the one inline script by its hash.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let policy = format!(
        "default-src 'none'; script-src 'self' '{}'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
         manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
        govuk::CSP_SCRIPT_HASH
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

fn security_headers<B>(mut response: Response<B>) -> Response<B> {
    let headers = response.headers_mut();
    // A file that somebody brought has a stricter policy of its own.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert_with(|| POLICY.clone());
    for (name, value) in [
        (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
        (header::VARY, "accept-encoding"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_save_that_waited_too_long_says_what_became_of_it_and_a_page_does_not() {
        assert!(too_long(&Method::POST).detail.is_some_and(|said| said.contains("nothing is saved twice")));
        assert_eq!(too_long(&Method::GET).detail, None);
    }

    #[test]
    fn taking_an_import_back_is_given_the_time_of_the_longest_body() {
        for path in ["/organisations/camden/imports/1/undo", "/curate/merges/1/undo", "/organisations/camden/import/1"] {
            assert!(works_long(&Method::POST, path), "{path}");
            assert!(!works_long(&Method::GET, path), "{path}");
        }
        for path in ["/organisations/camden/import", "/contracts/1/undo", "/curate/1", "/"] {
            assert!(!works_long(&Method::POST, path), "{path}");
        }
    }
}
