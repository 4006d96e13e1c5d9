//! Known answers and laws of the arithmetic.

use super::*;
use jiff::civil::date;
use proptest::prelude::*;

const AS_AT: Date = date(2026, 11, 23);

fn fixed(end: Date, options: &[u16]) -> Term {
    Term {
        kind: TermKind::Fixed,
        start: Some(date(2020, 1, 1)),
        end: Some(end),
        extensions: options.iter().map(|months| Extension { months: *months, ..Extension::default() }).collect(),
        ..Term::default()
    }
}

#[test]
fn months_are_summed_then_added_once_and_clamp_to_the_months_end() {
    // Two steps would give 28 February, then 28 March.
    assert_eq!(fixed(date(2027, 1, 31), &[1, 1]).last_possible_end(), Some(date(2027, 3, 31)));
    assert_eq!(add_months(date(2028, 2, 29), 12), date(2029, 2, 28));
    assert_eq!(add_months(date(2027, 2, 28), 12), date(2028, 2, 28));
    assert_eq!(Period::months(3).before(date(2028, 5, 31)), date(2028, 2, 29));
    assert_eq!(add_months(Date::MAX, 1), Date::MAX);
}

#[test]
fn options_by_agreement_and_used_ones_do_not_move_the_last_possible_end() {
    let mut term = fixed(date(2027, 3, 31), &[12, 12]);
    term.extensions[0].used = true;
    assert_eq!(term.last_possible_end(), Some(date(2028, 3, 31)));
    term.extensions[1].by = ExtensionBy::Agreement;
    assert_eq!(term.last_possible_end(), Some(date(2027, 3, 31)));
}

#[test]
fn a_fixed_term_says_when_to_extend_and_when_to_start_buying() {
    let mut term = fixed(date(2027, 3, 31), &[12]);
    term.extensions[0].notice = Some(Period::months(3));
    let seen = outlook(&term, Period::months(12), AS_AT);
    assert_eq!(seen.term, TermState::Fixed);
    assert_eq!(seen.last_possible_end, Some(date(2028, 3, 31)));
    assert_eq!(seen.decision_date, Some(date(2026, 12, 31)));
    assert_eq!(seen.decisions[0].kind, DecisionKind::ExtendBy);
    assert_eq!((seen.decisions[1].kind, seen.decisions[1].date), (DecisionKind::StartBuyingBy, date(2027, 3, 31)));
    assert_eq!(
        seen.exits.iter().map(|exit| (exit.date, exit.reachable)).collect::<Vec<_>>(),
        [(date(2027, 3, 31), false), (date(2028, 3, 31), true)]
    );
    assert_eq!(seen.interval, Some(ExitInterval { from: date(2028, 3, 31), to: Some(date(2028, 3, 31)) }));
}

#[test]
fn once_the_day_to_extend_has_passed_buying_is_for_the_end_without_the_option() {
    // To be taken up by 30 October 2026, which was missed: the contract ends on 30 April 2027.
    let mut term = fixed(date(2027, 4, 30), &[12, 12]);
    term.extensions[0].notice = Some(Period::months(6));
    let seen = outlook(&term, Period::months(12), AS_AT);
    let said: Vec<_> = seen.decisions.iter().map(|one| (one.kind, one.date, one.exit, one.missed)).collect();
    let end = date(2027, 4, 30);
    assert_eq!(
        said,
        [(DecisionKind::StartBuyingBy, date(2026, 4, 30), end, true), (DecisionKind::ExtendBy, date(2026, 10, 30), end, true),]
    );
    assert_eq!(seen.decision_date, None, "the day on which it ends is no day to start buying");
    // The exits and the last possible end are what was agreed; those behind the option are lost.
    assert_eq!(seen.last_possible_end, Some(date(2029, 4, 30)));
    let exits: Vec<_> = seen.exits.iter().map(|exit| (exit.date, exit.reachable, exit.lost)).collect();
    assert_eq!(exits, [(end, false, false), (date(2028, 4, 30), false, true), (date(2029, 4, 30), false, true)]);
    // The day before, all of it still held.
    let before = outlook(&term, Period::months(12), date(2026, 10, 30));
    assert!(before.exits.iter().all(|exit| !exit.lost));
    assert_eq!(before.decisions.last().map(|one| (one.date, one.exit)), Some((date(2028, 4, 30), date(2029, 4, 30))));
    // Where only the second can no longer be taken up, buying is for the end of the first.
    term.extensions[0].notice = Some(Period::months(1));
    term.extensions[1].notice = Some(Period::months(18));
    let second = outlook(&term, Period::months(12), AS_AT);
    let buying = second.decisions.iter().find(|one| one.kind == DecisionKind::StartBuyingBy).map(|one| (one.date, one.exit));
    assert_eq!(buying, Some((end, date(2028, 4, 30))));
}

#[test]
fn of_one_whose_place_another_took_only_notice_is_left_to_give() {
    let mut term = fixed(date(2029, 3, 31), &[12]);
    term.breaks = vec![Break { on: date(2027, 6, 30), or_any_time_after: false, notice: Some(Period::months(3)) }];
    let seen = outlook(&term, Period::months(6), AS_AT);
    assert_eq!(seen.decisions.len(), 3);
    assert_eq!(seen.clone().succeeded_if(false), seen);
    let after = seen.clone().succeeded_if(true);
    let left: Vec<_> = after.decisions.iter().map(|one| (one.kind, one.date)).collect();
    assert_eq!(left, [(DecisionKind::GiveNoticeBy, date(2027, 3, 30))]);
    assert_eq!((after.decision_date, after.exits), (Some(date(2027, 3, 30)), seen.exits));
    assert_eq!(outlook(&fixed(date(2029, 3, 31), &[]), Period::months(6), AS_AT).succeeded_if(true).decision_date, None);
}

#[test]
fn a_date_missed_is_shown_as_missed_and_is_not_the_decision_date() {
    let seen = outlook(&fixed(date(2027, 3, 6), &[]), Period::months(6), AS_AT);
    assert_eq!(seen.decision_date, None);
    assert_eq!(seen.missed().map(|missed| missed.date).collect::<Vec<_>>(), [date(2026, 9, 6)]);
}

#[test]
fn a_term_shorter_than_the_time_it_takes_to_buy_has_missed_nothing() {
    // Three months, where buying takes six: the day to start would lie before the contract began.
    let mut term = Term { start: Some(date(2026, 10, 1)), ..fixed(date(2026, 12, 31), &[]) };
    let seen = outlook(&term, Period::months(6), AS_AT);
    assert!(seen.too_short && seen.decisions.is_empty());
    assert_eq!((seen.missed().count(), seen.decision_date), (0, None));
    // Its exits stay as they are, and the day to take up an option is still one.
    assert_eq!(seen.exits.iter().map(|exit| exit.date).collect::<Vec<_>>(), [date(2026, 12, 31)]);
    term.extensions = vec![Extension { months: 1, ..Extension::default() }];
    assert_eq!(outlook(&term, Period::months(6), AS_AT).decisions[0].kind, DecisionKind::ExtendBy);
    // With options that make it long enough, there is a day again; and where the start is not known, as before.
    term.extensions[0].months = 12;
    assert!(!outlook(&term, Period::months(6), AS_AT).too_short);
    // Where the record says that it ends before it starts, nothing is said of how long it runs, and there is no such day either.
    let wrong = outlook(&Term { start: Some(date(2027, 6, 1)), ..fixed(date(2026, 12, 31), &[]) }, Period::months(6), AS_AT);
    assert!(!wrong.too_short && wrong.decisions.is_empty());
    let unknown = outlook(&Term { start: None, ..fixed(date(2026, 12, 31), &[]) }, Period::months(6), AS_AT);
    assert_eq!((unknown.too_short, unknown.missed().count()), (false, 1));
}

#[test]
fn past_its_end_and_in_use_runs_from_today_without_end() {
    let mut term = fixed(date(2026, 3, 31), &[]);
    assert_eq!(outlook(&term, Period::default(), AS_AT).status, Status::Ended);
    term.in_use = Some(true);
    let seen = outlook(&term, Period::months(12), AS_AT);
    assert_eq!((seen.term, seen.status), (TermState::PastEnd, Status::PastEnd));
    assert_eq!(seen.interval, Some(ExitInterval { from: AS_AT, to: None }));
    assert_eq!(seen.last_possible_end, Some(date(2026, 3, 31)));
}

#[test]
fn on_its_last_day_a_contract_still_runs() {
    assert_eq!(outlook(&fixed(AS_AT, &[]), Period::default(), AS_AT).status, Status::Current);
}

#[test]
fn an_unused_option_that_reaches_beyond_today_leaves_it_past_its_end_not_over() {
    let seen = outlook(&fixed(date(2026, 6, 30), &[12]), Period::default(), AS_AT);
    assert_eq!((seen.status, seen.last_possible_end), (Status::PastEnd, Some(date(2027, 6, 30))));
}

#[test]
fn a_yearly_renewal_takes_notice_and_has_no_end() {
    let term =
        Term { kind: TermKind::RenewsYearly, end: Some(date(2024, 2, 29)), notice: Some(Period::months(3)), ..Term::default() };
    let seen = outlook(&term, Period::default(), AS_AT);
    assert_eq!(seen.last_possible_end, None);
    assert_eq!(seen.exits[0].date, date(2027, 2, 28));
    assert_eq!(seen.decision_date, Some(date(2026, 11, 28)));
    let later = outlook(&term, Period::default(), date(2026, 12, 1));
    assert!(later.decisions[0].missed);
    assert_eq!(later.decision_date, Some(date(2027, 11, 29)));
    assert_eq!(later.interval, Some(ExitInterval { from: date(2028, 2, 29), to: None }));
}

#[test]
fn a_rolling_contract_can_end_once_notice_has_run() {
    let term = Term { kind: TermKind::Rolling, notice: Some(Period { months: 0, days: 90 }), ..Term::default() };
    let seen = outlook(&term, Period::months(12), AS_AT);
    assert_eq!(seen.interval, Some(ExitInterval { from: date(2027, 2, 21), to: None }));
    assert_eq!((seen.last_possible_end, seen.no_end()), (None, true));
}

#[test]
fn once_notice_is_given_a_contract_without_an_end_ends_on_the_day_that_was_said() {
    let day = date(2027, 9, 30);
    for kind in [TermKind::RenewsYearly, TermKind::Rolling] {
        let term = Term {
            kind,
            start: Some(date(2019, 4, 1)),
            end: Some(date(2024, 3, 31)),
            notice: Some(Period::months(3)),
            terminated: Some(day),
            ..Term::default()
        };
        assert_eq!((term.current_end(), term.last_possible_end()), (Some(day), Some(day)), "not the end that it first had");
        let seen = outlook(&term, Period::months(6), AS_AT);
        assert_eq!((seen.term, seen.status, seen.no_end()), (TermState::Fixed, Status::Current, false));
        assert_eq!(seen.exits.iter().map(|exit| (exit.date, exit.kind)).collect::<Vec<_>>(), [(day, ExitKind::End)]);
        assert_eq!(seen.interval, Some(ExitInterval { from: day, to: Some(day) }));
        let said: Vec<_> = seen.decisions.iter().map(|one| (one.kind, one.date)).collect();
        assert_eq!(said, [(DecisionKind::StartBuyingBy, date(2027, 3, 30))], "there is no notice left to give");
        assert_eq!(outlook(&term, Period::months(6), date(2027, 10, 1)).status, Status::Ended);
    }
}

#[test]
fn a_break_is_an_exit_of_a_contract_without_an_end_too() {
    let right = Break { on: date(2027, 6, 30), or_any_time_after: false, notice: Some(Period::months(1)) };
    let renews =
        Term { kind: TermKind::RenewsYearly, end: Some(date(2027, 12, 31)), breaks: vec![right.clone()], ..Term::default() };
    let seen = outlook(&renews, Period::default(), AS_AT);
    let exits: Vec<_> = seen.exits.iter().map(|exit| (exit.date, exit.kind)).collect();
    assert_eq!(exits, [(date(2027, 6, 30), ExitKind::Break), (date(2027, 12, 31), ExitKind::Renewal)]);
    assert_eq!(seen.decision_date, Some(date(2027, 5, 30)));
    assert_eq!(seen.interval, Some(ExitInterval { from: date(2027, 6, 30), to: None }));
    let rolls = Term { kind: TermKind::Rolling, notice: Some(Period::months(12)), breaks: vec![right], ..Term::default() };
    let kinds: Vec<_> = outlook(&rolls, Period::default(), AS_AT).exits.iter().map(|exit| exit.kind).collect();
    assert_eq!(kinds, [ExitKind::Break, ExitKind::Notice]);
}

#[test]
fn a_break_is_an_exit_with_its_own_notice() {
    let mut term = fixed(date(2029, 3, 31), &[]);
    term.breaks = vec![Break { on: date(2027, 3, 31), or_any_time_after: false, notice: Some(Period::months(6)) }];
    let seen = outlook(&term, Period::default(), AS_AT);
    assert_eq!(seen.exits[0].kind, ExitKind::Break);
    assert!(!seen.exits[0].reachable && seen.decisions[0].missed);
    assert_eq!(seen.decisions[0].date, date(2026, 9, 30));
}

#[test]
fn a_decision_whose_notice_is_not_known_is_due_at_the_latest_on_its_day_and_never_firm() {
    let marks = |term: &Term| -> Vec<(DecisionKind, Date, bool)> {
        outlook(term, Period::default(), AS_AT).decisions.iter().map(|d| (d.kind, d.date, d.at_latest)).collect()
    };
    let end = date(2027, 3, 31);
    let mut term = fixed(end, &[12, 12]);
    assert_eq!(marks(&term)[0], (DecisionKind::ExtendBy, end, true));
    term.extensions[0].notice = Some(Period::months(6));
    assert_eq!(marks(&term)[0], (DecisionKind::ExtendBy, date(2026, 9, 30), false), "missed, and firmly so");
    term.extensions[0].notice = Some(Period::default());
    assert_eq!(marks(&term)[0], (DecisionKind::ExtendBy, end, false), "no notice is needed: that is known");
    assert!(!marks(&term)[1].2, "buying takes a lead time, not notice");

    let mut term = fixed(date(2029, 3, 31), &[]);
    term.breaks = vec![Break { on: end, or_any_time_after: false, notice: None }];
    assert_eq!(marks(&term)[0], (DecisionKind::GiveNoticeBy, end, true));
    let renews = Term { kind: TermKind::RenewsYearly, end: Some(end), ..Term::default() };
    assert_eq!(marks(&renews)[0], (DecisionKind::GiveNoticeBy, end, true));
}

#[test]
fn a_day_that_only_a_notice_not_known_would_move_is_the_earliest_it_can_be() {
    let first = |term: &Term| outlook(term, Period::default(), AS_AT).exits.first().map(|exit| (exit.date, exit.at_earliest));
    let rolling = Term { kind: TermKind::Rolling, ..Term::default() };
    assert_eq!(first(&rolling), Some((AS_AT, true)));
    let known = Term { notice: Some(Period::months(3)), ..rolling };
    assert_eq!(first(&known), Some((date(2027, 2, 23), false)));
    let mut term = fixed(date(2029, 3, 31), &[]);
    term.breaks = vec![Break { on: date(2025, 3, 31), or_any_time_after: true, notice: None }];
    assert_eq!(first(&term), Some((AS_AT, true)));
    term.breaks[0].on = date(2027, 3, 31);
    assert_eq!(first(&term), Some((date(2027, 3, 31), false)), "the break's own day is agreed");
}

#[test]
fn nothing_is_guessed_without_an_end() {
    let seen = outlook(&Term { start: Some(date(2020, 1, 1)), ..Term::default() }, Period::months(12), AS_AT);
    assert_eq!((seen.term, seen.status), (TermState::NotKnown, Status::NotKnown));
    assert!(seen.exits.is_empty() && seen.decisions.is_empty() && seen.last_possible_end.is_none());
}

fn dates() -> impl Strategy<Value = Date> {
    (2015i16..2045, 1i8..=12, 1i8..=31).prop_map(|(year, month, day)| {
        let first = date(year, month, 1);
        date(year, month, day.min(first.days_in_month()))
    })
}

fn terms() -> impl Strategy<Value = Term> {
    let kinds =
        prop_oneof![Just(TermKind::Fixed), Just(TermKind::RenewsYearly), Just(TermKind::Rolling), Just(TermKind::NotKnown)];
    let extension = (0u16..60, any::<bool>(), any::<bool>(), 0u16..12).prop_map(|(months, agreed, used, notice)| Extension {
        months,
        kind: ExtensionKind::UpTo,
        by: if agreed { ExtensionBy::Agreement } else { ExtensionBy::BuyerOption },
        notice: Some(Period::months(notice)),
        used,
    });
    let right = (dates(), any::<bool>(), 0u16..12).prop_map(|(on, or_any_time_after, notice)| Break {
        on,
        or_any_time_after,
        notice: Some(Period::months(notice)),
    });
    (
        (kinds, proptest::option::of(dates()), proptest::option::of(dates()), proptest::option::of(any::<bool>())),
        (
            proptest::collection::vec(extension, 0..4),
            proptest::collection::vec(right, 0..3),
            0u16..24,
            proptest::option::of(dates()),
        ),
    )
        .prop_map(|((kind, start, end, in_use), (extensions, breaks, notice, terminated))| Term {
            kind,
            start,
            end,
            extensions,
            breaks,
            notice: Some(Period::months(notice)),
            review: None,
            in_use,
            terminated,
        })
}

proptest! {
    #[test]
    fn exits_and_decisions_keep_their_laws(term in terms(), as_at in dates(), lead in 0u16..24) {
        let seen = outlook(&term, Period::months(lead), as_at);
        prop_assert!(seen.exits.windows(2).all(|pair| pair[0].date < pair[1].date), "exits are in order, one a day");
        prop_assert!(seen.exits.iter().all(|exit| exit.date >= as_at), "no exit lies in the past");
        prop_assert!(seen.decisions.iter().all(|d| d.missed == (d.date < as_at) && d.exit >= as_at && d.date <= d.exit));
        prop_assert_eq!(seen.decision_date, seen.decisions.iter().filter(|d| d.date >= as_at).map(|d| d.date).min());
        for buying in seen.decisions.iter().filter(|d| d.kind == DecisionKind::StartBuyingBy) {
            prop_assert!(!seen.too_short);
            prop_assert!(seen.exits.iter().any(|exit| exit.date == buying.exit && !exit.lost), "buying is for an exit that is left");
            prop_assert!(term.start.is_none_or(|start| start <= buying.date), "nobody can start buying before the contract began");
        }
        prop_assert!(seen.exits.iter().all(|exit| !(exit.lost && exit.reachable)));
        if let Some(interval) = seen.interval {
            prop_assert!(interval.from >= as_at && interval.to.is_none_or(|to| to >= interval.from));
        }
        if let (Some(last), TermState::Fixed) = (seen.last_possible_end, seen.term) {
            prop_assert!(seen.exits.iter().all(|exit| exit.date <= last), "no exit after the last possible end");
        }
        if seen.status == Status::Ended {
            prop_assert!(seen.exits.is_empty() && seen.decisions.is_empty());
        }
    }

    #[test]
    fn notice_and_lead_time_never_move_an_exit(mut term in terms(), as_at in dates(), lead in 0u16..24) {
        term.kind = TermKind::Fixed;
        term.breaks.iter_mut().for_each(|right| right.or_any_time_after = false);
        let without = outlook(&term, Period::default(), as_at);
        let with = outlook(&term, Period::months(lead), as_at);
        prop_assert!(with.decisions.iter().all(|d| !d.at_latest) && with.exits.iter().all(|exit| !exit.at_earliest), "all is known");
        let days = |seen: &Outlook| seen.exits.iter().map(|exit| exit.date).collect::<Vec<_>>();
        prop_assert_eq!(days(&without), days(&with));
    }

    #[test]
    fn a_longer_option_never_brings_the_last_possible_end_forward(end in dates(), months in proptest::collection::vec(0u16..48, 0..4), more in 0u16..48) {
        let mut longer = months.clone();
        longer.push(more);
        prop_assert!(fixed(end, &longer).last_possible_end() >= fixed(end, &months).last_possible_end());
    }
}
