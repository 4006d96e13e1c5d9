//! Access is proven, object by object (S11): one city holds one of each object of Camden's, every route under which one stands is
//! asked for it as every kind of person, and answers as `access_matrix.txt` says. Whoever is not allowed gets what a missing object
//! gives, with a form that would change it in hand, and nothing is written. A route without a line in the table fails.

mod further;
mod named;
mod objects;

pub(super) use objects::objects;

use crate::{
    testing::{Answer, Browser, City},
    web::routes::{Route, Who, table},
};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use domain::people::{Membership, Role, Scope};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The table: who may use each route, by method and path. Read as the test runs, so that a line is all that a route needs.
fn rows() -> BTreeMap<(String, String), String> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/web/access_matrix.txt")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines
        .map(|line| {
            let mut parts = line.split_whitespace();
            let (method, path) = (parts.next().unwrap().to_owned(), parts.next().unwrap().to_owned());
            ((method, path), parts.collect::<Vec<_>>().join(" "))
        })
        .collect()
}

/// The kinds of person that a group's name stands for; a role's name stands for itself.
fn group(name: &str) -> Vec<&str> {
    let roles = |roles: &[Role]| roles.iter().map(|role| role.as_str()).collect::<Vec<&str>>();
    match name {
        "keepers" => roles(domain::people::access::KEEPERS),
        "starters" => roles(domain::people::access::STARTERS),
        "writers" => roles(&[Role::IgOfficer, Role::Dpo]),
        "administrators" => roles(&[Role::Administrator]),
        "runners" => roles(&[Role::NetworkAdministrator]),
        "managers" => roles(&[Role::Administrator, Role::NetworkAdministrator]),
        "owner" => roles(&[Role::Editor]),
        "authors" => Role::ALL
            .iter()
            .filter(|role| !matches!(role, Role::Guest | Role::NetworkAdministrator | Role::Viewer | Role::Administrator))
            .map(|role| role.as_str())
            .collect(),
        "members" => Role::ALL
            .iter()
            .filter(|role| !matches!(role, Role::Guest | Role::NetworkAdministrator))
            .map(|role| role.as_str())
            .collect(),
        "colleagues" => roles(&Role::ALL).into_iter().filter(|role| *role != Role::NetworkAdministrator.as_str()).collect(),
        "signed-in" => Role::ALL.iter().map(|role| role.as_str()).chain([OTHER]).collect(),
        one => vec![one],
    }
}

/// Somebody with every role at another organisation.
const OTHER: &str = "other-organisation";

/// Every kind of person. What a role may do is asked of somebody who holds that one alone, at Camden; the network administrator of
/// the hub's; every other role at once of somebody at Hackney.
async fn kinds(city: &City) -> Vec<(&'static str, Browser)> {
    let mut kinds = vec![("anonymous", Browser::default())];
    let others: Vec<Role> = Role::ALL.into_iter().filter(|role| *role != Role::NetworkAdministrator).collect();
    let other = city.person("Other", "hackney", &others).await;
    kinds.push((OTHER, city.signed_in(other, "hackney").await));
    for (name, accepted, revoked) in [("invited", false, false), ("revoked", true, true)] {
        let person = city.person(name, "camden", &others).await;
        let browser = city.signed_in(person, "camden").await;
        let places: Vec<Membership> = city.store().by(&Scope::Operator, "person_id", person.0.to_string()).await.unwrap();
        let mut after = places[0].clone();
        after.accepted_at = accepted.then_some(1);
        after.revoked_at = revoked.then_some(2);
        let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
        write.update(&places[0], &mut after).await.unwrap();
        write.commit().await.unwrap();
        kinds.push((name, browser));
    }
    for role in Role::ALL {
        let slug = if role == Role::NetworkAdministrator { "loti" } else { "camden" };
        let person = city.person(role.as_str(), slug, &[role]).await;
        kinds.push((role.as_str(), city.signed_in(person, slug).await));
    }
    kinds
}

/// A request for an address; a form has what most forms need, so that it would do something for whoever may, unless it is `bare`:
/// then it has no command, and what names its object alone.
async fn ask(
    city: &City,
    browser: &Browser,
    method: &Method,
    address: &str,
    named: &[(&'static str, &str)],
    bare: bool,
) -> Answer {
    let named = form_urlencoded::Serializer::new(String::new()).extend_pairs(named).finish();
    let asked = if *method == Method::GET && !named.is_empty() { format!("{address}?{named}") } else { address.to_owned() };
    let mut request = Request::builder().method(method.clone()).uri(asked).header("sec-fetch-site", "same-origin");
    let mut body = Body::empty();
    if *method != Method::GET {
        request = request.header("content-type", "application/x-www-form-urlencoded");
        if bare {
            body = Body::from(named);
        } else {
            let command = Uuid::new_v4();
            body = Body::from(format!(
                "{named}&command={command}&version=1&sequence=1&seen=1&sure=yes&title=Mine&name=Mine&kind=supplier&do=place&email=a%40b.example\
                 &roles=editor&option=0&months=12&terminated-day=1&terminated-month=1&terminated-year=2026&published=no&answer=Mine"
            ));
        }
    }
    city.send(browser, request.body(body).unwrap()).await
}

/// A page without what its reader had typed, which is given back to them: their own words, the same whatever is there.
fn untyped(text: &str) -> String {
    const BEGINS: &str = "What you had typed</h2>";
    const ENDS: &str = "Where to go from here</h2>";
    let kept = match (text.split_once(BEGINS), text.split_once(ENDS)) {
        (Some((before, _)), Some((_, after))) => format!("{before}{ENDS}{after}"),
        _ => text.to_owned(),
    };
    kept.replace("<h2 class=\"govuk-heading-m\">", "").split_whitespace().collect()
}

fn led_away(answer: &Answer) -> bool {
    let away = ["/sign-in?next=", "/sign-in?held="].iter().any(|lead| answer.location().starts_with(lead));
    answer.status == StatusCode::SEE_OTHER && away
}

#[test]
fn s11_every_route_has_a_row_that_says_of_it_what_the_route_table_says() {
    let rows = rows();
    let mut wrong = Vec::new();
    let mut known = BTreeSet::new();
    for Route { method, path, who, .. } in table() {
        let key = (method.to_string(), path.to_owned());
        // The public API is one row: what it shows is public, whoever asks.
        let public = path.starts_with("/api/v1/") || path.starts_with("/ocds/");
        let row = rows.get(&key).map(String::as_str).or(public.then_some("anyone"));
        let open = match who {
            Who::Anyone => Some("anyone"),
            Who::Token => Some("token"),
            Who::Loopback => Some("loopback"),
            Who::SignedIn | Who::Holds(_) => None,
        };
        match (row, open) {
            (None, _) => wrong.push(format!("{method} {path}: no line in access_matrix.txt")),
            (Some(row), Some(open)) if row != open => wrong.push(format!("{method} {path}: {row}, not {open}")),
            (Some("anyone" | "token" | "loopback"), None) => wrong.push(format!("{method} {path}: somebody has to be signed in")),
            _ => {}
        }
        known.insert(key);
    }
    wrong.extend(rows.keys().filter(|key| !known.contains(*key)).map(|(method, path)| format!("{method} {path}: no such route")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn s11_s14_whoever_is_not_allowed_finds_nothing_of_what_is_there_and_changes_nothing() {
    let city = City::empty().await;
    let kinds = kinds(&city).await;
    let person = |name: &str| kinds.iter().find(|(kind, _)| *kind == name).and_then(|(_, browser)| browser.person).unwrap();
    let objects = objects(&city, person("editor"), person("project-lead")).await;
    let named = named::Named::of(&city, &kinds, &objects).await;
    let mut nothing = BTreeMap::new();
    for (kind, browser) in &kinds {
        nothing.insert(*kind, city.get(browser, "/no-such-page").await);
    }
    let rows = rows();
    let mut wrong = Vec::new();
    for Route { method, path, who, .. } in table() {
        let Some(row) = rows.get(&(method.to_string(), path.to_owned())) else { continue };
        if !matches!(who, Who::SignedIn | Who::Holds(_)) {
            continue;
        }
        let allowed: BTreeSet<&str> = row.split(' ').flat_map(group).collect();
        let address = named.address(path).unwrap_or_else(|| objects.address(path, false));
        let gone = objects.address(path, true);
        let head = city.store().sequence().await.unwrap();
        for (kind, browser) in kinds.iter().filter(|(kind, _)| !allowed.contains(kind)) {
            let names = named.fields(&method, path, kind);
            let answer = ask(&city, browser, &method, &address, &names, false).await;
            let hidden = if matches!(*kind, "anonymous" | "invited" | "revoked") {
                led_away(&answer)
            } else if answer.status == StatusCode::NOT_FOUND {
                untyped(&answer.text) == untyped(&nothing[kind].text)
            } else {
                // What is wrong with the form may be said, as long as it is said of what is not there too.
                let missing = ask(&city, browser, &method, &gone, &names, false).await;
                address != gone && answer.status == StatusCode::BAD_REQUEST && missing.text == answer.text
            };
            if !hidden {
                wrong.push(format!("{method} {path} as {kind}, who may not: {} {}", answer.status, answer.location()));
            }
        }
        if city.store().sequence().await.unwrap() != head {
            wrong.push(format!("{method} {path}: somebody who may not wrote something"));
        }
        for (kind, browser) in kinds.iter().filter(|(kind, _)| allowed.contains(kind)) {
            let answer = ask(&city, browser, &method, &address, &named.fields(&method, path, kind), true).await;
            if answer.status == StatusCode::NOT_FOUND || led_away(&answer) || answer.status.is_server_error() {
                wrong.push(format!("{method} {path} as {kind}, who may: {} {}", answer.status, answer.location()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} answers are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
