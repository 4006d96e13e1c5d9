//! Records of the public register by their names: what one is called, which one has a name, and how much refers to it.

use domain::{
    audit::Kind,
    register::{ids::ProductId, snapshot::Snapshot},
};
use uuid::Uuid;

/// What a product is called.
pub(super) fn product(snapshot: &Snapshot, id: ProductId) -> Option<String> {
    Some(snapshot.product(snapshot.product_by_id(id)?)?.record.name.clone())
}

/// What a record of the public register is called.
#[must_use]
pub fn title_of(kind: Kind, id: Uuid, snapshot: &Snapshot) -> Option<String> {
    match kind {
        Kind::Organisation => Some(snapshot.organisation(snapshot.organisation_by_id(id.into())?)?.record.name.clone()),
        Kind::Function => Some(snapshot.function(snapshot.function_by_id(id.into())?)?.record.name.clone()),
        Kind::Supplier => Some(snapshot.supplier(snapshot.supplier_by_id(id.into())?)?.record.name.clone()),
        Kind::Product => product(snapshot, id.into()),
        Kind::System => product(snapshot, snapshot.system(snapshot.system_by_id(id.into())?)?.record.product),
        Kind::Contract => Some(snapshot.contract(snapshot.contract_by_id(id.into())?).title().to_owned()),
        _ => None,
    }
}

/// The supplier, product or function of exactly this name.
#[must_use]
pub fn id_of_name(kind: &str, name: &str, snapshot: &Snapshot) -> Option<Uuid> {
    let same = |other: &str| other.to_lowercase() == name.to_lowercase();
    match kind {
        "supplier" => snapshot.supplier_entries().iter().find(|entry| same(&entry.record.name)).map(|entry| entry.record.id.0),
        "product" => snapshot.product_entries().iter().find(|entry| same(&entry.record.name)).map(|entry| entry.record.id.0),
        "function" => snapshot.functions().iter().find(|entry| same(&entry.record.name)).map(|entry| entry.record.id.0),
        _ => None,
    }
}

/// How many contracts, systems and products of the public register refer to a supplier, product or function.
#[must_use]
pub fn uses_of(id: Uuid, kind: &str, snapshot: &Snapshot) -> usize {
    let count = match kind {
        "supplier" => snapshot
            .supplier_by_id(id.into())
            .and_then(|row| snapshot.supplier(row))
            .map_or(0, |entry| entry.contracts + entry.as_manufacturer),
        "product" => snapshot
            .product_by_id(id.into())
            .and_then(|row| snapshot.product(row))
            .map_or(0, |entry| entry.contracts + entry.systems),
        "function" => snapshot
            .function_by_id(id.into())
            .and_then(|row| snapshot.function(row))
            .map_or(0, |entry| entry.contracts + entry.systems),
        _ => 0,
    };
    usize::try_from(count).unwrap_or(usize::MAX)
}
