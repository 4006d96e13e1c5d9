//! The fresh check before signing and before changes of security: never weaker than the session it makes fresh (S1, S25).

use super::{
    Client, email,
    factors::{SECRET, base32, with_app},
    providers::{Stub, asked_on, came_back, invited, provider, through},
    said,
};
use crate::{sign_in::totp, testing::City, web::session::COOKIE};
use axum::http::StatusCode;
use domain::people::{Role, Scope};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn s25_a_session_from_before_the_second_factor_takes_nothing_of_it_away() {
    let city = City::empty().await;
    let person = city.person("Ed", "camden", &[Role::Editor]).await;
    let address = email(&city, person).await;
    let (here, there) = (Client::new(&city), Client::new(&city));
    here.sign_in(&address).await;
    there.sign_in(&address).await;
    here.post("/account/second-factor", &[("with", "app")]).await;
    let page = here.get("/account/second-factor/app").await;
    let key: String = page.page().select(&scraper::Selector::parse(".ct-key-text").unwrap()).next().unwrap().text().collect();
    let code = totp::shown(&base32(&key), city.app.clock.now());
    assert_eq!(here.post("/account/second-factor/app", &[("code", &code)]).await.status, StatusCode::OK);
    // The other session ended with the first factor; this one goes on.
    assert_eq!(there.get("/account").await.location(), "/sign-in?next=%2Faccount");
    assert_eq!(here.get("/account/tokens").await.status, StatusCode::OK);

    // And one that is there all the same, checked just now by the mailbox alone, is not fresh.
    let weak = city.session(person, "camden", false, city.app.clock.now()).await;
    let factor = city.store().factors(&Scope::Operator, person).await.unwrap().remove(0).id.to_string();
    for (path, fields) in [
        ("/account/recovery-codes", &[][..]),
        ("/account/second-factor", &[("with", "app")]),
        ("/account/second-factor/remove", &[("factor", factor.as_str())]),
        ("/account/tokens", &[("name", "x"), ("days", "7")]),
    ] {
        let answer = city.post(&weak, path, fields).await;
        assert!(answer.location().starts_with("/sign-in/check?next="), "{path}: {} {}", answer.status, answer.location());
    }
    assert_eq!(city.store().factors(&Scope::Operator, person).await.unwrap().len(), 1);
    assert_eq!(city.store().recovery_codes_left(&Scope::Operator, person).await.unwrap(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn s25_a_session_of_two_factors_is_made_fresh_by_its_provider_and_not_by_the_mailbox() {
    let city = City::empty().await;
    let stub = Stub::new().await;
    let id = provider(&city, "camden", &stub.issuer).await;
    let client = invited(&city, "camden", "ad@camden.example", "administrator").await;
    assert_eq!(through(&client, &stub, &id, |claims| claims["amr"] = json!(["pwd", "mfa"])).await, "/work");
    let account = said(&client.get("/account").await);
    assert!(account.contains("said that you proved two factors") && !account.contains("do not count"), "{account}");
    let page = client.get("/sign-in/check?next=/account/tokens").await;
    assert!(said(&page).contains("Sign in again with Camden") && !said(&page).contains("Send a code"), "{}", said(&page));
    let refused = client.post("/sign-in/check", &[("next", "/account/tokens")]).await;
    assert_eq!(refused.location(), "/sign-in/check?next=%2Faccount%2Ftokens");
    // Its provider asks again, and says that it did.
    let check = async || asked_on(&client.post("/sign-in/check", &[("next", "/account/tokens"), ("provider", &id)]).await);
    let asked = check().await;
    assert!(asked["claims"].contains("auth_time") && asked["max_age"] == "0", "{asked:?}");
    let led = came_back(&client, &stub, &asked, |claims| claims["amr"] = json!(["pwd", "mfa"])).await;
    assert_eq!(led, "/account/tokens");
    assert_eq!(client.get("/organisations/camden/people").await.status, StatusCode::OK);
    // A check by one factor leaves a session of one: the roles that need two do not count in it.
    let led = came_back(&client, &stub, &check().await, |claims| claims["amr"] = json!(["pwd"])).await;
    assert_eq!(led, "/account/second-factor?next=%2Faccount%2Ftokens");
    assert_eq!(client.get("/organisations/camden/people").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_does_not_say_when_it_asked_is_no_check_and_the_page_says_what_is_left() {
    let city = City::empty().await;
    let stub = Stub::new().await;
    let id = provider(&city, "camden", &stub.issuer).await;
    let client = invited(&city, "camden", "ed@camden.example", "editor").await;
    assert_eq!(through(&client, &stub, &id, |_| {}).await, "/work");
    let before = client.cookie(COOKIE);
    let long_ago = |claims: &mut serde_json::Value| claims["auth_time"] = json!(1_000_000_000);
    let silent = |claims: &mut serde_json::Value| drop(claims.as_object_mut().unwrap().remove("auth_time"));
    for change in [long_ago as fn(&mut serde_json::Value), silent] {
        let page = client.post("/sign-in/check", &[("next", "/account/tokens"), ("provider", &id)]).await;
        let led = came_back(&client, &stub, &asked_on(&page), change).await;
        assert_eq!(led, "/sign-in/check?next=%2Faccount%2Ftokens&problem=when");
        let words = said(&client.get(&led).await);
        assert!(words.contains("did not say that it asked you again") && words.contains("Send a code to"), "{words}");
        assert_eq!(client.cookie(COOKIE), before, "the session is as it was");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_a_second_factor_makes_their_session_fresh_with_it() {
    let city = City::empty().await;
    let person = city.person("Si Ro", "camden", &[Role::Siro]).await;
    with_app(&city, person).await;
    let weak = city.session(person, "camden", false, city.app.clock.now()).await;
    let client = Client::new(&city);
    client.set(COOKIE, weak.cookies.split_once('=').unwrap().1);
    let led = client.get("/account/tokens").await.location().to_owned();
    assert!(led.starts_with("/sign-in/check?next="), "{led}");
    assert_eq!(client.post("/sign-in/check", &[("next", "/account/tokens")]).await.location(), "/sign-in/second-factor");
    let code = totp::shown(SECRET, city.app.clock.now());
    assert_eq!(client.post("/sign-in/second-factor", &[("code", &code)]).await.location(), "/account/tokens");
    assert_eq!(client.get("/account/tokens").await.status, StatusCode::OK);
}
