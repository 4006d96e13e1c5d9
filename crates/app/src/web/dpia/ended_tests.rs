//! What is said to whoever comes too late: to an assessment that was given up, to one in which their organisation takes no part any
//! more, with an incident that was reported already; and letting go of a publication that was begun.

use super::tests::{BEGIN, case, server, text, value};
use axum::http::StatusCode;
use domain::{
    dpia::{
        assessment::{Joined, Party, PartyRole, State},
        place::Part,
        task::About,
    },
    people::Role,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_button_of_an_assessment_that_was_given_up_says_so() {
    let case = case().await;
    let (risk, _) = case.risk(Part::Shared, 1, "minimal").await;
    let brent = case.city.organisation("brent").id;
    case.alter(|head| {
        head.parties.push(Party::new(brent, PartyRole::Controller, Joined::Invited, 1));
        head.state = State::Withdrawn;
    })
    .await;
    let invited = case.city.browser("brent", Role::ProjectLead).await;
    let parties = format!("{}/parties", case.address);
    let said = case.city.post(&invited, &parties, &[("act", "accept")]).await;
    assert_eq!((said.status, said.location()), (StatusCode::SEE_OTHER, parties.as_str()), "{}", said.text);
    let confirm = format!("{}/risks/{risk}/confirm", case.address);
    let said = case.city.post(&case.priya, &confirm, &[("version", "1")]).await;
    assert_eq!((said.status, said.location()), (StatusCode::SEE_OTHER, case.address.as_str()), "{}", said.text);
    let notice = said.headers.get_all("set-cookie").iter().any(|cookie| cookie.to_str().unwrap().starts_with("__Host-notice=0."));
    assert!(notice, "it says that nothing is saved: {:?}", said.headers);
    // Whoever sees nothing of it learns nothing; and nothing was done.
    for path in [&parties, &confirm] {
        let said = case.city.post(&case.stranger, path, &[("act", "accept"), ("version", "1")]).await;
        assert_eq!(said.status, StatusCode::NOT_FOUND, "{path}");
    }
    let head = case.held().await.whole.assessment;
    assert!(head.parties.iter().any(|party| party.organisation == brent && party.joined == Joined::Invited));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_takes_no_part_any_more_is_told_since_when() {
    let case = case().await;
    let (brent, hackney) = (case.city.organisation("brent").id, case.city.organisation("hackney").id);
    let since = case.city.app.clock.now();
    case.alter(|head| {
        head.parties.push(Party::new(brent, PartyRole::Controller, Joined::TakenBack, since));
        for party in head.parties.iter_mut().filter(|party| party.organisation == hackney) {
            (party.joined, party.since) = (Joined::Left, since);
        }
    })
    .await;
    let day = crate::web::words::instant(since);
    let invited = case.city.browser("brent", Role::ProjectLead).await;
    for (who, why) in [(&invited, format!("the invitation was taken back on {day}")), (&case.dele, format!("ended on {day}"))] {
        for end in ["", "/sign-off", "/parties"] {
            let page = case.city.get(who, &format!("{}{end}", case.address)).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{end}");
            let said = text(&page.page(), "main");
            assert!(said.contains(&why) && !said.contains("Telecare"), "{end}: {said}");
        }
    }
    let said = text(&case.city.get(&case.stranger, &case.address).await.page(), "main");
    assert!(!said.contains("DPIA") && !said.contains(&day), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_that_was_reported_already_is_said_to_be_and_what_was_typed_stays() {
    let case = case().await;
    case.frozen().await;
    case.signed_by_all().await;
    case.now_in(case.id(), State::Live).await;
    let (review, today) = (format!("{}/review", case.address), case.city.app.clock.today());
    let (day, month, year) = (today.day().to_string(), today.month().to_string(), today.year().to_string());
    let sent = [
        ("draft", review.as_str()),
        ("what", "A letter went to the wrong house."),
        ("on-day", day.as_str()),
        ("on-month", month.as_str()),
        ("on-year", year.as_str()),
    ];
    let page = || async { case.city.get(&case.priya, &review).await.page() };
    assert_eq!(case.city.post(&case.priya, &review, &sent).await.location(), review);
    assert_eq!(value(&page().await, "what").trim(), "", "it is saved");
    let asked = || async {
        let open = case.city.store().open_tasks(&server()).await.unwrap();
        open.iter().filter(|task| matches!(task.about, About::Review { .. })).count()
    };
    let before = asked().await;
    let again = case.city.post(&case.priya, &review, &sent).await;
    assert_eq!(again.location(), review, "{}", again.text);
    let notice =
        again.headers.get_all("set-cookie").iter().any(|cookie| cookie.to_str().unwrap().starts_with("__Host-notice=0."));
    assert!(notice, "{:?}", again.headers);
    assert_eq!(asked().await, before);
    assert_eq!(value(&page().await, "what").trim(), "A letter went to the wrong house.", "to say what is different");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publication_that_was_begun_is_dropped_and_what_is_public_stays() {
    let case = case().await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::IgOfficer).await;
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    let public = case.made_public(&officer).await;
    let (page, today) = (format!("{}/publish", case.address), case.city.app.clock.today());
    let all = || async { case.city.store().publications(&server(), today, case.id()).await.unwrap() };
    let said = || async { text(&case.city.get(&case.priya, &page).await.page(), "main") };
    assert!(!said().await.contains("Drop what is prepared"), "nothing is being prepared");
    assert_eq!(case.publish(&case.priya, BEGIN).await.status, StatusCode::SEE_OTHER);
    assert_eq!(all().await.len(), 2);
    assert!(said().await.contains("Drop what is prepared") && said().await.contains("What is public now stays as it is."));
    // Who does not publish it, does not drop it.
    assert_eq!(case.publish(&case.dele, &[("act", "drop")]).await.status, StatusCode::NOT_FOUND);
    let dropped = case.publish(&case.priya, &[("act", "drop")]).await;
    assert_eq!((dropped.status, dropped.location()), (StatusCode::SEE_OTHER, page.as_str()), "{}", dropped.text);
    let left = all().await;
    assert!(left.len() == 1 && left[0].is_public(), "{left:?}");
    assert_eq!(case.city.get(&crate::testing::Browser::default(), &public).await.status, StatusCode::OK);
    assert!(said().await.contains("Change what is shown"), "{}", said().await);
    let again = case.publish(&case.priya, &[("act", "drop")]).await;
    assert!(again.text.contains("It has moved on in the meantime"), "{}", again.text);
    assert!(all().await[0].is_public(), "what is public is never dropped");
    let open = case.city.store().open_tasks(&server()).await.unwrap();
    assert!(!open.iter().any(|task| matches!(task.about, About::Publication | About::AnnexPublication { .. })), "{open:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_in_use_and_is_given_up_is_asked_for_no_review_until_it_is_taken_up() {
    let case = case().await;
    case.frozen().await;
    case.alter(|head| {
        head.state = State::Live;
        head.live_since = Some(jiff::civil::date(2025, 12, 3));
        head.review_on = Some(jiff::civil::date(2031, 5, 6));
    })
    .await;
    let review = format!("{}/review", case.address);
    let used = case.main_of(&case.priya, &case.address).await;
    assert!(used.contains("In use since") && used.contains("6 May 2031"), "{used}");
    let make = |step: &'static str| {
        let (case, address) = (&case, format!("{}/move/{step}", case.address));
        async move {
            let made = case.city.post(&case.priya, &address, &[("reasons", "The budget.")]).await;
            assert_eq!(made.status, StatusCode::SEE_OTHER, "{step}: {}", made.text);
        }
    };
    make("withdraw").await;
    let over = case.main_of(&case.priya, &case.address).await;
    assert!(over.contains("Came into use") && over.contains("no review is asked for any more"), "{over}");
    assert!(!over.contains("In use since") && !over.contains("6 May 2031"), "{over}");
    let said = case.main_of(&case.priya, &review).await;
    assert!(said.contains("no review is asked for") && !said.contains("6 May 2031"), "{said}");
    let list = case.main_of(&case.priya, "/assessments").await;
    assert!(!list.contains("6 May 2031"), "{list}");
    make("resume").await;
    let again = case.main_of(&case.priya, &case.address).await;
    assert!(again.contains("In use since") && again.contains("6 May 2031"), "{again}");
    let work = case.held().await;
    let asks = |about: &About| matches!(about, About::Review { .. });
    let due: Vec<_> = work.tasks().iter().filter(|task| task.open() && asks(&task.about)).map(|task| task.due).collect();
    assert_eq!((work.whole.assessment.state, due), (State::Drafting, vec![Some(jiff::civil::date(2031, 5, 6))]));
}
