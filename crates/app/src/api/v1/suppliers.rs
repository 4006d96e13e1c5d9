//! `/api/v1/suppliers`.

use super::{
    files::{self, Format, joined},
    noun::{self, Noun},
    request::{Segment, Takes},
};
use crate::{error::Failure, state::App, web::query::Params};
use api_json::shapes;
use axum::{extract::State, response::Response};
use documents::export::{Cell, Kind};
use domain::register::snapshot::{ListPage, ListQuery, ListSort, Snapshot, SupplierRow};
use domain::register::{
    ids::SupplierId,
    records::{DatedName, Identifier, Owner},
};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// What the list takes.
pub const TAKES: Takes = Takes {
    filters: &["organisation", "member", "service_area", "function", "product", "q"],
    sorts: &[("name", ListSort::Name), ("contracts", ListSort::Contracts), ("organisations", ListSort::Organisations)],
};

/// The filters of suppliers. Repeats of one name are 'or', different names are 'and'.
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
    /// Words, all of which must occur.
    #[param(max_length = 500)]
    q: Option<String>,
    /// Facets to count by, parted by commas.
    #[param(
        pattern = "^(organisation|member|service_area|function|product)(,(organisation|member|service_area|function|product))*$"
    )]
    facet: Option<String>,
    /// The order.
    #[param(pattern = "^(name|contracts|organisations)$")]
    sort: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<i64>,
    /// The `next` of the page before.
    #[param(pattern = "^[A-Za-z][0-9a-f]{32}(n[0-9a-f]{16}|t([0-9a-f]{2}){0,60})$")]
    cursor: Option<String>,
}

/// A legal entity that holds contracts, makes products or resells them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Supplier)]
pub struct Item<'s> {
    /// Its id.
    id: String,
    /// The name it is shown under.
    name: &'s str,
    /// Every name it stands under, with the days it held it where known.
    #[schema(value_type = Vec<Object>)]
    names: &'s [DatedName],
    /// Identifiers, as `GB-COH` and a Companies House number.
    #[schema(value_type = Vec<Object>)]
    identifiers: &'s [Identifier],
    /// Who owned it, when.
    #[schema(value_type = Vec<Object>)]
    owners: &'s [Owner],
    /// Whether a source stated that it is a small or medium-sized enterprise.
    sme: Option<bool>,
    /// Whether a source stated that it is a voluntary, community or social enterprise.
    vcse: Option<bool>,
    /// Its contracts in the register.
    contracts: u32,
    /// Organisations that have a contract with it.
    organisations: u32,
    /// Products that it makes.
    products_made: u32,
    /// Its last change, UTC.
    #[schema(value_type = String, format = DateTime)]
    updated_at: String,
}

/// The suppliers, as the API has them.
pub struct Suppliers;

/// The suppliers that a request asks for.
pub type Wanted = noun::Wanted<Suppliers>;

impl Noun for Suppliers {
    type Id = SupplierId;
    type Row = SupplierRow;
    type Item<'s> = Item<'s>;
    const NAME: &'static str = "suppliers";
    const TAKES: &'static Takes = &TAKES;

    fn page<'s>(snapshot: &'s Snapshot, query: &ListQuery) -> ListPage<'s, SupplierRow> {
        snapshot.suppliers(query)
    }

    fn find(snapshot: &Snapshot, id: SupplierId) -> Option<SupplierRow> {
        snapshot.supplier_by_id(id)
    }

    fn item(snapshot: &Snapshot, row: SupplierRow) -> Option<Item<'_>> {
        let entry = snapshot.supplier(row)?;
        let record = &entry.record;
        Some(Item {
            id: record.id.to_string(),
            name: &record.name,
            names: &record.names,
            identifiers: &record.identifiers,
            owners: &record.owners,
            sme: record.sme,
            vcse: record.vcse,
            contracts: entry.contracts,
            organisations: entry.organisations,
            products_made: entry.as_manufacturer,
            updated_at: shapes::instant(record.updated_at),
        })
    }

    fn columns() -> Vec<(&'static str, Kind)> {
        use Kind::{Boolean, Integer, Text};
        vec![
            ("id", Text),
            ("name", Text),
            ("names", Text),
            ("identifiers", Text),
            ("owners", Text),
            ("sme", Boolean),
            ("vcse", Boolean),
            ("contracts", Integer),
            ("organisations", Integer),
            ("products_made", Integer),
            ("updated_at", Text),
        ]
    }

    fn cells(item: Self::Item<'_>) -> Vec<Cell<'_>> {
        vec![
            Cell::Text(item.id.into()),
            item.name.into(),
            joined(item.names.iter().map(|one| one.name.as_str().into())),
            joined(item.identifiers.iter().map(|one| format!("{}-{}", one.scheme, one.id).into())),
            joined(item.owners.iter().map(|one| one.name.as_str().into())),
            item.sme.map_or(Cell::Empty, Cell::Boolean),
            item.vcse.map_or(Cell::Empty, Cell::Boolean),
            Cell::Integer(item.contracts.into()),
            Cell::Integer(item.organisations.into()),
            Cell::Integer(item.products_made.into()),
            Cell::Text(item.updated_at.into()),
        ]
    }
}

/// Suppliers by any filter, in any order, counted by any facet.
///
/// # Errors
/// When a parameter cannot be read.
#[utoipa::path(get, path = "/api/v1/suppliers", tag = "suppliers", params(Parameters),
    responses((status = 200, body = super::openapi::SupplierList), (status = 404, body = crate::error::Problem, content_type = "application/problem+json"), (status = 400, body = crate::error::Problem, content_type = "application/problem+json")))]
pub async fn list(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    noun::list::<Suppliers>(&app, &params)
}

/// One supplier.
///
/// # Errors
/// Not found for an id that is not there.
#[utoipa::path(get, path = "/api/v1/suppliers/{id}", tag = "suppliers", params(("id" = String, Path, description = "Its id", format = Uuid)),
    responses((status = 200, body = Item), (status = 404, body = crate::error::Problem, content_type = "application/problem+json")))]
pub async fn one(State(app): State<App>, Segment(id): Segment) -> Result<Response, Failure> {
    noun::one::<Suppliers>(&app, &id)
}

files::handlers!(Wanted);
