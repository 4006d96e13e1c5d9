//! How complete and fresh a record is, and what to fix first. Pure; no storage, no sentences.
//!
//! The score is this project's own measure, not a standard's. It is out of a hundred: half for the fields that are filled
//! in, weighed as [`Fix::weight`] says, half for the records that somebody confirmed in the last year. Contracts that have
//! ended are left out: nobody should be asked to tidy them.

use super::{
    records::{Contract, SupplierState, System},
    terms::TermKind,
};
use crate::register::money::Value;
use jiff::{Span, civil::Date};
use serde::Serialize;

/// What can be missing from a record, and so be fixed. Closed: pages have a sentence for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fix {
    /// Say when the contract ends, or that it rolls.
    End,
    /// Say when it started.
    Start,
    /// State the value, or why it is withheld.
    Value,
    /// Name the supplier.
    Supplier,
    /// Give the supplier's company number.
    CompanyNumber,
    /// Give the review date, notice, options or breaks.
    Notice,
    /// Name the service that owns it.
    OwningService,
    /// Say which function it serves.
    Function,
    /// Say which product or system it covers.
    Product,
    /// Confirm that the contract's record is right.
    Confirmed,
    /// Say which function a system serves.
    SystemFunction,
    /// Link a system to its contract.
    SystemContract,
    /// Say how many people use a system.
    SystemUsers,
    /// Say where a system runs.
    SystemHosting,
    /// Confirm that the system's record is right.
    SystemConfirmed,
}

impl Fix {
    /// All of them.
    pub const ALL: [Fix; 15] = [
        Fix::End,
        Fix::Start,
        Fix::Value,
        Fix::Supplier,
        Fix::CompanyNumber,
        Fix::Notice,
        Fix::OwningService,
        Fix::Function,
        Fix::Product,
        Fix::Confirmed,
        Fix::SystemFunction,
        Fix::SystemContract,
        Fix::SystemUsers,
        Fix::SystemHosting,
        Fix::SystemConfirmed,
    ];

    /// Its name, as the contracts filter `missing` takes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Fix::End => "end",
            Fix::Start => "start",
            Fix::Value => "value",
            Fix::Supplier => "supplier",
            Fix::CompanyNumber => "company-number",
            Fix::Notice => "notice",
            Fix::OwningService => "owning-service",
            Fix::Function => "function",
            Fix::Product => "product",
            Fix::Confirmed => "confirmed",
            Fix::SystemFunction => "system-function",
            Fix::SystemContract => "system-contract",
            Fix::SystemUsers => "system-users",
            Fix::SystemHosting => "system-hosting",
            Fix::SystemConfirmed => "system-confirmed",
        }
    }

    /// The fix of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fix| fix.as_str() == name)
    }

    /// The value of the contracts filter `missing` that leads to the records; none for fixes of systems.
    #[must_use]
    pub fn contracts_filter(self) -> Option<&'static str> {
        (!self.of_systems()).then(|| self.as_str())
    }

    /// Whether it concerns systems, not contracts.
    #[must_use]
    pub fn of_systems(self) -> bool {
        self >= Fix::SystemFunction
    }

    /// How much the field counts among those of its record, which add up to a hundred; 0 for the two confirmations, which
    /// are the score's other half. The end of a contract counts most because all joint buying starts from it.
    #[must_use]
    pub fn weight(self) -> u32 {
        match self {
            Fix::End => 20,
            Fix::Value => 15,
            Fix::Start | Fix::Supplier | Fix::CompanyNumber | Fix::Notice | Fix::Function | Fix::Product => 10,
            Fix::OwningService => 5,
            Fix::SystemFunction | Fix::SystemContract => 30,
            Fix::SystemUsers | Fix::SystemHosting => 20,
            Fix::Confirmed | Fix::SystemConfirmed => 0,
        }
    }

    fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// Weights of one record's fields together.
const WHOLE: u64 = 100;

/// What is missing from one record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Gaps(pub(crate) u16);

impl Gaps {
    /// What is missing from a contract; `numbered` says that every supplier of it has a company number.
    #[must_use]
    pub fn of_contract(contract: &Contract, numbered: bool, as_at: Date) -> Self {
        let term = &contract.term;
        let mut gaps = Self::default();
        gaps.note(Fix::End, term.current_end().is_none() && term.kind != TermKind::Rolling);
        gaps.note(Fix::Start, term.start.is_none());
        gaps.note(
            Fix::Value,
            match &contract.value {
                Value::Known(_) => false,
                Value::Withheld { reason } => reason.trim().is_empty(),
                Value::NotKnown => true,
            },
        );
        let unnamed = contract.suppliers.is_empty() && contract.supplier_state != SupplierState::Withheld;
        gaps.note(Fix::Supplier, unnamed);
        // A supplier that is withheld cannot be numbered in public: nothing is missing then.
        gaps.note(Fix::CompanyNumber, unnamed || !contract.suppliers.is_empty() && !numbered);
        let foreseen = term.notice.is_some() || term.review.is_some();
        gaps.note(Fix::Notice, !foreseen && term.extensions.is_empty() && term.breaks.is_empty());
        gaps.note(Fix::OwningService, contract.owning_service.as_deref().is_none_or(|name| name.trim().is_empty()));
        gaps.note(Fix::Function, contract.functions.is_empty());
        gaps.note(Fix::Product, contract.products.is_empty() && contract.systems.is_empty());
        gaps.note(Fix::Confirmed, !fresh(contract.confirmed, as_at));
        gaps
    }

    /// What is missing from a system; `linked` says that a contract covers it.
    #[must_use]
    pub fn of_system(system: &System, linked: bool, as_at: Date) -> Self {
        let mut gaps = Self::default();
        gaps.note(Fix::SystemFunction, system.functions.is_empty());
        gaps.note(Fix::SystemContract, !linked);
        gaps.note(Fix::SystemUsers, system.users.is_none());
        gaps.note(Fix::SystemHosting, system.hosting.is_none());
        gaps.note(Fix::SystemConfirmed, !fresh(system.confirmed, as_at));
        gaps
    }

    /// Whether this is missing.
    #[must_use]
    pub fn has(self, fix: Fix) -> bool {
        self.0 & fix.bit() != 0
    }

    /// The same with one fix noted as missing or not.
    #[must_use]
    pub(crate) fn with(mut self, fix: Fix, missing: bool) -> Self {
        self.0 &= !fix.bit();
        self.note(fix, missing);
        self
    }

    fn note(&mut self, fix: Fix, missing: bool) {
        if missing {
            self.0 |= fix.bit();
        }
    }
}

/// Whether a record confirmed on this day counts as fresh: it is no more than a year ago.
#[must_use]
pub fn fresh(confirmed: Option<Date>, as_at: Date) -> bool {
    confirmed.is_some_and(|day| day >= fresh_from(as_at))
}

/// The first day on which a confirmation is still fresh.
#[must_use]
pub(crate) fn fresh_from(as_at: Date) -> Date {
    as_at.checked_sub(Span::new().years(1)).unwrap_or(Date::MIN)
}

/// One thing to fix, with what it would bring.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FixGain {
    /// What to fix.
    pub fix: Fix,
    /// On how many records.
    pub records: u32,
    /// By how many tenths of a point the score would rise, were all of them fixed.
    pub gain_tenths: u32,
}

/// How complete and fresh an organisation's record is.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Score {
    /// Out of a hundred; none where there is no record to judge.
    pub points: Option<u8>,
    /// How many in a hundred of the fields, weighed, are filled in.
    pub complete_percent: u8,
    /// How many in a hundred of the records were confirmed in the last year.
    pub confirmed_percent: u8,
    /// Records judged: systems, and contracts that have not ended.
    pub records: u32,
    /// At most five fixes, the one that would raise the score most first.
    pub fixes: Vec<FixGain>,
}

/// A count of gaps over many records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    records: u64,
    missing: [u32; Fix::ALL.len()],
}

impl Tally {
    /// Counts one record.
    pub fn add(&mut self, gaps: Gaps) {
        self.records += 1;
        let mut left = gaps.0;
        while left != 0 {
            self.missing[left.trailing_zeros() as usize] += 1;
            left &= left - 1;
        }
    }

    /// Counts another tally's records too.
    pub fn merge(&mut self, other: &Tally) {
        self.records += other.records;
        for (sum, part) in self.missing.iter_mut().zip(other.missing) {
            *sum += part;
        }
    }

    /// The score of what was counted.
    #[must_use]
    pub fn score(&self) -> Score {
        if self.records == 0 {
            return Score::default();
        }
        let weight_all = self.records * WHOLE;
        let lost = |fix: Fix| u64::from(self.missing[fix as usize]) * u64::from(fix.weight());
        let weight_lost: u64 = Fix::ALL.into_iter().map(lost).sum();
        let unconfirmed = u64::from(self.missing[Fix::Confirmed as usize] + self.missing[Fix::SystemConfirmed as usize]);
        let filled = weight_all - weight_lost;
        let confirmed = self.records - unconfirmed;
        let mut fixes: Vec<FixGain> = Fix::ALL
            .into_iter()
            .map(|fix| {
                let records = self.missing[fix as usize];
                let confirmation = matches!(fix, Fix::Confirmed | Fix::SystemConfirmed);
                let (part, whole) = if confirmation { (u64::from(records), self.records) } else { (lost(fix), weight_all) };
                FixGain { fix, records, gain_tenths: narrow((part * 500 + whole / 2) / whole) }
            })
            .filter(|gain| gain.records > 0)
            .collect();
        fixes.sort_by_key(|gain| (std::cmp::Reverse(gain.gain_tenths), gain.fix));
        fixes.truncate(5);
        Score {
            // Rounded down, so that a hundred means that nothing at all is missing.
            points: u8::try_from((filled * 50 + confirmed * 50 * WHOLE) / weight_all).ok(),
            complete_percent: u8::try_from(filled * 100 / weight_all).unwrap_or(100),
            confirmed_percent: u8::try_from(confirmed * 100 / self.records).unwrap_or(100),
            records: narrow(self.records),
            fixes,
        }
    }
}

fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
