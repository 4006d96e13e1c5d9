//! `/ocds/records/{ocid}`: what the register holds of one contracting process, release by release and compiled.

use super::{package, releases};
use crate::{
    api::v1::{answer, request::Segment},
    error::{Failure, Problem},
    state::App,
};
use axum::{extract::State, response::Response};
use domain::{
    audit::Kind,
    people::Scope,
    register::{
        export::ocds::Options,
        ids::{ContractId, PlannedProcurementId},
    },
};
use ocds::{merge::Merger, rules::Rules};
use serde_json::json;
use uuid::Uuid;

/// One contracting process as a record package.
///
/// # Errors
/// Not found for a process that the register does not hold.
#[utoipa::path(get, path = "/ocds/records/{ocid}", tag = "ocds", params(("ocid" = String, Path, description = "The contracting process")),
    responses((status = 200, body = Object, description = "An OCDS 1.1 record package"), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn page(State(app): State<App>, Segment(ocid): Segment) -> Result<Response, Failure> {
    let places = places(&app, &ocid).await?;
    if places.is_empty() {
        return Err(Failure::not_found());
    }
    let options = Options { prefix: &app.publication.ocid_prefix, extensions: false };
    let mut releases = releases::releases(&app, &app.snapshot(), &places, &options).await?;
    // Oldest first, as the standard asks.
    releases.sort_by(|a, b| a["date"].as_str().cmp(&b["date"].as_str()));
    let rules = Rules::builtin_1_1();
    let compiled = Merger::new(&rules).compiled(releases.clone())?.release;
    let uri = format!("{}/ocds/records/{ocid}", app.publication.url);
    let mut package = package::head(&app.publication, app.illustrative(), &uri, app.clock.now(), &[]);
    package["records"] = json!([{ "ocid": ocid, "releases": releases, "compiledRelease": compiled }]);
    answer::json(&package)
}

/// The records of a process: those that came from its notices, or the one that the process was made for.
async fn places(app: &App, ocid: &str) -> Result<Vec<(i64, Kind, Uuid)>, Failure> {
    let snapshot = app.snapshot();
    let own =
        ocid.strip_prefix(app.publication.ocid_prefix.as_str()).and_then(|rest| rest.strip_prefix('-')?.parse::<Uuid>().ok());
    let mut places: Vec<(i64, Kind, Uuid)> = Vec::new();
    let planned = |planned: &domain::register::records::PlannedProcurement| {
        planned.origin.ocid.as_deref() == Some(ocid) || planned.origin.ocid.is_none() && Some(planned.id.0) == own
    };
    for entry in snapshot.planned_entries().iter().filter(|entry| planned(&entry.record)) {
        places.push((0, Kind::PlannedProcurement, PlannedProcurementId(entry.record.id.0).0));
    }
    for id in app.store.contracts_of_process(&Scope::Public, ocid).await? {
        places.push((0, Kind::Contract, id));
    }
    if let Some(id) = own.filter(|id| snapshot.contract_by_id(ContractId(*id)).is_some()) {
        places.push((0, Kind::Contract, id));
    }
    Ok(places)
}
