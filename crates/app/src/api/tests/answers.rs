//! Entity tags, problems, page addresses, rate limits.

use super::*;
use crate::web::turns::OPEN;
use axum::http::Method;

#[tokio::test(flavor = "multi_thread")]
async fn what_has_not_changed_is_not_sent_again() {
    let city = City::new().await;
    for path in ["/api/v1/contracts", "/api/v1/contracts.csv", "/api/v1/openapi.json", "/contracts", "/data.json"] {
        let first = city.get(path).await;
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with("W/\""), "{path}: {tag}");
        for known in [tag.clone(), format!("\"other\", {tag}"), "*".to_owned()] {
            let again = city.send(Request::get(path).header("if-none-match", &known).body(Body::empty()).unwrap()).await;
            assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0), "{path} {known}");
            assert_eq!(again.header("etag"), tag);
        }
        let other = city.send(Request::get(path).header("if-none-match", "\"other\"").body(Body::empty()).unwrap()).await;
        assert_eq!(other.status, StatusCode::OK);
    }
    // What is not there, is refused or leads elsewhere is not 'unchanged', whatever the client knows of other addresses.
    let before = city.get("/api/v1/contracts").await.header("etag").to_owned();
    let elsewhere = [
        ("/api/v1/contracts/018f0000-0000-7000-8000-000000000000", StatusCode::NOT_FOUND),
        ("/suppliers/nobody", StatusCode::NOT_FOUND),
        ("/api/v1/contracts?limit=0", StatusCode::BAD_REQUEST),
        ("/contracts.csv", StatusCode::TEMPORARY_REDIRECT),
    ];
    for known in [before.as_str(), "*"] {
        for (path, status) in elsewhere {
            let answer = city.send(Request::get(path).header("if-none-match", known).body(Body::empty()).unwrap()).await;
            assert_eq!((answer.status, answer.header("etag")), (status, ""), "{path} {known}");
        }
    }
    let other = city.send(Request::get("/api/v1/systems").header("if-none-match", &before).body(Body::empty()).unwrap()).await;
    assert_eq!(other.status, StatusCode::OK, "one address's tag is no other's");
    let organisation = city.app.snapshot().organisations()[0].record.id;
    let mut write = city.app.store.write(&test_support::operator(), 1_790_000_000_000).await.unwrap();
    write.create(&mut [test_support::records::contract(organisation, "A new one", None)]).await.unwrap();
    write.commit().await.unwrap();
    crate::jobs::refresh::refresh(&city.app).await.unwrap();
    let after = city.send(Request::get("/api/v1/contracts").header("if-none-match", &before).body(Body::empty()).unwrap()).await;
    assert_eq!(after.status, StatusCode::OK, "a change makes a new tag");
    assert_ne!(after.header("etag"), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_a_problem_document_whose_type_has_a_page() {
    let city = City::new().await;
    let cases = [
        ("/api/v1/contracts?limit=0", 400, "invalid-parameter"),
        ("/api/v1/contracts?limit=1001", 400, "invalid-parameter"),
        ("/api/v1/contracts?limit=ten", 400, "invalid-parameter"),
        ("/api/v1/contracts?ends_from=31/03/2027", 400, "invalid-parameter"),
        ("/api/v1/contracts?ends_to=2027-02-31", 400, "invalid-parameter"),
        ("/api/v1/contracts?value_from=lots", 400, "invalid-parameter"),
        ("/api/v1/contracts?sort=colour", 400, "invalid-parameter"),
        ("/api/v1/contracts?facet=colour", 400, "invalid-parameter"),
        ("/api/v1/contracts?colour=red", 400, "invalid-parameter"),
        ("/api/v1/contracts?cursor=nonsense", 400, "invalid-cursor"),
        ("/api/v1/contracts?facet_limit=0", 400, "invalid-parameter"),
        ("/api/v1/contracts.csv?facet_limit=0", 400, "invalid-parameter"),
        ("/api/v1/contracts.atom?facet_limit=0", 400, "invalid-parameter"),
        ("/api/v1/systems?sort=ends", 400, "invalid-parameter"),
        ("/api/v1/organisations?facet=kind", 400, "invalid-parameter"),
        ("/api/v1/contracts/018f0000-0000-7000-8000-000000000000", 404, "not-found"),
        ("/api/v1/colours", 404, "not-found"),
        ("/ocds/releases?limit=101", 400, "invalid-parameter"),
        ("/ocds/releases?cursor=1", 400, "invalid-cursor"),
        ("/ocds/releases?updatedFrom=yesterday", 400, "invalid-parameter"),
        ("/ocds/releases?stages=award", 400, "invalid-parameter"),
        ("/ocds/records/ocds-none", 404, "not-found"),
    ];
    let spaces = format!("/api/v1/organisations.csv?q=a{}", "+".repeat(500));
    for (path, status, code) in cases.into_iter().chain([(spaces.as_str(), 400, "invalid-parameter")]) {
        let answer = city.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (status, "application/problem+json"), "{path}");
        let problem = answer.json();
        assert_eq!(problem["type"], format!("/problems/{code}"), "{path}: {problem}");
        assert_eq!(problem["status"], status);
        assert!(!problem["title"].as_str().unwrap().is_empty());
        assert_eq!(city.get(problem["type"].as_str().unwrap()).await.status, StatusCode::OK, "{path}: the type has a page");
        assert!(answer.header("etag").is_empty(), "{path}: a refusal is not kept");
    }
    let posted = city.send(Request::post("/api/v1/contracts").body(Body::empty()).unwrap()).await;
    assert_eq!(posted.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(posted.header("allow").contains("GET"));
    let head = city.send(Request::builder().method(Method::HEAD).uri("/api/v1/contracts").body(Body::empty()).unwrap()).await;
    assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pages_address_with_an_ending_leads_to_the_same_list_in_the_api() {
    let city = City::new().await;
    for noun in NOUNS {
        for (ending, wanted) in [("json", ""), ("csv", ".csv"), ("jsonl", ".jsonl"), ("xlsx", ".xlsx"), ("parquet", ".parquet")] {
            let answer = city.get(&format!("/{noun}.{ending}?q=a")).await;
            assert!(answer.status.is_redirection(), "{noun}.{ending}");
            assert_eq!(answer.header("location"), format!("/api/v1/{noun}{wanted}?q=a"));
        }
    }
    let page = city.get("/contracts?organisation=camden&status=current").await;
    let shown = number_of(page.text());
    let total = city.json("/api/v1/contracts?organisation=camden&status=current").await["total"].as_u64().unwrap();
    assert_eq!(shown, total, "page and API take the same filters");
}

/// How many rows a list's page says it found.
fn number_of(page: &str) -> u64 {
    let page = scraper::Html::parse_document(page);
    let text: String = page.select(&scraper::Selector::parse(".ct-count b").unwrap()).flat_map(|one| one.text()).collect();
    text.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_asks_too_often_is_told_when_to_come_back() {
    let city = City::under(&File { rate_limit: Some(3), ..File::default() }).await;
    let router = web::router(city.app.clone());
    let ask = async |path: &str| router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
    for _ in 0..3 {
        assert_eq!(ask("/api/v1/functions").await.status(), StatusCode::OK);
    }
    let refused = ask("/api/v1/functions").await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=21).contains(&wait), "{wait}");
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    assert_eq!(ask("/contracts").await.status(), StatusCode::TOO_MANY_REQUESTS, "pages count too");
    assert_eq!(ask("/health/live").await.status(), StatusCode::OK, "health checks are never counted");
}

#[tokio::test(flavor = "multi_thread")]
async fn s48_whoever_asks_for_one_file_too_many_is_told_when_to_come_back() {
    let city = City::new().await;
    // So many are taking one, and take their time.
    let mut taking = Vec::new();
    while let Ok(turn) = OPEN.now() {
        taking.push(turn);
    }
    assert!(taking.len() >= 40);
    for ending in ["csv", "jsonl", "xlsx", "parquet"] {
        let answer = city.get(&format!("/api/v1/contracts.{ending}")).await;
        assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "30"), "{ending}");
        assert_eq!(answer.json()["type"], "/problems/busy");
    }
    assert_eq!(city.get("/problems/busy").await.status, StatusCode::OK);
    assert_eq!(city.get("/contracts").await.status, StatusCode::OK, "pages are none of it");
    taking.pop();
    assert_eq!(city.get("/api/v1/contracts.csv").await.status, StatusCode::OK);
}
