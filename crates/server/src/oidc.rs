//! OpenID Connect: the authorisation code flow with PKCE against one organisation's own provider.
//!
//! The library checks signature, issuer, audience, expiry and nonce; here stand the bounds around it: how a provider is reached
//! (`reach`), what its token must withstand (`token`), a fresh look at the provider's keys when a signature does not fit, the `iss`
//! of the redirect (RFC 9207), and the rules of `domain::people::sign_in::identity` over what a token says. `state`, nonce and PKCE
//! verifier stay with the server, bound to the browser; see `store::sign_in`.

mod reach;
mod token;

use domain::people::sign_in::{
    MINUTE,
    identity::{Identity, Provider, Refusal},
    secret::Secret,
};
use openidconnect::{
    AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope,
    core::{CoreAuthPrompt, CoreProviderMetadata, CoreResponseType},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeSet, HashMap},
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};
use token::OidcClient;

/// How long a provider's document and keys are kept before they are asked for again.
const KEPT: i64 = 10 * MINUTE;
/// How many providers are kept: a city has a few dozen.
const MOST_KEPT: usize = 200;

/// A provider with what this server is to it.
#[derive(Clone)]
pub struct Registration {
    /// Whose word is taken.
    pub provider: Provider,
    /// The client id that the provider gave this server.
    pub client_id: String,
    /// The client secret, where the provider gave one.
    pub client_secret: Option<String>,
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration")
            .field("provider", &self.provider)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// What the server keeps between sending a person to their provider and their coming back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The digest of `state`.
    pub state: String,
    /// The nonce that the token must repeat.
    pub nonce: String,
    /// The PKCE verifier.
    pub verifier: String,
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Waiting(…)")
    }
}

/// How a person came back from their provider: the query of the redirect.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Return {
    /// The authorisation code.
    pub code: Option<String>,
    /// Our `state`.
    pub state: Option<String>,
    /// The provider's issuer (RFC 9207), where it says so.
    pub iss: Option<String>,
    /// The provider's refusal.
    pub error: Option<String>,
}

/// A person whom their provider vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouched {
    /// By what they are known, and how strongly they proved it.
    pub identity: Identity,
    /// When they proved it, in milliseconds, if the provider says.
    pub checked_at: Option<i64>,
}

/// Why someone who came back is not taken, or could not be sent. The log has the reason; the page says only that it failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The provider does not answer, or not as it should.
    #[error("the provider cannot be used: {0}")]
    Unavailable(String),
    /// The person gave up, or the provider refused them.
    #[error("the provider refused: {0}")]
    Refused(String),
    /// The redirect is not the answer to what this browser began.
    #[error("not what this browser began")]
    State,
    /// The code was not taken by the provider: used, expired, or another's.
    #[error("the code was not taken: {0}")]
    Code(String),
    /// The token does not hold.
    #[error("the token does not hold: {0}")]
    Token(String),
    /// The token holds, but is not this provider's to make.
    #[error("the token is not this organisation's: {0}")]
    Identity(#[from] Refusal),
}

/// An error with what caused it, for the log.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// Talks to identity providers; one for the server, cheap to clone.
#[derive(Clone)]
pub struct Oidc {
    /// None where TLS cannot be set up; then no provider can be used.
    http: Option<reqwest::Client>,
    /// Whether this server is reached at this machine only.
    here: bool,
    trusted: Arc<BTreeSet<String>>,
    known: Arc<Mutex<HashMap<String, (i64, CoreProviderMetadata)>>>,
}

impl Oidc {
    /// Where to send a person, and what to keep meanwhile. `again` asks the provider to have them prove themselves now, whatever
    /// session they have there.
    ///
    /// # Errors
    /// When the provider cannot be used.
    pub async fn begin(
        &self,
        at: &Registration,
        redirect: &str,
        state: &Secret,
        again: bool,
        now: i64,
    ) -> Result<(String, Waiting), Error> {
        let client = self.client(at, redirect, now).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let spelt = state.expose().to_owned();
        let mut request = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || CsrfToken::new(spelt),
                Nonce::new_random,
            )
            .add_scope(Scope::new("profile".to_owned()))
            .add_scope(Scope::new("email".to_owned()))
            .set_pkce_challenge(challenge);
        if let Provider::Google { domains } = &at.provider {
            // Only a hint to the chooser; the claim is checked.
            let hint = if let [only] = domains.as_slice() { only.clone() } else { "*".to_owned() };
            request = request.add_extra_param("hd", hint);
        }
        if again {
            // 'max_age' obliges a provider to say when it asked; some want the claim asked for by its name.
            request = request
                .add_prompt(CoreAuthPrompt::Login)
                .set_max_age(Duration::ZERO)
                .add_extra_param("claims", r#"{"id_token":{"auth_time":{"essential":true}}}"#);
        }
        let (address, _, nonce) = request.url();
        let waiting = Waiting { state: state.digest_text(), nonce: nonce.secret().clone(), verifier: verifier.into_secret() };
        Ok((address.into(), waiting))
    }

    /// Whether a provider answers as one, so that people could be sent there.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub async fn answers(&self, at: &Registration, redirect: &str, now: i64) -> Result<(), Error> {
        self.client(at, redirect, now).await.map(drop)
    }

    /// Takes a person back: exchanges the code, verifies the token, and says who they are.
    ///
    /// # Errors
    /// Why not.
    pub async fn finish(
        &self,
        at: &Registration,
        redirect: &str,
        waiting: &Waiting,
        back: &Return,
        now: i64,
    ) -> Result<Vouched, Error> {
        let state = back.state.as_deref().and_then(Secret::parse).ok_or(Error::State)?;
        if state.digest_text() != waiting.state || back.iss.as_ref().is_some_and(|iss| *iss != at.provider.issuer()) {
            return Err(Error::State);
        }
        if let Some(error) = &back.error {
            return Err(Error::Refused(error.chars().filter(|c| c.is_ascii_graphic()).take(100).collect()));
        }
        let code = back.code.as_ref().filter(|code| !code.is_empty()).ok_or(Error::State)?;
        let client = self.client(at, redirect, now).await?;
        let response = client
            .exchange_code(AuthorizationCode::new(code.clone()))
            .map_err(|error| Error::Unavailable(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(waiting.verifier.clone()))
            .request_async(self)
            .await
            .map_err(|error| match error {
                openidconnect::RequestTokenError::ServerResponse(response) => Error::Code(response.error().to_string()),
                openidconnect::RequestTokenError::Parse(..) => Error::Token("the answer is not one".to_owned()),
                other => Error::Unavailable(chain(&other)),
            })?;
        match self.verify(&client, at, &response, waiting, now) {
            // Keys may have been changed since they were fetched: look once more before refusing.
            Err(Error::Token(_)) if self.forget(at, now) => {
                let client = self.client(at, redirect, now).await?;
                self.verify(&client, at, &response, waiting, now)
            }
            other => other,
        }
    }

    /// The client of a registration, with the provider's document and keys of the last ten minutes.
    async fn client(&self, at: &Registration, redirect: &str, now: i64) -> Result<OidcClient, Error> {
        let unusable = |error: &dyn std::error::Error| Error::Unavailable(chain(error));
        at.provider.check().map_err(|error| unusable(&error))?;
        let issuer = at.provider.issuer();
        let metadata = match self.remembered(&issuer, now) {
            Some(metadata) => metadata,
            None => {
                let address = IssuerUrl::new(issuer.clone()).map_err(|error| unusable(&error))?;
                // Refuses a document whose issuer is not exactly the one asked for, so Entra's shared one never passes.
                let found = CoreProviderMetadata::discover_async(address, self).await.map_err(|error| unusable(&error))?;
                self.remember(issuer, now, found.clone());
                found
            }
        };
        let redirect = RedirectUrl::new(redirect.to_owned()).map_err(|error| unusable(&error))?;
        let secret = at.client_secret.clone().map(ClientSecret::new);
        Ok(OidcClient::from_provider_metadata(metadata, ClientId::new(at.client_id.clone()), secret).set_redirect_uri(redirect))
    }

    fn remembered(&self, issuer: &str, now: i64) -> Option<CoreProviderMetadata> {
        let known = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        known.get(issuer).filter(|(at, _)| (0..KEPT).contains(&(now - at))).map(|(_, metadata)| metadata.clone())
    }

    /// Keeps a provider's document and keys as of an instant.
    pub fn remember(&self, issuer: String, now: i64, metadata: CoreProviderMetadata) {
        let mut known = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        known.retain(|_, (at, _)| (0..KEPT).contains(&(now - *at)));
        if known.len() < MOST_KEPT {
            known.insert(issuer, (now, metadata));
        }
    }

    /// Forgets a provider's document and keys, unless they were fetched just now; says whether it did.
    fn forget(&self, at: &Registration, now: i64) -> bool {
        let mut known = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let issuer = at.provider.issuer();
        if known.get(&issuer).is_some_and(|(at, _)| now - at < 1000) {
            return false;
        }
        known.remove(&issuer).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::people::sign_in::secret::Secret;

    #[tokio::test]
    async fn s38_a_public_server_asks_no_provider_on_a_private_network_or_on_itself() {
        let oidc = Oidc::new("https://city.example", &[]);
        for issuer in
            ["http://127.0.0.1:9", "https://127.0.0.1:9", "https://10.1.2.3", "https://169.254.169.254", "https://localhost:9"]
        {
            let registration = Registration {
                provider: Provider::OpenId { issuer: issuer.to_owned() },
                client_id: "city-tools".to_owned(),
                client_secret: None,
            };
            let begun = oidc.begin(&registration, "https://city.example/x", &Secret::of(&[1; 32]), false, 0).await;
            let Err(Error::Unavailable(why)) = begun else { panic!("{issuer} was asked") };
            assert!(why.contains("public internet") || why.contains("no https address"), "{issuer}: {why}");
        }
    }

    #[test]
    fn s43_debug_shows_no_secret() {
        let registration = Registration {
            provider: Provider::OpenId { issuer: "https://id.example".to_owned() },
            client_id: "city-tools".to_owned(),
            client_secret: Some("canary".to_owned()),
        };
        let waiting = Waiting { state: "canary".to_owned(), nonce: "canary".to_owned(), verifier: "canary".to_owned() };
        assert!(!format!("{registration:?}{waiting:?}").contains("canary"));
    }
}
