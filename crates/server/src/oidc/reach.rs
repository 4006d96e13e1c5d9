//! Reaching a provider: public addresses alone, no redirect, small answers, ten seconds.

use super::Oidc;
use crate::fetch::{Pinned, allowed};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use std::{collections::BTreeSet, net::IpAddr, pin::Pin, sync::Arc, time::Duration};
use url::{Host, Url};

/// How long a provider may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer that is read; discovery documents and key sets have a few kilobytes.
const LARGEST: usize = 512 * 1024;

/// Why a provider's answer could not be had.
#[derive(Debug, thiserror::Error)]
pub enum Fetch {
    /// No connection, or it broke.
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    /// The address does not stand on the public internet.
    #[error("the provider does not stand on the public internet")]
    NotPublic,
    /// TLS could not be set up.
    #[error("there is no client")]
    NoClient,
    /// Larger than anything a provider says.
    #[error("the answer is larger than {LARGEST} bytes")]
    TooLarge,
    /// Not an answer that can be passed on.
    #[error(transparent)]
    Response(#[from] openidconnect::http::Error),
}

/// Whether an address names this very machine.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(four)) => four.is_loopback(),
        Some(Host::Ipv6(six)) => six.is_loopback(),
        None => false,
    }
}

impl Oidc {
    /// A client that trusts the system's certificate authorities, follows no redirect, sends no referrer, and connects to public
    /// addresses alone, since issuers are typed in (S38). Hosts that the operator trusts may stand on a private network; a server
    /// that is itself reached at this machine only, as in tests, may use a provider beside it.
    pub fn new(public_url: &str, trusted: &[String]) -> Self {
        crate::tls::provide();
        let trusted: Arc<BTreeSet<String>> = Arc::new(trusted.iter().map(|host| host.to_ascii_lowercase()).collect());
        let here = Url::parse(public_url).ok().is_some_and(|url| is_here(&url));
        let mut builder = reqwest::Client::builder();
        if !here {
            builder = builder.https_only(true).dns_resolver(Pinned::new(trusted.clone()));
        }
        let http = builder
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .connect_timeout(PATIENCE)
            .no_proxy()
            // A connection that the provider has closed meanwhile must not cost somebody their sign-in.
            .pool_max_idle_per_host(0)
            .referer(false)
            .user_agent(concat!("city-tools/", env!("CARGO_PKG_VERSION")))
            .build();
        if let Err(error) = &http {
            tracing::error!(%error, "no client for identity providers");
        }
        Self { http: http.ok(), here, trusted, known: Arc::default() }
    }
}

impl<'c> AsyncHttpClient<'c> for Oidc {
    type Error = Fetch;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Fetch>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.fetch(request))
    }
}

impl Oidc {
    async fn fetch(&self, request: HttpRequest) -> Result<HttpResponse, Fetch> {
        let http = self.http.as_ref().ok_or(Fetch::NoClient)?;
        let url = Url::parse(&request.uri().to_string()).map_err(|_| Fetch::NotPublic)?;
        // Names are judged when they are looked up; what is a number is not looked up.
        let number = match url.host() {
            Some(Host::Ipv4(four)) => Some(IpAddr::V4(four)),
            Some(Host::Ipv6(six)) => Some(IpAddr::V6(six)),
            _ => None,
        };
        let trusted = || url.host_str().is_some_and(|host| self.trusted.contains(host));
        if !self.here && number.is_some_and(|number| !allowed(number, trusted())) {
            return Err(Fetch::NotPublic);
        }
        let mut answer = http.execute(request.try_into()?).await?;
        let mut builder = openidconnect::http::Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            builder = builder.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > LARGEST {
                return Err(Fetch::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(builder.body(body)?)
    }
}
