//! The form of a risk: the risk that comes of what was sent, and what it shows of one.

use crate::web::form::{Errors, Form};
use domain::dpia::risk::{Assessed, Matrix, Override, Rating, Refusal, Risk};
use std::collections::BTreeMap;

/// A risk as a form says it, and what is wrong with that.
pub(super) fn filled(mut risk: Risk, form: &Form, matrix: &Matrix) -> (Risk, Errors) {
    let mut errors = Errors::default();
    form.text("title").clone_into(&mut risk.title);
    form.text("description").clone_into(&mut risk.description);
    if risk.title.is_empty() {
        errors.add("title", "Say in a line what could happen");
    } else if risk.title.chars().count() > 200 {
        errors.add("title", "The line must be 200 letters or fewer");
    }
    for (prefix, assessed) in [("before", &mut risk.inherent), ("after", &mut risk.residual)] {
        let field = |name: &str| format!("{prefix}-{name}");
        let (likelihood, severity) = (form.text(&field("likelihood")), form.text(&field("severity")));
        let rating = match (likelihood.is_empty(), severity.is_empty()) {
            (true, true) => None,
            (false, false) => Some(Rating { likelihood: likelihood.to_owned(), severity: severity.to_owned() }),
            (true, false) => {
                errors.add(&field("likelihood"), "Choose how likely it is");
                continue;
            }
            (false, true) => {
                errors.add(&field("severity"), "Choose how severe it would be");
                continue;
            }
        };
        let level = form
            .some(&field("level"))
            .map(|level| Override { level: level.to_owned(), reason: form.text(&field("reason")).to_owned() });
        match Assessed::rate(matrix, rating, level) {
            Ok(rated) => *assessed = rated,
            Err(Refusal::NoReason) => errors.add(&field("reason"), "Say why the level is another than the matrix gives"),
            Err(Refusal::NotRated) => errors.add(&field("likelihood"), "Choose likelihood and severity before another level"),
            Err(Refusal::NoStep | Refusal::NoLevel) => errors.add(&field("likelihood"), "Choose from the list"),
        }
    }
    (risk, errors)
}

/// What the form shows of a risk.
pub(super) fn typed(risk: &Risk) -> BTreeMap<String, String> {
    let mut typed = BTreeMap::from([
        ("title".to_owned(), risk.title.clone()),
        ("description".to_owned(), risk.description.clone()),
        ("part".to_owned(), risk.part.to_string()),
    ]);
    for (prefix, assessed) in [("before", &risk.inherent), ("after", &risk.residual)] {
        if let Some(rating) = &assessed.rating {
            typed.insert(format!("{prefix}-likelihood"), rating.likelihood.clone());
            typed.insert(format!("{prefix}-severity"), rating.severity.clone());
        }
        if let Some(level) = &assessed.overridden {
            typed.insert(format!("{prefix}-level"), level.level.clone());
            typed.insert(format!("{prefix}-reason"), level.reason.clone());
        }
    }
    typed
}
