//! What the pages of an assessment have in common and say of where it stands: one head, what stands in its way once it is signed,
//! correcting what is public, incidents, and what is said once.

use super::tests::{BEGIN, Case, case, text};
use axum::http::StatusCode;
use domain::{
    dpia::{
        assessment::{Assessment, State},
        place::Part,
        review::Trigger,
        task::{About, Assignee, Task},
    },
    people::Role,
};
use scraper::{Html, Selector};

impl Case {
    async fn seen(&self, path: &str) -> Html {
        let answer = self.city.get(&self.priya, &format!("{}{path}", self.address)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        answer.page()
    }

    /// Reports an incident, always in the same words.
    async fn reports(&self) {
        let sent = [("what", "A letter went astray"), ("on-day", "1"), ("on-month", "2"), ("on-year", "2025")];
        let answer = self.city.post(&self.priya, &format!("{}/review", self.address), &sent).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    }

    /// How many incidents ask for a look.
    async fn incidents(&self) -> usize {
        let asks = |task: &&Task| task.open() && matches!(&task.about, About::Review { why: Some(Trigger::Incident { .. }) });
        self.held().await.tasks().iter().filter(asks).count()
    }
}

/// The texts of what a selector finds.
fn texts(page: &Html, selector: &str) -> Vec<String> {
    let found = Selector::parse(selector).unwrap();
    page.select(&found).map(|one| one.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_an_assessment_has_one_head() {
    let case = case().await;
    let (risk, measure) = case.risk(Part::Shared, 1, "minimal").await;
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    let number = case.city.store().get::<Assessment>(&super::tests::server(), case.id().0).await.unwrap().unwrap().number;
    let tabs = texts(&case.seen("").await, ".ct-subnav a");
    assert_eq!((tabs.first().map(String::as_str), tabs.len()), (Some("Answers"), 10), "{tabs:?}");
    let of_one = [
        format!("/risks/{}", risk.0),
        format!("/risks/{}/history", risk.0),
        format!("/measures/{}", measure.0),
        "/shared/aims/history".to_owned(),
    ];
    let pages = [
        ("", "Answers"),
        ("/shared/aims", "Answers"),
        ("/review", "Answers"),
        ("/template", "Answers"),
        ("/fill", "Answers"),
        ("/modules", "Answers"),
        ("/change", "Answers"),
        (of_one[3].as_str(), "Answers"),
        ("/risks", "Risks and measures"),
        ("/risks/new", "Risks and measures"),
        (of_one[0].as_str(), "Risks and measures"),
        (of_one[1].as_str(), "Risks and measures"),
        (of_one[2].as_str(), "Risks and measures"),
        ("/tasks", "Tasks"),
        ("/advice", "Recommendations"),
        ("/sign-off", "Sign-off"),
        ("/consultation", "Sign-off"),
        ("/move/freeze", "Sign-off"),
        ("/parties", "Parties"),
        ("/versions", "Versions"),
        ("/compare", "Versions"),
        ("/publish", "Publication"),
        ("/files", "Files"),
        ("/attachments", "Attachments"),
    ];
    for (path, current) in pages {
        let page = case.seen(path).await;
        let line = texts(&page, "main .ct-caption");
        assert!(line.len() == 1 && line[0].starts_with(&format!("DPIA {number}")), "{path}: {line:?}");
        assert_eq!(texts(&page, "main h1").len(), 1, "{path}");
        assert_eq!(texts(&page, ".ct-subnav a"), tabs, "{path}");
        assert_eq!(texts(&page, ".ct-subnav a[aria-current]"), [current], "{path}");
        assert!(texts(&page, ".govuk-back-link").is_empty(), "{path}");
        let above = texts(&page, ".govuk-breadcrumbs a");
        assert_eq!(above.first().map(String::as_str), Some("Assessments"), "{path}: {above:?}");
        assert_eq!(above.get(1).is_some_and(|one| one.starts_with(&number)), !path.is_empty(), "{path}: {above:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn once_it_is_signed_nobody_who_is_only_asked_and_nothing_that_need_not_be_written_is_in_the_way() {
    let case = case().await;
    let invited = [("act", "invite"), ("organisation", "islington"), ("role", "joint-controller")];
    let asked = case.city.post(&case.priya, &format!("{}/parties", case.address), &invited).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
    let local = |page: &Html| -> Vec<String> {
        texts(page, ".ct-rows .ct-row").into_iter().filter(|row| row.contains("Our local risks")).collect()
    };
    let written = case.seen("").await;
    assert!(text(&written, ".ct-box--block").contains("has not answered its invitation"), "{}", text(&written, "main"));
    let rows = local(&written);
    assert!(rows.len() == 2 && rows.iter().all(|row| row.contains("Not started")), "{rows:?}");
    // Whoever is asked reads that they are, and nothing of its text, nor its files.
    let invitee = case.city.browser("islington", Role::ProjectLead).await;
    for (path, status) in [("", StatusCode::OK), ("/attachments", StatusCode::NOT_FOUND), ("/files", StatusCode::NOT_FOUND)] {
        assert_eq!(case.city.get(&invitee, &format!("{}{path}", case.address)).await.status, status, "{path}");
    }
    case.frozen().await;
    let signed = case.seen("").await;
    assert!(!text(&signed, "main").contains("has not answered its invitation"), "{}", text(&signed, "main"));
    assert!(text(&signed, "aside").contains("has not answered"), "it stands among the parties");
    let rows = local(&signed);
    assert!(rows.len() == 2 && rows.iter().all(|row| !row.contains("Not started") && !row.contains("Nobody yet")), "{rows:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_public_is_put_right_without_being_taken_down() {
    let case = case().await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::IgOfficer).await;
    case.save(&case.priya, "aims", "0", "To visit people who fall in Leeds.").await;
    let first = case.made_public(&officer).await;
    let page = case.seen("/publish").await;
    assert!(texts(&page, "main button").contains(&"Change what is shown".to_owned()), "{}", text(&page, "main"));
    assert_eq!(case.publish(&case.priya, BEGIN).await.status, StatusCode::SEE_OTHER);
    assert!(case.city.get(&officer, &first).await.text.contains("in Leeds"), "it stays public meanwhile");
    let page = case.seen("/publish").await;
    assert!(text(&page, "main").contains("What was published before is public now"), "{}", text(&page, "main"));
    let other = [("act", "summary"), ("summary", "People who fall are helped sooner.")];
    assert_eq!(case.publish(&case.priya, &other).await.status, StatusCode::SEE_OTHER);
    let second = case.checked(&officer).await;
    assert!(first != second && case.city.get(&officer, &second).await.text.contains("helped sooner"));
    // Of what others have to sign again nothing can be begun, and the page says so.
    case.now_in(case.id(), State::Drafting).await;
    case.save(&case.priya, "aims", "1", "To visit people who fall.").await;
    case.frozen().await;
    let page = case.seen("/publish").await;
    assert!(!texts(&page, "main button").contains(&"Change what is shown".to_owned()), "{}", text(&page, "main"));
    assert!(text(&page, "main").contains("when a version is signed by all again"), "{}", text(&page, "main"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_like_one_that_was_looked_at_asks_again_and_one_that_is_open_is_said_to_be() {
    let case = case().await;
    case.frozen().await;
    case.now_in(case.id(), State::Live).await;
    case.reports().await;
    assert_eq!(case.incidents().await, 1);
    case.reports().await;
    assert_eq!(case.incidents().await, 1, "it is open still");
    let mut work = case.held().await;
    work.close_tasks(|about| matches!(about, About::Review { .. }), case.priya.person).await.unwrap();
    work.commit().await.unwrap();
    case.reports().await;
    assert_eq!(case.incidents().await, 1, "it was looked at, and happened again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_and_a_title_are_said_once() {
    let case = case().await;
    let (_, measure) = case.risk(Part::Shared, 1, "minimal").await;
    let organisation = case.city.organisation("camden").id;
    let due = Some(jiff::civil::date(2199, 9, 1));
    let mut work = case.held().await;
    let mut record = work.whole.measures.iter().find(|one| one.measure.id == measure).unwrap().clone();
    record.measure.due = due;
    work.put_measure(record).await.unwrap();
    work.ask(About::Measure { measure }, Assignee::Role { organisation, role: Role::Editor }, due, "Measure number 1")
        .await
        .unwrap();
    work.commit().await.unwrap();
    let risks = text(&case.seen("/risks").await, "main");
    assert!(risks.contains("by 1 September 2199") && risks.contains("now with editor"), "{risks}");
    assert!(!risks.contains("now with editor by"), "{risks}");
    let tasks = texts(&case.seen("/tasks").await, "main tbody th");
    let own: Vec<&String> = tasks.iter().filter(|row| row.contains("Measure number 1")).collect();
    assert!(!own.is_empty() && own.iter().all(|row| row.matches("Measure number 1").count() == 1), "{tasks:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_can_give_a_question_to_somebody_is_offered_it() {
    let case = case().await;
    let viewer = case.city.browser("camden", Role::Viewer).await;
    let question = format!("{}/shared/aims", case.address);
    for (reader, offered) in [(&case.priya, true), (&viewer, false)] {
        let page = case.city.get(reader, &question).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        assert_eq!(page.text.contains("Give this question to somebody"), offered, "{}", page.text);
    }
}
