use super::*;
use crate::{
    people::PersonId,
    register::{
        ids::{OrganisationId, ProductId, SystemId},
        import::apply::{FieldOf, Fields},
    },
};
use proptest::prelude::*;
use serde::Serialize;
use std::collections::BTreeSet;

fn contract() -> Contract {
    Contract {
        key: "camden|register|r:1".to_owned(),
        title: "Housing management".to_owned(),
        updated_at: 5,
        public_at: PublicAt(3),
        ..Contract::blank(ContractId(Uuid::from_u128(1)), OrganisationId(Uuid::from_u128(2)))
    }
}

fn system() -> System {
    System {
        key: "camden|survey|1".to_owned(),
        updated_at: 5,
        public_at: PublicAt(3),
        ..System::blank(SystemId(Uuid::from_u128(1)), OrganisationId(Uuid::from_u128(2)), ProductId(Uuid::from_u128(3)))
    }
}

/// A contract that says something in every field that only its organisation may read.
fn written_for_itself() -> Contract {
    Contract {
        manager: Some(PersonId(Uuid::from_u128(7))),
        note: Some("Ask for a discount".to_owned()),
        notice_of: Some(ContractId(Uuid::from_u128(8))),
        set_aside: BTreeMap::from([("end".to_owned(), "digest".to_owned())]),
        ..contract()
    }
}

fn rated() -> System {
    System { satisfaction: Some(2), note: Some("To be replaced".to_owned()), ..system() }
}

/// The fields in which two records differ, as the change log would name them.
fn differing<T: Serialize>(one: &T, other: &T) -> BTreeSet<String> {
    let fields = |record: &T| serde_json::to_value(record).unwrap().as_object().unwrap().clone();
    let (one, other) = (fields(one), fields(other));
    one.keys().chain(other.keys()).filter(|name| one.get(*name) != other.get(*name)).cloned().collect()
}

#[test]
fn what_the_change_log_keeps_from_the_public_is_what_no_public_part_holds() {
    let private = |kind: Kind| kind.private_fields().iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    assert_eq!(differing(&contract(), &written_for_itself()), private(Kind::Contract), "the record above says all of them");
    assert_eq!(differing(&system(), &rated()), private(Kind::System), "the record above says all of them");
    let bare = Contract { notice_of: None, ..written_for_itself().public_part() };
    assert_eq!(bare, contract().public_part());
    assert_eq!(rated().public_part(), system().public_part());
    // That it stands behind another record takes it out of public lists, and giving that up brings it back.
    assert_ne!(written_for_itself().public_part(), contract().public_part());
}

#[test]
fn it_is_no_part_of_what_a_record_says() {
    assert_eq!(contract(), Contract { public_at: PublicAt(9), ..contract() });
    assert!(!serde_json::to_value(contract()).unwrap().as_object().unwrap().contains_key("public_at"));
    assert_eq!(Contract { public_at: PublicAt(0), ..contract() }.last_public_change(), 5, "not stored yet");
}

#[test]
fn where_a_private_field_came_from_is_private_too() {
    let mut marked = system();
    marked.origin.fields.insert("satisfaction".to_owned(), "person".to_owned());
    assert_eq!(marked.public_part(), system().public_part());
    marked.origin.fields.insert("users".to_owned(), "person".to_owned());
    assert_ne!(marked.public_part(), system().public_part());
}

/// Takes some fields over from one record to another.
fn taken<T: Fields>(from: &T, to: &mut T, fields: &[&FieldOf<T>]) {
    fields.iter().for_each(|field| field.take(from, to));
}

proptest! {
    #[test]
    fn only_what_the_public_sees_moves_the_public_date(
        chosen in proptest::collection::btree_set(0usize..4, 1..4), title in "[a-z]{0,3}", at in 6i64..1_000,
    ) {
        let before = Contract { notice_of: Some(ContractId(Uuid::from_u128(9))), ..contract() };
        let private: Vec<_> =
            Contract::OWN.iter().filter(|field| Kind::Contract.private_fields().contains(&field.name)).collect();
        prop_assert_eq!(private.len(), 4);
        let chosen: Vec<_> = chosen.into_iter().map(|place| private[place]).collect();
        let mut after = before.clone();
        taken(&written_for_itself(), &mut after, &chosen);
        after.updated_at = at;
        after.note_public_change(Some(&before));
        prop_assert_eq!(after.last_public_change(), 3);
        after.title.push_str(&title);
        after.note_public_change(Some(&before));
        prop_assert_eq!(after.last_public_change(), if title.is_empty() { 3 } else { at });
        after.note_public_change(None);
        prop_assert_eq!(after.last_public_change(), at, "a new record is news");
    }
}
