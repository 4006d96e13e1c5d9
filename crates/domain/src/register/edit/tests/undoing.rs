use super::*;
use crate::audit::Action;
use crate::register::edit::{
    Refusal,
    past::{Step, at_version, compare, points},
    place::{merge_suppliers, rekeyed},
    undo::{Contested, Undo, Undone, undo},
};
use serde_json::{Map, Value as Json, json};

fn json(contract: &Contract) -> Json {
    serde_json::to_value(contract).unwrap()
}

/// A change taken back, with what a person chose of facts that were changed again since.
fn taken_back(current: &Json, step: &Step<'_>, by_import: bool, chosen: &[(&str, bool)]) -> Result<Undone, Refusal> {
    let chosen = chosen.iter().map(|(path, back)| ((*path).to_owned(), *back)).collect();
    undo(Some(current), &Undo { step: *step, by_import, signed: &|field| field != "note", chosen: &chosen })
}

/// The same, where nothing is asked.
fn without(current: &Json, step: &Step<'_>, by_import: bool) -> Result<Json, Refusal> {
    match taken_back(current, step, by_import, &[])? {
        Undone::Changed(record) => Ok(record),
        other => panic!("{other:?}"),
    }
}

/// What the store logs of an update.
fn logged(before: &Contract, after: &Contract) -> Json {
    let (Json::Object(old), Json::Object(new)) = (json(before), json(after)) else { unreachable!() };
    let mut changes = Map::new();
    for field in old.keys().chain(new.keys()).filter(|field| *field != "updated_at") {
        let (was, is) = (old.get(field).cloned().unwrap_or_default(), new.get(field).cloned().unwrap_or_default());
        if was != is {
            changes.insert(field.clone(), json!([was, is]));
        }
    }
    Json::Object(changes)
}

/// A history, newest first, of a record that was made and then written again and again.
fn history(states: &[Contract]) -> Vec<(Action, Json)> {
    let mut entries = vec![(Action::Create, json(&states[0]))];
    entries.extend(states.windows(2).map(|pair| (Action::Update, logged(&pair[0], &pair[1]))));
    entries.reverse();
    entries
}

fn steps(entries: &[(Action, Json)]) -> Vec<Step<'_>> {
    let count = entries.len() as i64;
    entries
        .iter()
        .zip(0..)
        .map(|((action, content), place)| Step { sequence: count - place, at: 100, action: *action, content: Some(content) })
        .collect()
}

proptest! {
    #[test]
    fn every_point_of_a_history_can_be_seen_again(states in proptest::collection::vec(contracts(), 1..6)) {
        let entries = history(&states);
        let current = json(states.last().unwrap());
        let found = points(Some(&current), &steps(&entries));
        prop_assert_eq!(found.len(), states.len());
        for (point, state) in found.iter().rev().zip(&states) {
            let mut seen: Contract = serde_json::from_value(point.state.clone().unwrap()).unwrap();
            seen.updated_at = state.updated_at;
            prop_assert_eq!(&seen, state);
        }
        // Written within one millisecond, and still each version is its own.
        let versions: std::collections::BTreeSet<i64> = found.iter().map(|point| point.version).collect();
        prop_assert_eq!(versions.len(), states.len());
        prop_assert!(at_version(&found, found[0].version).is_some());
        prop_assert!(at_version(&found, 5).is_none());
    }

    #[test]
    fn the_last_change_undone_is_the_state_before(before in contracts(), after in contracts()) {
        let content = logged(&before, &after);
        let step = Step { sequence: 2, at: 2, action: Action::Update, content: Some(&content) };
        match without(&json(&after), &step, false) {
            Ok(undone) => prop_assert_eq!(serde_json::from_value::<Contract>(undone).unwrap(), before),
            Err(why) => prop_assert!(why == Refusal::NothingToUndo && before == after, "{why:?}"),
        }
    }

    #[test]
    fn an_undo_leaves_alone_what_others_changed_since(base in contracts(), title in "[a-z]{1,9}", later in days()) {
        let mut first = base.clone();
        first.title = title.clone() + "!";
        let mut second = first.clone();
        second.term.end = Some(later);
        let content = logged(&base, &first);
        let undone = without(&json(&second), &Step { sequence: 2, at: 2, action: Action::Update, content: Some(&content) }, false).unwrap();
        let undone: Contract = serde_json::from_value(undone).unwrap();
        prop_assert_eq!((undone.title, undone.term.end), (base.title, Some(later)));
    }
}

#[test]
fn two_facts_of_one_term_are_undone_apart_and_a_fact_changed_again_is_not() {
    let base = bare(1);
    let mut first = base.clone();
    first.term.end = Some(date(2028, 3, 31));
    let mut second = first.clone();
    second.term.start = Some(date(2024, 5, 1));
    let content = logged(&base, &first);
    let step = Step { sequence: 2, at: 2, action: Action::Update, content: Some(&content) };
    let undone: Contract = serde_json::from_value(without(&json(&second), &step, false).unwrap()).unwrap();
    assert_eq!((undone.term.start, undone.term.end), (second.term.start, base.term.end));
    let mut third = second;
    third.term.end = Some(date(2029, 3, 31));
    // Both values are given back, and a person's choice decides.
    let asked = Contested { path: "term.end".to_owned(), before: json!(base.term.end), now: json!("2029-03-31") };
    assert_eq!(taken_back(&json(&third), &step, false, &[]), Ok(Undone::Asks(vec![asked])));
    let Ok(Undone::Changed(back)) = taken_back(&json(&third), &step, false, &[("term.end", true)]) else { panic!() };
    let back: Contract = serde_json::from_value(back).unwrap();
    assert_eq!((back.term.start, back.term.end), (third.term.start, base.term.end));
    assert_eq!(back.origin.fields.get("end").map(String::as_str), Some("person"));
    assert_eq!(taken_back(&json(&third), &step, false, &[("term.end", false)]), Err(Refusal::NothingToUndo));
    // What is left as it stands keeps its origin, too.
    let mut signed = first.clone();
    signed.origin.fields.insert("end".to_owned(), "person".to_owned());
    let content = logged(&base, &signed);
    let mut later = signed.clone();
    later.term.end = Some(date(2029, 3, 31));
    let step = Step { content: Some(&content), ..step };
    assert_eq!(taken_back(&json(&later), &step, false, &[("term.end", false)]), Err(Refusal::NothingToUndo));
    assert_eq!(without(&json(&base), &step, false), Err(Refusal::NothingToUndo));
    let erased = Step { content: None, ..step };
    assert_eq!(without(&json(&first), &erased, false), Err(Refusal::Erased));
}

#[test]
fn what_made_a_record_is_undone_by_removing_it_and_what_removed_it_by_bringing_it_back() {
    let record = json(&bare(1));
    let step = |action| Step { sequence: 1, at: 1, action, content: Some(&record) };
    let none = std::collections::BTreeMap::new();
    let of = |current: Option<&Json>, action| {
        undo(current, &Undo { step: step(action), by_import: false, signed: &|_| true, chosen: &none })
    };
    assert_eq!(of(Some(&record), Action::Create), Ok(Undone::Removed));
    assert_eq!(of(None, Action::Delete), Ok(Undone::Revived(record.clone())));
    assert_eq!(of(None, Action::Create), Err(Refusal::NothingToUndo));
    assert_eq!(of(Some(&record), Action::Delete), Err(Refusal::NothingToUndo));
}

#[test]
fn a_record_without_an_origin_gets_none_and_a_key_is_never_asked_about() {
    let current = json!({ "id": "1", "key": "c", "name": "Third", "note": "z" });
    let content = json!({ "name": ["First", "Second"], "key": ["a", "b"], "note": [null, "y"] });
    let step = Step { sequence: 2, at: 2, action: Action::Update, content: Some(&content) };
    let chosen = [("name", true), ("note", true)].map(|(path, back)| (path.to_owned(), back)).into();
    let undone = undo(Some(&current), &Undo { step, by_import: false, signed: &|_| false, chosen: &chosen });
    assert_eq!(undone, Ok(Undone::Changed(json!({ "id": "1", "key": "c", "name": "First" }))));
}

#[test]
fn taking_back_what_an_import_wrote_keeps_the_import_from_writing_it_again() {
    let mut base = bare(1);
    base.origin.digest = "old".to_owned();
    let mut imported = base.clone();
    imported.term.end = Some(date(2028, 3, 31));
    imported.origin.digest = "new".to_owned();
    let content = logged(&base, &imported);
    let step = Step { sequence: 2, at: 2, action: Action::Update, content: Some(&content) };
    let undone: Contract = serde_json::from_value(without(&json(&imported), &step, true).unwrap()).unwrap();
    assert_eq!(undone.term.end, base.term.end);
    assert_eq!(undone.origin.digest, "new");
    assert_eq!(undone.origin.fields.get("end").map(String::as_str), Some("person"));
}

#[test]
fn an_erased_entry_hides_what_lay_before_it_and_nothing_else() {
    let (mut second, mut third) = (bare(1), bare(1));
    second.title = "Second".to_owned();
    third.title = "Third".to_owned();
    let entries = history(&[bare(1), second.clone(), third.clone()]);
    let mut steps = steps(&entries);
    steps[1].content = None;
    let found = points(Some(&json(&third)), &steps);
    let seen: Vec<bool> = found.iter().map(|point| point.state.is_some()).collect();
    assert_eq!(seen, [true, true, true], "a creation says by itself what stood there");
    steps[2].content = None;
    assert!(points(Some(&json(&third)), &steps)[2].state.is_none());
}

#[test]
fn a_record_that_is_gone_can_be_seen_as_it_was() {
    let contract = json(&bare(1));
    let steps = [
        Step { sequence: 2, at: 9, action: Action::Delete, content: Some(&contract) },
        Step { sequence: 1, at: 1, action: Action::Create, content: Some(&contract) },
    ];
    let found = points(None, &steps);
    assert!(found[0].state.is_none());
    assert_eq!(found[1].state.as_ref().unwrap()["title"], contract["title"]);
}

#[test]
fn two_points_are_compared_field_by_field() {
    let mut later = bare(1);
    later.title = "Other".to_owned();
    later.reference = Some("R1".to_owned());
    let fields: Vec<String> = compare(&json(&bare(1)), &json(&later)).into_iter().map(|one| one.field).collect();
    assert_eq!(fields, ["reference", "title"]);
    assert!(compare(&json(&later), &json(&later)).is_empty());
}

#[test]
fn a_merged_supplier_answers_to_both_names_and_two_numbers_stay_two_companies() {
    let supplier = |id: u128, name: &str, number: Option<&str>| Supplier {
        id: SupplierId(Uuid::from_u128(id)),
        name: name.to_owned(),
        names: Vec::new(),
        identifiers: number.map(|id| Identifier { scheme: "GB-COH".to_owned(), id: id.to_owned() }).into_iter().collect(),
        owners: Vec::new(),
        sme: None,
        vcse: None,
        updated_at: 0,
    };
    let (from, into) = (supplier(1, "Bramblewick", Some("00000001")), supplier(2, "Bramblewick Software Ltd", None));
    let after = merge_suppliers(&from, &into).unwrap();
    assert_eq!(after.names.iter().map(|name| name.name.as_str()).collect::<Vec<_>>(), ["Bramblewick"]);
    assert_eq!(after.identifiers, from.identifiers);
    assert_eq!(merge_suppliers(&from, &from), Err(Refusal::SameRecord));
    assert_eq!(merge_suppliers(&from, &supplier(3, "Other", Some("00000002"))), Err(Refusal::DifferentNumbers));
    let key = format!("camden|register|r:1|{}|1", from.id.0.simple());
    assert_eq!(rekeyed(&key, from.id.0, into.id.0), format!("camden|register|r:1|{}|1", into.id.0.simple()));
}
