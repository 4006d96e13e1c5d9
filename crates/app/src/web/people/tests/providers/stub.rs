//! A provider that says what a test wants it to say, signed with a key of its own.

use axum::{Json, Router, extract::State, http::StatusCode, routing};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use openidconnect::{
    JsonWebKeyId, PrivateSigningKey,
    core::{CoreEdDsaPrivateSigningKey, CoreJwsSigningAlgorithm, CoreProviderMetadata},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

/// A provider that says what a test wants it to say.
#[derive(Clone)]
pub struct Stub {
    pub issuer: String,
    pub(super) token: Arc<Mutex<Option<String>>>,
    pub(super) challenge: Arc<Mutex<String>>,
}

pub(super) fn key(seed: u8) -> CoreEdDsaPrivateSigningKey {
    // PKCS #8 of an Ed25519 seed (RFC 8410).
    let mut der = vec![0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    der.extend([seed; 32]);
    let (label, body) = ("PRIVATE KEY", STANDARD.encode(der));
    let pem = format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n");
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new("k".to_owned()))).unwrap()
}

pub(super) fn signed(header: &Value, claims: &Value, key: &CoreEdDsaPrivateSigningKey) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(header), part(claims));
    let signature = key.sign(&CoreJwsSigningAlgorithm::EdDsa, text.as_bytes()).unwrap();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

pub(super) fn seconds() -> i64 {
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

/// What is known of an issuer whose tokens a stub at an address signs.
pub fn metadata(issuer: &str, at: &str) -> CoreProviderMetadata {
    let metadata: CoreProviderMetadata = serde_json::from_value(document(issuer, at)).unwrap();
    let keys = json!({ "keys": [key(1).as_verification_key()] });
    metadata.set_jwks(serde_json::from_value(keys).unwrap())
}

impl Stub {
    pub async fn new() -> Self {
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
