//! A row of the survey of systems as a draft, or why it is rejected.

use super::cells::{self, Stated};
use super::contracts;
use super::draft::{Rejection, SystemDraft, Warning};
use super::mapping::{Field, Mapping};
use super::rows::{Orders, RowCells};
use crate::register::names::{fold, placeholder, tidy};
use crate::register::records::{Hosting, SubProcessor, sub_processor};

/// Reads a row of the survey: organisation, function and product are needed, the rest is optional. The row carries a
/// contract too where any column of one says something.
///
/// # Errors
/// Where function or product is missing, or a day cannot be read because the column's order is mixed.
pub fn read(
    row: u64,
    cells: &[&str],
    mapping: &Mapping,
    orders: &Orders,
    warnings: &mut Vec<Warning>,
) -> Result<SystemDraft, Rejection> {
    let mut cells = RowCells::new(row, cells, mapping, orders, warnings);
    let functions = contracts::list(cells.get(Field::Function));
    if functions.is_empty() {
        return Err(Rejection::new(row, "function", "the row does not say what the system is for"));
    }
    let product = tidy(cells.get(Field::Product)).into_owned();
    if placeholder::is_not_known(&product) {
        return Err(Rejection::new(row, "product", "the row names no product"));
    }
    let contract = if has_contract(&cells) {
        let mut contract = contracts::contract(&mut cells)?;
        contract.products = vec![product.clone()];
        contract.functions.clone_from(&functions);
        contract.in_use = Stated::Is(true);
        Some(Box::new(contract))
    } else {
        None
    };
    Ok(SystemDraft {
        organisation: contracts::organisation(&cells),
        service_area: cells.text(Field::ServiceArea).value().cloned(),
        functions,
        product,
        manufacturer: cells.text(Field::Manufacturer).value().cloned(),
        users: cells.read(Field::Users, cells::count, "a whole number"),
        hosting: cells.read(Field::Hosting, hosting, "a kind of hosting that is known"),
        satisfaction: cells.read(Field::Satisfaction, satisfaction, "a score from 1 to 5"),
        data_access: cells.text(Field::DataAccess),
        sub_processors: cells.read(Field::SubProcessors, sub_processors, "a list of at most 40 names"),
        contract,
    })
}

/// Whether any column that only a contract has says something.
fn has_contract(cells: &RowCells<'_>) -> bool {
    const FIELDS: &[Field] = &[
        Field::Supplier,
        Field::Reference,
        Field::Title,
        Field::Start,
        Field::End,
        Field::LastPossibleEnd,
        Field::Extension,
        Field::Notice,
        Field::AnnualValue,
        Field::Value,
        Field::EstimatedValue,
        Field::Framework,
        Field::Break,
    ];
    FIELDS.iter().any(|field| !cells.get(*field).is_empty())
}

/// Sub-processors, as [`sub_processor::read_cell`] has them.
fn sub_processors(text: &str) -> Option<Vec<SubProcessor>> {
    let read = sub_processor::read_cell(text);
    (!read.is_empty() && read.len() <= sub_processor::MOST).then_some(read)
}

/// Where a system runs, in the words that surveys use.
#[must_use]
pub fn hosting(text: &str) -> Option<Hosting> {
    let folded = fold(text);
    let has = |words: &[&str]| words.iter().any(|word| folded.contains(word));
    if has(&["shared service", "another council", "partner council", "hosted by another"]) {
        Some(Hosting::SharedService)
    } else if has(&[
        "public cloud",
        "azure",
        "aws",
        "own cloud",
        "council cloud",
        "private cloud",
        "iaas",
        "paas",
        "google cloud",
    ]) {
        Some(Hosting::PublicCloud)
    } else if has(&[
        "own data",
        "on prem",
        "onprem",
        "in house",
        "inhouse",
        "local server",
        "own server",
        "council data cent",
        "internal",
    ]) {
        Some(Hosting::OwnDataCentre)
    } else if has(&["supplier", "vendor", "saas", "cloud", "hosted", "software as a service", "external", "provider"]) {
        Some(Hosting::SupplierCloud)
    } else {
        None
    }
}

/// A score from 1 to 5: '4', '4.0', '4/5', 'very happy', 'satisfied'.
#[must_use]
pub fn satisfaction(text: &str) -> Option<u8> {
    let text = text.trim();
    let number = text.strip_suffix("/5").or_else(|| text.strip_suffix(" out of 5")).unwrap_or(text);
    let number = number.trim().strip_suffix(".0").unwrap_or(number.trim());
    if let Ok(score) = number.parse::<u8>() {
        return (1..=5).contains(&score).then_some(score);
    }
    match fold(text).as_str() {
        "very happy" | "very satisfied" | "excellent" | "very good" => Some(5),
        "happy" | "satisfied" | "good" => Some(4),
        "neutral" | "neither" | "ok" | "okay" | "average" | "neither satisfied nor dissatisfied" => Some(3),
        "unhappy" | "dissatisfied" | "poor" => Some(2),
        "very unhappy" | "very dissatisfied" | "very poor" => Some(1),
        _ => None,
    }
}
