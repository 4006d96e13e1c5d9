//! What is written down of signing in, and what never is: S42 and S43, and the illustrative people.

use super::{Client, code, email, place, said};
use crate::{
    state::SignIn,
    testing::{City, Lines},
};
use axum::http::{StatusCode, header};
use domain::people::{Person, PersonId, Role, Scope};
use test_support::people;
use uuid::Uuid;

async fn events(city: &City, subject: Uuid) -> Vec<(String, String)> {
    let history = city.store().history(&Scope::Operator, subject).await.unwrap();
    history
        .into_iter()
        .map(|change| (change.actor.clone(), change.content.map(|content| content.to_string()).unwrap_or_default()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn s42_each_sign_in_refusal_and_change_of_access_is_written_down() {
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    let person = city.person("Ed Itor", "camden", &[Role::Editor]).await;
    let address = email(&city, person).await;
    let client = Client::new(&city);
    client.post("/sign-in", &[("email", &address)]).await;
    client.post("/sign-in/code", &[("code", "00000000")]).await;
    client.sign_in(&address).await;
    client.post("/sign-out", &[]).await;
    let place = place(&city, person).await;
    let path = format!("/organisations/camden/people/{}", place.id);
    let version = place.updated_at.to_string();
    city.post(&administrator, &path, &[("version", &version), ("role", "viewer")]).await;
    city.post(&administrator, &format!("{path}/end"), &[("what", "sessions")]).await;
    city.post(&administrator, &format!("{path}/end"), &[("what", "revoke")]).await;
    city.post(&administrator, "/organisations/camden/people.csv", &[]).await;

    let of_person = events(&city, person.0).await;
    for event in ["code-asked", "refused", "signed-in", "signed-out", "sessions-ended"] {
        assert!(of_person.iter().any(|(_, content)| content.contains(event)), "{event}: {of_person:?}");
    }
    // Where from.
    assert!(of_person.iter().any(|(_, content)| content.contains("refused") && content.contains("192.0.2.7")));
    let of_place = events(&city, place.id.0).await;
    let by = administrator.person.unwrap().to_string();
    assert!(of_place.iter().any(|(actor, content)| actor.contains(&by) && content.contains("viewer")), "{of_place:?}");
    assert!(of_place.iter().any(|(actor, content)| actor.contains(&by) && content.contains("revoked_at")), "{of_place:?}");
    let exports = events(&city, city.organisation("camden").id.0).await;
    assert!(exports.iter().any(|(actor, content)| actor.contains(&by) && content.contains("access review")), "{exports:?}");
}

#[tokio::test(flavor = "current_thread")]
async fn s43_no_code_token_or_cookie_stands_in_the_log_in_an_address_or_in_the_change_log() {
    let (lines, guard) = Lines::listen();
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    let person = city.person("Ed Itor", "camden", &[Role::Editor]).await;
    let address = email(&city, person).await;
    let client = Client::new(&city);
    client.post("/sign-in", &[("email", &address)]).await;
    let code = code(&city, &address).await.unwrap();
    let flow = client.cookie(super::FLOW).unwrap();
    let answer = client.post("/sign-in/code", &[("code", &code)]).await;
    let session = client.cookie(crate::web::session::COOKIE).unwrap();
    let made = client.post("/account/tokens", &[("name", "x"), ("days", "7")]).await;
    let secret = scraper::Selector::parse(".ct-secret").unwrap();
    let token: String = made.page().select(&secret).next().unwrap().text().collect();
    let place = place(&city, person).await;
    let link = city.post(&administrator, &format!("/organisations/camden/people/{}/end", place.id), &[("what", "set-up")]).await;
    let link: String = link.page().select(&secret).next().unwrap().text().collect();
    let set_up = link.split_once("token=").unwrap().1.to_owned();
    client.get(&format!("/set-up?token={set_up}")).await;
    drop(guard);
    assert!(!answer.location().contains(&session));
    let logged = lines.text();
    assert!(logged.contains("finished processing request"), "the log is on: {logged}");
    let mut written = logged;
    for subject in [person.0, place.id.0] {
        for (_, content) in events(&city, subject).await {
            written.push_str(&content);
        }
    }
    for (name, canary) in [("code", &code), ("flow", &flow), ("session", &session), ("token", &token), ("link", &set_up)] {
        // SQL is logged with its parameters only at TRACE by the driver, which is off; nothing may stand here.
        assert!(!written.contains(canary.as_str()), "the {name} stands in the log");
    }
}

async fn illustrative(city: &City) -> PersonId {
    let priya = Person { illustrative: true, ..people::person("Priya Nair", Some("priya.nair@camden.example")) };
    let place = people::place(priya.id, city.organisation("camden").id, &[Role::ProjectLead], 1);
    let person = priya.id;
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.create(&mut [priya]).await.unwrap();
    write.create(&mut [place]).await.unwrap();
    write.commit().await.unwrap();
    person
}

#[tokio::test(flavor = "multi_thread")]
async fn without_demo_nobody_signs_in_as_an_illustrative_person() {
    let city = City::empty().await;
    let person = illustrative(&city).await.to_string();
    let client = Client::new(&city).at([127, 0, 0, 1]).sending("host", "localhost:8080");
    assert_eq!(client.post("/sign-in/as", &[("person", &person)]).await.status, StatusCode::NOT_FOUND);
    assert!(!said(&client.get("/sign-in").await).contains("Priya Nair"));
}

#[tokio::test(flavor = "multi_thread")]
async fn with_demo_it_is_offered_on_this_machine_and_not_through_a_proxy() {
    let city = City::empty().await.with(SignIn { demo: true, ..SignIn::default() }).await;
    let person = illustrative(&city).await.to_string();
    let real = city.person("Ed Itor", "camden", &[Role::Editor]).await.to_string();
    let near = || Client::new(&city).at([127, 0, 0, 1]).sending("host", "localhost:8080");
    for far in [
        Client::new(&city).at([192, 0, 2, 7]).sending("host", "localhost:8080"),
        near().sending("x-forwarded-for", "203.0.113.9"),
        near().sending("forwarded", "for=203.0.113.9"),
        Client::new(&city).at([127, 0, 0, 1]).sending("host", "city.example"),
    ] {
        assert!(!said(&far.get("/sign-in").await).contains("Priya Nair"));
        assert_eq!(far.post("/sign-in/as", &[("person", &person)]).await.status, StatusCode::NOT_FOUND);
    }
    let client = near();
    assert!(said(&client.get("/sign-in").await).contains("Sign in as Priya Nair"));
    // Nor is a real person to be had like that.
    assert_eq!(client.post("/sign-in/as", &[("person", &real)]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(client.post("/sign-in/as", &[("person", &person)]).await.location(), "/work");
    let account = client.get("/account").await;
    assert!(said(&account).contains("An illustrative person: made up") && account.headers.get(header::CACHE_CONTROL).is_some());
}
