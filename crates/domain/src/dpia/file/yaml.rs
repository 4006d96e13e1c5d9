//! YAML to JSON values, and the line on which each value stands.

use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};
use serde_saphyr::Spanned;
use std::{collections::HashMap, fmt};

/// The line of each value, by JSON pointer.
#[derive(Debug, Default)]
pub(super) struct Lines(HashMap<String, u64>);

impl Lines {
    /// The line of a value; for what is not there, of what it would stand in.
    pub(super) fn at(&self, pointer: &str) -> Option<u64> {
        let mut pointer = pointer;
        loop {
            if let Some(line) = self.0.get(pointer) {
                return Some(*line);
            }
            pointer = &pointer[..pointer.rfind('/')?];
        }
    }
}

/// Reads a text; where it cannot be read, the line and what the reader says.
pub(super) fn read(text: &str) -> Result<(Value, Lines), (Option<u64>, String)> {
    let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
    let node: Spanned<Node> = serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let line = error.location().map(|location| location.line()).filter(|line| *line > 0);
        (line, plain(&error.without_snippet().to_string()))
    })?;
    let mut lines = Lines::default();
    let value = flatten(node, String::new(), &mut lines);
    Ok((value, lines))
}

/// What the reader says, without words that are meant for whoever writes programs with it.
fn plain(said: &str) -> String {
    let Some(twice) = said.strip_prefix("duplicate mapping key") else {
        return said.split(", set ").next().unwrap_or(said).to_owned();
    };
    let key = twice.strip_prefix(": ").and_then(|rest| rest.split(", set ").next()).filter(|key| !key.is_empty());
    key.map_or_else(|| "a key stands there a second time".to_owned(), |key| format!("the key '{key}' stands there a second time"))
}

enum Node {
    Scalar(Value),
    List(Vec<Spanned<Node>>),
    Object(Vec<(Spanned<String>, Spanned<Node>)>),
}

fn flatten(node: Spanned<Node>, pointer: String, lines: &mut Lines) -> Value {
    lines.0.entry(pointer.clone()).or_insert(node.referenced.line());
    match node.value {
        Node::Scalar(value) => value,
        Node::List(nodes) => Value::Array(
            nodes.into_iter().enumerate().map(|(index, node)| flatten(node, format!("{pointer}/{index}"), lines)).collect(),
        ),
        Node::Object(entries) => {
            let mut map = Map::new();
            for (key, node) in entries {
                let pointer = format!("{pointer}/{}", key.value.replace('~', "~0").replace('/', "~1"));
                // A value may begin a line below its key; people look for the key.
                lines.0.insert(pointer.clone(), key.referenced.line());
                let value = flatten(node, pointer, lines);
                map.insert(key.value, value);
            }
            Value::Object(map)
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, a number, true or false, a list, or keys with values")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Bool(value)))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Scalar(Value::from(value)))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Scalar(Value::from(value)))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Scalar(Value::from(value)))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Scalar(Value::from(value)))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Null))
    }

    fn visit_none<E: de::Error>(self) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        Node::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = list.next_element()? {
            nodes.push(node);
        }
        Ok(Node::List(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Node::Object(entries))
    }
}
