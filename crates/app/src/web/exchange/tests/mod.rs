//! Files in and out, over HTTP, on either database.
//!
//! | module | what it tells of |
//! |---|---|
//! | `attachments` | files beside an assessment |
//! | `citytools` | documents of another City Tools, and back |
//! | `cnil` | files of the CNIL's tool |
//! | `elsewhere` | assessments made elsewhere: recorded, corrected, given up and taken up again |
//! | `files` | what can be taken away |
//! | `register` | the records of the register that a document names |
//! | `stated` | what a file says that somebody said |
//! | `typed` | what was typed is text on every page |

mod attachments;
mod citytools;
mod cnil;
mod elsewhere;
mod files;
mod register;
mod stated;
mod typed;

use crate::testing::{Answer, Browser, City};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use domain::{dpia::exchange::Bundle, people::Role};
use uuid::Uuid;

pub(in crate::web) const CNIL: &[u8] = include_bytes!("../../../../../domain/tests/cnil/full.json");

pub(in crate::web) async fn send(
    city: &City,
    browser: &Browser,
    path: &str,
    fields: &[(&str, &str)],
    file: Option<(&str, &[u8])>,
) -> Answer {
    let mut body = Vec::new();
    let command = Uuid::new_v4().to_string();
    let has_command = fields.iter().any(|(name, _)| *name == "command");
    let own = (!has_command).then_some(("command", command.as_str()));
    for (name, value) in fields.iter().copied().chain(own) {
        body.extend(format!("--XyZ\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    if let Some((name, bytes)) = file {
        let head =
            format!("--XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: x/y\r\n\r\n");
        body.extend(head.bytes());
        body.extend_from_slice(bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--XyZ--\r\n");
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=XyZ")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body))
        .unwrap();
    city.send(browser, request).await
}

/// Brings the CNIL fixture in, and gives the assessment's address.
async fn brought_in(city: &City, browser: &Browser) -> String {
    let answer = send(city, browser, "/assessments/import/cnil", &[], Some(("pia.json", CNIL))).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.location().trim_end_matches("/import-report").to_owned()
}

/// The document that an assessment goes out as.
async fn exported(city: &City, browser: &Browser, address: &str) -> Bundle {
    let json = city.get(browser, &format!("{address}/files/assessment.json")).await;
    Bundle::from_json(json.text.as_bytes()).unwrap()
}

/// What a page says, without its markup.
fn words(answer: &Answer) -> String {
    let page = answer.page();
    let main = scraper::Selector::parse("main").unwrap();
    let text = page.select(&main).flat_map(|main| main.text()).collect::<Vec<_>>().join(" ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The differences between two JSON texts of one assessment: ids may differ, each into the same other one everywhere; times of the
/// export and of coming in, the number and who brought it in may.
fn differences(one: &serde_json::Value, other: &serde_json::Value) -> Vec<String> {
    use serde_json::Value;
    use std::collections::BTreeMap;
    const MAY: [&str; 6] = ["exported_at", "created_at", "updated_at", "state_since", "number", "lead_person"];
    fn ids(text: &str) -> (String, Vec<String>) {
        let mut rest = String::new();
        let mut found = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let piece = text.get(at..at + 36).filter(|piece| Uuid::parse_str(piece).is_ok());
            match piece {
                Some(piece) => {
                    found.push(piece.to_owned());
                    rest.push('#');
                    at += 36;
                }
                None => {
                    let letter = text[at..].chars().next().unwrap();
                    rest.push(letter);
                    at += letter.len_utf8();
                }
            }
        }
        (rest, found)
    }
    fn texts(path: &str, one: &str, other: &str, map: &mut BTreeMap<String, String>, out: &mut Vec<String>) {
        let ((rest, mine), (also, theirs)) = (ids(one), ids(other));
        let same = rest == also && mine.len() == theirs.len();
        let fits = same
            && mine.iter().zip(&theirs).all(|(mine, theirs)| map.entry(mine.clone()).or_insert_with(|| theirs.clone()) == theirs);
        if !fits {
            out.push(format!("{path}: {one} against {other}"));
        }
    }
    fn walk(path: &str, one: &Value, other: &Value, map: &mut BTreeMap<String, String>, out: &mut Vec<String>) {
        match (one, other) {
            (Value::String(one), Value::String(other)) => texts(path, one, other, map, out),
            (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
                for (place, (one, other)) in one.iter().zip(other).enumerate() {
                    walk(&format!("{path}/{place}"), one, other, map, out);
                }
            }
            (Value::Object(one), Value::Object(other)) if one.len() == other.len() => {
                for ((key, one), (name, other)) in one.iter().zip(other) {
                    texts(&format!("{path}/{key}"), key, name, map, out);
                    let top = path.is_empty() || path == "/assessment";
                    if !(MAY.contains(&key.as_str()) && (top || key == "updated_at")) {
                        walk(&format!("{path}/{key}"), one, other, map, out);
                    }
                }
            }
            _ if one == other => {}
            _ => out.push(format!("{path}: {one} against {other}")),
        }
    }
    let mut out = Vec::new();
    walk("", one, other, &mut BTreeMap::new(), &mut out);
    out
}

/// A signed assessment of another City Tools, with a screening: comments, risks, versions, signatures, history.
fn signed() -> (String, Bundle) {
    let mut bundle = Bundle::from_json(include_bytes!("../../../../../domain/tests/exchange/sample.json")).unwrap();
    let screening = domain::dpia::project::Screening {
        id: domain::dpia::ids::ScreeningId(Uuid::now_v7()),
        project: domain::dpia::ids::ProjectId(Uuid::now_v7()),
        organisation: bundle.assessment.lead,
        rules: domain::dpia::template::Edition { urn: "urn:citytools:screening:uk-gdpr".to_owned(), version: "1.0.0".to_owned() },
        answers: [("children".to_owned(), domain::dpia::answer::Ternary::Yes)].into(),
        notes: [("children".to_owned(), "A school takes part.".to_owned())].into(),
        outcome: None,
        decision: None,
        decision_stated: None,
        assessment: Some(bundle.assessment.id),
        by: bundle.fields[0].by,
        acting_for: None,
        at: bundle.exported_at,
        replaces: None,
        stated: false,
        updated_at: bundle.exported_at,
    };
    bundle.assessment.screening = Some(screening.id);
    bundle.screening = Some(screening);
    (bundle.to_json().unwrap(), bundle)
}

async fn through(city: &City, json: &str) -> (Browser, String, String) {
    let lead = city.browser("islington", Role::ProjectLead).await;
    let answer = send(city, &lead, "/assessments/import/citytools", &[], Some(("a.json", json.as_bytes()))).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let address = answer.location().trim_end_matches("/import-report").to_owned();
    let text = city.get(&lead, &format!("{address}/files/assessment.json")).await.text;
    (lead, address, text)
}
