//! Questions to the contracts against the naive answer.

use super::{
    naive::{compare, facet, matching, see},
    random::*,
};
use crate::register::{snapshot::*, terms::Status};
use proptest::prelude::*;

fn ids(snapshot: &Snapshot, rows: &[ContractRow]) -> Vec<crate::register::ids::ContractId> {
    rows.iter().map(|row| snapshot.contract(*row).id()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_answer_equals_a_naive_filter_over_the_records(seed: u64, size in 0_usize..90) {
        let mut dice = Dice(seed);
        let register = Register::random(&mut dice, size);
        let snapshot = register.build(AS_AT, 1);
        let seen = see(&register, AS_AT);
        for _ in 0..12 {
            let f = filters(&mut dice, &register);
            let sort = *dice.pick(&Sort::ALL);
            let mut expected = matching(&seen, &f);
            expected.sort_by(|a, b| compare(a, b, sort));
            let expected: Vec<_> = expected.iter().map(|seen| seen.contract.id).collect();
            let (offset, limit) = (dice.below(4) * dice.below(20), dice.below(30));
            let query = ContractQuery {
                filters: f.clone(), sort, facets: Facet::ALL.to_vec(), limit, offset, ..Default::default()
            };
            let page = snapshot.contracts(&query);
            prop_assert_eq!(page.total, expected.len() as u64, "{:?}", f);
            let slice: Vec<_> = expected.iter().skip(offset).take(limit).copied().collect();
            prop_assert_eq!(ids(&snapshot, &page.rows), slice, "{:?} {:?}", sort, f);
            let all: Vec<_> = snapshot.all_contracts(&f, sort).collect();
            prop_assert_eq!(ids(&snapshot, &all), expected);
            for (name, counts) in page.facets {
                let found: Vec<_> = counts
                    .iter()
                    .filter(|count| count.count > 0)
                    .map(|count| (count.value.to_owned(), count.label.to_owned(), count.count))
                    .collect();
                prop_assert_eq!(found, facet(&seen, &f, name), "{:?} {:?}", name, f);
                prop_assert!(counts.iter().all(|count| count.count > 0 || count.chosen));
            }
        }
    }

    #[test]
    fn cursors_pass_every_row_once_and_in_order(seed: u64, size in 0_usize..80, limit in 1_usize..12) {
        let mut dice = Dice(seed);
        let register = Register::random(&mut dice, size);
        let snapshot = register.build(AS_AT, 1);
        for sort in Sort::ALL {
            let f = if dice.one_in(2) { filters(&mut dice, &register) } else { Filters::default() };
            let mut query = ContractQuery { filters: f.clone(), sort, limit, ..Default::default() };
            let mut walked = vec![];
            loop {
                let page = snapshot.contracts(&query);
                walked.extend(page.rows);
                let Some(next) = page.next else { break };
                query.after = next.to_string().parse().ok();
                prop_assert!(query.after.is_some());
            }
            prop_assert_eq!(&walked, &snapshot.all_contracts(&f, sort).collect::<Vec<_>>(), "{:?}", sort);
        }
    }

    #[test]
    fn no_words_make_it_panic(question in "\\PC{0,60}|[\"*:()^ A-ZNEAR+-]{0,40}", seed: u64) {
        let register = Register::random(&mut Dice(seed), 20);
        let filters = Filters { q: Some(question.clone()), ..Default::default() };
        let snapshot = register.build(AS_AT, 1);
        let found = snapshot.contracts(&ContractQuery { filters: filters.clone(), limit: 5, ..Default::default() });
        prop_assert_eq!(found.total, matching(&see(&register, AS_AT), &filters).len() as u64);
        let list = ListQuery { filters: ListFilters { q: Some(question), ..Default::default() }, ..Default::default() };
        let _ = (snapshot.systems(&list), snapshot.suppliers(&list), snapshot.products(&list), snapshot.planned(&list));
    }

    #[test]
    fn a_view_says_what_the_record_says(seed: u64) {
        let register = Register::random(&mut Dice(seed), 40);
        let snapshot = register.build(AS_AT, 1);
        for seen in see(&register, AS_AT) {
            let record = seen.contract;
            let row = snapshot.contract_by_id(record.id);
            prop_assert!(row.is_some());
            let view = snapshot.contract(row.unwrap_or(ContractRow(0)));
            prop_assert_eq!(view.id(), record.id);
            prop_assert_eq!(view.title(), &record.title);
            prop_assert_eq!(view.reference(), record.reference.as_deref());
            prop_assert_eq!(view.organisations().next().map(|o| o.record.id), Some(record.organisation));
            prop_assert_eq!(view.supplier_state(), record.supplier_state);
            prop_assert_eq!(view.framework(), record.framework.as_deref());
            prop_assert_eq!(view.source(), &record.origin.source);
            prop_assert_eq!(view.agreed(), record.term.clone());
            prop_assert_eq!((view.start(), view.end()), (record.term.start, record.term.current_end()));
            prop_assert_eq!(view.outlook(), seen.outlook.clone());
            prop_assert_eq!((view.term(), view.status()), (seen.outlook.term, seen.outlook.status));
            prop_assert_eq!(view.decision_date(), seen.outlook.decision_date);
            let next = seen.outlook.decisions.iter().find(|d| !d.missed).map(|d| d.kind);
            prop_assert_eq!(view.next_decision(), next);
            let at_latest = seen.outlook.decisions.iter().find(|d| !d.missed).is_some_and(|d| d.at_latest);
            prop_assert_eq!(view.decision_at_latest(), at_latest);
            prop_assert_eq!(view.decision_missed(), seen.outlook.missed().next().is_some());
            let money = record.value.money();
            prop_assert_eq!(view.value().map(|v| (v.pence, v.currency.to_owned(), v.basis, v.vat)),
                money.map(|m| (m.pence, m.currency.clone(), m.basis, m.vat)));
            prop_assert_eq!((view.updated_at(), view.confirmed()), (record.updated_at, record.confirmed));
        }
    }

    #[test]
    fn every_contract_has_one_place_on_the_timeline(seed: u64) {
        let mut dice = Dice(seed);
        let register = Register::random(&mut dice, 60);
        let f = filters(&mut dice, &register);
        let seen = see(&register, AS_AT);
        let expected = matching(&seen, &f);
        let line = register.build(AS_AT, 1).quarters(&f, (2019, 4), 8);
        let placed: u32 = line.quarters.iter().map(|q| q.firm + q.if_extended).sum();
        let rest = line.past_end + line.no_end + line.not_known + line.before + line.after + line.ended;
        prop_assert_eq!(placed + rest, expected.len() as u32);
        let ended = expected.iter().filter(|seen| seen.outlook.status == Status::Ended).count();
        prop_assert_eq!(line.ended, ended as u32);
        let first = line.quarters[0];
        prop_assert_eq!((first.year, first.quarter), (2019, 4));
        let ends = |seen: &&&super::naive::Seen| seen.outlook.last_possible_end.is_some_and(|day| {
            day.year() == 2019 && day.month() >= 10
        }) && !matches!(seen.outlook.status, Status::Ended | Status::PastEnd);
        prop_assert_eq!(first.firm + first.if_extended, expected.iter().filter(ends).count() as u32);
    }
}

#[test]
fn a_limited_facet_keeps_the_most_frequent_values_and_the_chosen_ones() {
    let register = Register::random(&mut Dice(7), 80);
    let snapshot = register.build(AS_AT, 1);
    let ask = |filters: Filters, facet_limit| {
        let facets = vec![Facet::Supplier];
        snapshot.contracts(&ContractQuery { filters, facets, facet_limit, ..Default::default() }).facets.remove(0).1
    };
    let all = ask(Filters::default(), None);
    let least = all.last().map(|count| count.value.to_owned()).unwrap_or_default();
    let limited = ask(Filters { supplier: vec![least.clone()], ..Default::default() }, Some(2));
    assert_eq!(limited[..2].iter().map(|c| c.value).collect::<Vec<_>>(), [all[0].value, all[1].value]);
    assert_eq!((limited.len(), limited[2].value, limited[2].chosen), (3, least.as_str(), true));
}
