//! On whose behalf something is read or written. Roles and memberships join this subject with sign-in.

use serde::{Deserialize, Serialize};

/// For whom a store function acts. Every store function takes one, so that no read or write happens for nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "scope")]
pub enum Scope {
    /// Anyone, not signed in: reads what is public, writes nothing.
    Public,
    /// Whoever runs the server, at its command line.
    Operator,
    /// Work the server does on its own: seeding, derived data, scheduled fetches.
    Job {
        /// The job's name, as the change log will show it.
        name: String,
    },
}

impl Scope {
    /// The name that the change log keeps for this scope.
    #[must_use]
    pub fn actor(&self) -> String {
        match self {
            Self::Public => "public".to_owned(),
            Self::Operator => "operator".to_owned(),
            Self::Job { name } => format!("job:{name}"),
        }
    }

    /// Whether this scope may write the register at all.
    #[must_use]
    pub fn may_write(&self) -> bool {
        !matches!(self, Self::Public)
    }

    /// Whether this scope may read what is not public (one organisation's satisfaction score, for example).
    #[must_use]
    pub fn may_read_private(&self) -> bool {
        !matches!(self, Self::Public)
    }
}
