//! The same bytes as serde_json writes, whatever the shape.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

#[derive(Debug, Serialize)]
enum Kind {
    Plain,
    New(u8),
    Pair(i64, String),
    Named { text: String },
}

#[derive(Debug, Serialize)]
struct Shape {
    text: String,
    letter: char,
    number: i64,
    small: u8,
    fraction: f64,
    yes: bool,
    perhaps: Option<Box<Shape>>,
    list: Vec<Option<String>>,
    pair: (u32, String),
    map: BTreeMap<String, Vec<u16>>,
    kinds: Vec<Kind>,
    unit: (),
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{0,20}", "\\PC{0,12}", "[\u{0}-\u{20}\"\\\\a-cé]{0,20}"]
}

fn shapes() -> impl Strategy<Value = Shape> {
    let kind = prop_oneof![
        Just(()).prop_map(|()| Kind::Plain),
        any::<u8>().prop_map(Kind::New),
        (any::<i64>(), texts()).prop_map(|(number, text)| Kind::Pair(number, text)),
        texts().prop_map(|text| Kind::Named { text }),
    ];
    let leaf = (
        (texts(), any::<char>(), any::<i64>(), any::<u8>(), any::<f64>(), any::<bool>()),
        prop::collection::vec(prop::option::of(texts()), 0..4),
        (any::<u32>(), texts()),
        prop::collection::btree_map(texts(), prop::collection::vec(any::<u16>(), 0..3), 0..3),
        prop::collection::vec(kind, 0..4),
    )
        .prop_map(|((text, letter, number, small, fraction, yes), list, pair, map, kinds)| Shape {
            text,
            letter,
            number,
            small,
            fraction,
            yes,
            perhaps: None,
            list,
            pair,
            map,
            kinds,
            unit: (),
        });
    prop::collection::vec(leaf, 1..3).prop_map(|shapes| {
        let nest = |inner: Option<Box<Shape>>, mut shape: Shape| {
            shape.perhaps = inner;
            Some(Box::new(shape))
        };
        *shapes.into_iter().fold(None, nest).expect("there is one at least")
    })
}

proptest! {
    #[test]
    fn the_bytes_are_those_of_serde_json(shape in shapes()) {
        prop_assert_eq!(String::from_utf8(to_vec(&shape, 0).unwrap()).unwrap(), serde_json::to_string(&shape).unwrap());
    }
}

#[test]
fn what_only_serde_json_can_write_is_left_to_it() {
    let number: serde_json::Value = serde_json::from_str(r#"{"a": 1e9999, "b": [1.50]}"#).unwrap();
    let map = BTreeMap::from([(1, "one")]);
    assert_eq!(to_vec(&number, 0).unwrap(), serde_json::to_vec(&number).unwrap());
    assert_eq!(to_vec(&map, 0).unwrap(), br#"{"1":"one"}"#);
    assert_eq!(to_vec(&(jiff::civil::date(2027, 3, 31), uuid::Uuid::nil()), 0).unwrap().len(), 53);
}
