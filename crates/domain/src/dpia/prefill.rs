//! What can fill a field beforehand: the project, its screening, and the register. An offer says where it comes from; nothing
//! is written without a person's yes.

use super::{
    answer::{Answer, Reference, Row, Ternary},
    condition::Read,
    ids::RowId,
    template::{
        field::{Field, FieldKind},
        view::Screened,
    },
};
use crate::register::{
    ids::{ContractId, SupplierId, SystemId},
    records::{Hosting, SubProcessor},
};
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{collections::BTreeMap, fmt, str::FromStr};

/// What fills a field, as templates spell it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Prefill {
    /// `project.title`.
    ProjectTitle,
    /// `project.purpose`.
    ProjectPurpose,
    /// `project.starts`.
    ProjectStarts,
    /// `project.organisations`: the parties, but for processors.
    ProjectOrganisations,
    /// `project.systems`.
    ProjectSystems,
    /// `register.suppliers`: those who hold the contracts of the project's systems.
    RegisterSuppliers,
    /// `register.processors`: a table with a row for each contract of the project: `supplier`, `system`, `contract`, `ends`,
    /// `hosting`, `sub-processors`, so far as the table has such columns; and one for each system without a contract whose
    /// sub-processors are known.
    RegisterProcessors,
    /// `register.hosting`: where the project's systems run.
    RegisterHosting,
    /// `register.contract-end`: the first day on which a contract of the project ends.
    RegisterContractEnd,
    /// `register.data-access`: how data can be got out of the project's systems.
    RegisterDataAccess,
    /// `screening.QUESTION`: what was answered to a screening question.
    Screening(String),
}

const NAMED: [(&str, Prefill); 10] = [
    ("project.title", Prefill::ProjectTitle),
    ("project.purpose", Prefill::ProjectPurpose),
    ("project.starts", Prefill::ProjectStarts),
    ("project.organisations", Prefill::ProjectOrganisations),
    ("project.systems", Prefill::ProjectSystems),
    ("register.suppliers", Prefill::RegisterSuppliers),
    ("register.processors", Prefill::RegisterProcessors),
    ("register.hosting", Prefill::RegisterHosting),
    ("register.contract-end", Prefill::RegisterContractEnd),
    ("register.data-access", Prefill::RegisterDataAccess),
];

impl Prefill {
    /// All names but `screening.QUESTION`.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMED.iter().map(|(name, _)| *name)
    }

    /// Whether it can fill a field of a kind.
    #[must_use]
    pub fn fits(&self, kind: &FieldKind) -> bool {
        match self {
            Self::ProjectTitle | Self::ProjectPurpose | Self::RegisterHosting | Self::RegisterDataAccess => {
                matches!(kind, FieldKind::Text { .. })
            }
            Self::ProjectStarts | Self::RegisterContractEnd => matches!(kind, FieldKind::Date),
            Self::ProjectOrganisations => matches!(kind, FieldKind::Organisations),
            Self::ProjectSystems => matches!(kind, FieldKind::Systems),
            Self::RegisterSuppliers => matches!(kind, FieldKind::Suppliers),
            Self::RegisterProcessors => matches!(kind, FieldKind::Rows { .. }),
            Self::Screening(_) => matches!(kind, FieldKind::Ternary),
        }
    }

    /// The screening question it reads.
    #[must_use]
    pub fn reads(&self) -> Option<Read<'_>> {
        if let Self::Screening(question) = self { Some(Read::Screening(question)) } else { None }
    }
}

impl fmt::Display for Prefill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Screening(question) => write!(f, "screening.{question}"),
            named => f.write_str(NAMED.iter().find(|(_, other)| other == named).map_or("", |(name, _)| name)),
        }
    }
}

impl FromStr for Prefill {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(question) = text.strip_prefix("screening.") {
            return Ok(Self::Screening(question.to_owned()));
        }
        NAMED
            .iter()
            .find(|(name, _)| *name == text)
            .map(|(_, prefill)| prefill.clone())
            .ok_or_else(|| format!("'{text}' is nothing that can fill a field"))
    }
}

impl Serialize for Prefill {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Prefill {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A system of the project, as the register has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownSystem {
    /// Its id.
    pub id: SystemId,
    /// The product's name.
    pub name: String,
    /// Where it runs.
    pub hosting: Option<Hosting>,
    /// How data can be got out of it.
    pub data_access: Option<String>,
    /// To whom its supplier passes data on: as its own record says, else as `peer`'s does.
    pub sub_processors: Vec<SubProcessor>,
    /// Another organisation's public record of the same product, where the sub-processors are taken from that.
    pub peer: Option<Peer>,
    /// When the record last changed, milliseconds of UTC.
    pub updated_at: i64,
}

/// Another organisation's public record of the product that a system of the project is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The system's id.
    pub id: SystemId,
    /// Whose it is.
    pub organisation: String,
    /// When the record last changed, milliseconds of UTC.
    pub updated_at: i64,
}

/// A contract of the project, as the register has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownContract {
    /// Its id.
    pub id: ContractId,
    /// Its title.
    pub title: String,
    /// Its reference.
    pub reference: Option<String>,
    /// Who holds it.
    pub suppliers: Vec<(SupplierId, String)>,
    /// The systems it covers.
    pub systems: Vec<SystemId>,
    /// Its current end.
    pub ends: Option<Date>,
    /// When the record last changed, milliseconds of UTC.
    pub updated_at: i64,
}

/// All that can fill fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The project's title.
    pub title: String,
    /// The project's purpose.
    pub purpose: String,
    /// When it starts.
    pub starts: Option<Date>,
    /// The parties, but for processors.
    pub organisations: Vec<Reference>,
    /// Its systems.
    pub systems: Vec<KnownSystem>,
    /// Their contracts, and others of the project.
    pub contracts: Vec<KnownContract>,
    /// What screening was answered.
    pub screened: Screened,
}

/// Where an offered answer comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "from")]
pub enum Provenance {
    /// The project.
    Project,
    /// Its screening.
    Screening {
        /// The question.
        question: String,
    },
    /// A system of the register.
    System {
        /// Its id.
        id: SystemId,
        /// Its name.
        name: String,
        /// Whose it is, where it is no system of the project but another organisation's of the same product.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        organisation: Option<String>,
        /// When the record last changed.
        updated_at: i64,
    },
    /// A contract of the register.
    Contract {
        /// Its id.
        id: ContractId,
        /// Its title.
        title: String,
        /// When the record last changed.
        updated_at: i64,
    },
}

/// An answer that someone may take over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The answer.
    pub answer: Answer,
    /// Where it comes from.
    pub provenance: Vec<Provenance>,
}

/// What can fill a field; nothing when the field asks for nothing or nothing is known. `row_id` makes ids for rows.
pub fn offer(field: &Field, known: &Known, row_id: &mut dyn FnMut() -> RowId) -> Option<Offer> {
    let project = |answer: Answer| Some(Offer { answer, provenance: vec![Provenance::Project] });
    let offer = match field.prefill.as_ref()? {
        Prefill::ProjectTitle => project(Answer::Text(known.title.clone())),
        Prefill::ProjectPurpose => project(Answer::Text(known.purpose.clone())),
        Prefill::ProjectStarts => project(Answer::Date(known.starts?)),
        Prefill::ProjectOrganisations => project(Answer::Organisations(known.organisations.clone())),
        Prefill::ProjectSystems => Some(Offer {
            answer: Answer::Systems(
                known.systems.iter().map(|system| Reference { id: Some(system.id.0), name: system.name.clone() }).collect(),
            ),
            provenance: known.systems.iter().map(of_system).collect(),
        }),
        Prefill::RegisterSuppliers => {
            let mut suppliers: Vec<Reference> = Vec::new();
            for (id, name) in known.contracts.iter().flat_map(|contract| &contract.suppliers) {
                if !suppliers.iter().any(|other| other.id == Some(id.0)) {
                    suppliers.push(Reference { id: Some(id.0), name: name.clone() });
                }
            }
            Some(Offer { answer: Answer::Suppliers(suppliers), provenance: known.contracts.iter().map(of_contract).collect() })
        }
        Prefill::RegisterProcessors => Some(processors(&field.kind, known, row_id)),
        Prefill::RegisterHosting => each_system(known, |system| system.hosting.map(|hosting| hosting_words(hosting).to_owned())),
        Prefill::RegisterDataAccess => each_system(known, |system| system.data_access.clone()),
        Prefill::RegisterContractEnd => {
            let first = known.contracts.iter().filter(|contract| contract.ends.is_some()).min_by_key(|contract| contract.ends)?;
            Some(Offer { answer: Answer::Date(first.ends?), provenance: vec![of_contract(first)] })
        }
        Prefill::Screening(question) => {
            let answer: Ternary = *known.screened.get(question)?;
            Some(Offer {
                answer: Answer::Ternary(answer),
                provenance: vec![Provenance::Screening { question: question.clone() }],
            })
        }
    }?;
    (!offer.answer.is_empty() && field.accepts(&offer.answer).is_ok()).then_some(offer)
}

/// Where a system runs, in words.
#[must_use]
pub fn hosting_words(hosting: Hosting) -> &'static str {
    match hosting {
        Hosting::SupplierCloud => "Supplier's cloud",
        Hosting::PublicCloud => "Public cloud",
        Hosting::OwnDataCentre => "Own data centre",
        Hosting::SharedService => "Shared service",
    }
}

fn of_system(system: &KnownSystem) -> Provenance {
    Provenance::System { id: system.id, name: system.name.clone(), organisation: None, updated_at: system.updated_at }
}

/// Where a system's sub-processors come from.
fn of_sub_processors(system: &KnownSystem) -> Provenance {
    match &system.peer {
        Some(peer) => Provenance::System {
            id: peer.id,
            name: system.name.clone(),
            organisation: Some(peer.organisation.clone()),
            updated_at: peer.updated_at,
        },
        None => of_system(system),
    }
}

fn of_contract(contract: &KnownContract) -> Provenance {
    Provenance::Contract { id: contract.id, title: contract.title.clone(), updated_at: contract.updated_at }
}

/// A line for each system of which something is known; the bare fact where there is but one.
fn each_system(known: &Known, fact: impl Fn(&KnownSystem) -> Option<String>) -> Option<Offer> {
    let said: Vec<(&KnownSystem, String)> = known
        .systems
        .iter()
        .filter_map(|system| fact(system).filter(|text| !text.trim().is_empty()).map(|text| (system, text)))
        .collect();
    let text = match (said.as_slice(), known.systems.len()) {
        ([(_, text)], 1) => text.clone(),
        (several, _) => several.iter().map(|(system, text)| format!("{}: {text}", system.name)).collect::<Vec<_>>().join("\n"),
    };
    Some(Offer { answer: Answer::Text(text), provenance: said.into_iter().map(|(system, _)| of_system(system)).collect() })
}

/// A row for each contract and supplier, then one for each system whose sub-processors are known and that no contract covers.
fn processors(kind: &FieldKind, known: &Known, row_id: &mut dyn FnMut() -> RowId) -> Offer {
    let mut rows = Vec::new();
    let mut provenance: Vec<Provenance> = known.contracts.iter().map(of_contract).collect();
    let mut row = |systems: &[&KnownSystem], mut cells: Vec<(&str, Answer)>| {
        let mut hosting: Vec<&str> = systems.iter().filter_map(|system| system.hosting.map(hosting_words)).collect();
        hosting.dedup();
        let mut passed_on: Vec<String> =
            systems.iter().flat_map(|system| &system.sub_processors).map(SubProcessor::words).collect();
        passed_on.dedup();
        let named = systems.iter().map(|system| Reference { id: Some(system.id.0), name: system.name.clone() }).collect();
        cells.push(("system", Answer::Systems(named)));
        cells.push(("hosting", Answer::Text(hosting.join(", "))));
        cells.push(("sub-processors", Answer::Text(passed_on.join("; "))));
        let cells: BTreeMap<String, Answer> = kind
            .columns()
            .iter()
            .filter_map(|column| {
                let (_, cell) = cells.iter().find(|(id, cell)| *id == column.id && !cell.is_empty())?;
                super::template::fit::accepts(&column.kind, cell).is_ok().then(|| (column.id.clone(), cell.clone()))
            })
            .collect();
        for system in systems {
            let says = |column: &str| cells.contains_key(column);
            if system.hosting.is_some() && says("hosting") && !provenance.contains(&of_system(system)) {
                provenance.push(of_system(system));
            }
            let source = of_sub_processors(system);
            if !system.sub_processors.is_empty() && says("sub-processors") && !provenance.contains(&source) {
                provenance.push(source);
            }
        }
        rows.push(Row { id: row_id(), cells });
    };
    for contract in &known.contracts {
        let systems: Vec<&KnownSystem> = known.systems.iter().filter(|system| contract.systems.contains(&system.id)).collect();
        let title = contract.reference.as_ref().map_or(contract.title.clone(), |number| format!("{number}, {}", contract.title));
        for (id, name) in &contract.suppliers {
            let mut cells = vec![
                ("supplier", Answer::Suppliers(vec![Reference { id: Some(id.0), name: name.clone() }])),
                ("contract", Answer::Text(title.clone())),
            ];
            cells.extend(contract.ends.map(|ends| ("ends", Answer::Date(ends))));
            row(&systems, cells);
        }
    }
    let under_contract = |system: &KnownSystem| {
        known.contracts.iter().any(|contract| !contract.suppliers.is_empty() && contract.systems.contains(&system.id))
    };
    let has_column = kind.columns().iter().any(|column| column.id == "sub-processors");
    for system in &known.systems {
        if has_column && !system.sub_processors.is_empty() && !under_contract(system) {
            row(&[system], Vec::new());
        }
    }
    Offer { answer: Answer::Rows(rows), provenance }
}

#[cfg(test)]
mod tests;
