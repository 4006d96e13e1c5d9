//! Links that invite a person to an organisation, or let one set up a second factor. Looking at one uses nothing up.

use super::{DAY, MINUTE};

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Joining an organisation: accepted by signing in.
    Join,
    /// Setting up a second factor, and nothing else: for the first administrator, and after one was lost.
    SetUp,
}

impl Purpose {
    /// Its name in tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Purpose::Join => "join",
            Purpose::SetUp => "set-up",
        }
    }

    /// Reads it from its name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Purpose> {
        [Purpose::Join, Purpose::SetUp].into_iter().find(|purpose| purpose.as_str() == name)
    }

    /// How long such a link can be used: an invitation a week, a set-up link ten minutes.
    #[must_use]
    pub fn life(self) -> i64 {
        match self {
            Purpose::Join => 7 * DAY,
            Purpose::SetUp => 10 * MINUTE,
        }
    }
}

/// A link as it is kept, besides its digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// What it is for.
    pub purpose: Purpose,
    /// When it was made.
    pub issued_at: i64,
    /// When it was used.
    pub used_at: Option<i64>,
    /// When it was withdrawn, or replaced by a newer one.
    pub withdrawn_at: Option<i64>,
}

/// Why a link is of no more use. To whoever holds it the page says only that it no longer works, and whom to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Used before.
    #[error("used")]
    Used,
    /// Withdrawn, or replaced by a newer one.
    #[error("withdrawn")]
    Withdrawn,
    /// Too old.
    #[error("expired")]
    Expired,
}

impl Link {
    /// Whether the link can be used at an instant.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, now: i64) -> Result<(), Refusal> {
        if self.used_at.is_some() {
            Err(Refusal::Used)
        } else if self.withdrawn_at.is_some() {
            Err(Refusal::Withdrawn)
        } else if now.saturating_sub(self.issued_at) >= self.purpose.life() {
            Err(Refusal::Expired)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s19_a_link_works_once_until_it_expires_or_is_replaced() {
        for purpose in [Purpose::Join, Purpose::SetUp] {
            let link = Link { purpose, issued_at: 50, used_at: None, withdrawn_at: None };
            assert_eq!(link.check(50 + purpose.life() - 1), Ok(()));
            assert_eq!(link.check(50 + purpose.life()), Err(Refusal::Expired));
            assert_eq!(Link { used_at: Some(60), ..link }.check(61), Err(Refusal::Used));
            assert_eq!(Link { withdrawn_at: Some(60), ..link }.check(61), Err(Refusal::Withdrawn));
            assert_eq!(Purpose::parse(purpose.as_str()), Some(purpose));
        }
    }

    #[test]
    fn a_set_up_link_lives_ten_minutes() {
        assert_eq!(Purpose::SetUp.life(), 600_000);
    }
}
