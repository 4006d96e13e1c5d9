//! A draft beside the record it would touch. An import overwrites the fields it states and no others; a field that a person
//! changed since stays as that person left it, and is reported.

use super::draft::ContractDraft;
use crate::register::ids::ContractId;
use crate::register::records::{Contract, Origin, PlannedProcurement, Skill, System};
use std::sync::Arc;
use uuid::Uuid;

/// What a report says of a field that an import left alone.
pub const KEPT: &str = "a person changed this since; it stays as that person left it";

/// What an import does to a record.
#[derive(Clone, Debug, PartialEq)]
pub enum Change<T> {
    /// It makes it.
    Create(Box<T>),
    /// It changes it.
    Update {
        /// As it was.
        before: Box<T>,
        /// As it is to be.
        after: Box<T>,
        /// The fields that change.
        fields: Vec<&'static str>,
        /// Fields that say something else and stay, since a person changed them.
        kept: Vec<&'static str>,
    },
    /// It leaves it.
    Unchanged {
        /// As above.
        kept: Vec<&'static str>,
    },
}

/// A draft whose names are resolved: the record it would make, and the fields it states.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved<T> {
    /// The record; fields that are not stated hold what a new record holds.
    pub record: T,
    /// The names of the fields that are stated.
    pub stated: Vec<&'static str>,
    /// Fields that it states too and that an earlier file of the same import stated of the same record, with the row that did: what
    /// that one says stands.
    pub earlier: Vec<(&'static str, Arc<str>)>,
}

/// A record with fields that can be compared one by one.
pub trait Fields: Clone + PartialEq + 'static {
    /// Each field's name, whether two records differ in it, and how to take it over.
    const FIELDS: &'static [FieldOf<Self>];
    /// Fields that no import states: what only people say of a record.
    const OWN: &'static [FieldOf<Self>] = &[];
    /// Where it came from.
    fn origin(&mut self) -> &mut Origin;
    /// Where it came from, to read.
    fn origin_ref(&self) -> &Origin;
    /// Sets the instant of the last change.
    fn touch(&mut self, at: i64);
}

/// One field of a record.
pub struct FieldOf<T: 'static> {
    /// Its name, as [`Origin::fields`] and the change log have it.
    pub name: &'static str,
    differs: fn(&T, &T) -> bool,
    take: fn(&T, &mut T),
    empty: fn(&T) -> bool,
}

impl<T> FieldOf<T> {
    /// Whether two records differ in it.
    #[must_use]
    pub fn differ(&self, one: &T, other: &T) -> bool {
        (self.differs)(one, other)
    }

    /// Takes it over from one record to another.
    pub fn take(&self, from: &T, to: &mut T) {
        (self.take)(from, to);
    }

    /// Whether a record says nothing in it.
    #[must_use]
    pub fn is_empty(&self, record: &T) -> bool {
        (self.empty)(record)
    }
}

macro_rules! record_fields {
    ($record:ty { $($name:literal: $($path:ident).+),* $(,)? } own { $($own:literal: $($own_path:ident).+),* $(,)? }) => {
        impl Fields for $record {
            const FIELDS: &'static [FieldOf<Self>] = &[$(FieldOf {
                name: $name,
                differs: |a, b| a.$($path).+ != b.$($path).+,
                take: |from, to| to.$($path).+.clone_from(&from.$($path).+),
                empty: |a| is_default(&a.$($path).+),
            }),*];
            const OWN: &'static [FieldOf<Self>] = &[$(FieldOf {
                name: $own,
                differs: |a, b| a.$($own_path).+ != b.$($own_path).+,
                take: |from, to| to.$($own_path).+.clone_from(&from.$($own_path).+),
                empty: |a| is_default(&a.$($own_path).+),
            }),*];
            fn origin(&mut self) -> &mut Origin { &mut self.origin }
            fn origin_ref(&self) -> &Origin { &self.origin }
            fn touch(&mut self, at: i64) { self.updated_at = at; }
        }
    };
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

record_fields!(Contract {
    "joint": joint,
    "reference": reference,
    "title": title,
    "description": description,
    "suppliers": suppliers,
    "supplier_state": supplier_state,
    "products": products,
    "functions": functions,
    "systems": systems,
    "owning_service": owning_service,
    "kind": term.kind,
    "start": term.start,
    "end": term.end,
    "extensions": term.extensions,
    "breaks": term.breaks,
    "notice": term.notice,
    "review": term.review,
    "in_use": term.in_use,
    "terminated": term.terminated,
    "value": value,
    "framework": framework,
    "lot": lot,
    "route": route,
    "cpv": cpv,
    "url": origin.url,
    "ocid": origin.ocid,
} own {
    "confirmed": confirmed,
    "manager": manager,
    "note": note,
    "published": published,
    "replaced_by": replaced_by,
    "notice_of": notice_of,
    "set_aside": set_aside,
});

record_fields!(System {
    "functions": functions,
    "users": users,
    "hosting": hosting,
    "satisfaction": satisfaction,
    "data_access": data_access,
    "sub_processors": sub_processors,
} own {
    "confirmed": confirmed,
    "note": note,
    "published": published,
});

record_fields!(Skill {
    "name": name,
    "level": level,
    "people": people,
    "offers_training": offers_training,
} own {
    "confirmed": confirmed,
});

record_fields!(PlannedProcurement {
    "reference": reference,
    "title": title,
    "description": description,
    "stage": stage,
    "value": value,
    "closes": closes,
    "start": start,
    "end": end,
    "duration": duration,
    "cpv": cpv,
    "url": origin.url,
} own {});

/// Fields in which a draft contradicts an earlier file of the same import, with the row of it that stands.
#[must_use]
pub fn contradicted<T: Fields>(existing: &T, draft: &Resolved<T>) -> Vec<(&'static str, Arc<str>)> {
    let by_person = |name: &str| existing.origin_ref().fields.get(name).is_some_and(|by| is_person(by));
    let differs = |name: &str| T::FIELDS.iter().any(|field| field.name == name && field.differ(existing, &draft.record));
    draft.earlier.iter().filter(|(name, _)| differs(name) && !by_person(name)).cloned().collect()
}

/// What a report says of a contradiction between rows of one import.
#[must_use]
pub fn contradiction(earlier: &str) -> String {
    format!("{earlier} names the same contract and says something else; what {earlier} says stays")
}

/// Says what a draft does beside the record that stands under its key, if one does. `at` is the instant of the import.
#[must_use]
pub fn compare<T: Fields>(existing: Option<&T>, draft: Resolved<T>, at: i64) -> Change<T> {
    let Some(before) = existing else {
        let mut record = draft.record;
        record.touch(at);
        return Change::Create(Box::new(record));
    };
    let mut after = before.clone();
    let (mut fields, mut kept) = (Vec::new(), Vec::new());
    for field in T::FIELDS {
        let stated = draft.stated.contains(&field.name);
        if !stated || !(field.differs)(before, &draft.record) {
            continue;
        }
        if before.origin_ref().fields.get(field.name).is_some_and(|by| is_person(by)) {
            kept.push(field.name);
            continue;
        }
        (field.take)(&draft.record, &mut after);
        fields.push(field.name);
    }
    if fields.is_empty() {
        return Change::Unchanged { kept };
    }
    origins(before, &mut after, &draft);
    after.touch(at);
    Change::Update { before: Box::new(before.clone()), after: Box::new(after), fields, kept }
}

/// Whether a field's origin is a person (or the operator), not an import.
fn is_person(by: &str) -> bool {
    Uuid::parse_str(by).is_err()
}

/// Says anew where each field came from (what an earlier file of the same import made stays made of that one's row): what this import states is its own; what an earlier one stated stays that one's.
fn origins<T: Fields>(before: &T, after: &mut T, draft: &Resolved<T>) {
    let new = draft.record.origin_ref().clone();
    let earlier = before.origin_ref().import.filter(|import| Some(*import) != new.import).map(|import| import.to_string());
    let mut own = before.origin_ref().fields.clone();
    for field in T::FIELDS {
        let by_person = own.get(field.name).is_some_and(|by| is_person(by));
        if by_person {
            continue;
        }
        if draft.stated.contains(&field.name) {
            own.remove(field.name);
        } else if let Some(earlier) = earlier.as_ref().filter(|_| !(field.empty)(before)) {
            own.entry(field.name.to_owned()).or_insert_with(|| earlier.clone());
        }
    }
    let origin = after.origin();
    origin.import = new.import;
    if draft.earlier.is_empty() {
        (origin.row, origin.digest) = (new.row, new.digest);
    }
    origin.fields = own;
}

/// Whether a draft resolved to others' names.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Named {
    pub joint: bool,
    pub products: bool,
    pub functions: bool,
}

/// The names of the fields that a draft states.
#[must_use]
pub fn stated(draft: &ContractDraft, named: Named) -> Vec<&'static str> {
    let mut stated = vec!["suppliers", "supplier_state"];
    let mut state = |name: &'static str, is: bool| {
        if is {
            stated.push(name);
        }
    };
    state("reference", draft.reference.is_some());
    state("title", draft.title.is_some());
    state("description", draft.description.is_stated());
    state("joint", named.joint);
    state("products", named.products);
    state("functions", named.functions);
    state("owning_service", draft.owning_service.is_stated());
    state("kind", draft.kind.is_stated());
    state("start", draft.start.is_stated());
    state("end", draft.end.is_stated());
    state("extensions", draft.extensions.is_stated());
    state("breaks", draft.breaks.is_stated());
    state("notice", draft.notice.is_stated());
    state("review", draft.review.is_stated());
    state("in_use", draft.in_use.is_stated());
    state("terminated", draft.terminated.is_stated());
    state("value", draft.value.is_stated());
    state("framework", draft.framework.is_stated());
    state("lot", draft.lot.is_stated());
    state("route", draft.route.is_stated());
    state("cpv", draft.cpv.is_stated());
    state("url", draft.url.is_some());
    state("ocid", draft.ocid.is_some());
    stated
}

/// Makes a record of a draft and the ids its names resolved to, with the list of stated fields.
#[must_use]
pub fn resolved_contract(draft: &ContractDraft, names: ContractNames, key: String, origin: Origin) -> Resolved<Contract> {
    let named =
        Named { joint: !names.joint.is_empty(), products: !names.products.is_empty(), functions: !names.functions.is_empty() };
    let stated = stated(draft, named);
    let mut record = Contract {
        key,
        joint: names.joint,
        reference: draft.reference.clone(),
        title: draft.title.as_ref().or(draft.reference.as_ref()).cloned().unwrap_or_default(),
        description: draft.description.value().cloned(),
        suppliers: names.suppliers,
        supplier_state: draft.supplier_state,
        products: names.products,
        functions: names.functions,
        owning_service: draft.owning_service.value().cloned(),
        term: crate::register::terms::Term {
            kind: draft.kind.value().copied().unwrap_or_default(),
            start: draft.start.value().copied(),
            end: draft.end.value().copied(),
            extensions: draft.extensions.value().cloned().unwrap_or_default(),
            breaks: draft.breaks.value().cloned().unwrap_or_default(),
            notice: draft.notice.value().copied(),
            review: draft.review.value().copied(),
            in_use: draft.in_use.value().copied(),
            terminated: draft.terminated.value().copied(),
        },
        value: draft.value.value().cloned().unwrap_or_default(),
        framework: draft.framework.value().cloned(),
        lot: draft.lot.value().cloned(),
        route: draft.route.value().cloned(),
        cpv: draft.cpv.value().cloned().unwrap_or_default(),
        origin,
        ..Contract::blank(names.id, names.organisation)
    };
    record.origin.url.clone_from(&draft.url);
    record.origin.ocid.clone_from(&draft.ocid);
    Resolved { record, stated, earlier: Vec::new() }
}

/// What a contract's names resolved to.
#[derive(Clone, Debug)]
pub struct ContractNames {
    /// The record's id: the one found under its key, or a new one.
    pub id: ContractId,
    /// Whose it is.
    pub organisation: crate::register::ids::OrganisationId,
    /// Whom else it serves.
    pub joint: Vec<crate::register::ids::OrganisationId>,
    /// Who supplies.
    pub suppliers: Vec<crate::register::ids::SupplierId>,
    /// Products.
    pub products: Vec<crate::register::ids::ProductId>,
    /// Functions.
    pub functions: Vec<crate::register::ids::FunctionId>,
}
