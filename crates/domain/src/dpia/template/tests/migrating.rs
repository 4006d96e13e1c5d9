//! From one version to the next: nothing is lost.

use super::{SMALL, read, small};
use crate::{
    dpia::{
        answer::{Answer, Answers, Labels, Reference, Row, Ternary},
        ids::RowId,
        library::Library,
        place::{Part, Place},
        template::{
            Template,
            compare::{Aspect, Difference, Thing, asked_besides, compare},
            fit::accepts,
            migrate::{How, Migrated, Why, migrate},
        },
    },
    register::ids::OrganisationId,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The options that both versions use.
pub(crate) const OPTIONS: &str = "kind: options\nurn: urn:example:options:small\nversion: 1.0.0\ntitle: T\nabout: A\nin-force: 2026-01-01\nlists:\n  - id: bases\n    title: Bases\n    source: A law\n    options: [{id: consent, label: Consent}, {id: public-task, label: Public task}]\n";

/// The small template's next version: a field renamed, one split, two merged, one dropped, an option and a column renamed.
pub(crate) fn next_text() -> String {
    let text = SMALL.replacen("version: 1.0.0", "version: 2.0.0\nreplaces: 1.0.0\nchanges: [Less to read]", 1);
    let change = [
        (
            "{id: purpose, label: Purpose, kind: long-text, max: 100, required: true, sensitivity: public, prefill: project.purpose}",
            "{id: aims, label: Aims, kind: long-text, required: true}\n      - {id: outcomes, label: Outcomes, kind: long-text}",
        ),
        (
            "{id: consent-how, label: How, kind: text, when: {field: basis, is: consent}, required: true}",
            "{id: consent, label: Consent, kind: long-text}",
        ),
        ("      - {id: consent-record, label: Record, kind: text, when: {field: consent-how, answered: true}}\n", ""),
        ("      - {id: contact, label: Contact, kind: people, signed: false}\n", ""),
        ("{id: what, label: What, kind: text, required: true}", "{id: item, label: What, kind: text, required: true}"),
        (
            "[{id: contact, label: Contact}, {id: health, label: Health}]",
            "[{id: contact, label: Contact}, {id: medical, label: Health}]",
        ),
        ("{field: data, column: category, is: health}]}", "{field: data, column: category, is: medical}]}"),
        ("when: {field: data, column: category, is: health}\n", "when: {field: data, column: category, is: medical}\n"),
        (
            "{id: transfers, label: Transfers, kind: yes-no-unsure, prefill: screening.transfers}",
            "{id: abroad, label: Abroad, kind: choice, options: [{id: \"yes\", label: \"Yes\"}, {id: \"no\", label: \"No\"}]}",
        ),
        ("{id: gateway, label: Gateway, kind: long-text, required: true}", "{id: gateway, label: Our power, kind: long-text}"),
    ];
    let text = change.iter().fold(text, |text, (from, to)| {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        text.replace(from, to)
    });
    text + "map-from:\n  version: 1.0.0\n  split: [{from: purpose, to: [aims, outcomes]}]\n  merged: [{from: [consent-how, consent-record], to: consent}]\n  dropped: [{field: contact, why: Contacts stand with the parties now.}]\n  renamed: [{from: transfers, to: abroad}]\n  columns: [{field: data, renamed: {what: item}}]\n"
}

fn next() -> Template {
    read(&next_text()).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn moved(answers: &Answers) -> Migrated {
    static VERSIONS: std::sync::LazyLock<(Template, Template)> = std::sync::LazyLock::new(|| (small(), next()));
    let (old, new) = &*VERSIONS;
    migrate(old, new, new.map_from.as_ref().unwrap(), answers)
}

fn answers(list: &[(&str, Answer)]) -> Answers {
    list.iter().map(|(field, answer)| (Place::shared(field), answer.clone())).collect()
}

fn text(text: &str) -> Answer {
    Answer::Text(text.to_owned())
}

fn row(cells: &[(&str, Answer)]) -> Row {
    Row { id: RowId(Uuid::from_u128(5)), cells: cells.iter().map(|(id, cell)| ((*id).to_owned(), cell.clone())).collect() }
}

#[test]
fn each_way_of_the_map_is_gone() {
    let given = answers(&[
        ("purpose", text("To help")),
        ("consent-how", text("A box")),
        ("consent-record", text("In the file")),
        ("contact", Answer::People(vec![])),
        ("transfers", Answer::Ternary(Ternary::Yes)),
        ("processors", Answer::Suppliers(vec![Reference::named("A firm")])),
    ]);
    let migrated = moved(&given);
    let at = |field: &str| migrated.answers.get(&Place::shared(field)).cloned();
    assert_eq!(at("aims"), Some(text("To help")));
    assert_eq!(at("outcomes"), None);
    assert_eq!(at("consent"), Some(text("How\nA box\n\nRecord\nIn the file")));
    assert_eq!(at("abroad"), Some(Answer::Choice("yes".into())));
    assert_eq!(at("processors"), given.get(&Place::shared("processors")).cloned());
    assert_eq!(migrated.unchanged, 1);
    assert_eq!(migrated.aside.len(), 1);
    assert!(matches!(&migrated.aside[0].why, Why::Dropped { reason } if reason.starts_with("Contacts")));
    let how: Vec<_> = migrated.moved.iter().map(|moved| moved.how).collect();
    assert_eq!(how, [How::Merged, How::Split, How::Renamed]);
}

#[test]
fn an_answer_that_the_new_form_has_no_word_for_is_kept_aside() {
    let migrated = moved(&answers(&[("transfers", Answer::Ternary(Ternary::Unsure))]));
    assert!(migrated.answers.is_empty());
    assert_eq!(migrated.aside[0].why, Why::DoesNotFit);
}

#[test]
fn rows_keep_their_ids_and_what_a_row_cannot_hold_is_kept_aside_whole() {
    let rows =
        Answer::Rows(vec![row(&[("what", text("Notes")), ("category", Answer::Many(vec!["health".into(), "contact".into()]))])]);
    let migrated = moved(&answers(&[("data", rows.clone())]));
    let Some(Answer::Rows(now)) = migrated.answers.get(&Place::shared("data")) else { panic!() };
    assert_eq!(now[0], row(&[("item", text("Notes")), ("category", Answer::Many(vec!["contact".into()]))]));
    assert_eq!((&migrated.aside[0].answer, &migrated.aside[0].why), (&rows, &Why::Reshaped));
}

#[test]
fn a_field_in_the_other_part_is_kept_aside() {
    let ours = Place::annex(OrganisationId(Uuid::nil()), "purpose");
    let migrated = moved(&[(ours.clone(), text("x"))].into_iter().collect());
    assert_eq!((&migrated.aside[0].place, &migrated.aside[0].why), (&ours, &Why::OtherPart));
}

#[test]
fn a_map_that_leaves_a_field_open_is_refused_by_the_library() {
    let good = next_text();
    let library = Library::read(&[("o.yaml", OPTIONS), ("1.yaml", SMALL), ("2.yaml", &good)]).unwrap();
    let (old, new) = (&library.templates[0].edition, &library.templates[1].edition);
    assert_eq!(library.steps(old, new).unwrap().len(), 1);
    assert!(library.steps(new, old).is_none());
    let given = answers(&[("purpose", text("To help"))]);
    assert_eq!(library.migrate(old, new, &given).unwrap().answers, answers(&[("aims", text("To help"))]));
    assert_eq!(library.migrate(old, old, &given).unwrap().answers, given);
    let bad = good.replace("  renamed: [{from: transfers, to: abroad}]\n", "");
    let problems = Library::read(&[("o.yaml", OPTIONS), ("1.yaml", SMALL), ("2.yaml", &bad)]).unwrap_err();
    assert!(problems[0].to_string().contains("does not say what becomes of the field 'transfers'"), "{problems:#?}");
    let twice = Library::read(&[("o.yaml", OPTIONS), ("1.yaml", SMALL), ("again.yaml", SMALL)]).unwrap_err();
    assert!(twice[0].what.contains("There is another template"), "{twice:#?}");
}

#[test]
fn a_map_that_contradicts_itself_is_refused() {
    for (to, said) in [
        ("renamed: [{from: transfers, to: no-such}]", "leads to the field 'no-such'"),
        ("renamed: [{from: transfers, to: aims}]", "Two ways of the map lead to the field 'aims'"),
        ("renamed: [{from: purpose, to: abroad}]", "two things about the field 'purpose'"),
    ] {
        let problems = read(&next_text().replace("renamed: [{from: transfers, to: abroad}]", to)).unwrap_err();
        assert!(problems.iter().any(|problem| problem.what.contains(said)), "{problems:#?}");
    }
}

#[test]
fn two_versions_are_compared_field_by_field() {
    let differences = compare(&small(), &next());
    assert!(differences.contains(&Difference::Added { of: Thing::Field, id: "aims".into(), title: "Aims".into() }));
    assert!(differences.contains(&Difference::Gone { of: Thing::Field, id: "contact".into(), title: "Contact".into() }));
    assert!(differences.contains(&Difference::Changed {
        id: "gateway".into(),
        title: "Our power".into(),
        aspects: vec![Aspect::Label, Aspect::Required]
    }));
    assert!(
        !differences.iter().any(|one| matches!(one, Difference::Added { id, .. } | Difference::Gone { id, .. } if ["transfers", "abroad"].contains(&id.as_str()))),
        "a question with another id is the same question: {differences:?}"
    );
    assert!(compare(&small(), &small()).is_empty());
    // What one is asked besides are aims, outcomes and consent: the renamed question is none of them.
    assert_eq!((asked_besides(&small(), &next(), "first"), asked_besides(&small(), &small(), "first")), (3, 0));
}

fn any_answer() -> impl Strategy<Value = Answer> {
    let words = "[a-z]{1,8}( [a-z]{1,8}){0,30}";
    let option = prop::sample::select(vec!["consent", "public-task", "health", "contact", "yes", "gone"]).prop_map(str::to_owned);
    let ternary = prop::sample::select(Ternary::ALL.to_vec());
    let cell = prop_oneof![words.prop_map(Answer::Text), prop::collection::vec(option.clone(), 0..3).prop_map(Answer::Many)];
    let cells = prop::collection::btree_map(
        prop::sample::select(vec!["what", "category", "item", "old"]).prop_map(str::to_owned),
        cell,
        0..4,
    );
    prop_oneof![
        words.prop_map(Answer::Text),
        option.clone().prop_map(Answer::Choice),
        prop::collection::vec(option, 0..4).prop_map(Answer::Many),
        ternary.prop_map(Answer::Ternary),
        prop::collection::vec("[A-Z][a-z]{1,9}".prop_map(|name| Reference::named(&name)), 0..3).prop_map(Answer::Suppliers),
        prop::collection::vec((any::<u64>(), cells), 0..3).prop_map(|rows| Answer::Rows(
            rows.into_iter()
                .enumerate()
                .map(|(index, (id, cells))| Row { id: RowId(Uuid::from_u128(u128::from(id) << 8 | index as u128)), cells })
                .collect()
        )),
    ]
}

fn any_answers() -> impl Strategy<Value = Answers> {
    let fields = [
        "purpose",
        "basis",
        "consent-how",
        "consent-record",
        "contact",
        "data",
        "transfers",
        "processors",
        "gateway",
        "our-note",
        "never-heard-of",
        "aims",
    ];
    let place = (prop::sample::select(fields.to_vec()), 0_u128..3).prop_map(|(field, part)| match part {
        0 => Place::shared(field),
        part => Place::annex(OrganisationId(Uuid::from_u128(part)), field),
    });
    prop::collection::btree_map(place, any_answer(), 0..14)
}

/// Every word of an answer.
fn words(answer: &Answer) -> Vec<String> {
    answer
        .plain(&Labels::default())
        .split(|letter: char| !letter.is_alphanumeric() && letter != '-')
        .map(str::to_lowercase)
        .filter(|word| !word.is_empty())
        .collect()
}

proptest! {
    /// Whatever was said stands in the new answers of the same part, or aside, unchanged; and what stands fits its field.
    #[test]
    fn nothing_is_lost_and_everything_fits(given in any_answers()) {
        static NEW: std::sync::LazyLock<Template> = std::sync::LazyLock::new(next);
        let new = &*NEW;
        let migrated = moved(&given);
        for (place, answer) in &given {
            if migrated.aside.iter().any(|aside| aside.place == *place && aside.answer == *answer) {
                continue;
            }
            let mut said: BTreeMap<String, usize> = BTreeMap::new();
            for word in migrated.answers.iter().filter(|(other, _)| other.part == place.part).flat_map(|(_, answer)| words(answer)) {
                *said.entry(word).or_default() += 1;
            }
            for word in words(answer) {
                prop_assert!(said.contains_key(&word) || word == "what", "{place}: '{word}' of {answer:?} is lost: {migrated:#?}");
            }
            if let (Answer::Rows(before), Some(Answer::Rows(after))) = (answer, migrated.answers.get(place)) {
                prop_assert_eq!(before.iter().map(|row| row.id).collect::<Vec<_>>(), after.iter().map(|row| row.id).collect::<Vec<_>>());
            }
        }
        for (place, answer) in &migrated.answers {
            let (section, field) = new.find(&place.field).expect("a field of the new version");
            prop_assert_eq!(section.part == crate::dpia::template::In::Annex, place.part != Part::Shared);
            prop_assert!(accepts(&field.kind, answer).is_ok(), "{}: {:?}", place, answer);
        }
        // Every place is accounted for: it stayed, it moved, or it is aside.
        let accounted = migrated.unchanged
            + migrated.moved.iter().map(|moved| moved.from.len()).sum::<usize>()
            + migrated.aside.iter().filter(|aside| !matches!(aside.why, Why::Reshaped)).count();
        prop_assert!(accounted >= given.len(), "{accounted} of {}: {migrated:#?}", given.len());
    }
}
