//! Typed ids of people and what belongs to them.

use crate::ids::typed_ids;

typed_ids! {
    /// A person with an account here.
    PersonId,
    /// A person's place at an organisation, with roles.
    MembershipId,
    /// One signed-in browser.
    SessionId,
    /// A token for programs.
    ApiTokenId,
    /// A way of signing in at an identity provider.
    AccountId,
    /// A passkey or a TOTP secret.
    SecondFactorId,
}
