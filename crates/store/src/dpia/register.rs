//! Records of the register as documents tell of them, and those here that a document's could be.

use crate::{db::Store, error::Result, records::Record};
use domain::{
    dpia::exchange::register::{Kind, Registered},
    people::Scope,
    register::records::{Contract, Function, Identifier, Organisation, PlannedProcurement, Product, Supplier, System},
};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// The scheme under which a contracting process stands among a contract's identifiers.
const OCID: &str = "ocid";

/// Records of the register of all kinds that documents name.
#[derive(Default)]
struct Found {
    systems: Vec<System>,
    suppliers: Vec<Supplier>,
    contracts: Vec<Contract>,
    planned: Vec<PlannedProcurement>,
}

impl Store {
    /// Tells of records all that is needed to find them again elsewhere. Those that are not here, or that the scope may not see,
    /// are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn registered(&self, scope: &Scope, named: Vec<Registered>) -> Result<Vec<Registered>> {
        let mut told = self.told(scope, self.by_id(scope, &named).await?).await?;
        for one in &mut told {
            one.about = named.iter().any(|known| known.about && (known.kind, known.id) == (one.kind, one.id));
        }
        Ok(told)
    }

    /// The records here among which those that a document names may be, as far as the scope may see them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn register_candidates(&self, scope: &Scope, wanted: &[Registered]) -> Result<Vec<Registered>> {
        let mut found = self.by_id(scope, wanted).await?;
        if wanted.iter().any(|one| one.kind == Kind::Supplier) {
            found.suppliers = self.all(scope).await?;
        }
        let slugs: BTreeSet<&str> = wanted.iter().filter_map(|one| one.organisation.as_deref()).collect();
        for slug in slugs {
            let Some(owner) = self.by::<Organisation>(scope, "slug", slug).await?.pop() else { continue };
            let own = owner.id.to_string();
            let asks = |kind: Kind| wanted.iter().any(|one| one.kind == kind && one.organisation.as_deref() == Some(slug));
            if asks(Kind::System) {
                add(&mut found.systems, self.by(scope, "organisation_id", own.clone()).await?);
            }
            if asks(Kind::Contract) {
                add(&mut found.contracts, self.by(scope, "organisation_id", own.clone()).await?);
            }
            if asks(Kind::PlannedProcurement) {
                add(&mut found.planned, self.by(scope, "organisation_id", own).await?);
            }
        }
        self.told(scope, found).await
    }

    async fn by_id(&self, scope: &Scope, named: &[Registered]) -> Result<Found> {
        let ids = |kind: Kind| -> Vec<Uuid> { named.iter().filter(|one| one.kind == kind).map(|one| one.id).collect() };
        Ok(Found {
            systems: self.get_many(scope, &ids(Kind::System)).await?,
            suppliers: self.get_many(scope, &ids(Kind::Supplier)).await?,
            contracts: self.get_many(scope, &ids(Kind::Contract)).await?,
            planned: self.get_many(scope, &ids(Kind::PlannedProcurement)).await?,
        })
    }

    async fn told(&self, scope: &Scope, found: Found) -> Result<Vec<Registered>> {
        let owners = found.systems.iter().map(|one| one.organisation);
        let owners = owners.chain(found.contracts.iter().map(|one| one.organisation));
        let owners: BTreeSet<Uuid> = owners.chain(found.planned.iter().map(|one| one.organisation)).map(|id| id.0).collect();
        let owners: Vec<Organisation> = self.get_many(scope, &owners.into_iter().collect::<Vec<_>>()).await?;
        let slugs: HashMap<_, _> = owners.into_iter().map(|one| (one.id, one.slug)).collect();
        let products: BTreeSet<Uuid> = found.systems.iter().map(|one| one.product.0).collect();
        let products: Vec<Product> = self.get_many(scope, &products.into_iter().collect::<Vec<_>>()).await?;
        let products: HashMap<_, _> = products.into_iter().map(|one| (one.id, one.name)).collect();
        let functions: BTreeSet<Uuid> = found.systems.iter().flat_map(|one| &one.functions).map(|id| id.0).collect();
        let functions: Vec<Function> = self.get_many(scope, &functions.into_iter().collect::<Vec<_>>()).await?;
        let functions: HashMap<_, _> = functions.into_iter().map(|one| (one.id, one.slug)).collect();
        let process = |ocid: &Option<String>| -> Vec<Identifier> {
            ocid.iter().map(|id| Identifier { scheme: OCID.to_owned(), id: id.clone() }).collect()
        };
        let mut told: Vec<Registered> = Vec::new();
        told.extend(found.systems.into_iter().map(|one| Registered {
            organisation: slugs.get(&one.organisation).cloned(),
            functions: one.functions.iter().filter_map(|id| functions.get(id)).cloned().collect(),
            ..Registered::of(Kind::System, one.id.0, products.get(&one.product).map_or("", String::as_str))
        }));
        told.extend(
            found
                .suppliers
                .into_iter()
                .map(|one| Registered { identifiers: one.identifiers, ..Registered::of(Kind::Supplier, one.id.0, &one.name) }),
        );
        told.extend(found.contracts.into_iter().map(|one| Registered {
            organisation: slugs.get(&one.organisation).cloned(),
            identifiers: process(&one.origin.ocid),
            ..Registered { reference: one.reference, ..Registered::of(Kind::Contract, one.id.0, &one.title) }
        }));
        told.extend(found.planned.into_iter().map(|one| Registered {
            organisation: slugs.get(&one.organisation).cloned(),
            identifiers: process(&one.origin.ocid),
            ..Registered { reference: one.reference, ..Registered::of(Kind::PlannedProcurement, one.id.0, &one.title) }
        }));
        told.sort_by_key(|one| (one.kind, one.id));
        Ok(told)
    }
}

/// Adds records that are not there yet.
fn add<R: Record>(known: &mut Vec<R>, more: Vec<R>) {
    for one in more {
        if !known.iter().any(|other| other.id() == one.id()) {
            known.push(one);
        }
    }
}
