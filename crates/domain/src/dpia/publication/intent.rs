//! What the text itself says about being published: who publishes it all the same is told, and so is the second pair of eyes.

use crate::dpia::{
    answer::{Answer, Answers, Ternary},
    place::Part,
    template::Template,
};
use serde::Serialize;

/// The question whether it will be published, by the id that the shipped template gives it.
const QUESTION: &str = "publication";

/// Why not, in the words of whoever said so.
const WHY_NOT: &str = "publication-why-not";

/// An answer by which not all of it is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Intent {
    /// The question.
    pub question: String,
    /// The answer, in words.
    pub answer: String,
    /// It is that nothing is published; else that a summary is.
    pub nothing: bool,
    /// Why, where it is said.
    pub why: Option<String>,
}

/// What answers say against publishing all of them; nothing where they say that all is, or do not say.
#[must_use]
pub fn intent(template: &Template, answers: &Answers) -> Option<Intent> {
    let field = template.field(QUESTION)?;
    let answer = answers.get(&Part::Shared.at(QUESTION))?;
    let nothing = match answer {
        Answer::Choice(id) if id == "summary" => false,
        Answer::Choice(id) if id == "not" || id == "no" => true,
        Answer::Ternary(Ternary::No) => true,
        _ => return None,
    };
    let why = template.field(WHY_NOT).zip(answers.get(&Part::Shared.at(WHY_NOT))).filter(|_| nothing);
    let why = why.map(|(field, answer)| answer.plain(&field.labels())).filter(|why| !why.trim().is_empty());
    Some(Intent { question: field.label.clone(), answer: answer.plain(&field.labels()), nothing, why })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpia::{library, place::Place, template::Purpose};

    #[test]
    fn what_the_text_says_against_being_published_is_told_with_why() {
        let template = library::shipped().in_force(Purpose::Dpia, jiff::civil::date(2026, 11, 23)).unwrap();
        let said = |id: &str| {
            let answers = Answers::from([
                (Place::shared(QUESTION), Answer::Choice(id.to_owned())),
                (Place::shared(WHY_NOT), Answer::Text("It would show where cameras stand.".to_owned())),
            ]);
            intent(template, &answers)
        };
        let not = said("not").unwrap();
        assert!(not.nothing && not.question == "Will it be published?" && not.answer == "No", "{not:?}");
        assert_eq!(not.why.as_deref(), Some("It would show where cameras stand."));
        let summary = said("summary").unwrap();
        assert!(!summary.nothing && summary.why.is_none(), "the reason belongs to a no: {summary:?}");
        assert!(said("whole").is_none() && intent(template, &Answers::new()).is_none());
    }
}
