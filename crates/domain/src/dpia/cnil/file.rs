//! The two forms of a file, and its leaves.

use super::Source;
use serde_json::{Map, Value};

/// Why a file is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// It is no JSON text.
    #[error("it is no whole JSON text: it may be another file, or cut off ({0})")]
    NotJson(String),
    /// There is no assessment in it.
    #[error("the file has no 'pia': it is no export of the CNIL's PIA tool")]
    NoPia,
}

/// One assessment of a file.
#[derive(Clone, Debug)]
pub struct Pia {
    root: Value,
    /// Where `root` stands in the file: nothing, or `/0`, `/1`, … in an array.
    prefix: String,
    /// Whether the assessment's own keys stand in `root` itself, beside the nested lists, as the tool's server writes it.
    nested: bool,
}

/// Reads a file: an object with `pia` in it, or an array of assessments. A byte order mark may come first.
///
/// # Errors
/// When it is not JSON, or there is no assessment in it.
pub fn read(bytes: &[u8]) -> Result<Vec<Pia>, Rejected> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let value: Value = serde_json::from_slice(bytes).map_err(|error| Rejected::NotJson(error.to_string()))?;
    match value {
        Value::Array(list) if !list.is_empty() => list
            .into_iter()
            .enumerate()
            .map(|(at, root)| {
                let nested = !root.get("pia").is_some_and(Value::is_object);
                if root.is_object() { Ok(Pia { root, prefix: format!("/{at}"), nested }) } else { Err(Rejected::NoPia) }
            })
            .collect(),
        root if root.get("pia").is_some_and(Value::is_object) => Ok(vec![Pia { root, prefix: String::new(), nested: false }]),
        _ => Err(Rejected::NoPia),
    }
}

/// The lists beside an assessment's own keys.
const LISTS: [&str; 4] = ["answers", "measures", "evaluations", "comments"];

impl Pia {
    /// A value of the assessment itself, with its pointer.
    pub(super) fn own(&self, key: &str) -> Option<Spot<'_>> {
        let spot = Spot { value: &self.root, pointer: self.prefix.clone() };
        if self.nested { spot.get(key) } else { spot.get("pia")?.get(key) }
    }

    /// The entries of one of the lists.
    pub(super) fn list(&self, key: &str) -> Vec<Spot<'_>> {
        let list = Spot { value: &self.root, pointer: self.prefix.clone() }.get(key);
        list.map(|list| list.entries()).unwrap_or_default()
    }

    /// Everything in it that says something: each text that is not empty, each number, `true` and `false`, in the file's order.
    #[must_use]
    pub fn leaves(&self) -> Vec<Source> {
        let mut out = Vec::new();
        leaves(&Spot { value: &self.root, pointer: self.prefix.clone() }, &mut out);
        out
    }

    /// Whether a pointer leads into one of the lists, and not to the assessment's own keys.
    pub(super) fn in_list(&self, pointer: &str) -> bool {
        let rest = pointer.strip_prefix(&self.prefix).unwrap_or(pointer);
        LISTS.iter().any(|list| rest.strip_prefix('/').is_some_and(|rest| rest.split('/').next() == Some(list)))
    }
}

fn leaves(spot: &Spot<'_>, out: &mut Vec<Source>) {
    match spot.value {
        Value::Null => {}
        Value::String(text) if text.is_empty() => {}
        Value::Array(list) => (0..list.len()).filter_map(|at| spot.at(at)).for_each(|entry| leaves(&entry, out)),
        Value::Object(map) => map.keys().filter_map(|key| spot.get(key)).for_each(|entry| leaves(&entry, out)),
        _ => out.push(spot.source()),
    }
}

/// A value and where it stands in the file.
#[derive(Clone, Debug)]
pub(super) struct Spot<'a> {
    pub(super) value: &'a Value,
    pub(super) pointer: String,
}

impl<'a> Spot<'a> {
    /// The value under a key; none where there is no such key.
    pub(super) fn get(&self, key: &str) -> Option<Spot<'a>> {
        let value = self.value.as_object().and_then(|map: &Map<String, Value>| map.get(key))?;
        let escaped = key.replace('~', "~0").replace('/', "~1");
        Some(Spot { value, pointer: format!("{}/{escaped}", self.pointer) })
    }

    fn at(&self, at: usize) -> Option<Spot<'a>> {
        let value = self.value.as_array()?.get(at)?;
        Some(Spot { value, pointer: format!("{}/{at}", self.pointer) })
    }

    /// The entries of an array.
    pub(super) fn entries(&self) -> Vec<Spot<'a>> {
        let length = self.value.as_array().map_or(0, Vec::len);
        (0..length).filter_map(|at| self.at(at)).collect()
    }

    /// The value as what it said.
    pub(super) fn source(&self) -> Source {
        let text = match self.value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Source { system: "cnil-pia".to_owned(), reference: self.pointer.clone(), text }
    }

    /// The text, where it is one that is not empty.
    pub(super) fn text(&self) -> Option<&'a str> {
        self.value.as_str().filter(|text| !text.is_empty())
    }

    /// The whole number that it is or spells. The tool reads it that way: digits at the beginning count.
    pub(super) fn number(&self) -> Option<i64> {
        match self.value {
            Value::Number(number) => number.as_i64().or_else(|| number.to_string().split('.').next()?.parse().ok()),
            Value::String(text) => {
                let text = text.trim();
                let end = text
                    .char_indices()
                    .find(|(at, c)| !(c.is_ascii_digit() || (*at == 0 && *c == '-')))
                    .map_or(text.len(), |(at, _)| at);
                text[..end].parse().ok()
            }
            _ => None,
        }
    }

    /// Whether it is yes: `true`, or a number that is not 0.
    pub(super) fn yes(&self) -> Option<bool> {
        self.value.as_bool().or_else(|| self.number().map(|number| number != 0))
    }

    /// The identifier of a record, number or text, in one spelling.
    pub(super) fn id(&self) -> Option<String> {
        match self.value {
            Value::Number(number) => Some(number.to_string()),
            Value::String(text) => Some(text.trim().to_owned()),
            _ => None,
        }
    }
}
