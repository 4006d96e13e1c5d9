//! What the report of an import tells: the same dry and real, and what it changes of what other imports had said.

use super::{Done, Kind, Request, commit};
use crate::testing::City;
use domain::{people::Scope, register::records::Contract};
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};

const HEAD: &str = "Organisation,Contract reference,Title,Supplier,End date,Annual value\n";

struct Files {
    city: City,
    folder: tempfile::TempDir,
}

impl Files {
    async fn new() -> Self {
        Self { city: City::empty().await, folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    async fn run(&self, kind: Kind, file: &Path, dry_run: bool) -> Done {
        let request =
            Request { kind, files: vec![file.to_owned()], organisation: None, mapping: None, names: Vec::new(), dry_run };
        commit::run(self.city.store(), &Scope::Operator, self.city.app.clock, request).await.unwrap()
    }

    /// Runs it dry and then really: both say the same. Gives what they say.
    async fn both(&self, kind: Kind, file: &Path) -> Json {
        let dry = told(&self.run(kind, file, true).await);
        let real = told(&self.run(kind, file, false).await);
        assert_eq!(dry, real, "{}", file.display());
        real
    }
}

/// A report without what differs from run to run.
fn told(done: &Done) -> Json {
    let mut report = serde_json::to_value(&done.report).unwrap();
    let fields = report.as_object_mut().unwrap();
    fields.remove("import_id");
    fields.remove("dry_run");
    for flag in fields["flagged"].as_array_mut().unwrap() {
        flag["id"] = Json::Null;
    }
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_imports_the_later_one_counts_and_each_says_what_it_changes_of_the_other() {
    let files = Files::new().await;
    let row = |end: &str, value: &str| format!("{HEAD}Camden,C1,Housing,Ash Ltd,{end},{value}\n");
    let first = files.file("a.csv", &row("31/03/2029", "1000"));
    let second = files.file("b.csv", &row("31/03/2030", "2000"));
    assert!(files.both(Kind::Contracts, &first).await.get("replaced").is_none(), "it makes what was not there");
    assert!(files.both(Kind::Contracts, &first).await.get("replaced").is_none(), "it changes nothing");
    // The older file, read once more, does not overturn the newer one in silence.
    for (file, other) in [(&second, "a.csv"), (&first, "b.csv"), (&second, "a.csv")] {
        let dry = files.run(Kind::Contracts, file, true).await.report;
        let report = files.both(Kind::Contracts, file).await;
        let replaced = &report["replaced"];
        assert_eq!((report["updated"].as_u64(), replaced.as_array().map(Vec::len)), (Some(1), Some(1)), "{report}");
        assert_eq!((&replaced[0]["files"], &replaced[0]["fields"]), (&json!([other]), &json!({ "end": 1, "value": 1 })));
        assert_eq!(replaced[0]["at"].as_i64().map(|at| at / 86_400_000), Some(files.city.app.clock.now() / 86_400_000));
        let words = format!("({other}) left it: end (1), value (1)");
        assert!(
            dry.text(20).contains("changed: 1 record as the import of ") && dry.text(20).contains(&words),
            "{}",
            dry.text(20)
        );
    }
    // What a person says stays, and that is told too; nothing of it is what an import said.
    let contract = files.city.store().all::<Contract>(&Scope::Operator).await.unwrap().pop().unwrap();
    let mut after = contract.clone();
    after.term.end = Some(jiff::civil::date(2031, 3, 31));
    after.origin.fields.insert("end".to_owned(), "operator".to_owned());
    let mut write = files.city.store().write(&Scope::Operator, files.city.app.clock.now()).await.unwrap();
    write.update(&contract, &mut after).await.unwrap();
    write.commit().await.unwrap();
    let report = files.both(Kind::Contracts, &first).await;
    assert_eq!(report["replaced"][0]["fields"], json!({ "value": 1 }), "{report}");
    assert!(report["warnings"].to_string().contains("it stays as that person left it"), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_says_the_figures_of_the_real_one_of_every_kind_of_file() {
    let files = Files::new().await;
    let contracts = files.file(
        "contracts.csv",
        &format!(
            "{HEAD}Camden,C1,Housing,Ash Ltd,31/03/2029,1000\nCamden,C1,Rents,Ash Ltd,soon,£1 / £2\nNowhere,C2,Bins,Ash Ltd,,\n\
             Camden,,,Ash Ltd,,\nHackney,,Cleaning,Birch Ltd,,\nHackney,,Cleaning,Birch Ltd,,\n"
        ),
    );
    let report = files.both(Kind::Contracts, &contracts).await;
    let rejected: Vec<_> =
        report["rejected"].as_array().unwrap().iter().map(|one| (one["row"].as_u64(), one["field"].as_str())).collect();
    assert_eq!(rejected, [(Some(4), Some("organisation")), (Some(5), Some("reference"))], "{report}");
    let twice: Vec<&Json> = report["possible_duplicates"].as_array().unwrap().iter().map(|one| &one["rows"]).collect();
    assert_eq!(twice, [&json!([2, 3]), &json!([6, 7])], "{report}");
    let systems = files.file(
        "systems.csv",
        "Organisation,Function,Product,Supplier,Contract reference,Contract title,End date,Users\n\
         Camden,Housing repairs,Fixwell,Ash Ltd,C1,Housing,31/03/2030,20\nCamden,,Fixwell,,,,,\n\
         Camden,Parking permits,Quillpark,Birch Ltd,P1,Permits,31/03/2030,lots\nCamden,Parking permits,Quillpark,,,,,\n",
    );
    let report = files.both(Kind::Systems, &systems).await;
    assert_eq!((report["created"].as_u64(), report["rejected"][0]["row"].as_u64()), (Some(3), Some(3)), "{report}");
    assert_eq!(report["contracts"]["created"].as_u64(), Some(1), "{report}");
    let skills = files.file("skills.csv", "Organisation,Skill,Level,People\nCamden,GIS,expert,3\nCamden,GIS,quite good,3\n");
    let report = files.both(Kind::Skills, &skills).await;
    assert_eq!((report["created"].as_u64(), report["rejected"][0]["field"].as_str()), (Some(1), Some("level")), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_too_much_changes_to_look_for_what_is_there_already_dry_and_real_say_so() {
    let files = Files::new().await;
    let before = files.file("before.csv", &format!("{HEAD}Camden,Z9,Contract number 5,not known,,\n"));
    files.both(Kind::Contracts, &before).await;
    for (rows, is_all) in [(20, true), (2_100, false)] {
        let mut text = HEAD.to_owned();
        (0..rows).for_each(|row| text.push_str(&format!("Camden,X{row},Contract number {row},not known,,\n")));
        let file = files.file("many.csv", &text);
        let dry = files.run(Kind::Contracts, &file, true).await;
        assert_eq!((dry.more, dry.told.len().min(2_000)), (!is_all, rows.min(2_000)));
        if is_all {
            assert_eq!(dry.report.look_alikes.len(), 1);
        } else {
            let report = files.both(Kind::Contracts, &file).await;
            assert!(report.get("look_alikes").is_none(), "{}", report["look_alikes"]);
            assert!(report["warnings"].to_string().contains("not looked whether"), "{}", report["warnings"]);
        }
    }
}
