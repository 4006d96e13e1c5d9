//! Tests of whole walks: rows and releases to changes, beside a register in memory.

mod contracts;
mod ocds;
mod suppliers;
mod survey;

use super::apply::{self, Change};
use super::draft::Warning;
use super::mapping::{Kind, Mapping};
use super::plan::{Keys, Planner, Step};
use super::report::{Counts, Report};
use super::resolve::{Changes, Index, Known, RecordChange};
use super::rows::Scan;
use super::survey::Survey;
use crate::register::ids::{ContractId, ImportId, PlannedProcurementId};
use crate::register::records::{
    Contract, Flag, Function, Organisation, PlannedProcurement, Product, ServiceArea, Supplier, System,
};
use crate::register::reference::{Reference, stable_id};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A register in memory, to which imports are applied as the store would.
pub(super) struct Register {
    pub organisations: Vec<Organisation>,
    pub service_areas: Vec<ServiceArea>,
    pub functions: Vec<Function>,
    pub suppliers: Vec<Supplier>,
    pub products: Vec<Product>,
    pub contracts: BTreeMap<ContractId, Contract>,
    pub planned: BTreeMap<PlannedProcurementId, PlannedProcurement>,
    pub systems: Vec<System>,
    pub flags: Vec<Flag>,
    next: u64,
}

/// The cells of a CSV text with its header: good enough for tests.
pub(super) fn table(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let headers = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let rows = reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect();
    (headers, rows)
}

impl Register {
    pub fn london() -> Self {
        let reference = Reference::shipped().expect("the shipped files");
        Self {
            organisations: reference.organisations,
            service_areas: reference.service_areas,
            functions: reference.functions,
            suppliers: reference.suppliers,
            products: Vec::new(),
            contracts: BTreeMap::new(),
            planned: BTreeMap::new(),
            systems: Vec::new(),
            flags: Vec::new(),
            next: 0,
        }
    }

    fn id(&mut self) -> Uuid {
        self.next += 1;
        stable_id("test", &self.next.to_string())
    }

    fn apply(&mut self, changes: Changes) {
        fn put<T>(records: &mut Vec<T>, changes: Vec<RecordChange<T>>, same: impl Fn(&T, &T) -> bool) {
            for change in changes {
                records.retain(|record| !same(record, &change.after));
                records.push(change.after);
            }
        }
        put(&mut self.organisations, changes.organisations, |a, b| a.id == b.id);
        put(&mut self.functions, changes.functions, |a, b| a.id == b.id);
        put(&mut self.suppliers, changes.suppliers, |a, b| a.id == b.id);
        put(&mut self.products, changes.products, |a, b| a.id == b.id);
        self.flags.extend(changes.flags);
    }

    /// Runs `with` with a planner over this register, then applies what the planner made.
    fn planned<R>(&mut self, given: Option<&str>, with: impl FnOnce(&mut Planner<'_>, &mut Self) -> R) -> R {
        let import = ImportId(self.id());
        let mut next = self.next + 1_000_000 * (self.next + 1);
        let mut ids = || {
            next += 1;
            stable_id("test", &next.to_string())
        };
        let (organisations, areas) = (self.organisations.clone(), self.service_areas.clone());
        let facts = Reference::shipped().expect("the shipped files").suppliers;
        let (functions, suppliers, products) = (self.functions.clone(), self.suppliers.clone(), self.products.clone());
        let known = Known {
            organisations: &organisations,
            service_areas: &areas,
            functions: &functions,
            suppliers: &suppliers,
            products: &products,
            facts: &facts,
        };
        let index = Index::new(known, &mut ids, 1_000);
        let given = given.map(|slug| index.organisation(slug).expect("a known organisation"));
        let mut keys = Keys::new();
        self.contracts.values().for_each(|contract| keys.add(&contract.key, contract.id, &contract.origin.digest));
        let mut planned = Keys::new();
        self.planned.values().for_each(|record| planned.add(&record.key, record.id, &record.origin.digest));
        let mut planner = Planner::new(index, import, "register", given, keys, planned);
        let result = with(&mut planner, self);
        let changes = planner.into_changes();
        self.apply(changes);
        self.next += 1;
        result
    }

    pub fn take(&mut self, row: u64, step: Step<ContractId, Contract>, report: &mut Report) {
        let change = match step {
            Step::Same(_) => return report.count_same(),
            Step::New(resolved) => apply::compare(None, *resolved, 1_000),
            Step::Compare(id, resolved) => {
                let before = self.contracts.get(&id);
                let told = before.map(|before| apply::contradicted(before, &resolved)).unwrap_or_default();
                let told = told.into_iter().map(|(field, earlier)| Warning::new(row, field, apply::contradiction(&earlier)));
                report.warnings.extend(told);
                apply::compare(before, *resolved, 1_000)
            }
        };
        report.count(row, &change);
        if let Change::Create(contract) | Change::Update { after: contract, .. } = change {
            self.contracts.insert(contract.id, *contract);
        }
    }

    /// Imports a contract register as CSV.
    pub fn contracts(&mut self, text: &str, given: Option<&str>) -> Report {
        self.files(&[text], given)
    }

    /// Imports several files of contracts at once: `1.csv`, `2.csv` and so on.
    pub fn files(&mut self, files: &[&str], given: Option<&str>) -> Report {
        let mut report = Report::new(Some(ImportId(self.id())));
        self.planned(given, |planner, register| {
            for (place, text) in (1..).zip(files) {
                planner.next_file((files.len() > 1).then(|| format!("{place}.csv").into()));
                register.file(planner, text, given, &mut report);
            }
        });
        assert!(report.adds_up(), "{report:?}");
        report
    }

    fn file(&mut self, planner: &mut Planner<'_>, text: &str, given: Option<&str>, report: &mut Report) {
        let (headers, rows) = table(text);
        let mapping = Mapping::guess(Kind::Contracts, &headers);
        mapping.check(given.is_some()).expect("a mapping that can stand");
        let mut scan = Scan::new(&mapping);
        rows.iter().for_each(|row| scan.observe(&row.iter().map(String::as_str).collect::<Vec<_>>()));
        let orders = scan.decide();
        report.set_mapping(&mapping, &orders);
        for (number, row) in (2..).zip(&rows) {
            report.read += 1;
            let row: Vec<&str> = row.iter().map(String::as_str).collect();
            let draft = super::contracts::read(number, &row, &mapping, &orders, &mut report.warnings);
            match draft.and_then(|draft| planner.contract(number, &draft)) {
                Ok(step) => self.take(number, step, report),
                Err(rejection) => report.reject(rejection),
            }
        }
        report.possible_duplicates.extend(planner.possible_duplicates());
    }

    /// Imports the survey as CSV; gives the report, and the contracts' counts within it.
    pub fn survey(&mut self, text: &str) -> Report {
        let (headers, rows) = table(text);
        let mapping = Mapping::guess(Kind::Systems, &headers);
        mapping.check(false).expect("a mapping that can stand");
        let mut scan = Scan::new(&mapping);
        rows.iter().for_each(|row| scan.observe(&row.iter().map(String::as_str).collect::<Vec<_>>()));
        let orders = scan.decide();
        let import = ImportId(self.id());
        let mut report = Report::new(Some(import));
        report.set_mapping(&mapping, &orders);
        let mut next = 5_000_000 * (self.next + 1);
        let mut ids = || {
            next += 1;
            stable_id("test", &next.to_string())
        };
        let (organisations, areas) = (self.organisations.clone(), self.service_areas.clone());
        let facts = Reference::shipped().expect("the shipped files").suppliers;
        let (functions, suppliers, products) = (self.functions.clone(), self.suppliers.clone(), self.products.clone());
        let known = Known {
            organisations: &organisations,
            service_areas: &areas,
            functions: &functions,
            suppliers: &suppliers,
            products: &products,
            facts: &facts,
        };
        let index = Index::new(known, &mut ids, 1_000);
        let mut survey = Survey::new(index, import, None, self.systems.clone(), self.contracts.values().cloned().collect());
        for (place, row) in rows.iter().enumerate() {
            let number = place as u64 + 2;
            report.read += 1;
            let row: Vec<&str> = row.iter().map(String::as_str).collect();
            let mut warnings: Vec<Warning> = Vec::new();
            let draft = super::systems::read(number, &row, &mapping, &orders, &mut warnings);
            let change = draft.and_then(|draft| survey.row(number, &draft, &mut warnings));
            report.warnings.append(&mut warnings);
            match change {
                Ok(change) => {
                    report.count(number, &change);
                    if let Change::Create(system) | Change::Update { after: system, .. } = change {
                        self.systems.retain(|other| other.id != system.id);
                        self.systems.push(*system);
                    }
                }
                Err(rejection) => report.reject(rejection),
            }
        }
        let finished = survey.finish();
        report.contracts = Some(finished.contract_counts);
        report.flag(&finished.changes);
        for change in finished.contracts {
            self.contracts.insert(change.after.id, change.after);
        }
        self.apply(finished.changes);
        assert!(report.adds_up(), "{report:?}");
        report
    }

    pub fn contract(&self, reference: &str) -> &Contract {
        let mut found = self.contracts.values().filter(|contract| contract.reference.as_deref() == Some(reference));
        found.next().unwrap_or_else(|| panic!("no contract {reference}"))
    }

    pub fn supplier_names(&self, contract: &Contract) -> Vec<&str> {
        let name = |id| self.suppliers.iter().find(|supplier| supplier.id == id).map_or("?", |supplier| supplier.name.as_str());
        contract.suppliers.iter().map(|id| name(*id)).collect()
    }

    pub fn slug(&self, contract: &Contract) -> &str {
        self.organisations.iter().find(|record| record.id == contract.organisation).map_or("?", |record| record.slug.as_str())
    }
}

pub(super) fn counts(created: u64, updated: u64, unchanged: u64) -> Counts {
    Counts { created, updated, unchanged }
}
