//! Every page of the register, rendered from the illustrative register and from an empty one, through the whole router.

mod data;
mod wording;

use crate::{config::Clock, state::App, web};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use domain::{
    people::Scope,
    register::{illustrative, records::*, reference::Reference, terms::Period},
};
use jiff::civil::date;
use scraper::{Html, Selector};
use std::collections::{BTreeMap, BTreeSet};
use test_support::TestDatabase;
use tower::ServiceExt as _;

/// A register and the server over it; the database goes with it.
struct City {
    app: App,
    _database: TestDatabase,
    contracts: Vec<Contract>,
}

async fn city(filled: bool) -> City {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let clock = Clock::new(Some(date(2026, 11, 23)));
    let scope = Scope::Job { name: "test".to_owned() };
    let mut shipped = Reference::shipped().unwrap();
    let mut write = store.write(&scope, clock.now()).await.unwrap();
    write.create(&mut shipped.service_areas).await.unwrap();
    write.create(&mut shipped.organisations).await.unwrap();
    write.create(&mut shipped.functions).await.unwrap();
    let mut contracts = Vec::new();
    if filled {
        let mut made = illustrative::generate(clock.today(), illustrative::SEED, &shipped.organisations, &shipped.functions);
        made.contracts[0].title = "<script>alert(1)</script> & \"quotes\"".to_owned();
        made.contracts[0].origin.url = Some("javascript:alert(1)".to_owned());
        write.create(&mut made.suppliers).await.unwrap();
        write.create(&mut made.products).await.unwrap();
        write.create(&mut made.systems).await.unwrap();
        write.create(&mut made.contracts).await.unwrap();
        write.create(&mut made.planned).await.unwrap();
        contracts = made.contracts;
    }
    write.commit().await.unwrap();
    if let Some(before) = contracts.first().cloned() {
        let mut after = before.clone();
        after.term.end = Some(date(2031, 5, 17));
        after.term.notice = Some(Period { months: 3, days: 0 });
        after.owning_service = Some("Estates".to_owned());
        let mut write = store.write(&Scope::Operator, clock.now()).await.unwrap();
        write.update(&before, &mut after).await.unwrap();
        write.commit().await.unwrap();
        contracts[0] = after;
    }
    let app = crate::testing::load(store, clock, "http://127.0.0.1:8080".to_owned(), false).await.unwrap();
    City { app, _database: database, contracts }
}

impl City {
    async fn get(&self, path: &str) -> (StatusCode, Option<String>, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = web::router(self.app.clone()).oneshot(request).await.unwrap();
        let status = answer.status();
        let location = answer.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned());
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        // A workbook is no text: that it comes is enough.
        (status, location, String::from_utf8_lossy(&body).into_owned())
    }

    /// An import that wrote so much, with one row that it rejected.
    async fn import(&self, created: u64, updated: u64) {
        let report = serde_json::json!({
            "read": created + updated + 1, "created": created, "updated": updated, "unchanged": 0,
            "rejected": [{ "row": 7, "field": "supplier", "reason": "no supplier is named" }],
        });
        let now = self.app.clock.now() + 1;
        let mut write = self.app.store.write(&Scope::Operator, now).await.unwrap();
        write.create(&mut [Import { report, ..test_support::records::import("contracts", now) }]).await.unwrap();
        write.commit().await.unwrap();
    }

    async fn page(&self, path: &str) -> Html {
        let (status, _, text) = self.get(path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        Html::parse_document(&text)
    }
}

fn texts(page: &Html, selector: &str) -> Vec<String> {
    let words = |element: scraper::ElementRef<'_>| element.text().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
    page.select(&Selector::parse(selector).unwrap()).map(words).collect()
}

fn hrefs(page: &Html, selector: &str) -> Vec<String> {
    let selector = Selector::parse(selector).unwrap();
    page.select(&selector).filter_map(|link| link.value().attr("href")).map(str::to_owned).collect()
}

const LISTS: &[&str] = &[
    "/",
    "/search",
    "/search?q=housing",
    "/contracts",
    "/contracts?page=2",
    "/timeline",
    "/timeline?years=12",
    "/matrix",
    "/matrix?service_area=all&mark=camden",
    "/systems",
    "/products",
    "/suppliers",
    "/organisations",
    "/functions",
    "/planned-procurements",
    "/changes",
    "/imports",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_page_has_one_heading_a_title_of_its_own_and_no_hole() {
    let city = city(true).await;
    let mut titles: BTreeMap<String, &str> = BTreeMap::new();
    for path in LISTS {
        let page = city.page(path).await;
        assert_eq!(texts(&page, "h1").len(), 1, "{path}");
        let title = texts(&page, "title").join("");
        if !path.contains('?') || path.contains("page=") {
            assert_eq!(titles.insert(title.clone(), path), None, "{path}: {title}");
        }
        let text = texts(&page, "main").join("");
        for hole in ["undefined", "{{", "null", "NaN"] {
            assert!(!text.contains(hole), "{path} shows '{hole}'");
        }
        for table in page.select(&Selector::parse("table.ct-cards").unwrap()) {
            assert_eq!(table.value().attr("role"), Some("table"), "{path}");
        }
        let ids: Vec<_> = page.select(&Selector::parse("[id]").unwrap()).filter_map(|one| one.value().attr("id")).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{path} repeats an id");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_register_says_what_to_do_on_every_page() {
    let city = city(false).await;
    for path in LISTS.iter().filter(|path| !path.contains("page=")) {
        let page = city.page(path).await;
        assert_eq!(texts(&page, "h1").len(), 1, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_link_of_the_first_page_leads_somewhere() {
    let city = city(true).await;
    let page = city.page("/").await;
    let links: BTreeSet<String> = hrefs(&page, "main a").into_iter().filter(|href| href.starts_with('/')).collect();
    assert!(links.len() > 60, "33 tiles, 16 quarters, the areas and more: {}", links.len());
    for link in links {
        assert_eq!(city.get(&link).await.0, StatusCode::OK, "{link}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn contracts_of_each_kind_of_term_show_in_full() {
    let city = city(true).await;
    let mut seen = BTreeSet::new();
    for contract in &city.contracts {
        let kind = format!("{:?}{:?}{}", contract.term.kind, contract.term.in_use, contract.term.extensions.len());
        if !seen.insert(kind) {
            continue;
        }
        let path = format!("/contracts/{}", contract.id);
        let page = city.page(&path).await;
        assert_eq!(texts(&page, "h1").join(""), contract.title, "{path}");
        let facts = texts(&page, "dt");
        for fact in ["Reference", "Current end", "Options to extend", "Notice", "Review date", "Value", "Source"] {
            assert!(facts.iter().any(|one| one == fact), "{path} lacks {fact}");
        }
    }
    assert!(seen.len() >= 4, "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_is_escaped_links_to_web_addresses_only_and_tells_its_history() {
    let city = city(true).await;
    let path = format!("/contracts/{}", city.contracts[0].id);
    let (_, _, text) = city.get(&path).await;
    assert!(!text.contains("<script>alert") && !text.contains("javascript:"));
    let page = Html::parse_document(&text);
    let history = texts(&page, "section:last-of-type td").join(" ");
    assert!(history.contains("Owning service : Estates, before:"), "{history}");
    assert!(history.contains("Current end : 17 May 2031 , before:"), "{history}");
    assert!(history.contains("Notice : 3 months, before:"), "{history}");
    assert!(history.contains("whoever runs the register"), "{history}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_not_found_and_pages_outside_a_list_lead_to_its_first() {
    let city = city(true).await;
    for path in ["/contracts/nonsense", "/contracts/01999999-0000-7000-8000-000000000000", "/matrix?service_area=nowhere"] {
        assert_eq!(city.get(path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    for path in ["/contracts?page=0&q=a", "/contracts?page=9999&q=a", "/contracts?page=x&q=a"] {
        let (status, location, _) = city.get(path).await;
        assert_eq!((status, location.as_deref()), (StatusCode::SEE_OTHER, Some("/contracts?q=a&no_page=1")), "{path}");
    }
    let first = city.page("/contracts?q=a&no_page=1").await;
    assert_eq!(texts(&first, ".ct-notused"), ["There is no such page of this list. This is its first page."]);
    assert!(hrefs(&first, "main a").iter().all(|href| !href.contains("no_page")));
    assert_eq!(city.get("/contracts?ends_from=31/03/2027").await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_count_show_and_can_be_taken_off_one_by_one() {
    let city = city(true).await;
    let all = city.contracts.len();
    let page = city.page("/contracts?organisation=camden&term=fixed&organisation=nowhere").await;
    let tags = texts(&page, ".ct-tags a");
    assert_eq!(tags, ["Remove filter: Camden", "Remove filter: nowhere", "Remove filter: Fixed"]);
    assert_eq!(hrefs(&page, ".ct-tags a")[1], "/contracts?organisation=camden&term=fixed");
    let count = texts(&page, ".ct-count").join("");
    assert!(count.ends_with(&format!("contracts of {all}")), "{count}");
    for data in hrefs(&page, ".ct-get a") {
        assert!(data.starts_with("/api/v1/contracts") && data.contains("organisation=camden&term=fixed"), "{data}");
    }
    let nothing = city.page("/contracts?q=zzzzqqq").await;
    assert!(texts(&nothing, ".ct-results").join("").contains("No contracts match. Remove a filter"));
    let rows = texts(&city.page("/contracts?all=organisation").await, "#facet-organisation li").len();
    assert_eq!(rows, 22, "every organisation with a contract");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_timeline_counts_every_contract_once() {
    let city = city(true).await;
    let page = city.page("/timeline").await;
    let number = |text: &str| text.replace(',', "").parse::<usize>().unwrap_or(0);
    let drawn: usize = texts(&page, "tbody tr td:last-child").iter().map(|text| number(text)).sum();
    let note = texts(&page, ".ct-chart__note").join(" ").replace(" after 2030", "");
    let left: usize = note.split_whitespace().filter(|word| word.starts_with(|c: char| c.is_ascii_digit())).map(number).sum();
    assert_eq!(drawn + left, city.contracts.len(), "{note}");
}
