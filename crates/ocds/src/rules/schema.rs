//! Reads merge rules out of a release schema. Only the keywords that merging
//! needs are looked at; this is no schema validator.

use serde_json::{Map, Value};

use super::{Rule, Rules};

/// Deeper than any release schema reaches; a schema that refers to itself stops here at the latest.
const DEEPEST: usize = 40;

/// Why rules could not be read from a schema.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// There is no `properties` object at the top.
    #[error("this is not a release schema: it has no ‘properties’ at the top. Give an OCDS release-schema.json")]
    NoProperties,
    /// A `$ref` leads nowhere.
    #[error("the schema refers to {0:?}, which is not in it. Give a schema whose references are all inside it")]
    UnknownReference(String),
    /// A `$ref` leads to another file or address.
    #[error("the schema refers to {0:?} outside itself. Give a schema with its references resolved")]
    OutsideReference(String),
    /// References lead to each other in a circle, or nest absurdly deep.
    #[error("the schema nests deeper than {DEEPEST} levels at {0:?}. Give a schema without endless references")]
    TooDeep(String),
}

pub(super) fn collect(schema: &Value, rules: &mut Rules) -> Result<(), SchemaError> {
    let top = resolve(schema, schema)?;
    let Some(Value::Object(properties)) = top.get("properties") else {
        return Err(SchemaError::NoProperties);
    };
    let mut walk = Walk { schema, rules, path: Vec::new(), open: Vec::new() };
    walk.properties(properties)
}

struct Walk<'s, 'r> {
    schema: &'s Value,
    rules: &'r mut Rules,
    path: Vec<&'s str>,
    // The property maps being walked, by address: one met again is a circle.
    open: Vec<*const Map<String, Value>>,
}

impl<'s> Walk<'s, '_> {
    fn properties(&mut self, properties: &'s Map<String, Value>) -> Result<(), SchemaError> {
        let address = std::ptr::from_ref(properties);
        if self.open.contains(&address) {
            // A type that holds itself (a classification's parent, say): its
            // rules at one level are known, no data is known to go deeper.
            return Ok(());
        }
        if self.path.len() >= DEEPEST {
            return Err(SchemaError::TooDeep(self.path.join("/")));
        }
        self.open.push(address);
        for (name, field) in properties {
            self.path.push(name);
            self.field(field)?;
            self.path.pop();
        }
        self.open.pop();
        Ok(())
    }

    fn field(&mut self, field: &'s Value) -> Result<(), SchemaError> {
        let field = resolve(self.schema, field)?;
        let strategy = field.get("mergeStrategy").and_then(Value::as_str);
        let is_list = has_type(field, "array");
        // Omission comes before everything, a whole list before what is inside it.
        if is_true(field, "omitWhenMerged") || strategy == Some("ocdsOmit") {
            self.rules.set(&self.path, Rule::Omit);
        } else if is_list && (is_true(field, "wholeListMerge") || strategy == Some("ocdsVersion")) {
            self.rules.set(&self.path, Rule::WholeList);
        } else if let (true, Some(Value::Object(inner))) = (has_type(field, "object"), field.get("properties")) {
            self.properties(inner)?;
        } else if let (true, Some(items)) = (is_list, field.get("items")) {
            let items = resolve(self.schema, items)?;
            if has_type_other_than_object(items) {
                self.rules.set(&self.path, Rule::WholeList);
            } else if let (true, Some(Value::Object(inner))) = (has_type(items, "object"), items.get("properties")) {
                if inner.contains_key("id") {
                    self.properties(inner)?;
                } else {
                    // Nothing to pair the objects by.
                    self.rules.set(&self.path, Rule::WholeList);
                }
            }
        }
        Ok(())
    }
}

fn is_true(field: &Value, keyword: &str) -> bool {
    field.get(keyword).and_then(Value::as_bool).unwrap_or(false)
}

fn types(field: &Value) -> impl Iterator<Item = &str> {
    let (one, many) = match field.get("type") {
        Some(Value::String(one)) => (Some(one.as_str()), None),
        Some(Value::Array(many)) => (None, Some(many)),
        _ => (None, None),
    };
    one.into_iter().chain(many.into_iter().flatten().filter_map(Value::as_str))
}

fn has_type(field: &Value, name: &str) -> bool {
    types(field).any(|found| found == name)
}

fn has_type_other_than_object(field: &Value) -> bool {
    types(field).any(|found| found != "object")
}

/// Follows `$ref` until something else is found.
fn resolve<'s>(schema: &'s Value, mut value: &'s Value) -> Result<&'s Value, SchemaError> {
    for _ in 0..DEEPEST {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
            return Ok(value);
        };
        let Some(pointer) = reference.strip_prefix('#') else {
            return Err(SchemaError::OutsideReference(reference.to_owned()));
        };
        value = schema.pointer(pointer).ok_or_else(|| SchemaError::UnknownReference(reference.to_owned()))?;
    }
    Err(SchemaError::TooDeep("$ref".to_owned()))
}
