//! What a request can be refused for, and how that is said: the only place that knows status codes.
//!
//! A handler returns a [`Failure`]. It travels as an extension of its response; [`present`] turns it into a page for people or
//! into `application/problem+json` (RFC 9457) for programs, by the path that was asked for.

mod directory;

pub use directory::{ScimError, scim, scim_answer, scim_nothing};

use crate::state::App;
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::Serialize;

/// Why a request was refused; each has a page at `/problems/{code}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// There is no such page or record, or it may not be seen.
    NotFound,
    /// A program came without a token, or with one that does not work.
    NotSignedIn,
    /// A filter, a date or a number could not be read.
    InvalidParameter,
    /// A cursor is not one of ours.
    InvalidCursor,
    /// A form that is not whole, or no longer fits what stands.
    InvalidForm,
    /// Somebody else wrote the same record at the same moment.
    Overtaken,
    /// The request came from another site's page, or may not be made at all.
    Forbidden,
    /// The address does not take this method.
    MethodNotAllowed,
    /// Too many requests from one address.
    TooManyRequests,
    /// The request took too long.
    Timeout,
    /// As many files as this server makes or reads at once are in the making.
    Busy,
    /// The request is larger than any this server takes.
    TooLarge,
    /// A fault of ours.
    Internal,
}

impl Code {
    /// All of them, for the pages that explain them.
    pub const ALL: [Code; 13] = [
        Code::NotFound,
        Code::NotSignedIn,
        Code::InvalidParameter,
        Code::InvalidCursor,
        Code::InvalidForm,
        Code::Overtaken,
        Code::Forbidden,
        Code::MethodNotAllowed,
        Code::TooManyRequests,
        Code::Timeout,
        Code::Busy,
        Code::TooLarge,
        Code::Internal,
    ];

    /// Its name in addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Code::NotFound => "not-found",
            Code::NotSignedIn => "not-signed-in",
            Code::InvalidParameter => "invalid-parameter",
            Code::InvalidCursor => "invalid-cursor",
            Code::InvalidForm => "invalid-form",
            Code::Overtaken => "overtaken",
            Code::Forbidden => "forbidden",
            Code::MethodNotAllowed => "method-not-allowed",
            Code::TooManyRequests => "too-many-requests",
            Code::Timeout => "timeout",
            Code::Busy => "busy",
            Code::TooLarge => "too-large",
            Code::Internal => "internal",
        }
    }

    /// The HTTP status it is sent with.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Code::NotFound => StatusCode::NOT_FOUND,
            Code::NotSignedIn => StatusCode::UNAUTHORIZED,
            Code::InvalidParameter | Code::InvalidCursor | Code::InvalidForm => StatusCode::BAD_REQUEST,
            Code::Overtaken => StatusCode::CONFLICT,
            Code::Forbidden => StatusCode::FORBIDDEN,
            Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Code::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Code::Timeout | Code::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// In how many seconds to come again, where waiting is all it takes.
    fn again_in(self) -> Option<u16> {
        (self == Code::Busy).then_some(30)
    }

    /// A short title.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Code::NotFound => "Page not found",
            Code::NotSignedIn => "A token is needed",
            Code::InvalidParameter => "There is a problem with the address",
            Code::InvalidCursor => "This page of the list is no longer there",
            Code::InvalidForm => "There is a problem with the form",
            Code::Overtaken => "Somebody else was faster",
            Code::Forbidden => "You cannot do this here",
            Code::MethodNotAllowed => "This page cannot be opened like that",
            Code::TooManyRequests => "Too many requests",
            Code::Timeout => "This took too long",
            Code::Busy => "Too many files at once",
            Code::TooLarge => "What you sent is too large",
            Code::Internal => "Sorry, there is a problem with the service",
        }
    }

    /// What happened and what to do, in a few plain sentences.
    #[must_use]
    pub fn explanation(self) -> &'static str {
        match self {
            Code::NotFound => {
                "If you typed the address, check that it is correct. If you followed a link, the record may have been removed or merged with another."
            }
            Code::NotSignedIn => {
                "Send a token that you made on the page of your account, as 'Authorization: Bearer ct_…'. A token stops working when it has expired, when you take it back, and when you no longer act for its organisation."
            }
            Code::InvalidParameter => {
                "One of the filters in the address has a value that cannot be read, such as a date that does not exist. Dates are written as 2027-03-31, sums as whole pounds."
            }
            Code::InvalidForm => {
                "What you sent did not arrive whole, or its page was opened before something changed. Nothing was saved. Open the page of the form again, and send it from there."
            }
            Code::Overtaken => {
                "Somebody else changed the same thing at the moment when you saved. Nothing that you sent was saved. Open its page again, look at what they changed, and send what you still want from there."
            }
            Code::InvalidCursor => "A cursor is given by the list itself, in 'next'. Start the list again from its beginning.",
            Code::Forbidden => {
                "The request did not come from a page of this service. Open the service's own page and try again from there."
            }
            Code::MethodNotAllowed => {
                "The address only takes what a form sends. Go back to the page that you came from, and use its button. Programs read the public register with GET and HEAD."
            }
            Code::TooManyRequests => {
                "This server limits how many requests one address may make. Wait a minute, then go on more slowly; for everything at once, take the CSV or JSON Lines file of the list."
            }
            Code::Timeout => "The server is busy. Try again in a moment.",
            Code::Busy => {
                "Others are taking or sending files, and this server makes and reads only a few at once, so that its pages stay quick. Nothing was changed. Try again in half a minute."
            }
            Code::TooLarge => "Nothing was changed. If it was a file, send a smaller one, or send it in parts.",
            Code::Internal => {
                "Try again later. Nothing you did caused this, and nothing was lost. Whoever runs this server can find the fault in its log by the request number."
            }
        }
    }
}

/// A refusal with what in particular was wrong.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Why.
    pub code: Code,
    /// What in particular; shown to whoever asked, so it holds nothing private.
    pub detail: Option<String>,
}

impl Failure {
    /// Nothing there, or nothing that may be seen: the two answer alike.
    #[must_use]
    pub fn not_found() -> Self {
        Self { code: Code::NotFound, detail: None }
    }

    /// A parameter that cannot be read, and what would be right.
    #[must_use]
    pub fn parameter(detail: impl Into<String>) -> Self {
        Self { code: Code::InvalidParameter, detail: Some(detail.into()) }
    }

    /// A form that is not whole or out of date, and what to do.
    #[must_use]
    pub fn form(detail: impl Into<String>) -> Self {
        Self { code: Code::InvalidForm, detail: Some(detail.into()) }
    }

    /// A failure of another kind.
    #[must_use]
    pub fn of(code: Code) -> Self {
        Self { code, detail: None }
    }
}

/// Whether another wrote what a request rests on between its reading and its writing, so that the database refused it: a record that
/// changed, or a name, address or account that was free; or ended one of two that waited for each other.
fn overtaken(error: &(dyn std::error::Error + 'static)) -> bool {
    error.downcast_ref::<store::Error>().is_some_and(store::Error::is_overtaken)
}

impl<E: std::error::Error + 'static> From<E> for Failure {
    /// A fault of ours: logged in full, shown without any of it. That two wrote at once is nobody's fault, and is said.
    fn from(error: E) -> Self {
        if overtaken(&error) {
            tracing::warn!(error = %error, "two wrote at once");
            return Self::of(Code::Overtaken);
        }
        tracing::error!(error = %error, "a request failed");
        Self::of(Code::Internal)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.code.status();
        if let Some(seconds) = self.code.again_in() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// RFC 9457.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// An address that explains the problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// The problem in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What in particular was wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// Gives failed responses their body: a page, or a problem document for the API.
pub async fn present(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let head = request.method() == axum::http::Method::HEAD;
    let says = (app.pages.listen)(&mut request);
    let response = next.run(request).await;
    if response.extensions().get::<Presented>().is_some() {
        return response;
    }
    let failure = match response.extensions().get::<Failure>() {
        Some(failure) => failure.clone(),
        // A layer or an extractor refused: its status says which of our failures it is.
        None => match of_status(response.status()) {
            Some(code) => Failure::of(code),
            None => return response,
        },
    };
    let kept = [header::ALLOW, header::RETRY_AFTER].map(|name| response.headers().get(&name).cloned().map(|value| (name, value)));
    let (body, content_type) = if for_programs(&path) {
        let problem = Problem {
            kind: format!("/problems/{}", failure.code.as_str()),
            title: failure.code.title().to_owned(),
            status: failure.code.status().as_u16(),
            detail: failure.detail,
        };
        (serde_json::to_vec(&problem).unwrap_or_default(), "application/problem+json")
    } else {
        (says(&app, &failure, &path).into_bytes(), "text/html; charset=utf-8")
    };
    let mut answer = Response::new(if head { Body::empty() } else { Body::from(body) });
    *answer.status_mut() = failure.code.status();
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for (name, value) in kept.into_iter().flatten() {
        answer.headers_mut().insert(name, value);
    }
    answer
}

/// A page that says why what was asked does not fit how things stand: a step skipped or made before, a text that moved on while
/// it was read. Nothing was stored, and what was typed stands in the page (409, RFC 9110 15.5.10; ASVS 5.0 2.3.1 and 15.4.2).
#[must_use]
pub fn conflict(mut page: Response) -> Response {
    *page.status_mut() = StatusCode::CONFLICT;
    page.extensions_mut().insert(Presented);
    page
}

/// A response that has its body already; [`present`] leaves it alone.
#[derive(Clone, Copy, Debug)]
struct Presented;

fn of_status(status: StatusCode) -> Option<Code> {
    match status {
        StatusCode::UNAUTHORIZED => Some(Code::NotSignedIn),
        StatusCode::FORBIDDEN => Some(Code::Forbidden),
        StatusCode::NOT_FOUND => Some(Code::NotFound),
        StatusCode::METHOD_NOT_ALLOWED => Some(Code::MethodNotAllowed),
        StatusCode::PAYLOAD_TOO_LARGE => Some(Code::TooLarge),
        StatusCode::REQUEST_TIMEOUT => Some(Code::Timeout),
        StatusCode::TOO_MANY_REQUESTS => Some(Code::TooManyRequests),
        status if status.is_client_error() => Some(Code::InvalidParameter),
        status if status.is_server_error() => Some(Code::Internal),
        _ => None,
    }
}

fn for_programs(path: &str) -> bool {
    path.starts_with("/api/")
        || path.starts_with("/ocds/")
        || path.starts_with("/health/")
        || path.starts_with("/scim/")
        || path == "/data.json"
}
