//! From a posted form to answers, and from refusals to the messages of a page.

use crate::{
    state::App,
    web::form::{Errors, Form},
};
use domain::register::edit::{Answers, Refused};
use minijinja::context;
use std::collections::BTreeMap;

/// The template that has a sentence for every refusal.
const SENTENCES: &str = "register/edit/refusal.txt";

/// What was answered in a form, without what the program itself put there, and without rows that are to be removed.
#[must_use]
pub fn of_form(form: &Form) -> Answers {
    let mut answers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in form.fields().filter(|(name, _)| !matches!(*name, "command" | "writer" | "version" | "to")) {
        answers.entry(name.to_owned()).or_default().push(value.to_owned());
    }
    let mut answers = Answers(answers);
    answers.remove_rows();
    answers
}

/// The first text of each field, as templates take it.
#[must_use]
pub fn typed(answers: &Answers) -> BTreeMap<String, String> {
    answers.0.iter().map(|(field, all)| (field.clone(), all.first().cloned().unwrap_or_default())).collect()
}

/// The messages of a page for what was refused, in the order of the refusals.
#[must_use]
pub fn errors(app: &App, refused: &[Refused]) -> Errors {
    let mut errors = Errors::default();
    for one in refused {
        errors.add_at(&one.field, &control(&one.field), sentence(app, one));
    }
    errors
}

/// The sentence for a refusal.
#[must_use]
pub fn sentence(app: &App, refused: &Refused) -> String {
    let (base, place) = parted(&refused.field);
    let rendered = app
        .templates
        .get_template(SENTENCES)
        .and_then(|template| template.render(context! { r => govuk::value(&refused.why), base, place }));
    match rendered {
        Ok(text) => text.trim().to_owned(),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "a refusal has no sentence");
            "This cannot be done".to_owned()
        }
    }
}

/// `option-2-months` as `option-months` and 2.
fn parted(field: &str) -> (String, u32) {
    let mut place = 0;
    let parts: Vec<&str> = field
        .split('-')
        .filter(|part| match part.parse() {
            Ok(number) => {
                place = number;
                false
            }
            Err(_) => true,
        })
        .collect();
    (parts.join("-"), place)
}

/// The id of the control that a message leads to: dates have three.
fn control(field: &str) -> String {
    let (base, _) = parted(field);
    if matches!(base.as_str(), "start" | "end" | "review" | "terminated" | "break") {
        format!("{field}-day")
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_told_from_their_fields() {
        assert_eq!(parted("option-2-notice-months"), ("option-notice-months".to_owned(), 2));
        assert_eq!(parted("end"), ("end".to_owned(), 0));
        assert_eq!(
            (control("end"), control("break-1"), control("title")),
            ("end-day".into(), "break-1-day".into(), "title".into())
        );
    }
}
