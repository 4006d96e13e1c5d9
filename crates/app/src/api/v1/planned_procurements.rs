//! `/api/v1/planned-procurements`.

use super::{
    answer,
    files::{self, Format, joined},
    noun::{self, Noun},
    request::{Segment, Takes},
};
use crate::{error::Failure, state::App, web::query::Params};
use api_json::shapes::{self, Amount, Slugged};
use axum::{extract::State, response::Response};
use documents::export::{Cell, Kind};
use domain::register::ids::PlannedProcurementId;
use domain::register::snapshot::{ListPage, ListQuery, ListSort, PlannedRow, Snapshot, open};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// What the list takes.
pub const TAKES: Takes = Takes {
    filters: &["organisation", "member", "stage", "open", "q"],
    sorts: &[
        ("due", ListSort::Due),
        ("closes", ListSort::Closes),
        ("title", ListSort::Name),
        ("organisation", ListSort::Organisation),
    ],
};

/// The filters of planned procurements. Repeats of one name are 'or', different names are 'and'.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)]
pub struct Parameters {
    /// Slugs of organisations.
    organisation: Option<Vec<String>>,
    /// `yes` for members of the network on the day the register speaks of, `no` for everyone else.
    member: Option<Vec<String>>,
    /// Stages: `planning`, `tender`, `complete`, `cancelled`, `unsuccessful`.
    stage: Option<Vec<String>>,
    /// Whether offers can still be made on the day the register speaks of: `yes`, `no`, or `not-known` where no last day is given.
    open: Option<Vec<String>>,
    /// Words, all of which must occur.
    #[param(max_length = 500)]
    q: Option<String>,
    /// Facets to count by, parted by commas.
    #[param(pattern = "^(organisation|member|stage|open)(,(organisation|member|stage|open))*$")]
    facet: Option<String>,
    /// The order; `due`, where none is given: those still open first, closing soonest first, and what is closed last.
    #[param(pattern = "^(due|closes|title|organisation)$")]
    sort: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<i64>,
    /// The `next` of the page before.
    #[param(pattern = "^[A-Za-z][0-9a-f]{32}(n[0-9a-f]{16}|t([0-9a-f]{2}){0,60})$")]
    cursor: Option<String>,
}

/// A tender-stage notice or an intention to buy; never counted as a contract that ends.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlannedProcurement)]
pub struct Item<'s> {
    /// Its id.
    id: String,
    /// The buyer's reference.
    reference: Option<&'s str>,
    /// Its title.
    title: &'s str,
    /// Who means to buy.
    organisation: Option<Slugged<'s>>,
    /// What is to be bought.
    description: Option<&'s str>,
    /// `planning`, `tender`, `complete`, `cancelled` or `unsuccessful`.
    stage: &'s str,
    /// Whether offers can still be made: `yes`, `no` or `not-known`.
    #[schema(value_type = String)]
    open: &'static str,
    /// What it is thought to be worth.
    value: Option<Amount<'s>>,
    /// When offers are due.
    #[schema(value_type = Option<String>, format = Date)]
    closes: Option<Date>,
    /// When the contract would start.
    #[schema(value_type = Option<String>, format = Date)]
    start: Option<Date>,
    /// When the contract would end.
    #[schema(value_type = Option<String>, format = Date)]
    end: Option<Date>,
    /// How long the contract would run, in days, where no end is stated.
    duration_days: Option<i64>,
    /// CPV codes.
    cpv: &'s [String],
    /// Where the record came from.
    source: &'s str,
    /// The contracting process.
    ocid: Option<&'s str>,
    /// Its last change, UTC.
    #[schema(value_type = String, format = DateTime)]
    updated_at: String,
}

/// The planned procurements, as the API has them.
pub struct PlannedProcurements;

/// The planned procurements that a request asks for.
pub type Wanted = noun::Wanted<PlannedProcurements>;

impl Noun for PlannedProcurements {
    type Id = PlannedProcurementId;
    type Row = PlannedRow;
    type Item<'s> = Item<'s>;
    const NAME: &'static str = "planned-procurements";
    const TAKES: &'static Takes = &TAKES;

    fn page<'s>(snapshot: &'s Snapshot, query: &ListQuery) -> ListPage<'s, PlannedRow> {
        snapshot.planned(query)
    }

    fn find(snapshot: &Snapshot, id: PlannedProcurementId) -> Option<PlannedRow> {
        snapshot.planned_by_id(id)
    }

    fn item(snapshot: &Snapshot, row: PlannedRow) -> Option<Item<'_>> {
        let record = &snapshot.planned_procurement(row)?.record;
        Some(Item {
            id: record.id.to_string(),
            reference: record.reference.as_deref(),
            title: &record.title,
            organisation: shapes::organisation(snapshot, record.organisation),
            description: record.description.as_deref(),
            stage: &record.stage,
            open: open(record, snapshot.as_at()),
            value: record.value.money().map(Amount::of),
            closes: record.closes,
            start: record.start,
            end: record.end,
            duration_days: record.duration.map(i64::from),
            cpv: &record.cpv,
            source: &record.origin.source,
            ocid: record.origin.ocid.as_deref(),
            updated_at: shapes::instant(record.updated_at),
        })
    }

    fn columns() -> Vec<(&'static str, Kind)> {
        use Kind::{Date, Integer, Money, Text};
        vec![
            ("id", Text),
            ("reference", Text),
            ("title", Text),
            ("organisation", Text),
            ("organisation_name", Text),
            ("description", Text),
            ("stage", Text),
            ("open", Text),
            ("value_amount", Money),
            ("value_currency", Text),
            ("value_basis", Text),
            ("closes", Date),
            ("start", Date),
            ("end", Date),
            ("duration_days", Integer),
            ("cpv", Text),
            ("source", Text),
            ("ocid", Text),
            ("updated_at", Text),
        ]
    }

    fn cells(item: Self::Item<'_>) -> Vec<Cell<'_>> {
        vec![
            Cell::Text(item.id.into()),
            item.reference.into(),
            item.title.into(),
            item.organisation.as_ref().map(|one| one.slug).into(),
            item.organisation.as_ref().map(|one| one.name).into(),
            item.description.into(),
            item.stage.into(),
            item.open.into(),
            item.value.as_ref().map_or(Cell::Empty, |value| Cell::Decimal(value.amount.clone().into())),
            item.value.as_ref().map_or(Cell::Empty, |value| value.currency.into()),
            item.value.as_ref().map_or(Cell::Empty, |value| answer::word(&value.basis)),
            item.closes.into(),
            item.start.into(),
            item.end.into(),
            item.duration_days.map_or(Cell::Empty, Cell::Integer),
            joined(item.cpv.iter().map(|code| code.as_str().into())),
            item.source.into(),
            item.ocid.into(),
            Cell::Text(item.updated_at.into()),
        ]
    }
}

/// Planned procurements by any filter, in any order, counted by any facet.
///
/// # Errors
/// When a parameter cannot be read.
#[utoipa::path(get, path = "/api/v1/planned-procurements", tag = "planned-procurements", params(Parameters),
    responses((status = 200, body = super::openapi::PlannedProcurementList), (status = 404, body = crate::error::Problem, content_type = "application/problem+json"), (status = 400, body = crate::error::Problem, content_type = "application/problem+json")))]
pub async fn list(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    noun::list::<PlannedProcurements>(&app, &params)
}

/// One planned procurement.
///
/// # Errors
/// Not found for an id that is not there.
#[utoipa::path(get, path = "/api/v1/planned-procurements/{id}", tag = "planned-procurements", params(("id" = String, Path, description = "Its id", format = Uuid)),
    responses((status = 200, body = Item), (status = 404, body = crate::error::Problem, content_type = "application/problem+json")))]
pub async fn one(State(app): State<App>, Segment(id): Segment) -> Result<Response, Failure> {
    noun::one::<PlannedProcurements>(&app, &id)
}

files::handlers!(Wanted);
