//! `/api/v1/contracts`.

mod beside;
mod page;

pub use beside::{BESIDE, beside};

use super::{
    answer::{self, Amount, Named, Slugged, word},
    calendars, feeds,
    files::{self, Exported, Format, joined},
    request::{self, Segment},
};
use crate::{
    error::{Code, Failure},
    state::App,
    web::{
        query::{FILTERS, Params},
        register::views::Decide,
    },
};
use axum::{extract::State, response::Response};
use documents::export::{Cell, Column, Kind};
use domain::{
    people::Scope,
    register::{
        ids::ContractId,
        money,
        records::{Contract, Origin, SupplierState},
        snapshot::{ContractQuery, ContractView, Filters, Snapshot, Sort},
        terms::{Break, Decision, Extension, Period},
    },
};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A contract.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Contract)]
pub struct Item<'s> {
    /// Its id.
    #[schema(value_type = String)]
    id: Uuid,
    /// The organisation's reference.
    reference: Option<&'s str>,
    /// Its title.
    title: &'s str,
    /// Whose it is: the organisation that keeps the record first.
    organisations: Vec<Slugged<'s>>,
    /// Who supplies, in the source's order.
    suppliers: Vec<Named<'s>>,
    /// `known`, `not-known` or `withheld`.
    #[schema(value_type = String)]
    supplier_state: SupplierState,
    /// What it buys.
    products: Vec<Named<'s>>,
    /// What for.
    functions: Vec<Slugged<'s>>,
    /// `fixed`, `renews-yearly`, `rolling`, `past-end` or `not-known`, as at the day of the register.
    #[schema(value_type = String, example = "fixed")]
    term: &'static str,
    /// `past-end`, `current`, `future`, `not-known` or `ended`.
    #[schema(value_type = String, example = "current")]
    status: &'static str,
    /// Its first day.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(serialize_with = "answer::day")]
    start: Option<Date>,
    /// Its current end.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(serialize_with = "answer::day")]
    end: Option<Date>,
    /// Days from now on, on which it can lawfully stop and another begin.
    #[schema(value_type = Vec<String>)]
    exits: Vec<Date>,
    /// Current end plus all unused buyer's options; null where it has no end, and where the end is not known.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(serialize_with = "answer::day")]
    last_possible_end: Option<Date>,
    /// The earliest day still ahead by which someone must act.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(serialize_with = "answer::day")]
    decision_date: Option<Date>,
    /// What has to be done by then: `extend-by`, `give-notice-by` or `start-buying-by`.
    #[schema(value_type = Option<String>, example = "start-buying-by")]
    decision_kind: Option<&'static str>,
    /// `dated`: by the decision date; `now`: it is past its end; `any-time`: by giving notice; `none-left`: every such day is past;
    /// `too-short`: its whole term is shorter than the time it takes to buy; `replaced`: another contract took its place, so nothing has
    /// to be bought or extended; `over`: it has ended; `not-known`.
    #[schema(value_type = String, example = "dated")]
    decision_state: &'static str,
    /// Whether a day to act by is past while its exit is still ahead.
    decision_missed: bool,
    /// Whether `decision_date` is the latest it can be, since the notice it takes is not known: it may lie earlier, even in the
    /// past.
    decision_at_latest: bool,
    /// That day; of several the latest.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(serialize_with = "answer::day")]
    missed_date: Option<Date>,
    /// What had to be done by then.
    #[schema(value_type = Option<String>, example = "start-buying-by")]
    missed_kind: Option<&'static str>,
    /// What it is worth; null where that is not known or withheld.
    value: Option<Amount<'s>>,
    /// Why the value is withheld; null where it is not.
    value_withheld: Option<&'s str>,
    /// The framework it was called off from.
    framework: Option<&'s str>,
    /// CPV codes.
    cpv: Vec<&'s str>,
    /// Where the record came from.
    source: &'s str,
    /// The day on which someone last said that it is right.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(serialize_with = "answer::day")]
    confirmed: Option<Date>,
    /// Its last change, UTC.
    #[schema(value_type = String, format = DateTime)]
    updated_at: String,
}

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

/// A contract of the snapshot as lists have it.
pub(super) fn item(view: ContractView<'_>) -> Item<'_> {
    let outlook = view.outlook();
    let decide = Decide::of(&outlook, view.as_at());
    let missed = decide.missed.as_ref();
    Item {
        id: view.id().0,
        reference: view.reference(),
        title: view.title(),
        organisations: view.organisations().map(|entry| Slugged { slug: &entry.record.slug, name: &entry.record.name }).collect(),
        suppliers: view.suppliers().map(|entry| Named { id: entry.record.id.0, name: &entry.record.name }).collect(),
        supplier_state: view.supplier_state(),
        products: view.products().map(|entry| Named { id: entry.record.id.0, name: &entry.record.name }).collect(),
        functions: view.functions().map(|entry| Slugged { slug: &entry.record.slug, name: &entry.record.name }).collect(),
        term: view.term().as_str(),
        status: view.status().as_str(),
        start: view.start(),
        end: view.end(),
        exits: outlook.exits.iter().map(|exit| exit.date).collect(),
        last_possible_end: view.last_possible_end(),
        decision_date: view.decision_date(),
        decision_at_latest: view.decision_at_latest(),
        decision_kind: decide.next.as_ref().map(|next| next.kind),
        decision_state: decide.state,
        decision_missed: missed.is_some(),
        missed_date: missed.map(|missed| missed.date),
        missed_kind: missed.map(|missed| missed.kind),
        value: view.value().map(|value| Amount {
            amount: money::amount(value.pence),
            currency: value.currency,
            basis: value.basis,
            vat: value.vat,
        }),
        value_withheld: view.value_withheld(),
        framework: view.framework(),
        cpv: view.cpv().collect(),
        source: view.source(),
        confirmed: view.confirmed(),
        updated_at: answer::instant(view.updated_at()),
    }
}

/// The contracts that a request asks for.
pub struct Contracts {
    /// Which ones.
    pub filters: Filters,
    /// In which order.
    pub sort: Sort,
}

impl Contracts {
    /// Reads filters and order.
    ///
    /// # Errors
    /// When one cannot be read, or is none of this list's.
    pub fn read(params: &Params) -> Result<Self, Failure> {
        // Files and feeds take the address of the list as it is; what counts facets changes nothing in them.
        request::only_besides(params, FILTERS, &["facet_limit"])?;
        request::facet_limit(params)?;
        Ok(Self { filters: params.filters()?, sort: params.sort()? })
    }
}

/// Contracts by any filter, in any order, counted by any facet.
///
/// # Errors
/// When a parameter cannot be read.
#[utoipa::path(get, path = "/api/v1/contracts", tag = "contracts", params(super::openapi::ContractParameters),
    responses((status = 200, body = super::openapi::ContractList), (status = 404, body = crate::error::Problem, content_type = "application/problem+json"), (status = 400, body = crate::error::Problem, content_type = "application/problem+json")))]
pub async fn list(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    let Contracts { filters, sort } = Contracts::read(&params)?;
    let after = request::cursor(&params)?;
    if after.as_ref().is_some_and(|cursor| !cursor.fits(sort)) {
        return Err(Failure { code: Code::NotFound, detail: Some("The cursor is of a list in another order.".to_owned()) });
    }
    let query = ContractQuery {
        filters,
        sort,
        facets: params.facets()?,
        facet_limit: request::facet_limit(&params)?,
        limit: request::limit(&params)?,
        after,
        ..ContractQuery::default()
    };
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
