//! Rust values as template values.

use minijinja::value::{Serde, Value};
use serde::Serialize;

/// Turns anything serialisable into a template value, for `context! { page => govuk::value(&page) }`.
///
/// Not for a `serde_json::Value` that holds numbers: take [`json_value`] for that.
pub fn value<T: Serialize>(view: T) -> Value {
    Value::from(Serde(view))
}

/// Turns a JSON value into a template value, numbers included.
///
/// With serde_json's `arbitrary_precision`, a number serialises as a map that only serde_json understands;
/// this gives templates the number itself (a float where it is no 64-bit integer).
#[must_use]
pub fn json_value(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::from(()),
        serde_json::Value::Bool(truth) => Value::from(*truth),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::from(whole),
            (None, Some(float)) => Value::from(float),
            (None, None) => Value::from(number.to_string()),
        },
        serde_json::Value::String(text) => Value::from(text.as_str()),
        serde_json::Value::Array(items) => items.iter().map(json_value).collect(),
        serde_json::Value::Object(fields) => {
            Value::from_pairs(fields.iter().map(|(name, field)| (name.as_str(), json_value(field))))
        }
    }
}
