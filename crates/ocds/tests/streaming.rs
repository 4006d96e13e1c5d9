//! Many processes at once, and the real releases.

mod support;

use ocds::merge::{Form, Merger};
use ocds::read::{Document, Limits};
use ocds::rules::Rules;
use ocds::stream::{Failure, MergeReport, merge_stream, merge_to_writer};
use serde_json::{Value, json};
use support::bytes;

fn document(text: &str) -> Document {
    Document::parse(text.as_bytes().to_vec(), &Limits::default()).expect("it is read")
}

fn written(documents: &[Document], form: Form) -> (Vec<Value>, MergeReport) {
    let mut out = Vec::new();
    let rules = Rules::builtin_1_1();
    let report = merge_to_writer(documents, &Merger::new(&rules), form, &mut out).expect("memory can be written");
    (serde_json::from_slice(&out).expect("the output is a JSON array"), report)
}

#[test]
fn processes_come_in_the_order_they_are_first_seen_across_files() {
    let release = |ocid: &str, day: u32| json!({ "ocid": ocid, "date": format!("2020-01-{day:02}"), "v": day });
    let first = json!([release("b", 9), release("a", 1)]).to_string();
    let second = json!({ "releases": [release("c", 1), release("b", 2)] }).to_string();
    let (merged, report) = written(&[document(&first), document(&second)], Form::Compiled);
    let seen: Vec<_> = merged.iter().map(|release| (release["ocid"].as_str(), release["v"].as_u64())).collect();
    assert_eq!(seen, [(Some("b"), Some(9)), (Some("a"), Some(1)), (Some("c"), Some(1))]);
    assert_eq!((report.releases, report.processes, report.failures.len()), (4, 3, 0));
}

#[test]
fn a_process_that_cannot_be_merged_is_reported_and_the_rest_written() {
    let file = r#"[{"ocid":"a","date":"2020"},{"ocid":"a"},{"tender":{}},{"ocid":"b","v":"\ud800"},{"ocid":"c","date":"2020"}]"#;
    for form in [Form::Compiled, Form::Versioned] {
        let (merged, report) = written(&[document(file)], form);
        assert_eq!(merged.len(), 1);
        assert_eq!(merged[0]["ocid"], "c");
        let failed: Vec<_> = report.failures.iter().map(|(ocid, _)| ocid.as_deref()).collect();
        assert_eq!(failed, [None, Some("a"), Some("b")]);
        assert!(matches!(report.failures[0].1, Failure::NoOcid));
    }
}

#[test]
fn nothing_to_merge_is_an_empty_array() {
    let (merged, report) = written(&[], Form::Compiled);
    assert_eq!((merged.len(), report.processes), (0, 0));
}

#[test]
fn many_processes_are_written_in_order_whatever_the_number_of_cores() {
    let release =
        |n: u32, step: u32| json!({ "ocid": format!("o{n}"), "date": format!("{}", 2000 + step), "n": n, "step": step });
    let mut file: Vec<Value> = (0..3000).map(|n| release(n, 1)).collect();
    file.extend((0..3000).rev().map(|n| release(n, 2)));
    let document = document(&Value::Array(file.clone()).to_string());
    let (merged, report) = written(&[document], Form::Compiled);
    assert_eq!((report.releases, report.processes), (6000, 3000));
    for (n, release) in merged.iter().enumerate() {
        assert_eq!((release["n"].as_u64(), release["step"].as_u64()), (Some(n as u64), Some(2)));
    }
    let rules = Rules::builtin_1_1();
    let streamed = merge_stream(file, Merger::new(&rules), Form::Compiled);
    let streamed: Vec<Value> = streamed.map(|(_, merged)| merged.expect("it merges").release).collect();
    assert_eq!(streamed, merged);
}

#[test]
fn all_real_releases_are_read_and_merged() {
    let documents: Vec<Document> = (1..=3)
        .map(|file| {
            let bytes = bytes(&format!("contracts-finder/releases-{file}.json"));
            Document::parse(bytes, &Limits::default()).expect("it is read")
        })
        .collect();
    assert_eq!(documents.iter().map(Document::len).collect::<Vec<_>>(), [100, 100, 57]);
    assert!(documents.iter().all(|document| document.warnings().is_empty() && document.unusable().is_empty()));
    for form in [Form::Compiled, Form::Versioned] {
        let (merged, report) = written(&documents, form);
        assert_eq!(report.releases, 257);
        assert_eq!(report.failures.len(), 0, "{:?}", report.failures);
        let mut ocids: Vec<_> = documents.iter().flat_map(Document::releases).filter_map(|release| release.ocid()).collect();
        ocids.sort_unstable();
        ocids.dedup();
        assert_eq!((merged.len(), report.processes), (ocids.len(), ocids.len()));
    }
}
