//! `/api/v1/systems`.

use super::{
    answer, contracts,
    files::{self, Format, joined},
    noun::{self, Noun},
    request::{Segment, Takes},
};
use crate::{
    error::Failure,
    state::App,
    web::{query::Params, register::records},
};
use api_json::{
    contract,
    shapes::{self, Named, Slugged},
};
use axum::{extract::State, response::Response};
use documents::export::{Cell, Kind};
use domain::register::snapshot::{ListPage, ListQuery, ListSort, Snapshot, SystemRow};
use domain::register::{
    ids::{SupplierId, SystemId},
    records::{Hosting, SubProcessor, sub_processor::write_cell},
};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// What the list takes.
pub const TAKES: Takes = Takes {
    filters: &["organisation", "member", "service_area", "function", "product", "supplier", "manufacturer", "missing", "q"],
    sorts: &[
        ("name", ListSort::Name),
        ("organisation", ListSort::Organisation),
        ("users", ListSort::Users),
        ("contracts", ListSort::Contracts),
    ],
};

/// The filters of systems. Repeats of one name are 'or', different names are 'and'.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)]
pub struct Parameters {
    /// Slugs of organisations.
    organisation: Option<Vec<String>>,
    /// `yes` for members of the network on the day the register speaks of, `no` for everyone else.
    member: Option<Vec<String>>,
    /// Slugs of service areas.
    service_area: Option<Vec<String>>,
    /// Slugs of functions.
    function: Option<Vec<String>>,
    /// Ids of products.
    product: Option<Vec<String>>,
    /// Ids of suppliers.
    supplier: Option<Vec<String>>,
    /// Ids of suppliers that make it.
    manufacturer: Option<Vec<String>>,
    /// What the record lacks, as the five fixes of an organisation name it: `system-function`, `system-contract`, `system-users`,
    /// `system-hosting`, `system-confirmed`.
    missing: Option<Vec<String>>,
    /// Words, all of which must occur.
    #[param(max_length = 500)]
    q: Option<String>,
    /// Facets to count by, parted by commas.
    #[param(
        pattern = "^(organisation|member|service_area|function|product|supplier|manufacturer)(,(organisation|member|service_area|function|product|supplier|manufacturer))*$"
    )]
    facet: Option<String>,
    /// The order.
    #[param(pattern = "^(name|organisation|users|contracts)$")]
    sort: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<i64>,
    /// The `next` of the page before.
    #[param(pattern = "^[A-Za-z][0-9a-f]{32}(n[0-9a-f]{16}|t([0-9a-f]{2}){0,60})$")]
    cursor: Option<String>,
}

/// A product in use at an organisation. Satisfaction is public only for products, as an aggregate.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = System)]
pub struct Item<'s> {
    /// Its id.
    id: String,
    /// Whose it is.
    organisation: Option<Slugged<'s>>,
    /// What is in use.
    product: Option<Named<'s>>,
    /// Who makes that.
    manufacturer: Option<Named<'s>>,
    /// For which functions.
    functions: Vec<Slugged<'s>>,
    /// How many people use it, where that was said.
    users: Option<i64>,
    /// `supplier-cloud`, `public-cloud`, `own-data-centre` or `shared-service`.
    #[schema(value_type = Option<String>)]
    hosting: Option<Hosting>,
    /// How data can be got out of it.
    data_access: Option<&'s str>,
    /// To whom its supplier passes its data on, so far as the organisation knows.
    sub_processors: Vec<PassedOn<'s>>,
    /// The same, for a cell of a file.
    #[serde(skip)]
    #[schema(ignore)]
    named: &'s [SubProcessor],
    /// The contract that says from whom it comes and until when: of several, one past its end before one that runs, and of those
    /// the one that can run longest. It is the one that pages show.
    contract: Option<contract::Item<'s>>,
    /// Ids of the contracts that cover it.
    contracts: Vec<String>,
    /// Where the record came from.
    source: &'s str,
    /// The day on which someone last said that it is right.
    #[schema(value_type = Option<String>, format = Date)]
    confirmed: Option<Date>,
    /// Its last change, UTC.
    #[schema(value_type = String, format = DateTime)]
    updated_at: String,
}

/// Somebody to whom a system's supplier passes its data on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SubProcessor)]
pub struct PassedOn<'s> {
    /// Its name.
    name: &'s str,
    /// Its id, where it is a supplier of the register.
    #[schema(value_type = Option<String>, format = Uuid)]
    supplier: Option<SupplierId>,
    /// What it does with the data.
    does: Option<&'s str>,
    /// Where.
    place: Option<&'s str>,
    /// Where that is stated.
    source: Option<&'s str>,
}

impl<'s> From<&'s SubProcessor> for PassedOn<'s> {
    fn from(one: &'s SubProcessor) -> Self {
        Self {
            name: &one.name,
            supplier: one.supplier,
            does: one.does.as_deref(),
            place: one.place.as_deref(),
            source: one.source.as_deref(),
        }
    }
}

/// The systems, as the API has them.
pub struct Systems;

/// The systems that a request asks for.
pub type Wanted = noun::Wanted<Systems>;

impl Noun for Systems {
    type Id = SystemId;
    type Row = SystemRow;
    type Item<'s> = Item<'s>;
    const NAME: &'static str = "systems";
    const TAKES: &'static Takes = &TAKES;

    fn page<'s>(snapshot: &'s Snapshot, query: &ListQuery) -> ListPage<'s, SystemRow> {
        snapshot.systems(query)
    }

    fn find(snapshot: &Snapshot, id: SystemId) -> Option<SystemRow> {
        snapshot.system_by_id(id)
    }

    fn item(snapshot: &Snapshot, row: SystemRow) -> Option<Item<'_>> {
        let entry = snapshot.system(row)?;
        let record = &entry.record;
        let product = snapshot.product_by_id(record.product).and_then(|row| snapshot.product(row));
        let maker = product.and_then(|entry| snapshot.supplier_by_id(entry.record.manufacturer?));
        let maker = maker.and_then(|row| snapshot.supplier(row));
        Some(Item {
            id: record.id.to_string(),
            organisation: shapes::organisation(snapshot, record.organisation),
            product: product.map(|entry| Named { id: entry.record.id.0, name: &entry.record.name }),
            manufacturer: maker.map(|entry| Named { id: entry.record.id.0, name: &entry.record.name }),
            functions: shapes::functions(snapshot, &record.functions),
            users: record.users,
            hosting: record.hosting,
            data_access: record.data_access.as_deref(),
            sub_processors: record.sub_processors.iter().map(PassedOn::from).collect(),
            named: &record.sub_processors,
            contract: records::governing(snapshot, &entry.contracts).map(contract::item),
            contracts: entry.contracts.iter().map(|row| snapshot.contract(*row).id().to_string()).collect(),
            source: &record.origin.source,
            confirmed: record.confirmed,
            updated_at: shapes::instant(record.last_public_change()),
        })
    }

    fn columns() -> Vec<(&'static str, Kind)> {
        use Kind::{Date, Integer, Text};
        let own = [
            ("id", Text),
            ("organisation", Text),
            ("organisation_name", Text),
            ("product", Text),
            ("product_id", Text),
            ("manufacturer", Text),
            ("functions", Text),
            ("users", Integer),
            ("hosting", Text),
            ("data_access", Text),
            ("sub_processors", Text),
            ("contracts", Text),
        ];
        let record = [("source", Text), ("confirmed", Date), ("updated_at", Text)];
        own.into_iter().chain(contracts::BESIDE).chain(record).collect()
    }

    fn cells(item: Self::Item<'_>) -> Vec<Cell<'_>> {
        let mut cells = vec![
            Cell::Text(item.id.into()),
            item.organisation.as_ref().map(|one| one.slug).into(),
            item.organisation.as_ref().map(|one| one.name).into(),
            item.product.as_ref().map(|one| one.name).into(),
            item.product.map_or(Cell::Empty, |one| Cell::Text(one.id.to_string().into())),
            item.manufacturer.map(|one| one.name).into(),
            joined(item.functions.iter().map(|one| one.slug.into())),
            item.users.map_or(Cell::Empty, Cell::Integer),
            item.hosting.map_or(Cell::Empty, |hosting| answer::word(&hosting)),
            item.data_access.into(),
            if item.named.is_empty() { Cell::Empty } else { Cell::Text(write_cell(item.named).into()) },
            joined(item.contracts.into_iter().map(Into::into)),
        ];
        cells.extend(contracts::beside(item.contract));
        cells.extend([item.source.into(), item.confirmed.into(), Cell::Text(item.updated_at.into())]);
        cells
    }
}

/// Systems by any filter, in any order, counted by any facet.
///
/// # Errors
/// When a parameter cannot be read.
#[utoipa::path(get, path = "/api/v1/systems", tag = "systems", params(Parameters),
    responses((status = 200, body = super::openapi::SystemList), (status = 404, body = crate::error::Problem, content_type = "application/problem+json"), (status = 400, body = crate::error::Problem, content_type = "application/problem+json")))]
pub async fn list(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    noun::list::<Systems>(&app, &params)
}

/// One system.
///
/// # Errors
/// Not found for an id that is not there.
#[utoipa::path(get, path = "/api/v1/systems/{id}", tag = "systems", params(("id" = String, Path, description = "Its id", format = Uuid)),
    responses((status = 200, body = Item), (status = 404, body = crate::error::Problem, content_type = "application/problem+json")))]
pub async fn one(State(app): State<App>, Segment(id): Segment) -> Result<Response, Failure> {
    noun::one::<Systems>(&app, &id)
}

files::handlers!(Wanted);
