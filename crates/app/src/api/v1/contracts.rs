//! `/api/v1/contracts`.

mod beside;

pub use beside::{BESIDE, beside};

use super::{
    answer::{self, word},
    calendars, feeds,
    files::{self, Exported, Format, joined},
    request::{Contracts, Segment},
};
use crate::{error::Failure, state::App, web::query::Params};
use api_json::{
    contract::{Item, item},
    page,
};
use axum::{extract::State, response::Response};
use documents::export::{Cell, Column, Kind};
use domain::{
    people::Scope,
    register::{
        ids::ContractId,
        records::{Contract, Origin},
        snapshot::Snapshot,
        terms::{Break, Decision, Extension, Period},
    },
};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

/// One contract with all that is public of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Whole<'s> {
    #[serde(flatten)]
    item: Item<'s>,
    /// What it is for.
    description: Option<String>,
    /// The service that owns it.
    owning_service: Option<String>,
    /// The framework's lot.
    lot: Option<String>,
    /// How it was bought.
    route: Option<String>,
    /// What must be decided and by when; days past are marked as missed, and `at_latest` where the notice is not known.
    #[schema(value_type = Vec<Object>)]
    decisions: Vec<Decision>,
    /// Its options to extend, in order.
    #[schema(value_type = Vec<Object>)]
    extensions: Vec<Extension>,
    /// Its breaks.
    #[schema(value_type = Vec<Object>)]
    breaks: Vec<Break>,
    /// The notice that stops a renewal or a rolling contract.
    #[schema(value_type = Option<Object>)]
    notice: Option<Period>,
    /// When it is to be reviewed.
    #[schema(value_type = Option<String>, format = Date)]
    review: Option<Date>,
    /// Whether what it buys is still in use, where someone said so.
    in_use: Option<bool>,
    /// Where the record and its fields came from.
    #[schema(value_type = Object)]
    origin: Origin,
}

/// Contracts by any filter, in any order, counted by any facet.
///
/// # Errors
/// When a parameter cannot be read.
#[utoipa::path(get, path = "/api/v1/contracts", tag = "contracts", params(super::openapi::ContractParameters),
    responses((status = 200, body = super::openapi::ContractList), (status = 404, body = crate::error::Problem, content_type = "application/problem+json"), (status = 400, body = crate::error::Problem, content_type = "application/problem+json")))]
pub async fn list(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    let query = Contracts::query(&params)?;
    let snapshot = app.snapshot();
    let page = snapshot.contracts(&query);
    answer::sent(page::written(&snapshot, page))
}

/// One contract.
///
/// # Errors
/// Not found for an id that is not there.
#[utoipa::path(get, path = "/api/v1/contracts/{id}", tag = "contracts", params(("id" = String, Path, description = "The contract's id", format = Uuid)),
    responses((status = 200, body = Whole), (status = 404, body = crate::error::Problem, content_type = "application/problem+json")))]
pub async fn one(State(app): State<App>, Segment(id): Segment) -> Result<Response, Failure> {
    if let Some(id) = id.strip_suffix(".ics") {
        return calendars::contract(&app, id);
    }
    if let Some(id) = id.strip_suffix(".atom") {
        return feeds::contract(&app, id).await;
    }
    let id: ContractId = id.parse().map_err(|_| Failure::not_found())?;
    let snapshot = app.snapshot();
    let row = snapshot.contract_by_id(id).ok_or_else(Failure::not_found)?;
    let record: Contract = app.store.get(&Scope::Public, id.0).await?.ok_or_else(Failure::not_found)?;
    let view = snapshot.contract(row);
    answer::json(&Whole {
        decisions: view.outlook().decisions,
        item: item(view),
        description: record.description,
        owning_service: record.owning_service,
        lot: record.lot,
        route: record.route,
        extensions: record.term.extensions,
        breaks: record.term.breaks,
        notice: record.term.notice,
        review: record.term.review,
        in_use: record.term.in_use,
        origin: record.origin,
    })
}

files::handlers!(Contracts);

impl Exported for Contracts {
    const NAME: &'static str = "contracts";

    fn columns() -> Vec<Column> {
        use Kind::{Boolean, Date, Money, Text};
        [
            ("id", Text),
            ("reference", Text),
            ("title", Text),
            ("organisations", Text),
            ("organisation_names", Text),
            ("suppliers", Text),
            ("supplier_ids", Text),
            ("supplier_state", Text),
            ("products", Text),
            ("product_ids", Text),
            ("functions", Text),
            ("term", Text),
            ("status", Text),
            ("start", Date),
            ("end", Date),
            ("exits", Text),
            ("last_possible_end", Date),
            ("decision_date", Date),
            ("decision_kind", Text),
            ("decision_state", Text),
            ("decision_missed", Boolean),
            ("decision_at_latest", Boolean),
            ("missed_date", Date),
            ("missed_kind", Text),
            ("value_amount", Money),
            ("value_currency", Text),
            ("value_basis", Text),
            ("value_vat", Text),
            ("value_withheld", Text),
            ("framework", Text),
            ("cpv", Text),
            ("source", Text),
            ("confirmed", Date),
            ("updated_at", Text),
        ]
        .into_iter()
        .map(|(name, kind)| Column::new(name, kind))
        .collect()
    }

    fn rows<'s>(&'s self, snapshot: &'s Snapshot) -> Box<dyn Iterator<Item = Vec<Cell<'s>>> + 's> {
        Box::new(snapshot.all_contracts(&self.filters, self.sort).map(|row| cells(item(snapshot.contract(row)))))
    }
}

fn cells(item: Item<'_>) -> Vec<Cell<'_>> {
    let (basis, vat) = item.value.as_ref().map_or((Cell::Empty, Cell::Empty), |value| (word(&value.basis), word(&value.vat)));
    vec![
        Cell::Text(item.id.to_string().into()),
        item.reference.into(),
        item.title.into(),
        joined(item.organisations.iter().map(|one| one.slug.into())),
        joined(item.organisations.iter().map(|one| one.name.into())),
        joined(item.suppliers.iter().map(|one| one.name.into())),
        joined(item.suppliers.into_iter().map(|one| one.id.to_string().into())),
        word(&item.supplier_state),
        joined(item.products.iter().map(|one| one.name.into())),
        joined(item.products.into_iter().map(|one| one.id.to_string().into())),
        joined(item.functions.iter().map(|one| one.slug.into())),
        item.term.into(),
        item.status.into(),
        item.start.into(),
        item.end.into(),
        joined(item.exits.iter().map(|date| date.to_string().into())),
        item.last_possible_end.into(),
        item.decision_date.into(),
        item.decision_kind.into(),
        item.decision_state.into(),
        Cell::Boolean(item.decision_missed),
        Cell::Boolean(item.decision_at_latest),
        item.missed_date.into(),
        item.missed_kind.into(),
        item.value.as_ref().map_or(Cell::Empty, |value| Cell::Decimal(value.amount.clone().into())),
        item.value.as_ref().map_or(Cell::Empty, |value| value.currency.into()),
        basis,
        vat,
        item.value_withheld.into(),
        item.framework.into(),
        joined(item.cpv.iter().map(|code| (*code).into())),
        item.source.into(),
        item.confirmed.into(),
        Cell::Text(item.updated_at.into()),
    ]
}
