//! `/data.json`: the register's data sets as a catalogue (DCAT 3 in JSON-LD), so that portals can harvest them.
//!
//! Source: W3C, Data Catalog Vocabulary (DCAT) - Version 3, 22 August 2024.

use super::{ocds::package::LICENCE, v1::answer};
use crate::{
    error::Failure,
    state::App,
    web::routes::{Route, Who},
};
use axum::{extract::State, response::Response};
use serde_json::{Value as Json, json};

/// The part of the route table for the catalogue.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![Route::get("/data.json", Who::Anyone, catalogue)]
}

/// A data set: its name in addresses, its title, what it holds, words that find it, the forms beside the tables' five.
type Set = (&'static str, &'static str, &'static str, &'static [&'static str], &'static [Form]);

/// A form of a data set: its title, what follows the list's address, its media type.
type Form = (&'static str, &'static str, &'static str);

const TABLES: &[Form] = &[
    ("CSV", ".csv", "text/csv"),
    ("JSON Lines", ".jsonl", "application/jsonl"),
    ("Excel workbook", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("Parquet", ".parquet", "application/vnd.apache.parquet"),
    ("JSON, page by page", "", "application/json"),
];
const CALENDAR: Form = ("Calendar", ".ics", "text/calendar");
const FEED: Form = ("Feed of changes", ".atom", "application/atom+xml");

const SETS: &[Set] = &[
    (
        "contracts",
        "Technology contracts",
        "What organisations have contracted for, with whom, until when, and by when someone must decide.",
        &["contracts", "procurement", "local government", "software"],
        &[CALENDAR, FEED],
    ),
    (
        "planned-procurements",
        "Planned procurements",
        "What organisations mean to buy: notices before an award, and intentions.",
        &["procurement", "tenders", "local government"],
        &[CALENDAR, FEED],
    ),
    ("systems", "Systems in use", "Which products are in use where, and for which functions.", &["software", "systems"], &[FEED]),
    ("products", "Products", "Software and services, with who makes them.", &["software", "products"], &[]),
    (
        "suppliers",
        "Suppliers",
        "Companies that hold contracts or make products, with their names and numbers.",
        &["suppliers"],
        &[],
    ),
    (
        "organisations",
        "Organisations",
        "Councils and other bodies, with how complete their record is.",
        &["local government"],
        &[],
    ),
    ("functions", "Functions", "What councils do, in service areas.", &["local government", "functions"], &[]),
    (
        "skills",
        "Skills",
        "What organisations can do, how well, and what they offer to teach their peers; no person is named.",
        &["skills", "training", "local government"],
        &[],
    ),
    (
        "dpias",
        "Published data protection impact assessments and reviews",
        "What councils do with people's data, the risks, and what is done about them; what was taken back, with its note.",
        &["data protection", "DPIA", "local government"],
        &[],
    ),
];

/// The catalogue.
///
/// # Errors
/// When it cannot be written: a fault in the program.
#[utoipa::path(get, path = "/data.json", tag = "catalogue",
    responses((status = 200, body = Object, description = "A DCAT catalogue (JSON-LD)")))]
pub async fn catalogue(State(app): State<App>) -> Result<Response, Failure> {
    let url = &app.publication.url;
    let publisher = json!({ "@type": "foaf:Agent", "name": app.publication.publisher, "homepage": url });
    let mut sets: Vec<Json> = SETS.iter().map(|set| data_set(url, set, &publisher)).collect();
    sets.push(open_contracting(url, &publisher));
    answer::json(&json!({
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "title": "dct:title",
            "description": "dct:description",
            "identifier": "dct:identifier",
            "language": "dct:language",
            "license": { "@id": "dct:license", "@type": "@id" },
            "publisher": "dct:publisher",
            "conformsTo": { "@id": "dct:conformsTo", "@type": "@id" },
            "name": "foaf:name",
            "homepage": { "@id": "foaf:homepage", "@type": "@id" },
            "keyword": "dcat:keyword",
            "dataset": "dcat:dataset",
            "service": "dcat:service",
            "distribution": "dcat:distribution",
            "landingPage": { "@id": "dcat:landingPage", "@type": "@id" },
            "endpointURL": { "@id": "dcat:endpointURL", "@type": "@id" },
            "endpointDescription": { "@id": "dcat:endpointDescription", "@type": "@id" },
            "accessURL": { "@id": "dcat:accessURL", "@type": "@id" },
            "downloadURL": { "@id": "dcat:downloadURL", "@type": "@id" },
            "mediaType": "dcat:mediaType",
        },
        "@id": format!("{url}/data.json"),
        "@type": "dcat:Catalog",
        "title": "City Tools: the register of a city's technology",
        "description": if app.illustrative() {
            "Made-up contracts and systems, for illustration: no real organisation has them."
        } else {
            "What a city's organisations run, from whom, until when."
        },
        "language": "en-GB",
        "license": LICENCE,
        "publisher": publisher,
        "homepage": url,
        "dataset": sets,
        "service": [{
            "@type": "dcat:DataService",
            "title": "City Tools API, version 1",
            "endpointURL": format!("{url}/api/v1"),
            "endpointDescription": format!("{url}/api/v1/openapi.json"),
            "license": LICENCE,
        }],
    }))
}

fn data_set(url: &str, (name, title, description, keywords, forms): &Set, publisher: &Json) -> Json {
    let distribution: Vec<Json> = TABLES
        .iter()
        .chain(*forms)
        .map(|(form, ending, media)| {
            let address = format!("{url}/api/v1/{name}{ending}");
            let mut distribution =
                json!({ "@type": "dcat:Distribution", "title": form, "mediaType": media, "accessURL": address, "license": LICENCE });
            if !ending.is_empty() {
                distribution["downloadURL"] = address.into();
            }
            distribution
        })
        .collect();
    json!({
        "@id": format!("{url}/data.json#{name}"),
        "@type": "dcat:Dataset",
        "identifier": format!("{url}/{name}"),
        "title": title,
        "description": description,
        "keyword": keywords,
        "language": "en-GB",
        "license": LICENCE,
        "publisher": publisher,
        "landingPage": format!("{url}/{name}"),
        "distribution": distribution,
    })
}

fn open_contracting(url: &str, publisher: &Json) -> Json {
    let address = format!("{url}/ocds/releases");
    json!({
        "@id": format!("{url}/data.json#ocds"),
        "@type": "dcat:Dataset",
        "identifier": address,
        "title": "Contracts and planned procurements as open contracting data",
        "description": "The register as releases of the Open Contracting Data Standard 1.1, page by page.",
        "keyword": ["contracts", "procurement", "OCDS", "open contracting"],
        "language": "en-GB",
        "license": LICENCE,
        "publisher": publisher,
        "conformsTo": "https://standard.open-contracting.org/1.1/",
        "landingPage": format!("{url}/api"),
        "distribution": [{
            "@type": "dcat:Distribution", "title": "OCDS 1.1 release packages", "mediaType": "application/json",
            "accessURL": address, "license": LICENCE,
        }],
    })
}
