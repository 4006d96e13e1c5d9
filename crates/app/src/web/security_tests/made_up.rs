//! Addresses that somebody made up (S30, S31): what is in them is one of our names or refused, and breaks nothing.

use crate::{
    api::v1::request,
    error::Code,
    testing::{Browser, City},
    web::query::Params,
};
use axum::http::StatusCode;
use domain::register::snapshot::Facet;
use std::time::{Duration, Instant};

/// Names that addresses have, and values that mean something elsewhere.
const NAMES: [&str; 18] = [
    "q",
    "sort",
    "facet",
    "facet_limit",
    "organisation",
    "supplier",
    "function",
    "status",
    "term",
    "ends_from",
    "value_from",
    "cursor",
    "limit",
    "page",
    "cpv",
    "ends",
    "decision",
    "1=1--",
];
const VALUES: [&str; 22] = [
    "'; drop table contract; --",
    "1 or 1=1",
    "\" OR \"",
    "AND OR NOT NEAR(",
    "*",
    "((((",
    "camden' union select",
    "%00",
    "-ends,(select 1)",
    "2026-02-30",
    "2026-02-28",
    "9999999999999999999",
    "25,000",
    "\u{202e}",
    "<script>",
    "../../etc/passwd",
    "{{7*7}}",
    "-value",
    "title",
    "supplier,status",
    "camden",
    "\0",
];

/// Random numbers below a bound, the same each time (xorshift64).
fn random() -> impl FnMut(usize) -> usize {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    move |below| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 16).unwrap_or_default() % below
    }
}

/// A query that somebody made up: some of our names, values of those above, letters of every script.
fn made_up(random: &mut impl FnMut(usize) -> usize) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for _ in 0..=random(3) {
        let mut value = String::new();
        for _ in 0..=random(2) {
            match random(3) {
                0 => value.extend((0..random(8)).filter_map(|_| char::from_u32(u32::try_from(random(0x11_0000)).ok()?))),
                _ => value.push_str(VALUES[random(VALUES.len())]),
            }
        }
        query.append_pair(NAMES[random(NAMES.len())], &value);
    }
    query.finish()
}

#[test]
fn s30_a_hundred_thousand_made_up_queries_are_read_as_what_is_listed_or_refused() {
    let mut random = random();
    let (mut read, mut refused, mut sorted) = (0, 0, 0);
    for _ in 0..100_000 {
        let query = made_up(&mut random);
        let done = Params::parse(&query).and_then(|params| {
            let (order, facets) = (params.sort()?, params.facets()?);
            // Whatever comes through is a name of ours: nothing else has a form in which it could reach what sorts and counts.
            let sort = params.one("sort").unwrap_or("attention");
            assert!(["attention", "ends", "-ends", "value", "-value", "title"].contains(&sort), "{query}: {order:?}");
            sorted += usize::from(params.one("sort").is_some());
            let named = params.all("facet").flat_map(|names| names.split(',')).map(str::trim).filter(|name| !name.is_empty());
            assert!(named.map(Facet::parse).all(|facet| facet.is_some_and(|facet| facets.contains(&facet))), "{query}");
            params.filters()?;
            request::facet_limit(&params)?;
            request::limit(&params)?;
            request::cursor(&params).map(drop)
        });
        match done {
            Ok(()) => read += 1,
            Err(failure) => {
                assert!(matches!(failure.code, Code::InvalidParameter | Code::InvalidCursor), "{query}: {failure:?}");
                refused += 1;
            }
        }
    }
    assert!(read > 10_000 && refused > 10_000 && sorted > 100, "{read} read, {refused} refused, {sorted} sorted");
}

#[tokio::test(flavor = "multi_thread")]
async fn s30_s31_no_filter_sorting_or_words_break_anything() {
    let city = City::illustrative().await;
    let mut random = random();
    let paths = ["/contracts", "/api/v1/contracts", "/systems", "/api/v1/systems", "/search", "/api/v1/suppliers", "/products"];
    let mut found = 0;
    for number in 0..3000 {
        let path = format!("{}?{}", paths[number % paths.len()], made_up(&mut random));
        let begun = Instant::now();
        let answer = city.get(&Browser::default(), &path).await;
        assert!(begun.elapsed() < Duration::from_secs(5), "{path} took {:?}", begun.elapsed());
        assert!(!answer.status.is_server_error(), "{path}: {}", answer.status);
        assert!(!answer.text.contains("<script>alert") && !answer.text.contains("syntax error"), "{path}");
        found += usize::from(answer.status == StatusCode::OK);
    }
    assert!(found > 200, "only {found} were no refusals");
}
