//! The shape of lists, what several nouns share in their items, and writing JSON.

use crate::error::{Code, Failure};
use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use documents::export::Cell;
use domain::register::{
    ids::{FunctionId, OrganisationId},
    money,
    snapshot::{Facet, FacetCount, ListFacet, Snapshot},
};
use serde::{Serialize, Serializer, ser::SerializeMap};
use utoipa::ToSchema;

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
#[allow(dead_code)]
pub struct FacetCountSchema {
    /// What the filter of the same name takes.
    value: String,
    /// What people read.
    label: String,
    /// How many rows.
    count: u32,
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
    pub id: String,
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

/// The same as a cell of a file.
#[must_use]
pub fn word(value: &impl Serialize) -> Cell<'static> {
    spelt(value).map_or(Cell::Empty, |word| Cell::Text(word.into()))
}

/// The words of a text, for lists small enough to be searched as they stand.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// An instant as RFC 3339 in UTC.
#[must_use]
pub fn instant(milliseconds: i64) -> String {
    jiff::Timestamp::from_millisecond(milliseconds).map_or_else(|_| String::new(), |at| format!("{at:.3}"))
}

/// Writes a value as JSON.
///
/// # Errors
/// When it cannot be written: a fault in the program.
pub fn json(value: &impl Serialize) -> Result<Response, Failure> {
    let bytes = serde_json::to_vec(value).map_err(|error| {
        tracing::error!(%error, "an answer could not be written");
        Failure::of(Code::Internal)
    })?;
    let mut response = Response::new(Body::from(bytes));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    Ok(response)
}
