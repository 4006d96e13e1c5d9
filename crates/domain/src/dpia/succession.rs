//! An assessment moves to a new version of its template: what becomes of each answer, and of what hangs on it. The owner sees all
//! of it before agreeing. Nothing is lost: an answer that has no place any more stays where it stood, kept aside, and one whose
//! form changed has what it said before in its history.

use super::{
    answer::{Answer, Answers},
    assessment::Assessment,
    edit::{FieldState, Writer},
    library::Library,
    place::Place,
    template::{
        Edition, Template,
        compare::{Difference, compare},
        migrate::{self, Aside, How, Moved, Why},
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
    /// The new place of each field that has another, for what hangs on it: comments, recommendations, tasks, files.
    pub places: BTreeMap<Place, Place>,
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
    let places = fields
        .iter()
        .filter_map(|after| {
            whole
                .fields
                .iter()
                .find(|before| before.id == after.id && before.place != after.place)
                .map(|before| (before.place.clone(), after.place.clone()))
        })
        .collect();
    let answered = whole.fields.iter().filter(|field| field.answer.is_some()).count();
    let touched: BTreeSet<&Place> =
        run.moved.iter().flat_map(|moved| &moved.from).chain(run.aside.iter().map(|aside| &aside.place)).collect();
    Ok(Plan {
        to: to.clone(),
        unchanged: answered.saturating_sub(touched.len()),
        fields,
        places,
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

struct Run {
    records: BTreeMap<Place, (Place, Option<Answer>)>,
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
        self.moved.extend(done.moved);
        self.aside.extend(done.aside);
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

/// Whether something of a plan asks for a person's eye: an answer to divide, one kept aside, one whose form changed.
#[must_use]
pub fn asks_for_a_look(plan: &Plan) -> bool {
    !plan.aside.is_empty() || plan.moved.iter().any(|moved| matches!(moved.how, How::Split | How::Merged | How::Reshaped))
}

/// The words of why an answer is kept aside, where the new version gives a reason.
#[must_use]
pub fn reason(why: &Why) -> Option<&str> {
    if let Why::Dropped { reason } = why { Some(reason) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        dpia::{
            access::Sight,
            assessment::tests::{assessment, organisation, person},
            library::Library,
            template::tests::{
                SMALL,
                migrating::{OPTIONS, next_text},
            },
        },
        people::PersonId,
    };
    use proptest::prelude::*;
    use uuid::Uuid;

    fn library() -> Library {
        static READ: std::sync::LazyLock<Library> = std::sync::LazyLock::new(|| {
            Library::read(&[("o.yaml", OPTIONS), ("1.yaml", SMALL), ("2.yaml", &next_text())]).unwrap()
        });
        READ.clone()
    }

    fn edition(version: &str) -> Edition {
        Edition { urn: "urn:example:dpia:small".to_owned(), version: version.to_owned() }
    }

    fn writer() -> Writer {
        Writer { person: person(10), organisation: organisation(1), at: 5 }
    }

    fn whole(answers: &[(&str, Option<&str>)]) -> Whole {
        let mut assessment = assessment();
        assessment.template = edition("1.0.0");
        let field = |(number, (id, text)): (usize, &(&str, Option<&str>))| FieldState {
            id: Uuid::from_u128(number as u128 + 1),
            assessment: assessment.id,
            place: Place::shared(id),
            version: 1,
            answer: text.map(|text| Answer::Text(text.to_owned())),
            complete: true,
            by: PersonId(Uuid::from_u128(20)),
            organisation: organisation(1),
            at: 0,
            how: crate::dpia::edit::How::Saved,
            writers: BTreeSet::new(),
            contenders: vec![],
            updated_at: 0,
        };
        Whole {
            sight: Sight::All,
            screening: None,
            fields: answers.iter().enumerate().map(field).collect(),
            assessment,
            risks: vec![],
            measures: vec![],
            comments: vec![],
            recommendations: vec![],
            signatures: vec![],
            consultations: vec![],
            versions: vec![],
            frozen_text: None,
            holders: vec![],
        }
    }

    /// The fields after the plan was carried out.
    fn after(whole: &Whole, plan: &Plan) -> Vec<FieldState> {
        let mut fields = whole.fields.clone();
        for field in &mut fields {
            if let Some(moved) = plan.fields.iter().find(|one| one.id == field.id) {
                *field = moved.clone();
            }
        }
        fields
    }

    #[test]
    fn answers_go_with_their_records_and_what_has_no_place_stays_aside() {
        let whole = whole(&[
            ("purpose", Some("To help")),
            ("consent-how", Some("A box")),
            ("consent-record", Some("In the file")),
            ("contact", Some("A post")),
        ]);
        let plan = plan(&library(), &whole, &edition("2.0.0"), writer()).unwrap();
        let fields = after(&whole, &plan);
        let at = |id: &str| fields.iter().find(|field| field.place == Place::shared(id)).and_then(|field| field.answer.clone());
        assert_eq!(at("aims"), Some(Answer::Text("To help".into())));
        assert_eq!(fields[0].id, whole.fields[0].id, "the history goes along");
        assert_eq!((fields[0].version, fields[0].writers.len()), (2, 0), "whoever moves it has not written it");
        assert_eq!(at("contact"), Some(Answer::Text("A post".into())), "kept aside");
        assert_eq!(plan.places[&Place::shared("purpose")], Place::shared("aims"));
        assert!(asks_for_a_look(&plan) && !plan.differences.is_empty());
        let mut moved = whole.clone();
        moved.fields = fields;
        let library = library();
        let aside: Vec<_> =
            kept_aside(&moved, library.template(&edition("2.0.0")).unwrap()).map(|field| field.place.field.as_str()).collect();
        assert!(aside.contains(&"contact"), "{aside:?}");
    }

    #[test]
    fn it_is_refused_where_there_is_no_way_or_something_must_come_first() {
        let mut one = whole(&[("purpose", Some("x"))]);
        assert_eq!(plan(&library(), &one, &edition("1.0.0"), writer()), Err(Refusal::Here));
        assert_eq!(plan(&library(), &one, &edition("9.0.0"), writer()), Err(Refusal::NoWay));
        one.assessment.state = crate::dpia::assessment::State::Withdrawn;
        assert_eq!(plan(&library(), &one, &edition("2.0.0"), writer()), Err(Refusal::Closed));
        let library = library();
        assert!(!touched(&one.assessment, library.template(&edition("2.0.0")).unwrap()));
        one.assessment.state = crate::dpia::assessment::State::Live;
        assert!(touched(&one.assessment, library.template(&edition("2.0.0")).unwrap()));
        assert!(!touched(&one.assessment, library.template(&edition("1.0.0")).unwrap()));
    }

    proptest! {
        #[test]
        fn no_word_is_lost_and_no_two_records_stand_in_one_place(
            said in proptest::collection::btree_map(
                prop_oneof![Just("purpose"), Just("aims"), Just("outcomes"), Just("consent"), Just("consent-how"), Just("consent-record"), Just("contact"), Just("basis"), Just("processors")],
                proptest::option::of("[a-z]{4,9}"),
                0..9,
            )
        ) {
            let said: Vec<(&str, Option<&str>)> = said.iter().map(|(id, text)| (*id, text.as_deref())).collect();
            let whole = whole(&said);
            let plan = plan(&library(), &whole, &edition("2.0.0"), writer()).unwrap();
            let fields = after(&whole, &plan);
            let places: BTreeSet<&Place> = fields.iter().map(|field| &field.place).collect();
            prop_assert_eq!(places.len(), fields.len(), "{:?}", fields.iter().map(|field| field.place.to_string()).collect::<Vec<_>>());
            for (id, text) in said {
                let Some(text) = text else { continue };
                let stands = fields.iter().any(|field| field.answer.as_ref().is_some_and(|answer| format!("{answer:?}").contains(text)));
                let told = plan.aside.iter().any(|aside| format!("{:?}", aside.answer).contains(text));
                prop_assert!(stands || told, "{} is gone from {}", text, id);
            }
        }
    }
}
