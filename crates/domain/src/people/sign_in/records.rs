//! What an organisation's administrators set up for signing in, as it is stored and as the change log keeps it.

use super::identity::Provider;
use crate::{ids::typed_ids, register::ids::OrganisationId};
use serde::{Deserialize, Serialize};

typed_ids! {
    /// An organisation's identity provider.
    IdentityProviderId,
}

/// An organisation's own identity provider. Its client secret is not here, but in the server's settings, under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityProvider {
    /// Its id.
    pub id: IdentityProviderId,
    /// Whose.
    pub organisation: OrganisationId,
    /// Whose word is taken.
    pub provider: Provider,
    /// The client id that the provider gave this server.
    pub client_id: String,
    /// The name under which the server's settings hold the client secret; none for a public client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_name: Option<String>,
    /// Whether people can sign in by it.
    pub enabled: bool,
    /// Last change, milliseconds of UTC.
    #[serde(default)]
    pub updated_at: i64,
}
