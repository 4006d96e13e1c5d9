//! Rows of the survey of systems as changes of systems, and of the contracts they make or match.
//!
//! A row's contract is matched with the organisation's contracts by reference, else by title and supplier. One that another
//! source keeps is filled where it says nothing and never overwritten: where the two differ, a warning says so. Which of these a
//! row's facts are is said in `beside`.

mod beside;

use super::apply::{self, Change, ContractNames, Resolved};
use super::draft::{ContractDraft, Rejection, SystemDraft, Warning};
use super::plan;
use super::report::Counts;
use super::resolve::{Changes, Index, RecordChange, Touched};
use crate::register::ids::{ContractId, FunctionId, ImportId, OrganisationId, ProductId, SupplierId, SystemId};
use crate::register::names::{self, fold};
use crate::register::records::{Contract, Origin, PublicAt, SupplierState, System};
use beside::{fill, join, says_the_same};
use std::{collections::HashMap, sync::Arc};

/// The source of what the survey says.
pub const SOURCE: &str = "survey";

/// Where an import of the survey stands.
pub struct Survey<'a> {
    /// The names.
    pub index: Index<'a>,
    import: ImportId,
    given: Option<OrganisationId>,
    systems: HashMap<String, System>,
    occurrences: HashMap<String, u32>,
    /// The first row of each system, by its key without the occurrence number.
    rows: HashMap<String, u64>,
    /// What each organisation had of each product before the file: for which functions.
    had: HashMap<(OrganisationId, ProductId), Vec<Vec<FunctionId>>>,
    contracts: Touched<ContractId, Contract>,
    by_key: HashMap<String, ContractId>,
    by_reference: HashMap<(OrganisationId, String), Vec<ContractId>>,
    by_title: HashMap<(OrganisationId, String), Vec<ContractId>>,
    /// The row that named each contract first, and of which file where there are several.
    seen: HashMap<ContractId, (u64, Option<Arc<str>>)>,
    /// What the file is called, where there are several.
    file: Option<Arc<str>>,
}

/// What the survey does to contracts, and to what names resolved to.
#[derive(Clone, Debug, Default)]
pub struct SurveyChanges {
    /// Contracts made or changed.
    pub contracts: Vec<RecordChange<Contract>>,
    /// How many.
    pub contract_counts: Counts,
    /// Everything else.
    pub changes: Changes,
}

impl<'a> Survey<'a> {
    /// A survey beside the systems and contracts that are stored.
    pub fn new(
        index: Index<'a>,
        import: ImportId,
        given: Option<OrganisationId>,
        systems: impl IntoIterator<Item = System>,
        contracts: Vec<Contract>,
    ) -> Self {
        let mut survey = Self {
            index,
            import,
            given,
            systems: systems.into_iter().map(|system| (system.key.clone(), system)).collect(),
            occurrences: HashMap::new(),
            rows: HashMap::new(),
            had: HashMap::new(),
            contracts: Touched::new([]),
            by_key: HashMap::new(),
            by_reference: HashMap::new(),
            by_title: HashMap::new(),
            seen: HashMap::new(),
            file: None,
        };
        contracts.iter().for_each(|contract| survey.learn(contract));
        survey.contracts = Touched::new(contracts.into_iter().map(|contract| (contract.id, contract)));
        survey.next_file(None);
        survey
    }

    /// Begins another file: rows are numbered anew, and what the files before it made is there. Where there are several, it is named.
    pub fn next_file(&mut self, name: Option<Arc<str>>) {
        self.file = name;
        self.rows.clear();
        self.had.clear();
        for system in self.systems.values() {
            self.had.entry((system.organisation, system.product)).or_default().push(system.functions.clone());
        }
    }

    fn learn(&mut self, contract: &Contract) {
        self.by_key.insert(contract.key.clone(), contract.id);
        if let Some(reference) = &contract.reference {
            self.by_reference.entry((contract.organisation, fold(reference))).or_default().push(contract.id);
        }
        self.by_title.entry((contract.organisation, fold(&contract.title))).or_default().push(contract.id);
    }

    /// Takes a row: what it does to a system; its contract is kept until [`Survey::finish`].
    ///
    /// # Errors
    /// Where its organisation is missing, not known, or another than the one given.
    pub fn row(&mut self, row: u64, draft: &SystemDraft, warnings: &mut Vec<Warning>) -> Result<Change<System>, Rejection> {
        let organisation = self.index.organisation_of_row(row, &draft.organisation, self.given)?;
        let area = draft.service_area.as_deref();
        let mut functions: Vec<FunctionId> = Vec::new();
        for name in &draft.functions {
            let id = self.index.function(name, area);
            if !functions.contains(&id) {
                functions.push(id);
            }
        }
        let manufacturer = draft.manufacturer.as_deref().map(|name| self.maker(name));
        let product = self.index.product(&draft.product, manufacturer, &functions);
        let change = self.system(row, organisation, draft, product, &functions);
        let twice = self.twice(row, organisation, product, &functions);
        warnings.extend(twice.filter(|_| matches!(change, Change::Create(_))));
        let system = match &change {
            Change::Create(system) => system.id,
            Change::Update { after, .. } => after.id,
            Change::Unchanged { .. } => match self.systems.get(&self.system_key(organisation, product, &functions, false)) {
                Some(system) => system.id,
                None => return Err(Rejection::new(row, "product", "the system could not be found again")),
            },
        };
        if let Change::Create(after) | Change::Update { after, .. } = &change {
            self.systems.insert(after.key.clone(), after.as_ref().clone());
        }
        if let Some(contract) = &draft.contract {
            self.contract(row, organisation, contract, draft, (system, product, &functions), warnings);
        }
        Ok(change)
    }

    fn maker(&mut self, name: &str) -> SupplierId {
        let read = names::supplier_name(name);
        self.index.supplier(&super::draft::SupplierDraft { name: read.name, ..Default::default() }, SOURCE)
    }

    /// The key of the system, under the next occurrence number, or under the last one given.
    fn system_key(&self, organisation: OrganisationId, product: ProductId, functions: &[FunctionId], next: bool) -> String {
        let mut sorted: Vec<String> = functions.iter().map(|id| id.0.simple().to_string()).collect();
        sorted.sort_unstable();
        let base = format!("{}|{SOURCE}|{}|{}", self.index.slug(organisation), product.0.simple(), sorted.join("+"));
        let last = self.occurrences.get(&base).copied().unwrap_or(0);
        format!("{base}|{}", last + u32::from(next))
    }

    /// What to say of a row where it adds a system that another row names too, or that is perhaps there already.
    fn twice(&mut self, row: u64, organisation: OrganisationId, product: ProductId, functions: &[FunctionId]) -> Option<Warning> {
        let key = self.system_key(organisation, product, functions, false);
        let base = key.rsplit_once('|').map_or(key.as_str(), |(base, _)| base);
        let first = *self.rows.entry(base.to_owned()).or_insert(row);
        let shares = |had: &Vec<FunctionId>| had.iter().any(|function| functions.contains(function));
        let message = if first != row {
            format!("row {first} names the same system; both are kept. If they are one, leave one of the rows out")
        } else if self.had.get(&(organisation, product)).is_some_and(|had| had.iter().any(shares)) {
            "the organisation has this product for such a function already; the row adds another system beside it. If they are one, \
             leave the row out and correct the record"
                .to_owned()
        } else {
            return None;
        };
        Some(Warning::new(row, "product", message))
    }

    fn system(
        &mut self,
        row: u64,
        organisation: OrganisationId,
        draft: &SystemDraft,
        product: ProductId,
        functions: &[FunctionId],
    ) -> Change<System> {
        let key = self.system_key(organisation, product, functions, true);
        if let Some((base, _)) = key.rsplit_once('|') {
            *self.occurrences.entry(base.to_owned()).or_default() += 1;
        }
        let existing = self.systems.get(&key);
        let mut sub_processors = draft.sub_processors.value().cloned().unwrap_or_default();
        for one in &mut sub_processors {
            one.supplier = self.index.known_supplier(&one.name);
        }
        let id = existing.map_or_else(|| SystemId(self.index.new_id()), |system| system.id);
        let origin = Origin {
            source: SOURCE.to_owned(),
            import: Some(self.import),
            row: i64::try_from(row).ok(),
            digest: draft.digest(),
            ..Origin::default()
        };
        let record = System {
            id,
            key,
            organisation,
            product,
            functions: functions.to_vec(),
            users: draft.users.value().copied(),
            hosting: draft.hosting.value().copied(),
            satisfaction: draft.satisfaction.value().copied(),
            data_access: draft.data_access.value().cloned(),
            sub_processors,
            origin,
            confirmed: None,
            note: None,
            published: true,
            updated_at: 0,
            public_at: PublicAt::default(),
        };
        let stated = [
            ("functions", true),
            ("users", draft.users.is_stated()),
            ("hosting", draft.hosting.is_stated()),
            ("satisfaction", draft.satisfaction.is_stated()),
            ("data_access", draft.data_access.is_stated()),
            ("sub_processors", draft.sub_processors.is_stated()),
        ];
        let stated = stated.into_iter().filter(|(_, is)| *is).map(|(name, _)| name).collect();
        apply::compare(existing, Resolved { record, stated, earlier: Vec::new() }, self.index.now())
    }

    fn contract(
        &mut self,
        row: u64,
        organisation: OrganisationId,
        draft: &ContractDraft,
        system_draft: &SystemDraft,
        (system, product, functions): (SystemId, ProductId, &[FunctionId]),
        warnings: &mut Vec<Warning>,
    ) {
        let mut draft = draft.clone();
        let unnamed = draft.reference.is_none() && draft.title.is_none();
        if unnamed {
            draft.title = Some(system_draft.product.clone());
        }
        let suppliers = plan::suppliers(&mut self.index, &draft.suppliers, SOURCE);
        let key = self.contract_key(organisation, &draft, &suppliers);
        // What such a row made before is found by its key, whatever people have called it since.
        let found = self.by_key.get(&key).copied().or_else(|| self.find(organisation, &draft, &suppliers, system));
        if unnamed && found.is_none() {
            let message = "the row gives its contract neither reference nor title; it is called after its product";
            warnings.push(Warning::new(row, "title", message));
        }
        let id = found.unwrap_or_else(|| ContractId(self.index.new_id()));
        let origin = Origin {
            source: SOURCE.to_owned(),
            import: Some(self.import),
            row: i64::try_from(row).ok(),
            digest: draft.digest(),
            ..Origin::default()
        };
        let no_supplier = suppliers.is_empty() && draft.supplier_state == SupplierState::NotKnown;
        let names = ContractNames {
            id,
            organisation,
            joint: Vec::new(),
            suppliers,
            products: vec![product],
            functions: functions.to_vec(),
        };
        let mut resolved = apply::resolved_contract(&draft, names, key, origin);
        resolved.record.systems = vec![system];
        let at = self.index.now();
        let Some(before) = found.and_then(|id| self.contracts.get(id)).cloned() else {
            resolved.record.updated_at = at;
            self.seen.insert(id, (row, self.file.clone()));
            self.learn(&resolved.record);
            self.contracts.add(id, resolved.record);
            return;
        };
        let joined = ["products", "functions", "systems"];
        resolved.stated.retain(|name| {
            !(joined.contains(name) || no_supplier && name.starts_with("supplier") || unnamed && *name == "title")
        });
        let earlier = self.seen.get(&id).map(|(row, file)| match file.as_ref().filter(|file| self.file.as_ref() != Some(file)) {
            Some(file) => format!("row {row} of {file}"),
            None => format!("row {row}"),
        });
        let own = before.origin.source == SOURCE && earlier.is_none();
        self.seen.entry(id).or_insert((row, self.file.clone()));
        let mut after = if own {
            let (after, kept) = match apply::compare(Some(&before), resolved.clone(), at) {
                Change::Update { after, kept, .. } => (*after, kept),
                Change::Unchanged { kept } => (before.clone(), kept),
                Change::Create(_) => (before.clone(), Vec::new()),
            };
            warnings.extend(kept.into_iter().map(|field| Warning::new(row, field, apply::KEPT)));
            after
        } else {
            fill(&before, &resolved, row, earlier.filter(|_| before.origin.source == SOURCE), warnings)
        };
        join(&mut after.products, &[product]);
        join(&mut after.functions, functions);
        join(&mut after.systems, &[system]);
        if says_the_same(&before, &after) {
            return;
        }
        after.updated_at = at;
        self.contracts.change(id, |contract| *contract = after);
    }

    fn find(
        &self,
        organisation: OrganisationId,
        draft: &ContractDraft,
        suppliers: &[SupplierId],
        system: SystemId,
    ) -> Option<ContractId> {
        let same_supplier = |id: &&ContractId| {
            self.contracts.get(**id).is_some_and(|contract| {
                contract.suppliers.iter().any(|supplier| suppliers.contains(supplier))
                    || contract.suppliers.is_empty() && suppliers.is_empty()
            })
        };
        let referred = draft.reference.as_ref().and_then(|one| self.by_reference.get(&(organisation, fold(one))));
        if let Some(ids) = referred {
            return ids.iter().find(same_supplier).or(ids.first()).copied();
        }
        // A reference that is new is that of a contract which had none, unless the same import speaks of both.
        let had_none = |id: &&ContractId| {
            draft.reference.is_none()
                || !self.seen.contains_key(*id) && self.contracts.get(**id).is_some_and(|one| one.reference.is_none())
        };
        let ids = self.by_title.get(&(organisation, fold(draft.title.as_deref()?)))?;
        let mut fit = ids.iter().filter(had_none);
        if !(suppliers.is_empty() && draft.supplier_state == SupplierState::NotKnown) {
            return fit.find(same_supplier).copied();
        }
        // A row that names no supplier says nothing against the one that another row, or the register, names: first the contract that
        // such a row was joined to before.
        let holds = |id: &&ContractId| self.contracts.get(**id).is_some_and(|one| one.systems.contains(&system));
        let fit: Vec<&ContractId> = fit.collect();
        let find = |wanted: &dyn Fn(&&ContractId) -> bool| fit.iter().copied().find(wanted);
        find(&holds).or_else(|| find(&same_supplier)).or(fit.first().copied()).copied()
    }

    fn contract_key(&self, organisation: OrganisationId, draft: &ContractDraft, suppliers: &[SupplierId]) -> String {
        let own = match (&draft.reference, &draft.title) {
            (Some(reference), _) => format!("r:{}", fold(reference)),
            (None, title) => format!("t:{}", fold(title.as_deref().unwrap_or_default())),
        };
        let supplier = suppliers.first().map_or_else(|| "not-known".to_owned(), |id| id.0.simple().to_string());
        format!("{}|{SOURCE}|{own}|{supplier}|1", self.index.slug(organisation))
    }

    /// What the survey did to contracts and names.
    #[must_use]
    pub fn finish(self) -> SurveyChanges {
        let seen = self.seen.len() as u64;
        // What one row took away and another filled in again is as it was.
        let changes =
            |change: &RecordChange<Contract>| change.before.as_ref().is_none_or(|before| !says_the_same(before, &change.after));
        let contracts: Vec<_> = self.contracts.into_changes().into_iter().filter(changes).collect();
        let created = contracts.iter().filter(|change| change.before.is_none()).count() as u64;
        let updated = contracts.len() as u64 - created;
        let contract_counts = Counts { created, updated, unchanged: seen.saturating_sub(created + updated) };
        SurveyChanges { contracts, contract_counts, changes: self.index.into_changes() }
    }
}
