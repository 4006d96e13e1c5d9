//! Cases of merging that no fixture shows.

use ocds::merge::{Form, MergeError, Merged, Merger, Warning};
use ocds::rules::{Rule, Rules, SchemaError};
use serde_json::{Value, json};

fn release(day: u32, fields: Value) -> Value {
    let mut release = json!({ "ocid": "o", "id": day.to_string(), "date": format!("2020-01-{day:02}"), "tag": ["tender"] });
    for (field, value) in fields.as_object().expect("fields are an object") {
        release[field] = value.clone();
    }
    release
}

fn merge(form: Form, releases: &[Value]) -> Result<Merged, MergeError> {
    Merger::new(&Rules::builtin_1_1()).merge(form, releases.to_vec())
}

fn compiled(releases: &[Value], field: &str) -> Value {
    merge(Form::Compiled, releases).expect("it merges").release[field].clone()
}

#[test]
fn an_id_of_one_and_an_id_of_text_one_are_different() {
    let releases = [
        release(1, json!({ "a": [{ "id": 1, "v": "number" }] })),
        release(2, json!({ "a": [{ "id": "1", "v": "text" }] })),
        release(3, json!({ "a": [{ "id": 1.0, "w": "number again" }] })),
    ];
    let expected = json!([{ "id": 1, "v": "number", "w": "number again" }, { "id": "1", "v": "text" }]);
    assert_eq!(compiled(&releases, "a"), expected);
    let versioned = merge(Form::Versioned, &releases).expect("it merges").release;
    assert_eq!(versioned["a"].as_array().map(Vec::len), Some(2));
}

#[test]
fn long_lists_are_paired_as_short_ones_are() {
    let items = |v: &str, ids: std::ops::Range<u32>| -> Value { ids.map(|id| json!({ "id": id.to_string(), v: v })).collect() };
    let releases = [release(1, json!({ "awards": items("a", 0..300) })), release(2, json!({ "awards": items("b", 200..400) }))];
    for form in [Form::Compiled, Form::Versioned] {
        let merged = merge(form, &releases).expect("it merges");
        let awards = merged.release["awards"].as_array().expect("awards").clone();
        assert_eq!(awards.len(), 400);
        let ids: Vec<String> = awards.iter().map(|award| award["id"].as_str().unwrap_or_default().to_owned()).collect();
        assert_eq!(ids, (0..400).map(|id| id.to_string()).collect::<Vec<_>>());
        assert!(awards[250].get("a").is_some() && awards[250].get("b").is_some());
        assert_eq!(merged.warnings, []);
    }
}

#[test]
fn objects_whose_id_is_null_are_all_kept() {
    let releases = [release(1, json!({ "suppliers": [{ "id": null, "name": "A" }, { "id": null, "name": "B" }] }))];
    assert_eq!(compiled(&releases, "suppliers"), json!([{ "name": "A" }, { "name": "B" }]));
}

#[test]
fn a_field_cannot_turn_from_literal_to_object_or_from_object_to_list() {
    let cases = [
        (json!(3), json!({ "b": 1 }), "a number", "an object"),
        (json!({ "b": 1 }), json!([{ "id": 1 }]), "an object", "a list"),
        (json!([{ "id": 1 }]), json!({ "b": 1 }), "a list", "an object"),
        (json!("x"), json!([{ "id": 1 }]), "text", "a list"),
    ];
    for (first, second, earlier, later) in cases {
        let releases = [release(1, json!({ "t": { "a": first } })), release(2, json!({ "t": { "a": second } }))];
        for form in [Form::Compiled, Form::Versioned] {
            let expected = MergeError::InconsistentType { path: "t/a".to_owned(), earlier, later, date: "2020-01-02".to_owned() };
            assert_eq!(merge(form, &releases), Err(expected));
        }
    }
}

#[test]
fn literals_and_nulls_do_not_remove_what_was_built() {
    for (first, second, kept, ignored) in [
        (json!({ "b": 1 }), json!(null), "an object", "null"),
        (json!({ "b": 1 }), json!(3), "an object", "a number"),
        (json!([{ "id": 1 }]), json!("x"), "a list", "text"),
    ] {
        let releases = [release(1, json!({ "a": first })), release(2, json!({ "a": second }))];
        assert_eq!(compiled(&releases, "a"), first);
        for form in [Form::Compiled, Form::Versioned] {
            let warnings = merge(form, &releases).expect("it merges").warnings;
            assert_eq!(warnings, [Warning::ValueIgnored { path: "a".to_owned(), kept, ignored }]);
        }
    }
}

#[test]
fn nulls_remove_literals_and_whole_lists_and_leave_their_parents() {
    let releases = [
        release(1, json!({ "a": { "b": 1 }, "parties": [{ "id": "p", "roles": ["buyer"], "name": "N" }] })),
        release(2, json!({ "a": { "b": null }, "parties": [{ "id": "p", "roles": null }] })),
    ];
    assert_eq!(compiled(&releases, "a"), json!({}));
    assert_eq!(compiled(&releases, "parties"), json!([{ "id": "p", "name": "N" }]));
}

#[test]
fn a_null_before_an_object_is_no_obstacle() {
    let releases = [release(1, json!({ "a": null })), release(2, json!({ "a": { "b": 1 } }))];
    assert_eq!(compiled(&releases, "a"), json!({ "b": 1 }));
    let versioned = merge(Form::Versioned, &releases).expect("it merges").release;
    assert_eq!(versioned["a"]["b"][0]["value"], json!(1));
}

#[test]
fn mixed_lists_are_replaced_whole() {
    let mut rules = Rules::none();
    rules.set(&["mixed"], Rule::WholeList);
    let full = [json!([{ "id": 1 }, "foo"]), json!([{ "id": 2 }, "bar"])];
    for with_rule in [true, false] {
        for removed in [None, Some((0, 0)), Some((0, 1)), Some((1, 0)), Some((1, 1))] {
            let mut lists = full.clone();
            if let Some((list, item)) = removed {
                lists[list].as_array_mut().expect("a list").remove(item);
            }
            let releases: Vec<Value> = lists.iter().map(|list| json!({ "ocid": "o", "date": "2020", "mixed": list })).collect();
            let none = Rules::none();
            let merged = Merger::new(if with_rule { &rules } else { &none }).compiled(releases).expect("it merges");
            assert_eq!(merged.release["mixed"], lists[1], "{with_rule} {removed:?}");
        }
    }
}

#[test]
fn empty_objects_and_lists_say_nothing() {
    let releases = [release(1, json!({ "a": {}, "b": { "c": {} }, "d": [{}, { "e": {} }], "f": [], "g": [{}, { "id": 1 }] }))];
    for form in [Form::Compiled, Form::Versioned] {
        let merged = merge(form, &releases).expect("it merges").release;
        for gone in ["a", "b", "d", "f"] {
            assert_eq!(merged.get(gone), None, "{gone}");
        }
        assert_eq!(merged["g"], json!([{ "id": 1 }]));
    }
}

#[test]
fn dates_must_be_there_as_text_when_releases_are_put_in_order() {
    let good = json!({ "ocid": "o", "date": "2020-01-01" });
    let cases = [
        (json!({ "ocid": "o" }), MergeError::MissingDate { position: 2 }),
        (json!({ "ocid": "o", "date": null }), MergeError::NullDate { position: 2 }),
        (json!({ "ocid": "o", "date": 3 }), MergeError::NonStringDate { position: 2, found: "a number" }),
        (json!({ "ocid": "o", "date": {} }), MergeError::NonStringDate { position: 2, found: "an object" }),
        (json!("text"), MergeError::NotAnObject { position: 2, found: "text" }),
        (json!([]), MergeError::NotAnObject { position: 2, found: "a list" }),
    ];
    for (bad, error) in cases {
        assert_eq!(merge(Form::Compiled, &[good.clone(), bad.clone()]), Err(error.clone()));
        assert_eq!(merge(Form::Versioned, &[good.clone(), bad]), Err(error));
    }
    assert_eq!(merge(Form::Compiled, &[]), Err(MergeError::NoReleases));
}

#[test]
fn one_release_alone_needs_no_date() {
    let merged = merge(Form::Compiled, &[json!({ "ocid": "o", "a": 1 })]).expect("it merges");
    assert_eq!(merged.release, json!({ "tag": ["compiled"], "ocid": "o", "id": "o", "a": 1 }));
}

#[test]
fn releases_of_one_instant_keep_their_order() {
    let releases = [release(1, json!({ "a": "first" })), release(1, json!({ "a": "second" }))];
    assert_eq!(compiled(&releases, "a"), json!("second"));
}

#[test]
fn histories_leave_out_what_did_not_change() {
    let releases = [release(1, json!({ "a": 1.0 })), release(2, json!({ "a": 1 })), release(3, json!({ "a": "1" }))];
    let versioned = merge(Form::Versioned, &releases).expect("it merges").release;
    let ids: Vec<&Value> = versioned["a"].as_array().expect("a history").iter().map(|entry| &entry["releaseID"]).collect();
    assert_eq!(ids, [&json!("1"), &json!("3")]);
}

#[test]
fn numbers_keep_their_digits_whatever_their_size() {
    let text = r#"{"ocid":"o","date":"2020","a":1e9999,"b":0.10,"c":123456789012345678901234567890}"#;
    let value: Value = serde_json::from_str(text).expect("it is JSON");
    let merged = merge(Form::Compiled, &[value]).expect("it merges").release.to_string();
    for digits in ["1e+9999", "0.10", "123456789012345678901234567890"] {
        assert!(merged.contains(digits) || merged.contains(&digits.replace('+', "")), "{digits} in {merged}");
    }
}

#[test]
fn a_merged_release_can_be_gone_on_from() {
    let releases = [
        release(1, json!({ "a": { "b": 1 }, "l": [{ "id": 1, "v": "x" }], "s": ["p"] })),
        release(2, json!({ "a": { "b": 2, "c": null }, "l": [{ "id": 2 }], "s": ["q"] })),
        release(3, json!({ "a": { "b": 3 }, "l": [{ "id": 1, "v": "y" }] })),
    ];
    let rules = Rules::builtin_1_1();
    let merger = Merger::new(&rules);
    for kept in 1..releases.len() {
        let (earlier, later) = releases.split_at(kept);
        let so_far = merger.compiled(earlier.to_vec()).expect("it merges").release;
        let mut resumed = merger.resume_compiled(so_far).expect("it is compiled");
        resumed.extend(later.to_vec()).expect("it merges");
        assert_eq!(resumed.finish().release, merger.compiled(releases.to_vec()).expect("it merges").release);

        let so_far = merger.versioned(earlier.to_vec()).expect("it merges").release;
        let mut resumed = merger.resume_versioned(so_far).expect("it is versioned");
        resumed.extend(later.to_vec()).expect("it merges");
        assert_eq!(resumed.finish().release, merger.versioned(releases.to_vec()).expect("it merges").release);
    }
    let plain = merger.resume_versioned(json!({ "ocid": "o", "a": 1 })).map(|_| ());
    assert_eq!(plain, Err(MergeError::NotVersioned { path: "a".to_owned() }));
}

#[test]
fn schemas_are_read_through_references_and_nullable_types() {
    let schema = json!({
        "properties": {
            "a": { "$ref": "#/definitions/A" },
            "list": { "type": ["array", "null"], "items": { "$ref": "#/definitions/A" } },
            "codes": { "type": ["array", "null"], "items": { "type": "string" } },
            "keyless": { "type": "array", "items": { "type": "object", "properties": { "name": {} } } },
            "old": { "type": "string", "mergeStrategy": "ocdsOmit" },
            "older": { "type": "array", "mergeStrategy": "ocdsVersion" }
        },
        "definitions": { "A": { "type": "object", "properties": {
            "id": { "type": "string" },
            "gone": { "omitWhenMerged": true },
            "parent": { "$ref": "#/definitions/A" }
        } } }
    });
    let rules = Rules::from_schema(&schema).expect("rules");
    let paths: Vec<(String, Rule)> = rules.paths();
    let expected: Vec<(String, Rule)> = [
        ("a/gone", Rule::Omit),
        ("codes", Rule::WholeList),
        ("keyless", Rule::WholeList),
        ("list/gone", Rule::Omit),
        ("old", Rule::Omit),
        ("older", Rule::WholeList),
    ]
    .map(|(path, rule)| (path.to_owned(), rule))
    .into();
    assert_eq!(paths, expected);
}

#[test]
fn what_is_no_release_schema_is_refused() {
    let refused = |schema: Value| Rules::from_schema(&schema).map(|_| ()).expect_err("it is refused");
    assert_eq!(refused(json!([])), SchemaError::NoProperties);
    let reference = |to: &str| json!({ "properties": { "a": { "$ref": to } } });
    assert_eq!(refused(reference("#/no")), SchemaError::UnknownReference("#/no".to_owned()));
    assert_eq!(refused(reference("other.json")), SchemaError::OutsideReference("other.json".to_owned()));
    assert!(matches!(refused(json!({ "$ref": "#" })), SchemaError::TooDeep(_)));
}

#[test]
fn one_release_brings_one_value_to_a_history_even_when_ids_repeat() {
    let releases = [
        release(1, json!({ "a": [{ "id": 1, "v": "x" }] })),
        release(2, json!({ "a": [{ "id": 1, "v": "y" }, { "id": 1, "v": "x" }, { "id": 2, "w": 1 }, { "id": 2, "w": 2 }] })),
    ];
    let versioned = merge(Form::Versioned, &releases).expect("it merges").release;
    let values = |item: usize, field: &str| -> Vec<Value> {
        let history = versioned["a"][item][field].as_array().expect("a history");
        history.iter().map(|entry| entry["value"].clone()).collect()
    };
    assert_eq!(values(0, "v"), [json!("x")]);
    assert_eq!(values(1, "w"), [json!(2)]);
    assert_eq!(compiled(&releases, "a"), json!([{ "id": 1, "v": "x" }, { "id": 2, "w": 2 }]));
}
