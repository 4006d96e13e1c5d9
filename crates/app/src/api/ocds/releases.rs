//! `/ocds/releases`: the latest release of every contract and planned procurement, oldest change first, page by page.
//!
//! Whoever keeps a copy walks `links.next` to its end, and later asks again with `updatedFrom`: what changed since comes last. From an
//! hour before, since a change has the instant at which its transaction began, and is seen when that ends.

use super::package;
use crate::{
    api::v1::{answer, request},
    error::{Code, Failure, Problem},
    state::App,
    web::query::Params,
};
use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::Response,
};
use domain::{
    audit::Kind,
    people::Scope,
    register::{
        export::ocds::{self, Options},
        records::{Contract, PlannedProcurement},
        snapshot::Snapshot,
    },
};
use jiff::civil::DateTime;
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use utoipa::IntoParams;
use uuid::Uuid;

/// Releases of a page, and the most there are of one, as Find a Tender has it.
const LIMIT: usize = 100;

/// What `/ocds/releases` takes; the names are Find a Tender's.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)]
pub struct Parameters {
    /// Releases of a page.
    #[param(minimum = 1, maximum = 100, default = 100)]
    limit: Option<i64>,
    /// What `links.next` of the page before says.
    #[param(pattern = "^[0-9]{1,15}-[0-9a-f]{32}$")]
    cursor: Option<String>,
    /// Changed at this time or later: `YYYY-MM-DDTHH:MM:SS`, London time.
    #[param(
        rename = "updatedFrom",
        pattern = "^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"
    )]
    updated_from: Option<String>,
    /// Changed at this time or earlier: `YYYY-MM-DDTHH:MM:SS`, London time.
    #[param(
        rename = "updatedTo",
        pattern = "^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"
    )]
    updated_to: Option<String>,
}

/// A page of the register as a release package.
///
/// # Errors
/// When a parameter cannot be read, or the database fails.
#[utoipa::path(get, path = "/ocds/releases", tag = "ocds", params(Parameters),
    responses((status = 200, body = Object, description = "An OCDS 1.1 release package"), (status = 400, body = Problem, content_type = "application/problem+json")))]
pub async fn page(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    request::only(&params, &["updatedFrom", "updatedTo"])?;
    if let Some(name) = ["facet", "sort"].into_iter().find(|name| params.one(name).is_some()) {
        return Err(Failure::parameter(format!("‘{name}’ is no parameter of this list.")));
    }
    let limit = request::limit_up_to(&params, LIMIT, LIMIT)?;
    let from = instant(&params, "updatedFrom", 0)?.unwrap_or(0);
    // To the end of the second that is named.
    let to = instant(&params, "updatedTo", 999)?.unwrap_or(i64::MAX);
    let after = params.one("cursor").map(cursor).transpose()?;
    let asked = i64::try_from(limit).unwrap_or(100) + 1;
    let mut places = app.store.changed_between(&Scope::Public, from, to, after, asked).await?;
    let more = places.len() > limit;
    places.truncate(limit);
    let snapshot = app.snapshot();
    let options = Options { prefix: &app.publication.ocid_prefix, extensions: false };
    let releases = releases(&app, &snapshot, &places, &options).await?;
    let address = |cursor: Option<&str>| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(params.pairs().filter(|(name, _)| *name != "cursor"));
        query.extend_pairs(cursor.map(|cursor| ("cursor", cursor)));
        let query = query.finish();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}/ocds/releases{mark}{query}", app.publication.url)
    };
    let next = places.last().filter(|_| more).map(|(at, _, id)| address(Some(&format!("{at}-{}", id.simple()))));
    let mut links = json!({});
    if let Some(next) = &next {
        links["next"] = next.as_str().into();
    }
    let extensions: Vec<String> = next.iter().map(|_| package::PAGINATION.to_owned()).collect();
    let mut package =
        package::head(&app.publication, app.illustrative(), &address(params.one("cursor")), app.clock.now(), &extensions);
    package["releases"] = releases.into();
    if next.is_some() {
        package["links"] = links;
    }
    let mut response = answer::json(&package)?;
    if let Some(value) = next.and_then(|next| HeaderValue::from_str(&format!("<{next}>; rel=\"next\"")).ok()) {
        response.headers_mut().insert(header::LINK, value);
    }
    Ok(response)
}

/// The releases of some records, in their order.
///
/// # Errors
/// When the database fails.
pub async fn releases(
    app: &App,
    snapshot: &Snapshot,
    places: &[(i64, Kind, Uuid)],
    options: &Options<'_>,
) -> Result<Vec<Json>, Failure> {
    let of = |wanted: Kind| places.iter().filter(|(_, kind, _)| *kind == wanted).map(|(.., id)| *id).collect::<Vec<_>>();
    let contracts: Vec<Contract> = app.store.get_many(&Scope::Public, &of(Kind::Contract)).await?;
    let planned: Vec<PlannedProcurement> = app.store.get_many(&Scope::Public, &of(Kind::PlannedProcurement)).await?;
    let mut made: HashMap<Uuid, Json> =
        contracts.iter().map(|record| (record.id.0, ocds::contract(record, snapshot, options))).collect();
    made.extend(planned.iter().map(|record| (record.id.0, ocds::planned(record, snapshot, options))));
    Ok(places.iter().filter_map(|(.., id)| made.remove(id)).collect())
}

/// A time in London under a name, as milliseconds of UTC; `later` milliseconds are added.
fn instant(params: &Params, name: &str, later: i64) -> Result<Option<i64>, Failure> {
    let read = |text: &str| -> Option<i64> {
        let strict = text.len() == 19 && text.as_bytes()[10] == b'T';
        let time: DateTime = strict.then(|| text.parse().ok()).flatten()?;
        Some(time.in_tz("Europe/London").ok()?.timestamp().as_millisecond() + later)
    };
    let wrong = || Failure::parameter(format!("‘{name}’ must be a time in London such as 2027-03-31T09:00:00."));
    params.one(name).map(|text| read(text).ok_or_else(wrong)).transpose()
}

fn cursor(text: &str) -> Result<(i64, Uuid), Failure> {
    let read = || {
        let (at, id) = text.split_once('-')?;
        let digits = !at.is_empty() && at.bytes().all(|byte| byte.is_ascii_digit()) && id.len() == 32;
        Some((at.parse().ok().filter(|_| digits)?, Uuid::parse_str(id).ok()?))
    };
    read().ok_or_else(|| Failure::of(Code::InvalidCursor))
}
