//! Files and what becomes of them. Each `tests/imports/NAME.csv` stands beside `NAME.json`: the exit status, what the report
//! says, and the records that are there afterwards. With `CITYTOOLS_WRITE_PAIRS=1` a missing expectation is written down, to be
//! read by a person before it is kept.

use super::harness::Register;
use serde_json::{Map, Value as Json, json};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/imports")
}

/// Fields of a record that say something and are alike in every run.
const TELLING: &[&str] = &[
    "reference",
    "title",
    "organisations",
    "organisation",
    "suppliers",
    "supplier_state",
    "products",
    "product",
    "functions",
    "term",
    "status",
    "start",
    "end",
    "last_possible_end",
    "decision_date",
    "value_amount",
    "value_currency",
    "value_basis",
    "value_vat",
    "value_withheld",
    "framework",
    "cpv",
    "source",
    "users",
    "hosting",
    "name",
    "manufacturer",
    "identifiers",
];

fn telling(record: &Json) -> Json {
    let fields = record.as_object().expect("a record");
    let kept: Map<String, Json> = fields
        .iter()
        .filter(|(name, value)| TELLING.contains(&name.as_str()) && !value.is_null())
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect();
    Json::Object(kept)
}

/// A report without ids.
fn lasting(report: &Json) -> Json {
    let flagged: Vec<Json> = report["flagged"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|flag| json!({ "reason": flag["reason"], "kind": flag["kind"], "note": flag["note"] }))
        .collect();
    let mut lasting = Map::new();
    for name in ["read", "created", "updated", "unchanged", "rejected", "warnings", "possible_duplicates", "mapping", "contracts"]
    {
        if let Some(value) = report.get(name) {
            lasting.insert(name.to_owned(), value.clone());
        }
    }
    lasting.insert("flagged".to_owned(), flagged.into());
    Json::Object(lasting)
}

async fn outcome(kind: &str, file: &Path) -> Json {
    let register = Register::new().await;
    let path = file.to_str().expect("a path");
    let (status, report) = register.import(&[kind, path]);
    let rejected = report["rejected"].as_array().expect("a list").len() as u64;
    let sum: u64 = ["created", "updated", "unchanged"].iter().filter_map(|name| report[*name].as_u64()).sum();
    assert_eq!(report["read"].as_u64(), Some(sum + rejected), "{path}: one entry a row");
    assert_eq!(status, if rejected > 0 { 3 } else { 0 }, "{path}");
    // The same file twice changes nothing.
    let before = (register.list("contracts"), register.list("systems"), register.list("suppliers"));
    let (_, again) = register.import(&[kind, path]);
    assert_eq!((again["created"].as_u64(), again["updated"].as_u64()), (Some(0), Some(0)), "{path}: {again}");
    assert_eq!(again["import_id"], Json::Null, "{path}");
    assert_eq!(before, (register.list("contracts"), register.list("systems"), register.list("suppliers")), "{path}");
    let mut records = Map::new();
    for noun in ["contracts", "systems", "suppliers", "products"] {
        let mut list: Vec<Json> = register.list(noun).iter().map(telling).collect();
        list.sort_by_key(ToString::to_string);
        records.insert(noun.to_owned(), list.into());
    }
    // Undone, it leaves nothing behind.
    let id = report["import_id"].as_str().expect("an import").to_owned();
    assert_eq!(register.run(&["import", "undo", &id]).status.code(), Some(0), "{path}");
    assert_eq!(register.counts(), [0, 0, 0], "{path}: the undo leaves something behind");
    json!({ "status": status, "report": lasting(&report), "records": records })
}

#[tokio::test]
async fn every_file_becomes_what_stands_beside_it() {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder())
        .expect("the folder of pairs")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "csv"))
        .collect();
    files.sort();
    assert!(files.len() >= 8, "pairs are missing: {files:?}");
    let mut wrong = Vec::new();
    for file in files {
        let name = file.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
        let kind = if name.starts_with("survey") { "systems" } else { "contracts" };
        let seen = outcome(kind, &file).await;
        let beside = file.with_extension("json");
        if !beside.exists() && std::env::var_os("CITYTOOLS_WRITE_PAIRS").is_some() {
            std::fs::write(&beside, format!("{}\n", serde_json::to_string_pretty(&seen).expect("JSON"))).expect("a file");
        }
        let wanted: Json =
            serde_json::from_str(&std::fs::read_to_string(&beside).expect("an expectation beside the file")).expect("JSON");
        if seen != wanted {
            wrong.push(format!("{name}: {}", serde_json::to_string_pretty(&seen).expect("JSON")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
