//! The shape of lists, and what several nouns share in their items.

use domain::register::{
    ids::{FunctionId, OrganisationId},
    money,
    snapshot::{Facet, FacetCount, ListFacet, Snapshot},
};
use jiff::{civil::Date, tz::Offset};
use serde::{Serialize, Serializer, ser::SerializeMap};
use utoipa::ToSchema;
use uuid::Uuid;

/// One page of a list.
#[derive(Debug, Serialize)]
pub struct List<T, F> {
    /// The rows.
    pub items: Vec<T>,
    /// How many rows match on all pages.
    pub total: u64,
    /// Counts by each facet asked for; a facet's own filter is left out of its counts.
    pub facets: F,
    /// The cursor of the next page, or null.
    pub next: Option<String>,
}

/// Facets by name, in the order asked for.
#[derive(Debug, Default)]
pub struct Facets<'s>(pub Vec<(Facet, Vec<FacetCount<'s>>)>);

impl Serialize for Facets<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (facet, counts) in &self.0 {
            map.serialize_entry(facet.as_str(), counts)?;
        }
        map.end()
    }
}

/// Facets of the smaller lists by name, in the order asked for.
#[derive(Debug, Default)]
pub struct ListFacets<'s>(pub Vec<(ListFacet, Vec<FacetCount<'s>>)>);

impl Serialize for ListFacets<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (facet, counts) in &self.0 {
            map.serialize_entry(facet.as_str(), counts)?;
        }
        map.end()
    }
}

/// The facets of a list that has none.
#[derive(Debug, Default, Serialize)]
pub struct NoFacets {}

/// How many rows have one value of a facet.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FacetCount)]
pub struct FacetCountSchema {
    /// What the filter of the same name takes.
    value: String,
    /// What people read.
    label: String,
    /// How many rows.
    count: u32,
}

impl FacetCountSchema {
    /// A count of a list that no snapshot keeps.
    #[must_use]
    pub fn of(value: &str, label: &str, count: u32) -> Self {
        Self { value: value.to_owned(), label: label.to_owned(), count }
    }
}

/// A record named by its slug.
#[derive(Debug, Serialize, ToSchema)]
pub struct Slugged<'s> {
    /// What filters take.
    pub slug: &'s str,
    /// Its name.
    pub name: &'s str,
}

/// A record named by its id.
#[derive(Debug, Serialize, ToSchema)]
pub struct Named<'s> {
    /// What filters take.
    #[schema(value_type = String)]
    pub id: Uuid,
    /// Its name.
    pub name: &'s str,
}

/// A sum with its kind. Sums of different kinds must not be added together.
#[derive(Debug, Serialize, ToSchema)]
pub struct Amount<'s> {
    /// Pounds and pence, as text: `1200000.00`.
    #[schema(example = "1200000.00", pattern = r"^-?[0-9]+\.[0-9]{2}$")]
    pub amount: String,
    /// ISO 4217.
    #[schema(example = "GBP")]
    pub currency: &'s str,
    /// `whole-life`, `annual` or `estimated`.
    #[schema(value_type = String, example = "annual")]
    pub basis: money::Basis,
    /// `included`, `excluded` or `not-known`.
    #[schema(value_type = String, example = "not-known")]
    pub vat: money::Vat,
}

impl<'s> Amount<'s> {
    /// A sum as the API gives it.
    #[must_use]
    pub fn of(money: &'s money::Money) -> Self {
        Self { amount: money.amount(), currency: &money.currency, basis: money.basis, vat: money.vat }
    }
}

/// An organisation by its slug.
#[must_use]
pub fn organisation(snapshot: &Snapshot, id: OrganisationId) -> Option<Slugged<'_>> {
    let entry = snapshot.organisation_by_id(id).and_then(|row| snapshot.organisation(row))?;
    Some(Slugged { slug: &entry.record.slug, name: &entry.record.name })
}

/// Functions by their slugs.
#[must_use]
pub fn functions<'s>(snapshot: &'s Snapshot, ids: &[FunctionId]) -> Vec<Slugged<'s>> {
    ids.iter()
        .filter_map(|id| snapshot.function_by_id(*id).and_then(|row| snapshot.function(row)))
        .map(|entry| Slugged { slug: &entry.record.slug, name: &entry.record.name })
        .collect()
}

/// A name of a closed list, as serde spells it.
#[must_use]
pub fn spelt(value: &impl Serialize) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}

/// An instant as RFC 3339 in UTC, to the millisecond.
#[must_use]
pub fn instant(milliseconds: i64) -> String {
    let Ok(instant) = jiff::Timestamp::from_millisecond(milliseconds) else { return String::new() };
    let at = Offset::UTC.to_datetime(instant);
    let Some(day) = day_text(at.date()) else { return format!("{instant:.3}") };
    let mut text = *b"0000-00-00T00:00:00.000Z";
    text[..10].copy_from_slice(&day);
    two(&mut text[11..13], at.hour());
    two(&mut text[14..16], at.minute());
    two(&mut text[17..19], at.second());
    let thousandths = milliseconds.rem_euclid(1000);
    text[20] += (thousandths / 100) as u8;
    two(&mut text[21..23], (thousandths % 100) as i8);
    String::from_utf8_lossy(&text).into_owned()
}

fn two(place: &mut [u8], number: i8) {
    place[0] += number.unsigned_abs() / 10;
    place[1] += number.unsigned_abs() % 10;
}

/// `2027-03-31`; none for years that take other than four digits.
fn day_text(date: Date) -> Option<[u8; 10]> {
    let year = u16::try_from(date.year()).ok().filter(|year| *year <= 9999)?;
    let mut text = *b"0000-00-00";
    two(&mut text[..2], (year / 100) as i8);
    two(&mut text[2..4], (year % 100) as i8);
    two(&mut text[5..7], date.month());
    two(&mut text[8..], date.day());
    Some(text)
}

/// Writes a day, as jiff does but without its formatter: a page of contracts holds a hundred of them.
pub fn day<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    match date {
        None => serializer.serialize_none(),
        Some(date) => match day_text(*date) {
            Some(text) => serializer.serialize_str(&String::from_utf8_lossy(&text)),
            None => date.serialize(serializer),
        },
    }
}

/// Bytes of a usual answer, so that its memory does not grow step by step.
pub const ROOM: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn instants_and_days_read_as_jiff_writes_them(milliseconds in -99_999_999_999_999_i64..250_000_000_000_000) {
            let at = jiff::Timestamp::from_millisecond(milliseconds).unwrap();
            prop_assert_eq!(instant(milliseconds), format!("{at:.3}"));
            let date = Offset::UTC.to_datetime(at).date();
            let mut out = Vec::new();
            day(&Some(date), &mut serde_json::Serializer::new(&mut out)).unwrap();
            prop_assert_eq!(String::from_utf8(out).unwrap(), serde_json::to_string(&date).unwrap());
        }
    }
}
