//! Writing together, where something comes between: the text is frozen, a reply never comes, somebody is faster. Nothing that was typed
//! is lost, and whoever typed it is told.

use super::tests::{Case, case, text, value};
use crate::{testing::Answer, web::form::new_command};
use axum::http::StatusCode;
use domain::dpia::{
    advice::Recommendation,
    answer,
    assessment::State,
    edit::{FieldState, Writer},
    ids::RecommendationId,
    place::{Part, Place},
};
use uuid::Uuid;

impl Case {
    async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.city.post(&self.priya, &format!("{}/{path}", self.address), fields).await
    }

    async fn main(&self, path: &str) -> String {
        text(&self.city.get(&self.priya, &format!("{}/{path}", self.address)).await.page(), "main")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_saved_any_more_comes_back_with_the_reason() {
    let case = case().await;
    case.save(&case.priya, "benefits", "0", "Fewer falls.").await;
    case.alter(|head| head.state = State::Review).await;
    let fields =
        [("version", "1"), ("answer", "Fewer falls, and sooner help."), ("complete", "no"), ("comment", "Is this right?")];
    let refused = case.send("shared/benefits", &fields).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let said = text(&refused.page(), "main");
    assert!(
        said.contains("Your answer is not saved: the text was frozen") && said.contains("Fewer falls, and sooner help."),
        "{said}"
    );
    assert!(refused.text.contains("<title>Error: ") && refused.text.contains("href=\"#kept\""), "{}", refused.text);
    assert_eq!(value(&refused.page(), "comment").trim(), "Is this right?", "the comment can still be sent");
    // Whoever only comments sends along what stands, and that is no change.
    let fields = [("version", "1"), ("answer", "Fewer falls."), ("complete", "no"), ("comment", "Is this right?")];
    assert_eq!(case.send("shared/benefits", &fields).await.status, StatusCode::SEE_OTHER);
    assert!(case.main("shared/benefits").await.contains("Is this right?"));
    let draft = case.send("shared/benefits/draft", &[("version", "1"), ("answer", "Later")]).await;
    assert_ne!(draft.status, StatusCode::NO_CONTENT, "script says that nothing is kept");

    // Forms of risks and measures, too; and what has no page any more.
    let risk = case.send("risks/new", &[("part", "shared"), ("title", "Alerts are missed"), ("description", "By night.")]).await;
    assert_eq!(risk.status, StatusCode::CONFLICT);
    assert!(text(&risk.page(), "main").contains("frozen") && risk.text.contains("By night."), "{}", risk.text);
    let measure = case.send("measures/new", &[("title", "Call back"), ("progress", "planned")]).await;
    // A measure is still written for the risks of one's own annex, which is open.
    assert!(measure.text.contains("Call back") && measure.text.contains("Choose a risk of a part"), "{}", measure.text);
    let gone = case.send("shared/no-such-question", &[("version", "1"), ("answer", "Words for nothing")]).await;
    assert_eq!(gone.status, StatusCode::CONFLICT);
    assert!(gone.text.contains("Words for nothing") && gone.text.contains("not asked here any more"), "{}", gone.text);
    // A stranger is told nothing, and still has their own words.
    let path = format!("{}/risks/new", case.address);
    let none = case.city.post(&case.stranger, &path, &[("part", "shared"), ("title", "A title of mine")]).await;
    assert!(none.status == StatusCode::NOT_FOUND && none.text.contains("A title of mine"), "{}", none.text);
    assert!(!none.text.contains("frozen"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_form_sent_again_with_more_words_is_not_taken_for_a_repeat() {
    let case = case().await;
    let command = new_command().to_string();
    let save = |words: &'static str| {
        let (case, command) = (&case, command.as_str());
        async move {
            let fields = [("command", command), ("version", "0"), ("answer", words), ("complete", "no"), ("stay", "1")];
            case.send("shared/deletion", &fields).await.location().to_owned()
        }
    };
    let here = format!("{}/shared/deletion", case.address);
    assert_eq!(save("Kept for a year.").await, here);
    assert_eq!(save("Kept for a year.").await, here, "a repeat does nothing");
    assert_eq!(save("Kept for two years. Then deleted.").await, here, "nobody clashes with themselves");
    let page = case.city.get(&case.priya, &here).await.page();
    assert_eq!((value(&page, "answer").trim(), value(&page, "version").as_str()), ("Kept for two years. Then deleted.", "2"));

    // What has no version is not made twice.
    let command = new_command().to_string();
    let add = |words: &'static str| {
        let (case, command) = (&case, command.as_str());
        async move {
            let fields = [("command", command), ("part", "shared"), ("title", "Alerts are missed"), ("description", words)];
            case.send("risks/new", &fields).await
        }
    };
    assert_eq!(add("By night.").await.status, StatusCode::SEE_OTHER);
    assert_eq!(add("By night.").await.status, StatusCode::SEE_OTHER);
    let told = add("By night, and at weekends.").await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    assert!(told.text.contains("By night, and at weekends.") && told.text.contains("You sent this form before"), "{}", told.text);
    let work = case.held().await;
    assert_eq!(work.whole.risks.len(), 1);
    let saved = format!("/risks/{}", work.whole.risks[0].risk.id);
    assert!(told.text.replace("&#x2f;", "/").contains(&saved), "it leads to what is saved");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_since_i_looked_tells_of_risks_and_measures_too() {
    let case = case().await;
    let (risk, measure) = case.risk(Part::Shared, 1, "minimal").await;
    let (gone, _) = case.risk(Part::Shared, 2, "minimal").await;
    let compare = format!("{}/compare?from=seen&to=now", case.address);
    case.city.get(&case.dele, &compare).await;
    assert!(text(&case.city.get(&case.dele, &compare).await.page(), "main").contains("Nothing is different"));
    let mut work = case.held().await;
    let mut record = work.whole.risks.iter().find(|one| one.risk.id == risk).unwrap().clone();
    record.risk.title = "Alerts are missed by night".to_owned();
    work.put_risk(record).await.unwrap();
    let mut record = work.whole.measures.iter().find(|one| one.measure.id == measure).unwrap().clone();
    record.measure.progress = domain::dpia::risk::Progress::UnderWay;
    work.put_measure(record).await.unwrap();
    let record = work.whole.risks.iter().find(|one| one.risk.id == gone).unwrap().clone();
    work.remove_risk(&record).await.unwrap();
    work.commit().await.unwrap();
    let home = text(&case.city.get(&case.dele, &case.address).await.page(), "main");
    assert!(home.contains("4 changes"), "two risks and two measures: {home}");
    let file = case.city.get(&case.dele, &format!("{}/changes/changes.docx?from=seen&to=now", case.address)).await;
    assert_eq!(file.status, StatusCode::OK);
    let said = text(&case.city.get(&case.dele, &compare).await.page(), "main");
    assert!(
        said.contains("Alerts are missed by night") && said.contains("under way") && said.contains("Risk number 2"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn settling_a_thread_saves_what_was_typed() {
    let case = case().await;
    case.send(
        "shared/aims",
        &[("version", "0"), ("answer", ""), ("complete", "no"), ("comment", "Which people?"), ("stay", "1")],
    )
    .await;
    let thread = case.held().await.whole.comments[0].id.to_string();
    let fields = [
        ("version", "0"),
        ("answer", "People who fall."),
        ("complete", "yes"),
        ("comment", "Said now."),
        ("reply", thread.as_str()),
        ("resolve", thread.as_str()),
    ];
    case.send("shared/aims", &fields).await;
    let work = case.held().await;
    let place = Place::shared("aims");
    assert_eq!(work.whole.field(&place).unwrap().answer, Some(answer::Answer::Text("People who fall.".to_owned())));
    assert!(!work.whole.field(&place).unwrap().complete, "whoever settles a comment may still be typing");
    assert_eq!(work.whole.comments.len(), 2);
    assert!(work.whole.comments.iter().any(|one| one.id.to_string() == thread && one.resolved.is_some()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_row_comes_back_with_the_page_that_says_what_is_wrong() {
    let case = case().await;
    let row = Uuid::now_v7().to_string();
    let template = domain::dpia::library::shipped();
    let today = case.city.app.clock.today();
    let template = template.in_force(domain::dpia::template::Purpose::Dpia, today).unwrap();
    let (_, field) = template.find("data-items").unwrap();
    let domain::dpia::template::field::FieldKind::Rows { columns, .. } = &field.kind else { panic!("a table") };
    let column = |long: bool| {
        let fits = |kind: &domain::dpia::template::field::FieldKind| {
            matches!(kind, domain::dpia::template::field::FieldKind::Text { .. })
        };
        let mut texts = columns.iter().filter(|one| fits(&one.kind));
        let first = texts.next().unwrap();
        if long { texts.next().unwrap_or(first) } else { first }
    };
    let (name, other) = (format!("answer-{row}-{}", column(false).id), format!("answer-{row}-{}", column(true).id));
    let long = "x".repeat(40_000);
    let fields = [("version", "0"), ("answer-row", &row), (&name, "Names of residents"), (&other, &long), ("complete", "no")];
    let back = case.send("shared/data-items", &fields).await;
    let page = back.page();
    assert!(back.text.contains("<title>Error: "), "{}", text(&page, "main"));
    if name != other {
        assert_eq!(value(&page, &name), "Names of residents");
    }
    assert_eq!(value(&page, &other), long);
    let rows = scraper::Selector::parse("[name='answer-row']").unwrap();
    assert_eq!(page.select(&rows).count(), 2, "and an empty one is offered beside it");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_three_texts_that_clash_each_is_looked_at() {
    let case = case().await;
    case.save(&case.priya, "deletion", "0", "Kept for 24 months.").await;
    case.save(&case.dele, "deletion", "1", "Kept for 36 months.").await;
    case.save(&case.priya, "deletion", "1", "Kept for 12 months.").await;
    case.save(&case.priya, "deletion", "1", "Kept for 6 months.").await;
    let page = case.city.get(&case.priya, &format!("{}/shared/deletion/clash", case.address)).await.page();
    let (version, which) = (value(&page, "version"), value(&page, "which"));
    let fields = [("version", version.as_str()), ("which", which.as_str()), ("use", "mine")];
    let next = case.send("shared/deletion/clash", &fields).await;
    assert!(next.location().ends_with("/shared/deletion/clash"), "{}", next.location());
    let said = case.main("shared/deletion/clash").await;
    assert!(said.contains("Kept for 6 months.") && said.contains("Kept for 12 months."), "{said}");
    let page = case.city.get(&case.priya, &format!("{}/shared/deletion/clash", case.address)).await.page();
    let (version, which) = (value(&page, "version"), value(&page, "which"));
    let fields = [("version", version.as_str()), ("which", which.as_str()), ("use", "theirs")];
    assert!(case.send("shared/deletion/clash", &fields).await.location().ends_with("/shared/deletion"));
    let work = case.held().await;
    let state = work.whole.field(&Place::shared("deletion")).unwrap();
    assert_eq!(state.answer, Some(answer::Answer::Text("Kept for 12 months.".to_owned())));
    assert!(!state.clashes());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_takes_one_side_of_a_clash_keeps_what_the_other_changed_elsewhere() {
    let case = case().await;
    case.save(&case.priya, "deletion", "0", "Kept for 24 months. Deleted by hand.").await;
    case.save(&case.dele, "deletion", "1", "Kept for 36 months. Deleted by a job.").await;
    case.save(&case.priya, "deletion", "1", "Kept for 12 months. Deleted by hand.").await;
    let page = case.city.get(&case.priya, &format!("{}/shared/deletion/clash", case.address)).await.page();
    assert!(text(&page, "main").contains("The changes that fit are kept either way"), "{}", text(&page, "main"));
    let (version, which) = (value(&page, "version"), value(&page, "which"));
    let fields = [("version", version.as_str()), ("which", which.as_str()), ("use", "mine")];
    assert!(case.send("shared/deletion/clash", &fields).await.location().ends_with("/shared/deletion"));
    let work = case.held().await;
    let state = work.whole.field(&Place::shared("deletion")).unwrap();
    assert_eq!(state.answer, Some(answer::Answer::Text("Kept for 12 months. Deleted by a job.".to_owned())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_stands_beside_what_is_saved_and_can_be_thrown_away() {
    let case = case().await;
    case.save(&case.priya, "aims", "0", "To help people who fall.").await;
    let kept = case.send("shared/aims/draft", &[("version", "1"), ("answer", "To help everyone.")]).await;
    assert_eq!(kept.status, StatusCode::NO_CONTENT);
    let page = case.city.get(&case.priya, &format!("{}/shared/aims", case.address)).await.page();
    assert_eq!(value(&page, "answer").trim(), "To help everyone.");
    let said = text(&page, "main");
    assert!(said.contains("What stands in the assessment now") && said.contains("To help people who fall."), "{said}");
    case.send("shared/aims/draft", &[("drop", "1")]).await;
    let page = case.city.get(&case.priya, &format!("{}/shared/aims", case.address)).await.page();
    assert_eq!(value(&page, "answer").trim(), "To help people who fall.");
    // A draft that was on its way when the form was sent is older than what is saved; one that was typed after that is not.
    let command = new_command().to_string();
    let form = |words: &'static str| [("command", command.clone()), ("version", "1".to_owned()), ("answer", words.to_owned())];
    let sent = form("To help people at home.");
    let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
    case.send("shared/aims", &sent).await;
    let late = form("To help people");
    let mut late: Vec<(&str, &str)> = late.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(case.send("shared/aims/draft", &late).await.status, StatusCode::NO_CONTENT);
    assert!(!case.main("shared/aims").await.contains("What you typed is back"));
    late.push(("again", "1"));
    case.send("shared/aims/draft", &late).await;
    assert!(case.main("shared/aims").await.contains("What you typed is back"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_slower_is_told_and_a_risk_is_taken_once() {
    let case = case().await;
    case.save(&case.priya, "aims", "0", "First.").await;
    case.save(&case.priya, "aims", "1", "Second.").await;
    case.save(&case.dele, "aims", "2", "Third.").await;
    let slow = case.send("shared/aims/history", &[("version", "2"), ("to", "1")]).await;
    assert_eq!(slow.status, StatusCode::CONFLICT);
    assert!(text(&slow.page(), "main").contains("Somebody changed this answer while you looked"), "{}", slow.text);
    let template = domain::dpia::library::shipped();
    let today = case.city.app.clock.today();
    let rule = &template.in_force(domain::dpia::template::Purpose::Dpia, today).unwrap().risk_rules[0];
    let fields = [("rule", rule.id.as_str()), ("part", "shared"), ("measures", "yes")];
    let path = format!("{}/risks/suggested", case.address);
    let (one, two) = (case.city.post(&case.priya, &path, &fields).await, case.city.post(&case.dele, &path, &fields).await);
    assert_eq!(one.location(), two.location(), "the second is led to the same risk");
    let work = case.held().await;
    assert_eq!((work.whole.risks.len(), work.whole.measures.len()), (1, rule.measures.len()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_risk_and_its_measures_have_a_history_and_a_way_back() {
    let case = case().await;
    let (risk, measure) = case.risk(Part::Shared, 1, "minimal").await;
    let version = value(&case.city.get(&case.priya, &format!("{}/risks/{risk}", case.address)).await.page(), "version");
    case.send(&format!("risks/{risk}"), &[("version", &version), ("title", "Alerts are missed")]).await;
    let history = format!("risks/{risk}/history");
    let said = case.main(&history).await;
    assert!(said.contains("Risk number") && said.contains("Alerts are missed") && said.contains("Measure number 1"), "{said}");
    let page = case.city.get(&case.priya, &format!("{}/{history}", case.address)).await.page();
    let (version, to) = (value(&page, "version"), value(&page, "to"));
    assert_eq!(case.send(&history, &[("version", "1"), ("to", &to)]).await.status, StatusCode::CONFLICT, "somebody was faster");
    assert_eq!(case.send(&history, &[("version", &version), ("to", &to)]).await.status, StatusCode::SEE_OTHER);
    let found = |whole: &domain::dpia::whole::Whole| whole.risks.first().map(|one| one.risk.title.clone());
    assert_eq!(found(&case.held().await.whole).as_deref(), Some("Risk number 1"));
    // Removed, and brought back with its measures.
    case.send(&format!("risks/{risk}/remove"), &[]).await;
    assert_eq!(found(&case.held().await.whole), None);
    assert!(case.main("risks").await.contains("R1. Risk number 1: history, or bring it back"));
    let page = case.city.get(&case.priya, &format!("{}/{history}", case.address)).await.page();
    case.send(&history, &[("version", "0"), ("to", &value(&page, "to"))]).await;
    let whole = case.held().await.whole.clone();
    assert_eq!(
        (found(&whole).as_deref(), whole.measures[0].measure.risks.as_slice()),
        (Some("Risk number 1"), [risk].as_slice())
    );
    // A measure, too.
    let version = whole.measures[0].updated_at.to_string();
    let path = format!("measures/{measure}");
    assert_eq!(case.send(&format!("{path}/remove"), &[("version", "1")]).await.status, StatusCode::CONFLICT);
    assert_eq!(case.send(&format!("{path}/remove"), &[("version", &version)]).await.status, StatusCode::SEE_OTHER);
    assert!(case.held().await.whole.measures.is_empty());
    let page = case.city.get(&case.priya, &format!("{}/{path}/history", case.address)).await.page();
    case.send(&format!("{path}/history"), &[("version", "0"), ("to", &value(&page, "to"))]).await;
    assert_eq!(case.held().await.whole.measures[0].measure.title, "Measure number 1");
    let other = case.city.get(&case.stranger, &format!("{}/{history}", case.address)).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_is_not_asked_any_more_keeps_its_page() {
    let case = case().await;
    let (person, camden) = (case.priya.person.unwrap(), case.city.organisation("camden").id);
    let (place, now) = (Place::shared("earlier-codes"), case.city.app.clock.now());
    let writer = Writer { person, organisation: camden, at: now };
    let mut field = FieldState::blank(Uuid::now_v7(), case.id(), place.clone(), writer);
    field.answer = Some(answer::Answer::Text("The code of practice of 2019.".to_owned()));
    field.version = 1;
    let operator = domain::people::Scope::Operator;
    let mut write = case.city.store().write(&operator, now).await.unwrap();
    write.create(&mut [field]).await.unwrap();
    write.commit().await.unwrap();
    let mut work = case.held().await;
    let advice = Recommendation {
        id: RecommendationId(Uuid::now_v7()),
        assessment: case.id(),
        number: 1,
        place: place.clone(),
        text: "Name the code.".to_owned(),
        by: case.dele.person.unwrap(),
        organisation: camden,
        at: now,
        answer: None,
        answer_stated: None,
        updated_at: 0,
        stated: false,
    };
    work.put_recommendation(advice).await.unwrap();
    work.commit().await.unwrap();
    let said = case.main("shared/earlier-codes").await;
    for words in ["This question is not asked any more", "The code of practice of 2019.", "Name the code.", "Change 1"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let advice = case.main("advice").await;
    assert!(advice.contains("The code of practice of 2019.") && !advice.contains("Nothing is answered yet"), "{advice}");
    let history = case.city.get(&case.priya, &format!("{}/shared/earlier-codes/history", case.address)).await;
    assert!(history.location().ends_with("/shared/earlier-codes#history"));
    assert_eq!(
        case.city.get(&case.stranger, &format!("{}/shared/earlier-codes", case.address)).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(case.city.get(&case.priya, &format!("{}/shared/no-such", case.address)).await.status, StatusCode::NOT_FOUND);
}
