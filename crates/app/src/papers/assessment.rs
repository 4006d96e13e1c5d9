//! The whole assessment: parts, sections, questions and answers; risks and measures; advice; changes.

use super::{Subject, answer, capital, consulted::consulted, sections, table};
use crate::web::words;
use documents::document::{Block, Document, Pair, Text};
use domain::dpia::{
    advice::{Answered, Decision, Recommendation},
    attachment::Gone,
    export::{self, risks::Rated},
    place::Part,
    risk::{Effect, Progress},
    template::field::FieldKind,
};

/// The document, as the parties see it: with the names of those who signed.
#[must_use]
pub fn paper(subject: &Subject<'_>, made_at: i64) -> Document {
    let mut document = subject.front(subject.template.purpose.full(), made_at);
    subject.signatures(&mut document, true);
    stated(subject, &mut document);
    document.contents = !subject.is_record() || !subject.bundle.fields.is_empty();
    body(subject, &mut document);
    risks(subject, &mut document);
    advice(subject, &mut document);
    subject.said(&mut document);
    consulted(subject, &mut document);
    aside(subject, &mut document);
    document
}

/// What is stated of one that was made elsewhere.
fn stated(subject: &Subject<'_>, document: &mut Document) {
    let Some(stated) = subject.bundle.assessment.stated() else { return };
    let (made, unknown) = (stated.elsewhere, || "Not known".to_owned());
    document.heading(1, "What its document says");
    document.text(
        "This assessment was made elsewhere, and is recorded here as its document says. It was not signed on this service.",
    );
    let mut pairs = vec![
        Pair::new("Signed on", &made.signed_on.map_or_else(unknown, words::day)),
        Pair::new("Signed by, as stated", &if made.signatories.is_empty() { unknown() } else { made.signatories.join("\n") }),
        Pair::new("Highest risk that remains, as stated", &made.level.map_or_else(unknown, |level| capital(level.as_str()))),
        Pair::new("Next review", &stated.review_on.map_or_else(unknown, words::day)),
    ];
    if !made.remark.is_empty() {
        pairs.push(Pair::new("Remark", &made.remark));
    }
    document.push(Block::Pairs(pairs));
}

/// Questions and answers of every part; of one that was made elsewhere, those that came in.
pub(super) fn body(subject: &Subject<'_>, document: &mut Document) {
    let mut lines = export::lines(subject.view(), subject.parts());
    if subject.is_record() {
        let rated = |part: Part| subject.bundle.risks.iter().any(|record| record.risk.part == part);
        lines.retain(|line| line.answer.is_some() || (line.field.kind == FieldKind::Risks && rated(line.part)));
    }
    let mut part = None;
    for ((of, number), lines) in sections(&lines) {
        if part != Some(of) {
            document.heading(1, subject.part_title(of));
            part = Some(of);
        }
        let Some(first) = lines.first() else { continue };
        document.heading(2, format!("{number}. {}", first.section.title));
        for line in lines {
            answer(document, subject, line);
        }
    }
}

/// The risks with their measures.
pub(super) fn risks(subject: &Subject<'_>, document: &mut Document) {
    let bundle = subject.bundle;
    let rows = export::risks::rows(&bundle.risks, &bundle.measures, &subject.template.matrix);
    // What remains, its document says; nobody wrote down here what it is.
    if rows.is_empty() && subject.is_record() {
        return;
    }
    document.heading(1, "Risks and measures");
    if rows.is_empty() {
        document.text("No risks are recorded.");
        return;
    }
    let columns =
        [("Risk", 1), ("What could happen", 4), ("Before measures", 2), ("Measures", 2), ("After measures", 2), ("Where", 2)];
    let mut list = table("Risks before and after measures", &columns);
    for row in &rows {
        let measures: Vec<String> = row.measures.iter().map(|record| format!("M{}", record.number)).collect();
        let words = [row.title, row.description].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n");
        list.row([
            row.number.as_str(),
            &words,
            &rated(&row.before),
            &if measures.is_empty() { "None yet".to_owned() } else { measures.join(", ") },
            &rated(&row.after),
            &subject.part_title(row.part),
        ]);
    }
    document.push(Block::Table(list));
    if bundle.measures.is_empty() {
        return;
    }
    let mut list = table(
        "Measures",
        &[("Measure", 1), ("What is done", 4), ("Effect", 2), ("Who sees to it", 2), ("By when", 2), ("How far", 2)],
    );
    for record in &bundle.measures {
        let measure = &record.measure;
        let said = [measure.title.as_str(), &measure.description]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join("\n");
        let owner = [measure.owner.post.as_str(), &measure.owner.name, &measure.owner.organisation];
        let owner = owner.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ");
        list.row([
            format!("M{}", record.number).as_str(),
            &said,
            measure.effect.map_or("Not said yet", effect),
            if owner.is_empty() { "Nobody yet" } else { &owner },
            &measure.due.map_or_else(|| "No date yet".to_owned(), words::day),
            progress(measure.progress),
        ]);
    }
    document.push(Block::Table(list));
}

/// The recommendations and what became of them.
pub(super) fn advice(subject: &Subject<'_>, document: &mut Document) {
    let recommendations = &subject.bundle.recommendations;
    if recommendations.is_empty() {
        return;
    }
    document.heading(1, "Advice of the data protection officers");
    let mut list = table(
        "Recommendations and answers",
        &[("Number", 1), ("Question", 2), ("Recommendation", 4), ("From", 2), ("Answer", 4)],
    );
    for recommendation in recommendations {
        let field = subject.template.field(&recommendation.place.field);
        list.row([
            recommendation.number.to_string().as_str(),
            field.map_or(recommendation.place.field.as_str(), |field| &field.label),
            &recommendation.text,
            &format!(
                "{}, {}{}",
                subject.bundle.organisation(recommendation.organisation),
                words::instant(recommendation.at),
                if recommendation.stated { ", as the imported file states" } else { "" }
            ),
            &answered(subject, recommendation),
        ]);
    }
    document.push(Block::Table(list));
}

/// What became of a recommendation, and before that what a file states of it.
fn answered(subject: &Subject<'_>, recommendation: &Recommendation) -> String {
    let here = match &recommendation.answer {
        None => "Not answered yet".to_owned(),
        Some(answer) if answer.stated => format!("Not answered here. As the imported file states: {}", told(subject, answer)),
        Some(answer) => told(subject, answer),
    };
    match &recommendation.answer_stated {
        Some(before) => format!("As the imported file states: {}\n{here}", told(subject, before)),
        None => here,
    }
}

fn told(subject: &Subject<'_>, answer: &Answered) -> String {
    let decision = match answer.decision {
        Decision::Accepted => "Accepted",
        Decision::Overruled => "Overruled",
        Decision::Withdrawn => "Withdrawn",
    };
    let who = format!("{}, {}", capital(answer.role.words()), subject.bundle.organisation(answer.organisation));
    let reasons = if answer.reasons.is_empty() { String::new() } else { format!(": {}", answer.reasons) };
    format!("{decision}{reasons} ({who}, {})", words::instant(answer.at))
}

/// What is kept and no question asks for now, and the files.
fn aside(subject: &Subject<'_>, document: &mut Document) {
    let view = subject.view();
    let resting = export::resting(view, subject.parts());
    if !resting.is_empty() {
        document.heading(1, "Answers kept aside");
        document.push(Block::Note {
            label: "Why they stand here".to_owned(),
            body: vec![Text::plain(
                "No question of the assessment asks for these now. They are kept, and are not part of what is signed off as answers to it.",
            )],
        });
        let pairs = resting.into_iter().map(|(place, answer)| {
            let field = subject.template.field(&place.field);
            let labels = field.map(|field| field.labels()).unwrap_or_default();
            let label = field.map_or(place.field.as_str(), |field| &field.label);
            let part = if place.part == Part::Shared { String::new() } else { format!(" ({})", subject.part_title(place.part)) };
            Pair::new(format!("{label}{part}"), &answer.plain(&labels))
        });
        document.push(Block::Pairs(pairs.collect()));
    }
    if !subject.bundle.attachments.is_empty() {
        document.heading(1, "Attachments");
        let mut list = table("Files that belong to the assessment", &[("Name", 3), ("Size", 1), ("SHA-256 of its content", 4)]);
        for file in &subject.bundle.attachments {
            let size = match &file.gone {
                None => size(file.size),
                Some(Gone::NotHere) => "Not here".to_owned(),
                Some(Gone::Removed { .. }) => "Taken away".to_owned(),
            };
            list.row([file.name.as_str(), &size, &file.hash.to_string()]);
        }
        document.push(Block::Table(list));
    }
}

/// A length as people say it.
pub(super) fn size(bytes: usize) -> String {
    match bytes {
        0..1_024 => format!("{bytes} bytes"),
        1_024..1_048_576 => format!("{} kB", bytes / 1_024),
        _ => format!("{} MB", bytes / 1_048_576),
    }
}

pub(super) fn rated(rated: &Rated<'_>) -> String {
    let Some(level) = rated.level else { return "Not rated yet".to_owned() };
    let cell = match (rated.likelihood, rated.severity) {
        (Some(likelihood), Some(severity)) => format!("{}: {likelihood}, {severity}", level.label),
        _ => level.label.clone(),
    };
    match rated.reason {
        Some(reason) => format!("{cell}. Chosen by hand: {reason}"),
        None => cell,
    }
}

pub(super) fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Eliminated => "Eliminates the risk",
        Effect::Reduced => "Reduces the risk",
        Effect::Accepted => "The risk is accepted",
    }
}

pub(super) fn progress(progress: Progress) -> &'static str {
    match progress {
        Progress::Planned => "Planned",
        Progress::UnderWay => "Under way",
        Progress::Done => "Done",
        Progress::Dropped => "Dropped",
    }
}
