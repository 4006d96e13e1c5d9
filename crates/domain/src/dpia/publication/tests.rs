//! What the public sees, and what it never does.

use super::{shown::without, *};
use crate::dpia::{
    answer::{Answer, Answers},
    assessment::tests::{organisation, person},
    library,
    seal::Seals,
    template::{Purpose, Template},
    version::{Snapshot, Version},
};
use jiff::civil::date;
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

pub(super) fn publication() -> Publication {
    Publication {
        id: PublicationId(Uuid::from_u128(1)),
        assessment: AssessmentId(Uuid::from_u128(2)),
        version: VersionId(Uuid::from_u128(3)),
        sealed: Seal([7; 32]),
        fields: BTreeMap::new(),
        resting: BTreeSet::new(),
        annexes: None,
        listed: None,
        summary: "Sensors measure damp.".to_owned(),
        by: person(1),
        prepared_by: BTreeSet::new(),
        organisation: organisation(1),
        at: 0,
        stage: Stage::Preparing,
        updated_at: 0,
    }
}

pub(super) fn rule(sensitivity: Sensitivity) -> Rule {
    Rule { sensitivity, labels: Labels::default() }
}

fn passage(words: &str) -> Passage {
    Passage { words: words.to_owned(), exemption: Exemption::LawEnforcement, reason: "It would help an attacker.".to_owned() }
}

pub(super) const TEXT: &str = "Readings go to Leeds over a private line. Officers see a score.";

fn answers() -> Answers {
    ["purpose", "security", "contacts"].map(|field| (Place::shared(field), Answer::Text(TEXT.to_owned()))).into()
}

fn order() -> Vec<(Place, Rule)> {
    [("purpose", Sensitivity::Public), ("security", Sensitivity::Internal), ("contacts", Sensitivity::Confidential)]
        .map(|(field, sensitivity)| (Place::shared(field), rule(sensitivity)))
        .to_vec()
}

#[test]
fn public_fields_are_shown_internal_ones_by_decision_and_confidential_ones_never() {
    let mut publication = publication();
    let places = |publication: &Publication| {
        publication.preview(&answers(), order()).into_iter().map(|shown| shown.place.field).collect::<Vec<_>>()
    };
    assert_eq!(places(&publication), ["purpose"]);
    let answer = Answer::Text(TEXT.to_owned());
    publication.decide(&Place::shared("security"), Show::Whole, Some(&answer), &rule(Sensitivity::Internal), person(1)).unwrap();
    assert_eq!(places(&publication), ["purpose", "security"]);
    let (contacts, never) = (Place::shared("contacts"), rule(Sensitivity::Confidential));
    let confidential = publication.decide(&contacts, Show::Whole, Some(&answer), &never, person(1));
    assert_eq!(confidential, Err(Refusal::Confidential { place: Place::shared("contacts") }));
    // Not even when it slips in.
    publication.fields.insert(Place::shared("contacts"), Show::Whole);
    assert_eq!(places(&publication), ["purpose", "security"]);
}

#[test]
fn words_are_taken_out_counted_and_explained() {
    let mut publication = publication();
    let (place, answer) = (Place::shared("purpose"), Answer::Text(TEXT.to_owned()));
    let mut decide = |show| publication.decide(&place, show, Some(&answer), &rule(Sensitivity::Public), person(1));
    assert!(matches!(decide(Show::Without { passages: vec![passage("to Paris")] }), Err(Refusal::NotThere { .. })));
    assert_eq!(
        decide(Show::Without { passages: vec![Passage { reason: " ".to_owned(), ..passage("to Leeds") }] }),
        Err(Refusal::SayWhy)
    );
    decide(Show::Without { passages: vec![passage("to Leeds over a private line"), passage("Leeds over")] }).unwrap();
    let shown = publication.preview(&answers(), order());
    assert_eq!(
        shown[0].pieces,
        [
            Piece::Shown { text: "Readings go ".to_owned() },
            Piece::Gone { words: 6, exemption: Exemption::LawEnforcement, reason: "It would help an attacker.".to_owned() },
            Piece::Shown { text: ". Officers see a score.".to_owned() },
        ]
    );
    assert_eq!(Publication::exemptions(&shown)[&Exemption::LawEnforcement].len(), 1);
    assert!(!publication.content(&version(1, &[]), shipped(), &shown).to_string().contains("Leeds"));
    publication
        .decide(
            &place,
            Show::Removed { exemption: Exemption::CommercialInterests, reason: "Prices".to_owned() },
            Some(&answer),
            &rule(Sensitivity::Public),
            person(1),
        )
        .unwrap();
    assert!(matches!(publication.preview(&answers(), order())[0].pieces[..], [Piece::Gone { words: 12, .. }]));
}

#[test]
fn passages_that_overlap_go_together_only_for_one_and_the_same_reason() {
    let (place, answer) = (Place::shared("purpose"), Answer::Text(TEXT.to_owned()));
    let decide = |passages: Vec<Passage>| {
        publication().decide(&place, Show::Without { passages }, Some(&answer), &rule(Sensitivity::Public), person(1))
    };
    let other = |words: &str| Passage { exemption: Exemption::CommercialInterests, ..passage(words) };
    let why = |words: &str| Passage { reason: "Prices.".to_owned(), ..passage(words) };
    let overlap = |words: &str, other: &str| {
        let (words, other) = (words.to_owned(), other.to_owned());
        Err(Refusal::Overlap { place: place.clone(), words, other })
    };
    assert_eq!(decide(vec![passage("go to Leeds"), other("Leeds over")]), overlap("go to Leeds", "Leeds over"));
    // In whatever order they are named, and where one stands wholly in the other.
    assert_eq!(decide(vec![why("Leeds over"), passage("go to Leeds")]), overlap("go to Leeds", "Leeds over"));
    assert_eq!(decide(vec![other("Leeds"), passage("to Leeds over")]), overlap("to Leeds over", "Leeds"));
    assert_eq!(decide(vec![passage("go to"), passage("to Leeds"), why("Leeds over")]), overlap("to Leeds", "Leeds over"));
    // Side by side each keeps its own reason.
    assert_eq!(decide(vec![passage("go to "), other("Leeds"), why(" over")]), Ok(()));
}

#[test]
fn a_second_person_looks_at_exactly_what_is_published() {
    let mut publication = publication();
    let (content, place) = (json!({"x": 1}), Place::shared("purpose"));
    let (seen, signed) = (Some(seal::seal(&content)), Some(publication.version));
    assert_eq!(publication.publish(person(2), 5, signed, &content, seen), Err(Refusal::WrongStage));
    assert_eq!(publication.ask(None), Err(Refusal::NotSigned));
    publication.ask(signed).unwrap();
    assert_eq!(publication.publish(person(1), 5, signed, &content, seen), Err(Refusal::OwnWork));
    publication.decide(&place, Show::LeftOut, None, &rule(Sensitivity::Internal), person(1)).unwrap();
    assert_eq!(publication.publish(person(2), 5, signed, &content, seen), Err(Refusal::WrongStage));
    publication.ask(signed).unwrap();
    // What was looked at is what is published.
    for other in [None, Some(seal::seal(&json!({"x": 2})))] {
        assert_eq!(publication.publish(person(2), 5, signed, &content, other), Err(Refusal::Changed));
    }
    publication.publish(person(2), 5, signed, &content, seen).unwrap();
    assert!(publication.is_public());
    assert_eq!(publication.stage, Stage::Published { checked_by: person(2), at: 5, seal: seal::seal(&content) });
    assert_eq!(publication.withdraw(person(1), 6, " "), Err(Refusal::SayWhy));
    publication.withdraw(person(1), 6, "The sensors were taken out.").unwrap();
    assert!(!publication.is_public());
    let note = "The sensors were taken out.".to_owned();
    assert_eq!(publication.stage, Stage::Withdrawn { by: person(1), at: 6, note, published_at: Some(5) });
    assert_eq!(publication.withdraw(person(1), 6, "Again"), Err(Refusal::WrongStage));
}

#[test]
fn whoever_decided_an_answer_or_wrote_the_summary_does_not_publish_it() {
    let content = json!({"x": 1});
    let (seen, rule) = (Some(seal::seal(&content)), rule(Sensitivity::Public));
    type Does = fn(&mut Publication, &Rule);
    let deeds: [Does; 2] = [
        |publication, rule| publication.decide(&Place::shared("purpose"), Show::Whole, None, rule, person(2)).unwrap(),
        |publication, _| publication.summarise("Sensors measure damp and warmth.", person(2)).unwrap(),
    ];
    for does in deeds {
        let mut publication = publication();
        let signed = Some(publication.version);
        does(&mut publication, &rule);
        publication.ask(signed).unwrap();
        for own in [1, 2] {
            assert_eq!(publication.publish(person(own), 5, signed, &content, seen), Err(Refusal::OwnWork));
        }
        publication.publish(person(3), 5, signed, &content, seen).unwrap();
    }
    // To save the summary as it is changes nothing.
    let mut publication = publication();
    publication.summarise("Sensors measure damp.", person(2)).unwrap();
    assert!(!publication.prepared(person(2)));
}

#[test]
fn what_is_published_is_the_version_that_everybody_has_signed() {
    let mut publication = publication();
    let (content, other) = (json!({"x": 1}), Some(VersionId(Uuid::from_u128(99))));
    let seen = Some(seal::seal(&content));
    assert_eq!(publication.ask(other), Err(Refusal::OtherVersion));
    publication.ask(Some(publication.version)).unwrap();
    assert_eq!(publication.publish(person(2), 5, other, &content, seen), Err(Refusal::OtherVersion));
    assert_eq!(publication.publish(person(2), 5, None, &content, seen), Err(Refusal::NotSigned));
    assert_eq!(publication.stage, Stage::Checking);
}

#[test]
fn a_publication_of_before_who_prepared_it_was_kept_is_still_read() {
    let mut stored = serde_json::to_value(publication()).unwrap();
    let fields = stored.as_object_mut().unwrap();
    assert!(["prepared_by", "resting", "annexes", "listed"].iter().all(|field| !fields.contains_key(*field)));
    let withdrawn =
        serde_json::from_value::<Stage>(json!({ "stage": "withdrawn", "by": person(1), "at": 1, "note": "N" })).unwrap();
    assert!(matches!(withdrawn, Stage::Withdrawn { published_at: None, .. }));
    assert_eq!(serde_json::from_value::<Publication>(stored).unwrap(), publication());
}

pub(super) fn shipped() -> &'static Template {
    library::shipped().in_force(Purpose::Dpia, date(2026, 11, 23)).unwrap()
}

pub(super) fn version(number: u32, answers: &[(&str, Answer)]) -> Version {
    Version {
        id: VersionId(Uuid::from_u128(u128::from(number))),
        assessment: AssessmentId(Uuid::from_u128(2)),
        number,
        name: String::new(),
        frozen: true,
        content: Snapshot {
            title: "Damp".to_owned(),
            template: shipped().edition.clone(),
            modules: vec![],
            parties: vec![],
            answers: answers.iter().map(|(field, answer)| (Place::shared(field), answer.clone())).collect(),
            risks: vec![],
            measures: vec![],
        },
        seals: Seals { shared: Seal([7; 32]), annexes: BTreeMap::new() },
        routes: BTreeMap::new(),
        by: person(1),
        organisation: organisation(1),
        at: 0,
        stated: false,
    }
}

pub(super) fn begin(version: &Version, by: u128, before: Option<&Publication>) -> Publication {
    let new = Begin {
        id: PublicationId(Uuid::from_u128(50)),
        version,
        template: shipped(),
        screened: &BTreeMap::new(),
        systems: &[],
        parties: &version.content.parties,
        by: person(by),
        organisation: organisation(1),
        at: 9,
    };
    Publication::begin(new, before)
}

#[test]
fn what_was_taken_out_stays_out_when_a_newer_version_says_it_in_other_words() {
    let (place, public) = (Place::shared("aims"), rule(Sensitivity::Public));
    let text = |words: &str| Answer::Text(words.to_owned());
    let mut first = begin(&version(1, &[("aims", text(TEXT))]), 1, None);
    first.decide(&place, Show::Without { passages: vec![passage("to Leeds")] }, Some(&text(TEXT)), &public, person(2)).unwrap();
    first.stage = Stage::Published { checked_by: person(3), at: 5, seal: Seal([1; 32]) };
    let order = || [(place.clone(), public.clone())];

    let reworded = text("Readings go near Leeds over a private line.");
    let newer = version(2, &[("aims", reworded.clone())]);
    let mut second = begin(&newer, 4, Some(&first));
    assert_eq!((second.id.0.as_u128(), second.version, &second.stage), (50, newer.id, &Stage::Preparing));
    assert!(second.reworded(&place, &public, &reworded));
    let shown = second.preview(&newer.content.answers, order());
    assert!(matches!(&shown[0].pieces[..], [Piece::Gone { words: 8, exemption: Exemption::LawEnforcement, .. }]), "{shown:?}");
    // What was public has been looked at; whoever begins anew makes it their own.
    assert!(second.prepared(person(4)) && [1, 2, 3].iter().all(|who| !second.prepared(person(*who))));
    // Decided anew, it is shown again but for the words.
    second.decide(&place, Show::Without { passages: vec![passage("near Leeds")] }, Some(&reworded), &public, person(4)).unwrap();
    assert!(!second.reworded(&place, &public, &reworded));
    assert_eq!(second.preview(&newer.content.answers, order())[0].pieces.len(), 3);
    // Where the words stand as they did, the decision stands.
    let same = version(3, &[("aims", text("Readings go to Leeds."))]);
    assert_eq!(begin(&same, 1, Some(&first)).preview(&same.content.answers, order())[0].pieces.len(), 3);
}

#[test]
fn one_that_is_being_prepared_goes_on_with_the_newer_version_under_its_own_id() {
    let mut first = begin(&version(1, &[]), 1, None);
    (first.id, first.updated_at, first.stage) = (PublicationId(Uuid::from_u128(60)), 12, Stage::Checking);
    let second = begin(&version(2, &[]), 2, Some(&first));
    assert_eq!((second.id, second.updated_at, &second.stage), (first.id, 12, &Stage::Preparing));
    assert_eq!(second.version, VersionId(Uuid::from_u128(2)));
    assert!(second.prepared(person(1)) && second.prepared(person(2)), "nobody has looked at what the first decided");
}

#[test]
fn an_answer_whose_question_does_not_apply_is_not_published() {
    let template = shipped();
    let conditional = template
        .fields()
        .find(|(section, field)| {
            section.part == crate::dpia::template::In::Shared && section.module.is_none() && field.when.is_some()
        })
        .map(|(_, field)| field.id.clone())
        .expect("the template asks something only where it applies");
    let module = template
        .fields()
        .find(|(section, _)| section.part == crate::dpia::template::In::Shared && section.module.is_some())
        .map(|(_, field)| field.id.clone())
        .expect("the template has modules");
    let text = || Answer::Text(TEXT.to_owned());
    let version = version(1, &[("aims", text()), (&conditional, text()), (&module, text())]);
    let publication = begin(&version, 1, None);
    assert_eq!(publication.resting, [Place::shared(&conditional), Place::shared(&module)].into());
    let order = ["aims", &conditional, &module].map(|field| (Place::shared(field), rule(Sensitivity::Public)));
    let shown: Vec<Place> = publication.preview(&version.content.answers, order).into_iter().map(|one| one.place).collect();
    assert_eq!(shown, [Place::shared("aims")]);
}

fn published(number: u128, at: i64) -> Publication {
    let stage = Stage::Published { checked_by: person(2), at, seal: Seal([1; 32]) };
    Publication { id: PublicationId(Uuid::from_u128(number)), stage, ..publication() }
}

#[test]
fn one_publication_of_an_assessment_counts_and_none_comes_back_when_it_is_taken_back() {
    let (mut first, second) = (published(1, 5), published(2, 9));
    let stages = |list: Vec<Publication>| settled(list).into_iter().map(|one| one.stage).collect::<Vec<_>>();
    // As databases of before hold them, the newest first.
    let gone = Stage::Replaced { by: second.id, at: 9 };
    assert_eq!(stages(vec![second.clone(), first.clone()]), [second.stage.clone(), gone.clone()]);
    let mut taken_back = second.clone();
    taken_back.withdraw(person(1), 12, "It was wrong.").unwrap();
    let [still_gone, _] = [&stages(vec![taken_back.clone(), first.clone()])[1], &gone];
    assert!(matches!(still_gone, Stage::Replaced { by, .. } if *by == second.id), "{still_gone:?}");
    // What is only being prepared replaces nothing, and what was taken back before stays so.
    let next = Publication { id: PublicationId(Uuid::from_u128(3)), ..publication() };
    assert_eq!(stages(vec![next.clone(), first.clone()]), [Stage::Preparing, first.stage.clone()]);
    assert_eq!(stages(vec![published(3, 20), taken_back.clone()])[1], taken_back.stage);
    // As they are written now.
    assert_eq!(first.give_way(first.id, 9), Err(Refusal::WrongStage));
    first.give_way(second.id, 9).unwrap();
    assert_eq!((first.is_public(), &first.stage), (false, &gone));
    assert_eq!(first.give_way(next.id, 9), Err(Refusal::WrongStage));
    assert_eq!(first.withdraw(person(1), 10, "Note"), Err(Refusal::WrongStage));
}

proptest! {
    #[test]
    fn words_taken_out_are_nowhere_in_what_is_shown(text in "[abc é]{0,30}", words in prop::collection::vec("[abc é]{1,4}", 0..4)) {
        let passages: Vec<Passage> = words.iter().map(|words| passage(words)).collect();
        let pieces = without(&text, &passages);
        for piece in &pieces {
            if let Piece::Shown { text: shown } = piece {
                prop_assert!(words.iter().all(|words| !shown.contains(words.as_str())), "{shown:?}");
                prop_assert!(text.contains(shown.as_str()));
            }
        }
        if passages.is_empty() || !words.iter().any(|words| text.contains(words.as_str())) {
            let whole: String = pieces.iter().map(|piece| match piece { Piece::Shown { text } => text.as_str(), Piece::Gone { .. } => "" }).collect();
            prop_assert_eq!(whole, text);
        }
    }
}
