//! S24: whose account it is that a provider vouches for: neither an address nor another organisation's directory opens one.

use super::{
    bound, invited, provider, provider_of,
    stub::{Stub, metadata},
    through,
};
use crate::{
    testing::City,
    web::{
        people::tests::{Client, place, said},
        session::COOKIE,
    },
};
use domain::people::{Membership, PersonId, Role, Scope, sign_in::identity::Provider};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn s24_two_issuers_with_the_same_address_are_two_people_and_a_stranger_is_nobody() {
    let city = City::empty().await;
    let (camden, hackney) = (Stub::new().await, Stub::new().await);
    let at_camden = provider(&city, "camden", &camden.issuer).await;
    let at_hackney = provider(&city, "hackney", &hackney.issuer).await;
    let one = invited(&city, "camden", "one@camden.example", "editor").await;
    assert_eq!(through(&one, &camden, &at_camden, |_| {}).await, "/work");
    // Same subject, same address, another issuer, no invitation: nobody.
    let stranger = Client::new(&city);
    assert_eq!(through(&stranger, &hackney, &at_hackney, |_| {}).await, "/sign-in?problem=not-known");
    assert!(stranger.cookie(COOKIE).is_none());
    let other = invited(&city, "hackney", "other@hackney.example", "editor").await;
    assert_eq!(through(&other, &hackney, &at_hackney, |_| {}).await, "/work");
    let bound = bound(&city).await;
    assert_eq!(bound.len(), 2);
    assert_ne!(bound[0].0, bound[1].0);
    assert!(said(&one.get("/account").await).contains("Camden") && said(&other.get("/account").await).contains("Hackney"));
    // Nor does the address of a person here, said by a provider, open that person's account.
    city.person("Same", "camden", &[Role::Administrator]).await;
    let thief = Client::new(&city);
    let led = through(&thief, &hackney, &at_hackney, |claims| {
        claims["sub"] = json!("s2");
        claims["email"] = json!("same@camden.example");
        claims["email_verified"] = json!(true);
    })
    .await;
    assert_eq!(led, "/sign-in?problem=not-known");
}

#[tokio::test(flavor = "multi_thread")]
async fn s24_an_invitation_is_taken_up_at_the_organisations_own_provider_only() {
    let city = City::empty().await;
    let hackney = Stub::new().await;
    let at_hackney = provider(&city, "hackney", &hackney.issuer).await;
    let client = invited(&city, "camden", "one@camden.example", "administrator").await;
    assert_eq!(through(&client, &hackney, &at_hackney, |_| {}).await, "/sign-in?problem=not-known");
    assert!(bound(&city).await.is_empty());
}

/// An organisation's Entra tenant, whose tokens the stub signs.
async fn entra(city: &City, slug: &str, stub: &Stub, tenant: &str) -> String {
    let entra = Provider::Entra { tenant: tenant.to_owned() };
    city.app.oidc.remember(entra.issuer(), city.app.clock.now(), metadata(&entra.issuer(), &stub.issuer));
    provider_of(city, slug, entra).await
}

/// What an organisation's directory calls a person.
async fn in_directory(city: &City, slug: &str, person: PersonId, external_id: &str) {
    let user =
        store::scim::ScimUser { person, id: person.0, user_name: person.to_string(), external_id: Some(external_id.to_owned()) };
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.keep_scim_user(city.organisation(slug).id, &user).await.unwrap();
    write.commit().await.unwrap();
}

/// Makes a place one that was not accepted yet.
async fn unaccepted(city: &City, person: PersonId) {
    let places: Vec<Membership> = city.store().by(&Scope::Operator, "person_id", person.to_string()).await.unwrap();
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    for place in places {
        let mut after = Membership { accepted_at: None, ..place.clone() };
        write.update(&place, &mut after).await.unwrap();
    }
    write.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn s24_whom_a_directory_names_by_object_id_comes_in_through_that_very_tenant_and_into_no_other_account() {
    const OWN: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
    let city = City::empty().await;
    let stub = Stub::new().await;
    let id = entra(&city, "camden", &stub, OWN).await;
    let come = async |object: &str| {
        let client = Client::new(&city);
        let led = through(&client, &stub, &id, |claims| {
            claims["iss"] = json!(format!("https://login.microsoftonline.com/{OWN}/v2.0"));
            claims["tid"] = json!(OWN);
            claims["oid"] = json!(object);
            claims["sub"] = json!(object);
        });
        led.await
    };
    let ann = city.person("Ann", "camden", &[Role::Editor]).await;
    unaccepted(&city, ann).await;
    assert_eq!(come("OID-ANN").await, "/sign-in?problem=not-known", "the directory has not named her yet");
    in_directory(&city, "camden", ann, "oid-ann").await;
    assert_eq!(come("OID-ANN").await, "/work");
    assert_eq!(bound(&city).await.iter().map(|(person, _)| *person).collect::<Vec<_>>(), [ann]);
    assert_eq!(come("OID-ANN").await, "/work", "the account is hers from now on");

    // A directory that names somebody of another organisation does not come into that person's account.
    let bob = city.person("Bob", "hackney", &[Role::Administrator]).await;
    city.place(bob, None, "camden", &[Role::Viewer]).await;
    in_directory(&city, "camden", bob, "oid-thief").await;
    assert_eq!(come("oid-thief").await, "/sign-in?problem=not-known");
    // Nor of somebody who left that organisation, or was only invited back there.
    let cleo = city.person("Cleo", "hackney", &[Role::Editor]).await;
    let there = place(&city, cleo).await;
    city.place(cleo, None, "camden", &[Role::Viewer]).await;
    in_directory(&city, "camden", cleo, "oid-cleo").await;
    let now = city.app.clock.now();
    let mut gone = Membership { revoked_at: Some(now), ..there.clone() };
    let mut write = city.store().write(&Scope::Operator, now).await.unwrap();
    write.update(&there, &mut gone).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(come("oid-cleo").await, "/sign-in?problem=not-known");
    let mut again = Membership { accepted_at: None, revoked_at: None, ..gone.clone() };
    let mut write = city.store().write(&Scope::Operator, now).await.unwrap();
    write.update(&gone, &mut again).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(come("oid-cleo").await, "/sign-in?problem=not-known");
    // Nor does another organisation's directory bind by this one's tenant.
    let eve = city.person("Eve", "hackney", &[Role::Editor]).await;
    in_directory(&city, "hackney", eve, "oid-eve").await;
    assert_eq!(come("oid-eve").await, "/sign-in?problem=not-known");
    assert_eq!(bound(&city).await.len(), 1);
}
