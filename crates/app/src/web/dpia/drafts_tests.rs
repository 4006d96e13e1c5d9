//! What is typed into the forms of an assessment and not sent: kept for whoever typed it, back in its form, shown where there is no
//! form any more, and gone once it is saved.

use super::tests::{case, text, value};
use crate::web::{drafts::KEEPS, form::new_command};
use axum::http::StatusCode;
use domain::{
    dpia::{
        assessment::{Joined, PartyRole, State},
        place::Part,
        project::Project,
        task::{About, Assignee},
    },
    people::{Role, session::FRESH},
};
use scraper::Selector;

#[tokio::test(flavor = "multi_thread")]
async fn a_recommendation_is_kept_while_it_is_typed_and_gone_once_it_stands() {
    let case = case().await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::Dpo).await;
    let (_, other) = case.colleague("Kit Lowe", "camden", Role::Dpo).await;
    let advice = format!("{}/advice", case.address);
    let form = format!("{advice}#recommend");
    assert_eq!(case.keep(&officer, &form, &[("text", "Ask the people who")]).await.status, StatusCode::NO_CONTENT);
    let page = case.city.get(&officer, &advice).await.page();
    assert_eq!(value(&page, "text").trim(), "Ask the people who");
    assert!(text(&page, "#recommend").contains("What you typed is back."), "{}", text(&page, "#recommend"));
    assert_eq!(value(&case.city.get(&other, &advice).await.page(), "text").trim(), "", "nobody else sees it");
    // Thrown away, it is gone; what came back with an error is kept without script.
    assert_eq!(case.keep(&officer, &form, &[("drop", "1")]).await.location(), advice);
    assert_eq!(value(&case.city.get(&officer, &advice).await.page(), "text").trim(), "");
    case.city.post(&officer, &advice, &[("draft", &form), ("text", " ")]).await;
    assert!(!case.main_of(&officer, &advice).await.contains("What you typed"), "nothing was typed");
    let wrong = case.city.post(&officer, &advice, &[("draft", &form), ("text", "Ask the people who fall.")]).await;
    assert!(wrong.text.contains("<title>Error: "), "{}", wrong.text);
    let page = case.city.get(&officer, &advice).await.page();
    assert_eq!(value(&page, "text").trim(), "Ask the people who fall.");
    // Sent, it is kept no longer; nor is what was on its way then.
    let choices = Selector::parse("select[name='place'] option").unwrap();
    let places: Vec<String> = page.select(&choices).filter_map(|one| one.value().attr("value")).map(str::to_owned).collect();
    let place = places.iter().find(|place| !place.is_empty()).unwrap();
    let command = new_command().to_string();
    let sent = [("command", command.as_str()), ("draft", &form), ("place", place), ("text", "Ask the people who fall.")];
    assert_eq!(case.city.post(&officer, &advice, &sent).await.status, StatusCode::SEE_OTHER);
    let late = [("command", command.as_str()), ("draft", &form), ("place", place), ("text", "Ask the people who f")];
    assert_eq!(case.city.post(&officer, KEEPS, &late).await.status, StatusCode::NO_CONTENT);
    let page = case.city.get(&officer, &advice).await.page();
    assert_eq!(value(&page, "text").trim(), "");
    assert!(!text(&page, "main").contains("What you typed"), "{}", text(&page, "main"));
    // An answer to it is kept beside it, and is no part of the form for the next one.
    let (_, owner) = case.colleague("Ola Kent", "camden", Role::InformationAssetOwner).await;
    let answer = [("decision-1", "accepted"), ("reasons-1", "We ask the")];
    assert_eq!(case.keep(&owner, &format!("{advice}#r1"), &answer).await.status, StatusCode::NO_CONTENT);
    let page = case.city.get(&owner, &advice).await.page();
    assert_eq!(value(&page, "reasons-1").trim(), "We ask the");
    let chosen = Selector::parse("input[name='decision-1'][value='accepted'][checked]").unwrap();
    assert!(page.select(&chosen).next().is_some());
    // The forms of a page are told apart: one that is sent takes nothing of another with it.
    let commands: Vec<String> = {
        let page = case.city.get(&officer, &advice).await.page();
        let hidden = Selector::parse("main form input[name='command']").unwrap();
        page.select(&hidden).filter_map(|one| one.value().attr("value")).map(str::to_owned).collect()
    };
    let apart: std::collections::BTreeSet<&String> = commands.iter().collect();
    assert!(commands.len() > 1 && apart.len() == commands.len(), "{commands:?}");
    // Taken back meanwhile: no form takes it now, and it is shown to be copied.
    let withdrawn = [("decision-1", "withdrawn"), ("reasons-1", "They were asked.")];
    let id = case.held().await.whole.recommendations[0].id;
    assert_eq!(case.city.post(&officer, &format!("{advice}/{id}"), &withdrawn).await.status, StatusCode::SEE_OTHER);
    let page = case.city.get(&owner, &advice).await.page();
    let said = text(&page, "#unsent-1");
    assert!(said.contains("What you typed here, which is not sent") && said.contains("We ask the"), "{said}");
    assert!(!text(&case.city.get(&officer, &advice).await.page(), "main").contains("We ask the"), "it is nobody else's");
}

#[tokio::test(flavor = "multi_thread")]
async fn reasons_are_not_lost_to_the_question_who_one_is() {
    let case = case().await;
    let person = case.city.person("Ann Cole", "camden", &[Role::Cio]).await;
    case.frozen().await;
    case.alter(|head| head.state = State::Review).await;
    let board = format!("{}/sign-off", case.address);
    let stale = case.city.session(person, "camden", true, case.city.app.clock.now() - FRESH - 1).await;
    let page = case.city.get(&stale, &board).await.page();
    let form = value(&page, "draft");
    let sent =
        [("draft", form.as_str()), ("step", "x"), ("hash", "y"), ("reasons", "The suppliers patch it."), ("confirm", "yes")];
    let led = case.city.post(&stale, &board, &sent).await;
    assert!(led.location().starts_with("/sign-in/check"), "{}", led.location());
    let page = case.city.get(&stale, &board).await.page();
    assert_eq!(value(&page, "reasons").trim(), "The suppliers patch it.");
    let ticked = Selector::parse("input[name='confirm'][checked]").unwrap();
    assert!(page.select(&ticked).next().is_none(), "that it was read is said anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_risk_and_a_new_measure_that_cannot_be_added_any_more_are_shown_to_be_copied() {
    let case = case().await;
    for (what, why) in [("risks", "No risk can be added here now"), ("measures", "No measure can be added here now")] {
        let new = format!("{}/{what}/new", case.address);
        let typed = [("part", "shared"), ("title", "Alerts are missed"), ("description", "At night.")];
        assert_eq!(case.keep(&case.priya, &new, &typed).await.status, StatusCode::NO_CONTENT);
        case.alter(|head| head.state = State::Withdrawn).await;
        let page = case.city.get(&case.priya, &new).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        let said = text(&page.page(), "main");
        assert!(said.contains(why) && said.contains("Alerts are missed") && said.contains("At night."), "{said}");
        assert_eq!(case.city.get(&case.dele, &new).await.status, StatusCode::NOT_FOUND, "whoever typed nothing finds nothing");
        // It is on the list of what was typed and not sent, which says how much there is.
        assert!(case.main_of(&case.priya, "/work").await.contains("1 text that you typed and did not send"));
        let page = case.city.get(&case.priya, "/work/unsent").await.page();
        assert!(text(&page, "main").contains("Alerts are missed"), "{}", text(&page, "main"));
        assert!(!case.main_of(&case.dele, "/work/unsent").await.contains("Alerts are missed"));
        let gone = case.keep(&case.priya, &new, &[("drop", "1"), ("next", "/work")]).await;
        assert_eq!(gone.location(), "/work");
        assert_eq!(case.city.get(&case.priya, &new).await.status, StatusCode::NOT_FOUND);
        assert!(!case.main_of(&case.priya, "/work").await.contains("did not send"));
        case.alter(|head| head.state = State::Drafting).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_alone_that_was_typed_in_a_part_that_is_switched_off_is_shown() {
    let case = case().await;
    case.alter(|head| head.modules.push("health".to_owned())).await;
    let field = format!("{}/shared/opt-out", case.address);
    let typed = [("comment", "Which opt-out is meant?"), ("reply", "")];
    assert_eq!(case.city.post(&case.priya, &format!("{field}/draft"), &typed).await.status, StatusCode::NO_CONTENT);
    case.alter(|head| head.modules.clear()).await;
    let page = case.city.get(&case.priya, &field).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(text(&page.page(), "#unsent-1").contains("Which opt-out is meant?"), "{}", text(&page.page(), "main"));
    assert_eq!(case.city.get(&case.dele, &field).await.status, StatusCode::NOT_FOUND, "it is nobody else's");
    let away = [("drop", "1"), ("next", case.address.as_str())];
    assert_eq!(case.keep(&case.priya, &format!("{field}#comments"), &away).await.location(), case.address);
    assert_eq!(case.city.get(&case.priya, &field).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_typed_is_theirs_also_where_the_page_is_not() {
    let case = case().await;
    let review = format!("{}/review", case.address);
    let typed = [("what", "A letter went to the wrong house."), ("on-day", "3")];
    assert_eq!(case.keep(&case.stranger, &review, &typed).await.status, StatusCode::NO_CONTENT);
    let page = case.city.get(&case.stranger, &review).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    let said = text(&page.page(), "main");
    assert!(said.contains("A letter went to the wrong house.") && !said.contains("Telecare"), "{said}");
    assert!(!case.city.get(&case.priya, &review).await.text.contains("A letter went"));
    // A form says which it is, and that is a page of ours.
    for form in ["", "//evil.example/", "https://evil.example/", "/sign-in"] {
        assert_eq!(case.keep(&case.priya, form, &typed).await.status, StatusCode::BAD_REQUEST, "{form}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticked_risk_without_a_word_brings_no_new_measure_back() {
    let case = case().await;
    let (risk, _) = case.risk(domain::dpia::place::Part::Shared, 1, "minimal").await;
    let new = format!("{}/measures/new", case.address);
    let ticked = [("title", ""), ("risk", &risk.to_string()), ("progress", "planned"), ("evidence", "")];
    assert_eq!(case.keep(&case.priya, &new, &ticked).await.status, StatusCode::NO_CONTENT);
    assert!(!case.main_of(&case.priya, &new).await.contains("What you typed"), "nothing was typed");
    let words = [("title", "Call"), ("risk", &risk.to_string()), ("progress", "planned"), ("evidence", "")];
    case.keep(&case.priya, &new, &words).await;
    assert!(case.main_of(&case.priya, &new).await.contains("What you typed is back"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_types_is_not_kept_for_whoever_signs_in_on_the_same_browser() {
    let case = case().await;
    let new = format!("{}/risks/new", case.address);
    let field = format!("{}/shared/deletion", case.address);
    let priya = case.priya.person.unwrap().to_string();
    for path in [&new, &field] {
        assert_eq!(value(&case.city.get(&case.priya, path).await.page(), "writer"), priya, "{path}");
    }
    // Dele has something of his own there, which stays.
    assert_eq!(case.keep(&case.dele, &new, &[("title", "Nobody answers")]).await.status, StatusCode::NO_CONTENT);
    let own = [("version", "0"), ("answer", "Kept for a year")];
    assert_eq!(case.city.post(&case.dele, &format!("{field}/draft"), &own).await.status, StatusCode::NO_CONTENT);
    // Her page goes on sending, under his session; so does a page that does not say whose it is.
    for writer in [priya.as_str(), ""] {
        let typed = [("writer", writer), ("title", "Typed by Priya")];
        assert_eq!(case.keep(&case.dele, &new, &typed).await.status, StatusCode::CONFLICT);
        assert_eq!(case.keep(&case.dele, &new, &[("writer", writer), ("title", "")]).await.status, StatusCode::CONFLICT);
        assert_eq!(case.keep(&case.dele, &new, &[("writer", writer), ("drop", "1")]).await.status, StatusCode::CONFLICT);
        let typed = [("writer", writer), ("version", "0"), ("answer", "Typed by Priya"), ("comment", "Typed by Priya")];
        assert_eq!(case.city.post(&case.dele, &format!("{field}/draft"), &typed).await.status, StatusCode::CONFLICT);
        let dropped = [("writer", writer), ("drop", "1")];
        assert_eq!(case.city.post(&case.dele, &format!("{field}/draft"), &dropped).await.status, StatusCode::CONFLICT);
    }
    // Sent, and back with an error, it is not kept as his either.
    case.city.post(&case.dele, &new, &[("draft", &new), ("writer", &priya), ("title", "Typed by Priya")]).await;
    for (path, name, stays) in [(&new, "title", "Nobody answers"), (&field, "answer", "Kept for a year")] {
        let page = case.city.get(&case.dele, path).await;
        assert!(!page.text.contains("Typed by Priya"), "{path}");
        assert_eq!(value(&page.page(), name).trim(), stays, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_in_one_form_of_a_page_leaves_what_is_typed_in_another() {
    let case = case().await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::Dpo).await;
    let (_, owner) = case.colleague("Ola Kent", "camden", Role::InformationAssetOwner).await;
    let advice = format!("{}/advice", case.address);
    let choices = Selector::parse("select[name='place'] option:not([value=''])").unwrap();
    let page = case.city.get(&officer, &advice).await.page();
    let place = page.select(&choices).next().unwrap().value().attr("value").unwrap().to_owned();
    for words in ["Ask the people who fall.", "Delete the alerts sooner."] {
        let sent = [("place", place.as_str()), ("text", words)];
        assert_eq!(case.city.post(&officer, &advice, &sent).await.status, StatusCode::SEE_OTHER);
    }
    let both = [("r1", "reasons-1", "We ask the family"), ("r2", "reasons-2", "After a month")];
    for (form, name, words) in both {
        let kept = case.keep(&owner, &format!("{advice}#{form}"), &[(name, words)]).await;
        assert_eq!(kept.status, StatusCode::NO_CONTENT);
    }
    // The first is sent without a choice: the second is still in its box, and so it is kept again as it stands there.
    let first = case.held().await.whole.recommendations.iter().find(|one| one.number == 1).unwrap().id;
    let form = format!("{advice}#r1");
    let sent = [("draft", form.as_str()), ("reasons-1", "We ask the family first")];
    let wrong = case.city.post(&owner, &format!("{advice}/{first}"), &sent).await;
    assert!(wrong.text.contains("<title>Error: "), "{}", wrong.text);
    let page = wrong.page();
    assert_eq!(value(&page, "reasons-1").trim(), "We ask the family first", "what was sent, and not what was kept before");
    assert_eq!(value(&page, "reasons-2").trim(), "After a month");
    assert!(text(&page, "#r2").contains("What you typed is back"), "{}", text(&page, "#r2"));
    assert!(!text(&page, "#r1").contains("What you typed is back"), "{}", text(&page, "#r1"));
    assert!(!text(&page, "main").contains("What you typed here, which is not sent"), "{}", text(&page, "main"));
    let page = case.city.get(&owner, &advice).await.page();
    for (name, words) in [("reasons-1", "We ask the family first"), ("reasons-2", "After a month")] {
        assert_eq!(value(&page, name).trim(), words);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ticks_and_days_come_back_with_the_words() {
    let case = case().await;
    let ticked = |page: &scraper::Html, name: &str| {
        let boxes = Selector::parse(&format!("input[name='{name}'][checked]")).unwrap();
        page.select(&boxes).filter_map(|one| one.value().attr("value")).map(str::to_owned).collect::<Vec<_>>()
    };
    let parties = format!("{}/parties", case.address);
    case.city.person("Gus Hall", "islington", &[Role::Guest]).await;
    let page = case.city.get(&case.priya, &parties).await.page();
    let all = Selector::parse("input[name='section']").unwrap();
    let sections: Vec<String> = page.select(&all).filter_map(|one| one.value().attr("value")).map(str::to_owned).collect();
    let (first, last) = (sections[0].as_str(), sections[sections.len() - 1].as_str());
    let typed = [("section", first), ("section", last), ("writes", "yes"), ("until-day", "27"), ("until-month", "3")];
    assert_eq!(case.keep(&case.priya, &format!("{parties}#guest"), &typed).await.status, StatusCode::NO_CONTENT);
    let page = case.city.get(&case.priya, &parties).await.page();
    assert_eq!(ticked(&page, "section"), [first, last]);
    assert_eq!(
        (ticked(&page, "writes"), value(&page, "until-day"), value(&page, "until-month")),
        (vec!["yes".to_owned()], "27".to_owned(), "3".to_owned())
    );
    // An incident: the risks and the sections that it touches.
    case.risk(domain::dpia::place::Part::Shared, 1, "minimal").await;
    case.alter(|head| head.state = State::Live).await;
    let review = format!("{}/review", case.address);
    let page = case.city.get(&case.priya, &review).await.page();
    let risk = page.select(&Selector::parse("input[name='risk']").unwrap()).next().unwrap().value().attr("value").unwrap();
    let typed = [("what", "A letter went to the wrong house."), ("on-day", "3"), ("risk", risk)];
    assert_eq!(case.keep(&case.priya, &review, &typed).await.status, StatusCode::NO_CONTENT);
    let page = case.city.get(&case.priya, &review).await.page();
    assert_eq!((ticked(&page, "risk"), value(&page, "on-day")), (vec![risk.to_owned()], "3".to_owned()));
    assert!(ticked(&page, "section").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_to_an_assessment_that_has_ended_is_shown_with_why_and_where_it_is_kept() {
    let case = case().await;
    let review = format!("{}/review", case.address);
    let sent = [("draft", review.as_str()), ("what", "A letter went to the wrong house."), ("on-day", "3")];
    case.alter(|head| head.state = State::Withdrawn).await;
    let answer = case.city.post(&case.priya, &review, &sent).await;
    let said = text(&answer.page(), "main");
    assert_eq!(answer.status, StatusCode::CONFLICT, "{said}");
    for words in ["What you typed is not saved", "was given up", "A letter went to the wrong house.", "kept for 60 days"] {
        assert!(said.contains(words) && !said.contains("Page not found"), "{words}: {said}");
    }
    let links = answer.text.replace("&#x2f;", "/");
    assert!(links.contains(&format!("href=\"{}\"", case.address)), "it leads on: {said}");
    assert!(links.contains("href=\"/work/unsent\""), "and to what is kept");
    assert!(case.main_of(&case.priya, "/work/unsent").await.contains("A letter went"));
    // Whose organisation takes no part any more is told that, with their words.
    let hackney = case.city.organisation("hackney").id;
    case.alter(|head| {
        head.state = State::Drafting;
        for party in head.parties.iter_mut().filter(|party| party.organisation == hackney) {
            party.joined = Joined::Left;
        }
    })
    .await;
    let answer = case.city.post(&case.dele, &review, &sent).await;
    let said = text(&answer.page(), "main");
    assert!(answer.status == StatusCode::CONFLICT && said.contains("part in assessment"), "{said}");
    assert!(said.contains("A letter went") && said.contains("kept for 60 days") && !said.contains("Telecare"), "{said}");
    // Where nobody takes part who sends it, nothing is said of it.
    assert_eq!(case.city.post(&case.stranger, &review, &sent).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_and_a_comment_that_come_too_late_are_kept_and_back_once_it_is_taken_up_again() {
    let case = case().await;
    let field = format!("{}/shared/aims", case.address);
    case.save(&case.priya, "aims", "0", "To visit people.").await;
    let words = [("answer", "To visit people who fell, within the hour."), ("comment", "Is an hour enough?")];
    let sent = [("version", "1"), words[0], ("complete", "no"), words[1], ("reply", "")];
    case.alter(|head| head.state = State::Withdrawn).await;
    let late = case.city.post(&case.priya, &field, &sent).await;
    let said = text(&late.page(), "#kept");
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
    for words in [words[0].1, words[1].1, "It is kept for 60 days, for you alone, among what you typed and did not send."] {
        assert!(said.contains(words) && !said.contains("Copy what you need"), "{words}: {said}");
    }
    // It is there afterwards, for its writer alone.
    let unsent = case.main_of(&case.priya, "/work/unsent").await;
    assert!(unsent.contains(words[0].1) && unsent.contains(words[1].1), "{unsent}");
    assert!(!case.main_of(&case.dele, "/work/unsent").await.contains(words[0].1), "nobody else sees it");
    // Whoever only comments sends along what stands: that is nothing they typed.
    let only = [("version", "1"), ("answer", "To visit people."), ("complete", "no"), ("comment", "And at night?")];
    assert_eq!(case.city.post(&case.dele, &field, &only).await.status, StatusCode::CONFLICT);
    let theirs = case.main_of(&case.dele, "/work/unsent").await;
    assert!(theirs.contains("And at night?") && !theirs.contains("To visit people."), "{theirs}");
    // From a page that was made for somebody else nothing is taken, shown or kept for whoever signed in meanwhile.
    let writer = case.priya.person.unwrap().to_string();
    let other = [("version", "1"), ("answer", "Not Dele’s words."), ("complete", "no"), ("writer", writer.as_str())];
    let other = case.city.post(&case.dele, &field, &other).await;
    assert!(other.status == StatusCode::CONFLICT && !other.text.contains("Not Dele’s words."), "{}", other.text);
    assert!(!case.main_of(&case.dele, "/work/unsent").await.contains("Not Dele’s words."));
    // Taken up again, both are back in the form.
    case.alter(|head| head.state = State::Drafting).await;
    let page = case.city.get(&case.priya, &field).await.page();
    assert_eq!((value(&page, "answer").trim(), value(&page, "comment").trim()), (words[0].1, words[1].1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_chosen_for_a_task_a_version_and_an_assessment_to_begin_is_kept_like_words() {
    let case = case().await;
    let (lead, camden) = (case.priya.person.unwrap(), case.city.organisation("camden").id);
    let now = case.city.app.clock.now();
    let mut project = [Project {
        owner: Some(lead),
        parties: vec![test_support::dpia::party(camden, PartyRole::Controller, now)],
        created_at: now,
        ..test_support::dpia::project(camden, "Telecare alerts", "To see who falls.")
    }];
    let mut write = case.city.store().write(&case.lead(), now).await.unwrap();
    write.create(&mut project).await.unwrap();
    write.commit().await.unwrap();
    let mut work = case.held().await;
    let about = About::Field { place: Part::Shared.at("aims") };
    work.ask(about, Assignee::Person { person: lead, organisation: camden }, None, "").await.unwrap();
    let task = work.given().last().unwrap().id;
    work.commit().await.unwrap();
    let (task, versions) = (format!("{}/tasks/{task}", case.address), format!("{}/versions", case.address));
    let begin = format!("/projects/{}/assessment", project[0].id);
    let forms = [
        (&versions, versions.clone(), "name", "After the workshop"),
        (&task, format!("{task}#day"), "day-day", "14"),
        (&begin, begin.clone(), "wanted-day", "21"),
    ];
    for (page, form, field, typed) in forms {
        assert_eq!(case.keep(&case.priya, &form, &[(field, typed)]).await.status, StatusCode::NO_CONTENT, "{form}");
        let seen = case.city.get(&case.priya, page).await;
        assert_eq!(seen.status, StatusCode::OK, "{form}: {}", seen.text);
        let seen = seen.page();
        assert_eq!(value(&seen, field), typed, "{form}");
        assert!(text(&seen, "main").contains("What you typed is back."), "{form}: {}", text(&seen, "main"));
    }
}
