//! What must hold of merging whatever the releases are.

use ocds::merge::{Form, Merger};
use ocds::rules::Rules;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Values whose kind depends on their field's name, so that releases agree about kinds.
fn fields(depth: u32) -> BoxedStrategy<Value> {
    let literal = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..5_i64).prop_map(Value::from),
        "[a-c]{0,2}".prop_map(Value::from),
    ];
    let texts = prop::collection::vec("[a-c]{1,2}", 1..3).prop_map(Value::from);
    let literal = prop::option::of(literal);
    let texts = prop::option::of(texts);
    if depth == 0 {
        return (literal, texts).prop_map(|(x, s)| object([("x", x), ("s", s)])).boxed();
    }
    let id = prop_oneof![(1..4_i64).prop_map(Value::from), (1..4_i64).prop_map(|id| Value::from(id.to_string()))];
    let item = (id, fields(depth - 1)).prop_map(|(id, mut fields)| {
        fields["id"] = id;
        fields
    });
    let list = prop::option::of(prop::collection::vec(item, 0..4).prop_map(Value::from));
    let inner = prop::option::of(fields(depth - 1));
    (literal, texts, inner, list).prop_map(|(x, s, o, l)| object([("x", x), ("s", s), ("o", o), ("l", l)])).boxed()
}

fn object<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(fields.collect::<Map<_, _>>())
}

fn releases() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(fields(2), 1..6).prop_map(|bodies| {
        let dated = bodies.into_iter().enumerate().map(|(day, mut body)| {
            body["ocid"] = json!("o");
            body["id"] = json!(format!("r{day}"));
            body["date"] = json!(format!("2020-01-{:02}", day + 1));
            body["tag"] = json!(["tender"]);
            body
        });
        dated.collect()
    })
}

/// The newest values of a versioned release: what a compiled one must say.
fn newest(versioned: &Value) -> Option<Value> {
    match versioned {
        Value::Array(items) => match items.last() {
            Some(last) if last.get("releaseDate").is_some() => Some(last["value"].clone()).filter(|v| !v.is_null()),
            _ => Some(items.iter().filter_map(newest).collect()),
        },
        Value::Object(fields) => {
            let newest = fields.iter().filter_map(|(field, value)| Some((field.clone(), newest(value)?)));
            Some(Value::Object(newest.collect()))
        }
        plain => Some(plain.clone()),
    }
}

proptest! {
    #[test]
    fn merging_a_compiled_release_again_changes_nothing(releases in releases()) {
        let rules = Rules::builtin_1_1();
        let once = Merger::new(&rules).compiled(releases).unwrap().release;
        let again = Merger::new(&rules).compiled(vec![once.clone()]).unwrap().release;
        // An object that nulls have emptied stays while merging, and says nothing to the next merge.
        prop_assume!(!once.to_string().contains("{}"));
        let (mut once, mut again) = (once, again);
        once["id"] = Value::Null;
        again["id"] = Value::Null;
        prop_assert_eq!(once, again);
    }

    #[test]
    fn the_order_of_input_does_not_matter_when_dates_differ(
        (releases, shuffled) in releases().prop_flat_map(|list| (Just(list.clone()), Just(list).prop_shuffle())),
    ) {
        let rules = Rules::builtin_1_1();
        for form in [Form::Compiled, Form::Versioned] {
            let merger = Merger::new(&rules);
            prop_assert_eq!(merger.merge(form, releases.clone()), merger.merge(form, shuffled.clone()));
        }
    }

    #[test]
    fn one_by_one_is_the_same_as_all_at_once(releases in releases()) {
        let rules = Rules::builtin_1_1();
        let merger = Merger::new(&rules);
        let mut compiled = merger.start_compiled();
        let mut versioned = merger.start_versioned();
        for release in &releases {
            compiled.push(release.clone()).unwrap();
            versioned.push(release.clone()).unwrap();
        }
        prop_assert_eq!(compiled.finish(), merger.compiled(releases.clone()).unwrap());
        prop_assert_eq!(versioned.finish(), merger.versioned(releases).unwrap());
    }

    #[test]
    fn a_compiled_release_says_the_newest_of_the_versioned_one(releases in releases()) {
        let rules = Rules::builtin_1_1();
        let merger = Merger::new(&rules);
        let mut compiled = merger.compiled(releases.clone()).unwrap().release;
        for made in ["id", "date", "tag"] {
            compiled.as_object_mut().unwrap().shift_remove(made);
        }
        let versioned = merger.versioned(releases).unwrap().release;
        prop_assert_eq!(newest(&versioned), Some(compiled));
    }

    #[test]
    fn a_versioned_release_can_be_read_back_and_gone_on_from(releases in releases(), at in 0..6_usize) {
        let rules = Rules::builtin_1_1();
        let merger = Merger::new(&rules);
        let (earlier, later) = releases.split_at(at.clamp(1, releases.len()));
        let so_far = merger.versioned(earlier.to_vec()).unwrap().release;
        let mut resumed = merger.resume_versioned(so_far).unwrap();
        resumed.extend(later.to_vec()).unwrap();
        prop_assert_eq!(resumed.finish().release, merger.versioned(releases).unwrap().release);
    }
}
