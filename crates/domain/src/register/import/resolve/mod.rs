//! Names to records: matched where that is certain, new and flagged where it is not. Nothing is merged on likeness.
//!
//! Suppliers are matched by number first, then by normal name. Two that stand under different company numbers stay two,
//! whatever they are called; another spelling under a number that is known is kept as one of its names.

mod facts;
mod organisations;
mod products;
mod suppliers;
mod touched;

pub use touched::{RecordChange, Touched};

use super::draft::{OrganisationDraft, Rejection, SupplierDraft};
use crate::register::ids::{FlagId, FunctionId, OrganisationId, ProductId, SupplierId};
use crate::register::records::{Flag, Function, Organisation, Product, ServiceArea, Supplier};
use uuid::Uuid;

/// The records that names are resolved against.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// Organisations.
    pub organisations: &'a [Organisation],
    /// Service areas.
    pub service_areas: &'a [ServiceArea],
    /// Functions.
    pub functions: &'a [Function],
    /// Suppliers.
    pub suppliers: &'a [Supplier],
    /// Products.
    pub products: &'a [Product],
    /// Public facts about suppliers, for those that are new.
    pub facts: &'a [Supplier],
}

/// What an import made or changed besides contracts and systems.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Organisations of kind 'other', met in notices.
    pub organisations: Vec<RecordChange<Organisation>>,
    /// New functions.
    pub functions: Vec<RecordChange<Function>>,
    /// New suppliers, and suppliers that gained names or numbers.
    pub suppliers: Vec<RecordChange<Supplier>>,
    /// New products, and products whose manufacturer became known.
    pub products: Vec<RecordChange<Product>>,
    /// What a person should place or confirm.
    pub flags: Vec<Flag>,
}

impl Changes {
    /// Whether a name is made, or a record gains one, that somebody else may make at the same moment.
    #[must_use]
    pub fn touch_names(&self) -> bool {
        !(self.organisations.is_empty() && self.functions.is_empty() && self.suppliers.is_empty() && self.products.is_empty())
    }
}

/// The index over all names; one per import.
pub struct Index<'a> {
    organisations: organisations::Organisations,
    suppliers: suppliers::Suppliers,
    products: products::Products,
    flags: Vec<Flag>,
    ids: &'a mut dyn FnMut() -> Uuid,
    now: i64,
}

impl<'a> Index<'a> {
    /// An index over the records known. `ids` gives ids for new records, `now` is milliseconds of UTC.
    pub fn new(known: Known<'_>, ids: &'a mut dyn FnMut() -> Uuid, now: i64) -> Self {
        Self {
            organisations: organisations::Organisations::new(known.organisations),
            suppliers: suppliers::Suppliers::new(known.suppliers, known.facts),
            products: products::Products::new(known),
            flags: Vec::new(),
            ids,
            now,
        }
    }

    /// The organisation of a slug, GSS code, name or alias.
    #[must_use]
    pub fn organisation(&self, name: &str) -> Option<OrganisationId> {
        self.organisations.find(name)
    }

    /// The organisation that a notice's buyer is, where it is one that is known.
    #[must_use]
    pub fn known_buyer(&self, draft: &OrganisationDraft) -> Option<OrganisationId> {
        self.organisations.known(draft)
    }

    /// The organisation's slug.
    #[must_use]
    pub fn slug(&self, id: OrganisationId) -> &str {
        self.organisations.slug(id)
    }

    /// The organisation of a row. `given` stands for the whole file: it fills an absent name, and rows that name another
    /// are rejected.
    ///
    /// # Errors
    /// Where no organisation is named and none given, the name is not known, or it is another than the one given.
    pub fn organisation_of_row(
        &self,
        row: u64,
        draft: &OrganisationDraft,
        given: Option<OrganisationId>,
    ) -> Result<OrganisationId, Rejection> {
        let reject = |reason: String| Err(Rejection::new(row, "organisation", reason));
        if draft.name.is_empty() {
            return match given {
                Some(given) => Ok(given),
                None => reject("the row names no organisation, and none is given for the file".to_owned()),
            };
        }
        let by_address = || draft.address.as_deref().and_then(|end| self.organisations.find(end));
        match (self.organisations.find(&draft.name).or_else(by_address), given) {
            (Some(found), Some(given)) if found != given => {
                reject(format!("the row is of ‘{}’, and the file was said to be of ‘{}’", draft.name, self.slug(given)))
            }
            (Some(found), _) => Ok(found),
            (None, Some(given)) => reject(format!(
                "the row is of ‘{}’, which is not known, and the file was said to be of ‘{}’",
                draft.name,
                self.slug(given)
            )),
            (None, None) => reject(format!("‘{}’ is no organisation’s slug, GSS code, name or alias", draft.name)),
        }
    }

    /// The organisation of a notice: by identifier, then by name; an unknown one becomes an organisation of kind 'other'.
    ///
    /// # Errors
    /// Where the notice neither names nor identifies a buyer.
    pub fn buyer(&mut self, row: u64, draft: &OrganisationDraft) -> Result<OrganisationId, Rejection> {
        if draft.name.trim().is_empty() && draft.identifiers.is_empty() {
            return Err(Rejection::new(row, "organisation", "the release names no buyer"));
        }
        let (id, new) = self.organisations.find_or_make(draft, self.ids, self.now);
        if new {
            self.flag("new-organisation", "organisation", id.0, format!("‘{}’ was met as a buyer", draft.name));
        }
        Ok(id)
    }

    /// A supplier's record.
    pub fn supplier(&mut self, draft: &SupplierDraft, source: &str) -> SupplierId {
        let found = self.suppliers.find_or_make(draft, source, self.ids, self.now);
        if let Some(like) = found.like {
            let note = format!("‘{}’ is possibly the same as ‘{like}’; confirm or reject, nothing was merged", draft.name);
            self.flag("possible-same-as", "supplier", found.id.0, note);
        }
        if let Some(known) = found.unlike {
            let note = format!(
                "‘{}’ stands under the number of ‘{known}’ and is kept as one of its names; is it one company?",
                draft.name
            );
            self.flag("other-name", "supplier", found.id.0, note);
        }
        if found.new {
            self.flag("new-supplier", "supplier", found.id.0, format!("‘{}’ was not known", draft.name));
        }
        found.id
    }

    /// A supplier of this name, if it is known; the spelling is not kept.
    #[must_use]
    pub fn known_supplier(&self, name: &str) -> Option<SupplierId> {
        let draft = SupplierDraft { name: name.to_owned(), ..SupplierDraft::default() };
        self.suppliers.find(&draft, &crate::register::names::supplier_name(name).normal)
    }

    /// A product's record.
    pub fn product(&mut self, name: &str, manufacturer: Option<SupplierId>, functions: &[FunctionId]) -> ProductId {
        let (id, new) = self.products.product(name, manufacturer, functions, self.ids, self.now);
        if new {
            self.flag("new-product", "product", id.0, format!("‘{name}’ was not known"));
        }
        id
    }

    /// A function's record, by slug, name or alias; an unknown one is made, in the service area named if that is known.
    pub fn function(&mut self, name: &str, area: Option<&str>) -> FunctionId {
        let (id, new) = self.products.function(name, area, self.ids);
        if new {
            let note = area.map_or_else(
                || format!("‘{name}’ was not known; place it in a service area"),
                |area| format!("‘{name}’ was not known; the source puts it in ‘{area}’"),
            );
            self.flag("new-function", "function", id.0, note);
        }
        id
    }

    /// A function by slug, name or alias, if it is known.
    #[must_use]
    pub fn known_function(&self, name: &str) -> Option<FunctionId> {
        self.products.known_function(name)
    }

    /// A new id.
    pub fn new_id(&mut self) -> Uuid {
        (self.ids)()
    }

    /// The instant of the import, milliseconds of UTC.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.now
    }

    /// Adds a flag.
    pub fn flag(&mut self, reason: &str, kind: &str, subject: Uuid, note: String) {
        let id = FlagId((self.ids)());
        let (reason, subject_kind) = (reason.to_owned(), kind.to_owned());
        self.flags.push(Flag { id, reason, subject_kind, subject, note, settled: false });
    }

    /// What was made or changed since the last time, and the flags; for imports that are written in batches.
    pub fn drain(&mut self) -> Changes {
        let (functions, products) = self.products.drain();
        Changes {
            organisations: self.organisations.records.drain(),
            suppliers: self.suppliers.records.drain(),
            functions,
            products,
            flags: std::mem::take(&mut self.flags),
        }
    }

    /// What was made or changed, and the flags.
    #[must_use]
    pub fn into_changes(self) -> Changes {
        let (functions, products) = self.products.into_changes();
        Changes {
            organisations: self.organisations.records.into_changes(),
            suppliers: self.suppliers.records.into_changes(),
            functions,
            products,
            flags: self.flags,
        }
    }
}
