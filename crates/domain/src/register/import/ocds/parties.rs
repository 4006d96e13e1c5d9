//! Buyers and suppliers of a release, with the identifiers that its parties carry.

use super::{id_text, is, list, text};
use crate::register::import::draft::{OrganisationDraft, SupplierDraft};
use crate::register::names::{numbers, supplier_name};
use crate::register::records::Identifier;
use serde_json::Value as Json;
use std::collections::HashMap;

pub(super) struct Parties<'a> {
    by_id: HashMap<String, &'a Json>,
    all: &'a [Json],
}

impl<'a> Parties<'a> {
    pub(super) fn new(release: &'a Json) -> Self {
        let all = list(&release["parties"]);
        let mut by_id = HashMap::new();
        for party in all {
            if let Some(id) = id_text(&party["id"]) {
                by_id.entry(id).or_insert(party);
            }
        }
        Self { by_id, all }
    }

    fn of(&self, reference: &Json) -> &'a Json {
        const NONE: &Json = &Json::Null;
        id_text(&reference["id"]).and_then(|id| self.by_id.get(&id).copied()).unwrap_or(NONE)
    }

    /// Identifiers of a party: its own, further ones, and its id where that names its scheme. What is not written as the
    /// scheme's ids are is left out.
    fn identifiers(reference: &Json, party: &Json) -> Vec<Identifier> {
        let mut found: Vec<Identifier> = Vec::new();
        let mut add = |identifier: Option<Identifier>| {
            if let Some(identifier) = identifier.filter(|identifier| !found.contains(identifier)) {
                found.push(identifier);
            }
        };
        for from in [party, reference] {
            for identifier in std::iter::once(&from["identifier"]).chain(list(&from["additionalIdentifiers"])) {
                if let (Some(scheme), Some(id)) = (text(&identifier["scheme"]), id_text(&identifier["id"])) {
                    add(numbers::identifier(&scheme, &id).ok());
                }
            }
            add(id_text(&from["id"]).as_deref().and_then(numbers::prefixed));
        }
        found
    }

    pub(super) fn supplier(&self, ocid: &str, reference: &Json) -> Option<SupplierDraft> {
        let party = self.of(reference);
        let mut identifiers = Self::identifiers(reference, party);
        let own_id = id_text(&reference["id"]);
        let name = [&reference["name"], &party["name"], &party["identifier"]["legalName"]].into_iter().find_map(text);
        let nameless = name.is_none();
        if nameless && identifiers.is_empty() {
            // An id such as 'org-2' means something within this process alone.
            identifiers.extend(own_id.clone().map(|id| Identifier { scheme: ocid.to_owned(), id }));
        }
        let name = name.map(|name| supplier_name(&name).name).or(own_id)?;
        let scale = &party["details"]["scale"];
        let sme = if is(scale, &["sme", "micro", "small", "medium"]) {
            Some(true)
        } else if is(scale, &["large"]) {
            Some(false)
        } else {
            None
        };
        Some(SupplierDraft { name, nameless, identifiers, sme, vcse: party["details"]["vcse"].as_bool() })
    }

    fn organisation(&self, reference: &Json) -> OrganisationDraft {
        let party = self.of(reference);
        let name = [&reference["name"], &party["name"], &party["identifier"]["legalName"]].into_iter().find_map(text);
        OrganisationDraft { name: name.unwrap_or_default(), identifiers: Self::identifiers(reference, party), address: None }
    }

    /// The buyer, and the other buyers that the contract serves.
    pub(super) fn buyers(&self, buyer: &Json, procuring_entity: &Json) -> (OrganisationDraft, Vec<OrganisationDraft>) {
        let with_role =
            |role: &'static str| self.all.iter().filter(move |party| list(&party["roles"]).iter().any(|one| is(one, &[role])));
        let named = |draft: &OrganisationDraft| !draft.name.is_empty() || !draft.identifiers.is_empty();
        let first = [buyer, procuring_entity].into_iter().map(|from| self.organisation(from)).find(named);
        let first = first
            .or_else(|| with_role("buyer").chain(with_role("procuringEntity")).map(|party| self.organisation(party)).find(named));
        let first = first.unwrap_or_default();
        let main = id_text(&buyer["id"]);
        let others = with_role("buyer").filter(|party| main.is_some() && id_text(&party["id"]) != main);
        let others =
            others.map(|party| self.organisation(party)).filter(|other| named(other) && other.name != first.name).collect();
        (first, others)
    }
}
