//! How often one address may ask; off unless the settings say a number.
//!
//! Each address has a bucket that holds as many requests as it may make in a minute and fills up again evenly, so that a page
//! with its files is never refused while a program that asks without pause soon is.

use crate::{
    config::Limits,
    error::{Code, Failure},
};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Addresses to remember; those whose bucket is full again are forgotten first.
const MOST: usize = 50_000;

/// Counts requests by address. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Counter {
    limits: Limits,
    buckets: Arc<Mutex<HashMap<IpAddr, Bucket>>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl Counter {
    /// A counter under these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, buckets: Arc::default() }
    }

    /// Takes one request of an address; how long to wait where it has none left.
    fn take(&self, address: IpAddr, now: Instant) -> Option<Duration> {
        let limit = f64::from(self.limits.a_minute?);
        let refill = |bucket: &Bucket| (bucket.left + now.duration_since(bucket.at).as_secs_f64() * limit / 60.0).min(limit);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST && !buckets.contains_key(&address) {
            buckets.retain(|_, bucket| refill(bucket) < limit);
            if buckets.len() >= MOST {
                buckets.clear();
            }
        }
        let bucket = buckets.entry(address).or_insert(Bucket { left: limit, at: now });
        let left = refill(bucket);
        *bucket = Bucket { left: if left >= 1.0 { left - 1.0 } else { left }, at: now };
        (left < 1.0).then(|| Duration::from_secs_f64((1.0 - left) * 60.0 / limit))
    }

    fn address(&self, request: &Request) -> IpAddr {
        asker(request, self.limits.behind_proxy)
    }
}

/// Who asks: the other end of the connection, or whom the proxy in front of the server names last. An IPv6 address stands for
/// its network of 64 bits, which is what one subscriber has.
pub fn asker(request: &Request, behind_proxy: bool) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let forwarded = request.headers().get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
    let named = forwarded.and_then(|value| value.rsplit(',').next()?.trim().parse().ok());
    let address = if behind_proxy { named.or(peer) } else { peer };
    match address.unwrap_or(IpAddr::from([127, 0, 0, 1])).to_canonical() {
        // This machine itself is nobody's network.
        IpAddr::V6(six) if !six.is_loopback() => IpAddr::from((u128::from(six) & !u128::from(u64::MAX)).to_be_bytes()),
        other => other,
    }
}

/// Refuses what goes beyond the limit, with the seconds to wait. Health checks and the site's own files are never counted.
pub async fn limit(State(counter): State<Counter>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if counter.limits.a_minute.is_none() || path.starts_with("/health/") || path.starts_with("/assets/") {
        return next.run(request).await;
    }
    match counter.take(counter.address(&request), Instant::now()) {
        None => next.run(request).await,
        Some(wait) => {
            let mut response = Failure::of(Code::TooManyRequests).into_response();
            let seconds = HeaderValue::from(wait.as_secs() + 1);
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
            response
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_gets_its_requests_and_then_as_many_as_fill_up_again() {
        let counter = Counter::new(Limits { a_minute: Some(60), behind_proxy: false });
        let (one, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let now = Instant::now();
        for _ in 0..60 {
            assert_eq!(counter.take(one, now), None);
        }
        assert!(counter.take(one, now).is_some_and(|wait| wait <= Duration::from_secs(1)));
        assert_eq!(counter.take(other, now), None, "another address has its own");
        let later = now + Duration::from_secs(2);
        assert_eq!((counter.take(one, later), counter.take(one, later)), (None, None));
        assert!(counter.take(one, later).is_some());
    }

    #[test]
    fn nothing_is_refused_unless_a_limit_is_set() {
        let counter = Counter::new(Limits::default());
        assert!((0..10_000).all(|_| counter.take(IpAddr::from([10, 0, 0, 1]), Instant::now()).is_none()));
    }

    #[test]
    fn a_forwarded_address_counts_only_behind_a_proxy() {
        let request = || {
            let mut request =
                Request::get("/").header("x-forwarded-for", "1.2.3.4, 5.6.7.8").body(axum::body::Body::empty()).unwrap();
            request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([9, 9, 9, 9], 1))));
            request
        };
        let address = |behind_proxy| Counter::new(Limits { a_minute: Some(1), behind_proxy }).address(&request());
        assert_eq!(address(false), IpAddr::from([9, 9, 9, 9]));
        assert_eq!(address(true), IpAddr::from([5, 6, 7, 8]));
    }
}
