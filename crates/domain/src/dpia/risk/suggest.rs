//! Rules that suggest risks from answers. A suggestion says why; nothing becomes a risk without a person's yes.

use super::{
    super::{
        answer::Answer,
        condition::{Condition, Fact, Reader},
        file::Document,
        template::{
            In, Template,
            field::{FieldKind, Source},
            view::View,
        },
    },
    matrix::Matrix,
};
use serde::{Deserialize, Serialize};

/// A rule of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskRule {
    /// Its id, for life: risks that it suggested hang on it.
    pub id: String,
    /// When it suggests its risk.
    pub when: Condition,
    /// The risk, in a line.
    pub title: String,
    /// What could happen, and what it would mean for people.
    pub description: String,
    /// Why the answers suggest it, in a sentence.
    pub why: String,
    /// Where the risk belongs.
    #[serde(default, rename = "in")]
    pub part: In,
    /// Measures that others take, as a start.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<String>,
    /// Where it comes from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Source>,
    /// A severity to begin with, where the risk's nature gives one; a person decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
}

impl RiskRule {
    pub(in super::super) fn check(&self, document: &Document, pointer: &str, matrix: &Matrix) {
        if let Some(severity) = &self.severity
            && !matrix.severity.iter().any(|step| step.id == *severity)
        {
            document.problem(
                &format!("{pointer}/severity"),
                &format!("The matrix has no severity '{severity}'"),
                "Name one of its severities",
            );
        }
    }
}

/// A risk that answers suggest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion<'a> {
    /// The rule.
    pub rule: &'a RiskRule,
    /// The rule's sentence.
    pub why: &'a str,
    /// The answers that made it hold: the question's label and what was answered, in words.
    pub because: Vec<(String, String)>,
}

/// The risks that the answers of a part suggest, in the template's order. Rules that have a risk already, or that someone has
/// put aside, are left out: `settled` holds their ids. `question` gives a screening question's words, by its id.
#[must_use]
pub fn suggest<'a>(view: &View<'a>, settled: &[String], question: &dyn Fn(&str) -> String) -> Vec<Suggestion<'a>> {
    let part = match view.part {
        super::super::place::Part::Shared => In::Shared,
        super::super::place::Part::Annex(_) => In::Annex,
    };
    let reader = view.reader();
    view.template
        .risk_rules
        .iter()
        .filter(|rule| rule.part == part && !settled.contains(&rule.id) && rule.when.holds(&reader))
        .map(|rule| Suggestion { rule, why: &rule.why, because: because(view.template, &rule.when, &reader, question) })
        .collect()
}

/// The answers that make a condition hold, as (label, answer) in words; `question` gives a screening question's words, by its id.
#[must_use]
pub fn because(
    template: &Template,
    condition: &Condition,
    reader: &dyn Reader,
    question: &dyn Fn(&str) -> String,
) -> Vec<(String, String)> {
    let mut said = Vec::new();
    for part in condition.because(reader) {
        let pair = match part {
            Condition::Is { field, column, values } => {
                let Some(found) = template.field(field) else { continue };
                let labels = found.labels();
                match column {
                    None => reader.answer(field).map(|answer| (found.label.clone(), answer.plain(&labels))),
                    Some(column) => {
                        let heading = found.kind.columns().iter().find(|other| other.id == *column);
                        let said = values.iter().filter(|value| stands(reader.answer(field), column, value));
                        let words = heading.map(|column| option_labels(&column.kind, said)).unwrap_or_default();
                        Some((found.label.clone(), words))
                    }
                }
            }
            Condition::Answered { field } => template
                .field(field)
                .zip(reader.answer(field))
                .map(|(found, answer)| (found.label.clone(), summary(answer, &answer.plain(&found.labels())))),
            Condition::Screening { question: id, .. } => {
                reader.screening(id).map(|answer| (question(id), answer.words().to_owned()))
            }
            Condition::Module(module) => template.module(module).map(|module| (module.title.clone(), String::new())),
            Condition::Fact(Fact::SeveralControllers) => Some(("Controllers".to_owned(), "More than one".to_owned())),
            Condition::Fact(Fact::Processors) => Some(("Processors".to_owned(), "At least one".to_owned())),
            Condition::All(_) | Condition::Any(_) | Condition::Not(_) => None,
        };
        said.extend(pair.filter(|pair| !said.contains(pair)));
    }
    said
}

/// Whether a value stands in a column of a table.
fn stands(answer: Option<&Answer>, column: &str, value: &str) -> bool {
    let Some(Answer::Rows(rows)) = answer else { return false };
    rows.iter().filter_map(|row| row.cells.get(column)).any(|cell| match cell {
        Answer::Choice(option) => option == value,
        Answer::Many(options) => options.iter().any(|option| option == value),
        Answer::Ternary(answer) => answer.as_str() == value,
        _ => false,
    })
}

fn option_labels<'a>(kind: &FieldKind, values: impl Iterator<Item = &'a String>) -> String {
    let label = |value: &String| {
        kind.options().iter().find(|option| option.id == *value).map_or(value.clone(), |option| option.label.clone())
    };
    values.map(label).collect::<Vec<_>>().join(", ")
}

/// The beginning of a long answer.
fn summary(answer: &Answer, plain: &str) -> String {
    const LONG: usize = 120;
    match answer {
        Answer::Rows(rows) if rows.len() == 1 => "1 row".to_owned(),
        Answer::Rows(rows) => format!("{} rows", rows.len()),
        _ if plain.chars().count() > LONG => plain.chars().take(LONG).chain(['…']).collect(),
        _ => plain.to_owned(),
    }
}
