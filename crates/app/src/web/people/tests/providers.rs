//! Identity providers: S23 to S25. The happy path goes through the certified provider of `e2e/oidc`, which the test starts;
//! what no honest provider would send comes from a stub that signs with keys of its own.

use super::{Client, mail, said};
use crate::{
    config::Secrets,
    sign_in::{oidc::Return, random},
    state::SignIn,
    testing::City,
    web::{people::sign_in::provider::BACK, session::COOKIE},
};
use axum::{Json, Router, extract::State, http::StatusCode, routing};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use domain::people::{
    AccountId, PersonId, Role, Scope,
    sign_in::{
        identity::Provider,
        records::{IdentityProvider, IdentityProviderId},
    },
};
use openidconnect::{
    JsonWebKeyId, PrivateSigningKey,
    core::{CoreEdDsaPrivateSigningKey, CoreJwsSigningAlgorithm, CoreProviderMetadata},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::{
    collections::HashMap,
    process::Stdio,
    sync::{Arc, Mutex},
};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use url::Url;
use uuid::Uuid;

/// A provider that says what a test wants it to say.
#[derive(Clone)]
pub(super) struct Stub {
    pub(super) issuer: String,
    token: Arc<Mutex<Option<String>>>,
    challenge: Arc<Mutex<String>>,
}

fn key(seed: u8) -> CoreEdDsaPrivateSigningKey {
    // PKCS #8 of an Ed25519 seed (RFC 8410).
    let mut der = vec![0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    der.extend([seed; 32]);
    let (label, body) = ("PRIVATE KEY", STANDARD.encode(der));
    let pem = format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n");
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new("k".to_owned()))).unwrap()
}

fn signed(header: &Value, claims: &Value, key: &CoreEdDsaPrivateSigningKey) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(header), part(claims));
    let signature = key.sign(&CoreJwsSigningAlgorithm::EdDsa, text.as_bytes()).unwrap();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn seconds() -> i64 {
    i64::try_from(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

fn document(issuer: &str, at: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{at}/authorize"),
        "token_endpoint": format!("{at}/token"),
        "jwks_uri": format!("{at}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        // A provider that offers what must not be taken.
        "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
    })
}

impl Stub {
    pub(super) async fn new() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let stub = Self { issuer, token: Arc::default(), challenge: Arc::default() };
        let router = Router::new()
            .route(
                "/.well-known/openid-configuration",
                routing::get(|State(stub): State<Stub>| async move { Json(document(&stub.issuer, &stub.issuer)) }),
            )
            .route("/keys", routing::get(|| async { Json(json!({ "keys": [key(1).as_verification_key()] })) }))
            .route("/token", routing::post(Self::exchange))
            .with_state(stub.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        stub
    }

    /// A code is good once, and only with the verifier of the browser that left (PKCE).
    async fn exchange(State(stub): State<Stub>, body: String) -> (StatusCode, Json<Value>) {
        let form: HashMap<String, String> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        let verifier = form.get("code_verifier").cloned().unwrap_or_default();
        let fits = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == *stub.challenge.lock().unwrap();
        match stub.token.lock().unwrap().take() {
            Some(token) if fits => (
                StatusCode::OK,
                Json(json!({ "access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": token })),
            ),
            _ => (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))),
        }
    }
}

pub(super) async fn provider(city: &City, slug: &str, issuer: &str) -> String {
    let provider = IdentityProvider {
        id: IdentityProviderId(Uuid::now_v7()),
        organisation: city.organisation(slug).id,
        provider: Provider::OpenId { issuer: issuer.to_owned() },
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
pub(super) fn asked_on(page: &crate::testing::Answer) -> HashMap<String, String> {
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
    let people: Vec<domain::people::Person> = city.store().all(&Scope::Operator).await.unwrap();
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
    let registration =
        crate::sign_in::oidc::Registration { provider: entra.clone(), client_id: "city-tools".to_owned(), client_secret: None };
    let now = city.app.clock.now();
    let mut metadata: CoreProviderMetadata = serde_json::from_value(document(&entra.issuer(), &stub.issuer)).unwrap();
    let keys = json!({ "keys": [key(1).as_verification_key()] });
    metadata = metadata.set_jwks(serde_json::from_value(keys).unwrap());
    city.app.oidc.remember(entra.issuer(), now, metadata);
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
async fn s24_two_issuers_with_the_same_address_are_two_people_and_a_stranger_is_nobody() {
    let city = City::empty().await;
    let (camden, hackney) = (Stub::new().await, Stub::new().await);
    let at_camden = provider(&city, "camden", &camden.issuer).await;
    let at_hackney = provider(&city, "hackney", &hackney.issuer).await;
    let one = invited(&city, "camden", "one@camden.example", "editor").await;
    assert_eq!(through(&one, &camden, &at_camden, |_| {}).await, "/work");
    // Same subject, same address, another issuer, no invitation: nobody.
    let stranger = Client::new(&city);
    assert_eq!(through(&stranger, &hackney, &at_hackney, |_| {}).await, "/sign-in?problem=not-known");
    assert!(stranger.cookie(COOKIE).is_none());
    let other = invited(&city, "hackney", "other@hackney.example", "editor").await;
    assert_eq!(through(&other, &hackney, &at_hackney, |_| {}).await, "/work");
    let bound = bound(&city).await;
    assert_eq!(bound.len(), 2);
    assert_ne!(bound[0].0, bound[1].0);
    assert!(said(&one.get("/account").await).contains("Camden") && said(&other.get("/account").await).contains("Hackney"));
    // Nor does the address of a person here, said by a provider, open that person's account.
    city.person("Same", "camden", &[Role::Administrator]).await;
    let thief = Client::new(&city);
    let led = through(&thief, &hackney, &at_hackney, |claims| {
        claims["sub"] = json!("s2");
        claims["email"] = json!("same@camden.example");
        claims["email_verified"] = json!(true);
    })
    .await;
    assert_eq!(led, "/sign-in?problem=not-known");
}

#[tokio::test(flavor = "multi_thread")]
async fn s24_an_invitation_is_taken_up_at_the_organisations_own_provider_only() {
    let city = City::empty().await;
    let hackney = Stub::new().await;
    let at_hackney = provider(&city, "hackney", &hackney.issuer).await;
    let client = invited(&city, "camden", "one@camden.example", "administrator").await;
    assert_eq!(through(&client, &hackney, &at_hackney, |_| {}).await, "/sign-in?problem=not-known");
    assert!(bound(&city).await.is_empty());
}

/// An organisation's Entra tenant, whose tokens the stub signs.
async fn entra(city: &City, slug: &str, stub: &Stub, tenant: &str) -> String {
    let entra = Provider::Entra { tenant: tenant.to_owned() };
    let mut metadata: CoreProviderMetadata = serde_json::from_value(document(&entra.issuer(), &stub.issuer)).unwrap();
    let keys = json!({ "keys": [key(1).as_verification_key()] });
    metadata = metadata.set_jwks(serde_json::from_value(keys).unwrap());
    city.app.oidc.remember(entra.issuer(), city.app.clock.now(), metadata);
    let provider = IdentityProvider {
        id: IdentityProviderId(Uuid::now_v7()),
        organisation: city.organisation(slug).id,
        provider: entra,
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

/// What an organisation's directory calls a person.
async fn in_directory(city: &City, slug: &str, person: PersonId, external_id: &str) {
    let user = store::scim::ScimUser { person, user_name: person.to_string(), external_id: Some(external_id.to_owned()) };
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.keep_scim_user(city.organisation(slug).id, &user).await.unwrap();
    write.commit().await.unwrap();
}

/// Makes a place one that was not accepted yet.
async fn unaccepted(city: &City, person: PersonId) {
    let places: Vec<domain::people::Membership> =
        city.store().by(&Scope::Operator, "person_id", person.to_string()).await.unwrap();
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    for place in places {
        let mut after = domain::people::Membership { accepted_at: None, ..place.clone() };
        write.update(&place, &mut after).await.unwrap();
    }
    write.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn s24_whom_a_directory_names_by_object_id_comes_in_through_that_very_tenant_and_into_no_other_account() {
    const OWN: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
    let city = City::empty().await;
    let stub = Stub::new().await;
    let id = entra(&city, "camden", &stub, OWN).await;
    let come = async |object: &str| {
        let client = Client::new(&city);
        let led = through(&client, &stub, &id, |claims| {
            claims["iss"] = json!(format!("https://login.microsoftonline.com/{OWN}/v2.0"));
            claims["tid"] = json!(OWN);
            claims["oid"] = json!(object);
            claims["sub"] = json!(object);
        });
        led.await
    };
    let ann = city.person("Ann", "camden", &[Role::Editor]).await;
    unaccepted(&city, ann).await;
    assert_eq!(come("OID-ANN").await, "/sign-in?problem=not-known", "the directory has not named her yet");
    in_directory(&city, "camden", ann, "oid-ann").await;
    assert_eq!(come("OID-ANN").await, "/work");
    assert_eq!(bound(&city).await.iter().map(|(person, _)| *person).collect::<Vec<_>>(), [ann]);
    assert_eq!(come("OID-ANN").await, "/work", "the account is hers from now on");

    // A directory that names somebody of another organisation does not come into that person's account.
    let bob = city.person("Bob", "hackney", &[Role::Administrator]).await;
    city.place(bob, None, "camden", &[Role::Viewer]).await;
    in_directory(&city, "camden", bob, "oid-thief").await;
    assert_eq!(come("oid-thief").await, "/sign-in?problem=not-known");
    // Nor does another organisation's directory bind by this one's tenant.
    let eve = city.person("Eve", "hackney", &[Role::Editor]).await;
    in_directory(&city, "hackney", eve, "oid-eve").await;
    assert_eq!(come("oid-eve").await, "/sign-in?problem=not-known");
    assert_eq!(bound(&city).await.len(), 1);
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
    crate::tls::provide();
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
    let registration = crate::sign_in::oidc::Registration {
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
    assert!(matches!(replayed, Err(crate::sign_in::oidc::Error::Code(_))), "{replayed:?}");
}
