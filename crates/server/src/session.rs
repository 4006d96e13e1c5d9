//! Who is asking: the cookie of a signed-in browser, or a program's token, turned into a [`Caller`] once for each request.
//!
//! Handlers take a [`Caller`] and hand its scope to the store and to `domain::people::may`. The frame around pages shows who is
//! signed in without every handler passing it on: [`current`] is set for the length of a request.

use crate::{error::Failure, limits::asker, state::App};
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, Method, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    audit::hex,
    people::{
        Act, Member, Scope, Via, may, session,
        sign_in::limit::{TOKENS_PER_ADDRESS, TooOften, subject},
    },
    register::ids::OrganisationId,
};
use govuk::Notice;
use sha2::{Digest as _, Sha256};
use std::convert::Infallible;
use store::sessions::Session;

/// The cookie of a signed-in browser. `__Host-` makes browsers refuse it without `Secure`, with a domain or with a path.
pub const COOKIE: &str = "__Host-session";
/// The cookie that carries the words of the next page's banner.
pub const NOTICE: &str = "__Host-notice";

/// Whoever makes a request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// On whose behalf the request acts.
    pub scope: Scope,
    /// The signed-in browser, where it is one.
    pub session: Option<Session>,
    /// The address that the request came from.
    pub address: String,
    /// The banner of this page.
    pub notice: Option<Notice>,
}

tokio::task_local! {
    static CURRENT: Caller;
}

/// Who makes the request that is being answered; nobody outside of one.
#[must_use]
pub fn current() -> Option<Caller> {
    CURRENT.try_with(Clone::clone).ok()
}

impl Caller {
    /// Nobody in particular.
    #[must_use]
    pub fn anonymous(address: String) -> Self {
        Self { scope: Scope::Public, session: None, address, notice: None }
    }

    /// The member, where someone is signed in.
    #[must_use]
    pub fn member(&self) -> Option<&Member> {
        self.scope.member()
    }

    /// The member, for routes that only signed-in people reach.
    ///
    /// # Errors
    /// Not found for anyone else.
    pub fn signed_in(&self) -> Result<&Member, Failure> {
        self.member().ok_or_else(Failure::not_found)
    }

    /// The organisation acted for, for routes that only signed-in people reach.
    ///
    /// # Errors
    /// Not found for anyone else.
    pub fn acting_for(&self) -> Result<OrganisationId, Failure> {
        Ok(self.signed_in()?.acting_for)
    }

    /// The caller, acting for the organisation that a form was opened for (its hidden `organisation`): another tab may have begun
    /// to act for another since, and what the page said holds. Where a form names none, the caller acts for the session's.
    ///
    /// # Errors
    /// Not found for an organisation at which the person has no place any more.
    pub fn opened_for(&self, organisation: Option<&str>) -> Result<Self, Failure> {
        let Some(named) = organisation else { return Ok(self.clone()) };
        let organisation: OrganisationId = named.parse().map_err(|_| Failure::not_found())?;
        self.signed_in()?.at(organisation).ok_or_else(Failure::not_found)?;
        Ok(Self { scope: self.scope.acting_for(organisation), ..self.clone() })
    }

    /// Whether the caller may do something.
    #[must_use]
    pub fn may(&self, act: &Act<'_>) -> bool {
        may(&self.scope, act)
    }

    /// Lets only those pass who may do something.
    ///
    /// # Errors
    /// Not found for anyone else: what one may not use does not exist.
    pub fn must(&self, act: &Act<'_>) -> Result<(), Failure> {
        if self.may(act) { Ok(()) } else { Err(Failure::not_found()) }
    }

    /// Whether the person proved a short while ago who they are; asked before signing and before security changes.
    #[must_use]
    pub fn fresh(&self, now: i64) -> bool {
        self.member().is_some_and(|member| session::fresh(member.checked_at, now))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Caller>().cloned().unwrap_or_else(|| Caller::anonymous(String::new())))
    }
}

/// A new secret for a cookie or a link: 256 bits of the system's randomness, in letters that stand in addresses.
///
/// # Errors
/// When the system has no random numbers.
pub fn new_token() -> Result<String, Failure> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| {
        tracing::error!(%error, "no random numbers to be had");
        Failure::of(crate::error::Code::Internal)
    })?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What the database keeps of a secret: hexadecimal SHA-256.
#[must_use]
pub fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// The value of a cookie of a request.
#[must_use]
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

/// A `Set-Cookie` value: host-only, secure, out of scripts' reach, gone with the browser unless it lives for some seconds.
#[must_use]
pub fn set_cookie(name: &str, value: &str, seconds: Option<i64>) -> Option<HeaderValue> {
    let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    HeaderValue::from_str(&format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{age}")).ok()
}

/// Takes a cookie away from the browser.
#[must_use]
pub fn clear_cookie(name: &str) -> Option<HeaderValue> {
    set_cookie(name, "", Some(0))
}

/// Finds out who is asking, and runs the request for them. Answers to signed-in people are never kept by a cache.
pub async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let address = asker(&request, app.limits.behind_proxy).to_string();
    let now = app.clock.now();
    let path = request.uri().path();
    let found = match by_cookie(&app, request.headers(), &address, now).await {
        Ok(None) => match by_token(&app, request.headers(), path, &address, now).await {
            Ok(Ok(found)) => {
                if found.is_none() && path_takes_tokens(request.uri().path()) && bearer(request.headers()).is_some() {
                    request.extensions_mut().insert(NoToken);
                }
                Ok(found)
            }
            Ok(Err(refused)) => {
                request.extensions_mut().insert(refused);
                Ok(None)
            }
            Err(error) => Err(error),
        },
        found => found,
    };
    let mut caller = match found {
        Ok(Some(caller)) => caller,
        Ok(None) => Caller::anonymous(address),
        // Fail closed: without the database nobody is anybody.
        Err(error) => {
            tracing::error!(%error, "who is asking cannot be found out");
            Caller::anonymous(address)
        }
    };
    caller.notice = cookie(request.headers(), NOTICE).and_then(read_notice);
    let shows_notice = caller.notice.is_some() && *request.method() == Method::GET;
    let private = caller.member().is_some() || caller.notice.is_some() || cookie(request.headers(), COOKIE).is_some();
    request.extensions_mut().insert(caller.clone());
    let mut response = CURRENT.scope(caller, next.run(request)).await;
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.to_str().is_ok_and(|kind| kind.starts_with("text/html")));
    if shows_notice
        && is_page
        && let Some(gone) = clear_cookie(NOTICE)
    {
        response.headers_mut().append(header::SET_COOKIE, gone);
    }
    if private || response.headers().contains_key(header::SET_COOKIE) {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response.headers_mut().remove(header::ETAG);
    }
    response
}

/// What stands before the words in the cookie of a banner that says that nothing was saved.
const NOTHING_SAVED: &str = "0.";

fn read_notice(value: &str) -> Option<Notice> {
    let (words, saved) = value.strip_prefix(NOTHING_SAVED).map_or((value, true), |words| (words, false));
    let words = String::from_utf8(URL_SAFE_NO_PAD.decode(words).ok()?).ok()?;
    Some(Notice { words, saved })
}

/// The cookie that brings a banner to the next page.
#[must_use]
pub fn notice_cookie(notice: &Notice) -> Option<HeaderValue> {
    let words = URL_SAFE_NO_PAD.encode(&notice.words);
    let before = if notice.saved { "" } else { NOTHING_SAVED };
    set_cookie(NOTICE, &format!("{before}{words}"), Some(60))
}

/// A token came that does not work, or not any more.
#[derive(Clone, Copy, Debug)]
struct NoToken;

/// Where programs act with tokens.
fn path_takes_tokens(path: &str) -> bool {
    path.starts_with("/api/")
}

/// Refuses a program whose token does not work, also where it needs none: it would take the public register for all that it may
/// read. The same for one from whose address too many such tokens came, before anything is done for it.
pub async fn refuse_guesses(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.extensions().get::<NoToken>().is_some() {
        return Failure::of(crate::error::Code::NotSignedIn).into_response();
    }
    let Some(refused) = request.extensions().get::<TooOften>().copied() else { return next.run(request).await };
    let mut response = Failure::of(crate::error::Code::TooManyRequests).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, wait(refused, app.clock.now()));
    response
}

/// How many seconds to wait, for `Retry-After`.
#[must_use]
pub fn wait(refused: TooOften, now: i64) -> HeaderValue {
    HeaderValue::from(refused.again_at.saturating_sub(now).max(0) / 1000 + 1)
}

/// The token that a program sends.
#[must_use]
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A program with a token: in the API alone, for the token's organisation alone, and never with roles that need a second
/// factor, since nobody stands beside a program. Tokens that are none of ours count against the address; once there were too
/// many, none from there is looked at for a while, right or wrong. One that has ended was ours, and is no guess.
async fn by_token(
    app: &App,
    headers: &HeaderMap,
    path: &str,
    address: &str,
    now: i64,
) -> Result<Result<Option<Caller>, TooOften>, store::Error> {
    if !path_takes_tokens(path) {
        return Ok(Ok(None));
    }
    let Some(token) = bearer(headers) else { return Ok(Ok(None)) };
    let network = subject("address", address);
    if let Err(refused) = app.store.heard(TOKENS_PER_ADDRESS, &network, now).await? {
        return Ok(Err(refused));
    }
    let Some((token, used)) = app.store.token(&token_hash(token)).await? else {
        return Ok(app.store.attempt(&[(TOKENS_PER_ADDRESS, network.as_str())], now).await?.map(|()| None));
    };
    if token.revoked_at.is_some() || token.expires_at <= now {
        return Ok(Ok(None));
    }
    // The API only reads, so its tokens do, also those that were once made to write.
    let via = Via::ReadToken(token.id);
    let Some(mut member) = app.store.member(token.person, Some(token.organisation), false, 0, via).await? else {
        return Ok(Ok(None));
    };
    member.standings.retain(|standing| standing.organisation == token.organisation);
    if member.acting_for != token.organisation || member.standings.is_empty() {
        return Ok(Ok(None));
    }
    if used.is_none_or(|used| now - used >= session::NOTED) {
        app.store.token_used(token.id, now).await?;
    }
    let scope = Scope::Member(Box::new(member));
    Ok(Ok(Some(Caller { scope, session: None, address: address.to_owned(), notice: None })))
}

async fn by_cookie(app: &App, headers: &HeaderMap, address: &str, now: i64) -> Result<Option<Caller>, store::Error> {
    let Some(token) = cookie(headers, COOKIE).filter(|token| !token.is_empty()) else { return Ok(None) };
    let Some(found) = app.store.session(&token_hash(token)).await? else { return Ok(None) };
    if !session::holds(found.created_at, found.seen_at, found.ended_at, now) {
        return Ok(None);
    }
    let via = Via::Session(found.id);
    let checked_at = counts_from(app, &found, now).await?;
    let member = app.store.member(found.person, Some(found.acting_for), found.second_factor, checked_at, via).await?;
    let Some(member) = member else { return Ok(None) };
    if now - found.seen_at >= session::NOTED {
        app.store.session_seen(found.id, now).await?;
    }
    Ok(Some(Caller { scope: Scope::Member(Box::new(member)), session: Some(found), address: address.to_owned(), notice: None }))
}

/// When a session's person last proved who they are, as far as it counts: where they have a second factor, a session without it
/// (opened before they set it up) is never fresh, or the mailbox alone could take the factor away.
async fn counts_from(app: &App, found: &Session, now: i64) -> Result<i64, store::Error> {
    let weak = !found.second_factor
        && session::fresh(found.checked_at, now)
        && !app.store.factors(&Scope::Job { name: "session".to_owned() }, found.person).await?.is_empty();
    Ok(if weak { 0 } else { found.checked_at })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s02_tokens_have_256_bits_and_only_their_hash_is_kept() {
        let (one, two) = (new_token().unwrap(), new_token().unwrap());
        assert_ne!(one, two);
        assert_eq!(URL_SAFE_NO_PAD.decode(&one).unwrap().len(), 32);
        assert_eq!(token_hash(&one).len(), 64);
        assert!(!token_hash(&one).contains(&one));
    }

    #[test]
    fn s07_cookies_are_host_only_secure_and_out_of_scripts_reach() {
        let value = set_cookie(COOKIE, "x", None).unwrap();
        let text = value.to_str().unwrap();
        for part in ["__Host-session=x", "Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("Domain"));
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a=1; __Host-session=abc; __Host-sessions=no"));
        assert_eq!(cookie(&headers, COOKIE), Some("abc"));
        assert_eq!(cookie(&headers, "b"), None);
    }
}
