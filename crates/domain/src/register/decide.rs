//! What has to be decided of a contract, and by when: states and dates; the words stand with the pages.

use super::terms::{Decision, Outlook, Status, TermState};
use jiff::civil::Date;
use serde::Serialize;

/// A decision this near is marked with the days left.
const SOON_DAYS: i32 = 92;

/// A day by which something has to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Act {
    /// `extend-by`, `give-notice-by`, `start-buying-by`.
    pub kind: &'static str,
    /// The day.
    pub date: Date,
    /// Days left, where they are few.
    pub days: Option<i32>,
    /// Whether it is the latest that the day can be, since the notice is not known.
    pub at_latest: bool,
}

impl Act {
    /// A decision as at a day.
    #[must_use]
    pub fn of(decision: &Decision, as_at: Date) -> Self {
        let days = decision.date.since(as_at).map_or(i32::MAX, |span| span.get_days());
        let days = (0..=SOON_DAYS).contains(&days).then_some(days);
        Self { kind: decision.kind.as_str(), date: decision.date, days, at_latest: decision.at_latest }
    }
}

/// What has to be decided next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decide {
    /// `dated` (see `next`), `now` (past its end), `any-time` (rolling), `none-left`, `too-short` (the whole term is shorter than
    /// the time it takes to buy), `replaced` (another contract took its place), `over`, `not-known`.
    pub state: &'static str,
    /// The next decision still ahead.
    pub next: Option<Act>,
    /// The one missed last, while its exit is still ahead.
    pub missed: Option<Act>,
}

impl Decide {
    /// What a term asks for as at a day.
    #[must_use]
    pub fn of(outlook: &Outlook, as_at: Date) -> Self {
        let next = outlook.decisions.iter().find(|decision| !decision.missed);
        let missed = outlook.missed().last();
        let state = match (outlook.status, outlook.term) {
            (Status::Ended, _) => "over",
            (_, TermState::PastEnd) if !outlook.succeeded => "now",
            _ if next.is_some() => "dated",
            (_, TermState::Rolling) => "any-time",
            _ if missed.is_some() => "none-left",
            _ if outlook.succeeded => "replaced",
            _ if outlook.too_short => "too-short",
            _ => "not-known",
        };
        Self {
            state,
            next: next.map(|decision| Act::of(decision, as_at)),
            missed: missed.map(|decision| Act { days: None, ..Act::of(decision, as_at) }),
        }
    }
}
