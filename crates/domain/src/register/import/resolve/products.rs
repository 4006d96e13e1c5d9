//! Products by name and maker; functions by slug, name or alias.

use super::{Known, RecordChange, Touched, organisations::free_slug};
use crate::register::edit::place::said_by_the_hub;
use crate::register::ids::{FunctionId, ProductId, ServiceAreaId, SupplierId};
use crate::register::names;
use crate::register::records::{Function, Product};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

pub(super) struct Products {
    products: Touched<ProductId, Product>,
    by_name: HashMap<String, Vec<ProductId>>,
    /// Names that the hub said are a product's, when it placed or merged one.
    said: HashMap<String, ProductId>,
    functions: Touched<FunctionId, Function>,
    function_names: HashMap<String, FunctionId>,
    areas: HashMap<String, ServiceAreaId>,
    slugs: HashSet<String>,
}

impl Products {
    pub(super) fn new(known: Known<'_>) -> Self {
        let mut by_name: HashMap<String, Vec<ProductId>> = HashMap::new();
        for record in known.products {
            for name in [&record.name].into_iter().chain(record.former_names.iter().map(|former| &former.name)) {
                let ids = by_name.entry(names::product(name)).or_default();
                if !ids.contains(&record.id) {
                    ids.push(record.id);
                }
            }
        }
        let former = known.products.iter().flat_map(|record| record.former_names.iter().map(move |name| (record.id, name)));
        let said = former.filter(|(_, name)| said_by_the_hub(name)).map(|(id, name)| (names::product(&name.name), id)).collect();
        let mut function_names = HashMap::new();
        for record in known.functions {
            function_names.entry(names::function(&record.name)).or_insert(record.id);
        }
        for record in known.functions {
            for name in record.aliases.iter().chain([&record.slug]) {
                function_names.entry(names::function(name)).or_insert(record.id);
            }
        }
        let areas = known.service_areas.iter();
        let areas = areas.flat_map(|area| [(names::function(&area.name), area.id), (names::function(&area.slug), area.id)]);
        Self {
            products: Touched::new(known.products.iter().map(|record| (record.id, record.clone()))),
            by_name,
            said,
            functions: Touched::new(known.functions.iter().map(|record| (record.id, record.clone()))),
            function_names,
            areas: areas.collect(),
            slugs: known.functions.iter().map(|record| record.slug.clone()).collect(),
        }
    }

    pub(super) fn product(
        &mut self,
        name: &str,
        manufacturer: Option<SupplierId>,
        functions: &[FunctionId],
        ids: &mut dyn FnMut() -> Uuid,
        now: i64,
    ) -> (ProductId, bool) {
        let normal = names::product(name);
        let same_name = self.by_name.get(&normal).map(Vec::as_slice).unwrap_or_default();
        let made_by = |id: &&ProductId, maker: Option<SupplierId>| {
            self.products.get(**id).is_some_and(|record| record.manufacturer == maker)
        };
        // Two makers may sell under one name: the maker named decides, and one not named leaves it open. What the hub merged may
        // have had another maker than the product that stayed.
        let found = match manufacturer {
            Some(_) => same_name
                .iter()
                .find(|id| made_by(id, manufacturer))
                .or_else(|| self.said.get(&normal))
                .or_else(|| same_name.iter().find(|id| made_by(id, None))),
            None => same_name.first(),
        };
        if let Some(id) = found.copied() {
            self.products.change(id, |record| {
                if record.manufacturer.is_none() && manufacturer.is_some() {
                    record.manufacturer = manufacturer;
                    record.updated_at = now;
                }
            });
            return (id, false);
        }
        let id = ProductId(ids());
        let record = Product {
            id,
            name: names::tidy(name).into_owned(),
            manufacturer,
            former_names: Vec::new(),
            functions: functions.to_vec(),
            updated_at: now,
        };
        self.products.add(id, record);
        self.by_name.entry(normal).or_default().push(id);
        (id, true)
    }

    pub(super) fn known_function(&self, name: &str) -> Option<FunctionId> {
        self.function_names.get(&names::function(name)).copied()
    }

    pub(super) fn function(&mut self, name: &str, area: Option<&str>, ids: &mut dyn FnMut() -> Uuid) -> (FunctionId, bool) {
        if let Some(id) = self.known_function(name) {
            return (id, false);
        }
        let record = Function {
            id: FunctionId(ids()),
            slug: free_slug(&mut self.slugs, name),
            name: names::tidy(name).into_owned(),
            service_area: area.and_then(|area| self.areas.get(&names::function(area))).copied(),
            core: false,
            aliases: Vec::new(),
        };
        let id = record.id;
        self.function_names.insert(names::function(name), id);
        self.functions.add(id, record);
        (id, true)
    }

    /// What was made or changed since the last time.
    pub(super) fn drain(&mut self) -> (Vec<RecordChange<Function>>, Vec<RecordChange<Product>>) {
        (self.functions.drain(), self.products.drain())
    }

    pub(super) fn into_changes(self) -> (Vec<RecordChange<Function>>, Vec<RecordChange<Product>>) {
        (self.functions.into_changes(), self.products.into_changes())
    }
}
