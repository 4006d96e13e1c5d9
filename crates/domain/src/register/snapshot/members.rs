//! Members of the network and everyone else: the filter `member`, which every list takes, and its counts.

use super::{Snapshot, bits::Bits, column::Chosen, column::Dimension, filter::Matched, question::FacetCount, world::World};
use jiff::civil::Date;

/// The filter's values: an organisation is a member of the network on the day that the register speaks of, or it is not.
pub const MEMBER: [&str; 2] = ["yes", "no"];

impl World {
    /// The codes of the organisations that are members on a day (`yes`), or not (`no`).
    pub(crate) fn of_members(&self, values: &[String], on: Date) -> Vec<u32> {
        let wanted = |is_member: bool| values.iter().any(|value| value == MEMBER[usize::from(!is_member)]);
        let entries = self.organisations.entries.iter().zip(0..);
        entries.filter(|(entry, _)| wanted(entry.record.is_member(on))).map(|(_, code)| code).collect()
    }
}

impl Snapshot {
    /// How many matching contracts are a member's, and how many anybody else's; a joint one of both counts in both.
    pub(super) fn members(&self, matched: &Matched, values: &[String]) -> Vec<FacetCount<'_>> {
        let mut found: Vec<FacetCount<'_>> = MEMBER
            .into_iter()
            .map(|value| {
                let codes = Chosen::new(self.world.of_members(&[value.to_owned()], self.as_at));
                let of_chunk = |(place, chunk): (usize, &super::chunk::Chunk)| {
                    let mut bits = Bits::none(chunk.len());
                    chunk.columns.dimension(Dimension::Organisation).select(&codes, &mut bits);
                    bits.and(&matched.bits[place]);
                    bits.count()
                };
                let count: usize = self.chunks.iter().enumerate().map(of_chunk).sum();
                let chosen = values.iter().any(|one| one == value);
                FacetCount { value, label: value, count: u32::try_from(count).unwrap_or(u32::MAX), chosen }
            })
            .filter(|count| count.count > 0 || count.chosen)
            .collect();
        found.sort_by_key(|count| (std::cmp::Reverse(count.count), count.label));
        found
    }
}
