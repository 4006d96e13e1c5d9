//! `/suppliers/{id}`: all its names, its identifiers, its owners over time, all its contracts and organisations.

use super::{
    records::{self, Share, Source, Tally},
    views::{self, Line, Named},
};
use crate::{
    error::Failure,
    state::App,
    web::{
        page::{self, GetAs},
        query::Params,
    },
};
use axum::{
    extract::{Path, State},
    response::Html,
};
use domain::register::{
    ids::SupplierId,
    records::Supplier,
    snapshot::{ContractRow, Filters, Snapshot, Sort, SupplierEntry},
};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How many contracts the page shows; the rest is a link away.
const CONTRACTS: usize = 25;

#[derive(Serialize)]
struct View {
    id: String,
    name: String,
    sme: Option<bool>,
    vcse: Option<bool>,
    names: Vec<NameRow>,
    identifiers: Vec<IdentifierRow>,
    owners: Vec<OwnerRow>,
    owned: Vec<OwnerRow>,
    organisations: u32,
    tally: Tally,
    lines: Vec<Line>,
    shares: Vec<Share>,
    products: Vec<ProductLine>,
    get: Vec<GetAs>,
    /// Whether the reader merges names.
    curates: bool,
}

/// A name it stands or stood under.
#[derive(Serialize)]
struct NameRow {
    name: String,
    from: Option<Date>,
    until: Option<Date>,
    source: Source,
}

/// An identifier in a scheme.
#[derive(Serialize)]
struct IdentifierRow {
    scheme: String,
    id: String,
}

/// Who owned what, when.
#[derive(Serialize)]
struct OwnerRow {
    name: String,
    href: Option<String>,
    from: Option<Date>,
    until: Option<Date>,
    source: Source,
}

/// A product it makes or sells.
#[derive(Serialize)]
struct ProductLine {
    name: Named,
    makes: bool,
    sells: u32,
    organisations: u32,
}

/// The page.
///
/// # Errors
/// Not found for an id that is not there.
pub async fn page(State(app): State<App>, Path(id): Path<String>) -> Result<Html<String>, Failure> {
    let id: SupplierId = id.parse().map_err(|_| Failure::not_found())?;
    let snapshot = app.snapshot();
    let row = snapshot.supplier_by_id(id).ok_or_else(Failure::not_found)?;
    let entry = snapshot.supplier(row).ok_or_else(Failure::not_found)?;
    let frame = page::record_frame(&app, &entry.record.name, "suppliers", "Suppliers");
    page::render(&app, "register/supplier.html", &frame, view(&snapshot, entry))
}

fn view(snapshot: &Snapshot, entry: &SupplierEntry) -> View {
    let id = entry.record.id;
    let filters = Filters { supplier: vec![id.to_string()], ..Filters::default() };
    let rows: Vec<ContractRow> = snapshot.all_contracts(&filters, Sort::Attention).collect();
    View {
        id: id.to_string(),
        name: entry.record.name.clone(),
        sme: entry.record.sme,
        vcse: entry.record.vcse,
        names: names(&entry.record),
        identifiers: entry
            .record
            .identifiers
            .iter()
            .map(|one| IdentifierRow { scheme: one.scheme.clone(), id: one.id.clone() })
            .collect(),
        owners: entry
            .record
            .owners
            .iter()
            .map(|owner| OwnerRow {
                name: owner.name.clone(),
                href: owner.supplier.filter(|id| snapshot.supplier_by_id(*id).is_some()).map(|id| format!("/suppliers/{id}")),
                from: owner.from,
                until: owner.until,
                source: Source::of(owner.source.as_deref()),
            })
            .collect(),
        owned: owned(snapshot, id),
        organisations: entry.organisations,
        tally: Tally::of(snapshot, &rows),
        lines: views::lines(snapshot, &rows[..rows.len().min(CONTRACTS)]),
        shares: shares(snapshot, id, &rows),
        products: products(snapshot, id, &rows),
        get: page::get_tables(&Params::made(&[("supplier", id.to_string().as_str())]), "contracts", rows.len() as u64),
        curates: page::curates(),
    }
}

/// Every name, the one it is shown under first; then the latest first.
fn names(record: &Supplier) -> Vec<NameRow> {
    let mut rows: Vec<NameRow> = record
        .names
        .iter()
        .map(|name| NameRow {
            name: name.name.clone(),
            from: name.from,
            until: name.until,
            source: Source::of(name.source.as_deref()),
        })
        .collect();
    if !rows.iter().any(|row| row.name == record.name) {
        rows.push(NameRow { name: record.name.clone(), from: None, until: None, source: Source::default() });
    }
    rows.sort_by_key(|row| {
        let latest = row.until.or(row.from).unwrap_or(Date::MIN);
        (row.name != record.name, std::cmp::Reverse(latest), row.name.clone())
    });
    rows
}

/// What it owns or owned.
fn owned(snapshot: &Snapshot, id: SupplierId) -> Vec<OwnerRow> {
    let mut rows: Vec<OwnerRow> = snapshot
        .supplier_entries()
        .iter()
        .flat_map(|entry| entry.record.owners.iter().map(move |owner| (entry, owner)))
        .filter(|(_, owner)| owner.supplier == Some(id))
        .map(|(entry, owner)| OwnerRow {
            name: entry.record.name.clone(),
            href: Some(format!("/suppliers/{}", entry.record.id)),
            from: owner.from,
            until: owner.until,
            source: Source::of(owner.source.as_deref()),
        })
        .collect();
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    rows
}

/// Its contracts by organisation.
fn shares(snapshot: &Snapshot, id: SupplierId, rows: &[ContractRow]) -> Vec<Share> {
    let mut counts: BTreeMap<_, u32> = BTreeMap::new();
    for row in rows {
        for organisation in snapshot.contract(*row).organisation_rows() {
            *counts.entry(organisation).or_default() += 1;
        }
    }
    let counts = counts
        .into_iter()
        .filter_map(|(row, count)| {
            let entry = snapshot.organisation(row)?;
            let href = format!("/contracts?supplier={id}&organisation={}", entry.record.slug);
            Some((Named::organisation(entry), count, href))
        })
        .collect();
    records::shares(counts, u32::try_from(rows.len()).unwrap_or(u32::MAX))
}

/// What it makes, and what it sells under its contracts.
fn products(snapshot: &Snapshot, id: SupplierId, rows: &[ContractRow]) -> Vec<ProductLine> {
    let mut sold: BTreeMap<_, (u32, BTreeSet<_>)> = BTreeMap::new();
    for contract in rows.iter().map(|row| snapshot.contract(*row)) {
        for product in contract.product_rows() {
            let (contracts, organisations) = sold.entry(product).or_default();
            *contracts += 1;
            organisations.extend(contract.organisation_rows());
        }
    }
    let mut lines: Vec<ProductLine> = snapshot
        .product_entries()
        .iter()
        .zip(0_u32..)
        .filter_map(|(entry, place)| {
            let makes = entry.record.manufacturer == Some(id);
            let sales = sold.get(&place.into());
            (makes || sales.is_some()).then(|| ProductLine {
                name: records::product(entry),
                makes,
                sells: sales.map_or(0, |(contracts, _)| *contracts),
                organisations: sales.map_or(0, |(_, organisations)| u32::try_from(organisations.len()).unwrap_or(u32::MAX)),
            })
        })
        .collect();
    lines.sort_by(|a, b| b.sells.cmp(&a.sells).then_with(|| a.name.name.cmp(&b.name.name)));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::register::records::DatedName;
    use jiff::civil::date;

    #[test]
    fn the_name_it_is_shown_under_comes_first_and_older_names_after_newer() {
        let dated = |name: &str, until| DatedName { name: name.to_owned(), from: None, until, source: None };
        let record = Supplier {
            id: SupplierId(domain::register::reference::stable_id("supplier", "x")),
            name: "Now Ltd".to_owned(),
            names: vec![dated("Oldest Ltd", Some(date(2001, 1, 1))), dated("Old Ltd", Some(date(2019, 1, 1)))],
            identifiers: Vec::new(),
            owners: Vec::new(),
            sme: None,
            vcse: None,
            updated_at: 0,
        };
        let seen: Vec<String> = names(&record).into_iter().map(|row| row.name).collect();
        assert_eq!(seen, ["Now Ltd", "Old Ltd", "Oldest Ltd"]);
    }
}
