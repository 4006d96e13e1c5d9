//! What the public sees, and what it never does.

use super::*;
use crate::dpia::assessment::tests::{organisation, person};
use proptest::prelude::*;
use uuid::Uuid;

fn publication() -> Publication {
    Publication {
        id: PublicationId(Uuid::from_u128(1)),
        assessment: AssessmentId(Uuid::from_u128(2)),
        version: VersionId(Uuid::from_u128(3)),
        sealed: Seal([7; 32]),
        fields: BTreeMap::new(),
        summary: "Sensors measure damp.".to_owned(),
        by: person(1),
        organisation: organisation(1),
        at: 0,
        stage: Stage::Preparing,
        updated_at: 0,
    }
}

fn rule(sensitivity: Sensitivity) -> Rule {
    Rule { sensitivity, labels: Labels::default() }
}

fn passage(words: &str) -> Passage {
    Passage { words: words.to_owned(), exemption: Exemption::LawEnforcement, reason: "It would help an attacker.".to_owned() }
}

const TEXT: &str = "Readings go to Leeds over a private line. Officers see a score.";

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
    publication.decide(&Place::shared("security"), Show::Whole, Some(&answer), &rule(Sensitivity::Internal)).unwrap();
    assert_eq!(places(&publication), ["purpose", "security"]);
    let confidential =
        publication.decide(&Place::shared("contacts"), Show::Whole, Some(&answer), &rule(Sensitivity::Confidential));
    assert_eq!(confidential, Err(Refusal::Confidential { place: Place::shared("contacts") }));
    // Not even when it slips in.
    publication.fields.insert(Place::shared("contacts"), Show::Whole);
    assert_eq!(places(&publication), ["purpose", "security"]);
}

#[test]
fn words_are_taken_out_counted_and_explained() {
    let mut publication = publication();
    let (place, answer) = (Place::shared("purpose"), Answer::Text(TEXT.to_owned()));
    let mut decide = |show| publication.decide(&place, show, Some(&answer), &rule(Sensitivity::Public));
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
    assert!(!publication.content("T", &shown).to_string().contains("Leeds"));
    publication
        .decide(
            &place,
            Show::Removed { exemption: Exemption::CommercialInterests, reason: "Prices".to_owned() },
            Some(&answer),
            &rule(Sensitivity::Public),
        )
        .unwrap();
    assert!(matches!(publication.preview(&answers(), order())[0].pieces[..], [Piece::Gone { words: 12, .. }]));
}

#[test]
fn a_second_person_looks_at_exactly_what_is_published() {
    let mut publication = publication();
    let content = json!({"x": 1});
    assert_eq!(publication.publish(person(2), 5, State::Signed, &content), Err(Refusal::WrongStage));
    assert_eq!(publication.ask(State::Decision), Err(Refusal::NotSigned));
    publication.ask(State::Signed).unwrap();
    assert_eq!(publication.publish(person(1), 5, State::Signed, &content), Err(Refusal::OwnWork));
    publication.decide(&Place::shared("purpose"), Show::LeftOut, None, &rule(Sensitivity::Public)).unwrap();
    assert_eq!(publication.publish(person(2), 5, State::Signed, &content), Err(Refusal::WrongStage));
    publication.ask(State::Live).unwrap();
    publication.publish(person(2), 5, State::Live, &content).unwrap();
    assert!(publication.is_public());
    assert_eq!(publication.stage, Stage::Published { checked_by: person(2), at: 5, seal: seal::seal(&content) });
    assert_eq!(publication.withdraw(person(1), 6, " "), Err(Refusal::SayWhy));
    publication.withdraw(person(1), 6, "The sensors were taken out.").unwrap();
    assert!(!publication.is_public());
    assert_eq!(publication.withdraw(person(1), 6, "Again"), Err(Refusal::WrongStage));
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
