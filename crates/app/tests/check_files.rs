//! `citytools check FILE`: what a council writes is checked before anyone uses it.

use std::process::{Command, Output};

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/dpia/");

fn check(files: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_citytools")).arg("check").args(files).output().unwrap()
}

#[test]
fn shipped_files_are_sound_and_a_broken_one_says_where_and_what_to_do() {
    let sound = check(&[&format!("{SHIPPED}uk-gdpr-dpia.yaml"), &format!("{SHIPPED}screening.yaml")]);
    assert!(sound.status.success(), "{}", String::from_utf8_lossy(&sound.stdout));
    assert_eq!(String::from_utf8_lossy(&sound.stdout), "2 files read, nothing wrong.\n");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ours.yaml");
    let text = std::fs::read_to_string(format!("{SHIPPED}review.yaml")).unwrap();
    std::fs::write(&path, text.replace("{field: data, answered: true}", "{field: datum, answered: true}")).unwrap();
    let broken = check(&[path.to_str().unwrap()]);
    assert_eq!(broken.status.code(), Some(1));
    let said = String::from_utf8_lossy(&broken.stdout).into_owned();
    assert!(said.contains("ours.yaml:") && said.contains("reads the field 'datum', which there is not. Name a field"), "{said}");
    assert!(said.ends_with("1 problem in 1 file.\n"), "{said}");

    let absent = check(&["no-such-file.yaml"]);
    assert_eq!(absent.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&absent.stderr).contains("cannot be read"));
}
