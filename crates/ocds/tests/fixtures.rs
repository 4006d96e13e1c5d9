//! Every fixture of the OCDS merge routine that stands in the shared data.

mod support;

use ocds::merge::{Form, Merger, Warning};
use ocds::rules::{ListMatch, Rules};
use serde_json::Value;
use support::{data, json, list};

/// Merges every fixture of a folder under the rules and compares; gives the number of outputs compared.
fn compare(folder: &str, rules: &Rules) -> usize {
    let mut compared = 0;
    let mut names: Vec<String> = std::fs::read_dir(data(&format!("ocds-merge/{folder}")))
        .expect("the folder can be listed")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a plain name"))
        .collect();
    names.sort();
    for (suffix, form) in [("-compiled.json", Form::Compiled), ("-versioned.json", Form::Versioned)] {
        for name in names.iter().filter_map(|name| name.strip_suffix(suffix)) {
            let releases = list(&format!("ocds-merge/{folder}/{name}.json"));
            let expected = json(&format!("ocds-merge/{folder}/{name}{suffix}"));
            let merged = Merger::new(rules).merge(form, releases).expect(name);
            assert_eq!(merged.release, expected, "{folder}/{name}{suffix}");
            compared += 1;
        }
    }
    compared
}

fn from_schema(name: &str) -> Rules {
    Rules::from_schema(&json(name)).expect("the schema states rules")
}

#[test]
fn all_fixtures_merge_as_expected() {
    assert_eq!(compare("1.0", &from_schema("ocds-merge/release-schema-1__0__3.json")), 2);
    assert_eq!(compare("1.0", &Rules::builtin_1_0()), 2);
    assert_eq!(compare("1.1", &from_schema("ocds-merge/release-schema-1__1__4.json")), 22);
    assert_eq!(compare("1.1", &from_schema("ocds-schema/release-schema.json")), 22);
    assert_eq!(compare("1.1", &Rules::builtin_1_1()), 22);
    assert_eq!(compare("schema", &from_schema("ocds-merge/schema.json")), 12);
}

#[test]
fn rule_overrides_pair_lists_by_position_or_append() {
    let cases = [
        ("identifier-merge-duplicate-id", "-by-position", ListMatch::ByPosition),
        ("identifier-merge-duplicate-id", "-append", ListMatch::Append),
        ("identifier-merge-no-id", "-append", ListMatch::Append),
    ];
    for (name, suffix, matching) in cases {
        let releases = list(&format!("ocds-merge/schema/{name}.json"));
        let rules = Rules::builtin_1_1().with_override(&["nested", "array"], matching);
        let twice: Vec<Value> = releases.iter().chain(&releases).cloned().collect();
        let merged = Merger::new(&rules).compiled(twice).expect(name);
        assert_eq!(merged.release, json(&format!("ocds-merge/schema/{name}{suffix}.json")), "{name}{suffix}");
    }
}

#[test]
fn every_fixture_file_is_used() {
    let known = ["-compiled", "-versioned", "-by-position", "-append"];
    for folder in ["1.0", "1.1", "schema"] {
        let files = std::fs::read_dir(data(&format!("ocds-merge/{folder}"))).expect("the folder can be listed");
        let names: Vec<String> = files
            .map(|file| file.expect("an entry").file_name().into_string().expect("a plain name"))
            .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
            .collect();
        for name in names.iter().filter(|name| !known.iter().any(|suffix| name.ends_with(suffix))) {
            assert!(
                known.iter().any(|suffix| names.contains(&format!("{name}{suffix}"))),
                "{folder}/{name} has no expected output"
            );
        }
    }
}

#[test]
fn repeated_ids_are_warned_of_once_each_with_their_path() {
    let releases = list("ocds-merge/schema/identifier-merge-duplicate-id.json");
    let merged = Merger::new(&Rules::builtin_1_1()).compiled(releases).expect("it merges");
    let warning = |path: &str| Warning::DuplicateId { path: path.to_owned(), id: "1".to_owned() };
    assert_eq!(merged.warnings, [warning("nested/identifierMerge"), warning("nested/array")]);
}

#[test]
fn built_in_rules_are_those_of_the_schemas() {
    let from_1_1 = from_schema("ocds-merge/release-schema-1__1__4.json").paths();
    assert_eq!(from_1_1.len(), 24);
    assert_eq!(Rules::builtin_1_1().paths(), from_1_1);
    let from_1_0 = from_schema("ocds-merge/release-schema-1__0__3.json").paths();
    assert_eq!(from_1_0.len(), 15);
    assert_eq!(Rules::builtin_1_0().paths(), from_1_0);
}
