//! Where an address leads that is no page itself: a page's address with `.json`, `.csv` and so on to the API, what was merged into
//! another to that.

use super::merged;
use crate::{api::v1::LISTS, state::App};
use axum::{
    extract::Request,
    http::{Method, Uri},
    response::{IntoResponse as _, Redirect},
};
use server::pages::Elsewhere;

/// A page's address with `.json`, `.csv` and so on leads to the same list, or record, in the API; one that names what was merged
/// into another leads to that.
pub fn leads(app: &App, request: &Request) -> Option<Elsewhere> {
    if let Some(target) = data_address(request.uri()) {
        return Some(Box::pin(async move { Some(Redirect::temporary(&target).into_response()) }));
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads || !merged::filters_by_what_is_gone(&app.snapshot(), request.uri()) {
        return None;
    }
    let (app, uri) = (app.clone(), request.uri().clone());
    Some(Box::pin(async move {
        match merged::with_filters(&app, &uri).await {
            Ok(target) => target.map(|target| Redirect::temporary(&target).into_response()),
            Err(error) => {
                tracing::warn!(%error, "what was merged could not be looked up");
                None
            }
        }
    }))
}

fn data_address(uri: &Uri) -> Option<String> {
    let (stem, suffix) = uri.path().rsplit_once('.')?;
    let asked = uri.query().unwrap_or_default();
    let mut parts = stem.strip_prefix('/')?.split('/');
    let (list, record) = match (parts.next()?, parts.next()) {
        // What the timeline draws are contracts.
        ("timeline", None) => ("contracts", None),
        // The matrix has files of its own; what it draws are systems, which the API gives as a list of its service areas.
        ("matrix", None) if matches!(suffix, "json" | "csv") => {
            return Some(format!("/matrix/cells.{suffix}{}", query(asked, &shapes)));
        }
        ("matrix", None) if asked.split('&').any(|pair| pair.starts_with("service_area=")) => ("systems", None),
        both => both,
    };
    if !LISTS.contains(&list) || parts.next().is_some() {
        return None;
    }
    let query = shared(asked);
    match (record, suffix) {
        (Some(record), "ics" | "atom") if list == "contracts" && !record.is_empty() => {
            Some(format!("/api/v1/{list}/{record}.{suffix}{query}"))
        }
        (None, "ics") if matches!(list, "contracts" | "planned-procurements") => Some(format!("/api/v1/{list}.ics{query}")),
        (None, "atom") if matches!(list, "contracts" | "planned-procurements" | "systems") => {
            Some(format!("/api/v1/{list}.atom{query}"))
        }
        (Some(record), "json") if !record.is_empty() => Some(format!("/api/v1/{list}/{record}{query}")),
        (None, "json") => Some(format!("/api/v1/{list}{query}")),
        (None, "csv" | "jsonl" | "xlsx" | "parquet") => Some(format!("/api/v1/{list}.{suffix}{query}")),
        _ => None,
    }
}

/// Whether a pair of a query only shapes a page.
fn shapes(pair: &str) -> bool {
    matches!(pair.split('=').next().unwrap_or_default(), "page" | "no_page" | "all" | "years" | "mark")
}

/// What a page's query shares with the API's: all but what only shapes the page.
fn shared(asked: &str) -> String {
    query(asked, &|pair| shapes(pair) || pair == "service_area=all")
}

/// A query without some of its pairs.
fn query(asked: &str, without: &dyn Fn(&str) -> bool) -> String {
    let pairs: Vec<&str> = asked.split('&').filter(|pair| !pair.is_empty() && !without(pair)).collect();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pages_address_with_a_format_leads_to_the_api() {
        let leads = |address: &str| data_address(&address.parse().unwrap());
        assert_eq!(leads("/contracts.json?q=a").as_deref(), Some("/api/v1/contracts?q=a"));
        assert_eq!(leads("/contracts.csv").as_deref(), Some("/api/v1/contracts.csv"));
        assert_eq!(leads("/organisations/camden.json").as_deref(), Some("/api/v1/organisations/camden"));
        assert_eq!(leads("/contracts.ics?status=current").as_deref(), Some("/api/v1/contracts.ics?status=current"));
        assert_eq!(leads("/contracts/1.atom").as_deref(), Some("/api/v1/contracts/1.atom"));
        assert_eq!(leads("/contracts.csv?page=2&q=a%20b&all=supplier").as_deref(), Some("/api/v1/contracts.csv?q=a%20b"));
        assert_eq!(leads("/contracts.json?page=2").as_deref(), Some("/api/v1/contracts"));
        assert_eq!(
            leads("/timeline.csv?years=8&organisation=camden").as_deref(),
            Some("/api/v1/contracts.csv?organisation=camden")
        );
        assert_eq!(leads("/matrix.json").as_deref(), Some("/matrix/cells.json"));
        assert_eq!(leads("/matrix.csv?service_area=all&mark=camden").as_deref(), Some("/matrix/cells.csv?service_area=all"));
        assert_eq!(leads("/matrix.xlsx?service_area=all").as_deref(), Some("/api/v1/systems.xlsx"));
        assert_eq!(leads("/matrix.xlsx"), None, "the page shows some service areas, the API's list all");
        assert_eq!(leads("/matrix/camden.json"), None);
        assert_eq!(leads("/products.ics"), None);
        assert_eq!(leads("/api/v1/contracts.csv"), None);
        assert_eq!(leads("/contracts/a/b.json"), None);
        assert_eq!(leads("//host/contracts.json"), None);
    }
}
