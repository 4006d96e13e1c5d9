//! What stands around every route: conditional requests, security headers, limits, request numbers, logging.

use super::{
    limits::{self, Counter},
    register::merged,
    session,
};
use crate::{api::v1::LISTS, error, state::App};
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
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
        return answer(&app, request, next).await;
    }
    let tag = tag(&app, request.uri());
    let (same, any) = asked(request.headers(), &tag);
    let mut response = if same { StatusCode::NOT_MODIFIED.into_response() } else { answer(&app, request, next).await };
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

/// A page's address with `.json`, `.csv` and so on leads to the same list, or record, in the API; one that names what was merged
/// into another leads to that.
async fn answer(app: &App, request: Request, next: Next) -> Response {
    if let Some(target) = data_address(request.uri()) {
        return Redirect::temporary(&target).into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let uri = request.uri().clone();
    match merged::with_filters(app, &uri).await {
        Ok(Some(target)) => return Redirect::temporary(&target).into_response(),
        Ok(None) => {}
        Err(error) => tracing::warn!(%error, "what was merged could not be looked up"),
    }
    merged::instead(app, &uri, next.run(request).await).await
}

fn data_address(uri: &Uri) -> Option<String> {
    let (stem, suffix) = uri.path().rsplit_once('.')?;
    let asked = uri.query().unwrap_or_default();
    let mut parts = stem.strip_prefix('/')?.split('/');
    let (list, record) = match (parts.next()?, parts.next()) {
        // What the timeline draws are contracts.
        ("timeline", None) => ("contracts", None),
        // The matrix has files of its own; what it draws are systems, which the API gives as a list of its service areas.
        ("matrix", None) if matches!(suffix, "json" | "csv") => {
            return Some(format!("/matrix/cells.{suffix}{}", query(asked, &shapes)));
        }
        ("matrix", None) if asked.split('&').any(|pair| pair.starts_with("service_area=")) => ("systems", None),
        both => both,
    };
    if !LISTS.contains(&list) || parts.next().is_some() {
        return None;
    }
    let query = shared(asked);
    match (record, suffix) {
        (Some(record), "ics" | "atom") if list == "contracts" && !record.is_empty() => {
            Some(format!("/api/v1/{list}/{record}.{suffix}{query}"))
        }
        (None, "ics") if matches!(list, "contracts" | "planned-procurements") => Some(format!("/api/v1/{list}.ics{query}")),
        (None, "atom") if matches!(list, "contracts" | "planned-procurements" | "systems") => {
            Some(format!("/api/v1/{list}.atom{query}"))
        }
        (Some(record), "json") if !record.is_empty() => Some(format!("/api/v1/{list}/{record}{query}")),
        (None, "json") => Some(format!("/api/v1/{list}{query}")),
        (None, "csv" | "jsonl" | "xlsx" | "parquet") => Some(format!("/api/v1/{list}.{suffix}{query}")),
        _ => None,
    }
}

/// Whether a pair of a query only shapes a page.
fn shapes(pair: &str) -> bool {
    matches!(pair.split('=').next().unwrap_or_default(), "page" | "no_page" | "all" | "years" | "mark")
}

/// What a page's query shares with the API's: all but what only shapes the page.
fn shared(asked: &str) -> String {
    query(asked, &|pair| shapes(pair) || pair == "service_area=all")
}

/// A query without some of its pairs.
fn query(asked: &str, without: &dyn Fn(&str) -> bool) -> String {
    let pairs: Vec<&str> = asked.split('&').filter(|pair| !pair.is_empty() && !without(pair)).collect();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
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

    #[test]
    fn a_pages_address_with_a_format_leads_to_the_api() {
        let leads = |address: &str| data_address(&address.parse().unwrap());
        assert_eq!(leads("/contracts.json?q=a").as_deref(), Some("/api/v1/contracts?q=a"));
        assert_eq!(leads("/contracts.csv").as_deref(), Some("/api/v1/contracts.csv"));
        assert_eq!(leads("/organisations/camden.json").as_deref(), Some("/api/v1/organisations/camden"));
        assert_eq!(leads("/contracts.ics?status=current").as_deref(), Some("/api/v1/contracts.ics?status=current"));
        assert_eq!(leads("/contracts/1.atom").as_deref(), Some("/api/v1/contracts/1.atom"));
        assert_eq!(leads("/contracts.csv?page=2&q=a%20b&all=supplier").as_deref(), Some("/api/v1/contracts.csv?q=a%20b"));
        assert_eq!(leads("/contracts.json?page=2").as_deref(), Some("/api/v1/contracts"));
        assert_eq!(
            leads("/timeline.csv?years=8&organisation=camden").as_deref(),
            Some("/api/v1/contracts.csv?organisation=camden")
        );
        assert_eq!(leads("/matrix.json").as_deref(), Some("/matrix/cells.json"));
        assert_eq!(leads("/matrix.csv?service_area=all&mark=camden").as_deref(), Some("/matrix/cells.csv?service_area=all"));
        assert_eq!(leads("/matrix.xlsx?service_area=all").as_deref(), Some("/api/v1/systems.xlsx"));
        assert_eq!(leads("/matrix.xlsx"), None, "the page shows some service areas, the API's list all");
        assert_eq!(leads("/matrix/camden.json"), None);
        assert_eq!(leads("/products.ics"), None);
        assert_eq!(leads("/api/v1/contracts.csv"), None);
        assert_eq!(leads("/contracts/a/b.json"), None);
        assert_eq!(leads("//host/contracts.json"), None);
    }
}
