//! Two at once: an organisation keeps an administrator, whoever presses at the same moment.

use super::{Client, code, place, said};
use crate::testing::{Answer, Browser, City};
use axum::http::StatusCode;
use domain::people::{Membership, Role, Scope, members::administers, sign_in::records::IdentityProvider};

const STAYS: &str = "Nobody else here is an administrator";

async fn end(city: &City, browser: &Browser, slug: &str, place: &Membership) -> Answer {
    city.post(browser, &format!("/organisations/{slug}/people/{}/end", place.id), &[("what", "revoke")]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_is_not_taken_away_while_the_other_one_goes() {
    let city = City::empty().await;
    let ann = city.person("Ann", "camden", &[Role::Administrator]).await;
    let bea = city.person("Bea", "camden", &[Role::Administrator]).await;
    let browser = city.signed_in(ann, "camden").await;
    let (own, others) = (place(&city, ann).await, place(&city, bea).await);
    let answer = city.while_leaving(&own, end(&city, &browser, "camden", &others)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(said(&answer).contains(STAYS), "{}", said(&answer));
    assert!(administers(&place(&city, bea).await) && !administers(&place(&city, ann).await));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_keeps_the_role_while_the_other_one_goes() {
    let city = City::empty().await;
    let ann = city.person("Ann", "camden", &[Role::Administrator]).await;
    let bea = city.person("Bea", "camden", &[Role::Administrator]).await;
    let browser = city.signed_in(ann, "camden").await;
    let (own, others) = (place(&city, ann).await, place(&city, bea).await);
    let version = others.updated_at.to_string();
    let path = format!("/organisations/camden/people/{}", others.id);
    let fields = [("version", version.as_str()), ("role", "editor")];
    let answer = city.while_leaving(&own, city.post(&browser, &path, &fields)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(said(&answer).contains(STAYS), "{}", said(&answer));
    assert_eq!(place(&city, bea).await.roles, [Role::Administrator]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_administrators_who_end_one_another_at_once_one_is_left() {
    let city = City::empty().await;
    for slug in ["camden", "hackney", "barnet", "brent", "ealing"] {
        let ann = city.person("Ann", slug, &[Role::Administrator]).await;
        let bea = city.person("Bea", slug, &[Role::Administrator]).await;
        let (hers, his) = (city.signed_in(ann, slug).await, city.signed_in(bea, slug).await);
        let (own, others) = (place(&city, ann).await, place(&city, bea).await);
        tokio::join!(end(&city, &hers, slug, &others), end(&city, &his, slug, &own));
        let left = [place(&city, ann).await, place(&city, bea).await];
        assert_eq!(left.iter().filter(|place| administers(place)).count(), 1, "{slug}: {left:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_changed_at_the_same_moment_is_looked_at_anew() {
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    let ed = place(&city, city.person("Ed", "camden", &[Role::Editor]).await).await;
    let version = ed.updated_at.to_string();
    let path = format!("/organisations/camden/people/{}", ed.id);
    let fields = [("version", version.as_str()), ("role", "viewer"), ("services", "Housing")];
    let answer = city.while_leaving(&ed, city.post(&administrator, &path, &fields)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let told = said(&answer);
    assert!(told.contains("This can no longer be changed. Open the page again"), "{told}");
    assert!(place(&city, ed.person).await.revoked_at.is_some());
    assert_eq!(city.get(&administrator, "/problems/overtaken").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_administrators_who_change_different_things_of_one_person_at_once_both_are_kept() {
    let city = City::empty().await;
    let ann = city.browser("camden", Role::Administrator).await;
    let bea = city.browser("camden", Role::Administrator).await;
    for name in ["Ed", "Flo", "Gus", "Hal"] {
        let before = place(&city, city.person(name, "camden", &[Role::Editor]).await).await;
        let version = before.updated_at.to_string();
        let path = format!("/organisations/camden/people/{}", before.id);
        let roles = [("version", version.as_str()), ("role", "viewer")];
        let services = [("version", version.as_str()), ("role", "editor"), ("services", "Housing")];
        let (one, two) = tokio::join!(city.post(&ann, &path, &roles), city.post(&bea, &path, &services));
        assert_eq!([one.status, two.status], [StatusCode::SEE_OTHER; 2], "{name}: {} {}", said(&one), said(&two));
        let after = place(&city, before.person).await;
        assert_eq!((after.roles, after.services), (vec![Role::Viewer], vec!["Housing".to_owned()]), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_administrators_who_give_the_first_sign_in_settings_at_once_the_second_meets_those_of_the_first() {
    let city = City::empty().await;
    let mut slugs = Vec::new();
    for slug in ["camden", "hackney", "barnet", "brent"] {
        let ann = city.browser(slug, Role::Administrator).await;
        let bea = city.browser(slug, Role::Administrator).await;
        let path = format!("/organisations/{slug}/sign-in");
        let settings = |issuer: &'static str| {
            [("version", "0"), ("kind", "open-id"), ("issuer", issuer), ("client_id", "city-tools"), ("enabled", "yes")]
        };
        let (hers, his) = (settings("https://one.example.org"), settings("https://two.example.org"));
        let (one, two) = tokio::join!(city.post(&ann, &path, &hers), city.post(&bea, &path, &his));
        let mut both = [one.status, two.status];
        both.sort();
        assert_eq!(both, [StatusCode::OK, StatusCode::SEE_OTHER], "{slug}: {} {}", said(&one), said(&two));
        let late = if one.status == StatusCode::OK { &one } else { &two };
        assert!(said(late).contains("Someone else changed these settings meanwhile"), "{}", said(late));
        slugs.push(city.organisation(slug).id);
    }
    let providers: Vec<IdentityProvider> = city.store().all(&Scope::Operator).await.unwrap();
    let mut owners: Vec<_> = providers.iter().map(|provider| provider.organisation).collect();
    owners.sort();
    slugs.sort();
    assert_eq!(owners, slugs);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_second_factors_that_are_removed_at_once_one_stays_for_whoever_must_have_one() {
    let city = City::empty().await;
    for name in ["Ann", "Bea", "Cal", "Dot"] {
        let person = city.person(name, "camden", &[Role::Administrator]).await;
        for _ in 0..2 {
            super::factors::with_app(&city, person).await;
        }
        let browser = city.signed_in(person, "camden").await;
        let factors = city.store().factors(&Scope::Operator, person).await.unwrap();
        let [one, two] = [0, 1].map(|at| factors[at].id.to_string());
        let remove = async |factor: &str| city.post(&browser, "/account/second-factor/remove", &[("factor", factor)]).await;
        let (first, second) = tokio::join!(remove(&one), remove(&two));
        assert_eq!([first.location(), second.location()], ["/account"; 2]);
        let stays = "Your roles need a second factor";
        let told = [first.notice(), second.notice()].iter().filter(|notice| notice.contains(stays)).count();
        assert_eq!((told, city.store().factors(&Scope::Operator, person).await.unwrap().len()), (1, 1), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s04_what_somebody_makes_while_their_place_is_taken_away_is_not_made() {
    let city = City::empty().await;
    for (name, path, fields) in [
        ("Ann", "/account/tokens", &[("name", "export"), ("days", "30")][..]),
        ("Bea", "/work/calendar", &[]),
        ("Cal", "/account/provisioning", &[]),
    ] {
        let person = city.person(name, "camden", &[Role::Administrator]).await;
        let browser = city.signed_in(person, "camden").await;
        let own = place(&city, person).await;
        let head = city.store().sequence().await.unwrap();
        let answer = city.while_leaving(&own, city.post(&browser, path, fields)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}: {}", answer.text);
        assert_eq!(city.store().sequence().await.unwrap(), head + 1, "{path}: more was written than that they left");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s04_nobody_is_signed_in_while_their_only_place_is_taken_away() {
    let city = City::empty().await;
    let ed = city.person("Ed", "camden", &[Role::Editor]).await;
    let client = Client::new(&city);
    client.post("/sign-in", &[("email", "ed@camden.example")]).await;
    let code = code(&city, "ed@camden.example").await.unwrap();
    let own = place(&city, ed).await;
    let answer = city.while_leaving(&own, client.post("/sign-in/code", &[("code", &code)])).await;
    assert_eq!(answer.location(), "/sign-in?problem=not-known", "{}", answer.text);
    assert!(city.store().sessions_of(&Scope::Operator, ed).await.unwrap().is_empty());
}
