//! Conditions: when a question is asked, a field applies or is required, a module is wanted, a risk is suggested. Pure; each
//! says what it reads. What has not been answered is neither yes nor no: only `not` holds for it.

use super::answer::{Answer, Row, Ternary};
use serde::{Deserialize, Serialize};

/// A condition, as files write it: an object with one of the keys `all`, `any`, `not`, `field`, `screening`, `module`, `fact`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Condition {
    /// Each of them holds.
    All(Vec<Condition>),
    /// At least one of them holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// The field's answer is, or includes, one of the values; with a column, some row's cell does.
    Is {
        /// The field.
        field: String,
        /// A column, for tables.
        column: Option<String>,
        /// Options, or `yes`, `no`, `unsure`.
        values: Vec<String>,
    },
    /// The field has an answer.
    Answered {
        /// The field.
        field: String,
    },
    /// The screening question was answered with one of the values.
    Screening {
        /// The question.
        question: String,
        /// The answers.
        values: Vec<Ternary>,
    },
    /// The module is on.
    Module(String),
    /// Something that the assessment knows about itself.
    Fact(Fact),
}

/// What an assessment knows without anyone writing it into a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// More than one controller is party.
    SeveralControllers,
    /// At least one processor is party.
    Processors,
}

impl Fact {
    /// As files spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SeveralControllers => "several-controllers",
            Self::Processors => "processors",
        }
    }
}

/// What a condition may ask.
pub trait Reader {
    /// The answer to a field that applies.
    fn answer(&self, field: &str) -> Option<&Answer>;
    /// The answer to a screening question that was asked.
    fn screening(&self, question: &str) -> Option<Ternary>;
    /// Whether a module is on.
    fn module(&self, module: &str) -> bool;
    /// Whether a fact holds.
    fn fact(&self, fact: Fact) -> bool;
}

/// Something that a condition reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Read<'a> {
    /// A field, or a column of it.
    Field(&'a str, Option<&'a str>),
    /// A screening question.
    Screening(&'a str),
    /// A module.
    Module(&'a str),
    /// A fact.
    Fact(Fact),
}

impl Condition {
    /// Whether it holds.
    pub fn holds(&self, reader: &dyn Reader) -> bool {
        match self {
            Self::All(conditions) => conditions.iter().all(|condition| condition.holds(reader)),
            Self::Any(conditions) => conditions.iter().any(|condition| condition.holds(reader)),
            Self::Not(condition) => !condition.holds(reader),
            Self::Is { field, column, values } => reader.answer(field).is_some_and(|answer| match column {
                None => says(answer, values),
                Some(column) => rows(answer).iter().any(|row| row.cells.get(column).is_some_and(|cell| says(cell, values))),
            }),
            Self::Answered { field } => reader.answer(field).is_some_and(|answer| !answer.is_empty()),
            Self::Screening { question, values } => reader.screening(question).is_some_and(|answer| values.contains(&answer)),
            Self::Module(module) => reader.module(module),
            Self::Fact(fact) => reader.fact(*fact),
        }
    }

    /// Everything it reads, in the order written.
    #[must_use]
    pub fn reads(&self) -> Vec<Read<'_>> {
        let mut reads = Vec::new();
        self.each(&mut |condition| match condition {
            Self::Is { field, column, .. } => reads.push(Read::Field(field, column.as_deref())),
            Self::Answered { field } => reads.push(Read::Field(field, None)),
            Self::Screening { question, .. } => reads.push(Read::Screening(question)),
            Self::Module(module) => reads.push(Read::Module(module)),
            Self::Fact(fact) => reads.push(Read::Fact(*fact)),
            Self::All(_) | Self::Any(_) | Self::Not(_) => {}
        });
        reads
    }

    /// The fields it reads.
    #[must_use]
    pub fn fields(&self) -> Vec<&str> {
        self.reads().into_iter().filter_map(|read| if let Read::Field(field, _) = read { Some(field) } else { None }).collect()
    }

    /// The same condition over fields that have other ids now.
    #[must_use]
    pub fn renamed(&self, name: &dyn Fn(&str) -> String) -> Self {
        let each = |conditions: &[Self]| conditions.iter().map(|condition| condition.renamed(name)).collect();
        match self {
            Self::All(conditions) => Self::All(each(conditions)),
            Self::Any(conditions) => Self::Any(each(conditions)),
            Self::Not(condition) => Self::Not(Box::new(condition.renamed(name))),
            Self::Is { field, column, values } => Self::Is { field: name(field), column: column.clone(), values: values.clone() },
            Self::Answered { field } => Self::Answered { field: name(field) },
            other => other.clone(),
        }
    }

    /// Calls `visit` for this condition and for each within it.
    pub fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        visit(self);
        match self {
            Self::All(conditions) | Self::Any(conditions) => conditions.iter().for_each(|condition| condition.each(visit)),
            Self::Not(condition) => condition.each(visit),
            _ => {}
        }
    }

    /// The parts of it that make it hold now, for saying why: of `any` those that hold, of `all` everything.
    pub fn because<'a>(&'a self, reader: &dyn Reader) -> Vec<&'a Self> {
        match self {
            Self::All(conditions) | Self::Any(conditions) => conditions
                .iter()
                .filter(|condition| condition.holds(reader))
                .flat_map(|condition| condition.because(reader))
                .collect(),
            single => vec![single],
        }
    }
}

fn rows(answer: &Answer) -> &[Row] {
    if let Answer::Rows(rows) = answer { rows } else { &[] }
}

fn says(answer: &Answer, values: &[String]) -> bool {
    match answer {
        Answer::Choice(option) => values.contains(option),
        Answer::Many(options) => options.iter().any(|option| values.contains(option)),
        Answer::Ternary(answer) => values.iter().any(|value| value == answer.as_str()),
        _ => false,
    }
}

/// One value or several.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Values {
    One(String),
    Several(Vec<String>),
}

impl Values {
    fn list(self) -> Vec<String> {
        match self {
            Self::One(value) => vec![value],
            Self::Several(values) => values,
        }
    }

    fn of(mut values: Vec<String>) -> Self {
        if values.len() == 1 { Self::One(values.remove(0)) } else { Self::Several(values) }
    }
}

/// A condition as files write it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    all: Option<Vec<Condition>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    any: Option<Vec<Condition>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not: Option<Box<Condition>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answered: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    screening: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is: Option<Values>,
    #[serde(skip_serializing_if = "Option::is_none")]
    module: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fact: Option<Fact>,
}

impl TryFrom<Written> for Condition {
    type Error = String;
    fn try_from(written: Written) -> Result<Self, String> {
        let Written { all, any, not, field, column, answered, screening, is, module, fact } = written;
        match (all, any, not, field, screening, module, fact) {
            (Some(all), None, None, None, None, None, None) => Ok(Self::All(all)),
            (None, Some(any), None, None, None, None, None) => Ok(Self::Any(any)),
            (None, None, Some(not), None, None, None, None) => Ok(Self::Not(not)),
            (None, None, None, Some(field), None, None, None) => match (is, answered) {
                (Some(is), None) => Ok(Self::Is { field, column, values: is.list() }),
                (None, Some(true)) if column.is_none() => Ok(Self::Answered { field }),
                (None, Some(false)) if column.is_none() => Ok(Self::Not(Box::new(Self::Answered { field }))),
                _ => Err(format!("the condition on '{field}' needs either 'is' or 'answered'")),
            },
            (None, None, None, None, Some(question), None, None) => {
                let values = is
                    .ok_or_else(|| format!("the condition on the screening question '{question}' needs 'is'"))?
                    .list()
                    .iter()
                    .map(|value| Ternary::parse(value).ok_or_else(|| format!("'{value}' is none of yes, no, unsure")))
                    .collect::<Result<_, _>>()?;
                Ok(Self::Screening { question, values })
            }
            (None, None, None, None, None, Some(module), None) => Ok(Self::Module(module)),
            (None, None, None, None, None, None, Some(fact)) => Ok(Self::Fact(fact)),
            _ => Err("a condition has exactly one of all, any, not, field, screening, module and fact".to_owned()),
        }
    }
}

impl From<Condition> for Written {
    fn from(condition: Condition) -> Self {
        let nothing = Self::default();
        match condition {
            Condition::All(all) => Self { all: Some(all), ..nothing },
            Condition::Any(any) => Self { any: Some(any), ..nothing },
            Condition::Not(not) => Self { not: Some(not), ..nothing },
            Condition::Is { field, column, values } => {
                Self { field: Some(field), column, is: Some(Values::of(values)), ..nothing }
            }
            Condition::Answered { field } => Self { field: Some(field), answered: Some(true), ..nothing },
            Condition::Screening { question, values } => Self {
                screening: Some(question),
                is: Some(Values::of(values.into_iter().map(|value| value.as_str().to_owned()).collect())),
                ..nothing
            },
            Condition::Module(module) => Self { module: Some(module), ..nothing },
            Condition::Fact(fact) => Self { fact: Some(fact), ..nothing },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpia::ids::RowId;
    use serde_json::json;
    use std::collections::BTreeMap;
    use uuid::Uuid;

    #[derive(Default)]
    struct World {
        answers: BTreeMap<&'static str, Answer>,
        screening: BTreeMap<&'static str, Ternary>,
        module: &'static str,
        facts: Vec<Fact>,
    }

    impl Reader for World {
        fn answer(&self, field: &str) -> Option<&Answer> {
            self.answers.get(field)
        }
        fn screening(&self, question: &str) -> Option<Ternary> {
            self.screening.get(question).copied()
        }
        fn module(&self, module: &str) -> bool {
            self.module == module
        }
        fn fact(&self, fact: Fact) -> bool {
            self.facts.contains(&fact)
        }
    }

    fn world() -> World {
        let cells = [("category".to_owned(), Answer::Many(vec!["health".into(), "contact".into()]))].into_iter().collect();
        World {
            answers: [
                ("basis", Answer::Choice("consent".into())),
                ("transfers", Answer::Ternary(Ternary::Yes)),
                ("purpose", Answer::Text("x".into())),
                ("empty", Answer::Text(" ".into())),
                ("data", Answer::Rows(vec![Row { id: RowId(Uuid::nil()), cells }])),
            ]
            .into_iter()
            .collect(),
            screening: [("cameras", Ternary::Unsure)].into_iter().collect(),
            module: "children",
            facts: vec![Fact::Processors],
        }
    }

    #[test]
    fn each_form_holds_when_it_should_and_not_otherwise() {
        let pairs = [
            (json!({"field": "basis", "is": "consent"}), true),
            (json!({"field": "basis", "is": ["contract", "consent"]}), true),
            (json!({"field": "basis", "is": "contract"}), false),
            (json!({"field": "transfers", "is": "yes"}), true),
            (json!({"field": "transfers", "is": "no"}), false),
            (json!({"field": "data", "column": "category", "is": "health"}), true),
            (json!({"field": "data", "column": "category", "is": "money"}), false),
            (json!({"field": "data", "column": "other", "is": "health"}), false),
            (json!({"field": "data", "is": "health"}), false),
            (json!({"field": "purpose", "answered": true}), true),
            (json!({"field": "empty", "answered": true}), false),
            (json!({"field": "empty", "answered": false}), true),
            (json!({"field": "unheard-of", "is": "yes"}), false),
            (json!({"not": {"field": "unheard-of", "is": "yes"}}), true),
            (json!({"screening": "cameras", "is": ["yes", "unsure"]}), true),
            (json!({"screening": "cameras", "is": "yes"}), false),
            (json!({"module": "children"}), true),
            (json!({"module": "health"}), false),
            (json!({"fact": "processors"}), true),
            (json!({"fact": "several-controllers"}), false),
            (json!({"all": [{"module": "children"}, {"fact": "processors"}]}), true),
            (json!({"all": [{"module": "children"}, {"module": "health"}]}), false),
            (json!({"any": [{"module": "children"}, {"module": "health"}]}), true),
            (json!({"any": []}), false),
        ];
        for (written, holds) in pairs {
            let condition: Condition = serde_json::from_value(written.clone()).unwrap();
            assert_eq!(condition.holds(&world()), holds, "{written}");
            let back: Condition = serde_json::from_value(serde_json::to_value(&condition).unwrap()).unwrap();
            assert_eq!(back, condition);
        }
    }

    #[test]
    fn a_condition_of_no_form_or_of_two_is_refused() {
        for written in [
            json!({}),
            json!({"field": "a"}),
            json!({"field": "a", "is": "yes", "answered": true}),
            json!({"field": "a", "module": "b", "is": "yes"}),
            json!({"screening": "a", "is": "maybe"}),
            json!({"unheard-of": "a"}),
        ] {
            assert!(serde_json::from_value::<Condition>(written.clone()).is_err(), "{written}");
        }
    }

    #[test]
    fn it_says_what_it_reads_and_why_it_holds() {
        let condition: Condition = serde_json::from_value(json!({"any": [
            {"field": "basis", "is": "contract"},
            {"all": [{"field": "transfers", "is": "yes"}, {"not": {"screening": "cameras", "is": "yes"}}]},
            {"field": "data", "column": "category", "is": "health"},
        ]}))
        .unwrap();
        assert_eq!(
            condition.reads(),
            [
                Read::Field("basis", None),
                Read::Field("transfers", None),
                Read::Screening("cameras"),
                Read::Field("data", Some("category"))
            ]
        );
        assert_eq!(condition.fields(), ["basis", "transfers", "data"]);
        let because = condition.because(&world());
        assert_eq!(because.len(), 3);
        assert!(matches!(because[0], Condition::Is { field, .. } if field == "transfers"));
    }
}
