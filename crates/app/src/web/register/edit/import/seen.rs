//! What a person saw that a file would do, so that exactly that is done: the log's head at the preview, and a digest of every change
//! shown there and of what the columns say. Where the head moved since, the file is looked at again, and the preview comes back when anything of it differs.

use crate::imports::Done;
use domain::audit::{Action, hex};
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};
use std::{collections::HashMap, fmt::Write as _};
use store::write::Told;
use uuid::Uuid;

/// A digest of what a dry run would do. Ids that it makes up are told by what they stand for, since each run makes up its own.
pub(super) fn digest(done: &Done) -> String {
    let made: HashMap<Uuid, String> = done
        .told
        .iter()
        .filter(|told| told.action == Action::Create)
        .map(|told| (told.subject, format!("{} {}", told.kind.as_str(), called(told))))
        .collect();
    let mut lines: Vec<String> = done.told.iter().map(|told| line(told, &made)).collect();
    lines.sort_unstable();
    let report = &done.report;
    let mut text = format!("{} {} {} {}", report.read, report.created, report.updated, report.unchanged);
    let _ = write!(text, "\n{}", report.mapping);
    for one in &report.rejected {
        let _ = write!(text, "\n{} {} {}", one.row, one.field, one.reason);
    }
    for line in lines {
        text.push('\n');
        text.push_str(&line);
    }
    hex(&Sha256::digest(text))
}

fn called(told: &Told) -> String {
    let text = |name: &str| told.content.get(name).and_then(Json::as_str);
    let words = ["slug", "name", "title", "reference", "note", "ocid"].into_iter().filter_map(text);
    words.collect::<Vec<_>>().join(" ")
}

fn line(told: &Told, made: &HashMap<Uuid, String>) -> String {
    let subject = made.get(&told.subject).cloned().unwrap_or_else(|| told.subject.to_string());
    let mut content = told.content.clone();
    settle(&mut content, made);
    format!("{} {} {subject} {content}", told.action.as_str(), told.kind.as_str())
}

/// Puts words in the place of ids that were made up, and leaves out when and by which import.
fn settle(value: &mut Json, made: &HashMap<Uuid, String>) {
    match value {
        Json::Object(fields) => {
            fields.retain(|name, _| !matches!(name.as_str(), "updated_at" | "import" | "at"));
            fields.values_mut().for_each(|value| settle(value, made));
        }
        Json::Array(items) => items.iter_mut().for_each(|item| settle(item, made)),
        Json::String(text) => {
            // A key holds ids between its bars.
            let settled = |part: &str| part.parse().ok().and_then(|id: Uuid| made.get(&id).cloned());
            if text.split('|').any(|part| settled(part).is_some()) {
                let parts: Vec<String> = text.split('|').map(|part| settled(part).unwrap_or_else(|| part.to_owned())).collect();
                *text = parts.join("|");
            }
        }
        _ => {}
    }
}
