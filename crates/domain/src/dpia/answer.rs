//! What can stand in a field of an assessment, and how it reads as plain text.
//!
//! As JSON an answer is an object with one key, its kind: `{"text": "…"}`, `{"ternary": "unsure"}`. Risks are no answers: they
//! are records of their own.

use super::{ids::RowId, place::Place};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// All answers of an assessment, by place. A place without an entry has not been answered.
pub type Answers = BTreeMap<Place, Answer>;

/// What stands in one field.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// Words; lines end with `\n`.
    Text(String),
    /// One option, by its id.
    Choice(String),
    /// Any number of options, by their ids, in the template's order.
    Many(Vec<String>),
    /// Yes, no, or 'I am not sure'.
    Ternary(Ternary),
    /// A day.
    Date(Date),
    /// People or posts.
    People(Vec<PersonRef>),
    /// Organisations, of the register or only by name.
    Organisations(Vec<Reference>),
    /// Systems, of the register or only by name.
    Systems(Vec<Reference>),
    /// Suppliers, of the register or only by name.
    Suppliers(Vec<Reference>),
    /// The rows of a table.
    Rows(Vec<Row>),
}

/// Yes, no, or not sure. 'Not sure' is an answer: it never stops anyone, and never counts as no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ternary {
    /// Yes.
    Yes,
    /// No.
    No,
    /// I am not sure.
    Unsure,
}

impl Ternary {
    /// In the order in which a page offers them.
    pub const ALL: [Self; 3] = [Self::Yes, Self::No, Self::Unsure];

    /// As files, forms and JSON spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unsure => "unsure",
        }
    }

    /// Reads what [`Self::as_str`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.as_str() == text)
    }

    /// As people say it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Yes => "Yes",
            Self::No => "No",
            Self::Unsure => "I am not sure",
        }
    }
}

/// Something of the register, or something it does not know. The name is kept as it was when it was chosen, so that a signed
/// version still reads the same when the register changes, and so that an answer reads without a database.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reference {
    /// The record's id; none for what is known by name alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// The name.
    pub name: String,
}

impl Reference {
    /// Something that the register does not know.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { id: None, name: name.to_owned() }
    }
}

/// A person or a post. Names and addresses of people are personal data: fields that hold them are never published.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PersonRef {
    /// Who it is, where they are known here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// The name; empty where only the post is said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The post or team.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub post: String,
    /// The organisation, by name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub organisation: String,
    /// An e-mail address or telephone number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub contact: String,
}

impl PersonRef {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.id.is_none() && [&self.name, &self.post, &self.organisation, &self.contact].iter().all(|text| text.trim().is_empty())
    }
}

/// One row of a table.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Row {
    /// The row's id, for life.
    pub id: RowId,
    /// What stands in its cells, by the column's id. Cells hold no rows themselves.
    pub cells: BTreeMap<String, Answer>,
}

/// The words for what an answer holds by id: options and columns. A template's field makes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    /// The label of each option, by id.
    pub options: BTreeMap<String, String>,
    /// The columns of a table in their order: id, label, and the labels within.
    pub columns: Vec<(String, String, Labels)>,
}

impl Labels {
    fn option<'a>(&'a self, id: &'a str) -> &'a str {
        self.options.get(id).map_or(id, String::as_str)
    }
}

impl Answer {
    /// The kind, as JSON spells it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Choice(_) => "choice",
            Self::Many(_) => "many",
            Self::Ternary(_) => "ternary",
            Self::Date(_) => "date",
            Self::People(_) => "people",
            Self::Organisations(_) => "organisations",
            Self::Systems(_) => "systems",
            Self::Suppliers(_) => "suppliers",
            Self::Rows(_) => "rows",
        }
    }

    /// Whether nothing is said: white space, an empty list, rows of empty cells. 'I am not sure' says something.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) | Self::Choice(text) => text.trim().is_empty(),
            Self::Many(options) => options.is_empty(),
            Self::Ternary(_) | Self::Date(_) => false,
            Self::People(people) => people.iter().all(PersonRef::is_empty),
            Self::Organisations(named) | Self::Systems(named) | Self::Suppliers(named) => {
                named.iter().all(|one| one.id.is_none() && one.name.trim().is_empty())
            }
            Self::Rows(rows) => rows.iter().all(|row| row.cells.values().all(Self::is_empty)),
        }
    }

    /// The answer as a form's input should be kept: lines end with `\n`, nothing but words is kept at the ends, empty entries
    /// of lists and empty cells are gone. Rows stay, also empty ones: someone may be writing in them.
    #[must_use]
    pub fn tidy(self) -> Self {
        match self {
            Self::Text(text) => Self::Text(tidy_text(&text)),
            Self::Choice(option) => Self::Choice(option.trim().to_owned()),
            Self::Many(options) => Self::Many(options.into_iter().filter(|option| !option.trim().is_empty()).collect()),
            Self::People(people) => Self::People(people.into_iter().filter(|person| !person.is_empty()).collect()),
            Self::Organisations(named) => Self::Organisations(tidy_named(named)),
            Self::Systems(named) => Self::Systems(tidy_named(named)),
            Self::Suppliers(named) => Self::Suppliers(tidy_named(named)),
            Self::Rows(rows) => Self::Rows(
                rows.into_iter()
                    .map(|row| Row {
                        id: row.id,
                        cells: row
                            .cells
                            .into_iter()
                            .map(|(column, cell)| (column, cell.tidy()))
                            .filter(|(_, cell)| !cell.is_empty())
                            .collect(),
                    })
                    .collect(),
            ),
            Self::Ternary(_) | Self::Date(_) => self,
        }
    }

    /// The answer as plain text: one line for each entry of a list, one for each cell of a row, an empty line between rows.
    /// Ids that `labels` does not know stand as they are, so that nothing disappears.
    #[must_use]
    pub fn plain(&self, labels: &Labels) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Choice(option) => labels.option(option).to_owned(),
            Self::Many(options) => lines(options.iter().map(|option| labels.option(option).to_owned())),
            Self::Ternary(answer) => answer.words().to_owned(),
            Self::Date(date) => day(*date),
            Self::People(people) => lines(people.iter().map(person)),
            Self::Organisations(named) | Self::Systems(named) | Self::Suppliers(named) => {
                lines(named.iter().map(|one| one.name.clone()))
            }
            Self::Rows(rows) => rows.iter().map(|row| row.plain(labels)).collect::<Vec<_>>().join("\n\n"),
        }
    }
}

impl Row {
    /// The row as lines `Column: cell`, in the table's order; a cell of several lines has them joined by semicolons. Cells of
    /// columns that `labels` does not know come last.
    #[must_use]
    pub fn plain(&self, labels: &Labels) -> String {
        let nothing = Labels::default();
        let known = labels.columns.iter().filter_map(|(id, label, within)| Some((label.as_str(), self.cells.get(id)?, within)));
        let unknown = self
            .cells
            .iter()
            .filter(|(id, _)| !labels.columns.iter().any(|(column, ..)| column == *id))
            .map(|(id, cell)| (id.as_str(), cell, &nothing));
        lines(
            known
                .chain(unknown)
                .filter(|(_, cell, _)| !cell.is_empty())
                .map(|(label, cell, within)| format!("{label}: {}", cell.plain(within).replace('\n', "; "))),
        )
    }
}

fn lines(entries: impl Iterator<Item = String>) -> String {
    entries.collect::<Vec<_>>().join("\n")
}

fn tidy_text(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.split('\n').map(str::trim_end).collect::<Vec<_>>().join("\n").trim_matches('\n').trim_end().to_owned()
}

fn tidy_named(named: Vec<Reference>) -> Vec<Reference> {
    named
        .into_iter()
        .map(|one| Reference { id: one.id, name: one.name.trim().to_owned() })
        .filter(|one| one.id.is_some() || !one.name.is_empty())
        .collect()
}

fn person(person: &PersonRef) -> String {
    [&person.name, &person.post, &person.organisation, &person.contact]
        .into_iter()
        .filter(|text| !text.trim().is_empty())
        .cloned()
        .collect::<Vec<_>>()
        .join(", ")
}

/// A day as British English writes it: '3 December 2019'.
fn day(date: Date) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    format!("{} {} {}", date.day(), MONTHS[usize::from(date.month().unsigned_abs()) - 1], date.year())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn row(id: u128, cells: &[(&str, Answer)]) -> Row {
        Row { id: RowId(Uuid::from_u128(id)), cells: cells.iter().map(|(id, cell)| ((*id).to_owned(), cell.clone())).collect() }
    }

    #[test]
    fn every_kind_reads_back_from_json() {
        let answers = [
            (Answer::Text("Why\nnot".into()), r#"{"text":"Why\nnot"}"#),
            (Answer::Choice("public-task".into()), r#"{"choice":"public-task"}"#),
            (Answer::Many(vec!["a".into(), "b".into()]), r#"{"many":["a","b"]}"#),
            (Answer::Ternary(Ternary::Unsure), r#"{"ternary":"unsure"}"#),
            (Answer::Date(date(2019, 12, 3)), r#"{"date":"2019-12-03"}"#),
            (
                Answer::People(vec![PersonRef { post: "Head of Housing".into(), ..PersonRef::default() }]),
                r#"{"people":[{"post":"Head of Housing"}]}"#,
            ),
            (Answer::Organisations(vec![Reference::named("A school")]), r#"{"organisations":[{"name":"A school"}]}"#),
            (
                Answer::Systems(vec![Reference { id: Some(Uuid::nil()), name: "S".into() }]),
                r#"{"systems":[{"id":"00000000-0000-0000-0000-000000000000","name":"S"}]}"#,
            ),
            (Answer::Suppliers(vec![]), r#"{"suppliers":[]}"#),
            (
                Answer::Rows(vec![row(0, &[("data", Answer::Text("Names".into()))])]),
                r#"{"rows":[{"id":"00000000-0000-0000-0000-000000000000","cells":{"data":{"text":"Names"}}}]}"#,
            ),
        ];
        for (answer, json) in answers {
            assert_eq!(serde_json::to_string(&answer).unwrap(), json);
            assert_eq!(serde_json::from_str::<Answer>(json).unwrap(), answer);
            assert!(json.starts_with(&format!("{{\"{}\"", answer.kind())));
        }
    }

    #[test]
    fn white_space_and_empty_rows_are_no_answer_but_not_sure_is_one() {
        for empty in [
            Answer::Text(" \n".into()),
            Answer::Choice(String::new()),
            Answer::Many(vec![]),
            Answer::People(vec![PersonRef::default()]),
            Answer::Suppliers(vec![Reference::named(" ")]),
            Answer::Rows(vec![row(1, &[("data", Answer::Text(" ".into()))])]),
        ] {
            assert!(empty.is_empty(), "{empty:?}");
        }
        assert!(!Answer::Ternary(Ternary::Unsure).is_empty());
        assert!(!Answer::Text("0".into()).is_empty());
    }

    #[test]
    fn tidying_keeps_words_and_rows_and_drops_what_says_nothing() {
        assert_eq!(Answer::Text("\r\nOne  \r\n\r\n  two\r\n\r\n".into()).tidy(), Answer::Text("One\n\n  two".into()));
        assert_eq!(
            Answer::Suppliers(vec![Reference::named(" A "), Reference::named("")]).tidy(),
            Answer::Suppliers(vec![Reference::named("A")])
        );
        assert_eq!(
            Answer::Rows(vec![row(1, &[("a", Answer::Text(" ".into()))]), row(2, &[("a", Answer::Text("x ".into()))])]).tidy(),
            Answer::Rows(vec![row(1, &[]), row(2, &[("a", Answer::Text("x".into()))])])
        );
    }

    #[test]
    fn plain_text_uses_the_labels_and_loses_nothing() {
        let labels = Labels {
            options: [("public-task".to_owned(), "Public task".to_owned())].into_iter().collect(),
            columns: vec![
                ("data".to_owned(), "Data".to_owned(), Labels::default()),
                (
                    "people".to_owned(),
                    "People".to_owned(),
                    Labels { options: [("tenants".to_owned(), "Tenants".to_owned())].into_iter().collect(), columns: vec![] },
                ),
            ],
        };
        assert_eq!(Answer::Choice("public-task".into()).plain(&labels), "Public task");
        assert_eq!(Answer::Many(vec!["public-task".into(), "gone".into()]).plain(&labels), "Public task\ngone");
        assert_eq!(Answer::Date(date(2019, 12, 3)).plain(&labels), "3 December 2019");
        assert_eq!(
            Answer::People(vec![PersonRef { name: "A".into(), contact: "a@example.org".into(), ..PersonRef::default() }])
                .plain(&labels),
            "A, a@example.org"
        );
        let table = Answer::Rows(vec![
            row(1, &[("people", Answer::Many(vec!["tenants".into(), "x".into()])), ("data", Answer::Text("Names".into()))]),
            row(2, &[("old", Answer::Text("kept".into())), ("data", Answer::Text(String::new()))]),
        ]);
        assert_eq!(table.plain(&labels), "Data: Names\nPeople: Tenants; x\n\nold: kept");
    }
}
