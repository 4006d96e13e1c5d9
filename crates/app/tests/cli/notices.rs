//! Open contracting data: real releases, odd ones, and the merge.

use super::harness::{Register, real_releases, said, shared, summary};
use domain::register::{
    import::ocds::{day, pence},
    names::{organisation, supplier_name},
};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// The last release of each process among the real ones, by ocid; a later date wins.
pub fn last_releases() -> BTreeMap<String, Json> {
    let mut last: BTreeMap<String, Json> = BTreeMap::new();
    for path in real_releases() {
        let text = encoded(&std::fs::read(path).unwrap());
        let package: Json = serde_json::from_str(&text).unwrap();
        for release in package["releases"].as_array().unwrap() {
            let ocid = release["ocid"].as_str().unwrap().to_owned();
            let date = |release: &Json| release["date"].as_str().unwrap_or_default().to_owned();
            if last.get(&ocid).is_none_or(|known| date(known) <= date(release)) {
                last.insert(ocid, release.clone());
            }
        }
    }
    last
}

fn encoded(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect())
}

#[tokio::test]
async fn a_folder_of_releases_is_imported_by_one_command() {
    let register = Register::new().await;
    let (status, report) = register.import(&["ocds", shared("contracts-finder").to_str().unwrap()]);
    assert_eq!(
        (status, report["read"].as_u64(), report["rejected"].as_array().map(Vec::len)),
        (0, Some(257), Some(0)),
        "{report}"
    );
    let refused = register.refused(&["ocds", register.folder().to_str().unwrap()]);
    assert!(refused.contains("the folder holds no file whose name ends in .json, .jsonl or .ndjson"), "{refused}");
}

#[tokio::test]
async fn every_real_release_is_taken_with_its_suppliers_buyers_values_and_periods() {
    let register = Register::new().await;
    let files = real_releases();
    let arguments: Vec<&str> = std::iter::once("ocds").chain(files.iter().map(String::as_str)).collect();
    let (status, report) = register.import(&arguments);
    assert_eq!(
        (status, report["read"].as_u64(), report["rejected"].as_array().map(Vec::len)),
        (0, Some(257), Some(0)),
        "{report}"
    );
    let contracts = register.list("contracts");
    let planned = register.list("planned-procurements");
    let last = last_releases();
    let awards: usize = last.values().map(|release| release["awards"].as_array().map_or(0, Vec::len)).sum();
    assert!(contracts.len() >= awards, "{} contracts of {awards} awards", contracts.len());
    assert_eq!(report["created"].as_u64(), Some(contracts.len() as u64));
    let processes: BTreeSet<&str> = planned.iter().filter_map(|one| one["ocid"].as_str()).collect();
    let mut seen = 0;
    for (ocid, release) in &last {
        let Some(awards) = release["awards"].as_array().filter(|awards| !awards.is_empty()) else {
            assert!(processes.contains(ocid.as_str()), "{ocid} is at tender and is no planned procurement");
            continue;
        };
        let found = register_of(&register, ocid).await;
        for award in awards {
            let names: BTreeSet<String> = award["suppliers"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| named(one["name"].as_str().unwrap_or_default()))
                .collect();
            let end = award["contractPeriod"]["endDate"].as_str().and_then(day).map(|day| day.to_string());
            let start = award["contractPeriod"]["startDate"].as_str().and_then(day).map(|day| day.to_string());
            let value = pence(&award["value"]["amount"]).unwrap();
            let same = |contract: &&Contract| {
                contract.end == end
                    && contract.start == start
                    && contract.pence == value
                    && names.iter().all(|name| contract.suppliers.contains(name))
            };
            assert!(
                found.iter().any(|contract| same(&contract)),
                "{ocid}: no contract is {names:?} {start:?} {end:?} {value:?} among {found:#?}"
            );
            seen += 1;
        }
        let buyer = organisation(release["buyer"]["name"].as_str().unwrap_or_default());
        assert!(found.iter().all(|contract| contract.buyers.contains(&buyer)), "{ocid}: bought by {buyer}: {found:#?}");
    }
    assert_eq!(seen, awards);
    // Of two names under one number both are kept.
    assert!(register.list("suppliers").iter().any(|one| one.to_string().contains("(t/a Terberg Matec UK)")));
    let (status, again) = register.import(&arguments);
    assert_eq!((status, again["created"].as_u64(), again["updated"].as_u64()), (0, Some(0), Some(0)), "{again}");
    assert!(register.store().await.check(&test_support::operator()).await.unwrap().sound());
}

#[derive(Debug)]
struct Contract {
    suppliers: BTreeSet<String>,
    buyers: BTreeSet<String>,
    start: Option<String>,
    end: Option<String>,
    pence: Option<i64>,
}

/// A supplier's name in its normal form, without what it trades as.
fn named(name: &str) -> String {
    supplier_name(name).normal
}

/// The contracts of a process with every name that their suppliers and buyers are known under.
async fn register_of(register: &Register, ocid: &str) -> Vec<Contract> {
    use domain::register::records;
    let store = register.store().await;
    let scope = test_support::operator();
    let ids = store.contracts_of_process(&scope, ocid).await.unwrap();
    let mut found = Vec::new();
    for contract in store.get_many::<records::Contract>(&scope, &ids).await.unwrap() {
        let suppliers: Vec<_> = contract.suppliers.iter().map(|id| id.0).collect();
        let suppliers = store.get_many::<records::Supplier>(&scope, &suppliers).await.unwrap();
        let buyers: Vec<_> = std::iter::once(contract.organisation).chain(contract.joint).map(|id| id.0).collect();
        let buyers = store.get_many::<records::Organisation>(&scope, &buyers).await.unwrap();
        found.push(Contract {
            suppliers: suppliers
                .iter()
                .flat_map(|one| one.names.iter().map(|name| named(&name.name)).chain([named(&one.name)]))
                .collect(),
            buyers: buyers
                .iter()
                .flat_map(|one| one.aliases.iter().chain([&one.name, &one.formal_name]).map(|name| organisation(name)))
                .collect(),
            start: contract.term.start.map(|day| day.to_string()),
            end: contract.term.end.map(|day| day.to_string()),
            pence: contract.value.money().map(|money| money.pence),
        });
    }
    found
}

fn release(ocid: &str, extra: Json) -> Json {
    let mut release = json!({
        "ocid": ocid, "id": "r1", "date": "2025-02-03T04:05:06Z", "tag": ["award"],
        "buyer": { "name": "London Borough of Camden" },
        "awards": [{
            "id": "a1", "title": "Repairs", "status": "active", "suppliers": [{ "name": "Ash Ltd" }],
            "value": { "amount": 1000, "currency": "GBP" },
            "contractPeriod": { "startDate": "2025-04-01T00:00:00+01:00", "endDate": "2026-03-31T23:59:59+01:00" },
        }],
    });
    for (name, value) in extra.as_object().unwrap() {
        release[name] = value.clone();
    }
    release
}

#[tokio::test]
async fn every_shape_of_file_is_read() {
    let one = || release("ocds-b5fd17-1", json!({}));
    let two =
        || release("ocds-b5fd17-2", json!({ "awards": [{ "id": "x", "title": "Café", "suppliers": [{ "name": "Birch" }] }] }));
    let package = json!({ "uri": "http://example.org", "releases": [one(), two()] }).to_string();
    let records = json!({ "records": [{ "ocid": "ocds-b5fd17-1", "releases": [one()] }, { "ocid": "ocds-b5fd17-2", "compiledRelease": two() }] });
    let latin: Vec<u8> = package.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let shapes: Vec<(&str, Vec<u8>)> = vec![
        ("package.json", package.clone().into_bytes()),
        ("with-mark.json", [b"\xEF\xBB\xBF", package.as_bytes()].concat()),
        ("latin-1.json", latin),
        ("records.json", records.to_string().into_bytes()),
        ("array.json", json!([one(), two()]).to_string().into_bytes()),
        ("lines.jsonl", format!("{}\n{}\n", one(), two()).into_bytes()),
        ("packages.jsonl", format!("{}\n{}\n", json!({ "releases": [one()] }), json!({ "releases": [two()] })).into_bytes()),
        ("packages.json", json!([{ "releases": [one()] }, { "releases": [two()] }]).to_string().into_bytes()),
    ];
    for (name, bytes) in shapes {
        let register = Register::new().await;
        let file = register.file(name, &bytes);
        let (status, report) = register.import(&["ocds", &file]);
        assert_eq!((status, report["read"].as_u64(), summary(&report)), (0, Some(2), (2, 0, 0, 0)), "{name}: {report}");
        assert!(register.list("contracts").iter().any(|one| one["title"] == "Café"), "{name}");
        let output = register.run_with(&["import", "ocds", "-", "--format", "json"], &bytes);
        let again: Json = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{name}: {}", said(&output)));
        assert_eq!(summary(&again), (0, 0, 2, 0), "{name}: the same from standard input");
    }
    let register = Register::new().await;
    let file = register.file("one.json", one().to_string());
    assert_eq!(summary(&register.import(&["ocds", &file]).1), (1, 0, 0, 0), "a single release");
}

#[tokio::test]
async fn odd_numbers_and_names_are_survived() {
    let register = Register::new().await;
    let text = release("ocds-b5fd17-1", json!({})).to_string().replace("1000", "1e9999");
    let nameless =
        release("ocds-b5fd17-2", json!({ "awards": [{ "id": 7, "suppliers": [{ "id": "org-2" }], "title": "Doors" }] }));
    let nobody = release("ocds-b5fd17-3", json!({ "buyer": {}, "awards": [{ "id": 1 }] }));
    let other = release("ocds-b5fd17-4", json!({ "buyer": { "name": "Ministry of Odd Things", "id": "GB-GOR-D9" } }));
    let file = register.file("odd.jsonl", format!("{text}\n{nameless}\n{nobody}\n{other}\n{{\"id\": \"no process\"}}\n"));
    let (status, report) = register.import(&["ocds", &file]);
    assert_eq!((status, report["read"].as_u64(), summary(&report)), (3, Some(5), (3, 0, 0, 2)), "{report}");
    assert!(report["warnings"].to_string().contains("value"), "{report}");
    let contracts = register.list("contracts");
    let titled = |title: &str| contracts.iter().find(|one| one["title"] == title).unwrap();
    assert_eq!(titled("Doors")["suppliers"], "org-2", "a nameless supplier keeps its id");
    assert!(contracts.iter().all(|one| one["end"].is_null() || one["end"] == "2026-03-31"), "no end is moved by a time zone");
    let organisations = register.list("organisations");
    let odd = organisations.iter().find(|one| one["name"] == "Ministry of Odd Things").expect("the buyer");
    assert_eq!(odd["kind"], "other");
}

#[tokio::test]
async fn a_later_delta_changes_what_it_says_and_a_tender_that_is_awarded_is_complete() {
    let register = Register::new().await;
    let tender = release(
        "ocds-h6vhtk-1",
        json!({
            "awards": [], "tag": ["tender"], "date": "2025-01-01T00:00:00Z",
            "tender": { "id": "T1", "title": "Repairs to be bought", "status": "active", "tenderPeriod": { "endDate": "2025-01-31T12:00:00Z" } },
        }),
    );
    let award = release("ocds-h6vhtk-1", json!({ "id": "r2" }));
    let delta = json!({
        "ocid": "ocds-h6vhtk-1", "id": "r3", "date": "2025-06-01T00:00:00Z", "tag": ["awardUpdate"],
        "awards": [{ "id": "a1", "contractPeriod": { "endDate": "2027-03-31T00:00:00Z" } }],
    });
    for (name, release) in [("1.json", &tender), ("2.json", &award), ("3.json", &delta)] {
        let file = register.file(name, release.to_string());
        assert_eq!(register.import(&["ocds", &file]).0, 0);
    }
    let contracts = register.list("contracts");
    assert_eq!(contracts.len(), 1);
    assert_eq!((contracts[0]["title"].as_str(), contracts[0]["end"].as_str()), (Some("Repairs"), Some("2027-03-31")));
    assert_eq!(contracts[0]["suppliers"], "Ash Ltd");
    let planned = register.list("planned-procurements");
    assert_eq!((planned.len(), planned[0]["stage"].as_str()), (1, Some("complete")));
}

#[tokio::test]
async fn a_contract_whose_award_is_withdrawn_has_ended() {
    let register = Register::new().await;
    let mut award = release("ocds-b5fd17-1", json!({}));
    award["awards"][0]["contractPeriod"]["endDate"] = json!("2028-03-31T23:59:59+01:00");
    let withdrawn = json!({
        "ocid": "ocds-b5fd17-1", "id": "r2", "date": "2025-06-01T00:00:00Z", "tag": ["awardCancellation"],
        "awards": [{ "id": "a1", "status": "cancelled" }],
    });
    let (first, second) = (register.file("1.json", award.to_string()), register.file("2.json", withdrawn.to_string()));
    assert_eq!(summary(&register.import(&["ocds", &first]).1), (1, 0, 0, 0));
    let (status, report) = register.import(&["ocds", &second]);
    assert_eq!((status, summary(&report)), (0, (0, 1, 0, 0)), "{report}");
    assert!(report["warnings"].to_string().contains("the award is cancelled"), "{report}");
    let contracts = register.list("contracts");
    assert_eq!((contracts.len(), contracts[0]["status"].as_str()), (1, Some("ended")), "{contracts:?}");
    assert_eq!(register.list("planned-procurements")[0]["stage"], "cancelled");
    for again in [&first, &second] {
        assert_eq!(summary(&register.import(&["ocds", again]).1), (0, 0, 1, 0), "the same again changes nothing");
    }
    assert!(register.run(&["import", "undo", report["import_id"].as_str().unwrap()]).status.success());
    assert_ne!(register.list("contracts")[0]["status"], "ended");
}

#[tokio::test]
async fn awards_whose_ids_repeat_are_all_contracts() {
    let register = Register::new().await;
    let award = |supplier: &str| json!({ "id": "1", "title": supplier, "suppliers": [{ "name": supplier }] });
    let twice = release("ocds-h6vhtk-9", json!({ "awards": [award("Ash Ltd"), award("Birch Ltd")] }));
    let later = release("ocds-h6vhtk-9", json!({ "id": "r2", "date": "2025-05-01T00:00:00Z", "awards": [award("Cedar Ltd")] }));
    let file = register.file("repeats.json", json!([twice, later]).to_string());
    let (status, report) = register.import(&["ocds", &file]);
    assert_eq!((status, summary(&report)), (0, (3, 0, 0, 0)), "{report}");
    let suppliers: BTreeSet<String> =
        register.list("contracts").iter().map(|one| one["suppliers"].as_str().unwrap().to_owned()).collect();
    assert_eq!(suppliers, ["Ash Ltd", "Birch Ltd", "Cedar Ltd"].map(str::to_owned).into());
    assert_eq!(summary(&register.import(&["ocds", &file]).1), (0, 0, 3, 0));
}

#[tokio::test]
async fn the_people_that_a_notice_names_stand_nowhere_in_the_database() {
    let register = Register::new().await;
    let person = json!({ "name": "Quillon Featherstonehaugh", "email": "quillon@example.org", "telephone": "020 7946 0991" });
    let named = release(
        "ocds-b5fd17-1",
        json!({
            "parties": [{ "id": "1", "name": "London Borough of Camden", "roles": ["buyer"], "contactPoint": person }],
            "buyer": { "id": "1", "name": "London Borough of Camden", "contactPoint": person },
            "tender": { "procuringEntity": { "id": "1", "contactPoint": person }, "tenderers": [{ "contactPoint": person }] },
        }),
    );
    let file = register.file("named.json", named.to_string());
    let (status, report) = register.import(&["ocds", &file]);
    assert_eq!((status, summary(&report)), (0, (1, 0, 0, 0)), "{report}");
    assert_eq!(summary(&register.import(&["ocds", &file]).1), (0, 0, 1, 0), "the same notice is known again");
    let id = report["import_id"].as_str().unwrap();
    let backup = register.folder().join("copy.db");
    for undone in [false, true] {
        if undone {
            assert!(register.run(&["import", "undo", id]).status.success());
            std::fs::remove_file(&backup).unwrap();
        }
        let output = register.run(&["backup", backup.to_str().unwrap()]);
        assert!(output.status.success(), "{}", said(&output));
        for entry in std::fs::read_dir(register.folder()).unwrap() {
            let path = entry.unwrap().path();
            if path.to_str() == Some(&file) || !path.is_file() {
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            for word in ["Featherstonehaugh", "quillon@", "7946 0991", "contactPoint"] {
                let found = bytes.windows(word.len()).any(|part| part == word.as_bytes());
                assert!(!found, "{word} stands in {}, undone: {undone}", path.display());
            }
        }
    }
}

#[tokio::test]
async fn a_release_has_the_number_of_its_place_and_of_several_files_the_file_is_named() {
    let register = Register::new().await;
    let release = |ocid: &str| {
        json!({"ocid": ocid, "id": "1", "date": "2025-02-03T04:05:06Z", "tag": ["tender"], "buyer": {"name": "Camden Council"},
            "tender": {"id": "T", "title": "Repairs", "tenderPeriod": {"endDate": "soon"}}})
    };
    let mut nobodys = release("x");
    nobodys.as_object_mut().unwrap().remove("ocid");
    let one = json!({"releases": [release("ocds-x-1"), 7, nobodys]}).to_string();
    let two = json!({"releases": [release("ocds-x-2"), 8]}).to_string();
    let (one, two) = (register.file("one.json", one), register.file("two.json", two));
    let told = |report: &Json, list: &str, words: &str| -> Vec<(u64, String)> {
        let entries = report[list].as_array().unwrap().iter();
        entries.map(|entry| (entry["row"].as_u64().unwrap(), entry[words].as_str().unwrap().to_owned())).collect()
    };
    let (status, report) = register.import(&["ocds", &one]);
    let rejected = told(&report, "rejected", "reason");
    assert_eq!((status, rejected.iter().map(|one| one.0).collect::<Vec<_>>()), (3, vec![2, 3]), "{report}");
    assert!(!rejected[0].1.contains("one.json"), "{report}");
    let other = Register::new().await;
    let (_, report) = other.import(&["ocds", &one, &two]);
    let rejected = told(&report, "rejected", "reason");
    assert_eq!(rejected.iter().map(|one| one.0).collect::<Vec<_>>(), [2, 3, 5], "{report}");
    assert!(rejected[2].1.ends_with("(release 2 of two.json)"), "{report}");
    let warned = told(&report, "warnings", "message");
    assert!(warned.iter().any(|one| one.0 == 4 && one.1.ends_with("(release 1 of two.json)")), "{report}");
}

#[tokio::test]
async fn notices_are_taken_back_though_a_buyer_that_they_made_has_a_file_of_its_own() {
    for own_first in [false, true] {
        let register = Register::new().await;
        let notice = release("ocds-b5fd17-1", json!({ "buyer": { "name": "Cabinet Office" } }));
        let notices = register.file("notices.json", notice.to_string());
        let (status, first) = register.import(&["ocds", &notices]);
        assert_eq!((status, summary(&first)), (0, (1, 0, 0, 0)), "{first}");
        let all = register.store().await.all::<domain::register::records::Organisation>(&test_support::operator()).await.unwrap();
        let slug = &all.iter().find(|one| one.name == "Cabinet Office").expect("the buyer").slug;
        let rows = register.file("co.csv", "Contract reference,Title,Supplier\nCO1,Laptops,not known\n");
        let (status, own) = register.import(&["contracts", "--organisation", slug, &rows]);
        assert_eq!((status, summary(&own)), (0, (1, 0, 0, 0)), "{own}");
        let undo = |report: &Json| register.run(&["import", "undo", report["import_id"].as_str().unwrap()]);
        if own_first {
            assert_eq!(undo(&own).status.code(), Some(0));
        }
        let undone = undo(&first);
        let text = said(&undone);
        assert_eq!(undone.status.code(), Some(0), "{text}");
        assert!(text.contains("kept: organisation ‘Cabinet Office’") && text.contains("co.csv"), "{text}");
        assert!(register.list("contracts").iter().all(|one| one["title"] != "Repairs"), "the notice's contract is gone");
        if !own_first {
            assert_eq!(undo(&own).status.code(), Some(0));
        }
        // The record of the organisation's own import stays, so it is named still, and that is said.
        let again = undo(&first);
        assert_eq!(again.status.code(), Some(1), "{}", said(&again));
        assert!(said(&again).contains("undone before") && !said(&again).contains("FOREIGN"), "{}", said(&again));
        assert!(register.store().await.check(&test_support::operator()).await.unwrap().sound());
    }
}
