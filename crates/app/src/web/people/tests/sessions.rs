//! Sessions: S1 to S7, S39.

use super::{Client, email, said};
use crate::{
    testing::City,
    web::session::{COOKIE, cookie, new_token, token_hash},
};
use axum::http::{HeaderMap, StatusCode, header};
use domain::people::{
    Role, Scope, SessionId,
    session::{ABSOLUTE, FRESH, IDLE},
    sign_in::limit::TOKENS_PER_ADDRESS,
};

use store::sessions::Session;
use uuid::Uuid;

fn token(browser: &crate::testing::Browser) -> String {
    let mut headers = HeaderMap::new();
    headers.insert(header::COOKIE, browser.cookies.parse().unwrap());
    cookie(&headers, COOKIE).unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn s01_signing_in_again_and_a_fresh_check_make_a_new_session_and_kill_the_old() {
    let city = City::empty().await;
    let person = city.person("Ed", "camden", &[Role::Editor]).await;
    let address = email(&city, person).await;
    let client = Client::new(&city);
    client.sign_in(&address).await;
    let first = client.cookie(COOKIE).unwrap();
    // A fresh check, by code.
    assert_eq!(client.post("/sign-in/check", &[("next", "/account/tokens")]).await.location(), "/sign-in/code");
    let code = super::code(&city, &address).await.unwrap();
    assert_eq!(client.post("/sign-in/code", &[("code", &code)]).await.location(), "/account/tokens");
    let second = client.cookie(COOKIE).unwrap();
    assert_ne!(first, second);
    let old = Client::new(&city);
    old.set(COOKIE, &first);
    assert_eq!(old.get("/account").await.status, StatusCode::SEE_OTHER);
    // Signing in over it ends it too. What is signed in already is led on, so ask the form itself.
    client.sign_in(&address).await;
    let old = Client::new(&city);
    old.set(COOKIE, &second);
    assert_eq!(old.get("/account").await.status, StatusCode::SEE_OTHER);
    assert_eq!(client.get("/account").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn s01_a_session_that_somebody_else_laid_into_the_browser_is_not_the_one_that_is_signed_in() {
    let city = City::empty().await;
    let person = city.person("Ed", "camden", &[Role::Editor]).await;
    let thief = city.browser("hackney", Role::Editor).await;
    let address = email(&city, person).await;
    // One that is nobody's, and one of the thief's own.
    for laid in [new_token().unwrap(), token(&thief)] {
        let client = Client::new(&city);
        client.set(COOKIE, &laid);
        client.sign_in(&address).await;
        assert_ne!(client.cookie(COOKIE).unwrap(), laid);
        assert!(client.get("/account").await.text.contains(&address));
        let replay = Client::new(&city);
        replay.set(COOKIE, &laid);
        assert!(!replay.get("/account").await.text.contains(&address), "what was laid there opens somebody's account");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s01_a_fresh_check_does_not_make_a_session_longer() {
    let city = City::empty().await;
    let person = city.person("Ed", "camden", &[Role::Editor]).await;
    let began = city.app.clock.now() - IDLE / 2;
    let browser = city.session(person, "camden", false, began).await;
    let client = Client::new(&city);
    client.set(COOKIE, &token(&browser));
    client.post("/sign-in/check", &[("next", "/account")]).await;
    let code = super::code(&city, &email(&city, person).await).await.unwrap();
    client.post("/sign-in/code", &[("code", &code)]).await;
    let now = city.store().session(&token_hash(&client.cookie(COOKIE).unwrap())).await.unwrap().unwrap();
    assert_eq!(now.created_at, began);
    assert!(now.checked_at > began);
}

#[tokio::test(flavor = "multi_thread")]
async fn s02_the_database_holds_only_the_hash_of_a_session() {
    let city = City::empty().await;
    let browser = city.browser("camden", Role::Editor).await;
    let token = token(&browser);
    assert!(token.len() * 6 >= 256);
    assert!(city.store().session(&token).await.unwrap().is_none());
    assert!(city.store().session(&token_hash(&token)).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn s03_signing_out_kills_the_session_on_the_server() {
    let city = City::empty().await;
    let browser = city.browser("camden", Role::Editor).await;
    let answer = city.post(&browser, "/sign-out", &[]).await;
    assert_eq!(answer.location(), "/sign-out");
    assert!(
        answer.headers.get_all(header::SET_COOKIE).iter().any(|value| value.to_str().unwrap().starts_with("__Host-session=; "))
    );
    let replay = city.get(&browser, "/account").await;
    assert_eq!((replay.status, replay.location()), (StatusCode::SEE_OTHER, "/sign-in?next=%2Faccount"));
    assert!(said(&city.get(&crate::testing::Browser::default(), "/sign-out").await).contains("You have signed out"));
}

async fn program(city: &City, secret: &str) -> StatusCode {
    let request = axum::http::Request::get("/api/me")
        .header(header::AUTHORIZATION, format!("Bearer {secret}"))
        .body(axum::body::Body::empty())
        .unwrap();
    city.send(&crate::testing::Browser::default(), request).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn s04_a_revoked_person_is_out_on_the_next_request() {
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    let person = city.person("Gone", "camden", &[Role::Editor]).await;
    let place: Vec<domain::people::Membership> =
        city.store().by(&Scope::Operator, "person_id", person.0.to_string()).await.unwrap();
    let browser = city.signed_in(person, "camden").await;
    let made = city.post(&browser, "/account/tokens", &[("name", "export"), ("days", "30")]).await;
    let page = made.page();
    let secret = page.select(&scraper::Selector::parse(".ct-secret").unwrap()).next().unwrap().text().collect::<String>();
    assert_eq!(program(&city, &secret).await, StatusCode::OK);
    let made = city.post(&browser, "/work/calendar", &[]).await.text.replace("&#x2f;", "/");
    let calendar = made.split('"').find(|part| part.ends_with(".ics")).unwrap_or_else(|| panic!("{made}"));
    let calendar = calendar.strip_prefix("http://127.0.0.1:8080").unwrap().to_owned();
    let anyone = crate::testing::Browser::default();
    assert_eq!(city.get(&anyone, &calendar).await.status, StatusCode::OK);
    let path = format!("/organisations/camden/people/{}/end", place[0].id);
    let answer = city.post(&administrator, &path, &[("what", "revoke")]).await;
    assert_eq!(answer.location(), "/organisations/camden/people");
    assert_eq!(city.get(&browser, "/account").await.status, StatusCode::SEE_OTHER);
    assert_eq!(program(&city, &secret).await, StatusCode::UNAUTHORIZED);
    // Nor does a code let them in again.
    let client = Client::new(&city);
    client.post("/sign-in", &[("email", &email(&city, person).await)]).await;
    let address = email(&city, person).await;
    assert!(super::code(&city, &address).await.is_none());
    assert_eq!(city.get(&anyone, &calendar).await.status, StatusCode::NOT_FOUND);
    // Whoever is invited again begins anew: nothing that was ended comes back.
    let again = [("name", "Gone"), ("email", address.as_str()), ("role", "editor")];
    assert_eq!(city.post(&administrator, "/organisations/camden/people/invite", &again).await.status, StatusCode::SEE_OTHER);
    let client = Client::new(&city).at([192, 0, 2, 8]);
    assert_eq!(client.sign_in(&address).await, "/work");
    assert_eq!(city.get(&browser, "/account").await.status, StatusCode::SEE_OTHER);
    assert_eq!(program(&city, &secret).await, StatusCode::UNAUTHORIZED);
    assert_eq!(city.get(&anyone, &calendar).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn s21_a_token_cannot_be_guessed_often_and_even_the_right_one_waits_then() {
    let city = City::empty().await;
    let browser = city.browser("camden", Role::Editor).await;
    let made = city.post(&browser, "/account/tokens", &[("name", "export"), ("days", "30")]).await;
    let page = made.page();
    let secret = page.select(&scraper::Selector::parse(".ct-secret").unwrap()).next().unwrap().text().collect::<String>();
    let ask = async |path: &str, token: &str, from: [u8; 4]| {
        let request = axum::http::Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
        Client::new(&city).at(from).send(request.body(axum::body::Body::empty()).unwrap()).await
    };
    let (guesser, other) = ([203, 0, 113, 5], [203, 0, 113, 6]);
    // Half of them in the API, half as a directory: they count together.
    for guess in 0..TOKENS_PER_ADDRESS.most {
        let path = if guess % 2 == 0 { "/api/me" } else { "/scim/v2/Users" };
        assert_eq!(ask(path, &format!("ct_{guess}"), guesser).await.status, StatusCode::UNAUTHORIZED, "{guess}");
    }
    for (path, token) in
        [("/api/me", "ct_wrong"), ("/api/me", secret.as_str()), ("/api/v1/contracts", &secret), ("/scim/v2/Users", "x")]
    {
        let refused = ask(path, token, guesser).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{path} {token}");
        let wait: i64 = refused.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
        assert!((1..=TOKENS_PER_ADDRESS.window / 1000 + 1).contains(&wait), "{wait}");
        let kind = if path.starts_with("/scim") { "application/scim+json" } else { "application/problem+json" };
        assert_eq!(refused.headers[header::CONTENT_TYPE], kind);
    }
    // Nobody else is hurt, nor what needs no token.
    assert_eq!(ask("/api/me", &secret, other).await.status, StatusCode::OK);
    assert_eq!(Client::new(&city).at(guesser).get("/api/v1/contracts").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn s05_sessions_end_when_idle_and_when_old() {
    let city = City::empty().await;
    let person = city.person("Ed", "camden", &[Role::Editor]).await;
    let now = city.app.clock.now();
    for (age, status) in [(IDLE - 60_000, StatusCode::OK), (IDLE, StatusCode::SEE_OTHER), (ABSOLUTE, StatusCode::SEE_OTHER)] {
        let browser = city.session(person, "camden", true, now - age).await;
        assert_eq!(city.get(&browser, "/account").await.status, status, "{age}");
    }
    // Used until a moment ago, and over after twelve hours all the same.
    for (age, status) in [(ABSOLUTE - 60_000, StatusCode::OK), (ABSOLUTE, StatusCode::SEE_OTHER)] {
        let token = new_token().unwrap();
        let session = Session {
            id: SessionId(Uuid::now_v7()),
            person,
            acting_for: city.organisation("camden").id,
            created_at: now - age,
            seen_at: now,
            checked_at: now,
            second_factor: true,
            method: "test".to_owned(),
            agent: "test".to_owned(),
            address: "127.0.0.1".to_owned(),
            ended_at: None,
        };
        let mut write = city.store().write(&Scope::Operator, now).await.unwrap();
        write.open_session(&session, &token_hash(&token)).await.unwrap();
        write.commit().await.unwrap();
        let client = Client::new(&city);
        client.set(COOKIE, &token);
        assert_eq!(client.get("/account").await.status, status, "{age}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s06_people_end_their_own_sessions_and_administrators_anyones() {
    let city = City::empty().await;
    let person = city.person("Ed", "camden", &[Role::Editor]).await;
    let (here, there) = (city.signed_in(person, "camden").await, city.signed_in(person, "camden").await);
    let other = city.browser("hackney", Role::Editor).await;
    let session = city.store().session(&token_hash(&token(&there))).await.unwrap().unwrap().id.to_string();
    assert_eq!(city.post(&other, "/account/sessions/end", &[("session", &session)]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(city.get(&there, "/account").await.status, StatusCode::OK);
    city.post(&here, "/account/sessions/end", &[("session", &session)]).await;
    assert_eq!(city.get(&there, "/account").await.status, StatusCode::SEE_OTHER);
    assert_eq!(city.get(&here, "/account").await.status, StatusCode::OK);
    let place: Vec<domain::people::Membership> =
        city.store().by(&Scope::Operator, "person_id", person.0.to_string()).await.unwrap();
    let path = format!("/organisations/camden/people/{}/end", place[0].id);
    for (slug, status) in [("hackney", StatusCode::NOT_FOUND), ("camden", StatusCode::SEE_OTHER)] {
        let administrator = city.browser(slug, Role::Administrator).await;
        assert_eq!(city.post(&administrator, &path, &[("what", "sessions")]).await.status, status, "{slug}");
    }
    assert_eq!(city.get(&here, "/account").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn s07_every_cookie_is_host_only_secure_http_only_and_same_site() {
    let city = City::empty().await;
    let person = city.person("Ed", "camden", &[Role::Editor]).await;
    let address = email(&city, person).await;
    let client = Client::new(&city);
    let mut answers = vec![client.post("/sign-in", &[("email", &address)]).await];
    let code = super::code(&city, &address).await.unwrap();
    answers.push(client.post("/sign-in/code", &[("code", &code)]).await);
    answers.push(client.post("/account/second-factor", &[("with", "app")]).await);
    answers.push(client.post("/account/sessions/end", &[("which", "others")]).await);
    answers.push(client.post("/sign-out", &[]).await);
    let mut seen = 0;
    for answer in &answers {
        for value in answer.headers.get_all(header::SET_COOKIE) {
            let text = value.to_str().unwrap();
            seen += 1;
            assert!(text.starts_with("__Host-"), "{text}");
            for part in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
                assert!(text.split("; ").any(|found| found == part), "{text} lacks {part}");
            }
            assert!(!text.contains("Domain="), "{text}");
        }
    }
    assert!(seen >= 5, "{seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s39_after_signing_in_nobody_is_led_off_the_host() {
    let city = City::empty().await;
    for (number, next) in
        ["//evil.example", "/\\evil.example", "https:evil.example", "/%2fevil.example", "/\t/evil.example"].iter().enumerate()
    {
        let person = city.person(&format!("Ed {number}"), "camden", &[Role::Editor]).await;
        let address = email(&city, person).await;
        let client = Client::new(&city);
        client.post("/sign-in", &[("email", &address), ("next", next)]).await;
        let code = super::code(&city, &address).await.expect("a code was sent");
        let answer = client.post("/sign-in/code", &[("code", &code)]).await;
        assert_eq!(answer.location(), "/work", "{next}");
        let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
        assert_eq!(client.get(&format!("/sign-in?{query}")).await.location(), "/work", "{next}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s44_signed_in_pages_are_never_kept() {
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    for path in ["/account", "/account/tokens", "/organisations/camden/people", "/contracts"] {
        let answer = city.get(&administrator, path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.headers.get(header::CACHE_CONTROL).unwrap(), "no-store", "{path}");
        assert!(answer.headers.get(header::ETAG).is_none(), "{path}");
    }
    let anyone = Client::new(&city);
    for path in ["/sign-in", "/sign-out", "/invitation?token=0", "/set-up?token=0"] {
        let answer = anyone.get(path).await;
        let kept = answer.headers.get(header::CACHE_CONTROL).map(|value| value.to_str().unwrap().to_owned());
        assert!(kept.is_none() || kept.as_deref() == Some("no-store"), "{path}: {kept:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_security_ask_for_a_fresh_check() {
    let city = City::empty().await;
    let person = city.person("Ad", "camden", &[Role::Administrator]).await;
    let stale = city.session(person, "camden", true, city.app.clock.now() - FRESH - 1000).await;
    for path in [
        "/account/tokens",
        "/account/second-factor",
        "/account/provisioning",
        "/organisations/camden/people/invite",
        "/organisations/camden/sign-in",
    ] {
        let answer = city.get(&stale, path).await;
        assert!(answer.location().starts_with("/sign-in/check?next="), "{path}: {} {}", answer.status, answer.location());
    }
    for (path, fields) in [
        ("/account/recovery-codes", &[][..]),
        ("/account/second-factor/remove", &[("factor", "00000000-0000-7000-8000-000000000000")]),
        ("/account/tokens", &[("name", "x"), ("days", "7")]),
        ("/work/calendar", &[]),
        ("/account/provisioning", &[]),
        ("/account/provisioning/00000000-0000-7000-8000-000000000000/revoke", &[]),
        ("/organisations/camden/people/invite", &[("name", "x"), ("email", "x@camden.example"), ("role", "editor")]),
    ] {
        let answer = city.post(&stale, path, fields).await;
        assert!(answer.location().starts_with("/sign-in/check?next="), "{path}: {} {}", answer.status, answer.location());
    }
    assert!(super::mail(&city, "x@camden.example").await.is_none());
    assert!(city.store().calendars(&city.acting(person, "Ad", "camden", &[Role::Administrator])).await.unwrap().is_empty());
}
