//! A skill that an organisation holds, as answers, and back.

use super::{
    Answers, Refusal, Refused,
    answers::{choice, number, text},
};
use crate::register::{
    names::fold,
    records::{Skill, SkillLevel},
};

const LEVELS: &[(&str, SkillLevel)] = &[
    ("awareness", SkillLevel::Awareness),
    ("working", SkillLevel::Working),
    ("practitioner", SkillLevel::Practitioner),
    ("expert", SkillLevel::Expert),
];

/// What a skill is found again by: one organisation, one name, one level.
#[must_use]
pub fn key(organisation: &str, name: &str, level: SkillLevel) -> String {
    format!("{organisation}|{}|{}", fold(name), level.as_str())
}

/// Writes a skill as answers.
#[must_use]
pub fn say(skill: &Skill) -> Answers {
    let mut answers = Answers::default();
    answers.set("name", skill.name.clone());
    answers.set("level", skill.level.as_str());
    answers.set("people", skill.people.map(|people| people.to_string()).unwrap_or_default());
    answers.set("offers-training", if skill.offers_training { "yes" } else { "no" });
    answers
}

/// Reads answers into a skill.
pub fn read(answers: &Answers, skill: &mut Skill) -> Vec<Refused> {
    let mut refused = Vec::new();
    match text(answers, "name", 200) {
        Ok(Some(name)) => skill.name = name,
        Ok(None) => refused.push(Refused::new("name", Refusal::Missing)),
        Err(why) => refused.push(why),
    }
    let mut put = |result: Result<(), Refused>| refused.extend(result.err());
    put(choice(answers, "level", LEVELS).map(|level| skill.level = level));
    put(number(answers, "people", 1, 100_000).map(|people| skill.people = people));
    put(choice(answers, "offers-training", &[("yes", true), ("no", false)]).map(|yes| skill.offers_training = yes));
    refused
}
