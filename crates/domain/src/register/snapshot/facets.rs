//! Counts by facet over the rows that match.

use super::{
    Snapshot,
    bits::Bits,
    column::{Chosen, Dimension},
    derived::{DECISION, ENDS, by_bit},
    filter::{Answers, Marks, Matched},
    question::{Facet, FacetCount, Filters, KINDS},
};
use crate::register::terms::{Status, TermState};

/// The two digits of every CPV division there can be.
const DIVISIONS: &str = "0001020304050607080910111213141516171819\
                         2021222324252627282930313233343536373839\
                         4041424344454647484950515253545556575859\
                         6061626364656667686970717273747576777879\
                         8081828384858687888990919293949596979899";

/// A count before its texts are looked up: ordered as pages show it.
pub(crate) type Counted = (u64, u32);

/// Orders counts: most frequent first, then by `rank` (which is by label); those of `chosen` stay even with none and
/// whatever the limit.
pub(crate) fn ranked(counts: &[u32], rank: impl Fn(u32) -> u32, chosen: &Chosen, limit: Option<usize>) -> Vec<Counted> {
    let key = |code: u32, count: u32| (u64::from(u32::MAX - count) << 32 | u64::from(rank(code)), code);
    let present = counts.iter().zip(0..).filter(|(count, _)| **count > 0);
    let mut list: Vec<Counted> = present.map(|(count, code)| key(code, *count)).collect();
    let mut kept = Vec::new();
    if let Some(limit) = limit.filter(|limit| *limit < list.len()) {
        list.select_nth_unstable(limit);
        kept.extend(list[limit..].iter().filter(|(_, code)| chosen.has(*code)).copied());
        list.truncate(limit);
    }
    let none = |code: &&u32| counts.get(**code as usize) == Some(&0);
    kept.extend(chosen.codes.iter().filter(none).map(|code| key(*code, 0)));
    list.append(&mut kept);
    list.sort_unstable();
    list
}

/// How many a [`Counted`] stands for.
pub(crate) fn count_of(counted: &Counted) -> u32 {
    u32::MAX - (counted.0 >> 32) as u32
}

impl Snapshot {
    /// The counts of one facet.
    pub(crate) fn facet<'s>(
        &'s self,
        facet: Facet,
        filters: &Filters,
        answers: &Answers,
        matched: &Matched,
        limit: Option<usize>,
    ) -> Vec<FacetCount<'s>> {
        let own;
        let matched = if answers.filters(facet) {
            own = answers.matched(Some(facet));
            &own
        } else {
            matched
        };
        let world = &self.world;
        let find = |values: &[String], code: &dyn Fn(&str) -> Option<u32>| {
            Chosen::new(values.iter().filter_map(|value| code(value)).collect())
        };
        macro_rules! entities {
            ($dimension:ident, $table:ident, $values:ident) => {{
                let table = &world.$table;
                let counts = self.count(Dimension::$dimension, matched, table.entries.len());
                let chosen = find(&filters.$values, &|value| table.by_value(value));
                let ranks = &table.sealed().ranks;
                ranked(&counts, |code| ranks[code as usize], &chosen, limit)
                    .iter()
                    .map(|counted| {
                        let entry = &table.entries[counted.1 as usize];
                        let (value, label) = (super::table::Entity::value(entry), super::table::Entity::label(entry));
                        FacetCount { value, label, count: count_of(counted), chosen: chosen.has(counted.1) }
                    })
                    .collect()
            }};
        }
        match facet {
            Facet::Organisation => entities!(Organisation, organisations, organisation),
            Facet::Supplier => entities!(Supplier, suppliers, supplier),
            Facet::Product => entities!(Product, products, product),
            Facet::Function => entities!(Function, functions, function),
            Facet::ServiceArea => entities!(Area, areas, service_area),
            Facet::Framework => {
                let counts = self.count(Dimension::Framework, matched, world.frameworks.texts.len());
                let chosen = find(&filters.framework, &|value| world.frameworks.code(value));
                let text = |code| world.frameworks.text(code).unwrap_or_default();
                let ranks = &world.frameworks.ranks;
                texts(&ranked(&counts, |code| ranks[code as usize], &chosen, limit), &chosen, text)
            }
            Facet::Cpv => {
                let counts = self.count(Dimension::Division, matched, 100);
                let two = |value: &str| super::row_data::division(value).filter(|_| value.len() == 2);
                let chosen = find(&filters.cpv, &two);
                let text = |code: u32| DIVISIONS.get(code as usize * 2..code as usize * 2 + 2).unwrap_or_default();
                texts(&ranked(&counts, |code| code, &chosen, limit), &chosen, text)
            }
            Facet::Status => self.marks(Marks::Status, matched, &Status::ALL.map(Status::as_str), &filters.status),
            Facet::Term => self.marks(Marks::Term, matched, &TermState::ALL.map(TermState::as_str), &filters.term),
            Facet::Ends => self.marks(Marks::Ends, matched, &ENDS, &filters.ends),
            Facet::Decision => self.marks(Marks::Decision, matched, &DECISION, &filters.decision),
            Facet::OrganisationKind => self.kinds(matched, &filters.organisation_kind),
            Facet::Member => self.members(matched, &filters.member),
        }
    }

    /// How many matching rows have each code.
    pub(crate) fn count(&self, dimension: Dimension, matched: &Matched, codes: usize) -> Vec<u32> {
        let mut counts = vec![0; codes];
        for (place, chunk) in self.chunks.iter().enumerate() {
            chunk.columns.dimension(dimension).count(&matched.bits[place], matched.found[place], &mut counts);
        }
        counts
    }

    /// How many matching rows have an organisation of each kind; a joint contract counts once.
    fn kinds(&self, matched: &Matched, values: &[String]) -> Vec<FacetCount<'_>> {
        let mut found: Vec<FacetCount<'_>> = Vec::new();
        for (name, _) in KINDS {
            let codes = Chosen::new(self.world.of_kinds(&[name.to_owned()]));
            let mut count = 0;
            for (place, chunk) in self.chunks.iter().enumerate() {
                let mut bits = Bits::none(chunk.len());
                chunk.columns.dimension(Dimension::Organisation).select(&codes, &mut bits);
                bits.and(&matched.bits[place]);
                count += bits.count();
            }
            let chosen = values.iter().any(|value| value == name);
            if count > 0 || chosen {
                let count = u32::try_from(count).unwrap_or(u32::MAX);
                found.push(FacetCount { value: name, label: name, count, chosen });
            }
        }
        found.sort_by_key(|count| (std::cmp::Reverse(count.count), count.label));
        found
    }

    fn marks<'s>(&self, marks: Marks, matched: &Matched, names: &[&'s str], values: &[String]) -> Vec<FacetCount<'s>> {
        let mut counts = [0; 8];
        for (place, chunk) in self.chunks.iter().enumerate() {
            let part = if matched.found[place] == chunk.len() {
                chunk.derived.totals[marks as usize]
            } else {
                let list = chunk.marks(marks);
                let mut by_value = [0_u32; 256];
                matched.bits[place].each(|row| by_value[usize::from(list[row])] += 1);
                by_bit(&by_value)
            };
            counts.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
        }
        let mut found: Vec<FacetCount<'s>> = names
            .iter()
            .zip(counts)
            .map(|(name, count)| FacetCount { value: name, label: name, count, chosen: values.iter().any(|v| v == name) })
            .filter(|count| count.count > 0 || count.chosen)
            .collect();
        found.sort_by_key(|count| (std::cmp::Reverse(count.count), count.label));
        found
    }
}

fn texts<'s>(list: &[Counted], chosen: &Chosen, text: impl Fn(u32) -> &'s str) -> Vec<FacetCount<'s>> {
    list.iter()
        .map(|counted| {
            let text = text(counted.1);
            FacetCount { value: text, label: text, count: count_of(counted), chosen: chosen.has(counted.1) }
        })
        .collect()
}
