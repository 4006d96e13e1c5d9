//! Access is proven: every route, asked by every kind of person, answers as the table says; and a new route without a row fails.

use crate::{
    testing::{Browser, City},
    web::routes::{Route, Who, table},
};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use domain::people::Role;
use std::collections::BTreeMap;

/// Every kind of person: who they are, and which roles of theirs count at Camden.
async fn kinds(city: &City) -> Vec<(&'static str, Browser, Vec<Role>)> {
    let mut kinds = vec![("anonymous", Browser::default(), Vec::new())];
    let other = city.person("Other", "hackney", &[Role::Viewer]).await;
    kinds.push(("other organisation", city.signed_in(other, "hackney").await, vec![Role::Viewer]));
    for (name, accepted, revoked) in [("invited", false, false), ("revoked", true, true)] {
        let person = city.person(name, "camden", &Role::ALL).await;
        let browser = city.signed_in(person, "camden").await;
        let places: Vec<domain::people::Membership> =
            city.store().by(&domain::people::Scope::Operator, "person_id", person.0.to_string()).await.unwrap();
        let mut after = places[0].clone();
        after.accepted_at = accepted.then_some(1);
        after.revoked_at = revoked.then_some(2);
        let mut write = city.store().write(&domain::people::Scope::Operator, city.app.clock.now()).await.unwrap();
        write.update(&places[0], &mut after).await.unwrap();
        write.commit().await.unwrap();
        kinds.push((name, browser, Vec::new()));
    }
    for role in Role::ALL {
        let person = city.person(role.as_str(), "camden", &[role]).await;
        kinds.push((role.as_str(), city.signed_in(person, "camden").await, vec![role]));
    }
    kinds
}

/// Whether a kind of person should reach the handler of a route.
fn passes(who: Who, kind: &str, roles: &[Role]) -> bool {
    let signed_in = !matches!(kind, "anonymous" | "invited" | "revoked");
    match who {
        Who::Anyone | Who::Token => true,
        Who::Loopback => false,
        Who::SignedIn => signed_in,
        Who::Holds(wanted) => signed_in && roles.iter().any(|role| wanted.contains(role)),
    }
}

/// An address of a route: its parameters filled with what no record has.
fn address(path: &str) -> String {
    path.split('/')
        .map(|part| if part.starts_with('{') { "00000000-0000-7000-8000-000000000000" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

#[tokio::test(flavor = "multi_thread")]
async fn s11_every_route_answers_every_kind_of_person_as_the_table_says() {
    let city = City::empty().await;
    let kinds = kinds(&city).await;
    let mut wrong = Vec::new();
    let mut routes = table();
    // Signing out comes last, since nobody is signed in after it.
    routes.sort_by_key(|route| route.path == "/sign-out");
    for Route { method, path, who, .. } in routes {
        for (kind, browser, roles) in &kinds {
            let mut request =
                Request::builder().method(method.clone()).uri(address(path)).header("sec-fetch-site", "same-origin");
            if method != Method::GET {
                request = request.header("content-type", "application/x-www-form-urlencoded");
            }
            let answer = city.send(browser, request.body(Body::empty()).unwrap()).await;
            let away = ["/sign-in?next=", "/sign-in?held="].iter().any(|lead| answer.location().starts_with(lead));
            let led_away = answer.status == StatusCode::SEE_OTHER && away;
            let ok = if passes(who, kind, roles) {
                // What it finds is another matter; that nobody led it away and nothing broke is this one.
                !led_away && !answer.status.is_server_error()
            } else if matches!(*kind, "anonymous" | "invited" | "revoked") && who != Who::Loopback {
                led_away
            } else {
                answer.status == StatusCode::NOT_FOUND
            };
            if !ok {
                wrong.push(format!("{method} {path} as {kind}: {} {}", answer.status, answer.location()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} answers are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn s14_what_one_may_not_use_answers_like_what_does_not_exist() {
    let city = City::empty().await;
    let viewer = city.browser("camden", Role::Guest).await;
    let nothing = city.get(&viewer, "/no-such-page").await;
    for Route { method, path, who, .. } in table() {
        if method == Method::GET && matches!(who, Who::Holds(_)) {
            let answer = city.get(&viewer, &address(path)).await;
            assert_eq!((answer.status, answer.text), (nothing.status, nothing.text.clone()), "{path}");
        }
    }
}

#[test]
fn no_route_stands_twice() {
    let mut seen = BTreeMap::new();
    for Route { method, path, .. } in table() {
        assert!(seen.insert((method.to_string(), path), ()).is_none(), "{method} {path} stands twice in the table");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s08_every_route_that_changes_something_refuses_other_sites() {
    let city = City::empty().await;
    let browser = city.browser("camden", Role::Administrator).await;
    for Route { method, path, .. } in table().into_iter().filter(|route| route.method != Method::GET) {
        let request = Request::builder()
            .method(method.clone())
            .uri(address(path))
            .header("sec-fetch-site", "cross-site")
            .header("origin", "https://evil.example")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::empty())
            .unwrap();
        let answer = city.send(&browser, request).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path}");
    }
}
