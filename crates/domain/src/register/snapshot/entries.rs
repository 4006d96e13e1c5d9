//! What the snapshot holds of each organisation, supplier, product, function, service area, system, planned
//! procurement and skill: the record beside counts. Filled by [`super::tallies`].

use super::rows::{ContractRow, FunctionRow};
use crate::register::{
    completeness::{Score, Tally},
    records::*,
};
use serde::Serialize;
use std::sync::Arc;

/// How happy organisations are with a product; made only where at least three of them said, and not all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Aggregate {
    /// Mean of the organisations' scores in tenths: 34 is 3.4 of 5.
    pub mean_tenths: u16,
    /// How many organisations said; one that runs the product twice counts once, with its mean.
    pub organisations: u32,
    /// How many gave 1, 2, 3, 4, 5; none where fewer than ten organisations said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<[u32; 5]>,
}

/// An organisation.
#[derive(Clone, Debug)]
pub struct OrganisationEntry {
    /// The record.
    pub record: Arc<Organisation>,
    /// Contracts that are its own or that it shares.
    pub contracts: u32,
    /// Its systems.
    pub systems: u32,
    /// How complete and fresh its record is: its systems, and the contracts that are its own and have not ended.
    pub completeness: Score,
    /// What that is counted from.
    pub(crate) tally: Tally,
}

/// A supplier.
#[derive(Clone, Debug)]
pub struct SupplierEntry {
    /// The record.
    pub record: Arc<Supplier>,
    /// Its id as filters take it.
    pub value: Box<str>,
    /// Its contracts.
    pub contracts: u32,
    /// Organisations that have a contract with it.
    pub organisations: u32,
    /// Products that it makes.
    pub as_manufacturer: u32,
}

/// A product.
#[derive(Clone, Debug)]
pub struct ProductEntry {
    /// The record.
    pub record: Arc<Product>,
    /// Its id as filters take it.
    pub value: Box<str>,
    /// Systems that are it.
    pub systems: u32,
    /// Organisations that use it, by a system or a contract.
    pub organisations: u32,
    /// Contracts that cover it.
    pub contracts: u32,
    /// How happy organisations are with it; none unless at least three said, and not all the same.
    pub satisfaction: Option<Aggregate>,
}

/// A function.
#[derive(Clone, Debug)]
pub struct FunctionEntry {
    /// The record.
    pub record: Arc<Function>,
    /// Systems that serve it.
    pub systems: u32,
    /// Organisations with a system or a contract for it.
    pub organisations: u32,
    /// Contracts for it.
    pub contracts: u32,
}

/// A service area.
#[derive(Clone, Debug)]
pub struct AreaEntry {
    /// The record.
    pub record: Arc<ServiceArea>,
    /// Its functions.
    pub functions: Vec<FunctionRow>,
    /// Systems that serve one of its functions.
    pub systems: u32,
    /// Contracts for one of its functions.
    pub contracts: u32,
}

/// A system.
#[derive(Clone, Debug)]
pub struct SystemEntry {
    /// The record, without what is private: its satisfaction is none.
    pub record: Arc<System>,
    /// The contracts that cover it.
    pub contracts: Vec<ContractRow>,
}

/// A planned procurement.
#[derive(Clone, Debug)]
pub struct PlannedEntry {
    /// The record.
    pub record: Arc<PlannedProcurement>,
}

/// A skill.
#[derive(Clone, Debug)]
pub struct SkillEntry {
    /// The record.
    pub record: Arc<Skill>,
}

impl OrganisationEntry {
    pub(crate) fn new(record: Organisation) -> Self {
        Self { record: Arc::new(record), contracts: 0, systems: 0, completeness: Score::default(), tally: Tally::default() }
    }
}

impl SupplierEntry {
    pub(crate) fn new(record: Supplier) -> Self {
        let value = record.id.to_string().into();
        Self { record: Arc::new(record), value, contracts: 0, organisations: 0, as_manufacturer: 0 }
    }

    /// Whether it has a company number.
    #[must_use]
    pub fn numbered(&self) -> bool {
        self.record.identifiers.iter().any(|identifier| identifier.scheme == "GB-COH" && !identifier.id.is_empty())
    }
}

impl ProductEntry {
    pub(crate) fn new(record: Product) -> Self {
        let value = record.id.to_string().into();
        Self { record: Arc::new(record), value, systems: 0, organisations: 0, contracts: 0, satisfaction: None }
    }
}

impl FunctionEntry {
    pub(crate) fn new(record: Function) -> Self {
        Self { record: Arc::new(record), systems: 0, organisations: 0, contracts: 0 }
    }
}

impl AreaEntry {
    pub(crate) fn new(record: ServiceArea) -> Self {
        Self { record: Arc::new(record), functions: Vec::new(), systems: 0, contracts: 0 }
    }
}
