//! The address that codes and mail go to: changed by its person alone, after a fresh check, with a code that was sent to the new one.

use super::{Client, code, email, mail, said};
use crate::{
    testing::City,
    web::{form::new_command, session::COOKIE},
};
use axum::http::StatusCode;
use domain::people::{Person, PersonId, Role, Scope, session::FRESH};

const NEW: &str = "zoe.new@camden.example";

async fn stored(city: &City, person: PersonId) -> Person {
    city.store().get(&Scope::Operator, person.0).await.unwrap().unwrap()
}

/// A browser of an editor of Camden, signed in by code.
async fn editor(city: &City) -> (PersonId, String, Client<'_>) {
    let person = city.person("Zoe Type", "camden", &[Role::Editor]).await;
    let address = email(city, person).await;
    let client = Client::new(city);
    client.sign_in(&address).await;
    (person, address, client)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_changed_with_a_code_that_was_sent_to_the_new_one_and_both_hear_of_it() {
    let city = City::empty().await;
    let (person, old, client) = editor(&city).await;
    assert!(client.get("/account").await.text.contains("/account/address"));
    for (wrong, words) in
        [("nowhere", "Enter an email address in the correct format"), (old.as_str(), "This is your address already")]
    {
        let refused = client.post("/account/address", &[("email", wrong)]).await;
        assert!(said(&refused).matches(words).count() >= 2, "{}", said(&refused));
    }
    assert_eq!(
        client.post("/account/address", &[("email", " Zoe.New@Camden.example ")]).await.location(),
        "/account/address/code"
    );
    assert!(said(&client.get("/account/address/code").await).contains(NEW));
    assert_eq!(stored(&city, person).await.email.as_deref(), Some(old.as_str()), "nothing changes before the code is typed");
    let digits = code(&city, NEW).await.expect("a code went to the new address");
    let wrong = if digits == "11111111" { "22222222" } else { "11111111" };
    let refused = client.post("/account/address/code", &[("code", wrong)]).await;
    assert!(said(&refused).contains("This code is not right"), "{}", said(&refused));
    let command = new_command().to_string();
    let sent = [("code", digits.as_str()), ("command", command.as_str())];
    let done = client.post("/account/address/code", &sent).await;
    assert_eq!(done.location(), "/account", "{}", said(&done));
    // A second press is told the same.
    let again = client.post("/account/address/code", &sent).await;
    assert!(done.notice().contains(NEW), "{}", done.notice());
    assert_eq!((again.location(), again.notice()), (done.location(), done.notice()));
    assert_eq!(stored(&city, person).await.email.as_deref(), Some(NEW));
    for address in [old.as_str(), NEW] {
        assert_eq!(mail(&city, address).await.unwrap().0, "Your address on City Tools has changed", "{address}");
    }
    // The code is used up, and the new address signs in where the old one is nobody's.
    assert_eq!(client.post("/account/address/code", &[("code", &digits)]).await.location(), "/account/address");
    let again = Client::new(&city);
    again.post("/sign-in", &[("email", &old)]).await;
    assert_eq!(mail(&city, &old).await.unwrap().0, "Your address on City Tools has changed", "no code goes there any more");
    assert!(Client::new(&city).sign_in(NEW).await.starts_with('/'));
}

#[tokio::test(flavor = "multi_thread")]
async fn s25_an_address_is_not_changed_without_a_fresh_check_nor_by_another_browser_or_person() {
    let city = City::empty().await;
    let (person, old, client) = editor(&city).await;
    // A session whose last check is too old is led to a new one, and what it typed is kept.
    let stale = city.session(person, "camden", true, city.app.clock.now() - FRESH - 1000).await;
    let tired = Client::new(&city);
    tired.set(COOKIE, stale.cookies.split_once('=').unwrap().1);
    let led = tired.post("/account/address", &[("email", NEW)]).await;
    assert!(led.location().starts_with("/sign-in/check?next=") && led.location().contains("held="), "{}", led.location());
    assert!(mail(&city, NEW).await.is_none());

    client.post("/account/address", &[("email", NEW)]).await;
    let digits = code(&city, NEW).await.unwrap();
    // Another browser of the same person, and one of somebody else, are in the middle of nothing.
    let elsewhere = Client::new(&city);
    elsewhere.sign_in(&old).await;
    let somebody = city.person("Other", "camden", &[Role::Editor]).await;
    let other = Client::new(&city);
    other.sign_in(&email(&city, somebody).await).await;
    for browser in [&elsewhere, &other] {
        assert_eq!(browser.post("/account/address/code", &[("code", &digits)]).await.location(), "/account/address");
        assert_eq!(browser.get("/account/address/code").await.location(), "/account/address");
    }
    // Nor does the code sign anybody in.
    let thief = Client::new(&city);
    thief.post("/sign-in", &[("email", NEW)]).await;
    let refused = thief.post("/sign-in/code", &[("code", &digits)]).await;
    assert!(refused.location().is_empty(), "{}", refused.location());
    assert_eq!(stored(&city, person).await.email.as_deref(), Some(old.as_str()));
    assert_eq!(client.post("/account/address/code", &[("code", &digits)]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(stored(&city, person).await.email.as_deref(), Some(NEW));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_of_somebody_else_gets_no_code_and_is_taken_from_nobody() {
    let city = City::empty().await;
    let (person, old, client) = editor(&city).await;
    let other = city.person("Ann Other", "hackney", &[Role::Viewer]).await;
    let theirs = email(&city, other).await;
    let led = client.post("/account/address", &[("email", &theirs)]).await;
    assert_eq!(led.location(), "/account/address/code", "the answer tells nobody who has an account");
    assert!(mail(&city, &theirs).await.is_none());
    // One that somebody gets while the code is on its way stays theirs.
    client.post("/account/address", &[("email", NEW)]).await;
    let digits = code(&city, NEW).await.unwrap();
    let before = stored(&city, other).await;
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.update(&before, &mut Person { email: Some(NEW.to_owned()), ..before.clone() }).await.unwrap();
    write.commit().await.unwrap();
    let refused = client.post("/account/address/code", &[("code", &digits)]).await;
    assert!(said(&refused).contains("This code is not right, or no longer works"), "{}", said(&refused));
    assert_eq!(stored(&city, person).await.email.as_deref(), Some(old.as_str()));
}
