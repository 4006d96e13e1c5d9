//! The contract that counts, as columns beside another record: what pages of systems show of it.

use crate::api::v1::{answer::word, files::joined};
use api_json::contract::Item;
use documents::export::{Cell, Kind};

/// Its columns: those of the list of contracts, named as the contract's, so that nobody takes a contract's end for a system's.
pub const BESIDE: [(&str, Kind); 20] = [
    ("contract", Kind::Text),
    ("contract_reference", Kind::Text),
    ("contract_title", Kind::Text),
    ("contract_suppliers", Kind::Text),
    ("contract_supplier_state", Kind::Text),
    ("contract_term", Kind::Text),
    ("contract_status", Kind::Text),
    ("contract_end", Kind::Date),
    ("contract_last_possible_end", Kind::Date),
    ("contract_decision_date", Kind::Date),
    ("contract_decision_kind", Kind::Text),
    ("contract_decision_state", Kind::Text),
    ("contract_decision_at_latest", Kind::Boolean),
    ("contract_missed_date", Kind::Date),
    ("contract_missed_kind", Kind::Text),
    ("contract_value_amount", Kind::Money),
    ("contract_value_currency", Kind::Text),
    ("contract_value_basis", Kind::Text),
    ("contract_value_vat", Kind::Text),
    ("contract_value_withheld", Kind::Text),
];

/// Its cells; empty ones where no contract is recorded.
#[must_use]
pub fn beside(contract: Option<Item<'_>>) -> Vec<Cell<'_>> {
    let Some(item) = contract else { return BESIDE.iter().map(|_| Cell::Empty).collect() };
    let (amount, currency, basis, vat) = match item.value {
        Some(value) => (Cell::Decimal(value.amount.into()), Cell::from(value.currency), word(&value.basis), word(&value.vat)),
        None => (Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty),
    };
    vec![
        Cell::Text(item.id.to_string().into()),
        item.reference.into(),
        item.title.into(),
        joined(item.suppliers.iter().map(|one| one.name.into())),
        word(&item.supplier_state),
        item.term.into(),
        item.status.into(),
        item.end.into(),
        item.last_possible_end.into(),
        item.decision_date.into(),
        item.decision_kind.into(),
        item.decision_state.into(),
        Cell::Boolean(item.decision_at_latest),
        item.missed_date.into(),
        item.missed_kind.into(),
        amount,
        currency,
        basis,
        vat,
        item.value_withheld.into(),
    ]
}
