//! Two states of an assessment, field by field, with the words that were added and removed marked: as Word's tracked changes in a
//! DOCX, in words as well as colour in a PDF.

use super::{Subject, party_role};
use documents::document::{Block, Document, Fate, Mark, Pair, Text};
use domain::dpia::{
    assessment::PartyRole,
    compare::{self, ItemDifference, Kind, Segment},
    place::{Part, Place},
    risk::Matrix,
    version::Snapshot,
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A state to compare with: what it is called, and what it said.
pub struct Earlier<'a> {
    /// Its name, for instance 'Version 2' or 'What you saw on 3 December 2019'.
    pub name: &'a str,
    /// What it said.
    pub content: &'a Snapshot,
}

/// A part of the template that is on in one state and off in the other.
pub struct Switched {
    /// Its title.
    pub title: String,
    /// It is on in the later state.
    pub on: bool,
    /// Who switched it, for whom; nothing where that is not known.
    pub who: String,
    /// When, milliseconds of UTC.
    pub at: Option<i64>,
    /// Why it was switched off.
    pub reasons: String,
}

/// Who wrote what the later state holds, in words, and when (milliseconds of UTC); what is not known is absent.
#[derive(Default)]
pub struct Written {
    /// Of answers.
    pub answers: BTreeMap<Place, (String, i64)>,
    /// Of risks and measures.
    pub items: BTreeMap<Uuid, (String, i64)>,
}

/// The document: from an earlier state to a later one. Each change carries who wrote what the later state holds, and when, as
/// `written` has it. `gone` says what questions were called that the template has no more.
#[must_use]
pub fn paper(
    subject: &Subject<'_>,
    earlier: &Earlier<'_>,
    later: &Earlier<'_>,
    switched: &[Switched],
    written: &Written,
    gone: &BTreeMap<String, String>,
    made_at: i64,
) -> Document {
    let mut document = subject.front("Changes to the assessment", made_at);
    document.facts.push(Pair::new("Compared with", earlier.name));
    document.facts.push(Pair::new("Up to", later.name));
    let differences = compare::compare(&earlier.content.answers, &later.content.answers);
    let items = items(earlier.content, later.content, &subject.template.matrix);
    document.facts.push(Pair::new("Answers that differ", &differences.len().to_string()));
    document.facts.push(Pair::new("Risks and measures that differ", &items.len().to_string()));
    if !switched.is_empty() {
        document.facts.push(Pair::new("Parts of the template switched", &switched.len().to_string()));
    }
    let joined = compare::parties::compare(&earlier.content.parties, &later.content.parties);
    if !joined.is_empty() {
        document.facts.push(Pair::new("Organisations that joined, left or are something else to it", &joined.len().to_string()));
    }
    document.heading(1, "Changes");
    let renamed = earlier.content.title != later.content.title;
    if differences.is_empty() && items.is_empty() && switched.is_empty() && joined.is_empty() && !renamed {
        document.text("Nothing differs.");
    }
    if renamed {
        document.heading(2, "Title");
        let segments = compare::segments(&earlier.content.title, &later.content.title);
        for text in marked(&segments, &Mark { author: String::new(), at: made_at }) {
            document.push(Block::Paragraph(text));
        }
    }
    parties(&mut document, subject, &joined, made_at);
    parts(&mut document, switched, made_at);
    let mut part = None;
    for difference in &differences {
        if part != Some(difference.place.part) {
            document.heading(2, subject.part_title(difference.place.part));
            part = Some(difference.place.part);
        }
        let field = subject.template.field(&difference.place.field);
        let taken_out = || gone.get(&difference.place.field).map_or(difference.place.field.as_str(), String::as_str);
        document.heading(3, field.map_or_else(taken_out, |field| &field.label));
        let mark = mark(written.answers.get(&difference.place), made_at);
        let labels = field.map(|field| field.labels()).unwrap_or_default();
        for text in marked(&difference.segments(&labels), &mark) {
            document.push(Block::Paragraph(text));
        }
    }
    let mut under = "";
    for (kind, item) in &items {
        if under != *kind {
            document.heading(2, *kind);
            under = *kind;
        }
        let title = |said: &Option<BTreeMap<String, String>>| said.as_ref().and_then(|said| said.get("title")).cloned();
        document.heading(3, title(&item.newer).or_else(|| title(&item.older)).unwrap_or_default());
        let mark = mark(written.items.get(&item.id), made_at);
        for (property, segments) in item.properties() {
            document.text(&format!("{}:", property.replace('-', " ")));
            for text in marked(&segments, &mark) {
                document.push(Block::Paragraph(text));
            }
        }
    }
    document
}

/// Who joined, left, or is something else to the processing: each as a tracked change, and in words.
fn parties(document: &mut Document, subject: &Subject<'_>, changes: &[compare::parties::Change], made_at: i64) {
    if changes.is_empty() {
        return;
    }
    document.heading(2, "Who takes part");
    for one in changes {
        document.heading(3, subject.bundle.organisation(one.organisation));
        let mark = Mark { author: String::new(), at: one.at.unwrap_or(made_at) };
        let role = |role: Option<PartyRole>| role.map_or("Takes no part", party_role);
        let (was, is) = (role(one.before), role(one.after));
        let text = Text::default().and(was, Fate::Removed(mark.clone())).and(is, Fate::Added(mark));
        document.push(Block::Paragraph(text));
        let how = match (one.before, one.after) {
            (None, _) => "Joined",
            (_, None) => "Left",
            _ => continue,
        };
        let when = one.at.map(|at| format!(" on {}", crate::web::words::instant(at))).unwrap_or_default();
        document.text(&format!("{how}{when}."));
    }
}

/// Whose change it is: without an author, and of the day on which the document is made, where that is not known.
fn mark(written: Option<&(String, i64)>, made_at: i64) -> Mark {
    written.map_or_else(|| Mark { author: String::new(), at: made_at }, |(author, at)| Mark { author: author.clone(), at: *at })
}

/// The parts of the template that were switched on or off: each as a tracked change of who did it, and in words.
fn parts(document: &mut Document, switched: &[Switched], made_at: i64) {
    if switched.is_empty() {
        return;
    }
    document.heading(2, "Parts of the template");
    for one in switched {
        document.heading(3, one.title.clone());
        let mark = Mark { author: one.who.clone(), at: one.at.unwrap_or(made_at) };
        let (was, is) = if one.on { ("Off", "On") } else { ("On", "Off") };
        let text = Text::default().and(was, Fate::Removed(mark.clone())).and(is, Fate::Added(mark));
        document.push(Block::Paragraph(text));
        let how = if one.on { "Switched on" } else { "Switched off" };
        let when = one.at.map(|at| format!(" on {}", crate::web::words::instant(at))).unwrap_or_default();
        let who = if one.who.is_empty() { String::new() } else { format!(" by {}", one.who) };
        document.text(&format!("{how}{who}{when}."));
        if !one.reasons.is_empty() {
            document.text(&one.reasons);
        }
    }
}

/// The risks and measures that differ, with what they are.
fn items(earlier: &Snapshot, later: &Snapshot, matrix: &Matrix) -> Vec<(&'static str, ItemDifference)> {
    let risks = compare::items(&earlier.risks_in_words(None, matrix), &later.risks_in_words(None, matrix));
    let measures = |content: &Snapshot| -> Vec<_> {
        let parts: BTreeSet<Part> = content.risks.iter().map(|risk| risk.part).chain([Part::Shared]).collect();
        parts.into_iter().flat_map(|part| content.measures_as_far_as(part)).collect()
    };
    let measures = compare::items(&measures(earlier), &measures(later));
    risks.into_iter().map(|one| ("Risks", one)).chain(measures.into_iter().map(|one| ("Measures", one))).collect()
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
