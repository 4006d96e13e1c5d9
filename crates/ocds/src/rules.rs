//! Merge rules: a map from a field's path to what merging does with it.
//!
//! Here lives the rule tree and how it is asked. Reading rules out of a JSON
//! schema is in `rules/schema.rs`, the shipped tables are in `rules/builtin.rs`.
//! Nothing here touches a release.

mod builtin;
mod schema;

use serde_json::Value;

use crate::json::Json;

pub use schema::SchemaError;

/// What merging does with the field at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The field never reaches a merged release (`omitWhenMerged`).
    Omit,
    /// A list that is replaced as a whole, never merged item by item (`wholeListMerge`).
    WholeList,
}

/// A way to pair the objects of a list that stands in for pairing them by `id`.
///
/// For publishers whose ids repeat within a list: by the standard the later
/// object overwrites the earlier one, and so something is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ListMatch {
    /// Every object of every release becomes an object of its own.
    Append,
    /// The first object meets the first, the second the second, and so on.
    ByPosition,
}

/// The rules of one release schema, ready to be asked by path.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    root: Node,
}

impl Rules {
    /// The rules of OCDS 1.1 (as of 1.1.4 and 1.1.5).
    pub fn builtin_1_1() -> Self {
        Self::from_table(builtin::OCDS_1_1)
    }

    /// The rules of OCDS 1.0 (as of 1.0.3).
    pub fn builtin_1_0() -> Self {
        Self::from_table(builtin::OCDS_1_0)
    }

    /// No rules: every field is kept, lists of objects merge by `id`.
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads the rules that a release schema states, following its `$ref`s.
    ///
    /// Understands the keywords of 1.1 (`omitWhenMerged`, `wholeListMerge`) and
    /// of 1.0 (`mergeStrategy`). Fails when the schema is not a release schema
    /// or refers to another file.
    pub fn from_schema(schema: &Value) -> Result<Self, SchemaError> {
        let mut rules = Self::default();
        schema::collect(schema, &mut rules)?;
        Ok(rules)
    }

    /// Adds or replaces one rule; `path` has no list positions: `["tender", "items", "unit"]`.
    pub fn set(&mut self, path: &[&str], rule: Rule) {
        self.root.at(path).rule = Some(rule);
    }

    /// Pairs the objects of the list at `path` in another way than by `id`.
    #[must_use]
    pub fn with_override(mut self, path: &[&str], matching: ListMatch) -> Self {
        self.root.at(path).matching = Some(matching);
        self
    }

    /// Every rule with its path, fields joined by `/`, in alphabetical order.
    pub fn paths(&self) -> Vec<(String, Rule)> {
        let mut paths = Vec::new();
        self.root.list(String::new(), &mut paths);
        paths.sort_by(|a, b| a.0.cmp(&b.0));
        paths
    }

    pub(crate) fn root(&self) -> &Node {
        &self.root
    }

    fn from_table(table: &[(Rule, &[&str])]) -> Self {
        let mut rules = Self::default();
        for (rule, paths) in table {
            for path in *paths {
                rules.set(&path.split('/').collect::<Vec<_>>(), *rule);
            }
        }
        rules
    }
}

/// One field of the rule tree. Most fields of a release have none, so most
/// look-ups end one step below the root.
#[derive(Clone, Debug, Default)]
pub(crate) struct Node {
    pub(crate) rule: Option<Rule>,
    pub(crate) matching: Option<ListMatch>,
    // A dozen entries at most: a scan is quicker than a hash.
    children: Vec<(Box<str>, Node)>,
}

impl Node {
    pub(crate) fn child(&self, field: &str) -> Option<&Node> {
        let found = self.children.iter().find(|(name, _)| **name == *field);
        found.map(|(_, node)| node)
    }

    fn at(&mut self, path: &[&str]) -> &mut Node {
        let Some((first, rest)) = path.split_first() else {
            return self;
        };
        let place = match self.children.iter().position(|(name, _)| **name == **first) {
            Some(place) => place,
            None => {
                self.children.push(((*first).into(), Node::default()));
                self.children.len() - 1
            }
        };
        self.children[place].1.at(rest)
    }

    fn list(&self, path: String, into: &mut Vec<(String, Rule)>) {
        for (name, node) in &self.children {
            let path = if path.is_empty() { name.to_string() } else { format!("{path}/{name}") };
            into.extend(node.rule.map(|rule| (path.clone(), rule)));
            node.list(path, into);
        }
    }
}

/// How merging treats one value of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Treatment {
    /// Left out: by rule, or because an empty object or list says nothing.
    Skip,
    /// Taken as it is: a literal, a null, a list that is replaced as a whole.
    Leaf,
    /// Merged field by field.
    Object,
    /// A list of objects, paired by `id`.
    List,
}

pub(crate) fn treatment(node: Option<&Node>, value: &Json<'_>) -> Treatment {
    match node.and_then(|node| node.rule) {
        Some(Rule::Omit) => Treatment::Skip,
        Some(Rule::WholeList) => Treatment::Leaf,
        None => match value {
            Json::Object(fields) if fields.is_empty() => Treatment::Skip,
            Json::Object(_) => Treatment::Object,
            Json::Array(items) if items.is_empty() => Treatment::Skip,
            Json::Array(items) if items.iter().all(Json::is_object) => Treatment::List,
            Json::Gone => Treatment::Skip,
            _ => Treatment::Leaf,
        },
    }
}
