//! JSON that borrows from the text it was read from: what merging works on.
//!
//! Merging moves leaves about and hardly looks at them. So a string or number
//! stays the text that it is in the file, and is copied once, when the merged
//! release is written; [`serde_json::Value`] would allocate each. Texts are read
//! in `json/parse.rs`; the fields of an object are in `json/fields.rs`.
//! Private to the crate: users give and get `Value`s or bytes.

mod fields;
mod parse;

use std::borrow::Cow;

use serde_json::Value;

pub(crate) use fields::Fields;
pub(crate) use parse::{Flaw, parse, peek_text};

#[derive(Clone, Debug)]
pub(crate) enum Json<'t> {
    /// A field that was removed; it is not written.
    Gone,
    Null,
    /// A string, number, true or false, as JSON text.
    Scalar(Cow<'t, str>),
    Array(Vec<Json<'t>>),
    Object(Fields<'t>),
}

impl<'t> Json<'t> {
    /// A string.
    pub(crate) fn text(text: &str) -> Self {
        Json::Scalar(Cow::Owned(Value::from(text).to_string()))
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Json::Null | Json::Gone)
    }

    pub(crate) fn is_object(&self) -> bool {
        matches!(self, Json::Object(_))
    }

    pub(crate) fn as_object(&self) -> Option<&Fields<'t>> {
        match self {
            Json::Object(fields) => Some(fields),
            _ => None,
        }
    }

    /// The JSON text of a string, number, true or false.
    pub(crate) fn as_scalar(&self) -> Option<&str> {
        match self {
            Json::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// What a string says, its escapes resolved.
    pub(crate) fn as_text(&self) -> Option<Cow<'_, str>> {
        let text = self.as_scalar()?;
        let inner = text.strip_prefix('"')?.strip_suffix('"')?;
        if inner.contains('\\') { serde_json::from_str(text).ok().map(Cow::Owned) } else { Some(Cow::Borrowed(inner)) }
    }

    /// What kind of value this is, in words for an error message.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Json::Gone | Json::Null => "null",
            Json::Array(_) => "a list",
            Json::Object(_) => "an object",
            Json::Scalar(text) => match text.as_bytes().first() {
                Some(b'"') => "text",
                Some(b't' | b'f') => "true or false",
                _ => "a number",
            },
        }
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Json::Gone | Json::Null => out.extend_from_slice(b"null"),
            Json::Scalar(text) => out.extend_from_slice(text.as_bytes()),
            Json::Array(items) => {
                let mut before = b'[';
                for item in items {
                    out.push(before);
                    item.write(out);
                    before = b',';
                }
                out.extend_from_slice(if items.is_empty() { b"[]" } else { b"]" });
            }
            Json::Object(fields) => fields.write(out),
        }
    }

    pub(crate) fn into_value(self) -> Value {
        match self {
            Json::Gone | Json::Null => Value::Null,
            // A scalar is well-formed: it was parsed, or written by serde_json.
            Json::Scalar(text) => serde_json::from_str(&text).unwrap_or(Value::Null),
            Json::Array(items) => items.into_iter().map(Json::into_value).collect(),
            Json::Object(fields) => {
                let fields = fields.into_iter().map(|(name, value)| (name.into_owned(), value.into_value()));
                Value::Object(fields.collect())
            }
        }
    }
}

impl From<Value> for Json<'_> {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Json::Null,
            Value::Bool(_) | Value::Number(_) | Value::String(_) => Json::Scalar(Cow::Owned(value.to_string())),
            Value::Array(items) => Json::Array(items.into_iter().map(Json::from).collect()),
            Value::Object(map) => {
                let mut fields = Fields::with_capacity(map.len());
                for (name, value) in map {
                    fields.insert(Cow::Owned(name), Json::from(value));
                }
                Json::Object(fields)
            }
        }
    }
}
