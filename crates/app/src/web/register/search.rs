//! `/search`: one box over products, suppliers, organisations, functions and contracts.

pub mod data;

use super::views::{self, Named};
use crate::{
    error::Failure,
    state::App,
    web::{
        page::{self, GetAs},
        query::Params,
    },
};
use axum::{extract::State, response::Html};
use domain::register::{
    names::fold,
    snapshot::{ContractPage, ContractQuery, Filters, ListQuery, Snapshot},
};
use govuk::Link;
use serde::Serialize;

/// Hits shown of each kind.
const MOST: usize = 12;
/// Words that are looked for; the rest of a longer text is let go.
const WORDS: usize = 16;

#[derive(Serialize)]
struct View {
    q: String,
    groups: Vec<Group>,
    contracts: Vec<views::Line>,
    contracts_total: u64,
    contracts_href: String,
    nothing: bool,
    get: Vec<GetAs>,
}

/// Hits of one kind.
#[derive(Serialize)]
struct Group {
    title: &'static str,
    hits: Vec<Hit>,
    total: u64,
    /// All of them, where a list shows them.
    more: Option<String>,
}

#[derive(Serialize)]
struct Hit {
    link: Named,
    /// The name that matched, where it is not the one shown.
    met_as: Option<String>,
    contracts: u32,
}

/// The words of a search, each of which some word must begin with.
struct Words(Vec<String>);

impl Words {
    fn of(q: &str) -> Self {
        Self(
            fold(q)
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| !word.is_empty())
                .take(WORDS)
                .map(str::to_owned)
                .collect(),
        )
    }

    fn meet(&self, name: &str) -> bool {
        let folded = fold(name);
        let met = |word: &String| folded.split(|c: char| !c.is_alphanumeric()).any(|one| one.starts_with(word.as_str()));
        !self.0.is_empty() && self.0.iter().all(met)
    }

    /// Whether one of these names is met, and which where it is not the first.
    fn meet_any<'n>(&self, shown: &str, others: impl IntoIterator<Item = &'n str>) -> Option<Option<String>> {
        if self.meet(shown) {
            return Some(None);
        }
        others.into_iter().find(|name| self.meet(name)).map(|name| Some(name.to_owned()))
    }
}

fn group(title: &'static str, path: Option<&str>, q: &str, mut hits: Vec<Hit>, total: u64) -> Option<Group> {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", q).finish();
    hits.truncate(MOST);
    let more = path.filter(|_| total > hits.len() as u64).map(|path| format!("{path}?{query}"));
    (total > 0).then_some(Group { title, hits, total, more })
}

fn groups(snapshot: &Snapshot, q: &str) -> Vec<Group> {
    let words = Words::of(q);
    let mut query = ListQuery { limit: MOST, ..ListQuery::default() };
    query.filters.q = Some(q.to_owned());
    let products = snapshot.products(&query);
    let product_hits = products.rows.iter().filter_map(|row| snapshot.product(*row)).map(|entry| Hit {
        link: super::records::product(entry),
        met_as: words.meet_any(&entry.record.name, entry.record.former_names.iter().map(|name| name.name.as_str())).flatten(),
        contracts: entry.contracts,
    });
    let suppliers = snapshot.suppliers(&query);
    let supplier_hits = suppliers.rows.iter().filter_map(|row| snapshot.supplier(*row)).map(|entry| Hit {
        link: Named::new(&*entry.record.name, "suppliers", entry.record.id),
        met_as: words.meet_any(&entry.record.name, entry.record.names.iter().map(|name| name.name.as_str())).flatten(),
        contracts: entry.contracts,
    });
    let organisations: Vec<Hit> = snapshot
        .organisations()
        .iter()
        .filter_map(|entry| {
            let record = &entry.record;
            let others = std::iter::once(record.formal_name.as_str()).chain(record.aliases.iter().map(String::as_str));
            let met_as = words.meet_any(&record.name, others)?;
            Some(Hit { link: Named::organisation(entry), met_as, contracts: entry.contracts })
        })
        .collect();
    let functions: Vec<Hit> = snapshot
        .functions()
        .iter()
        .filter_map(|entry| {
            let met_as = words.meet_any(&entry.record.name, entry.record.aliases.iter().map(String::as_str))?;
            let link = Named::new(&*entry.record.name, "functions", &entry.record.slug);
            Some(Hit { link, met_as, contracts: entry.contracts })
        })
        .collect();
    let (in_organisations, in_functions) = (organisations.len() as u64, functions.len() as u64);
    [
        group("Products", Some("/products"), q, product_hits.collect(), products.total),
        group("Suppliers", Some("/suppliers"), q, supplier_hits.collect(), suppliers.total),
        group("Organisations", None, q, organisations, in_organisations),
        group("Functions", None, q, functions, in_functions),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The contracts that match, those shown of them.
fn contracts<'s>(snapshot: &'s Snapshot, q: &str) -> ContractPage<'s> {
    let filters = Filters { q: Some(q.to_owned()), ..Filters::default() };
    snapshot.contracts(&ContractQuery { filters, limit: MOST, ..ContractQuery::default() })
}

/// The page.
///
/// # Errors
/// When the template fails.
pub async fn page(State(app): State<App>, params: Params) -> Result<Html<String>, Failure> {
    let snapshot = app.snapshot();
    let q = params.one("q").unwrap_or_default().to_owned();
    let (groups, found) = if q.is_empty() { (Vec::new(), None) } else { (groups(&snapshot, &q), Some(contracts(&snapshot, &q))) };
    let total = found.as_ref().map_or(0, |found| found.total);
    let title = if q.is_empty() { "Search".to_owned() } else { format!("Search for ‘{q}’") };
    let mut frame = page::frame(&app, title, None);
    frame.breadcrumbs = vec![Link::new("Home", "/")];
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", &q).finish();
    let view = View {
        nothing: groups.is_empty() && total == 0,
        contracts: found.map(|found| views::lines(&snapshot, &found.rows)).unwrap_or_default(),
        contracts_total: total,
        contracts_href: format!("/contracts?{query}"),
        get: page::get_shown(&Params::made(&[("q", &q)]), "/search"),
        groups,
        q,
    };
    page::render(&app, "register/search.html", &frame, view)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_must_begin_some_word_of_a_name() {
        let words = Words::of("Hammer FULH");
        assert!(words.meet("Hammersmith and Fulham"));
        assert!(!words.meet("Hammersmith"));
        assert!(!Words::of("mersmith").meet("Hammersmith"));
        assert!(!Words::of("… ").meet("Hammersmith"), "no words meet nothing");
    }

    #[test]
    fn a_former_name_is_said_where_it_is_the_one_met() {
        let words = Words::of("estates");
        assert_eq!(words.meet_any("Lintel", ["Lintel Estates"]), Some(Some("Lintel Estates".to_owned())));
        assert_eq!(words.meet_any("Estates", ["Lintel Estates"]), Some(None));
        assert_eq!(words.meet_any("Lintel", ["Lintel Housing"]), None);
    }
}
