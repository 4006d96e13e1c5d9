//! The made-up London register: what `--demo` shows. **All of it is invented**, apart from the names of London's
//! authorities and of functions; every page that shows it says so.
//!
//! | module | what lives there |
//! |---|---|
//! | `random` | chance that repeats itself, and ids made from it |
//! | `stock` | the shipped lists of names (`data/illustrative/`) and phrases |
//! | `systems` | who uses what |
//! | `contracts` | which contracts cover it, from whom, for how much |
//! | `ends` | how contracts run and end |
//! | `wording` | references and titles as councils write them |
//! | `planned` | what is coming to market |
//! | `notices` | what public notices would say of some of the contracts |
//! | `skills` | what councils can do and teach |
//! | `members` | who is in the network, and since when |
//!
//! No I/O, no clock: the same seed and as-at date make the same register, and every date is relative to the as-at date.
//! How many contracts are past their end, roll, or end in each year is dealt, not drawn, so that the register keeps its
//! shape whatever the seed.

mod contracts;
mod ends;
mod members;
mod notices;
mod planned;
mod random;
mod skills;
mod stock;
mod systems;
#[cfg(test)]
mod tests;
mod wording;

use super::{
    ids::{ProductId, SupplierId},
    records::{
        Contract, DatedName, Function, Identifier, Organisation, Origin, Owner, PlannedProcurement, Product, Skill, Supplier,
        System,
    },
};
use ends::{days, months};
use jiff::{civil::Date, tz::TimeZone};
use random::{Random, id};
use stock::{CouncilRow, OWNERS, SHARED_FUNCTION, Stock};

pub use members::members;
pub use notices::{NOTICES, notices};

/// The source that every made-up record names.
pub const SOURCE: &str = "illustrative";

/// The seed of the register that is shown first; any other will do.
pub const SEED: u64 = 2014;

/// The made-up register.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Illustrative {
    pub suppliers: Vec<Supplier>,
    pub products: Vec<Product>,
    pub systems: Vec<System>,
    pub contracts: Vec<Contract>,
    pub planned: Vec<PlannedProcurement>,
    pub skills: Vec<Skill>,
}

/// The made-up register under a seed, as at a day, of those councils and functions of the shipped lists that are given.
#[must_use]
pub fn generate(as_at: Date, seed: u64, organisations: &[Organisation], functions: &[Function]) -> Illustrative {
    let stock = Stock::shipped();
    let world = World::new(&stock, as_at, seed, organisations, functions);
    let uses = systems::uses(&world, seed);
    let systems = systems::records(&world, &uses, seed);
    let contracts = contracts::records(&world, &uses, &systems, seed);
    let planned = planned::records(&world, &contracts, seed);
    let skills = skills::records(&world, seed);
    Illustrative { suppliers: suppliers(&world), products: products(&world, functions), systems, contracts, planned, skills }
}

/// A council with a record.
struct Council<'a> {
    row: &'a CouncilRow,
    record: &'a Organisation,
}

impl Council<'_> {
    /// Whether its record says something: the less complete it is, and the more often councils leave the thing out, the less.
    fn says(&self, left_out: f64, random: &mut Random) -> bool {
        !random.chance(((1.0 - self.row.complete) * left_out).min(0.95))
    }
}

/// A function and how many systems serve it.
struct Need<'a> {
    record: &'a Function,
    systems: usize,
}

/// What all parts of the making look at.
struct World<'a> {
    stock: &'a Stock,
    councils: Vec<Council<'a>>,
    functions: Vec<Need<'a>>,
    as_at: Date,
    seed: u64,
}

impl<'a> World<'a> {
    fn new(stock: &'a Stock, as_at: Date, seed: u64, organisations: &'a [Organisation], functions: &'a [Function]) -> Self {
        let councils = stock.councils.iter().filter_map(|row| {
            let record = organisations.iter().find(|organisation| organisation.slug == row.organisation)?;
            Some(Council { row, record })
        });
        let needs = stock.needs.iter().filter_map(|row| {
            let record = functions.iter().find(|function| function.slug == row.function)?;
            Some(Need { record, systems: row.systems })
        });
        Self { stock, councils: councils.collect(), functions: needs.collect(), as_at, seed }
    }

    fn product_id(&self, product: usize) -> ProductId {
        ProductId(id(self.seed, "product", product))
    }

    fn supplier_id(&self, supplier: usize) -> SupplierId {
        SupplierId(id(self.seed, "supplier", supplier))
    }

    /// Whether it is the function of the product that the seven share.
    fn is_shared(&self, function: usize) -> bool {
        self.functions[function].record.slug == SHARED_FUNCTION
    }
}

fn origin() -> Origin {
    Origin { source: SOURCE.to_owned(), ..Origin::default() }
}

/// When each of `count` records of a council was last confirmed: as many within a year as its freshness says, in any order.
fn confirmations(council: &Council<'_>, count: usize, as_at: Date, random: &mut Random) -> Vec<Option<Date>> {
    let fresh = (count as f64 * council.row.fresh).round() as usize;
    let mut found: Vec<Option<Date>> = (0..count)
        .map(|number| match number < fresh {
            true => Some(days(as_at, -random.between(1, 360))),
            false if random.chance(0.75) => Some(days(as_at, -random.between(380, 1400))),
            false => None,
        })
        .collect();
    random.shuffle(&mut found);
    found
}

/// When a record was last changed, milliseconds of UTC: in working hours of the day it was confirmed, else long ago.
fn updated_at(confirmed: Option<Date>, as_at: Date, random: &mut Random) -> i64 {
    let day = confirmed.unwrap_or_else(|| days(as_at, -random.between(800, 1600)));
    let midnight = day.to_zoned_datetime(TimeZone::UTC).map_or(0, |instant| instant.timestamp().as_millisecond());
    midnight + random.between(9 * 3_600_000, 17 * 3_600_000)
}

fn suppliers(world: &World<'_>) -> Vec<Supplier> {
    let named = |name: &str| DatedName { name: name.to_owned(), from: None, until: None, source: Some(SOURCE.to_owned()) };
    let random = &mut Random::new(world.seed, "suppliers");
    let records = world.stock.suppliers.iter().enumerate().map(|(number, row)| Supplier {
        id: world.supplier_id(number),
        name: row.name.clone(),
        names: std::iter::once(row.name.as_str()).chain(row.spellings()).map(named).collect(),
        // Companies House is far from numbers that begin with 999: these are nobody's. Some suppliers have none recorded.
        identifiers: Some(Identifier { scheme: "GB-COH".to_owned(), id: (99_900_101 + number * 37).to_string() })
            .filter(|_| number % 8 != 5)
            .into_iter()
            .collect(),
        owners: OWNERS
            .iter()
            .filter(|(owned, ..)| *owned == row.name)
            .map(|(_, owner, years)| Owner {
                name: (*owner).to_owned(),
                supplier: world.stock.supplier(owner).map(|owner| world.supplier_id(owner)),
                from: Some(months(world.as_at, -12 * years).first_of_month()),
                until: None,
                source: Some(SOURCE.to_owned()),
            })
            .collect(),
        sme: Some(row.size == "sme"),
        vcse: None,
        updated_at: updated_at(None, world.as_at, random),
    });
    records.collect()
}

fn products(world: &World<'_>, functions: &[Function]) -> Vec<Product> {
    let random = &mut Random::new(world.seed, "product records");
    let records = world.stock.products.iter().enumerate().map(|(number, row)| {
        let renamed = row.renamed_years_ago.map(|years| months(world.as_at, -12 * years).first_of_month());
        let former = Some(&row.former_name).filter(|name| !name.is_empty());
        Product {
            id: world.product_id(number),
            name: row.name.clone(),
            manufacturer: world.stock.supplier(&row.manufacturer).map(|maker| world.supplier_id(maker)),
            former_names: former
                .map(|name| DatedName {
                    name: name.clone(),
                    from: None,
                    until: renamed.map(|day| days(day, -1)),
                    source: Some(SOURCE.to_owned()),
                })
                .into_iter()
                .collect(),
            functions: row
                .functions()
                .filter_map(|slug| functions.iter().find(|function| function.slug == slug))
                .map(|function| function.id)
                .collect(),
            updated_at: updated_at(None, world.as_at, random),
        }
    });
    records.collect()
}
