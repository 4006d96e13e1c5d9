//! S24, S25: a further provider opens the account of somebody who acts for another organisation only once they have proved the old way
//! that it is theirs; and whoever has a place already connects their organisation's sign-in themselves.

use super::{
    asked_on, bound, came_back, invited, provider, provider_of,
    stub::{Stub, metadata},
    through,
};
use crate::{
    sign_in::totp,
    testing::City,
    web::{
        people::tests::{
            Client, FLOW, code, email,
            factors::{SECRET, with_app},
            mail, place, said,
        },
        session::COOKIE,
    },
};
use axum::http::StatusCode;
use domain::people::{PersonId, Role, session::FRESH, sign_in::identity::Provider};
use serde_json::{Value, json};

/// Leaves for a provider to connect it, and comes back with the claims as a test changes them.
async fn connect(client: &Client<'_>, stub: &Stub, id: &str, change: impl FnOnce(&mut Value)) -> String {
    let asked = asked_on(&client.post("/account/sign-in", &[("provider", id)]).await);
    came_back(client, stub, &asked, change).await
}

async fn people(city: &City) -> Vec<PersonId> {
    bound(city).await.into_iter().map(|(person, _)| person).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn s25_an_invitation_that_was_read_by_another_opens_nothing_past_a_second_factor() {
    let city = City::empty().await;
    let stub = Stub::new().await;
    let id = provider(&city, "camden", &stub.issuer).await;
    let dpo = city.person("Dee Po", "hackney", &[Role::Dpo]).await;
    with_app(&city, dpo).await;
    let address = email(&city, dpo).await;
    // Whoever reads her mail opens the invitation, and has an account at Camden, where two factors are asked for: their own.
    let thief = invited(&city, "camden", &address, "viewer").await;
    let led = through(&thief, &stub, &id, |claims| claims["amr"] = json!(["pwd", "mfa"])).await;
    assert_eq!(led, "/sign-in?problem=known");
    assert!(thief.cookie(COOKIE).is_none());
    assert!(people(&city).await.is_empty());
    let words = said(&thief.get(&led).await);
    assert!(words.contains("Sign in as you did before") && words.contains("accept the invitation of Camden"), "{words}");
    // The way she came before takes the invitation up, in the same browser; then she connects the sign-in.
    thief.post("/sign-in", &[("email", &address)]).await;
    let typed = code(&city, &address).await.unwrap();
    assert_eq!(thief.post("/sign-in/code", &[("code", &typed)]).await.location(), "/sign-in/second-factor");
    let shown = totp::shown(SECRET, city.app.clock.now());
    assert_eq!(thief.post("/sign-in/second-factor", &[("code", &shown)]).await.location(), "/work");
    assert!(said(&thief.get("/account").await).contains("Connect Camden’s sign-in"));
    assert_eq!(connect(&thief, &stub, &id, |_| {}).await, "/account");
    assert_eq!(people(&city).await, [dpo]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_a_place_already_connects_their_organisations_sign_in_and_takes_it_off_again() {
    let city = City::empty().await;
    let stub = Stub::new().await;
    let ed = city.person("Ed", "camden", &[Role::Editor]).await;
    let address = email(&city, ed).await;
    let client = Client::new(&city);
    client.sign_in(&address).await;
    assert!(!said(&client.get("/account").await).contains("own sign-in"));
    let id = provider(&city, "camden", &stub.issuer).await;
    // Before that the provider's word is worth nothing here.
    assert_eq!(through(&Client::new(&city), &stub, &id, |_| {}).await, "/sign-in?problem=not-known");
    assert_eq!(connect(&client, &stub, &id, |_| {}).await, "/account");
    assert!(said(&client.get("/account").await).contains("you can sign in with Camden’s own sign-in"));
    assert_eq!(people(&city).await, [ed]);
    let (subject, text) = mail(&city, &address).await.unwrap();
    assert!(subject.contains("sign-in was connected") && text.contains("Camden"), "{subject} {text}");
    assert_eq!(connect(&client, &stub, &id, |_| {}).await, "/account");
    assert!(said(&client.get("/account").await).contains("connected already"));
    let other = Client::new(&city);
    assert_eq!(through(&other, &stub, &id, |_| {}).await, "/work");
    // Nobody else connects the same account, nor takes it off.
    let ann = city.person("Ann", "camden", &[Role::Editor]).await;
    let hers = Client::new(&city);
    hers.sign_in(&email(&city, ann).await).await;
    assert_eq!(connect(&hers, &stub, &id, |_| {}).await, "/account");
    assert!(said(&hers.get("/account").await).contains("belongs to somebody else here"));
    let account = bound(&city).await[0].1.to_string();
    let fields = [("account", account.as_str())];
    assert_eq!(hers.post("/account/sign-in/remove", &fields).await.status, StatusCode::NOT_FOUND);
    assert_eq!(people(&city).await, [ed]);
    assert_eq!(client.post("/account/sign-in/remove", &fields).await.location(), "/account");
    assert!(people(&city).await.is_empty());
    assert!(mail(&city, &address).await.unwrap().0.contains("disconnected"));
    assert_eq!(through(&Client::new(&city), &stub, &id, |_| {}).await, "/sign-in?problem=not-known");
}

#[tokio::test(flavor = "multi_thread")]
async fn s24_a_sign_in_is_connected_by_nobody_but_whoever_just_proved_who_they_are_and_acts_for_the_organisation() {
    let city = City::empty().await;
    let (camden, hackney) = (Stub::new().await, Stub::new().await);
    let own = provider(&city, "camden", &camden.issuer).await;
    let others = provider(&city, "hackney", &hackney.issuer).await;
    let ed = city.person("Ed", "camden", &[Role::Editor]).await;
    let client = Client::new(&city);
    client.sign_in(&email(&city, ed).await).await;
    assert_eq!(client.post("/account/sign-in", &[("provider", &others)]).await.status, StatusCode::NOT_FOUND);
    // A session that was not checked of late leads to the check first.
    let old = city.session(ed, "camden", false, city.app.clock.now() - FRESH - 1).await;
    let led = city.post(&old, "/account/sign-in", &[("provider", &own)]).await;
    assert!(led.location().starts_with("/sign-in/check?next="), "{}", led.location());
    let account = city.post(&old, "/account/sign-in/remove", &[("account", &own)]).await;
    assert!(account.location().starts_with("/sign-in/check?next="), "{}", account.location());
    // Another who signs in on the browser meanwhile gets nothing of what was begun, and begins it anew.
    let asked = asked_on(&client.post("/account/sign-in", &[("provider", &own)]).await);
    let flow = client.cookie(FLOW).unwrap();
    let ann = city.person("Ann", "camden", &[Role::Editor]).await;
    client.post("/sign-out", &[]).await;
    client.sign_in(&email(&city, ann).await).await;
    client.set(FLOW, &flow);
    assert_eq!(came_back(&client, &camden, &asked, |_| {}).await, "/account");
    assert!(said(&client.get("/account").await).contains("Nothing was connected"));
    // Nor somebody whose place went while they were there.
    let asked = asked_on(&client.post("/account/sign-in", &[("provider", &own)]).await);
    let before = place(&city, ann).await;
    city.place(ann, None, "hackney", &[Role::Editor]).await;
    city.while_leaving(&before, async {}).await;
    assert_eq!(came_back(&client, &camden, &asked, |_| {}).await, "/account");
    assert!(bound(&city).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn s24_organisations_with_googles_one_issuer_have_a_sign_in_each_told_apart_by_their_domain() {
    let city = City::empty().await;
    let stub = Stub::new().await;
    let google = |slug: &str| Provider::Google { domains: vec![format!("{slug}.example")] };
    let issuer = google("camden").issuer();
    city.app.oidc.remember(issuer.clone(), city.app.clock.now(), metadata(&issuer, &stub.issuer));
    let mut ids = Vec::new();
    for slug in ["camden", "hackney", "islington"] {
        ids.push(provider_of(&city, slug, google(slug)).await);
    }
    let start = said(&Client::new(&city).get("/sign-in").await);
    assert!(["Camden", "Hackney", "Islington"].iter().all(|name| start.contains(name)), "{start}");
    let ed = city.person("Ed", "camden", &[Role::Editor]).await;
    city.place(ed, None, "hackney", &[Role::Editor]).await;
    let client = Client::new(&city);
    client.sign_in(&email(&city, ed).await).await;
    // The same address at both: an account is known by its subject, and whose it is by its domain.
    let of = |slug: &'static str| {
        let issuer = issuer.clone();
        move |claims: &mut Value| {
            claims["iss"] = json!(issuer);
            claims["sub"] = json!(format!("of {slug}"));
            claims["hd"] = json!(format!("{slug}.example"));
        }
    };
    assert_eq!(connect(&client, &stub, &ids[0], of("camden")).await, "/account");
    let page = said(&client.get("/account").await);
    assert!(page.contains("Connect Hackney’s sign-in") && !page.contains("Connect Camden’s sign-in"), "{page}");
    assert_eq!(connect(&client, &stub, &ids[1], of("hackney")).await, "/account");
    let page = said(&client.get("/account").await);
    assert!(!page.contains("Connect Hackney’s sign-in") && page.contains("hackney.example"), "{page}");
    assert_eq!(people(&city).await, [ed, ed]);
    // Each of them signs in, and none through the connection of another.
    for (id, slug) in [(&ids[0], "camden"), (&ids[1], "hackney")] {
        assert_eq!(through(&Client::new(&city), &stub, id, of(slug)).await, "/work", "{slug}");
    }
    assert_eq!(through(&Client::new(&city), &stub, &ids[0], of("hackney")).await, "/sign-in?problem=provider");
    // A check is offered there too, and not at an organisation where they have no account.
    let check = said(&client.get("/sign-in/check").await);
    assert!(check.contains("with Camden") && check.contains("with Hackney") && !check.contains("Islington"), "{check}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_does_not_work_says_so_where_it_was_asked_for() {
    let city = City::empty().await;
    let stub = Stub::new().await;
    let id = provider(&city, "camden", &stub.issuer).await;
    let client = invited(&city, "camden", "ed@camden.example", "editor").await;
    assert_eq!(through(&client, &stub, &id, |_| {}).await, "/work");
    // The check of somebody who is signed in comes back to the check, and what they wanted to do is not lost.
    let page = client.post("/sign-in/check", &[("next", "/account/tokens"), ("provider", &id)]).await;
    let led = came_back(&client, &stub, &asked_on(&page), |claims| claims["aud"] = json!("another")).await;
    assert_eq!(led, "/sign-in/check?next=%2Faccount%2Ftokens&problem=provider");
    assert!(said(&client.get(&led).await).contains("sign-in did not work just now"));
    // Connecting one comes back to the account.
    let down = provider(&city, "hackney", "http://127.0.0.1:9").await;
    let ann = city.person("Ann", "hackney", &[Role::Editor]).await;
    let hers = Client::new(&city);
    hers.sign_in(&email(&city, ann).await).await;
    assert_eq!(hers.post("/account/sign-in", &[("provider", &down)]).await.location(), "/account");
    assert!(said(&hers.get("/account").await).contains("nothing was connected"));
}
