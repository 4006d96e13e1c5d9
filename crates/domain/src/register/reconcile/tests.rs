use super::*;
use crate::register::{
    edit::tests::bare,
    ids::SupplierId,
    money::Money,
    records::SupplierState,
    terms::{Extension, TermKind},
};
use jiff::civil::date;
use uuid::Uuid;

const TODAY: Date = date(2026, 11, 25);

fn supplied(id: u128, title: &str, supplier: u128) -> Contract {
    let mut contract = bare(id);
    contract.title = title.to_owned();
    contract.suppliers = vec![SupplierId(Uuid::from_u128(supplier))];
    contract.supplier_state = SupplierState::Known;
    contract
}

fn notice(id: u128, title: &str, supplier: u128) -> Contract {
    let mut contract = supplied(id, title, supplier);
    contract.origin.source = "ocds-b5fd17".to_owned();
    contract.origin.ocid = Some(format!("ocds-b5fd17-{id}"));
    contract
}

#[test]
fn a_notice_is_matched_by_supplier_and_title_with_its_reasons() {
    let own = supplied(1, "Housing management system", 7);
    let same = notice(11, "Provision of a Housing Management System", 7);
    let other = notice(12, "Street lighting maintenance", 7);
    let found = reconcile(&[own.clone(), same.clone(), other.clone()], TODAY);
    assert_eq!(found.pairs.len(), 1);
    assert_eq!((found.pairs[0].own, found.pairs[0].notice), (own.id, same.id));
    assert!(found.pairs[0].likeness.reasons.contains(&Reason::SameSupplier));
    assert!(found.pairs[0].conflicts.is_empty() && !found.pairs[0].confirmed);
    assert_eq!(found.missing_from_register, [other.id]);
    assert!(found.missing_notice.is_empty());
}

#[test]
fn the_same_supplier_and_the_same_financial_year_are_not_enough() {
    let own = supplied(1, "Housing management system", 7);
    let found = reconcile(&[own.clone(), notice(11, "Leisure centre booking", 7)], TODAY);
    assert!(found.pairs.is_empty());
    assert_eq!(found.missing_notice, [own.id]);
}

#[test]
fn no_contract_lacks_a_notice_before_any_notice_was_read() {
    let own = supplied(1, "Housing management system", 7);
    assert_eq!(reconcile(std::slice::from_ref(&own), TODAY).open(), 0);
    let found = reconcile(&[own.clone(), notice(11, "Leisure centre booking", 7)], TODAY);
    assert_eq!(found.missing_notice, [own.id]);
}

#[test]
fn each_record_has_one_notice_and_the_most_alike_wins() {
    let (one, two) = (supplied(1, "Housing management system", 7), supplied(2, "Housing repairs system", 7));
    let (a, b) = (notice(11, "Housing repairs system", 7), notice(12, "Housing management system", 7));
    let found = reconcile(&[one.clone(), two.clone(), a.clone(), b.clone()], TODAY);
    let pairs: Vec<_> = found.pairs.iter().map(|pair| (pair.own, pair.notice)).collect();
    assert_eq!(pairs, [(one.id, b.id), (two.id, a.id)]);
}

#[test]
fn dates_and_values_in_conflict_are_named_and_either_side_can_be_taken() {
    let mut own = supplied(1, "Housing management system", 7);
    own.term.start = None;
    own.value = Value::Known(Money::pounds(10_000_000, Basis::Annual));
    let mut said = notice(11, "Housing management system", 7);
    said.term.end = Some(date(2028, 3, 31));
    said.value = Value::Known(Money::pounds(40_000_000, Basis::WholeLife));
    let found = reconcile(&[own.clone(), said.clone()], TODAY);
    // A year's sum and a whole life's are never set against each other.
    let conflicts = [Conflict { fact: Fact::Start, fills: true }, Conflict { fact: Fact::End, fills: false }];
    assert_eq!(found.pairs[0].conflicts, conflicts);

    let taken = take_from_notice(&own, &said, Fact::End).unwrap();
    assert_eq!(taken.term.end, said.term.end);
    assert_eq!(taken.origin.fields.get("end").map(String::as_str), Some("notice:ocds-b5fd17-11"));
    assert!(take_from_notice(&taken, &said, Fact::End).is_err());

    let kept = keep_own(&own, &said, Fact::End);
    assert_eq!(kept.term.end, own.term.end);
    assert_eq!(super::conflicts(&kept, &said), [Conflict { fact: Fact::Start, fills: true }]);
    // Once the notice says something else, it is asked again.
    said.term.end = Some(date(2029, 3, 31));
    assert_eq!(super::conflicts(&kept, &said).len(), 2);
}

#[test]
fn an_extension_that_was_taken_up_is_no_conflict_with_the_notice_of_the_award() {
    let mut own = supplied(1, "Housing management system", 7);
    own.term.extensions = vec![Extension { months: 12, used: true, ..Extension::default() }];
    own.term.end = Some(date(2028, 3, 31));
    assert!(conflicts(&own, &notice(11, "Housing management system", 7)).is_empty());
}

#[test]
fn once_said_to_be_the_same_the_notice_stands_behind_the_record_and_is_not_counted() {
    let (own, said) = (supplied(1, "Housing management system", 7), notice(11, "Housing management system", 7));
    let (own, behind) = same(&own, &said);
    assert!(!behind.is_listed() && own.is_listed());
    assert_eq!(own.origin.ocid, said.origin.ocid);
    let found = reconcile(&[own.clone(), behind.clone()], TODAY);
    assert_eq!((found.open(), found.agreed), (0, 1));
    // A later notice that says something else is shown, however unlike its title has become.
    let mut later = behind;
    later.title = "Something quite different".to_owned();
    later.term.end = Some(date(2030, 3, 31));
    assert_eq!(reconcile(&[own, later], TODAY).pairs.len(), 1);
}

#[test]
fn what_was_set_aside_is_not_asked_again() {
    let (own, said) = (supplied(1, "Housing management system", 7), notice(11, "Housing management system", 7));
    let apart = different(&own, &said);
    let found = reconcile(&[apart.clone(), said.clone()], TODAY);
    assert_eq!((found.pairs.len(), found.missing_from_register.len(), found.missing_notice.len()), (0, 1, 1));
    let found = reconcile(&[not_expected(&apart), not_expected(&said)], TODAY);
    assert_eq!(found.open(), 0);
    assert_eq!(reconcile(&[adopt(&said, TODAY)], TODAY).open(), 0);
}

#[test]
fn contracts_that_are_over_need_no_notice() {
    let mut over = supplied(1, "Housing management system", 7);
    over.term.kind = TermKind::Fixed;
    over.term.end = Some(date(2020, 1, 1));
    assert_eq!(reconcile(&[over], TODAY).open(), 0);
}
