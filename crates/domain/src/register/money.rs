//! Sums of money in pence, with what kind of sum they are. Sums of different kinds are never added together.

use serde::{Deserialize, Serialize};

/// What a sum stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// For the contract's whole life.
    WholeLife,
    /// For a year.
    Annual,
    /// A buyer's estimate, not an agreed sum.
    Estimated,
}

/// Whether VAT is in the sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Vat {
    Included,
    Excluded,
    #[default]
    NotKnown,
}

/// A sum with its currency and kind.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Hundredths of the currency's unit; never negative for a contract.
    pub pence: i64,
    /// ISO 4217 code, `GBP` unless the source says otherwise.
    pub currency: String,
    /// What the sum stands for.
    pub basis: Basis,
    /// Whether VAT is in it.
    #[serde(default)]
    pub vat: Vat,
}

impl Money {
    /// Pounds and pence of a kind, VAT not known.
    #[must_use]
    pub fn pounds(pence: i64, basis: Basis) -> Self {
        Self { pence, currency: "GBP".to_owned(), basis, vat: Vat::NotKnown }
    }

    /// The amount as data carries it: `1200000.00`.
    #[must_use]
    pub fn amount(&self) -> String {
        amount(self.pence)
    }
}

/// Pence as data carries them: `1200000.00`.
#[must_use]
pub fn amount(pence: i64) -> String {
    let sign = if pence < 0 { "-" } else { "" };
    let absolute = pence.unsigned_abs();
    format!("{sign}{}.{:02}", absolute / 100, absolute % 100)
}

/// A contract's value: known, withheld with the reason given, or not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum Value {
    /// A sum.
    Known(Money),
    /// Withheld, and why, in the source's own words (for example 'commercial interest, s.43').
    Withheld {
        /// The reason; empty if none was given.
        reason: String,
    },
    /// Not stated anywhere.
    #[default]
    NotKnown,
}

impl Value {
    /// The sum, if it is known.
    #[must_use]
    pub fn money(&self) -> Option<&Money> {
        match self {
            Value::Known(money) => Some(money),
            _ => None,
        }
    }
}
