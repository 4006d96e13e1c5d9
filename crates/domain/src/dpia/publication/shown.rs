//! A publication as the public sees it: which words are shown, and what stands where words were taken out.

use super::{Exemption, Passage, Publication, Rule, Show};
use crate::dpia::{
    answer::Answers,
    place::Place,
    seal::Seal,
    template::{Template, field::Sensitivity},
    version::Version,
};
use crate::register::ids::OrganisationId;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A stretch of a published answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Piece {
    /// Words that are shown.
    Shown {
        /// The words.
        text: String,
    },
    /// Words that were taken out.
    Gone {
        /// How many.
        words: usize,
        /// Under which exemption.
        exemption: Exemption,
        /// Why.
        reason: String,
    },
}

/// A field as the public sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// The field.
    pub place: Place,
    /// What is shown, and what was taken out, in order.
    pub pieces: Vec<Piece>,
}

impl Shown {
    /// Whether something was taken out.
    #[must_use]
    pub fn redacted(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Gone { .. }))
    }
}

impl Publication {
    /// Every field as the public sees it, in the order given; what is left out is absent. This is the only way from an
    /// assessment to the public.
    pub fn preview(&self, answers: &Answers, order: impl IntoIterator<Item = (Place, Rule)>) -> Vec<Shown> {
        order
            .into_iter()
            .filter_map(|(place, rule)| {
                let answer = answers.get(&place).filter(|answer| !answer.is_empty())?;
                if rule.sensitivity == Sensitivity::Confidential || self.resting.contains(&place) || !self.includes(place.part) {
                    return None;
                }
                let plain = answer.plain(&rule.labels);
                let pieces = match self.show(&place, &rule, answer) {
                    Show::LeftOut | Show::Unnamed { .. } => return None,
                    Show::Whole => vec![Piece::Shown { text: plain }],
                    Show::Removed { exemption, reason } => vec![Piece::Gone { words: count(&plain), exemption, reason }],
                    Show::Without { passages } => without(&plain, &passages),
                };
                Some(Shown { place, pieces })
            })
            .collect()
    }

    /// What is sealed and served as JSON: exactly what the public sees, and the version it shows. The first format had no questions
    /// and named nobody; what was sealed in it is served in it.
    #[must_use]
    pub fn content(&self, version: &Version, template: &Template, shown: &[Shown]) -> Value {
        let Some(listed) = &self.listed else {
            return json!({
                "format": "city-tools published assessment 1",
                "title": version.content.title,
                "summary": self.summary,
                "version": self.version,
                "sealed": self.sealed,
                "fields": shown,
            });
        };
        let fields: Vec<Value> = shown
            .iter()
            .map(|one| {
                let asked = template.find(&one.place.field);
                json!({
                    "place": one.place,
                    "section": asked.map(|(section, _)| &section.title),
                    "question": asked.map(|(_, field)| &field.label),
                    "pieces": one.pieces,
                })
            })
            .collect();
        let mut content = json!({
            "format": "city-tools published assessment 2",
            "title": listed.title,
            "summary": self.summary,
            "version": self.version,
            "parties": listed.parties,
            "systems": listed.systems,
            "sealed": self.sealed,
            "sealed_annexes": self.annexes_shown(version, shown),
            "fields": fields,
        });
        // Said only where there is something to say, so that what was sealed before this was told keeps its seal.
        let left_out = self.left_out(&version.content.answers);
        if !left_out.is_empty() {
            let said = left_out.into_iter().map(|(exemption, reason)| json!({ "exemption": exemption, "reason": reason }));
            content["left_out"] = said.collect();
        }
        content
    }

    /// The seals of the annexes of which something is shown: with the shared text's they tie it to what was signed.
    #[must_use]
    pub fn annexes_shown(&self, version: &Version, shown: &[Shown]) -> BTreeMap<OrganisationId, Seal> {
        let organisations = shown.iter().filter_map(|one| one.place.part.organisation());
        organisations.filter_map(|one| Some((one, *version.seals.annexes.get(&one)?))).collect()
    }

    /// The exemptions used, with where: the table at the foot of the page.
    #[must_use]
    pub fn exemptions(shown: &[Shown]) -> BTreeMap<Exemption, BTreeSet<&Place>> {
        let mut used: BTreeMap<Exemption, BTreeSet<&Place>> = BTreeMap::new();
        for field in shown {
            for piece in &field.pieces {
                if let Piece::Gone { exemption, .. } = piece {
                    used.entry(*exemption).or_default().insert(&field.place);
                }
            }
        }
        used
    }
}

fn count(text: &str) -> usize {
    text.split_whitespace().count()
}

/// Where the passages stand in a text: every occurrence of each, in order.
fn cuts<'a>(text: &'a str, passages: &'a [Passage]) -> Vec<(usize, usize, &'a Passage)> {
    let mut cuts: Vec<(usize, usize, &Passage)> = passages
        .iter()
        .filter(|passage| !passage.words.is_empty())
        .flat_map(|passage| {
            let mut from = 0;
            std::iter::from_fn(move || {
                let at = from + text.get(from..)?.find(&passage.words)?;
                // One character on, so that occurrences that overlap are found.
                from = at + text[at..].chars().next().map_or(1, char::len_utf8);
                Some((at, at + passage.words.len(), passage))
            })
        })
        .collect();
    cuts.sort_by_key(|(from, to, _)| (*from, std::cmp::Reverse(*to)));
    cuts
}

/// Where words stand in a text, whatever spaces and line ends are between them: each way in which they stand there, once. A page shows
/// a run of spaces as one, so that whoever copies words from it cannot know how many there are.
#[must_use]
pub fn stretches<'t>(text: &'t str, words: &str) -> Vec<&'t str> {
    let mut sought = words.split_whitespace();
    let Some(first) = sought.next() else { return Vec::new() };
    let mut found: Vec<&str> = Vec::new();
    for (from, _) in text.match_indices(first) {
        let end = sought.clone().try_fold(from + first.len(), |at, word| {
            let rest = &text[at..];
            let next = rest.trim_start();
            (next.len() < rest.len() && next.starts_with(word)).then(|| text.len() - next.len() + word.len())
        });
        if let Some(stretch) = end.map(|end| &text[from..end]).filter(|stretch| !found.contains(stretch)) {
            found.push(stretch);
        }
    }
    found
}

/// Two passages that share words of a text and do not go for the same reason: taken out as one, only one reason would be told.
pub(super) fn overlap<'a>(text: &'a str, passages: &'a [Passage]) -> Option<(&'a Passage, &'a Passage)> {
    let same = |one: &Passage, other: &Passage| one.exemption == other.exemption && one.reason.trim() == other.reason.trim();
    let mut reaches: Option<(usize, &Passage)> = None;
    for (from, to, passage) in cuts(text, passages) {
        reaches = match reaches {
            Some((end, before)) if from < end => {
                if !same(before, passage) {
                    return Some((before, passage));
                }
                Some(if to > end { (to, passage) } else { (end, before) })
            }
            _ => Some((to, passage)),
        };
    }
    None
}

/// A text with every occurrence of the passages taken out; of passages that overlap, all are.
pub(super) fn without(text: &str, passages: &[Passage]) -> Vec<Piece> {
    let mut joined: Vec<(usize, usize, &Passage)> = Vec::new();
    for (from, to, passage) in cuts(text, passages) {
        match joined.last_mut() {
            Some(last) if from < last.1 => last.1 = last.1.max(to),
            _ => joined.push((from, to, passage)),
        }
    }
    let mut pieces = Vec::new();
    let mut at = 0;
    for (from, to, passage) in joined {
        if from > at {
            pieces.push(Piece::Shown { text: text[at..from].to_owned() });
        }
        pieces.push(Piece::Gone { words: count(&text[from..to]), exemption: passage.exemption, reason: passage.reason.clone() });
        at = to;
    }
    if at < text.len() {
        pieces.push(Piece::Shown { text: text[at..].to_owned() });
    }
    pieces
}
