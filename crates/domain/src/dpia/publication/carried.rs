//! What an earlier publication decided, where the template has moved on since: each decision goes with its question. Else words that
//! were taken out would be public again under the question's new name.

use super::{Publication, Show};
use crate::dpia::{place::Place, template::Template};
use std::{collections::BTreeMap, mem};

impl Publication {
    /// It with its decisions at the places that later versions of its template have for them. `steps` are those versions, each with
    /// the one before.
    #[must_use]
    pub fn carried(mut self, steps: &[(&Template, &Template)]) -> Self {
        for (old, new) in steps {
            self.fields = step(mem::take(&mut self.fields), old, new);
        }
        self
    }
}

fn step(fields: BTreeMap<Place, Show>, old: &Template, new: &Template) -> BTreeMap<Place, Show> {
    let Some(map) = &new.map_from else { return fields };
    let mut after: BTreeMap<Place, Show> = BTreeMap::new();
    for (place, show) in fields {
        let known = old.field(&place.field).is_some();
        let split = map.split.iter().find(|rule| known && rule.from == place.field);
        let merged = known && map.merged.iter().any(|rule| rule.from.contains(&place.field));
        // That one of several is shown says nothing of the others that stand beside it now.
        if merged && show == Show::Whole {
            continue;
        }
        let to: Vec<&str> = match split {
            // Wherever the answer is put by hand later, its words stay taken out.
            Some(rule) => rule.to.iter().map(String::as_str).collect(),
            None => vec![map.follows(&place.field).filter(|_| known).unwrap_or(&place.field)],
        };
        for field in to {
            let at = place.part.at(field);
            let show = match after.remove(&at) {
                Some(there) => less(there, show.clone()),
                None => show.clone(),
            };
            after.insert(at, show);
        }
    }
    after
}

/// Of two decisions that meet in one answer, the one that shows less; of both, the words that each takes out.
fn less(one: Show, other: Show) -> Show {
    let rank = |show: &Show| match show {
        Show::Whole => 0,
        Show::LeftOut => 1,
        Show::Without { .. } => 2,
        Show::Removed { .. } => 3,
        Show::Unnamed { .. } => 4,
    };
    match (one, other) {
        (Show::Without { mut passages }, Show::Without { passages: more }) => {
            passages.extend(more);
            Show::Without { passages }
        }
        (one, other) if rank(&other) > rank(&one) => other,
        (one, _) => one,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpia::{
        publication::{Exemption, Passage},
        template::tests::{migrating::next_text, read, small},
    };

    #[test]
    fn a_decision_goes_with_its_question_to_a_later_version_of_the_template() {
        let (old, new) = (small(), read(&next_text()).unwrap());
        let reason = || "It names a street.".to_owned();
        let removed = Show::Removed { exemption: Exemption::PersonalInformation, reason: reason() };
        let without = |words: &str| {
            let words = words.to_owned();
            let passage = Passage { words, exemption: Exemption::PersonalInformation, reason: reason() };
            Show::Without { passages: vec![passage] }
        };
        let place = Place::shared;
        let fields = BTreeMap::from([
            (place("purpose"), removed.clone()),
            (place("consent-how"), without("Mill Lane")),
            (place("consent-record"), without("Ward 7")),
            (place("transfers"), Show::LeftOut),
            (place("basis"), Show::Whole),
        ]);
        let carried = step(fields, &old, &new);
        assert_eq!(carried.get(&place("aims")), Some(&removed), "renamed, and split");
        assert_eq!(carried.get(&place("outcomes")), Some(&removed));
        let Some(Show::Without { passages }) = carried.get(&place("consent")) else { panic!("{carried:?}") };
        let words: Vec<&str> = passages.iter().map(|one| one.words.as_str()).collect();
        assert_eq!(words, ["Mill Lane", "Ward 7"], "merged");
        assert_eq!((carried.get(&place("abroad")), carried.get(&place("basis"))), (Some(&Show::LeftOut), Some(&Show::Whole)));
        assert_eq!(carried.len(), 5);
        // One of two that become one was shown: that says nothing of the other.
        let shown = BTreeMap::from([(place("consent-how"), Show::Whole)]);
        assert!(step(shown, &old, &new).is_empty());
        assert_eq!(less(removed.clone(), without("Mill Lane")), removed);
    }
}
