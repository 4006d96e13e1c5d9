use super::*;
use crate::dpia::{assessment::tests::organisation, place::Place};
use proptest::prelude::*;

fn text(text: &str) -> Answer {
    Answer::Text(text.to_owned())
}

fn template() -> Edition {
    Edition { urn: "urn:test".to_owned(), version: "1.0.0".to_owned() }
}

fn all(answers: &Answers, items: &[Item]) -> Seals {
    let content =
        Content { title: "Telecare", template: &template(), modules: &["b".to_owned(), "a".to_owned()], answers, items };
    seals(&content, [organisation(1), organisation(2)], &|field| field != "contacts")
}

fn answers() -> Answers {
    [
        (Place::shared("purpose"), text("To visit people who fall.")),
        (Place::shared("contacts"), text("A mailbox")),
        (Place::annex(organisation(1), "gateway"), text("Care Act 2014")),
        (Place::annex(organisation(2), "gateway"), text("Care Act 2014")),
    ]
    .into()
}

#[test]
fn canonical_json_has_one_spelling() {
    let value: Value =
        serde_json::from_str(r#"{"b":[1.0, 2, -3, 0.5, 1e2],"a":"\u00e9\n\u0001\"/","\u20ac":null,"A":true}"#).unwrap();
    assert_eq!(canonical(&value), "{\"A\":true,\"a\":\"é\\n\\u0001\\\"/\",\"b\":[1,2,-3,0.5,100],\"€\":null}");
}

/// The seal of a body that is written out here, so that the format cannot change unseen: signatures hang on it.
#[test]
fn the_seal_is_that_of_the_canonical_body() {
    let answers: Answers = [(Place::shared("purpose"), text("Why"))].into();
    let content = Content { title: "T", template: &template(), modules: &[], answers: &answers, items: &[] };
    let canonical = canonical(&body(&content, Part::Shared, &|_| true));
    assert_eq!(
        canonical,
        r#"{"answers":{"purpose":{"text":"Why"}},"format":"city-tools sealed part 1","measures":[],"modules":[],"part":"shared","risks":[],"template":{"urn":"urn:test","version":"1.0.0"},"title":"T"}"#
    );
    let expected: Hash = Sha256::digest(canonical.as_bytes()).into();
    assert_eq!(seals(&content, [], &|_| true).shared, Seal(expected));
}

#[test]
fn a_change_breaks_the_seal_of_its_part_alone() {
    let before = all(&answers(), &[]);
    let with = |place: Place, words: &str| {
        let mut answers = answers();
        answers.insert(place, text(words));
        all(&answers, &[])
    };
    let shared = with(Place::shared("purpose"), "To visit people.");
    assert!(shared.shared != before.shared && shared.annexes == before.annexes);
    let annex = with(Place::annex(organisation(1), "gateway"), "Another Act");
    assert_eq!(annex.shared, before.shared);
    assert_ne!(annex.annexes[&organisation(1)], before.annexes[&organisation(1)]);
    assert_eq!(annex.annexes[&organisation(2)], before.annexes[&organisation(2)]);
    assert_eq!(with(Place::shared("contacts"), "Another mailbox"), before);
    assert_eq!(with(Place::shared("empty"), " "), before);
}

#[test]
fn risks_and_measures_are_sealed_in_their_part_and_order() {
    let item = |kind, part, content: &str| Item { part, kind, content: content.into() };
    let two = [item("risk", Part::Shared, "one"), item("risk", Part::Shared, "two")];
    let turned = [two[1].clone(), two[0].clone()];
    let before = all(&answers(), &two);
    assert_ne!(all(&answers(), &turned).shared, before.shared);
    let local = all(&answers(), &[two.as_slice(), &[item("measure", Part::Annex(organisation(2)), "m")]].concat());
    assert_eq!(local.shared, before.shared);
    assert_ne!(local.annexes[&organisation(2)], before.annexes[&organisation(2)]);
    assert_eq!(local.annexes[&organisation(1)], before.annexes[&organisation(1)]);
}

#[test]
fn seals_read_back_and_show_their_first_digits() {
    let seal = seal(&json!({}));
    assert_eq!(seal.to_string().parse(), Ok(seal));
    assert_eq!(seal.short().replace(' ', ""), seal.to_string()[..12]);
    assert_eq!(serde_json::from_str::<Seal>(&serde_json::to_string(&seal).unwrap()).unwrap(), seal);
    for wrong in ["", "44", &"z".repeat(64), &"é".repeat(32)] {
        assert_eq!(wrong.parse::<Seal>(), Err(NoSeal));
    }
}

proptest! {
    #[test]
    fn canonical_json_says_the_same_and_is_stable(words in prop::collection::btree_map(".{0,6}", ".{0,12}", 0..6), number: i64) {
        let value = json!({"words": words, "number": number, "list": [true, null]});
        let once = canonical(&value);
        let back: Value = serde_json::from_str(&once).unwrap();
        prop_assert_eq!(canonical(&back), once);
        prop_assert_eq!(back["words"].as_object().unwrap().len(), words.len());
    }

    #[test]
    fn the_order_in_which_answers_came_makes_no_difference(fields in prop::collection::btree_map("[a-z]{1,5}", "[a-z ]{1,9}", 0..8)) {
        let forward: Answers = fields.iter().map(|(field, words)| (Place::shared(field), text(words))).collect();
        let mut backward = Answers::new();
        for (field, words) in fields.iter().rev() {
            backward.insert(Place::shared(field), text(words));
        }
        prop_assert_eq!(all(&forward, &[]), all(&backward, &[]));
    }
}
