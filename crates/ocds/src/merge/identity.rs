//! When two ids, and when two values, are the same.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::Warning;
use super::path::Path;
use crate::json::{Fields, Json};

/// Below this many comparisons a scan is quicker than a hash table.
const SCAN: usize = 32;

/// An id in a form that can be hashed. Type-sensitive: 1 is not "1".
#[derive(Clone, PartialEq, Eq, Hash)]
enum Key<'v> {
    Text(Cow<'v, str>),
    Number(Decimal<'v>),
    Other(String),
}

impl<'v> Key<'v> {
    fn of(id: &'v Json<'_>) -> Self {
        match (id.as_text(), id.as_scalar()) {
            (Some(text), _) => Key::Text(text),
            (None, Some(word)) if is_number(word) => Key::Number(Decimal::of(word)),
            _ => Key::Other(as_text(id)),
        }
    }

    fn into_owned(self) -> Key<'static> {
        match self {
            Key::Text(text) => Key::Text(Cow::Owned(text.into_owned())),
            Key::Number(number) => Key::Number(number.into_owned()),
            Key::Other(text) => Key::Other(text),
        }
    }
}

/// The `id` of an object of a list; null counts as none.
pub(super) fn id_of<'j, 't>(object: &'j Fields<'t>) -> Option<&'j Json<'t>> {
    object.get("id").filter(|id| !id.is_null())
}

fn is_number(word: &str) -> bool {
    word.starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

fn as_text(value: &Json<'_>) -> String {
    let mut text = Vec::new();
    value.write(&mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// Finds the object with an id among those of a list.
pub(super) enum Index {
    Scan,
    Table(HashMap<OwnedKey, usize>),
}

/// An owned [`Key`], kept opaque.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct OwnedKey(Key<'static>);

impl Index {
    /// `existing` are the ids already in the list by position, `coming` how many objects will be looked up.
    pub(super) fn new<'j, 't: 'j>(existing: impl ExactSizeIterator<Item = Option<&'j Json<'t>>>, coming: usize) -> Self {
        if existing.len() + coming <= SCAN {
            return Index::Scan;
        }
        let mut table = HashMap::with_capacity(existing.len() + coming);
        for (place, id) in existing.enumerate() {
            if let Some(id) = id {
                table.entry(OwnedKey(Key::of(id).into_owned())).or_insert(place);
            }
        }
        Index::Table(table)
    }

    /// Where the object with this id stands.
    pub(super) fn find<'j, 't: 'j>(
        &self,
        mut existing: impl Iterator<Item = Option<&'j Json<'t>>>,
        id: &Json<'_>,
    ) -> Option<usize> {
        match self {
            Index::Scan => existing.position(|other| other.is_some_and(|other| same(other, id))),
            Index::Table(table) => table.get(&OwnedKey(Key::of(id).into_owned())).copied(),
        }
    }

    /// Remembers that an object with this id was put at `place`.
    pub(super) fn note(&mut self, id: Option<&Json<'_>>, place: usize) {
        if let (Index::Table(table), Some(id)) = (self, id) {
            table.entry(OwnedKey(Key::of(id).into_owned())).or_insert(place);
        }
    }
}

/// One warning for each object of a list whose id another before it had.
pub(super) fn warn_of_duplicates(items: &[Json<'_>], path: &Path<'_>, warnings: &mut Vec<Warning>) {
    if items.len() < 2 {
        return;
    }
    let ids = items.iter().filter_map(|item| item.as_object().and_then(id_of));
    let mut warn = |id: &Json<'_>| {
        warnings.push(Warning::DuplicateId { path: path.to_string(), id: as_text(id) });
    };
    if items.len() <= SCAN {
        for (place, id) in ids.clone().enumerate() {
            if ids.clone().take(place).any(|other| same(other, id)) {
                warn(id);
            }
        }
    } else {
        let mut seen = HashSet::with_capacity(items.len());
        for id in ids {
            if !seen.insert(Key::of(id)) {
                warn(id);
            }
        }
    }
}

/// Whether two values say the same: numbers by amount (1 is 1.0), objects whatever the order of their fields.
pub(super) fn same(a: &Json<'_>, b: &Json<'_>) -> bool {
    match (a, b) {
        (Json::Scalar(a_word), Json::Scalar(b_word)) => {
            a_word == b_word
                || if is_number(a_word) && is_number(b_word) {
                    Decimal::of(a_word) == Decimal::of(b_word)
                } else {
                    // The same text may be escaped in different ways.
                    (a_word.contains('\\') || b_word.contains('\\')) && a.as_text().is_some() && a.as_text() == b.as_text()
                }
        }
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Json::Object(a), Json::Object(b)) => {
            a.iter().count() == b.iter().count() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        (a, b) => a.is_null() && b.is_null(),
    }
}

/// A JSON number by its amount: exact, whatever its size, so that 1e9999 is no problem.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Decimal<'v> {
    Zero,
    /// Sign, digits without zeros at either end, and the power of ten of the last digit.
    Amount {
        negative: bool,
        digits: String,
        exponent: i64,
    },
    /// An exponent that does not even fit 64 bits; then only the same text is the same number.
    Text(Cow<'v, str>),
}

impl<'v> Decimal<'v> {
    fn of(text: &'v str) -> Self {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        let leading = all.trim_start_matches('0');
        let digits = leading.trim_end_matches('0');
        if digits.is_empty() {
            return Decimal::Zero;
        }
        let shift = i64::try_from(leading.len() - digits.len()).ok().zip(i64::try_from(fraction.len()).ok());
        let exponent = exponent.strip_prefix('+').unwrap_or(exponent).parse::<i64>().ok();
        match (shift, exponent) {
            (Some((zeros, places)), Some(exponent)) => match exponent.checked_add(zeros - places) {
                Some(exponent) => Decimal::Amount { negative, digits: digits.to_owned(), exponent },
                None => Decimal::Text(Cow::Borrowed(text)),
            },
            _ => Decimal::Text(Cow::Borrowed(text)),
        }
    }

    fn into_owned(self) -> Decimal<'static> {
        match self {
            Decimal::Zero => Decimal::Zero,
            Decimal::Amount { negative, digits, exponent } => Decimal::Amount { negative, digits, exponent },
            Decimal::Text(text) => Decimal::Text(Cow::Owned(text.into_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Json<'_> {
        crate::json::parse(text).expect("test values are JSON")
    }

    #[test]
    fn numbers_are_compared_by_amount() {
        for (a, b) in [("1", "1.0"), ("100", "1e2"), ("0.10", "1E-1"), ("-0", "0.000e5"), ("1e9999", "10e9998")] {
            assert!(same(&value(a), &value(b)), "{a} and {b}");
        }
        for (a, b) in [("1", "-1"), ("1", "10"), ("1e9999", "1e9998"), ("1", "\"1\""), ("1", "true")] {
            assert!(!same(&value(a), &value(b)), "{a} and {b}");
        }
        assert!(same(&value(r#""\u00e9""#), &value("\"é\"")) && !same(&value(r#""\u00e9""#), &value("\"e\"")));
        let endless = "1e99999999999999999999";
        assert!(same(&value(endless), &value(endless)));
    }

    #[test]
    fn large_and_small_lists_warn_of_the_same_duplicates() {
        for size in [4_usize, 400] {
            let mut items: Vec<serde_json::Value> = (0..size).map(|n| serde_json::json!({ "id": n })).collect();
            items.push(serde_json::json!({ "id": "1" }));
            items.push(serde_json::json!({ "id": null }));
            items.push(serde_json::json!({ "id": null }));
            items.push(serde_json::json!({ "id": 1 }));
            let items: Vec<Json<'_>> = items.into_iter().map(Json::from).collect();
            let mut warnings = Vec::new();
            warn_of_duplicates(&items, &Path::ROOT.then("a"), &mut warnings);
            assert_eq!(warnings, [Warning::DuplicateId { path: "a".into(), id: "1".into() }], "{size}");
        }
    }
}
