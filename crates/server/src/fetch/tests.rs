//! Fetching from a server on this machine, which only an operator's setting makes reachable (security test S38).

use super::*;
use axum::{
    Router,
    body::Body,
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Redirect},
    routing::get,
};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A server of small misdeeds; its port.
async fn server() -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let to = move |target: &'static str| move || async move { Redirect::temporary(target) };
    let router = Router::new()
        .route("/plain", get(|| async { "hello" }))
        .route("/here", get(to("/plain")))
        .route("/loop", get(to("/loop")))
        .route("/away", get(to("https://elsewhere.example/")))
        .route("/metadata", get(to("http://169.254.169.254/latest/meta-data/")))
        .route("/other-port", get(to("http://127.0.0.1:1/")))
        .route("/file", get(to("file:///etc/passwd")))
        .route("/slow", get(|| async { tokio::time::sleep(Duration::from_secs(30)).await }))
        .route(
            "/endless",
            get(|| async {
                let chunks = futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b'x'; 65_536]));
                Body::from_stream(chunks)
            }),
        )
        .route("/large", get(|| async { vec![0u8; 3 * 1024 * 1024] }))
        .route("/status/{status}", get(|Path(status): Path<u16>| async move { StatusCode::from_u16(status).unwrap() }))
        .route("/wait", get(|| async { (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "120")]).into_response() }))
        .route(
            "/wait-until",
            get(|| async {
                let headers =
                    [(header::DATE, "Wed, 21 Oct 2015 07:28:00 GMT"), (header::RETRY_AFTER, "Wed, 21 Oct 2015 07:29:30 GMT")];
                (StatusCode::SERVICE_UNAVAILABLE, headers).into_response()
            }),
        );
    tokio::spawn(async move { axum::serve(listener, router).await });
    port
}

fn fetcher(port: u16) -> Fetcher {
    let limits = Limits { bytes: 1024 * 1024, time: Duration::from_secs(3) };
    Fetcher::with_limits([format!("127.0.0.1:{port}")], limits).unwrap()
}

#[tokio::test]
async fn s38_addresses_that_are_not_public_are_refused_before_anything_is_sent() {
    let port = server().await;
    let public = Fetcher::new([]).unwrap();
    for (url, refusal) in [
        (format!("http://127.0.0.1:{port}/plain"), Refusal::Address),
        (format!("https://127.0.0.1:{port}/plain"), Refusal::NotPublic),
        (format!("https://[::ffff:127.0.0.1]:{port}/"), Refusal::NotPublic),
        ("https://0.0.0.0/".to_owned(), Refusal::NotPublic),
        ("https://2130706433/".to_owned(), Refusal::NotPublic),
        ("https://0x7f.1/".to_owned(), Refusal::NotPublic),
        ("https://169.254.169.254/latest/meta-data/".to_owned(), Refusal::NotPublic),
        ("https://[fd00:ec2::254]/".to_owned(), Refusal::NotPublic),
        ("https://localhost/".to_owned(), Refusal::NotPublic),
        ("https://user:secret@city.example/".to_owned(), Refusal::Address),
        ("https://city.example:22/".to_owned(), Refusal::Port),
        ("https://city.example:1023/".to_owned(), Refusal::Port),
        ("ftp://city.example/".to_owned(), Refusal::Address),
        ("file:///etc/passwd".to_owned(), Refusal::Address),
        ("not an address".to_owned(), Refusal::Address),
        ("https://no-such-host.invalid/".to_owned(), Refusal::NoHost),
    ] {
        assert_eq!(public.get(&url).await.err(), Some(refusal), "{url}");
    }
}

#[tokio::test]
async fn s38_trusting_one_port_of_a_host_trusts_no_other_and_never_the_metadata() {
    let port = server().await;
    let trusting = fetcher(port);
    assert_eq!(trusting.get(&format!("http://127.0.0.1:{port}/plain")).await.unwrap().body, b"hello");
    assert!(trusting.get("http://127.0.0.1:1/").await.is_err());
    assert_eq!(trusting.get("https://127.0.0.1:8443/").await.err(), Some(Refusal::NotPublic));
    let foolish = Fetcher::new(["169.254.169.254".to_owned()]).unwrap();
    assert_eq!(foolish.get("http://169.254.169.254/latest/").await.err(), Some(Refusal::NotPublic));
}

#[tokio::test]
async fn s38_a_redirect_leads_nowhere_else() {
    let port = server().await;
    let fetcher = fetcher(port);
    let at = |path: &str| format!("http://127.0.0.1:{port}{path}");
    let here = fetcher.get(&at("/here")).await.unwrap();
    assert_eq!((here.body.as_slice(), here.url), (&b"hello"[..], at("/plain")));
    for path in ["/loop", "/away", "/metadata", "/other-port", "/file"] {
        assert!(matches!(fetcher.get(&at(path)).await, Err(Refusal::Redirect | Refusal::NotPublic)), "{path}");
    }
}

/// A client for which each look-up of a name gives the next answer, and the last one for good; and how often one was asked for.
fn answering(trusted: &[String], answers: &[&[&str]]) -> (Fetcher, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let answers: Vec<Vec<SocketAddr>> =
        answers.iter().map(|one| one.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 0)).collect()).collect();
    let count = asked.clone();
    let names: Names = Arc::new(move |_| {
        let place = count.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1);
        let answer = answers[place].clone();
        Box::pin(async move { Ok(answer) })
    });
    let limits = Limits { bytes: 1024 * 1024, time: Duration::from_secs(3) };
    (Fetcher::looking_up(Trusted::of(trusted.iter().cloned()), limits, names).unwrap(), asked)
}

#[tokio::test]
async fn s38_a_name_that_means_another_address_when_it_is_looked_up_again_leads_nowhere() {
    const METADATA: &str = "169.254.169.254";
    let port = server().await;
    let trusted = [format!("city.example:{port}")];
    let at = |path: &str| format!("http://city.example:{port}{path}");
    // What was judged is what is connected to: it is asked for once, though each later answer would be another.
    let (fetcher, asked) = answering(&trusted, &[&["127.0.0.1"], &[METADATA]]);
    assert_eq!(fetcher.get(&at("/plain")).await.unwrap().body, b"hello");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    // The next connection is judged anew, also on the way of a redirect that stays at its host.
    assert_eq!(fetcher.get(&at("/plain")).await.err(), Some(Refusal::NotPublic));
    let (fetcher, asked) = answering(&trusted, &[&["127.0.0.1"], &[METADATA]]);
    assert_eq!(fetcher.get(&at("/here")).await.err(), Some(Refusal::NotPublic));
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    // One address that is not public among others is enough, and where nobody trusts the host, this machine is none.
    for answer in [&["1.1.1.1", "10.0.0.1"][..], &["127.0.0.1"], &["::1"], &["::ffff:127.0.0.1"], &["0.0.0.0"], &[METADATA]] {
        let (fetcher, _) = answering(&[], &[answer]);
        assert_eq!(fetcher.get("https://city.example/").await.err(), Some(Refusal::NotPublic), "{answer:?}");
    }
    let (fetcher, _) = answering(&[], &[&[]]);
    assert_eq!(fetcher.get("https://city.example/").await.err(), Some(Refusal::NoHost));
}

#[tokio::test]
async fn an_answer_is_bounded_in_size_and_time() {
    let port = server().await;
    let fetcher = fetcher(port);
    let get = async |path: &str| fetcher.get(&format!("http://127.0.0.1:{port}{path}")).await.err();
    assert_eq!(get("/large").await, Some(Refusal::TooLarge(1)));
    assert_eq!(get("/endless").await, Some(Refusal::TooLarge(1)));
    assert_eq!(get("/slow").await, Some(Refusal::TooLong));
}

#[tokio::test]
async fn a_server_that_asks_to_wait_is_understood() {
    let port = server().await;
    let fetcher = fetcher(port);
    let get = async |path: &str| fetcher.get(&format!("http://127.0.0.1:{port}{path}")).await.err();
    assert_eq!(get("/wait").await, Some(Refusal::Wait(Some(120))));
    assert_eq!(get("/wait-until").await, Some(Refusal::Wait(Some(90))));
    assert_eq!(get("/status/429").await, Some(Refusal::Wait(None)));
    assert_eq!(get("/status/403").await, Some(Refusal::Status(403)));
    assert_eq!(get("/status/500").await, Some(Refusal::Status(500)));
    assert_eq!(get("/status/503").await, Some(Refusal::Status(503)), "it is down, and asks for nothing");
}
