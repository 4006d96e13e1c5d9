//! Screening for anyone, as a person goes through it: from page to page by what the pages offer.

use crate::{
    config::Clock,
    testing::{Answer, Browser, City},
    web,
};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use jiff::civil::date;
use scraper::Selector;
use tower::ServiceExt as _;

/// Fills in the form on a page with an answer, and sends it.
async fn answer(city: &City, page: &Answer, answer: Option<&str>) -> Answer {
    let html = page.page();
    let inputs = Selector::parse("main form input").unwrap();
    let mut query = form_urlencoded::Serializer::new(String::new());
    let mut radio = None;
    for input in html.select(&inputs) {
        let (name, value) = (input.value().attr("name").unwrap(), input.value().attr("value").unwrap());
        if input.value().attr("type") == Some("radio") {
            radio = Some(name.to_owned());
        } else {
            query.append_pair(name, value);
        }
    }
    if let (Some(name), Some(answer)) = (radio, answer) {
        query.append_pair(&name, answer);
    }
    city.get(&Browser::default(), &format!("/screening?{}", query.finish())).await
}

fn heading(page: &Answer) -> String {
    page.page().select(&Selector::parse("h1").unwrap()).map(|h1| h1.text().collect::<String>()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn someone_who_has_never_done_one_gets_from_the_first_question_to_each_outcome() {
    let city = City::empty().await;
    for (yes, unsure, outcome) in [
        (&["personal-data", "matching"][..], &[][..], "You need a DPIA"),
        (&["personal-data"][..], &["scoring"][..], "An IG officer should look at this"),
        (&["personal-data"][..], &[][..], "You do not need a DPIA"),
        (&[][..], &[][..], "You do not need a DPIA"),
    ] {
        let mut page = city.get(&Browser::default(), "/screening").await;
        let mut asked = 0;
        while page.text.contains("type=\"radio\"") {
            asked += 1;
            assert!(asked < 26, "no end of questions");
            let name = page
                .page()
                .select(&Selector::parse("input[type=radio]").unwrap())
                .next()
                .unwrap()
                .value()
                .attr("name")
                .unwrap()
                .to_owned();
            let said = if yes.contains(&name.as_str()) {
                "yes"
            } else if unsure.contains(&name.as_str()) {
                "unsure"
            } else {
                "no"
            };
            page = answer(&city, &page, Some(said)).await;
            assert_eq!(page.status, StatusCode::OK);
        }
        assert_eq!(heading(&page), outcome);
        assert!(page.text.contains("version 1.0.1") && page.text.contains("5 February 2026"));
        if yes.contains(&"matching") {
            assert!(page.text.contains("Matching data from different sources") && page.text.contains("Requires a DPIA"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_answer_is_asked_again_and_an_answer_can_be_changed() {
    let city = City::empty().await;
    let first = city.get(&Browser::default(), "/screening").await;
    let again = answer(&city, &first, None).await;
    assert_eq!(heading(&again), heading(&first));
    assert!(again.text.contains("<title>Error: "));
    assert_eq!(again.text.matches("Choose yes, no or ‘I am not sure’").count(), 2, "once in the summary, once at the field");
    let second = answer(&city, &again, Some("yes")).await;
    assert_ne!(heading(&second), heading(&first));
    let back = Selector::parse("a.govuk-back-link").unwrap();
    let address = second.page().select(&back).next().unwrap().value().attr("href").unwrap().to_owned();
    let before = city.get(&Browser::default(), &address).await;
    assert_eq!(heading(&before), heading(&first));
    let checked = Selector::parse("input[type=radio][checked]").unwrap();
    assert_eq!(before.page().select(&checked).next().unwrap().value().attr("value"), Some("yes"));
    // What no question asks, and what is no answer, is passed over.
    let odd = city.get(&Browser::default(), "/screening?colour=red&personal-data=perhaps&change=nothing").await;
    assert_eq!(heading(&odd), heading(&first));
}

#[tokio::test(flavor = "multi_thread")]
async fn as_at_a_day_before_the_first_rules_the_page_says_that_none_are_in_force() {
    let city = City::empty().await;
    let clock = Clock::new(Some(date(2025, 2, 1)));
    let early = crate::testing::load(city.store().clone(), clock, "http://127.0.0.1:8080".to_owned(), false).await.unwrap();
    let request = Request::get("/screening").body(Body::empty()).unwrap();
    let answer = web::router(early).oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    assert!(String::from_utf8_lossy(&body).contains("No screening questions are in force on 1 February 2025."));
}
