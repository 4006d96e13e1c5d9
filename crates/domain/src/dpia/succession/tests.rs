//! Moving to a new version of a template loses no word, and older states are compared at the newer version's places.

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
    static READ: std::sync::LazyLock<Library> =
        std::sync::LazyLock::new(|| Library::read(&[("o.yaml", OPTIONS), ("1.yaml", SMALL), ("2.yaml", &next_text())]).unwrap());
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
        stated: false,
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
    assert!(!plan.differences.is_empty());
    let mut moved = whole.clone();
    moved.fields = fields;
    let library = library();
    let aside: Vec<_> =
        kept_aside(&moved, library.template(&edition("2.0.0")).unwrap()).map(|field| field.place.field.as_str()).collect();
    assert!(aside.contains(&"contact"), "{aside:?}");
}

#[test]
fn what_hangs_on_a_question_goes_with_it_also_where_nobody_has_answered() {
    let place = Place::shared;
    let went = plan(&library(), &whole(&[]), &edition("2.0.0"), writer()).unwrap();
    for (from, to) in [("purpose", "aims"), ("consent-how", "consent"), ("consent-record", "consent"), ("transfers", "abroad")] {
        assert_eq!(went.places.get(&place(from)), Some(&place(to)), "{from}");
    }
    assert!(!went.places.contains_key(&place("contact")) && !went.places.contains_key(&place("basis")), "dropped, or the same");
    assert!(went.fields.is_empty() && went.unchanged == 0);
    // What was answered and emptied has a history, which goes along; two do not go to one place.
    let emptied = whole(&[("purpose", None), ("consent-how", None), ("consent-record", None)]);
    let went = plan(&library(), &emptied, &edition("2.0.0"), writer()).unwrap();
    let now: BTreeSet<Place> = after(&emptied, &went).into_iter().map(|field| field.place).collect();
    assert_eq!(now, BTreeSet::from([place("aims"), place("consent"), place("consent-record")]));
    // With an answer that has no place in the new form stays what was said of it.
    let kept = whole(&[("transfers", Some("To Ireland, and nobody knows since when."))]);
    let went = plan(&library(), &kept, &edition("2.0.0"), writer()).unwrap();
    assert!(went.aside.iter().any(|aside| aside.place == place("transfers")), "{:?}", went.aside);
    assert!(!went.places.contains_key(&place("transfers")), "{:?}", went.places);
}

#[test]
fn a_section_that_is_no_more_leads_to_where_its_questions_are_now() {
    let text = next_text().replacen("  - id: first\n", "  - id: begin\n", 1).replacen("  - id: ours\n", "  - id: own\n", 1);
    let text = text.replacen("after: first", "after: begin", 1);
    let library = Library::read(&[("o.yaml", OPTIONS), ("1.yaml", SMALL), ("2.yaml", &text)]).unwrap();
    let went = plan(&library, &whole(&[]), &edition("2.0.0"), writer()).unwrap().sections;
    let went: Vec<(&str, Option<&str>)> = went.iter().map(|(from, to)| (from.as_str(), to.as_deref())).collect();
    assert_eq!(went, [("first", Some("begin")), ("ours", Some("own"))]);
    // Of one whose questions went to no other, nothing is left.
    let (small, later) = (library.template(&edition("1.0.0")).unwrap(), library.template(&edition("2.0.0")).unwrap());
    assert_eq!(sections_gone(small, later, &BTreeMap::new())["first"], None);
}

#[test]
fn an_older_state_is_compared_at_the_places_of_the_newer_version() {
    let library = library();
    let to = library.template(&edition("2.0.0")).unwrap();
    let said = |id: &str, text: &str| (Place::shared(id), Answer::Text(text.to_owned()));
    let older: Answers = [said("purpose", "To help"), said("contact", "A post")].into();
    let carried = carried(&library, &edition("1.0.0"), to, &older);
    assert_eq!(carried.get(&Place::shared("aims")), Some(&Answer::Text("To help".into())), "under its new id");
    assert!(!carried.contains_key(&Place::shared("purpose")));
    assert_eq!(carried.get(&Place::shared("contact")), Some(&Answer::Text("A post".into())), "what has no place is not lost");
    // What stands now has the same answer kept aside, and that is no answer of the newer version.
    let now: Answers = [said("aims", "To help"), said("contact", "A post")].into();
    let now = super::carried(&library, &edition("2.0.0"), to, &now);
    assert_eq!(now.keys().cloned().collect::<Vec<_>>(), [Place::shared("aims")]);
    let (field, by) = taken_out(&library, &edition("2.0.0"), "contact").unwrap();
    assert_eq!((field.label.as_str(), by), ("Contact", Some(&edition("2.0.0"))));
    assert!(taken_out(&library, &edition("2.0.0"), "never-asked").is_none());
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
