//! The Commissioner's answer, recorded wrongly and put right on its page.

use super::tests::{Case, case, server, value};
use crate::testing::Browser;
use axum::http::StatusCode;
use domain::{
    dpia::{
        assessment::State,
        ico::{Consultation, IcoOutcome},
        ids::{ConsultationId, SignatureId, VersionId},
        place::Part,
        review::Trigger,
        risk::Band,
        sign_off::{Kind, Signature},
        task::{About, Assignee},
    },
    people::{PersonId, Role},
};
use jiff::civil::Date;
use uuid::Uuid;

/// The day on which the Commissioner is asked, and answers.
const ASKED: Date = jiff::civil::date(2026, 11, 2);

/// A high risk is frozen, and the Commissioner allowed it.
async fn allowed(case: &Case) -> (VersionId, ConsultationId) {
    let (risk, _) = case.risk(Part::Shared, 1, "serious").await;
    let (version, today) = (case.frozen().await, case.city.app.clock.today());
    let answered = |one: &mut Consultation| {
        one.receive(ASKED, today).unwrap();
        one.answer(ASKED, IcoOutcome::MayProceed, "Go on.", today).unwrap();
    };
    (version, case.asks(risk, version, ASKED, answered).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_recorded_wrongly_is_put_right_with_its_reason_and_the_officers_are_asked() {
    let case = case().await;
    let (_, id) = allowed(&case).await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::Dpo).await;
    let page = format!("{}/consultation", case.address);
    let stands = value(&case.city.get(&officer, &page).await.page(), "version");
    let id = id.to_string();
    let sent = |version: &str, why: &str| {
        [
            ("act", "righted".to_owned()),
            ("consultation", id.clone()),
            ("version", version.to_owned()),
            ("outcome", "must-not-proceed".to_owned()),
            ("righted-text", "Not as it is planned.".to_owned()),
            ("righted-why", why.to_owned()),
        ]
    };
    let post = |fields: [(&'static str, String); 6], by: &'static str| {
        let (case, page, who) = (&case, &page, if by == "officer" { &officer } else { &case.priya });
        async move {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            case.city.post(who, page, &fields).await
        }
    };
    assert_eq!(post(sent(&stands, "Misread."), "lead").await.status, StatusCode::NOT_FOUND, "who records it puts it right");
    let silent = post(sent(&stands, " "), "officer").await;
    assert!(silent.text.contains("Enter why it is put right") && silent.text.contains("<title>Error: "), "{}", silent.text);
    assert!(silent.text.contains("Not as it is planned."), "what was typed stays: {}", silent.text);
    let late = post(sent("1", "Misread."), "officer").await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text.contains("has changed since you opened this page"), "{}", late.text);
    let done = post(sent(&stands, "The letter was misread."), "officer").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let said = case.main_of(&officer, &page).await;
    for words in ["It must not go ahead as planned", "Not as it is planned.", "Go on.", "The letter was misread."] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let work = case.held().await;
    let camden = Assignee::Role { organisation: case.city.organisation("camden").id, role: Role::Dpo };
    let asked = |about: &About| matches!(about, About::Consultation { .. });
    assert!(work.tasks().iter().any(|task| task.open() && asked(&task.about) && task.assignee == camden));
    assert_eq!(work.whole.assessment.state, State::Signed, "what it does not allow stands in the way of its use");
}

/// Camden's SIRO accepts the high risk of what is frozen.
async fn accept(case: &Case, version: VersionId, siro: PersonId) {
    let seals = case.by_the_server().await.whole.frozen().unwrap().seals.clone();
    let (now, camden) = (case.city.app.clock.now(), case.city.organisation("camden").id);
    let accepted = Signature {
        id: SignatureId(Uuid::now_v7()),
        assessment: case.id(),
        version,
        step: "risk".to_owned(),
        decision: "accepted".to_owned(),
        kind: Kind::AcceptsRisk,
        says: String::new(),
        reasons: String::new(),
        person: siro,
        organisation: camden,
        role: Role::Siro,
        as_deputy: false,
        second_factor: true,
        at: now - 1,
        level: Band::High,
        shared: seals.shared,
        annex: seals.annexes[&camden],
        taken_back: None,
    };
    let mut write = case.city.store().write(&server(), now).await.unwrap();
    write.create(&mut [accepted]).await.unwrap();
    write.commit().await.unwrap();
}

/// What the paper says, without what escapes its signs, and the register of risks.
async fn told(case: &Case, who: &Browser) -> (String, String) {
    let paper = case.city.get(who, &format!("{}/files/assessment.md", case.address)).await.text.replace('\\', "");
    (paper, case.main_of(who, "/risks").await)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acceptance_that_is_taken_back_is_told_as_accepted_nowhere() {
    let case = case().await;
    let (version, _) = allowed(&case).await;
    let (siro, owner) = case.colleague("Ruth Adeyemi", "camden", Role::Siro).await;
    accept(&case, version, siro).await;
    let (_, register) = told(&case, &owner).await;
    assert!(register.contains("Accepted medium and high risks") && register.contains("Ruth Adeyemi"), "{register}");
    let rows = async || case.city.get(&owner, "/risks.csv").await.text;
    let accepted = "Ruth Adeyemi, senior information risk owner, Camden";
    assert!(rows().await.contains(accepted), "{}", rows().await);
    let camden = case.city.organisation("camden").id.to_string();
    let field = format!("back-risk-{camden}");
    let sent = [("organisation", camden.as_str()), ("step", "risk"), (field.as_str(), "I meant another.")];
    let taken = case.city.post(&owner, &format!("{}/sign-off/take-back", case.address), &sent).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
    let (paper, register) = told(&case, &owner).await;
    assert!(paper.contains("Taken back on") && !paper.contains("Signed: holds for this text"), "{paper}");
    assert!(!register.contains("Accepted medium and high risks") && !register.contains("Ruth Adeyemi"), "{register}");
    assert!(!rows().await.contains("Ruth Adeyemi"), "{}", rows().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_use_and_must_not_be_used_as_planned_says_so_and_no_review_passes_over_it() {
    let case = case().await;
    let (version, id) = allowed(&case).await;
    case.alter(|head| (head.state, head.live_since) = (State::Live, Some(ASKED))).await;
    let camden = case.city.organisation("camden").id;
    let (siro, owner) = case.colleague("Ruth Adeyemi", "camden", Role::Siro).await;
    accept(&case, version, siro).await;
    let (paper, register) = told(&case, &owner).await;
    assert!(paper.contains("Signed: holds for this text") && !paper.contains("Holds no longer"), "{paper}");
    assert!(register.contains("Accepted medium and high risks") && register.contains("Ruth Adeyemi"), "{register}");
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::Dpo).await;
    let page = format!("{}/consultation", case.address);
    let stands = value(&case.city.get(&officer, &page).await.page(), "version");
    let id = id.to_string();
    let put = [
        ("act", "righted"),
        ("consultation", id.as_str()),
        ("version", stands.as_str()),
        ("outcome", "must-not-proceed"),
        ("righted-text", "Not as it is planned."),
        ("righted-why", "The letter was misread."),
    ];
    let done = case.city.post(&officer, &page, &put).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    // Whoever is asked to see what follows finds on that page how to say that they did.
    let asked = "Say that it is done, or hand it on";
    assert!(case.main_of(&officer, &page).await.contains(asked) && !case.main_of(&case.priya, &page).await.contains(asked));

    let board = case.main_of(&owner, &format!("{}/sign-off", case.address)).await;
    for words in ["must not go ahead as planned. Data is in use since 2 November 2026", "on which it rests, was put right since"]
    {
        assert!(board.contains(words), "{words}: {board}");
    }
    assert!(!board.contains("or who wrote part of it, is another now"), "{board}");
    // Papers and the register of risks tell it as the board does.
    let (paper, register) = told(&case, &owner).await;
    let fell = "Holds no longer: the Information Commissioner’s answer was put right on";
    assert!(paper.contains(fell) && !paper.contains("Signed: holds for this text"), "{paper}");
    assert!(!register.contains("Accepted medium and high risks") && !register.contains("Ruth Adeyemi"), "{register}");
    let first = case.main_of(&case.priya, &case.address).await;
    assert!(first.contains("the ICO says that it must not go ahead as planned; data is in use since 2 November 2026"), "{first}");
    let review = format!("{}/review", case.address);
    let asks = case.main_of(&case.priya, &review).await;
    assert_eq!(asks.matches("what is in use must not go ahead as planned").count(), 1, "one line for the reason: {asks}");
    assert!(!asks.contains("Record that it was looked at and nothing changed"), "{asks}");
    let work = case.held().await;
    let looks = |about: &About| matches!(about, About::Review { why: Some(Trigger::Forbidden { .. }) });
    let asked: Vec<_> = work.tasks().iter().filter(|task| task.open() && looks(&task.about)).map(|task| task.assignee).collect();
    let acceptor = Assignee::Role { organisation: camden, role: Role::Siro };
    assert!(asked.len() == 2 && asked.contains(&acceptor) && asked.contains(&work.lead_assignee()), "{asked:?}");
    // It holds the assessment: the next request would wait for it.
    drop(work);
    let confirm = format!("{}/move/confirm", case.address);
    let sent = [("reasons", "Nothing is new."), ("review-day", "1"), ("review-month", "6"), ("review-year", "2027")];
    let refused = case.city.post(&case.priya, &confirm, &sent).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text.contains("no answer of the Information Commissioner allows"), "{}", refused.text);
    assert!(!refused.text.contains("before data is used"), "it is in use: {}", refused.text);

    // Allowed after all, it is not looked at 'without changes' while nobody has accepted it anew.
    let stands = value(&case.city.get(&officer, &page).await.page(), "version");
    let put = [
        ("act", "righted"),
        ("consultation", id.as_str()),
        ("version", stands.as_str()),
        ("outcome", "with-advice"),
        ("righted-text", "With less data."),
        ("righted-why", "It was the letter of another."),
    ];
    let done = case.city.post(&officer, &page, &put).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let asks = case.main_of(&case.priya, &review).await;
    assert!(!asks.contains("Record that it was looked at and nothing changed"), "{asks}");
    let refused = case.city.post(&case.priya, &confirm, &sent).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text.contains("An acceptance of risk holds no longer"), "{}", refused.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_controller_records_nothing_of_what_the_commissioner_is_asked_about_anothers_own_risk() {
    let case = case().await;
    let camden = case.city.organisation("camden").id;
    let (risk, _) = case.risk(Part::Annex(camden), 1, "serious").await;
    let version = case.frozen().await;
    let (_, other) = case.colleague("Anjali Rao", "hackney", Role::Dpo).await;
    let (_, own) = case.colleague("Helen Marsh", "camden", Role::Dpo).await;
    let page = format!("{}/consultation", case.address);
    assert!(case.main_of(&own, &page).await.contains("Record that the pack was sent"));
    let seen = case.main_of(&other, &page).await;
    assert!(seen.contains("of the controller whose risk it is") && !seen.contains("Record that the pack was sent"), "{seen}");
    let on =
        |act: &'static str, [day, month, year]: [&'static str; 3]| [("act", act), (day, "20"), (month, "11"), (year, "2026")];
    let sent = on("sent", ["sent-day", "sent-month", "sent-year"]);
    let refused = case.city.post(&other, &page, &sent).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text.contains("No high risk is left about which your organisation asks"), "{}", refused.text);
    // Nor does it record what comes of what was asked.
    case.asks(risk, version, ASKED, |_| ()).await;
    let received = on("received", ["received-day", "received-month", "received-year"]);
    assert!(!case.main_of(&other, &page).await.contains("Record the receipt"));
    assert_eq!(case.city.post(&other, &page, &received).await.status, StatusCode::NOT_FOUND);
    assert_eq!(case.city.post(&own, &page, &received).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_controllers_record_what_comes_of_their_own_requests_beside_one_another() {
    let case = case().await;
    let [camden, hackney] = ["camden", "hackney"].map(|slug| Part::Annex(case.city.organisation(slug).id));
    let (theirs, _) = case.risk(camden, 1, "serious").await;
    let (ours, _) = case.risk(hackney, 2, "serious").await;
    let version = case.frozen().await;
    let first = case.asks(theirs, version, ASKED, |_| ()).await;
    let (_, lead) = case.colleague("Helen Marsh", "camden", Role::Dpo).await;
    let (_, own) = case.colleague("Piotr Ash", "hackney", Role::Dpo).await;
    let page = format!("{}/consultation", case.address);
    let said = case.main_of(&own, &page).await;
    assert!(said.contains("Ask the Commissioner"), "Hackney does not wait for Camden's answer: {said}");
    let second = case.asks(ours, version, ASKED, |_| ()).await;
    let received = |who: &'static str, id: ConsultationId| {
        let (case, page, by) = (&case, &page, if who == "camden" { &lead } else { &own });
        async move {
            let id = id.to_string();
            let sent = [
                ("act", "received"),
                ("consultation", id.as_str()),
                ("received-day", "3"),
                ("received-month", "11"),
                ("received-year", "2026"),
            ];
            case.city.post(by, page, &sent).await.status
        }
    };
    assert_eq!(received("hackney", first).await, StatusCode::NOT_FOUND, "it is Camden's");
    // On Hackney's page stand the forms of its own; the lead, who sees to both, chooses.
    let form = |page: &scraper::Html| value(page, "consultation");
    assert_eq!(form(&case.city.get(&own, &page).await.page()), second.to_string());
    let both = case.city.get(&lead, &page).await;
    assert!(both.text.contains(&format!("/consultation?consultation={first}")), "{}", both.text);
    let chosen = case.city.get(&lead, &format!("{page}?consultation={first}")).await.page();
    assert_eq!(form(&chosen), first.to_string());
    assert_eq!(received("hackney", second).await, StatusCode::SEE_OTHER);
    let has = async |id: ConsultationId| {
        let work = case.held().await;
        work.whole.consultations.iter().find(|one| one.id == id).unwrap().received.is_some()
    };
    assert_eq!((has(first).await, has(second).await), (false, true));
    assert_eq!(received("camden", first).await, StatusCode::SEE_OTHER);
    assert!(has(first).await);
}
