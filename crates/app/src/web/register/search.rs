//! `/search`: one box over products, suppliers, organisations, functions, contracts and systems.

use super::views::{self, Line, Named};
use crate::{
    error::Failure,
    state::App,
    web::{page, query::Params},
};
use axum::{extract::State, response::Html};
use domain::register::snapshot::{ContractQuery, Filters, ListQuery, Snapshot};
use govuk::Link;
use serde::Serialize;

/// Hits shown of each kind.
const MOST: usize = 10;

#[derive(Serialize)]
struct View {
    q: String,
    groups: Vec<Group>,
    contracts: Vec<Line>,
    contracts_total: u64,
    contracts_href: String,
    nothing: bool,
}

#[derive(Serialize)]
struct Group {
    title: &'static str,
    hits: Vec<Named>,
    total: u64,
    more: Option<String>,
}

fn group(title: &'static str, path: &str, q: &str, hits: Vec<Named>, total: u64) -> Group {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", q).finish();
    let more = (total > hits.len() as u64).then(|| format!("{path}?{query}"));
    Group { title, hits, total, more }
}

fn groups(snapshot: &Snapshot, q: &str) -> Vec<Group> {
    let mut query = ListQuery { limit: MOST, ..ListQuery::default() };
    query.filters.q = Some(q.to_owned());
    let products = snapshot.products(&query);
    let suppliers = snapshot.suppliers(&query);
    let words: Vec<String> = q.split_whitespace().map(str::to_lowercase).collect();
    let named = |text: &str| words.iter().all(|word| text.to_lowercase().contains(word.as_str()));
    let organisations: Vec<Named> = snapshot
        .organisations()
        .iter()
        .filter(|entry| named(&format!("{} {} {}", entry.record.name, entry.record.formal_name, entry.record.aliases.join(" "))))
        .map(Named::organisation)
        .collect();
    let functions: Vec<Named> = snapshot
        .functions()
        .iter()
        .filter(|entry| named(&format!("{} {}", entry.record.name, entry.record.aliases.join(" "))))
        .map(|entry| Named::new(&*entry.record.name, "functions", &entry.record.slug))
        .collect();
    let count = |list: &Vec<Named>| list.len() as u64;
    let (organisations_total, functions_total) = (count(&organisations), count(&functions));
    let first = |list: Vec<Named>| list.into_iter().take(MOST).collect::<Vec<_>>();
    let mut all = vec![
        group(
            "Products",
            "/products",
            q,
            products.rows.iter().filter_map(|row| snapshot.product(*row)).map(super::records::product).collect(),
            products.total,
        ),
        group(
            "Suppliers",
            "/suppliers",
            q,
            suppliers
                .rows
                .iter()
                .filter_map(|row| snapshot.supplier(*row))
                .map(|entry| Named::new(&*entry.record.name, "suppliers", entry.record.id))
                .collect(),
            suppliers.total,
        ),
        group("Organisations", "/organisations", q, first(organisations), organisations_total),
        Group { title: "Functions", hits: first(functions), total: functions_total, more: None },
    ];
    all.retain(|group| group.total > 0);
    all
}

/// The page.
///
/// # Errors
/// When the template fails.
pub async fn page(State(app): State<App>, params: Params) -> Result<Html<String>, Failure> {
    let snapshot = app.snapshot();
    let q = params.one("q").unwrap_or_default().to_owned();
    let (groups, lines, total) = if q.is_empty() {
        (Vec::new(), Vec::new(), 0)
    } else {
        let filters = Filters { q: Some(q.clone()), ..Filters::default() };
        let found = snapshot.contracts(&ContractQuery { filters, limit: MOST, ..ContractQuery::default() });
        let lines = views::lines(&snapshot, &found.rows);
        (groups(&snapshot, &q), lines, found.total)
    };
    let title = if q.is_empty() { "Search".to_owned() } else { format!("Search for ‘{q}’") };
    let mut frame = page::frame(&app, title, None);
    frame.breadcrumbs = vec![Link::new("Home", "/")];
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", &q).finish();
    let view = View {
        nothing: groups.is_empty() && total == 0,
        contracts: lines,
        contracts_total: total,
        contracts_href: format!("/contracts?{query}"),
        groups,
        q,
    };
    page::render(&app, "register/search.html", &frame, view)
}
