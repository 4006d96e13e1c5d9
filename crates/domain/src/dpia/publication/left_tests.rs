//! What is left out is told with its reason, and words that were taken out are found where they still stand.

use super::{
    tests::{TEXT, publication, rule},
    *,
};
use crate::dpia::{
    answer::{Answer, Answers},
    assessment::tests::person,
};

fn answers() -> Answers {
    ["purpose", "security"].map(|field| (Place::shared(field), Answer::Text(TEXT.to_owned()))).into()
}

fn order() -> Vec<(Place, Rule)> {
    [("purpose", Sensitivity::Public), ("security", Sensitivity::Public)]
        .map(|(field, sensitivity)| (Place::shared(field), rule(sensitivity)))
        .to_vec()
}

#[test]
fn what_the_template_calls_public_is_left_out_with_a_reason_only_and_the_public_is_told() {
    let (mut publication, answers, place) = (publication(), answers(), Place::shared("purpose"));
    let mut decide = |show: Show, sensitivity: Sensitivity| {
        let answer = answers.get(&place);
        publication.decide(&place, show, answer, &rule(sensitivity), person(2))
    };
    let unnamed = |reason: &str| Show::Unnamed { exemption: Exemption::LawEnforcement, reason: reason.to_owned() };
    assert_eq!(decide(Show::LeftOut, Sensitivity::Public), Err(Refusal::SayWhy));
    assert_eq!(decide(unnamed(" "), Sensitivity::Public), Err(Refusal::SayWhy));
    assert!(matches!(decide(unnamed("x"), Sensitivity::Confidential), Err(Refusal::Confidential { .. })));
    decide(Show::LeftOut, Sensitivity::Internal).unwrap();
    decide(unnamed("It would help a thief."), Sensitivity::Public).unwrap();
    let shown = publication.preview(&answers, order());
    assert_eq!(shown.iter().map(|one| one.place.field.as_str()).collect::<Vec<_>>(), ["security"]);
    assert_eq!(publication.left_out(&answers), [(Exemption::LawEnforcement, "It would help a thief.")]);
    assert!(publication.left_out(&Answers::new()).is_empty(), "of a question that nobody answered nothing is left out");
    publication.resting.insert(place);
    assert!(publication.left_out(&answers).is_empty(), "nor of one that does not apply");
}

#[test]
fn words_that_were_taken_out_are_found_where_they_still_stand() {
    let (mut publication, answers, place) = (publication(), answers(), Place::shared("purpose"));
    publication.summary = "What goes to\nLEEDS is a score.".to_owned();
    let passage = Passage {
        words: "to Leeds".to_owned(),
        exemption: Exemption::LawEnforcement,
        reason: "It would help a thief.".to_owned(),
    };
    let without = Show::Without { passages: vec![passage] };
    publication.decide(&place, without, answers.get(&place), &rule(Sensitivity::Public), person(2)).unwrap();
    let shown = publication.preview(&answers, order());
    let found = publication.still_standing("Sensors in homes", &answers, &shown, &|_| true);
    let at = vec![Where::Summary, Where::Answer(Place::shared("security"))];
    assert_eq!(found, [Standing { words: "to Leeds".to_owned(), of: place.clone(), at }]);
    assert!(
        publication.still_standing("Sensors in homes", &answers, &shown, &|_| false).is_empty(),
        "they are told to those who decide"
    );
    publication.summary.clear();
    let shown = publication.preview(&answers, order().into_iter().take(1));
    assert!(publication.still_standing("Sensors in homes", &answers, &shown, &|_| true).is_empty());
    assert_eq!(publication.still_standing("Alerts to Leeds", &answers, &shown, &|_| true)[0].at, [Where::Title]);
    // The public reads why a question is left out.
    let unnamed = Show::Unnamed { exemption: Exemption::LawEnforcement, reason: "It goes to Leeds.".to_owned() };
    publication.decide(&Place::shared("security"), unnamed, None, &rule(Sensitivity::Public), person(2)).unwrap();
    assert_eq!(publication.still_standing("Sensors in homes", &answers, &shown, &|_| true)[0].at, [Where::Reason]);
}

#[test]
fn words_are_found_however_they_are_spaced() {
    let text = "Kept at  Mill Road.\nNot at\u{a0}Mill Road, but at Mill\nRoad; at Mill Roads and at Mill.";
    assert_eq!(stretches(text, "at Mill Road"), ["at  Mill Road", "at\u{a0}Mill Road", "at Mill\nRoad", "at Mill Road"]);
    assert_eq!(stretches(text, " Mill  Road. "), ["Mill Road."]);
    assert_eq!(stretches("mimimi", "mimi"), ["mimi"]);
    for none in ["at mill", "atMill", "Mill Road Street", " \n"] {
        assert!(stretches(text, none).is_empty(), "{none}");
    }
}
