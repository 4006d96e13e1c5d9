//! From an older version of a template to a newer one: the map says what was renamed, split, merged and dropped; every answer
//! finds its place or is kept aside. Nothing is lost, and what was changed is said.

mod map;

pub use map::{Dropped, Merged, Renamed, Spelling, Split, VersionMap};

use super::{
    super::{
        answer::{Answer, Answers},
        place::{Part, Place},
    },
    In, Template,
    convert::{Converted, convert},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// An answer that has no place in the new version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aside {
    /// Where it stood.
    pub place: Place,
    /// What stood there, unchanged.
    pub answer: Answer,
    /// Why it is kept aside.
    pub why: Why,
}

/// Why an answer is kept aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "why")]
pub enum Why {
    /// The new version drops the field, for this reason.
    Dropped {
        /// The reason.
        reason: String,
    },
    /// The new version has no such field, and the map does not say why.
    NoField,
    /// The field stands in the other part now: the shared body or the annex.
    OtherPart,
    /// Another answer took the place.
    Taken,
    /// The answer does not fit the field any more.
    DoesNotFit,
    /// The answer was put into the new form; this is what it was before.
    Reshaped,
}

/// What happened to answers that did not simply stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// From where.
    pub from: Vec<Place>,
    /// To where; for a split field, all new places, the first of which holds the answer.
    pub to: Vec<Place>,
    /// How.
    pub how: How,
}

/// How answers came to their new place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// The field has another id.
    Renamed,
    /// The field became several: someone should divide the answer.
    Split,
    /// Several fields became one.
    Merged,
    /// The field stayed, its kind, options or columns changed.
    Reshaped,
}

/// An assessment's answers under the new version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Migrated {
    /// The answers.
    pub answers: Answers,
    /// What has no place, or was another form before.
    pub aside: Vec<Aside>,
    /// What did not simply stay.
    pub moved: Vec<Moved>,
    /// How many answers stayed as they were, where they were.
    pub unchanged: usize,
}

/// Moves answers from one version of a template to the next. The map is the one of `new`; `old` gives the words for options
/// and columns where an answer becomes text.
#[must_use]
pub fn migrate(old: &Template, new: &Template, map: &VersionMap, answers: &Answers) -> Migrated {
    let mut run = Run { old, new, map, done: Migrated::default() };
    let mut merged = BTreeSet::new();
    for (place, answer) in answers {
        let id = place.field.as_str();
        if let Some(dropped) = map.dropped.iter().find(|dropped| dropped.field == id) {
            run.aside(place, answer, Why::Dropped { reason: dropped.why.clone() });
        } else if let Some((index, rule)) =
            map.merged.iter().enumerate().find(|(_, rule)| rule.from.iter().any(|from| from == id))
        {
            if merged.insert((place.part, index)) {
                run.merge(place.part, rule, answers);
            }
        } else if let Some(rule) = map.split.iter().find(|rule| rule.from == id) {
            let to: Vec<Place> = rule.to.iter().map(|to| place.part.at(to)).collect();
            let first = rule.to.first().map_or("", String::as_str);
            if run.put(place, answer, first).is_some() {
                run.done.moved.push(Moved { from: vec![place.clone()], to, how: How::Split });
            }
        } else if let Some(rule) = map.renamed.iter().find(|rule| rule.from == id) {
            if run.put(place, answer, &rule.to).is_some() {
                run.done.moved.push(Moved { from: vec![place.clone()], to: vec![place.part.at(&rule.to)], how: How::Renamed });
            }
        } else {
            match run.put(place, answer, id) {
                Some(false) => run.done.unchanged += 1,
                Some(true) => {
                    run.done.moved.push(Moved { from: vec![place.clone()], to: vec![place.clone()], how: How::Reshaped });
                }
                None => {}
            }
        }
    }
    run.done
}

struct Run<'a> {
    old: &'a Template,
    new: &'a Template,
    map: &'a VersionMap,
    done: Migrated,
}

impl Run<'_> {
    fn aside(&mut self, place: &Place, answer: &Answer, why: Why) {
        self.done.aside.push(Aside { place: place.clone(), answer: answer.clone(), why });
    }

    /// Puts an answer into a field of the new version: `None` when it had to be kept aside whole, else whether its form changed.
    fn put(&mut self, place: &Place, answer: &Answer, to: &str) -> Option<bool> {
        let Some((section, field)) = self.new.find(to) else {
            self.aside(place, answer, Why::NoField);
            return None;
        };
        if (section.part == In::Annex) != (place.part != Part::Shared) {
            self.aside(place, answer, Why::OtherPart);
            return None;
        }
        let target = place.part.at(to);
        if self.done.answers.contains_key(&target) {
            self.aside(place, answer, Why::Taken);
            return None;
        }
        let labels = self.old.field(&place.field).map(super::field::Field::labels).unwrap_or_default();
        match convert(&field.kind, &self.respelt(to, answer), &labels) {
            Converted::Whole(converted) => {
                let changed = converted != *answer;
                self.done.answers.insert(target, converted);
                Some(changed)
            }
            Converted::Lossy(converted) => {
                self.aside(place, answer, Why::Reshaped);
                self.done.answers.insert(target, converted);
                Some(true)
            }
            Converted::Not => {
                self.aside(place, answer, Why::DoesNotFit);
                None
            }
        }
    }

    /// The answer with the new ids of options and columns.
    fn respelt(&self, field: &str, answer: &Answer) -> Answer {
        let find =
            |list: &[Spelling]| list.iter().find(|spelling| spelling.field == field).map(|spelling| spelling.renamed.clone());
        let options = find(&self.map.options).unwrap_or_default();
        let columns = find(&self.map.columns).unwrap_or_default();
        let option = |id: &String| options.get(id).unwrap_or(id).clone();
        match answer {
            Answer::Choice(id) => Answer::Choice(option(id)),
            Answer::Many(ids) => Answer::Many(ids.iter().map(option).collect()),
            Answer::Rows(rows) => {
                let mut rows = rows.clone();
                for row in &mut rows {
                    // A column whose new id another cell of the row has already keeps its old id, and so nothing is written over.
                    let taken: BTreeSet<String> = row.cells.keys().cloned().collect();
                    row.cells = std::mem::take(&mut row.cells)
                        .into_iter()
                        .map(|(id, cell)| match columns.get(&id) {
                            Some(new) if !taken.contains(new) => (new.clone(), cell),
                            _ => (id, cell),
                        })
                        .collect();
                }
                Answer::Rows(rows)
            }
            other => other.clone(),
        }
    }

    fn merge(&mut self, part: Part, rule: &Merged, answers: &Answers) {
        let given: Vec<(Place, &Answer)> = rule
            .from
            .iter()
            .map(|from| part.at(from))
            .filter_map(|place| answers.get(&place).map(|answer| (place, answer)))
            .collect();
        let texts = matches!(self.new.field(&rule.to).map(|field| field.kind.as_str()), Some("text" | "long-text"));
        let combined = if texts { self.as_text(&given) } else { combine(&given) };
        let Some(combined) = combined else {
            // They cannot become one: the first that has a place takes it, the others are kept aside.
            let mut from = Vec::new();
            for (place, answer) in &given {
                if self.put(place, answer, &rule.to).is_some() {
                    from.push(place.clone());
                }
            }
            if !from.is_empty() {
                self.done.moved.push(Moved { from, to: vec![part.at(&rule.to)], how: How::Merged });
            }
            return;
        };
        // What is put in is made of all of them: if it finds no place, each of them is kept aside as it was.
        let aside = self.done.aside.len();
        let put = self.put(&given[0].0.clone(), &combined, &rule.to);
        let why = self.done.aside.get(aside).map(|kept| kept.why.clone());
        self.done.aside.truncate(aside);
        let reshaped = texts && given.iter().any(|(_, answer)| !matches!(answer, Answer::Text(_)));
        for (place, answer) in &given {
            match &why {
                Some(why) => self.aside(place, answer, why.clone()),
                None if reshaped && !matches!(answer, Answer::Text(_)) => self.aside(place, answer, Why::Reshaped),
                None => {}
            }
        }
        if put.is_some() {
            let from = given.into_iter().map(|(place, _)| place).collect();
            self.done.moved.push(Moved { from, to: vec![part.at(&rule.to)], how: How::Merged });
        }
    }

    /// Texts that follow each other, each under the label of its old field when there are several.
    fn as_text(&self, given: &[(Place, &Answer)]) -> Option<Answer> {
        let said: Vec<(String, String)> = given
            .iter()
            .filter(|(_, answer)| !answer.is_empty())
            .map(|(place, answer)| {
                let field = self.old.field(&place.field);
                let label = field.map_or(place.field.clone(), |field| field.label.clone());
                (label, answer.plain(&field.map(super::field::Field::labels).unwrap_or_default()))
            })
            .collect();
        Some(Answer::Text(match said.as_slice() {
            [(_, text)] => text.clone(),
            several => several.iter().map(|(label, text)| format!("{label}\n{text}")).collect::<Vec<_>>().join("\n\n"),
        }))
    }
}

/// Lists that follow each other without repeats, or what all say alike; nothing when they differ.
fn combine(given: &[(Place, &Answer)]) -> Option<Answer> {
    fn all<T: PartialEq + Clone>(lists: Vec<&Vec<T>>) -> Vec<T> {
        lists.into_iter().flatten().fold(Vec::new(), |mut all, one| {
            if !all.contains(one) {
                all.push(one.clone());
            }
            all
        })
    }
    macro_rules! lists {
        ($($kind:ident),*) => {$(
            let found: Vec<_> = given.iter().filter_map(|(_, answer)| if let Answer::$kind(list) = answer { Some(list) } else { None }).collect();
            if found.len() == given.len() { return Some(Answer::$kind(all(found))); }
        )*};
    }
    lists!(Many, People, Organisations, Systems, Suppliers, Rows);
    let (_, first) = given.first()?;
    given.iter().all(|(_, answer)| answer == first).then(|| (*first).clone())
}
