//! Two councils write one assessment in their browsers: answers, a clash, going back, what changed; and nobody else sees it.
//!
//! What every test of this subject begins with is in `case`.

mod case;

pub(super) use case::{ASK, BEGIN, Case, SUMMARY, begun, case, server, text, value};

use axum::http::StatusCode;
use scraper::Selector;

#[tokio::test(flavor = "multi_thread")]
async fn an_assessment_shows_what_stands_in_the_way_and_what_is_left() {
    let case = case().await;
    let answer = case.city.get(&case.priya, &case.address).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let page = answer.page();
    assert_eq!(text(&page, "h1"), "Telecare alerts and falls prevention");
    assert!(text(&page, ".ct-box--block").contains("required answers are missing"));
    assert!(text(&page, ".ct-rows").contains("Not started"));
    assert!(text(&page, "main").contains("Annex for Hackney"));
    let list = case.city.get(&case.dele, "/assessments").await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.text);
    assert!(text(&list.page(), "main").contains("Telecare alerts and falls prevention"));
    assert!(!case.city.get(&case.stranger, "/assessments").await.text.contains("Telecare"));
    assert_eq!(case.city.get(&case.stranger, &case.address).await.status, StatusCode::NOT_FOUND);
    let other = case.city.get(&case.stranger, &format!("{}/shared/aims", case.address)).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_write_clash_and_settle_it_and_go_back() {
    let case = case().await;
    let field = format!("{}/shared/deletion", case.address);
    let page = case.city.get(&case.priya, &field).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert_eq!(value(&page.page(), "version"), "0");
    assert_eq!(case.save(&case.priya, "deletion", "0", "Kept for 24 months. Then deleted.").await.location(), field);
    // Different sentences fit; the writer is told.
    case.save(&case.dele, "deletion", "1", "Kept for 36 months. Then deleted.").await;
    case.save(&case.priya, "deletion", "1", "Kept for 24 months. Then deleted at once.").await;
    let merged = case.city.get(&case.priya, &field).await.page();
    assert_eq!(value(&merged, "answer").trim(), "Kept for 36 months. Then deleted at once.");
    // The same words clash.
    let clash = case.save(&case.dele, "deletion", "1", "Kept for 12 months. Then deleted.").await;
    assert_eq!(clash.location(), format!("{field}/clash"));
    for who in [&case.priya, &case.dele] {
        assert!(case.city.get(who, "/work").await.text.contains("Settle a clash in"), "the clash is on both lists");
    }
    let page = case.city.get(&case.dele, &format!("{field}/clash")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert_eq!(text(&page.page(), "h1"), "You and Priya Nair changed the same words");
    let page = page.page();
    let offered = value(&page, "answer");
    assert!(offered.contains("36 months") && offered.contains("12 months"), "{offered}");
    assert!(text(&case.city.get(&case.dele, &case.address).await.page(), ".ct-box--block").contains("A clash is not settled"));
    let settle =
        [("version", value(&page, "version")), ("which", "0".to_owned()), ("answer", "Kept for 24 months at most.".to_owned())];
    let settle: Vec<(&str, &str)> = settle.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(case.city.post(&case.dele, &format!("{field}/clash"), &settle).await.location(), field);
    assert!(!case.city.get(&case.priya, "/work").await.text.contains("Settle a clash in"), "a settled clash is nobody's task");
    // Every state is in the history, and one can go back.
    let history = case.city.get(&case.priya, &format!("{field}/history")).await;
    assert_eq!(history.status, StatusCode::OK, "{}", history.text);
    let history = history.page();
    let said = text(&history, "main");
    for words in ["settled a clash", "that clashed", "merged with what others had written", "12 months"] {
        assert!(said.contains(words), "{words} is missing in {said}");
    }
    let version = value(&history, "version");
    case.city.post(&case.priya, &format!("{field}/history"), &[("version", &version), ("to", "1")]).await;
    assert_eq!(value(&case.city.get(&case.priya, &field).await.page(), "answer").trim(), "Kept for 24 months. Then deleted.");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_since_one_last_looked_is_marked_with_words() {
    let case = case().await;
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    case.city.get(&case.dele, &format!("{}/compare?from=seen&to=now", case.address)).await;
    case.save(&case.priya, "aims", "1", "To visit people who fell.").await;
    let page = case.city.get(&case.dele, &case.address).await.page();
    assert!(text(&page, "main").contains("1 change by others since you last looked"), "{}", text(&page, "main"));
    let page = case.city.get(&case.dele, &format!("{}/compare?from=seen&to=now", case.address)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let page = page.page();
    assert_eq!(text(&page, "main .ct-section del"), "Removed: fall end of removed words.");
    assert_eq!(text(&page, "main .ct-section ins"), "Added: fell end of added words.");
}

#[tokio::test(flavor = "multi_thread")]
async fn any_two_states_are_taken_away_as_word_with_the_changes_marked() {
    let case = case().await;
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    for name in ["First", "Second"] {
        case.city.post(&case.priya, &format!("{}/versions", case.address), &[("name", name)]).await;
        case.save(&case.priya, "aims", if name == "First" { "1" } else { "2" }, "To visit people who fell.").await;
    }
    let page = case.city.get(&case.priya, &format!("{}/compare?from=1&to=2", case.address)).await;
    let link = Selector::parse("a[href*='changes.docx']").unwrap();
    let address = page.page().select(&link).next().expect("a link").value().attr("href").unwrap().to_owned();
    let bytes = case.city.bytes(&case.priya, &address).await;
    let mut word = String::new();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    std::io::Read::read_to_string(&mut archive.by_name("word/document.xml").unwrap(), &mut word).unwrap();
    assert!(word.contains("<w:del ") && word.contains("<w:ins ") && word.contains("fell"), "{word}");
    let pdf = case.city.bytes(&case.priya, &format!("{}/changes/changes.pdf?from=1&to=now", case.address)).await;
    assert!(pdf.starts_with(b"%PDF"));
    let other = case.city.get(&case.stranger, &address).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    // The author is who wrote what the newer version holds, not who has written in the field since.
    case.save(&case.dele, "aims", "2", "To visit people who fell, by night.").await;
    let page = text(&case.city.get(&case.priya, &format!("{}/compare?from=1&to=2", case.address)).await.page(), "main");
    assert!(page.contains("by Priya Nair for") && !page.contains("by Dele"), "{page}");
    let now = text(&case.city.get(&case.priya, &format!("{}/compare?from=1&to=now", case.address)).await.page(), "main");
    assert!(now.contains("by Dele") && !now.contains("by Priya Nair"), "{now}");
    let mut again = String::new();
    let bytes = case.city.bytes(&case.priya, &address).await;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    std::io::Read::read_to_string(&mut archive.by_name("word/document.xml").unwrap(), &mut again).unwrap();
    assert!(again.contains("w:author=\"Priya Nair") && !again.contains("w:author=\"Dele"), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_presses_to_add_a_comment_and_wrote_none_is_told_so_and_a_changed_answer_beside_it_is_saved() {
    let case = case().await;
    let field = format!("{}/shared/aims", case.address);
    case.save(&case.priya, "aims", "0", "Why.").await;
    let none = [("version", "1"), ("answer", "Why."), ("complete", "no"), ("comment", " "), ("stay", "comment")];
    let told = case.city.post(&case.priya, &field, &none).await;
    assert!(text(&told.page(), "main").contains("There is a problem Write the comment that you want to add"), "{}", told.text);
    let changed = [("version", "1"), ("answer", "Why not."), ("complete", "no"), ("comment", ""), ("stay", "comment")];
    assert_eq!(case.city.post(&case.priya, &field, &changed).await.notice(), "Saved");
    assert_eq!(value(&case.city.get(&case.dele, &field).await.page(), "answer").trim(), "Why not.");
}

#[tokio::test(flavor = "multi_thread")]
async fn comments_are_written_beside_the_answer_and_settled() {
    let case = case().await;
    let field = format!("{}/shared/aims", case.address);
    // One press saves both.
    let both =
        [("version", "0"), ("answer", "Why."), ("complete", "yes"), ("comment", "Is this enough, @Dele Okafor?"), ("stay", "1")];
    let told = case.city.post(&case.priya, &field, &both).await;
    assert_eq!(told.notice(), "Saved. Your comment is added, and Dele Okafor is told");
    let page = case.city.get(&case.dele, &field).await.page();
    assert_eq!(value(&page, "answer").trim(), "Why.");
    assert!(text(&page, "#comments").contains("Is this enough"));
    assert!(case.city.get(&case.dele, "/work").await.text.contains("Reply to a comment on"), "whoever is mentioned is told");
    let thread = Selector::parse("button[name='resolve']").unwrap();
    let id = page.select(&thread).next().unwrap().value().attr("value").unwrap().to_owned();
    // A reply stands in the thread, and the page offers it.
    let choices = Selector::parse("select[name='reply'] option").unwrap();
    assert!(page.select(&choices).any(|one| one.value().attr("value") == Some(&id)));
    case.city.post(&case.dele, &field, &[("comment", "It is."), ("reply", &id)]).await;
    assert!(!case.city.get(&case.dele, "/work").await.text.contains("Reply to a comment on"), "whoever replied is asked no more");
    let page = case.city.get(&case.priya, &field).await.page();
    assert_eq!(page.select(&thread).count(), 1, "one thread");
    assert!(text(&page, "#comments .ct-box").contains("Is this enough") && text(&page, "#comments .ct-box").contains("It is."));
    assert!(text(&page, "aside").contains("Dele Okafor") && text(&page, "aside").contains("at this question"));
    let near = case.city.get(&case.priya, &format!("{}/shared/processing", case.address)).await;
    assert!(text(&near.page(), "aside").contains("in this section"), "{}", text(&near.page(), "aside"));
    case.city.post(&case.dele, &field, &[("resolve", &id)]).await;
    assert!(text(&case.city.get(&case.dele, &field).await.page(), "#comments h2").contains("(0 open)"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comments_reads_who_is_told_of_it_and_a_second_press_says_the_same() {
    let case = case().await;
    let field = format!("{}/shared/aims", case.address);
    let nobody =
        "Your comment is added. Nobody is told of it: no whole name of somebody else who reads this question follows an @";
    for (words, said) in [
        ("Ask team@example.org.", "Your comment is added"),
        ("Is this enough, @Dele Okafr?", nobody),
        ("A note for @Priya Nair.", nobody),
        ("Is this enough, @dele okafor?", "Your comment is added, and Dele Okafor is told"),
    ] {
        let command = crate::web::form::new_command().to_string();
        for _ in 0..2 {
            let sent = case.city.post(&case.priya, &field, &[("comment", words), ("command", &command)]).await;
            assert_eq!(sent.notice(), said, "{words}");
        }
    }
    assert_eq!(case.held().await.whole.comments.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_that_is_settled_twice_stays_settled_until_somebody_opens_it_again() {
    let case = case().await;
    let field = format!("{}/shared/aims", case.address);
    let said = [("version", "0"), ("answer", "Why."), ("complete", "no"), ("comment", "Is this enough?"), ("stay", "1")];
    case.city.post(&case.priya, &field, &said).await;
    let open = async |many: &str| {
        let heading = text(&case.city.get(&case.dele, &field).await.page(), "#comments h2");
        assert!(heading.contains(&format!("({many} open)")), "{heading}");
    };
    let offered = async |name: &str| {
        let button = Selector::parse(&format!("button[name='{name}']")).unwrap();
        let page = case.city.get(&case.dele, &field).await.page();
        page.select(&button).next().and_then(|one| one.value().attr("value").map(str::to_owned))
    };
    let id = offered("resolve").await.expect("the thread can be settled");
    // One whose press comes twice, and another with the same page open.
    let command = crate::web::form::new_command().to_string();
    let press = [("command", command.as_str()), ("resolve", id.as_str())];
    for _ in 0..2 {
        assert_eq!(case.city.post(&case.dele, &field, &press).await.status, StatusCode::SEE_OTHER);
        open("0").await;
    }
    case.city.post(&case.priya, &field, &[("resolve", &id)]).await;
    open("0").await;
    assert_eq!((offered("resolve").await, offered("reopen").await), (None, Some(id.clone())));
    case.city.post(&case.priya, &field, &[("reopen", &id)]).await;
    open("1").await;
    // The first press, sent once more, takes nothing back that was said since.
    case.city.post(&case.dele, &field, &press).await;
    open("1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typing_is_kept_as_a_draft_and_a_wrong_date_keeps_what_was_typed() {
    let case = case().await;
    let field = format!("{}/shared/aims", case.address);
    let kept = case.city.post(&case.priya, &format!("{field}/draft"), &[("version", "0"), ("answer", "Half a sent")]).await;
    assert_eq!(kept.status, StatusCode::NO_CONTENT);
    let page = case.city.get(&case.priya, &field).await.page();
    assert_eq!(value(&page, "answer").trim(), "Half a sent");
    assert!(text(&page, "main").contains("What you typed is back"));
    assert_eq!(value(&case.city.get(&case.dele, &field).await.page(), "answer").trim(), "");
    let day = format!("{}/shared/starts", case.address);
    let wrong = [("version", "0"), ("answer-day", "31"), ("answer-month", "2"), ("answer-year", "2027")];
    let page = case.city.post(&case.priya, &day, &wrong).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(text(&page.page(), "title").starts_with("Error: "));
    assert_eq!(value(&page.page(), "answer-day"), "31");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_question_of_the_shipped_template_can_be_opened() {
    let case = case().await;
    let list = case.city.get(&case.priya, &case.address).await.page();
    let links = Selector::parse(".ct-row a").unwrap();
    let mut addresses: Vec<String> = list.select(&links).filter_map(|one| one.value().attr("href")).map(str::to_owned).collect();
    addresses.retain(|address| !address.ends_with("/sign-off"));
    let mut opened = 0;
    for first in addresses {
        let page = case.city.get(&case.priya, &first).await.page();
        let others = Selector::parse("aside a[href]").unwrap();
        let within: Vec<String> = page
            .select(&others)
            .filter_map(|one| one.value().attr("href"))
            .filter(|address| address.matches('/').count() == 4)
            .map(str::to_owned)
            .collect();
        for address in within.into_iter().chain([first]) {
            let answer = case.city.get(&case.priya, &address).await;
            assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.text);
            opened += 1;
        }
    }
    assert!(opened > 40, "{opened}");
}
