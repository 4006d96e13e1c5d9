//! Tokens for programs, acting for several organisations, and who sees whose people.

use super::said;
use crate::testing::{Answer, Browser, City};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use domain::people::{Role, Scope};

async fn program(city: &City, secret: &str, path: &str) -> Answer {
    let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {secret}")).body(Body::empty()).unwrap();
    city.send(&Browser::default(), request).await
}

async fn token(city: &City, browser: &Browser) -> String {
    let made = city.post(browser, "/account/tokens", &[("name", "export"), ("days", "7")]).await;
    let secret = scraper::Selector::parse(".ct-secret").unwrap();
    made.page().select(&secret).next().expect("the token is shown once").text().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_shown_once_scoped_to_one_organisation_and_its_use_is_noted() {
    let city = City::empty().await;
    let person = city.person("Ed", "camden", &[Role::Editor, Role::Siro]).await;
    city.place(person, None, "hackney", &[Role::Editor]).await;
    let browser = city.signed_in(person, "camden").await;
    let secret = token(&city, &browser).await;
    let page = city.get(&browser, "/account/tokens").await;
    assert!(!page.text.contains(&secret) && said(&page).contains("not yet"));
    let me = program(&city, &secret, "/api/me").await;
    // A program holds no role that needs a second factor.
    assert_eq!(me.text, r#"{"name":"Ed","organisation":"Camden","roles":["editor"],"writes":false}"#);
    assert!(!said(&city.get(&browser, "/account/tokens").await).contains("not yet"));
    // One that was made to write, when there were such, goes on reading.
    let tokens: Vec<domain::people::ApiToken> =
        city.store().by(&Scope::Operator, "person_id", person.0.to_string()).await.unwrap();
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    let mut after = domain::people::ApiToken { writes: true, ..tokens[0].clone() };
    write.update(&tokens[0], &mut after).await.unwrap();
    write.commit().await.unwrap();
    assert!(program(&city, &secret, "/api/me").await.text.contains(r#""writes":false"#));
    // In the API alone: pages do not know it.
    assert_eq!(program(&city, &secret, "/account").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_reads_its_organisations_own_register_and_one_that_does_not_work_nothing() {
    let city = City::empty().await;
    let manager = city.person("Ed", "camden", &[Role::ContractManager]).await;
    let (camden, hackney) = (city.organisation("camden").id, city.organisation("hackney").id);
    let mut hidden = test_support::records::contract(camden, "Not public yet", None);
    (hidden.published, hidden.manager, hidden.note) = (false, Some(manager), Some("ask Ed".to_owned()));
    let mut theirs = test_support::records::contract(hackney, "Hackney’s own", None);
    theirs.published = false;
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.create(&mut [hidden, theirs]).await.unwrap();
    write.commit().await.unwrap();
    let secret = token(&city, &city.signed_in(manager, "camden").await).await;
    let own = program(&city, &secret, "/api/me/contracts").await;
    let own: serde_json::Value = serde_json::from_str(&own.text).unwrap();
    assert_eq!((&own["organisation"], &own["total"]), (&serde_json::json!("Camden"), &serde_json::json!(1)), "{own}");
    let one = &own["items"][0];
    assert_eq!((&one["title"], &one["public"]), (&serde_json::json!("Not public yet"), &serde_json::json!(false)));
    assert_eq!((&one["manager_name"], &one["note"]), (&serde_json::json!("Ed"), &serde_json::json!("ask Ed")));
    for path in ["/api/me/systems", "/api/me/skills"] {
        assert!(program(&city, &secret, path).await.text.contains(r#""total":0"#));
    }
    assert_eq!(program(&city, &secret, "/api/v1/contracts").await.status, StatusCode::OK);
    // A program whose token has ended must not take the public register for all that it may read.
    for path in ["/api/me/contracts", "/api/v1/contracts"] {
        assert_eq!(program(&city, "ct_AAAA", path).await.status, StatusCode::UNAUTHORIZED, "{path}");
        let nobody = city.get(&Browser::default(), path).await.status;
        assert_eq!(nobody, if path.starts_with("/api/me") { StatusCode::UNAUTHORIZED } else { StatusCode::OK });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_stops_when_taken_back_and_others_cannot_take_it_back() {
    let city = City::empty().await;
    let browser = city.browser("camden", Role::Editor).await;
    let secret = token(&city, &browser).await;
    let person = browser.person.unwrap();
    let tokens: Vec<domain::people::ApiToken> =
        city.store().by(&Scope::Operator, "person_id", person.0.to_string()).await.unwrap();
    let id = tokens[0].id.to_string();
    for slug in ["camden", "hackney"] {
        let other = city.browser(slug, Role::Administrator).await;
        assert_eq!(city.post(&other, "/account/tokens/revoke", &[("token", &id)]).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(program(&city, &secret, "/api/me").await.status, StatusCode::OK);
    city.post(&browser, "/account/tokens/revoke", &[("token", &id)]).await;
    let refused = program(&city, &secret, "/api/me").await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_eq!(refused.headers.get(header::CONTENT_TYPE).unwrap(), "application/problem+json");
    for wrong in ["", "ct_", "ct_AAAA", &secret.to_uppercase()] {
        assert_eq!(program(&city, wrong, "/api/me").await.status, StatusCode::UNAUTHORIZED, "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_acts_for_one_of_their_organisations_at_a_time_and_sees_for_which() {
    let city = City::empty().await;
    let person = city.person("Anjali", "hackney", &[Role::Dpo]).await;
    city.place(person, None, "islington", &[Role::Dpo]).await;
    let browser = city.signed_in(person, "hackney").await;
    assert!(said(&city.get(&browser, "/account").await).contains("Acting for Hackney"));
    let islington = city.organisation("islington").id.to_string();
    let camden = city.organisation("camden").id.to_string();
    assert_eq!(city.post(&browser, "/account/acting-for", &[("organisation", &camden)]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(city.post(&browser, "/account/acting-for", &[("organisation", &islington)]).await.location(), "/account");
    assert!(said(&city.get(&browser, "/account").await).contains("Acting for Islington"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_acts_for_the_organisation_it_was_opened_for_whatever_another_tab_acts_for_since() {
    let city = City::empty().await;
    let roles = [Role::Editor, Role::ProjectLead, Role::Administrator];
    let person = city.person("Anjali", "hackney", &roles).await;
    city.place(person, None, "islington", &roles).await;
    let browser = city.signed_in(person, "hackney").await;
    let [hackney, islington, camden] = ["hackney", "islington", "camden"].map(|slug| city.organisation(slug).id);
    let (whose, theirs) = (hackney.to_string(), camden.to_string());
    for path in ["/account/tokens", "/sources/new", "/projects/new", "/account/provisioning"] {
        let hidden = format!(r#"name="organisation" value="{whose}""#);
        assert!(city.get(&browser, path).await.text.contains(&hidden), "{path}");
    }
    city.post(&browser, "/account/acting-for", &[("organisation", &islington.to_string())]).await;
    let token = [("name", "export"), ("days", "7")];
    let source = [
        ("name", "Register"),
        ("kind", "csv"),
        ("url", "https://data.hackney.example/c.csv"),
        ("every", "week"),
        ("mapping", ""),
    ];
    let project = [("title", "Damp sensors"), ("purpose", "Find damp early.")];
    let forms: [(&str, &[(&str, &str)]); 4] =
        [("/account/tokens", &token), ("/sources/new", &source), ("/projects/new", &project), ("/account/provisioning", &[])];
    for (path, fields) in forms {
        let with = |organisation| [fields, &[("organisation", organisation)]].concat();
        // Nobody acts for an organisation at which they have no place.
        assert_eq!(city.post(&browser, path, &with(theirs.as_str())).await.status, StatusCode::NOT_FOUND, "{path}");
        let made = city.post(&browser, path, &with(whose.as_str())).await;
        assert!(made.status.is_success() || made.status.is_redirection(), "{path}: {}", made.text);
    }
    let tokens: Vec<domain::people::ApiToken> =
        city.store().by(&Scope::Operator, "person_id", person.0.to_string()).await.unwrap();
    assert_eq!(tokens.iter().map(|token| token.organisation).collect::<Vec<_>>(), [hackney]);
    let sources: Vec<domain::work::sources::Source> = city.store().all(&Scope::Operator).await.unwrap();
    assert_eq!(sources.iter().map(|source| source.organisation).collect::<Vec<_>>(), [hackney]);
    let projects: Vec<domain::dpia::project::Project> = city.store().all(&Scope::Operator).await.unwrap();
    assert_eq!(projects.iter().map(|project| project.organisation).collect::<Vec<_>>(), [hackney]);
    assert_eq!(city.store().scim_tokens(&Scope::Operator, hackney).await.unwrap().len(), 1);
    assert!(city.store().scim_tokens(&Scope::Operator, islington).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn s14_another_organisations_people_are_not_there() {
    let city = City::empty().await;
    let person = city.person("Ed", "camden", &[Role::Editor]).await;
    let places: Vec<domain::people::Membership> =
        city.store().by(&Scope::Operator, "person_id", person.0.to_string()).await.unwrap();
    let theirs = places[0].id.to_string();
    let administrator = city.browser("hackney", Role::Administrator).await;
    let nothing = city.get(&administrator, "/no-such-page").await;
    for path in [
        "/organisations/camden/people".to_owned(),
        "/organisations/camden/people/invite".to_owned(),
        "/organisations/camden/sign-in".to_owned(),
        "/organisations/nowhere/people".to_owned(),
        format!("/organisations/camden/people/{theirs}"),
        // S12: another organisation's member under one's own address.
        format!("/organisations/hackney/people/{theirs}"),
    ] {
        let answer = city.get(&administrator, &path).await;
        assert_eq!((answer.status, &answer.text), (nothing.status, &nothing.text), "{path}");
    }
    let csv = city.post(&administrator, "/organisations/camden/people.csv", &[]).await;
    assert_eq!((csv.status, &csv.text), (nothing.status, &nothing.text));
    let path = format!("/organisations/hackney/people/{theirs}/end");
    assert_eq!(city.post(&administrator, &path, &[("what", "revoke")]).await.status, StatusCode::NOT_FOUND);
}
