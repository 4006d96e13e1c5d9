//! Everything the contracts are coded against, and what a chunk needs of it to be made.

use super::{
    column::NONE,
    entries::*,
    table::{Strings, Table},
};
use crate::register::{records::*, terms::Period};
use jiff::civil::Date;
use std::{fmt, sync::Arc};

/// The lead time of a purchase: by route (none where not known), and whether it replaces the system of a core function.
pub type LeadRule = Arc<dyn Fn(Option<&str>, bool) -> Period + Send + Sync>;

/// A record of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
#[allow(clippy::large_enum_variant)] // Contracts are most of what passes through; boxing each would cost more.
pub enum Record {
    Organisation(Organisation),
    ServiceArea(ServiceArea),
    Function(Function),
    Supplier(Supplier),
    Product(Product),
    System(System),
    Planned(PlannedProcurement),
    Skill(Skill),
    Contract(Contract),
}

pub use crate::audit::Kind;

/// The tables of entities and strings.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) organisations: Table<OrganisationEntry>,
    pub(crate) areas: Table<AreaEntry>,
    pub(crate) functions: Table<FunctionEntry>,
    pub(crate) suppliers: Table<SupplierEntry>,
    pub(crate) products: Table<ProductEntry>,
    pub(crate) systems: Table<SystemEntry>,
    pub(crate) planned: Table<PlannedEntry>,
    pub(crate) skills: Table<SkillEntry>,
    pub(crate) frameworks: Strings,
    pub(crate) cpv: Strings,
    pub(crate) sources: Strings,
    pub(crate) routes: Strings,
    pub(crate) currencies: Strings,
}

impl World {
    /// Adds or replaces any record but a contract; call [`World::seal`] after the last.
    pub(crate) fn put(&mut self, record: Record, opinions: &mut super::tallies::Opinions) {
        match record {
            Record::Organisation(record) => _ = self.organisations.put(OrganisationEntry::new(record)),
            Record::ServiceArea(record) => _ = self.areas.put(AreaEntry::new(record)),
            Record::Function(record) => _ = self.functions.put(FunctionEntry::new(record)),
            Record::Supplier(record) => _ = self.suppliers.put(SupplierEntry::new(record)),
            Record::Product(record) => _ = self.products.put(ProductEntry::new(record)),
            Record::Planned(record) => _ = self.planned.put(PlannedEntry { record: Arc::new(record) }),
            Record::Skill(record) => _ = self.skills.put(SkillEntry { record: Arc::new(record) }),
            Record::System(mut record) => {
                // What is private leaves the record here; how happy the organisation is, is known from now on to the aggregates alone.
                opinions.note(record.id, record.satisfaction.take());
                record.note = None;
                self.systems.put(SystemEntry { record: Arc::new(record), contracts: Vec::new() });
            }
            Record::Contract(_) => {}
        }
    }

    /// Brings up to date what follows from names, for the tables that changed.
    pub(crate) fn seal(&mut self, changed: impl Fn(Kind) -> bool) {
        if changed(Kind::Organisation) {
            self.organisations.seal();
        }
        if changed(Kind::ServiceArea) {
            self.areas.seal();
        }
        if changed(Kind::Function) {
            self.functions.seal();
        }
        if changed(Kind::Supplier) {
            self.suppliers.seal();
        }
        if changed(Kind::Product) {
            self.products.seal();
        }
        if changed(Kind::System) {
            self.systems.seal();
        }
        if changed(Kind::PlannedProcurement) {
            self.planned.seal();
        }
        if changed(Kind::Skill) {
            self.skills.seal();
        }
        self.seal_strings();
    }

    pub(crate) fn seal_strings(&mut self) {
        self.frameworks.seal();
        self.cpv.seal();
        self.sources.seal();
    }

    /// What a chunk needs, as at a day.
    pub(crate) fn context(&self, as_at: Date, lead: &LeadRule) -> Context {
        let area =
            |function: &FunctionEntry| function.record.service_area.and_then(|area| self.areas.code(area.0)).unwrap_or(NONE);
        Context {
            as_at,
            lead: lead.clone(),
            function_area: self.functions.entries.iter().map(area).collect(),
            function_core: self.functions.entries.iter().map(|function| function.record.core).collect(),
            numbered: self.suppliers.entries.iter().map(SupplierEntry::numbered).collect(),
        }
    }
}

/// What a chunk needs to be made, apart from its rows.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) as_at: Date,
    pub(crate) lead: LeadRule,
    /// By function's code: the code of its service area.
    pub(crate) function_area: Vec<u32>,
    /// By function's code: whether its system is a core system.
    pub(crate) function_core: Vec<bool>,
    /// By supplier's code: whether it has a company number.
    pub(crate) numbered: Vec<bool>,
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("as_at", &self.as_at).finish_non_exhaustive()
    }
}
