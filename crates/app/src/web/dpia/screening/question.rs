//! A question as its page takes it.

use crate::web::form::Errors;
use domain::dpia::{
    answer::Ternary,
    screening::{Question, Rules, asked},
    template::{field::Source, view::Screened},
};
use serde::Serialize;

/// A source with its words and its address.
#[derive(Clone, Debug, Serialize)]
pub struct Cited {
    /// The law or guidance.
    pub title: String,
    /// The place in it.
    pub at: Option<String>,
    /// Where it can be read.
    pub href: Option<String>,
}

/// One question.
#[derive(Serialize)]
pub struct View {
    /// Whose question it is, in words; none where it is nobody's.
    pub project: Option<String>,
    /// `get` for anyone, `post` for projects.
    pub method: &'static str,
    /// Where the form goes.
    pub action: String,
    /// What the form carries along.
    pub hidden: Vec<(String, String)>,
    /// The question's id: the name of the field.
    pub id: String,
    /// The question.
    pub text: String,
    /// A sentence under it.
    pub hint: Option<String>,
    /// What counts.
    pub counts: Vec<String>,
    /// What does not.
    pub not: Vec<String>,
    /// What someone who is not sure may do.
    pub unsure: Option<String>,
    /// The rule behind it.
    pub rule: String,
    /// Where the rule stands.
    pub sources: Vec<Cited>,
    /// The answer that was given before.
    pub chosen: Option<&'static str>,
    /// The answer of the screening before this one, in words, where it is offered again.
    pub before: Option<&'static str>,
    /// The question's number among those asked, from 1.
    pub number: usize,
    /// How many are asked, as far as can be told.
    pub of: usize,
    /// How many are left out because they do not apply.
    pub left_out: usize,
    /// What was wrong.
    pub errors: Errors,
    /// Whether `Save and come back later` is offered.
    pub later: bool,
}

/// The page of a question; `answers` are all answers so far.
#[must_use]
pub fn view(rules: &Rules, answers: &Screened, question: &Question, action: String, hidden: Vec<(String, String)>) -> View {
    let asked = asked(rules, answers);
    View {
        project: None,
        method: "get",
        action,
        hidden,
        id: question.id.clone(),
        text: question.text.clone(),
        hint: question.hint.clone(),
        counts: question.counts.clone(),
        not: question.not.clone(),
        unsure: question.unsure.clone(),
        rule: question.rule.clone(),
        sources: cited(rules, &question.sources),
        chosen: answers.get(&question.id).map(|answer: &Ternary| answer.as_str()),
        before: None,
        number: asked.iter().position(|other| other.id == question.id).map_or(1, |index| index + 1),
        of: asked.len(),
        // Before the first answer nothing has been left out yet.
        left_out: if answers.is_empty() { 0 } else { left_out(rules, answers) },
        errors: Errors::default(),
        later: false,
    }
}

/// Questions before the last answered one that were not asked.
fn left_out(rules: &Rules, answers: &Screened) -> usize {
    let asked = asked(rules, answers);
    let last = rules.questions.iter().rposition(|question| answers.contains_key(&question.id)).unwrap_or(0);
    rules.questions[..last].iter().filter(|question| !asked.iter().any(|other| other.id == question.id)).count()
}

/// Sources with their words.
#[must_use]
pub fn cited(rules: &Rules, sources: &[Source]) -> Vec<Cited> {
    sources
        .iter()
        .filter_map(|source| {
            let detail = rules.source(source)?;
            Some(Cited { title: detail.title.clone(), at: source.place.clone(), href: detail.url.clone() })
        })
        .collect()
}
