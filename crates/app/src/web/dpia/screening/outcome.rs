//! An outcome as its page takes it.

use super::{
    asked::Asked,
    question::{Cited, cited},
};
use crate::web::{
    dpia::{templates::list::address, together::concluded::Concluded},
    form::Errors,
    words,
};
use domain::dpia::{
    answer::Ternary,
    screening::{Effect, Outcome, OutcomeKind, Rules, asked},
    template::{Template, view::Screened},
};
use serde::Serialize;

/// A reason.
#[derive(Serialize)]
pub struct ReasonView {
    title: String,
    /// `required`, `together` or `review`.
    effect: &'static str,
    unsure: bool,
    because: Vec<(String, &'static str)>,
    sources: Vec<Cited>,
}

/// An answer with the address at which it can be changed.
#[derive(Serialize)]
pub struct AnswerView {
    question: String,
    answer: &'static str,
    change: String,
}

/// A part of the assessment that would follow.
#[derive(Serialize)]
pub struct PartView {
    title: String,
    wanted: bool,
    about: String,
}

/// What the officer decided.
#[derive(Serialize)]
pub struct Decision {
    /// What is done, as the outcome is spelt.
    pub kind: &'static str,
    /// Why.
    pub reasons: String,
    /// Who decided.
    pub by: String,
    /// The day.
    pub at: String,
    /// A file that came in states it: nobody decided it here.
    pub stated: bool,
}

/// A screening before this one.
#[derive(Serialize)]
pub struct Earlier {
    /// The day.
    pub at: String,
    /// What it came to.
    pub kind: &'static str,
    /// What an officer decided then.
    pub decided: Option<&'static str>,
    /// Where it can be read.
    pub href: String,
}

/// A screening that is under way while this outcome counts.
#[derive(Serialize)]
pub struct Going {
    /// Questions that are answered.
    pub answered: usize,
    /// Where the reader goes on with it.
    pub href: Option<String>,
}

/// What is known of a screening that is kept.
#[derive(Serialize)]
pub struct Record {
    /// Its number, where it is not the one that counts any more.
    pub past: Option<usize>,
    /// Another screening that is under way.
    pub going: Option<Going>,
    /// Who answered.
    pub by: String,
    /// A file that came in states that: nobody answered here.
    pub stated: bool,
    /// For which organisation.
    pub organisation: String,
    /// The organisation that owns the project, whose officer decides.
    pub owner: String,
    /// Who is asked to decide.
    pub asked: Option<Asked>,
    /// The day on which it was begun.
    pub at: String,
    /// The officer's decision.
    pub decision: Option<Decision>,
    /// What a file states was decided, where it was decided here since.
    pub decision_stated: Option<Decision>,
    /// Short reviews of the project that conclude that a DPIA is needed, or cannot rule it out.
    pub reviews: Vec<Concluded>,
    /// Whether the reader may decide now.
    pub may_decide: bool,
    /// Whether the reader may answer again.
    pub may_answer: bool,
    /// The DPIA of the project that is under way or signed, as it is called and its page, as far as the reader sees it.
    pub begun: Option<(String, String)>,
    /// Where the assessment is begun, where there is something to begin.
    pub begin: Option<String>,
    /// Whether rules of another version are in force now.
    pub newer_rules: bool,
    /// The command of the forms on the page.
    pub command: String,
    /// The screening that the page shows: a decision is one about it.
    pub seen: String,
    /// Where the forms go.
    pub action: String,
    /// What was typed into the decision.
    pub typed_kind: String,
    /// The reasons that were typed.
    pub typed_reasons: String,
    /// Whether it was confirmed that it is decided otherwise than a short review concludes.
    pub typed_despite: String,
    /// Screenings before this one, the newest first.
    pub earlier: Vec<Earlier>,
}

/// The outcome.
#[derive(Serialize)]
pub struct View {
    /// Whose outcome it is, in words; none where it is nobody's.
    pub project: Option<String>,
    /// What the rules said: `required`, `ig-review` or `not-required`.
    pub kind: &'static str,
    /// What is to be done: what an officer decided, else what the rules said.
    pub stands: &'static str,
    required: usize,
    unsure: usize,
    criteria: usize,
    reasons: Vec<ReasonView>,
    not_met: Vec<(String, Vec<Cited>)>,
    answers: Vec<AnswerView>,
    left_out: usize,
    parts: Vec<PartView>,
    template: Option<(String, String)>,
    rules_version: String,
    rules_in_force: String,
    rules_href: String,
    /// Where one starts again.
    pub again: String,
    /// What is known of it where it is kept.
    pub record: Option<Record>,
    /// What was wrong with the decision.
    pub errors: Errors,
}

/// The page of an outcome. `stands` is what is to be done, `change` gives the address at which an answer can be changed.
#[must_use]
pub fn view(
    rules: &Rules,
    answers: &Screened,
    outcome: &Outcome,
    stands: OutcomeKind,
    template: Option<&Template>,
    change: impl Fn(&str) -> String,
) -> View {
    let text = |id: &str| rules.question(id).map_or_else(|| id.to_owned(), |question| question.text.clone());
    let asked = asked(rules, answers);
    View {
        project: None,
        kind: outcome.kind.as_str(),
        stands: stands.as_str(),
        required: outcome.reasons.iter().filter(|reason| reason.effect == Effect::Required).count(),
        unsure: outcome.reasons.iter().filter(|reason| reason.unsure).count(),
        criteria: outcome.criteria,
        reasons: outcome
            .reasons
            .iter()
            .map(|reason| ReasonView {
                title: reason.title.clone(),
                effect: match reason.effect {
                    Effect::Required => "required",
                    Effect::RequiredTogether => "together",
                    Effect::Review => "review",
                },
                unsure: reason.unsure,
                because: reason.because.iter().map(|(question, answer)| (text(question), answer.words())).collect(),
                sources: cited(rules, &reason.sources),
            })
            .collect(),
        not_met: outcome
            .not_met
            .iter()
            .filter_map(|id| rules.rule(id))
            .map(|rule| (rule.title.clone(), cited(rules, &rule.sources)))
            .collect(),
        answers: asked
            .iter()
            .filter_map(|question| {
                let answer: &Ternary = answers.get(&question.id)?;
                Some(AnswerView { question: question.text.clone(), answer: answer.words(), change: change(&question.id) })
            })
            .collect(),
        left_out: rules.questions.len() - asked.len(),
        parts: template
            .filter(|_| stands != OutcomeKind::NotRequired)
            .map(|template| {
                template
                    .modules
                    .iter()
                    .map(|module| PartView {
                        title: module.title.clone(),
                        wanted: outcome.modules.contains(&module.id),
                        about: module.about.clone(),
                    })
                    .collect()
            })
            .unwrap_or_default(),
        template: template.map(|template| (template.title.clone(), address(&template.edition))),
        rules_version: outcome.rules.version.clone(),
        rules_in_force: words::day(outcome.in_force),
        rules_href: address(&outcome.rules),
        again: "/screening".to_owned(),
        record: None,
        errors: Errors::default(),
    }
}
