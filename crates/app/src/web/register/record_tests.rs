//! The pages of products, suppliers, organisations, functions, systems and imports, and those about the service, rendered
//! from the illustrative register through the whole router; and that their numbers agree with the lists they lead to.

use crate::{config::Clock, state::App, web};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use domain::{
    people::Scope,
    register::{
        ids::ImportId,
        illustrative::{self, Illustrative},
        records::Import,
        reference::{Reference, stable_id},
    },
};
use jiff::civil::date;
use scraper::{Html, Selector};
use std::collections::BTreeSet;
use test_support::{TestDatabase, records};
use tower::ServiceExt as _;

struct City {
    app: App,
    _database: TestDatabase,
    made: Illustrative,
}

async fn city() -> City {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let clock = Clock::new(Some(date(2026, 11, 23)));
    let scope = Scope::Job { name: "test".to_owned() };
    let mut shipped = Reference::shipped().unwrap();
    let mut made = illustrative::generate(clock.today(), illustrative::SEED, &shipped.organisations, &shipped.functions);
    made.planned[0].origin.url = Some("javascript:alert(1)".to_owned());
    let import = Import {
        id: ImportId(stable_id("import", "test")),
        files: vec!["register <2026>.csv".to_owned()],
        report: serde_json::json!({
            "read": 3, "created": 2, "updated": 0, "unchanged": 0,
            "rejected": [{ "row": 7, "field": "supplier", "reason": "no supplier is named" }],
        }),
        undone_at: Some(clock.now()),
        ..records::import("contracts", clock.now())
    };
    let notices = Import {
        id: ImportId(stable_id("import", "notices")),
        report: serde_json::json!({
            "read": 4, "created": 1, "updated": 0, "unchanged": 0, "rejected": [], "planned_procurements": { "created": 2 },
        }),
        ..records::import("ocds", clock.now())
    };
    let mut write = store.write(&scope, clock.now()).await.unwrap();
    write.create(&mut shipped.service_areas).await.unwrap();
    write.create(&mut shipped.organisations).await.unwrap();
    write.create(&mut shipped.functions).await.unwrap();
    write.create(&mut shipped.suppliers).await.unwrap();
    write.create(&mut made.suppliers).await.unwrap();
    write.create(&mut made.products).await.unwrap();
    write.create(&mut made.systems).await.unwrap();
    write.create(&mut made.contracts).await.unwrap();
    write.create(&mut made.planned).await.unwrap();
    write.create(&mut [import, notices]).await.unwrap();
    write.commit().await.unwrap();
    let app = crate::testing::load(store, clock, "http://127.0.0.1:8080".to_owned(), false).await.unwrap();
    City { app, _database: database, made }
}

impl City {
    async fn get(&self, path: &str) -> (StatusCode, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = web::router(self.app.clone()).oneshot(request).await.unwrap();
        let status = answer.status();
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn page(&self, path: &str) -> Html {
        let (status, text) = self.get(path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        Html::parse_document(&text)
    }

    /// A page that has one heading, no hole and no id twice.
    async fn sound(&self, path: &str) -> Html {
        let page = self.page(path).await;
        assert_eq!(texts(&page, "h1").len(), 1, "{path}");
        let text = texts(&page, "main").join("");
        for hole in ["undefined", "None", "{{", "null", "NaN"] {
            assert!(!text.contains(hole), "{path} shows '{hole}'");
        }
        let ids: Vec<_> = page.select(&Selector::parse("[id]").unwrap()).filter_map(|one| one.value().attr("id")).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{path} repeats an id");
        one_thing_in_each_cell(&page, path);
        page
    }

    /// How many rows a list says it found.
    async fn found(&self, path: &str) -> usize {
        number(&texts(&self.page(path).await, ".ct-count b").join(""))
    }
}

/// On a phone a cell of cards is a grid of its label and what it holds: several things would each get a line of their own.
fn one_thing_in_each_cell(page: &Html, path: &str) {
    for cell in page.select(&Selector::parse(".ct-cards td[data-label]").unwrap()) {
        let things = cell.children().filter(|child| match child.value() {
            scraper::Node::Text(text) => !text.trim().is_empty(),
            scraper::Node::Element(element) => element.classes().all(|class| class != "govuk-visually-hidden"),
            _ => false,
        });
        assert!(things.count() <= 1, "{path}: {}", cell.html());
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

/// The first number in a text.
fn number(text: &str) -> usize {
    let from = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
    let digits: String = text[from..].chars().take_while(|c| c.is_ascii_digit() || *c == ',').filter(|c| *c != ',').collect();
    digits.parse().unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_record_has_a_sound_page() {
    let city = city().await;
    let snapshot = city.app.snapshot();
    let mut paths: Vec<String> = Vec::new();
    paths.extend(snapshot.product_entries().iter().step_by(5).map(|entry| format!("/products/{}", entry.record.id)));
    paths.extend(snapshot.supplier_entries().iter().step_by(4).map(|entry| format!("/suppliers/{}", entry.record.id)));
    paths.extend(snapshot.system_entries().iter().step_by(50).map(|entry| format!("/systems/{}", entry.record.id)));
    paths.extend(snapshot.organisations().iter().step_by(3).map(|entry| format!("/organisations/{}", entry.record.slug)));
    paths.extend(snapshot.functions().iter().step_by(12).map(|entry| format!("/functions/{}", entry.record.slug)));
    paths.extend(snapshot.planned_entries().iter().map(|entry| format!("/planned-procurements/{}", entry.record.id)));
    for path in &paths {
        let page = city.sound(path).await;
        assert!(hrefs(&page, "main a").iter().all(|href| !href.starts_with("javascript:")), "{path}");
    }
    for path in ["/products/x", "/suppliers/x", "/systems/x", "/organisations/x", "/functions/x", "/planned-procurements/x"] {
        assert_eq!(city.get(path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn satisfaction_is_shown_of_three_organisations_or_more_and_of_no_single_one() {
    let city = city().await;
    let snapshot = city.app.snapshot();
    for entry in snapshot.product_entries() {
        let of_it = || city.made.systems.iter().filter(|system| system.product == entry.record.id);
        let said: BTreeSet<_> =
            of_it().filter(|system| system.satisfaction.is_some()).map(|system| system.organisation).collect();
        let answers: BTreeSet<_> = of_it().filter_map(|system| system.satisfaction).collect();
        let page = city.page(&format!("/products/{}", entry.record.id)).await;
        let text = texts(&page, "main").join(" ");
        let words = format!("said by {} organisations", said.len());
        let shown = said.len() >= 3 && answers.len() > 1;
        assert_eq!(text.contains(&words), shown, "{}", entry.record.name);
        assert_eq!(text.contains("Not shown: fewer than three"), !shown, "{}", entry.record.name);
        assert_eq!(text.contains("very unhappy Share") || !texts(&page, ".ct-cell-bar").is_empty(), shown && said.len() >= 10);
    }
    let system = city.made.systems.iter().find(|system| system.satisfaction.is_some()).unwrap();
    let text = texts(&city.page(&format!("/systems/{}", system.id)).await, "dt").join(" ");
    assert!(!text.to_lowercase().contains("satisfaction"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_picture_of_a_products_contracts_marks_is_said_in_words_too() {
    let city = city().await;
    let product = city.made.products.iter().find(|product| product.name == "Lintel").unwrap().id;
    let labels = texts(&city.page(&format!("/products/{product}")).await, ".ct-gantt__label");
    let islington = labels.iter().find(|label| label.starts_with("Islington")).unwrap();
    for words in
        ["it can end on 30 June 2028, 31 March 2029;", "start buying by 30 September 2027", "give notice by 30 December 2027"]
    {
        assert!(islington.contains(words), "{islington}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_with_one_change_offers_nothing_to_compare() {
    let city = city().await;
    let contract = city.made.contracts[0].id;
    let text = texts(&city.page(&format!("/contracts/{contract}")).await, "main").join(" ");
    assert!(text.contains("History of this record") && !text.contains("Compare any two points"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_of_many_quarters_keeps_its_figures_for_windows_with_room() {
    let city = city().await;
    // What a phone shows stands at least this far apart, in hundredths of the picture.
    let places = |page: &Html| -> Vec<f64> {
        let figures = Selector::parse(".ct-chart svg text:not(.ct-t-roomy)").unwrap();
        page.select(&figures).filter_map(|text| text.value().attr("x")?.trim_end_matches('%').parse().ok()).collect()
    };
    for years in [8, 12] {
        let places = places(&city.page(&format!("/timeline?years={years}")).await);
        assert!(places.len() > 3 && places[0] > 5.0, "{places:?}");
        assert!(places.windows(2).all(|pair| pair[1] - pair[0] > 11.0), "{places:?}");
    }
    assert!(city.page("/timeline").await.select(&Selector::parse(".ct-t-roomy").unwrap()).next().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fix_leads_to_as_many_records_as_it_says() {
    let city = city().await;
    let mut followed = 0;
    let snapshot = city.app.snapshot();
    let slugs: Vec<&str> = snapshot.organisations().iter().map(|entry| entry.record.slug.as_str()).collect();
    for slug in slugs {
        let page = city.page(&format!("/organisations/{slug}")).await;
        for (words, href) in texts(&page, ".ct-fixes a").iter().zip(hrefs(&page, ".ct-fixes a")) {
            // A joint contract that another organisation keeps is that one's to tidy, and counts for its score.
            assert_eq!(city.found(&href).await, number(words), "{slug}: {words} {href}");
            followed += 1;
        }
    }
    assert!(followed > 60, "{followed}");
    let joint = city.made.contracts.iter().filter(|contract| !contract.joint.is_empty()).count();
    assert!(joint > 0, "no joint contract: nothing that could be counted twice");
    let tags = texts(&city.page("/contracts?keeper=camden&missing=notice").await, ".ct-filter__selected").join(" ");
    assert!(tags.contains("Record kept by") && tags.contains("Camden"), "{tags}");
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_agree_with_the_lists_they_lead_to() {
    let city = city().await;
    let snapshot = city.app.snapshot();
    let product = snapshot.product_entries().iter().max_by_key(|entry| entry.contracts).unwrap().record.id;
    let supplier = snapshot.supplier_entries().iter().max_by_key(|entry| entry.contracts).unwrap().record.id;
    for path in [
        format!("/products/{product}"),
        format!("/suppliers/{supplier}"),
        "/organisations/camden".to_owned(),
        "/functions/council-tax".to_owned(),
    ] {
        let page = city.page(&path).await;
        for figure in page.select(&Selector::parse(".ct-figure").unwrap()) {
            let figure = Html::parse_fragment(&figure.html());
            if let Some(href) = hrefs(&figure, "a").first() {
                assert_eq!(city.found(href).await, number(&texts(&figure, "dd").join("")), "{path}: {href}");
            }
        }
        for (tab, href) in
            texts(&page, ".ct-subnav a").iter().zip(hrefs(&page, ".ct-subnav a")).filter(|(tab, _)| tab.contains('('))
        {
            assert_eq!(city.found(&href).await, number(tab), "{path}: {tab}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_without_a_record_says_how_to_add_one() {
    let city = city().await;
    let snapshot = city.app.snapshot();
    let bare = snapshot.organisations().iter().find(|entry| entry.contracts + entry.systems == 0).unwrap();
    let page = city.sound(&format!("/organisations/{}", bare.record.slug)).await;
    assert!(texts(&page, ".govuk-inset-text").join(" ").contains("import its contracts and systems"));
    assert!(hrefs(&page, ".govuk-inset-text a").contains(&"/sign-in".to_owned()));
    assert!(texts(&page, ".ct-score").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_get_these_as_gives_is_what_the_page_shows() {
    let city = city().await;
    for path in [
        "/systems?organisation=camden&sort=users",
        "/products?service_area=housing&sort=satisfaction",
        "/suppliers?organisation=camden&sort=contracts",
        "/planned-procurements?sort=title",
        "/organisations?q=camden",
        "/functions",
        "/systems?missing=system-users&organisation=camden",
    ] {
        let page = city.page(path).await;
        let links = hrefs(&page, ".ct-get a");
        assert!(links.len() >= 3, "{path}");
        for link in links.iter().filter(|link| !link.contains(".xlsx")) {
            assert_eq!(city.get(link).await.0, StatusCode::OK, "{path}: {link}");
        }
        let (status, text) = city.get(&links[2]).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let total = json["total"].as_u64().unwrap();
        let rows = texts(&page, "main tbody tr:not(.ct-group)").len() as u64;
        assert!(total > 0 && rows == total.min(25) || rows == total, "{path}: {rows} of {total}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_show_how_much_was_rejected_and_what_was_taken_back() {
    let city = city().await;
    let page = city.sound("/imports").await;
    let text = texts(&page, "main").join(" ");
    for words in ["3 rows read", "2 added", "1 rejected", "Taken back"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    // Four notices are not four contracts, and what they add is not all of one kind.
    let notices = "4 notices read, 0 rejected. Contracts: 1 added, 0 changed, 0 unchanged. 2 planned procurements added.";
    assert!(text.split_whitespace().collect::<Vec<_>>().join(" ").contains(notices), "{text}");
    // What a file is called, and what stood in its rows, is not public.
    assert!(!text.contains("2026>") && !text.contains("no supplier is named"), "{text}");
    // The same as files.
    let (status, text) = city.get("/imports.json").await;
    assert_eq!(
        (status, hrefs(&page, ".ct-get a")),
        (StatusCode::OK, vec!["/imports.csv".to_owned(), "/imports.json".to_owned()])
    );
    let list: serde_json::Value = serde_json::from_str(&text).unwrap();
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), texts(&page, "main section.ct-section").len());
    let one = items.iter().find(|one| !one["undone_at"].is_null()).expect("the one that was taken back");
    assert_eq!([&one["read"], &one["created"], &one["rejected"]], [3, 2, 1].map(serde_json::Value::from).each_ref());
    let (status, text) = city.get("/imports.csv").await;
    assert_eq!((status, text.lines().count()), (StatusCode::OK, items.len() + 1), "{text}");
    assert!(
        !text.contains("2026>") && !list.to_string().contains("no supplier is named") && one["files"] == serde_json::json!([])
    );
    let (status, feed) = city.get("/changes.atom").await;
    assert_eq!(status, StatusCode::OK);
    assert!(!feed.contains("2026&gt;") && feed.contains("<id>http://127.0.0.1:8080/changes"), "{feed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supplier_shows_all_its_names_and_owners_with_their_sources() {
    let city = city().await;
    let snapshot = city.app.snapshot();
    let entry = snapshot
        .supplier_entries()
        .iter()
        .find(|entry| entry.record.owners.iter().any(|owner| owner.source.as_deref().is_some_and(|s| s.contains("https://"))))
        .expect("the shipped suppliers have an owner with a source");
    let page = city.sound(&format!("/suppliers/{}", entry.record.id)).await;
    let text = texts(&page, "main").join(" ");
    for name in entry.record.names.iter().map(|name| &name.name).chain(entry.record.owners.iter().map(|owner| &owner.name)) {
        assert!(text.contains(name.as_str()), "{name}");
    }
    assert!(hrefs(&page, "main a[rel~=noopener]").iter().any(|href| href.starts_with("https://")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_about_the_service_are_sound() {
    let city = city().await;
    let pages = ["/about", "/accessibility", "/privacy", "/cookies", "/help", "/api", "/problems/not-found"];
    let mut titles = BTreeSet::new();
    for path in pages {
        let page = city.page(path).await;
        assert_eq!(texts(&page, "h1").len(), 1, "{path}");
        one_thing_in_each_cell(&page, path);
        assert!(titles.insert(texts(&page, "title").join("")), "{path}");
        for href in hrefs(&page, "main a").into_iter().filter(|href| href.starts_with('/')) {
            let status = city.get(&href).await.0;
            // An account is for people who are signed in: it leads there by signing in.
            let signs_in = status == StatusCode::SEE_OTHER && href.starts_with("/account");
            assert!(status == StatusCode::OK || signs_in, "{path} leads to {href}: {status}");
        }
    }
    let examples: Vec<String> =
        texts(&city.page("/api").await, "pre").into_iter().filter(|text| text.starts_with("curl")).collect();
    assert!(examples.len() >= 4);
    for example in examples {
        let address = example.split('\'').nth(1).unwrap().replace("http://127.0.0.1:8080", "");
        assert_eq!(city.get(&address).await.0, StatusCode::OK, "{example}");
    }
    let (status, text) = city.get("/nowhere").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(text.contains("Page not found"));
}
