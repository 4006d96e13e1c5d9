//! A form about people sent twice: the second press gets the first result and its words.

use super::{
    place,
    providers::{Stub, metadata},
    said,
};
use crate::{
    testing::{Answer, Browser, City},
    web::form::new_command,
};
use axum::http::StatusCode;
use domain::people::{ApiToken, Role, Scope, sign_in::identity::Provider};

async fn twice(city: &City, browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
    let command = new_command().to_string();
    let mut sent = vec![("command", command.as_str())];
    sent.extend_from_slice(fields);
    let first = city.post(browser, path, &sent).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{path}: {}", first.text);
    assert!(!first.notice().is_empty(), "{path} says nothing");
    let head = city.store().sequence().await.unwrap();
    let second = city.post(browser, path, &sent).await;
    assert_eq!((second.status, second.location()), (first.status, first.location()), "{path}: {}", second.text);
    assert_eq!(second.notice(), first.notice(), "{path}");
    assert_eq!(city.store().sequence().await.unwrap(), head, "{path}: something was written");
    first
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_roles_and_the_sign_in_of_an_organisation_are_said_to_be_saved_both_times() {
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    let invited = [("name", "Ann Other"), ("email", "ann.other@camden.example"), ("role", "editor")];
    let first = twice(&city, &administrator, "/organisations/camden/people/invite", &invited).await;
    assert_eq!(first.notice(), "An invitation was sent to ann.other@camden.example");
    let person = city.person("Vi Ewer", "camden", &[Role::Viewer]).await;
    let place = place(&city, person).await;
    let (path, version) = (format!("/organisations/camden/people/{}", place.id), place.updated_at.to_string());
    let first = twice(&city, &administrator, &path, &[("version", &version), ("role", "editor")]).await;
    assert_eq!(first.notice(), "The roles are saved. They count at once");
    let settings = [
        ("version", "0"),
        ("client_id", "city-tools"),
        ("enabled", "yes"),
        ("kind", "entra"),
        ("tenant", "3c9d2f60-5b0e-4f7a-9a51-0d6f7c8e9b12"),
    ];
    // The tenant answers.
    let (stub, now) = (Stub::new().await, city.app.clock.now());
    let issuer = Provider::Entra { tenant: settings[4].1.to_owned() }.issuer();
    city.app.oidc.remember(issuer.clone(), now, metadata(&issuer, &stub.issuer));
    let first = twice(&city, &administrator, "/organisations/camden/sign-in", &settings).await;
    assert_eq!(first.notice(), "The sign-in settings are saved");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_back_is_said_to_be_both_times() {
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    let person = city.person("Vi Ewer", "camden", &[Role::Viewer]).await;
    let end = format!("/organisations/camden/people/{}/end", place(&city, person).await.id);
    let first = twice(&city, &administrator, &end, &[("what", "sessions")]).await;
    assert_eq!(first.notice(), "Vi Ewer is signed out everywhere");
    let first = twice(&city, &administrator, &end, &[("what", "revoke")]).await;
    assert!(first.notice().starts_with("Vi Ewer no longer acts for"), "{}", first.notice());
    // A token, and a session of another browser.
    let person = city.person("Ed Itor", "camden", &[Role::Editor]).await;
    let browser = city.signed_in(person, "camden").await;
    city.post(&browser, "/account/tokens", &[("name", "export"), ("days", "30")]).await;
    let tokens: Vec<ApiToken> = city.store().by(&Scope::Operator, "person_id", person.0.to_string()).await.unwrap();
    let first = twice(&city, &browser, "/account/tokens/revoke", &[("token", &tokens[0].id.to_string())]).await;
    assert_eq!(first.notice(), "The token no longer works");
    city.signed_in(person, "camden").await;
    let page = city.get(&browser, "/account").await.page();
    let other = scraper::Selector::parse("form[action='/account/sessions/end'] input[name=session]").unwrap();
    let session = page.select(&other).next().unwrap().value().attr("value").unwrap();
    let first = twice(&city, &browser, "/account/sessions/end", &[("session", session)]).await;
    assert_eq!(first.notice(), "The session has ended");
    // Each form has a command of its own: a press of one is no repeat of another.
    let commands = scraper::Selector::parse("form[action='/account/sessions/end'] input[name=command]").unwrap();
    let all: Vec<_> = page.select(&commands).filter_map(|one| one.value().attr("value")).collect();
    assert!(all.len() == 2 && all[0] != all[1], "{all:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_is_said_to_be_added_both_times() {
    let city = City::empty().await;
    let network = city.browser("loti", Role::NetworkAdministrator).await;
    let first = twice(&city, &network, "/network/add", &[("name", "Watford"), ("kind", "council")]).await;
    assert_eq!(first.notice(), "Watford is added. Invite its first administrator");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_press_for_a_token_says_that_it_was_shown_and_makes_no_other() {
    let city = City::empty().await;
    let person = city.person("Ed Itor", "camden", &[Role::Editor]).await;
    let browser = city.signed_in(person, "camden").await;
    let command = new_command().to_string();
    let sent = [("command", command.as_str()), ("name", "export"), ("days", "30")];
    let first = city.post(&browser, "/account/tokens", &sent).await;
    assert!(first.text.contains("Copy the token now"), "{}", first.text);
    let second = city.post(&browser, "/account/tokens", &sent).await;
    assert_eq!((second.status, second.location()), (StatusCode::SEE_OTHER, "/account/tokens"));
    assert!(second.notice().contains("is shown only once"), "{}", second.notice());
    let tokens: Vec<ApiToken> = city.store().by(&Scope::Operator, "person_id", person.0.to_string()).await.unwrap();
    assert_eq!(tokens.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_not_whole_is_called_a_form_and_not_an_address() {
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    let path = "/organisations/camden/people/invite";
    let refused = city.post(&administrator, path, &[("command", "none"), ("name", "Ann Typed")]).await;
    let words = said(&refused);
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{words}");
    assert!(words.contains("There is a problem with the form") && words.contains("Nothing was saved"), "{words}");
    assert!(words.contains("open its page again") && !words.contains("Dates are written"), "{words}");
    assert_eq!(city.get(&administrator, "/problems/invalid-form").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn s08_a_button_on_anothers_page_does_nothing_for_whoever_has_signed_in_since() {
    let city = City::empty().await;
    let ada = city.person("Ada", "camden", &[Role::Administrator]).await;
    city.place(ada, None, "hackney", &[Role::Viewer]).await;
    super::factors::with_app(&city, ada).await;
    let hers = city.signed_in(ada, "camden").await;
    let bea = city.person("Bea", "camden", &[Role::Administrator]).await;
    city.place(bea, None, "hackney", &[Role::Viewer]).await;
    super::factors::with_app(&city, bea).await;
    let theirs = city.signed_in(bea, "camden").await;
    let hackney = city.organisation("hackney").id.to_string();
    city.post(&hers, "/organisations/camden/people/invite", &[("name", "C"), ("email", "c@camden.example"), ("role", "editor")])
        .await;
    let (_, text) = super::mail(&city, "c@camden.example").await.unwrap();
    let token: String = text.split_once("token=").unwrap().1.chars().take_while(char::is_ascii_hexdigit).collect();
    let invitation = format!("/invitation?token={token}");
    for (page, action, fields) in [
        ("/account/acting-for", "/account/acting-for", &[("organisation", hackney.as_str())][..]),
        ("/account", "/account/recovery-codes", &[]),
        ("/account/second-factor", "/account/second-factor", &[("with", "app")]),
        ("/organisations/camden/people", "/organisations/camden/people.csv", &[]),
        (invitation.as_str(), "/invitation", &[("token", token.as_str())]),
    ] {
        let shown = city.get(&hers, page).await;
        let writer = scraper::Selector::parse(&format!("form[action='{action}'] input[name=writer]")).unwrap();
        let writer = shown.page().select(&writer).next().and_then(|one| one.value().attr("value").map(str::to_owned));
        assert_eq!(writer, Some(ada.to_string()), "{page}");
        let head = city.store().sequence().await.unwrap();
        let writer = writer.unwrap();
        let sent: Vec<(&str, &str)> = fields.iter().copied().chain([("writer", writer.as_str())]).collect();
        let refused = city.post(&theirs, action, &sent).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{action}: {}", refused.location());
        assert_eq!(city.store().sequence().await.unwrap(), head, "{action} wrote something");
        let done = city.post(&hers, action, &sent).await;
        assert!(matches!(done.status, StatusCode::OK | StatusCode::SEE_OTHER), "{action}: {}", done.status);
    }
}
