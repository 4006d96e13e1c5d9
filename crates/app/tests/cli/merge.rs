//! `citytools ocds merge`: what it writes, against the fixtures of the reference implementation, and without a database.

use super::{
    harness::{Register, real_releases, said, shared},
    notices::last_releases,
};
use serde_json::{Value as Json, json};

#[tokio::test]
async fn the_merge_gives_every_fixtures_output_without_a_database() {
    let register = Register::new().await;
    let mut compared = 0;
    for (folder, schema) in [
        ("1.0", Some("release-schema-1__0__3.json")),
        ("1.1", None),
        ("1.1", Some("release-schema-1__1__4.json")),
        ("schema", Some("schema.json")),
    ] {
        let schema = schema.map(|name| shared("ocds-merge").join(name).to_str().unwrap().to_owned());
        for entry in std::fs::read_dir(shared("ocds-merge").join(folder)).unwrap() {
            let wanted = entry.unwrap().path();
            let name = wanted.file_stem().unwrap().to_str().unwrap().to_owned();
            let Some((input, form)) = [("-compiled", "compiled"), ("-versioned", "versioned")]
                .iter()
                .find_map(|(ending, form)| name.strip_suffix(ending).map(|input| (input.to_owned(), *form)))
            else {
                continue;
            };
            let file = wanted.with_file_name(format!("{input}.json"));
            let mut arguments = vec!["ocds", "merge", file.to_str().unwrap()];
            if form == "versioned" {
                arguments.push("--versioned");
            }
            if let Some(schema) = &schema {
                arguments.extend(["--schema", schema]);
            }
            let output = register.run(&arguments);
            let merged: Json = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{name}: {}", said(&output)));
            let wanted: Json = serde_json::from_str(&std::fs::read_to_string(&wanted).unwrap()).unwrap();
            assert_eq!(merged, json!([wanted]), "{folder}/{name}");
            compared += 1;
        }
    }
    assert!(compared >= 50, "{compared}");
    assert!(!register.folder().join("city.db").exists(), "the merge opens no database");
    // Several files and processes: one object each, in first-seen order.
    let files = real_releases();
    let arguments: Vec<&str> = ["ocds", "merge"].into_iter().chain(files.iter().map(String::as_str)).collect();
    let merged: Vec<Json> = serde_json::from_slice(&register.run(&arguments).stdout).unwrap();
    assert_eq!(merged.len(), last_releases().len());
}
