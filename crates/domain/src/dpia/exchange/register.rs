//! What of the register a document names, told so that it can be found again in another installation: by its own id, by an
//! identifier (a company number, a contracting process), else by its name where exactly one record has it. What is not found
//! keeps its name as text; nothing is guessed.

use super::Bundle;
use crate::{
    dpia::answer::{Answer, Reference},
    register::{
        names::{fold, supplier as normal},
        records::Identifier,
    },
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What a record of the register is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A system in use.
    System,
    /// A supplier.
    Supplier,
    /// A contract.
    Contract,
    /// A planned procurement.
    PlannedProcurement,
}

/// A record of the register as a document names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// What it is.
    pub kind: Kind,
    /// Its id, where the document was made.
    pub id: Uuid,
    /// Its name: of a system, that of its product; of a contract, its title.
    pub name: String,
    /// The short name of the organisation whose it is; none for suppliers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// Its identifiers: company numbers of a supplier, the contracting process (scheme `ocid`) of a contract.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// The organisation's reference of a contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The short names of the functions of a system, which tell it from another of the same product.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub functions: Vec<String>,
    /// Whether the assessment as a whole is about it, and no answer alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub about: bool,
    /// What it was found to be where the document came in; none where it is kept as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Found>,
}

/// How a record was found again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The record's id here.
    pub here: Uuid,
    /// By what.
    pub by: By,
}

/// By what a record was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// It is the very record: the document came home.
    Id,
    /// By an identifier.
    Identifier,
    /// By the organisation's reference.
    Reference,
    /// By its name, which exactly one has.
    Name,
}

/// Finds a record among those that are here.
#[must_use]
pub fn find(wanted: &Registered, here: &[Registered]) -> Option<Found> {
    let found = |record: &Registered, by: By| Found { here: record.id, by };
    let same_kind = || here.iter().filter(|record| record.kind == wanted.kind);
    if let Some(record) = same_kind().find(|record| record.id == wanted.id) {
        return Some(found(record, By::Id));
    }
    let mut of_owner = same_kind().filter(|record| record.organisation == wanted.organisation);
    let identified: Vec<&Registered> = of_owner.clone().filter(|record| shares_identifier(record, wanted)).collect();
    if let [record] = identified[..] {
        return Some(found(record, By::Identifier));
    }
    if let Some(reference) = wanted.reference.as_deref().map(fold).filter(|text| !text.is_empty()) {
        let same = |record: &&Registered| record.reference.as_deref().map(fold).as_ref() == Some(&reference);
        let referred: Vec<&Registered> = of_owner.clone().filter(same).collect();
        match referred[..] {
            [] => {}
            [record] => return Some(found(record, By::Reference)),
            // Several under one reference: its title may tell them apart.
            ref several => {
                let named: Vec<&&Registered> = several.iter().filter(|record| fold(&record.name) == fold(&wanted.name)).collect();
                return if let [record] = named[..] { Some(found(record, By::Reference)) } else { None };
            }
        }
    }
    let name = |record: &Registered| if wanted.kind == Kind::Supplier { normal(&record.name) } else { fold(&record.name) };
    let sought = name(wanted);
    if sought.is_empty() {
        return None;
    }
    let named: Vec<&Registered> =
        of_owner.by_ref().filter(|record| name(record) == sought && !contradicts(record, wanted)).collect();
    let closer: Vec<&&Registered> = named.iter().filter(|record| same_set(&record.functions, &wanted.functions)).collect();
    match (named.as_slice(), closer.as_slice()) {
        ([record], _) => Some(found(record, By::Name)),
        (_, [record]) => Some(found(record, By::Name)),
        _ => None,
    }
}

fn shares_identifier(one: &Registered, other: &Registered) -> bool {
    one.identifiers.iter().any(|identifier| other.identifiers.contains(identifier))
}

/// Two that have numbers in the same scheme, and none in common, are two; and so are contracts with two references.
fn contradicts(one: &Registered, other: &Registered) -> bool {
    let schemes: BTreeSet<&str> = other.identifiers.iter().map(|identifier| identifier.scheme.as_str()).collect();
    let numbered = one.identifiers.iter().any(|identifier| schemes.contains(identifier.scheme.as_str()));
    let referred = one.reference.is_some() && other.reference.is_some();
    numbered && !shares_identifier(one, other) || referred
}

fn same_set(one: &[String], other: &[String]) -> bool {
    one.iter().collect::<BTreeSet<_>>() == other.iter().collect::<BTreeSet<_>>()
}

impl Bundle {
    /// The records of the register that the assessment and its answers, also those before, name by id: with the name that the
    /// answer gives, and whether the assessment as a whole is about it.
    #[must_use]
    pub fn names_of_register(&self) -> Vec<Registered> {
        let mut all: BTreeMap<(Kind, Uuid), Registered> = BTreeMap::new();
        let mut put = |kind: Kind, id: Uuid, name: &str, about: bool| {
            let one = all.entry((kind, id)).or_insert_with(|| Registered::of(kind, id, name));
            one.about |= about;
        };
        let assessment = &self.assessment;
        assessment.systems.iter().for_each(|id| put(Kind::System, id.0, "", true));
        assessment.contracts.iter().for_each(|id| put(Kind::Contract, id.0, "", true));
        assessment.planned.iter().for_each(|id| put(Kind::PlannedProcurement, id.0, "", true));
        for answer in self.fields.iter().chain(&self.history).filter_map(|field| field.answer.as_ref()) {
            each(answer, &mut |kind, reference| {
                if let (Some(kind), Some(id)) = (kind, reference.id) {
                    put(kind, id, &reference.name, false);
                }
            });
        }
        all.into_values().collect()
    }

    /// What is to be found again where the document comes in: what it tells of the records that it names, and what an earlier
    /// place did not find.
    #[must_use]
    pub fn wanted(&self) -> Vec<Registered> {
        let mut wanted: Vec<Registered> = self.register.clone();
        let unfound = self.register_elsewhere.iter().filter(|one| one.found.is_none()).cloned();
        for one in unfound.chain(self.names_of_register()) {
            if !wanted.iter().any(|known| (known.kind, known.id) == (one.kind, one.id)) {
                wanted.push(one);
            }
        }
        wanted
    }

    /// The organisations that answers name by id.
    pub(super) fn organisations_of_answers(&self) -> BTreeSet<Uuid> {
        let mut found = BTreeSet::new();
        for answer in self.fields.iter().chain(&self.history).filter_map(|field| field.answer.as_ref()) {
            each(answer, &mut |kind, reference| {
                if kind.is_none() {
                    found.extend(reference.id);
                }
            });
        }
        found
    }
}

impl Registered {
    /// A record of which only this is known.
    #[must_use]
    pub fn of(kind: Kind, id: Uuid, name: &str) -> Self {
        Self {
            kind,
            id,
            name: name.to_owned(),
            organisation: None,
            identifiers: Vec::new(),
            reference: None,
            functions: Vec::new(),
            about: false,
            found: None,
        }
    }
}

/// Everything that an answer names: records of the register by kind, organisations without one.
fn each(answer: &Answer, take: &mut dyn FnMut(Option<Kind>, &Reference)) {
    match answer {
        Answer::Systems(list) => list.iter().for_each(|one| take(Some(Kind::System), one)),
        Answer::Suppliers(list) => list.iter().for_each(|one| take(Some(Kind::Supplier), one)),
        Answer::Organisations(list) => list.iter().for_each(|one| take(None, one)),
        Answer::Rows(rows) => rows.iter().flat_map(|row| row.cells.values()).for_each(|cell| each(cell, take)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: Kind, id: u128, name: &str, owner: Option<&str>) -> Registered {
        Registered { organisation: owner.map(str::to_owned), ..Registered::of(kind, Uuid::from_u128(id), name) }
    }

    fn number(id: &str) -> Vec<Identifier> {
        vec![Identifier { scheme: "GB-COH".to_owned(), id: id.to_owned() }]
    }

    #[test]
    fn a_supplier_is_found_by_its_number_before_its_name_and_never_against_it() {
        let wanted = Registered { identifiers: number("01234567"), ..record(Kind::Supplier, 1, "Example Software Ltd", None) };
        let renamed = Registered { identifiers: number("01234567"), ..record(Kind::Supplier, 2, "Sample Software", None) };
        let namesake =
            Registered { identifiers: number("07654321"), ..record(Kind::Supplier, 3, "Example Software Limited", None) };
        let bare = record(Kind::Supplier, 4, "EXAMPLE SOFTWARE LIMITED", None);
        let by = |here: &[Registered]| find(&wanted, here).map(|found| (found.here.as_u128(), found.by));
        assert_eq!(by(&[namesake.clone(), bare.clone(), renamed]), Some((2, By::Identifier)));
        assert_eq!(by(&[namesake.clone(), bare.clone()]), Some((4, By::Name)));
        assert_eq!(by(std::slice::from_ref(&namesake)), None, "another number is another company");
        assert_eq!(by(&[bare.clone(), Registered { id: Uuid::from_u128(5), ..bare }]), None, "two of one name are no answer");
        assert_eq!(by(&[Registered { id: wanted.id, ..namesake }]), Some((1, By::Id)), "the document came home");
    }

    #[test]
    fn a_system_is_its_organisations_and_two_of_one_product_are_told_by_what_they_are_for() {
        let of = |id, owner, functions: &[&str]| Registered {
            functions: functions.iter().map(|one| (*one).to_owned()).collect(),
            ..record(Kind::System, id, "Example Homes", Some(owner))
        };
        let wanted = of(1, "camden", &["repairs"]);
        let by = |here: &[Registered]| find(&wanted, here).map(|found| found.here.as_u128());
        assert_eq!(by(&[of(2, "hackney", &["repairs"])]), None);
        assert_eq!(by(&[of(2, "hackney", &["repairs"]), of(3, "camden", &["rents"])]), Some(3));
        assert_eq!(by(&[of(3, "camden", &["rents"]), of(4, "camden", &["repairs"])]), Some(4));
        assert_eq!(by(&[of(3, "camden", &["rents"]), of(4, "camden", &["lettings"])]), None);
    }

    #[test]
    fn a_contract_is_found_by_process_reference_or_title_of_the_same_organisation() {
        let of = |id, title: &str, reference: Option<&str>, ocid: Option<&str>| Registered {
            reference: reference.map(str::to_owned),
            identifiers: ocid.map(|id| Identifier { scheme: "ocid".to_owned(), id: id.to_owned() }).into_iter().collect(),
            ..record(Kind::Contract, id, title, Some("camden"))
        };
        let wanted = of(1, "Housing system", Some("C-1"), Some("ocds-1"));
        let by = |here: &[Registered]| find(&wanted, here).map(|found| (found.here.as_u128(), found.by));
        assert_eq!(by(&[of(2, "x", Some("C-1"), None), of(3, "y", None, Some("ocds-1"))]), Some((3, By::Identifier)));
        assert_eq!(by(&[of(2, "x", Some("c-1"), None)]), Some((2, By::Reference)));
        assert_eq!(by(&[of(2, "x", Some("C-1"), None), of(3, "housing SYSTEM", Some("C-1"), None)]), Some((3, By::Reference)));
        assert_eq!(by(&[of(2, "Housing system", None, None)]), Some((2, By::Name)));
        assert_eq!(by(&[of(2, "Housing system", Some("C-2"), None)]), None, "another reference is another contract");
    }
}
