use super::*;
use crate::register::{
    ids::{ContractId, FunctionId, OrganisationId, ProductId, SupplierId, SystemId},
    money::{Basis, Money},
    terms::{Period, Term},
};
use jiff::civil::date;
use uuid::Uuid;

const AS_AT: Date = date(2019, 12, 3);

fn bare() -> Contract {
    let blank = Contract::blank(ContractId(Uuid::from_u128(1)), OrganisationId(Uuid::from_u128(2)));
    Contract { title: "Housing management".to_owned(), ..blank }
}

fn full() -> Contract {
    Contract {
        suppliers: vec![SupplierId(Uuid::from_u128(3))],
        supplier_state: SupplierState::Known,
        products: vec![ProductId(Uuid::from_u128(4))],
        functions: vec![FunctionId(Uuid::from_u128(5))],
        systems: vec![SystemId(Uuid::from_u128(6))],
        owning_service: Some("Housing".to_owned()),
        term: Term {
            kind: TermKind::Fixed,
            start: Some(date(2017, 1, 1)),
            end: Some(date(2020, 12, 31)),
            notice: Some(Period::months(6)),
            ..Term::default()
        },
        value: Value::Known(Money::pounds(100, Basis::Annual)),
        confirmed: Some(date(2019, 6, 1)),
        ..bare()
    }
}

fn score(contracts: &[Contract]) -> Score {
    let mut tally = Tally::default();
    contracts.iter().for_each(|contract| tally.add(Gaps::of_contract(contract, true, AS_AT)));
    tally.score()
}

#[test]
fn weights_of_each_record_add_up_to_a_hundred() {
    let sum = |systems: bool| -> u32 { Fix::ALL.into_iter().filter(|fix| fix.of_systems() == systems).map(Fix::weight).sum() };
    assert_eq!((sum(false), sum(true)), (100, 100));
}

#[test]
fn a_full_and_fresh_record_scores_a_hundred_and_asks_for_nothing() {
    let score = score(&[full()]);
    assert_eq!(score.points, Some(100));
    assert!(score.fixes.is_empty());
}

#[test]
fn a_bare_record_scores_nothing_and_no_record_has_no_score() {
    assert_eq!(score(&[bare()]).points, Some(0));
    assert_eq!(score(&[]).points, None);
}

#[test]
fn the_five_fixes_are_those_that_raise_the_score_most_and_their_gain_is_what_fixing_brings() {
    let mut half = full();
    half.confirmed = None;
    half.term.end = None;
    let before = score(&[full(), half.clone()]);
    let fixes: Vec<_> = before.fixes.iter().map(|gain| (gain.fix, gain.records, gain.gain_tenths)).collect();
    assert_eq!(fixes, [(Fix::Confirmed, 1, 250), (Fix::End, 1, 50)]);
    half.confirmed = Some(AS_AT);
    let after = score(&[full(), half]);
    assert_eq!(after.points.zip(before.points).map(|(a, b)| a - b), Some(25));
    assert_eq!(score(&[bare()]).fixes.len(), 5);
}

#[test]
fn a_withheld_value_counts_as_stated_only_with_its_reason_and_a_withheld_supplier_needs_no_number() {
    let mut contract = full();
    contract.value = Value::Withheld { reason: " ".to_owned() };
    assert!(Gaps::of_contract(&contract, true, AS_AT).has(Fix::Value));
    contract.value = Value::Withheld { reason: "commercial interest".to_owned() };
    assert!(!Gaps::of_contract(&contract, true, AS_AT).has(Fix::Value));
    contract.suppliers.clear();
    contract.supplier_state = SupplierState::Withheld;
    let gaps = Gaps::of_contract(&contract, true, AS_AT);
    assert!(!gaps.has(Fix::Supplier) && !gaps.has(Fix::CompanyNumber));
    assert!(Gaps::of_contract(&full(), false, AS_AT).has(Fix::CompanyNumber));
}

#[test]
fn a_confirmation_counts_for_a_year_and_a_rolling_contract_needs_no_end() {
    let mut contract = full();
    contract.confirmed = Some(date(2018, 12, 3));
    contract.term.kind = TermKind::Rolling;
    contract.term.end = None;
    assert_eq!(Gaps::of_contract(&contract, true, AS_AT), Gaps::default());
    contract.confirmed = Some(date(2018, 12, 2));
    assert!(Gaps::of_contract(&contract, true, AS_AT).has(Fix::Confirmed));
}

#[test]
fn every_fix_has_a_name_of_its_own_and_its_bit_is_its_place() {
    for (place, fix) in Fix::ALL.into_iter().enumerate() {
        assert_eq!(Fix::parse(fix.as_str()), Some(fix));
        assert_eq!(fix as usize, place);
    }
}
