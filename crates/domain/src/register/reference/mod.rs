//! The reference data that ships with City Tools, as values: organisations, service areas, functions, lead times, and public
//! facts about suppliers' names and owners. The files are in `data/`, whose README says what each column means.
//!
//! Ids are derived from kind and slug, so that two databases that were seeded apart hold the same record under the same id:
//! the first sixteen bytes of SHA-256 over `city-tools:KIND:SLUG`, marked as a version 8 (custom) UUID (RFC 9562 §5.8).

pub mod cpv;
mod lead_times;
mod parse;
mod suppliers;

pub use lead_times::{LeadTime, LeadTimes};
pub use suppliers::Ownership;

use super::records::{Function, Organisation, ServiceArea, Supplier};
use sha2::{Digest, Sha256};
use thiserror::Error;
use uuid::Uuid;

/// A reference file that cannot be read. The shipped files are read by a test, so this is met with a council's own alone.
#[derive(Debug, Error)]
pub enum ReferenceError {
    /// Not a CSV file with a header.
    #[error("{file} cannot be read as CSV: {source}. Check its quotes and that every row has as many cells as the header")]
    Csv {
        /// The file's name.
        file: &'static str,
        /// What the reader says.
        source: csv::Error,
    },
    /// A column that must be there is not.
    #[error("{file} has no column '{column}'. Add it to the header")]
    NoColumn {
        /// The file's name.
        file: &'static str,
        /// The column.
        column: &'static str,
    },
    /// A cell that cannot be read.
    #[error("{file}, line {line}: '{text}' cannot be read as {column}. {advice}")]
    Cell {
        /// The file's name.
        file: &'static str,
        /// The line, counted from 1.
        line: u64,
        /// The column.
        column: &'static str,
        /// The cell.
        text: String,
        /// What to do.
        advice: &'static str,
    },
}

/// The reference data.
#[derive(Clone, Debug, Default)]
pub struct Reference {
    /// The London authorities, the GLA and the hub.
    pub organisations: Vec<Organisation>,
    /// Service areas in their order.
    pub service_areas: Vec<ServiceArea>,
    /// What councils do.
    pub functions: Vec<Function>,
    /// Real suppliers of whom public facts are known; no contract is implied.
    pub suppliers: Vec<Supplier>,
    /// Who owned whom, as the file states it.
    pub ownership: Vec<Ownership>,
    /// Lead times by route.
    pub lead_times: LeadTimes,
}

/// The texts of the reference files.
#[derive(Clone, Copy, Debug)]
pub struct Texts<'a> {
    /// `organisations.csv`.
    pub organisations: &'a str,
    /// `service-areas.csv`.
    pub service_areas: &'a str,
    /// `functions.csv`.
    pub functions: &'a str,
    /// `lead-times.csv`.
    pub lead_times: &'a str,
    /// `supplier-names.csv`.
    pub supplier_names: &'a str,
    /// `supplier-ownership.csv`.
    pub supplier_ownership: &'a str,
}

/// The shipped files.
pub const SHIPPED: Texts<'static> = Texts {
    organisations: include_str!("../../../../../data/organisations.csv"),
    service_areas: include_str!("../../../../../data/service-areas.csv"),
    functions: include_str!("../../../../../data/functions.csv"),
    lead_times: include_str!("../../../../../data/lead-times.csv"),
    supplier_names: include_str!("../../../../../data/supplier-names.csv"),
    supplier_ownership: include_str!("../../../../../data/supplier-ownership.csv"),
};

impl Reference {
    /// The data that ships with this build.
    ///
    /// # Errors
    /// Where a shipped file cannot be read; a test reads them all, so a built program does not meet this.
    pub fn shipped() -> Result<Self, ReferenceError> {
        Self::parse(&SHIPPED)
    }

    /// Reads the texts of the reference files.
    ///
    /// # Errors
    /// Says which file, line and column cannot be read, and what to do.
    pub fn parse(texts: &Texts<'_>) -> Result<Self, ReferenceError> {
        let service_areas = parse::service_areas(texts.service_areas)?;
        let functions = parse::functions(texts.functions, &service_areas)?;
        let mut suppliers = suppliers::names(texts.supplier_names)?;
        let ownership = suppliers::ownership(texts.supplier_ownership, &mut suppliers)?;
        Ok(Self {
            organisations: parse::organisations(texts.organisations)?,
            service_areas,
            functions,
            suppliers,
            ownership,
            lead_times: LeadTimes::parse(texts.lead_times)?,
        })
    }
}

/// The id of a shipped record (see the module's head).
#[must_use]
pub fn stable_id(kind: &str, slug: &str) -> Uuid {
    let digest = Sha256::digest(format!("city-tools:{kind}:{slug}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests;
