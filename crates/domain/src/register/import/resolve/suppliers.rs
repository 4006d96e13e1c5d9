//! Suppliers by number, then by normal name.

use super::{
    Touched,
    facts::{Facts, take_on},
};
use crate::register::ids::SupplierId;
use crate::register::import::draft::SupplierDraft;
use crate::register::names::{
    self, BRAND,
    similar::{Blocks, per_mille},
};
use crate::register::records::{DatedName, Identifier, Supplier};
use std::collections::HashMap;
use uuid::Uuid;

/// More spellings than this under one supplier say nothing new.
const MOST_NAMES: usize = 60;

/// Two names less alike than this, of a thousand, are not two spellings of one.
const LIKE: u32 = 700;

pub(super) struct Suppliers {
    pub(super) records: Touched<SupplierId, Supplier>,
    by_identifier: HashMap<Identifier, SupplierId>,
    by_name: HashMap<String, Vec<SupplierId>>,
    blocks: Blocks<SupplierId>,
    facts: Facts,
    /// Drafts met before, so that a name is normalised once in an import however often it stands in the file.
    met: HashMap<SupplierDraft, SupplierId>,
}

pub(super) struct Found {
    pub(super) id: SupplierId,
    pub(super) new: bool,
    pub(super) like: Option<String>,
    /// What the record is called that was found by its company number, where nothing that it is known as is like the name given.
    pub(super) unlike: Option<String>,
}

impl Suppliers {
    pub(super) fn new(known: &[Supplier], facts: &[Supplier]) -> Self {
        let mut index = Self {
            records: Touched::new(known.iter().map(|record| (record.id, record.clone()))),
            by_identifier: HashMap::new(),
            by_name: HashMap::new(),
            blocks: Blocks::new(),
            facts: Facts::new(facts),
            met: HashMap::new(),
        };
        for record in known {
            index.learn_identifiers(record.id, &record.identifiers);
            index.learn_name(record.id, &record.name);
            for name in record.names.iter().filter(|name| names::may_match_on(name)) {
                index.learn_name(record.id, &name.name);
            }
        }
        index
    }

    fn learn_identifiers(&mut self, id: SupplierId, identifiers: &[Identifier]) {
        for identifier in identifiers {
            self.by_identifier.entry(identifier.clone()).or_insert(id);
        }
    }

    fn learn_name(&mut self, id: SupplierId, name: &str) {
        let normal = names::supplier(name);
        let ids = self.by_name.entry(normal.clone()).or_default();
        if !ids.contains(&id) {
            ids.push(id);
            self.blocks.insert(&normal, id);
        }
    }

    pub(super) fn find(&self, draft: &SupplierDraft, normal: &str) -> Option<SupplierId> {
        let by_identifier = draft.identifiers.iter().find_map(|identifier| self.by_identifier.get(identifier)).copied();
        if by_identifier.is_some() || draft.nameless {
            return by_identifier;
        }
        let company = company_number(&draft.identifiers);
        let fits = |id: &&SupplierId| {
            let other = self.records.get(**id).and_then(|record| company_number(&record.identifiers));
            company.is_none() || other.is_none() || company == other
        };
        // Of several, the one that is called so goes before those that a number or an earlier name made known under it, or the same file
        // would find another one the second time. Then the one whose number is known: a bare name most likely means it.
        let candidates = self.by_name.get(normal)?.iter().filter(fits);
        let rank = |id: &&SupplierId| {
            let record = self.records.get(**id);
            let called_so = record.is_some_and(|record| names::supplier(&record.name) == normal);
            let numbered = record.is_some_and(|record| company_number(&record.identifiers).is_some());
            (!called_so, !numbered)
        };
        candidates.min_by_key(rank).copied()
    }

    /// Takes on what is publicly known of a supplier that is new, or whose number is.
    fn learn_facts(&mut self, id: SupplierId, draft: &SupplierDraft, normal: &str) {
        let Some(fact) = self.facts.of(draft, normal).cloned() else { return };
        let by_name = &self.by_name;
        let owner =
            |name: &str| by_name.get(&names::supplier(name)).and_then(|ids| ids.first()).copied().filter(|owner| *owner != id);
        self.records.change(id, |record| take_on(record, &fact, owner));
        self.learn_identifiers(id, &fact.identifiers);
        for name in fact.names.iter().filter(|name| names::may_match_on(name)) {
            self.learn_name(id, &name.name);
        }
    }

    pub(super) fn find_or_make(&mut self, draft: &SupplierDraft, source: &str, ids: &mut dyn FnMut() -> Uuid, now: i64) -> Found {
        if let Some(id) = self.met.get(draft) {
            return Found { id: *id, new: false, like: None, unlike: None };
        }
        let read = names::supplier_name(&draft.name);
        if let Some(id) = self.find(draft, &read.normal) {
            self.met.insert(draft.clone(), id);
            let unlike = self.unlike(id, draft, &read.normal);
            self.learn_identifiers(id, &draft.identifiers);
            if !draft.nameless {
                self.learn_name(id, &draft.name);
            }
            let numbers = self.records.get(id).map_or(0, |record| record.identifiers.len());
            self.records.change(id, |record| enrich(record, draft, source, now));
            if self.records.get(id).is_some_and(|record| record.identifiers.len() > numbers) {
                self.learn_facts(id, draft, &read.normal);
            }
            return Found { id, new: false, like: None, unlike };
        }
        let mut known_as = vec![DatedName { name: read.name.clone(), from: None, until: None, source: Some(source.to_owned()) }];
        if let Some(trading) = read.trading_as {
            known_as.push(DatedName {
                name: trading,
                from: None,
                until: None,
                source: Some(format!("{BRAND}traded as; {source}")),
            });
        }
        let record = Supplier {
            id: SupplierId(ids()),
            name: read.name,
            names: known_as,
            identifiers: draft.identifiers.clone(),
            owners: Vec::new(),
            sme: draft.sme,
            vcse: draft.vcse,
            updated_at: now,
        };
        let id = record.id;
        let like = if draft.nameless { None } else { self.blocks.most_like(&read.normal, None).map(|(like, ..)| like) };
        self.learn_identifiers(id, &record.identifiers);
        if !draft.nameless {
            self.learn_name(id, &draft.name);
        }
        self.records.add(id, record);
        self.learn_facts(id, draft, &read.normal);
        self.met.insert(draft.clone(), id);
        let like = like.and_then(|like| self.records.get(like)).map(|record| record.name.clone());
        Found { id, new: true, like, unlike: None }
    }

    /// The record's name where a draft was found by the company number that both have, and is called like nothing that the record is
    /// known as: a company that was renamed, or a number that stands in the wrong row.
    fn unlike(&self, id: SupplierId, draft: &SupplierDraft, normal: &str) -> Option<String> {
        let record = self.records.get(id)?;
        let same_number = company_number(&draft.identifiers).is_some_and(|own| company_number(&record.identifiers) == Some(own));
        let known = std::iter::once(&record.name).chain(record.names.iter().map(|name| &name.name));
        let like = |known: &String| per_mille(&names::supplier(known), normal) >= LIKE;
        (same_number && !draft.nameless && !known.into_iter().any(like)).then(|| record.name.clone())
    }
}

/// Adds what a draft says of a supplier that is known: another spelling, another number. What is known stays.
fn enrich(record: &mut Supplier, draft: &SupplierDraft, source: &str, now: i64) {
    let mut changed = false;
    let known = draft.nameless || record.name == draft.name || record.names.iter().any(|name| name.name == draft.name);
    if !known && record.names.len() < MOST_NAMES {
        record.names.push(DatedName { name: draft.name.clone(), from: None, until: None, source: Some(source.to_owned()) });
        changed = true;
    }
    for identifier in &draft.identifiers {
        let second_company = identifier.scheme == "GB-COH" && company_number(&record.identifiers).is_some();
        if !record.identifiers.contains(identifier) && !second_company {
            record.identifiers.push(identifier.clone());
            changed = true;
        }
    }
    for (held, stated) in [(&mut record.sme, draft.sme), (&mut record.vcse, draft.vcse)] {
        if held.is_none() && stated.is_some() {
            *held = stated;
            changed = true;
        }
    }
    if changed {
        record.updated_at = now;
    }
}

fn company_number(identifiers: &[Identifier]) -> Option<&str> {
    identifiers.iter().find(|identifier| identifier.scheme == "GB-COH").map(|identifier| identifier.id.as_str())
}
