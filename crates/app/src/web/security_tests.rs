//! Security tests of the whole server, under the numbers that `docs/SECURITY.md` maps to the rules they come from. What
//! concerns one subject alone stands beside it; what every route must hold, stands here.

use super::access_matrix::objects;
use crate::{
    testing::{Answer, Browser, City},
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
use std::time::{Duration, Instant};

mod made_up;

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
    let routes: Vec<Route> = table().into_iter().filter(|route| route.method == Method::POST).take(20).collect();
    assert_eq!(routes.len(), 20);
    for route in routes {
        let request = Request::post(route.path.replace(['{', '}'], ""))
            .header("sec-fetch-site", "cross-site")
            .header("origin", "https://evil.example")
            .body(Body::empty());
        let answer = city.send(&Browser::default(), request.unwrap()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", route.path);
    }
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
    // Somebody is signing in: a code waits in the browser that asked for it, where looking must not use it up.
    let asked = city.post(&Browser::default(), "/sign-in", &[("email", "vi.ewer@camden.example")]).await;
    let flow = asked.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    browsers.push(Browser { cookies: flow, person: None });
    let before = city.store().digests(&Scope::Operator).await.unwrap();
    let sequence = city.store().sequence().await.unwrap();
    let mut found = 0;
    // That a file of an assessment was taken is written down (S42), so that these are no reading.
    const TAKEN: [&str; 3] =
        ["/assessments/{id}/files/{name}", "/assessments/{id}/changes/{name}", "/assessments/{id}/signed/{version}/{name}"];
    for Route { method, path, .. } in table() {
        if method == Method::GET && !TAKEN.contains(&path) {
            let address = objects.address(path, false);
            for browser in &browsers {
                found += usize::from(city.get(browser, &address).await.status == StatusCode::OK);
            }
            city.send(&browsers[3], Request::head(&address).body(Body::empty()).unwrap()).await;
            assert_eq!(city.store().sequence().await.unwrap(), sequence, "GET {path} wrote to the change log");
        }
    }
    assert!(found > 150, "only {found} pages were read");
    // Every table there is: codes, drafts, held forms, uploads, sessions and all. What is noted all the same is for the reader alone
    // or against those who guess: how far somebody has read, who is in a section now, tokens that are none.
    let after = city.store().digests(&Scope::Operator).await.unwrap();
    let noted = ["dpia_seen", "dpia_presence", "attempt"];
    let changed: Vec<&String> = before.iter().filter(|(table, held)| after[*table] != **held).map(|(table, _)| table).collect();
    assert!(before.len() > 80 && noted.iter().all(|table| before.contains_key(*table)), "{} tables", before.len());
    assert!(changed.iter().all(|table| noted.contains(&table.as_str())), "a GET changed {changed:?}");
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
        format!("/systems/{}/history.json", before.id),
        format!("/systems/{}/history.csv", before.id),
        format!("/api/v1/systems/{}", before.id),
        "/changes".to_owned(),
        "/changes.atom".to_owned(),
        "/changes.json".to_owned(),
        "/changes.csv".to_owned(),
    ] {
        let mut answer = city.get(&Browser::default(), &path).await;
        if answer.status.is_redirection() {
            answer = city.get(&Browser::default(), answer.location()).await;
        }
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        let text = answer.text.to_lowercase();
        assert!(!text.contains("\"satisfaction\":") || text.contains("\"satisfaction\":null"), "{path}");
        assert!(!text.contains("satisfaction changed") && !text.contains("satisfaction: "), "{path}");
        assert!(!path.contains("/history.") || !text.contains("satisfaction"), "{path}");
    }
    let listed = city.get(&Browser::default(), "/api/v1/systems?limit=1000").await.text;
    assert!(listed.contains(&before.id.to_string()), "the system is in the list that is looked through");
    assert!(!listed.contains("\"satisfaction\":2") && !listed.contains("\"satisfaction\":4"));
}

#[tokio::test(flavor = "multi_thread")]
async fn s14_what_is_somebody_elses_answers_like_what_is_not_there_and_takes_no_longer() {
    let city = City::empty().await;
    let editor = city.person("Ed Itor", "camden", &[Role::Editor]).await;
    let lead = city.person("Le Ad", "camden", &[Role::ProjectLead]).await;
    city.person("Vi Ewer", "camden", &[Role::Viewer]).await;
    let objects = objects(&city, editor, lead).await;
    let roles = [Role::Editor, Role::IgOfficer, Role::ProjectLead, Role::Administrator];
    let other = city.person("O Ther", "hackney", &roles).await;
    let browser = city.signed_in(other, "hackney").await;
    for path in [
        "/projects/{id}",
        "/assessments/{id}",
        "/assessments/{id}/sign-off",
        "/sources/{id}",
        "/contracts/{id}/change/{group}",
        "/organisations/{slug}/people/{membership}",
    ] {
        let addresses = [objects.address(path, false), objects.address(path, true)];
        assert_ne!(addresses[0], addresses[1], "{path}");
        let (mut fastest, mut texts) = ([Duration::MAX; 2], [String::new(), String::new()]);
        let near = |one: Duration, other: Duration| one < other * 2 + Duration::from_millis(10);
        // The fastest of each: what else the machine does only ever makes one slower, so more rounds bring two that take the same time
        // together, and only those.
        for round in 1.. {
            for (place, address) in addresses.iter().enumerate() {
                let begun = Instant::now();
                let answer = city.get(&browser, address).await;
                fastest[place] = fastest[place].min(begun.elapsed());
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
                texts[place] = answer.text;
            }
            if round >= 12 && near(fastest[0], fastest[1]) && near(fastest[1], fastest[0]) {
                break;
            }
            assert!(round < 200, "{path}: there, not there: {fastest:?}");
        }
        assert_eq!(texts[0], texts[1], "{path}");
    }
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
        guarded(path, &answer);
    }
}

/// The headers that every answer has, whatever it is; nothing lets another site's script read it with a cookie.
fn guarded(path: &str, answer: &Answer) {
    let header = |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (transport, year) = (header("strict-transport-security"), 365 * 24 * 3600);
    let age = transport.split(';').find_map(|part| part.trim().strip_prefix("max-age=")?.parse::<u64>().ok());
    assert!(age.is_some_and(|age| age >= year) && transport.contains("includeSubDomains"), "{path}: {transport}");
    assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
    assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{path}");
    let referrer = header("referrer-policy");
    assert!(["strict-origin-when-cross-origin", "no-referrer", "same-origin"].contains(&referrer), "{path}: {referrer}");
    assert!(answer.headers.get(header::ACCESS_CONTROL_ALLOW_CREDENTIALS).is_none(), "{path}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s27_what_is_shown_to_somebody_signed_in_and_what_is_refused_is_guarded_and_no_other_sites() {
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    let anyone = Browser::default();
    for (browser, path, status) in [
        (&administrator, "/work", StatusCode::OK),
        (&administrator, "/account", StatusCode::OK),
        (&administrator, "/organisations/camden/people", StatusCode::OK),
        (&administrator, "/organisations/hackney/people", StatusCode::NOT_FOUND),
        (&administrator, "/no-such-page", StatusCode::NOT_FOUND),
        (&anyone, "/api/me", StatusCode::UNAUTHORIZED),
        (&anyone, "/scim/v2/Users", StatusCode::UNAUTHORIZED),
    ] {
        let request = Request::get(path).header(header::ORIGIN, "https://evil.example").body(Body::empty()).unwrap();
        let answer = city.send(browser, request).await;
        assert_eq!(answer.status, status, "{path}");
        guarded(path, &answer);
        assert!(answer.headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN).is_none(), "{path} may be read by other sites");
    }
    let cross_site = Request::post("/sign-out").header("sec-fetch-site", "cross-site").body(Body::empty()).unwrap();
    let refused = city.send(&administrator, cross_site).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    guarded("/sign-out", &refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn s40_failures_say_nothing_of_the_inside() {
    let city = City::illustrative().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    // The database is gone.
    city.store().clone().close().await.unwrap();
    let mut failed = 0;
    for (browser, path) in [
        (&Browser::default(), "/contracts/00000000-0000-7000-8000-000000000000"),
        (&Browser::default(), "/changes"),
        (&Browser::default(), "/imports"),
        (&Browser::default(), "/ocds/releases"),
        (&administrator, "/projects"),
    ] {
        let answer = city.get(browser, path).await;
        failed += usize::from(answer.status == StatusCode::INTERNAL_SERVER_ERROR);
        for inside in ["sqlx", "SQLITE", "select ", "pool", "panicked", ".rs:", "postgres", env!("CARGO_PKG_NAME")] {
            assert!(!answer.text.contains(inside), "{path} says '{inside}'");
        }
    }
    assert!(failed >= 2, "only {failed} failed, so what was said of a failure was hardly looked at");
}

#[tokio::test(flavor = "multi_thread")]
async fn s41_when_who_is_asking_cannot_be_found_out_nobody_is_anybody() {
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    city.store().clone().close().await.unwrap();
    for path in ["/projects", "/account", "/organisations/camden/people", "/organisations/camden/register"] {
        let answer = city.get(&administrator, path).await;
        assert!(answer.status == StatusCode::SEE_OTHER && answer.location().starts_with("/sign-in"), "{path}: {}", answer.status);
    }
    let sent = city.post(&administrator, "/organisations/camden/people/invite", &[("name", "A"), ("role", "editor")]).await;
    assert!(!sent.status.is_success() && !sent.text.contains("is invited"), "{}: {}", sent.status, sent.text);
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
