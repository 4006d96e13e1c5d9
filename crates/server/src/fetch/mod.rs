//! The one client that reads what others publish, made for addresses that people type in (security test S38).
//!
//! - Only `https`, port 443 or above 1023, no user or password in the address.
//! - A name is looked up once, every address it has must be public, and the connection goes to one of exactly these. A look-up
//!   that fails is a refusal. No proxy of the environment is used.
//! - A redirect is followed only to the same host or one that is allowed by name, is checked like the first address, and three
//!   times at most.
//! - The body and the time are bounded. Nothing is decompressed. What comes is bytes, never trusted.
//!
//! Hosts that the operator names in `fetch-trusted-hosts` may stand on a private network, by `http` too; the addresses at which
//! clouds hand out credentials stay refused even then.

mod address;

pub use address::{Place, place};

use reqwest::{
    Client, StatusCode, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{DATE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER},
    redirect::Policy,
};
use std::{
    collections::BTreeSet,
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
    time::Duration,
};
use url::Host;

#[cfg(test)]
mod tests;

/// Redirects that are followed.
const HOPS: usize = 3;
/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(10);

/// How much, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a body.
    pub bytes: usize,
    /// From the first look-up to the last byte.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 64 * 1024 * 1024, time: Duration::from_secs(90) }
    }
}

/// Why something was not fetched. Closed: pages have a sentence for each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The address is not one that may be fetched.
    #[error("the address must begin with https:// and hold no user name or password")]
    Address,
    /// Its port is one at which other services than the web stand.
    #[error("the port in the address must be 443 or above 1023; without a port it is 443")]
    Port,
    /// The host stands on a private network, or is this machine, or cannot be told.
    #[error("the host does not stand on the public internet")]
    NotPublic,
    /// There is no such host.
    #[error("the host cannot be found")]
    NoHost,
    /// It leads to a host that is not allowed, or too far.
    #[error("the address leads on to a host that is not allowed")]
    Redirect,
    /// More bytes than are taken.
    #[error("the answer is larger than {0} MB")]
    TooLarge(usize),
    /// It took too long.
    #[error("the answer took too long")]
    TooLong,
    /// The connection failed or broke.
    #[error("the connection failed")]
    Connection,
    /// The server says to come back later: after so many seconds, where it says.
    #[error("the server asks to wait")]
    Wait(Option<u64>),
    /// The server answered with another status.
    #[error("the server answered with status {0}")]
    Status(u16),
}

/// What was fetched.
#[derive(Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The bytes.
    pub body: Vec<u8>,
    /// What the server says they are; not trusted.
    pub content_type: Option<String>,
    /// Where they came from in the end.
    pub url: String,
}

/// The hosts (`name` or `name:port`) that the operator trusts although they are not public. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Trusted(Arc<BTreeSet<String>>);

impl Trusted {
    /// Of the settings.
    #[must_use]
    pub fn of(hosts: impl IntoIterator<Item = String>) -> Self {
        Self(Arc::new(hosts.into_iter().map(|host| host.to_ascii_lowercase()).collect()))
    }

    /// Whether an address may be fetched at all, as far as its text tells; for a form, before anything is looked up.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, url: &str) -> Result<Url, Refusal> {
        let url = Url::parse(url.trim()).map_err(|_| Refusal::Address)?;
        self.check_url(&url)?;
        Ok(url)
    }

    fn check_url(&self, url: &Url) -> Result<(), Refusal> {
        let trusted = self.trusts(url);
        let scheme = url.scheme() == "https" || trusted && url.scheme() == "http";
        if !scheme || !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Address);
        }
        if !trusted && url.port().is_some_and(|port| port < 1024) {
            return Err(Refusal::Port);
        }
        // A host that is trusted at one port is not for that at another.
        if !trusted && self.0.iter().any(|one| one.split(':').next() == url.host_str()) {
            return Err(Refusal::NotPublic);
        }
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(name)) if !name.is_empty() => None,
            _ => return Err(Refusal::Address),
        };
        match literal {
            Some(address) if !allowed(address, trusted) => Err(Refusal::NotPublic),
            _ => Ok(()),
        }
    }

    fn trusts(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        let port = url.port_or_known_default().unwrap_or(0);
        self.0.contains(host) || self.0.contains(&format!("{host}:{port}"))
    }
}

/// The client. Cheap to clone.
#[derive(Clone)]
pub struct Fetcher {
    client: Client,
    trusted: Trusted,
    limits: Limits,
}

impl std::fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetcher").field("trusted", &self.trusted.0).field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Fetcher {
    /// A client, with the hosts (`name` or `name:port`) that the operator trusts although they are not public.
    ///
    /// # Errors
    /// When no client can be made, which is a fault of the machine (no certificates of authorities).
    pub fn new(trusted: impl IntoIterator<Item = String>) -> Result<Self, reqwest::Error> {
        Self::with_limits(trusted, Limits::default())
    }

    /// A client with limits of its own.
    ///
    /// # Errors
    /// As [`Fetcher::new`].
    pub fn with_limits(trusted: impl IntoIterator<Item = String>, limits: Limits) -> Result<Self, reqwest::Error> {
        Self::looking_up(Trusted::of(trusted), limits, system())
    }

    /// The same, with names looked up in another way.
    fn looking_up(trusted: Trusted, limits: Limits, names: Names) -> Result<Self, reqwest::Error> {
        crate::tls::provide();
        let mut headers = HeaderMap::new();
        headers.insert(reqwest::header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let client = Client::builder()
            .user_agent(concat!("CityTools/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .redirect(Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(CONNECT)
            .dns_resolver(Pinned { trusted: trusted.0.clone(), names })
            // A connection is never used for another look-up's result.
            .pool_max_idle_per_host(0)
            .build()?;
        Ok(Self { client, trusted, limits })
    }

    /// Whether an address may be fetched at all: [`Trusted::check`].
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, url: &str) -> Result<Url, Refusal> {
        self.trusted.check(url)
    }

    /// Fetches an address.
    ///
    /// # Errors
    /// Why it was not fetched.
    pub async fn get(&self, url: &str) -> Result<Fetched, Refusal> {
        tokio::time::timeout(self.limits.time, self.follow(url)).await.unwrap_or(Err(Refusal::TooLong))
    }

    async fn follow(&self, url: &str) -> Result<Fetched, Refusal> {
        let first = self.check(url)?;
        let mut at = first.clone();
        for _ in 0..=HOPS {
            let response = self.client.get(at.clone()).send().await.map_err(|error| refusal_of(&error))?;
            let status = response.status();
            if status.is_redirection() {
                let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).and_then(|to| at.join(to).ok());
                at = to.filter(|to| self.may_lead(&first, to)).ok_or(Refusal::Redirect)?;
                self.trusted.check_url(&at)?;
                continue;
            }
            return self.read(response, at).await;
        }
        Err(Refusal::Redirect)
    }

    /// A redirect stays at its host (with or without 'www.'), and never leaves TLS.
    fn may_lead(&self, from: &Url, to: &Url) -> bool {
        let bare = |url: &Url| url.host_str().map(|host| host.strip_prefix("www.").unwrap_or(host).to_owned());
        let same = bare(from).is_some()
            && bare(from) == bare(to)
            && (from.port_or_known_default() == to.port_or_known_default() || !self.trusted.trusts(from));
        (same || self.trusted.trusts(to)) && (to.scheme() == "https" || from.scheme() == "http")
    }

    async fn read(&self, mut response: reqwest::Response, at: Url) -> Result<Fetched, Refusal> {
        let status = response.status();
        let after = seconds(response.headers());
        // A server that is merely down asks for nothing.
        if status == StatusCode::TOO_MANY_REQUESTS
            || matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::FORBIDDEN) && after.is_some()
        {
            return Err(Refusal::Wait(after));
        }
        if !status.is_success() {
            return Err(Refusal::Status(status.as_u16()));
        }
        let too_large = || Refusal::TooLarge(self.limits.bytes.div_ceil(1024 * 1024));
        if response.content_length().is_some_and(|length| usize::try_from(length).unwrap_or(usize::MAX) > self.limits.bytes) {
            return Err(too_large());
        }
        let content_type =
            response.headers().get(reqwest::header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| refusal_of(&error))? {
            if body.len() + chunk.len() > self.limits.bytes {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Fetched { body, content_type, url: at.into() })
    }
}

/// `Retry-After` in seconds: a number, or a date of HTTP read against the server's own clock; never more than a day.
fn seconds(headers: &HeaderMap) -> Option<u64> {
    const DAY: u64 = 86_400;
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).map(str::trim);
    let after = text(RETRY_AFTER)?;
    if let Ok(seconds) = after.parse::<u64>() {
        return Some(seconds.min(DAY));
    }
    let instant = |text: &str| Some(jiff::fmt::rfc2822::parse(text).ok()?.timestamp().as_second());
    let left = instant(after)? - instant(text(DATE)?)?;
    Some(u64::try_from(left).unwrap_or(0).min(DAY))
}

/// Whether a connection may go to an address.
pub(crate) fn allowed(address: IpAddr, trusted: bool) -> bool {
    match place(address) {
        Place::Public => true,
        Place::Private => trusted,
        Place::Metadata => false,
    }
}

/// How a name is looked up.
type Names = Arc<dyn Fn(String) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>> + Send + Sync>;

/// As this machine does.
fn system() -> Names {
    Arc::new(|host| Box::pin(async move { Ok(tokio::net::lookup_host((host, 0)).await?.collect()) }))
}

/// Looks a name up and lets only allowed addresses through; the connection goes to these.
pub(crate) struct Pinned {
    trusted: Arc<BTreeSet<String>>,
    names: Names,
}

impl Pinned {
    /// With the hosts that the operator trusts although they are not public.
    pub(crate) fn new(trusted: Arc<BTreeSet<String>>) -> Self {
        Self { trusted, names: system() }
    }
}

/// What a look-up fails with, found again in the client's error.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct LookUp(Refusal);

impl Resolve for Pinned {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_ascii_lowercase();
        let trusted = self.trusted.iter().any(|one| *one == host || one.split(':').next() == Some(host.as_str()));
        let found = (self.names)(host);
        Box::pin(async move {
            let found = found.await.map_err(|_| LookUp(Refusal::NoHost))?;
            if found.is_empty() {
                return Err(LookUp(Refusal::NoHost).into());
            }
            // One private address among public ones is reason enough: it may be the next one that is taken.
            if found.iter().any(|address| !allowed(address.ip(), trusted)) {
                return Err(LookUp(Refusal::NotPublic).into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

fn refusal_of(error: &reqwest::Error) -> Refusal {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(one) = source {
        if let Some(LookUp(refusal)) = one.downcast_ref::<LookUp>() {
            return refusal.clone();
        }
        source = one.source();
    }
    if error.is_timeout() { Refusal::TooLong } else { Refusal::Connection }
}
