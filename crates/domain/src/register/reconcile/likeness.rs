//! How alike a record and a notice are, with the reasons that a page shows.

use crate::register::{edit::duplicates::shares, money::Value, names::fold, records::Contract};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeSet;

/// Why two records are taken to be one contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "reason")]
pub enum Reason {
    /// The register names the notice's contracting process.
    SameProcess,
    /// They carry the same reference.
    SameReference,
    /// They share a supplier.
    SameSupplier,
    /// Their titles are the same.
    SameTitle,
    /// Their titles share so many words in a hundred.
    AlikeTitle {
        /// In a hundred.
        percent: u8,
    },
    /// They start within a month of each other.
    CloseStart,
    /// They end within a month of each other.
    CloseEnd,
    /// Their values are within a twentieth of each other.
    CloseValue,
}

impl Reason {
    /// What a reason weighs; a match needs [`Likeness::ENOUGH`].
    fn points(self) -> u32 {
        match self {
            Reason::SameProcess => 100,
            Reason::SameReference => 60,
            Reason::SameSupplier => 35,
            Reason::SameTitle => 40,
            Reason::AlikeTitle { percent } => u32::from(percent) * 35 / 100,
            Reason::CloseStart | Reason::CloseEnd | Reason::CloseValue => 15,
        }
    }
}

/// How alike two records are.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Likeness {
    /// The sum of its reasons' weights.
    pub points: u32,
    /// Why, weightiest first.
    pub reasons: Vec<Reason>,
}

impl Likeness {
    /// From this sum on two records are taken to be one: a supplier and a title, or either with days and value.
    pub const ENOUGH: u32 = 60;

    /// Whether they are taken to be one contract.
    #[must_use]
    pub fn is_match(&self) -> bool {
        // Days and a sum alone are shared by many; so is a supplier with the days of a financial year.
        let named = self.reasons.iter().any(|reason| {
            matches!(reason, Reason::SameProcess | Reason::SameReference | Reason::SameTitle | Reason::AlikeTitle { .. })
        });
        named && self.points >= Self::ENOUGH
    }
}

/// How alike a record and a notice are.
#[must_use]
pub fn likeness(record: &Contract, notice: &Contract) -> Likeness {
    let mut reasons = Vec::new();
    if record.origin.ocid.is_some() && record.origin.ocid == notice.origin.ocid {
        reasons.push(Reason::SameProcess);
    }
    let reference = |contract: &Contract| contract.reference.as_deref().map(fold).filter(|text| text.len() > 2);
    if reference(record).is_some() && reference(record) == reference(notice) {
        reasons.push(Reason::SameReference);
    }
    if shares(&record.suppliers, &notice.suppliers) {
        reasons.push(Reason::SameSupplier);
    }
    let (own, other) = (fold(&record.title), fold(&notice.title));
    if own == other {
        reasons.push(Reason::SameTitle);
    } else {
        let percent = shared_words(&own, &other);
        if percent >= 50 {
            reasons.push(Reason::AlikeTitle { percent });
        }
    }
    let close = |one: Option<Date>, two: Option<Date>| {
        one.zip(two).is_some_and(|(one, two)| one.until(two).is_ok_and(|span| span.get_days().abs() <= 31))
    };
    if close(record.term.start, notice.term.start) {
        reasons.push(Reason::CloseStart);
    }
    if close(record.term.end, notice.term.end) {
        reasons.push(Reason::CloseEnd);
    }
    if let (Value::Known(one), Value::Known(two)) = (&record.value, &notice.value)
        && one.currency == two.currency
        && one.basis == two.basis
        && one.pence > 0
        && one.pence.abs_diff(two.pence) <= one.pence.unsigned_abs() / 20
    {
        reasons.push(Reason::CloseValue);
    }
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.points()));
    Likeness { points: reasons.iter().map(|reason| reason.points()).sum(), reasons }
}

/// Words that titles of contracts share without meaning the same thing.
const COMMON: &[&str] = &["the", "of", "for", "and", "to", "a", "in", "contract", "services", "service", "provision", "supply"];

/// How many in a hundred of the words that either title has stand in both.
fn shared_words(one: &str, other: &str) -> u8 {
    let words = |text: &str| -> BTreeSet<String> {
        text.split(' ').filter(|word| !COMMON.contains(word) && !word.is_empty()).map(str::to_owned).collect()
    };
    let (one, other) = (words(one), words(other));
    let all = one.union(&other).count();
    if all == 0 {
        return 0;
    }
    u8::try_from(one.intersection(&other).count() * 100 / all).unwrap_or(100)
}
