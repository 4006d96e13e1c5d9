//! Which questions are asked, and what comes of the answers.

use super::{
    super::{
        answer::{Answer, Ternary},
        condition::{Condition, Fact, Reader},
        place::Part,
        template::{
            Edition, Template,
            field::Source,
            view::{Facts, Screened, View},
        },
    },
    Does, Question, Rule, Rules,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a project needs. Ordered: a further yes never lowers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeKind {
    /// No DPIA, and nobody needs to look.
    NotRequired,
    /// An IG officer looks, and decides whether a short review is enough.
    IgReview,
    /// A DPIA.
    Required,
}

impl OutcomeKind {
    /// As files, forms and JSON spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotRequired => "not-required",
            Self::IgReview => "ig-review",
            Self::Required => "required",
        }
    }
}

/// What a reason led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// It asks for a review.
    Review,
    /// Together with the other criteria it requires a DPIA.
    RequiredTogether,
    /// It requires a DPIA.
    Required,
}

/// Why the outcome is what it is: a rule that holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The rule; or the question, where it is one that no rule reads and nobody was sure of.
    pub rule: String,
    /// What the rule says of the project.
    pub title: String,
    /// What it led to.
    pub effect: Effect,
    /// Whether it holds only if 'I am not sure' turns out to be yes.
    pub unsure: bool,
    /// The questions whose answers made it hold, with the answers.
    pub because: Vec<(String, Ternary)>,
    /// Where the rule stands.
    pub sources: Vec<Source>,
}

/// What came of a screening; kept as the record, also of not doing a DPIA.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// What the project needs.
    pub kind: OutcomeKind,
    /// Why, those that decide most first. Empty when nothing was met.
    pub reasons: Vec<Reason>,
    /// How many criteria hold for certain.
    pub criteria: usize,
    /// The rules that were looked at and do not hold.
    pub not_met: Vec<String>,
    /// The modules of the DPIA that the answers ask for.
    pub modules: Vec<String>,
    /// The questions that were asked and are not answered yet.
    pub open: Vec<String>,
    /// The rules' URN and version.
    pub rules: Edition,
    /// The first day on which the rules could be used.
    pub in_force: Date,
}

/// The questions that the answers so far lead to, in order.
#[must_use]
pub fn asked<'a>(rules: &'a Rules, answers: &Screened) -> Vec<&'a Question> {
    let mut seen = Answers { answers: BTreeMap::new(), hopeful: true };
    let mut asked = Vec::new();
    for question in &rules.questions {
        if question.when.as_ref().is_none_or(|condition| condition.holds(&seen)) {
            if let Some(answer) = answers.get(&question.id) {
                seen.answers.insert(&question.id, *answer);
            }
            asked.push(question);
        }
    }
    asked
}

/// The next question without an answer; none when all are answered.
#[must_use]
pub fn next<'a>(rules: &'a Rules, answers: &Screened) -> Option<&'a Question> {
    asked(rules, answers).into_iter().find(|question| !answers.contains_key(&question.id))
}

/// What comes of answers. Answers to questions that are not asked do not count. `template` says which modules follow.
#[must_use]
pub fn outcome(rules: &Rules, answers: &Screened, template: Option<&Template>) -> Outcome {
    let asked = asked(rules, answers);
    let given: BTreeMap<&str, Ternary> =
        asked.iter().filter_map(|question| Some((question.id.as_str(), *answers.get(&question.id)?))).collect();
    let surely = Answers { answers: given.clone(), hopeful: false };
    let perhaps = Answers { answers: given.clone(), hopeful: true };
    let criteria: Vec<&Rule> =
        rules.rules.iter().filter(|rule| rule.does == Does::Criterion && rule.when.holds(&surely)).collect();
    let possible = rules.rules.iter().filter(|rule| rule.does == Does::Criterion && rule.when.holds(&perhaps)).count();
    let mut reasons = Vec::new();
    let mut not_met = Vec::new();
    for rule in &rules.rules {
        if !rule.when.holds(&perhaps) {
            not_met.push(rule.id.clone());
            continue;
        }
        let certain = rule.when.holds(&surely);
        let effect = match rule.does {
            Does::Require if certain => Effect::Required,
            Does::RequireWithCriterion
                if certain && criteria.iter().any(|criterion| !rule.apart_from.contains(&criterion.id)) =>
            {
                Effect::Required
            }
            Does::Criterion if certain && criteria.len() >= rules.criteria.required => Effect::RequiredTogether,
            Does::Criterion if possible < rules.criteria.review => {
                not_met.push(rule.id.clone());
                continue;
            }
            _ => Effect::Review,
        };
        reasons.push(Reason {
            rule: rule.id.clone(),
            title: rule.title.clone(),
            effect,
            unsure: !certain,
            because: because(&rule.when, &perhaps),
            sources: rule.sources.clone(),
        });
    }
    // Where no rule reads a question, nobody would look at 'I am not sure' otherwise.
    for question in asked.iter().filter(|one| given.get(one.id.as_str()) == Some(&Ternary::Unsure) && !rules.reads(&one.id)) {
        reasons.push(Reason {
            rule: question.id.clone(),
            title: "A question that nobody was sure of".to_owned(),
            effect: Effect::Review,
            unsure: true,
            because: vec![(question.id.clone(), Ternary::Unsure)],
            sources: question.sources.clone(),
        });
    }
    reasons.sort_by_key(|reason| (std::cmp::Reverse(reason.effect), reason.unsure));
    let kind = match reasons.first().map(|reason| reason.effect) {
        None => OutcomeKind::NotRequired,
        Some(Effect::Review) => OutcomeKind::IgReview,
        Some(Effect::Required | Effect::RequiredTogether) => OutcomeKind::Required,
    };
    Outcome {
        kind,
        reasons,
        criteria: criteria.len(),
        not_met,
        modules: template.map(|template| modules(template, &given)).unwrap_or_default(),
        open: asked.iter().filter(|question| !answers.contains_key(&question.id)).map(|question| question.id.clone()).collect(),
        rules: rules.edition.clone(),
        in_force: rules.in_force,
    }
}

/// What is different when a screening is done again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Redone {
    /// What the project needed before; none where nothing was screened.
    pub before: Option<OutcomeKind>,
    /// What it needs now.
    pub after: OutcomeKind,
    /// Rules that hold now and did not.
    pub added: Vec<String>,
    /// Rules that held and do not now.
    pub gone: Vec<String>,
    /// Modules that are wanted now and were not.
    pub modules: Vec<String>,
    /// Whether the rules themselves are of another version.
    pub other_rules: bool,
}

impl Redone {
    /// Compares an outcome with the one before, where there was one; nothing when they say the same.
    #[must_use]
    pub fn of(before: Option<&Outcome>, after: &Outcome) -> Option<Self> {
        let ids = |outcome: &Outcome| outcome.reasons.iter().map(|reason| reason.rule.clone()).collect::<BTreeSet<_>>();
        let (old, new) = (before.map(ids).unwrap_or_default(), ids(after));
        let wanted = |module: &&String| !before.is_some_and(|before| before.modules.contains(module));
        let redone = Self {
            before: before.map(|before| before.kind),
            after: after.kind,
            added: new.difference(&old).cloned().collect(),
            gone: old.difference(&new).cloned().collect(),
            modules: after.modules.iter().filter(wanted).cloned().collect(),
            other_rules: before.is_some_and(|before| before.rules != after.rules),
        };
        let same =
            redone.before == Some(redone.after) && redone.added.is_empty() && redone.gone.is_empty() && redone.modules.is_empty();
        (!same || redone.other_rules).then_some(redone)
    }
}

fn modules(template: &Template, given: &BTreeMap<&str, Ternary>) -> Vec<String> {
    let screened: Screened = given.iter().map(|(question, answer)| ((*question).to_owned(), *answer)).collect();
    let (answers, none) = (BTreeMap::new(), BTreeSet::new());
    let view =
        View { template, answers: &answers, screened: &screened, modules: &none, facts: Facts::default(), part: Part::Shared };
    view.wanted_modules().into_iter().map(|(module, _)| module.id.clone()).collect()
}

fn because(condition: &Condition, reader: &Answers<'_>) -> Vec<(String, Ternary)> {
    let mut said: Vec<(String, Ternary)> = Vec::new();
    for part in condition.because(reader) {
        if let Condition::Screening { question, .. } = part
            && let Some(answer) = reader.answers.get(question.as_str())
            && !said.iter().any(|(other, _)| other == question)
        {
            said.push((question.clone(), *answer));
        }
    }
    said
}

/// Reads screening answers; when hopeful, 'I am not sure' reads as yes.
struct Answers<'a> {
    answers: BTreeMap<&'a str, Ternary>,
    hopeful: bool,
}

impl Reader for Answers<'_> {
    fn answer(&self, _: &str) -> Option<&Answer> {
        None
    }
    fn screening(&self, question: &str) -> Option<Ternary> {
        match self.answers.get(question) {
            Some(Ternary::Unsure) if self.hopeful => Some(Ternary::Yes),
            answer => answer.copied(),
        }
    }
    fn module(&self, _: &str) -> bool {
        false
    }
    fn fact(&self, _: Fact) -> bool {
        false
    }
}
