//! What a token must withstand: an asymmetric signature by one of the provider's keys, issuer, audience, expiry and nonce, the access
//! token that it came with, and the client it was made for.

use super::{Error, Oidc, Registration, Vouched, Waiting};
use domain::people::sign_in::identity::Claims;
use openidconnect::{
    AccessTokenHash, AdditionalClaims, Client, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    IdTokenFields, Nonce, OAuth2TokenResponse, StandardErrorResponse, StandardTokenResponse, TokenResponse,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
        CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken, CoreRevocationErrorResponse,
        CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Signatures that are taken: asymmetric ones alone. Neither `none` nor one made with the client's own secret.
const SIGNATURES: [CoreJwsSigningAlgorithm; 5] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Claims of Entra and Google beside the standard ones.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Further {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    oid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hd: Option<String>,
}

impl AdditionalClaims for Further {}

type Fields =
    IdTokenFields<Further, EmptyExtraTokenFields, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
/// A client of one provider, whose document and keys were read.
pub(super) type OidcClient = Client<
    Further,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

impl Oidc {
    /// Who a token says that somebody is, once it holds.
    pub(super) fn verify(
        &self,
        client: &OidcClient,
        at: &Registration,
        response: &StandardTokenResponse<Fields, CoreTokenType>,
        waiting: &Waiting,
        now: i64,
    ) -> Result<Vouched, Error> {
        let token = response.id_token().ok_or_else(|| Error::Token("there is none".to_owned()))?;
        let verifier = client.id_token_verifier().set_allowed_algs(SIGNATURES);
        let refused = |error: &dyn fmt::Display| Error::Token(error.to_string());
        let nonce = Nonce::new(waiting.nonce.clone());
        let claims = token.claims(&verifier, &nonce).map_err(|error| refused(&error))?;
        if let Some(expected) = claims.access_token_hash() {
            let algorithm = token.signing_alg().map_err(|error| refused(&error))?;
            let key = token.signing_key(&verifier).map_err(|error| refused(&error))?;
            let actual = AccessTokenHash::from_token(response.access_token(), algorithm, key).map_err(|error| refused(&error))?;
            if actual != *expected {
                return Err(Error::Token("it belongs to another access token".to_owned()));
            }
        }
        let further = claims.additional_claims();
        if claims.authorized_party().is_some_and(|party| **party != at.client_id) {
            return Err(Error::Token("it was made for another client".to_owned()));
        }
        let said = Claims {
            issuer: claims.issuer().to_string(),
            subject: claims.subject().to_string(),
            tenant: further.tid.clone(),
            object: further.oid.clone(),
            hosted_domain: further.hd.clone(),
            methods: claims
                .auth_method_refs()
                .map(|methods| methods.iter().map(|method| method.to_string()).collect())
                .unwrap_or_default(),
            context: claims.auth_context_ref().map(|context| context.to_string()),
            authenticated_at: claims.auth_time().map(|time| time.timestamp()),
        };
        let identity = at.provider.identify(&said)?;
        Ok(Vouched { identity, checked_at: said.checked_at(now) })
    }
}
