//! `/api/v1/functions`: few enough to be cut into pages by slug, which is the cursor.

use super::{
    answer,
    files::{self, Exported, Format, joined},
    request::{self, Segment},
};
use crate::{error::Failure, state::App, web::query::Params};
use api_json::shapes::{List, NoFacets, Slugged};
use axum::{extract::State, response::Response};
use documents::export::{Cell, Column, Kind};
use domain::register::snapshot::{FunctionEntry, Snapshot};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// Its filters.
pub const FILTERS: &[&str] = &["service_area", "q"];

/// The filters of functions.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)]
pub struct Parameters {
    /// Slugs of service areas.
    service_area: Option<Vec<String>>,
    /// Words, all of which must occur in its names.
    #[param(max_length = 500)]
    q: Option<String>,
    /// The order; `area`, where none is given: by service area, then by name, and those that nobody has placed last.
    #[param(pattern = "^(area|slug)$")]
    sort: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<i64>,
    /// The `next` of the page before.
    #[param(pattern = "^[A-Za-z0-9_-]{1,100}$")]
    cursor: Option<String>,
}

/// What a council does.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Function)]
pub struct Item<'s> {
    /// Its slug.
    slug: &'s str,
    /// Its name.
    name: &'s str,
    /// The service area it belongs to; null while nobody has placed it.
    service_area: Option<Slugged<'s>>,
    /// Whether its system is a core system of the service, for lead times.
    core: bool,
    /// Other names for it.
    aliases: &'s [String],
    /// Systems that serve it.
    systems: u32,
    /// Organisations with a system or a contract for it.
    organisations: u32,
    /// Contracts for it.
    contracts: u32,
}

fn area<'s>(snapshot: &'s Snapshot, entry: &FunctionEntry) -> Option<Slugged<'s>> {
    let row = entry.record.service_area.and_then(|id| snapshot.area_by_id(id))?;
    snapshot.area(row).map(|area| Slugged { slug: &area.record.slug, name: &area.record.name })
}

fn item<'s>(snapshot: &'s Snapshot, entry: &'s FunctionEntry) -> Item<'s> {
    let record = &entry.record;
    Item {
        slug: &record.slug,
        name: &record.name,
        service_area: area(snapshot, entry),
        core: record.core,
        aliases: &record.aliases,
        systems: entry.systems,
        organisations: entry.organisations,
        contracts: entry.contracts,
    }
}

/// The functions that a request asks for.
pub struct Wanted {
    filters: Vec<(String, String)>,
    by_slug: bool,
}

impl Wanted {
    /// Reads the filters.
    ///
    /// # Errors
    /// When one is none of this list's.
    pub fn read(params: &Params) -> Result<Self, Failure> {
        request::only(params, FILTERS)?;
        let by_slug = request::by_slug_or(params, "area")?;
        Ok(Self { by_slug, filters: params.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect() })
    }

    /// All of them, in order.
    #[must_use]
    pub fn entries<'s>(&self, snapshot: &'s Snapshot) -> Vec<&'s FunctionEntry> {
        let chosen =
            |name: &str| self.filters.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect::<Vec<_>>();
        let areas = chosen("service_area");
        let words = answer::words(chosen("q").last().copied().unwrap_or_default());
        let mut entries: Vec<_> = snapshot
            .functions()
            .iter()
            .filter(|entry| {
                let record = &entry.record;
                (areas.is_empty() || area(snapshot, entry).is_some_and(|area| areas.contains(&area.slug)))
                    && words.iter().all(|word| {
                        answer::words(&format!("{} {}", record.name, record.aliases.join(" ")))
                            .iter()
                            .any(|own| own.starts_with(word.as_str()))
                    })
            })
            .collect();
        if self.by_slug {
            entries.sort_by(|a, b| a.record.slug.cmp(&b.record.slug));
        } else {
            let position = |entry: &FunctionEntry| {
                let row = snapshot.area_by_id(entry.record.service_area?)?;
                snapshot.area(row).map(|area| area.record.position)
            };
            entries.sort_by_cached_key(|entry| {
                let position = position(entry);
                (position.is_none(), position, entry.record.name.to_lowercase(), entry.record.slug.clone())
            });
        }
        entries
    }
}

/// Functions, service area by service area.
///
/// # Errors
/// When a parameter cannot be read.
#[utoipa::path(get, path = "/api/v1/functions", tag = "functions", params(Parameters),
    responses((status = 200, body = super::openapi::FunctionList), (status = 404, body = crate::error::Problem, content_type = "application/problem+json"), (status = 400, body = crate::error::Problem, content_type = "application/problem+json")))]
pub async fn list(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    let wanted = Wanted::read(&params)?;
    let limit = request::limit(&params)?;
    let after = request::slug_cursor(&params)?;
    let snapshot = app.snapshot();
    let entries = wanted.entries(&snapshot);
    let total = entries.len() as u64;
    let (page, next) = request::page_by_slug(entries, wanted.by_slug, after, limit, |entry| &entry.record.slug)?;
    answer::json(&List {
        items: page.into_iter().map(|entry| item(&snapshot, entry)).collect(),
        total,
        facets: NoFacets {},
        next,
    })
}

/// One of the functions.
///
/// # Errors
/// Not found for a slug that is not there.
#[utoipa::path(get, path = "/api/v1/functions/{slug}", tag = "functions", params(("slug" = String, Path, description = "Its slug")),
    responses((status = 200, body = Item), (status = 404, body = crate::error::Problem, content_type = "application/problem+json")))]
pub async fn one(State(app): State<App>, Segment(slug): Segment) -> Result<Response, Failure> {
    let snapshot = app.snapshot();
    let entry = snapshot.function_by_slug(&slug).and_then(|row| snapshot.function(row)).ok_or_else(Failure::not_found)?;
    answer::json(&item(&snapshot, entry))
}

files::handlers!(Wanted);

impl Exported for Wanted {
    const NAME: &'static str = "functions";

    fn columns() -> Vec<Column> {
        use Kind::{Boolean, Integer, Text};
        [
            ("slug", Text),
            ("name", Text),
            ("service_area", Text),
            ("core", Boolean),
            ("aliases", Text),
            ("systems", Integer),
            ("organisations", Integer),
            ("contracts", Integer),
        ]
        .into_iter()
        .map(|(name, kind)| Column::new(name, kind))
        .collect()
    }

    fn rows<'s>(&'s self, snapshot: &'s Snapshot) -> Box<dyn Iterator<Item = Vec<Cell<'s>>> + 's> {
        Box::new(self.entries(snapshot).into_iter().map(move |entry| cells(item(snapshot, entry))))
    }
}

fn cells(item: Item<'_>) -> Vec<Cell<'_>> {
    vec![
        item.slug.into(),
        item.name.into(),
        item.service_area.as_ref().map(|one| one.slug).into(),
        Cell::Boolean(item.core),
        joined(item.aliases.iter().map(|one| one.as_str().into())),
        Cell::Integer(item.systems.into()),
        Cell::Integer(item.organisations.into()),
        Cell::Integer(item.contracts.into()),
    ]
}
