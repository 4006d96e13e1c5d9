//! One fact, one word: what pages, data and the log say of the same thing agrees.

use super::*;
use crate::{cli::seed, jobs::refresh::refresh};
use domain::register::terms::{Extension, TermKind};
use serde_json::Value as Json;

async fn json(city: &City, address: &str) -> Json {
    let (status, _, text) = city.get(address).await;
    assert_eq!(status, StatusCode::OK, "{address}: {text}");
    serde_json::from_str(&text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_past_its_end_is_called_so_on_its_page_as_in_the_data() {
    let city = city(true).await;
    let past = json(&city, "/api/v1/contracts?term=past-end&limit=5").await;
    let past = past["items"].as_array().unwrap();
    assert!(!past.is_empty());
    for one in past {
        let page = city.page(&format!("/contracts/{}", one["id"].as_str().unwrap())).await;
        let rows = texts(&page, ".govuk-summary-list__row");
        let term = rows.iter().find(|row| row.starts_with("Term ")).unwrap();
        assert!(term.contains("past its end"), "{term}: {one}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missed_extension_leaves_no_advice_that_cannot_be_followed() {
    let city = city(true).await;
    let mut contract =
        test_support::records::contract(city.contracts[0].organisation, "Tree inspections", Some(date(2027, 4, 30)));
    // To be taken up by 30 October 2026, and it was not.
    contract.term.extensions = vec![Extension { months: 12, notice: Some(Period::months(6)), ..Extension::default() }];
    assert_eq!(contract.term.kind, TermKind::Fixed);
    let id = contract.id;
    let mut write = city.app.store.write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.create(&mut [contract]).await.unwrap();
    write.commit().await.unwrap();
    refresh(&city.app).await.unwrap();
    let page = city.page(&format!("/contracts/{id}")).await;
    let days = texts(&page, "main table tbody tr");
    let of = |day: &str| days.iter().find(|row| row.starts_with(day)).unwrap_or_else(|| panic!("{day}: {days:?}"));
    assert!(of("30 April 2028").ends_with("cannot be reached: the day to extend has passed"), "{days:?}");
    let buying = days.iter().find(|row| row.contains("Start buying")).unwrap();
    assert!(buying.contains("by 30 April 2027") && buying.ends_with("Missed"), "{buying}");
    assert!(texts(&page, "main").join("").contains("before the last end that can still be reached"));
    // The picture, the figures above it and the record below it say the same.
    assert_eq!(texts(&page, ".ct-gantt rect.ct-f-hatch").len(), 0, "what has lapsed is not drawn");
    let said = texts(&page, "main").join(" ");
    for words in ["now 30 April 2027; the day to extend it has passed", "not used, and the day to take it up has passed"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let one = json(&city, &format!("/api/v1/contracts/{id}")).await;
    assert_eq!((&one["decision_date"], &one["missed_date"]), (&Json::Null, &Json::from("2026-10-30")), "{one}");
    assert_eq!(one["last_possible_end"], "2028-04-30", "what was agreed stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn service_areas_and_functions_say_their_numbers_in_words_that_fit() {
    let city = city(true).await;
    let page = city.page("/organisations/camden").await;
    let shown = texts(&page, ".ct-table--tight tbody tr td:nth-of-type(2)");
    assert!(shown.len() > 3);
    for cell in &shown {
        let (figure, rest) = cell.split_once(',').unwrap();
        assert!(figure.trim().parse::<usize>().is_ok() && rest.ends_with("end or ending within 24 months"), "{cell}");
    }
    let totals = texts(&city.page("/matrix?service_area=housing").await, "td.ct-total");
    assert!(
        !totals.is_empty() && totals.iter().all(|total| total.contains("organisation") && !total.contains("user")),
        "{totals:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_making_of_the_illustrative_register_counts_what_the_lists_count_and_stands_behind_all_of_it() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let clock = Clock::new(Some(date(2026, 11, 23)));
    server::opening::ship(&store, clock).await.unwrap();
    seed::illustrative(&store, clock).await.unwrap();
    let import = store.all::<Import>(&Scope::Operator).await.unwrap().remove(0);
    let app = crate::testing::load(store, clock, "http://127.0.0.1:8080".to_owned(), false).await.unwrap();
    let city = City { app, _database: database, contracts: Vec::new() };
    assert_eq!(json(&city, "/api/v1/contracts?limit=1").await["total"], import.report["created"]);
    let planned = json(&city, "/api/v1/planned-procurements?limit=1").await["items"][0]["id"].as_str().unwrap().to_owned();
    let page = texts(&city.page(&format!("/planned-procurements/{planned}")).await, "main").join("");
    assert!(page.contains("Brought in by the making of the illustrative register"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_without_an_end_that_is_to_stop_on_a_day_ends_on_that_day_wherever_it_is_shown() {
    let city = city(true).await;
    let mut contract = test_support::records::contract(city.contracts[0].organisation, "Lift alarms", Some(date(2024, 3, 31)));
    contract.term.kind = TermKind::RenewsYearly;
    contract.term.notice = Some(Period::months(3));
    let id = contract.id;
    let mut write = city.app.store.write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.create(&mut [contract.clone()]).await.unwrap();
    write.commit().await.unwrap();
    refresh(&city.app).await.unwrap();
    let shown = async |address: &str| texts(&city.page(address).await, "main").join(" ");
    let page = shown(&format!("/contracts/{id}")).await;
    assert!(page.contains("no end renews yearly, next on 31 March 2027") && page.contains("to give notice"), "{page}");
    // There is no last possible end that buying could be reckoned from.
    assert!(page.contains("Buying what comes after it is taken to need 12 months") && !page.contains("Start buying"), "{page}");
    let before = city.app.store.get::<Contract>(&Scope::Operator, id.0).await.unwrap().unwrap();
    let mut after = before.clone();
    after.term.terminated = Some(date(2028, 9, 30));
    let mut write = city.app.store.write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.update(&before, &mut after).await.unwrap();
    write.commit().await.unwrap();
    refresh(&city.app).await.unwrap();
    let page = shown(&format!("/contracts/{id}")).await;
    for words in [
        "renews yearly unless notice is given, but ends on 30 September 2028",
        "Current end 30 September 2028",
        "Start buying, to have the new contract by 30 September 2028",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    for words in ["no end", "Give notice", "to give notice", "31 March 2027"] {
        assert!(!page.contains(words), "{words}: {page}");
    }
    let list = shown("/contracts?q=lift+alarms").await;
    assert!(list.contains("30 September 2028") && !list.contains("no end"), "{list}");
    let one = json(&city, &format!("/api/v1/contracts/{id}")).await;
    let said = ["term", "status", "end", "last_possible_end", "decision_kind"].map(|name| one[name].as_str().unwrap_or_default());
    assert_eq!(said, ["fixed", "current", "2028-09-30", "2028-09-30", "start-buying-by"]);
    assert_eq!(one["exits"], serde_json::json!(["2028-09-30"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_contract_took_the_place_of_is_nowhere_said_to_be_bought_again() {
    let city = city(true).await;
    let camden = city.contracts[0].organisation;
    let until = |title: &str, end: jiff::civil::Date| test_support::records::contract(camden, title, Some(end));
    let (next, mut old) = (until("Gritting from 2029", date(2033, 3, 31)), until("Zibelline gritting", date(2029, 3, 31)));
    let id = old.id;
    let mut write = city.app.store.write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.create(&mut [old.clone(), next.clone()]).await.unwrap();
    write.commit().await.unwrap();
    refresh(&city.app).await.unwrap();
    let shown = async |address: &str| texts(&city.page(address).await, "main").join(" ");
    let told = async |address: &str| city.get(address).await.2;
    let decided =
        async |within: &str| json(&city, &format!("/api/v1/contracts?q=zibelline&decision={within}")).await["total"].clone();
    let addresses = [format!("/contracts/{id}"), "/contracts?q=zibelline".to_owned()];
    for address in &addresses {
        let page = shown(address).await;
        assert!(page.contains("31 March 2028 to start buying"), "{address}: {page}");
    }
    assert_eq!(decided("24").await, 1);
    assert!(told(&format!("/api/v1/contracts/{id}.ics")).await.contains("Start buying"));
    old = city.app.store.get::<Contract>(&Scope::Operator, id.0).await.unwrap().unwrap();
    let mut after = Contract { replaced_by: Some(next.id), ..old.clone() };
    let mut write = city.app.store.write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.update(&old, &mut after).await.unwrap();
    write.commit().await.unwrap();
    refresh(&city.app).await.unwrap();
    for address in &addresses {
        let page = shown(address).await;
        assert!(page.contains("none another contract took its place"), "{address}: {page}");
        assert!(!page.contains("31 March 2028"), "{address}: {page}");
    }
    assert_eq!(decided("24").await, 0);
    assert!(!told(&format!("/api/v1/contracts/{id}.ics")).await.contains("Start buying"));
    let one = json(&city, &format!("/api/v1/contracts/{id}")).await;
    assert_eq!(one["decision_state"], "replaced");
    assert_eq!((&one["decision_date"], &one["decisions"]), (&Json::Null, &serde_json::json!([])));
    assert_eq!(one["last_possible_end"], "2029-03-31");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_past_its_end_stands_among_what_to_decide_until_another_took_its_place() {
    let city = city(true).await;
    let known = city.app.snapshot();
    let camden = known.organisations().iter().find(|entry| entry.record.slug == "camden").unwrap().record.id;
    let next = test_support::records::contract(camden, "Sweeping from 2027", Some(date(2033, 3, 31)));
    let mut old = test_support::records::contract(camden, "Zibelline sweeping", Some(date(2001, 3, 31)));
    old.term.in_use = Some(true);
    let id = old.id;
    let mut write = city.app.store.write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.create(&mut [old, next.clone()]).await.unwrap();
    write.commit().await.unwrap();
    refresh(&city.app).await.unwrap();
    let sections = async || texts(&city.page("/organisations/camden").await, "section");
    let decides = async || sections().await.into_iter().find(|text| text.starts_with("Decide next")).unwrap();
    assert!(decides().await.contains("Zibelline sweeping"));
    let before = city.app.store.get::<Contract>(&Scope::Operator, id.0).await.unwrap().unwrap();
    let mut after = Contract { replaced_by: Some(next.id), ..before.clone() };
    let mut write = city.app.store.write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.update(&before, &mut after).await.unwrap();
    write.commit().await.unwrap();
    refresh(&city.app).await.unwrap();
    assert!(!decides().await.contains("Zibelline sweeping"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_that_stands_behind_a_record_asks_for_no_decision_beside_it() {
    let city = city(true).await;
    let camden = city.contracts[0].organisation;
    let own = test_support::records::contract(camden, "Zibelline gritting", Some(date(2029, 3, 31)));
    let mut notice = test_support::records::contract(camden, "Gritting by notice", Some(date(2029, 3, 31)));
    notice.origin.source = "ocds-find-a-tender".to_owned();
    let id = notice.id;
    let mut write = city.app.store.write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.create(&mut [own.clone()]).await.unwrap();
    write.create(&mut [notice]).await.unwrap();
    write.commit().await.unwrap();
    refresh(&city.app).await.unwrap();
    let shown = async || texts(&city.page(&format!("/contracts/{id}")).await, "main").join(" ");
    let page = shown().await;
    assert!(page.contains("31 March 2028 to start buying") && page.contains("Start buying"), "{page}");
    let before = city.app.store.get::<Contract>(&Scope::Operator, id.0).await.unwrap().unwrap();
    let mut after = Contract { notice_of: Some(own.id), ..before.clone() };
    let mut write = city.app.store.write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.update(&before, &mut after).await.unwrap();
    write.commit().await.unwrap();
    refresh(&city.app).await.unwrap();
    let page = shown().await;
    assert!(page.contains("This is what public notices say") && page.contains("own record says what is to be decided"), "{page}");
    for words in ["31 March 2028", "start buying", "Start buying"] {
        assert!(!page.contains(words), "{words}: {page}");
    }
}
