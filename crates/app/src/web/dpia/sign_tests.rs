//! Who signs by which route, and what somebody is told who writes what they are asked to sign, in browsers; and that no page of an
//! assessment leads nowhere.

use super::tests::{case, server, text, value};
use crate::testing::Browser;
use axum::http::StatusCode;
use domain::{
    dpia::{
        answer::Answer,
        assessment::State,
        place::{Part, Place},
        sign_off::route,
        stored::Stored,
        template::Edition,
    },
    people::{Role, session::FRESH},
};
use std::collections::BTreeSet;
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn the_officer_writes_their_advice_and_signs_it_and_is_warned_on_every_other_question() {
    let case = case().await;
    let camden = case.city.organisation("camden").id;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::Dpo).await;
    let advice = format!("{}/annex:{camden}/dpo-advice", case.address);
    let page = text(&case.city.get(&officer, &advice).await.page(), "main");
    assert!(
        page.contains("These are the words of the data protection officer of Camden") && !page.contains("Nobody signs"),
        "{page}"
    );
    let fields = [("version", "0"), ("answer", "Go ahead once it is tested."), ("complete", "yes"), ("stay", "1")];
    assert_eq!(case.city.post(&officer, &advice, &fields).await.status, StatusCode::SEE_OTHER);
    let board = |page: scraper::Html| text(&page, "main");
    let said = board(case.city.get(&case.priya, &format!("{}/sign-off", case.address)).await.page());
    assert!(!said.contains("wrote part of it"), "{said}");
    // On another question they are warned before they save, and told who could sign in their place.
    let aims = format!("{}/shared/aims", case.address);
    let page = text(&case.city.get(&officer, &aims).await.page(), "main");
    assert!(page.contains("You are asked to sign this as data protection officer for Camden."), "{page}");
    assert!(page.contains("Nobody else can sign there as data protection officer"), "{page}");
    let (_, deputy) = case.colleague("Kit Lowe", "camden", Role::Dpo).await;
    assert!(text(&case.city.get(&officer, &aims).await.page(), "main").contains("Kit Lowe could sign in your place."));
    for path in ["/risks", "/risks/new", "/measures/new"] {
        let page = text(&case.city.get(&officer, &format!("{}{path}", case.address)).await.page(), "main");
        assert!(page.contains("Nobody signs their own work"), "{path}: {page}");
    }
    // Contacts are no part of what is signed; whoever signs nothing is told nothing.
    let page = text(&case.city.get(&officer, &format!("{}/shared/contacts", case.address)).await.page(), "main");
    assert!(!page.contains("Nobody signs their own work"), "{page}");
    let page = text(&case.city.get(&case.dele, &aims).await.page(), "main");
    assert!(!page.contains("Nobody signs their own work"), "{page}");
    assert_eq!(case.save(&officer, "aims", "0", "To visit people who fall.").await.status, StatusCode::SEE_OTHER);
    let page = text(&case.city.get(&officer, &aims).await.page(), "main");
    assert!(
        page.contains("You wrote part of this already, so you cannot sign it as data protection officer for Camden"),
        "{page}"
    );
    let page = text(&case.city.get(&deputy, &aims).await.page(), "main");
    assert!(page.contains("Nobody else can sign there"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_route_takes_back_no_signature_of_what_is_signed_and_counts_from_the_next_freeze() {
    let case = case().await;
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    case.frozen().await;
    case.signed_by_all().await;
    case.now_in(case.id(), State::Live).await;
    let board = || async {
        let page = case.city.get(&case.priya, &format!("{}/sign-off", case.address)).await.page();
        text(&page, "main")
    };
    assert!(board().await.contains("Signed by all, and in use."), "{}", board().await);
    let text = route::SHIPPED
        .replace("urn: urn:citytools:sign-off:shipped", "urn: urn:citytools:sign-off:shipped:camden")
        .replace("id: procurement\n    title: Procurement", "id: buying\n    title: The buyers look at it")
        .replace("after: [technical-assurance, procurement]", "after: [technical-assurance, buying]");
    let mut file = [Stored {
        id: Uuid::now_v7(),
        kind: "sign-off".to_owned(),
        edition: Edition { urn: "urn:citytools:sign-off:shipped:camden".to_owned(), version: "1.0.0".to_owned() },
        title: "Ours".to_owned(),
        in_force: jiff::civil::date(2026, 11, 1),
        organisation: Some(case.city.organisation("camden").id),
        text,
        published: true,
        by: None,
        updated_at: 0,
    }];
    let app = &case.city.app;
    let mut write = app.store.write(&server(), app.clock.now()).await.unwrap();
    write.create(&mut file).await.unwrap();
    write.commit().await.unwrap();
    crate::jobs::refresh::refresh(app).await.unwrap();
    assert_eq!(app.rules().routes().len(), 2, "it is known");
    let said = board().await;
    assert!(said.contains("Signed by all, and in use.") && !said.contains("Not asked for"), "{said}");
    assert!(said.contains("another route in force now, Advice and sign-off: it counts from the next freeze"), "{said}");
    assert!(!said.contains("The buyers look at it"), "{said}");
    // Opened, changed and frozen anew: now it counts, for Camden alone.
    case.now_in(case.id(), State::Drafting).await;
    case.save(&case.priya, "aims", "1", "To visit people who fell.").await;
    case.frozen().await;
    let said = board().await;
    assert!(said.contains("The buyers look at it") && said.contains("follows its own route"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_use_is_said_to_be_while_it_is_written_and_signed_again() {
    let case = case().await;
    case.frozen().await;
    case.signed_by_all().await;
    let board = format!("{}/sign-off", case.address);
    let said = text(&case.city.get(&case.priya, &board).await.page(), "main");
    assert!(said.contains("Signed by all. Data is not in use yet."), "{said}");
    case.alter(|head| head.live_since = Some(jiff::civil::date(2025, 12, 3))).await;
    for state in [State::Signed, State::Drafting] {
        case.now_in(case.id(), state).await;
        let said = text(&case.city.get(&case.priya, &board).await.page(), "main");
        assert!(said.contains("Data is in use since 3 December 2025") && !said.contains("not in use"), "{state:?}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_link_of_an_assessments_pages_leads_somewhere() {
    let case = case().await;
    let (risk, _) = case.risk(Part::Shared, 1, "serious").await;
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::Dpo).await;
    let sent = [("place", "shared/aims"), ("text", "Ask them first.")];
    let advised = case.city.post(&officer, &format!("{}/advice", case.address), &sent).await;
    assert_eq!(advised.status, StatusCode::SEE_OTHER, "{}", advised.text);
    let today = case.city.app.clock.today();
    let version = case.frozen().await;
    let mut asked = false;
    let mut walked = BTreeSet::new();
    // Before the Commissioner is asked, after the month in which it could say that it takes longer, and while it is written.
    for state in [State::Review, State::Consulting, State::Live, State::Drafting] {
        if state == State::Consulting && !asked {
            let day = jiff::civil::date(2026, 9, 1);
            case.asks(risk, version, day, |one| one.receive(day, today).unwrap()).await;
            asked = true;
        }
        case.now_in(case.id(), state).await;
        let pages =
            ["", "/risks", "/tasks", "/advice", "/sign-off", "/consultation", "/parties", "/versions", "/publish", "/files"];
        let mut ahead: Vec<String> = pages.iter().map(|page| format!("{}{page}", case.address)).collect();
        ahead.push(format!("{}/attachments", case.address));
        for from in ahead {
            let page = case.city.get(&officer, &from).await;
            assert_eq!(page.status, StatusCode::OK, "{from} in {state:?}");
            if state == State::Consulting && from.ends_with("/consultation") {
                assert!(
                    page.text.contains("Record six more weeks") && page.text.contains("had to say by 1 October 2026"),
                    "{}",
                    page.text
                );
            }
            let links = scraper::Selector::parse("a[href]").unwrap();
            let found: Vec<String> = page
                .page()
                .select(&links)
                .filter_map(|link| link.value().attr("href"))
                .filter(|href| href.starts_with(&case.address))
                .map(|href| href.split('#').next().unwrap_or_default().to_owned())
                .collect();
            for href in found {
                // Each is looked at once in a state; files, which take long to make, once.
                let made = href.contains("/files/") || href.contains("/changes/");
                if walked.insert((if made { "" } else { state.as_str() }, href.clone())) {
                    let answer = case.city.get(&officer, &href).await;
                    assert!(
                        answer.status.is_success() || answer.status.is_redirection(),
                        "{from} leads to {href}: {}",
                        answer.status
                    );
                }
            }
        }
    }
    let files = |name: &str| walked.iter().any(|(_, href)| href.ends_with(name));
    assert!(files("/files/consultation.docx") && files("/files/consultation.pdf"));
}

#[tokio::test(flavor = "multi_thread")]
async fn while_it_is_open_for_changes_the_board_says_whose_signature_is_out_of_date_and_what_changed() {
    let case = case().await;
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    case.frozen().await;
    case.signed_by_all().await;
    case.now_in(case.id(), State::Drafting).await;
    let board = format!("{}/sign-off", case.address);
    let said = text(&case.city.get(&case.priya, &board).await.page(), "main");
    assert!(!said.contains("Out of date"), "opened, and nothing changed: each signature holds: {said}");
    case.save(&case.priya, "aims", "1", "To visit people who fell.").await;
    let page = case.city.get(&case.priya, &board).await.page();
    let said = text(&page, "main");
    assert!(said.contains("Signed version 1 by Signer") && said.contains("Out of date: the text changed since."), "{said}");
    assert!(!said.contains("Your signature is out of date"), "whoever signed nothing has none: {said}");
    let link = scraper::Selector::parse("main td a[href*='/compare?']").unwrap();
    let href = page.select(&link).next().expect("a way to what changed").value().attr("href").unwrap().to_owned();
    let compared = text(&case.city.get(&case.priya, &href).await.page(), "main");
    assert!(compared.contains("fell"), "{compared}");
    // Whoever signed sees at once what became of it.
    let (app, today) = (&case.city.app, case.city.app.clock.today());
    let whole = app.store.assessment(&server(), today, app.rules().as_ref(), case.id()).await.unwrap().unwrap();
    let hackney = case.city.organisation("hackney").id;
    let signer = whole.signatures.iter().find(|one| one.organisation == hackney).expect("Hackney signed").person;
    let signer = case.city.signed_in(signer, "hackney").await;
    let page = case.city.get(&signer, &board).await.page();
    let said = text(&page, "main");
    assert!(said.contains("Your signature is out of date") && said.contains("You signed version 1 on"), "{said}");
    assert_eq!(text(&page, "#outdated-1 del"), "Removed: fall");
    assert_eq!(text(&page, "#outdated-1 ins"), "Added: fell");
    // What is asked is signed too: a part of the template that was switched on.
    case.alter(|head| head.modules.push("health".to_owned())).await;
    let said = text(&case.city.get(&signer, &board).await.page(), "main");
    assert!(said.contains("Part of the template that is on now") && said.contains("Health and social care"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_board_says_whose_annex_is_open_and_on_which_version_data_is_in_use() {
    let case = case().await;
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    let version = case.frozen().await;
    case.signed_by_all().await;
    let hackney = case.city.organisation("hackney").id;
    let board = || async { case.main_of(&case.priya, &format!("{}/sign-off", case.address)).await };
    assert!(!board().await.contains("for changes. What was signed holds"));
    case.alter(|head| {
        head.open_annexes.insert(hackney);
        head.live_since = Some(jiff::civil::date(2025, 12, 3));
    })
    .await;
    let said = board().await;
    assert!(
        said.contains("Hackney has opened its annex for changes. What was signed holds until the annex is frozen again."),
        "{said}"
    );
    assert!(said.contains("Data is in use since 3 December 2025, on what was signed before."), "nobody knows: {said}");
    case.alter(|head| head.live_on = [version].into()).await;
    assert!(board().await.contains("Data is in use since 3 December 2025, on version 1."));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_day_of_the_next_review_is_one_the_answer_is_offered_and_what_is_entered_is_the_answer() {
    let case = case().await;
    let field = format!("{}/shared/review-date", case.address);
    let written = [
        ("version", "0"),
        ("answer-day", "1"),
        ("answer-month", "11"),
        ("answer-year", "2027"),
        ("complete", "yes"),
        ("stay", "1"),
    ];
    assert_eq!(case.city.post(&case.priya, &field, &written).await.status, StatusCode::SEE_OTHER);
    case.frozen().await;
    case.signed_by_all().await;
    let live = format!("{}/move/go-live", case.address);
    let page = case.city.get(&case.priya, &live).await.page();
    let offered = ["day", "month", "year"].map(|part| value(&page, &format!("review-{part}")));
    assert_eq!(offered, ["1", "11", "2027"]);
    assert!(text(&page, "main").contains("The answer to ‘When will this be reviewed?’ says this day from then on"));
    let day = [("review-day", "5"), ("review-month", "10"), ("review-year", "2027")];
    assert_eq!(case.city.post(&case.priya, &live, &day).await.status, StatusCode::SEE_OTHER);
    let (app, today) = (&case.city.app, case.city.app.clock.today());
    let whole = app.store.assessment(&server(), today, app.rules().as_ref(), case.id()).await.unwrap().unwrap();
    let on = jiff::civil::date(2027, 10, 5);
    assert_eq!(whole.assessment.review_on, Some(on));
    let answer = whole.field(&Place::shared("review-date")).unwrap();
    assert_eq!((&answer.answer, answer.version), (&Some(Answer::Date(on)), 2));
    // It is outside what is signed: every signature holds.
    let said = text(&case.city.get(&case.priya, &format!("{}/sign-off", case.address)).await.page(), "main");
    assert!(said.contains("Signed by all, and in use.") && !said.contains("Out of date"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signed_by_mistake_takes_the_signature_back_with_reasons_and_the_board_says_so() {
    let case = case().await;
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    case.frozen().await;
    case.signed_by_all().await;
    let (app, today) = (&case.city.app, case.city.app.clock.today());
    let whole = app.store.assessment(&server(), today, app.rules().as_ref(), case.id()).await.unwrap().unwrap();
    let hackney = case.city.organisation("hackney").id;
    let of = |step: &str| whole.signatures.iter().find(|one| one.organisation == hackney && one.step == step).unwrap().person;
    let (accepted, advised) =
        (case.city.signed_in(of("risk"), "hackney").await, case.city.signed_in(of("advice"), "hackney").await);
    let board = format!("{}/sign-off", case.address);
    // What later steps rest on is not offered, and said to be.
    let page = case.city.get(&advised, &board).await;
    assert!(text(&page.page(), "#own").contains("It can be taken back once what comes after it is"), "{}", page.text);
    assert!(!page.text.contains("sign-off/take-back"));
    let page = case.city.get(&accepted, &board).await;
    assert!(page.text.contains("sign-off/take-back"), "{}", page.text);
    assert!(!case.city.get(&case.priya, &board).await.text.contains("What you signed"), "whoever signed nothing has none");
    let (organisation, field) = (hackney.to_string(), format!("back-risk-{hackney}"));
    let take = async |who: &Browser, why: &str| {
        let sent = [("organisation", organisation.as_str()), ("step", "risk"), (field.as_str(), why)];
        case.city.post(who, &format!("{board}/take-back"), &sent).await
    };
    let long_ago = case.city.app.clock.now() - FRESH - 1;
    let stale = case.city.session(of("risk"), "hackney", true, long_ago).await;
    let led = take(&stale, "I meant the other assessment.").await;
    assert!(led.location().starts_with("/sign-in/check?next="), "{} {}", led.status, led.location());
    let silent = take(&accepted, " ").await;
    assert!(text(&silent.page(), ".govuk-error-summary").contains("Enter why you take it back"), "{}", silent.text);
    let other = take(&advised, "No.").await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    assert!(text(&other.page(), ".govuk-error-summary").contains("There is no signature of yours to take back"));
    let taken = take(&accepted, "I meant the other assessment.").await;
    assert_eq!((taken.status, taken.location()), (StatusCode::SEE_OTHER, board.as_str()), "{}", taken.text);
    let said = text(&case.city.get(&case.priya, &board).await.page(), "main");
    assert!(said.contains("signed this and took it back") && said.contains("I meant the other assessment."), "{said}");
    assert!(!said.contains("Signed by all"), "{said}");
    let paper = case.city.get(&case.priya, &format!("{}/files/assessment.md", case.address)).await.text;
    assert!(paper.contains("Taken back on") && paper.contains("I meant the other assessment"), "{paper}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recommendation_is_given_only_to_whoever_may_answer_it() {
    let case = case().await;
    let camden = case.city.organisation("camden").id;
    let (dpo, officer) = case.colleague("Helen Marsh", "camden", Role::Dpo).await;
    let (owner, _) = case.colleague("Owen Lee", "camden", Role::InformationAssetOwner).await;
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    let sent = [("place", "shared/aims"), ("text", "Ask them first.")];
    assert_eq!(case.city.post(&officer, &format!("{}/advice", case.address), &sent).await.status, StatusCode::SEE_OTHER);
    let (app, today) = (&case.city.app, case.city.app.clock.today());
    let whole = app.store.assessment(&server(), today, app.rules().as_ref(), case.id()).await.unwrap().unwrap();
    let about = format!("recommendation:{}", whole.recommendations[0].id);
    let tasks = format!("{}/tasks", case.address);
    let give =
        async |with: String| case.city.post(&case.priya, &tasks, &[("section", about.as_str()), ("with", with.as_str())]).await;
    for with in [
        format!("person:{}@{camden}", case.priya.person.unwrap()),
        format!("person:{dpo}@{camden}"),
        format!("role:editor@{camden}"),
    ] {
        let refused = give(with.clone()).await;
        let said = text(&refused.page(), ".govuk-error-summary");
        assert!(said.contains("An information asset owner or SIRO of Camden answers it"), "{with}: {said}");
        // What is offered then are those who may.
        let offered = text(&refused.page(), "select[name='with']");
        assert!(offered.contains("Owen Lee") && !offered.contains("Helen Marsh"), "{offered}");
    }
    for with in [format!("person:{owner}@{camden}"), format!("role:siro@{camden}")] {
        let given = give(with.clone()).await;
        assert_eq!(given.location(), tasks, "{with}: {}", given.text);
    }
}
