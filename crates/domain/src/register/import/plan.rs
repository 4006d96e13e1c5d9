//! Drafts to steps: each draft's names are resolved, and the record under its key is found.
//!
//! A contract's key is organisation, source, reference (else title), supplier, and its occurrence within the file. The
//! organisation stands in it as its slug and the supplier as its record, so that another spelling of the same company finds
//! the same contract.
//!
//! A row that says what it said before, of a contract that is the only one of its reference or title, is that contract whatever its
//! supplier's name would lead to by now: the same file twice changes nothing. Of what several files of one import say of one
//! contract, the first file's words stand: later ones add what it leaves out, and what they contradict is told.

mod keys;
mod repeats;

pub use keys::Keys;

use super::apply::{self, ContractNames, Resolved};
use super::draft::{ContractDraft, PlannedDraft, Rejection, SupplierDraft};
use super::report::PossibleDuplicate;
use super::resolve::Index;
use crate::register::ids::{ContractId, FunctionId, ImportId, OrganisationId, PlannedProcurementId, SupplierId};
use crate::register::names::fold;
use crate::register::records::{Contract, Origin, PlannedProcurement, SupplierState};
use keys::short;
use repeats::Repeats;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::Arc;

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
    repeats: Repeats,
    /// Of this file, what rows say before supplier and number, where the register held it.
    met: HashSet<u128>,
    /// Where there are several files: this one, and what each said of contracts.
    file: Option<Arc<str>>,
    said: HashMap<ContractId, Vec<Said>>,
    key: String,
}

/// What a row of an earlier file says of a contract.
struct Said {
    /// Bits: places in the contract's [`apply::Fields::FIELDS`].
    fields: u32,
    row: u64,
    file: Arc<str>,
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
            repeats: Repeats::default(),
            met: HashSet::new(),
            file: None,
            said: HashMap::new(),
            key: String::new(),
        }
    }

    /// A new file: occurrence numbers begin anew. Where there are several, it is named.
    pub fn next_file(&mut self, name: Option<Arc<str>>) {
        self.occurrences.clear();
        self.repeats.clear();
        self.met.clear();
        self.file = name;
    }

    /// Plans a row of a contract register.
    ///
    /// # Errors
    /// Where its organisation is missing, not known, or another than the one given.
    pub fn contract(&mut self, row: u64, draft: &ContractDraft) -> Result<Step<ContractId, Contract>, Rejection> {
        let organisation = self.index.organisation_of_row(row, &draft.organisation, self.given)?;
        let digest = draft.digest();
        let source = std::mem::take(&mut self.source);
        self.row_base(row, organisation, draft, &source);
        let step = match self.unchanged(&digest) {
            Some(id) => self.same(row, id, draft),
            None => {
                let suppliers = suppliers(&mut self.index, &draft.suppliers, &source);
                self.row_key(draft, &suppliers);
                self.step(row, draft, &digest, organisation, Vec::new(), suppliers, &source)
            }
        };
        self.source = source;
        Ok(step)
    }

    /// The contract that the row before its supplier and number means, where that is one alone and was made from the same draft. What
    /// its supplier's name would lead to by now is not asked then.
    fn unchanged(&mut self, digest: &str) -> Option<ContractId> {
        let base = short(&self.key);
        // Of several such rows of a file, each may be the one: they are told apart by their keys.
        let (id, numberless) = self.contracts.unchanged(base, digest).filter(|_| !self.met.contains(&base))?;
        self.met.insert(base);
        *self.occurrences.entry(numberless).or_default() += 1;
        Some(id)
    }

    /// Plans a contract of a release. `release` is its place in the file.
    ///
    /// # Errors
    /// Where the release names no buyer.
    pub fn notice(&mut self, release: u64, draft: &ContractDraft) -> Result<Step<ContractId, Contract>, Rejection> {
        let digest = draft.digest();
        self.key.clear();
        self.key.push_str(draft.own_key.as_deref().unwrap_or_default());
        if let Some((id, true)) = self.contracts.find(&self.key, &digest) {
            return Ok(Step::Same(id));
        }
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
        Ok(self.step(release, draft, &digest, organisation, joint, suppliers, source))
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
        let digest = draft.digest();
        let found = self.planned.find(&draft.ocid, &digest);
        if let Some((id, true)) = found {
            return Ok(Step::Same(id));
        }
        let organisation = self.index.buyer(release, &draft.organisation)?;
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
        self.planned.met(&draft.ocid, id, &digest);
        let resolved = Box::new(Resolved { record, stated, earlier: Vec::new() });
        Ok(if found.is_some() { Step::Compare(id, resolved) } else { Step::New(resolved) })
    }

    /// The planned procurement of a process that has come to contracts, so that its stage can be set to 'complete'.
    #[must_use]
    pub fn planned_of(&self, ocid: &str) -> Option<PlannedProcurementId> {
        self.planned.find(ocid, "").map(|(id, _)| id)
    }

    /// Rows of the file that carry the same reference for one organisation, or without one the same title and supplier.
    #[must_use]
    pub fn possible_duplicates(&self) -> Vec<PossibleDuplicate> {
        self.repeats.told()
    }

    /// What was made or changed besides contracts and planned procurements.
    #[must_use]
    pub fn into_changes(self) -> super::resolve::Changes {
        self.index.into_changes()
    }

    /// The row's key before its supplier and number.
    fn row_base(&mut self, row: u64, organisation: OrganisationId, draft: &ContractDraft, source: &str) {
        let slug = self.index.slug(organisation);
        self.key.clear();
        let own = match (&draft.reference, &draft.title) {
            (Some(reference), _) => ('r', fold(reference)),
            (None, title) => ('t', fold(title.as_deref().unwrap_or_default())),
        };
        // Writing to a string does not fail.
        let _ = write!(self.key, "{slug}|{source}|{}:{}", own.0, own.1);
        self.repeats.note(row, &self.key, slug, draft);
    }

    /// The row's whole key.
    fn row_key(&mut self, draft: &ContractDraft, suppliers: &[SupplierId]) {
        let base = short(&self.key);
        if self.contracts.has(base) {
            self.met.insert(base);
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

    #[allow(clippy::too_many_arguments)] // Each is one thing that the row resolved to.
    fn step(
        &mut self,
        row: u64,
        draft: &ContractDraft,
        digest: &str,
        organisation: OrganisationId,
        joint: Vec<OrganisationId>,
        suppliers: Vec<SupplierId>,
        source: &str,
    ) -> Step<ContractId, Contract> {
        let found = self.contracts.find(&self.key, digest);
        if let Some((id, true)) = found {
            return self.same(row, id, draft);
        }
        let found = found.map(|(id, _)| id);
        let id = found.unwrap_or_else(|| ContractId(self.index.new_id()));
        let mut functions: Vec<_> = draft.functions.iter().map(|name| self.index.function(name, None)).collect();
        functions.extend(self.category(draft));
        functions.dedup();
        let products = draft.products.iter().map(|name| self.index.product(name, None, &functions)).collect();
        let origin = Origin {
            source: source.to_owned(),
            import: Some(self.import),
            row: i64::try_from(row).ok(),
            digest: digest.to_owned(),
            ..Origin::default()
        };
        let names = ContractNames { id, organisation, joint, suppliers, products, functions };
        let mut resolved = Box::new(apply::resolved_contract(draft, names, self.key.clone(), origin));
        self.beside(row, draft, &mut resolved);
        // Another file of this import may hold the same key.
        self.contracts.met(&self.key, id, digest);
        if found.is_some() { Step::Compare(id, resolved) } else { Step::New(resolved) }
    }

    /// A row that was found as it was.
    fn same(&mut self, row: u64, id: ContractId, draft: &ContractDraft) -> Step<ContractId, Contract> {
        if self.file.is_some() {
            let functions = !draft.functions.is_empty() || self.category(draft).is_some();
            let stated = apply::stated(draft, apply::Named { joint: false, products: !draft.products.is_empty(), functions });
            self.says(id, row, &stated);
        }
        Step::Same(id)
    }

    fn category(&self, draft: &ContractDraft) -> Option<FunctionId> {
        draft.category.as_deref().and_then(|category| self.index.known_function(category))
    }

    /// Leaves to earlier files of the same import what they said of the contract, and notes what this row says.
    fn beside(&mut self, row: u64, draft: &ContractDraft, resolved: &mut Resolved<Contract>) {
        if self.file.is_none() {
            return;
        }
        let id = resolved.record.id;
        let stated = resolved.stated.clone();
        if let Some(said) = self.said.get(&id) {
            // What stands in the key reads alike, whatever the spelling.
            let alike =
                |name: &str| matches!(name, "reference" | "supplier_state") || name == "title" && draft.reference.is_none();
            let by = |name: &str| said.iter().find(|said| said.fields & bit(name) != 0);
            let words = |said: &Said| -> Arc<str> { format!("row {} of {}", said.row, said.file).into() };
            resolved.earlier =
                stated.iter().filter(|name| !alike(name)).filter_map(|name| Some((*name, words(by(name)?)))).collect();
            resolved.stated.retain(|name| by(name).is_none());
        }
        self.says(id, row, &stated);
    }

    fn says(&mut self, id: ContractId, row: u64, stated: &[&'static str]) {
        if let Some(file) = &self.file {
            let fields = stated.iter().fold(0, |fields, name| fields | bit(name));
            self.said.entry(id).or_default().push(Said { fields, row, file: file.clone() });
        }
    }
}

/// A contract's field as one bit.
fn bit(name: &str) -> u32 {
    let place = <Contract as apply::Fields>::FIELDS.iter().position(|field| field.name == name);
    place.map_or(0, |place| 1 << place)
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
