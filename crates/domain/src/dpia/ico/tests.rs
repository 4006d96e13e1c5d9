use super::*;
use crate::dpia::{
    place::Part,
    risk::{Assessed, Matrix, Override, Rating, Risk, Source},
};
use jiff::civil::date;
use proptest::prelude::*;
use uuid::Uuid;

/// A risk that stays high: probable and severe, or whatever is said.
fn risk(number: u128, likelihood: &str, severity: &str) -> Risk {
    let rating = Some(Rating { likelihood: likelihood.to_owned(), severity: severity.to_owned() });
    Risk {
        id: RiskId(Uuid::from_u128(number)),
        part: Part::Shared,
        title: "A fall is not seen".to_owned(),
        description: "Nobody comes for hours.".to_owned(),
        source: Source::Own,
        inherent: Assessed::default(),
        residual: Assessed { rating, overridden: None },
    }
}

fn matrix() -> Matrix {
    crate::dpia::library::shipped()
        .in_force(crate::dpia::template::Purpose::Dpia, date(2026, 11, 23))
        .expect("a template ships")
        .matrix
        .clone()
}

fn ask(risk: &Risk) -> Consultation {
    let id = |number| Uuid::from_u128(number);
    let sent = date(2026, 10, 30);
    Consultation::ask(ConsultationId(id(1)), AssessmentId(id(2)), VersionId(id(3)), vec![Asked::of(risk)], sent, sent).unwrap()
}

fn sent() -> Consultation {
    ask(&risk(4, "probable", "serious"))
}

/// A consultation that was answered so that the risk may be accepted.
fn cleared(risk: &Risk) -> Consultation {
    let (mut consultation, today) = (ask(risk), date(2026, 12, 1));
    consultation.receive(date(2026, 11, 2), today).unwrap();
    consultation.answer(date(2026, 11, 20), IcoOutcome::WithAdvice, "Encrypt it.", today).unwrap();
    consultation
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
fn no_answer_comes_before_the_day_on_which_the_commissioner_took_longer() {
    let today = date(2026, 12, 20);
    let mut consultation = sent();
    consultation.receive(date(2026, 11, 2), today).unwrap();
    consultation.extend(date(2026, 11, 23), "Complex", today).unwrap();
    let early = consultation.answer(date(2026, 11, 20), IcoOutcome::WithAdvice, "Encrypt it.", today);
    assert_eq!(early, Err(Refusal::Before(date(2026, 11, 23))));
    consultation.answer(date(2026, 12, 10), IcoOutcome::WithAdvice, "Encrypt it.", today).unwrap();
    let earlier = consultation.correct(Dated::Answered, date(2026, 11, 20), today);
    assert_eq!(earlier, Err(Refusal::Before(date(2026, 11, 23))));
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
    let matrix = matrix();
    let [high, higher] = &highs(&matrix);
    let (asked, other) = (high.clone(), Risk { id: RiskId(Uuid::from_u128(5)), ..higher.clone() });
    for (outcome, clears) in [(IcoOutcome::MayProceed, true), (IcoOutcome::WithAdvice, true), (IcoOutcome::MustNotProceed, false)]
    {
        let mut consultation = ask(&asked);
        consultation.receive(date(2026, 11, 2), today).unwrap();
        assert!(!consultation.clears(&asked, &matrix));
        consultation.answer(today, outcome, "So be it.", today).unwrap();
        assert_eq!((consultation.clears(&asked, &matrix), consultation.clears(&other, &matrix)), (clears, false), "{outcome:?}");
    }
    assert_eq!(
        Consultation::ask(ConsultationId(Uuid::nil()), AssessmentId(Uuid::nil()), VersionId(Uuid::nil()), vec![], today, today),
        Err(Refusal::NothingHigh)
    );
}

/// Two ratings of the shipped matrix that stay high: a lower one, and one that is more likely or more severe.
fn highs(matrix: &Matrix) -> [Risk; 2] {
    let mut found = Vec::new();
    for likelihood in &matrix.likelihood {
        for severity in &matrix.severity {
            let one = risk(4, &likelihood.id, &severity.id);
            if one.residual.band(matrix) == Some(crate::dpia::risk::Band::High) {
                found.push(one);
            }
        }
    }
    [found.first().unwrap().clone(), found.last().unwrap().clone()]
}

#[test]
fn an_answer_clears_a_risk_while_its_words_are_the_same_and_it_is_no_higher() {
    let matrix = matrix();
    let [high, higher] = highs(&matrix);
    assert_ne!(high.residual, higher.residual);
    assert!(cleared(&high).clears(&high, &matrix) && cleared(&higher).clears(&high, &matrix), "the same, or lower");
    assert!(!cleared(&high).clears(&higher, &matrix), "higher than what was asked about");
    for rewritten in [
        Risk { title: "Anybody can listen".to_owned(), ..high.clone() },
        Risk { description: "Nobody comes for days.".to_owned(), ..high.clone() },
    ] {
        assert!(!cleared(&high).clears(&rewritten, &matrix), "another risk than what was asked about");
    }
    let lowest = &matrix.levels[0].id;
    let by_hand = Override { level: lowest.clone(), reason: "It is insured.".to_owned() };
    let lowered = Risk { residual: Assessed { overridden: Some(by_hand), ..high.residual.clone() }, ..high.clone() };
    assert!(cleared(&high).clears(&lowered, &matrix) && !cleared(&lowered).clears(&high, &matrix));
    assert!(!cleared(&high).clears(&Risk { residual: Assessed::default(), ..high.clone() }, &matrix), "not rated is not lower");
}

#[test]
fn a_risk_that_was_accepted_lower_and_rises_again_is_asked_about_again() {
    let matrix = matrix();
    let [high, higher] = highs(&matrix);
    let low = risk(4, &matrix.likelihood[0].id, &matrix.severity[0].id);
    let mut consultation = cleared(&higher);
    assert!(!consultation.accepted(&[&higher], &matrix, 1), "accepted as it was asked about");
    assert!(consultation.accepted(&[&high], &matrix, 2) && consultation.clears(&high, &matrix));
    assert!(!consultation.clears(&higher, &matrix), "it was accepted lower since");
    assert!(consultation.accepted(&[&low], &matrix, 3));
    assert!(!consultation.clears(&high, &matrix), "it was accepted as no longer high");
    assert!(!consultation.accepted(&[&low], &matrix, 4));
    // Of what nobody has answered yet, nothing lapses.
    let mut open = ask(&high);
    assert!(!open.accepted(&[&low], &matrix, 5));
}

#[test]
fn an_acceptance_loses_the_answer_that_was_put_right_after_it() {
    use super::rests::{Lost, lost};
    let matrix = matrix();
    let [high, _] = highs(&matrix);
    let (low, answered) = (risk(5, &matrix.likelihood[0].id, &matrix.severity[0].id), cleared(&high));
    let rests = |one: &[Consultation], at: i64| lost(&[&high, &low], one, &matrix, at);
    assert_eq!(rests(std::slice::from_ref(&answered), 5), None);
    assert_eq!(rests(&[], 5), Some(Lost::Uncleared), "nobody answered");
    assert_eq!(lost(&[&low], &[], &matrix, 5), None, "nothing is high");
    for outcome in [IcoOutcome::WithAdvice, IcoOutcome::MustNotProceed] {
        let mut righted = answered.clone();
        righted.correct_answer(outcome, "Not as it is.", "Misread.", 7).unwrap();
        assert_eq!(rests(std::slice::from_ref(&righted), 7), Some(Lost::Righted(7)), "{outcome:?}");
        let later = (outcome == IcoOutcome::MustNotProceed).then_some(Lost::Uncleared);
        assert_eq!(rests(&[righted], 8), later, "accepted on what it says now: {outcome:?}");
    }
    let mut wrong = answered.clone();
    wrong.correct_answer(IcoOutcome::MustNotProceed, "No.", "Misread.", 7).unwrap();
    assert_eq!(rests(&[wrong, answered], 5), None, "another answer clears it");
}

#[test]
fn a_record_from_before_ratings_were_kept_reads_and_goes_by_the_risk() {
    let matrix = matrix();
    let [high, higher] = highs(&matrix);
    let mut json = serde_json::to_value(cleared(&high)).unwrap();
    json.as_object_mut().unwrap().remove("asked").unwrap();
    let old: Consultation = serde_json::from_value(json).unwrap();
    assert!(old.asked.is_empty() && old.clears(&higher, &matrix));
}

#[test]
fn a_request_can_be_taken_back_with_reasons_until_it_is_answered() {
    let today = date(2026, 12, 1);
    let mut consultation = sent();
    assert!(consultation.open());
    assert_eq!(consultation.withdraw(today, " ", today), Err(Refusal::SayWhy));
    assert_eq!(consultation.withdraw(date(2026, 10, 1), "Lower", today), Err(Refusal::Before(date(2026, 10, 30))));
    consultation.receive(date(2026, 11, 2), today).unwrap();
    consultation.withdraw(date(2026, 11, 12), "The risk is no longer high", today).unwrap();
    assert!(!consultation.open() && !consultation.clears(&risk(4, "probable", "serious"), &matrix()));
    assert_eq!(consultation.clock(today).unwrap().counted, 10, "the clock ends with it");
    assert_eq!(consultation.answer(today, IcoOutcome::MayProceed, "x", today), Err(Refusal::AlreadyWithdrawn));
    assert_eq!(consultation.withdraw(today, "Again", today), Err(Refusal::AlreadyWithdrawn));
    let mut answered = cleared(&risk(4, "probable", "serious"));
    assert_eq!(answered.withdraw(today, "Too late", today), Err(Refusal::AlreadyAnswered));
}

#[test]
fn a_day_that_was_recorded_wrongly_is_put_right_within_the_order_of_events() {
    let today = date(2026, 12, 20);
    let mut consultation = sent();
    assert_eq!(consultation.correct(Dated::Received, today, today), Err(Refusal::NothingToCorrect));
    consultation.receive(date(2026, 11, 2), today).unwrap();
    consultation.extend(date(2026, 11, 30), "Complex", today).unwrap();
    consultation.stop(date(2026, 11, 13), "Papers", today).unwrap();
    assert_eq!(consultation.correct(Dated::Resumed, today, today), Err(Refusal::NothingToCorrect));
    consultation.correct(Dated::Sent, date(2026, 10, 28), today).unwrap();
    consultation.correct(Dated::Received, date(2026, 11, 4), today).unwrap();
    assert_eq!(consultation.clock(today).unwrap().received, date(2026, 11, 4));
    let before = consultation.clone();
    for (which, day, refusal) in [
        (Dated::Received, date(2026, 10, 1), Refusal::Before(date(2026, 10, 28))),
        (Dated::Received, date(2026, 11, 14), Refusal::Before(date(2026, 11, 14))),
        (Dated::Extended, date(2026, 12, 5), Refusal::ExtensionTooLate(date(2026, 12, 4))),
        (Dated::Sent, date(2026, 12, 21), Refusal::InFuture),
    ] {
        assert_eq!(consultation.correct(which, day, today), Err(refusal), "{which:?}");
        assert_eq!(consultation, before, "nothing changes");
    }
    consultation.answer(date(2026, 12, 10), IcoOutcome::MayProceed, "It may.", today).unwrap();
    consultation.correct(Dated::Answered, date(2026, 12, 11), today).unwrap();
    assert_eq!(consultation.stops[0].to, Some(date(2026, 12, 11)), "the stop that the answer ended ends with it");
    for which in Dated::ALL {
        assert_eq!(Dated::parse(which.as_str()), Some(which));
    }
}

#[test]
fn an_answer_that_was_recorded_wrongly_is_put_right_with_a_reason_and_clears_nothing_any_more() {
    let matrix = matrix();
    let [high, _] = highs(&matrix);
    let mut consultation = ask(&high);
    let no = IcoOutcome::MustNotProceed;
    assert_eq!(consultation.correct_answer(no, "No.", "Misread", 1), Err(Refusal::NothingToCorrect));
    let mut consultation = cleared(&high);
    assert!(consultation.clears(&high, &matrix));
    for (text, why, refusal) in [(" ", "Misread", Refusal::SayWhy), ("No.", " ", Refusal::NoReason)] {
        assert_eq!(consultation.correct_answer(no, text, why, 1), Err(refusal));
    }
    assert_eq!(consultation.correct_answer(IcoOutcome::WithAdvice, "Encrypt it.", "x", 1), Err(Refusal::TheSame));
    assert_eq!(consultation, cleared(&high), "nothing changes");
    consultation.correct_answer(no, "It must not.", "The letter was misread.", 7).unwrap();
    assert!(!consultation.clears(&high, &matrix));
    let answer = consultation.answer.as_ref().unwrap();
    assert_eq!((answer.outcome, answer.text.as_str(), answer.on), (no, "It must not.", date(2026, 11, 20)));
    let before = Mistaken {
        outcome: IcoOutcome::WithAdvice,
        text: "Encrypt it.".to_owned(),
        why: "The letter was misread.".to_owned(),
        at: 7,
    };
    assert_eq!(answer.before, [before]);
}

#[test]
fn nothing_is_sent_before_the_version_that_goes_with_it_is_frozen() {
    let consultation = sent();
    assert_eq!(consultation.sent_since(date(2026, 10, 30)), Ok(()));
    let frozen = date(2026, 10, 31);
    assert_eq!(consultation.sent_since(frozen), Err(Refusal::NotFrozenYet(frozen)));
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
