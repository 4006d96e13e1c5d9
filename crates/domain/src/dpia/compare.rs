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
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

pub mod parties;

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

/// A risk or a measure that differs; one of the two sides is missing where it is new or gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemDifference {
    /// Its id.
    pub id: Uuid,
    /// What the older state says of it: by property, in plain words.
    pub older: Option<BTreeMap<String, String>>,
    /// What the newer state says.
    pub newer: Option<BTreeMap<String, String>>,
}

impl ItemDifference {
    /// The properties that differ, each with the words that do.
    #[must_use]
    pub fn properties(&self) -> Vec<(&str, Vec<Segment>)> {
        let names: BTreeSet<&String> = self.older.iter().chain(&self.newer).flat_map(BTreeMap::keys).collect();
        let said = |map: &Option<BTreeMap<String, String>>, name: &str| {
            map.as_ref().and_then(|map| map.get(name)).cloned().unwrap_or_default()
        };
        names
            .into_iter()
            .map(|name| (name.as_str(), said(&self.older, name), said(&self.newer, name)))
            .filter(|(_, older, newer)| older != newer)
            .map(|(name, older, newer)| (name, segments(&older, &newer)))
            .collect()
    }
}

/// The risks or measures in which two states differ, in the newer's order; those that are gone come last.
#[must_use]
pub fn items(older: &[(Uuid, BTreeMap<String, String>)], newer: &[(Uuid, BTreeMap<String, String>)]) -> Vec<ItemDifference> {
    let find = |list: &[(Uuid, BTreeMap<String, String>)], id: Uuid| {
        list.iter().find(|(one, _)| *one == id).map(|(_, said)| said.clone())
    };
    let gone = older.iter().filter(|(id, _)| !newer.iter().any(|(one, _)| one == id));
    newer
        .iter()
        .chain(gone)
        .map(|(id, _)| ItemDifference { id: *id, older: find(older, *id), newer: find(newer, *id) })
        .filter(|difference| difference.older != difference.newer)
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
    fn risks_that_are_new_gone_or_different_are_told_by_property() {
        let risk = |id: u128, level: &str| {
            (Uuid::from_u128(id), [("title".to_owned(), format!("Risk {id}")), ("level".to_owned(), level.to_owned())].into())
        };
        let differences =
            items(&[risk(1, "high"), risk(2, "low"), risk(3, "low")], &[risk(2, "low"), risk(1, "medium"), risk(4, "low")]);
        let told: Vec<(u128, bool, bool)> =
            differences.iter().map(|one| (one.id.as_u128(), one.older.is_some(), one.newer.is_some())).collect();
        assert_eq!(told, [(1, true, true), (4, false, true), (3, true, false)]);
        assert_eq!(differences[0].properties().len(), 1);
        assert_eq!(differences[1].properties().len(), 2);
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
