//! A condition as pages take it: a tree whose leaves carry labels, for the template to put into words.

use domain::dpia::{
    condition::{Condition, Fact},
    library::Library,
    template::{
        Template,
        field::{FieldKind, Required},
    },
};
use serde::Serialize;

/// A part of a condition.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Node {
    /// `all`, `any`, `not`, `is`, `answered`, `screening`, `module`, `several-controllers`, `processors`.
    pub what: &'static str,
    /// The field's label, the question, or the module's title.
    pub label: String,
    /// The column's heading, for tables.
    pub column: Option<String>,
    /// The labels of the values.
    pub values: Vec<String>,
    /// The parts of `all`, `any` and `not`.
    pub parts: Vec<Node>,
}

/// A condition with the words of a template and of the screening rules.
#[must_use]
pub fn node(condition: &Condition, template: Option<&Template>, rules: &Library) -> Node {
    let parts = |list: &[Condition]| list.iter().map(|part| node(part, template, rules)).collect();
    let with = |what: &'static str, label: String| Node { what, label, ..Node::default() };
    match condition {
        Condition::All(list) => Node { what: "all", parts: parts(list), ..Node::default() },
        Condition::Any(list) => Node { what: "any", parts: parts(list), ..Node::default() },
        Condition::Not(one) => Node { what: "not", parts: vec![node(one, template, rules)], ..Node::default() },
        Condition::Is { field, column, values } => {
            let found = template.and_then(|template| template.field(field));
            let label = found.map_or_else(|| field.clone(), |field| field.label.clone());
            let cell = column.as_ref().and_then(|id| found?.kind.columns().iter().find(|column| column.id == *id));
            let kind = cell.map_or_else(|| found.map(|field| &field.kind), |column| Some(&column.kind));
            Node {
                what: "is",
                label,
                column: cell.map(|column| column.label.clone()),
                values: values.iter().map(|value| option(kind, value)).collect(),
                parts: Vec::new(),
            }
        }
        Condition::Answered { field } => with(
            "answered",
            template.and_then(|template| template.field(field)).map_or_else(|| field.clone(), |field| field.label.clone()),
        ),
        Condition::Screening { question, values } => Node {
            values: values.iter().map(|value| value.words().to_owned()).collect(),
            ..with("screening", question_text(question, rules))
        },
        Condition::Module(id) => with(
            "module",
            template.and_then(|template| template.module(id)).map_or_else(|| id.clone(), |module| module.title.clone()),
        ),
        Condition::Fact(Fact::SeveralControllers) => with("several-controllers", String::new()),
        Condition::Fact(Fact::Processors) => with("processors", String::new()),
    }
}

/// When an answer must be there: none for never, a node of `always` for always.
#[must_use]
pub fn required(required: &Required, template: &Template, rules: &Library) -> Option<Node> {
    match required {
        Required::Never => None,
        Required::Always => Some(Node { what: "always", ..Node::default() }),
        Required::When(condition) => Some(node(condition, Some(template), rules)),
    }
}

/// The words of a screening question, as the newest rules that have it ask it; its id where none does.
#[must_use]
pub fn question_text(id: &str, rules: &Library) -> String {
    rules
        .screening
        .iter()
        .rev()
        .find_map(|rules| rules.question(id))
        .map_or_else(|| id.to_owned(), |question| question.text.clone())
}

fn option(kind: Option<&FieldKind>, value: &str) -> String {
    let known = kind.and_then(|kind| kind.options().iter().find(|option| option.id == value));
    match (known, domain::dpia::answer::Ternary::parse(value)) {
        (Some(option), _) => option.label.clone(),
        (None, Some(ternary)) => ternary.words().to_owned(),
        (None, None) => value.to_owned(),
    }
}
