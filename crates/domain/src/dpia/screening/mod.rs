//! Does a project need a DPIA? Plain questions, one at a time, from a rules file; rules over the answers, each with its source.
//!
//! Rules only ever count what was answered 'yes' (and, for looking again, 'I am not sure'), so that a further yes never lowers
//! the outcome. 'I am not sure' never stops anyone: where a rule reads the question, it could turn out to be yes; where none does,
//! the question decides something else (whether it is personal data at all, which modules apply). An IG officer looks at both, and
//! once somebody is sure of the latter, there is nothing left to look at.
//!
//! | module | what lives there |
//! |---|---|
//! | [`read`] | from a rules file to rules, or to a list of what is wrong with it |
//! | [`outcome`](mod@outcome) | which questions are asked, what comes of the answers, and what changed since last time |

pub mod outcome;
pub mod read;

#[cfg(test)]
mod tests;

pub use outcome::{Effect, Outcome, OutcomeKind, Reason, Redone, asked, next, outcome};

use super::{
    condition::{Condition, Read},
    template::{Edition, SourceDetail, field::Source},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Screening rules, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Their URN and version.
    pub edition: Edition,
    /// Their title.
    pub title: String,
    /// What they are and whose.
    pub about: String,
    /// The first day on which they may be used.
    pub in_force: Date,
    /// The laws and guidance that they rest on.
    pub sources: Vec<SourceDetail>,
    /// How many of the criteria ask for a DPIA.
    pub criteria: Criteria,
    /// The questions in their order.
    pub questions: Vec<Question>,
    /// The rules, those that decide most first.
    pub rules: Vec<Rule>,
}

/// How many criteria lead to what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criteria {
    /// This many: an IG officer reviews.
    pub review: usize,
    /// This many: a DPIA is required.
    pub required: usize,
}

/// A plain question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its id.
    pub id: String,
    /// The question, to be answered with yes, no or 'I am not sure'.
    pub text: String,
    /// A sentence under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// What counts as a yes.
    pub counts: Vec<String>,
    /// What does not.
    pub not: Vec<String>,
    /// What someone who is not sure may do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsure: Option<String>,
    /// The rule behind it, folded away.
    pub rule: String,
    /// Where the rule stands.
    pub sources: Vec<Source>,
    /// When it is asked: over questions before it, 'I am not sure' counting as yes. Always, without a condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
}

/// What a rule does when it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Does {
    /// A DPIA is required.
    Require,
    /// A DPIA is required if one of the criteria holds as well; else an IG officer reviews.
    RequireWithCriterion,
    /// It is one of the criteria.
    Criterion,
    /// An IG officer reviews.
    Review,
}

/// A rule over the answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// What it says of a project for which it holds.
    pub title: String,
    /// When it holds: `all` and `any` of questions answered with yes.
    pub when: Condition,
    /// What it does.
    pub does: Does,
    /// Criteria that are the same fact, and so not another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apart_from: Vec<String>,
    /// Where it stands.
    pub sources: Vec<Source>,
}

impl Rules {
    /// A question by its id.
    #[must_use]
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.id == id)
    }

    /// A rule by its id.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// Whether a rule reads a question.
    #[must_use]
    pub fn reads(&self, question: &str) -> bool {
        self.rules.iter().flat_map(|rule| rule.when.reads()).any(|read| read == Read::Screening(question))
    }

    /// The details of a source.
    #[must_use]
    pub fn source(&self, source: &Source) -> Option<&SourceDetail> {
        self.sources.iter().find(|detail| detail.id == source.id)
    }
}
