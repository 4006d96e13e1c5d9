//! The days of a contract or of what is still to be bought, from wherever a release states them. What cannot be read is said.

use super::{day, text};
use crate::register::import::cells;
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

    /// The last day of a period that begins on a day: what is given in days is the difference of the two (OCDS 1.1, `Period`).
    fn end(self, start: Date) -> Option<Date> {
        match self {
            Length::Days(days) => start.checked_add(Span::new().days(i64::from(days))).ok(),
            Length::Months(months) => add_months(start, months).yesterday().ok(),
        }
    }

    fn words(self) -> String {
        match self {
            Length::Days(days) => format!("{days} days"),
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
        let message = format!("'{}' is left as not known: it does not begin with a day", cells::shown(&written));
        warnings.push(Warning::new(place, field, message));
    }
    date
}

fn shown(value: &Json) -> String {
    format!("'{}'", cells::shown(&value.to_string()))
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
                    let words = length.words();
                    let message = format!("the notice gives no day of the end; it is reckoned as {end}, {words} from {start}");
                    warnings.push(Warning::new(place, "endDate", message));
                    found.end = Some(end);
                }
                None if end.is_none() => found.duration = Some(length.days()),
                None => {}
            },
        }
    } else if let (Some(start), Some(end)) = (start, end)
        && end < start
        && says("startDate") != says("endDate")
    {
        let message = format!(
            "the end, {end}, stands elsewhere in the notice than the start and is before it, {start}; it is left as not known"
        );
        warnings.push(Warning::new(place, "endDate", message));
        found.end = None;
    }
    found
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
