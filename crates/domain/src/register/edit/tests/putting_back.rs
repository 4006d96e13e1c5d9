//! What a merge exchanged comes back, whatever was done beside it since; and nothing is guessed.

use crate::register::edit::put_back::put_back;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

#[test]
fn what_was_exchanged_comes_back_and_what_came_later_stays() {
    for (before, after, now, back) in [
        // Another supplier was added, before or after; another one was removed.
        (json!(["a"]), json!(["b"]), json!(["b", "x"]), json!(["a", "x"])),
        (json!(["a"]), json!(["b"]), json!(["x", "b"]), json!(["x", "a"])),
        (json!(["y", "a"]), json!(["y", "b"]), json!(["b"]), json!(["a"])),
        // Both names stood there before.
        (json!(["b", "a"]), json!(["b"]), json!(["b", "x"]), json!(["b", "a", "x"])),
        // A former name was noted, and others since.
        (json!(null), json!([{ "name": "a" }]), json!([{ "name": "a" }, { "name": "c" }]), json!([{ "name": "c" }])),
        (json!(null), json!([{ "name": "a" }]), json!([{ "name": "a" }]), json!(null)),
        // Words beside the name changed, and a row came before it.
        (
            json!([{ "name": "A", "supplier": "a" }]),
            json!([{ "name": "A", "supplier": "b" }]),
            json!([{ "name": "Z" }, { "name": "A", "does": "hosts", "supplier": "b" }]),
            json!([{ "name": "Z" }, { "name": "A", "does": "hosts", "supplier": "a" }]),
        ),
        (json!("a"), json!("b"), json!("b"), json!("a")),
    ] {
        assert_eq!(put_back(&before, &after, &now), Some(back), "{before} to {after}, now {now}");
    }
}

#[test]
fn what_is_no_longer_there_is_not_guessed() {
    for (before, after, now) in [
        // The name that stayed was merged on, or replaced by hand.
        (json!(["a"]), json!(["b"]), json!(["c"])),
        (json!(["a"]), json!(["b"]), json!([])),
        (json!(["b", "a"]), json!(["b"]), json!(["c"])),
        (json!("a"), json!("b"), json!("c")),
        (json!("a"), json!("b"), json!(null)),
        (json!([{ "supplier": "a" }]), json!([{ "supplier": "b" }]), json!([{ "supplier": "c" }])),
    ] {
        assert_eq!(put_back(&before, &after, &now), None, "{before} to {after}, now {now}");
    }
}

fn ids() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(2u8..9, 0..5).prop_map(|mut ids| {
        ids.sort_unstable();
        ids.dedup();
        ids
    })
}

proptest! {
    #[test]
    fn one_id_for_another_comes_back_beside_whatever_was_added_or_removed(
        (rest, place) in ids().prop_flat_map(|rest| { let most = rest.len(); (Just(rest), 0..=most) }),
        removed in any::<u8>(),
        more in ids(),
    ) {
        let list = |ids: &[u8]| json!(ids);
        let (mut before, mut after) = (rest.clone(), rest.clone());
        before.insert(place, 0);
        after.insert(place, 1);
        prop_assert_eq!(put_back(&list(&before), &list(&after), &list(&after)), Some(list(&before)));
        let mut now: Vec<u8> = after.iter().copied().filter(|one| *one == 1 || *one != removed % 9).collect();
        now.extend(more.iter().filter(|one| !rest.contains(one)));
        let back = put_back(&list(&before), &list(&after), &list(&now));
        let expected: Vec<u8> = now.iter().map(|one| if *one == 1 { 0 } else { *one }).collect();
        prop_assert_eq!(back, Some(Json::from(expected)));
    }
}
