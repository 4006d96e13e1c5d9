//! 'Members only': the same filter on every list, its files and its pictures, by the dates that the hub keeps.

use crate::testing::{Answer, Browser, City};
use axum::http::StatusCode;
use domain::{people::Scope, register::records::Organisation};
use jiff::civil::date;
use serde_json::Value as Json;

/// The illustrative register, of whose organisations Camden and Hackney are members; Islington has left, Barnet joins later.
async fn city() -> City {
    let city = City::illustrative().await;
    let day = date(2018, 4, 1);
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    for (slug, from, until) in [
        ("camden", day, None),
        ("hackney", day, None),
        ("islington", day, Some(date(2020, 3, 31))),
        ("barnet", date(2027, 4, 1), None),
    ] {
        let before = city.organisation(slug);
        let mut after = Organisation { member_from: Some(from), member_until: until, ..before.clone() };
        write.update(&before, &mut after).await.unwrap();
    }
    write.commit().await.unwrap();
    city.refresh().await;
    city
}

fn json(answer: &Answer) -> Json {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    serde_json::from_str(&answer.text).unwrap()
}

fn words(answer: &Answer) -> String {
    answer.page().root_element().text().collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a link of a page leads to an address.
fn links(answer: &Answer, to: &str) -> bool {
    let page = answer.page();
    let all = scraper::Selector::parse("a[href]").unwrap();
    page.select(&all).any(|link| link.value().attr("href") == Some(to))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_takes_members_only_and_its_page_api_and_file_agree() {
    let (city, anyone) = (city().await, Browser::default());
    for noun in ["contracts", "systems", "products", "suppliers", "planned-procurements", "skills"] {
        let all = json(&city.get(&anyone, &format!("/api/v1/{noun}?limit=1&facet=member")).await);
        let total = |value: &str| {
            let query = format!("/api/v1/{noun}?member={value}&limit=1000");
            let (city, anyone) = (&city, &anyone);
            async move { json(&city.get(anyone, &query).await) }
        };
        let (yes, no) = (total("yes").await, total("no").await);
        let count = |answer: &Json| answer["total"].as_u64().unwrap();
        let counts: Vec<(&str, u64)> = all["facets"]["member"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["value"].as_str().unwrap(), one["count"].as_u64().unwrap()))
            .collect();
        for (value, answer) in [("yes", &yes), ("no", &no)] {
            let counted = counts.iter().find(|(known, _)| *known == value).map_or(0, |(_, count)| *count);
            assert_eq!(counted, count(answer), "{noun}: {value}");
        }
        let csv = city.get(&anyone, &format!("/api/v1/{noun}.csv?member=yes")).await;
        assert_eq!(csv.status, StatusCode::OK, "{noun}: {}", csv.text);
        if matches!(noun, "contracts" | "systems") {
            assert!(count(&yes) > 0 && count(&no) > count(&yes), "{noun}");
            let page = city.get(&anyone, &format!("/{noun}?member=yes")).await;
            assert!(words(&page).contains("Members of the network"), "{noun}: {}", words(&page));
            assert!(links(&page, &format!("/api/v1/{noun}.csv?member=yes")), "{noun}");
        }
    }
    for contract in json(&city.get(&anyone, "/api/v1/contracts?member=yes&limit=1000").await)["items"].as_array().unwrap() {
        let slugs: Vec<&str> =
            contract["organisations"].as_array().unwrap().iter().map(|one| one["slug"].as_str().unwrap()).collect();
        assert!(slugs.iter().any(|slug| ["camden", "hackney"].contains(slug)), "{slugs:?}");
    }
    assert_eq!(city.get(&anyone, "/api/v1/functions?member=yes").await.status, StatusCode::BAD_REQUEST);
    assert!(city.get(&anyone, "/api/v1/openapi.json").await.text.matches("\"member\"").count() >= 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_matrix_the_timeline_a_product_and_the_first_page_show_members_only() {
    let (city, anyone) = (city().await, Browser::default());
    let matrix = city.get(&anyone, "/matrix?member=yes&service_area=all").await;
    let columns: Vec<String> = {
        let page = matrix.page();
        let links = scraper::Selector::parse("table thead a").unwrap();
        page.select(&links).filter_map(|link| link.value().attr("href").map(str::to_owned)).collect()
    };
    assert_eq!(columns, ["/organisations/camden", "/organisations/hackney"]);
    let found = |answer: &Answer| words(answer);
    let total = json(&city.get(&anyone, "/api/v1/contracts?member=yes&limit=1").await)["total"].as_u64().unwrap();
    let timeline = found(&city.get(&anyone, "/timeline?member=yes").await);
    assert!(timeline.contains(&format!("of {total} that match")), "{timeline}");
    // The product that most use: everyone, and members only.
    let most = json(&city.get(&anyone, "/api/v1/products?member=yes&sort=organisations&limit=1").await);
    let id = most["items"][0]["id"].as_str().unwrap().to_owned();
    let (everyone, members) =
        (city.get(&anyone, &format!("/products/{id}")).await, city.get(&anyone, &format!("/products/{id}?member=yes")).await);
    assert!(links(&everyone, &format!("/products/{id}?member=yes")), "{}", words(&everyone));
    let said = words(&members);
    assert!(said.contains("Only members of the network are shown") && !said.contains("Islington"), "{said}");
    assert!(links(&members, &format!("/api/v1/systems.csv?product={id}&member=yes")), "{}", members.text);
    let home = city.get(&anyone, "/").await;
    assert!(words(&home).contains("2 of 2 members of the network have a record"), "{}", words(&home));
    let home = city.get(&anyone, "/?member=yes").await;
    let said = words(&home);
    assert!(said.contains("those of members of the network: 2 of 2 members have a record"), "{said}");
    assert!(links(&home, "/contracts?member=yes") && links(&home, "/timeline?member=yes"), "{}", home.text);
}
