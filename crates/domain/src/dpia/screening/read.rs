//! From a rules file to rules, or to a list of all that is wrong with it.

use super::{
    super::{
        answer::Ternary,
        condition::{Condition, Read},
        file::{Document, Kind, Problem},
        template::{Edition, SourceDetail},
    },
    Criteria, Does, Question, Rule, Rules,
};
use jiff::civil::Date;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Written {
    #[allow(dead_code)]
    kind: String,
    urn: String,
    version: String,
    title: String,
    about: String,
    in_force: Date,
    sources: Vec<SourceDetail>,
    criteria: Criteria,
    questions: Vec<Question>,
    rules: Vec<Rule>,
}

impl Rules {
    /// Reads rules, or says all that is wrong with them.
    pub fn read(name: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let (document, written): (_, Written) = Document::written(name, text, Kind::Screening)?;
        let rules = Self {
            edition: Edition { urn: written.urn, version: written.version },
            title: written.title,
            about: written.about,
            in_force: written.in_force,
            sources: written.sources,
            criteria: written.criteria,
            questions: written.questions,
            rules: written.rules,
        };
        check(&document, &rules);
        document.finish(Some(rules))
    }
}

fn check(document: &Document, rules: &Rules) {
    for (index, question) in rules.questions.iter().enumerate() {
        let pointer = format!("/questions/{index}");
        let before = &rules.questions[..index];
        if before.iter().any(|other| other.id == question.id) {
            document.problem(
                &pointer,
                &format!("There is another question '{}'", question.id),
                "Give each question an id of its own",
            );
        }
        if let Some(condition) = &question.when {
            rises(document, &format!("{pointer}/when"), condition, before, "an earlier question");
        }
    }
    for (index, rule) in rules.rules.iter().enumerate() {
        let pointer = format!("/rules/{index}");
        if rules.rules[..index].iter().any(|other| other.id == rule.id) {
            document.problem(&pointer, &format!("There is another rule '{}'", rule.id), "Give each rule an id of its own");
        }
        rises(document, &format!("{pointer}/when"), &rule.when, &rules.questions, "a question of this file");
        for id in &rule.apart_from {
            if rules.rule(id).is_none_or(|other| other.does != Does::Criterion) {
                document.problem(
                    &format!("{pointer}/apart-from"),
                    &format!("There is no criterion '{id}'"),
                    "Name a rule that does 'criterion'",
                );
            }
        }
    }
    let pairs = rules.questions.iter().enumerate().map(|(index, question)| (format!("/questions/{index}"), &question.sources));
    for (pointer, sources) in
        pairs.chain(rules.rules.iter().enumerate().map(|(index, rule)| (format!("/rules/{index}"), &rule.sources)))
    {
        for source in sources.iter().filter(|source| rules.source(source).is_none()) {
            document.problem(
                &pointer,
                &format!("There is no source '{}'", source.id),
                "Add it to the list 'sources' at the top of the file",
            );
        }
    }
    if rules.criteria.review > rules.criteria.required {
        document.problem(
            "/criteria",
            "Fewer criteria require a DPIA than ask for a review",
            "Let 'review' be at most 'required'",
        );
    }
    let read: Vec<&str> = rules
        .rules
        .iter()
        .map(|rule| &rule.when)
        .chain(rules.questions.iter().filter_map(|question| question.when.as_ref()))
        .flat_map(Condition::reads)
        .filter_map(|read| if let Read::Screening(question) = read { Some(question) } else { None })
        .collect();
    for (index, question) in rules.questions.iter().enumerate() {
        if !read.contains(&question.id.as_str()) && !rules.only_for_modules(&question.id) {
            document.problem(
                &format!("/questions/{index}"),
                "No rule reads this question, so its answer would change nothing",
                "Add a rule, or take the question out; a question that only switches on a module has an id that begins with 'module-'",
            );
        }
    }
}

impl Rules {
    /// Whether a question only switches on a module of the template.
    #[must_use]
    pub fn only_for_modules(&self, question: &str) -> bool {
        question.starts_with("module-")
    }
}

/// A condition that a further yes can only help: `all` and `any` over questions answered with yes.
fn rises(document: &Document, pointer: &str, condition: &Condition, questions: &[Question], which: &str) {
    condition.each(&mut |part| match part {
        Condition::All(_) | Condition::Any(_) => {}
        Condition::Screening { question, values } => {
            if !questions.iter().any(|other| other.id == *question) {
                document.problem(
                    pointer,
                    &format!("'{question}' is not {which}"),
                    "Correct its spelling, or move the question up",
                );
            }
            if values != &[Ternary::Yes] {
                document.problem(
                    pointer,
                    "A rule counts a yes alone, so that a further yes never lowers the outcome",
                    "Write 'is: yes'; 'I am not sure' is seen to by itself",
                );
            }
        }
        _ => document.problem(
            pointer,
            "Screening reads its own questions alone, and without 'not'",
            "Use all, any, and screening with 'is: yes'",
        ),
    });
}
