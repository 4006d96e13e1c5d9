//! Forms that are held until somebody has signed in, or proved again who they are (R11): given back to the browser that sent them
//! and to no other (S8), and never without end (S48).

mod shared;

use super::{
    Client, code, email,
    factors::{SECRET, base32, with_app},
    said,
};
use crate::{
    sign_in::totp,
    testing::City,
    web::{
        people::sign_in::held::{COOKIE as HELD, LEFT},
        session::COOKIE,
    },
};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use domain::people::{Membership, PersonId, Role, Scope, session::FRESH, sign_in::limit::HELD_PER_ADDRESS};

const TOKEN: [(&str, &str); 2] = [("name", "Text that <took> an hour\nto write"), ("days", "7")];

/// A browser whose session has ended since.
async fn ended<'c>(city: &'c City, person: PersonId) -> Client<'c> {
    let client = Client::new(city);
    client.sign_in(&email(city, person).await).await;
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.end_sessions_of(person).await.unwrap();
    write.commit().await.unwrap();
    client
}

fn token_of(location: &str) -> String {
    location.split_once("held=").unwrap_or_else(|| panic!("{location}")).1.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_what_was_typed_when_the_session_had_ended_is_given_back() {
    let city = City::empty().await;
    let person = city.person("Ed", "camden", &[Role::Editor]).await;
    let address = email(&city, person).await;
    let client = ended(&city, person).await;
    let led = client.post("/account/tokens", &TOKEN).await;
    assert!(led.location().starts_with("/sign-in?held="), "{}", led.location());
    let page = client.get(led.location()).await;
    assert!(said(&page).contains("What you typed is kept"));
    let held = token_of(led.location());
    client.post("/sign-in", &[("email", &address), ("held", &held)]).await;
    let code = code(&city, &address).await.unwrap();
    let answer = client.post("/sign-in/code", &[("code", &code)]).await;
    let given_back = client.get(answer.location()).await;
    let words = said(&given_back);
    assert!(words.contains("Text that <took> an hour to write"), "{words}");
    assert!(words.contains("makes a token with which a program reads as you") && words.contains("/account/tokens"), "{words}");
    let form = scraper::Selector::parse("main form[action='/account/tokens']").unwrap();
    assert!(given_back.page().select(&form).next().is_some());
    // To somebody who is not signed in it is not shown.
    assert_eq!(Client::new(&city).get(answer.location()).await.status, StatusCode::SEE_OTHER);
    // A second tab, in which one has signed in meanwhile, leads to it too.
    assert_eq!(client.get(led.location()).await.location(), answer.location());
}

#[tokio::test(flavor = "multi_thread")]
async fn s08_a_form_that_somebody_else_sent_is_laid_before_nobody() {
    let city = City::empty().await;
    let attacker = city.person("At Tacker", "hackney", &[Role::Viewer]).await;
    let client = ended(&city, attacker).await;
    let path = "/organisations/camden/people/invite";
    let fields = [("name", "Me"), ("email", "me@hackney.example"), ("role", "administrator")];
    let held = token_of(client.post(path, &fields).await.location());
    let given = format!("/sign-in/held?token={held}");
    let victim = city.browser("camden", Role::Administrator).await;
    assert_eq!(city.get(&victim, &given).await.location(), "/work");
    // Nor with a cookie of another browser's own.
    let person = city.person("Vic Tim", "camden", &[Role::Editor]).await;
    let other = ended(&city, person).await;
    let own = token_of(other.post("/account/tokens", &TOKEN).await.location());
    assert_ne!(other.cookie(HELD), client.cookie(HELD));
    other.sign_in(&email(&city, person).await).await;
    assert_eq!(other.get(&given).await.location(), "/work");
    assert_eq!(other.get(&format!("/sign-in/held?token={own}")).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn s08_what_one_person_typed_is_not_shown_to_the_next_who_signs_in_on_the_same_browser() {
    let city = City::empty().await;
    let marcus = city.person("Marcus", "camden", &[Role::Editor]).await;
    let next = city.person("Next", "camden", &[Role::Editor]).await;
    let client = ended(&city, marcus).await;
    let held = token_of(client.post("/account/tokens", &TOKEN).await.location());
    let given = format!("/sign-in/held?token={held}");
    let address = email(&city, next).await;
    client.post("/sign-in", &[("email", &address), ("held", &held)]).await;
    let code = code(&city, &address).await.unwrap();
    let led = client.post("/sign-in/code", &[("code", &code)]).await.location().to_owned();
    assert_eq!((client.get(&led).await.location(), client.get(&given).await.location()), ("/work", "/work"));
    // Whose it is gets it back, on the browser that sent it, also when the other has signed out there.
    client.post("/sign-out", &[]).await;
    client.sign_in(&email(&city, marcus).await).await;
    assert!(said(&client.get(&given).await).contains("Text that <took> an hour to write"));
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_what_another_tab_sends_after_signing_out_is_given_back_to_whoever_signed_out_and_to_nobody_else() {
    let city = City::empty().await;
    let person = city.person("Ed", "camden", &[Role::Editor]).await;
    let other = city.person("Next", "camden", &[Role::Editor]).await;
    let client = Client::new(&city);
    client.sign_in(&email(&city, person).await).await;
    let session = client.cookie(COOKIE);
    client.post("/sign-out", &[]).await;
    assert_eq!((client.cookie(COOKIE), client.cookie(LEFT)), (None, session), "it says who it was");
    assert!(client.get("/account").await.location().starts_with("/sign-in?next="), "and opens nothing");
    let led = client.post("/account/tokens", &TOKEN).await;
    let held = token_of(led.location());
    assert!(said(&client.get(led.location()).await).contains("What you typed is kept"));
    let given = format!("/sign-in/held?token={held}");
    client.sign_in(&email(&city, other).await).await;
    assert_eq!(client.get(&given).await.location(), "/work");
    client.post("/sign-out", &[]).await;
    // That the other signed out takes nothing from them.
    client.sign_in(&email(&city, person).await).await;
    assert!(said(&client.get(&given).await).contains("Text that <took> an hour to write"));
    client.post("/sign-out", &[]).await;
    let held = token_of(client.post("/account/tokens", &written_by(&person.to_string())).await.location());
    client.sign_in(&email(&city, person).await).await;
    let back = client.get(&format!("/sign-in/held?token={held}")).await;
    assert!(said(&back).contains("Text that <took> an hour to write"), "{}", said(&back));
}

/// What [`TOKEN`] is on a page that was made for somebody.
fn written_by(writer: &str) -> [(&str, &str); 3] {
    [TOKEN[0], TOKEN[1], ("writer", writer)]
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_whoever_sent_a_file_when_the_session_had_ended_is_told_and_led_back_to_its_page() {
    let city = City::empty().await;
    let person = city.person("Ed", "camden", &[Role::Editor]).await;
    let led = async |from: Option<&str>| {
        let client = ended(&city, person).await;
        let mut request = Request::post("/organisations/camden/import")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=XX")
            .header("sec-fetch-site", "same-origin");
        if let Some(from) = from {
            request = request.header(header::REFERER, from);
        }
        client.send(request.body(Body::from("--XX--\r\n")).unwrap()).await.location().to_owned()
    };
    let page = "https://city.example/organisations/camden/import";
    assert_eq!(led(Some(page)).await, "/sign-in?next=%2Forganisations%2Fcamden%2Fimport&problem=lost");
    for none in [None, Some("https://city.example"), Some("https://city.example//evil.example/")] {
        assert_eq!(led(none).await, "/sign-in?next=%2F&problem=lost", "{none:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s48_forms_are_held_for_browsers_that_were_signed_in_and_not_without_end() {
    let city = City::empty().await;
    let lost = "/sign-in?next=%2F&problem=lost";
    let stranger = Client::new(&city);
    assert_eq!(stranger.post("/account/tokens", &TOKEN).await.location(), lost);
    stranger.set(COOKIE, "made-up");
    assert_eq!(stranger.post("/account/tokens", &TOKEN).await.location(), lost);
    assert!(said(&stranger.get(lost).await).contains("what you sent was not saved"));
    let person = city.person("Ed", "camden", &[Role::Editor]).await;
    let client = ended(&city, person).await;
    let long = "x".repeat(200 * 1024);
    assert_eq!(client.post("/account/tokens", &[("name", long.as_str()), ("days", "7")]).await.location(), lost);
    for number in 0..HELD_PER_ADDRESS.most {
        let led = client.post("/account/tokens", &TOKEN).await;
        assert!(led.location().starts_with("/sign-in?held="), "{number}: {}", led.location());
    }
    assert_eq!(client.post("/account/tokens", &TOKEN).await.location(), lost);
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_what_was_typed_when_a_check_was_due_is_given_back_after_it() {
    let city = City::empty().await;
    let person = city.person("Ad Min", "camden", &[Role::Administrator]).await;
    with_app(&city, person).await;
    let stale = city.session(person, "camden", true, city.app.clock.now() - FRESH - 1000).await;
    let client = Client::new(&city);
    client.set(COOKIE, stale.cookies.split_once('=').unwrap().1);
    let path = "/organisations/camden/people/invite";
    let fields = [("name", "Zoë Typed"), ("email", "zoe@camden.example"), ("role", "editor")];
    let led = client.post(path, &fields).await;
    assert!(led.location().starts_with("/sign-in/check?next="), "{}", led.location());
    let held = token_of(led.location());
    assert!(said(&client.get(led.location()).await).contains("What you typed is kept"));
    client.post("/sign-in/check", &[("next", path), ("held", &held)]).await;
    let code = totp::shown(SECRET, city.app.clock.now());
    let answer = client.post("/sign-in/second-factor", &[("code", &code)]).await;
    let given_back = client.get(answer.location()).await;
    assert!(said(&given_back).contains("Zoë Typed"), "{}", answer.location());
    let inputs = scraper::Selector::parse("main form input").unwrap();
    let page = given_back.page();
    let again: Vec<(&str, &str)> =
        page.select(&inputs).map(|one| (one.value().attr("name").unwrap(), one.value().attr("value").unwrap())).collect();
    assert_eq!(client.post(path, &again).await.location(), "/organisations/camden/people");
    let at = city.organisation("camden").id.0.to_string();
    let places: Vec<Membership> = city.store().by(&Scope::Operator, "organisation_id", at).await.unwrap();
    assert!(places.iter().any(|place| place.accepted_at.is_none() && place.roles == [Role::Editor]));
}

/// A browser of an administrator of Camden whose last check is too old, with the key of their second factor set up.
async fn unchecked(city: &City) -> (PersonId, Client<'_>) {
    let person = city.person("Ad Min", "camden", &[Role::Administrator]).await;
    with_app(city, person).await;
    let stale = city.session(person, "camden", true, city.app.clock.now() - FRESH - 1000).await;
    let client = Client::new(city);
    client.set(COOKIE, stale.cookies.split_once('=').unwrap().1);
    (person, client)
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_a_button_that_was_pressed_when_a_check_was_due_is_there_to_be_pressed_after_it() {
    let city = City::empty().await;
    let (_, client) = unchecked(&city).await;
    let leaver = city.person("Lee Ver", "camden", &[Role::Editor]).await;
    let at = city.organisation("camden").id.0.to_string();
    let of = async || {
        let places: Vec<Membership> = city.store().by(&Scope::Operator, "organisation_id", at.clone()).await.unwrap();
        places.into_iter().find(|place| place.person == leaver).unwrap()
    };
    let path = format!("/organisations/camden/people/{}/end", of().await.id);
    let led = client.post(&path, &[("what", "revoke")]).await;
    let held = token_of(led.location());
    assert!(of().await.revoked_at.is_none());
    assert!(said(&client.get(led.location()).await).contains("Nothing was done yet"));
    client.post("/sign-in/check", &[("next", "/account"), ("held", &held)]).await;
    let code = totp::shown(SECRET, city.app.clock.now());
    let answer = client.post("/sign-in/second-factor", &[("code", &code)]).await;
    let waits = client.get(answer.location()).await;
    let words = said(&waits);
    assert!(
        words.contains("Nothing was done yet") && words.contains("takes somebody’s place at an organisation away"),
        "{words}"
    );
    assert!(!words.contains("What you had typed"), "nothing was typed: {words}");
    let inputs = scraper::Selector::parse("main form input").unwrap();
    let page = waits.page();
    let again: Vec<(&str, &str)> =
        page.select(&inputs).map(|one| (one.value().attr("name").unwrap(), one.value().attr("value").unwrap())).collect();
    assert_eq!(client.post(&path, &again).await.location(), "/organisations/camden/people");
    assert!(of().await.revoked_at.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_every_change_that_wants_a_fresh_check_holds_what_was_sent() {
    let city = City::empty().await;
    let (person, client) = unchecked(&city).await;
    let factor = city.store().factors(&Scope::Operator, person).await.unwrap().remove(0).id.to_string();
    for (path, fields) in [
        ("/account/second-factor/remove", &[("factor", factor.as_str())][..]),
        ("/account/recovery-codes", &[]),
        ("/account/provisioning", &[]),
        ("/account/provisioning/00000000-0000-7000-8000-000000000000/revoke", &[]),
        ("/account/tokens", &TOKEN),
    ] {
        let led = client.post(path, fields).await;
        assert!(
            led.location().starts_with("/sign-in/check?next=") && led.location().contains("&held="),
            "{path}: {}",
            led.location()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_whoever_asked_for_too_many_codes_reads_for_how_long_they_wait_and_keeps_what_is_held() {
    let city = City::empty().await;
    let person = city.person("Ed", "camden", &[Role::Editor]).await;
    let stale = city.session(person, "camden", false, city.app.clock.now() - FRESH - 1000).await;
    let client = Client::new(&city);
    client.set(COOKIE, stale.cookies.split_once('=').unwrap().1);
    let led = client.post("/account/tokens", &TOKEN).await;
    let held = token_of(led.location());
    let fields = [("next", "/account/tokens"), ("held", held.as_str())];
    for _ in 0..5 {
        assert_eq!(client.post("/sign-in/check", &fields).await.location(), "/sign-in/code");
    }
    let refused = client.post("/sign-in/check", &fields).await;
    let words = said(&refused);
    assert_eq!(refused.status, StatusCode::OK, "{words}");
    assert!(refused.text.contains("<title>Error: Prove it is still you"), "{words}");
    assert_eq!(words.matches("Too many codes have been asked for. Try again in 1").count(), 2, "{words}");
    assert!(words.contains("What you typed is kept"), "{words}");
    // The way back: the last code works, or the same button later.
    let page = refused.page();
    let value = |name: &str| {
        let input = scraper::Selector::parse(&format!("form[action='/sign-in/check'] input[name={name}]")).unwrap();
        page.select(&input).next().unwrap().value().attr("value").unwrap().to_owned()
    };
    assert_eq!((value("next"), value("held")), ("/account/tokens".to_owned(), held.clone()));
    let digits = code(&city, &email(&city, person).await).await.unwrap();
    let answer = client.post("/sign-in/code", &[("code", &digits)]).await;
    assert!(answer.location().contains(&held), "{}", answer.location());
}

/// Where a held form is given back once a second factor is set up.
fn after_set_up(held: &str) -> String {
    format!("/account/second-factor?next=%2Fsign-in%2Fheld%3Ftoken%3D{held}")
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_what_was_typed_is_given_back_after_a_second_factor_had_to_be_set_up_too() {
    let city = City::empty().await;
    let person = city.person("Ad Min", "camden", &[Role::Administrator]).await;
    let address = email(&city, person).await;
    let client = ended(&city, person).await;
    let held = token_of(client.post("/account/tokens", &TOKEN).await.location());
    client.post("/sign-in", &[("email", &address), ("held", &held)]).await;
    let digits = code(&city, &address).await.unwrap();
    let led = client.post("/sign-in/code", &[("code", &digits)]).await;
    assert_eq!(led.location(), after_set_up(&held));
    let select = |selector: &str| scraper::Selector::parse(selector).unwrap();
    let asks = client.get(led.location()).await;
    let next = {
        let page = asks.page();
        let field = page.select(&select("main input[name=next]")).next().unwrap();
        field.value().attr("value").unwrap().to_owned()
    };
    client.post("/account/second-factor", &[("with", "app"), ("next", &next)]).await;
    let app = client.get("/account/second-factor/app").await;
    let key: String = app.page().select(&select(".ct-key-text")).next().unwrap().text().collect();
    let shown = totp::shown(&base32(&key), city.app.clock.now());
    let done = client.post("/account/second-factor/app", &[("code", &shown), ("name", "Telephone")]).await;
    let on = format!("/sign-in/held?token={held}");
    let links: Vec<String> =
        done.page().select(&select("main a")).filter_map(|link| Some(link.value().attr("href")?.to_owned())).collect();
    assert!(links.contains(&on), "{links:?}");
    let words = said(&client.get(&on).await);
    assert!(words.contains("Text that <took> an hour to write"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_what_is_held_for_a_check_goes_on_through_the_set_up_of_a_second_factor() {
    let city = City::empty().await;
    let person = city.person("Ad Min", "camden", &[Role::Administrator]).await;
    let stale = city.session(person, "camden", false, city.app.clock.now() - FRESH - 1000).await;
    let client = Client::new(&city);
    client.set(COOKIE, stale.cookies.split_once('=').unwrap().1);
    let held = token_of(client.post("/account/tokens", &TOKEN).await.location());
    client.post("/sign-in/check", &[("next", "/account/tokens"), ("held", &held)]).await;
    let digits = code(&city, &email(&city, person).await).await.unwrap();
    let led = client.post("/sign-in/code", &[("code", &digits)]).await;
    assert_eq!(led.location(), after_set_up(&held));
}
