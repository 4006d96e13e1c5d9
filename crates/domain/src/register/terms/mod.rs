//! Terms of contracts, and what follows from them on a given day. Pure and day-precise.
//!
//! The definitions are those of the project's design (§4): an *exit* is a day on which the contract can lawfully stop and
//! another begin; notice and lead time never move an exit, they rule out those that can no longer be reached. Months are
//! added once, after summing, and clamp to the month's end (31 January plus one month is 28 or 29 February).

mod outlook;

pub use outlook::{Decision, DecisionKind, Exit, ExitInterval, ExitKind, Outlook, outlook};

use jiff::{Span, civil::Date};
use serde::{Deserialize, Serialize};

/// A length of time in months and days, as notice periods are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Period {
    /// Whole months.
    #[serde(default)]
    pub months: u16,
    /// Days beside the months.
    #[serde(default)]
    pub days: u16,
}

impl Period {
    /// So many months.
    #[must_use]
    pub fn months(months: u16) -> Self {
        Self { months, days: 0 }
    }

    /// The day this long before `date`; the earliest day there is, should it lie before that.
    #[must_use]
    pub fn before(self, date: Date) -> Date {
        date.checked_sub(self.span()).unwrap_or(Date::MIN)
    }

    /// The day this long after `date`; the last day there is, should it lie after that.
    #[must_use]
    pub fn after(self, date: Date) -> Date {
        date.checked_add(self.span()).unwrap_or(Date::MAX)
    }

    fn span(self) -> Span {
        Span::new().months(i64::from(self.months)).days(i64::from(self.days))
    }
}

/// `date` plus so many months, clamped to the month's end.
#[must_use]
pub fn add_months(date: Date, months: u32) -> Date {
    date.checked_add(Span::new().months(i64::from(months.min(120_000)))).unwrap_or(Date::MAX)
}

/// How a contract runs, as it was agreed. 'Past its end' is not agreed: it follows from the day (see [`TermState`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TermKind {
    /// To a fixed end, perhaps with options to extend.
    Fixed,
    /// Renews each year on the anniversary of its end, unless notice is given.
    RenewsYearly,
    /// Runs until notice is given.
    Rolling,
    /// Nobody has said.
    #[default]
    NotKnown,
}

impl TermKind {
    /// Whether it has no end by its nature: it renews, or runs until notice is given.
    #[must_use]
    pub fn is_endless(self) -> bool {
        matches!(self, TermKind::RenewsYearly | TermKind::Rolling)
    }
}

/// Whether an option may be taken in part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExtensionKind {
    /// Up to so many months.
    #[default]
    UpTo,
    /// All of the months or none.
    Whole,
}

/// Who decides on an extension.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExtensionBy {
    /// The buyer alone.
    #[default]
    BuyerOption,
    /// Both sides must agree; it does not count towards the last possible end.
    Agreement,
}

/// An option to extend.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Extension {
    /// By how many months.
    pub months: u16,
    /// In part or whole.
    #[serde(default)]
    pub kind: ExtensionKind,
    /// Who decides.
    #[serde(default)]
    pub by: ExtensionBy,
    /// How long before the end it must be taken up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Period>,
    /// Whether it has been used; the contract's current end then includes it.
    #[serde(default)]
    pub used: bool,
}

/// A right of the buyer to stop before the end.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Break {
    /// On this day, or on any day from it.
    pub on: Date,
    /// Whether it is any day from `on`, not that day alone.
    #[serde(default)]
    pub or_any_time_after: bool,
    /// The notice it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Period>,
}

/// When a contract starts and how it can end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Term {
    /// How it runs.
    #[serde(default)]
    pub kind: TermKind,
    /// Its first day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Date>,
    /// Its current end: the last day agreed so far, options already used included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Date>,
    /// Its options to extend, in the order in which they follow.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Extension>,
    /// Its breaks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<Break>,
    /// The notice that stops a renewal or a rolling contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Period>,
    /// When it is to be reviewed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Date>,
    /// Whether what it buys is still in use, where someone said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_use: Option<bool>,
    /// The day on which it was ended early, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminated: Option<Date>,
}

impl Term {
    /// The last day agreed so far: the current end, or the day it was ended early. A contract that renews or rolls was ended
    /// when it was said to be, which may be years after the end that it first had.
    #[must_use]
    pub fn current_end(&self) -> Option<Date> {
        match (self.end, self.terminated) {
            (Some(end), Some(terminated)) if !self.kind.is_endless() => Some(end.min(terminated)),
            (end, terminated) => terminated.or(end),
        }
    }

    /// Options that the buyer alone may still use, in order; none once it was ended early.
    pub fn unused_options(&self) -> impl Iterator<Item = &Extension> {
        let open = self.terminated.is_none();
        self.extensions.iter().filter(move |extension| open && !extension.used && extension.by == ExtensionBy::BuyerOption)
    }

    /// Months of all unused buyer's options together.
    #[must_use]
    pub fn unused_months(&self) -> u32 {
        self.unused_options().map(|extension| u32::from(extension.months)).sum()
    }

    /// Current end plus all unused buyer's options, added once; none for a contract that renews yearly or rolls, and none
    /// where the end is not known.
    #[must_use]
    pub fn last_possible_end(&self) -> Option<Date> {
        if self.kind.is_endless() { self.terminated } else { self.current_end().map(|end| add_months(end, self.unused_months())) }
    }
}

/// The five kinds of term, as at a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum TermState {
    Fixed,
    RenewsYearly,
    Rolling,
    PastEnd,
    NotKnown,
}

impl TermState {
    /// All of them, in the order in which pages list them.
    pub const ALL: [TermState; 5] =
        [TermState::Fixed, TermState::RenewsYearly, TermState::Rolling, TermState::PastEnd, TermState::NotKnown];

    /// Its name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            TermState::Fixed => "fixed",
            TermState::RenewsYearly => "renews-yearly",
            TermState::Rolling => "rolling",
            TermState::PastEnd => "past-end",
            TermState::NotKnown => "not-known",
        }
    }
}

/// Where a contract stands, as at a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Past its agreed end, and in use or not yet said to have been extended.
    PastEnd,
    /// Running.
    Current,
    /// Not begun.
    Future,
    /// Its dates are not known.
    NotKnown,
    /// Over: its last possible end is past and nobody says that it is still in use.
    Ended,
}

impl Status {
    /// All of them, in the order in which pages list them.
    pub const ALL: [Status; 5] = [Status::PastEnd, Status::Current, Status::Future, Status::NotKnown, Status::Ended];

    /// Its name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Status::PastEnd => "past-end",
            Status::Current => "current",
            Status::Future => "future",
            Status::NotKnown => "not-known",
            Status::Ended => "ended",
        }
    }
}

#[cfg(test)]
mod tests;
