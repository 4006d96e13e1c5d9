//! Records of one organisation that are perhaps the same one: shown before a new one is made, never merged by themselves.

use crate::register::{
    ids::{ContractId, SupplierId},
    names::fold,
    records::{Contract, Skill, System},
};
use serde::Serialize;

/// From this Jaro-Winkler likeness of titles on, two contracts with one supplier are worth a person's look.
const ALIKE: f64 = 0.90;

/// Why two contracts are perhaps the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// They carry the same reference.
    SameReference,
    /// They have the same title, and not two different suppliers.
    SameTitle,
    /// One supplier, and titles that are alike.
    AlikeFromOneSupplier,
}

/// A contract that is perhaps the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Duplicate {
    /// It.
    pub id: ContractId,
    /// Its title.
    pub title: String,
    /// Why.
    pub why: Why,
}

/// The contracts of the same organisation that are perhaps the same as this one, surest first.
#[must_use]
pub fn duplicates<'a>(contract: &Contract, others: impl IntoIterator<Item = &'a Contract>) -> Vec<Duplicate> {
    let reference = contract.reference.as_deref().map(fold).filter(|text| !text.is_empty());
    let title = fold(&contract.title);
    let mut found: Vec<(u8, Duplicate)> = Vec::new();
    for other in others {
        let apart = other.organisation != contract.organisation || other.id == contract.id;
        if apart || other.notice_of == Some(contract.id) || contract.notice_of == Some(other.id) {
            continue;
        }
        let other_title = fold(&other.title);
        let shared = shares(&contract.suppliers, &other.suppliers);
        let unknown = contract.suppliers.is_empty() || other.suppliers.is_empty();
        let why = if reference.is_some() && other.reference.as_deref().map(fold) == reference {
            (0, Why::SameReference)
        } else if title == other_title && (shared || unknown) {
            (1, Why::SameTitle)
        } else if shared && !differ_in_a_number(&title, &other_title) && strsim::jaro_winkler(&title, &other_title) >= ALIKE {
            (2, Why::AlikeFromOneSupplier)
        } else {
            continue;
        };
        found.push((why.0, Duplicate { id: other.id, title: other.title.clone(), why: why.1 }));
    }
    found.sort_by_key(|a| (a.0, a.1.id));
    found.into_iter().map(|(_, duplicate)| duplicate).collect()
}

/// The systems of the same organisation with the same product: a second row for one product is perhaps another function of it.
#[must_use]
pub fn same_product<'a>(system: &System, others: &'a [System]) -> Vec<&'a System> {
    let same =
        |other: &&System| other.id != system.id && other.organisation == system.organisation && other.product == system.product;
    others.iter().filter(same).collect()
}

/// The skills of the same organisation that are called the same, whatever their level.
#[must_use]
pub fn same_skill<'a>(skill: &Skill, others: &'a [Skill]) -> Vec<&'a Skill> {
    let name = fold(&skill.name);
    let same = |other: &&Skill| {
        other.id != skill.id && other.organisation == skill.organisation && fold(&other.name) == name && !name.is_empty()
    };
    others.iter().filter(same).collect()
}

pub(crate) fn shares(one: &[SupplierId], other: &[SupplierId]) -> bool {
    one.iter().any(|id| other.contains(id))
}

/// 'Lot 1' and 'Lot 2' are alike in letters and differ in what counts.
fn differ_in_a_number(one: &str, other: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    digits(one) != digits(other)
}
