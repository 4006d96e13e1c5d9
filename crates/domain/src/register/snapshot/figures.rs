//! The register's state in figures.

use super::{
    Snapshot,
    column::Chosen,
    entries::OrganisationEntry,
    lists::{ListFilters, ListQuery},
    question::{ContractQuery, Facet, Filters},
};
use crate::register::{completeness::Tally, records::OrganisationKind};
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

impl Snapshot {
    /// The register's state in figures: of all, or of members of the network or everyone else, as [`super::MEMBER`] names them.
    #[must_use]
    pub fn figures_of(&self, member: &[String]) -> Figures {
        if member.is_empty() {
            return self.figures();
        }
        let codes = Chosen::new(self.world.of_members(member, self.as_at));
        let kept = || self.organisations().iter().zip(0..).filter(|(_, code)| codes.has(*code)).map(|(entry, _)| entry);
        let count = |test: &dyn Fn(&OrganisationEntry) -> bool| kept().filter(|entry| test(entry)).count() as u32;
        let query = ContractQuery {
            filters: Filters { member: member.to_vec(), ..Filters::default() },
            facets: vec![Facet::Ends, Facet::Decision],
            ..ContractQuery::default()
        };
        let contracts = self.contracts(&query);
        let of = |facet: usize, value: &str| {
            let counts = contracts.facets.get(facet).map(|(_, counts)| counts.as_slice()).unwrap_or_default();
            counts.iter().find(|count| count.value == value).map_or(0, |count| count.count)
        };
        let query =
            ListQuery { filters: ListFilters { member: member.to_vec(), ..ListFilters::default() }, ..ListQuery::default() };
        let mut sum = Tally::default();
        kept().for_each(|entry| sum.merge(&entry.tally));
        let score = sum.score();
        Figures {
            systems: kept().map(|entry| entry.systems).sum(),
            contracts: u32::try_from(contracts.total).unwrap_or(u32::MAX),
            organisations_with_record: count(&|entry| entry.contracts + entry.systems > 0),
            authorities: count(&|entry| entry.record.kind == OrganisationKind::Council),
            suppliers: u32::try_from(self.suppliers(&query).total).unwrap_or(u32::MAX),
            products: u32::try_from(self.products(&query).total).unwrap_or(u32::MAX),
            complete_percent: score.complete_percent,
            confirmed_percent: score.confirmed_percent,
            ending_12_months: of(0, "12"),
            past_end: of(0, "past-end"),
            decision_missed: of(1, "missed"),
        }
    }
}
