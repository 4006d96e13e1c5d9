//! Names of records in forms: what an id is called, and the long lists that people choose from.

use domain::register::{
    edit::{Answers, contract::Named},
    ids::OrganisationId,
    import::resolve::Changes,
    records::System,
    snapshot::Snapshot,
};
use serde::Serialize;
use std::collections::HashMap;
use uuid::Uuid;

/// Names of records, those of a snapshot and those that an edit is about to make.
pub struct Names<'s> {
    snapshot: &'s Snapshot,
    new: HashMap<Uuid, String>,
    /// Functions about to be made, by name; `new` has them by slug.
    functions: HashMap<Uuid, String>,
}

impl<'s> Names<'s> {
    /// Names of what the snapshot holds.
    #[must_use]
    pub fn of(snapshot: &'s Snapshot) -> Self {
        Self { snapshot, new: HashMap::new(), functions: HashMap::new() }
    }

    /// The same, and of what an edit is about to make.
    #[must_use]
    pub fn with(mut self, changes: &Changes) -> Self {
        self.new.extend(changes.suppliers.iter().map(|change| (change.after.id.0, change.after.name.clone())));
        self.new.extend(changes.products.iter().map(|change| (change.after.id.0, change.after.name.clone())));
        self.new.extend(changes.functions.iter().map(|change| (change.after.id.0, change.after.slug.clone())));
        self.functions.extend(changes.functions.iter().map(|change| (change.after.id.0, change.after.name.clone())));
        self
    }

    /// Functions by their names.
    #[must_use]
    pub fn functions(&self, ids: &[domain::register::ids::FunctionId]) -> Vec<String> {
        let known = |id: domain::register::ids::FunctionId| {
            let row = self.snapshot.function_by_id(id)?;
            Some(self.snapshot.function(row)?.record.name.clone())
        };
        ids.iter().filter_map(|id| known(*id).or_else(|| self.functions.get(&id.0).cloned())).collect()
    }

    /// Calls `work` with the names as forms write them.
    pub fn named<T>(&self, work: impl FnOnce(&Named<'_>) -> T) -> T {
        let new = |id: Uuid| self.new.get(&id).cloned();
        let snapshot = self.snapshot;
        let supplier = |id: domain::register::ids::SupplierId| {
            snapshot
                .supplier_by_id(id)
                .and_then(|row| snapshot.supplier(row))
                .map(|entry| entry.record.name.clone())
                .or_else(|| new(id.0))
        };
        let product = |id: domain::register::ids::ProductId| {
            snapshot
                .product_by_id(id)
                .and_then(|row| snapshot.product(row))
                .map(|entry| entry.record.name.clone())
                .or_else(|| new(id.0))
        };
        let function = |id: domain::register::ids::FunctionId| {
            snapshot
                .function_by_id(id)
                .and_then(|row| snapshot.function(row))
                .map(|entry| entry.record.slug.clone())
                .or_else(|| new(id.0))
        };
        let organisation = |id: OrganisationId| {
            let row = snapshot.organisation_by_id(id)?;
            Some(snapshot.organisation(row)?.record.slug.clone())
        };
        work(&Named { supplier: &supplier, product: &product, function: &function, organisation: &organisation })
    }
}

/// A choice of a long list.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub text: String,
    /// Whether it is chosen.
    pub checked: bool,
}

/// Choices under one heading.
#[derive(Clone, Debug, Serialize)]
pub struct Choices {
    /// The heading.
    pub name: String,
    /// The choices.
    pub items: Vec<Choice>,
}

/// The functions under their service areas.
#[must_use]
pub fn functions(snapshot: &Snapshot, answers: &Answers) -> Vec<Choices> {
    let chosen: Vec<&str> = answers.all("functions").collect();
    let mut areas: Vec<(i64, Choices)> = Vec::new();
    let mut by_area: HashMap<Option<Uuid>, usize> = HashMap::new();
    for entry in snapshot.functions().iter() {
        let record = &entry.record;
        let area = record.service_area.map(|id| id.0);
        let at = *by_area.entry(area).or_insert_with(|| {
            let known = record.service_area.and_then(|id| snapshot.area(snapshot.area_by_id(id)?));
            let (position, name) = known.map_or((i64::MAX, "Not yet in a service area".to_owned()), |area| {
                (area.record.position, area.record.name.clone())
            });
            areas.push((position, Choices { name, items: Vec::new() }));
            areas.len() - 1
        });
        let checked = chosen.contains(&record.slug.as_str());
        areas[at].1.items.push(Choice { value: record.slug.clone(), text: record.name.clone(), checked });
    }
    areas.sort_by(|a, b| (a.0, &a.1.name).cmp(&(b.0, &b.1.name)));
    let mut groups: Vec<Choices> = areas.into_iter().map(|(_, group)| group).collect();
    groups.iter_mut().for_each(|group| group.items.sort_by(|a, b| a.text.cmp(&b.text)));
    groups
}

/// The systems of an organisation, as one group; none where it has no systems.
#[must_use]
pub fn systems(snapshot: &Snapshot, systems: &[System], answers: &Answers) -> Vec<Choices> {
    let chosen: Vec<&str> = answers.all("systems").collect();
    let names = Names::of(snapshot);
    let mut items: Vec<Choice> = systems
        .iter()
        .map(|system| {
            let value = system.id.to_string();
            let text =
                names.named(|named| (named.product)(system.product)).unwrap_or_else(|| "a product that is not known".to_owned());
            Choice { checked: chosen.contains(&value.as_str()), value, text }
        })
        .collect();
    items.sort_by(|a, b| a.text.cmp(&b.text));
    if items.is_empty() { Vec::new() } else { vec![Choices { name: "Systems in use".to_owned(), items }] }
}

/// The councils that a contract may serve beside its own.
#[must_use]
pub fn joint(snapshot: &Snapshot, own: OrganisationId, answers: &Answers) -> Vec<Choices> {
    let chosen: Vec<&str> = answers.all("joint").collect();
    let mut items: Vec<Choice> = snapshot
        .organisations()
        .iter()
        .filter(|entry| entry.record.id != own)
        .filter(|entry| {
            entry.record.kind != domain::register::records::OrganisationKind::Other
                || chosen.contains(&entry.record.slug.as_str())
        })
        .map(|entry| Choice {
            value: entry.record.slug.clone(),
            text: entry.record.name.clone(),
            checked: chosen.contains(&entry.record.slug.as_str()),
        })
        .collect();
    items.sort_by(|a, b| a.text.cmp(&b.text));
    vec![Choices { name: "Organisations".to_owned(), items }]
}

/// The chosen ones of a list in words; empty where none is.
#[must_use]
pub fn chosen(groups: &[Choices]) -> String {
    let names: Vec<&str> =
        groups.iter().flat_map(|group| &group.items).filter(|item| item.checked).map(|item| item.text.as_str()).collect();
    names.join(", ")
}
