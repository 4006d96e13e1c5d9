//! Pictures as numbers: the tile map, contract ends by quarter. Percentages across, pixels down, so that
//! text keeps its size at every width. The macros of `templates/register/parts.html` draw them, each beside its table.

use crate::web::query::Params;
use domain::register::snapshot::{OrganisationEntry, Snapshot, Timeline};
use domain::register::terms::Status;
use jiff::{ToSpan, civil::Date};
use serde::Serialize;

/// A number with two decimals at most, as SVG takes it.
pub(super) fn percent(part: f64, whole: f64) -> f64 {
    if whole <= 0.0 { 0.0 } else { (part / whole * 10_000.0).round() / 100.0 }
}

/// An authority on the map of London.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tile {
    row: u8,
    column: u8,
    href: String,
    short: String,
    letters: String,
    class: &'static str,
    score: Option<u8>,
}

/// An authority in the map's table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TileRow {
    name: String,
    href: String,
    score: Option<u8>,
    complete: u8,
    confirmed: u8,
    systems: u32,
    contracts: u32,
}

/// The map of London by score, with its table.
#[derive(Clone, Debug, Serialize)]
pub struct TileMap {
    /// North to south, west to east.
    pub tiles: Vec<Tile>,
    /// By name.
    pub rows: Vec<TileRow>,
}

impl TileMap {
    /// The organisations that have a place on the map.
    #[must_use]
    pub fn of(organisations: &[OrganisationEntry]) -> Self {
        let mut tiles = Vec::new();
        let mut rows = Vec::new();
        for entry in organisations {
            let Some((row, column)) = entry.record.tile else { continue };
            let href = format!("/organisations/{}", entry.record.slug);
            let score = entry.completeness.points;
            tiles.push(Tile {
                row,
                column,
                href: href.clone(),
                short: short_name(&entry.record.name),
                letters: letters(entry),
                class: score_class(score),
                score,
            });
            rows.push(TileRow {
                name: entry.record.name.clone(),
                href,
                score,
                complete: entry.completeness.complete_percent,
                confirmed: entry.completeness.confirmed_percent,
                systems: entry.systems,
                contracts: entry.contracts,
            });
        }
        tiles.sort_by_key(|tile| (tile.row, tile.column));
        rows.sort_by(|a, b| a.name.cmp(&b.name));
        Self { tiles, rows }
    }
}

/// The step of the colour scale for a score.
#[must_use]
pub fn score_class(score: Option<u8>) -> &'static str {
    match score {
        None => "ct-none",
        Some(0..50) => "ct-s0",
        Some(50..60) => "ct-s1",
        Some(60..70) => "ct-s2",
        Some(70..85) => "ct-s3",
        Some(85..) => "ct-s4",
    }
}

/// A name that fits a tile.
fn short_name(name: &str) -> String {
    let name = name.strip_suffix(" upon Thames").unwrap_or(name);
    name.replace(" and ", " & ")
}

/// Three letters for an organisation: its own, else the first three of its name.
#[must_use]
pub fn letters(entry: &OrganisationEntry) -> String {
    entry.record.letters.clone().unwrap_or_else(|| {
        entry.record.name.chars().filter(|c| c.is_alphanumeric()).take(3).flat_map(char::to_uppercase).collect()
    })
}

/// Pixels from the top of the tallest bar's number to the axis.
const PLOT: f64 = 180.0;
/// Pixels above the plot, for numbers.
const TOP: f64 = 22.0;
/// Past this many quarters their names do not fit.
const DENSE: usize = 20;

/// How wide the number of a year is on a phone, in hundredths of the chart.
const YEAR: f64 = 12.0;

/// A quarter of the chart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bar {
    year: i16,
    quarter: u8,
    firm: u32,
    extended: u32,
    total: u32,
    x: f64,
    width: f64,
    middle: f64,
    firm_y: f64,
    firm_height: f64,
    extended_y: f64,
    extended_height: f64,
    label_y: f64,
    /// The contracts that end last in it.
    href: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct GridLine {
    y: f64,
}

/// The part of the axis that is one year's.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct YearMark {
    pub(super) year: i16,
    pub(super) x: f64,
    pub(super) middle: f64,
    pub(super) narrow: bool,
    /// Whether its number would run into its neighbour's, or off the side, on a phone.
    pub(super) crowded: bool,
}

/// Contract ends by quarter.
#[derive(Clone, Debug, Serialize)]
pub struct Quarters {
    height: f64,
    base: f64,
    grid: Vec<GridLine>,
    bars: Vec<Bar>,
    years: Vec<YearMark>,
    dense: bool,
    /// Contracts that are drawn.
    pub drawn: u32,
    /// The first year drawn.
    pub first: i16,
    /// The last year drawn.
    pub last: i16,
    /// The last month drawn: 'September 2030'.
    until: String,
    past_end: u32,
    no_end: u32,
    not_known: u32,
    after: u32,
    gone: u32,
}

/// The quarter that a day falls in.
#[must_use]
pub fn quarter_of(day: Date) -> (i16, u8) {
    (day.year(), u8::try_from((day.month() - 1) / 3 + 1).unwrap_or(1))
}

/// The last month of a bar's quarter.
fn until(bar: &Bar) -> String {
    let month = ["March", "June", "September", "December"][usize::from(bar.quarter.clamp(1, 4)) - 1];
    format!("{month} {}", bar.year)
}

/// The first and the last day of a quarter.
pub(super) fn days_of(year: i16, quarter: u8) -> Option<(Date, Date)> {
    let first = Date::new(year, i8::try_from(quarter).ok()? * 3 - 2, 1).ok()?;
    let last = first.checked_add(2.months()).ok()?.last_of_month();
    Some((first, last))
}

impl Quarters {
    /// The picture of a timeline; each bar leads to its contracts, under the filters of the page.
    #[must_use]
    pub fn of(timeline: &Timeline, params: &Params) -> Self {
        let count = timeline.quarters.len().max(1);
        let most = timeline.quarters.iter().map(|quarter| quarter.firm + quarter.if_extended).max().unwrap_or(0).max(4);
        let step = 100.0 / count as f64;
        let base = TOP + PLOT;
        let tall = |number: u32| (f64::from(number) / f64::from(most) * PLOT * 10.0).round() / 10.0;
        let bars: Vec<Bar> = timeline
            .quarters
            .iter()
            .enumerate()
            .map(|(place, quarter)| {
                let x = step * place as f64;
                let total = quarter.firm + quarter.if_extended;
                let (firm_height, extended_height) = (tall(quarter.firm), tall(quarter.if_extended));
                Bar {
                    year: quarter.year,
                    quarter: quarter.quarter,
                    firm: quarter.firm,
                    extended: quarter.if_extended,
                    total,
                    x: percent(x + step * 0.1, 100.0),
                    width: percent(step * 0.8, 100.0),
                    middle: percent(x + step / 2.0, 100.0),
                    firm_y: base - firm_height,
                    firm_height,
                    extended_y: base - firm_height - extended_height,
                    extended_height,
                    label_y: base - firm_height - extended_height - 6.0,
                    href: address(params, quarter.year, quarter.quarter),
                }
            })
            .collect();
        let drawn = bars.iter().map(|bar| bar.total).sum();
        Self {
            height: base + if count > DENSE { 24.0 } else { 42.0 },
            base,
            grid: [0.5, 1.0].map(|part| GridLine { y: TOP + PLOT * (1.0 - part) }).to_vec(),
            years: years(&bars, step),
            dense: count > DENSE,
            drawn,
            first: bars.first().map_or(0, |bar| bar.year),
            last: bars.last().map_or(0, |bar| bar.year),
            until: bars.last().map(until).unwrap_or_default(),
            bars,
            past_end: timeline.past_end,
            no_end: timeline.no_end,
            not_known: timeline.not_known,
            after: timeline.after,
            gone: timeline.ended + timeline.before,
        }
    }
}

fn years(bars: &[Bar], step: f64) -> Vec<YearMark> {
    let mut years: Vec<YearMark> = Vec::new();
    for (place, bar) in bars.iter().enumerate() {
        if years.last().is_none_or(|mark| mark.year != bar.year) {
            years.push(YearMark {
                year: bar.year,
                x: percent(step * place as f64, 100.0),
                middle: 0.0,
                narrow: false,
                crowded: false,
            });
        }
    }
    for place in 0..years.len() {
        let until = years.get(place + 1).map_or(100.0, |next| next.x);
        years[place].middle = percent((years[place].x + until) / 2.0, 100.0);
        years[place].narrow = until - years[place].x < 10.0;
    }
    let mut free = 0.0;
    for mark in &mut years {
        let from = mark.middle - YEAR / 2.0;
        mark.crowded = from < free;
        if !mark.crowded {
            free = from + YEAR;
        }
    }
    years
}

/// The list of contracts that a quarter's bar counts: those that end last in it, under the page's filters. What is past its end or
/// has ended stands beside the quarters, so the list leaves it out too.
fn address(params: &Params, year: i16, quarter: u8) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let own = |name: &str| matches!(name, "page" | "all" | "years" | "ends_from" | "ends_to" | "status");
    for (name, value) in params.pairs().filter(|(name, _)| !own(name)) {
        query.append_pair(name, value);
    }
    let counted = Status::ALL.into_iter().filter(|status| !matches!(status, Status::PastEnd | Status::Ended)).map(Status::as_str);
    let asked: Vec<&str> = params.all("status").collect();
    let statuses: Vec<&str> = counted.filter(|status| asked.is_empty() || asked.contains(status)).collect();
    for status in if statuses.is_empty() { asked } else { statuses } {
        query.append_pair("status", status);
    }
    if let Some((first, last)) = days_of(year, quarter) {
        // The page's own bounds count within the quarter too.
        let day = |name: &str| params.one(name).and_then(|day| day.parse::<Date>().ok());
        let first = day("ends_from").map_or(first, |from| from.max(first));
        let last = day("ends_to").map_or(last, |to| to.min(last));
        query.append_pair("ends_from", &first.to_string()).append_pair("ends_to", &last.to_string());
    }
    format!("/contracts?{}", query.finish())
}

/// Contract ends by quarter, so many years from the as-at day's quarter on.
#[must_use]
pub fn quarters(snapshot: &Snapshot, filters: &domain::register::snapshot::Filters, years: usize, params: &Params) -> Quarters {
    Quarters::of(&snapshot.quarters(filters, quarter_of(snapshot.as_at()), years * 4), params)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_quarter_leads_to_its_first_and_last_day() {
        let params = Params::parse("organisation=camden&page=2&years=8").unwrap();
        let counted = "status=current&status=future&status=not-known";
        let wanted = format!("/contracts?organisation=camden&{counted}&ends_from=2028-01-01&ends_to=2028-03-31");
        assert_eq!(address(&params, 2028, 1), wanted);
        let params = Params::parse("status=current&status=past-end&ends_from=2028-02-03").unwrap();
        assert_eq!(address(&params, 2028, 1), "/contracts?status=current&ends_from=2028-02-03&ends_to=2028-03-31");
        assert_eq!(days_of(2027, 4), Some((date(2027, 10, 1), date(2027, 12, 31))));
        assert_eq!(quarter_of(date(2026, 11, 23)), (2026, 4));
    }

    #[test]
    fn colours_step_where_the_legend_says() {
        let classes = [None, Some(49), Some(50), Some(69), Some(70), Some(84), Some(85), Some(100)].map(score_class);
        assert_eq!(classes, ["ct-none", "ct-s0", "ct-s1", "ct-s2", "ct-s3", "ct-s3", "ct-s4", "ct-s4"]);
    }

    #[test]
    fn names_are_shortened_for_tiles_alone() {
        assert_eq!(short_name("Kingston upon Thames"), "Kingston");
        assert_eq!(short_name("Hammersmith and Fulham"), "Hammersmith & Fulham");
    }
}
