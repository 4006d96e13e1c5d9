//! The days of a contract or of what is still to be bought, from wherever a release states them. What cannot be read is said.

use super::{day, text};
use crate::register::import::cells::{self, in_words};
use crate::register::import::draft::Warning;
use crate::register::terms::add_months;
use jiff::{Span, civil::Date};
use serde_json::Value as Json;

/// Days in a month, for durations that are given in months: as publishers in the UK write them.
const DAYS_IN_MONTH: u32 = 30;
/// The longest duration that is read, in days: longer ones are slips.
const LONGEST: u32 = 100 * 366;

/// What several periods say, the first that says something before the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Days {
    pub(super) start: Option<Date>,
    pub(super) end: Option<Date>,
    /// The end with every option to extend.
    pub(super) last: Option<Date>,
    /// How long it runs, in days, where no end is stated.
    pub(super) duration: Option<u32>,
}

/// How long a period runs, as it says.
#[derive(Clone, Copy)]
enum Length {
    Days(u32),
    Months(u32),
}

impl Length {
    fn days(self) -> u32 {
        match self {
            Length::Days(days) => days,
            Length::Months(months) => months.saturating_mul(DAYS_IN_MONTH),
        }
    }

    /// The last day of a period that begins on a day: what is given in days is the difference of the two (OCDS 1.1, `Period`). Months
    /// end on the day before the same day of a later month; where that month has no such day, on its last.
    fn end(self, start: Date) -> Option<Date> {
        match self {
            Length::Days(days) => start.checked_add(Span::new().days(i64::from(days))).ok(),
            Length::Months(months) => {
                let next = add_months(start, months);
                if next.day() == start.day() { next.yesterday().ok() } else { Some(next) }
            }
        }
    }

    fn words(self) -> String {
        match self {
            Length::Days(1) => "1 day".to_owned(),
            Length::Days(days) => format!("{days} days"),
            Length::Months(1) => "1 month".to_owned(),
            Length::Months(months) => format!("{months} months"),
        }
    }
}

/// A day that is stated; a warning where it is none. `field` is what the warning is of.
pub(super) fn stated(place: u64, field: &str, value: &Json, warnings: &mut Vec<Warning>) -> Option<Date> {
    if value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty()) {
        return None;
    }
    let Some(written) = text(value) else {
        warnings.push(Warning::new(place, field, format!("{} is left as not known: it is no text", shown(value))));
        return None;
    };
    let date = day(&written);
    if date.is_none() {
        let message = format!("‘{}’ is left as not known: it does not begin with a day", cells::shown(&written));
        warnings.push(Warning::new(place, field, message));
    }
    date
}

fn shown(value: &Json) -> String {
    format!("‘{}’", cells::shown(&value.to_string()))
}

/// Each day from the first period that has it. A period that only says how long it runs says its end by that: it is reckoned where the
/// start is known, and that is said.
pub(super) fn days(place: u64, periods: &[&Json], warnings: &mut Vec<Warning>) -> Days {
    for period in periods.iter().filter(|period| !(period.is_null() || period.is_object())) {
        let message = format!("the period {} is left out: it is not written as one", shown(period));
        warnings.push(Warning::new(place, "period", message));
    }
    let says = |name: &'static str| periods.iter().position(|period| !period[name].is_null());
    let mut read = |name: &'static str| says(name).and_then(|at| stated(place, name, &periods[at][name], warnings));
    let (start, last) = (read("startDate"), read("maxExtentDate"));
    let end = read("endDate");
    let mut found = Days { start, end, last, duration: None };
    let length = ["durationInDays", "durationInMonths"].into_iter().filter_map(|name| Some((says(name)?, name))).min();
    // What states an end outright counts before what says only how long, unless that stands nearer to the contract.
    if let Some((at, name)) = length.filter(|(at, _)| says("endDate").is_none_or(|end| *at < end)) {
        match length_of(name, &periods[at][name]) {
            Err(why) => warnings.push(Warning::new(place, name, format!("{} is left out: {why}", shown(&periods[at][name])))),
            Ok(length) => match start.and_then(|start| Some((start, length.end(start)?))) {
                Some((start, end)) => {
                    let message = format!(
                        "the notice gives no day of the end; it is reckoned as {}, {} from {}",
                        in_words(end),
                        length.words(),
                        in_words(start)
                    );
                    warnings.push(Warning::new(place, "endDate", message));
                    found.end = Some(end);
                }
                None if end.is_none() => found.duration = Some(length.days()),
                None => {}
            },
        }
    } else if let (Some(start), Some(end)) = (start, end)
        && end < start
        && says("startDate") == says("endDate")
    {
        warnings.push(Warning::new(place, "endDate", "the end is before the start; both are kept".to_owned()));
    } else if let (Some(start), Some(end)) = (start, end)
        && end < start
    {
        let message = format!(
            "the end, {}, stands elsewhere in the notice than the start and is before it, {}; it is left as not known",
            in_words(end),
            in_words(start)
        );
        warnings.push(Warning::new(place, "endDate", message));
        found.end = None;
    }
    // Of the period that the end, or how long it runs, came from; what another says was not asked.
    if let Some(at) = says("endDate").into_iter().chain(length.map(|(at, _)| at)).min() {
        contradicted(place, periods[at], warnings);
    }
    if let (Some(end), Some(last)) = (found.end, found.last)
        && last < end
    {
        let (end, last) = (in_words(end), in_words(last));
        let message = format!("{last}, until which it could be extended, is before the end, {end}; no option is taken from it");
        warnings.push(Warning::new(place, "maxExtentDate", message));
    }
    found
}

/// Says which of a period's statements of its own length are set aside for others that tell something else: a day before a duration, a
/// duration in days before one in months.
fn contradicted(place: u64, period: &Json, warnings: &mut Vec<Warning>) {
    let stated = |name: &str| text(&period[name]).and_then(|text| day(&text));
    let length = |name: &'static str| length_of(name, &period[name]).ok().map(|length| (name, length));
    let mut lengths = [length("durationInDays"), length("durationInMonths")].into_iter().flatten();
    let (whole, counts) = match (stated("startDate"), stated("endDate")) {
        (Some(start), Some(end)) if end >= start => (
            u32::try_from((end - start).get_days()).unwrap_or(u32::MAX),
            format!("it runs from {} to {}", in_words(start), in_words(end)),
        ),
        _ => match lengths.next() {
            Some((_, first)) => (first.days(), format!("it runs for {}", first.words())),
            None => return,
        },
    };
    for (name, other) in lengths {
        // Months are of different lengths, and whether the last day counts is told in both ways.
        let near = DAYS_IN_MONTH + whole / 30;
        if other.days().abs_diff(whole) > near {
            let message = format!("{} is left out: {counts}", other.words());
            warnings.push(Warning::new(place, name, message));
        }
    }
}

fn length_of(name: &str, value: &Json) -> Result<Length, &'static str> {
    let number = match value {
        Json::Number(number) => number.to_string(),
        Json::String(text) => text.trim().to_owned(),
        _ => return Err("it is not a number"),
    };
    // Some write whole numbers with a decimal point.
    let whole = number
        .split_once('.')
        .map_or(number.as_str(), |(whole, rest)| if rest.bytes().all(|digit| digit == b'0') { whole } else { "" });
    let number: u32 = whole.parse().map_err(|_| "it is not a whole number of days or months")?;
    let length = if name == "durationInMonths" { Length::Months(number) } else { Length::Days(number) };
    if number == 0 || length.days() > LONGEST { Err("nothing runs that long") } else { Ok(length) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use serde_json::json;

    #[test]
    fn months_end_on_the_day_before_or_on_the_last_of_a_shorter_month() {
        for (start, months, end) in [
            (date(2025, 4, 1), 12, date(2026, 3, 31)),
            (date(2024, 2, 29), 12, date(2025, 2, 28)),
            (date(2024, 2, 29), 48, date(2028, 2, 28)),
            (date(2025, 1, 31), 1, date(2025, 2, 28)),
            (date(2025, 8, 31), 1, date(2025, 9, 30)),
            (date(2025, 2, 28), 1, date(2025, 3, 27)),
        ] {
            assert_eq!(Length::Months(months).end(start), Some(end), "{months} months from {start}");
        }
    }

    /// What is said of one period.
    fn said(period: &Json) -> Vec<String> {
        let mut warnings = Vec::new();
        days(1, &[period], &mut warnings);
        warnings.into_iter().map(|one| format!("{}: {}", one.field, one.message)).collect()
    }

    #[test]
    fn a_period_that_contradicts_itself_is_told_of() {
        for (period, words) in [
            (json!({"startDate": "2025-01-01", "endDate": "2024-01-01"}), "endDate: the end is before the start; both are kept"),
            (json!({"endDate": "2026-03-31", "maxExtentDate": "2025-03-31"}), "maxExtentDate: 31 March 2025, until which"),
            (
                json!({"startDate": "2025-01-01", "endDate": "2026-12-31", "durationInDays": 10}),
                "durationInDays: 10 days is left out: it runs from 1 January 2025 to 31 December 2026",
            ),
            (
                json!({"startDate": "2025-01-01", "durationInDays": 365, "durationInMonths": 24}),
                "durationInMonths: 24 months is left out: it runs for 365 days",
            ),
        ] {
            let warnings = said(&period);
            assert_eq!(warnings.iter().filter(|one| one.starts_with(words)).count(), 1, "{period}: {warnings:?}");
        }
        let whole = [
            json!({"startDate": "2025-01-01", "endDate": "2026-12-31", "durationInDays": 729, "durationInMonths": 24}),
            json!({"startDate": "2025-01-01", "endDate": "2025-01-31", "durationInDays": 30, "maxExtentDate": "2025-12-31"}),
            json!({"startDate": "2020-01-01", "endDate": "2029-12-31", "durationInMonths": 120}),
        ];
        for period in whole {
            assert_eq!(said(&period), Vec::<String>::new(), "{period}");
        }
    }
}
