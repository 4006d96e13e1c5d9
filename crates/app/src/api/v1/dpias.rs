//! `/api/v1/dpias`: the data protection impact assessments, and short reviews, that councils have published.

mod export;
mod item;

pub use export::{csv, jsonl, parquet, xlsx};
pub use item::{Item, Whole};

use super::{
    answer,
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
use api_json::shapes::{FacetCountSchema, List};
use axum::{
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use domain::people::Scope;
use item::item;
use serde::{Serialize, Serializer};
use serde_json::Value as Json;
use std::collections::HashMap;
use utoipa::IntoParams;

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
    /// Words of its title or summary, or of the note of one that was withdrawn, all of which must occur.
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

/// The order that is asked for.
fn sort(params: &Params) -> Result<&'static str, Failure> {
    let asked = params.one("sort").unwrap_or(SORTS[0]);
    let known = SORTS.iter().find(|sort| **sort == asked).copied();
    known.ok_or_else(|| Failure::parameter(format!("‘sort’ must be one of {}.", SORTS.join(", "))))
}

/// The facets that are asked for, in that order.
fn facets(params: &Params) -> Result<Vec<&'static str>, Failure> {
    let mut facets = Vec::new();
    for name in params.all("facet").flat_map(|names| names.split(',')).map(str::trim).filter(|name| !name.is_empty()) {
        let known = FACETS.iter().find(|facet| **facet == name).copied();
        let facet = known.ok_or_else(|| Failure::parameter(format!("‘facet’ must name some of {}.", FACETS.join(", "))))?;
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
