//! Security tests of the whole server, under the numbers that `docs/SECURITY.md` maps to the rules they come from. What
//! concerns one subject alone stands beside it; what every route must hold, stands here.

use super::access_matrix::objects;
use crate::{
    testing::{Browser, City},
    web::routes::{Route, Who, table},
};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use domain::{
    people::{Role, Scope},
    register::records::System,
};
use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, TestRunner},
};

/// Addresses that anyone may read, without parameters.
fn open_addresses() -> Vec<&'static str> {
    table()
        .into_iter()
        .filter(|route| route.method == Method::GET && route.who == Who::Anyone && !route.path.contains('{'))
        .map(|route| route.path)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn s09_the_fence_against_other_sites_stands_after_a_thousand_other_requests() {
    let city = City::empty().await;
    for number in 0..1000 {
        let request = Request::get("/health/live").header("authorization", format!("Bearer {number}")).body(Body::empty());
        city.send(&Browser::default(), request.unwrap()).await;
    }
    let Some(route) = table().into_iter().find(|route| route.method == Method::POST) else { return };
    let request = Request::post(route.path.replace(['{', '}'], ""))
        .header("sec-fetch-site", "cross-site")
        .header("origin", "https://evil.example")
        .body(Body::empty());
    assert_eq!(city.send(&Browser::default(), request.unwrap()).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn s10_reading_changes_nothing() {
    let city = City::empty().await;
    // Sessions that are used a while from now: that one was used is noted once a minute, and that alone.
    let later = city.app.clock.now() + 300_000;
    let mut browsers = vec![Browser::default()];
    let mut people = Vec::new();
    for (slug, role) in [
        ("camden", Role::Editor),
        ("camden", Role::ProjectLead),
        ("camden", Role::Administrator),
        ("hackney", Role::Editor),
        ("loti", Role::NetworkAdministrator),
    ] {
        let person = city.person(&format!("Reader {role:?} of {slug}"), slug, &[role]).await;
        people.push(person);
        browsers.push(city.session(person, slug, true, later).await);
    }
    city.person("Vi Ewer", "camden", &[Role::Viewer]).await;
    let objects = objects(&city, people[0], people[1]).await;
    let sessions = async || {
        let mut all = Vec::new();
        for person in &people {
            all.push(city.store().sessions_of(&Scope::Operator, *person).await.unwrap());
        }
        all
    };
    let before = (city.store().sequence().await.unwrap(), sessions().await);
    let mut found = 0;
    for Route { method, path, .. } in table() {
        if method == Method::GET {
            let address = objects.address(path, false);
            for browser in &browsers {
                found += usize::from(city.get(browser, &address).await.status == StatusCode::OK);
            }
            city.send(&browsers[3], Request::head(&address).body(Body::empty()).unwrap()).await;
            assert_eq!(city.store().sequence().await.unwrap(), before.0, "GET {path} wrote to the change log");
        }
    }
    assert!(found > 150, "only {found} pages were read");
    assert!((before.0, sessions().await) == before, "a GET changed a session");
}

#[tokio::test(flavor = "multi_thread")]
async fn s13_one_organisations_satisfaction_is_in_nothing_that_others_can_read() {
    let city = City::illustrative().await;
    let systems = city.store().all::<System>(&Scope::Operator).await.unwrap();
    let before = systems.into_iter().find(|system| system.satisfaction.is_some()).unwrap();
    let mut after = before.clone();
    after.satisfaction = Some(if before.satisfaction == Some(2) { 4 } else { 2 });
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.update(&before, &mut after).await.unwrap();
    write.commit().await.unwrap();
    city.refresh().await;
    for path in [
        format!("/systems/{}", before.id),
        format!("/api/v1/systems/{}", before.id),
        "/changes".to_owned(),
        "/changes.atom".to_owned(),
        "/changes.json".to_owned(),
        "/changes.csv".to_owned(),
    ] {
        let text = city.get(&Browser::default(), &path).await.text.to_lowercase();
        assert!(!text.contains("\"satisfaction\":") || text.contains("\"satisfaction\":null"), "{path}");
        assert!(!text.contains("satisfaction changed") && !text.contains("satisfaction: "), "{path}");
    }
    let listed = city.get(&Browser::default(), "/api/v1/systems?limit=1000").await.text;
    assert!(!listed.contains("\"satisfaction\":2") && !listed.contains("\"satisfaction\":4"));
}

#[tokio::test(flavor = "multi_thread")]
async fn s26_s27_every_page_has_its_policy_and_its_headers() {
    let city = City::illustrative().await;
    for path in open_addresses() {
        let answer = city.get(&Browser::default(), path).await;
        let header = |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let policy = header("content-security-policy");
        for part in ["default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"]
        {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}");
        assert!(header("strict-transport-security").contains("includeSubDomains"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(!header("referrer-policy").is_empty(), "{path}");
        assert!(answer.headers.get(header::ACCESS_CONTROL_ALLOW_CREDENTIALS).is_none(), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s30_s31_no_filter_sorting_or_words_break_anything() {
    let city = City::illustrative().await;
    let mut runner = TestRunner::deterministic();
    let names = proptest::sample::select(vec![
        "q",
        "sort",
        "facet",
        "organisation",
        "supplier",
        "function",
        "status",
        "term",
        "ends_from",
        "value_from",
        "cursor",
        "limit",
        "page",
        "cpv",
        "ends",
        "decision",
    ]);
    let values = prop_oneof![
        "\\PC{0,40}",
        proptest::sample::select(vec![
            "'; drop table contract; --",
            "1 or 1=1",
            "\" OR \"",
            "AND OR NOT NEAR(",
            "*",
            "((((",
            "camden' union select",
            "%00",
            "-ends,(select 1)",
            "2026-02-30",
            "9999999999999999999",
            "\u{202e}",
            "<script>",
            "../../etc/passwd",
            "{{7*7}}",
        ])
        .prop_map(str::to_owned),
    ];
    let pairs = proptest::collection::vec((names, values), 1..4);
    let paths = ["/contracts", "/api/v1/contracts", "/systems", "/api/v1/systems", "/search", "/api/v1/suppliers", "/products"];
    assert!(runner.config() == &Config::default() || runner.config().cases > 0);
    for number in 0..3000 {
        let query = pairs.new_tree(&mut runner).unwrap().current();
        let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let path = format!("{}?{text}", paths[number % paths.len()]);
        let answer = city.get(&Browser::default(), &path).await;
        assert!(!answer.status.is_server_error(), "{path}: {}", answer.status);
        assert!(!answer.text.contains("<script>alert") && !answer.text.contains("syntax error"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s40_failures_say_nothing_of_the_inside() {
    let city = City::illustrative().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    // The database is gone.
    city.store().clone().close().await.unwrap();
    for (browser, path) in [
        (&Browser::default(), "/contracts/00000000-0000-7000-8000-000000000000"),
        (&Browser::default(), "/changes"),
        (&administrator, "/projects"),
    ] {
        let answer = city.get(browser, path).await;
        for inside in ["sqlx", "SQLITE", "select ", "pool", "panicked", ".rs:", "postgres", env!("CARGO_PKG_NAME")] {
            assert!(!answer.text.contains(inside), "{path} says '{inside}'");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s41_when_who_is_asking_cannot_be_found_out_nobody_is_anybody() {
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    city.store().clone().close().await.unwrap();
    let answer = city.get(&administrator, "/projects").await;
    assert!(answer.status == StatusCode::SEE_OTHER && answer.location().starts_with("/sign-in"), "{}", answer.status);
}

#[tokio::test(flavor = "multi_thread")]
async fn s44_nothing_shown_to_a_signed_in_person_may_be_kept() {
    let city = City::illustrative().await;
    let viewer = city.browser("camden", Role::Viewer).await;
    for path in open_addresses() {
        let (own, public) = (city.get(&viewer, path).await, city.get(&Browser::default(), path).await);
        if !path.starts_with("/assets") {
            assert_eq!(own.headers.get(header::CACHE_CONTROL).unwrap(), "no-store", "{path}");
            assert!(own.headers.get(header::ETAG).is_none(), "{path}");
        }
        assert!(public.headers.get(header::SET_COOKIE).is_none() || path.starts_with("/sign-in"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s46_tracing_debugging_and_figures_are_closed_to_the_public() {
    let city = City::empty().await;
    let trace = Request::builder().method(Method::TRACE).uri("/").body(Body::empty()).unwrap();
    assert!(matches!(city.send(&Browser::default(), trace).await.status, StatusCode::METHOD_NOT_ALLOWED | StatusCode::FORBIDDEN));
    for path in ["/metrics", "/debug", "/.git/config", "/assets/", "/assets/..%2f..%2fCargo.toml"] {
        assert_eq!(city.get(&Browser::default(), path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[test]
fn the_table_of_security_tests_names_every_test_and_no_other() {
    fn sources(folder: &std::path::Path, text: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                sources(&path, text);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                text.push_str(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let numbered = |word: &&str| {
        let bytes = word.as_bytes();
        bytes.len() > 4 && bytes[0] == b's' && bytes[1].is_ascii_digit() && bytes[2].is_ascii_digit() && bytes[3] == b'_'
    };
    let words = |text: &str| -> std::collections::BTreeSet<String> {
        text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(numbered).map(str::to_owned).collect()
    };
    let table = words(&std::fs::read_to_string(root.join("docs/SECURITY.md")).unwrap());
    let mut code = String::new();
    sources(&root.join("crates"), &mut code);
    let tests: std::collections::BTreeSet<String> = code
        .lines()
        .filter_map(|line| line.trim().trim_start_matches("async ").strip_prefix("fn "))
        .filter_map(|rest| rest.split('(').next())
        .filter(numbered)
        .map(str::to_owned)
        .collect();
    let missing: Vec<_> = tests.difference(&table).collect();
    let gone: Vec<_> = table.difference(&tests).collect();
    assert!(missing.is_empty() && gone.is_empty(), "not in docs/SECURITY.md: {missing:?}; in it but not in the code: {gone:?}");
}
