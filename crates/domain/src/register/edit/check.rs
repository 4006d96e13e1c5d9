//! Whether what is said of a record can be: days in order, sums, references. Only what an edit changes is judged, so that an
//! old slip elsewhere in the record stops nobody from correcting a title.

use super::{Refusal, Refused};
use crate::people::PersonId;
use crate::register::{
    ids::{ContractId, FunctionId, OrganisationId, ProductId, SupplierId, SystemId},
    import::cells::money::LARGEST_PENCE,
    money::Value,
    records::{Contract, SupplierState},
    terms::TermKind,
};

/// A record, or a person, that another one names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reference {
    /// Any supplier.
    Supplier(SupplierId),
    /// Any product.
    Product(ProductId),
    /// Any function.
    Function(FunctionId),
    /// A system of the same organisation.
    System(SystemId),
    /// Any organisation.
    Organisation(OrganisationId),
    /// A contract of the same organisation.
    Contract(ContractId),
    /// A person who acts for the organisation.
    Member(PersonId),
}

/// What is wrong with a contract, among the fields that were changed. `exists` says whether a reference may be made by this
/// organisation; references in bodies are judged like those in addresses.
#[must_use]
pub fn contract(contract: &Contract, changed: &[&str], exists: &dyn Fn(Reference) -> bool) -> Vec<Refused> {
    let mut refused = Vec::new();
    let any = |fields: &[&str]| fields.iter().any(|field| changed.contains(field));
    let mut refuse = |field: &str, why| refused.push(Refused::new(field, why));
    let term = &contract.term;
    if any(&["title"]) && contract.title.trim().is_empty() {
        refuse("title", Refusal::Missing);
    }
    if any(&["kind", "end"]) && term.kind == TermKind::Fixed && term.end.is_none() {
        refuse("end", Refusal::FixedWithoutEnd);
    }
    if let (Some(start), Some(end)) = (term.start, term.end)
        && any(&["start", "end"])
        && end < start
    {
        refuse("end", Refusal::Before { field: "start", day: start });
    }
    if let Some(terminated) = term.terminated.filter(|_| any(&["terminated", "start"]))
        && let Some(start) = term.start.filter(|start| terminated < *start)
    {
        refuse("terminated", Refusal::Before { field: "start", day: start });
    }
    if any(&["extensions"]) {
        let months: u32 = term.extensions.iter().map(|extension| u32::from(extension.months)).sum();
        if months > 600 {
            refuse("option-1-months", Refusal::OutOfRange { from: 1, to: 600 });
        }
        let unused = term.extensions.iter().position(|extension| !extension.used);
        let out_of_order =
            term.extensions.iter().enumerate().find(|(place, one)| one.used && unused.is_some_and(|at| at < *place));
        if let Some((place, _)) = out_of_order {
            refuse(&format!("option-{}-used", place + 1), Refusal::NotTheNextOption);
        }
    }
    if any(&["breaks", "start", "end"]) {
        for (place, right) in (1..).zip(&term.breaks) {
            if let Some(start) = term.start.filter(|start| right.on < *start) {
                refuse(&format!("break-{place}"), Refusal::Before { field: "start", day: start });
            }
            let last = if matches!(term.kind, TermKind::Fixed | TermKind::NotKnown) { term.last_possible_end() } else { None };
            if let Some(last) = last.filter(|last| right.on > *last && any(&["breaks"])) {
                refuse(&format!("break-{place}"), Refusal::After { field: "end", day: last });
            }
        }
    }
    if any(&["value"])
        && let Value::Known(money) = &contract.value
    {
        if money.pence < 0 {
            refuse("amount", Refusal::NegativeSum);
        } else if money.pence > LARGEST_PENCE {
            refuse("amount", Refusal::OutOfRange { from: 0, to: LARGEST_PENCE / 100 });
        }
    }
    if any(&["suppliers", "supplier_state"]) {
        match (contract.supplier_state, contract.suppliers.is_empty()) {
            (SupplierState::Known, true) => refuse("suppliers", Refusal::NoSupplier),
            (SupplierState::NotKnown | SupplierState::Withheld, false) => refuse("suppliers", Refusal::SupplierAndState),
            _ => {}
        }
    }
    references(contract, changed, exists, &mut refuse);
    refused
}

fn references(contract: &Contract, changed: &[&str], exists: &dyn Fn(Reference) -> bool, refuse: &mut impl FnMut(&str, Refusal)) {
    let mut check = |field: &str, at: &str, all: Vec<Reference>| {
        if changed.contains(&field) && !all.into_iter().all(exists) {
            refuse(at, if field == "manager" { Refusal::NotAMember } else { Refusal::NoSuchRecord });
        }
    };
    check("suppliers", "suppliers", contract.suppliers.iter().copied().map(Reference::Supplier).collect());
    check("products", "products", contract.products.iter().copied().map(Reference::Product).collect());
    check("functions", "functions", contract.functions.iter().copied().map(Reference::Function).collect());
    check("systems", "systems", contract.systems.iter().copied().map(Reference::System).collect());
    check("joint", "joint", contract.joint.iter().copied().map(Reference::Organisation).collect());
    check("replaced_by", "replacement", contract.replaced_by.into_iter().map(Reference::Contract).collect());
    check("notice_of", "notice", contract.notice_of.into_iter().map(Reference::Contract).collect());
    check("manager", "manager", contract.manager.into_iter().map(Reference::Member).collect());
}

/// What is wrong with a system, among the fields that were changed.
#[must_use]
pub fn system(system: &crate::register::records::System, changed: &[&str], exists: &dyn Fn(Reference) -> bool) -> Vec<Refused> {
    let mut refused = Vec::new();
    if changed.contains(&"functions") && !system.functions.iter().copied().map(Reference::Function).all(exists) {
        refused.push(Refused::new("functions", Refusal::NoSuchRecord));
    }
    let named = system.sub_processors.iter().filter_map(|one| one.supplier);
    if changed.contains(&"sub_processors") && !named.map(Reference::Supplier).all(exists) {
        refused.push(Refused::new("sub-processor-1-name", Refusal::NoSuchRecord));
    }
    if changed.contains(&"product") && !exists(Reference::Product(system.product)) {
        refused.push(Refused::new("product", Refusal::NoSuchRecord));
    }
    refused
}
