//! One field of a template.

use super::super::{answer::Labels, condition::Condition, prefill::Prefill};
use crate::{people::Role, register::ids::OrganisationId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its id, unique within the template, for life: answers, history and comments hang on it.
    pub id: String,
    /// Its question, or its name.
    pub label: String,
    /// A short hint, always shown.
    pub hint: Option<String>,
    /// Longer guidance, folded away: paragraphs.
    pub guidance: Vec<String>,
    /// What organisations add to the guidance, each for its own people.
    pub local_guidance: Vec<(OrganisationId, String)>,
    /// Where it comes from.
    pub sources: Vec<Source>,
    /// What may stand in it.
    pub kind: FieldKind,
    /// When it applies; always, without a condition.
    pub when: Option<Condition>,
    /// Whether an assessment may be signed without it.
    pub required: Required,
    /// Organisations whose overlay requires it in their own annex.
    pub local_required: Vec<OrganisationId>,
    /// How far its answer may travel.
    pub sensitivity: Sensitivity,
    /// What can fill it beforehand.
    pub prefill: Option<Prefill>,
    /// Whether signatures are bound to its answer.
    pub signed: bool,
    /// The roles whose own words it holds: whoever writes it may sign in any of them all the same. Everybody's, where none is said.
    pub written_by: Vec<Role>,
    /// What it holds for an agreement about sharing data; nothing, where not said.
    pub agreement: Option<Agreement>,
    /// The organisation whose overlay added it; such a field stands in that organisation's annex alone.
    pub only_for: Option<OrganisationId>,
}

/// Where in a law or guidance a rule stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The id among the file's sources.
    pub id: String,
    /// The article, paragraph, step or page, as people cite it.
    #[serde(default, rename = "at", skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// Whether an answer must be there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Required {
    /// It may stay empty.
    #[default]
    Never,
    /// It must be there wherever the field applies.
    Always,
    /// It must be there when the condition holds.
    When(Condition),
}

/// How far an answer may travel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sensitivity {
    /// May be published.
    Public,
    /// Stays with the parties unless someone decides otherwise.
    #[default]
    Internal,
    /// Stays with the parties.
    Confidential,
}

/// What a field holds for an agreement about sharing data: where the hand-over puts it. Tables of data and flows go over by what they
/// are tables of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Agreement {
    /// What it is for.
    Purposes,
    /// The lawful bases, with conditions for special categories.
    LawfulBases,
    /// What else is agreed: retention, security, rights, transfers.
    Terms,
    /// What each party says for itself, in its annex.
    Parties,
}

/// An option of a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Its id, for life.
    pub id: String,
    /// What people read.
    pub label: String,
    /// A short explanation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The first day on which it may be chosen; always, where not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The last day on which it may be chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

impl Choice {
    /// Whether it may be chosen on a day. What was chosen earlier stays readable.
    #[must_use]
    pub fn offered(&self, on: Date) -> bool {
        self.from.is_none_or(|from| from <= on) && self.until.is_none_or(|until| on <= until)
    }
}

/// What kind of table it is, for exports, agreements and suggestions that know what the columns mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TableOf {
    /// Kinds of personal data.
    DataItems,
    /// Ways on which data moves.
    DataFlows,
    /// Anything else.
    #[default]
    Other,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its id, unique within the table, for life.
    pub id: String,
    /// Its heading.
    pub label: String,
    /// A short hint.
    pub hint: Option<String>,
    /// What may stand in its cells; never rows or risks.
    pub kind: FieldKind,
    /// Whether each row must have it.
    pub required: bool,
}

/// What may stand in a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Words: a line, or paragraphs.
    Text {
        /// Paragraphs.
        long: bool,
        /// The most characters.
        max: usize,
    },
    /// One of the options.
    Choice {
        /// The options.
        options: Vec<Choice>,
    },
    /// Any of the options.
    Many {
        /// The options.
        options: Vec<Choice>,
    },
    /// Yes, no, or 'I am not sure'.
    Ternary,
    /// A day.
    Date,
    /// People or posts.
    People,
    /// Organisations.
    Organisations,
    /// Systems of the register.
    Systems,
    /// Suppliers of the register.
    Suppliers,
    /// A table.
    Rows {
        /// What it is a table of.
        of: TableOf,
        /// Its columns.
        columns: Vec<Column>,
    },
    /// The risks of this part, each a record of its own.
    Risks,
}

impl FieldKind {
    /// As files spell it.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Text { long: false, .. } => "text",
            Self::Text { long: true, .. } => "long-text",
            Self::Choice { .. } => "choice",
            Self::Many { .. } => "many",
            Self::Ternary => "yes-no-unsure",
            Self::Date => "date",
            Self::People => "people",
            Self::Organisations => "organisations",
            Self::Systems => "systems",
            Self::Suppliers => "suppliers",
            Self::Rows { .. } => "rows",
            Self::Risks => "risks",
        }
    }

    /// The options of a choice; none for other kinds.
    #[must_use]
    pub fn options(&self) -> &[Choice] {
        match self {
            Self::Choice { options } | Self::Many { options } => options,
            _ => &[],
        }
    }

    /// The columns of a table; none for other kinds.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        if let Self::Rows { columns, .. } = self { columns } else { &[] }
    }

    /// The words for what an answer of this kind holds by id.
    #[must_use]
    pub fn labels(&self) -> Labels {
        Labels {
            options: self.options().iter().map(|option| (option.id.clone(), option.label.clone())).collect(),
            columns: self
                .columns()
                .iter()
                .map(|column| (column.id.clone(), column.label.clone(), column.kind.labels()))
                .collect(),
        }
    }
}

impl Field {
    /// The words for what its answer holds by id.
    #[must_use]
    pub fn labels(&self) -> Labels {
        self.kind.labels()
    }

    /// The options that may be chosen on a day.
    pub fn options(&self, on: Date) -> impl Iterator<Item = &Choice> {
        self.kind.options().iter().filter(move |option| option.offered(on))
    }
}
