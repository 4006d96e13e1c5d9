//! A changed snapshot equals one built from the changed records.

use super::random::*;
use crate::register::snapshot::*;
use jiff::civil::date;
use proptest::prelude::*;

/// What a snapshot says, without row numbers and without the order in which things were fed.
fn said(snapshot: &Snapshot) -> Vec<String> {
    let mut said = vec![format!("{:?}", snapshot.figures())];
    for sort in Sort::ALL {
        let query = ContractQuery { sort, facets: Facet::ALL.to_vec(), limit: 1_000, ..Default::default() };
        let page = snapshot.contracts(&query);
        said.push(format!("{:?} {:?}", page.total, page.facets));
        for row in page.rows {
            let view = snapshot.contract(row);
            let names: Vec<_> = view.suppliers().map(|s| &s.record.name).collect();
            let areas: Vec<_> = view.areas().map(|a| &a.record.slug).collect();
            let (gaps, decision) = (view.gaps(), view.decision_date());
            let text = format!("{} {names:?} {:?}", view.title(), view.status());
            assert_eq!(written(snapshot, row), text, "what was kept is what would be written now");
            said.push(format!("{} {:?} {names:?} {areas:?} {gaps:?} {decision:?}", view.id(), view.title()));
        }
    }
    let mut entries: Vec<String> = snapshot.organisations().iter().map(|e| format!("{e:?}")).collect();
    entries.extend(snapshot.supplier_entries().iter().map(|e| format!("{e:?}")));
    entries.extend(snapshot.product_entries().iter().map(|e| format!("{e:?}")));
    entries.extend(snapshot.functions().iter().map(|e| format!("{e:?}")));
    entries.extend(snapshot.areas().iter().map(|e| format!("{} {} {}", e.record.slug, e.systems, e.contracts)));
    entries.extend(snapshot.system_entries().iter().map(|e| format!("{:?} {}", e.record, e.contracts.len())));
    entries.sort();
    said.extend(entries);
    for q in ["hous", "civica", "re", "tax"] {
        let filters = Filters { q: Some(q.to_owned()), ..Default::default() };
        said.push(snapshot.all_contracts(&filters, Sort::Title).map(|row| snapshot.contract(row).id().to_string()).collect());
    }
    said
}

/// A contract's text by way of the snapshot: made, or as it was kept.
fn written(snapshot: &Snapshot, row: ContractRow) -> String {
    let mut out = b"before ".to_vec();
    let made = snapshot.append_text(row, &mut out, |view, out| {
        let names: Vec<_> = view.suppliers().map(|s| &s.record.name).collect();
        out.extend(format!("{} {names:?} {:?}", view.title(), view.status()).bytes());
        Ok::<(), ()>(())
    });
    assert_eq!(made, Ok(()));
    String::from_utf8(out).unwrap().split_off("before ".len())
}

#[test]
fn a_text_that_cannot_be_made_is_not_kept() {
    let mut dice = Dice(1);
    let snapshot = Register::random(&mut dice, 3).build(AS_AT, 1);
    let row = snapshot.contracts(&ContractQuery { limit: 1, ..Default::default() }).rows[0];
    let mut out = Vec::new();
    let refused = snapshot.append_text(row, &mut out, |_, out| {
        out.push(b'?');
        Err("no")
    });
    assert_eq!(refused, Err("no"));
    assert!(written(&snapshot, row).contains(snapshot.contract(row).title()));
    let mut again = Vec::new();
    let kept: Result<(), ()> = snapshot.append_text(row, &mut again, |_, _| panic!("it is kept, so nobody is asked to make it"));
    assert_eq!(kept, Ok(()));
    assert_eq!(String::from_utf8(again).unwrap(), written(&snapshot, row));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn applying_changes_equals_building_anew(seed: u64, size in 0_usize..70) {
        let mut dice = Dice(seed);
        let mut register = Register::random(&mut dice, size);
        let before = register.build(AS_AT, 1);
        let untouched = said(&before);
        let mut changes = vec![];
        for _ in 0..dice.below(8) {
            match dice.below(8) {
                0 | 1 => {
                    let contract = register.contract(&mut dice);
                    register.contracts.push(contract.clone());
                    changes.push(RecordChange::Put(Record::Contract(contract)));
                }
                2 | 3 if !register.contracts.is_empty() => {
                    let place = dice.below(register.contracts.len());
                    let id = register.contracts[place].id;
                    register.contracts[place] = crate::register::records::Contract { id, ..register.contract(&mut dice) };
                    changes.push(RecordChange::Put(Record::Contract(register.contracts[place].clone())));
                }
                4 if !register.contracts.is_empty() => {
                    let gone = register.contracts.remove(dice.below(register.contracts.len()));
                    changes.push(RecordChange::Remove(Kind::Contract, gone.id.0));
                }
                5 => {
                    let place = dice.below(register.suppliers.len());
                    let id = register.suppliers[place].id;
                    register.suppliers[place] = crate::register::records::Supplier { id, ..supplier(&mut dice, 20) };
                    changes.push(RecordChange::Put(Record::Supplier(register.suppliers[place].clone())));
                }
                6 => {
                    let area = dice.pick(&register.areas).id;
                    let place = dice.below(register.functions.len());
                    let function = &mut register.functions[place];
                    function.service_area = Some(area);
                    function.core = !function.core;
                    changes.push(RecordChange::Put(Record::Function(function.clone())));
                }
                7 => {
                    let place = dice.below(register.systems.len());
                    register.systems[place].satisfaction = Some(1);
                    register.systems[place].users = None;
                    changes.push(RecordChange::Put(Record::System(register.systems[place].clone())));
                }
                _ => {}
            }
        }
        let after = before.apply(changes, 2);
        prop_assert_eq!(after.sequence(), 2);
        prop_assert_eq!(said(&after), said(&register.build(AS_AT, 2)));
        prop_assert_eq!(said(&before), untouched, "the earlier snapshot does not change");
    }

    #[test]
    fn another_day_equals_building_on_that_day(seed: u64, size in 0_usize..70) {
        let register = Register::random(&mut Dice(seed), size);
        let day = date(2020, 9, 30);
        prop_assert_eq!(said(&register.build(AS_AT, 1).with_as_at(day)), said(&register.build(day, 1)));
    }

    #[test]
    fn what_is_taken_away_is_gone_from_every_answer(seed: u64) {
        let mut dice = Dice(seed);
        let mut register = Register::random(&mut dice, 50);
        let before = register.build(AS_AT, 1);
        let supplier = register.suppliers.remove(dice.below(register.suppliers.len())).id;
        let system = register.systems.remove(dice.below(register.systems.len())).id;
        let changes = vec![
            RecordChange::Remove(Kind::Supplier, supplier.0),
            RecordChange::Remove(Kind::System, system.0),
        ];
        let after = before.apply(changes, 2);
        let expected = register.build(AS_AT, 2);
        prop_assert_eq!(after.supplier_by_id(supplier), None);
        prop_assert_eq!(after.system_by_id(system), None);
        let facets = |snapshot: &Snapshot| {
            let query = ContractQuery { facets: Facet::ALL.to_vec(), ..Default::default() };
            format!("{:?}", snapshot.contracts(&query))
        };
        prop_assert_eq!(facets(&after), facets(&expected));
    }
}

#[test]
fn chunks_that_no_change_touches_are_shared() {
    let mut dice = Dice(3);
    let register = Register::random(&mut dice, 60);
    let before = register.build(AS_AT, 1);
    let gone = before.contract(ContractRow::new(1, 3)).id();
    let after = before.apply(vec![RecordChange::Remove(Kind::Contract, gone.0)], 2);
    let shared = |place: usize| std::sync::Arc::ptr_eq(&before.chunks[place].columns, &after.chunks[place].columns);
    assert_eq!([0, 1, 2, 3].map(shared), [true, false, true, true]);
    assert_eq!(after.contract_by_id(gone), None);
}

#[test]
fn an_empty_register_answers_every_question() {
    let snapshot = Register::default().build(AS_AT, 0);
    let page = snapshot.contracts(&ContractQuery { facets: Facet::ALL.to_vec(), limit: 5, ..Default::default() });
    assert_eq!((page.total, page.rows.len(), page.next), (0, 0, None));
    assert_eq!(snapshot.figures(), Figures::default());
    assert_eq!(snapshot.with_as_at(date(2020, 1, 1)).as_at(), date(2020, 1, 1));
    assert!(snapshot.matrix(&[], &[]).lines.is_empty());
}
