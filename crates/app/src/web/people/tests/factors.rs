//! Second factors: authenticator app, recovery codes, set-up links; passkeys are tested in the browser suite, with Chromium's
//! virtual authenticator.

use super::{Client, FLOW, code, email, mail, said};
use crate::{
    sign_in::{random::unhex, totp},
    testing::City,
    web::session::COOKIE,
};
use axum::http::StatusCode;
use domain::{
    audit::hex,
    people::{Act, PersonId, Role, Scope, may, session::FRESH, sign_in::invitation::Purpose},
};
use store::sign_in::factors::FactorKind;

pub(super) const SECRET: &[u8] = b"12345678901234567890";

pub(super) async fn with_app(city: &City, person: PersonId) {
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.add_factor(person, FactorKind::Totp, "App", &hex(SECRET), None).await.unwrap();
    write.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_second_factor_the_code_alone_signs_nobody_in_and_each_app_code_works_once() {
    let city = City::empty().await;
    let person = city.person("Si Ro", "camden", &[Role::Siro]).await;
    with_app(&city, person).await;
    let address = email(&city, person).await;
    let client = Client::new(&city);
    assert_eq!(client.sign_in(&address).await, "/sign-in/second-factor");
    assert!(client.cookie(COOKIE).is_none());
    let wrong = client.post("/sign-in/second-factor", &[("code", "12345")]).await;
    assert!(wrong.text.contains("<title>Error: ") && client.cookie(COOKIE).is_none());
    let code = totp::shown(SECRET, city.app.clock.now());
    assert_eq!(client.post("/sign-in/second-factor", &[("code", &code)]).await.location(), "/work");
    let account = client.get("/account").await;
    assert!(said(&account).contains("emailed code and authenticator app"), "{}", said(&account));
    let other = Client::new(&city);
    assert_eq!(other.sign_in(&address).await, "/sign-in/second-factor");
    assert_eq!(other.post("/sign-in/second-factor", &[("code", &code)]).await.status, StatusCode::OK);
    assert!(other.cookie(COOKIE).is_none(), "the same code again");
}

/// A press of the button under a code of the app, by a browser that has got no answer yet: the browser, and where it led.
async fn pressed<'c>(client: Client<'c>, cookies: &[(&str, &str)], shown: &str) -> (Client<'c>, String) {
    for (name, value) in cookies {
        client.set(name, value);
    }
    let to = client.post("/sign-in/second-factor", &[("code", shown)]).await.location().to_owned();
    (client, to)
}

#[tokio::test(flavor = "multi_thread")]
async fn s19_a_second_factor_sent_twice_by_one_browser_leads_where_the_first_press_did_and_opens_one_session() {
    let city = City::empty().await;
    for (name, at_once) in [("Si Ro", true), ("Da Po", false)] {
        let person = city.person(name, "camden", &[Role::Siro]).await;
        with_app(&city, person).await;
        let address = email(&city, person).await;
        let client = Client::new(&city);
        client.post("/sign-in", &[("email", &address), ("next", "/contracts?q=a")]).await;
        let mailed = code(&city, &address).await.unwrap();
        assert_eq!(client.post("/sign-in/code", &[("code", &mailed)]).await.location(), "/sign-in/second-factor");
        let flow = client.cookie(FLOW).unwrap();
        let own = [(FLOW, flow.as_str())];
        let shown = totp::shown(SECRET, city.app.clock.now());
        let press = || pressed(Client::new(&city), &own, &shown);
        let (first, second) = if at_once { tokio::join!(press(), press()) } else { (press().await, press().await) };
        assert_eq!([first.1.as_str(), second.1.as_str()], ["/contracts?q=a"; 2], "at once: {at_once}");
        // Nobody else comes in with it, from another address or with another code.
        let wrong = if shown == "000000" { "000001" } else { "000000" };
        for (client, shown) in [(Client::new(&city).at([198, 51, 100, 9]), shown.as_str()), (Client::new(&city), wrong)] {
            let (thief, to) = pressed(client, &own, shown).await;
            assert_eq!((to.as_str(), thief.cookie(COOKIE)), ("/sign-in?problem=again", None));
        }
        let mut open = Vec::new();
        for client in [first.0, second.0] {
            open.push(client.get("/account").await.status == StatusCode::OK);
        }
        assert_eq!(open.iter().filter(|open| **open).count(), 1, "at once: {at_once}");
        // It is in use now: the same press opens nothing any more.
        let (late, to) = press().await;
        assert_eq!((to.as_str(), late.cookie(COOKIE)), ("/sign-in?problem=again", None));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_check_by_second_factor_that_is_pressed_twice_leads_on_both_times_and_once_more_after_the_answer() {
    let city = City::empty().await;
    let person = city.person("Si Ro", "camden", &[Role::Siro]).await;
    with_app(&city, person).await;
    let signed_in = city.session(person, "camden", true, city.app.clock.now() - FRESH - 1000).await;
    let session = signed_in.cookies.split_once('=').unwrap().1;
    let client = Client::new(&city);
    client.set(COOKIE, session);
    assert_eq!(client.post("/sign-in/check", &[("next", "/account/tokens")]).await.location(), "/sign-in/second-factor");
    let page = client.get("/sign-in/second-factor").await.page();
    let next = scraper::Selector::parse("form[action='/sign-in/second-factor'] input[name=next]").unwrap();
    let next = page.select(&next).next().unwrap().value().attr("value").unwrap();
    let flow = client.cookie(FLOW).unwrap();
    let shown = totp::shown(SECRET, city.app.clock.now());
    let own = [(FLOW, flow.as_str()), (COOKIE, session)];
    let (_, first) = pressed(Client::new(&city), &own, &shown).await;
    let (client, second) = pressed(client, &own, &shown).await;
    assert_eq!([first.as_str(), second.as_str()], ["/account/tokens"; 2]);
    assert_eq!(client.get("/account/tokens").await.status, StatusCode::OK, "it is fresh");
    let third = client.post("/sign-in/second-factor", &[("code", &shown), ("next", next)]).await;
    assert_eq!(third.location(), "/account/tokens", "the answer had come");
}

#[tokio::test(flavor = "multi_thread")]
async fn s19_the_second_factor_cannot_be_reached_without_the_first() {
    let city = City::empty().await;
    let person = city.person("Si Ro", "camden", &[Role::Siro]).await;
    with_app(&city, person).await;
    let client = Client::new(&city);
    client.post("/sign-in", &[("email", &email(&city, person).await)]).await;
    let code = totp::shown(SECRET, city.app.clock.now());
    for path in ["/sign-in/second-factor", "/sign-in/recovery"] {
        assert_eq!(client.post(path, &[("code", &code)]).await.location(), "/sign-in?problem=again");
        assert_eq!(client.get(path).await.location(), "/sign-in");
    }
    assert_eq!(client.post("/sign-in/passkey", &[]).await.status, StatusCode::NOT_FOUND);
    assert!(client.cookie(COOKIE).is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn s25_an_approver_without_a_second_factor_is_led_to_set_one_up_and_holds_nothing_before() {
    let city = City::empty().await;
    let person = city.person("Ad Min", "camden", &[Role::Administrator, Role::Editor]).await;
    let address = email(&city, person).await;
    let client = Client::new(&city);
    let to = client.sign_in(&address).await;
    assert_eq!(to, "/account/second-factor?next=%2Fwork");
    assert_eq!(client.get("/organisations/camden/people").await.status, StatusCode::NOT_FOUND);
    assert_eq!(client.get(&to).await.status, StatusCode::OK);
    assert_eq!(
        client.post("/account/second-factor", &[("with", "app"), ("next", "/work")]).await.location(),
        "/account/second-factor/app"
    );
    let page = client.get("/account/second-factor/app").await;
    assert!(page.text.contains("<svg class=\"ct-qr\""));
    let before = client.cookie(COOKIE).unwrap();
    // The secret stays with the server: the page is what the person has.
    let key: String = page.page().select(&scraper::Selector::parse(".ct-key-text").unwrap()).next().unwrap().text().collect();
    let secret = base32(&key);
    let wrong = client.post("/account/second-factor/app", &[("code", "000")]).await;
    assert!(said(&wrong).contains("Enter the 6 digits that the app shows now"));
    let code = totp::shown(&secret, city.app.clock.now());
    let done = client.post("/account/second-factor/app", &[("code", &code), ("name", "Telephone")]).await;
    let codes: Vec<String> =
        done.page().select(&scraper::Selector::parse(".ct-codes code").unwrap()).map(|code| code.text().collect()).collect();
    assert_eq!(codes.len(), 10);
    // S1: what the session may do has grown, so it has a new id.
    assert_ne!(client.cookie(COOKIE).unwrap(), before);
    assert_eq!(client.get("/organisations/camden/people").await.status, StatusCode::OK);
    let (subject, _) = mail(&city, &address).await.unwrap();
    assert_eq!(subject, "A second factor was added to your account");

    // A recovery code opens once, and its owner hears of it.
    for (number, expected) in [(0, "/work"), (0, ""), (1, "/work")] {
        let other = Client::new(&city);
        assert_eq!(other.sign_in(&address).await, "/sign-in/second-factor");
        let answer = other.post("/sign-in/recovery", &[("code", &codes[number].to_uppercase())]).await;
        assert_eq!(answer.location(), expected, "{number}");
    }
    assert_eq!(mail(&city, &address).await.unwrap().0, "A recovery code of yours was used");
    assert_eq!(city.store().recovery_codes_left(&Scope::Operator, person).await.unwrap(), 8);

    // The last one of someone who needs one stays.
    let factor = city.store().factors(&Scope::Operator, person).await.unwrap().remove(0);
    client.post("/account/second-factor/remove", &[("factor", &factor.id.to_string())]).await;
    assert_eq!(city.store().factors(&Scope::Operator, person).await.unwrap().len(), 1);
    let account = client.get("/account").await;
    assert!(said(&account).contains("Set up another before you remove this one"), "{}", said(&account));
    assert!(!account.text.contains("govuk-notification-banner--success"), "{}", account.text);
}

/// The bytes behind base32, as an app reads the key.
pub(super) fn base32(key: &str) -> Vec<u8> {
    let mut bits = 0u64;
    let (mut held, mut bytes) = (0, Vec::new());
    for letter in key.bytes().filter(|letter| !letter.is_ascii_whitespace()) {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            _ => letter - b'2' + 26,
        };
        bits = bits << 5 | u64::from(value);
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).unwrap());
        }
    }
    bytes
}

#[test]
fn a_key_reads_back() {
    assert_eq!(base32("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"), SECRET);
    assert_eq!(unhex(&hex(SECRET)), SECRET);
}

#[tokio::test(flavor = "multi_thread")]
async fn s21_second_factors_are_limited_per_account() {
    let city = City::empty().await;
    let person = city.person("Si Ro", "camden", &[Role::Siro]).await;
    with_app(&city, person).await;
    let client = Client::new(&city);
    client.sign_in(&email(&city, person).await).await;
    for _ in 0..10 {
        client.post("/sign-in/second-factor", &[("code", "000000")]).await;
    }
    let code = totp::shown(SECRET, city.app.clock.now());
    let refused = client.post("/sign-in/second-factor", &[("code", &code)]).await;
    assert!(said(&refused).contains("Too many wrong codes"), "{}", said(&refused));
    assert!(client.cookie(COOKIE).is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn s21_what_cannot_be_a_code_is_no_guess() {
    let city = City::empty().await;
    let person = city.person("Si Ro", "camden", &[Role::Siro]).await;
    with_app(&city, person).await;
    let client = Client::new(&city);
    client.sign_in(&email(&city, person).await).await;
    for typed in ["", "12345", "abcdef", "1234567", " "] {
        for path in ["/sign-in/second-factor", "/sign-in/recovery"] {
            for _ in 0..3 {
                let again = client.post(path, &[("code", typed)]).await;
                assert!(again.text.contains("<title>Error: ") && !said(&again).contains("Too many"), "{path} {typed}");
            }
        }
    }
    let empty = client.post("/sign-in/second-factor", &[("passkey", "")]).await;
    assert!(said(&empty).contains("The passkey was not taken"), "{}", said(&empty));
    let log = city.store().history(&Scope::Operator, person.0).await.unwrap();
    assert!(log.iter().all(|entry| !format!("{entry:?}").contains("refused")), "a slip is logged as a refusal: {log:?}");
    let code = totp::shown(SECRET, city.app.clock.now());
    assert_eq!(client.post("/sign-in/second-factor", &[("code", &code)]).await.location(), "/work");
    // Nor while an app is set up.
    client.post("/account/second-factor", &[("with", "app")]).await;
    for _ in 0..12 {
        let again = client.post("/account/second-factor/app", &[("code", "")]).await;
        assert!(said(&again).contains("Enter the 6 digits that the app shows now"), "{}", said(&again));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s19_a_set_up_link_only_sets_up_the_second_factor_once_and_replaces_what_was_lost() {
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    let person = city.person("Si Ro", "camden", &[Role::Siro]).await;
    with_app(&city, person).await;
    let session = city.signed_in(person, "camden").await;
    let places: Vec<domain::people::Membership> =
        city.store().by(&Scope::Operator, "person_id", person.0.to_string()).await.unwrap();
    let path = format!("/organisations/camden/people/{}/end", places[0].id);
    let link = |text: &str| {
        let page = scraper::Html::parse_document(text);
        let secret = scraper::Selector::parse(".ct-secret").unwrap();
        page.select(&secret).next().map(|code| code.text().collect::<String>().split_once("token=").unwrap().1.to_owned())
    };
    let first = link(&city.post(&administrator, &path, &[("what", "set-up")]).await.text).unwrap();
    let token = link(&city.post(&administrator, &path, &[("what", "set-up")]).await.text).unwrap();
    let client = Client::new(&city);
    assert_eq!(client.post("/set-up", &[("token", &first)]).await.location(), "/sign-in?problem=invitation", "replaced");
    let page = client.get(&format!("/set-up?token={token}")).await;
    assert_eq!(page.headers.get("referrer-policy").unwrap(), "no-referrer");
    assert_eq!(client.post("/set-up", &[("token", &token), ("with", "app")]).await.location(), "/account/second-factor/app");
    // It signs nobody in.
    assert_eq!(client.get("/account").await.status, StatusCode::SEE_OTHER);
    assert_eq!(client.get("/account/second-factor").await.status, StatusCode::SEE_OTHER);
    let page = client.get("/account/second-factor/app").await;
    let key: String = page.page().select(&scraper::Selector::parse(".ct-key-text").unwrap()).next().unwrap().text().collect();
    let code = totp::shown(&base32(&key), city.app.clock.now());
    let flow = client.cookie(FLOW).unwrap();
    assert_eq!(client.post("/account/second-factor/app", &[("code", &code)]).await.status, StatusCode::OK);
    assert!(client.cookie(COOKIE).is_none());
    let factors = city.store().factors(&Scope::Operator, person).await.unwrap();
    assert_eq!(factors.len(), 1);
    assert_ne!(factors[0].secret, hex(SECRET), "the lost one is gone");
    assert_eq!(city.get(&session, "/account").await.status, StatusCode::SEE_OTHER, "and so are its sessions");
    let again = Client::new(&city);
    again.set(FLOW, &flow);
    assert_eq!(again.get("/account/second-factor/app").await.location(), "/account/second-factor");
    assert_eq!(again.post("/set-up", &[("token", &token)]).await.location(), "/sign-in?problem=invitation");
}

#[tokio::test(flavor = "multi_thread")]
async fn s19_a_set_up_link_expires_and_an_administrator_cannot_make_one_for_themselves() {
    let city = City::empty().await;
    let person = city.person("Ad Min", "camden", &[Role::Administrator]).await;
    let now = city.app.clock.now();
    let secret = crate::sign_in::random::secret().unwrap();
    let mut write = city.store().write(&Scope::Operator, now - Purpose::SetUp.life()).await.unwrap();
    write.invite(&secret, Purpose::SetUp, person, city.organisation("camden").id).await.unwrap();
    write.commit().await.unwrap();
    let client = Client::new(&city);
    let answer = client.get(&format!("/set-up?token={}", secret.expose())).await;
    assert_eq!(answer.location(), "/sign-in?problem=invitation");
    let browser = city.signed_in(person, "camden").await;
    let places: Vec<domain::people::Membership> =
        city.store().by(&Scope::Operator, "person_id", person.0.to_string()).await.unwrap();
    let path = format!("/organisations/camden/people/{}/end", places[0].id);
    let own = city.post(&browser, &path, &[("what", "set-up")]).await;
    assert!(said(&own).contains("Another administrator must make this link for you"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_an_open_set_up_link_sets_up_with_it_and_not_with_the_mailbox_alone() {
    let city = City::empty().await;
    let person = city.person("Ad Min", "camden", &[Role::Administrator]).await;
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    let secret = crate::sign_in::random::secret().unwrap();
    write.invite(&secret, Purpose::SetUp, person, city.organisation("camden").id).await.unwrap();
    write.commit().await.unwrap();
    let client = Client::new(&city);
    client.sign_in(&email(&city, person).await).await;
    let answer = client.post("/account/second-factor", &[("with", "app")]).await;
    assert_eq!(answer.location(), "/account");
    // That nothing was begun is no success.
    let account = client.get("/account").await;
    assert!(said(&account).contains("Use the link that your administrator gave you"), "{}", said(&account));
    assert!(!account.text.contains("govuk-notification-banner--success"), "{}", account.text);
    assert!(city.store().factors(&Scope::Operator, person).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_of_a_person_is_not_for_others() {
    let city = City::empty().await;
    let person = city.person("Si Ro", "camden", &[Role::Siro]).await;
    with_app(&city, person).await;
    let member = |browser: &crate::testing::Browser| {
        let person = browser.person.unwrap();
        async move {
            let via = domain::people::Via::Session(uuid::Uuid::now_v7().into());
            Scope::Member(Box::new(city_member(person, via).await))
        }
    };
    async fn city_member(person: PersonId, via: domain::people::Via) -> domain::people::Member {
        domain::people::Member {
            person,
            name: String::new(),
            acting_for: uuid::Uuid::nil().into(),
            standings: Vec::new(),
            second_factor: true,
            checked_at: 0,
            acting_as: None,
            via,
        }
    }
    let other = member(&city.browser("camden", Role::Administrator).await).await;
    assert!(!may(&other, &Act::ManageNetwork));
    for scope in [Scope::Public, other] {
        assert!(city.store().factors(&scope, person).await.unwrap().is_empty());
        assert!(city.store().accounts_of(&scope, person).await.unwrap().is_empty());
        assert_eq!(city.store().recovery_codes_left(&scope, person).await.unwrap(), 0);
        assert!(city.store().access_review(&scope, city.organisation("camden").id, 0).await.unwrap().is_empty());
    }
}
