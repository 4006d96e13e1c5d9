//! `organisation list` and `show`; backup and restore; check; the API's description.

use super::harness::{Register, said};
use serde_json::Value as Json;

#[tokio::test]
async fn organisations_are_listed_and_found_by_slug_code_and_name() {
    let register = Register::new().await;
    register.store().await;
    let output = register.run(&["organisation", "list"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.lines().count() >= 35, "33 authorities, the GLA and the hub: {text}");
    assert!(text.contains("kensington-and-chelsea") && text.contains("E09000007"));
    let output = register.run(&["organisation", "list", "--format", "json"]);
    let all: Vec<Json> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(all.iter().filter(|one| one["kind"] == "council").count(), 33);
    for name in ["camden", "E09000007", "London Borough of Camden", "Camden"] {
        let output = register.run(&["organisation", "show", name, "--format", "json"]);
        let one: Json = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{name}: {}", said(&output)));
        assert_eq!(one["slug"], "camden", "{name}");
    }
    let output = register.run(&["organisation", "show", "camden"]);
    assert!(String::from_utf8(output.stdout).unwrap().contains("London Borough of Camden"));
    let output = register.run(&["organisation", "show", "atlantis"]);
    assert_eq!(output.status.code(), Some(1));
}

#[tokio::test]
async fn the_organisation_of_the_flag_fills_the_file_and_refuses_others() {
    let register = Register::new().await;
    let file = register.file("file.csv", "Reference,Title,Supplier\nR1,Rents,Ash Ltd\n");
    assert!(register.refused(&["contracts", &file]).contains("organisation"));
    let (status, _) = register.import(&["contracts", &file, "--organisation", "hackney"]);
    assert_eq!(status, 0);
    assert_eq!(register.list("contracts")[0]["organisations"], "hackney");
    let other = register.file(
        "other.csv",
        "Organisation,Reference,Title,Supplier\nCamden,R1,Rents,Ash Ltd\nHackney,R2,Rents,Ash Ltd\n,R3,Rents,Ash Ltd\n",
    );
    let (status, report) = register.import(&["contracts", &other, "--organisation", "hackney"]);
    assert_eq!((status, report["created"].as_u64(), report["rejected"][0]["row"].as_u64()), (3, Some(2), Some(2)), "{report}");
}

#[tokio::test]
async fn a_backup_becomes_the_same_register_elsewhere_and_overwrites_none() {
    let register = Register::new().await;
    let file = register.file("file.csv", "Organisation,Reference,Title,Supplier\nCamden,R1,Rents,Ash Ltd\n");
    register.import(&["contracts", &file]);
    let backup = register.folder().join("backup.file");
    let backup = backup.to_str().unwrap();
    let output = register.run(&["backup", backup]);
    assert!(output.status.success(), "{}", said(&output));
    let other = Register::new().await;
    let output = other.run(&["restore", backup]);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(register.list("contracts"), other.list("contracts"));
    assert!(other.run(&["check"]).status.success());
    let output = other.run(&["restore", backup]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
}

#[tokio::test]
async fn the_description_of_the_api_needs_no_database() {
    let register = Register::new().await;
    let output = register.run(&["openapi"]);
    let description: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1"));
    assert!(!register.folder().join("city.db").exists());
}
