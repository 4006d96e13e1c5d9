//! `/products/{id}`: who uses it, how happy they are, until when.

use super::{
    lanes::Lanes,
    records::{self, Happiness, Tally, Use},
    views::{self, Line, Named},
};
use crate::{
    error::Failure,
    state::App,
    web::page::{self, GetAs},
};
use axum::{
    extract::{Path, State},
    response::Html,
};
use domain::register::{
    ids::ProductId,
    records::DatedName,
    snapshot::{ContractRow, Filters, ProductEntry, Snapshot, Sort},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// The most contracts that the picture draws.
const LANES: usize = 40;

#[derive(Serialize)]
struct View {
    id: String,
    name: String,
    maker: Option<Named>,
    former: Vec<DatedName>,
    functions: Vec<Named>,
    sellers: Vec<Seller>,
    organisations: u32,
    authorities: u32,
    users: i64,
    users_known: usize,
    systems: u32,
    tally: Tally,
    lanes: Option<Lanes>,
    uses: Vec<Use>,
    /// Contracts that no system of it names.
    others: Vec<Line>,
    happiness: Option<Happiness>,
    alike: Vec<Alike>,
    get: Vec<GetAs>,
}

/// A supplier that sells it.
#[derive(Serialize)]
struct Seller {
    name: Named,
    organisations: usize,
    contracts: u32,
    makes_it: bool,
}

/// Another product for the same functions.
#[derive(Serialize)]
pub(super) struct Alike {
    name: Named,
    maker: Option<Named>,
    organisations: u32,
    happiness: Option<Happiness>,
}

/// Products as they are compared with one another.
pub(super) fn alike(snapshot: &Snapshot, entry: &ProductEntry) -> Alike {
    Alike {
        name: records::product(entry),
        maker: records::maker(snapshot, entry),
        organisations: entry.organisations,
        happiness: entry.satisfaction.as_ref().map(records::happiness),
    }
}

/// The page.
///
/// # Errors
/// Not found for an id that is not there.
pub async fn page(State(app): State<App>, Path(id): Path<String>) -> Result<Html<String>, Failure> {
    let id: ProductId = id.parse().map_err(|_| Failure::not_found())?;
    let snapshot = app.snapshot();
    let row = snapshot.product_by_id(id).ok_or_else(Failure::not_found)?;
    let entry = snapshot.product(row).ok_or_else(Failure::not_found)?;
    let frame = page::record_frame(&app, &entry.record.name, "products", "Products");
    page::render(&app, "register/product.html", &frame, view(&snapshot, entry))
}

fn view(snapshot: &Snapshot, entry: &ProductEntry) -> View {
    let id = entry.record.id;
    let filters = Filters { product: vec![id.to_string()], ..Filters::default() };
    let rows: Vec<ContractRow> = snapshot.all_contracts(&filters, Sort::Attention).collect();
    let mut systems: Vec<_> = snapshot.system_entries().iter().filter(|system| system.record.product == id).collect();
    // In the order of what needs a decision first, as the picture has it; those without a contract last.
    let place = |contracts: &[ContractRow]| rows.iter().position(|row| contracts.contains(row)).unwrap_or(usize::MAX);
    systems.sort_by_cached_key(|system| (place(&system.contracts), system.record.key.clone()));
    let covered = |row: &&ContractRow| systems.iter().any(|system| system.contracts.contains(row));
    let others: Vec<ContractRow> = rows.iter().filter(|row| !covered(row)).copied().take(records::MOST).collect();
    let users: Vec<i64> = systems.iter().filter_map(|system| system.record.users).collect();
    View {
        id: id.to_string(),
        name: entry.record.name.clone(),
        maker: records::maker(snapshot, entry),
        former: entry.record.former_names.clone(),
        functions: functions(snapshot, entry, &systems.iter().flat_map(|s| s.record.functions.clone()).collect::<Vec<_>>()),
        sellers: sellers(snapshot, entry, &rows),
        organisations: entry.organisations,
        authorities: snapshot.figures().organisations_with_record,
        users: users.iter().sum(),
        users_known: users.len(),
        systems: entry.systems,
        tally: Tally::of(snapshot, &rows),
        lanes: Lanes::of(snapshot, &rows[..rows.len().min(LANES)]),
        others: views::lines(snapshot, &others),
        happiness: entry.satisfaction.as_ref().map(records::happiness),
        alike: others_alike(snapshot, entry, &systems.iter().flat_map(|s| s.record.functions.clone()).collect::<Vec<_>>()),
        uses: systems.into_iter().take(records::MOST).filter_map(|system| records::usage(snapshot, system)).collect(),
        get: [("CSV", ".csv"), ("Excel", ".xlsx"), ("JSON", "")]
            .map(|(text, ending)| GetAs { text: text.to_owned(), href: format!("/api/v1/systems{ending}?product={id}") })
            .to_vec(),
    }
}

/// What it is used for, the most frequent first; what it is for by its nature where nobody uses it.
fn functions(snapshot: &Snapshot, entry: &ProductEntry, used: &[domain::register::ids::FunctionId]) -> Vec<Named> {
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for function in used {
        *counts.entry(*function).or_default() += 1;
    }
    let mut ordered: Vec<_> = counts.into_iter().collect();
    ordered.sort_by_key(|(function, count)| (std::cmp::Reverse(*count), *function));
    let ids: Vec<_> = if ordered.is_empty() {
        entry.record.functions.clone()
    } else {
        ordered.into_iter().map(|(function, _)| function).collect()
    };
    records::functions(snapshot, &ids)
}

/// Who sells it, by how many contracts.
fn sellers(snapshot: &Snapshot, entry: &ProductEntry, rows: &[ContractRow]) -> Vec<Seller> {
    let mut found: BTreeMap<_, (u32, std::collections::BTreeSet<_>)> = BTreeMap::new();
    for contract in rows.iter().map(|row| snapshot.contract(*row)) {
        for supplier in contract.supplier_rows() {
            let (contracts, organisations) = found.entry(supplier).or_default();
            *contracts += 1;
            organisations.extend(contract.organisation_rows());
        }
    }
    let mut sellers: Vec<Seller> = found
        .into_iter()
        .filter_map(|(row, (contracts, organisations))| {
            let supplier = snapshot.supplier(row)?;
            Some(Seller {
                name: Named::new(&*supplier.record.name, "suppliers", supplier.record.id),
                organisations: organisations.len(),
                contracts,
                makes_it: entry.record.manufacturer == Some(supplier.record.id),
            })
        })
        .collect();
    sellers.sort_by(|a, b| b.contracts.cmp(&a.contracts).then_with(|| a.name.name.cmp(&b.name.name)));
    sellers
}

/// Other products that are in use for the function that this one is used for most.
fn others_alike(snapshot: &Snapshot, entry: &ProductEntry, used: &[domain::register::ids::FunctionId]) -> Vec<Alike> {
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for function in used {
        *counts.entry(*function).or_default() += 1;
    }
    let most =
        counts.into_iter().max_by_key(|(function, count)| (*count, std::cmp::Reverse(*function))).map(|(function, _)| function);
    let Some(function) = most.or_else(|| entry.record.functions.first().copied()) else { return Vec::new() };
    let others: std::collections::BTreeSet<ProductId> = snapshot
        .system_entries()
        .iter()
        .filter(|system| system.record.functions.contains(&function) && system.record.product != entry.record.id)
        .map(|system| system.record.product)
        .collect();
    let mut entries: Vec<&ProductEntry> =
        others.into_iter().filter_map(|id| snapshot.product(snapshot.product_by_id(id)?)).collect();
    entries.sort_by(|a, b| b.organisations.cmp(&a.organisations).then_with(|| a.record.name.cmp(&b.record.name)));
    entries.into_iter().take(10).map(|entry| alike(snapshot, entry)).collect()
}
