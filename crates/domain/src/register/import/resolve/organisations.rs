//! Organisations by slug, code, name or alias.

use super::Touched;
use crate::register::ids::OrganisationId;
use crate::register::import::draft::OrganisationDraft;
use crate::register::names;
use crate::register::records::{Identifier, Organisation, OrganisationKind};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

pub(super) struct Organisations {
    pub(super) records: Touched<OrganisationId, Organisation>,
    names: HashMap<String, OrganisationId>,
    identifiers: HashMap<Identifier, OrganisationId>,
    slugs: HashSet<String>,
}

impl Organisations {
    pub(super) fn new(known: &[Organisation]) -> Self {
        let mut index = Self {
            records: Touched::new(known.iter().map(|record| (record.id, record.clone()))),
            names: HashMap::new(),
            identifiers: HashMap::new(),
            slugs: known.iter().map(|record| record.slug.clone()).collect(),
        };
        // What is shipped goes before what was met: a buyer of kind 'other' never takes a council's name.
        let (others, own): (Vec<_>, Vec<_>) = known.iter().partition(|record| record.kind == OrganisationKind::Other);
        own.into_iter().chain(others).for_each(|record| index.learn(record));
        index
    }

    fn learn(&mut self, record: &Organisation) {
        let names = [&record.name, &record.formal_name, &record.slug].into_iter().chain(&record.aliases).chain(&record.gss_code);
        for name in names {
            self.names.entry(names::organisation(name)).or_insert(record.id);
        }
        let code = record.register_code.iter().map(|code| Identifier { scheme: "GB-LAE".to_owned(), id: code.clone() });
        for identifier in record.identifiers.iter().cloned().chain(code) {
            self.identifiers.entry(identifier).or_insert(record.id);
        }
    }

    /// By name, else by a code that says its scheme ('GB-LAE-CMD').
    pub(super) fn find(&self, name: &str) -> Option<OrganisationId> {
        let coded = || names::numbers::prefixed(name).and_then(|code| self.identifiers.get(&code));
        self.names.get(&names::organisation(name)).or_else(coded).copied()
    }

    /// By identifier first, then by name.
    pub(super) fn known(&self, draft: &OrganisationDraft) -> Option<OrganisationId> {
        let by_identifier = draft.identifiers.iter().find_map(|identifier| self.identifiers.get(identifier)).copied();
        by_identifier.or_else(|| if draft.name.is_empty() { None } else { self.find(&draft.name) })
    }

    pub(super) fn slug(&self, id: OrganisationId) -> &str {
        self.records.get(id).map_or("", |record| record.slug.as_str())
    }

    pub(super) fn find_or_make(
        &mut self,
        draft: &OrganisationDraft,
        ids: &mut dyn FnMut() -> Uuid,
        now: i64,
    ) -> (OrganisationId, bool) {
        if let Some(id) = self.known(draft) {
            // A name's own number is learnt for the rest of this import; records of councils stay as they were shipped.
            draft.identifiers.iter().for_each(|identifier| {
                self.identifiers.entry(identifier.clone()).or_insert(id);
            });
            return (id, false);
        }
        let name = if draft.name.is_empty() {
            draft.identifiers.first().map(|id| format!("{}-{}", id.scheme, id.id)).unwrap_or_default()
        } else {
            draft.name.clone()
        };
        let record = Organisation {
            id: OrganisationId(ids()),
            slug: free_slug(&mut self.slugs, &name),
            formal_name: name.clone(),
            name,
            kind: OrganisationKind::Other,
            gss_code: None,
            register_code: None,
            identifiers: draft.identifiers.clone(),
            aliases: Vec::new(),
            letters: None,
            tile: None,
            colour: None,
            member_from: None,
            member_until: None,
            updated_at: now,
        };
        self.learn(&record);
        let id = record.id;
        self.records.add(id, record);
        (id, true)
    }
}

/// A slug that no other record has.
pub(super) fn free_slug(taken: &mut HashSet<String>, name: &str) -> String {
    let slug = names::slug(name);
    if taken.insert(slug.clone()) {
        return slug;
    }
    let mut number = 2u32;
    loop {
        let numbered = format!("{slug}-{number}");
        if taken.insert(numbered.clone()) {
            return numbered;
        }
        number += 1;
    }
}
