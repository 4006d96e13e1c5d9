//! Identity providers: S23 to S25. What no honest provider would send comes from a stub that signs with keys of its own (`stub`);
//! the happy path goes through the certified provider of `e2e/oidc`, which the test starts (`certified`); whose account it is that a
//! provider vouches for is in `accounts`.

mod accounts;
mod certified;
mod connecting;
mod stub;

pub(super) use stub::{Stub, metadata};

use super::{Client, mail, said};
use crate::{
    config::Secrets,
    sign_in::{
        oidc::{Registration, Return},
        random,
    },
    state::SignIn,
    testing::{Answer, City},
    web::{people::sign_in::provider::BACK, session::COOKIE},
};
use axum::http::StatusCode;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::people::{
    AccountId, Person, PersonId, Role, Scope,
    sign_in::{
        identity::Provider,
        records::{IdentityProvider, IdentityProviderId},
    },
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use stub::{key, seconds, signed};
use url::Url;
use uuid::Uuid;

pub(super) async fn provider(city: &City, slug: &str, issuer: &str) -> String {
    provider_of(city, slug, Provider::OpenId { issuer: issuer.to_owned() }).await
}

/// Keeps a provider of an organisation.
async fn provider_of(city: &City, slug: &str, provider: Provider) -> String {
    let provider = IdentityProvider {
        id: IdentityProviderId(Uuid::now_v7()),
        organisation: city.organisation(slug).id,
        provider,
        client_id: "city-tools".to_owned(),
        secret_name: None,
        enabled: true,
        updated_at: 0,
    };
    let id = provider.id.to_string();
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.create(&mut [provider]).await.unwrap();
    write.commit().await.unwrap();
    id
}

/// Leaves for a provider and gives the query it was asked with.
async fn leave(client: &Client<'_>, provider: &str) -> HashMap<String, String> {
    asked_on(&client.post("/sign-in/provider", &[("provider", provider)]).await)
}

/// What a provider is asked with by the page that leads there.
pub(super) fn asked_on(page: &Answer) -> HashMap<String, String> {
    assert_eq!(page.status, StatusCode::OK, "{}", page.location());
    let link = scraper::Selector::parse("a.govuk-button").unwrap();
    let address = Url::parse(page.page().select(&link).next().unwrap().value().attr("href").unwrap()).unwrap();
    let mut query: HashMap<String, String> = address.query_pairs().into_owned().collect();
    query.insert("address".to_owned(), address.to_string());
    query
}

/// Someone invited to an organisation, who opened the invitation in this browser.
pub(super) async fn invited<'c>(city: &'c City, slug: &str, email: &str, role: &str) -> Client<'c> {
    let administrator = city.browser(slug, Role::Administrator).await;
    let path = format!("/organisations/{slug}/people/invite");
    city.post(&administrator, &path, &[("name", "In Vited"), ("email", email), ("role", role)]).await;
    let (_, text) = mail(city, email).await.unwrap();
    let token: String = text.split_once("token=").unwrap().1.chars().take_while(char::is_ascii_hexdigit).collect();
    let client = Client::new(city);
    assert_eq!(client.post("/invitation", &[("token", &token)]).await.location(), "/sign-in");
    client
}

async fn bound(city: &City) -> Vec<(PersonId, AccountId)> {
    let mut all = Vec::new();
    let people: Vec<Person> = city.store().all(&Scope::Operator).await.unwrap();
    for person in people {
        for account in city.store().accounts_of(&Scope::Operator, person.id).await.unwrap() {
            all.push((person.id, account.id));
        }
    }
    all
}

/// Goes through a stub with the claims as a test changes them, and says where that led.
pub(super) async fn through(client: &Client<'_>, stub: &Stub, provider: &str, change: impl FnOnce(&mut Value)) -> String {
    let asked = leave(client, provider).await;
    came_back(client, stub, &asked, change).await
}

/// Comes back from a stub that was asked so, with the claims as a test changes them, and says where that led.
pub(super) async fn came_back(
    client: &Client<'_>,
    stub: &Stub,
    asked: &HashMap<String, String>,
    change: impl FnOnce(&mut Value),
) -> String {
    stub.challenge.lock().unwrap().clone_from(&asked["code_challenge"]);
    assert_eq!(asked["code_challenge_method"], "S256");
    let now = seconds();
    let mut claims = json!({ "iss": stub.issuer, "aud": "city-tools", "sub": "s1", "nonce": asked["nonce"], "iat": now,
                             "exp": now + 300, "auth_time": now, "email": "same@council.example" });
    change(&mut claims);
    *stub.token.lock().unwrap() = Some(signed(&json!({ "alg": "EdDSA", "kid": "k" }), &claims, &key(1)));
    client.get(&format!("{BACK}?code=c1&state={}", asked["state"])).await.location().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn s23_a_token_that_does_not_hold_signs_nobody_in() {
    let city = City::empty().await;
    let stub = Stub::new().await;
    let id = provider(&city, "camden", &stub.issuer).await;
    let client = invited(&city, "camden", "same@council.example", "editor").await;
    type Change = fn(&mut Value);
    let wrong: [(&str, Change); 9] = [
        ("aud", |claims| claims["aud"] = json!("another-client")),
        ("aud among others", |claims| claims["aud"] = json!(["city-tools", "another-client"])),
        ("azp", |claims| claims["azp"] = json!("another-client")),
        ("iss", |claims| claims["iss"] = json!("http://127.0.0.1:1")),
        ("nonce", |claims| claims["nonce"] = json!("another")),
        ("no nonce", |claims| drop(claims.as_object_mut().unwrap().remove("nonce"))),
        ("expired", |claims| claims["exp"] = json!(seconds() - 1)),
        ("no subject", |claims| claims["sub"] = json!("")),
        ("no expiry", |claims| drop(claims.as_object_mut().unwrap().remove("exp"))),
    ];
    for (name, change) in wrong {
        assert_eq!(through(&client, &stub, &id, change).await, "/sign-in?problem=provider", "{name}");
        assert!(client.cookie(COOKIE).is_none(), "{name}");
        assert!(bound(&city).await.is_empty(), "{name}");
    }
    // And the same token as it should be is taken.
    assert_eq!(through(&client, &stub, &id, |_| {}).await, "/work");
    assert_eq!(bound(&city).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn s23_no_signature_another_key_and_the_clients_own_secret_are_refused() {
    // A client that has a secret, so that it is a key which might be taken (RFC 7518, 3.2).
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    std::fs::write(&path, "the-clients-own-secret-of-enough-letters").unwrap();
    let settings = format!("[client-secrets.camden]\nstub = {path:?}\n");
    let secrets = Secrets::read(&toml::from_str::<crate::config::File>(&settings).unwrap().client_secrets).unwrap();
    let city = City::empty().await.with(SignIn { demo: false, secrets }).await;
    let stub = Stub::new().await;
    let id = provider(&city, "camden", &stub.issuer).await;
    let before = city.store().all::<IdentityProvider>(&Scope::Operator).await.unwrap().remove(0);
    let mut with_secret = IdentityProvider { secret_name: Some("stub".to_owned()), ..before.clone() };
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.update(&before, &mut with_secret).await.unwrap();
    write.commit().await.unwrap();
    let client = invited(&city, "camden", "a@council.example", "editor").await;
    for case in ["none", "another key", "HS256", "HS256 with the secret", "critical header", "as it should be"] {
        let asked = leave(&client, &id).await;
        stub.challenge.lock().unwrap().clone_from(&asked["code_challenge"]);
        let now = seconds();
        let claims = json!({ "iss": stub.issuer, "aud": "city-tools", "sub": "s1", "nonce": asked["nonce"], "iat": now,
                             "exp": now + 300, "auth_time": now, "email": "a@council.example" });
        let token = match case {
            "none" => {
                let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
                format!("{}.{}.", part(json!({ "alg": "none" })), part(claims))
            }
            "another key" => signed(&json!({ "alg": "EdDSA", "kid": "k" }), &claims, &key(2)),
            "HS256" => signed(&json!({ "alg": "HS256" }), &claims, &key(1)),
            "HS256 with the secret" => {
                let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
                let text = format!("{}.{}", part(json!({ "alg": "HS256" })), part(claims));
                let mac = hmac_sha256(b"the-clients-own-secret-of-enough-letters", text.as_bytes());
                format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac))
            }
            // The same claims, signed by the provider: the others were refused for their signature and nothing else.
            "as it should be" => signed(&json!({ "alg": "EdDSA", "kid": "k" }), &claims, &key(1)),
            _ => signed(&json!({ "alg": "EdDSA", "kid": "k", "crit": ["x"], "x": 1 }), &claims, &key(1)),
        };
        *stub.token.lock().unwrap() = Some(token);
        let answer = client.get(&format!("{BACK}?code=c1&state={}", asked["state"])).await;
        let taken = case == "as it should be";
        assert_eq!(answer.location(), if taken { "/work" } else { "/sign-in?problem=provider" }, "{case}");
        assert_eq!(client.cookie(COOKIE).is_some(), taken, "{case}");
        assert_eq!(bound(&city).await.len(), usize::from(taken), "{case}");
    }
}

/// HMAC with SHA-256 of a key of at most 64 bytes (RFC 2104).
fn hmac_sha256(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let inner = Sha256::new_with_prefix(block.map(|byte| byte ^ 0x36)).chain_update(text).finalize();
    Sha256::new_with_prefix(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn s23_a_return_fits_only_the_browser_that_left_and_only_once() {
    let city = City::empty().await;
    let stub = Stub::new().await;
    let id = provider(&city, "camden", &stub.issuer).await;
    let client = invited(&city, "camden", "a@council.example", "editor").await;
    let asked = leave(&client, &id).await;
    // Another browser with the right state, this one with a wrong one, and another issuer's answer (RFC 9207).
    let stranger = Client::new(&city);
    assert_eq!(stranger.get(&format!("{BACK}?code=c1&state={}", asked["state"])).await.location(), "/sign-in?problem=again");
    let wrong = "0".repeat(64);
    assert_eq!(client.get(&format!("{BACK}?code=c1&state={wrong}")).await.location(), "/sign-in?problem=again");
    // The attempt is spent: the right state comes too late.
    assert_eq!(client.get(&format!("{BACK}?code=c1&state={}", asked["state"])).await.location(), "/sign-in?problem=again");
    let client = invited(&city, "camden", "b@council.example", "editor").await;
    let asked = leave(&client, &id).await;
    let mixed_up = format!("{BACK}?code=c1&state={}&iss=http%3A%2F%2F127.0.0.1%3A1", asked["state"]);
    assert_eq!(client.get(&mixed_up).await.location(), "/sign-in?problem=again");
    let client = invited(&city, "camden", "c@council.example", "editor").await;
    let asked = leave(&client, &id).await;
    let gave_up = format!("{BACK}?error=access_denied&state={}", asked["state"]);
    assert_eq!(client.get(&gave_up).await.location(), "/sign-in?problem=provider");
    assert!(bound(&city).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn s23_another_tenants_token_is_refused_and_the_shared_document_is_never_asked_for() {
    const OWN: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
    const OTHER: &str = "00000000-1111-4222-8333-444444444444";
    let city = City::empty().await;
    let stub = Stub::new().await;
    let entra = Provider::Entra { tenant: OWN.to_owned() };
    let registration = Registration { provider: entra.clone(), client_id: "city-tools".to_owned(), client_secret: None };
    let now = city.app.clock.now();
    city.app.oidc.remember(entra.issuer(), now, metadata(&entra.issuer(), &stub.issuer));
    for (tenant, issuer_of, taken) in [(OWN, OWN, true), (OTHER, OWN, false), (OTHER, OTHER, false)] {
        let state = random::secret().unwrap();
        let (address, waiting) = city.app.oidc.begin(&registration, "http://127.0.0.1:8080/x", &state, false, now).await.unwrap();
        let asked: HashMap<String, String> = Url::parse(&address).unwrap().query_pairs().into_owned().collect();
        stub.challenge.lock().unwrap().clone_from(&asked["code_challenge"]);
        let at = seconds();
        let issuer = format!("https://login.microsoftonline.com/{issuer_of}/v2.0");
        let claims = json!({ "iss": issuer, "aud": "city-tools", "sub": "s1", "nonce": asked["nonce"], "iat": at, "exp": at + 300,
                             "tid": tenant, "oid": "o1" });
        *stub.token.lock().unwrap() = Some(signed(&json!({ "alg": "EdDSA", "kid": "k" }), &claims, &key(1)));
        let back = Return { code: Some("c1".to_owned()), state: Some(state.expose().to_owned()), ..Return::default() };
        let vouched = city.app.oidc.finish(&registration, "http://127.0.0.1:8080/x", &waiting, &back, now).await;
        assert_eq!(vouched.is_ok(), taken, "{tenant} {issuer_of}: {vouched:?}");
        if let Ok(vouched) = vouched {
            assert_eq!(vouched.identity.object.as_deref(), Some("o1"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s25_an_approver_whose_provider_does_not_say_how_is_signed_in_with_one_factor() {
    let city = City::empty().await;
    let stub = Stub::new().await;
    let id = provider(&city, "camden", &stub.issuer).await;
    let client = invited(&city, "camden", "siro@camden.example", "administrator").await;
    for (amr, acr, to) in [
        (json!(null), json!(null), "/account/second-factor?next=%2Fwork"),
        (json!(["pwd"]), json!("urn:strong:really"), "/account/second-factor?next=%2Fwork"),
        (json!(["pwd", "mfa"]), json!(null), "/work"),
    ] {
        let led = through(&client, &stub, &id, |claims| {
            if !amr.is_null() {
                claims["amr"] = amr.clone();
            }
            if !acr.is_null() {
                claims["acr"] = acr.clone();
            }
        })
        .await;
        assert_eq!(led, to, "{amr} {acr}");
        let status = client.get("/organisations/camden/people").await.status;
        assert_eq!(status, if to == "/work" { StatusCode::OK } else { StatusCode::NOT_FOUND }, "{amr}");
        client.post("/sign-out", &[]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r21_a_provider_that_is_down_is_said_so_and_codes_still_work() {
    let city = City::empty().await;
    let id = provider(&city, "camden", "http://127.0.0.1:9").await;
    let client = Client::new(&city);
    assert_eq!(client.post("/sign-in/provider", &[("provider", &id)]).await.location(), "/sign-in?problem=provider");
    let page = client.get("/sign-in?problem=provider").await;
    assert!(said(&page).contains("Your organisation’s sign-in did not work"));
    city.person("Ed Itor", "camden", &[Role::Editor]).await;
    assert_eq!(client.sign_in("ed.itor@camden.example").await, "/work");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_does_not_answer_is_saved_and_its_administrator_is_told_at_once() {
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    let path = "/organisations/camden/sign-in";
    let stub = Stub::new().await;
    let mut version = "0".to_owned();
    for (issuer, enabled, silent) in [
        // Nobody listens there.
        ("http://127.0.0.1:9", "yes", true),
        ("http://127.0.0.1:9", "no", false),
        (stub.issuer.as_str(), "yes", false),
    ] {
        let fields = [
            ("version", version.as_str()),
            ("kind", "open-id"),
            ("issuer", issuer),
            ("client_id", "city-tools"),
            ("enabled", enabled),
        ];
        let answer = city.post(&administrator, path, &fields).await;
        assert_eq!(answer.location(), path, "{}", said(&answer));
        let told = answer.notice();
        assert!(told.starts_with("The sign-in settings are saved"), "{told}");
        let tells = told.contains("did not answer just now") && told.contains("People cannot sign in with it until it does");
        assert_eq!(tells, silent, "{issuer} {enabled}: {told}");
        let kept: Vec<IdentityProvider> = city.store().all(&Scope::Operator).await.unwrap();
        assert_eq!((kept.len(), kept[0].provider.issuer()), (1, issuer.to_owned()));
        version = kept[0].updated_at.to_string();
    }
}
