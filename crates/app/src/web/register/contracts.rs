//! `/contracts`: every contract, filtered, counted, sorted.

use super::{
    filters::{self, Builder, NotUsed, Panel, ResultBar, Spec},
    views::{self, Line},
};
use crate::{
    error::Failure,
    state::App,
    web::{
        page::{self, Pagination, Place},
        query::{FILTERS, Params},
        words,
    },
};
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use domain::register::{
    completeness::Fix,
    reference::cpv,
    snapshot::{ContractQuery, Facet, Filters},
};
use serde::Serialize;

/// Where the list stands.
pub const PATH: &str = "/contracts";

/// The pre-set windows of the last possible end.
const ENDS: &[(&str, &str)] = &[
    ("6", "In the next 6 months"),
    ("12", "In the next 12 months"),
    ("24", "In the next 24 months"),
    ("past-end", "Past its end"),
    ("no-end", "No end"),
    ("not-known", "Not known"),
];

/// When a decision is due.
const DECISIONS: &[(&str, &str)] =
    &[("missed", "Missed"), ("6", "In the next 6 months"), ("12", "In the next 12 months"), ("24", "In the next 24 months")];

/// The five kinds of term.
const TERMS: &[(&str, &str)] = &[
    ("fixed", "Fixed"),
    ("renews-yearly", "Renews yearly"),
    ("rolling", "Rolling"),
    ("past-end", "Past its end"),
    ("not-known", "Not known"),
];

/// Where a contract stands.
const STATUSES: &[(&str, &str)] = &[
    ("past-end", "Past its end"),
    ("current", "Running"),
    ("future", "Not begun"),
    ("not-known", "Not known"),
    ("ended", "Ended"),
];

/// Whose contracts.
const KINDS: &[(&str, &str)] = &[
    ("council", "London’s councils"),
    ("authority", "Greater London Authority"),
    ("hub", "The network’s hub"),
    ("partner", "Partner bodies"),
    ("other", "Other buyers, met in notices"),
];

/// The facets of contracts, in the order of the panel.
pub const FACETS: &[(Facet, Spec)] = &[
    (Facet::Ends, Spec::closed("ends", "Last possible end", ENDS)),
    (Facet::Decision, Spec::closed("decision", "Decision date", DECISIONS)),
    (Facet::ServiceArea, Spec::open("service_area", "Service area", "service areas", 7)),
    (Facet::OrganisationKind, Spec::open("organisation_kind", "Kind of organisation", "kinds", KINDS.len())),
    (Facet::Member, filters::MEMBER),
    (Facet::Organisation, Spec::open("organisation", "Organisation", "organisations", 8)),
    (Facet::Supplier, Spec::open("supplier", "Supplier", "suppliers", 6)),
    (Facet::Product, Spec::open("product", "Product", "products", 6)),
    (Facet::Function, Spec::open("function", "Function", "functions", 6)),
    (Facet::Framework, Spec::open("framework", "Framework", "frameworks", 5)),
    (Facet::Cpv, Spec::open("cpv", "What is bought (CPV)", "CPV divisions", 6)),
    (Facet::Term, Spec::closed("term", "Term", TERMS)),
    (Facet::Status, Spec::closed("status", "Status", STATUSES)),
];

/// The orders of contracts; the first is the default.
const SORTS: &[(&str, &str)] = &[
    ("", "what needs a decision first"),
    ("ends", "last possible end, soonest first"),
    ("-ends", "last possible end, latest first"),
    ("-value", "value, highest first"),
    ("value", "value, lowest first"),
    ("title", "title, A to Z"),
];

#[derive(Serialize)]
struct View {
    panel: Panel,
    results: ResultBar,
    lines: Vec<Line>,
    pagination: Option<Pagination>,
    /// Whether the register holds any contract at all.
    empty: bool,
    /// Whether sums of several kinds stand in one order.
    by_value: bool,
}

/// The list.
///
/// # Errors
/// When a filter cannot be read, or the template fails.
pub async fn page(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    let snapshot = app.snapshot();
    let (params, not_used) = NotUsed::of(&params, FILTERS);
    let wanted = filters(&params)?;
    let shown = params.page();
    let query = ContractQuery {
        filters: wanted,
        sort: params.sort()?,
        facets: FACETS.iter().map(|(facet, _)| *facet).collect(),
        limit: page::ROWS,
        offset: shown.saturating_sub(1).saturating_mul(page::ROWS),
        ..ContractQuery::default()
    };
    let answer = snapshot.contracts(&query);
    let Some(place) = Place::of(shown, usize::try_from(answer.total).unwrap_or(usize::MAX)) else {
        return Ok(Redirect::to(&params.without_such_page(PATH)).into_response());
    };
    let of = u64::from(snapshot.figures().contracts);
    let panel = panel(&params, PATH, |facet| {
        answer.facets.iter().find(|(kind, _)| *kind == facet).map(|(_, counts)| filters::counts(counts)).unwrap_or_default()
    });
    let mut frame = page::list_frame(&app, "Contracts", "contracts", &filters::data(&params), answer.total);
    frame.title = params.titled("Contracts");
    let view = View {
        panel,
        results: ResultBar {
            not_used,
            ..ResultBar::new(&params, "contracts", answer.total, of, ("contract", "contracts"), SORTS)
        },
        lines: views::lines(&snapshot, &answer.rows),
        pagination: page::pagination(&params, PATH, place),
        empty: of == 0,
        by_value: matches!(params.one("sort"), Some("value" | "-value")),
    };
    Ok(page::render(&app, "register/contracts.html", &frame, view)?.into_response())
}

/// The filters of contracts that the address holds.
///
/// # Errors
/// When a day or a sum cannot be read.
pub fn filters(params: &Params) -> Result<Filters, Failure> {
    let list = |name: &str| params.all(name).map(str::to_owned).collect::<Vec<_>>();
    Ok(Filters { source: list("source"), missing: list("missing"), ..params.filters()? })
}

/// The panel of contracts' filters, for this list and for pages that draw the same contracts.
pub fn panel(params: &Params, path: &str, counts: impl Fn(Facet) -> Vec<filters::Count>) -> Panel {
    let mut builder = Builder::new(params, path);
    let organisations = if params.one("keeper").is_some() { counts(Facet::Organisation) } else { Vec::new() };
    for (facet, spec) in FACETS {
        let mut counts = counts(*facet);
        match facet {
            Facet::OrganisationKind | Facet::Member if !filters::divides(params, spec, &counts) => continue,
            Facet::OrganisationKind => counts.iter_mut().for_each(|count| count.label = kind(&count.value).to_owned()),
            Facet::Cpv => counts.iter_mut().for_each(|count| count.label = division(&count.value)),
            _ => {}
        }
        builder.facet(spec, &counts);
    }
    let day = |text: &str| text.parse().map_or_else(|_| text.to_owned(), words::day);
    let pounds = |text: &str| {
        let digits = text.trim_start_matches('£').replace(',', "");
        digits.parse::<i64>().map_or_else(|_| text.to_owned(), |pounds| words::exact_pounds(pounds.saturating_mul(100)))
    };
    builder.other("ends_from", "Last possible end", |text| format!("From {}", day(text)));
    builder.other("ends_to", "Last possible end", |text| format!("Up to {}", day(text)));
    builder.other("value_from", "Value", |text| format!("{} or more", pounds(text)));
    builder.other("value_to", "Value", |text| format!("{} or less", pounds(text)));
    builder.other("source", "Source", |source| source.to_owned());
    builder.other("keeper", "Record kept by", |slug| {
        let known = organisations.iter().find(|count| count.value == slug);
        known.map_or(slug, |count| &count.label).to_owned()
    });
    builder.other("missing", "Missing", |fix| missing(fix).to_owned());
    builder.finish(&["sort", "years"])
}

/// A kind of organisation in words.
fn kind(name: &str) -> &str {
    KINDS.iter().find(|(known, _)| *known == name).map_or(name, |(_, words)| words)
}

/// A CPV division with its name, or a code as it stands.
fn division(code: &str) -> String {
    match cpv::division(code).filter(|_| code.len() == 2) {
        Some(name) => format!("{code} {name}"),
        None => code.to_owned(),
    }
}

/// What is missing from a record, in words.
fn missing(name: &str) -> &str {
    match Fix::parse(name) {
        Some(Fix::End) => "when it ends",
        Some(Fix::Start) => "when it started",
        Some(Fix::Value) => "its value, or why that is withheld",
        Some(Fix::Supplier) => "its supplier",
        Some(Fix::CompanyNumber) => "its supplier’s company number",
        Some(Fix::Notice) => "its notice, options, breaks or review date",
        Some(Fix::OwningService) => "the service that owns it",
        Some(Fix::Function) => "its function",
        Some(Fix::Product) => "its product",
        Some(Fix::Confirmed) => "a confirmation in the last year",
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::register::{completeness::Fix, snapshot::Sort};

    #[test]
    fn every_facet_of_the_panel_is_named_as_its_filter() {
        for (facet, spec) in FACETS {
            assert_eq!(facet.as_str(), spec.name);
        }
    }

    #[test]
    fn every_kind_of_organisation_has_words() {
        let known: Vec<&str> = domain::register::snapshot::KINDS.iter().map(|(name, _)| *name).collect();
        assert!(KINDS.iter().all(|(value, _)| known.contains(value)) && KINDS.len() == known.len());
    }

    #[test]
    fn every_order_offered_can_be_read() {
        for (value, words) in SORTS {
            assert!(Sort::parse(value).is_some(), "{words}");
        }
    }

    #[test]
    fn every_gap_of_contracts_has_words() {
        for fix in Fix::ALL {
            if let Some(name) = fix.contracts_filter() {
                assert_ne!(missing(name), name);
            }
        }
    }

    #[test]
    fn terms_and_statuses_are_those_of_the_domain() {
        use domain::register::terms::{Status, TermState};
        assert_eq!(TERMS.iter().map(|(value, _)| *value).collect::<Vec<_>>(), TermState::ALL.map(TermState::as_str));
        assert_eq!(STATUSES.iter().map(|(value, _)| *value).collect::<Vec<_>>(), Status::ALL.map(Status::as_str));
    }
}
