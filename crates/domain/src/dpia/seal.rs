//! What a signature is bound to: the hash of the shared body and of the signer's own annex.
//!
//! A hash is SHA-256 over canonical JSON (RFC 8785: keys sorted, no white space, one spelling for each number), so that anyone
//! with an export can compute it again. Only what the template marks as signed goes in: parties, contacts, the progress of
//! measures and review dates change without a signature going stale. Each part is sealed by itself, so that a change in one
//! council's annex touches nobody else's signatures.

use super::{
    answer::{Answer, Answers},
    place::Part,
    template::Edition,
};
use crate::{
    audit::{Hash, hex},
    register::ids::OrganisationId,
};
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value, json};
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
    str::FromStr,
};

#[cfg(test)]
mod tests;

/// The seal of one part.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Seal(pub Hash);

impl Seal {
    /// As people compare it: the first twelve digits in groups of four.
    #[must_use]
    pub fn short(&self) -> String {
        let digits = hex(&self.0[..6]);
        format!("{} {} {}", &digits[..4], &digits[4..8], &digits[8..])
    }
}

impl fmt::Display for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// A text that is no seal: 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no fingerprint: 64 hexadecimal digits are")]
pub struct NoSeal;

impl FromStr for Seal {
    type Err = NoSeal;
    fn from_str(text: &str) -> Result<Self, NoSeal> {
        let mut hash = Hash::default();
        if text.len() != 64 || !text.is_ascii() {
            return Err(NoSeal);
        }
        for (byte, digits) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| NoSeal)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| NoSeal)?;
        }
        Ok(Self(hash))
    }
}

impl Serialize for Seal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Seal {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The seals of a whole assessment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seals {
    /// The shared body's.
    pub shared: Seal,
    /// Each controller's annex's.
    pub annexes: BTreeMap<OrganisationId, Seal>,
}

/// A risk or a measure as it is sealed: in which part it stands, and everything about it but its progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The part.
    pub part: Part,
    /// `risk` or `measure`.
    pub kind: &'static str,
    /// What is sealed of it.
    pub content: Value,
}

/// What an assessment says, for sealing.
#[derive(Clone, Copy, Debug)]
pub struct Content<'a> {
    /// The title.
    pub title: &'a str,
    /// The template: what the questions are.
    pub template: &'a Edition,
    /// The modules that are on.
    pub modules: &'a [String],
    /// The answers.
    pub answers: &'a Answers,
    /// Risks and measures, in the order in which people read them.
    pub items: &'a [Item],
}

/// Seals every part: the shared body, and the annex of each of the controllers. `signed` says of a field whether it goes in.
#[must_use]
pub fn seals(
    content: &Content<'_>,
    controllers: impl IntoIterator<Item = OrganisationId>,
    signed: &dyn Fn(&str) -> bool,
) -> Seals {
    Seals {
        shared: seal(&body(content, Part::Shared, signed)),
        annexes: controllers
            .into_iter()
            .map(|organisation| (organisation, seal(&body(content, Part::Annex(organisation), signed))))
            .collect(),
    }
}

/// What is sealed of a part, as JSON: exports carry it, so that anyone can compute the seal again.
#[must_use]
pub fn body(content: &Content<'_>, part: Part, signed: &dyn Fn(&str) -> bool) -> Value {
    let answers: serde_json::Map<String, Value> = content
        .answers
        .iter()
        .filter(|(place, answer)| place.part == part && signed(&place.field) && !answer.is_empty())
        .map(|(place, answer)| (place.field.clone(), value(answer)))
        .collect();
    let items = |kind: &str| -> Vec<&Value> {
        content.items.iter().filter(|item| item.part == part && item.kind == kind).map(|item| &item.content).collect()
    };
    let mut body = json!({
        "format": "city-tools sealed part 1",
        "part": part,
        "answers": answers,
        "risks": items("risk"),
        "measures": items("measure"),
    });
    if part == Part::Shared {
        let mut modules = content.modules.to_vec();
        modules.sort();
        body["title"] = content.title.into();
        body["template"] = json!(content.template);
        body["modules"] = json!(modules);
    }
    body
}

fn value(answer: &Answer) -> Value {
    // Answers are plain data with text keys; they always serialise.
    serde_json::to_value(answer).unwrap_or(Value::Null)
}

/// The hash of a value's canonical JSON.
#[must_use]
pub fn seal(value: &Value) -> Seal {
    Seal(Sha256::digest(canonical(value).as_bytes()).into())
}

/// A value as canonical JSON (RFC 8785).
#[must_use]
pub fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(&mut text, value);
    text
}

fn write(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => write_number(out, number),
        Value::String(text) => write_text(out, text),
        Value::Array(list) => {
            out.push('[');
            for (place, value) in list.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                write(out, value);
            }
            out.push(']');
        }
        Value::Object(map) => {
            let mut entries: Vec<(&String, &Value)> = map.iter().collect();
            // RFC 8785 sorts by UTF-16 code units.
            entries.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
            out.push('{');
            for (place, (key, value)) in entries.into_iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                write_text(out, key);
                out.push(':');
                write(out, value);
            }
            out.push('}');
        }
    }
}

/// Whole numbers without point or exponent; others as the shortest decimal that reads back. Nothing that is sealed today is
/// anything but a small whole number.
fn write_number(out: &mut String, number: &Number) {
    if let Some(whole) = number.as_i64() {
        let _ = write!(out, "{whole}");
    } else if let Some(whole) = number.as_u64() {
        let _ = write!(out, "{whole}");
    } else {
        match number.as_f64() {
            Some(float) if float.fract() == 0.0 && float.abs() < 9.007_199_254_740_992e15 => {
                let _ = write!(out, "{}", float as i64);
            }
            Some(float) => {
                let _ = write!(out, "{float}");
            }
            None => {
                let _ = write!(out, "{number}");
            }
        }
    }
}

fn write_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if u32::from(c) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
