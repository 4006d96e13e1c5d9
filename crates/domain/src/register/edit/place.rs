//! What the hub does with what editors and imports proposed: a supplier, product or function is confirmed as it is, or merged
//! into one that is known. Merging changes nothing here but the record that stays; who refers to the other is the store's to
//! change, in the same transaction.

use super::Refusal;
use crate::register::{
    names::fold,
    records::{DatedName, Function, Product, Supplier},
};

/// Where a merged record's name is said to come from.
const MERGED: &str = "merged";
/// Where the name is said to come from that a product was proposed under, when the hub placed it under another.
const PLACED: &str = "placed";

/// Whether the hub said that a product answers to this name: whatever maker a row names beside it, it is that product.
#[must_use]
pub fn said_by_the_hub(name: &DatedName) -> bool {
    name.source.as_deref().is_some_and(|source| source == PLACED || source.starts_with(MERGED))
}

/// The supplier under another name. It still answers to the one that it had.
#[must_use]
pub fn renamed_supplier(before: &Supplier, name: String) -> Supplier {
    let mut after = Supplier { name, ..before.clone() };
    if before.name != after.name && !after.names.iter().any(|known| known.name == before.name) {
        let source = Some(PLACED.to_owned());
        after.names.push(DatedName { name: before.name.clone(), from: None, until: None, source });
    }
    after
}

/// The function under another name. It still answers to the one that it had, which its slug need not say in full.
#[must_use]
pub fn renamed_function(before: &Function, name: String) -> Function {
    let mut after = Function { name, ..before.clone() };
    after.aliases.retain(|alias| fold(alias) != fold(&after.name));
    let known = fold(&before.name) == fold(&after.name) || after.aliases.iter().any(|alias| fold(alias) == fold(&before.name));
    if !known {
        after.aliases.push(before.name.clone());
    }
    after
}

/// The product under another name. It still answers to the one that it had, so that the next file finds it again.
#[must_use]
pub fn renamed_product(before: &Product, name: String) -> Product {
    let mut after = Product { name, ..before.clone() };
    after.former_names.retain(|former| former.name != after.name);
    if before.name != after.name && !after.former_names.iter().any(|former| former.name == before.name) {
        let source = Some(PLACED.to_owned());
        after.former_names.push(DatedName { name: before.name.clone(), from: None, until: None, source });
    }
    after
}

/// The supplier that stays, knowing what the other was called and numbered.
///
/// # Errors
/// Where it is the same record, or both have a company number and they differ.
pub fn merge_suppliers(from: &Supplier, into: &Supplier) -> Result<Supplier, Refusal> {
    if from.id == into.id {
        return Err(Refusal::SameRecord);
    }
    let company = |one: &Supplier| one.identifiers.iter().find(|one| one.scheme == "GB-COH").map(|one| one.id.clone());
    if let (Some(one), Some(other)) = (company(from), company(into))
        && one != other
    {
        return Err(Refusal::DifferentNumbers);
    }
    let mut after = into.clone();
    let merged = DatedName { name: from.name.clone(), from: None, until: None, source: Some(MERGED.to_owned()) };
    for name in std::iter::once(&merged).chain(&from.names) {
        if name.name != after.name && !after.names.iter().any(|known| known.name == name.name) {
            after.names.push(name.clone());
        }
    }
    for identifier in &from.identifiers {
        if !after.identifiers.contains(identifier) {
            after.identifiers.push(identifier.clone());
        }
    }
    for owner in from.owners.iter().filter(|owner| owner.supplier != Some(into.id)) {
        if !after.owners.contains(owner) {
            after.owners.push(owner.clone());
        }
    }
    after.sme = after.sme.or(from.sme);
    after.vcse = after.vcse.or(from.vcse);
    Ok(after)
}

/// The product that stays, knowing what the other was called and what it is for.
///
/// # Errors
/// Where it is the same record.
pub fn merge_products(from: &Product, into: &Product) -> Result<Product, Refusal> {
    if from.id == into.id {
        return Err(Refusal::SameRecord);
    }
    let mut after = into.clone();
    let merged = DatedName { name: from.name.clone(), from: None, until: None, source: Some(MERGED.to_owned()) };
    for name in std::iter::once(&merged).chain(&from.former_names) {
        if name.name != after.name && !after.former_names.iter().any(|known| known.name == name.name) {
            let mut name = name.clone();
            // The maker of the one that goes may be another: its names are this product's all the same.
            if !said_by_the_hub(&name) {
                name.source = Some(name.source.map_or_else(|| MERGED.to_owned(), |source| format!("{MERGED}; {source}")));
            }
            after.former_names.push(name);
        }
    }
    for function in &from.functions {
        if !after.functions.contains(function) {
            after.functions.push(*function);
        }
    }
    after.manufacturer = after.manufacturer.or(from.manufacturer);
    Ok(after)
}

/// The function that stays, answering to the other's names too.
///
/// # Errors
/// Where it is the same record.
pub fn merge_functions(from: &Function, into: &Function) -> Result<Function, Refusal> {
    if from.id == into.id {
        return Err(Refusal::SameRecord);
    }
    let mut after = into.clone();
    for name in std::iter::once(&from.name).chain(&from.aliases) {
        let known = fold(&after.name) == fold(name) || after.aliases.iter().any(|alias| fold(alias) == fold(name));
        if !known {
            after.aliases.push(name.clone());
        }
    }
    after.service_area = after.service_area.or(from.service_area);
    after.core = after.core || from.core;
    Ok(after)
}

/// A key with one record's id in the place of another's, as keys hold them: an import must find its rows again after a merge.
#[must_use]
pub fn rekeyed(key: &str, from: uuid::Uuid, into: uuid::Uuid) -> String {
    let key = key.replace(&from.simple().to_string(), &into.simple().to_string()).replace(&from.to_string(), &into.to_string());
    // Several ids in one part stand in their order, each once.
    let part = |part: &str| {
        let mut ids: Vec<&str> = part.split('+').collect();
        if ids.len() > 1 && ids.iter().all(|id| id.len() == 32 && id.parse::<uuid::Uuid>().is_ok()) {
            ids.sort_unstable();
            ids.dedup();
        }
        ids.join("+")
    };
    key.split('|').map(part).collect::<Vec<_>>().join("|")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::register::{
        edit::contract::REGISTER,
        import::{
            draft::SupplierDraft,
            resolve::{Index, Known},
        },
    };
    use uuid::Uuid;

    /// The next file has a name that the hub put another in the place of, twice: it finds what it named before.
    #[test]
    fn what_was_placed_under_another_name_answers_to_each_that_it_had() {
        let mut next = 0u128;
        let mut ids = || {
            next += 1;
            Uuid::from_u128(next)
        };
        let long = format!("Licensing of {}", "very ".repeat(30));
        let mut index = Index::new(Known::default(), &mut ids, 1);
        let (supplier, function) = (
            index.supplier(&SupplierDraft { name: "Acme Sofware Ltd".to_owned(), ..SupplierDraft::default() }, REGISTER),
            index.function(&long, None),
        );
        let made = index.into_changes();
        let (first, asked) = (made.suppliers[0].after.clone(), made.functions[0].after.clone());
        let second =
            renamed_supplier(&renamed_supplier(&first, "Acme Softwares Ltd".to_owned()), "Acme Software Group Ltd".to_owned());
        let placed = renamed_function(&renamed_function(&asked, "Licences".to_owned()), "Licensing".to_owned());
        assert_eq!((second.name.as_str(), placed.name.as_str()), ("Acme Software Group Ltd", "Licensing"));
        let mut ids = Uuid::now_v7;
        let (suppliers, functions) = ([second], [placed]);
        let known = Known { suppliers: &suppliers, functions: &functions, ..Known::default() };
        let index = Index::new(known, &mut ids, 2);
        for name in ["Acme Sofware Ltd", "Acme Softwares Ltd", "Acme Software Group Ltd"] {
            assert_eq!(index.known_supplier(name), Some(supplier), "{name}");
        }
        for name in [long.as_str(), "Licences", "Licensing"] {
            assert_eq!(index.known_function(name), Some(function), "{name}");
        }
    }
}
