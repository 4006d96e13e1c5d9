//! Lists of entities, the matrix, and what stays private.

use super::random::*;
use crate::register::snapshot::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn systems_are_filtered_and_counted_as_their_records_say(seed: u64) {
        let mut dice = Dice(seed);
        let register = Register::random(&mut dice, 30);
        let snapshot = register.build(AS_AT, 1);
        let organisation = dice.pick(&register.organisations);
        let function = dice.pick(&register.functions);
        let filters = ListFilters {
            organisation: vec![organisation.slug.clone()],
            function: vec![function.slug.clone()],
            ..Default::default()
        };
        let facets = vec![ListFacet::Organisation, ListFacet::Function];
        let page = snapshot.systems(&SystemQuery { filters, facets, limit: 100, ..Default::default() });
        let expected: BTreeSet<_> = register.systems.iter()
            .filter(|s| s.organisation == organisation.id && s.functions.contains(&function.id)).map(|s| s.id).collect();
        let found: BTreeSet<_> =
            page.rows.iter().filter_map(|row| snapshot.system(*row)).map(|entry| entry.record.id).collect();
        prop_assert_eq!(page.total, expected.len() as u64);
        prop_assert_eq!(found, expected);
        for count in &page.facets[0].1 {
            let expected = register.systems.iter().filter(|s| s.functions.contains(&function.id)
                && register.organisations.iter().any(|o| o.id == s.organisation && o.slug == count.value)).count();
            prop_assert_eq!(count.count as usize, expected, "{}", count.value);
        }
    }

    #[test]
    fn members_only_leaves_in_what_a_member_of_the_network_has(seed: u64) {
        let register = Register::random(&mut Dice(seed), 30);
        let snapshot = register.build(AS_AT, 1);
        let is_member = |id| register.organisations.iter().any(|one| one.id == id && one.is_member(AS_AT));
        for (value, wanted) in [("yes", true), ("no", false)] {
            let filters = ListFilters { member: vec![value.to_owned()], ..Default::default() };
            let facets = vec![ListFacet::Member];
            let page = snapshot.systems(&SystemQuery { filters, facets, limit: 100, ..Default::default() });
            let expected = register.systems.iter().filter(|system| is_member(system.organisation) == wanted).count();
            prop_assert_eq!(page.total, expected as u64);
            // The facet leaves its own filter out: both counts stand.
            let counted: usize = page.facets[0].1.iter().map(|count| count.count as usize).sum();
            prop_assert_eq!(counted, register.systems.len());
            let matrix = snapshot.matrix(&[], &[value.to_owned()]);
            prop_assert!(matrix.organisations.iter()
                .all(|row| snapshot.organisations()[row.index()].record.is_member(AS_AT) == wanted));
            for entry in snapshot.suppliers(&SupplierQuery { filters: ListFilters { member: vec![value.to_owned()], ..Default::default() },
                limit: 100, ..Default::default() }).rows.iter().map(|row| &snapshot.supplier_entries()[row.index()].record) {
                prop_assert!(register.contracts.iter().any(|contract| contract.suppliers.contains(&entry.id)
                    && std::iter::once(contract.organisation).chain(contract.joint.iter().copied()).any(|id| is_member(id) == wanted)));
            }
        }
        // Members and everyone else together are all, but for what both share.
        let [yes, no] = [["yes"], ["no"]].map(|value| snapshot.figures_of(&value.map(str::to_owned)));
        let all = snapshot.figures_of(&["yes".to_owned(), "no".to_owned()]);
        let whole = snapshot.figures_of(&[]);
        prop_assert_eq!((all.contracts, all.past_end, all.decision_missed, all.complete_percent, all.confirmed_percent),
            (whole.contracts, whole.past_end, whole.decision_missed, whole.complete_percent, whole.confirmed_percent));
        prop_assert_eq!((yes.systems + no.systems, yes.authorities + no.authorities), (all.systems, all.authorities));
        prop_assert!(yes.contracts + no.contracts >= all.contracts && yes.past_end <= all.past_end);
        let none = ListFilters { member: vec!["perhaps".to_owned()], ..Default::default() };
        prop_assert_eq!(snapshot.systems(&SystemQuery { filters: none, limit: 100, ..Default::default() }).total, 0);
    }

    #[test]
    fn a_list_is_walked_by_cursor_without_gap_or_repeat(seed: u64, limit in 1_usize..5) {
        let register = Register::random(&mut Dice(seed), 30);
        let snapshot = register.build(AS_AT, 1);
        for sort in [ListSort::Name, ListSort::Organisations, ListSort::Contracts] {
            let mut query = SupplierQuery { sort, limit, ..Default::default() };
            let mut walked = vec![];
            loop {
                let page = snapshot.suppliers(&query);
                walked.extend(page.rows);
                let Some(next) = page.next else { break };
                query.after = next.to_string().parse().ok();
            }
            let whole = snapshot.suppliers(&SupplierQuery { sort, limit: 100, ..Default::default() });
            prop_assert_eq!(walked, whole.rows);
        }
    }

    #[test]
    fn satisfaction_is_public_only_when_three_organisations_said(seed: u64) {
        let register = Register::random(&mut Dice(seed), 10);
        let snapshot = register.build(AS_AT, 1);
        for entry in snapshot.product_entries() {
            let voices: BTreeSet<_> = register.systems.iter()
                .filter(|s| s.product == entry.record.id && s.satisfaction.is_some()).map(|s| s.organisation).collect();
            prop_assert!(entry.satisfaction.is_none() || voices.len() >= 3);
            if let Some(all) = entry.satisfaction {
                prop_assert_eq!(all.organisations as usize, voices.len());
                prop_assert_eq!(all.counts.is_some(), voices.len() >= 10);
                prop_assert!(all.counts.is_none_or(|counts| counts.iter().sum::<u32>() == all.organisations));
                prop_assert!((10..=50).contains(&all.mean_tenths));
            }
        }
        prop_assert!(snapshot.system_entries().iter().all(|entry| entry.record.satisfaction.is_none()));
    }

    #[test]
    fn the_matrix_holds_every_system_in_its_place(seed: u64) {
        let register = Register::random(&mut Dice(seed), 0);
        let snapshot = register.build(AS_AT, 1);
        let matrix = snapshot.matrix(&[], &[]);
        for system in &register.systems {
            for line in &matrix.lines {
                let function = &snapshot.functions()[line.function.index()].record;
                let place = matrix.organisations.iter()
                    .position(|row| snapshot.organisations()[row.index()].record.id == system.organisation);
                if system.functions.contains(&function.id) {
                    let cell = place.map(|place| &line.cells[place]);
                    prop_assert!(cell.is_some_and(|cell| cell.iter()
                        .any(|row| snapshot.product_entries()[row.index()].record.id == system.product)));
                }
            }
        }
    }
}

#[test]
fn suppliers_are_found_by_former_names_and_counted_by_what_they_hold() {
    let mut register = Register::random(&mut Dice(11), 40);
    register.suppliers[2].names[0].name = "Northgate".to_owned();
    let snapshot = register.build(AS_AT, 1);
    let filters = ListFilters { q: Some("northg".to_owned()), ..Default::default() };
    let page = snapshot.suppliers(&SupplierQuery { filters, limit: 10, ..Default::default() });
    assert_eq!(page.rows, [SupplierRow(2)]);
    let id = register.suppliers[2].id;
    let contracts: Vec<_> = register.contracts.iter().filter(|c| c.suppliers.contains(&id)).collect();
    let entry = &snapshot.supplier_entries()[2];
    assert_eq!(entry.contracts as usize, contracts.len());
    let organisations: BTreeSet<_> =
        contracts.iter().flat_map(|c| std::iter::once(c.organisation).chain(c.joint.iter().copied())).collect();
    assert_eq!(entry.organisations as usize, organisations.len());
}
