//! What the API says of a published assessment: the shape of a row, and of one whole.

use crate::web::dpia::publish::register::Row;
use api_json::shapes;
use domain::dpia::template::Purpose;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

/// A function, by its slug.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublishedFunction)]
pub struct Function {
    /// The slug, as the first answers of this list had it.
    id: String,
    /// What filters take.
    slug: String,
    /// Its name.
    name: String,
}

/// An organisation, by its slug.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublishedOrganisation)]
pub struct Slug {
    /// What filters take.
    slug: String,
    /// Its name.
    name: String,
}

/// An organisation that took part when it was published, and left since.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublishedLeaver)]
pub struct Leaver {
    /// What filters take.
    slug: String,
    /// Its name.
    name: String,
    /// Until when it took part, UTC.
    #[schema(value_type = String, format = DateTime)]
    until: String,
}

/// A product, by its id.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublishedProduct)]
pub struct Product {
    /// What filters take.
    id: String,
    /// Its name.
    name: String,
}

/// A published assessment, as the signed version has it. One that was withdrawn stays with its number, its
/// organisations, its dates and its note.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublishedAssessment)]
pub struct Item {
    /// The publication's id.
    id: String,
    /// The assessment's number.
    number: String,
    /// `dpia`, or `review` for a short data protection review, where screening asks for no DPIA.
    kind: &'static str,
    /// Its title; empty for one that was withdrawn, since it may be what had to go.
    title: String,
    /// What is done with people's data, in plain words; empty for one that was withdrawn.
    summary: String,
    /// The organisations that control the processing.
    organisations: Vec<Slug>,
    /// The organisations that took part when it was published, and left since.
    left: Vec<Leaver>,
    /// The products that its systems are; none of one that was withdrawn.
    products: Vec<Product>,
    /// The functions that its systems serve; none of one that was withdrawn.
    functions: Vec<Function>,
    /// When it was published, UTC; null where that is not known.
    #[schema(format = DateTime)]
    published_at: Option<String>,
    /// Whether it was taken back.
    withdrawn: bool,
    /// When it was, UTC.
    #[schema(format = DateTime)]
    withdrawn_at: Option<String>,
    /// What is said in its place then.
    note: Option<String>,
    /// The day by which it is looked at again, kept up to date: it is no part of what was signed and sealed.
    #[schema(value_type = Option<String>, format = Date)]
    review_on: Option<Date>,
    /// The publication of the assessment that took its place, where that is public.
    superseded_by: Option<String>,
    /// The publications of those whose place it took.
    supersedes: Vec<String>,
    /// SHA-256, over canonical JSON (RFC 8785), of what is published: of the fields that `sealed_fields` names at its own address.
    seal: Option<String>,
}

/// A published assessment with what it says: the fields of its row, and exactly what is sealed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublishedAssessmentWhole)]
#[allow(dead_code)]
pub struct Whole {
    #[serde(flatten)]
    row: Item,
    /// Which fields of this object are what `seal` is the seal of, together, as canonical JSON. Absent with them for one that was
    /// withdrawn.
    sealed_fields: Option<Vec<String>>,
    /// The format of what is sealed.
    format: Option<String>,
    /// The signed version that it shows, by id.
    version: Option<String>,
    /// The organisations that took part, by id, each with what it is to the processing.
    #[schema(value_type = Option<Vec<Object>>)]
    parties: Option<Json>,
    /// The systems of the register that it is about, by id.
    systems: Option<Vec<String>>,
    /// The seal of the signed version's shared text.
    sealed: Option<String>,
    /// The seals of its annexes of which something is shown, by organisation.
    #[schema(value_type = Option<Object>)]
    sealed_annexes: Option<Json>,
    /// The questions, and the answers in pieces: shown, or taken out with the number of words, the exemption and the reason.
    #[schema(value_type = Option<Vec<Object>>)]
    fields: Option<Json>,
    /// Questions that are left out although their template calls them public: of each the exemption and the reason. Absent where
    /// none is.
    #[schema(value_type = Option<Vec<Object>>)]
    left_out: Option<Json>,
}

/// What the API calls a kind of assessment.
pub(super) fn kind(kind: Purpose) -> &'static str {
    match kind {
        Purpose::Dpia => "dpia",
        Purpose::Review => "review",
    }
}

/// A row as the API has it.
pub(super) fn item(row: Row) -> Item {
    Item {
        organisations: row.organisations.into_iter().map(|one| Slug { slug: one.slug, name: one.name }).collect(),
        left: row
            .left
            .into_iter()
            .map(|(one, until)| Leaver { slug: one.slug, name: one.name, until: shapes::instant(until) })
            .collect(),
        kind: kind(row.kind),
        products: row.products.into_iter().map(|one| Product { id: one.value, name: one.name }).collect(),
        functions: row
            .functions
            .into_iter()
            .map(|one| Function { id: one.value.clone(), slug: one.value, name: one.name })
            .collect(),
        published_at: row.published_at.map(shapes::instant),
        withdrawn: row.withdrawn,
        withdrawn_at: row.withdrawn_at.map(shapes::instant),
        note: Some(row.note).filter(|note| !note.is_empty()),
        review_on: row.review_on,
        superseded_by: row.replaced_by.map(|one| one.value),
        supersedes: row.replaces.into_iter().map(|one| one.value).collect(),
        seal: row.seal,
        id: row.id,
        number: row.number,
        title: row.title,
        summary: row.summary,
    }
}
