//! The description of the API (OpenAPI 3.1), made from the code: what stands in it is what the handlers read and write.

use super::{
    contracts, dpias, files::Format, functions, organisations, planned_procurements, products, skills, suppliers, systems,
};
use crate::error::{Failure, Problem};
use api_json::shapes;
use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use serde_json::Value as Json;
use std::sync::LazyLock;
use utoipa::{IntoParams, OpenApi, ToSchema};

/// A page of a list as the description has it: items of one kind.
macro_rules! list_schema {
    ($(#[$doc:meta] $name:ident of $item:ty),* $(,)?) => {$(
        #[$doc]
        #[derive(ToSchema)]
        #[allow(dead_code)]
        pub struct $name {
            /// The rows of this page.
            items: Vec<$item>,
            /// How many rows match on all pages.
            total: u64,
            /// Counts by each facet asked for; a facet's own filter is left out of its counts.
            facets: std::collections::BTreeMap<String, Vec<shapes::FacetCountSchema>>,
            /// The cursor of the next page, or null.
            next: Option<String>,
        }
    )*};
}

list_schema! {
    /// A page of contracts.
    ContractList of api_json::contract::Item<'static>,
    /// A page of planned procurements.
    PlannedProcurementList of planned_procurements::Item<'static>,
    /// A page of systems.
    SystemList of systems::Item<'static>,
    /// A page of suppliers.
    SupplierList of suppliers::Item<'static>,
    /// A page of products.
    ProductList of products::Item<'static>,
    /// A page of organisations.
    OrganisationList of organisations::Item<'static>,
    /// A page of functions.
    FunctionList of functions::Item<'static>,
    /// A page of skills.
    SkillList of skills::Item<'static>,
    /// A page of published assessments.
    DpiaList of dpias::Item,
}

/// The filters of contracts. Repeats of one name are 'or', different names are 'and'.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)]
pub struct ContractParameters {
    /// Slugs of organisations.
    organisation: Option<Vec<String>>,
    /// Kinds of organisation: `council`, `hub`, `authority`, `partner`, `other` (buyers met in notices).
    organisation_kind: Option<Vec<String>>,
    /// `yes` for contracts of members of the network on the day the register speaks of, `no` for everyone else.
    member: Option<Vec<String>>,
    /// Ids of suppliers.
    supplier: Option<Vec<String>>,
    /// Ids of products.
    product: Option<Vec<String>>,
    /// Slugs of functions.
    function: Option<Vec<String>>,
    /// Slugs of service areas.
    service_area: Option<Vec<String>>,
    /// Names of frameworks.
    framework: Option<Vec<String>>,
    /// CPV codes or their beginnings; two digits are a division.
    cpv: Option<Vec<String>>,
    /// `past-end`, `current`, `future`, `not-known`, `ended`.
    status: Option<Vec<String>>,
    /// `fixed`, `renews-yearly`, `rolling`, `past-end`, `not-known`.
    term: Option<Vec<String>>,
    /// Ends in the next `6`, `12` or `24` months, or `past-end`, `no-end`, `not-known`.
    ends: Option<Vec<String>>,
    /// A decision date `missed`, or due in the next `6`, `12` or `24` months.
    decision: Option<Vec<String>>,
    /// Where the record came from.
    source: Option<Vec<String>>,
    /// Slugs of organisations that keep the record, and whose score it counts for: of a joint contract one.
    keeper: Option<Vec<String>>,
    /// What the record lacks, as the five fixes of an organisation name it; a contract that has ended lacks nothing.
    missing: Option<Vec<String>>,
    /// The last possible end is this day or later.
    #[param(value_type = Option<String>, format = Date)]
    ends_from: Option<String>,
    /// The last possible end is this day or earlier.
    #[param(value_type = Option<String>, format = Date)]
    ends_to: Option<String>,
    /// The value is at least so many pounds, of whatever kind.
    #[param(minimum = 0, maximum = 1_000_000_000_000i64)]
    value_from: Option<i64>,
    /// The value is at most so many pounds, of whatever kind.
    #[param(minimum = 0, maximum = 1_000_000_000_000i64)]
    value_to: Option<i64>,
    /// Words, all of which must occur; each matches the beginnings of words.
    #[param(max_length = 500)]
    q: Option<String>,
    /// Facets to count by, parted by commas: `organisation`, `supplier`, `product`, `function`, `service_area`, `framework`,
    /// `cpv`, `status`, `term`, `ends`, `decision`, `organisation_kind`, `member`.
    #[param(
        pattern = r"^(organisation|organisation_kind|member|supplier|product|function|service_area|framework|cpv|status|term|ends|decision)(,(organisation|organisation_kind|member|supplier|product|function|service_area|framework|cpv|status|term|ends|decision))*$"
    )]
    facet: Option<String>,
    /// At most so many values of each facet, the most frequent first; those filtered by always stay. All when none is given.
    #[param(minimum = 1, maximum = 1000)]
    facet_limit: Option<i64>,
    /// The order; what needs a decision first when none is given.
    #[param(pattern = "^(attention|ends|-ends|value|-value|title)$")]
    sort: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<i64>,
    /// The `next` of the page before.
    #[param(pattern = "^[aeEvVt][0-9a-f]{32}(n[0-9a-f]{16}|t([0-9a-f]{2}){0,60})$")]
    cursor: Option<String>,
}

/// The public register of the technology that a city's councils buy.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "City Tools",
        version = "1",
        description = "The public register: what a city's organisations run, from whom, until when. No key is needed. Every list is also to be had as .csv, .jsonl, .xlsx and .parquet under the same filters.",
        license(
            name = "Open Government Licence v3.0",
            url = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
        )
    ),
    paths(
        contracts::list,
        contracts::one,
        planned_procurements::list,
        planned_procurements::one,
        systems::list,
        systems::one,
        suppliers::list,
        suppliers::one,
        products::list,
        products::one,
        organisations::list,
        organisations::one,
        functions::list,
        functions::one,
        skills::list,
        skills::one,
        crate::api::ocds::releases::page,
        crate::api::ocds::record::page,
        crate::api::catalogue::catalogue,
        dpias::list,
        dpias::one
    ),
    components(schemas(Problem))
)]
pub struct Description;

/// The description as JSON text.
///
/// # Errors
/// When it cannot be written: a fault in the program.
pub fn json() -> Result<String, serde_json::Error> {
    let mut description = serde_json::to_value(Description::openapi())?;
    name(&mut description);
    files(&mut description);
    serde_json::to_string_pretty(&description)
}

/// Names each operation by its address: the handlers' own names repeat from list to list.
fn name(description: &mut Json) {
    let Some(paths) = description["paths"].as_object_mut() else { return };
    for (path, operations) in paths {
        let plain = path.trim_start_matches("/api/v1").replace(['{', '}'], "");
        let id = plain.trim_matches('/').replace(['/', '.'], "-");
        operations["get"]["operationId"] = id.into();
    }
}

/// Lists that are calendars too.
const CALENDARS: &[&str] = &["contracts", "planned-procurements"];
/// Lists that are feeds too.
const FEEDS: &[&str] = &["contracts", "planned-procurements", "systems"];

/// Adds each list's files, calendars and feeds: the list's own description under another address, without pages and counts.
fn files(description: &mut Json) {
    let Some(paths) = description["paths"].as_object_mut() else { return };
    let mut added = Vec::new();
    for list in super::LISTS {
        let Some(whole) = paths.get(&format!("/api/v1/{list}")).cloned() else { continue };
        let calendar = CALENDARS.contains(list).then_some(("ics", "text/calendar"));
        let feed = FEEDS.contains(list).then_some(("atom", "application/atom+xml"));
        let tables = Format::ALL.into_iter().map(|format| (format.extension(), format.content_type()));
        for (ending, media) in tables.chain(calendar).chain(feed) {
            let media = media.split(';').next().unwrap_or(media);
            let path = as_file(whole.clone(), &format!("{list}-{ending}"), media, &format!("The whole list as .{ending}."));
            added.push((format!("/api/v1/{list}.{ending}"), path));
        }
    }
    if let Some(one) = paths.get("/api/v1/contracts/{id}").cloned() {
        for (ending, media, words) in [
            ("ics", "text/calendar", "One contract's days as a calendar."),
            ("atom", "application/atom+xml", "One contract's history as a feed."),
        ] {
            added.push((
                format!("/api/v1/contracts/{{id}}.{ending}"),
                as_file(one.clone(), &format!("contracts-id-{ending}"), media, words),
            ));
        }
    }
    paths.extend(added);
}

fn as_file(mut path: Json, id: &str, media: &str, words: &str) -> Json {
    let get = &mut path["get"];
    get["operationId"] = id.into();
    get["summary"] = words.into();
    if let Some(operation) = get.as_object_mut() {
        operation.shift_remove("description");
    }
    if let Some(parameters) = get["parameters"].as_array_mut() {
        parameters.retain(|parameter| parameter["name"] != "cursor" && parameter["name"] != "facet");
        for parameter in parameters.iter_mut().filter(|parameter| parameter["name"] == "limit") {
            *parameter = serde_json::json!({
                "name": "limit", "in": "query", "required": false, "description": "Rows of the file; all when none is given.",
                "schema": { "type": "integer", "minimum": 1, "maximum": 1_000_000_000 },
            });
        }
    }
    get["responses"]["200"] =
        serde_json::json!({ "description": words, "content": { (media): { "schema": { "type": "string" } } } });
    path
}

/// `/api/v1/openapi.json`.
///
/// # Errors
/// When it cannot be written.
pub async fn document() -> Result<Response, Failure> {
    static TEXT: LazyLock<String> = LazyLock::new(|| json().unwrap_or_default());
    let mut response = Response::new(Body::from(TEXT.as_str()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    Ok(response)
}
