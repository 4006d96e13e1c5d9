//! `/planned-procurements`: notices and intentions to buy, apart from contracts.

use super::{
    filters::{MEMBER, Spec},
    lists::{Kind, Order},
    views::{Named, Worth},
};
use crate::{error::Failure, state::App, web::query::Params};
use axum::{extract::State, response::Response};
use domain::register::snapshot::{ListFacet, ListSort, PlannedEntry, Snapshot};
use jiff::civil::Date;
use serde::Serialize;

/// The orders of planned procurements.
const ORDERS: &[Order] = &[
    ("", "title, A to Z", ListSort::Name),
    ("closes", "offers due, earliest first", ListSort::Closes),
    ("organisation", "organisation, A to Z", ListSort::Organisation),
];

/// The list of planned procurements.
pub const KIND: Kind = Kind {
    section: "planned-procurements",
    path: "/planned-procurements",
    title: "Planned procurements",
    words: ("planned procurement", "planned procurements"),
    facets: &[
        (ListFacet::Member, MEMBER),
        (ListFacet::Organisation, Spec::open("organisation", "Organisation", "organisations", 12)),
    ],
    orders: ORDERS,
    template: "register/planned_procurements.html",
};

/// A planned procurement as a row.
#[derive(Serialize)]
pub(super) struct Row {
    href: String,
    title: String,
    reference: Option<String>,
    organisation: Option<Named>,
    stage: String,
    closes: Option<Date>,
    /// Whether offers can no longer be made.
    closed: bool,
    start: Option<Date>,
    end: Option<Date>,
    worth: Worth,
}

/// A planned procurement as a row of a list.
pub(super) fn row(snapshot: &Snapshot, entry: &PlannedEntry) -> Row {
    let record = &entry.record;
    Row {
        href: format!("/planned-procurements/{}", record.id),
        title: record.title.clone(),
        reference: record.reference.clone(),
        organisation: snapshot
            .organisation_by_id(record.organisation)
            .and_then(|row| snapshot.organisation(row))
            .map(Named::organisation),
        stage: record.stage.clone(),
        closes: record.closes,
        closed: record.closes.is_some_and(|day| day < snapshot.as_at()),
        start: record.start,
        end: record.end,
        worth: Worth::of(&record.value),
    }
}

/// The list.
///
/// # Errors
/// When a filter cannot be read, or the template fails.
pub async fn page(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    let snapshot = app.snapshot();
    let answer = snapshot.planned(&KIND.query(&params)?);
    let panel = KIND.panel(&params, &answer.facets);
    let rows = answer.rows.iter().filter_map(|found| Some(row(&snapshot, snapshot.planned_procurement(*found)?))).collect();
    KIND.answer(&app, &params, panel, answer.total, snapshot.planned_entries().len() as u64, rows)
}
