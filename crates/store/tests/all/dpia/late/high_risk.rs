//! A late joiner with a high risk: it asks the Commissioner itself, and stops nobody but itself.

use super::*;
use domain::dpia::{ico::IcoOutcome, review::Trigger, whole::Blocker};

#[tokio::test(flavor = "multi_thread")]
async fn a_late_joiner_with_a_high_risk_asks_the_commissioner_itself() {
    let late = Late::new().await;
    fill(&late.city, &late.joiner, late.assessment).await;
    let own = late.risk(Some(("probable", "serious"))).await;
    late.make(&late.joiner, Move::FreezeAnnex, Moving::default()).await.unwrap();
    late.sign_all().await;
    assert_eq!((late.signed(0).await, late.signed(1).await), ((5, 5), (4, 5)), "all but the acceptance");
    let officer =
        late.signers.iter().find(|one| one.acting_for == late.city.councils[1] && one.holds(one.acting_for, Role::Dpo)).unwrap();
    let early = Moving { sent: Some(date(2026, 11, 17)), ..Moving::default() };
    let frozen = domain::dpia::ico::Refusal::NotFrozenYet(date(2026, 11, 18));
    assert_eq!(late.make(officer, Move::Consult, early).await, Err(Refused::Consultation(frozen)));
    assert_eq!(late.make(officer, Move::Consult, Moving::default()).await, Ok(State::Live));
    let asked = late.whole().await;
    let consultation = asked.consulting().next().unwrap().clone();
    assert_eq!(consultation.risks, [own.risk.id]);
    // It was asked too early: taken back with reasons, and asked again.
    assert_eq!(unmet(late.make(officer, Move::WithdrawRequest, Moving::default()).await), [Condition::Reasons]);
    let back = Moving { reasons: "The text was not ready.", ..Moving::default() };
    late.make(officer, Move::WithdrawRequest, back).await.unwrap();
    assert!(late.whole().await.consulting().next().is_none());
    late.make(officer, Move::Consult, Moving::default()).await.unwrap();
    let mut work = late.work(officer).await;
    let mut consultation = work.whole.consulting().next().unwrap().clone();
    consultation.receive(TODAY, TODAY).unwrap();
    work.put_consultation(consultation).await.unwrap();
    work.commit().await.unwrap();
    let answer = Moving { answer: Some((TODAY, IcoOutcome::WithAdvice, "Encrypt it.")), ..Moving::default() };
    late.make(officer, Move::RecordAnswer, answer).await.unwrap();
    late.sign_all().await;
    assert_eq!((late.signed(0).await, late.signed(1).await), ((5, 5), (5, 5)));

    // The letter was misread: nobody has accepted the risk any more, and the officer is asked to look again.
    let right = |outcome: IcoOutcome, text: &'static str| {
        let late = &late;
        async move {
            let mut work = late.work(officer).await;
            let id = work.whole.consultations.last().unwrap().id;
            let put = (outcome, text, "The letter was misread.");
            assert_eq!(work.correct_answer(late.city.template(), &late.route, id, put).await.unwrap(), Ok(false));
            work.commit().await.unwrap();
        }
    };
    right(IcoOutcome::MustNotProceed, "It must not.").await;
    assert_eq!((late.signed(0).await, late.signed(1).await), ((5, 5), (4, 5)), "another's annex is nothing to the others");
    let risks = vec![own.risk.id];
    let stands = Blocker::HighRisk { part: late.annex(), alone: true, risks, asked: false, forbidden: true };
    assert!(late.whole().await.blockers(late.city.template(), &late.route).contains(&stands));
    let open = late.city.store.open_tasks(&scope(officer)).await.unwrap();
    let notes: Vec<&str> = open
        .iter()
        .filter(|task| matches!(task.about, About::Consultation { .. }) && task.assignee.organisation() == officer.acting_for)
        .map(|task| task.note.as_str())
        .collect();
    assert_eq!(notes, ["The letter was misread."], "asked once, and anew");
    // Its data is in use: whoever leads the assessment and whoever accepted the risk are asked to look, until it is allowed.
    let looks = async |member: &Member| {
        let open = late.city.store.open_tasks(&scope(member)).await.unwrap();
        open.iter().filter(|task| matches!(task.about, About::Review { why: Some(Trigger::Forbidden { .. }) })).count()
    };
    let siro = late.signers.iter().find(|one| one.acting_for == late.city.councils[1] && one.holds(one.acting_for, Role::Siro));
    let siro = siro.unwrap();
    assert_eq!((looks(&late.lead).await, looks(siro).await), (1, 1));
    // Nor does it come back to life when the answer allows it after all, or allows it on other terms: it is accepted anew.
    for (outcome, text) in [
        (IcoOutcome::WithAdvice, "Encrypt it."),
        (IcoOutcome::MayProceed, "Encrypt it."),
        (IcoOutcome::WithAdvice, "Encrypt it, and keep it for a year."),
    ] {
        right(outcome, text).await;
        assert_eq!((late.signed(0).await, late.signed(1).await), ((5, 5), (4, 5)), "{text}");
        let accepted = |task: &domain::dpia::task::Task| matches!(&task.about, About::Sign { step, .. } if step == "risk");
        assert!(late.city.store.open_tasks(&scope(siro)).await.unwrap().iter().any(accepted), "{text}");
        assert_eq!((looks(&late.lead).await, looks(siro).await), (0, 0), "{text}");
        // What fell in one annex keeps nobody else from looking at it again.
        let looked = Moving { reasons: "Nothing is new.", ..late.begins() };
        assert_eq!(late.make(&late.lead, Move::Confirm, looked).await, Ok(State::Live), "{text}");
        assert_eq!(late.sign_all().await, 1, "{text}");
        assert_eq!((late.signed(0).await, late.signed(1).await), ((5, 5), (5, 5)), "{text}");
    }
    assert!(late.city.store.check(&operator()).await.unwrap().sound());

    // Lowered, accepted so, and raised again: the old answer does not clear it.
    for (likelihood, severity, signed) in [("remote", "minimal", 5), ("probable", "serious", 4)] {
        let reasons = Moving { reasons: "The risk changed.", ..Moving::default() };
        late.make(&late.joiner, Move::OpenAnnex, reasons).await.unwrap();
        late.rate(&own, likelihood, severity).await;
        late.make(&late.joiner, Move::FreezeAnnex, Moving::default()).await.unwrap();
        late.sign_all().await;
        assert_eq!((late.signed(0).await, late.signed(1).await), ((5, 5), (signed, 5)), "{likelihood}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_answer_that_forbids_what_is_in_use_asks_its_lead_and_who_accepted_the_risk_until_another_allows_it() {
    let late = Late::new().await;
    fill(&late.city, &late.joiner, late.assessment).await;
    let own = late.risk(Some(("possible", "some"))).await;
    late.make(&late.joiner, Move::FreezeAnnex, Moving::default()).await.unwrap();
    late.sign_all().await;
    assert_eq!(late.signed(1).await, (5, 5), "accepted while it was no higher");
    let reasons = Moving { reasons: "The risk rose.", ..Moving::default() };
    late.make(&late.joiner, Move::OpenAnnex, reasons).await.unwrap();
    late.rate(&own, "probable", "serious").await;
    late.make(&late.joiner, Move::FreezeAnnex, Moving::default()).await.unwrap();
    late.sign_all().await;
    let of_joiner = |role: Role| {
        let council = late.city.councils[1];
        late.signers.iter().find(|one| one.acting_for == council && one.holds(council, role)).unwrap()
    };
    let (officer, siro) = (of_joiner(Role::Dpo), of_joiner(Role::Siro));
    let answered = async |outcome: IcoOutcome| {
        late.make(officer, Move::Consult, Moving::default()).await.unwrap();
        let mut work = late.work(officer).await;
        let mut consultation = work.whole.consulting().next().unwrap().clone();
        consultation.receive(TODAY, TODAY).unwrap();
        work.put_consultation(consultation).await.unwrap();
        work.commit().await.unwrap();
        let answer = Moving { answer: Some((TODAY, outcome, "It says so.")), ..Moving::default() };
        late.make(officer, Move::RecordAnswer, answer).await.unwrap();
    };
    let looks = async |member: &Member| {
        let open = late.city.store.open_tasks(&scope(member)).await.unwrap();
        open.iter().filter(|task| matches!(task.about, About::Review { why: Some(Trigger::Forbidden { .. }) })).count()
    };
    answered(IcoOutcome::MustNotProceed).await;
    assert_eq!((looks(&late.lead).await, looks(siro).await), (1, 1));
    answered(IcoOutcome::MayProceed).await;
    assert_eq!((looks(&late.lead).await, looks(siro).await), (0, 0));
    assert!(late.city.store.check(&operator()).await.unwrap().sound());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_high_risk_of_who_joins_what_is_signed_stops_it_alone() {
    let late = Late::new().await;
    fill(&late.city, &late.joiner, late.assessment).await;
    let own = late.risk(Some(("probable", "serious"))).await;
    late.signed_since(NOW + 4).await;
    late.make(&late.joiner, Move::FreezeAnnex, Moving::default()).await.unwrap();
    late.sign_all().await;
    assert_eq!((late.signed(0).await, late.signed(1).await), ((5, 5), (4, 5)), "it cannot accept the risk");
    let risks = vec![own.risk.id];
    let of_joiner = Blocker::HighRisk { part: late.annex(), alone: true, risks, asked: false, forbidden: false };
    assert!(late.whole().await.blockers(late.city.template(), &late.route).contains(&of_joiner));
    // It asks the Commissioner, and the others wait for neither the risk nor the answer.
    let officer = late.signers.iter().find(|one| one.acting_for == late.city.councils[1] && one.holds(one.acting_for, Role::Dpo));
    late.make(officer.unwrap(), Move::Consult, Moving::default()).await.unwrap();
    // Had it been there when all signed, they would.
    late.signed_since(NOW + 6).await;
    let stopped = unmet(late.make(&late.lead, Move::GoLive, late.begins()).await);
    assert_eq!(stopped, [Condition::AllSigned, Condition::NoHighRisk, Condition::NoAnswerAwaited]);
    late.signed_since(NOW + 4).await;
    assert_eq!(late.make(&late.lead, Move::GoLive, late.begins()).await, Ok(State::Live));
    late.sign_all().await;
    assert_eq!(late.signed(1).await, (4, 5), "what is in use for others is still not accepted here");
}
