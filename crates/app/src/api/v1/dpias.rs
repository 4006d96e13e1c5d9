//! `/api/v1/dpias`: the data protection impact assessments, and short reviews, that councils have published.

use super::{
    answer::{self, FacetCountSchema, List},
    files::{self, Exported, Format, joined},
    request::{self, Segment},
};
use crate::{
    error::{Code, Failure, Problem},
    state::App,
    web::{
        dpia::publish::{
            register::{self, FILTERS, Found, Row},
            shown,
        },
        query::Params,
    },
};
use axum::{
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use documents::export::{Cell, Column, Kind};
use domain::{dpia::template::Purpose, people::Scope, register::snapshot::Snapshot};
use jiff::civil::Date;
use serde::{Serialize, Serializer};
use serde_json::Value as Json;
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};

/// The filters that are facets too.
const FACETS: &[&str] = &["organisation", "product", "function"];
/// The orders; the first is the default.
const SORTS: &[&str] = &["-published", "published", "title"];

/// The filters of published assessments. Repeats of one name are 'or', different names are 'and'.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)]
pub struct Parameters {
    /// Slugs of organisations that control the processing.
    organisation: Option<Vec<String>>,
    /// Ids of products that it is about.
    product: Option<Vec<String>>,
    /// Slugs of functions that its systems serve.
    function: Option<Vec<String>>,
    /// Words of its title or summary, all of which must occur.
    #[param(max_length = 500)]
    q: Option<String>,
    /// Facets to count by, parted by commas.
    #[param(pattern = "^(organisation|product|function)(,(organisation|product|function))*$")]
    facet: Option<String>,
    /// The order: by the day on which it was published or taken back, or by title.
    #[param(pattern = "^(-published|published|title)$")]
    sort: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<i64>,
    /// The `next` of the page before.
    #[param(pattern = "^[npt][0-9a-f]{32}$")]
    cursor: Option<String>,
}

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

/// A published assessment, as the signed version has it. One that was withdrawn stays with its note.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublishedAssessment)]
pub struct Item {
    /// The publication's id.
    id: String,
    /// The assessment's number.
    number: String,
    /// `dpia`, or `review` for a short data protection review, where screening asks for no DPIA.
    kind: &'static str,
    /// Its title.
    title: String,
    /// What is done with people's data, in plain words; empty for one that was withdrawn.
    summary: String,
    /// The organisations that control the processing.
    organisations: Vec<Slug>,
    /// The organisations that took part when it was published, and left since.
    left: Vec<Leaver>,
    /// The products that its systems are.
    products: Vec<Product>,
    /// The functions that its systems serve.
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

fn kind(kind: Purpose) -> &'static str {
    match kind {
        Purpose::Dpia => "dpia",
        Purpose::Review => "review",
    }
}

fn item(row: Row) -> Item {
    Item {
        organisations: row.organisations.into_iter().map(|one| Slug { slug: one.slug, name: one.name }).collect(),
        left: row
            .left
            .into_iter()
            .map(|(one, until)| Leaver { slug: one.slug, name: one.name, until: answer::instant(until) })
            .collect(),
        kind: kind(row.kind),
        products: row.products.into_iter().map(|one| Product { id: one.value, name: one.name }).collect(),
        functions: row
            .functions
            .into_iter()
            .map(|one| Function { id: one.value.clone(), slug: one.value, name: one.name })
            .collect(),
        published_at: row.published_at.map(answer::instant),
        withdrawn: row.withdrawn,
        withdrawn_at: row.withdrawn_at.map(answer::instant),
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

/// The order that is asked for.
fn sort(params: &Params) -> Result<&'static str, Failure> {
    let asked = params.one("sort").unwrap_or(SORTS[0]);
    let known = SORTS.iter().find(|sort| **sort == asked).copied();
    known.ok_or_else(|| Failure::parameter(format!("'sort' must be one of {}.", SORTS.join(", "))))
}

/// The facets that are asked for, in that order.
fn facets(params: &Params) -> Result<Vec<&'static str>, Failure> {
    let mut facets = Vec::new();
    for name in params.all("facet").flat_map(|names| names.split(',')).map(str::trim).filter(|name| !name.is_empty()) {
        let known = FACETS.iter().find(|facet| **facet == name).copied();
        let facet = known.ok_or_else(|| Failure::parameter(format!("'facet' must name some of {}.", FACETS.join(", "))))?;
        if !facets.contains(&facet) {
            facets.push(facet);
        }
    }
    Ok(facets)
}

/// Everything that is published, in the order that is asked for.
async fn ordered(app: &App, sort: &str) -> Result<Vec<Row>, Failure> {
    let mut rows = register::rows(app).await?;
    match sort {
        "published" => rows.reverse(),
        "title" => rows.sort_by_cached_key(|row| (row.title.to_lowercase(), row.id.clone())),
        _ => {}
    }
    Ok(rows)
}

/// The rows after a cursor: a letter for the order, and the row that came last.
fn after(rows: Vec<Row>, sort: &str, cursor: Option<&str>) -> Result<Vec<Row>, Failure> {
    let Some(cursor) = cursor else { return Ok(rows) };
    let place = rows.iter().position(|row| self::cursor(sort, row) == cursor);
    let place = place.ok_or_else(|| {
        if !is_cursor(cursor) {
            return Failure::of(Code::InvalidCursor);
        }
        let detail = Some("The row that the cursor names is not in this list: begin again without it.".to_owned());
        Failure { code: Code::NotFound, detail }
    })?;
    Ok(rows.into_iter().skip(place + 1).collect())
}

/// Whether a text has the shape of what [`cursor`] makes, whatever row it names.
fn is_cursor(text: &str) -> bool {
    let id = text.strip_prefix(['n', 'p', 't']).unwrap_or_default();
    id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn cursor(sort: &str, row: &Row) -> String {
    let letter = match sort {
        "published" => 'p',
        "title" => 't',
        _ => 'n',
    };
    format!("{letter}{}", row.id.replace('-', ""))
}

/// Facets by name, in the order asked for.
struct Counts(Vec<(&'static str, Vec<FacetCountSchema>)>);

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(facet, counts)| (facet, counts)))
    }
}

/// How many rows have each value of a facet, the most frequent first; its own filter is left out.
fn counts(rows: &[Row], params: &Params, facet: &str) -> Vec<FacetCountSchema> {
    let mut counts: HashMap<(&str, &str), u32> = HashMap::new();
    for row in rows.iter().filter(|row| row.fits(params, Some(facet))) {
        for value in row.values(facet) {
            *counts.entry(value).or_default() += 1;
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|(one, many), (other, more)| more.cmp(many).then_with(|| (one.1, one.0).cmp(&(other.1, other.0))));
    counts.into_iter().map(|((value, label), count)| FacetCountSchema::of(value, label, count)).collect()
}

/// Published assessments by any filter, in any order, counted by any facet.
///
/// # Errors
/// When a parameter cannot be read, or the database fails.
#[utoipa::path(get, path = "/api/v1/dpias", tag = "dpias", params(Parameters),
    responses((status = 200, body = super::openapi::DpiaList), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 400, body = Problem, content_type = "application/problem+json")))]
pub async fn list(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    request::only(&params, FILTERS)?;
    let (sort, facets, limit) = (sort(&params)?, facets(&params)?, request::limit(&params)?);
    let all = ordered(&app, sort).await?;
    let facets = Counts(facets.into_iter().map(|facet| (facet, counts(&all, &params, facet))).collect());
    let total = all.iter().filter(|row| row.fits(&params, None)).count() as u64;
    let mut rest = after(all, sort, params.one("cursor"))?.into_iter().filter(|row| row.fits(&params, None)).peekable();
    let page: Vec<Row> = rest.by_ref().take(limit).collect();
    let next = rest.peek().and(page.last()).map(|row| cursor(sort, row));
    answer::json(&List { items: page.into_iter().map(item).collect(), total, facets, next })
}

/// One published assessment: what its row says, and exactly what is sealed; of one that was withdrawn, the note.
///
/// # Errors
/// Not found for what was never public.
#[utoipa::path(get, path = "/api/v1/dpias/{id}", tag = "dpias", params(("id" = String, Path, description = "The publication's id", format = Uuid)),
    responses((status = 200, body = Whole), (status = 307, description = "Another publication of the same assessment took its place"), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn one(State(app): State<App>, Segment(id): Segment) -> Result<Response, Failure> {
    let public = match register::find(&app, &id).await? {
        Found::Here(public) => public,
        Found::Moved(to) => return Ok(Redirect::temporary(&format!("/api/v1/dpias/{to}")).into_response()),
    };
    let failed = |error: serde_json::Error| {
        tracing::error!(%error, "an answer could not be written");
        Failure::of(Code::Internal)
    };
    let mut whole = serde_json::to_value(item(register::one_row(&app, &public).await?)).map_err(failed)?;
    if let Some(version) = app.store.published_version(&Scope::Public, &public.publication).await? {
        let template = shown::template(&app, &version)?;
        let shown = shown::preview(&template, &public.publication, &version);
        let content = public.publication.content(&version, &template, &shown);
        if let (Json::Object(whole), Json::Object(content)) = (&mut whole, content) {
            let names = content.keys().cloned().map(Json::String).collect();
            whole.insert("sealed_fields".to_owned(), Json::Array(names));
            whole.extend(content);
        }
    }
    answer::json(&whole)
}

/// The list as a file: what was read for it.
pub struct Export(Vec<Row>);

async fn export(app: App, params: Params, format: Format) -> Result<Response, Failure> {
    request::only(&params, FILTERS)?;
    let sort = sort(&params)?;
    let rows = ordered(&app, sort).await?.into_iter().filter(|row| row.fits(&params, None)).collect();
    files::send(app.snapshot(), Export(rows), format, &params).await
}

/// The list as CSV (RFC 4180); text that a spreadsheet could take for a formula is guarded by an apostrophe.
///
/// # Errors
/// When a parameter cannot be read, as for each file.
pub async fn csv(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    export(app, params, Format::Csv).await
}

/// The list as JSON Lines.
///
/// # Errors
/// As [`csv`].
pub async fn jsonl(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    export(app, params, Format::Jsonl).await
}

/// The list as a workbook.
///
/// # Errors
/// As [`csv`].
pub async fn xlsx(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    export(app, params, Format::Xlsx).await
}

/// The list as Parquet.
///
/// # Errors
/// As [`csv`].
pub async fn parquet(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    export(app, params, Format::Parquet).await
}

impl Exported for Export {
    const NAME: &'static str = "dpias";

    fn columns() -> Vec<Column> {
        use Kind::{Boolean, Date, Text};
        [
            ("id", Text),
            ("number", Text),
            ("title", Text),
            ("summary", Text),
            ("organisations", Text),
            ("products", Text),
            ("functions", Text),
            ("published_at", Text),
            ("withdrawn", Boolean),
            ("withdrawn_at", Text),
            ("note", Text),
            ("review_on", Date),
            ("superseded_by", Text),
            ("seal", Text),
            ("kind", Text),
        ]
        .into_iter()
        .map(|(name, kind)| Column::new(name, kind))
        .collect()
    }

    fn rows<'s>(&'s self, _: &'s Snapshot) -> Box<dyn Iterator<Item = Vec<Cell<'s>>> + 's> {
        Box::new(self.0.iter().map(cells))
    }
}

fn cells(row: &Row) -> Vec<Cell<'_>> {
    let text = |text: &'_ str| if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned().into()) };
    let at = |at: Option<i64>| at.map_or(Cell::Empty, |at| Cell::Text(answer::instant(at).into()));
    let values =
        |filter: &str, name: bool| joined(row.values(filter).into_iter().map(|one| if name { one.1 } else { one.0 }.into()));
    vec![
        text(&row.id),
        text(&row.number),
        text(&row.title),
        text(&row.summary),
        values("organisation", true),
        values("product", true),
        values("function", false),
        at(row.published_at),
        Cell::Boolean(row.withdrawn),
        at(row.withdrawn_at),
        text(&row.note),
        row.review_on.into(),
        row.replaced_by.as_ref().map_or(Cell::Empty, |one| text(&one.value)),
        row.seal.as_deref().map_or(Cell::Empty, text),
        text(kind(row.kind)),
    ]
}
