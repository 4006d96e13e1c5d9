//! Every list in every format, and open contracting data out and in again.

use super::harness::{AS_AT, Register, real_releases, said, shared};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

const NOUNS: &[&str] =
    &["contracts", "planned-procurements", "systems", "suppliers", "products", "organisations", "functions", "skills"];

async fn with_real_releases() -> Register {
    let register = Register::new().await;
    let files = real_releases();
    let arguments: Vec<&str> = std::iter::once("ocds").chain(files.iter().map(String::as_str)).collect();
    assert_eq!(register.import(&arguments).0, 0);
    let survey = register.file(
        "survey.csv",
        "Organisation,Function,Product,Users\ncamden,Council tax,Elm Revenues,120\nhackney,Council tax,Elm Revenues,80\n",
    );
    assert_eq!(register.import(&["systems", &survey]).0, 0);
    let skills = register.file("skills.csv", "Organisation,Skill,Level\ncamden,GIS,expert\nhackney,Power BI,working\n");
    assert_eq!(register.import(&["skills", &skills]).0, 0);
    register
}

#[tokio::test]
async fn whoever_has_read_enough_of_a_file_is_no_failure() {
    let register = with_real_releases().await;
    let files = real_releases();
    for arguments in [&["export", "contracts"][..], &["export", "ocds"], &["ocds", "merge", &files[1]]] {
        let mut command = register.command(arguments);
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{arguments:?}: {}", said(&output));
    }
}

#[tokio::test]
async fn every_list_comes_in_every_format_with_the_same_rows() {
    let register = with_real_releases().await;
    for noun in NOUNS {
        let rows = register.list(noun);
        assert!(!rows.is_empty(), "{noun}");
        let csv = register.run(&["export", noun]);
        let mut reader = csv::Reader::from_reader(csv.stdout.as_slice());
        let headers: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let keys: Vec<&str> = rows[0].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(headers, keys, "{noun}");
        assert_eq!(reader.records().map(Result::unwrap).count(), rows.len(), "{noun}");
        for format in ["xlsx", "parquet"] {
            let output = register.run(&["export", noun, "--format", format]);
            let mark: &[u8] = if format == "xlsx" { b"PK" } else { b"PAR1" };
            assert!(output.status.success() && output.stdout.starts_with(mark), "{noun} {format}: {}", output.status);
        }
        let limited = register.run(&["export", noun, "--format", "jsonl", "--limit", "1"]);
        assert_eq!(String::from_utf8(limited.stdout).unwrap().lines().count(), 1, "{noun}");
    }
}

#[tokio::test]
async fn filters_may_be_flags_or_pairs_and_an_unknown_one_is_refused() {
    let register = with_real_releases().await;
    let lines = |arguments: &[&str]| {
        let output = register.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        String::from_utf8(output.stdout).unwrap().lines().count()
    };
    let flags = lines(&["export", "contracts", "--format", "jsonl", "--ends-from", "2025-06-01", "--ends-to", "2026-06-01"]);
    let pairs = lines(&["export", "contracts", "--format", "jsonl", "ends_from=2025-06-01", "ends_to=2026-06-01"]);
    assert!(flags > 0 && flags == pairs && flags < register.list("contracts").len());
    assert_eq!(lines(&["export", "systems", "--format", "jsonl", "--organisation", "camden"]), 1);
    assert_eq!(lines(&["export", "systems", "--format", "jsonl", "--organisation", "camden", "--organisation", "hackney"]), 2);
    for wrong in [
        &["export", "contracts", "colour=red"][..],
        &["export", "systems", "--cpv", "48"],
        &["export", "contracts", "ends_from=soon"],
    ] {
        let output = register.run(wrong);
        assert_eq!(output.status.code(), Some(1), "{wrong:?}: {}", said(&output));
        assert!(output.stdout.is_empty());
    }
}

fn validator() -> jsonschema::Validator {
    let schema = |name: &str| -> Json {
        serde_json::from_str(&std::fs::read_to_string(shared("ocds-schema").join(name)).unwrap()).unwrap()
    };
    let mut package = schema("release-package-schema.json");
    // The package refers to the release's schema by its address; it is put in place so that no network is asked.
    let mut release = schema("release-schema.json");
    let fields = release.as_object_mut().unwrap();
    package["definitions"] = fields.remove("definitions").unwrap();
    for own in ["$schema", "id"] {
        fields.remove(own);
    }
    package["properties"]["releases"]["items"] = release;
    jsonschema::options().should_validate_formats(true).build(&package).expect("a schema")
}

fn empty_fields(value: &Json, path: &str, found: &mut Vec<String>) {
    match value {
        Json::Null => found.push(path.to_owned()),
        Json::String(text) if text.trim().is_empty() => found.push(path.to_owned()),
        Json::Array(items) if items.is_empty() => found.push(path.to_owned()),
        Json::Object(fields) if fields.is_empty() => found.push(path.to_owned()),
        Json::Array(items) => items.iter().for_each(|item| empty_fields(item, &format!("{path}/*"), found)),
        Json::Object(fields) => fields.iter().for_each(|(name, value)| empty_fields(value, &format!("{path}/{name}"), found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_register_as_open_contracting_data_is_valid_and_has_no_empty_fields() {
    let register = with_real_releases().await;
    let rows = register.file(
        "own.csv",
        "Organisation,Reference,Title,Supplier,Company number,Start date,End date,Extension months,Annual value,Route,Framework,CPV\n\
         Camden,C1,Housing,Ash Ltd,01234567,2024-04-01,2029-03-31,12+12,1200,Direct award,,48000000\n\
         Camden,C2,Rents,Withheld,,2024-04-01,,,,Call-off,G-Cloud 14,\n\
         Camden,,Only a title,,,,,,,,,\n",
    );
    register.import(&["contracts", &rows]);
    for arguments in [&["export", "ocds"][..], &["export", "ocds", "--extensions"]] {
        let output = register.run(arguments);
        assert!(output.status.success(), "{}", said(&output));
        let package: Json = serde_json::from_slice(&output.stdout).expect("one package");
        let wrong: Vec<String> =
            validator().iter_errors(&package).map(|error| format!("{} {error}", error.instance_path())).take(5).collect();
        assert!(wrong.is_empty(), "{arguments:?}: {wrong:#?}");
        let mut empty = Vec::new();
        empty_fields(&package, "", &mut empty);
        assert!(empty.is_empty(), "{arguments:?}: {empty:?}");
        assert_eq!(package["version"], "1.1");
        let releases = package["releases"].as_array().unwrap();
        assert_eq!(releases.len(), register.list("contracts").len() + register.list("planned-procurements").len());
        let mut pairs: Vec<_> = releases.iter().map(|release| (release["ocid"].to_string(), release["id"].to_string())).collect();
        pairs.sort();
        pairs.dedup();
        assert_eq!(pairs.len(), releases.len(), "no release stands twice");
        assert_eq!(package.get("extensions").is_some(), arguments.len() == 3, "extensions only when asked for");
        assert_eq!(output_has(&package, "register"), arguments.len() == 3);
        let own = releases.iter().find(|release| release["contracts"][0]["title"] == "Housing").unwrap();
        assert!(own["ocid"].as_str().unwrap().starts_with("ocds-ctools-"), "{own}");
        assert!(
            releases.iter().any(|release| release["ocid"].as_str().unwrap().starts_with("ocds-b5fd17-")),
            "notices keep theirs"
        );
        assert_eq!(own["contracts"][0]["period"]["maxExtentDate"], "2031-03-31T23:59:59Z");
        assert!(own["contracts"][0].get("value").is_none(), "a sum for a year is no contract's whole value");
    }
}

fn output_has(package: &Json, field: &str) -> bool {
    package["releases"].as_array().unwrap().iter().any(|release| release["contracts"][0].get(field).is_some())
}

#[tokio::test]
async fn what_goes_out_comes_in_again_as_the_same_contracts() {
    let register = with_real_releases().await;
    let output = register.run(&["export", "ocds"]);
    let other = Register::new().await;
    let file = other.file("out.json", &output.stdout);
    let (status, report) = other.import(&["ocds", &file]);
    assert_eq!(status, 0, "{report}");
    let telling = |register: &Register| {
        let mut rows: BTreeMap<String, Vec<Json>> = BTreeMap::new();
        for one in register.list("contracts") {
            let fields = ["title", "suppliers", "start", "end", "last_possible_end", "value_amount", "value_currency", "cpv"];
            rows.entry(one["title"].to_string()).or_default().push(json!(fields.map(|field| one[field].clone())));
        }
        rows.values_mut().for_each(|same| same.sort_by_key(ToString::to_string));
        rows
    };
    assert_eq!(telling(&register), telling(&other));
    let names = |register: &Register| {
        let mut names: Vec<String> = register
            .list("planned-procurements")
            .iter()
            .map(|one| format!("{} {} {}", one["title"], one["closes"], one["stage"]))
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(&register), names(&other));
}

#[test]
fn the_day_of_these_tests_is_a_day() {
    assert!(AS_AT.parse::<jiff::civil::Date>().is_ok());
}
