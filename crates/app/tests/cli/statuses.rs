//! Exit statuses, dry runs, imports that change nothing, undo.

use super::harness::{Register, said, summary};
use serde_json::{Value as Json, json};
use std::process::{Command, Stdio};

const HEAD: &str = "Organisation,Contract reference,Title,Supplier,Start date,End date,Annual value\n";

#[tokio::test]
async fn the_exit_status_says_whether_all_some_or_nothing_was_taken() {
    let register = Register::new().await;
    let good = register.file("good.csv", format!("{HEAD}Camden,C1,Housing,Ash Ltd,01/04/2024,31/03/2029,1000\n"));
    let some = register
        .file("some.csv", format!("{HEAD}Camden,C2,Rents,Ash Ltd,01/04/2024,31/03/2029,1\nNowhere,C3,Rents,Ash Ltd,,,\n"));
    let (status, report) = register.import(&["contracts", &good]);
    assert_eq!((status, summary(&report)), (0, (1, 0, 0, 0)));
    let (status, report) = register.import(&["contracts", &good]);
    assert_eq!((status, summary(&report)), (0, (0, 0, 1, 0)), "nothing changed is done, too");
    let (status, report) = register.import(&["contracts", &some]);
    assert_eq!((status, summary(&report)), (3, (1, 0, 0, 1)));
    let rejected = &report["rejected"][0];
    assert_eq!((rejected["row"].as_u64(), rejected["field"].as_str()), (Some(3), Some("organisation")), "{rejected}");
    assert!(rejected["reason"].as_str().is_some_and(|reason| reason.contains("Nowhere")), "{rejected}");
    let error = register.refused(&["contracts", "/nowhere/register.csv"]);
    assert!(error.contains("/nowhere/register.csv"), "{error}");
    for wrong in
        [&["import"][..], &["import", "contracts"], &["import", "everything", &good], &["import", "contracts", &good, "--fast"]]
    {
        let output = register.run(wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}: {}", said(&output));
        assert!(output.stdout.is_empty());
    }
    let error = register.refused(&["contracts", &good, "--organisation", "atlantis"]);
    assert!(error.contains("atlantis") && error.contains("organisation list"), "{error}");
}

#[test]
fn a_command_line_that_begins_with_serve_gets_help_and_is_put_right_like_any_other() {
    let run =
        |arguments: &[&str]| Command::new(env!("CARGO_BIN_EXE_citytools")).args(arguments).output().expect("the binary runs");
    let help = run(&["serve", "--help"]);
    let text = said(&help);
    assert_eq!(help.status.code(), Some(0), "{text}");
    for part in ["Usage: citytools serve", "--listen", "--demo", "--as-at", "--database", "--config", "CITYTOOLS_LISTEN"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    for wrong in [&["serve", "--lisen", "127.0.0.1:0"][..], &["serve", "--as-at", "soon"], &["serve", "twice"]] {
        let output = run(wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}: {}", said(&output));
        assert!(said(&output).contains("--help"), "{wrong:?}: {}", said(&output));
    }
}

#[tokio::test]
async fn a_file_among_several_that_cannot_be_read_leaves_all_of_them_out() {
    let register = Register::new().await;
    let good = register.file("good.csv", format!("{HEAD}Camden,C1,Housing,Ash Ltd,01/04/2024,31/03/2029,1000\n"));
    let bad = register.file("bad.csv", "%PDF-1.7 a scan");
    register.refused(&["contracts", &good, &bad]);
    register.refused(&["contracts", &bad, &good]);
    assert_eq!(register.counts(), [0, 0, 0]);
}

#[tokio::test]
async fn files_of_one_import_that_contradict_each_other_are_told_of_and_the_same_command_again_changes_nothing() {
    let register = Register::new().await;
    let one = register.file("one.csv", format!("{HEAD}Camden,C1,Housing,Ash Ltd,30/04/2024,31/03/2029,1000\n"));
    let other = register.file("other.csv", format!("{HEAD}Camden,C1,Housing,Ash Ltd,30/04/2024,30/06/2030,1000\n"));
    for again in [false, true, true] {
        let (status, report) = register.import(&["contracts", &one, &other]);
        assert_eq!((status, summary(&report)), (0, if again { (0, 0, 2, 0) } else { (1, 0, 1, 0) }), "{report}");
        assert_eq!(report["import_id"].is_null(), again, "nothing is written the second time");
        let told = &report["warnings"][0];
        let words =
            "other.csv: row 2 of one.csv names the same contract and says something else; what row 2 of one.csv says stays";
        assert_eq!((&told["row"], &told["field"], &told["message"]), (&json!(2), &json!("end"), &json!(words)), "{report}");
    }
}

#[tokio::test]
async fn a_dry_run_reports_what_would_be_and_writes_nothing() {
    let register = Register::new().await;
    register.store().await;
    let file = register.file("good.csv", format!("{HEAD}Camden,C1,Housing,Ash Ltd,01/04/2024,31/03/2029,1000\n"));
    let (status, dry) = register.import(&["contracts", &file, "--dry-run"]);
    assert_eq!((status, summary(&dry)), (0, (1, 0, 0, 0)));
    assert_eq!(dry["import_id"], Json::Null);
    assert_eq!(register.counts(), [0, 0, 0]);
    let (_, real) = register.import(&["contracts", &file]);
    assert_eq!(summary(&real), summary(&dry));
    assert_eq!(register.counts(), [1, 0, 1]);
    let store = register.store().await;
    assert!(store.check(&test_support::operator()).await.unwrap().sound());
}

#[tokio::test]
async fn an_undo_takes_back_what_an_import_made_and_changed_and_keeps_what_came_after() {
    let register = Register::new().await;
    let first = register.file("1.csv", format!("{HEAD}Camden,C1,Housing,Ash Ltd,01/04/2024,31/03/2029,1000\n"));
    let second = register.file(
        "2.csv",
        format!("{HEAD}Camden,C1,Housing and repairs,Ash Ltd,01/04/2024,31/03/2030,1000\nCamden,C2,Rents,Birch Ltd,01/04/2024,31/03/2030,5\n"),
    );
    let third = register.file("3.csv", format!("{HEAD}Camden,C2,Rents and arrears,Birch Ltd,01/04/2024,31/03/2031,5\n"));
    let ids: Vec<String> = [&first, &second, &third]
        .iter()
        .map(|file| register.import(&["contracts", file]).1["import_id"].as_str().expect("an id").to_owned())
        .collect();
    let output = register.run(&["import", "undo", &ids[1], "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let undone: Json = serde_json::from_slice(&output.stdout).unwrap();
    // C2 and its supplier were changed or used by the third import, so they stay and the report says so.
    assert_eq!(undone["restored"].as_u64(), Some(1), "{undone}");
    assert!(!undone["kept"].as_array().unwrap().is_empty(), "{undone}");
    let contracts = register.list("contracts");
    let title = |reference: &str| contracts.iter().find(|one| one["reference"] == reference).map(|one| one["title"].clone());
    assert_eq!(title("C1"), Some("Housing".into()));
    assert_eq!(title("C2"), Some("Rents and arrears".into()));
    for wrong in [&ids[1], "018f0000-0000-7000-8000-000000000000"] {
        let output = register.run(&["import", "undo", wrong]);
        assert_eq!(output.status.code(), Some(1), "{wrong}: {}", said(&output));
    }
    assert_eq!(register.run(&["import", "undo", "not-an-id"]).status.code(), Some(2));
}

/// A mapping file for headers that nobody would guess.
fn mapping_of(register: &Register, whatsit: &str, expiry: &str) -> String {
    let fields =
        json!({ "Whatsit": whatsit, "Who": "supplier", "Ref No": "reference", "Borough": "organisation", "Expiry": expiry });
    register.file("mapping.json", fields.to_string())
}

#[tokio::test]
async fn several_files_with_the_same_headers_are_one_import_and_save_one_mapping() {
    let register = Register::new().await;
    let files = ["C1", "C2"].map(|reference| {
        register
            .file(&format!("{reference}.csv"), format!("{HEAD}Camden,{reference},Housing,Ash Ltd,01/04/2024,31/03/2029,1000\n"))
    });
    let (status, report) = register.import(&["contracts", &files[0], &files[1]]);
    assert_eq!((status, summary(&report)), (0, (2, 0, 0, 0)), "{report}");
}

#[tokio::test]
async fn of_several_files_each_rejected_row_is_told_with_its_file() {
    let register = Register::new().await;
    let rows = |end: &str| format!("{HEAD}Camden,{end}1,Housing,Ash Ltd,,{end},\nNowhere,C1,Rents,Ash Ltd,,,\n");
    let files = [register.file("one.csv", rows("soon")), register.file("two.csv", rows("later"))];
    let (status, report) = register.import(&["contracts", &files[0], &files[1]]);
    assert_eq!((status, summary(&report), report["read"].as_u64()), (3, (2, 0, 0, 2), Some(4)), "{report}");
    for (place, file) in ["one.csv: ", "two.csv: "].into_iter().enumerate() {
        let rejected = &report["rejected"][place];
        assert_eq!(rejected["row"], 3, "{report}");
        assert!(rejected["reason"].as_str().is_some_and(|reason| reason.starts_with(file)), "{report}");
        let warned = report["warnings"].as_array().unwrap().iter();
        let of_file = warned.filter(|one| one["row"] == 2 && one["message"].as_str().is_some_and(|text| text.starts_with(file)));
        assert_eq!(of_file.count(), 1, "{report}");
    }
}

#[tokio::test]
async fn of_several_files_of_a_survey_every_warning_is_told_with_its_file() {
    let register = Register::new().await;
    let head = "Organisation,Function,Product,Supplier,Contract reference,End date,Users\n";
    let one = register.file("one.csv", format!("{head}Camden,Housing repairs,Fixwell,Ash Ltd,R1,31/03/2026,10\n"));
    let two = |users: u32| register.file("two.csv", format!("{head}Camden,Council tax,Taxwell,Ash Ltd,R1,31/03/2027,{users}\n"));
    let warned = |report: &Json| -> Vec<(u64, String)> {
        let all = report["warnings"].as_array().unwrap().iter();
        all.map(|one| (one["row"].as_u64().unwrap(), one["message"].as_str().unwrap().to_owned())).collect()
    };
    let (status, report) = register.import(&["systems", &one, &two(20)]);
    assert_eq!((status, summary(&report)), (0, (2, 0, 0, 0)), "{report}");
    let differs = "two.csv: row 2 of one.csv names the same contract and says something else; what row 2 of one.csv says stays";
    assert!(warned(&report).contains(&(2, differs.to_owned())), "{report}");
    // What somebody wrote by hand stays, and the warning of that names the file too.
    let store = register.store().await;
    let operator = test_support::operator();
    let systems: Vec<domain::register::records::System> = store.all(&operator).await.unwrap();
    let before = systems.into_iter().find(|system| system.users == Some(20)).unwrap();
    let mut after = before.clone();
    after.users = Some(25);
    after.origin.fields.insert("users".to_owned(), "person".to_owned());
    let mut write = store.write(&operator, before.updated_at + 1).await.unwrap();
    write.update(&before, &mut after).await.unwrap();
    write.commit().await.unwrap();
    store.close().await.unwrap();
    let (status, report) = register.import(&["systems", &one, &two(30)]);
    assert_eq!((status, summary(&report)), (0, (0, 0, 2, 0)), "{report}");
    let kept = "two.csv: a person changed this since; it stays as that person left it";
    assert!(warned(&report).contains(&(2, kept.to_owned())), "{report}");
}

#[tokio::test]
async fn a_mapping_is_guessed_shown_and_used_again_and_one_by_hand_wins() {
    let register = Register::new().await;
    let text = "Borough,Ref No,Whatsit,Who,Expiry\nCamden,C1,Housing,Ash Ltd,31/03/2029\n";
    let file = register.file("odd.csv", text);
    let mapping = mapping_of(&register, "title", "end");
    let (status, report) = register.import(&["contracts", &file, "--mapping", &mapping]);
    assert_eq!((status, summary(&report)), (0, (1, 0, 0, 0)), "{report}");
    assert_eq!(report["mapping"]["Whatsit"], "title");
    let other = register.file("odd2.csv", text.replace("C1", "C2"));
    let (_, report) = register.import(&["contracts", &other]);
    assert_eq!(report["mapping"]["Who"], "supplier", "a file with the same headers takes the mapping that was saved");
    // Another mapping of the same headers takes its place, and several files of one import share one.
    let other = mapping_of(&register, "title", "ignore");
    let third = register.file("odd3.csv", text.replace("C1", "C3"));
    let fourth = register.file("odd4.csv", text.replace("C1", "C4"));
    let (status, report) = register.import(&["contracts", &third, &fourth, "--mapping", &other]);
    assert_eq!((status, summary(&report)), (0, (2, 0, 0, 0)), "{report}");
    let fifth = register.file("odd5.csv", text.replace("C1", "C5"));
    let (_, report) = register.import(&["contracts", &fifth]);
    assert_eq!((&report["mapping"]["Whatsit"], &report["mapping"]["Expiry"]), (&json!("title"), &json!("ignore")), "{report}");
    let store = register.store().await;
    assert!(store.check(&test_support::operator()).await.unwrap().sound());
    let wrong = register.file("wrong.json", r#"{"Whatsit": "colour"}"#);
    assert!(register.refused(&["contracts", &file, "--mapping", &wrong]).contains("colour"));
    // A file whose columns are not understood says what to do here: on a page it says something else.
    let none = register.file("none.csv", "foo,bar\n1,2\n");
    let refused = register.refused(&["contracts", &none, "--organisation", "camden"]);
    assert!(refused.contains("Headers are: foo, bar. Give a --mapping file that names the column"), "{refused}");
}

#[tokio::test]
async fn text_reports_say_in_words_what_happened_and_how_to_take_it_back() {
    let register = Register::new().await;
    let file = register.file("some.csv", format!("{HEAD}Camden,C2,Rents,Ash Ltd,,soon,1\nNowhere,C3,Rents,Ash Ltd,,,\n"));
    let output = register.run(&["import", "contracts", &file]);
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    for words in ["row 3", "Nowhere", "citytools import undo", "soon"] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[tokio::test]
async fn a_dry_run_says_what_is_perhaps_in_the_register_already() {
    let register = Register::new().await;
    let first = register.file("1.csv", format!("{HEAD}Camden,C1,Housing,Ash Ltd,01/04/2024,31/03/2029,1000\n"));
    register.import(&["contracts", &first]);
    // The same title from the same supplier, under another reference.
    let second = register.file("2.csv", format!("{HEAD}Camden,X9,Housing,Ash Ltd,01/04/2024,31/03/2029,1000\n"));
    let (_, report) = register.import(&["contracts", &second, "--dry-run"]);
    assert_eq!(report["look_alikes"][0]["known"]["title"], "Housing", "{report}");
    let output = register.run(&["import", "contracts", &second, "--dry-run"]);
    assert!(said(&output).contains("perhaps in the register already: Housing: ‘Housing’"), "{}", said(&output));
    // The import itself says it too.
    let (_, report) = register.import(&["contracts", &second]);
    assert_eq!(report["look_alikes"][0]["known"]["title"], "Housing", "{report}");
    assert_eq!(report["look_alikes"].as_array().map(Vec::len), Some(1), "{report}");
}

#[tokio::test]
async fn whoever_reads_only_the_beginning_of_a_report_gets_it_and_no_failure() {
    let register = Register::new().await;
    let rows = "Organisation,Reference,Title,Supplier\ncamden,A,One,Ash Ltd\n";
    let file = register.file("rows.csv", rows);
    for arguments in [&["openapi"][..], &["import", "contracts", &file], &["organisation", "list"]] {
        let mut child = register.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}: {}", said(&output));
    }
    assert_eq!(register.list("contracts").len(), 1, "it was done");
    let again = register.file("more.csv", rows.replace("One", "Two"));
    let text = String::from_utf8(register.run(&["import", "contracts", &again]).stdout).unwrap();
    assert!(text.lines().next().unwrap().contains("import undo"), "the way back comes first: {text}");
}

/// Runs the binary on a database file, and gives the one line that it says when it fails.
fn failing(folder: &std::path::Path, database: &str, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_citytools"))
        .current_dir(folder)
        .args(["--database", &format!("sqlite:{database}")])
        .args(arguments)
        .env_remove("DATABASE_URL")
        .env_remove("CITYTOOLS_CONFIG")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?} on {database}: {}", said(&output));
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(error.trim().lines().count(), 1, "{error}");
    assert!(!error.contains("Connection Error") && !error.contains("(code"), "{error}");
    error
}

#[tokio::test]
async fn a_database_that_cannot_be_used_is_told_of_once_with_what_to_do_and_nothing_is_left() {
    let register = Register::new().await;
    let folder = register.folder();
    register
        .file("notes.txt", "These are notes, and long enough to be taken for more than the beginning of a file.\n".repeat(40));
    for arguments in [&["check"][..], &["serve", "--listen", "127.0.0.1:0"], &["backup", "copy.db"], &["import", "ocds", "x"]] {
        let error = failing(folder, "notes.txt", arguments);
        assert!(error.contains("notes.txt") && error.contains("check the name"), "{error}");
    }
    assert!(failing(folder, "absent.db", &["check"]).contains("no such file"));
    assert!(failing(folder, "nowhere/city.db", &["serve", "--listen", "127.0.0.1:0"]).contains("folder"));
    for backup in ["notes.txt", "absent.db"] {
        let error = failing(folder, "new.db", &["restore", backup]);
        assert!(error.contains(backup), "{error}");
        let left: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(!left.iter().any(|name| name.to_string_lossy().starts_with("new.db")), "{left:?}");
    }
    let good = folder.join("good.db").display().to_string();
    let make = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_citytools"))
            .args(["--database", &format!("sqlite:{good}")])
            .args(arguments)
            .output()
            .unwrap()
    };
    assert!(make(&["migrate"]).status.success());
    let bytes = std::fs::read(&good).unwrap();
    register.file("cut.db", &bytes[..bytes.len() / 3 / 4096 * 4096]);
    let error = failing(folder, "cut.db", &["check"]);
    assert!(error.contains("damaged") && error.contains("restore"), "{error}");
}

#[tokio::test]
async fn a_database_that_is_not_there_is_said_and_none_is_made_by_what_only_reports() {
    let register = Register::new().await;
    let file = register.file("good.csv", format!("{HEAD}Camden,C1,Housing,Ash Ltd,01/04/2024,31/03/2029,1000\n"));
    let typo = register.folder().join("typo.db");
    let address = format!("sqlite:{}", typo.display());
    let reports: [&[&str]; 4] = [&["export", "contracts"], &["export", "ocds"], &["organisation", "list"], &["source", "list"]];
    for arguments in reports {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_citytools"))
            .current_dir(register.folder())
            .env("DATABASE_URL", &address)
            .env_remove("CITYTOOLS_CONFIG")
            .args(arguments)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains("there is no such file"), "{arguments:?}: {}", said(&output));
        assert!(output.stdout.is_empty() && !typo.exists(), "{arguments:?}");
    }
    // A dry run needs no database.
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_citytools"))
        .env("DATABASE_URL", &address)
        .env_remove("CITYTOOLS_CONFIG")
        .args(["import", "contracts", &file, "--dry-run", "--format", "json"])
        .output()
        .unwrap();
    let report: Json = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)));
    assert_eq!((output.status.code(), report["created"].as_u64()), (Some(0), Some(1)), "{report}");
    assert!(!typo.exists());
}

#[tokio::test]
async fn what_cannot_be_opened_is_said_with_what_to_do() {
    let register = Register::new().await;
    let folder = register.folder().to_str().unwrap().to_owned();
    assert!(register.refused(&["contracts", &folder]).contains("This is a folder"));
    let file = register.file("good.csv", format!("{HEAD}Camden,C1,Housing,Ash Ltd,01/04/2024,31/03/2029,1000\n"));
    let refused = register.refused(&["contracts", &file, "--mapping", "/nowhere/mapping.json"]);
    assert!(refused.contains("there is no such file: check the name after --mapping"), "{refused}");
    let output = register.run(&["import", "undo", "123"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("give the one that the import's report printed"), "{}", said(&output));
}
