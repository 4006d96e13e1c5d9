//! What an invitation gives, and to whom: no more than it says (S4), nothing of anybody else's (S14), and only when it is accepted.

use super::{Client, email, mail, said};
use crate::testing::{Browser, City};
use axum::http::StatusCode;
use domain::people::{Membership, PersonId, Role, Scope};

const INVITE: &str = "/organisations/camden/people/invite";

async fn invite(city: &City, by: &Browser, name: &str, email: &str, role: &str) -> String {
    let answer = city.post(by, INVITE, &[("name", name), ("email", email), ("role", role)]).await;
    assert_eq!(answer.location(), "/organisations/camden/people", "{}", answer.text);
    let (_, text) = mail(city, email).await.unwrap();
    text.split_once("token=").unwrap().1.chars().take_while(char::is_ascii_hexdigit).collect()
}

async fn at_camden(city: &City, person: PersonId) -> Membership {
    let camden = city.organisation("camden").id;
    let places: Vec<Membership> = city.store().by(&Scope::Operator, "person_id", person.0.to_string()).await.unwrap();
    places.into_iter().find(|place| place.organisation == camden).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn s04_a_revoked_administrator_comes_back_through_a_viewers_invitation_as_a_viewer() {
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    let person = city.person("Back Again", "hackney", &[Role::Editor]).await;
    city.place(person, None, "camden", &[Role::Administrator, Role::Siro]).await;
    let before = at_camden(&city, person).await;
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    let mut gone =
        Membership { revoked_at: Some(1), deputy: vec![Role::Cio], services: vec!["Housing".to_owned()], ..before.clone() };
    write.update(&before, &mut gone).await.unwrap();
    write.commit().await.unwrap();
    // Invited at another address, and accepted with the account they have.
    let token = invite(&city, &administrator, "Back Again", "back@camden.example", "viewer").await;
    let client = Client::new(&city);
    client.sign_in(&email(&city, person).await).await;
    assert_eq!(client.post("/invitation", &[("token", &token)]).await.location(), "/account");
    let place = at_camden(&city, person).await;
    assert!(place.active());
    assert_eq!((place.roles, place.deputy, place.services), (vec![Role::Viewer], vec![], vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_was_not_opened_is_not_accepted_by_signing_in_for_another_organisation() {
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    let person = city.person("Ig Nore", "hackney", &[Role::Editor]).await;
    let address = email(&city, person).await;
    let token = invite(&city, &administrator, "Ig Nore", &address, "editor").await;
    let client = Client::new(&city);
    assert_eq!(client.sign_in(&address).await, "/work");
    assert_eq!(at_camden(&city, person).await.accepted_at, None);
    assert!(!said(&client.get("/account").await).contains("Camden"));
    // Its link accepts it, in the session that is there.
    assert_eq!(client.post("/invitation", &[("token", &token)]).await.location(), "/account");
    assert!(at_camden(&city, person).await.active());
}

#[tokio::test(flavor = "multi_thread")]
async fn s14_an_invitation_tells_nothing_of_who_is_behind_an_address_and_ends_nothing_of_theirs() {
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    let person = city.person("Real Name", "hackney", &[Role::Editor]).await;
    let (address, session) = (email(&city, person).await, city.signed_in(person, "hackney").await);
    let token = invite(&city, &administrator, "Nobody Atall", &address, "viewer").await;
    let place = at_camden(&city, person).await;
    let own = format!("/organisations/camden/people/{}", place.id);
    let page = city.get(&administrator, "/organisations/camden/people").await;
    let csv = city.post(&administrator, "/organisations/camden/people.csv", &[]).await;
    let member = city.get(&administrator, &own).await;
    for text in [&page.text, &csv.text, &member.text] {
        assert!(text.contains("Nobody Atall") && !text.contains("Real Name"), "{text}");
    }
    let line = csv.text.lines().find(|line| line.contains("Nobody Atall")).unwrap();
    assert!(line.ends_with("\"Not shown\",\"no\",\"not shown\",\"0\",\"0\",\"0\""), "{line}");
    // Nobody's sessions are ended but those of people who act for the organisation.
    assert_eq!(city.post(&administrator, &format!("{own}/end"), &[("what", "sessions")]).await.status, StatusCode::NOT_FOUND);
    let gone = city.post(&administrator, &format!("{own}/end"), &[("what", "revoke")]).await;
    assert_eq!(gone.location(), "/organisations/camden/people");
    assert_eq!(city.get(&session, "/account").await.status, StatusCode::OK);
    let page = city.get(&administrator, "/organisations/camden/people").await;
    assert!(!page.text.contains("Real Name"), "{}", page.text);
    // The link of a place that was taken away does nothing; a new one is accepted, and then they are seen as they are.
    let client = Client::new(&city);
    client.sign_in(&address).await;
    assert_eq!(client.post("/invitation", &[("token", &token)]).await.location(), "/sign-in?problem=invitation");
    let token = invite(&city, &administrator, "Nobody Atall", &address, "viewer").await;
    client.post("/invitation", &[("token", &token)]).await;
    let page = city.get(&administrator, "/organisations/camden/people").await;
    assert!(page.text.contains("Real Name") && !page.text.contains("Nobody Atall"), "{}", page.text);
    let ended = city.post(&administrator, &format!("{own}/end"), &[("what", "sessions")]).await;
    assert_eq!(ended.location(), "/organisations/camden/people");
    assert_eq!(city.get(&session, "/account").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn s34_an_address_that_mail_cannot_carry_is_refused_at_its_field_and_what_was_typed_stays() {
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    for typed in ["a..b@camden.example", "a@b..example", ".a@camden.example", "a@b@camden.example", "a:b@camden.example"] {
        let answer = city.post(&administrator, INVITE, &[("name", "Ty Po"), ("email", typed), ("role", "editor")]).await;
        assert_eq!(answer.status, StatusCode::OK, "{typed}");
        assert!(said(&answer).contains("Enter an email address in the correct format"), "{typed}");
        assert!(answer.text.contains("value=\"Ty Po\""), "{typed}");
    }
    let answer = city.post(&administrator, INVITE, &[("name", "Ty\nPo"), ("email", "a@b.example"), ("role", "editor")]).await;
    assert!(said(&answer).contains("The name holds a character that cannot be seen"), "{}", said(&answer));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_access_review_names_who_runs_the_network_too() {
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    city.person("Net Work", "loti", &[Role::NetworkAdministrator]).await;
    city.person("Vi Ewer", "loti", &[Role::Viewer]).await;
    let words = said(&city.get(&administrator, "/organisations/camden/people").await);
    assert!(words.contains("Also: 1 network administrator of the hub"), "{words}");
    assert!(words.contains("every organisation: Net Work.") && !words.contains("Vi Ewer"), "{words}");
    let csv = city.post(&administrator, "/organisations/camden/people.csv", &[]).await.text;
    assert!(csv.contains("\"Net Work\",\"\",\"active\",\"\",\"network administrator of the hub"), "{csv}");
}
