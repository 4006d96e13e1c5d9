//! Two states of an assessment, field by field, with the words that were added and removed marked: as Word's tracked changes in a
//! DOCX, in words as well as colour in a PDF.

use super::Subject;
use documents::document::{Block, Document, Fate, Mark, Pair, Text};
use domain::dpia::{
    answer::Answers,
    compare::{self, Kind, Segment},
};

/// A state to compare with: what it is called, and what it said.
pub struct Earlier<'a> {
    /// Its name, for instance 'Version 2' or 'What you saw on 3 December 2019'.
    pub name: &'a str,
    /// What it said.
    pub answers: &'a Answers,
}

/// The document: from an earlier state to a later one, or to the text as it stands. Each change carries who made the field what it
/// is now, and when.
#[must_use]
pub fn paper(subject: &Subject<'_>, earlier: &Earlier<'_>, later: Option<&Earlier<'_>>, made_at: i64) -> Document {
    let mut document = subject.front("Changes to the assessment", made_at);
    document.facts.push(Pair::new("Compared with", earlier.name));
    if let Some(later) = later {
        document.facts.push(Pair::new("Up to", later.name));
    }
    let differences = compare::compare(earlier.answers, later.map_or(&subject.answers, |later| later.answers));
    document.facts.push(Pair::new("Answers that differ", &differences.len().to_string()));
    document.heading(1, "Changes");
    if differences.is_empty() {
        document.text("Nothing differs.");
    }
    let mut part = None;
    for difference in &differences {
        if part != Some(difference.place.part) {
            document.heading(2, subject.part_title(difference.place.part));
            part = Some(difference.place.part);
        }
        let field = subject.template.field(&difference.place.field);
        document.heading(3, field.map_or(difference.place.field.as_str(), |field| &field.label));
        let now = subject.bundle.fields.iter().find(|field| field.place == difference.place);
        let mark = Mark {
            author: now
                .map(|field| format!("{}, {}", subject.person(field.by), subject.bundle.organisation(field.organisation)))
                .unwrap_or_default(),
            at: now.map_or(made_at, |field| field.at),
        };
        let labels = field.map(|field| field.labels()).unwrap_or_default();
        for text in marked(&difference.segments(&labels), &mark) {
            document.push(Block::Paragraph(text));
        }
    }
    document
}

/// Segments as paragraphs, one for each line.
pub fn marked(segments: &[Segment], mark: &Mark) -> Vec<Text> {
    let mut paragraphs = vec![Text::default()];
    for segment in segments {
        let fate = match segment.kind {
            Kind::Same => Fate::Same,
            Kind::Added => Fate::Added(mark.clone()),
            Kind::Removed => Fate::Removed(mark.clone()),
        };
        for (at, line) in segment.text.split('\n').enumerate() {
            if at > 0 {
                paragraphs.push(Text::default());
            }
            if let Some(last) = paragraphs.pop() {
                paragraphs.push(last.and(line, fate.clone()));
            }
        }
    }
    paragraphs.retain(|text| !text.is_blank());
    paragraphs
}
