//! The happy path, at the certified provider of `e2e/oidc`, which the test starts.

use super::{bound, invited, leave, provider};
use crate::{
    sign_in::{
        oidc::{Error, Registration, Return},
        random,
    },
    testing::City,
    web::people::{
        sign_in::provider::BACK,
        tests::{Client, said},
    },
};
use axum::http::StatusCode;
use domain::people::sign_in::identity::Provider;
use serde_json::Value;
use std::{collections::HashMap, process::Stdio};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use url::Url;

/// The certified provider of `e2e/oidc`, started for one test; it goes when this is dropped.
struct Certified {
    issuer: String,
    _process: tokio::process::Child,
}

impl Certified {
    async fn start() -> Self {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e/oidc");
        assert!(
            folder.join("node_modules/oidc-provider").is_dir(),
            "the test provider is missing: run scripts/install-tools (see docs/TESTING.md)"
        );
        let mut process = tokio::process::Command::new("node")
            .arg("provider.js")
            .args(["--redirect", "http://127.0.0.1:8080/sign-in/provider"])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("node starts");
        let line =
            BufReader::new(process.stdout.take().unwrap()).lines().next_line().await.unwrap().expect("the provider is ready");
        let ready: Value = serde_json::from_str(&line).unwrap();
        Self { issuer: ready["issuer"].as_str().unwrap().to_owned(), _process: process }
    }
}

/// Follows the provider's redirects with its cookies, fills its page in, and gives the address it sends back to.
async fn at_provider(address: &str, fields: &[(&str, &str)]) -> String {
    server::tls::provide();
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .pool_max_idle_per_host(0)
        .build()
        .unwrap();
    let mut jar: HashMap<String, String> = HashMap::new();
    let mut next = Url::parse(address).unwrap();
    let mut form = None;
    for _ in 0..12 {
        let request = match form.take() {
            Some(body) => {
                http.post(next.clone()).header("content-type", "application/x-www-form-urlencoded").body::<String>(body)
            }
            None => http.get(next.clone()),
        };
        let cookies: Vec<String> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = request.header("cookie", cookies.join("; ")).send().await.unwrap();
        for value in answer.headers().get_all("set-cookie") {
            let (name, rest) = value.to_str().unwrap().split_once('=').unwrap();
            jar.insert(name.to_owned(), rest.split(';').next().unwrap_or_default().to_owned());
        }
        if let Some(to) = answer.headers().get("location") {
            next = next.join(to.to_str().unwrap()).unwrap();
            if next.path() == BACK {
                return next.to_string();
            }
        } else {
            assert!(next.path().starts_with("/interaction/"), "{next}: {}", answer.text().await.unwrap());
            form = Some(form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish());
        }
    }
    panic!("the provider never sent anyone back");
}

#[tokio::test(flavor = "multi_thread")]
async fn s23_the_certified_provider_signs_people_in_and_a_code_of_its_is_good_once() {
    let city = City::empty().await;
    let certified = Certified::start().await;
    let id = provider(&city, "camden", &certified.issuer).await;
    let client = invited(&city, "camden", "priya@camden.example", "administrator").await;
    let asked = leave(&client, &id).await;
    let account = [("account", "priya"), ("email", "priya@camden.example"), ("amr", "pwd otp")];
    let back = at_provider(&asked["address"], &account).await;
    let path = back.split_once("127.0.0.1:8080").unwrap().1.to_owned();
    assert!(path.contains("iss="), "the provider names itself (RFC 9207)");
    assert_eq!(client.get(&path).await.location(), "/work");
    assert!(said(&client.get("/account").await).contains("your organisation’s sign-in"));
    assert_eq!(client.get("/organisations/camden/people").await.status, StatusCode::OK, "two factors count");

    // The same person comes again without an invitation, in another browser.
    let again = Client::new(&city);
    let asked = leave(&again, &id).await;
    let back = at_provider(&asked["address"], &[("account", "priya")]).await;
    let path = back.split_once("127.0.0.1:8080").unwrap().1.to_owned();
    assert_eq!(again.get(&path).await.location(), "/account/second-factor?next=%2Fwork", "one factor this time");
    assert_eq!(bound(&city).await.len(), 1);

    // A code that was exchanged is worth nothing to a thief who has everything else: the provider refuses, and so do we.
    let registration = Registration {
        provider: Provider::OpenId { issuer: certified.issuer.clone() },
        client_id: "city-tools".to_owned(),
        client_secret: None,
    };
    let redirect = "http://127.0.0.1:8080/sign-in/provider";
    let (state, now) = (random::secret().unwrap(), city.app.clock.now());
    let (address, waiting) = city.app.oidc.begin(&registration, redirect, &state, true, now).await.unwrap();
    let back = Url::parse(&at_provider(&address, &[("account", "priya")]).await).unwrap();
    let query: HashMap<String, String> = back.query_pairs().into_owned().collect();
    let returned = Return {
        code: query.get("code").cloned(),
        state: query.get("state").cloned(),
        iss: query.get("iss").cloned(),
        error: None,
    };
    let vouched = city.app.oidc.finish(&registration, redirect, &waiting, &returned, now).await.unwrap();
    // `max_age=0` makes it say when the person proved who they are.
    assert!(vouched.checked_at.is_some_and(|at| now - at < 60_000), "{vouched:?}");
    let replayed = city.app.oidc.finish(&registration, redirect, &waiting, &returned, now).await;
    assert!(matches!(replayed, Err(Error::Code(_))), "{replayed:?}");
}
