//! What people do along the way of an assessment, in their browsers: risks that two change at once, measures and their tasks, what is
//! offered when nothing is left to do, one assessment in another's place, the summary of a publication.

use super::tests::{ASK, BEGIN, Case, SUMMARY, case, text, value};
use crate::testing::Browser;
use axum::http::StatusCode;
use domain::{
    dpia::{
        assessment::{Assessment, State},
        ids::AssessmentId,
        template::Purpose,
    },
    people::Role,
};
use uuid::Uuid;

impl Case {
    /// The moves that Priya is offered.
    async fn moves(&self) -> Vec<String> {
        let page = self.city.get(&self.priya, &format!("{}/sign-off", self.address)).await.page();
        let links = scraper::Selector::parse("main a[href*='/move/']").unwrap();
        page.select(&links).filter_map(|link| link.value().attr("href")?.rsplit('/').next().map(str::to_owned)).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_change_one_risk_see_both_versions_and_lose_neither() {
    let case = case().await;
    let added = [
        ("part", "shared"),
        ("title", "A fall is not seen"),
        ("description", "The battery is empty. Nobody comes."),
        ("before-likelihood", "remote"),
        ("before-severity", "minimal"),
    ];
    let sent = case.city.post(&case.priya, &format!("{}/risks/new", case.address), &added).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let list = case.city.get(&case.priya, &format!("{}/risks", case.address)).await.page();
    let link = scraper::Selector::parse("table a[href*='/risks/0']").unwrap();
    let risk = list.select(&link).next().unwrap().value().attr("href").unwrap().to_owned();
    let version = value(&case.city.get(&case.priya, &risk).await.page(), "version");
    let change = |version: String, title: &'static str, description: &'static str, likelihood: &'static str| {
        [
            ("version".to_owned(), version),
            ("title".to_owned(), title.to_owned()),
            ("description".to_owned(), description.to_owned()),
            ("before-likelihood".to_owned(), likelihood.to_owned()),
            ("before-severity".to_owned(), "minimal".to_owned()),
        ]
    };
    let post = |who, fields: [(String, String); 5]| {
        let (case, risk) = (&case, &risk);
        async move {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            case.city.post(who, risk, &fields).await
        }
    };
    let first = change(version.clone(), "A fall stays unseen", "The battery is flat. Nobody comes.", "remote");
    assert_eq!(post(&case.priya, first).await.status, StatusCode::SEE_OTHER);
    // What the other changed elsewhere fits, and is saved with it.
    let fits = change(version.clone(), "A fall is not seen", "The battery is empty. Nobody comes for hours.", "remote");
    let saved = post(&case.dele, fits).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let page = case.city.get(&case.dele, &risk).await.page();
    assert_eq!(value(&page, "title"), "A fall stays unseen");
    assert_eq!(value(&page, "description").trim(), "The battery is flat. Nobody comes for hours.");
    // What does not fit is shown, both versions of each, and both passages of the text stand in the form.
    let clash = post(&case.dele, change(version, "Nobody sees a fall", "The gateway is down. Nobody comes.", "remote")).await;
    assert_eq!(clash.status, StatusCode::OK);
    let page = clash.page();
    let both = text(&page, ".ct-box--look");
    for words in ["A fall is not seen", "A fall stays unseen", "Nobody sees a fall", "You saved this risk in another window"] {
        assert!(both.contains(words), "{words}: {both}");
    }
    let description = value(&page, "description");
    assert!(description.contains("The battery is flat.") && description.contains("The gateway is down."), "{description}");
    let version = value(&page, "version");
    let settled = post(&case.dele, change(version, "Nobody sees a fall", "Battery or gateway.", "remote")).await;
    assert_eq!(settled.status, StatusCode::SEE_OTHER, "{}", settled.text);
    let old = post(&case.dele, change("7".to_owned(), "X", "Y", "remote")).await;
    assert_eq!(old.status, StatusCode::BAD_REQUEST, "a version that nobody saw");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_sees_to_a_measure_is_asked_at_once_and_says_how_far_it_is() {
    let case = case().await;
    let hackney = case.city.organisation("hackney").id;
    let (owner, browser) = case.colleague("Robin Vale", "hackney", Role::Viewer).await;
    let with = format!("person:{owner}@{hackney}");
    let new = format!("{}/measures/new", case.address);
    let fields = [
        ("title", "Change the batteries"),
        ("owner", with.as_str()),
        ("due-day", "1"),
        ("due-month", "5"),
        ("due-year", "2027"),
        ("progress", "planned"),
    ];
    let sent = case.city.post(&case.priya, &new, &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let work = case.city.get(&browser, "/work").await.text;
    assert!(work.contains("Change the batteries") && work.contains("1 May 2027"), "{work}");
    // The task is moved on its own page; the measure says so.
    let tasks = case.city.get(&case.priya, &format!("{}/tasks", case.address)).await.page();
    let link = scraper::Selector::parse("table a[href*='/tasks/']").unwrap();
    let task = tasks.select(&link).next().unwrap().value().attr("href").unwrap().to_owned();
    let page = case.city.get(&browser, &task).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert_eq!(case.city.get(&case.stranger, &task).await.status, StatusCode::NOT_FOUND);
    let wrong = case.city.post(&browser, &task, &[("act", "day")]).await;
    assert!(wrong.text.contains("Enter the day by which it is to be done") && wrong.text.contains("<title>Error: "));
    let day = [("act", "day"), ("day-day", "2"), ("day-month", "6"), ("day-year", "2027")];
    assert_eq!(case.city.post(&browser, &task, &day).await.status, StatusCode::SEE_OTHER);
    let list = case.city.get(&case.priya, &format!("{}/risks", case.address)).await.text;
    assert!(list.contains("2 June 2027") && list.contains("Robin Vale"), "{list}");
    // 'Done' asks how far the measure is, of whoever it is with, though they write nothing else here.
    let asked = case.city.post(&browser, &task, &[("act", "done")]).await;
    assert!(asked.location().contains("/measures/"), "{}", asked.text);
    let page = case.city.get(&browser, asked.location()).await;
    assert!(page.text.contains("The task is done when the measure is") && !page.text.contains("name=\"title\""), "{}", page.text);
    let measure = asked.location().split('?').next().unwrap().to_owned();
    let version = value(&page.page(), "version");
    let empty = case.city.post(&browser, &measure, &[("version", &version)]).await;
    assert!(empty.text.contains("Choose how far it is"), "{}", empty.text);
    let done = [("version", version.as_str()), ("progress", "done"), ("evidence", "Invoice 12")];
    assert_eq!(case.city.post(&browser, &measure, &done).await.status, StatusCode::SEE_OTHER);
    assert!(!case.city.get(&browser, "/work").await.text.contains("Change the batteries"));
    assert!(case.city.get(&case.priya, &format!("{}/risks", case.address)).await.text.contains("done"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_there_is_nothing_to_do_about_is_not_offered() {
    let case = case().await;
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::Dpo).await;
    let advice = format!("{}/advice", case.address);
    let sent = case.city.post(&officer, &advice, &[("place", "shared/aims"), ("text", "Ask them first.")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    // The officer has one thing to do with it: no choice of one.
    let page = case.city.get(&officer, &advice).await.page();
    let radios = scraper::Selector::parse("input[type=radio]").unwrap();
    assert_eq!(page.select(&radios).count(), 0);
    assert!(text(&page, "main").contains("Take recommendation 1 back"), "{}", text(&page, "main"));
    let form = scraper::Selector::parse("main form[action*='/advice/']").unwrap();
    let answer = page.select(&form).next().unwrap().value().attr("action").unwrap().to_owned();
    let silent = case.city.post(&officer, &answer, &[("decision-1", "withdrawn")]).await;
    assert!(silent.text.contains("Enter why"), "{}", silent.text);
    let back = [("decision-1", "withdrawn"), ("reasons-1", "They were asked.")];
    assert_eq!(case.city.post(&officer, &answer, &back).await.status, StatusCode::SEE_OTHER);
    // Frozen, and nothing new in an annex: it is not offered to be frozen again.
    case.frozen().await;
    let moves = case.moves().await;
    assert!(moves.contains(&"reopen".to_owned()) && !moves.contains(&"freeze-annex".to_owned()), "{moves:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_assessment_is_put_in_the_place_of_another_on_a_page_of_its_own() {
    let (older, today) = (case().await, jiff::civil::date(2026, 11, 23));
    let scope = older.lead();
    let head = older.city.store().assessments(&scope, today).await.unwrap().remove(0);
    let newer = Assessment { id: AssessmentId(Uuid::now_v7()), title: "Telecare, the second".to_owned(), ..head };
    let newer = older.city.store().begin_assessment(&scope, older.city.app.clock.now(), today, newer, None).await.unwrap();
    older.now_in(older.id(), State::Live).await;
    let page = format!("{}/move/supersede", older.address);
    assert!(older.city.get(&older.priya, &page).await.text.contains("No assessment that you can see could take its place"));
    older.now_in(newer.id, State::Signed).await;
    assert!(older.moves().await.contains(&"supersede".to_owned()), "{:?}", older.moves().await);
    let offered = older.city.get(&older.priya, &page).await;
    assert!(offered.text.contains("Telecare, the second"), "{}", offered.text);
    let none = older.city.post(&older.priya, &page, &[]).await;
    assert!(
        none.text.contains("Choose the assessment that takes its place") && none.text.contains("<title>Error: "),
        "{}",
        none.text
    );
    let successor = newer.id.to_string();
    assert_eq!(older.city.post(&older.dele, &page, &[("successor", &successor)]).await.status, StatusCode::NOT_FOUND);
    let done = older.city.post(&older.priya, &page, &[("successor", &successor)]).await;
    assert_eq!(done.location(), older.address, "{}", done.text);
    let old = older.city.get(&older.dele, &older.address).await.text;
    assert!(old.contains("Another assessment took its place") && old.contains(&successor), "{old}");
    let new = older.city.get(&older.dele, &format!("/assessments/{successor}")).await.text;
    assert!(new.contains("It took the place of") && new.contains(&older.id().to_string()), "{new}");
    let list = older.city.get(&older.priya, "/assessments").await.page();
    assert!(text(&list, "table").contains(&format!("replaced by anotherby DPIA {}", newer.number)), "{}", text(&list, "table"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publication_needs_a_summary_and_shows_what_is_hidden_section_by_section() {
    let case = case().await;
    let template = domain::dpia::library::shipped().in_force(Purpose::Dpia, case.city.app.clock.today()).unwrap();
    case.save(&case.priya, "aims", "0", "To visit people who fall in Leeds.").await;
    case.frozen().await;
    case.signed_by_all().await;
    let page = format!("{}/publish", case.address);
    assert_eq!(case.city.post(&case.priya, &page, &[("act", "begin")]).await.status, StatusCode::SEE_OTHER);
    let empty = case.city.post(&case.priya, &page, &[("act", "summary"), ("summary", " \n ")]).await;
    assert!(empty.text.contains("Enter a summary in plain words") && empty.text.contains("<title>Error: "), "{}", empty.text);
    let said = [("act", "summary"), ("summary", "People who fall are visited.")];
    assert_eq!(case.city.post(&case.priya, &page, &said).await.status, StatusCode::SEE_OTHER);
    let without = [
        ("show", "without"),
        ("words-1", "in Leeds"),
        ("exemption-1", "law-enforcement"),
        ("reason-1", "It would help a thief."),
    ];
    let decided = case.city.post(&case.priya, &format!("{page}/shared/aims"), &without).await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER, "{}", decided.text);
    let shown = case.city.get(&case.priya, &page).await.page();
    let section = text(&shown, "#section-1 table");
    assert!(section.contains("in Leeds") && section.contains("It would help a thief."), "{section}");
    assert!(text(&shown, "main").contains(&template.find("aims").unwrap().0.title));
    let preview = text(&shown, "#section-1 details");
    assert!(preview.contains("2 words taken out") && !preview.contains("Leeds"), "{preview}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_somebody_has_still_to_sign_is_not_published() {
    let case = case().await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::IgOfficer).await;
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    case.frozen().await;
    let page = format!("{}/publish", case.address);
    let early = case.publish(&case.priya, BEGIN).await;
    assert!(early.text.contains("Only a version that is signed by all can be published"), "{}", early.text);
    assert!(!case.city.get(&case.priya, &page).await.text.contains("Prepare the publication"));
    case.signed_by_all().await;
    for act in [BEGIN, SUMMARY, ASK] {
        assert_eq!(case.publish(&case.priya, act).await.status, StatusCode::SEE_OTHER, "{act:?}");
    }
    let seen = value(&case.city.get(&officer, &page).await.page(), "seen");
    // Another version is frozen, and nobody has signed it.
    case.now_in(case.id(), State::Drafting).await;
    case.save(&case.priya, "aims", "1", "To visit people who fell.").await;
    case.frozen().await;
    let unsigned = case.publish(&officer, &[("act", "publish"), ("seen", &seen)]).await;
    assert!(unsigned.text.contains("Only a version that is signed by all can be published"), "{}", unsigned.text);
    // Once it is signed, the publication goes on with it.
    case.signed_by_all().await;
    let older = case.publish(&officer, &[("act", "publish"), ("seen", &seen)]).await;
    assert!(older.text.contains("Another version is signed by all now"), "{}", older.text);
    assert!(case.city.get(&case.priya, &page).await.text.contains("Prepare the newer version"));
    for act in [BEGIN, ASK] {
        assert_eq!(case.publish(&case.priya, act).await.status, StatusCode::SEE_OTHER, "{act:?}");
    }
    let seen = value(&case.city.get(&officer, &page).await.page(), "seen");
    let done = case.publish(&officer, &[("act", "publish"), ("seen", &seen)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let list = case.city.get(&Browser::default(), "/dpias").await;
    assert!(list.text.contains("People who fall are visited."), "{}", list.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_decided_an_answer_does_not_publish_it_and_what_was_looked_at_is_what_is_published() {
    let case = case().await;
    let (_, arthur) = case.colleague("Arthur Nwosu", "camden", Role::IgOfficer).await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::Dpo).await;
    case.save(&case.priya, "aims", "0", "To visit people who fall in Leeds.").await;
    case.frozen().await;
    case.signed_by_all().await;
    let page = format!("{}/publish", case.address);
    for act in [BEGIN, SUMMARY] {
        assert_eq!(case.publish(&case.priya, act).await.status, StatusCode::SEE_OTHER, "{act:?}");
    }
    let without = [
        ("show", "without"),
        ("words-1", "in Leeds"),
        ("exemption-1", "law-enforcement"),
        ("reason-1", "It would help a thief."),
    ];
    assert_eq!(case.city.post(&arthur, &format!("{page}/shared/aims"), &without).await.status, StatusCode::SEE_OTHER);
    assert_eq!(case.publish(&arthur, ASK).await.status, StatusCode::SEE_OTHER);
    let shown = case.city.get(&arthur, &page).await;
    assert!(shown.text.contains("somebody else has to look") && !shown.text.contains("Publish exactly this"), "{}", shown.text);
    let seen = value(&case.city.get(&officer, &page).await.page(), "seen");
    let own = case.publish(&arthur, &[("act", "publish"), ("seen", &seen)]).await;
    assert!(own.text.contains("You prepared some of it") && own.text.contains("<title>Error: "), "{}", own.text);
    // The words come back in while the officer reads: that is not what they looked at.
    let whole = [("show", "whole")];
    assert_eq!(case.city.post(&case.priya, &format!("{page}/shared/aims"), &whole).await.status, StatusCode::SEE_OTHER);
    assert_eq!(case.publish(&case.priya, ASK).await.status, StatusCode::SEE_OTHER);
    let other = case.publish(&officer, &[("act", "publish"), ("seen", &seen)]).await;
    assert!(other.text.contains("It is not what your page showed"), "{}", other.text);
    assert!(!case.city.get(&Browser::default(), "/dpias").await.text.contains("People who fall"));
    let seen = value(&case.city.get(&officer, &page).await.page(), "seen");
    let done = case.publish(&officer, &[("act", "publish"), ("seen", &seen)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recommendation_stands_beside_the_answer_and_any_question_can_be_advised_on() {
    let case = case().await;
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::Dpo).await;
    let advice = format!("{}/advice", case.address);
    let page = case.city.get(&officer, &advice).await.page();
    let options = scraper::Selector::parse("select[name='place'] option").unwrap();
    let offered: Vec<(String, String)> = page
        .select(&options)
        .map(|one| (one.value().attr("value").unwrap_or_default().to_owned(), one.text().collect::<String>().trim().to_owned()))
        .filter(|(value, _)| !value.is_empty())
        .collect();
    // As the document has them, numbered, whether answered or not; the shared text first, then the officer's own annex.
    let aims = offered.iter().find(|(value, _)| value == "shared/aims").expect("an answered question");
    assert!(aims.1.starts_with("1.") && !aims.1.contains("not answered yet"), "{aims:?}");
    assert!(offered.len() > 30 && offered.iter().filter(|(_, text)| text.ends_with("not answered yet")).count() > 20);
    let first_of_annex = offered.iter().position(|(value, _)| value.starts_with("annex:")).unwrap();
    assert!(
        offered[first_of_annex..].iter().all(|(value, text)| value.starts_with("annex:") && text.contains("(annex of Camden)"))
    );
    let numbers: Vec<u32> =
        offered[..first_of_annex].iter().map(|(_, text)| text.split('.').next().unwrap().parse().unwrap()).collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
    let unanswered = &offered.iter().find(|(_, text)| text.ends_with("not answered yet")).unwrap().0;
    let sent = case.city.post(&officer, &advice, &[("place", unanswered), ("text", "Say how long.")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let elsewhere = format!("annex:{}/gateway", case.city.organisation("hackney").id);
    let refused = case.city.post(&officer, &advice, &[("place", &elsewhere), ("text", "Mind it.")]).await;
    assert!(refused.text.contains("<title>Error: "), "{}", refused.text);
    let sent = case.city.post(&officer, &advice, &[("place", "shared/aims"), ("text", "Ask them first.")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    // Whoever answers it reads the answer beside it, and goes to it from the heading.
    let (_, owner) = case.colleague("Marcus Hale", "camden", Role::InformationAssetOwner).await;
    let page = case.city.get(&owner, &advice).await.page();
    let said = text(&page, "#r2");
    assert!(said.contains("What the answer says now") && said.contains("To visit people who fall."), "{said}");
    assert!(text(&page, "#r1").contains("Nothing is answered yet"));
    let heading = scraper::Selector::parse("#r2 h2 a").unwrap();
    let link = page.select(&heading).next().expect("a link").value().attr("href").unwrap();
    assert_eq!(link, format!("{}/shared/aims", case.address));
}
