//! `/functions/{slug}`: who runs what for one function, the products compared, the contracts that end next.

use super::{
    records::{self, Happiness, MOST, Tally, Use},
    views::{self, Line, Named},
};
use crate::{
    error::Failure,
    state::App,
    web::{
        dpia::standing::{self, Published},
        page::{self, GetAs},
        query::Params,
    },
};
use axum::{
    extract::{Path, State},
    response::Html,
};
use domain::register::{
    ids::{ProductId, SystemId},
    snapshot::{
        ContractRow, Filters, FunctionEntry, ListFilters, ListSort, OrganisationRow, ProductEntry, Snapshot, Sort, SystemEntry,
        SystemQuery,
    },
    terms::{Status, add_months},
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How far ahead contracts that end are listed, in months.
const AHEAD: u32 = 24;
/// How many of them the page shows.
const ENDING: usize = 20;

#[derive(Serialize)]
struct View {
    id: String,
    /// Whether the reader merges names.
    curates: bool,
    name: String,
    slug: String,
    area: Option<Named>,
    systems: u32,
    organisations: u32,
    tally: Tally,
    uses: Vec<Use>,
    products: Vec<Product>,
    /// The first contracts that are past their end or end within [`AHEAD`] months, and how many there are.
    ending: Vec<Line>,
    ending_all: usize,
    get: Vec<GetAs>,
    /// What is published about systems for it.
    published: Vec<Published>,
}

/// A product for this function, as `compare_table` takes it.
#[derive(Serialize)]
struct Product {
    name: Named,
    maker: Option<Named>,
    /// Organisations that use it for this function, not for any.
    organisations: usize,
    happiness: Option<Happiness>,
}

/// The page.
///
/// # Errors
/// Not found for a slug that is not there.
pub async fn page(State(app): State<App>, Path(slug): Path<String>) -> Result<Html<String>, Failure> {
    let snapshot = app.snapshot();
    let row = snapshot.function_by_slug(&slug).ok_or_else(Failure::not_found)?;
    let entry = snapshot.function(row).ok_or_else(Failure::not_found)?;
    let frame = page::record_frame(&app, &entry.record.name, "functions", "Functions");
    let systems = snapshot.system_entries().iter().filter(|system| system.record.functions.contains(&entry.record.id));
    let systems: Vec<SystemId> = systems.map(|system| system.record.id).collect();
    let published = standing::published(&app, &systems).await?;
    page::render(&app, "register/function.html", &frame, View { published, ..view(&snapshot, entry) })
}

fn view(snapshot: &Snapshot, entry: &FunctionEntry) -> View {
    let slug = &entry.record.slug;
    let filters = Filters { function: vec![slug.clone()], ..Filters::default() };
    let rows: Vec<ContractRow> = snapshot.all_contracts(&filters, Sort::Ends).collect();
    let query = SystemQuery {
        filters: ListFilters { function: vec![slug.clone()], ..ListFilters::default() },
        sort: ListSort::Organisation,
        limit: usize::MAX,
        ..SystemQuery::default()
    };
    let systems: Vec<&SystemEntry> = snapshot.systems(&query).rows.iter().filter_map(|row| snapshot.system(*row)).collect();
    let known: Vec<&ProductEntry> = snapshot.products(&query).rows.iter().filter_map(|row| snapshot.product(*row)).collect();
    let ending = ending(snapshot, &rows);
    let area = entry.record.service_area.and_then(|id| snapshot.area(snapshot.area_by_id(id)?));
    View {
        id: entry.record.id.to_string(),
        curates: page::curates(),
        name: entry.record.name.clone(),
        area: area.map(|area| Named { name: area.record.name.clone(), href: format!("/functions#{}", area.record.slug) }),
        systems: entry.systems,
        organisations: entry.organisations,
        tally: Tally::of(snapshot, &rows),
        products: products(snapshot, &known, &systems, &rows),
        uses: systems.iter().take(MOST).filter_map(|system| records::usage(snapshot, system)).collect(),
        ending: views::lines(snapshot, &ending[..ending.len().min(ENDING)]),
        ending_all: ending.len(),
        get: page::get_tables(
            &Params::made(&[("function", slug.as_str()), ("sort", "organisation")]),
            "systems",
            u64::from(entry.systems),
        ),
        published: Vec::new(),
        slug: slug.clone(),
    }
}

/// Products for the function, those of most organisations first, equal ones by name. A contract for several functions says
/// of none which product is for it, so it counts for a product only where it is for this function alone.
fn products(snapshot: &Snapshot, known: &[&ProductEntry], systems: &[&SystemEntry], rows: &[ContractRow]) -> Vec<Product> {
    let mut users: BTreeMap<ProductId, BTreeSet<OrganisationRow>> = BTreeMap::new();
    for system in systems {
        let organisation = snapshot.organisation_by_id(system.record.organisation);
        users.entry(system.record.product).or_default().extend(organisation);
    }
    for contract in rows.iter().map(|row| snapshot.contract(*row)).filter(|contract| contract.function_rows().count() == 1) {
        for product in contract.product_rows().filter_map(|row| snapshot.product(row)) {
            users.entry(product.record.id).or_default().extend(contract.organisation_rows());
        }
    }
    let mut products: Vec<Product> = known
        .iter()
        .map(|entry| Product {
            name: records::product(entry),
            maker: records::maker(snapshot, entry),
            organisations: users.get(&entry.record.id).map_or(0, BTreeSet::len),
            happiness: entry.satisfaction.as_ref().map(records::happiness),
        })
        .collect();
    products.sort_by(|a, b| b.organisations.cmp(&a.organisations).then_with(|| a.name.name.cmp(&b.name.name)));
    products
}

/// Contracts past their end, then those whose last possible end is near, the nearest first.
fn ending(snapshot: &Snapshot, rows: &[ContractRow]) -> Vec<ContractRow> {
    let (as_at, until) = (snapshot.as_at(), add_months(snapshot.as_at(), AHEAD));
    let past = |row: &ContractRow| snapshot.contract(*row).status() == Status::PastEnd;
    let near = |row: &ContractRow| {
        let contract = snapshot.contract(*row);
        let ends = contract.last_possible_end().is_some_and(|end| end >= as_at && end <= until);
        ends && !matches!(contract.status(), Status::Ended | Status::PastEnd)
    };
    let mut ending: Vec<ContractRow> = rows.iter().copied().filter(past).collect();
    ending.extend(rows.iter().copied().filter(near));
    ending
}
