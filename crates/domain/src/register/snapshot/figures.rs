//! The register's state in figures.

use serde::Serialize;

/// The register's state in figures, as the first page shows them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Systems in use.
    pub systems: u32,
    /// Contracts, ended ones included.
    pub contracts: u32,
    /// Organisations with at least one contract or system.
    pub organisations_with_record: u32,
    /// Local authorities, with a record or without.
    pub authorities: u32,
    /// Suppliers.
    pub suppliers: u32,
    /// Products.
    pub products: u32,
    /// Of the fields that count (see [`crate::register::completeness`]), weighed, how many in a hundred are filled in.
    pub complete_percent: u8,
    /// Of the systems and the contracts that have not ended, how many in a hundred were confirmed in the last year.
    pub confirmed_percent: u8,
    /// Contracts whose last possible end falls in the next twelve months.
    pub ending_12_months: u32,
    /// Contracts past their end.
    pub past_end: u32,
    /// Contracts with a decision date missed.
    pub decision_missed: u32,
}
