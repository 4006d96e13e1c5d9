//! The suppliers of a row: none and why, one, or several of a joint contract, with their numbers.

use super::super::{
    cells::{self, shown},
    draft::SupplierDraft,
    mapping::Field,
    rows::RowCells,
};
use crate::register::{
    names::{self, numbers, placeholder},
    records::{Identifier, SupplierState},
};

/// The suppliers of a row; none, and why.
pub(super) fn read(cells: &mut RowCells<'_>) -> (Vec<SupplierDraft>, SupplierState) {
    let cell = cells.get(Field::Supplier);
    if let Some(state) = placeholder::supplier_state(cell) {
        if !cell.is_empty() && (!placeholder::is_not_known(cell) || placeholder::is_crossed_out(cell)) {
            let said = if state == SupplierState::Withheld { "withheld" } else { "not known" };
            cells.warn(Field::Supplier, format!("‘{}’ names no supplier; it is taken as {said}", shown(cell)));
        }
        return (Vec::new(), state);
    }
    let parts = apart(cell);
    let mut drafts = Vec::with_capacity(parts.len());
    for part in &parts {
        let read = names::supplier_name(part);
        if read.note_taken_off {
            cells.warn(Field::Supplier, format!("‘Do Not Attach’ was taken off ‘{}’", shown(part)));
        }
        drafts.push(SupplierDraft { name: read.name, ..SupplierDraft::default() });
    }
    match drafts.as_mut_slice() {
        [one] => {
            one.identifiers = identifiers(cells);
            one.sme = cells.read(Field::Sme, cells::boolean, "yes or no").value().copied();
            one.vcse = cells.read(Field::Vcse, cells::boolean, "yes or no").value().copied();
        }
        several => numbered(cells, several),
    }
    (drafts, SupplierState::Known)
}

/// The names of a cell: apart by semicolons, and by lines where each line ends as a company's name does; else a line end is where a
/// name was wrapped.
fn apart(cell: &str) -> Vec<&str> {
    let mut names = Vec::new();
    // '&amp;' of a web page is no list.
    let is_entity = |part: &str| {
        let name = part.rsplit_once('&').map_or("", |(_, name)| name);
        (2..=6).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'#')
    };
    let whole = cell.contains(';') && cell.split(';').any(is_entity);
    for part in cell.split(|c| c == ';' && !whole) {
        let lines: Vec<&str> = part.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        if lines.len() > 1 && lines.iter().all(|line| names::has_legal_form(line)) {
            names.extend(lines);
        } else {
            names.push(part.trim());
        }
    }
    names.retain(|name| placeholder::supplier_state(name).is_none());
    names.dedup();
    // A cell of marks alone is told of as whatever it is.
    if names.is_empty() { vec![cell] } else { names }
}

/// The numbers of the one supplier.
fn identifiers(cells: &mut RowCells<'_>) -> Vec<Identifier> {
    let mut identifiers: Vec<Identifier> = company(cells, cells.get(Field::CompanyNumber)).into_iter().collect();
    let charity = cells.get(Field::CharityNumber);
    if !charity.is_empty() {
        match numbers::charity(charity) {
            Ok(id) => identifiers.push(id),
            Err(numbers::BadNumber::Missing) => {}
            Err(why) => cells.warn(Field::CharityNumber, format!("‘{}’ is left out: {why}", shown(charity))),
        }
    }
    let other = cells.get(Field::OtherSupplierId);
    if !other.is_empty() && !placeholder::is_not_known(other) {
        match numbers::prefixed(other) {
            Some(id) if identifiers.contains(&id) => {}
            Some(id) => identifiers.push(id),
            None => cells.warn(Field::OtherSupplierId, format!("‘{}’ is left out: it names no scheme", shown(other))),
        }
    }
    identifiers
}

fn company(cells: &mut RowCells<'_>, number: &str) -> Option<Identifier> {
    if number.is_empty() {
        return None;
    }
    match numbers::company_number(number) {
        Ok(id) => Some(Identifier { scheme: "GB-COH".to_owned(), id }),
        Err(numbers::BadNumber::Missing) => None,
        Err(_) if numbers::prefixed(number).is_some() => numbers::prefixed(number),
        Err(why) => {
            cells.warn(Field::CompanyNumber, format!("‘{}’ is left out: {why}", shown(number)));
            None
        }
    }
}

/// Several suppliers: as many company numbers are theirs, in their order. What is said once is said of nobody in particular.
fn numbered(cells: &mut RowCells<'_>, suppliers: &mut [SupplierDraft]) {
    let cell = cells.get(Field::CompanyNumber);
    let given: Vec<&str> = cell.split([';', '\n']).map(str::trim).filter(|number| !number.is_empty()).collect();
    if given.len() == suppliers.len() {
        for (supplier, number) in suppliers.iter_mut().zip(given) {
            supplier.identifiers.extend(company(cells, number));
        }
    }
    let unclear = [Field::CompanyNumber, Field::CharityNumber, Field::OtherSupplierId, Field::Sme, Field::Vcse];
    for field in unclear {
        let cell = cells.get(field);
        let taken = field == Field::CompanyNumber && suppliers.iter().any(|one| !one.identifiers.is_empty());
        if !(taken || cell.is_empty() || placeholder::is_not_known(cell)) {
            let message = format!(
                "‘{}’ is left out: the row names {} suppliers, and it does not say whose it is",
                shown(cell),
                suppliers.len()
            );
            cells.warn(field, message);
        }
    }
}
