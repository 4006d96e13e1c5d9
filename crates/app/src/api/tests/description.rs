//! Every route is described, and the description is pinned.

use super::*;
use crate::web::routes;
use std::collections::BTreeSet;

fn description() -> Json {
    serde_json::from_str(&crate::api::v1::openapi::json().unwrap()).unwrap()
}

#[test]
fn every_route_for_programs_is_described() {
    let described: BTreeSet<String> = description()["paths"].as_object().unwrap().keys().cloned().collect();
    let routed: BTreeSet<String> = routes::table()
        .iter()
        .map(|route| route.path.to_owned())
        .filter(|path| path.starts_with("/api/v1/") || path.starts_with("/ocds/re") || path == "/data.json")
        .filter(|path| path != "/api/v1/openapi.json")
        .collect();
    // Served by the route of one contract, which reads the ending.
    let endings: BTreeSet<String> = ["ics", "atom"].map(|ending| format!("/api/v1/contracts/{{id}}.{ending}")).into();
    assert_eq!(described, routed.union(&endings).cloned().collect());
}

#[test]
fn every_operation_says_what_it_takes_and_gives() {
    let description = description();
    let mut ids = BTreeSet::new();
    for (path, operations) in description["paths"].as_object().unwrap() {
        let get = &operations["get"];
        assert!(ids.insert(get["operationId"].as_str().unwrap().to_owned()), "{path}: two operations have one id");
        assert!(!get["responses"]["200"].is_null(), "{path}");
        for parameter in get["parameters"].as_array().into_iter().flatten() {
            assert!(parameter["description"].as_str().is_some_and(|text| text.len() > 3), "{path}: {parameter}");
        }
    }
}

/// A change of the API changes this file, and a reviewer sees it. `INSTA_UPDATE=always` writes it anew.
#[test]
fn the_description_is_pinned() {
    insta::assert_snapshot!("openapi", crate::api::v1::openapi::json().unwrap());
}
