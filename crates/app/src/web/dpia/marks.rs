//! Words that were added and removed, as templates mark them: with a hidden word as well as colour.

use domain::dpia::compare::{Kind, Segment, segments};
use serde::Serialize;

/// A stretch of text for the macro `marked`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// `same`, `added` or `removed`.
    pub kind: &'static str,
    /// Its words.
    pub text: String,
}

fn mark(segment: Segment) -> Mark {
    let kind = match segment.kind {
        Kind::Same => "same",
        Kind::Added => "added",
        Kind::Removed => "removed",
    };
    Mark { kind, text: segment.text }
}

/// Both texts in one: removed and added words where they stood.
#[must_use]
pub fn both(older: &str, newer: &str) -> Vec<Mark> {
    segments(older, newer).into_iter().map(mark).collect()
}

/// The older text, its removed words marked.
#[must_use]
pub fn older(segments: &[Segment]) -> Vec<Mark> {
    segments.iter().filter(|segment| segment.kind != Kind::Added).cloned().map(mark).collect()
}

/// The newer text, its added words marked.
#[must_use]
pub fn newer(segments: &[Segment]) -> Vec<Mark> {
    segments.iter().filter(|segment| segment.kind != Kind::Removed).cloned().map(mark).collect()
}
