use super::*;
use crate::register::edit::merge::{Merged, all_fields, differing, merge, sign};
use crate::register::import::apply::{Change, Resolved, compare};

/// A contract with some of another's fields.
fn edited(base: &Contract, from: &Contract, chosen: &[bool]) -> Contract {
    let mut wanted = base.clone();
    for (field, _) in all_fields::<Contract>().zip(chosen).filter(|(_, is)| **is) {
        field.take(from, &mut wanted);
    }
    wanted
}

fn choices() -> impl Strategy<Value = Vec<bool>> {
    proptest::collection::vec(any::<bool>(), 40)
}

proptest! {
    #[test]
    fn edits_of_different_fields_both_stay(base in contracts(), one in contracts(), two in contracts(), chosen in choices()) {
        let others: Vec<bool> = chosen.iter().map(|is| !is).collect();
        let (first, second) = (edited(&base, &one, &chosen), edited(&base, &two, &others));
        let merged = match merge(&base, &first, &second) {
            Merged::Fits { after, .. } => *after,
            Merged::Unchanged => first.clone(),
            Merged::Clash { clashes, .. } => return Err(TestCaseError::fail(format!("clash over {clashes:?}"))),
        };
        for (place, field) in all_fields::<Contract>().enumerate() {
            let said = if chosen[place] { &first } else { &second };
            prop_assert!(!field.differ(&merged, said), "{} was lost", field.name);
        }
    }

    #[test]
    fn whoever_comes_second_makes_no_difference_where_nothing_clashes(base in contracts(), one in contracts(), two in contracts(), chosen in choices()) {
        let others: Vec<bool> = chosen.iter().map(|is| !is).collect();
        let (first, second) = (edited(&base, &one, &chosen), edited(&base, &two, &others));
        let end = |stored: &Contract, wanted: &Contract| match merge(&base, stored, wanted) {
            Merged::Fits { after, .. } => *after,
            _ => stored.clone(),
        };
        prop_assert_eq!(end(&first, &second), end(&second, &first));
    }

    #[test]
    fn the_same_field_changed_to_two_values_is_a_clash_and_nothing_of_the_other_is_overwritten(base in contracts(), one in contracts(), two in contracts()) {
        let merged = merge(&base, &one, &two);
        let both: Vec<&str> = all_fields::<Contract>()
            .filter(|field| field.differ(&base, &one) && field.differ(&base, &two) && field.differ(&one, &two))
            .map(|field| field.name)
            .collect();
        match merged {
            Merged::Clash { after, clashes, .. } => {
                prop_assert_eq!(&clashes, &both);
                for field in all_fields::<Contract>().filter(|field| clashes.contains(&field.name)) {
                    prop_assert!(!field.differ(&after, &one));
                }
            }
            Merged::Fits { .. } | Merged::Unchanged => prop_assert!(both.is_empty()),
        }
    }

    #[test]
    fn an_edit_of_what_stands_is_what_was_wanted(base in contracts(), wanted in contracts()) {
        match merge(&base, &base, &wanted) {
            Merged::Fits { after, fields, meanwhile } => {
                prop_assert!(meanwhile.is_empty());
                prop_assert_eq!(differing(&*after, &wanted), Vec::<&str>::new());
                prop_assert_eq!(fields, differing(&base, &wanted));
            }
            Merged::Unchanged => prop_assert!(differing(&base, &wanted).is_empty()),
            Merged::Clash { .. } => prop_assert!(false),
        }
    }
}

#[test]
fn identity_is_no_field() {
    let names: Vec<&str> = all_fields::<Contract>().map(|field| field.name).collect();
    for own in ["id", "key", "organisation", "updated_at"] {
        assert!(!names.contains(&own), "{own} can be edited");
    }
    let (base, mut wanted) = (bare(1), bare(1));
    wanted.organisation = OrganisationId(Uuid::from_u128(66));
    assert_eq!(merge(&base, &base, &wanted), Merged::Unchanged);
}

#[test]
fn an_import_leaves_alone_what_a_person_signed() {
    let mut stored = bare(1);
    stored.term.end = Some(date(2028, 3, 31));
    sign(&mut stored, &["end"], super::super::merge::PERSON);
    let mut row = bare(1);
    row.term.end = Some(date(2027, 3, 31));
    row.title = "Housing".to_owned();
    match compare(Some(&stored), Resolved { record: row, stated: vec!["end", "title"], earlier: vec![] }, 5) {
        Change::Update { after, fields, kept, .. } => {
            assert_eq!((fields, kept), (vec!["title"], vec!["end"]));
            assert_eq!(after.term.end, Some(date(2028, 3, 31)));
        }
        other => panic!("{other:?}"),
    }
}
