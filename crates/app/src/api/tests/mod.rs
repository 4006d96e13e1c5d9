//! The public API through the whole router, over the illustrative register, on both databases.
//!
//! | module | what it shows |
//! |---|---|
//! | `lists` | filters, orders, facets, cursors, limits |
//! | `files` | files hold what the lists hold; calendars and feeds |
//! | `latest` | days whose notice is not known |
//! | `answers` | entity tags, problems, page addresses, rate limits |
//! | `description` | every route is described, and the description is pinned |
//! | `kept_texts` | a page of a list, put together from texts that were written before |
//! | `open_contracting` | releases, records and the catalogue |

mod answers;
mod description;
mod files;
mod kept_texts;
mod latest;
mod lists;
mod open_contracting;

use crate::{
    config::{Clock, File},
    state::{App, SignIn},
    testing::city_database,
    web,
};
use axum::{
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use jiff::civil::date;
use serde_json::Value as Json;
use test_support::TestDatabase;
use tower::ServiceExt as _;

/// A server over the illustrative register.
struct City {
    app: App,
    _database: TestDatabase,
}

/// An answer as a program gets it.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("text")
    }

    fn json(&self) -> Json {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

impl City {
    async fn new() -> Self {
        Self::under(&File { public_url: Some("http://127.0.0.1:8080".to_owned()), ..File::default() }).await
    }

    async fn under(file: &File) -> Self {
        let clock = Clock::new(Some(date(2026, 11, 23)));
        let database = city_database("published", true, clock, 1_780_000_000_000).await;
        let store = database.open().await;
        let app =
            App::under_with(store, clock, file, "http://127.0.0.1:8080", SignIn::default(), crate::web::PAGES).await.unwrap();
        Self { app, _database: database }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let answer = web::router(self.app.clone()).oneshot(request).await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec();
        Answer { status, headers, body }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn json(&self, path: &str) -> Json {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        assert_eq!(answer.header("content-type"), "application/json", "{path}");
        answer.json()
    }

    /// Every item of a list, walked by cursor.
    async fn walk(&self, path: &str, limit: usize) -> Vec<Json> {
        let mark = if path.contains('?') { '&' } else { '?' };
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.json(&format!("{path}{mark}limit={limit}{cursor}")).await;
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                None => return items,
                Some(next) => {
                    assert!(next.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')), "{next}");
                    cursor = format!("&cursor={next}");
                }
            }
            assert!(items.len() < 100_000, "{path} has no end");
        }
    }
}

/// The lists of the API.
const NOUNS: &[&str] = super::v1::LISTS;

/// The addresses of an item's related records under a name: slugs or ids.
fn keys(item: &Json, field: &str) -> Vec<String> {
    let key = |one: &Json| one["slug"].as_str().or(one["id"].as_str()).map(str::to_owned);
    match &item[field] {
        Json::Array(all) => all.iter().filter_map(key).collect(),
        one => key(one).into_iter().collect(),
    }
}
