//! What is asked of lists, and the lists of systems, suppliers and products: what each says of its items.

use super::{
    Snapshot,
    column::{Dimension, NONE},
    cursor::{Cursor, Key},
    entries::*,
    list_engine::{Items, answer},
    question::FacetCount,
    rows::{ProductRow, SupplierRow, SystemRow},
    words::{Wanted, folded},
};
use crate::register::completeness::Fix;
use uuid::Uuid;

/// Which items of a list. As [`super::Filters`]: repeats are 'or', different filters 'and'. A filter that a list knows
/// nothing of (a planned procurement's function) matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListFilters {
    /// Slugs of organisations that have it.
    pub organisation: Vec<String>,
    /// Whether one of these is a member of the network, as [`super::MEMBER`] names it.
    pub member: Vec<String>,
    /// Slugs of service areas.
    pub service_area: Vec<String>,
    /// Slugs of functions.
    pub function: Vec<String>,
    /// Ids of products.
    pub product: Vec<String>,
    /// Ids of suppliers that hold its contracts.
    pub supplier: Vec<String>,
    /// Ids of suppliers that make it.
    pub manufacturer: Vec<String>,
    /// Levels, as [`crate::register::records::SkillLevel`] names them; for skills.
    pub level: Vec<String>,
    /// `yes` or `no`: whether training is offered; for skills.
    pub training: Vec<String>,
    /// Stages, as [`super::STAGES`] names them; for planned procurements.
    pub stage: Vec<String>,
    /// Whether offers can still be made, as [`super::OPEN`] names it; for planned procurements.
    pub open: Vec<String>,
    /// What the record wants, as [`crate::register::completeness::Fix`] names it; for systems.
    pub missing: Vec<String>,
    /// Words, as in [`super::Filters::q`].
    pub q: Option<String>,
}

/// The order of a list; ties go by id, what is not known comes last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ListSort {
    /// By name (of a system: its product's; of a planned procurement: its title).
    #[default]
    Name,
    /// By the organisation's name; for systems and planned procurements.
    Organisation,
    /// Most organisations first; for suppliers and products.
    Organisations,
    /// Most contracts first.
    Contracts,
    /// Most systems first; for products.
    Systems,
    /// Happiest first; for products.
    Satisfaction,
    /// Most users first; for systems.
    Users,
    /// Closing earliest first; for planned procurements.
    Closes,
    /// Highest level first; for skills.
    Level,
    /// Most people first; for skills.
    People,
    /// Those still open first, closing soonest first; then those of which that is not known; then the closed, latest first. For
    /// planned procurements.
    Due,
}

/// What a list is counted by; also the names of its filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum ListFacet {
    Organisation,
    ServiceArea,
    Function,
    Product,
    Supplier,
    Manufacturer,
    Level,
    Training,
    /// By whether an organisation that has it is a member of the network.
    Member,
    Stage,
    /// By whether offers can still be made.
    Open,
}

impl ListFacet {
    /// All of them.
    pub const ALL: [ListFacet; 11] = [
        ListFacet::Organisation,
        ListFacet::ServiceArea,
        ListFacet::Function,
        ListFacet::Product,
        ListFacet::Supplier,
        ListFacet::Manufacturer,
        ListFacet::Level,
        ListFacet::Training,
        ListFacet::Member,
        ListFacet::Stage,
        ListFacet::Open,
    ];

    /// Its name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ListFacet::Organisation => "organisation",
            ListFacet::ServiceArea => "service_area",
            ListFacet::Function => "function",
            ListFacet::Product => "product",
            ListFacet::Supplier => "supplier",
            ListFacet::Manufacturer => "manufacturer",
            ListFacet::Level => "level",
            ListFacet::Training => "training",
            ListFacet::Member => "member",
            ListFacet::Stage => "stage",
            ListFacet::Open => "open",
        }
    }

    /// The facet of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|facet| facet.as_str() == name)
    }
}

/// A question to a list.
#[derive(Clone, Debug, Default)]
pub struct ListQuery {
    /// Which items.
    pub filters: ListFilters,
    /// In which order.
    pub sort: ListSort,
    /// What to count by.
    pub facets: Vec<ListFacet>,
    /// How many rows.
    pub limit: usize,
    /// Rows after this one.
    pub after: Option<Cursor>,
    /// Rows to pass over.
    pub offset: usize,
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct ListPage<'s, R> {
    /// How many items match, whatever the page.
    pub total: u64,
    /// This page's rows, in order.
    pub rows: Vec<R>,
    /// The facets asked for; each leaves its own filter out.
    pub facets: Vec<(ListFacet, Vec<FacetCount<'s>>)>,
    /// Where the next page starts, if there is one.
    pub next: Option<Cursor>,
}

/// A question to the systems.
pub type SystemQuery = ListQuery;
/// A question to the suppliers.
pub type SupplierQuery = ListQuery;
/// A question to the products.
pub type ProductQuery = ListQuery;
/// A page of systems.
pub type SystemPage<'s> = ListPage<'s, SystemRow>;
/// A page of suppliers.
pub type SupplierPage<'s> = ListPage<'s, SupplierRow>;
/// A page of products.
pub type ProductPage<'s> = ListPage<'s, ProductRow>;

struct Systems<'s>(&'s Snapshot);
struct Suppliers<'s>(&'s Snapshot);
struct Products<'s>(&'s Snapshot);

impl Snapshot {
    /// Answers a question to the systems.
    #[must_use]
    pub fn systems(&self, query: &SystemQuery) -> SystemPage<'_> {
        answer(self, &Systems(self), query)
    }

    /// Answers a question to the suppliers.
    #[must_use]
    pub fn suppliers(&self, query: &SupplierQuery) -> SupplierPage<'_> {
        answer(self, &Suppliers(self), query)
    }

    /// Answers a question to the products.
    #[must_use]
    pub fn products(&self, query: &ProductQuery) -> ProductPage<'_> {
        answer(self, &Products(self), query)
    }

    fn areas_of(&self, functions: &[u32]) -> Vec<u32> {
        let area = |function: &u32| {
            let record = &self.world.functions.entries[*function as usize].record;
            record.service_area.and_then(|area| self.world.areas.code(area.0))
        };
        functions.iter().filter_map(area).collect()
    }

    fn maker(&self, product: &ProductEntry) -> Option<u32> {
        product.record.manufacturer.and_then(|id| self.world.suppliers.code(id.0))
    }
}

/// Most first.
fn most(count: impl Into<i64>) -> Key {
    Key::Number(-count.into())
}

fn last() -> Key {
    Key::Number(i64::MAX)
}

impl Items for Systems<'_> {
    fn len(&self) -> usize {
        self.0.world.systems.entries.len()
    }
    fn id(&self, item: u32) -> Uuid {
        self.0.world.systems.entries[item as usize].record.id.0
    }
    fn codes(&self, item: u32, facet: ListFacet) -> Vec<u32> {
        let (world, entry) = (&self.0.world, &self.0.world.systems.entries[item as usize]);
        let record = &entry.record;
        let product = world.products.code(record.product.0);
        match facet {
            ListFacet::Organisation => world.organisations.code(record.organisation.0).into_iter().collect(),
            ListFacet::Function => record.functions.iter().filter_map(|id| world.functions.code(id.0)).collect(),
            ListFacet::ServiceArea => self.0.areas_of(&self.codes(item, ListFacet::Function)),
            ListFacet::Product => product.into_iter().collect(),
            ListFacet::Manufacturer => {
                product.and_then(|code| self.0.maker(&world.products.entries[code as usize])).into_iter().collect()
            }
            ListFacet::Supplier => entry
                .contracts
                .iter()
                .flat_map(|row| self.0.chunks[row.chunk()].columns.dimension(Dimension::Supplier).codes(row.place()))
                .collect(),
            _ => Vec::new(),
        }
    }
    fn key(&self, item: u32, sort: ListSort) -> Key {
        let (world, entry) = (&self.0.world, &self.0.world.systems.entries[item as usize]);
        let organisation = world.organisations.code(entry.record.organisation.0);
        match sort {
            ListSort::Organisation => Key::Text(
                organisation.map_or_else(String::new, |code| folded(&world.organisations.entries[code as usize].record.name)),
            ),
            ListSort::Users => entry.record.users.map_or_else(last, most),
            ListSort::Contracts => most(entry.contracts.len() as i64),
            _ => Key::Text(
                world
                    .products
                    .code(entry.record.product.0)
                    .map_or_else(String::new, |code| folded(&world.products.entries[code as usize].record.name)),
            ),
        }
    }
    fn worded(&self) -> &'static [ListFacet] {
        &[ListFacet::Organisation, ListFacet::Product, ListFacet::Function, ListFacet::Manufacturer, ListFacet::Supplier]
    }
    fn with_word(&self, _: &Wanted) -> Vec<u32> {
        Vec::new()
    }
    fn wants(&self, item: u32, fixes: &[Fix]) -> bool {
        let gaps = self.0.system_gaps(SystemRow(item));
        fixes.iter().any(|fix| fix.of_systems() && gaps.has(*fix))
    }
}

impl Items for Suppliers<'_> {
    fn len(&self) -> usize {
        self.0.world.suppliers.entries.len()
    }
    fn id(&self, item: u32) -> Uuid {
        self.0.world.suppliers.entries[item as usize].record.id.0
    }
    fn codes(&self, item: u32, facet: ListFacet) -> Vec<u32> {
        let relations = &self.0.relations;
        match facet {
            ListFacet::Organisation => relations.supplier_organisation.of(item),
            ListFacet::Function => relations.supplier_function.of(item),
            ListFacet::ServiceArea => self.0.areas_of(&relations.supplier_function.of(item)),
            ListFacet::Product => relations.supplier_product.of(item),
            ListFacet::Supplier => vec![item],
            ListFacet::Manufacturer => {
                let makes = self.0.world.suppliers.entries[item as usize].as_manufacturer > 0;
                vec![if makes { item } else { NONE }]
            }
            _ => Vec::new(),
        }
    }
    fn key(&self, item: u32, sort: ListSort) -> Key {
        let entry = &self.0.world.suppliers.entries[item as usize];
        match sort {
            ListSort::Contracts => most(entry.contracts),
            ListSort::Organisations => most(entry.organisations),
            _ => Key::Text(folded(&entry.record.name)),
        }
    }
    fn worded(&self) -> &'static [ListFacet] {
        &[]
    }
    fn with_word(&self, wanted: &Wanted) -> Vec<u32> {
        self.0.world.suppliers.sealed().words.find(wanted).to_vec()
    }
}

impl Items for Products<'_> {
    fn len(&self) -> usize {
        self.0.world.products.entries.len()
    }
    fn id(&self, item: u32) -> Uuid {
        self.0.world.products.entries[item as usize].record.id.0
    }
    fn codes(&self, item: u32, facet: ListFacet) -> Vec<u32> {
        let (relations, entry) = (&self.0.relations, &self.0.world.products.entries[item as usize]);
        match facet {
            ListFacet::Organisation => relations.product_organisation.of(item),
            ListFacet::Function => {
                let mut codes = relations.product_function.of(item);
                codes.extend(entry.record.functions.iter().filter_map(|id| self.0.world.functions.code(id.0)));
                codes
            }
            ListFacet::ServiceArea => self.0.areas_of(&self.codes(item, ListFacet::Function)),
            ListFacet::Product => vec![item],
            ListFacet::Supplier => relations.product_supplier.of(item),
            ListFacet::Manufacturer => self.0.maker(entry).into_iter().collect(),
            _ => Vec::new(),
        }
    }
    fn key(&self, item: u32, sort: ListSort) -> Key {
        let entry = &self.0.world.products.entries[item as usize];
        match sort {
            ListSort::Contracts => most(entry.contracts),
            ListSort::Organisations => most(entry.organisations),
            ListSort::Systems => most(entry.systems),
            ListSort::Satisfaction => entry.satisfaction.map_or_else(last, |all| most(all.mean_tenths)),
            _ => Key::Text(folded(&entry.record.name)),
        }
    }
    fn worded(&self) -> &'static [ListFacet] {
        &[ListFacet::Manufacturer]
    }
    fn with_word(&self, wanted: &Wanted) -> Vec<u32> {
        self.0.world.products.sealed().words.find(wanted).to_vec()
    }
}
