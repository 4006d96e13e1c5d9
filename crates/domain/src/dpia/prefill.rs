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
    records::Hosting,
};
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{collections::BTreeMap, fmt, str::FromStr};
use uuid::Uuid;

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
    /// `hosting`, so far as the table has such columns.
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
    Provenance::System { id: system.id, name: system.name.clone(), updated_at: system.updated_at }
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

/// A row for each contract and supplier.
fn processors(kind: &FieldKind, known: &Known, row_id: &mut dyn FnMut() -> RowId) -> Offer {
    let reference = |id: Uuid, name: &str| Reference { id: Some(id), name: name.to_owned() };
    let mut rows = Vec::new();
    for contract in &known.contracts {
        let systems: Vec<&KnownSystem> = known.systems.iter().filter(|system| contract.systems.contains(&system.id)).collect();
        let mut hosting: Vec<&str> = systems.iter().filter_map(|system| system.hosting.map(hosting_words)).collect();
        hosting.dedup();
        for (id, name) in &contract.suppliers {
            let title =
                contract.reference.as_ref().map_or(contract.title.clone(), |number| format!("{number}, {}", contract.title));
            let named = systems.iter().map(|system| reference(system.id.0, &system.name)).collect();
            let cells: BTreeMap<&str, Answer> = [
                ("supplier", Some(Answer::Suppliers(vec![reference(id.0, name)]))),
                ("system", Some(Answer::Systems(named))),
                ("contract", Some(Answer::Text(title))),
                ("ends", contract.ends.map(Answer::Date)),
                ("hosting", Some(Answer::Text(hosting.join(", ")))),
            ]
            .into_iter()
            .filter_map(|(column, cell)| cell.filter(|cell| !cell.is_empty()).map(|cell| (column, cell)))
            .collect();
            let cells = kind
                .columns()
                .iter()
                .filter_map(|column| {
                    let cell = cells.get(column.id.as_str())?;
                    super::template::fit::accepts(&column.kind, cell).is_ok().then(|| (column.id.clone(), cell.clone()))
                })
                .collect();
            rows.push(Row { id: row_id(), cells });
        }
    }
    Offer { answer: Answer::Rows(rows), provenance: known.contracts.iter().map(of_contract).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpia::template::field::{Column, Required, Sensitivity, TableOf};
    use jiff::civil::date;

    fn field(kind: FieldKind, prefill: &str) -> Field {
        Field {
            id: "f".into(),
            label: "F".into(),
            hint: None,
            guidance: vec![],
            local_guidance: vec![],
            sources: vec![],
            kind,
            when: None,
            required: Required::Never,
            local_required: vec![],
            sensitivity: Sensitivity::Internal,
            prefill: Some(prefill.parse().unwrap()),
            signed: true,
            only_for: None,
        }
    }

    fn known() -> Known {
        let (system, supplier) = (SystemId(Uuid::from_u128(1)), SupplierId(Uuid::from_u128(2)));
        Known {
            title: "Damp sensors".into(),
            purpose: String::new(),
            systems: vec![KnownSystem {
                id: system,
                name: "Homes".into(),
                hosting: Some(Hosting::SupplierCloud),
                data_access: None,
                updated_at: 5,
            }],
            contracts: vec![
                KnownContract {
                    id: ContractId(Uuid::from_u128(3)),
                    title: "Housing system".into(),
                    reference: Some("C1".into()),
                    suppliers: vec![(supplier, "Example Ltd".into())],
                    systems: vec![system],
                    ends: Some(date(2028, 3, 31)),
                    updated_at: 6,
                },
                KnownContract {
                    id: ContractId(Uuid::from_u128(4)),
                    title: "Support".into(),
                    reference: None,
                    suppliers: vec![(supplier, "Example Ltd".into())],
                    systems: vec![],
                    ends: Some(date(2027, 3, 31)),
                    updated_at: 7,
                },
            ],
            screened: [("transfers".to_owned(), Ternary::Unsure)].into_iter().collect(),
            ..Known::default()
        }
    }

    fn made(kind: FieldKind, prefill: &str) -> Option<Offer> {
        let mut next = 100;
        offer(&field(kind, prefill), &known(), &mut || {
            next += 1;
            RowId(Uuid::from_u128(next))
        })
    }

    #[test]
    fn each_offer_says_where_it_comes_from() {
        let text = || FieldKind::Text { long: false, max: 100 };
        assert_eq!(made(text(), "project.title").unwrap().provenance, [Provenance::Project]);
        let hosting = made(text(), "register.hosting").unwrap();
        assert_eq!(hosting.answer, Answer::Text("Supplier's cloud".into()));
        assert!(matches!(&hosting.provenance[..], [Provenance::System { updated_at: 5, .. }]));
        let ends = made(FieldKind::Date, "register.contract-end").unwrap();
        assert_eq!(ends.answer, Answer::Date(date(2027, 3, 31)));
        assert!(matches!(&ends.provenance[..], [Provenance::Contract { title, .. }] if title == "Support"));
        let asked = made(FieldKind::Ternary, "screening.transfers").unwrap();
        assert_eq!(asked.answer, Answer::Ternary(Ternary::Unsure));
        let Answer::Suppliers(suppliers) = made(FieldKind::Suppliers, "register.suppliers").unwrap().answer else { panic!() };
        assert_eq!(suppliers.len(), 1);
    }

    #[test]
    fn nothing_known_is_no_offer_and_what_does_not_fit_is_none() {
        let text = |max| FieldKind::Text { long: true, max };
        assert_eq!(made(text(100), "project.purpose"), None);
        assert_eq!(made(text(3), "project.title"), None);
        assert_eq!(made(text(100), "register.data-access"), None);
        assert_eq!(made(FieldKind::Ternary, "screening.unheard-of"), None);
    }

    #[test]
    fn processors_fill_the_columns_that_the_table_has() {
        let column = |id: &str, kind| Column { id: id.into(), label: id.into(), hint: None, kind, required: false };
        let kind = FieldKind::Rows {
            of: TableOf::Other,
            columns: vec![
                column("supplier", FieldKind::Suppliers),
                column("ends", FieldKind::Date),
                column("other", FieldKind::Date),
            ],
        };
        let Answer::Rows(rows) = made(kind, "register.processors").unwrap().answer else { panic!() };
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].cells.keys().collect::<Vec<_>>(), ["ends", "supplier"]);
        assert_ne!(rows[0].id, rows[1].id);
    }

    #[test]
    fn names_read_back_as_they_are_spelt() {
        for name in Prefill::names() {
            assert_eq!(name.parse::<Prefill>().unwrap().to_string(), name);
        }
        assert_eq!("screening.health".parse::<Prefill>().unwrap().to_string(), "screening.health");
        assert!("system.colour".parse::<Prefill>().is_err());
    }
}
