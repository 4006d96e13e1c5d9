//! Any two states of an assessment, field by field, with the words that differ.
//!
//! Two versions, a version and the working text, or what stood when somebody last looked and what stands now: each is a map of
//! answers, and [`compare`] says what lies between. Sentences for people are made by the pages.

use super::{
    answer::{Answer, Answers, Labels},
    merge::words::{hunks, tokens},
    place::Place,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A stretch of a text beside its other version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// What became of it.
    pub kind: Kind,
    /// Its words.
    pub text: String,
}

/// What became of a stretch of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// In both.
    Same,
    /// Only in the older.
    Removed,
    /// Only in the newer.
    Added,
}

/// Where two texts differ, word by word: removed words come before the words that took their place.
#[must_use]
pub fn segments(older: &str, newer: &str) -> Vec<Segment> {
    let (old, new) = (tokens(older), tokens(newer));
    let mut segments = Vec::new();
    let mut push = |kind, tokens: &[&str]| {
        if !tokens.is_empty() {
            segments.push(Segment { kind, text: tokens.concat() });
        }
    };
    let mut at = 0;
    for hunk in hunks(&old, &new) {
        push(Kind::Same, &old[at..hunk.old.start]);
        push(Kind::Removed, &old[hunk.old.clone()]);
        push(Kind::Added, &new[hunk.new.clone()]);
        at = hunk.old.end;
    }
    push(Kind::Same, &old[at..]);
    segments
}

/// One field that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The field.
    pub place: Place,
    /// What the older state says; none for nothing.
    pub older: Option<Answer>,
    /// What the newer state says; none for nothing.
    pub newer: Option<Answer>,
}

impl Difference {
    /// The words that differ, of the answers as plain text under the field's labels.
    #[must_use]
    pub fn segments(&self, labels: &Labels) -> Vec<Segment> {
        let plain = |answer: &Option<Answer>| answer.as_ref().map(|answer| answer.plain(labels)).unwrap_or_default();
        segments(&plain(&self.older), &plain(&self.newer))
    }
}

/// The fields in which two states differ, in the order of their places. An empty answer is no answer.
#[must_use]
pub fn compare(older: &Answers, newer: &Answers) -> Vec<Difference> {
    let said = |answers: &Answers, place: &Place| answers.get(place).filter(|answer| !answer.is_empty()).cloned();
    let places: BTreeSet<&Place> = older.keys().chain(newer.keys()).collect();
    places
        .into_iter()
        .filter_map(|place| {
            let (older, newer) = (said(older, place), said(newer, place));
            (older != newer).then(|| Difference { place: place.clone(), older, newer })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spelt(older: &str, newer: &str) -> String {
        segments(older, newer)
            .into_iter()
            .map(|segment| match segment.kind {
                Kind::Same => segment.text,
                Kind::Removed => format!("[-{}-]", segment.text),
                Kind::Added => format!("[+{}+]", segment.text),
            })
            .collect()
    }

    #[test]
    fn changed_words_are_marked_whole_and_neighbours_together() {
        assert_eq!(spelt("Kept for 24 months.", "Kept for 36 months."), "Kept for [-24-][+36+] months.");
        assert_eq!(spelt("Kept for two years.", "Kept for thirty months."), "Kept for [-two years-][+thirty months+].");
        assert_eq!(spelt("", "New."), "[+New.+]");
        assert_eq!(spelt("Same.", "Same."), "Same.");
        assert_eq!(
            spelt("The service ends.", "The service ends, to match the schedule."),
            "The service ends[+, to match the schedule+]."
        );
    }

    #[test]
    fn fields_that_differ_come_in_order_and_empty_is_no_answer() {
        let text = |text: &str| Answer::Text(text.to_owned());
        let older: Answers =
            [(Place::shared("a"), text("A")), (Place::shared("b"), text("B")), (Place::shared("c"), text(" "))].into();
        let newer: Answers = [(Place::shared("b"), text("B")), (Place::shared("d"), text("D"))].into();
        let differences = compare(&older, &newer);
        let places: Vec<String> = differences.iter().map(|difference| difference.place.to_string()).collect();
        assert_eq!(places, ["shared/a", "shared/d"]);
        assert_eq!((&differences[0].older, &differences[0].newer), (&Some(text("A")), &None));
    }

    proptest! {
        #[test]
        fn segments_are_both_texts(older in "[a-c .,\n]{0,40}", newer in "[a-c .,\n]{0,40}") {
            let segments = segments(&older, &newer);
            let without = |kind| segments.iter().filter(|segment| segment.kind != kind).map(|segment| segment.text.as_str()).collect::<String>();
            prop_assert_eq!(without(Kind::Added), older);
            prop_assert_eq!(without(Kind::Removed), newer);
        }
    }
}
