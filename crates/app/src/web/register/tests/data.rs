//! What can be taken away is what a page shows: the same rows in the same order, with what stands in their columns; and what a
//! page does not know it says, and leaves out of its links.

use super::*;
use serde_json::Value as Json;

/// Lists, and addresses of each that people meet.
const ASKED: &[&str] = &[
    "/contracts",
    "/contracts?decision=missed&organisation=camden",
    "/contracts?sort=-value&q=housing",
    "/systems",
    "/systems?sort=users&function=council-tax",
    "/products?sort=satisfaction",
    "/suppliers",
    "/planned-procurements",
    "/planned-procurements?sort=title",
    "/planned-procurements?open=yes&stage=tender",
    "/functions",
    "/functions?q=housing",
    "/organisations",
    "/organisations?kind=council",
];

async fn json(city: &City, address: &str) -> Json {
    let (status, _, text) = city.get(address).await;
    assert_eq!(status, StatusCode::OK, "{address}: {text}");
    serde_json::from_str(&text).unwrap()
}

/// What a page's links lead to, by their words.
fn links(page: &Html) -> BTreeMap<String, String> {
    texts(page, ".ct-get a").into_iter().zip(hrefs(page, ".ct-get a")).collect()
}

fn key(item: &Json) -> String {
    item["id"].as_str().or(item["slug"].as_str()).unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn data_holds_the_rows_of_the_page_in_its_order_and_all_of_them() {
    let city = city(true).await;
    for path in ASKED {
        let page = city.page(path).await;
        let shown: Vec<String> = hrefs(&page, "main tbody th[scope=row] > a, main tbody th[scope=row] > b > a")
            .iter()
            .map(|href| href.rsplit('/').next().unwrap().to_owned())
            .collect();
        let links = links(&page);
        let list = json(&city, &links["JSON"]).await;
        let items: Vec<String> = list["items"].as_array().unwrap().iter().map(key).collect();
        assert_eq!(items.len() as u64, list["total"].as_u64().unwrap(), "{path}: all of them");
        assert!(!shown.is_empty() || list["total"] == 0, "{path}");
        assert_eq!(shown, items[..shown.len()], "{path}");
        let (_, _, text) = city.get(&links["CSV"]).await;
        let file = csv::Reader::from_reader(text.as_bytes()).records().map(|row| row.unwrap()[0].to_owned()).collect::<Vec<_>>();
        assert_eq!(file, items, "{path}");
        let alternates = hrefs(&page, "link[rel=alternate][type='application/json']");
        assert!(alternates.is_empty() || alternates == [links["JSON"].clone()], "{path}: {alternates:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_filter_is_said_and_breaks_no_download() {
    let city = city(true).await;
    for section in [
        "contracts",
        "systems",
        "products",
        "suppliers",
        "planned-procurements",
        "organisations",
        "functions",
        "timeline",
        "matrix",
    ] {
        let path = format!("/{section}?colour=red&utm_source=x&q=a");
        let page = city.page(&path).await;
        let said = texts(&page, ".ct-notused").join(" ");
        assert!(said.contains("no such filter: ‘colour’") && !said.contains("utm_source"), "{path}: {said}");
        for (words, href) in links(&page) {
            assert!(!href.contains("colour") && !href.contains("utm_source"), "{path}: {href}");
            assert_eq!(city.get(&href).await.0, StatusCode::OK, "{path}: {words}");
        }
        assert!(texts(&city.page(&format!("/{section}")).await, ".ct-notused").is_empty(), "{section}");
    }
    // What is not known is not kept by the form either.
    let page = city.page("/contracts?kind=council&ends=12").await;
    assert!(page.select(&Selector::parse("input[name=kind]").unwrap()).next().is_none());
    assert!(texts(&page, ".ct-count").join("").contains(" of "));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_with_an_ending_leads_to_its_list_and_changes_are_data_too() {
    let city = city(true).await;
    for (path, wanted) in [
        ("/contracts.json?page=2&organisation=camden", "/api/v1/contracts?organisation=camden"),
        ("/contracts.csv?page=2", "/api/v1/contracts.csv"),
        ("/timeline.csv?years=8&status=current", "/api/v1/contracts.csv?status=current"),
        ("/matrix.json?service_area=housing&mark=camden", "/matrix/cells.json?service_area=housing"),
    ] {
        let (status, location, _) = city.get(path).await;
        assert_eq!((status, location.as_deref()), (StatusCode::TEMPORARY_REDIRECT, Some(wanted)), "{path}");
        assert_eq!(city.get(wanted).await.0, StatusCode::OK, "{wanted}");
    }
    let shown = texts(&city.page("/changes").await, ".ct-log li").len();
    let changes = json(&city, "/changes.json").await;
    assert_eq!(changes["items"].as_array().unwrap().len(), shown);
    let (_, _, text) = city.get("/changes.csv").await;
    assert_eq!(csv::Reader::from_reader(text.as_bytes()).records().count(), shown);
    // The page says how many records an import wrote; of what a person changed it says no such thing.
    city.import(4, 2).await;
    assert!(texts(&city.page("/changes").await, ".ct-log li")[0].contains("4 added, 2 changed; 1 row needs a look"));
    let told = json(&city, "/changes.json").await["items"].clone();
    assert_eq!((told[0]["what"].as_str(), told[0]["counts"]["created"].as_i64()), (Some("import"), Some(4)));
    assert_eq!((told[1]["what"].as_str(), &told[1]["counts"]), (Some("change"), &Json::Null));
    let file = rows(&city.get("/changes.csv").await.2);
    let counts = |row: &BTreeMap<String, String>| ["created", "updated", "rejected"].map(|name| row[name].clone());
    assert_eq!((counts(&file[0]), counts(&file[1])), (["4", "2", "1"].map(str::to_owned), ["", "", ""].map(str::to_owned)));
    assert_eq!(city.get("/changes.json?before=x").await.0, StatusCode::BAD_REQUEST);
    assert_eq!(json(&city, "/changes.json?before=1").await["items"], Json::Array(Vec::new()));
}

/// The rows of a CSV file under its headings.
fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    reader.records().map(|row| names.iter().cloned().zip(row.unwrap().iter().map(str::to_owned)).collect()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_that_one_page_alone_has_are_files_of_what_it_shows() {
    let city = city(true).await;
    let hrefs_of = |page: &Html, stem: &str| -> Vec<String> {
        hrefs(page, ".ct-get a").into_iter().filter(|href| href.starts_with(stem)).collect()
    };
    // The quarters, under the filters and the years of the page.
    let page = city.page("/timeline?organisation=camden&years=8").await;
    let files = hrefs_of(&page, "/timeline/quarters");
    assert_eq!(files[0], "/timeline/quarters.csv?organisation=camden&years=8");
    let shown: Vec<Vec<String>> = page
        .select(&Selector::parse("main table tbody tr").unwrap())
        .map(|row| row.select(&Selector::parse("td").unwrap()).map(|cell| cell.text().collect()).collect())
        .collect();
    let quarters = rows(&city.get(&files[0]).await.2);
    let told: Vec<Vec<String>> = quarters
        .iter()
        .map(|row| ["no_extension_left", "only_if_extended", "total"].map(|name| row[name].clone()).to_vec())
        .collect();
    assert_eq!((told.len(), &told), (32, &shown));
    assert_eq!((quarters[0]["from"].as_str(), quarters[0]["to"].as_str()), ("2026-10-01", "2026-12-31"));
    let list = json(&city, &files[1]).await;
    let sum = |list: &Json| list["items"].as_array().unwrap().iter().map(|one| one["total"].as_u64().unwrap()).sum::<u64>();
    let beside: u64 =
        ["past_end", "no_end", "not_known", "before", "after", "ended"].iter().map(|name| list[name].as_u64().unwrap()).sum();
    let of_camden = json(&city, "/api/v1/contracts?organisation=camden&limit=1").await;
    assert_eq!(Some(sum(&list) + beside), of_camden["total"].as_u64(), "each contract once");
    // The matrix: functions by organisations.
    let page = city.page("/matrix?service_area=housing&mark=camden").await;
    let files = hrefs_of(&page, "/matrix/cells");
    assert_eq!(files, ["/matrix/cells.csv?service_area=housing", "/matrix/cells.json?service_area=housing"]);
    let grid = rows(&city.get(&files[0]).await.2);
    let functions: Vec<&str> = grid.iter().map(|row| row["function"].as_str()).collect();
    assert_eq!(functions, texts(&page, "tbody th[scope=row]"));
    let list = json(&city, &files[1]).await;
    let columns: Vec<&str> = list["organisations"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    assert_eq!(columns, texts(&page, "thead th .govuk-visually-hidden"));
    let used: usize = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|line| line["cells"].as_array().unwrap())
        .map(|cell| cell["used"].as_array().unwrap().len())
        .sum();
    assert_eq!(used, hrefs(&page, "tbody td a").len());
    let camden: Vec<usize> = grid.iter().map(|row| row["Camden"].split("; ").filter(|name| !name.is_empty()).count()).collect();
    let place = columns.iter().position(|name| *name == "Camden").unwrap();
    for (line, count) in list["items"].as_array().unwrap().iter().zip(camden) {
        assert_eq!(line["cells"][place]["used"].as_array().unwrap().len(), count, "{line}");
    }
    // What a cell says: which product, and when its contract can end.
    let said: BTreeSet<String> = texts(&page, "tbody td a .govuk-visually-hidden").into_iter().collect();
    let cells = grid.iter().flat_map(|row| row["Camden"].split("; ").filter(|cell| !cell.is_empty()));
    let mut told = 0;
    for cell in cells {
        let (product, ends) = cell.trim_end_matches(')').split_once(" (").unwrap();
        assert!(said.contains(&format!("Camden: {product}, {ends}")), "{cell}: {said:?}");
        told += 1;
    }
    assert!(told > 0);
    // Unasked, the page shows some service areas, and so do its files.
    let functions = texts(&city.page("/matrix").await, "tbody th[scope=row]");
    let (_, files, _) = city.get("/matrix.csv").await;
    let grid = rows(&city.get(&files.unwrap()).await.2);
    assert_eq!(grid.iter().map(|row| row["function"].clone()).collect::<Vec<_>>(), functions);
    // A search.
    let page = city.page("/search?q=housing").await;
    let files = hrefs_of(&page, "/search");
    assert_eq!(files, ["/search.csv?q=housing", "/search.json?q=housing"]);
    let found = rows(&city.get(&files[0]).await.2);
    let shown = hrefs(&page, "main .ct-areas a").len() + texts(&page, "main tbody tr").len();
    assert_eq!(found.len(), shown);
    let list = json(&city, &files[1]).await;
    assert_eq!(list["items"].as_array().unwrap().len(), shown);
    assert!(list["totals"].as_array().unwrap().iter().any(|one| one["kind"] == "contracts" && one["total"].as_u64() > Some(0)));
    // What the page's table says of contracts, as the API says it.
    let contract = list["items"].as_array().unwrap().iter().find(|one| one["kind"] == "contracts").unwrap();
    let row = found.iter().find(|row| row["kind"] == "contracts").unwrap();
    let id = contract["address"].as_str().unwrap().rsplit('/').next().unwrap();
    let same = json(&city, &format!("/api/v1/contracts/{id}")).await;
    let text = |value: &Json| value.as_str().map(str::to_owned).unwrap_or_default();
    for name in [
        "supplier_state",
        "term",
        "status",
        "end",
        "decision_date",
        "decision_kind",
        "decision_state",
        "missed_date",
        "missed_kind",
    ] {
        assert_eq!(contract["contract"][name], same[name], "{name}");
        assert_eq!(row[name], text(&same[name]), "{name}");
    }
    assert_eq!(contract["contract"]["suppliers"][0], same["suppliers"][0]["name"]);
    assert_eq!(contract["contract"]["products"][0], same["products"][0]["name"]);
    let amount = same.pointer("/value/amount").cloned().unwrap_or_default();
    assert_eq!((&contract["contract"]["value_amount"], &row["value_amount"]), (&amount, &text(&amount)));
    assert_eq!(json(&city, "/search.json").await["items"], Json::Array(Vec::new()));
    // A name that is no filter gives wrong figures in a file, which can say nothing of it: it is refused.
    for path in ["/timeline/quarters.csv", "/matrix/cells.json", "/search.json"] {
        assert_eq!(city.get(&format!("{path}?colour=red")).await.0, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(city.get(&format!("{path}?utm_source=x")).await.0, StatusCode::OK, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_records_history_is_a_file_of_the_changes_that_its_page_shows() {
    let city = city(true).await;
    let path = format!("/contracts/{}/history", city.contracts[0].id);
    let page = city.page(&path).await;
    assert_eq!(
        links(&page),
        BTreeMap::from([("CSV".to_owned(), format!("{path}.csv")), ("JSON".to_owned(), format!("{path}.json"))])
    );
    let items = json(&city, &format!("{path}.json")).await["items"].clone();
    let items = items.as_array().unwrap();
    assert_eq!((items.len(), texts(&page, "main tbody tr").len()), (2, 2), "the newest first");
    assert_eq!(
        [&items[0]["action"], &items[0]["by"], &items[1]["action"]].map(Json::as_str),
        ["update", "operator", "create"].map(Some)
    );
    let changes = items[0]["changes"].as_array().unwrap();
    let of = |field: &str| changes.iter().find(|one| one["field"] == field).unwrap_or_else(|| panic!("{field}: {changes:?}"));
    assert_eq!(
        (of("owning service")["after"].as_str(), of("current end")["after"].as_str()),
        (Some("Estates"), Some("2031-05-17"))
    );
    assert_eq!(of("notice")["after"], serde_json::json!({ "months": 3, "days": 0 }));
    let file = rows(&city.get(&format!("{path}.csv")).await.2);
    assert_eq!(file.len(), changes.len() + 1, "a row a field, and one for the record that was added");
    assert!(file.iter().any(|row| row["field"] == "owning service" && row["after"] == "Estates"), "{file:?}");
    assert_eq!((file.last().unwrap()["action"].as_str(), file.last().unwrap()["field"].as_str()), ("create", ""));
    assert_eq!(city.get("/organisations/camden/history.json").await.0, StatusCode::OK);
    assert_eq!(city.get("/contracts/01999999-0000-7000-8000-000000000000/history.csv").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn planned_procurements_stand_with_those_first_that_can_still_be_offered_for() {
    let city = city(true).await;
    let list = json(&city, "/api/v1/planned-procurements?facet=open,stage").await;
    let open: Vec<&str> = list["items"].as_array().unwrap().iter().map(|one| one["open"].as_str().unwrap()).collect();
    let place = |one: &&str| ["yes", "not-known", "no"].iter().position(|known| known == one);
    assert!(open.is_sorted_by_key(place) && open[0] == "yes" && open.contains(&"no"), "{open:?}");
    for facet in ["open", "stage"] {
        for count in list["facets"][facet].as_array().unwrap() {
            let value = count["value"].as_str().unwrap();
            let found = json(&city, &format!("/api/v1/planned-procurements?{facet}={value}")).await;
            assert_eq!(found["total"], count["count"], "{facet}={value}");
        }
    }
    let page = city.page("/planned-procurements?open=yes").await;
    assert_eq!(texts(&page, ".ct-tags a"), ["Remove filter: Still open"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_the_columns_of_pages_stands_in_their_data() {
    let city = city(true).await;
    // Contracts: which decision, and which was missed.
    let missed = json(&city, "/api/v1/contracts?decision=missed&limit=1000").await;
    let missed = missed["items"].as_array().unwrap();
    assert!(missed.len() > 20);
    for one in missed {
        assert!(one["missed_date"].as_str().unwrap() < "2026-11-23", "{one}");
        assert!(["extend-by", "give-notice-by", "start-buying-by"].contains(&one["missed_kind"].as_str().unwrap()), "{one}");
        assert_eq!(one["decision_kind"].is_null(), one["decision_date"].is_null(), "{one}");
    }
    let first = &missed[0];
    let row = texts(&city.page("/contracts?decision=missed").await, "main tbody tr")[0].clone();
    let day = crate::web::words::day(first["missed_date"].as_str().unwrap().parse().unwrap());
    assert!(row.contains(&format!("by {day}")), "{row}: {first}");
    // Systems: who makes them, from whom they come, until when.
    let systems = json(&city, "/api/v1/systems?organisation=camden&limit=1000").await;
    let systems = systems["items"].as_array().unwrap();
    let runs = |one: &&Json| one["contract"]["status"] == "current" && !one["contract"]["last_possible_end"].is_null();
    let covered = systems.iter().find(runs).unwrap();
    let page = city.page(&format!("/systems/{}", covered["id"].as_str().unwrap())).await;
    let text = texts(&page, "main").join(" ");
    let end = crate::web::words::day(covered["contract"]["last_possible_end"].as_str().unwrap().parse().unwrap());
    assert!(text.contains(&end), "{text}");
    let (_, _, file) = city.get("/api/v1/systems.csv?organisation=camden").await;
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let at = |name: &str| names.iter().position(|one| one == name).unwrap_or_else(|| panic!("{name}: {names:?}"));
    let id = covered["id"].as_str().unwrap();
    let row = reader.records().map(Result::unwrap).find(|row| &row[0] == id).unwrap();
    assert_eq!(&row[at("contract_last_possible_end")], covered["contract"]["last_possible_end"].as_str().unwrap());
    assert_eq!(&row[at("manufacturer")], covered["manufacturer"]["name"].as_str().unwrap_or_default());
    assert_eq!(&row[at("contract_suppliers")], covered["contract"]["suppliers"][0]["name"].as_str().unwrap_or_default());
    // Organisations: the score that is the first figure of their page.
    let camden = json(&city, "/api/v1/organisations/camden").await;
    let (_, _, file) = city.get("/api/v1/organisations.csv?q=camden").await;
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let place = reader.headers().unwrap().iter().position(|name| name == "score").unwrap();
    let row = reader.records().next().unwrap().unwrap();
    assert_eq!(row[place].to_owned(), camden["score"]["points"].to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_quarter_leads_to_as_many_contracts_as_it_counts() {
    let city = city(true).await;
    for page in ["/timeline", "/", "/timeline?status=current&status=past-end", "/timeline?ends_from=2027-02-15"] {
        let document = city.page(page).await;
        let (row, link, cell) =
            ["tr", "th a[href*='ends_from=']", "td:last-child"].map(|one| Selector::parse(one).unwrap()).into();
        let mut met = 0;
        for row in document.select(&row) {
            let (Some(link), Some(cell)) = (row.select(&link).next(), row.select(&cell).next()) else { continue };
            let shown: u64 = cell.text().collect::<String>().replace(',', "").trim().parse().unwrap();
            let href = link.value().attr("href").unwrap().replace("/contracts?", "/api/v1/contracts?limit=1&");
            assert_eq!(json(&city, &href).await["total"].as_u64(), Some(shown), "{page}: {href}");
            met += 1;
        }
        assert!(met > 4, "{page}: {met} quarters lead anywhere");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bounds_that_are_the_wrong_way_round_are_said() {
    let city = city(true).await;
    for (address, words) in [
        ("/contracts?ends_from=2028-01-01&ends_to=2027-01-01", "The first day asked for is after the last one"),
        ("/contracts?value_from=500&value_to=100", "The least sum asked for is more than the most"),
    ] {
        let (_, _, text) = city.get(address).await;
        assert!(text.contains(words), "{address}");
    }
    let (_, _, text) = city.get("/contracts?ends_from=2027-01-01&ends_to=2027-01-01").await;
    assert!(!text.contains("Swap the two"));
}
