//! What people who keep the register can do, and what nobody else can, by every route.

use crate::testing::{Answer, Browser, City};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use domain::{
    people::{Role, Scope},
    register::{
        ids::*,
        records::*,
        terms::{Extension, TermKind},
    },
};
use jiff::civil::date;
use scraper::{ElementRef, Html, Selector};
use uuid::Uuid;

fn all<'h>(root: ElementRef<'h>, selector: &str) -> Vec<ElementRef<'h>> {
    root.select(&Selector::parse(selector).unwrap()).collect()
}

/// What a browser would send of the form that holds a field (or a button) matching a selector.
fn filled(page: &Html, holding: &str) -> Vec<(String, String)> {
    let forms = all(page.root_element(), "main form");
    let form = forms.into_iter().find(|form| !all(*form, holding).is_empty()).expect("the page has the form");
    let mut fields = Vec::new();
    for control in all(form, "input, textarea, select") {
        let value = control.value();
        let Some(name) = value.attr("name") else { continue };
        let text = match value.name() {
            "textarea" => control.text().collect::<String>().trim_start_matches('\n').to_owned(),
            "select" => all(control, "option[selected]")
                .first()
                .and_then(|option| option.value().attr("value"))
                .unwrap_or_default()
                .to_owned(),
            _ if matches!(value.attr("type"), Some("radio" | "checkbox")) && value.attr("checked").is_none() => continue,
            _ => value.attr("value").unwrap_or_default().to_owned(),
        };
        fields.push((name.to_owned(), text));
    }
    fields
}

fn with<'f>(fields: &'f [(String, String)], changed: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let mut sent: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| changed.iter().all(|(other, _)| other != name))
        .collect();
    sent.extend(changed.iter().copied());
    sent
}

fn words(answer: &Answer) -> String {
    answer.page().root_element().text().collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

struct Own {
    city: City,
    contract: Contract,
    editor: Browser,
}

/// Camden with one contract, and an editor there.
async fn camden() -> Own {
    let city = City::empty().await;
    let organisation = city.organisation("camden").id;
    let mut contract = test_support::records::contract(organisation, "Housing management system", Some(date(2027, 3, 31)));
    contract.term.start = Some(date(2024, 4, 1));
    contract.term.kind = TermKind::Fixed;
    contract.origin.source = "register".to_owned();
    let contract = make(&city, contract).await;
    let person = city.person("Ada Keeper", "camden", &[Role::Editor]).await;
    let editor = city.signed_in(person, "camden").await;
    Own { city, contract, editor }
}

async fn make<R: store::Record>(city: &City, record: R) -> R {
    let mut all = [record];
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.create(&mut all).await.unwrap();
    write.commit().await.unwrap();
    city.refresh().await;
    let [record] = all;
    record
}

async fn stored(city: &City, id: ContractId) -> Contract {
    city.store().get::<Contract>(&Scope::Operator, id.0).await.unwrap().unwrap()
}

async fn change(own: &Own, browser: &Browser, group: &str, changed: &[(&str, &str)]) -> Answer {
    let path = format!("/contracts/{}/change/{group}", own.contract.id);
    let page = own.city.get(browser, &path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let fields = filled(&page.page(), "[name=version]");
    own.city.post(browser, &path, &with(&fields, changed)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_end_date_is_on_the_page_in_the_api_and_in_the_history() {
    let own = camden().await;
    let answer = change(&own, &own.editor, "dates", &[("end-day", "30"), ("end-month", "September"), ("end-year", "2028")]).await;
    let address = format!("/contracts/{}", own.contract.id);
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, address.as_str()), "{}", answer.text);
    let anyone = Browser::default();
    assert!(words(&own.city.get(&anyone, &address).await).contains("30 September 2028"));
    let json = own.city.get(&anyone, &format!("/api/v1{address}")).await.text;
    assert!(json.contains("\"end\":\"2028-09-30\""), "{json}");
    // The public is told for whom and as what, people of the organisation also who.
    let history = words(&own.city.get(&anyone, &format!("{address}/history")).await);
    assert!(
        history.contains("Camden") && history.contains("before: 31 March 2027") && !history.contains("Ada Keeper"),
        "{history}"
    );
    assert!(words(&own.city.get(&own.editor, &format!("{address}/history")).await).contains("Ada Keeper"));
    let other = own.city.browser("hackney", Role::Editor).await;
    assert!(!own.city.get(&other, &format!("{address}/history")).await.text.contains("Ada Keeper"));
    assert_eq!(stored(&own.city, own.contract.id).await.origin.fields["end"], "person");
    // A line of the latest changes is a sentence: no words run together.
    let latest = own.city.get(&anyone, "/changes").await.text;
    assert!(latest.contains("Housing management system</a> changed ("), "{latest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_wrong_comes_back_with_what_was_typed_and_writes_nothing() {
    let own = camden().await;
    let before = own.city.store().sequence().await.unwrap();
    let answer = change(&own, &own.editor, "dates", &[("end-day", "31"), ("end-month", "2"), ("end-year", "2028")]).await;
    assert_eq!(answer.status, StatusCode::OK);
    let page = answer.page();
    let title = all(page.root_element(), "title")[0].text().collect::<String>();
    // Each page of questions has a title of its own.
    assert!(title.starts_with("Error: How it runs and ends: Housing management system"), "{title}");
    let summary = all(page.root_element(), ".govuk-error-summary a")[0];
    let message = all(page.root_element(), ".govuk-error-message")[0].text().collect::<String>();
    assert_eq!(summary.value().attr("href"), Some("#end-day"));
    assert!(message.contains(summary.text().collect::<String>().trim()), "{message}");
    assert!(filled(&page, "[name=version]").contains(&("end-day".to_owned(), "31".to_owned())));
    let answer = change(&own, &own.editor, "dates", &[("end-year", "2020")]).await;
    assert!(words(&answer).contains("The end date must not be before the start date, 1 April 2024"), "{}", words(&answer));
    assert_eq!(own.city.store().sequence().await.unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_change_different_fields_both_succeed_and_the_same_field_is_asked() {
    let own = camden().await;
    let other = own.city.browser("camden", Role::ContractManager).await;
    let path = format!("/contracts/{}/change/dates", own.contract.id);
    let first = filled(&own.city.get(&own.editor, &path).await.page(), "[name=version]");
    let second = filled(&own.city.get(&other, &path).await.page(), "[name=version]");
    let third = second.clone();
    let save = |browser, fields: Vec<(String, String)>, changed: Vec<(&'static str, &'static str)>| {
        let (city, path) = (&own.city, path.clone());
        async move { city.post(browser, &path, &with(&fields, &changed)).await }
    };
    assert_eq!(save(&own.editor, first, vec![("end-year", "2028")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(save(&other, second, vec![("start-day", "2")]).await.status, StatusCode::SEE_OTHER);
    let both = stored(&own.city, own.contract.id).await.term;
    assert_eq!((both.start, both.end), (Some(date(2024, 4, 2)), Some(date(2028, 3, 31))));

    // From the version before both, to another value.
    let clash = save(&other, third, vec![("command", "00000000-0000-4000-8000-000000000001"), ("end-year", "2029")]).await;
    assert_eq!(clash.status, StatusCode::OK);
    let said = words(&clash);
    assert!(said.contains("31 March 2028") && said.contains("31 March 2029") && said.contains("31 March 2027"), "{said}");
    assert_eq!(stored(&own.city, own.contract.id).await.term.end, Some(date(2028, 3, 31)));
    let fields = filled(&clash.page(), "[name=version]");
    let kept = own.city.post(&other, &path, &with(&fields, &[("keep-end", "yours")])).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    let term = stored(&own.city, own.contract.id).await.term;
    // What the other person wrote beside it is still there.
    assert_eq!((term.start, term.end), (Some(date(2024, 4, 2)), Some(date(2029, 3, 31))));
    let theirs = own
        .city
        .post(
            &other,
            &path,
            &with(
                &filled(&clash.page(), "[name=version]"),
                &[("command", "00000000-0000-4000-8000-000000000002"), ("keep-end", "theirs")],
            ),
        )
        .await;
    assert!(theirs.status == StatusCode::SEE_OTHER || theirs.status == StatusCode::OK);
    assert_eq!(stored(&own.city, own.contract.id).await.term.end, Some(date(2029, 3, 31)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_press_does_nothing() {
    let own = camden().await;
    let path = format!("/contracts/{}/change/about", own.contract.id);
    let fields = filled(&own.city.get(&own.editor, &path).await.page(), "[name=version]");
    let sent = with(&fields, &[("title", "Housing")]);
    let once = own.city.post(&own.editor, &path, &sent).await;
    let after = own.city.store().sequence().await.unwrap();
    let twice = own.city.post(&own.editor, &path, &sent).await;
    assert_eq!((once.status, once.location()), (twice.status, twice.location()));
    assert_eq!(own.city.store().sequence().await.unwrap(), after);
}

/// Every route by which a contract can be changed, with what would change it.
fn routes(id: &str) -> Vec<(String, Vec<(&'static str, &'static str)>)> {
    let mut routes: Vec<(String, Vec<(&'static str, &'static str)>)> =
        ["about", "suppliers", "covers", "dates", "options", "value", "buying", "care"]
            .iter()
            .map(|group| {
                (
                    format!("/contracts/{id}/change/{group}"),
                    vec![("version", "1"), ("title", "Mine now"), ("kind", "rolling"), ("published", "no")],
                )
            })
            .collect();
    routes.push((format!("/contracts/{id}/extend"), vec![("option", "0"), ("months", "12")]));
    routes.push((
        format!("/contracts/{id}/end-early"),
        vec![("terminated-day", "1"), ("terminated-month", "1"), ("terminated-year", "2026")],
    ));
    routes.push((format!("/contracts/{id}/replace"), vec![("replacement", "00000000-0000-7000-8000-000000000000")]));
    routes.push((format!("/contracts/{id}/still-right"), vec![]));
    routes.push((format!("/contracts/{id}/history"), vec![("sequence", "1")]));
    routes
}

#[tokio::test(flavor = "multi_thread")]
async fn s11_s12_s14_another_organisations_contract_is_refused_by_every_route_like_one_that_does_not_exist() {
    let own = camden().await;
    let (id, missing) = (own.contract.id.to_string(), Uuid::now_v7().to_string());
    let viewer = own.city.browser("camden", Role::Viewer).await;
    let other = own.city.browser("hackney", Role::Administrator).await;
    let editor = own.city.browser("hackney", Role::Editor).await;
    let before = own.city.store().sequence().await.unwrap();
    for browser in [&viewer, &other, &editor] {
        for ((path, fields), (nowhere, _)) in routes(&id).into_iter().zip(routes(&missing)) {
            let refused = own.city.post(browser, &path, &fields).await;
            let gone = own.city.post(browser, &nowhere, &fields).await;
            assert_eq!((refused.status, &refused.text), (StatusCode::NOT_FOUND, &gone.text), "POST {path}");
            if !path.ends_with("history") && !path.ends_with("still-right") {
                assert_eq!(own.city.get(browser, &path).await.status, StatusCode::NOT_FOUND, "GET {path}");
            }
        }
        // By way of one's own organisation, and of its bulk forms, too.
        for (path, fields) in [
            ("/organisations/hackney/still-right", vec![("contract", id.as_str())]),
            ("/organisations/camden/still-right", vec![("contract", id.as_str())]),
            ("/organisations/camden/reconcile", vec![("do", "not-expected"), ("which", id.as_str())]),
            ("/organisations/hackney/reconcile", vec![("do", "not-expected"), ("which", id.as_str())]),
            ("/organisations/camden/new/contract", vec![]),
            ("/organisations/camden/propose", vec![("kind", "supplier"), ("name", "Mine Ltd")]),
        ] {
            assert_eq!(own.city.post(browser, path, &fields).await.status, StatusCode::NOT_FOUND, "POST {path}");
        }
        for path in
            ["/organisations/camden/register", "/organisations/camden/import", "/organisations/camden/reconcile", "/curate"]
        {
            assert_eq!(own.city.get(browser, path).await.status, StatusCode::NOT_FOUND, "GET {path}");
        }
        let page = own.city.get(browser, &format!("/contracts/{id}")).await;
        assert!(!page.text.contains("/change/dates"), "a change link is offered to whoever may not use it");
    }
    assert_eq!(own.city.store().sequence().await.unwrap(), before, "something was written");
    assert_eq!(stored(&own.city, own.contract.id).await, own.contract);
}

#[tokio::test(flavor = "multi_thread")]
async fn s12_s15_foreign_references_are_refused_and_extra_fields_change_nothing() {
    let own = camden().await;
    let stranger = own.city.person("Stranger", "hackney", &[Role::ContractManager]).await.to_string();
    let hackney = own.city.organisation("hackney").id;
    let answer = change(&own, &own.editor, "care", &[("manager", &stranger)]).await;
    assert!(words(&answer).contains("Choose someone who acts for this organisation"), "{}", words(&answer));
    let foreign = make(&own.city, test_support::records::contract(hackney, "Theirs", None)).await;
    let path = format!("/contracts/{}/replace", own.contract.id);
    let answer = own.city.post(&own.editor, &path, &[("replacement", &foreign.id.to_string())]).await;
    assert!(words(&answer).contains("Choose a contract of this organisation"), "{}", words(&answer));
    let extra = [
        ("title", "New title"),
        ("organisation", "hackney"),
        ("id", &stranger),
        ("key", "x"),
        ("updated_at", "1"),
        ("published", "no"),
    ];
    assert_eq!(change(&own, &own.editor, "about", &extra).await.status, StatusCode::SEE_OTHER);
    let after = stored(&own.city, own.contract.id).await;
    assert_eq!((after.organisation, &after.key, after.published), (own.contract.organisation, &own.contract.key, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn s13_what_is_not_public_is_nowhere_for_others() {
    let own = camden().await;
    let anyone = Browser::default();
    let (id, address) = (own.contract.id, format!("/contracts/{}", own.contract.id));
    let person = own.editor.person.unwrap().to_string();
    assert_eq!(
        change(&own, &own.editor, "care", &[("note", "canary note"), ("manager", &person)]).await.status,
        StatusCode::SEE_OTHER
    );
    for path in [
        address.clone(),
        format!("{address}/history"),
        format!("/api/v1{address}"),
        "/api/v1/contracts.csv".to_owned(),
        "/changes".to_owned(),
    ] {
        let text = own.city.get(&anyone, &path).await.text;
        assert!(!text.contains("canary") && !text.contains(&person) && !text.contains("Ada Keeper"), "{path}");
    }
    let log = own.city.store().history(&Scope::Operator, id.0).await.unwrap();
    let (first, last) = (log.last().unwrap().sequence, log[0].sequence);
    for browser in [&anyone, &own.city.browser("hackney", Role::Editor).await] {
        let compared = own.city.get(browser, &format!("{address}/history?from={first}&to={last}")).await;
        assert_eq!(compared.status, StatusCode::OK);
        assert!(!compared.text.contains("canary") && !compared.text.contains("Contract manager"), "two points compared tell it");
    }
    let page = words(&own.city.get(&own.editor, &address).await);
    assert!(page.contains("canary note") && page.contains("Ada Keeper"), "{page}");

    assert_eq!(change(&own, &own.editor, "about", &[("title", "Canary contract")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(change(&own, &own.editor, "care", &[("published", "no")]).await.status, StatusCode::SEE_OTHER);
    let other = own.city.browser("hackney", Role::Editor).await;
    let missing = own.city.get(&anyone, &format!("/contracts/{}", Uuid::now_v7())).await;
    for browser in [&anyone, &other] {
        for path in [address.clone(), format!("{address}/history"), format!("/api/v1{address}")] {
            assert_eq!(own.city.get(browser, &path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        for path in [
            "/contracts",
            "/search?q=canary",
            "/changes",
            "/changes.atom",
            "/organisations/camden",
            "/api/v1/contracts",
            "/api/v1/contracts.csv",
            "/api/v1/contracts?q=canary",
            "/",
        ] {
            let text = own.city.get(browser, path).await.text;
            assert!(!text.contains("Canary contract") && !text.contains(&id.to_string()), "{path}");
        }
    }
    assert_eq!(own.city.get(&anyone, &address).await.text, missing.text);
    assert_eq!(own.city.get(&own.editor, &address).await.status, StatusCode::OK);
    // What is done to it meanwhile moves no tag that others could watch.
    let tag = |answer: &Answer| answer.headers.get(header::ETAG).cloned();
    let before = tag(&own.city.get(&anyone, "/contracts").await);
    assert_eq!(change(&own, &own.editor, "about", &[("reference", "canary reference")]).await.status, StatusCode::SEE_OTHER);
    assert!(before.is_some());
    assert_eq!(tag(&own.city.get(&anyone, "/contracts").await), before);
    // Once it is public, its history begins there.
    assert_eq!(change(&own, &own.editor, "care", &[("published", "yes")]).await.status, StatusCode::SEE_OTHER);
    let history = own.city.get(&anyone, &format!("{address}/history")).await;
    assert_eq!(history.status, StatusCode::OK);
    assert!(!history.text.contains("canary reference"), "what was written before it was public is told");
    assert!(words(&history).contains("Public : yes, before: no"), "{}", words(&history));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_undone_by_a_new_one_and_never_over_a_later_one() {
    let own = camden().await;
    let path = format!("/contracts/{}/history", own.contract.id);
    change(&own, &own.editor, "dates", &[("end-year", "2028")]).await;
    let sequence = own.city.store().sequence().await.unwrap().to_string();
    change(&own, &own.editor, "about", &[("title", "Housing")]).await;
    assert_eq!(own.city.post(&own.editor, &path, &[("sequence", &sequence)]).await.status, StatusCode::SEE_OTHER);
    let after = stored(&own.city, own.contract.id).await;
    assert_eq!((after.term.end, after.title.as_str()), (own.contract.term.end, "Housing"));
    assert!(!after.origin.fields.contains_key("end"));
    change(&own, &own.editor, "dates", &[("end-year", "2029")]).await;
    let refused = own.city.post(&own.editor, &path, &[("sequence", &sequence)]).await;
    assert!(words(&refused).contains("changed again since") && words(&refused).contains("current end"), "{}", words(&refused));
    // Any two points are compared.
    let first =
        (own.city.store().history(&Scope::Operator, own.contract.id.0).await.unwrap().last().unwrap().sequence).to_string();
    let compared = words(&own.city.get(&Browser::default(), &format!("{path}?from={first}&to={sequence}")).await);
    assert!(compared.contains("What differs between") && compared.contains("31 March 2028"), "{compared}");
    assert_eq!(own.city.get(&Browser::default(), &format!("{path}?from=1&to=999999")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn moves_are_one_press_each() {
    let own = camden().await;
    let address = format!("/contracts/{}", own.contract.id);
    let mut optioned = own.contract.clone();
    optioned.term.extensions = vec![Extension { months: 24, ..Extension::default() }];
    let mut write = own.city.store().write(&Scope::Operator, own.city.app.clock.now()).await.unwrap();
    write.update(&own.contract, &mut optioned).await.unwrap();
    write.commit().await.unwrap();
    let page = own.city.get(&own.editor, &format!("{address}/extend")).await;
    let fields = filled(&page.page(), "[name=months]");
    let answer =
        own.city.post(&own.editor, &format!("{address}/extend"), &with(&fields, &[("months", "12"), ("rest", "yes")])).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", words(&answer));
    assert_eq!(stored(&own.city, own.contract.id).await.term.end, Some(date(2028, 3, 31)));
    assert_eq!(own.city.post(&own.editor, &format!("{address}/still-right"), &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(stored(&own.city, own.contract.id).await.confirmed, Some(own.city.app.clock.today()));
    let successor = make(&own.city, test_support::records::contract(own.contract.organisation, "The next one", None)).await;
    let answer = own.city.post(&own.editor, &format!("{address}/replace"), &[("replacement", &successor.id.to_string())]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", words(&answer));
    assert!(words(&own.city.get(&Browser::default(), &address).await).contains("Its place was taken by The next one"));
    assert!(
        words(&own.city.get(&Browser::default(), &format!("/contracts/{}", successor.id)).await)
            .contains("It took the place of Housing")
    );
    let answer = own
        .city
        .post(
            &own.editor,
            &format!("{address}/end-early"),
            &[("terminated-day", "1"), ("terminated-month", "6"), ("terminated-year", "2027")],
        )
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", words(&answer));
    assert_eq!(stored(&own.city, own.contract.id).await.term.terminated, Some(date(2027, 6, 1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn s16_a_whole_list_is_still_right_or_none_of_it() {
    let own = camden().await;
    let second = make(&own.city, test_support::records::contract(own.contract.organisation, "Parking", None)).await;
    let foreign = make(&own.city, test_support::records::contract(own.city.organisation("hackney").id, "Theirs", None)).await;
    let path = "/organisations/camden/still-right";
    let (one, two, three) = (own.contract.id.to_string(), second.id.to_string(), foreign.id.to_string());
    assert_eq!(own.city.post(&own.editor, path, &[("contract", &one), ("contract", &three)]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(own.city.post(&own.editor, path, &[("contract", &one), ("contract", "")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(stored(&own.city, second.id).await.confirmed, None);
    let dashboard = own.city.get(&own.editor, "/organisations/camden/register").await;
    assert_eq!(dashboard.status, StatusCode::OK, "{}", dashboard.text);
    let fields = filled(&dashboard.page(), "[name=all-contract]");
    assert_eq!(own.city.post(&own.editor, path, &with(&fields, &[("all", "yes")])).await.status, StatusCode::SEE_OTHER);
    for id in [two.parse().unwrap(), own.contract.id] {
        assert_eq!(stored(&own.city, id).await.confirmed, Some(own.city.app.clock.today()));
    }
    assert_eq!(stored(&own.city, foreign.id).await.confirmed, None);
}

/// Answers a question page and gives the next one.
async fn answer(city: &City, browser: &Browser, path: &str, changed: &[(&str, &str)]) -> String {
    let page = city.get(browser, path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
    let fields = filled(&page.page(), "[name=command]");
    let next = city.post(browser, path, &with(&fields, changed)).await;
    assert_eq!(next.status, StatusCode::SEE_OTHER, "{path}: {}", words(&next));
    next.location().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_contract_is_asked_for_checked_and_made_and_its_new_supplier_is_placed_and_merged_and_returns() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let known = make(city, test_support::records::supplier("Bramblewick Software Ltd")).await;
    let first = city.post(editor, "/organisations/camden/new/contract", &[]).await.location().to_owned();
    let wrong = city.post(editor, &first, &[("title", "")]).await;
    assert!(words(&wrong).contains("Enter the contract’s title"), "{}", words(&wrong));
    let at = answer(city, editor, &first, &[("title", "Housing management system"), ("reference", "CT-1")]).await;
    let at = answer(city, editor, &at, &[("supplier-state", "known"), ("suppliers", "Bramblewick Sofware")]).await;
    let at = answer(city, editor, &at, &[("products", "Bramble Housing"), ("functions", "council-tax")]).await;
    let at = answer(city, editor, &at, &[("kind", "rolling")]).await;
    let at = answer(city, editor, &at, &[("option-1-months", "12")]).await;
    let at = answer(city, editor, &at, &[("value-state", "known"), ("amount", "45,000"), ("basis", "annual")]).await;
    let at = answer(city, editor, &at, &[("route", "call-off")]).await;
    let check = answer(city, editor, &at, &[("owning-service", "Housing")]).await;
    let page = city.get(editor, &check).await;
    let said = words(&page);
    for part in ["Bramblewick Sofware", "Bramble Housing", "£45,000", "it has the same title", "the hub is asked to place them"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    // A draft is its writer's alone.
    assert_eq!(city.get(&city.browser("camden", Role::Editor).await, &check).await.status, StatusCode::NOT_FOUND);
    let fields = filled(&page.page(), "[name=command]");
    let made = city.post(editor, &check, &with(&fields, &[("do", "make")])).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", words(&made));
    assert_eq!(city.post(editor, &check, &with(&fields, &[("do", "make")])).await.location(), made.location());
    let id: ContractId = made.location().rsplit('/').next().unwrap().parse().unwrap();
    let contract = stored(city, id).await;
    assert!(contract.key.starts_with("camden|register|r:ct 1|"), "{}", contract.key);

    // The hub finds what was proposed and says that it is the same as a known one.
    let hub = city.browser("loti", Role::NetworkAdministrator).await;
    assert_eq!(city.get(editor, "/curate").await.status, StatusCode::NOT_FOUND);
    let list = city.get(&hub, "/curate?reason=new-supplier").await;
    let link = all(list.page().root_element(), "main tbody a")[0].value().attr("href").unwrap().to_owned();
    let page = city.get(&hub, &link).await;
    assert!(words(&page).contains("Bramblewick Software Ltd"), "{}", words(&page));
    let fields = filled(&page.page(), "[name=into]");
    let merged = city.post(&hub, &link, &with(&fields, &[("do", "merge"), ("into", &known.id.to_string())])).await;
    assert_eq!(merged.status, StatusCode::SEE_OTHER, "{}", words(&merged));
    assert_eq!(stored(city, id).await.suppliers, [known.id]);
    let list = city.get(&hub, "/curate").await;
    let action = all(list.page().root_element(), "form[action^='/curate/merges/']")[0].value().attr("action").unwrap().to_owned();
    assert_eq!(city.post(editor, &action, &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(city.post(&hub, &action, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(stored(city, id).await.suppliers, contract.suppliers);
    let placed = city.post(&hub, &link, &[("do", "place"), ("name", "Bramblewick Software")]).await;
    assert_eq!(placed.status, StatusCode::SEE_OTHER, "{}", words(&placed));
    let supplier = city.store().get::<Supplier>(&Scope::Operator, contract.suppliers[0].0).await.unwrap().unwrap();
    assert_eq!(supplier.name, "Bramblewick Software");
}

#[tokio::test(flavor = "multi_thread")]
async fn systems_and_skills_are_added_and_changed_too() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    for (kind, answers, list) in [
        ("system", vec![("product", "Bramble Housing"), ("users", "1,200"), ("functions", "council-tax")], "systems"),
        ("skill", vec![("name", "Power BI"), ("level", "expert"), ("people", "3"), ("offers-training", "yes")], "skills"),
    ] {
        let first = city.post(editor, &format!("/organisations/camden/new/{kind}"), &[]).await.location().to_owned();
        let check = answer(city, editor, &first, &answers).await;
        let fields = filled(&city.get(editor, &check).await.page(), "[name=command]");
        let made = city.post(editor, &check, &with(&fields, &[("do", "make")])).await;
        assert!(made.location().starts_with(&format!("/{list}/")), "{kind}: {}", words(&made));
        assert_eq!(city.get(&Browser::default(), made.location()).await.status, StatusCode::OK);
        let path = format!("{}/change", made.location());
        let fields = filled(&city.get(editor, &path).await.page(), "[name=version]");
        let saved = city.post(editor, &path, &with(&fields, &[("people", "4"), ("users", "5")])).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", words(&saved));
        let other = city.browser("hackney", Role::Editor).await;
        assert_eq!(city.post(&other, &path, &with(&fields, &[("people", "9")])).await.status, StatusCode::NOT_FOUND);
        assert_eq!(city.get(&other, &path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(city.post(editor, &format!("{}/still-right", made.location()), &[]).await.status, StatusCode::SEE_OTHER);
    }
    assert!(words(&city.get(&Browser::default(), "/skills?q=power&training=yes").await).contains("Power BI"));
}

fn upload(kind: &str, name: &str, content: &str) -> Request<Body> {
    let command = Uuid::new_v4();
    let body = format!(
        "--XX\r\nContent-Disposition: form-data; name=\"command\"\r\n\r\n{command}\r\n--XX\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\n{kind}\r\n\
         --XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n{content}\r\n--XX--\r\n"
    );
    Request::post("/organisations/camden/import")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=XX")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body))
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_looked_at_mapped_imported_and_taken_back() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let csv = "Reference,What,Supplier name,End date\nR1,Parking permits,Bramblewick Ltd,31/03/2028\nR2,Libraries,Bramblewick Ltd,30/06/2027\n";
    let sent = city.send(editor, upload("contracts", "../register.csv", csv)).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", words(&sent));
    let preview = city.get(editor, sent.location()).await;
    let fields = filled(&preview.page(), "[name=header]");
    assert!(fields.iter().any(|(name, value)| name == "header" && value == "What"), "{fields:?}");
    // The column that no header names is said by hand; everything that would change is then shown.
    let mapped: Vec<(&str, &str)> = fields
        .iter()
        .scan("", |header, (name, value)| {
            let value = if name == "field" && *header == "What" { "title" } else { value.as_str() };
            if name == "header" {
                *header = value;
            }
            Some((name.as_str(), value))
        })
        .chain([("do", "map")])
        .collect();
    assert_eq!(city.post(editor, sent.location(), &mapped).await.status, StatusCode::SEE_OTHER);
    let preview = city.get(editor, sent.location()).await;
    let said = words(&preview);
    assert!(
        said.contains("2 rows read: 2 to add") && said.contains("Parking permits") && said.contains("Bramblewick Ltd"),
        "{said}"
    );
    let contracts = || async {
        city.store()
            .by::<Contract>(&Scope::Operator, "organisation_id", own.contract.organisation.0.to_string())
            .await
            .unwrap()
            .len()
    };
    assert_eq!(contracts().await, 1, "looking changed something");
    let other = city.browser("camden", Role::Editor).await;
    assert_eq!(city.get(&other, sent.location()).await.status, StatusCode::NOT_FOUND, "a file is its sender's alone");
    let fields = filled(&preview.page(), "[name=command]");
    assert_eq!(city.post(editor, sent.location(), &with(&fields[..1], &[("do", "import")])).await.status, StatusCode::SEE_OTHER);
    assert_eq!(contracts().await, 3);
    let dashboard = city.get(editor, "/organisations/camden/register").await;
    assert!(words(&dashboard).contains("register.csv") && !words(&dashboard).contains("../"));
    let action = all(dashboard.page().root_element(), "form[action*='/imports/']")[0].value().attr("action").unwrap().to_owned();
    let theirs = action.replace("/camden/", "/hackney/");
    let hackney = city.browser("hackney", Role::Editor).await;
    for path in [&action, &theirs] {
        assert_eq!(city.post(&hackney, path, &[]).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(city.post(editor, &action, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(contracts().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn s35_files_that_are_none_are_refused_with_what_is_wrong() {
    let own = camden().await;
    for (name, content, message) in [
        ("", "", "Choose a file"),
        ("empty.csv", "", "The file is empty"),
        ("picture.svg", "<svg/>", "The file must be a CSV, Excel or OpenDocument file"),
        ("picture.csv", "\u{0}\u{1}\u{2}\u{3}\u{0}\u{0}", "The file is not what the ending of its name says"),
        ("register.xlsx", "a,b\n1,2\n", "The file is not what the ending of its name says"),
    ] {
        let answer = own.city.send(&own.editor, upload("contracts", name, content)).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}");
        assert!(words(&answer).contains(message), "{name}: {}", words(&answer));
    }
    let rows = own
        .city
        .send(&own.editor, upload("contracts", "other.csv", "Organisation,Reference,Title,Supplier\nhackney,R1,Theirs,A Ltd\n"))
        .await;
    let preview = words(&own.city.get(&own.editor, rows.location()).await);
    assert!(preview.contains("1 rejected") && preview.contains("hackney"), "{preview}");
    let big = "a,b\n".repeat(super::import::LARGEST / 4 + 100_000);
    let answer = own.city.send(&own.editor, upload("contracts", "big.csv", &big)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_and_register_are_reconciled_with_one_press_each() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let supplier = make(city, test_support::records::supplier("Bramblewick Software Ltd")).await;
    let answer =
        change(&own, editor, "suppliers", &[("supplier-state", "known"), ("suppliers", "Bramblewick Software Limited")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", words(&answer));
    assert_eq!(stored(city, own.contract.id).await.suppliers, [supplier.id], "another spelling is the same company");
    let mut notice =
        test_support::records::contract(own.contract.organisation, "Housing management system", Some(date(2029, 3, 31)));
    notice.suppliers = vec![supplier.id];
    notice.supplier_state = SupplierState::Known;
    notice.origin.source = "ocds-b5fd17".to_owned();
    notice.origin.ocid = Some("ocds-b5fd17-1".to_owned());
    notice.term.start = own.contract.term.start;
    let notice = make(city, notice).await;
    let mut stray = notice.clone();
    stray.id = ContractId(Uuid::now_v7());
    stray.key = stray.id.to_string();
    stray.title = "Street lighting".to_owned();
    stray.origin.ocid = Some("ocds-b5fd17-2".to_owned());
    let stray = make(city, stray).await;
    let path = "/organisations/camden/reconcile";
    let said = words(&city.get(editor, path).await);
    assert!(said.contains("31 March 2029") && said.contains("Street lighting") && said.contains("same title"), "{said}");
    let (one, two, three) = (own.contract.id.to_string(), notice.id.to_string(), stray.id.to_string());
    let press = |fields: Vec<(&'static str, String)>| async move {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = city.post(editor, path, &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{fields:?}: {}", words(&answer));
    };
    press(vec![("do", "take-notice".into()), ("own", one.clone()), ("notice", two.clone()), ("fact", "end".into())]).await;
    let taken = stored(city, own.contract.id).await;
    assert_eq!((taken.term.end, taken.origin.fields["end"].as_str()), (Some(date(2029, 3, 31)), "notice:ocds-b5fd17-1"));
    press(vec![("do", "same".into()), ("own", one.clone()), ("notice", two.clone())]).await;
    press(vec![("do", "adopt".into()), ("notice", three)]).await;
    assert!(words(&city.get(editor, path).await).contains("Nothing is left to look at"));
    // The pair is one contract in public, and the notice's page leads to it.
    assert!(!city.get(&Browser::default(), "/api/v1/contracts").await.text.contains(&two));
    assert!(words(&city.get(&Browser::default(), &format!("/contracts/{two}")).await).contains("The organisation’s own record"));
}

#[tokio::test(flavor = "multi_thread")]
async fn s28_what_people_write_is_text_and_nothing_else() {
    let own = camden().await;
    let nasty = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    assert_eq!(
        change(&own, &own.editor, "about", &[("title", nasty), ("reference", nasty), ("description", nasty)]).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        change(&own, &own.editor, "care", &[("note", nasty), ("owning-service", nasty)]).await.status,
        StatusCode::SEE_OTHER
    );
    let address = format!("/contracts/{}", own.contract.id);
    for path in ["", "/history", "/change/about", "/change/care", "/extend", "/replace"] {
        let text = own.city.get(&own.editor, &format!("{address}{path}")).await.text;
        assert!(!text.contains("<script>alert") && !text.contains("<img src=x"), "{path}");
    }
    let dashboard = own.city.get(&own.editor, "/organisations/camden/register").await.text;
    assert!(!dashboard.contains("<script>alert") && !dashboard.contains("<img src=x"));
}
