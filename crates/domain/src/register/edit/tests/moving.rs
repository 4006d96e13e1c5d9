use super::*;
use crate::register::edit::moves::{next_option, replace, still_right, take_up, terminate};

fn code<T>(result: Result<T, crate::register::edit::Refused>) -> &'static str {
    result.map(|_| "done").unwrap_or_else(|refused| refused.why.code())
}

fn with_options(options: &[(u16, bool)]) -> Contract {
    let mut contract = bare(1);
    contract.term.extensions =
        options.iter().map(|(months, used)| Extension { months: *months, used: *used, ..Extension::default() }).collect();
    contract
}

proptest! {
    #[test]
    fn taking_up_an_option_moves_the_end_and_never_the_last_possible_end_later(mut contract in contracts(), months in 1u16..60, rest in any::<bool>()) {
        contract.term.kind = TermKind::Fixed;
        let Some((place, option)) = next_option(&contract).map(|(place, option)| (place, option.clone())) else { return Ok(()) };
        match take_up(&contract, place, months, rest) {
            Ok(after) => {
                let end = contract.term.end.unwrap();
                prop_assert_eq!(after.term.end, Some(add_months(end, months.into())));
                prop_assert!(after.term.extensions[place].used);
                prop_assert!(months <= option.months);
                if option.by == ExtensionBy::BuyerOption {
                    prop_assert!(after.term.last_possible_end() <= contract.term.last_possible_end());
                    if rest || months == option.months {
                        prop_assert!(after.term.unused_months() + u32::from(months) == contract.term.unused_months());
                    }
                }
                let fields = crate::register::edit::moves::changed(&contract, &after);
                prop_assert_eq!(fields, vec!["end", "extensions"]);
            }
            Err(refused) => prop_assert!(
                contract.term.end.is_none() || months > option.months || option.kind == ExtensionKind::Whole, "{refused:?}"
            ),
        }
    }
}

#[test]
fn options_are_taken_up_in_their_order_and_whole_ones_whole() {
    let contract = with_options(&[(12, true), (24, false), (12, false)]);
    assert_eq!(next_option(&contract).map(|(place, _)| place), Some(1));
    assert_eq!(code(take_up(&contract, 2, 12, false)), "not-the-next-option");
    assert_eq!(code(take_up(&contract, 1, 25, false)), "more-than-the-option");
    assert_eq!(code(take_up(&contract, 1, 0, false)), "out-of-range");
    let mut whole = contract.clone();
    whole.term.extensions[1].kind = ExtensionKind::Whole;
    assert_eq!(code(take_up(&whole, 1, 12, false)), "whole-only");
    let after = take_up(&contract, 1, 12, true).unwrap();
    assert_eq!(after.term.end, Some(date(2028, 3, 31)));
    assert_eq!(
        after.term.extensions.iter().map(|one| (one.months, one.used)).collect::<Vec<_>>(),
        [(12, true), (12, true), (12, false), (12, false)]
    );
    assert_eq!(after.origin.fields.get("end").map(String::as_str), Some("person"));
    let mut open = contract.clone();
    open.term.end = None;
    assert_eq!(code(take_up(&open, 1, 12, false)), "end-not-known");
    assert_eq!(code(take_up(&with_options(&[(12, true)]), 0, 12, false)), "no-option");
    let mut over = contract;
    over.term.terminated = Some(date(2026, 1, 1));
    assert_eq!(code(take_up(&over, 1, 12, false)), "terminated");
}

#[test]
fn a_contract_is_replaced_by_one_of_its_own_organisation_and_never_in_a_ring() {
    let (old, new) = (bare(1), bare(2));
    let today = date(2026, 11, 25);
    assert_eq!(replace(&old, &new, |_| None, today).unwrap().replaced_by, Some(new.id));
    assert_eq!(code(replace(&old, &old, |_| None, today)), "replaces-itself");
    let mut ring = new.clone();
    ring.replaced_by = Some(ContractId(Uuid::from_u128(3)));
    assert_eq!(code(replace(&old, &ring, |_| Some(old.id), today)), "replaces-itself");
    assert_eq!(code(replace(&old, &ring, |_| None, today)), "done");
    let mut foreign = new.clone();
    foreign.organisation = OrganisationId(Uuid::from_u128(99));
    assert_eq!(code(replace(&old, &foreign, |_| None, today)), "no-such-record");
    let mut done = old.clone();
    done.replaced_by = Some(ContractId(Uuid::from_u128(4)));
    assert_eq!(replace(&done, &new, |_| None, today).unwrap().replaced_by, Some(new.id), "the wrong one was named before");
    // Past its end and replaced: what it buys is in use under the other one.
    let mut past = old;
    past.term.end = Some(date(2026, 1, 1));
    assert_eq!(replace(&past, &new, |_| None, today).unwrap().term.in_use, Some(false));
}

#[test]
fn a_contract_ends_early_within_its_term() {
    let contract = bare(1);
    let after = terminate(&contract, date(2026, 6, 30)).unwrap();
    assert_eq!(after.term.last_possible_end(), Some(date(2026, 6, 30)));
    assert_eq!(code(terminate(&contract, date(2024, 3, 31))), "before");
    assert_eq!(code(terminate(&contract, date(2027, 4, 1))), "after");
    let corrected = terminate(&after, date(2026, 7, 31)).unwrap();
    assert_eq!(corrected.term.terminated, Some(date(2026, 7, 31)), "the wrong day was named before");
    assert_eq!(code(terminate(&after, date(2027, 4, 1))), "after");
    let mut rolling = contract;
    rolling.term.kind = TermKind::Rolling;
    assert_eq!(code(terminate(&rolling, date(2030, 1, 1))), "done");
}

#[test]
fn still_right_sets_the_day_once_a_day() {
    let today = date(2026, 11, 25);
    let after = still_right(&bare(1), today).unwrap();
    assert_eq!(after.confirmed, Some(today));
    assert_eq!(crate::register::edit::merge::differing(&bare(1), &after), ["confirmed"]);
    assert!(still_right(&after, today).is_none());
}
