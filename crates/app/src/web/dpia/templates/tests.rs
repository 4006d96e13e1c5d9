//! The pages of templates, rules and options, through the whole router.

use crate::testing::{Browser, City};
use axum::http::{StatusCode, header};
use domain::dpia::{file::Kind, library::Library};
use scraper::Selector;

const DPIA: &str = "/templates/urn:citytools:dpia:uk-gdpr/1.0.0";

#[tokio::test(flavor = "multi_thread")]
async fn every_template_stands_whole_and_readable_for_anyone() {
    let city = City::empty().await;
    let anyone = Browser::default();
    let list = city.get(&anyone, "/templates").await;
    assert_eq!(list.status, StatusCode::OK);
    let links = Selector::parse("main table a").unwrap();
    let addresses: Vec<String> =
        list.page().select(&links).filter_map(|link| link.value().attr("href").map(str::to_owned)).collect();
    assert_eq!(addresses.len(), 5, "{addresses:?}");
    for address in &addresses {
        let answer = city.get(&anyone, address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}");
        assert_eq!(answer.page().select(&Selector::parse("h1").unwrap()).count(), 1, "{address}");
        assert!(!answer.text.contains("undefined"), "{address}");
        let ids: Vec<&str> = answer.text.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let mut once = ids.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), ids.len(), "{address}: an id stands twice");
    }
    let shipped = Library::shipped().unwrap();
    let template = &shipped.templates[0];
    let page = city.get(&anyone, DPIA).await;
    let text = page.page().root_element().text().collect::<String>();
    for (section, field) in template.fields() {
        assert!(text.contains(&section.title) && text.contains(&field.label), "{}", field.id);
        for option in field.kind.options() {
            assert!(text.contains(&option.label), "{}: {}", field.id, option.label);
        }
    }
    assert!(text.contains("‘Do you seek the views of the people concerned?’ is ‘No’"), "conditions are said in words");
    for rule in &template.risk_rules {
        assert!(text.contains(&rule.why), "{}", rule.id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_urn_leads_to_its_version_and_what_is_not_there_is_not_found() {
    let city = City::empty().await;
    let anyone = Browser::default();
    let answer = city.get(&anyone, "/templates/urn:citytools:dpia:uk-gdpr").await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, DPIA));
    for address in ["/templates/urn:example:nothing", "/templates/urn:citytools:dpia:uk-gdpr/9.0.0", "/templates/schema/novel"] {
        assert_eq!(city.get(&anyone, address).await.status, StatusCode::NOT_FOUND, "{address}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_and_schemas_can_be_taken_away() {
    let city = City::empty().await;
    let anyone = Browser::default();
    let file = city.get(&anyone, &format!("{DPIA}/file")).await;
    assert!(file.text.starts_with("# City Tools' own template"));
    assert_eq!(file.headers[header::CONTENT_DISPOSITION], "attachment; filename=\"uk-gdpr-1.0.0.yaml\"");
    for kind in [Kind::Template, Kind::Screening, Kind::Options, Kind::Overlay, Kind::SignOff] {
        let schema = city.get(&anyone, &format!("/templates/schema/{}", kind.as_str())).await;
        assert_eq!(Some(schema.text.as_str()), kind.schema());
    }
    // So has the JSON that an assessment goes out and comes in as.
    let schema = city.get(&anyone, "/templates/schema/assessment").await;
    assert_eq!((schema.status, schema.text.as_str()), (StatusCode::OK, domain::dpia::exchange::SCHEMA));
    assert_eq!(schema.headers[header::CONTENT_TYPE], "application/schema+json");
}
