//! `/planned-procurements`: notices and intentions to buy, apart from contracts.

use super::{
    filters::{MEMBER, Spec},
    lists::{Kind, Order},
    views::{Named, Worth},
};
use crate::{api::v1 as api, error::Failure, state::App, web::query::Params};
use axum::{extract::State, response::Response};
use domain::register::records::about_months;
use domain::register::snapshot::{self, ListFacet, ListSort, PlannedEntry, Snapshot};
use jiff::civil::Date;
use serde::Serialize;

/// Whether offers can still be made.
const OPEN: &[(&str, &str)] = &[("yes", "Still open"), ("no", "Closed"), ("not-known", "Not known when they are due")];

/// How far each has come.
const STAGES: &[(&str, &str)] = &[
    ("planning", "Planning"),
    ("tender", "Tender"),
    ("complete", "Complete"),
    ("cancelled", "Cancelled"),
    ("unsuccessful", "Unsuccessful"),
];

/// The orders of planned procurements.
const ORDERS: &[Order] = &[
    ("", "offers due, still open first", ListSort::Due),
    ("closes", "offers due, earliest first", ListSort::Closes),
    ("title", "title, A to Z", ListSort::Name),
    ("organisation", "organisation, A to Z", ListSort::Organisation),
];

/// The list of planned procurements.
pub const KIND: Kind = Kind {
    section: "planned-procurements",
    path: "/planned-procurements",
    title: "Planned procurements",
    words: ("planned procurement", "planned procurements"),
    takes: &api::planned_procurements::TAKES,
    facets: &[
        (ListFacet::Open, Spec::closed("open", "Offers", OPEN)),
        (ListFacet::Stage, Spec::closed("stage", "Stage", STAGES)),
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
    /// `yes`, `no`, `not-known`: whether offers can still be made.
    open: &'static str,
    start: Option<Date>,
    end: Option<Date>,
    /// How long it would run where no end is stated: in days, and in months where that is a month or more.
    days: Option<u32>,
    months: Option<u32>,
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
        open: snapshot::open(record, snapshot.as_at()),
        start: record.start,
        end: record.end,
        days: record.duration,
        months: record.duration.and_then(about_months),
        worth: Worth::of(&record.value),
    }
}

/// The list.
///
/// # Errors
/// When a filter cannot be read, or the template fails.
pub async fn page(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    let snapshot = app.snapshot();
    let (params, not_used) = KIND.read(&params);
    let answer = snapshot.planned(&KIND.query(&params)?);
    let panel = KIND.panel(&params, &answer.facets);
    let rows = answer.rows.iter().filter_map(|found| Some(row(&snapshot, snapshot.planned_procurement(*found)?))).collect();
    let counts = (answer.total, snapshot.planned_entries().len() as u64);
    KIND.answer(&app, &params, not_used, panel, counts, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_and_offers_are_those_of_the_domain() {
        let values = |all: &[(&'static str, &str)]| all.iter().map(|(value, _)| *value).collect::<Vec<_>>();
        assert_eq!(values(STAGES), snapshot::STAGES);
        assert_eq!(values(OPEN), snapshot::OPEN);
    }
}
