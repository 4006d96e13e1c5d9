//! Filters, orders, facets, cursors, limits.

use super::*;
use std::collections::BTreeSet;

#[tokio::test(flavor = "multi_thread")]
async fn every_filter_of_contracts_keeps_what_it_names_and_nothing_else() {
    let city = City::new().await;
    let all = city.walk("/api/v1/contracts", 1000).await;
    type Says = Box<dyn Fn(&Json) -> Vec<String>>;
    let cases: Vec<(&str, Says)> = vec![
        ("organisation", Box::new(|one| keys(one, "organisations"))),
        ("supplier", Box::new(|one| keys(one, "suppliers"))),
        ("product", Box::new(|one| keys(one, "products"))),
        ("function", Box::new(|one| keys(one, "functions"))),
        ("framework", Box::new(|one| one["framework"].as_str().map(str::to_owned).into_iter().collect())),
        ("status", Box::new(|one| vec![one["status"].as_str().unwrap().to_owned()])),
        ("term", Box::new(|one| vec![one["term"].as_str().unwrap().to_owned()])),
        ("source", Box::new(|one| vec![one["source"].as_str().unwrap().to_owned()])),
    ];
    for (filter, values) in cases {
        let mut known: Vec<String> = all.iter().flat_map(&values).collect();
        known.sort();
        known.dedup();
        // The first, one amid them, the last.
        for value in [0, known.len() / 2, known.len() - 1].map(|place| known[place].clone()) {
            let query = form_urlencoded::Serializer::new(String::new()).append_pair(filter, &value).finish();
            let found: BTreeSet<String> = city.walk(&format!("/api/v1/contracts?{query}"), 1000).await.iter().map(id).collect();
            let wanted: BTreeSet<String> = all.iter().filter(|one| values(one).contains(&value)).map(id).collect();
            assert_eq!(found, wanted, "{query}");
            assert!(!found.is_empty());
        }
    }
    let day = |one: &Json, field: &str| one[field].as_str().map(str::to_owned);
    let within = |from: &str, to: &str| {
        let wanted =
            all.iter().filter(|one| day(one, "last_possible_end").is_some_and(|end| end.as_str() >= from && end.as_str() <= to));
        wanted.map(id).collect::<BTreeSet<_>>()
    };
    let found: BTreeSet<String> =
        city.walk("/api/v1/contracts?ends_from=2027-01-01&ends_to=2027-12-31", 1000).await.iter().map(id).collect();
    assert_eq!(found, within("2027-01-01", "2027-12-31"));
    let pounds = |one: &Json| one["value"]["amount"].as_str().map(|amount| amount.parse::<f64>().unwrap());
    let found: BTreeSet<String> =
        city.walk("/api/v1/contracts?value_from=50000&value_to=100000", 1000).await.iter().map(id).collect();
    let wanted = all.iter().filter(|one| pounds(one).is_some_and(|sum| (50_000.0..=100_000.0).contains(&sum)));
    assert_eq!(found, wanted.map(id).collect());
    assert!(!found.is_empty());
}

fn id(one: &Json) -> String {
    one["id"].as_str().or(one["slug"].as_str()).unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn repeats_of_a_name_are_or_and_different_names_are_and() {
    let city = City::new().await;
    let total = async |query: &str| city.json(&format!("/api/v1/contracts?{query}")).await["total"].as_u64().unwrap();
    let (camden, hackney) = (total("organisation=camden").await, total("organisation=hackney").await);
    let both = city.walk("/api/v1/contracts?organisation=camden&organisation=hackney", 1000).await;
    let shared = both.iter().filter(|one| {
        keys(one, "organisations").iter().filter(|slug| ["camden", "hackney"].contains(&slug.as_str())).count() == 2
    });
    assert_eq!(both.len() as u64 + shared.count() as u64, camden + hackney);
    let current = total("organisation=camden&status=current").await;
    let wanted =
        both.iter().filter(|one| keys(one, "organisations").contains(&"camden".to_owned()) && one["status"] == "current").count();
    assert_eq!(current, wanted as u64);
    assert!(current < camden);
    assert_eq!(total("organisation=atlantis").await, 0, "an unknown value matches nothing, and is no error");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_facets_value_is_what_the_filter_takes_and_its_counts_leave_its_own_filter_out() {
    let city = City::new().await;
    let facets = "organisation,supplier,product,function,service_area,framework,cpv,status,term";
    let filter = "status=current&organisation=camden&organisation=brent";
    let page = city.json(&format!("/api/v1/contracts?{filter}&facet={facets}&limit=1")).await;
    for facet in facets.split(',') {
        let counts = page["facets"][facet].as_array().unwrap();
        assert!(!counts.is_empty() || facet == "framework", "{facet}");
        let others: Vec<&str> = filter.split('&').filter(|pair| !pair.starts_with(&format!("{facet}="))).collect();
        for count in counts.iter().take(3).chain(counts.last()) {
            let value = count["value"].as_str().unwrap();
            let query = form_urlencoded::Serializer::new(others.join("&")).append_pair(facet, value).finish();
            let total = city.json(&format!("/api/v1/contracts?{query}&limit=1")).await["total"].as_u64();
            assert_eq!(total, count["count"].as_u64(), "{query}: {count}");
            assert!(!count["label"].as_str().unwrap().is_empty());
        }
    }
    let order: Vec<&String> = page["facets"].as_object().unwrap().keys().collect();
    assert_eq!(order, facets.split(',').collect::<Vec<_>>(), "facets come in the order asked for");
    let few = city.json(&format!("/api/v1/contracts?{filter}&facet=supplier,organisation&facet_limit=1&limit=1")).await;
    assert_eq!(few["facets"]["supplier"].as_array().unwrap(), &page["facets"]["supplier"].as_array().unwrap()[..1]);
    let chosen: Vec<&str> =
        few["facets"]["organisation"].as_array().unwrap().iter().filter_map(|one| one["value"].as_str()).collect();
    assert!(["camden", "brent"].iter().all(|slug| chosen.contains(slug)), "what is filtered by stays: {chosen:?}");
    for (noun, facets) in [
        ("systems", "organisation,service_area,function,product,supplier,manufacturer"),
        ("suppliers", "organisation,function"),
        ("products", "manufacturer,organisation"),
    ] {
        let page = city.json(&format!("/api/v1/{noun}?facet={facets}&limit=1")).await;
        for facet in facets.split(',') {
            let count = &page["facets"][facet][0];
            let total = city.json(&format!("/api/v1/{noun}?{facet}={}&limit=1", count["value"].as_str().unwrap())).await["total"]
                .as_u64();
            assert_eq!(total, count["count"].as_u64(), "{noun} {facet}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_are_as_they_say_and_what_is_not_known_comes_last() {
    let city = City::new().await;
    let column = async |sort: &str, field: &'static str| {
        let items = city.walk(&format!("/api/v1/contracts?sort={sort}"), 1000).await;
        items
            .iter()
            .map(|one| if field == "value" { one["value"]["amount"].clone() } else { one[field].clone() })
            .collect::<Vec<_>>()
    };
    for (sort, field, down) in [
        ("ends", "last_possible_end", false),
        ("-ends", "last_possible_end", true),
        ("value", "value", false),
        ("-value", "value", true),
        ("title", "title", false),
    ] {
        let values = column(sort, field).await;
        let known = values.iter().take_while(|value| !value.is_null()).count();
        assert!(values[known..].iter().all(Json::is_null), "{sort}: what is not known comes last");
        assert!(known > 100);
        for pair in values[..known].windows(2) {
            let ordered = if field == "value" {
                let [a, b] = [&pair[0], &pair[1]].map(|value| value.as_str().unwrap().parse::<f64>().unwrap());
                if down { a >= b } else { a <= b }
            } else {
                let [a, b] = [&pair[0], &pair[1]].map(|value| value.as_str().unwrap().to_lowercase());
                // Titles are compared without marks and accents; days as they are.
                field == "title" || if down { a >= b } else { a <= b }
            };
            assert!(ordered, "{sort}: {} before {}", pair[0], pair[1]);
        }
    }
    for (noun, sorts) in [
        ("systems", "name organisation users contracts"),
        ("suppliers", "name contracts organisations"),
        ("products", "name contracts organisations systems satisfaction"),
        ("planned-procurements", "due closes title organisation"),
        ("skills", "name organisation level people"),
    ] {
        for sort in sorts.split(' ') {
            let total = city.json(&format!("/api/v1/{noun}?sort={sort}&limit=1")).await["total"].as_u64().unwrap();
            assert_eq!(city.walk(&format!("/api/v1/{noun}?sort={sort}"), 97).await.len() as u64, total, "{noun} {sort}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_by_cursor_meets_every_row_once_whatever_the_limit() {
    let city = City::new().await;
    for noun in NOUNS {
        let whole: Vec<String> = city.walk(&format!("/api/v1/{noun}"), 1000).await.iter().map(id).collect();
        let total = city.json(&format!("/api/v1/{noun}?limit=1")).await["total"].as_u64().unwrap();
        assert_eq!(whole.len() as u64, total, "{noun}");
        assert_eq!(whole.iter().collect::<BTreeSet<_>>().len(), whole.len(), "{noun} repeats a row");
        for limit in [61, 250] {
            let walked: Vec<String> = city.walk(&format!("/api/v1/{noun}"), limit).await.iter().map(id).collect();
            assert_eq!(walked, whole, "{noun} by {limit}");
        }
    }
    for query in ["sort=-value&organisation=camden", "sort=title&q=housing", "sort=-ends&status=current"] {
        let whole: Vec<String> = city.walk(&format!("/api/v1/contracts?{query}"), 1000).await.iter().map(id).collect();
        let walked: Vec<String> = city.walk(&format!("/api/v1/contracts?{query}"), 7).await.iter().map(id).collect();
        assert_eq!(walked, whole, "{query}");
        assert!(whole.len() > 7, "{query}");
    }
    // A cursor is of one order.
    let next = city.json("/api/v1/contracts?sort=title&limit=1").await["next"].as_str().unwrap().to_owned();
    assert_eq!(city.get(&format!("/api/v1/contracts?sort=ends&cursor={next}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn systems_can_be_asked_for_what_their_records_want() {
    let city = City::new().await;
    let all = city.walk("/api/v1/systems", 1000).await;
    let found = city.walk("/api/v1/systems?missing=system-users", 1000).await;
    assert_eq!(found.len(), all.iter().filter(|one| one["users"].is_null()).count());
    assert!(!found.is_empty() && found.iter().all(|one| one["users"].is_null()));
    let either = city.walk("/api/v1/systems?missing=system-users&missing=system-hosting", 1000).await;
    assert_eq!(either.len(), all.iter().filter(|one| one["users"].is_null() || one["hosting"].is_null()).count());
    let camden = city.walk("/api/v1/systems?missing=system-users&organisation=camden", 1000).await;
    assert_eq!(camden.len(), found.iter().filter(|one| keys(one, "organisation") == ["camden"]).count());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_record_says_what_its_row_in_the_list_says() {
    let city = City::new().await;
    for noun in NOUNS {
        for row in city.json(&format!("/api/v1/{noun}?limit=3")).await["items"].as_array().unwrap() {
            let one = city.json(&format!("/api/v1/{noun}/{}", id(row))).await;
            for (field, value) in row.as_object().unwrap() {
                assert_eq!(&one[field], value, "{noun} {field}");
            }
        }
        assert_eq!(city.get(&format!("/api/v1/{noun}/none")).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_satisfaction_of_one_organisation_and_no_person_is_anywhere() {
    let city = City::new().await;
    for noun in NOUNS {
        for item in city.walk(&format!("/api/v1/{noun}"), 1000).await {
            if let Some(all) = item.get("satisfaction").filter(|all| !all.is_null()) {
                assert_eq!(*noun, "products");
                assert!(all["organisations"].as_u64().unwrap() >= 3, "{item}");
                assert!(all.get("counts").is_none() || all["organisations"].as_u64().unwrap() >= 10, "{item}");
            }
            let text = item.to_string();
            assert!(!text.contains('@') && !text.contains("contact_") && !text.contains("contactPoint"), "{text}");
        }
    }
}
