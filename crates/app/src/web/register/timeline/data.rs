//! `/timeline/quarters.json` and `/timeline/quarters.csv`: the table of quarters that the timeline shows under the same question.

use super::years;
use crate::{
    api::v1::answer,
    error::Failure,
    state::App,
    web::{
        csv,
        query::{FILTERS, Params},
        register::{charts, contracts, filters::NotUsed},
    },
};
use axum::{extract::State, response::Response};
use domain::register::snapshot::Timeline;
use jiff::civil::Date;
use serde::Serialize;

/// A quarter as data.
#[derive(Serialize)]
struct Item {
    /// The calendar year.
    year: i16,
    /// 1 to 4.
    quarter: u8,
    /// Its first day.
    from: Option<Date>,
    /// Its last day.
    to: Option<Date>,
    /// Contracts that end then: no option is left.
    no_extension_left: u32,
    /// Contracts that end then if every option is taken up.
    only_if_extended: u32,
    /// Both.
    total: u32,
}

/// The quarters, and the contracts that have no place in one; together they are all that match.
#[derive(Serialize)]
struct List {
    items: Vec<Item>,
    past_end: u32,
    no_end: u32,
    not_known: u32,
    before: u32,
    after: u32,
    ended: u32,
}

fn shown(app: &App, asked: &Params) -> Result<Timeline, Failure> {
    let params = NotUsed::none(asked, FILTERS)?;
    let snapshot = app.snapshot();
    let first = charts::quarter_of(snapshot.as_at());
    Ok(snapshot.quarters(&contracts::filters(&params)?, first, years(&params).1 * 4))
}

fn items(timeline: &Timeline) -> Vec<Item> {
    let item = |one: &domain::register::snapshot::Quarter| {
        let (from, to) = charts::days_of(one.year, one.quarter).unzip();
        Item {
            year: one.year,
            quarter: one.quarter,
            from,
            to,
            no_extension_left: one.firm,
            only_if_extended: one.if_extended,
            total: one.firm + one.if_extended,
        }
    };
    timeline.quarters.iter().map(item).collect()
}

/// As JSON.
///
/// # Errors
/// When a filter cannot be read, or is none of contracts.
pub async fn json(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    let timeline = shown(&app, &params)?;
    answer::json(&List {
        items: items(&timeline),
        past_end: timeline.past_end,
        no_end: timeline.no_end,
        not_known: timeline.not_known,
        before: timeline.before,
        after: timeline.after,
        ended: timeline.ended,
    })
}

/// As CSV.
///
/// # Errors
/// As for [`json`].
pub async fn csv(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    const HEADER: &[&str] = &["year", "quarter", "from", "to", "no_extension_left", "only_if_extended", "total"];
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let rows = items(&shown(&app, &params)?).into_iter().map(|one| {
        vec![
            one.year.to_string(),
            one.quarter.to_string(),
            day(one.from),
            day(one.to),
            one.no_extension_left.to_string(),
            one.only_if_extended.to_string(),
            one.total.to_string(),
        ]
    });
    Ok(csv::file("contract-ends-by-quarter.csv", HEADER, rows))
}
