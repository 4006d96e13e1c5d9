//! `/api/v1/organisations`: few enough to be cut into pages by slug, which is the cursor.

use super::{
    answer,
    files::{self, Exported, Format, joined},
    request::{self, Segment},
};
use crate::{error::Failure, state::App, web::query::Params};
use api_json::shapes::{self, List, NoFacets};
use axum::{extract::State, response::Response};
use documents::export::{Cell, Column, Kind};
use domain::register::{
    completeness::Score,
    records::{Identifier, OrganisationKind},
    snapshot::{OrganisationEntry, Snapshot},
};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// Its filters.
pub const FILTERS: &[&str] = &["kind", "member", "q"];

/// The filters of organisations.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)]
pub struct Parameters {
    /// `council`, `hub`, `authority`, `partner`, `other`.
    kind: Option<Vec<String>>,
    /// `yes` for members of the network on the day the register speaks of, `no` for all others.
    member: Option<Vec<String>>,
    /// Words, all of which must occur in its names.
    #[param(max_length = 500)]
    q: Option<String>,
    /// The order; `name`, where none is given: councils and the network first, then the buyers met in notices, each by name.
    #[param(pattern = "^(name|slug)$")]
    sort: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<i64>,
    /// The `next` of the page before.
    #[param(pattern = "^[A-Za-z0-9_-]{1,100}$")]
    cursor: Option<String>,
}

/// A council, the hub, a partner body, any buyer met in notices.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Organisation)]
pub struct Item<'s> {
    /// Its slug.
    slug: &'s str,
    /// The name used in prose.
    name: &'s str,
    /// The full official name.
    formal_name: &'s str,
    /// `council`, `hub`, `authority`, `partner` or `other`.
    #[schema(value_type = String)]
    kind: OrganisationKind,
    /// GSS code (ONS).
    gss_code: Option<&'s str>,
    /// Code in the local authority register.
    register_code: Option<&'s str>,
    /// Identifiers in other schemes.
    #[schema(value_type = Vec<Object>)]
    identifiers: &'s [Identifier],
    /// Member of the network from this day.
    #[schema(value_type = Option<String>, format = Date)]
    member_from: Option<Date>,
    /// Member of the network until this day.
    #[schema(value_type = Option<String>, format = Date)]
    member_until: Option<Date>,
    /// Its systems in the register.
    systems: u32,
    /// Its contracts in the register.
    contracts: u32,
    /// How complete and fresh its record is.
    #[schema(value_type = Object)]
    score: Score,
    /// Its last change, UTC.
    #[schema(value_type = String, format = DateTime)]
    updated_at: String,
}

fn item<'s>(_: &'s Snapshot, entry: &'s OrganisationEntry) -> Item<'s> {
    let record = &entry.record;
    Item {
        slug: &record.slug,
        name: &record.name,
        formal_name: &record.formal_name,
        kind: record.kind,
        gss_code: record.gss_code.as_deref(),
        register_code: record.register_code.as_deref(),
        identifiers: &record.identifiers,
        member_from: record.member_from,
        member_until: record.member_until,
        systems: entry.systems,
        contracts: entry.contracts,
        score: entry.completeness.clone(),
        updated_at: shapes::instant(record.updated_at),
    }
}

/// The organisations that a request asks for.
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
        let by_slug = request::by_slug_or(params, "name")?;
        Ok(Self { by_slug, filters: params.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect() })
    }

    /// All of them, in order.
    #[must_use]
    pub fn entries<'s>(&self, snapshot: &'s Snapshot) -> Vec<&'s OrganisationEntry> {
        let chosen =
            |name: &str| self.filters.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect::<Vec<_>>();
        let kinds = chosen("kind");
        let member = chosen("member");
        let words = answer::words(chosen("q").last().copied().unwrap_or_default());
        let mut entries: Vec<_> = snapshot
            .organisations()
            .iter()
            .filter(|entry| {
                let record = &entry.record;
                (kinds.is_empty() || shapes::spelt(&record.kind).is_some_and(|kind| kinds.contains(&kind.as_str())))
                    && (member.is_empty() || member.contains(&if record.is_member(snapshot.as_at()) { "yes" } else { "no" }))
                    && words.iter().all(|word| {
                        answer::words(&format!("{} {} {}", record.name, record.formal_name, record.aliases.join(" ")))
                            .iter()
                            .any(|own| own.starts_with(word.as_str()))
                    })
            })
            .collect();
        if self.by_slug {
            entries.sort_by(|a, b| a.record.slug.cmp(&b.record.slug));
        } else {
            let met_in_notices = |entry: &OrganisationEntry| entry.record.kind == OrganisationKind::Other;
            entries
                .sort_by_cached_key(|entry| (met_in_notices(entry), entry.record.name.to_lowercase(), entry.record.slug.clone()));
        }
        entries
    }
}

/// Organisations, the councils first.
///
/// # Errors
/// When a parameter cannot be read.
#[utoipa::path(get, path = "/api/v1/organisations", tag = "organisations", params(Parameters),
    responses((status = 200, body = super::openapi::OrganisationList), (status = 404, body = crate::error::Problem, content_type = "application/problem+json"), (status = 400, body = crate::error::Problem, content_type = "application/problem+json")))]
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

/// One of the organisations.
///
/// # Errors
/// Not found for a slug that is not there.
#[utoipa::path(get, path = "/api/v1/organisations/{slug}", tag = "organisations", params(("slug" = String, Path, description = "Its slug")),
    responses((status = 200, body = Item), (status = 404, body = crate::error::Problem, content_type = "application/problem+json")))]
pub async fn one(State(app): State<App>, Segment(slug): Segment) -> Result<Response, Failure> {
    let snapshot = app.snapshot();
    let entry = snapshot.organisation_by_slug(&slug).and_then(|row| snapshot.organisation(row)).ok_or_else(Failure::not_found)?;
    answer::json(&item(&snapshot, entry))
}

files::handlers!(Wanted);

impl Exported for Wanted {
    const NAME: &'static str = "organisations";

    fn columns() -> Vec<Column> {
        use Kind::{Date, Integer, Text};
        [
            ("slug", Text),
            ("name", Text),
            ("formal_name", Text),
            ("kind", Text),
            ("gss_code", Text),
            ("register_code", Text),
            ("identifiers", Text),
            ("member_from", Date),
            ("member_until", Date),
            ("systems", Integer),
            ("contracts", Integer),
            ("score", Integer),
            ("complete_percent", Integer),
            ("confirmed_percent", Integer),
            ("updated_at", Text),
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
    // Where there is no record to judge, a nought would say more than is known.
    let judged = |percent: u8| item.score.points.map_or(Cell::Empty, |_| Cell::Integer(percent.into()));
    vec![
        item.slug.into(),
        item.name.into(),
        item.formal_name.into(),
        answer::word(&item.kind),
        item.gss_code.into(),
        item.register_code.into(),
        joined(item.identifiers.iter().map(|one| format!("{}-{}", one.scheme, one.id).into())),
        item.member_from.into(),
        item.member_until.into(),
        Cell::Integer(item.systems.into()),
        Cell::Integer(item.contracts.into()),
        item.score.points.map_or(Cell::Empty, |points| Cell::Integer(points.into())),
        judged(item.score.complete_percent),
        judged(item.score.confirmed_percent),
        Cell::Text(item.updated_at.into()),
    ]
}
