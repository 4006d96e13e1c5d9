//! The immutable public register in memory, and the questions it answers. No I/O; nothing private can be read from it.
//!
//! A [`Snapshot`] is fed once through [`Builder`], then only ever replaced: [`Snapshot::apply`] and
//! [`Snapshot::with_as_at`] give new ones that share what did not change. Rows numbers are good within one snapshot only.
//!
//! | module | what lives there |
//! |---|---|
//! | `question`, `cursor` | what is asked of the contracts, and what comes back |
//! | `filter`, `facets`, `page`, `order` | matching rows; counts by facet; a page in order |
//! | `members` | members of the network and everyone else, a filter of every list |
//! | `view`, `texts` | one contract, as pages see it; what the application wrote of it |
//! | `lists`, `planned`, `skills`, `list_engine` | systems, suppliers, products; planned procurements; skills |
//! | `timeline`, `matrix`, `figures` | ends by quarter; functions by organisations; the register in figures |
//! | `builder`, `apply` | how a snapshot comes about |
//! | `world`, `table`, `entries`, `tallies`, `pairs` | entities, what is counted beside them, who has what |
//! | `chunk`, `row_data`, `column`, `derived`, `bits`, `days`, `words` | contracts in columns, 65,536 to a chunk |
//!
//! Every question is one pass on one thread: a bit set per filter and chunk, their intersection, then counts by scanning
//! the codes of the matching rows (or of the others, where those are fewer), then the page by merging sorted places.

mod apply;
mod bits;
mod builder;
mod chunk;
mod column;
mod cursor;
mod days;
mod derived;
mod entries;
mod facets;
mod figures;
mod filter;
mod list_engine;
mod lists;
mod matrix;
mod members;
mod order;
mod page;
mod pairs;
mod planned;
mod question;
mod row_data;
mod rows;
mod skills;
mod table;
mod tallies;
mod texts;
mod timeline;
mod view;
mod words;
mod world;

pub use apply::RecordChange;
pub use builder::Builder;
pub use cursor::{BadCursor, Cursor};
pub use derived::{DECISION as DECISION_VALUES, ENDS as ENDS_VALUES};
pub use entries::*;
pub use figures::Figures;
pub use lists::{
    ListFacet, ListFilters, ListPage, ListQuery, ListSort, ProductPage, ProductQuery, SupplierPage, SupplierQuery, SystemPage,
    SystemQuery,
};
pub use matrix::{Matrix, MatrixLine};
pub use members::MEMBER;
pub use planned::{OPEN, PlannedPage, PlannedQuery, STAGES, open};
pub use question::{ContractPage, ContractQuery, Facet, FacetCount, Filters, KINDS, Sort};
pub use rows::*;
pub use skills::{SkillPage, SkillQuery};
pub use timeline::{Quarter, Timeline};
pub use view::{ContractView, MoneyView};
pub use world::{Kind, LeadRule, Record};

use crate::register::ids::*;
use jiff::civil::Date;
use std::{fmt, sync::Arc};

/// The public register as at a day and a place in the change log. Immutable; share it behind an `Arc`.
#[derive(Clone)]
pub struct Snapshot {
    sequence: i64,
    as_at: Date,
    lead: LeadRule,
    world: world::World,
    chunks: Vec<chunk::Chunk>,
    relations: tallies::Relations,
    opinions: tallies::Opinions,
    figures: Figures,
    /// Of this snapshot alone: shared only with one that says the same.
    texts: Arc<texts::Texts>,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("sequence", &self.sequence)
            .field("as_at", &self.as_at)
            .field("figures", &self.figures)
            .finish_non_exhaustive()
    }
}

macro_rules! tables {
    ($($(#[$doc:meta])* $table:ident / $all:ident: $entry:ident, $row:ident, $id:ident, $one:ident, $by_id:ident;)*) => {
        impl Snapshot {$(
            $(#[$doc])*
            /// In the order in which they came; a row is a place in this list.
            #[must_use]
            pub fn $all(&self) -> &[$entry] {
                &self.world.$table.entries
            }

            /// The entry of a row of this snapshot.
            #[must_use]
            pub fn $one(&self, row: $row) -> Option<&$entry> {
                self.world.$table.entries.get(row.index())
            }

            /// The row of an id.
            #[must_use]
            pub fn $by_id(&self, id: $id) -> Option<$row> {
                self.world.$table.code(id.0).map($row)
            }
        )*}
    };
}

tables! {
    /// Organisations.
    organisations / organisations: OrganisationEntry, OrganisationRow, OrganisationId, organisation, organisation_by_id;
    /// Service areas.
    areas / areas: AreaEntry, AreaRow, ServiceAreaId, area, area_by_id;
    /// Functions.
    functions / functions: FunctionEntry, FunctionRow, FunctionId, function, function_by_id;
    /// Suppliers.
    suppliers / supplier_entries: SupplierEntry, SupplierRow, SupplierId, supplier, supplier_by_id;
    /// Products.
    products / product_entries: ProductEntry, ProductRow, ProductId, product, product_by_id;
    /// Systems.
    systems / system_entries: SystemEntry, SystemRow, SystemId, system, system_by_id;
    /// Planned procurements.
    planned / planned_entries: PlannedEntry, PlannedRow, PlannedProcurementId, planned_procurement, planned_by_id;
    /// Skills.
    skills / skill_entries: SkillEntry, SkillRow, SkillId, skill, skill_by_id;
}

impl Snapshot {
    /// The same register at a later place in the change log, when nothing between the two concerns it.
    #[must_use]
    pub fn at_sequence(&self, sequence: i64) -> Snapshot {
        Snapshot { sequence, ..self.clone() }
    }

    /// The place in the change log up to which it was brought.
    #[must_use]
    pub fn sequence(&self) -> i64 {
        self.sequence
    }

    /// The day it speaks of.
    #[must_use]
    pub fn as_at(&self) -> Date {
        self.as_at
    }

    /// The register in figures.
    #[must_use]
    pub fn figures(&self) -> Figures {
        self.figures
    }

    /// The row of an organisation's slug.
    #[must_use]
    pub fn organisation_by_slug(&self, slug: &str) -> Option<OrganisationRow> {
        self.world.organisations.by_value(slug).map(OrganisationRow)
    }

    /// The row of a function's slug.
    #[must_use]
    pub fn function_by_slug(&self, slug: &str) -> Option<FunctionRow> {
        self.world.functions.by_value(slug).map(FunctionRow)
    }

    /// The row of a service area's slug.
    #[must_use]
    pub fn area_by_slug(&self, slug: &str) -> Option<AreaRow> {
        self.world.areas.by_value(slug).map(AreaRow)
    }

    /// Names of the frameworks that contracts were called off from.
    pub fn frameworks(&self) -> impl Iterator<Item = &str> {
        self.world.frameworks.texts.iter().map(|text| &**text)
    }

    /// Sources of contracts, as keys use them.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        self.world.sources.texts.iter().map(|text| &**text)
    }

    /// The row of a contract.
    #[must_use]
    pub fn contract_by_id(&self, id: ContractId) -> Option<ContractRow> {
        self.chunks.iter().enumerate().find_map(|(number, chunk)| Some(ContractRow::new(number, chunk.columns.find(id.0)?)))
    }

    /// What is missing from a system's record.
    #[must_use]
    pub fn system_gaps(&self, row: SystemRow) -> crate::register::completeness::Gaps {
        self.system(row).map_or_else(Default::default, |entry| {
            crate::register::completeness::Gaps::of_system(&entry.record, !entry.contracts.is_empty(), self.as_at)
        })
    }
}

#[cfg(test)]
mod tests;
