//! `/api/v1/products`.

use super::{
    files::{self, Format, joined},
    noun::{self, Noun},
    request::{Segment, Takes},
};
use crate::{error::Failure, state::App, web::query::Params};
use api_json::shapes::{self, Named, Slugged};
use axum::{extract::State, response::Response};
use documents::export::{Cell, Kind};
use domain::register::snapshot::{Aggregate, ListPage, ListQuery, ListSort, ProductRow, Snapshot};
use domain::register::{ids::ProductId, records::DatedName};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// What the list takes.
pub const TAKES: Takes = Takes {
    filters: &["organisation", "member", "service_area", "function", "supplier", "manufacturer", "q"],
    sorts: &[
        ("name", ListSort::Name),
        ("contracts", ListSort::Contracts),
        ("organisations", ListSort::Organisations),
        ("systems", ListSort::Systems),
        ("satisfaction", ListSort::Satisfaction),
    ],
};

/// The filters of products. Repeats of one name are 'or', different names are 'and'.
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
    /// Ids of suppliers.
    supplier: Option<Vec<String>>,
    /// Ids of suppliers that make it.
    manufacturer: Option<Vec<String>>,
    /// Words, all of which must occur.
    #[param(max_length = 500)]
    q: Option<String>,
    /// Facets to count by, parted by commas.
    #[param(
        pattern = "^(organisation|member|service_area|function|supplier|manufacturer)(,(organisation|member|service_area|function|supplier|manufacturer))*$"
    )]
    facet: Option<String>,
    /// The order.
    #[param(pattern = "^(name|contracts|organisations|systems|satisfaction)$")]
    sort: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<i64>,
    /// The `next` of the page before.
    #[param(pattern = "^[A-Za-z][0-9a-f]{32}(n[0-9a-f]{16}|t([0-9a-f]{2}){0,60})$")]
    cursor: Option<String>,
}

/// A piece of software or a service that can be bought.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Product)]
pub struct Item<'s> {
    /// Its id.
    id: String,
    /// Its name.
    name: &'s str,
    /// Who makes it.
    manufacturer: Option<Named<'s>>,
    /// Former names.
    #[schema(value_type = Vec<Object>)]
    former_names: &'s [DatedName],
    /// Functions it serves by its nature.
    functions: Vec<Slugged<'s>>,
    /// Systems that are it.
    systems: u32,
    /// Organisations that use it.
    organisations: u32,
    /// Contracts that cover it.
    contracts: u32,
    /// How happy organisations are with it, 1 to 5: the mean in tenths and how many said; null unless at least three said and
    /// not all the same. How many gave each answer is there from ten organisations on.
    #[schema(value_type = Option<Object>)]
    satisfaction: Option<Aggregate>,
    /// Its last change, UTC.
    #[schema(value_type = String, format = DateTime)]
    updated_at: String,
}

/// The products, as the API has them.
pub struct Products;

/// The products that a request asks for.
pub type Wanted = noun::Wanted<Products>;

impl Noun for Products {
    type Id = ProductId;
    type Row = ProductRow;
    type Item<'s> = Item<'s>;
    const NAME: &'static str = "products";
    const TAKES: &'static Takes = &TAKES;

    fn page<'s>(snapshot: &'s Snapshot, query: &ListQuery) -> ListPage<'s, ProductRow> {
        snapshot.products(query)
    }

    fn find(snapshot: &Snapshot, id: ProductId) -> Option<ProductRow> {
        snapshot.product_by_id(id)
    }

    fn item(snapshot: &Snapshot, row: ProductRow) -> Option<Item<'_>> {
        let entry = snapshot.product(row)?;
        let record = &entry.record;
        let maker = record.manufacturer.and_then(|id| snapshot.supplier_by_id(id)).and_then(|row| snapshot.supplier(row));
        Some(Item {
            id: record.id.to_string(),
            name: &record.name,
            manufacturer: maker.map(|entry| Named { id: entry.record.id.0, name: &entry.record.name }),
            former_names: &record.former_names,
            functions: shapes::functions(snapshot, &record.functions),
            systems: entry.systems,
            organisations: entry.organisations,
            contracts: entry.contracts,
            satisfaction: entry.satisfaction,
            updated_at: shapes::instant(record.updated_at),
        })
    }

    fn columns() -> Vec<(&'static str, Kind)> {
        use Kind::{Integer, Number, Text};
        vec![
            ("id", Text),
            ("name", Text),
            ("manufacturer", Text),
            ("former_names", Text),
            ("functions", Text),
            ("systems", Integer),
            ("organisations", Integer),
            ("contracts", Integer),
            ("satisfaction_mean", Number),
            ("satisfaction_organisations", Integer),
            ("updated_at", Text),
        ]
    }

    fn cells(item: Self::Item<'_>) -> Vec<Cell<'_>> {
        let mean = |all: Aggregate| Cell::Decimal(format!("{}.{}", all.mean_tenths / 10, all.mean_tenths % 10).into());
        vec![
            Cell::Text(item.id.into()),
            item.name.into(),
            item.manufacturer.as_ref().map(|one| one.name).into(),
            joined(item.former_names.iter().map(|one| one.name.as_str().into())),
            joined(item.functions.iter().map(|one| one.slug.into())),
            Cell::Integer(item.systems.into()),
            Cell::Integer(item.organisations.into()),
            Cell::Integer(item.contracts.into()),
            item.satisfaction.map_or(Cell::Empty, mean),
            item.satisfaction.map_or(Cell::Empty, |all| Cell::Integer(all.organisations.into())),
            Cell::Text(item.updated_at.into()),
        ]
    }
}

/// Products by any filter, in any order, counted by any facet.
///
/// # Errors
/// When a parameter cannot be read.
#[utoipa::path(get, path = "/api/v1/products", tag = "products", params(Parameters),
    responses((status = 200, body = super::openapi::ProductList), (status = 404, body = crate::error::Problem, content_type = "application/problem+json"), (status = 400, body = crate::error::Problem, content_type = "application/problem+json")))]
pub async fn list(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    noun::list::<Products>(&app, &params)
}

/// One product.
///
/// # Errors
/// Not found for an id that is not there.
#[utoipa::path(get, path = "/api/v1/products/{id}", tag = "products", params(("id" = String, Path, description = "Its id", format = Uuid)),
    responses((status = 200, body = Item), (status = 404, body = crate::error::Problem, content_type = "application/problem+json")))]
pub async fn one(State(app): State<App>, Segment(id): Segment) -> Result<Response, Failure> {
    noun::one::<Products>(&app, &id)
}

files::handlers!(Wanted);
