//! An organisation's people, its provider's settings, and the network's organisations.

use super::{email, mail, place, said};
use crate::testing::{Browser, City};
use axum::http::{StatusCode, header};
use domain::{
    people::{Membership, Person, Role, Scope, sign_in::records::IdentityProvider},
    register::records::Organisation,
};

async fn change(city: &City, browser: &Browser, place: &Membership, fields: &[(&str, &str)]) -> crate::testing::Answer {
    let version = place.updated_at.to_string();
    let mut all = vec![("version", version.as_str())];
    all.extend_from_slice(fields);
    city.post(browser, &format!("/organisations/camden/people/{}", place.id), &all).await
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_count_from_the_next_request_and_their_holder_hears_of_it() {
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    let person = city.person("Vi Ewer", "camden", &[Role::Viewer]).await;
    let browser = city.signed_in(person, "camden").await;
    assert_eq!(city.get(&browser, "/organisations/camden/people").await.status, StatusCode::NOT_FOUND);
    let before = place(&city, person).await;
    let answer =
        change(&city, &administrator, &before, &[("role", "administrator"), ("role", "editor"), ("deputy", "siro")]).await;
    assert_eq!(answer.location(), "/organisations/camden/people");
    assert_eq!(city.get(&browser, "/organisations/camden/people").await.status, StatusCode::OK);
    let after = place(&city, person).await;
    assert_eq!((after.roles, after.deputy), (vec![Role::Editor, Role::Administrator], vec![Role::Siro]));
    assert_eq!(mail(&city, &email(&city, person).await).await.unwrap().0, "Your roles at Camden have changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_finds_the_people_from_every_page_and_whoever_may_not_is_told_of_roles() {
    let city = City::empty().await;
    let people = "href=\"/organisations/camden/people\"";
    let administrator = city.browser("camden", Role::Administrator).await;
    assert!(city.get(&administrator, "/help").await.text.replace("&#x2f;", "/").contains(people));
    let invite = city.get(&administrator, "/organisations/camden/people/invite").await;
    assert!(said(&invite).contains("What each role can do"), "{}", said(&invite));
    let viewer = city.browser("camden", Role::Viewer).await;
    assert!(!city.get(&viewer, "/help").await.text.replace("&#x2f;", "/").contains(people));
    let refused = city.get(&viewer, "/organisations/camden/people").await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    assert!(said(&refused).contains("Some pages open only to certain roles. You act for Camden"), "{}", said(&refused));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_services_that_someone_looks_after_are_kept_and_stand_in_the_access_review() {
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    let person = city.person("Sue Rector", "camden", &[Role::ServiceDirector]).await;
    let before = place(&city, person).await;
    let long = "x".repeat(201);
    let refused = change(&city, &administrator, &before, &[("role", "service-director"), ("services", &long)]).await;
    assert!(said(&refused).contains("Give at most 50 services"), "{}", said(&refused));
    assert!(refused.text.contains(&long), "what was typed is kept");
    let typed = [("role", "service-director"), ("services", "Housing  services\r\n\r\nhousing services\r\nParking")];
    assert_eq!(change(&city, &administrator, &before, &typed).await.location(), "/organisations/camden/people");
    assert_eq!(place(&city, person).await.services, ["Housing services", "Parking"]);
    assert!(mail(&city, &email(&city, person).await).await.is_none(), "their roles are what they were");
    let csv = city.post(&administrator, "/organisations/camden/people.csv", &[]).await;
    assert!(csv.text.contains("\"Housing services; Parking\""), "{}", csv.text);
    assert!(
        said(&city.get(&administrator, "/organisations/camden/people").await).contains("looks after Housing services, Parking")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_administrators_at_once_see_each_others_change() {
    let city = City::empty().await;
    let (one, other) = (city.browser("camden", Role::Administrator).await, city.browser("camden", Role::Administrator).await);
    let person = city.person("Vi Ewer", "camden", &[Role::Viewer]).await;
    let before = place(&city, person).await;
    change(&city, &one, &before, &[("role", "editor")]).await;
    let clash = change(&city, &other, &before, &[("role", "siro")]).await;
    assert_eq!(clash.status, StatusCode::OK);
    assert!(said(&clash).contains("Someone else changed these roles meanwhile They are now: editor."), "{}", said(&clash));
    // What was chosen is still chosen, and nothing was overwritten.
    let checked = scraper::Selector::parse("input[name=role][checked]").unwrap();
    let chosen: Vec<_> = clash.page().select(&checked).map(|input| input.value().attr("value").unwrap().to_owned()).collect();
    assert_eq!(chosen, ["siro"]);
    assert_eq!(place(&city, person).await.roles, [Role::Editor]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_administrators_who_change_different_fields_both_succeed() {
    let city = City::empty().await;
    let (imogen, owen) = (city.browser("camden", Role::Administrator).await, city.browser("camden", Role::Administrator).await);
    let person = city.person("Dev", "camden", &[Role::ContractManager]).await;
    let opened = place(&city, person).await;
    let deputy = [("role", "contract-manager"), ("deputy", "head-of-procurement")];
    assert_eq!(change(&city, &imogen, &opened, &deputy).await.status, StatusCode::SEE_OTHER);
    // Owen's page was opened before: it names no deputy, and takes none away.
    let services = [("role", "contract-manager"), ("services", "Parking")];
    let saved = change(&city, &owen, &opened, &services).await;
    assert_eq!(saved.location(), "/organisations/camden/people", "{}", said(&saved));
    let both = place(&city, person).await;
    assert_eq!((both.roles.as_slice(), both.deputy.as_slice()), (&[Role::ContractManager][..], &[Role::HeadOfProcurement][..]));
    assert_eq!(both.services, ["Parking"]);
    // A form that came back with a mistake is still about what it began with.
    let long = "x".repeat(300);
    let wrong = change(&city, &owen, &opened, &[("role", "contract-manager"), ("services", &long)]).await;
    let version = scraper::Selector::parse("main form input[name=version]").unwrap();
    let began = wrong.page().select(&version).next().unwrap().value().attr("value").unwrap().to_owned();
    assert_eq!(began, opened.updated_at.to_string());
    // The same field shows both, the other fields as they stand, and saving again has it so.
    let clash = change(&city, &imogen, &opened, &[("role", "contract-manager"), ("services", "Housing")]).await;
    let words = said(&clash);
    assert!(words.contains("They now look after: Parking.") && !words.contains("They are now:"), "{words}");
    let deputies = scraper::Selector::parse("input[name=deputy][checked]").unwrap();
    let page = clash.page();
    let chosen: Vec<_> = page.select(&deputies).map(|input| input.value().attr("value").unwrap().to_owned()).collect();
    assert_eq!(chosen, ["head-of-procurement"]);
    let again = [("role", "contract-manager"), ("deputy", "head-of-procurement"), ("services", "Housing")];
    assert_eq!(change(&city, &imogen, &both, &again).await.status, StatusCode::SEE_OTHER);
    let after = place(&city, person).await;
    assert_eq!(
        (after.deputy.as_slice(), after.services.as_slice()),
        (&[Role::HeadOfProcurement][..], &["Housing".to_owned()][..])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_press_does_it_once() {
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    let command = uuid::Uuid::new_v4().to_string();
    for _ in 0..2 {
        let fields = [("name", "New"), ("email", "new@camden.example"), ("role", "editor"), ("command", command.as_str())];
        let answer = city.post(&administrator, "/organisations/camden/people/invite", &fields).await;
        assert_eq!(answer.location(), "/organisations/camden/people");
    }
    let log = city.store().last_mail(&Scope::Operator, "new@camden.example").await.unwrap();
    assert!(log.is_some());
    let places: Vec<Membership> =
        city.store().by(&Scope::Operator, "organisation_id", city.organisation("camden").id.0.to_string()).await.unwrap();
    assert_eq!(places.iter().filter(|place| place.accepted_at.is_none()).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn s15_fields_that_the_form_does_not_have_change_nothing() {
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    let person = city.person("Vi Ewer", "camden", &[Role::Viewer]).await;
    let hackney = city.organisation("hackney").id.to_string();
    let before = place(&city, person).await;
    let extra =
        [("role", "editor"), ("organisation", hackney.as_str()), ("accepted_at", "0"), ("person", "x"), ("disabled_at", "1")];
    change(&city, &administrator, &before, &extra).await;
    let after = place(&city, person).await;
    assert_eq!((after.organisation, after.person, after.accepted_at), (before.organisation, before.person, before.accepted_at));
    // Nor is there any way from Camden to the network's role.
    let refused = change(&city, &administrator, &after, &[("role", "network-administrator")]).await;
    assert!(said(&refused).contains("Only those who run the network"));
    assert_eq!(place(&city, person).await.roles, [Role::Editor]);
}

#[tokio::test(flavor = "multi_thread")]
async fn s11_the_forms_that_rename_or_end_somebody_do_so_for_none_but_their_administrators() {
    let city = City::empty().await;
    let person = city.person("Vi Ewer", "camden", &[Role::Viewer]).await;
    let administrator = city.browser("camden", Role::Administrator).await;
    let others = [
        Browser::default(),
        city.signed_in(person, "camden").await,
        city.browser("hackney", Role::Administrator).await,
        city.browser("camden", Role::Editor).await,
        city.browser("camden", Role::Siro).await,
    ];
    let own = format!("/organisations/camden/people/{}", place(&city, person).await.id);
    let known: Person = city.store().get(&Scope::Operator, person.0).await.unwrap().unwrap();
    let version = known.updated_at.to_string();
    for (path, fields) in [
        (format!("{own}/name"), vec![("name", "Vi Other"), ("version", version.as_str())]),
        (format!("{own}/end"), vec![("what", "sessions")]),
        (format!("{own}/end"), vec![("what", "set-up")]),
        (format!("{own}/end"), vec![("what", "revoke")]),
    ] {
        let head = city.store().sequence().await.unwrap();
        for browser in &others {
            let answer = city.post(browser, &path, &fields).await;
            let led_away = answer.status == StatusCode::SEE_OTHER && answer.location().starts_with("/sign-in?");
            let refused = answer.status == StatusCode::NOT_FOUND || led_away;
            assert!(refused, "{path} {fields:?}: {} {}", answer.status, answer.location());
        }
        assert_eq!(city.store().sequence().await.unwrap(), head, "{path} {fields:?}: somebody who may not wrote something");
        // The very form does it for whoever may.
        let done = city.post(&administrator, &path, &fields).await;
        assert!(matches!(done.status, StatusCode::SEE_OTHER | StatusCode::OK), "{path} {fields:?}: {}", said(&done));
        assert!(city.store().sequence().await.unwrap() > head, "{path} {fields:?}: nothing was written: {}", said(&done));
    }
    assert!(!place(&city, person).await.active());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_administrator_cannot_lock_the_organisation() {
    let city = City::empty().await;
    let person = city.person("Ad Min", "camden", &[Role::Administrator]).await;
    let browser = city.signed_in(person, "camden").await;
    let own = place(&city, person).await;
    let refused = change(&city, &browser, &own, &[("role", "editor")]).await;
    assert!(said(&refused).contains("Nobody else here is an administrator"));
    let refused = city.post(&browser, &format!("/organisations/camden/people/{}/end", own.id), &[("what", "revoke")]).await;
    assert!(said(&refused).contains("Nobody else here is an administrator"));
    assert!(place(&city, person).await.active());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_access_review_says_who_can_do_what_and_cells_are_no_formulas() {
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    city.person("=HYPERLINK(1)", "camden", &[Role::Siro]).await;
    city.person("Ed Itor", "camden", &[Role::Editor]).await;
    let page = city.get(&administrator, "/organisations/camden/people").await;
    let text = said(&page);
    assert!(text.contains("3 people act for Camden") && text.contains("None, and needed") && text.contains("never"), "{text}");
    let csv = city.post(&administrator, "/organisations/camden/people.csv", &[]).await;
    assert!(csv.headers.get(header::CONTENT_TYPE).unwrap().to_str().unwrap().starts_with("text/csv"));
    assert!(csv.text.contains("\"'=HYPERLINK(1)\""), "{}", csv.text);
    assert!(csv.text.starts_with("\u{feff}name,email,"), "a spreadsheet sees that it is UTF-8: {}", csv.text);
    assert!(csv.text.contains("senior information risk owner") && csv.text.lines().count() == 4, "{}", csv.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisations_provider_is_checked_before_it_is_kept() {
    let city = City::empty().await;
    let administrator = city.browser("camden", Role::Administrator).await;
    let save = |fields: Vec<(&'static str, &'static str)>| {
        let (city, administrator) = (&city, &administrator);
        async move {
            let mut all = vec![("client_id", "city-tools"), ("enabled", "yes"), ("version", "0")];
            all.extend(fields);
            city.post(administrator, "/organisations/camden/sign-in", &all).await
        }
    };
    for (fields, words) in [
        (vec![("kind", "entra"), ("tenant", "common")], "A shared one would let anyone in"),
        (vec![("kind", "open-id"), ("issuer", "http://id.camden.example")], "beginning with https://"),
        (vec![("kind", "google"), ("domains", "gmail.com")], "own domains"),
        (vec![], "Choose what your organisation signs in with"),
        (vec![("kind", "open-id"), ("issuer", "https://id.camden.example"), ("secret_name", "other")], "settings name"),
    ] {
        let answer = save(fields).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(said(&answer).contains(words), "{words}: {}", said(&answer));
    }
    assert!(city.store().all::<IdentityProvider>(&Scope::Operator).await.unwrap().is_empty());
    let tenant = "3c9d2f60-5b0e-4f7a-9a51-0d6f7c8e9b12";
    assert_eq!(save(vec![("kind", "entra"), ("tenant", tenant)]).await.location(), "/organisations/camden/sign-in");
    let kept = city.store().all::<IdentityProvider>(&Scope::Operator).await.unwrap();
    assert_eq!(kept[0].provider.issuer(), format!("https://login.microsoftonline.com/{tenant}/v2.0"));
    // Whoever saves from an older page sees what stands beside what they typed.
    let late = save(vec![("kind", "google"), ("domains", "camden.example")]).await;
    let shown = said(&late);
    assert!(
        shown.contains("Someone else changed these settings meanwhile") && shown.contains(&format!("directory {tenant}")),
        "{shown}"
    );
    assert!(late.text.contains("camden.example"), "what was typed is gone");
    // Nobody else's settings are shown, and the first page offers Camden's button.
    let hackney = city.browser("hackney", Role::Administrator).await;
    assert!(!city.get(&hackney, "/organisations/hackney/sign-in").await.text.contains(tenant));
    assert!(said(&city.get(&Browser::default(), "/sign-in").await).contains("With your organisation’s account Camden"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_network_adds_organisations_and_says_from_when_until_when_they_are_members() {
    let city = City::empty().await;
    let network = city.browser("loti", Role::NetworkAdministrator).await;
    assert_eq!(city.get(&city.browser("camden", Role::Administrator).await, "/network").await.status, StatusCode::NOT_FOUND);
    let bad = [("name", "Watford"), ("kind", "council"), ("from-day", "31"), ("from-month", "2"), ("from-year", "2020")];
    let answer = city.post(&network, "/network/add", &bad).await;
    assert!(said(&answer).contains("must be a real date") && answer.text.contains("value=\"Watford\""));
    let good = [("name", "Watford"), ("kind", "council"), ("from-day", "1"), ("from-month", "4"), ("from-year", "2020")];
    assert_eq!(city.post(&network, "/network/add", &good).await.location(), "/organisations/watford/people");
    assert!(said(&city.get(&network, "/network").await).contains("Watford council Member from 1 April 2020, no end"));
    // From its page in the network one comes to its people and to what everyone sees of it. The menu's 'People' are the hub's own.
    let page = city.get(&network, "/network/watford").await;
    for link in ["/organisations/watford\"", "/organisations/watford/people\"", "/network\""] {
        assert!(page.text.contains(&format!("<a class=\"govuk-link\" href=\"{link}")), "{link}: {}", page.text);
    }
    let current = async |address: &str| {
        let page = city.get(&network, address).await.page();
        let marked = scraper::Selector::parse("ul.ct-account a[aria-current]").unwrap();
        page.select(&marked).map(|link| link.text().collect::<String>()).collect::<Vec<_>>()
    };
    assert_eq!(current("/organisations/watford/people").await, ["Network"]);
    assert_eq!(current("/organisations/watford/people/invite").await, ["Network"]);
    assert_eq!(current("/organisations/loti/people").await, ["People"]);
    // Coverage, and what is of members only, go by the dates.
    city.refresh().await;
    let anyone = Browser::default();
    let members = async || city.get(&anyone, "/api/v1/organisations?member=yes").await.text;
    assert!(members().await.contains("\"total\":1,") && members().await.contains("watford"), "{}", members().await);
    let page = said(&city.get(&anyone, "/organisations?member=yes").await);
    assert!(page.contains("Coverage: 0 of 1 member of the network have a record") && !page.contains("Barnet"), "{page}");
    assert_eq!(city.get(&Browser::default(), "/organisations/watford").await.status, StatusCode::OK);
    let reserved = city.post(&network, "/network/add", &[("name", "Add"), ("kind", "council")]).await;
    assert!(said(&reserved).contains("Enter another name"));
    let again = city.post(&network, "/network/add", &good).await;
    assert!(said(&again).contains("Watford is here already"));
    let organisation: Vec<Organisation> = city.store().by(&Scope::Public, "slug", "watford").await.unwrap();
    let version = organisation[0].updated_at.to_string();
    let ends = [
        ("version", version.as_str()),
        ("from-day", "1"),
        ("from-month", "4"),
        ("from-year", "2020"),
        ("until-day", "31"),
        ("until-month", "3"),
        ("until-year", "2024"),
        ("name", "Watford"),
        ("formal_name", "Watford Borough Council"),
    ];
    // By whatever name one that is here is known, no second one is made of it, and none is renamed to it.
    const KNOWN: &str = "Camden is here already, and known by this name";
    let second = [("name", "The London Borough of Camden"), ("kind", "council")];
    let formal = [("name", "Chalk Farm"), ("kind", "council"), ("formal_name", "London Borough of Camden")];
    for fields in [&second[..], &formal[..]] {
        let answer = city.post(&network, "/network/add", fields).await;
        assert!(said(&answer).contains(KNOWN), "{}", said(&answer));
    }
    let mut renamed = ends;
    renamed[7].1 = "Camden";
    let answer = city.post(&network, "/network/watford", &renamed).await;
    assert!(said(&answer).contains(KNOWN), "{}", said(&answer));
    assert_eq!(city.post(&network, "/network/watford", &ends).await.location(), "/network");
    assert!(said(&city.get(&network, "/network").await).contains("Watford council Has left from 1 April 2020 to 31 March 2024"));
    // Whoever saves from an older page sees what the other one saved beside what they typed; a second press of one is no change.
    let mut late = ends.to_vec();
    late[6] = ("until-year", "2025");
    let asked = said(&city.post(&network, "/network/watford", &late).await);
    assert!(asked.contains("Watford in the network"), "{asked}");
    assert!(asked.contains("What stands now Name: Watford. Official name: Watford Borough Council. Member from: 1 April 2020. Member until: 31 March 2024."), "{asked}");
    let version = city.store().by::<Organisation>(&Scope::Public, "slug", "watford").await.unwrap()[0].updated_at.to_string();
    let command = uuid::Uuid::new_v4().to_string();
    late[0] = ("version", version.as_str());
    late.push(("command", command.as_str()));
    for _ in 0..2 {
        assert_eq!(city.post(&network, "/network/watford", &late).await.location(), "/network");
    }
    late.retain(|(name, _)| *name != "command");
    late[0] = ("version", "1");
    late[6] = ("until-year", "2024");
    assert!(said(&city.post(&network, "/network/watford", &late).await).contains("Member until: 31 March 2025."));
    let version = city.store().by::<Organisation>(&Scope::Public, "slug", "watford").await.unwrap()[0].updated_at.to_string();
    late[0] = ("version", version.as_str());
    assert_eq!(city.post(&network, "/network/watford", &late).await.location(), "/network");
    // Of two who change different things both succeed: from the same older page, the name alone.
    late[6] = ("until-year", "2025");
    late[7] = ("name", "Watford Council");
    assert_eq!(city.post(&network, "/network/watford", &late).await.location(), "/network");
    let both = said(&city.get(&network, "/network").await);
    assert!(both.contains("Watford Council council Has left from 1 April 2020 to 31 March 2024"), "{both}");
    // What was wrong is mended on the version that it began with: nobody's change is taken back in silence.
    late[4] = ("until-day", "32");
    let wrong = city.post(&network, "/network/watford", &late).await;
    assert!(wrong.text.contains(&format!("name=\"version\" value=\"{version}\"")), "{}", wrong.text);
    city.refresh().await;
    assert!(members().await.contains("\"total\":0,"), "{}", members().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_in_keeps_the_whole_menu_and_no_two_of_its_words_are_alike() {
    let city = City::empty().await;
    let menu = async |browser: &Browser| {
        let page = city.get(browser, "/").await.page();
        let links = scraper::Selector::parse("nav .govuk-service-navigation__link").unwrap();
        page.select(&links).map(|link| link.text().collect::<String>().trim().to_owned()).collect::<Vec<_>>()
    };
    let anyone = menu(&Browser::default()).await;
    let own = menu(&city.browser("camden", Role::Viewer).await).await;
    assert!(anyone.contains(&"Skills".to_owned()) && anyone.contains(&"Published assessments".to_owned()), "{anyone:?}");
    assert!(anyone.iter().all(|words| own.contains(words)) && own.contains(&"Assessments".to_owned()), "{own:?}");
    let all: std::collections::BTreeSet<&String> = own.iter().collect();
    assert_eq!(all.len(), own.len(), "{own:?}");
}
