//! Drafts to steps: each draft's names are resolved, and the record under its key is found.
//!
//! A contract's key is organisation, source, reference (else title), supplier, and its occurrence within the file. The
//! organisation stands in it as its slug and the supplier as its record, so that another spelling of the same company finds
//! the same contract.

use super::apply::{self, ContractNames, Resolved};
use super::draft::{ContractDraft, PlannedDraft, Rejection, SupplierDraft};
use super::report::PossibleDuplicate;
use super::resolve::Index;
use crate::register::ids::{ContractId, ImportId, OrganisationId, PlannedProcurementId, SupplierId};
use crate::register::names::fold;
use crate::register::records::{Contract, Origin, PlannedProcurement, SupplierState};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt::Write as _;

/// What to do with a draft.
#[derive(Clone, Debug)]
pub enum Step<Id, T> {
    /// The record under its key was made from the same draft: nothing to do, and no need to load it.
    Same(Id),
    /// No record stands under its key.
    New(Box<Resolved<T>>),
    /// A record does: load it and [`apply::compare`]. An earlier file of the same import may have made it.
    Compare(Id, Box<Resolved<T>>),
}

/// The keys under which records stand, each with the digest of the draft it was made from. Both are held as 128 bits, so
/// that a million of them fit into some 100 MB.
#[derive(Clone, Debug)]
pub struct Keys<Id> {
    known: HashMap<u128, (Id, u128)>,
}

impl<Id: Copy> Keys<Id> {
    /// No keys.
    #[must_use]
    pub fn new() -> Self {
        Self { known: HashMap::new() }
    }

    /// Adds a record's key and digest.
    pub fn add(&mut self, key: &str, id: Id, digest: &str) {
        self.known.insert(short(key), (id, from_hex(digest)));
    }

    /// The record under a key, and whether it was made from a draft of this digest.
    #[must_use]
    pub fn find(&self, key: &str, digest: &str) -> Option<(Id, bool)> {
        self.known.get(&short(key)).map(|(id, known)| (*id, *known != 0 && *known == from_hex(digest)))
    }
}

impl<Id: Copy> Default for Keys<Id> {
    fn default() -> Self {
        Self::new()
    }
}

/// The first half of a text's SHA-256.
fn short(text: &str) -> u128 {
    let digest = Sha256::digest(text);
    digest[..16].iter().fold(0, |all, byte| all << 8 | u128::from(*byte))
}

/// A digest from its hexadecimal; 0 for a record that was not made from a draft.
fn from_hex(digest: &str) -> u128 {
    u128::from_str_radix(digest, 16).unwrap_or(0)
}

/// Where an import stands: one per import.
pub struct Planner<'a> {
    /// The names.
    pub index: Index<'a>,
    import: ImportId,
    source: String,
    given: Option<OrganisationId>,
    contracts: Keys<ContractId>,
    planned: Keys<PlannedProcurementId>,
    occurrences: HashMap<u128, u32>,
    references: HashMap<u128, Rows>,
    key: String,
}

struct Rows {
    first: u64,
    duplicate: Option<PossibleDuplicate>,
}

impl<'a> Planner<'a> {
    /// A planner for files of one source (`register`, `survey`; notices bring their own), with the keys of the contracts and
    /// planned procurements that are stored. `given` is the organisation of `--organisation`.
    pub fn new(
        index: Index<'a>,
        import: ImportId,
        source: &str,
        given: Option<OrganisationId>,
        contracts: Keys<ContractId>,
        planned: Keys<PlannedProcurementId>,
    ) -> Self {
        Self {
            index,
            import,
            source: source.to_owned(),
            given,
            contracts,
            planned,
            occurrences: HashMap::new(),
            references: HashMap::new(),
            key: String::new(),
        }
    }

    /// A new file: occurrence numbers begin anew.
    pub fn next_file(&mut self) {
        self.occurrences.clear();
        self.references.clear();
    }

    /// Plans a row of a contract register.
    ///
    /// # Errors
    /// Where its organisation is missing, not known, or another than the one given.
    pub fn contract(&mut self, row: u64, draft: &ContractDraft) -> Result<Step<ContractId, Contract>, Rejection> {
        let organisation = self.index.organisation_of_row(row, &draft.organisation, self.given)?;
        let source = std::mem::take(&mut self.source);
        let suppliers = suppliers(&mut self.index, &draft.suppliers, &source);
        self.row_key(row, organisation, draft, &suppliers, &source);
        let step = self.step(row, draft, organisation, Vec::new(), suppliers, &source);
        self.source = source;
        Ok(step)
    }

    /// Plans a contract of a release. `release` is its place in the file.
    ///
    /// # Errors
    /// Where the release names no buyer.
    pub fn notice(&mut self, release: u64, draft: &ContractDraft) -> Result<Step<ContractId, Contract>, Rejection> {
        let organisation = self.index.buyer(release, &draft.organisation)?;
        let mut joint = Vec::new();
        for other in &draft.joint {
            let id = self.index.buyer(release, other)?;
            if id != organisation && !joint.contains(&id) {
                joint.push(id);
            }
        }
        let source = notice_source(draft.ocid.as_deref().unwrap_or_default());
        let suppliers = suppliers(&mut self.index, &draft.suppliers, source);
        self.key.clear();
        self.key.push_str(draft.own_key.as_deref().unwrap_or_default());
        Ok(self.step(release, draft, organisation, joint, suppliers, source))
    }

    /// Plans what an award that does not stand any more means for the contract that an earlier release made of it; none where none did.
    ///
    /// # Errors
    /// As [`Planner::notice`].
    pub fn withdrawn(&mut self, release: u64, draft: &ContractDraft) -> Result<Option<Step<ContractId, Contract>>, Rejection> {
        let is_known = self.contracts.find(draft.own_key.as_deref().unwrap_or_default(), "").is_some();
        if is_known { self.notice(release, draft).map(Some) } else { Ok(None) }
    }

    /// Plans a planned procurement of a release; its key is the contracting process.
    ///
    /// # Errors
    /// Where the release names no buyer.
    pub fn planned(
        &mut self,
        release: u64,
        draft: &PlannedDraft,
    ) -> Result<Step<PlannedProcurementId, PlannedProcurement>, Rejection> {
        let organisation = self.index.buyer(release, &draft.organisation)?;
        let digest = draft.digest();
        let found = self.planned.find(&draft.ocid, &digest);
        if let Some((id, true)) = found {
            return Ok(Step::Same(id));
        }
        let found = found.map(|(id, _)| id);
        let id = found.unwrap_or_else(|| PlannedProcurementId(self.index.new_id()));
        let origin = Origin {
            source: notice_source(&draft.ocid).to_owned(),
            import: Some(self.import),
            row: i64::try_from(release).ok(),
            digest: digest.clone(),
            url: draft.url.clone(),
            ocid: Some(draft.ocid.clone()),
            ..Origin::default()
        };
        let record = PlannedProcurement {
            id,
            key: draft.ocid.clone(),
            organisation,
            reference: draft.reference.clone(),
            title: draft.title.clone(),
            description: draft.description.clone(),
            stage: draft.stage.clone(),
            value: draft.value.clone(),
            closes: draft.closes,
            start: draft.start,
            end: draft.end,
            duration: draft.duration,
            cpv: draft.cpv.clone(),
            origin,
            updated_at: 0,
        };
        // A compiled release says all there is: what it leaves out is gone.
        let stated = <PlannedProcurement as apply::Fields>::FIELDS.iter().map(|field| field.name).collect();
        self.planned.add(&draft.ocid, id, &digest);
        let resolved = Box::new(Resolved { record, stated });
        Ok(if found.is_some() { Step::Compare(id, resolved) } else { Step::New(resolved) })
    }

    /// The planned procurement of a process that has come to contracts, so that its stage can be set to 'complete'.
    #[must_use]
    pub fn planned_of(&self, ocid: &str) -> Option<PlannedProcurementId> {
        self.planned.find(ocid, "").map(|(id, _)| id)
    }

    /// Rows of the file that carry the same reference for one organisation.
    #[must_use]
    pub fn possible_duplicates(&self) -> Vec<PossibleDuplicate> {
        let mut found: Vec<_> = self.references.values().filter_map(|rows| rows.duplicate.clone()).collect();
        found.sort_by_key(|duplicate| duplicate.rows.first().copied());
        found
    }

    /// What was made or changed besides contracts and planned procurements.
    #[must_use]
    pub fn into_changes(self) -> super::resolve::Changes {
        self.index.into_changes()
    }

    fn row_key(&mut self, row: u64, organisation: OrganisationId, draft: &ContractDraft, suppliers: &[SupplierId], source: &str) {
        let slug = self.index.slug(organisation);
        self.key.clear();
        let own = match (&draft.reference, &draft.title) {
            (Some(reference), _) => ('r', fold(reference)),
            (None, title) => ('t', fold(title.as_deref().unwrap_or_default())),
        };
        // Writing to a string does not fail.
        let _ = write!(self.key, "{slug}|{source}|{}:{}", own.0, own.1);
        if own.0 == 'r' {
            match self.references.get_mut(&short(&self.key)) {
                Some(rows) => {
                    let first = rows.first;
                    let reference = draft.reference.clone().unwrap_or_default();
                    let new = || PossibleDuplicate { organisation: slug.to_owned(), reference, rows: vec![first], file: None };
                    rows.duplicate.get_or_insert_with(new).rows.push(row);
                }
                None => {
                    self.references.insert(short(&self.key), Rows { first: row, duplicate: None });
                }
            }
        }
        match (suppliers.first(), draft.supplier_state) {
            (Some(supplier), _) => {
                let _ = write!(self.key, "|{}", supplier.0.simple());
            }
            (None, SupplierState::Withheld) => self.key.push_str("|withheld"),
            (None, _) => self.key.push_str("|not-known"),
        }
        let occurrence = self.occurrences.entry(short(&self.key)).or_default();
        *occurrence += 1;
        let _ = write!(self.key, "|{occurrence}");
    }

    fn step(
        &mut self,
        row: u64,
        draft: &ContractDraft,
        organisation: OrganisationId,
        joint: Vec<OrganisationId>,
        suppliers: Vec<SupplierId>,
        source: &str,
    ) -> Step<ContractId, Contract> {
        let digest = draft.digest();
        let found = self.contracts.find(&self.key, &digest);
        if let Some((id, true)) = found {
            return Step::Same(id);
        }
        let found = found.map(|(id, _)| id);
        let id = found.unwrap_or_else(|| ContractId(self.index.new_id()));
        let mut functions: Vec<_> = draft.functions.iter().map(|name| self.index.function(name, None)).collect();
        functions.extend(draft.category.as_deref().and_then(|category| self.index.known_function(category)));
        functions.dedup();
        let products = draft.products.iter().map(|name| self.index.product(name, None, &functions)).collect();
        let origin = Origin {
            source: source.to_owned(),
            import: Some(self.import),
            row: i64::try_from(row).ok(),
            digest: digest.clone(),
            ..Origin::default()
        };
        let names = ContractNames { id, organisation, joint, suppliers, products, functions };
        let resolved = Box::new(apply::resolved_contract(draft, names, self.key.clone(), origin));
        // Another file of this import may hold the same key.
        self.contracts.add(&self.key, id, &digest);
        if found.is_some() { Step::Compare(id, resolved) } else { Step::New(resolved) }
    }
}

/// The suppliers of a draft as records, each once.
pub(super) fn suppliers(index: &mut Index<'_>, drafts: &[SupplierDraft], source: &str) -> Vec<SupplierId> {
    let mut ids = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let id = index.supplier(draft, source);
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// The source of a notice: its publisher's prefix, `ocds-b5fd17`.
#[must_use]
pub fn notice_source(ocid: &str) -> &str {
    let end = ocid.match_indices('-').nth(1).map_or(ocid.len(), |(at, _)| at);
    &ocid[..end]
}
