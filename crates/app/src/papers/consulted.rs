//! What the Information Commissioner was asked and answered (UK GDPR, Article 36): the paper of an assessment tells it, since the
//! acceptance of a high risk rests on it.

use super::Subject;
use crate::web::{dpia::sign_off::consultation::outcome_words, words};
use documents::document::{Block, Document, Pair};
use domain::dpia::{
    ico::{Consultation, IcoAnswer},
    ids::RiskId,
};

/// Each consultation, the oldest first: those of here, then those of where a document that came in was made.
pub(super) fn consulted(subject: &Subject<'_>, document: &mut Document) {
    let (here, elsewhere) = (&subject.bundle.consultations, &subject.bundle.consultations_elsewhere);
    if here.is_empty() && elsewhere.is_empty() {
        return;
    }
    document.heading(1, "Consultation of the Information Commissioner");
    for one in here {
        document.heading(2, format!("Asked on {}", words::day(one.sent)));
        document.push(Block::Pairs(pairs(subject, one)));
    }
    for one in elsewhere {
        document.heading(2, format!("Asked on {}, as the imported file states", words::day(one.sent)));
        document.text("It is told as the file states it, and allows nothing here: the answer is to whoever asked.");
        document.push(Block::Pairs(pairs(subject, one)));
    }
}

fn pairs(subject: &Subject<'_>, one: &Consultation) -> Vec<Pair> {
    let day = words::day;
    let risks: Vec<String> = one.risks.iter().map(|risk| called(subject, *risk)).collect();
    let version = subject.bundle.versions.iter().find(|version| version.id == one.version);
    let mut pairs = vec![
        Pair::new("About the risks", &risks.join("\n")),
        Pair::new("With", &version.map_or_else(|| "a version that is not kept here".to_owned(), super::signed::name)),
        Pair::new("Received by the Commissioner", &one.received.map_or_else(|| "Not confirmed yet".to_owned(), day)),
    ];
    for stop in &one.stops {
        let until = stop.to.map_or_else(|| "still".to_owned(), |to| format!("until {}", day(to)));
        pairs.push(Pair::new("The clock stood", &format!("From {}, {until}: {}", day(stop.from), stop.why)));
    }
    if let Some(extension) = &one.extension {
        pairs.push(Pair::new("Six more weeks", &format!("Said on {}: {}", day(extension.notified), extension.why)));
    }
    match (&one.answer, &one.withdrawn) {
        (Some(answer), _) => pairs.extend(answered(answer)),
        (None, Some(withdrawn)) => {
            pairs.push(Pair::new("Taken back", &format!("On {}: {}", day(withdrawn.on), withdrawn.why)));
        }
        (None, None) => pairs.push(Pair::new("Answer", "None is recorded")),
    }
    pairs
}

/// The answer, and what was recorded of it before it was put right.
fn answered(answer: &IcoAnswer) -> Vec<Pair> {
    let said = format!("{}\n{}\n{}", words::day(answer.on), outcome_words(answer.outcome), answer.text);
    let mut pairs = vec![Pair::new("Answer", &said)];
    for before in &answer.before {
        let until = format!("Recorded wrongly until {}", words::instant(before.at));
        let said = format!("{}\n{}\nWhy it was put right: {}", outcome_words(before.outcome), before.text, before.why);
        pairs.push(Pair::new(until, &said));
    }
    pairs
}

/// A risk by its number and title; one that was removed since has neither.
fn called(subject: &Subject<'_>, risk: RiskId) -> String {
    let known = subject.bundle.risks.iter().find(|record| record.risk.id == risk);
    known.map_or_else(
        || "A risk that the assessment does not have any more".to_owned(),
        |record| format!("R{}. {}", record.number, record.risk.title),
    )
}
