//! Careful accessors over a release, compiled or not.
//!
//! Publishers leave fields out, write ids as numbers and put lists where the
//! standard has objects; so each accessor gives an `Option` or an iterator,
//! borrows where it can, and never panics. Blank text counts as absent. No
//! field is judged here: dates stay text, amounts keep their digits.
//! Organisations are in `model/party.rs`, what is bought and when in
//! `model/terms.rs`, documents, options and links in `model/evidence.rs`.
//!
//! Mind when making contracts out of compiled releases: award ids repeat across
//! lots and notices at some publishers, and merging keeps one award for each id;
//! the merge's warnings and the raw releases tell.

mod evidence;
mod party;
mod terms;

use std::borrow::Cow;

use serde_json::Value;

pub use evidence::{Link, OptionText, RelatedProcess, documents, notice_links, option_texts, related_processes};
pub use party::{Identifier, Organisation, buyer, identifiers, parties, parties_with_role, party, split_org_id, suppliers};
pub use terms::{
    Classification, Money, Period, award_of, awards, classifications, contracts, cpv_codes, items, lots, money, period, status,
    tender,
};

/// The value at the end of a path of field names.
pub fn at<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, field| value.get(field)).filter(|value| !value.is_null())
}

/// The text at the end of a path, trimmed; none when blank or not text.
pub fn text<'v>(value: &'v Value, path: &[&str]) -> Option<&'v str> {
    at(value, path).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// Text or a number as text, as ids are written; none when blank.
pub fn id_text<'v>(value: &'v Value, path: &[&str]) -> Option<Cow<'v, str>> {
    match at(value, path)? {
        Value::Number(number) => Some(Cow::Borrowed(number.as_str())),
        _ => text(value, path).map(Cow::Borrowed),
    }
}

/// True or false at the end of a path; also when written as text.
pub fn flag(value: &Value, path: &[&str]) -> Option<bool> {
    match at(value, path)? {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) if text.trim().eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.trim().eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// The objects of the list at the end of a path; one object alone counts as a list of one.
pub fn objects<'v>(value: &'v Value, path: &[&str]) -> impl Iterator<Item = &'v Value> + use<'v> {
    let found = at(value, path);
    let many = found.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let one = found.filter(|value| value.is_object());
    one.into_iter().chain(many).filter(|value| value.is_object())
}

/// The texts of the list at the end of a path; one text alone counts as a list of one.
pub fn texts<'v>(value: &'v Value, path: &[&str]) -> impl Iterator<Item = &'v str> + use<'v> {
    let found = at(value, path);
    let many = found.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let one = found.filter(|value| value.is_string());
    let texts = one.into_iter().chain(many).filter_map(Value::as_str);
    texts.map(str::trim).filter(|text| !text.is_empty())
}

/// The id of the contracting process.
pub fn ocid(release: &Value) -> Option<&str> {
    text(release, &["ocid"])
}

/// When the release was published, as written.
pub fn date(release: &Value) -> Option<&str> {
    text(release, &["date"])
}

/// What the release is about: `tender`, `award`, `compiled` and so on.
pub fn tags(release: &Value) -> impl Iterator<Item = &str> {
    texts(release, &["tag"])
}

/// The title of a release, tender, award, contract or lot.
pub fn title(part: &Value) -> Option<&str> {
    text(part, &["title"])
}

/// The description of a release, tender, award, contract or lot.
pub fn description(part: &Value) -> Option<&str> {
    text(part, &["description"])
}

/// The first ten characters of a date, when they are one: `2025-03-31`. No time zone is applied,
/// for an end given as midnight in summer time would become the day before.
pub fn day(date: &str) -> Option<&str> {
    let day = date.trim().get(..10)?;
    let is_day = day.bytes().enumerate().all(|(place, byte)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    is_day.then_some(day)
}
