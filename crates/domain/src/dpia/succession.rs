//! An assessment moves to a new version of its template: what becomes of each answer, and of what hangs on it. The owner sees all
//! of it before agreeing. Nothing is lost: an answer that has no place any more stays where it stood, kept aside, and one whose
//! form changed has what it said before in its history.

use super::{
    answer::{Answer, Answers},
    assessment::Assessment,
    edit::{FieldState, Writer},
    library::Library,
    place::{Part, Place},
    template::{
        Edition, In, Section, Template,
        compare::{Difference, compare},
        field::Field,
        migrate::{self, Aside, Moved, Why},
    },
    whole::Whole,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Why an assessment cannot be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// It is written with that version already.
    Here,
    /// No chain of maps leads from its version to that one.
    NoWay,
    /// Texts clash: they are settled first, since both must find their place.
    Clash,
    /// It is closed, or a record of one made elsewhere.
    Closed,
}

/// What happens when an assessment moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The version it moves to.
    pub to: Edition,
    /// The fields that change: with their new place and answer.
    pub fields: Vec<FieldState>,
    /// The new place of each question that has another, answered or not, for what hangs on it: comments, recommendations, tasks,
    /// files, drafts.
    pub places: BTreeMap<Place, Place>,
    /// The sections that are no more, with the one in which the first of their questions stands now; none where none of them is asked
    /// any more. What is asked of people there, and what guests were invited to, goes along.
    pub sections: BTreeMap<String, Option<String>>,
    /// What did not simply stay.
    pub moved: Vec<Moved>,
    /// What has no place, or had another form.
    pub aside: Vec<Aside>,
    /// How many answers stay as they are.
    pub unchanged: usize,
    /// The modules that are on and that the new version has.
    pub modules: Vec<String>,
    /// What is different between the two versions.
    pub differences: Vec<Difference>,
}

/// Whether an assessment is one that a new version touches: it is worked on or in use, with an older version of that template.
#[must_use]
pub fn touched(assessment: &Assessment, to: &Template) -> bool {
    let live = !assessment.state.is_closed() && assessment.state != super::assessment::State::Recorded;
    live && assessment.template.urn == to.edition.urn
        && super::library::order(&assessment.template.version) < super::library::order(&to.edition.version)
}

/// What would happen to an assessment.
///
/// # Errors
/// See [`Refusal`].
pub fn plan(library: &Library, whole: &Whole, to: &Edition, writer: Writer) -> Result<Plan, Refusal> {
    let from = &whole.assessment.template;
    if from == to {
        return Err(Refusal::Here);
    }
    if whole.assessment.state.is_closed() || whole.assessment.state == super::assessment::State::Recorded {
        return Err(Refusal::Closed);
    }
    if whole.fields.iter().any(FieldState::clashes) {
        return Err(Refusal::Clash);
    }
    let steps = library.steps(from, to).filter(|steps| !steps.is_empty()).ok_or(Refusal::NoWay)?;
    let (Some((first, _)), Some((_, last))) = (steps.first(), steps.last()) else { return Err(Refusal::NoWay) };
    let mut run = Run {
        // Where each record stands and what it says, by its first place.
        records: whole.fields.iter().map(|field| (field.place.clone(), (field.place.clone(), field.answer.clone()))).collect(),
        hanging: asked(whole, first),
        moved: Vec::new(),
        aside: Vec::new(),
    };
    for (old, new) in &steps {
        run.step(old, new);
    }
    let version = to.version.as_str();
    let fields: Vec<FieldState> = whole
        .fields
        .iter()
        .filter_map(|field| {
            let (place, answer) = run.records.get(&field.place)?;
            (*place != field.place || *answer != field.answer)
                .then(|| field.moved_on(writer, place.clone(), answer.clone(), version))
        })
        .collect();
    let mut places: BTreeMap<Place, Place> = fields
        .iter()
        .filter_map(|after| {
            whole
                .fields
                .iter()
                .find(|before| before.id == after.id && before.place != after.place)
                .map(|before| (before.place.clone(), after.place.clone()))
        })
        .collect();
    let sections = sections_gone(first, last, &run.hanging);
    places.extend(run.hanging.into_iter().filter(|(before, now)| before != now));
    let answered = whole.fields.iter().filter(|field| field.answer.is_some()).count();
    let touched: BTreeSet<&Place> =
        run.moved.iter().flat_map(|moved| &moved.from).chain(run.aside.iter().map(|aside| &aside.place)).collect();
    Ok(Plan {
        to: to.clone(),
        unchanged: answered.saturating_sub(touched.len()),
        fields,
        places,
        sections,
        moved: run.moved,
        aside: run.aside,
        modules: whole.assessment.modules.iter().filter(|id| last.module(id).is_some()).cloned().collect(),
        differences: compare(first, last),
    })
}

/// The answers that stand where the template has no field: kept aside when the assessment moved.
pub fn kept_aside<'a>(whole: &'a Whole, template: &'a Template) -> impl Iterator<Item = &'a FieldState> {
    whole.fields.iter().filter(|field| field.answer.is_some() && template.field(&field.place.field).is_none())
}

/// A question that a version of a template has no more: as the last version that had it asks it, and the version that took it out.
/// `edition` is the version that is written with now.
#[must_use]
pub fn taken_out<'a>(library: &'a Library, edition: &Edition, field: &str) -> Option<(&'a Field, Option<&'a Edition>)> {
    let id = field.split_once("-aside-").map_or(field, |(id, _)| id);
    let mut versions: Vec<&Template> = library
        .templates
        .iter()
        .filter(|one| one.edition.urn == edition.urn)
        .filter(|one| super::library::order(&one.edition.version) <= super::library::order(&edition.version))
        .collect();
    versions.sort_by_key(|one| std::cmp::Reverse(super::library::order(&one.edition.version)));
    let at = versions.iter().position(|one| one.field(id).is_some())?;
    let after = at.checked_sub(1).and_then(|at| versions.get(at)).map(|one| &one.edition);
    Some((versions.get(at)?.field(id)?, after))
}

/// What a state of an assessment said, at the places that a later version of the template has for it. What has none stays where
/// it stood, if nothing stands there. What that version keeps aside itself is left out: it is no answer of it.
#[must_use]
pub fn carried(library: &Library, from: &Edition, template: &Template, answers: &Answers) -> Answers {
    let known = |answers: &Answers| -> Answers {
        let kept = answers.iter().filter(|(place, _)| template.field(&place.field).is_some());
        kept.map(|(place, answer)| (place.clone(), answer.clone())).collect()
    };
    if *from == template.edition {
        return known(answers);
    }
    let Some(done) = library.migrate(from, &template.edition, answers) else { return answers.clone() };
    let mut carried = done.answers;
    for aside in done.aside.into_iter().filter(|aside| aside.why != Why::Reshaped) {
        carried.entry(aside.place).or_insert(aside.answer);
    }
    carried
}

/// The answers to an organisation's own fields that its overlay cannot lay on another version: they would be kept aside. Both
/// templates have the overlays of the assessment's controllers laid on.
pub fn without_their_overlay<'a>(
    whole: &'a Whole,
    now: &'a Template,
    next: &'a Template,
) -> impl Iterator<Item = &'a FieldState> {
    let own = |field: &&FieldState| now.field(&field.place.field).is_some_and(|field| field.only_for.is_some());
    whole.fields.iter().filter(own).filter(|field| field.answer.is_some() && next.field(&field.place.field).is_none())
}

/// The sections of a version that a later one has not, or has in another part, with where their first question went. `hanging` says
/// where each question is now.
fn sections_gone(first: &Template, last: &Template, hanging: &BTreeMap<Place, Place>) -> BTreeMap<String, Option<String>> {
    let gone = first.sections.iter().filter(|one| last.section(&one.id).is_none_or(|now| now.part != one.part));
    gone.map(|section| {
        let now = |field: &Field| {
            let place = hanging.iter().find(|(before, _)| before.field == field.id).map(|(_, now)| now)?;
            last.find(&place.field).filter(|(to, _)| to.part == section.part).map(|(to, _)| to.id.clone())
        };
        (section.id.clone(), section.fields.iter().find_map(now))
    })
    .collect()
}

/// Every place at which a template asks something of an assessment, or asked it of an organisation whose words stand there still.
fn asked(whole: &Whole, template: &Template) -> BTreeMap<Place, Place> {
    let mut parts: BTreeSet<Part> = whole.assessment.parts().collect();
    parts.extend(whole.fields.iter().map(|one| one.place.part));
    parts.extend(whole.comments.iter().map(|one| one.place.part));
    parts.extend(whole.recommendations.iter().map(|one| one.place.part));
    let here =
        |part: Part| template.fields().filter(move |(section, _)| fits(section, part)).map(move |(_, field)| part.at(&field.id));
    parts.into_iter().flat_map(here).map(|place| (place.clone(), place)).collect()
}

/// Whether a section stands in a part: the shared body, or an annex.
fn fits(section: &Section, part: Part) -> bool {
    (section.part == In::Annex) == (part != Part::Shared)
}

struct Run {
    records: BTreeMap<Place, (Place, Option<Answer>)>,
    /// Where what hangs on a question is now, by its first place.
    hanging: BTreeMap<Place, Place>,
    moved: Vec<Moved>,
    aside: Vec<Aside>,
}

impl Run {
    /// One version further.
    fn step(&mut self, old: &Template, new: &Template) {
        let Some(map) = &new.map_from else { return };
        self.make_room(old, new);
        // What the older version kept aside already is no answer of it any more, and stays where it is.
        let answers: Answers = self
            .records
            .values()
            .filter(|(place, _)| old.field(&place.field).is_some())
            .filter_map(|(place, answer)| Some((place.clone(), answer.clone()?)))
            .collect();
        let done = migrate::migrate(old, new, map, &answers);
        // What was emptied says nothing that the map could move; its history goes with its question all the same.
        let empty: Vec<Place> =
            self.records.iter().filter(|(_, (_, answer))| answer.is_none()).map(|(first, _)| first.clone()).collect();
        let mut carried: BTreeSet<Place> = BTreeSet::new();
        let mut after: BTreeMap<Place, (Place, Option<Answer>)> = BTreeMap::new();
        let there: BTreeSet<Place> = self.records.values().map(|(place, _)| place.clone()).collect();
        let leaving: BTreeSet<&Place> = done
            .moved
            .iter()
            .filter(|moved| moved.to.first().is_some_and(|to| !moved.from.contains(to)))
            .filter_map(|moved| moved.from.first())
            .collect();
        for moved in &done.moved {
            let (Some(target), Some(first)) = (moved.to.first(), moved.from.first()) else { continue };
            // A record that stands there already, and stays, carries the answer on: no two can stand in one place.
            let carrier = if there.contains(target) && !leaving.contains(target) { target } else { first };
            if let Some(answer) = done.answers.get(target) {
                after.insert(carrier.clone(), (target.clone(), Some(answer.clone())));
                carried.insert(target.clone());
            }
        }
        for (place, answer) in self.records.values_mut() {
            if let Some((target, now)) = after.get(place) {
                (*place, *answer) = (target.clone(), now.clone());
            } else if new.field(&place.field).is_some()
                && (answer.is_some() || carried.contains(place))
                && done.answers.get(place) != answer.as_ref()
            {
                // The question stands, and what was said does not fit it, or went elsewhere: its history has it.
                *answer = None;
            }
        }
        // With an answer that is kept aside stays what hangs on it.
        let kept: BTreeSet<&Place> = done.aside.iter().filter(|one| one.why != Why::Reshaped).map(|one| &one.place).collect();
        let follows = |place: &Place| {
            let to = map.follows(&place.field).filter(|_| old.field(&place.field).is_some() && !kept.contains(place))?;
            new.find(to).filter(|(section, _)| fits(section, place.part))?;
            Some(place.part.at(to))
        };
        for place in self.hanging.values_mut() {
            if let Some(to) = follows(place) {
                *place = to;
            }
        }
        self.carry_empty(empty, follows);
        self.moved.extend(done.moved);
        self.aside.extend(done.aside);
    }

    /// Records without an answer go where their questions went, where nothing stands there.
    fn carry_empty(&mut self, mut empty: Vec<Place>, follows: impl Fn(&Place) -> Option<Place>) {
        loop {
            let taken: BTreeSet<&Place> = self.records.values().map(|(place, _)| place).collect();
            let free = |first: &Place| {
                let to = follows(&self.records.get(first)?.0)?;
                (!taken.contains(&to)).then_some(to)
            };
            let Some((at, to)) = empty.iter().enumerate().find_map(|(at, first)| Some((at, free(first)?))) else { return };
            if let Some((place, _)) = self.records.get_mut(&empty.swap_remove(at)) {
                *place = to;
            }
        }
    }
}

impl Run {
    /// What was kept aside earlier at an id that the new version uses again must not come to life under another question: it
    /// goes to an id beside it.
    fn make_room(&mut self, old: &Template, new: &Template) {
        let mut taken: BTreeSet<Place> = self.records.values().map(|(place, _)| place.clone()).collect();
        for (place, answer) in self.records.values_mut() {
            if answer.is_some() && old.field(&place.field).is_none() && new.field(&place.field).is_some() {
                let beside = (1..).map(|number| place.part.at(&format!("{}-aside-{number}", place.field)));
                if let Some(free) = beside.take(taken.len() + 1).find(|free| !taken.contains(free)) {
                    taken.insert(free.clone());
                    *place = free;
                }
            }
        }
    }
}

/// The words of why an answer is kept aside, where the new version gives a reason.
#[must_use]
pub fn reason(why: &Why) -> Option<&str> {
    if let Why::Dropped { reason } = why { Some(reason) } else { None }
}

#[cfg(test)]
mod tests;
