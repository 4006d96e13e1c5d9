//! A file of skills in, out, in again and taken back.

use super::harness::{Register, said, summary};

const FILE: &str = "Organisation,Skill,Level,People,Training offered\n\
    Camden,Power BI,Expert,3,yes\n\
    Camden,Service design,Working: uses it with help,,\n\
    Hackney,Power BI,Practitioner,2,no\n\
    Hackney,Power BI,practitioner,4,no\n\
    Hackney,Gardening,very good,1,no\n";

#[tokio::test]
async fn skills_come_in_go_out_and_are_found_again() {
    let register = Register::new().await;
    register.store().await;
    let file = register.file("skills.csv", FILE);
    let (status, dry) = register.import(&["skills", &file, "--dry-run"]);
    assert_eq!((status, summary(&dry)), (3, (3, 0, 0, 2)), "{dry}");
    assert!(register.list("skills").is_empty());
    let (status, report) = register.import(&["skills", &file]);
    assert_eq!((status, summary(&report)), (3, (3, 0, 0, 2)), "{report}");
    assert_eq!(report["mapping"]["Training offered"], "offers-training");
    let reasons: Vec<&str> = report["rejected"].as_array().unwrap().iter().map(|one| one["reason"].as_str().unwrap()).collect();
    assert!(reasons[0].contains("row 4") && reasons[1].contains("level"), "{reasons:?}");

    let skills = register.list("skills");
    let said_of: Vec<_> =
        skills.iter().map(|one| (one["organisation"].as_str().unwrap(), one["name"].as_str().unwrap())).collect();
    assert_eq!(said_of, [("camden", "Power BI"), ("hackney", "Power BI"), ("camden", "Service design")]);
    assert_eq!((skills[0]["people"].as_i64(), skills[0]["offers_training"].as_str()), (Some(3), Some("yes")));
    let filtered = register.run(&["export", "skills", "--level", "expert", "--training", "yes", "--format", "jsonl"]);
    assert_eq!(String::from_utf8(filtered.stdout).unwrap().lines().count(), 1);

    // What goes out comes in again and changes nothing.
    let out = register.run(&["export", "skills"]);
    assert!(out.status.success(), "{}", said(&out));
    let again = register.file("again.csv", &out.stdout);
    let (status, report) = register.import(&["skills", &again]);
    assert_eq!((status, summary(&report)), (0, (0, 0, 3, 0)), "{report}");

    let more = register.file("more.csv", "Skill,Level,People\nPower BI,expert,5\nGIS,awareness,1\n");
    let (status, report) = register.import(&["skills", &more, "--organisation", "camden"]);
    assert_eq!((status, summary(&report)), (0, (1, 1, 0, 0)), "{report}");
    let undone = register.run(&["import", "undo", report["import_id"].as_str().unwrap()]);
    assert!(undone.status.success(), "{}", said(&undone));
    assert_eq!(register.list("skills").len(), 3);
    assert_eq!(register.list("skills")[0]["people"].as_i64(), Some(3));
    assert!(register.store().await.check(&test_support::operator()).await.unwrap().sound());
}

#[tokio::test]
async fn a_file_that_says_no_skill_or_no_level_is_refused_whole() {
    let register = Register::new().await;
    for (head, missing) in [("Organisation,Level\n", "which skill"), ("Organisation,Skill\n", "level")] {
        let file = register.file("skills.csv", format!("{head}camden,expert\n"));
        assert!(register.refused(&["skills", &file]).contains(missing));
    }
    assert!(register.list("skills").is_empty());
}
