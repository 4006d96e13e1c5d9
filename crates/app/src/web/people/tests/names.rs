//! What people are called: corrected by themselves, or by those who manage the only organisation they act for, and by nobody else.

use super::{email, mail, place, said};
use crate::{
    testing::{Answer, Browser, City},
    web::form::new_command,
};
use axum::http::StatusCode;
use domain::people::{Membership, MembershipId, Person, PersonId, Role, Scope};
use store::scim::ScimUser;
use uuid::Uuid;

async fn stored(city: &City, person: PersonId) -> Person {
    city.store().get(&Scope::Operator, person.0).await.unwrap().unwrap()
}

async fn rename(city: &City, browser: &Browser, name: &str, version: i64) -> Answer {
    city.post(browser, "/account/name", &[("name", name), ("version", &version.to_string())]).await
}

async fn rename_of(city: &City, browser: &Browser, person: PersonId, name: &str) -> Answer {
    let path = format!("/organisations/camden/people/{}/name", place(city, person).await.id);
    city.post(browser, &path, &[("name", name), ("version", &stored(city, person).await.updated_at.to_string())]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_corrects_their_own_name_and_the_change_log_keeps_what_it_was() {
    let city = City::empty().await;
    let person = city.person("Zoe Typo", "camden", &[Role::Editor]).await;
    let browser = city.signed_in(person, "camden").await;
    let account = city.get(&browser, "/account").await;
    assert!(account.text.contains("/account/name"), "{}", account.text);
    let page = city.get(&browser, "/account/name").await;
    assert!(page.text.contains("value=\"Zoe Typo\""), "{}", page.text);
    let opened = stored(&city, person).await.updated_at;
    for (wrong, words) in [("", "Enter your name"), (&*"x".repeat(101), "The name must be 100 characters or fewer")] {
        let refused = rename(&city, &browser, wrong, opened).await;
        assert!(refused.text.contains("<title>Error: ") && said(&refused).matches(words).count() >= 2, "{}", said(&refused));
    }
    let done = rename(&city, &browser, "Zoë Type", opened).await;
    assert_eq!(done.location(), "/account");
    assert_eq!(stored(&city, person).await.name, "Zoë Type");
    assert!(said(&city.get(&browser, "/account").await).contains("Zoë Type, editor"), "the bar says it too");
    let history = city.store().history_of(&Scope::Operator, &stored(&city, person).await).await.unwrap();
    assert_eq!(history[0].content.as_ref().unwrap().to_string(), r#"{"name":["Zoe Typo","Zoë Type"]}"#);
    // A page that was opened before shows both names and keeps them until one is chosen.
    let late = rename(&city, &browser, "Zoe Tipo", opened).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(said(&late).contains("Your name is now: Zoë Type") && late.text.contains("value=\"Zoe Tipo\""), "{}", said(&late));
    assert_eq!(stored(&city, person).await.name, "Zoë Type");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_corrects_the_name_of_who_acts_for_nobody_else_and_they_hear_of_it() {
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    let person = city.person("Zoe Typo", "camden", &[Role::Editor]).await;
    let done = rename_of(&city, &administrator, person, "Zoë Type").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(stored(&city, person).await.name, "Zoë Type");
    let letter = mail(&city, &email(&city, person).await).await.unwrap();
    assert_eq!(letter.0, "You are now called Zoë Type on City Tools");
    // Nobody else may: not another organisation's administrator, not an editor of the same one.
    for (slug, role) in [("hackney", Role::Administrator), ("camden", Role::Editor)] {
        let other = city.browser(slug, role).await;
        assert_eq!(rename_of(&city, &other, person, "Mine").await.status, StatusCode::NOT_FOUND);
    }
    // Who acts for another organisation too is called the same there.
    city.place(person, None, "hackney", &[Role::Editor]).await;
    let refused = rename_of(&city, &administrator, person, "Zoe").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(said(&refused).contains("They act for another organisation too"), "{}", said(&refused));
    assert_eq!(stored(&city, person).await.name, "Zoë Type");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_a_directory_keeps_is_corrected_there() {
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    let person = city.person("Zoe Typo", "camden", &[Role::Editor]).await;
    let browser = city.signed_in(person, "camden").await;
    let (camden, now) = (city.organisation("camden").id, city.app.clock.now());
    let member = place(&city, person).await;
    let mut write = city.store().write(&Scope::Operator, now).await.unwrap();
    write
        .keep_scim_user(camden, &ScimUser { person, id: person.0, user_name: "zoe".to_owned(), external_id: None })
        .await
        .unwrap();
    write.commit().await.unwrap();
    let opened = stored(&city, person).await.updated_at;
    // As long as the directory has no token it says nothing.
    assert_eq!(rename(&city, &browser, "Zoë Type", opened).await.status, StatusCode::SEE_OTHER);
    let mut write = city.store().write(&Scope::Operator, now).await.unwrap();
    write.add_scim_token(camden, [7; 32], now + 1_000_000).await.unwrap();
    write.commit().await.unwrap();
    // Nor does it change anything that another organisation invites them, as long as they do nothing.
    let invitation = Membership {
        id: MembershipId(Uuid::now_v7()),
        organisation: city.organisation("hackney").id,
        accepted_at: None,
        ..member.clone()
    };
    let mut write = city.store().write(&Scope::Operator, now).await.unwrap();
    write.create(&mut [invitation]).await.unwrap();
    write.commit().await.unwrap();
    let page = said(&city.get(&browser, "/account/name").await);
    assert!(page.contains("The directory of Camden says so") && !page.contains("Save your name"), "{page}");
    let refused = rename(&city, &browser, "Zoe", stored(&city, person).await.updated_at).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let path = format!("/organisations/camden/people/{}/name", member.id);
    let version = stored(&city, person).await.updated_at.to_string();
    let refused = city.post(&administrator, &path, &[("name", "Zoe"), ("version", &version)]).await;
    assert!(said(&refused).contains("The directory of Camden says what they are called"), "{}", said(&refused));
    assert_eq!(stored(&city, person).await.name, "Zoë Type");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_saved_twice_is_said_to_be_saved_both_times() {
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    let person = city.person("Zoe Typo", "camden", &[Role::Editor]).await;
    let own = city.signed_in(person, "camden").await;
    let theirs = format!("/organisations/camden/people/{}/name", place(&city, person).await.id);
    for (browser, path, name) in [(&own, "/account/name", "Zoë Type"), (&administrator, theirs.as_str(), "Zoë Typ")] {
        let (version, command) = (stored(&city, person).await.updated_at.to_string(), new_command().to_string());
        let fields = [("name", name), ("version", version.as_str()), ("command", command.as_str())];
        let first = city.post(browser, path, &fields).await;
        let at = stored(&city, person).await.updated_at;
        let second = city.post(browser, path, &fields).await;
        assert_eq!((second.status, second.location()), (first.status, first.location()), "{path}: {}", second.text);
        assert!(!first.notice().is_empty(), "{path}: no banner");
        assert_eq!(second.notice(), first.notice(), "{path}");
        assert_eq!(stored(&city, person).await.updated_at, at, "{path}: written once");
    }
}
