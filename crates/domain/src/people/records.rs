//! People, their places at organisations, and tokens for programs, as they are stored and as the change log keeps them.
//!
//! Their JSON form (serde) is what the change log holds, so a field is only ever added, with a default. No secret stands here.

use super::{ids::*, role::Role};
use crate::register::ids::OrganisationId;
use serde::{Deserialize, Serialize};

/// Someone with an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Its id.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// Where mail reaches them, lower-case; contact data, and what a code is sent to, never what identifies an account of an
    /// identity provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Made up, for `--demo`.
    #[serde(default)]
    pub illustrative: bool,
    /// Since when they may not sign in, milliseconds of UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<i64>,
    /// Kinds of mail they do not want; mail about security comes always.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unwanted_mail: Vec<String>,
    /// Last change, milliseconds of UTC.
    #[serde(default)]
    pub updated_at: i64,
}

/// A person's place at an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// Its id.
    pub id: MembershipId,
    /// Who.
    pub person: PersonId,
    /// Where.
    pub organisation: OrganisationId,
    /// Roles they hold themselves.
    pub roles: Vec<Role>,
    /// Roles they hold as the named deputy of another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deputy: Vec<Role>,
    /// The services they look after there, as contracts name their owning service: who hears of a contract without a manager.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// When they were invited, milliseconds of UTC.
    pub invited_at: i64,
    /// When they accepted, by signing in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<i64>,
    /// When their place was taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<i64>,
    /// Last change, milliseconds of UTC.
    #[serde(default)]
    pub updated_at: i64,
}

impl Membership {
    /// Whether it counts: accepted and not taken away.
    #[must_use]
    pub fn active(&self) -> bool {
        self.accepted_at.is_some() && self.revoked_at.is_none()
    }
}

/// A token with which a program acts for a person at one organisation. The token itself is shown once and kept as a hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiToken {
    /// Its id.
    pub id: ApiTokenId,
    /// Whose.
    pub person: PersonId,
    /// At which organisation.
    pub organisation: OrganisationId,
    /// What it is for, in its owner's words.
    pub name: String,
    /// Whether it was made to write as well as read. The API only reads, so it makes no difference; none is made so any more.
    pub writes: bool,
    /// When it was made, milliseconds of UTC.
    pub created_at: i64,
    /// When it ends.
    pub expires_at: i64,
    /// When it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<i64>,
    /// Last change, milliseconds of UTC.
    #[serde(default)]
    pub updated_at: i64,
}
