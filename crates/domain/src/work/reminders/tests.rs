//! Once each, never stale, never twice: by example, and over random lives of a contract.

use super::*;
use crate::register::terms::{Extension, Term, TermKind, outlook};
use jiff::{Span, civil::date};
use proptest::prelude::*;
use std::collections::HashMap;

/// A fixed contract with one option, six months' lead and so on.
fn term(end: Date, notice: u16) -> Term {
    let option = Extension { months: 12, notice: Some(Period::months(notice)), ..Extension::default() };
    Term { kind: TermKind::Fixed, start: Some(date(2020, 1, 1)), end: Some(end), extensions: vec![option], ..Term::default() }
}

fn look(term: &Term, today: Date) -> Outlook {
    outlook(term, Period::months(6), today)
}

/// Says what is due each day from one day to another; every message with the day it was said.
fn live(term: impl Fn(Date) -> Term, from: Date, to: Date) -> Vec<(Date, Due)> {
    let (mut said, mut all, mut day, mut at) = (Vec::new(), Vec::new(), from, 0);
    while day <= to {
        let outlook = look(&term(day), day);
        let now = due(&outlook, &said, day);
        at += 1;
        said = after(&said, &now, at);
        assert!(due(&outlook, &said, day).is_empty(), "said twice on {day}");
        all.extend(now.into_iter().map(|one| (day, one)));
        day = day.checked_add(Span::new().days(1)).unwrap();
    }
    all
}

#[test]
fn a_decision_is_heard_of_at_twelve_six_and_three_months_and_when_it_has_passed() {
    // The option is to be taken up by 30 March 2028.
    let said = live(|_| term(date(2028, 6, 30), 3), date(2026, 1, 1), date(2028, 6, 30));
    let of_option: Vec<_> =
        said.iter().filter(|(_, due)| due.kind == DecisionKind::ExtendBy).map(|(day, due)| (*day, due.stage)).collect();
    assert_eq!(
        of_option,
        [
            (date(2027, 3, 30), Stage::Twelve),
            (date(2027, 9, 30), Stage::Six),
            (date(2027, 12, 30), Stage::Three),
            (date(2028, 3, 31), Stage::Passed),
        ]
    );
}

#[test]
fn a_contract_entered_late_is_heard_of_once_not_three_times() {
    let today = date(2028, 2, 1);
    let all = due(&look(&term(date(2028, 6, 30), 3), today), &[], today);
    assert_eq!(all.iter().map(|due| due.stage).collect::<Vec<_>>(), [Stage::Three]);
}

#[test]
fn a_moved_date_is_said_with_the_one_it_replaces_and_moving_it_back_too() {
    let today = date(2027, 10, 1);
    let (first, second) = (term(date(2028, 6, 30), 3), term(date(2028, 7, 31), 3));
    let one = due(&look(&first, today), &[], today);
    let said = after(&[], &one, 1);
    let two = due(&look(&second, today), &said, today);
    assert_eq!(two[0].replaces, Some(one[0].date));
    let said = after(&said, &two, 2);
    let three = due(&look(&first, today), &said, today);
    assert_eq!((three[0].date, three[0].replaces), (one[0].date, Some(two[0].date)));
    let said = after(&said, &three, 3);
    assert!(due(&look(&first, today), &said, today).is_empty());
}

#[test]
fn a_date_that_moves_out_of_sight_or_to_another_decision_or_goes_is_corrected_once() {
    let today = date(2027, 10, 1);
    let first = term(date(2028, 6, 30), 3);
    let one = due(&look(&first, today), &[], today);
    assert_eq!((one.len(), one[0].kind, one[0].stage), (1, DecisionKind::ExtendBy, Stage::Six));
    let said = after(&[], &one, 1);
    // Two years later: the next stage is a long way off, and the old date must not stand until then.
    let later = look(&term(date(2030, 6, 30), 3), today);
    let two = due(&later, &said, today);
    assert_eq!(two.iter().map(|due| (due.stage, due.replaces)).collect::<Vec<_>>(), [(Stage::Ahead, Some(one[0].date))]);
    assert_eq!(two[0].date, date(2030, 3, 30));
    assert!(due(&later, &after(&said, &two, 2), today).is_empty());
    // The option is gone: what comes next is another decision.
    let without = look(&Term { extensions: Vec::new(), ..first.clone() }, today);
    let two = due(&without, &said, today);
    assert_eq!(
        two.iter().map(|due| (due.kind, due.replaces)).collect::<Vec<_>>(),
        [(DecisionKind::StartBuyingBy, Some(one[0].date))]
    );
    assert!(due(&without, &after(&said, &two, 2), today).is_empty());
    // It rolls now: there is nothing to decide by any day. And when the date comes back, it is said again.
    let rolls = look(&Term { kind: TermKind::Rolling, end: None, extensions: Vec::new(), ..first.clone() }, today);
    let two = due(&rolls, &said, today);
    assert_eq!(two.iter().map(|due| (due.date, due.stage)).collect::<Vec<_>>(), [(one[0].date, Stage::Gone)]);
    let gone = after(&said, &two, 2);
    assert!(due(&rolls, &gone, today).is_empty());
    assert_eq!(due(&look(&first, today), &gone, today), one);
    // Nobody who was told nothing hears of a correction.
    assert!(due(&later, &[], today).is_empty() && due(&rolls, &[], today).is_empty());
}

#[test]
fn an_option_taken_up_ends_its_reminders() {
    let today = date(2028, 1, 15);
    let mut taken = term(date(2028, 6, 30), 3);
    let said = after(&[], &due(&look(&taken, today), &[], today), 1);
    taken.extensions[0].used = true;
    taken.end = Some(date(2029, 6, 30));
    let outlook = look(&taken, today);
    assert!(!still_holds(&outlook, said[0].kind, said[0].date));
    assert!(due(&outlook, &said, today).iter().all(|due| due.kind != DecisionKind::ExtendBy));
}

#[test]
fn whoever_is_no_longer_asked_hears_only_that_a_date_they_were_given_is_gone() {
    let today = date(2026, 11, 25);
    let before = look(&term(date(2027, 6, 30), 3), today);
    let said = after(&[], &due(&before, &[], today), 1);
    assert_eq!(said.len(), 1);
    assert_eq!(correction(Some(&before), &said, today), None, "it still holds");
    assert_eq!(correction(Some(&before), &[], today), None, "they were told nothing");
    // Another end: the date that holds, however far away, and the one it replaces; once.
    let moved = look(&term(date(2030, 6, 30), 3), today);
    let now = correction(Some(&moved), &said, today).unwrap();
    assert_eq!((now.date, now.stage, now.replaces), (date(2030, 3, 30), Stage::Ahead, Some(date(2027, 3, 30))));
    assert_eq!(correction(Some(&moved), &after(&said, &[now], 2), today), None);
    // The contract is gone, or nothing is left to decide; once, too.
    let rolling = look(&Term { kind: TermKind::Rolling, ..Term::default() }, today);
    for outlook in [None, Some(&rolling)] {
        let now = correction(outlook, &said, today).unwrap();
        assert_eq!((now.date, now.stage, now.replaces), (date(2027, 3, 30), Stage::Gone, None));
        let said = after(&said, &[now], 2);
        assert_eq!(correction(outlook, &said, today), None);
        // It comes back: that is news again.
        assert_eq!(due(&before, &said, today).iter().map(|one| one.stage).collect::<Vec<_>>(), [Stage::Six]);
    }
    // A day behind us misleads nobody.
    assert_eq!(correction(None, &said, date(2027, 3, 31)), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_correction_is_said_once_and_only_of_what_no_longer_holds(ends in proptest::collection::vec(200i64..2000, 1..5), gone: bool) {
        let today = date(2026, 11, 25);
        let (mut said, mut at): (Vec<Said>, i64) = (Vec::new(), 0);
        for days in ends {
            let outlook = look(&term(today.checked_add(Span::new().days(days)).unwrap(), 3), today);
            let named = said.iter().any(|one| !matches!(one.stage, Stage::Passed | Stage::Gone));
            if let Some(now) = correction(Some(&outlook).filter(|_| !gone), &said, today) {
                prop_assert!(named, "a correction of nothing");
                prop_assert!(now.stage == Stage::Gone || still_holds(&outlook, now.kind, now.date));
                at += 1;
                said = after(&said, &[now], at);
            }
            prop_assert_eq!(correction(Some(&outlook).filter(|_| !gone), &said, today), None);
            at += 1;
            said = after(&said, &due(&outlook, &said, today), at);
        }
    }

    #[test]
    fn whatever_the_term_each_stage_of_a_date_is_said_once_and_in_order(
        months in 0i64..60, days in 0i64..31, notice in 0u16..12,
    ) {
        let end = date(2026, 6, 1).checked_add(Span::new().months(months).days(days)).unwrap();
        let said = live(|_| term(end, notice), date(2026, 6, 1), date(2029, 6, 1));
        // Past its end, nobody has said whether the option was taken up: what was to be bought by then is not known any more.
        let (gone, said): (Vec<_>, Vec<_>) = said.into_iter().partition(|(_, due)| due.stage == Stage::Gone);
        prop_assert!(gone.len() <= 1 && gone.iter().all(|(day, _)| *day > end), "{gone:?}");
        let mut last: HashMap<(DecisionKind, Date), Stage> = HashMap::new();
        for (_, due) in said {
            prop_assert_eq!(due.replaces, None);
            if let Some(before) = last.insert((due.kind, due.date), due.stage) {
                prop_assert!(before < due.stage, "{before:?} then {:?}", due.stage);
            }
        }
    }

    #[test]
    fn whatever_happens_to_its_dates_nothing_said_stays_wrong_and_nothing_is_said_for_nothing(
        ends in proptest::collection::vec((0i64..900, 0u16..9), 1..6),
    ) {
        // The term changes every 40 days.
        let from = date(2027, 1, 1);
        let at = |day: Date| {
            let place = usize::try_from((day - from).get_days() / 40).unwrap_or(0);
            let (days, notice) = ends[place.min(ends.len() - 1)];
            term(date(2027, 2, 1).checked_add(Span::new().days(days)).unwrap(), notice)
        };
        let to = from.checked_add(Span::new().days(260)).unwrap();
        let (mut said, mut day, mut clock) = (Vec::<Said>::new(), from, 0);
        while day <= to {
            clock += 1;
            let outlook = look(&at(day), day);
            let now = due(&outlook, &said, day);
            for one in &now {
                let holds = still_holds(&outlook, one.kind, one.date);
                prop_assert_eq!(holds, one.stage != Stage::Gone, "said of a date that does not hold");
                let of_date = said.iter().filter(|other| (other.kind, other.date) == (one.kind, one.date));
                let before = of_date.max_by_key(|other| other.at);
                let anew = one.replaces.is_some() || one.stage == Stage::Gone;
                prop_assert!(before.is_none_or(|before| before.stage < one.stage || anew), "said twice");
            }
            said = after(&said, &now, clock);
            prop_assert!(due(&outlook, &said, day).is_empty());
            // Nobody believes in a day ahead that is none.
            let believed = said.iter().filter(|one| one.stage != Stage::Passed).max_by_key(|one| one.at);
            if let Some(one) = believed.filter(|one| one.stage != Stage::Gone && one.date >= day) {
                prop_assert!(still_holds(&outlook, one.kind, one.date), "{one:?} was never corrected");
            }
            // What is next and near was said, and was said last of its kind.
            if let Some(next) = outlook.decisions.iter().find(|decision| !decision.missed)
                && Stage::reached(next.date, day).is_some()
            {
                let of_kind = said.iter().filter(|one| one.kind == next.kind);
                let mine = said.iter().find(|one| (one.kind, one.date) == (next.kind, next.date));
                prop_assert!(mine.is_some());
                let latest = of_kind.max_by_key(|one| one.at).unwrap();
                let is_over = matches!(latest.stage, Stage::Passed | Stage::Gone);
                prop_assert!(is_over || still_holds(&outlook, latest.kind, latest.date));
            }
            day = day.checked_add(Span::new().days(1)).unwrap();
        }
    }
}
