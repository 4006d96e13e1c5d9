//! Releases, records and the catalogue.

use super::*;
use std::collections::BTreeSet;

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_through_the_releases_meets_every_contract_once() {
    let city = City::new().await;
    let mut path = "/ocds/releases?limit=90".to_owned();
    let mut seen: Vec<Json> = Vec::new();
    loop {
        let package = city.json(&path).await;
        for field in ["uri", "version", "publishedDate", "publisher", "license"] {
            assert!(!package[field].is_null(), "{field}: a package says it");
        }
        seen.extend(package["releases"].as_array().unwrap().iter().cloned());
        let Some(next) = package["links"]["next"].as_str() else { break };
        path = next.strip_prefix("http://127.0.0.1:8080").unwrap().to_owned();
    }
    let total = async |noun: &str| city.json(&format!("/api/v1/{noun}?limit=1")).await["total"].as_u64().unwrap();
    assert_eq!(seen.len() as u64, total("contracts").await + total("planned-procurements").await);
    let ids: BTreeSet<String> = seen.iter().map(|release| release["id"].to_string()).collect();
    assert_eq!(ids.len(), seen.len());
    // What changed later comes later.
    let dates: Vec<&str> = seen.iter().map(|release| release["date"].as_str().unwrap()).collect();
    assert!(dates.is_sorted());
}

#[tokio::test(flavor = "multi_thread")]
async fn releases_can_be_asked_for_by_the_time_of_their_last_change_in_london() {
    let city = City::new().await;
    let organisation = city.app.snapshot().organisations()[0].record.id;
    // 1 July 2026, 12:00 in London is 11:00 UTC.
    let mut write = city.app.store.write(&test_support::operator(), 1_782_903_600_000).await.unwrap();
    write.create(&mut [test_support::records::contract(organisation, "Bought in July", None)]).await.unwrap();
    write.commit().await.unwrap();
    crate::jobs::refresh::refresh(&city.app).await.unwrap();
    let titles = async |query: &str| {
        let package = city.json(&format!("/ocds/releases?{query}")).await;
        let releases = package["releases"].as_array().unwrap().clone();
        releases
            .iter()
            .map(|release| release["contracts"][0]["title"].as_str().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(titles("updatedFrom=2026-07-01T12:00:00").await, ["Bought in July"]);
    assert_eq!(titles("updatedFrom=2026-07-01T12:00:01").await, [""; 0]);
    assert_eq!(titles("updatedFrom=2026-07-01T11:59:59&updatedTo=2026-07-01T12:00:00").await, ["Bought in July"]);
    assert!(!titles("updatedTo=2026-07-01T11:59:59&limit=100").await.contains(&"Bought in July".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_is_one_record_with_its_releases_and_what_they_come_to() {
    let city = City::new().await;
    let package = city.json("/ocds/releases?limit=5").await;
    for release in package["releases"].as_array().unwrap() {
        let ocid = release["ocid"].as_str().unwrap();
        let record = city.json(&format!("/ocds/records/{ocid}")).await["records"][0].clone();
        assert_eq!((record["ocid"].as_str(), record["releases"][0]["id"].as_str()), (Some(ocid), release["id"].as_str()));
        let compiled = &record["compiledRelease"];
        assert_eq!(compiled["tag"], serde_json::json!(["compiled"]));
        assert_eq!(compiled["contracts"], release["contracts"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_address_in_the_catalogue_answers() {
    let city = City::new().await;
    let catalogue = city.json("/data.json").await;
    assert_eq!(catalogue["@type"], "dcat:Catalog");
    let sets = catalogue["dataset"].as_array().unwrap();
    assert_eq!(sets.len(), NOUNS.len() + 1);
    for set in sets {
        for distribution in set["distribution"].as_array().unwrap() {
            let address = distribution["accessURL"].as_str().unwrap().strip_prefix("http://127.0.0.1:8080").unwrap();
            let answer = city.get(address).await;
            assert_eq!(answer.status, StatusCode::OK, "{address}");
            let media = distribution["mediaType"].as_str().unwrap();
            assert!(answer.header("content-type").starts_with(media), "{address}: {}", answer.header("content-type"));
        }
        let page = set["landingPage"].as_str().unwrap().strip_prefix("http://127.0.0.1:8080").unwrap();
        assert_eq!(city.get(page).await.status, StatusCode::OK, "{page}");
    }
}
