//! The accessors over real releases and over nonsense.

mod support;

use ocds::model;
use proptest::prelude::*;
use serde_json::{Value, json};
use support::json as data;

fn real() -> Vec<Value> {
    let packages = (1..=3).map(|file| data(&format!("contracts-finder/releases-{file}.json")));
    packages
        .flat_map(|mut package| match package["releases"].take() {
            Value::Array(releases) => releases,
            _ => Vec::new(),
        })
        .collect()
}

#[test]
fn real_releases_give_buyers_suppliers_values_and_periods() {
    let releases = real();
    assert_eq!(releases.len(), 257);
    for release in &releases {
        assert!(model::ocid(release).is_some());
        assert!(model::date(release).and_then(model::day).is_some());
        assert!(model::buyer(release).is_some_and(|buyer| buyer.name.is_some()), "{:?}", model::ocid(release));
        assert_eq!(model::tags(release).count() > 0, release.get("tag").is_some());
        for award in model::awards(release) {
            let listed = award["suppliers"].as_array().map_or(0, Vec::len);
            assert_eq!(model::suppliers(release, award).filter(|supplier| supplier.name.is_some()).count(), listed);
            assert_eq!(model::money(award).is_some(), award.get("value").is_some());
            assert_eq!(model::period(award).is_some(), award.get("contractPeriod").is_some());
        }
        for party in model::parties(release) {
            let id = model::id_text(party, &["id"]).expect("every party has an id");
            assert!(model::party(release, &id).is_some());
        }
    }
    let awards: usize = releases.iter().map(|release| model::awards(release).count()).sum();
    let in_data: usize = releases.iter().map(|release| release["awards"].as_array().map_or(0, Vec::len)).sum();
    assert_eq!(awards, in_data);
    assert!(releases.iter().any(|release| !model::option_texts(release).is_empty()));
    assert!(releases.iter().filter(|release| !model::notice_links(release).is_empty()).count() > 200);
    let with_cpv =
        releases.iter().filter(|release| model::tender(release).is_some_and(|tender| !model::cpv_codes(tender).is_empty()));
    assert!(with_cpv.count() > 200);
}

#[test]
fn parts_are_found_in_the_places_publishers_use() {
    let release = json!({
        "ocid": " o ", "tag": "award", "buyer": { "id": 7 },
        "parties": [
            { "id": 7, "name": "Council", "roles": ["buyer"],
              "identifier": { "scheme": "GB-PPON", "id": "PABC-1234-DEFG", "legalName": "Council of X" },
              "additionalIdentifiers": [{ "scheme": "GB-COH", "id": 1234567 }, {}] },
            { "id": "GB-COH-01234567", "name": "Supplier Ltd", "roles": ["supplier"] }
        ],
        "tender": {
            "classification": { "scheme": "CPV", "id": "48000000" },
            "items": [{ "id": 1, "additionalClassifications": [{ "scheme": "cpv", "id": 72000000 }, { "scheme": "CPV", "id": "48000000" }, { "scheme": "UNSPSC", "id": "1" }] }],
            "options": { "description": "Tender option" },
            "lots": [{ "id": 1, "renewal": { "description": "Two years" }, "options": { "description": " " } }],
            "documents": [
                { "documentType": "tenderNotice", "url": "https://example.org/1", "description": "Notice" },
                { "noticeType": "UK4", "url": "https://example.org/2" },
                { "noticeType": "UK4", "url": "javascript:alert(1)" },
                { "documentType": "evaluationCriteria", "url": "https://example.org/3" }
            ]
        },
        "awards": [
            { "id": "1", "suppliers": [{ "id": "GB-COH-01234567" }], "value": { "amount": 1200000.50, "currency": "GBP" },
              "contractPeriod": { "startDate": "2025-04-17T00:00:00+01:00", "endDate": "2028-04-16T23:59:59+01:00", "durationInDays": 1095 } },
            { "id": 2, "value": { "amountGross": "5" } }
        ],
        "contracts": [{ "id": "c", "awardID": 2, "period": { "maxExtentDate": "2030-01-01" } }, { "id": "d" }],
        "relatedProcesses": [{ "relationship": ["framework"], "scheme": "ocid", "identifier": "ocds-x-2" }]
    });
    assert_eq!(model::ocid(&release), Some("o"));
    assert_eq!(model::tags(&release).collect::<Vec<_>>(), ["award"]);
    assert_eq!(model::buyer(&release).and_then(|buyer| buyer.name), Some("Council"));
    let council = model::party(&release, "7").expect("a party");
    let identifiers: Vec<_> = model::identifiers(council).collect();
    assert_eq!(identifiers.len(), 2);
    assert_eq!(identifiers[0].legal_name, Some("Council of X"));
    assert_eq!(identifiers[1].id.as_deref(), Some("1234567"));

    let awards: Vec<_> = model::awards(&release).collect();
    let supplier = model::suppliers(&release, awards[0]).next().expect("a supplier");
    assert_eq!(supplier.name, Some("Supplier Ltd"));
    let money = model::money(awards[0]).expect("a value");
    assert_eq!((&*money.amount, money.currency, money.gross), ("1200000.5", Some("GBP"), false));
    assert!(model::money(awards[1]).is_some_and(|money| money.gross && money.amount == "5"));
    let period = model::period(awards[0]).expect("a period");
    assert_eq!(period.end.and_then(model::day), Some("2028-04-16"));
    assert_eq!(period.days.as_deref(), Some("1095"));

    let contracts: Vec<_> = model::contracts(&release).collect();
    assert_eq!(model::period(contracts[0]).and_then(|period| period.max_extent), Some("2030-01-01"));
    assert_eq!(model::award_of(&release, contracts[0]), Some(awards[1]));
    assert_eq!(model::award_of(&release, contracts[1]), None, "two awards, and none is named");

    let tender = model::tender(&release).expect("a tender");
    assert_eq!(model::cpv_codes(tender), ["48000000", "72000000"]);
    let options = model::option_texts(&release);
    let options: Vec<_> = options.iter().map(|option| (option.path.as_str(), option.text)).collect();
    assert_eq!(options, [("tender/options", "Tender option"), ("tender/lots/1/renewal", "Two years")]);
    let links = model::notice_links(&release);
    let links: Vec<_> = links.iter().map(|link| (link.url, link.kind)).collect();
    assert_eq!(links, [("https://example.org/1", Some("tenderNotice")), ("https://example.org/2", Some("UK4"))]);
    let related: Vec<_> = model::related_processes(&release).collect();
    assert_eq!(related[0].relationships, ["framework"]);
}

#[test]
fn company_numbers_are_found_in_party_ids() {
    assert_eq!(model::split_org_id("GB-COH-01234567"), Some(("GB-COH", "01234567")));
    assert_eq!(model::split_org_id("GB-LAE-HAV"), Some(("GB-LAE", "HAV")));
    assert_eq!(model::split_org_id("GB-PPON-PABC-1234-DEFG"), Some(("GB-PPON", "PABC-1234-DEFG")));
    for other in ["org-17", "GB-COH-", "GB-COH", "gb-coh-1", "", "é-é-é", "PABC-1234-DEFG"] {
        assert_eq!(model::split_org_id(other), None, "{other}");
    }
}

#[test]
fn days_are_the_first_ten_characters_and_nothing_else() {
    assert_eq!(model::day("2028-04-16T23:59:59+01:00"), Some("2028-04-16"));
    for other in ["", "2028", "16/04/2028", "2028-4-16T", "ééééé-04-16"] {
        assert_eq!(model::day(other), None, "{other}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec![
        "ocid",
        "date",
        "tag",
        "buyer",
        "id",
        "name",
        "parties",
        "roles",
        "identifier",
        "additionalIdentifiers",
        "tender",
        "lots",
        "items",
        "classification",
        "additionalClassifications",
        "scheme",
        "options",
        "renewal",
        "description",
        "documents",
        "url",
        "noticeType",
        "awards",
        "contracts",
        "suppliers",
        "value",
        "amount",
        "period",
        "contractPeriod",
        "endDate",
        "awardID",
        "relatedProcesses",
        "relationship",
        "links",
        "href",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(Value::from("CPV")),
    ];
    leaf.prop_recursive(6, 80, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..8)
                .prop_map(|fields| Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_accessor_panics_whatever_it_is_given(value in any_json()) {
        for part in [Some(&value), model::tender(&value)].into_iter().flatten().chain(model::awards(&value)).chain(model::contracts(&value)) {
            let _ = (model::buyer(part), model::tags(part).count(), model::period(part), model::money(part), model::status(part));
            let _ = (model::cpv_codes(part), model::option_texts(part), model::notice_links(part), model::award_of(&value, part));
            let _ = (model::suppliers(&value, part).count(), model::related_processes(part).count(), model::lots(part).count());
            let _ = (model::title(part), model::description(part), model::flag(part, &["tag"]));
            for party in model::parties(part) {
                let _ = model::identifiers(party).count();
            }
        }
        for text in model::texts(&value, &["tag"]) {
            let _ = (model::split_org_id(text), model::day(text));
        }
    }
}
