//! `/products/{id}`: who uses it, how happy they are, until when.

use super::{
    lanes::Lanes,
    records::{self, Happiness, Tally, Use},
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
    records::DatedName,
    snapshot::{ContractRow, Filters, ListFilters, ListQuery, OrganisationRow, ProductEntry, Snapshot, Sort},
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The most contracts that the picture draws.
const LANES: usize = 40;

#[derive(Serialize)]
struct View {
    id: String,
    /// Whether the reader merges names.
    curates: bool,
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
    members: Members,
    /// What is published about systems of it.
    published: Vec<Published>,
}

/// Whether everyone that uses it is shown, or members of the network only, and the way to the other.
#[derive(Serialize)]
struct Members {
    only: bool,
    /// How many of its organisations are members, and how many there are.
    members: usize,
    all: usize,
    href: String,
    /// What links to lists of the same add to their address.
    suffix: &'static str,
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
pub async fn page(State(app): State<App>, Path(id): Path<String>, params: Params) -> Result<Html<String>, Failure> {
    let id: ProductId = id.parse().map_err(|_| Failure::not_found())?;
    let snapshot = app.snapshot();
    let row = snapshot.product_by_id(id).ok_or_else(Failure::not_found)?;
    let entry = snapshot.product(row).ok_or_else(Failure::not_found)?;
    let frame = page::record_frame(&app, &entry.record.name, "products", "Products");
    let members_only = params.one("member") == Some("yes");
    let systems = snapshot.system_entries().iter().filter(|system| system.record.product == id);
    let systems: Vec<SystemId> = systems.map(|system| system.record.id).collect();
    let published = standing::published(&app, &systems).await?;
    page::render(&app, "register/product.html", &frame, View { published, ..view(&snapshot, entry, members_only) })
}

fn view(snapshot: &Snapshot, entry: &ProductEntry, members_only: bool) -> View {
    let id = entry.record.id;
    let member: Vec<String> = members_only.then(|| "yes".to_owned()).into_iter().collect();
    let filters = Filters { product: vec![id.to_string()], member: member.clone(), ..Filters::default() };
    let rows: Vec<ContractRow> = snapshot.all_contracts(&filters, Sort::Attention).collect();
    let query = ListQuery {
        filters: ListFilters { product: vec![id.to_string()], member: member.clone(), ..ListFilters::default() },
        limit: usize::MAX - 1,
        ..ListQuery::default()
    };
    let mut systems: Vec<_> = snapshot.systems(&query).rows.into_iter().filter_map(|row| snapshot.system(row)).collect();
    let users_of = users_of(snapshot, entry);
    let is_member =
        |row: &&OrganisationRow| snapshot.organisation(**row).is_some_and(|one| one.record.is_member(snapshot.as_at()));
    let members = Members {
        only: members_only,
        members: users_of.iter().filter(is_member).count(),
        all: users_of.len(),
        href: if members_only { format!("/products/{id}") } else { format!("/products/{id}?member=yes") },
        suffix: if members_only { "&member=yes" } else { "" },
    };
    // In the order of what needs a decision first, as the picture has it; those without a contract last.
    let place = |contracts: &[ContractRow]| rows.iter().position(|row| contracts.contains(row)).unwrap_or(usize::MAX);
    systems.sort_by_cached_key(|system| (place(&system.contracts), system.record.key.clone()));
    let covered = |row: &&ContractRow| systems.iter().any(|system| system.contracts.contains(row));
    let others: Vec<ContractRow> = rows.iter().filter(|row| !covered(row)).copied().take(records::MOST).collect();
    let found = systems.len() as u64;
    let mut data = vec![("product", id.to_string())];
    data.extend(members_only.then(|| ("member", "yes".to_owned())));
    let data = Params::made(&data.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>());
    let users: Vec<i64> = systems.iter().filter_map(|system| system.record.users).collect();
    View {
        id: id.to_string(),
        curates: page::curates(),
        name: entry.record.name.clone(),
        maker: records::maker(snapshot, entry),
        former: entry.record.former_names.clone(),
        functions: functions(snapshot, entry, &systems.iter().flat_map(|s| s.record.functions.clone()).collect::<Vec<_>>()),
        sellers: sellers(snapshot, entry, &rows),
        organisations: if members_only { u32::try_from(members.members).unwrap_or(u32::MAX) } else { entry.organisations },
        authorities: snapshot.figures_of(&member).organisations_with_record,
        users: users.iter().sum(),
        users_known: users.len(),
        systems: u32::try_from(systems.len()).unwrap_or(u32::MAX),
        tally: Tally::of(snapshot, &rows),
        lanes: Lanes::of(snapshot, &rows[..rows.len().min(LANES)]),
        others: views::lines(snapshot, &others),
        happiness: entry.satisfaction.as_ref().map(records::happiness),
        alike: others_alike(snapshot, entry, &systems.iter().flat_map(|s| s.record.functions.clone()).collect::<Vec<_>>()),
        uses: systems.into_iter().take(records::MOST).filter_map(|system| records::usage(snapshot, system)).collect(),
        get: page::get_tables(&data, "systems", found),
        members,
        published: Vec::new(),
    }
}

/// The organisations that use it, by their systems and their contracts.
fn users_of(snapshot: &Snapshot, entry: &ProductEntry) -> BTreeSet<OrganisationRow> {
    let id = entry.record.id;
    let systems = snapshot.system_entries().iter().filter(|system| system.record.product == id);
    let mut users: BTreeSet<OrganisationRow> =
        systems.filter_map(|system| snapshot.organisation_by_id(system.record.organisation)).collect();
    let filters = Filters { product: vec![id.to_string()], ..Filters::default() };
    for row in snapshot.all_contracts(&filters, Sort::Attention) {
        users.extend(snapshot.contract(row).organisation_rows());
    }
    users
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
    let mut found: BTreeMap<_, (u32, BTreeSet<_>)> = BTreeMap::new();
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
    let others: BTreeSet<ProductId> = snapshot
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
