//! What is counted over the whole register whenever it changes: the counts beside each entity, who has what, scores and
//! figures. A plain pass over the columns, about ten milliseconds at a million contracts.

use super::{
    chunk::Chunk,
    column::{Dimension, NONE},
    entries::Aggregate,
    figures::Figures,
    pairs::Pairs,
    rows::{ContractRow, FunctionRow},
    world::World,
};
use crate::register::{
    completeness::{Gaps, Tally},
    ids::SystemId,
    records::OrganisationKind,
    terms::Status,
};
use jiff::civil::Date;
use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

/// Organisations that must have said before their satisfaction is shown as an aggregate.
const FEWEST_OPINIONS: u32 = 3;

/// Organisations that must have said before it is shown how many gave each answer: among fewer, one that knows its own answer
/// could tell who gave the others.
const FEWEST_COUNTED: u32 = 10;

/// How happy each system's organisation is with it. Private: nothing outside this module reads it.
#[derive(Clone, Default)]
pub(crate) struct Opinions(HashMap<SystemId, u8>);

impl fmt::Debug for Opinions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opinions(private)")
    }
}

impl Opinions {
    /// Notes what was said of a system, or that nothing is.
    pub(crate) fn note(&mut self, system: SystemId, satisfaction: Option<u8>) {
        match satisfaction.filter(|score| (1..=5).contains(score)) {
            Some(score) => self.0.insert(system, score),
            None => self.0.remove(&system),
        };
    }
}

/// Who has what.
#[derive(Clone, Debug, Default)]
pub(crate) struct Relations {
    pub(crate) supplier_organisation: Pairs,
    pub(crate) supplier_function: Pairs,
    pub(crate) supplier_product: Pairs,
    pub(crate) product_supplier: Pairs,
    pub(crate) product_organisation: Pairs,
    pub(crate) product_function: Pairs,
    pub(crate) function_organisation: Pairs,
}

/// Counts everything anew.
pub(crate) fn refresh(world: &mut World, chunks: &[Chunk], opinions: &Opinions, as_at: Date) -> (Relations, Figures) {
    let sizes = [
        world.suppliers.entries.len(),
        world.organisations.entries.len(),
        world.functions.entries.len(),
        world.products.entries.len(),
    ];
    let [suppliers, organisations, functions, products] = sizes;
    let mut relations = Relations {
        supplier_organisation: Pairs::new(suppliers, organisations),
        supplier_function: Pairs::new(suppliers, functions),
        supplier_product: Pairs::new(suppliers, products),
        product_supplier: Pairs::new(products, suppliers),
        product_organisation: Pairs::new(products, organisations),
        product_function: Pairs::new(products, functions),
        function_organisation: Pairs::new(functions, organisations),
    };
    let mut tallies = vec![Tally::default(); organisations];
    let mut figures = Figures::default();
    world.systems.entries.iter_mut().for_each(|entry| entry.contracts.clear());
    for (number, chunk) in chunks.iter().enumerate() {
        relate(&mut relations, chunk);
        let columns = &chunk.columns;
        let keepers = columns.dimension(Dimension::Organisation).first();
        for (row, keeper) in keepers.iter().enumerate() {
            if *keeper != NONE && chunk.derived.status(row) != Status::Ended {
                tallies[*keeper as usize].add(Gaps(chunk.derived.gaps[row]));
            }
            for system in columns.systems.codes(row) {
                world.systems.entries[system as usize].contracts.push(ContractRow::new(number, row));
            }
        }
        let totals = &chunk.derived.totals;
        figures.contracts += columns.len() as u32;
        figures.past_end += totals[0][0];
        figures.ending_12_months += totals[2][1];
        figures.decision_missed += totals[3][0];
    }
    count_systems(world, &mut relations, &mut tallies, as_at);
    count_contracts(world, chunks, &relations);
    satisfaction(world, opinions);
    let mut sum = Tally::default();
    for (entry, tally) in world.organisations.entries.iter_mut().zip(&tallies) {
        entry.completeness = tally.score();
        entry.tally = tally.clone();
        sum.merge(tally);
        figures.organisations_with_record += u32::from(entry.contracts + entry.systems > 0);
        figures.authorities += u32::from(entry.record.kind == OrganisationKind::Council);
    }
    let score = sum.score();
    figures.systems = world.systems.entries.len() as u32;
    figures.suppliers = suppliers as u32;
    figures.products = products as u32;
    (figures.complete_percent, figures.confirmed_percent) = (score.complete_percent, score.confirmed_percent);
    (relations, figures)
}

/// Notes who has what by the contracts of a chunk.
fn relate(relations: &mut Relations, chunk: &Chunk) {
    let column = |dimension| chunk.columns.dimension(dimension);
    let [organisations, suppliers, products, functions] =
        [Dimension::Organisation, Dimension::Supplier, Dimension::Product, Dimension::Function].map(column);
    for row in 0..chunk.len() {
        for supplier in suppliers.codes(row) {
            organisations.codes(row).for_each(|other| relations.supplier_organisation.add(supplier, other));
            functions.codes(row).for_each(|other| relations.supplier_function.add(supplier, other));
            products.codes(row).for_each(|other| {
                relations.supplier_product.add(supplier, other);
                relations.product_supplier.add(other, supplier);
            });
        }
        for product in products.codes(row) {
            organisations.codes(row).for_each(|other| relations.product_organisation.add(product, other));
            functions.codes(row).for_each(|other| relations.product_function.add(product, other));
        }
        for function in functions.codes(row) {
            organisations.codes(row).for_each(|other| relations.function_organisation.add(function, other));
        }
    }
}

fn count_systems(world: &mut World, relations: &mut Relations, tallies: &mut [Tally], as_at: Date) {
    world.organisations.entries.iter_mut().for_each(|entry| entry.systems = 0);
    world.products.entries.iter_mut().for_each(|entry| entry.systems = 0);
    world.functions.entries.iter_mut().for_each(|entry| entry.systems = 0);
    for entry in &mut world.areas.entries {
        entry.systems = 0;
        entry.functions = world
            .functions
            .entries
            .iter()
            .zip(0..)
            .filter(|(function, _)| function.record.service_area == Some(entry.record.id))
            .map(|(_, code)| FunctionRow(code))
            .collect();
    }
    for system in &world.systems.entries {
        let record = &system.record;
        let organisation = world.organisations.code(record.organisation.0);
        let product = world.products.code(record.product.0);
        if let Some(organisation) = organisation {
            world.organisations.entries[organisation as usize].systems += 1;
            tallies[organisation as usize].add(Gaps::of_system(record, !system.contracts.is_empty(), as_at));
        }
        if let Some(product) = product {
            world.products.entries[product as usize].systems += 1;
            organisation.into_iter().for_each(|other| relations.product_organisation.add(product, other));
        }
        let mut areas = Vec::new();
        for id in &record.functions {
            let Some(function) = world.functions.code(id.0) else { continue };
            let entry = &mut world.functions.entries[function as usize];
            entry.systems += 1;
            areas.extend(entry.record.service_area.and_then(|area| world.areas.code(area.0)));
            product.into_iter().for_each(|product| relations.product_function.add(product, function));
            organisation.into_iter().for_each(|other| relations.function_organisation.add(function, other));
        }
        areas.sort_unstable();
        areas.dedup();
        areas.iter().for_each(|area| world.areas.entries[*area as usize].systems += 1);
    }
}

fn count_contracts(world: &mut World, chunks: &[Chunk], relations: &Relations) {
    let count = |dimension: Dimension, codes: usize| {
        let mut counts = vec![0; codes];
        chunks.iter().for_each(|chunk| chunk.columns.dimension(dimension).count_all(&mut counts));
        counts
    };
    macro_rules! fill {
        ($table:ident, $dimension:ident) => {
            let counts = count(Dimension::$dimension, world.$table.entries.len());
            world.$table.entries.iter_mut().zip(counts).for_each(|(entry, count)| entry.contracts = count);
        };
    }
    fill!(organisations, Organisation);
    fill!(suppliers, Supplier);
    fill!(products, Product);
    fill!(functions, Function);
    fill!(areas, Area);
    let mut made = vec![0; world.suppliers.entries.len()];
    for (entry, code) in world.products.entries.iter_mut().zip(0..) {
        entry.organisations = relations.product_organisation.count(code);
        if let Some(maker) = entry.record.manufacturer.and_then(|id| world.suppliers.code(id.0)) {
            made[maker as usize] += 1;
        }
    }
    for ((entry, code), made) in world.suppliers.entries.iter_mut().zip(0..).zip(made) {
        entry.organisations = relations.supplier_organisation.count(code);
        entry.as_manufacturer = made;
    }
    for (entry, code) in world.functions.entries.iter_mut().zip(0..) {
        entry.organisations = relations.function_organisation.count(code);
    }
}

/// How happy organisations are with each product; an organisation has one voice, the mean of its systems' scores.
fn satisfaction(world: &mut World, opinions: &Opinions) {
    let mut voices: BTreeMap<(u32, u32), (u32, u32)> = BTreeMap::new();
    for system in world.systems.entries.iter() {
        let Some(&score) = opinions.0.get(&system.record.id) else { continue };
        let product = world.products.code(system.record.product.0);
        let organisation = world.organisations.code(system.record.organisation.0);
        if let (Some(product), Some(organisation)) = (product, organisation) {
            let voice = voices.entry((product, organisation)).or_default();
            voice.0 += u32::from(score);
            voice.1 += 1;
        }
    }
    for (entry, code) in world.products.entries.iter_mut().zip(0..) {
        let voices: Vec<u32> =
            voices.range((code, 0)..=(code, u32::MAX)).map(|(_, (sum, of))| (sum * 10 + of / 2) / of).collect();
        entry.satisfaction = aggregate(&voices);
    }
}

/// What is public of the organisations' scores (in tenths). Nothing where fewer than three have said. Nothing, too, where the
/// mean gives each answer away, since all are alike: that it is hidden does not say which of the two it was.
fn aggregate(voices: &[u32]) -> Option<Aggregate> {
    let organisations = u32::try_from(voices.len()).unwrap_or(u32::MAX);
    if organisations < FEWEST_OPINIONS || voices.iter().all(|voice| Some(voice) == voices.first()) {
        return None;
    }
    let mean = (voices.iter().sum::<u32>() + organisations / 2) / organisations;
    let counts = (organisations >= FEWEST_COUNTED).then(|| {
        let mut counts = [0; 5];
        voices.iter().for_each(|voice| counts[((voice + 5) / 10).clamp(1, 5) as usize - 1] += 1);
        counts
    });
    Some(Aggregate { mean_tenths: u16::try_from(mean).unwrap_or(50), organisations, counts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_aggregate_gives_no_ones_answer_away() {
        assert_eq!(aggregate(&[]), None);
        assert_eq!(aggregate(&[30, 50]), None);
        assert_eq!(aggregate(&[40, 40, 40]), None, "all alike: the mean would be everyone's answer");
        assert_eq!(aggregate(&[20, 40, 50]), Some(Aggregate { mean_tenths: 37, organisations: 3, counts: None }));
        let many = aggregate(&[10, 20, 30, 30, 30, 40, 40, 40, 50, 50]).unwrap();
        assert_eq!((many.mean_tenths, many.counts), (34, Some([1, 1, 3, 3, 2])));
    }
}
