//! `/timeline`: how many contracts can end last in each quarter, under the filters of contracts.

pub mod data;

use super::{
    charts::{self, Quarters},
    contracts,
    filters::{self, NotUsed, Panel},
};
use crate::{
    error::Failure,
    state::App,
    web::{
        page::{self, GetAs},
        query::{FILTERS, Params},
    },
};
use axum::{extract::State, response::Html};
use domain::register::snapshot::{ContractQuery, Facet};
use govuk::Link;
use serde::Serialize;

/// How many years can be drawn; the first is the default.
const YEARS: &[(&str, usize)] = &[("4", 4), ("8", 8), ("12", 12)];

#[derive(Serialize)]
struct Choice {
    value: &'static str,
    text: String,
    selected: bool,
}

#[derive(Serialize)]
struct View {
    panel: Panel,
    chart: Quarters,
    found: u64,
    of: u32,
    filtered: bool,
    years: Vec<Choice>,
    get: Vec<GetAs>,
    /// The table of quarters as files.
    get_quarters: Vec<GetAs>,
    list: String,
    not_used: NotUsed,
}

/// How many years an address asks for, as a number and as the address has it.
fn years(params: &Params) -> (&'static str, usize) {
    let asked = params.one("years").unwrap_or_default();
    YEARS.iter().copied().find(|(value, _)| *value == asked).unwrap_or(YEARS[0])
}

/// The page.
///
/// # Errors
/// When a filter cannot be read, or the template fails.
pub async fn page(State(app): State<App>, params: Params) -> Result<Html<String>, Failure> {
    let snapshot = app.snapshot();
    let (params, not_used) = NotUsed::of(&params, FILTERS);
    let wanted = contracts::filters(&params)?;
    let (asked, years) = years(&params);
    let query = ContractQuery {
        filters: wanted.clone(),
        facets: contracts::FACETS.iter().map(|(facet, _)| *facet).collect(),
        limit: 1,
        ..ContractQuery::default()
    };
    let answer = snapshot.contracts(&query);
    let counts = |facet: Facet| {
        answer.facets.iter().find(|(kind, _)| *kind == facet).map(|(_, counts)| filters::counts(counts)).unwrap_or_default()
    };
    let data = filters::data(&params);
    let panel = contracts::panel(&params, "/timeline", counts);
    let view = View {
        filtered: panel.is_filtered(),
        panel,
        chart: charts::quarters(&snapshot, &wanted, years, &params),
        found: answer.total,
        of: snapshot.figures().contracts,
        years: YEARS
            .iter()
            .map(|(value, number)| Choice { value, text: format!("{number} years"), selected: *number == years })
            .collect(),
        get: page::get_as(&data, "contracts", answer.total),
        get_quarters: page::get_shown(&data.and("years", asked), "/timeline/quarters"),
        list: data.with_page(contracts::PATH, 1),
        not_used,
    };
    let mut frame = page::frame(&app, "When contracts end", Some("timeline"));
    frame.at_section = true;
    frame.breadcrumbs = vec![Link::new("Home", "/")];
    page::render(&app, "register/timeline.html", &frame, view)
}
