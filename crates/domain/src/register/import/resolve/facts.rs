//! Public facts about suppliers (names over time, numbers, owners over time), given to suppliers that imports bring in.
//!
//! A fact is taken on where the company number says that it is the same company, or the name does: in its normal form for
//! companies whose number is known, and letter for letter for the rest, since a short name is many companies' name. What a
//! record holds already stays; every fact keeps its source.

use crate::register::import::draft::SupplierDraft;
use crate::register::names::{self, fold};
use crate::register::records::{Identifier, Supplier};
use std::collections::HashMap;

#[derive(Default)]
pub(super) struct Facts {
    known: Vec<Supplier>,
    by_identifier: HashMap<Identifier, usize>,
    by_normal: HashMap<String, usize>,
    by_spelling: HashMap<String, usize>,
}

impl Facts {
    pub(super) fn new(known: &[Supplier]) -> Self {
        let mut facts = Self { known: known.to_vec(), ..Self::default() };
        for (place, fact) in known.iter().enumerate() {
            for identifier in &fact.identifiers {
                facts.by_identifier.entry(identifier.clone()).or_insert(place);
            }
            let names = fact.names.iter().filter(|name| names::may_match_on(name)).map(|name| name.name.as_str());
            for name in std::iter::once(fact.name.as_str()).chain(names) {
                facts.by_spelling.entry(fold(name)).or_insert(place);
                if !fact.identifiers.is_empty() {
                    facts.by_normal.entry(names::supplier(name)).or_insert(place);
                }
            }
        }
        facts
    }

    /// What is known of the supplier of a draft. `normal` is its name's normal form.
    pub(super) fn of(&self, draft: &SupplierDraft, normal: &str) -> Option<&Supplier> {
        let by_identifier = draft.identifiers.iter().find_map(|identifier| self.by_identifier.get(identifier));
        let by_name = || {
            let place = self.by_normal.get(normal).or_else(|| self.by_spelling.get(&fold(&draft.name)))?;
            let own = company(&draft.identifiers);
            let of_fact = company(&self.known[*place].identifiers);
            (!draft.nameless && (own.is_none() || of_fact.is_none())).then_some(place)
        };
        by_identifier.or_else(by_name).map(|place| &self.known[*place])
    }
}

fn company(identifiers: &[Identifier]) -> Option<&Identifier> {
    identifiers.iter().find(|identifier| identifier.scheme == "GB-COH")
}

/// Gives a record what is known of it and it does not hold yet. `owner` finds an owner's own record.
pub(super) fn take_on(record: &mut Supplier, fact: &Supplier, owner: impl Fn(&str) -> Option<crate::register::ids::SupplierId>) {
    for name in &fact.names {
        match record.names.iter_mut().find(|held| held.name == name.name) {
            // The name is held as an import met it; the fact says from when to when, and where that is stated.
            Some(held) if held.from.is_none() && held.until.is_none() && (name.from.is_some() || name.until.is_some()) => {
                *held = name.clone();
            }
            Some(_) => {}
            None => record.names.push(name.clone()),
        }
    }
    for identifier in &fact.identifiers {
        let second_company = identifier.scheme == "GB-COH" && company(&record.identifiers).is_some();
        if !record.identifiers.contains(identifier) && !second_company {
            record.identifiers.push(identifier.clone());
        }
    }
    for held in &fact.owners {
        if !record.owners.iter().any(|other| other.name == held.name && other.from == held.from) {
            let mut held = held.clone();
            held.supplier = owner(&held.name);
            record.owners.push(held);
        }
    }
}
