use super::*;
use jiff::civil::date;
use proptest::prelude::*;
use uuid::Uuid;

fn sent() -> Consultation {
    let id = |number| Uuid::from_u128(number);
    let sent = date(2026, 10, 30);
    let risks = vec![RiskId(id(4))];
    Consultation::open(ConsultationId(id(1)), AssessmentId(id(2)), VersionId(id(3)), risks, sent, sent).unwrap()
}

#[test]
fn eight_weeks_run_from_receipt_stand_still_while_stopped_and_can_become_fourteen() {
    let today = date(2026, 11, 23);
    let mut consultation = sent();
    assert_eq!(consultation.clock(today), None);
    consultation.receive(date(2026, 11, 2), today).unwrap();
    consultation.stop(date(2026, 11, 13), "The rota of agency staff", today).unwrap();
    let clock = consultation.clock(today).unwrap();
    assert_eq!((clock.counted, clock.stopped, clock.left, clock.allowed), (11, 10, 45, 56));
    assert_eq!(clock.ends, date(2027, 1, 7));
    assert_eq!(clock.extension, Extending::Possible { by: date(2026, 12, 2), ends: date(2027, 2, 18) });
    assert!(clock.standing.is_some());

    consultation.resume(date(2026, 11, 23), today).unwrap();
    consultation.extend(date(2026, 11, 23), "Complex", today).unwrap();
    let clock = consultation.clock(date(2027, 2, 20)).unwrap();
    assert_eq!((clock.counted, clock.left, clock.ends), (100, -2, date(2027, 2, 18)));
    assert_eq!(clock.extension, Extending::Taken(date(2026, 11, 23)));
}

#[test]
fn an_extension_comes_within_a_month_of_receipt_or_not_at_all() {
    let today = date(2027, 1, 5);
    let mut consultation = sent();
    consultation.receive(date(2026, 11, 30), today).unwrap();
    assert_eq!(consultation.extend(date(2026, 12, 31), "Late", today), Err(Refusal::ExtensionTooLate(date(2026, 12, 30))));
    assert_eq!(consultation.clock(today).unwrap().extension, Extending::Over);
    consultation.extend(date(2026, 12, 30), "In time", today).unwrap();
    assert_eq!(consultation.extend(date(2026, 12, 30), "Again", today), Err(Refusal::AlreadyExtended));
    // The month after the last day of January ends with February.
    assert_eq!(month_after(date(2027, 1, 31)), date(2027, 2, 28));
}

#[test]
fn events_come_in_their_order_and_only_with_reasons() {
    let today = date(2026, 12, 1);
    let mut consultation = sent();
    assert_eq!(consultation.stop(today, "x", today), Err(Refusal::NotReceived));
    assert_eq!(consultation.receive(date(2026, 10, 1), today), Err(Refusal::Before(date(2026, 10, 30))));
    assert_eq!(consultation.receive(date(2026, 12, 2), today), Err(Refusal::InFuture));
    consultation.receive(date(2026, 11, 2), today).unwrap();
    assert_eq!(consultation.receive(date(2026, 11, 2), today), Err(Refusal::AlreadyReceived));
    assert_eq!(consultation.resume(today, today), Err(Refusal::NotStopped));
    assert_eq!(consultation.stop(today, " ", today), Err(Refusal::SayWhy));
    consultation.stop(date(2026, 11, 10), "Papers", today).unwrap();
    assert_eq!(consultation.stop(today, "More", today), Err(Refusal::AlreadyStopped));
    assert_eq!(consultation.resume(date(2026, 11, 9), today), Err(Refusal::Before(date(2026, 11, 10))));
    consultation.answer(date(2026, 11, 20), IcoOutcome::WithAdvice, "Encrypt it.", today).unwrap();
    assert_eq!(consultation.stops[0].to, Some(date(2026, 11, 20)));
    assert_eq!(consultation.answer(today, IcoOutcome::MayProceed, "x", today), Err(Refusal::AlreadyAnswered));
    let clock = consultation.clock(today).unwrap();
    assert_eq!((clock.counted, clock.stopped, clock.answered), (8, 10, Some(date(2026, 11, 20))));
}

#[test]
fn only_an_answer_that_allows_it_clears_a_risk_and_only_one_it_was_asked_about() {
    let today = date(2026, 12, 1);
    let (asked, other) = (RiskId(Uuid::from_u128(4)), RiskId(Uuid::from_u128(5)));
    for (outcome, clears) in [(IcoOutcome::MayProceed, true), (IcoOutcome::WithAdvice, true), (IcoOutcome::MustNotProceed, false)]
    {
        let mut consultation = sent();
        consultation.receive(date(2026, 11, 2), today).unwrap();
        assert!(!consultation.clears(asked));
        consultation.answer(today, outcome, "So be it.", today).unwrap();
        assert_eq!((consultation.clears(asked), consultation.clears(other)), (clears, false), "{outcome:?}");
    }
    assert_eq!(
        Consultation::open(ConsultationId(Uuid::nil()), AssessmentId(Uuid::nil()), VersionId(Uuid::nil()), vec![], today, today),
        Err(Refusal::NothingHigh)
    );
}

proptest! {
    #[test]
    fn counted_and_stopped_days_make_up_the_time_since_receipt(
        gaps in prop::collection::vec((0i64..20, 0i64..20), 0..5), open in any::<bool>(), after in 0i64..200
    ) {
        let today = date(2030, 1, 1);
        let received = date(2026, 11, 2);
        let mut consultation = sent();
        consultation.receive(received, today).unwrap();
        let (mut day, mut stopped) = (received, 0);
        for (place, (run, stand)) in gaps.iter().enumerate() {
            let from = later(day, *run);
            consultation.stop(from, "asked", today).unwrap();
            day = later(from, *stand);
            if !(open && place + 1 == gaps.len()) {
                consultation.resume(day, today).unwrap();
            }
            stopped += stand;
        }
        let as_at = later(day, after);
        let clock = consultation.clock(as_at).unwrap();
        if open && !gaps.is_empty() {
            stopped += after;
        }
        prop_assert_eq!(clock.stopped, stopped);
        prop_assert_eq!(clock.counted + clock.stopped, days(received, as_at));
        prop_assert_eq!(clock.left + clock.counted, clock.allowed);
        prop_assert_eq!(days(received, clock.ends), clock.allowed + clock.stopped);
    }
}
