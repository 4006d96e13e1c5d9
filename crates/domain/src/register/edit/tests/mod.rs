//! Edits, moves, undo: what two people write stays, what cannot be is refused, and nothing is lost on the way.

mod forms;
mod merging;
mod moving;
mod putting_back;
mod undoing;

use crate::register::{
    ids::*,
    money::{Basis, Money, Value},
    records::*,
    terms::*,
};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use uuid::Uuid;

pub(crate) fn bare(id: u128) -> Contract {
    Contract {
        key: format!("camden|register|{id}"),
        title: "Housing management system".to_owned(),
        term: Term { kind: TermKind::Fixed, start: Some(date(2024, 4, 1)), end: Some(date(2027, 3, 31)), ..Term::default() },
        origin: Origin { source: "register".to_owned(), ..Origin::default() },
        updated_at: 1,
        ..Contract::blank(ContractId(Uuid::from_u128(id)), OrganisationId(Uuid::from_u128(1)))
    }
}

/// Days that a form takes.
fn days() -> impl Strategy<Value = Date> {
    (1990i16..2100, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| date(year, month, day))
}

fn periods() -> impl Strategy<Value = Period> {
    (0u16..=24, 0u16..=90).prop_map(|(months, days)| Period { months, days })
}

fn extensions() -> impl Strategy<Value = Vec<Extension>> {
    let one = (1u16..=60, any::<bool>(), any::<bool>(), proptest::option::of(periods()));
    (proptest::collection::vec(one, 0..4), 0usize..4).prop_map(|(all, used)| {
        all.into_iter()
            .enumerate()
            .map(|(place, (months, whole, agreed, notice))| Extension {
                months,
                kind: if whole { ExtensionKind::Whole } else { ExtensionKind::UpTo },
                by: if agreed { ExtensionBy::Agreement } else { ExtensionBy::BuyerOption },
                notice,
                used: place < used,
            })
            .collect()
    })
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::NotKnown),
        Just(Value::Withheld { reason: "commercial interest, s.43".to_owned() }),
        (0i64..1_000_000_000).prop_map(|pence| Value::Known(Money::pounds(pence, Basis::Annual))),
    ]
}

/// Contracts as people could have written them.
fn contracts() -> impl Strategy<Value = Contract> {
    let words = || proptest::option::of("[A-Za-z][A-Za-z0-9 ,.()-]{0,30}[A-Za-z0-9]");
    let dates = (proptest::option::of(days()), proptest::option::of(days()), proptest::option::of(days()));
    let term = (0usize..4, dates, extensions(), proptest::option::of(periods()), proptest::option::of(any::<bool>()));
    ((words(), words(), words(), words()), term, values(), any::<bool>(), proptest::collection::vec(2u128..6, 0..3)).prop_map(
        |(
            (reference, description, owning, note),
            (kind, (start, end, review), extensions, notice, in_use),
            value,
            published,
            suppliers,
        )| {
            let mut contract = bare(100);
            contract.reference = reference;
            contract.description = description;
            contract.owning_service = owning;
            contract.note = note;
            let kind = super::contract::KINDS[kind].1;
            contract.term = Term { kind, start, end, extensions, breaks: Vec::new(), notice, review, in_use, terminated: None };
            contract.value = value;
            contract.published = published;
            let mut suppliers: Vec<SupplierId> = suppliers.into_iter().map(|id| SupplierId(Uuid::from_u128(id))).collect();
            suppliers.dedup();
            suppliers.sort_unstable();
            suppliers.dedup();
            contract.supplier_state = if suppliers.is_empty() { SupplierState::NotKnown } else { SupplierState::Known };
            contract.suppliers = suppliers;
            contract
        },
    )
}
