//! Where an assessment stands.

use serde::{Deserialize, Serialize};

/// Where an assessment stands. [`crate::dpia::workflow::TABLE`] says how it gets from one to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Being written.
    Drafting,
    /// Frozen; technical assurance and procurement look at it.
    Review,
    /// Frozen; the data protection officers advise.
    Advice,
    /// Frozen; the advice is answered and the risk accepted, or not.
    Decision,
    /// Frozen; the Information Commissioner has been asked (Article 36).
    Consulting,
    /// Signed by all; not in use yet.
    Signed,
    /// Signed, and the processing has begun. It is reviewed from time to time.
    Live,
    /// Given up.
    Withdrawn,
    /// Another assessment took its place.
    Superseded,
    /// Made elsewhere and kept here as it is.
    Recorded,
}

impl State {
    /// Every state, in the order of an assessment's life.
    pub const ALL: [Self; 10] = [
        Self::Drafting,
        Self::Review,
        Self::Advice,
        Self::Decision,
        Self::Consulting,
        Self::Signed,
        Self::Live,
        Self::Withdrawn,
        Self::Superseded,
        Self::Recorded,
    ];

    /// As databases, addresses and JSON spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Drafting => "drafting",
            Self::Review => "review",
            Self::Advice => "advice",
            Self::Decision => "decision",
            Self::Consulting => "consulting",
            Self::Signed => "signed",
            Self::Live => "live",
            Self::Withdrawn => "withdrawn",
            Self::Superseded => "superseded",
            Self::Recorded => "recorded",
        }
    }

    /// Reads what [`Self::as_str`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether its text is frozen while people look at it.
    #[must_use]
    pub fn is_frozen(self) -> bool {
        matches!(self, Self::Review | Self::Advice | Self::Decision | Self::Consulting)
    }

    /// Whether it is signed by all.
    #[must_use]
    pub fn is_signed(self) -> bool {
        matches!(self, Self::Signed | Self::Live)
    }

    /// Whether nothing in it changes any more.
    #[must_use]
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Withdrawn | Self::Superseded)
    }
}
