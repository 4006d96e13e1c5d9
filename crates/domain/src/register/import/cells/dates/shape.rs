//! What a cell of days looks like, before it is known whether its column puts the day or the month first.

use crate::register::names::placeholder;
use jiff::{ToSpan, civil::Date};

/// What a cell looks like, before its column's order is known.
pub(super) enum Reading {
    Empty,
    Rolling,
    RenewsYearly,
    NotKnown,
    Day(Date),
    Either { day_first: Option<Date>, month_first: Option<Date> },
    Not(&'static str),
}

const NO_DAY: &str = "it is not written as a day";

/// The shape of a cell.
pub(super) fn shape(text: &str) -> Reading {
    let text = text.trim().trim_matches(['"', '\'', '\u{a0}']).trim();
    if text.is_empty() {
        return Reading::Empty;
    }
    // The shape most files have, without a detour.
    let bytes = text.as_bytes();
    if bytes.len() == 10
        && bytes[4] == b'-'
        && bytes[7] == b'-'
        && let (Some(year), Some(month), Some(day)) = (number(&text[..4]), number(&text[5..7]), number(&text[8..]))
    {
        return day_or(year, month, day);
    }
    if text.len() > 60 {
        return Reading::Not(NO_DAY);
    }
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && text.matches('.').count() <= 1 {
        return plain_number(text);
    }
    if let Some(ms) = text.strip_prefix("/Date(").or_else(|| text.strip_prefix("\\/Date(")) {
        return epoch(ms);
    }
    match words(text) {
        Some(reading) => reading,
        None => tokens(text),
    }
}

fn words(text: &str) -> Option<Reading> {
    // A day begins with a figure, a month or a weekday; what holds no figure at all is a word.
    if text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let folded = crate::register::names::fold(text);
    const ROLLING: &[&str] = &[
        "ongoing",
        "on going",
        "rolling",
        "rolling contract",
        "until terminated",
        "until notice",
        "until further notice",
        "continuous",
        "continuing",
        "open ended",
        "openended",
        "indefinite",
        "indefinitely",
        "no end date",
        "perpetual",
        "evergreen",
        "in perpetuity",
        "month to month",
        "rolling monthly",
        "monthly rolling",
        "no end",
        "until notice is given",
        "permanent",
        "unlimited",
    ];
    const YEARLY: &[&str] = &[
        "annual",
        "annually",
        "renews annually",
        "renewed annually",
        "renews yearly",
        "annual renewal",
        "annual rolling",
        "rolling annual",
        "rolling annually",
        "rolling yearly",
        "rolling year",
        "auto renew",
        "auto renews",
        "auto renewal",
        "automatic renewal",
        "renews automatically",
        "yearly",
    ];
    let folded = folded.as_str();
    if ROLLING.contains(&folded) {
        Some(Reading::Rolling)
    } else if YEARLY.contains(&folded) {
        Some(Reading::RenewsYearly)
    } else if placeholder::is_not_known(text) {
        Some(Reading::NotKnown)
    } else {
        Some(Reading::Not(NO_DAY))
    }
}

fn plain_number(text: &str) -> Reading {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    match whole.len() {
        8 if fraction.is_empty() => {
            let part = |range: std::ops::Range<usize>| number(&whole[range]).unwrap_or_default();
            day_or(part(0..4), part(4..6), part(6..8))
        }
        // Excel counts days from 30 December 1899; these are 1950 to 2100.
        5 => match number(whole).filter(|serial| (18_264..=73_415).contains(serial)) {
            Some(serial) => {
                let day = Date::constant(1899, 12, 30).checked_add(i64::from(serial).days());
                day.map_or(Reading::Not(NO_DAY), Reading::Day)
            }
            None => Reading::Not("the number is not a day of a spreadsheet between 1950 and 2100"),
        },
        4 if fraction.is_empty() => Reading::Not("it is a year, not a day"),
        1 if whole == "0" => Reading::NotKnown,
        _ => Reading::Not("it is a number, not a day"),
    }
}

/// `/Date(1711843200000+0100)/`, as one portal's JSON writes days.
fn epoch(rest: &str) -> Reading {
    let inner = rest.split(')').next().unwrap_or_default();
    let sign_at = inner.char_indices().skip(1).find(|(_, c)| matches!(c, '+' | '-')).map(|(at, _)| at);
    let (ms, offset) = inner.split_at(sign_at.unwrap_or(inner.len()));
    let Ok(ms) = ms.parse::<i64>() else { return Reading::Not(NO_DAY) };
    let offset = offset.parse::<i64>().unwrap_or_default();
    let minutes = offset / 100 * 60 + offset % 100;
    let days = ms.saturating_add(minutes.saturating_mul(60_000)).div_euclid(86_400_000);
    if days.abs() > 100_000 {
        return Reading::Not("the year is out of range");
    }
    Date::constant(1970, 1, 1).checked_add(days.days()).map_or(Reading::Not(NO_DAY), Reading::Day)
}

#[derive(Clone, Copy)]
enum Token {
    Number { value: i32, digits: usize },
    Month(i32),
}

fn tokens(text: &str) -> Reading {
    let text = without_time(text);
    let mut found: [Option<Token>; 4] = [None; 4];
    let mut count = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let c = rest.as_bytes()[0];
        let length = if c.is_ascii_digit() {
            rest.bytes().take_while(u8::is_ascii_digit).count()
        } else if c.is_ascii_alphabetic() {
            rest.bytes().take_while(u8::is_ascii_alphabetic).count()
        } else if matches!(c, b' ' | b'/' | b'-' | b'.' | b',' | b'\\') {
            rest = &rest[1..];
            continue;
        } else {
            let Some(dash) = rest.strip_prefix(['–', '—', '\u{a0}', '\u{2011}']) else { return Reading::Not(NO_DAY) };
            rest = dash;
            continue;
        };
        let (word, after) = rest.split_at(length);
        rest = after;
        let token = if c.is_ascii_digit() {
            match number(word) {
                Some(value) => Token::Number { value, digits: length },
                None => return Reading::Not(NO_DAY),
            }
        } else if let Some(month) = month(word) {
            Token::Month(month)
        } else if is_filler(word) {
            continue;
        } else {
            return Reading::Not(NO_DAY);
        };
        if count == 4 {
            return Reading::Not("there is more than one day in the cell");
        }
        found[count] = Some(token);
        count += 1;
    }
    use Token::{Month, Number};
    match (found[0], found[1], found[2], found[3]) {
        (_, _, _, Some(_)) => Reading::Not("there is more than one day in the cell"),
        (Some(Number { value: y, digits: 4 }), Some(Number { value: m, .. }), Some(Number { value: d, digits: 1 | 2 }), _) => {
            day_or(y, m, d)
        }
        (
            Some(Number { value: a, digits: 1 | 2 }),
            Some(Number { value: b, digits: 1 | 2 }),
            Some(Number { value, digits }),
            _,
        ) => match year(value, digits) {
            Some(year) => Reading::Either { day_first: day(year, b, a), month_first: day(year, a, b) },
            None => Reading::Not(NO_DAY),
        },
        (Some(Number { value: y, digits: 4 }), Some(Month(m)), Some(Number { value: d, digits: 1 | 2 }), _) => day_or(y, m, d),
        (Some(Number { value: d, digits: 1 | 2 }), Some(Month(m)), Some(Number { value, digits }), _)
        | (Some(Month(m)), Some(Number { value: d, digits: 1 | 2 }), Some(Number { value, digits }), _) => {
            year(value, digits).map_or(Reading::Not(NO_DAY), |year| day_or(year, m, d))
        }
        (Some(Month(_)), Some(Number { .. }), None, _) | (Some(Number { .. }), Some(Month(_)), None, _) => {
            Reading::Not("it is a month, not a day")
        }
        (Some(Number { digits: 1 | 2, .. }), Some(Number { digits: 4, .. }), None, _)
        | (Some(Number { digits: 4, .. }), Some(Number { .. }), None, _) => Reading::Not("it is a month or years, not a day"),
        _ => Reading::Not(NO_DAY),
    }
}

/// Cuts a time of day off: from `T` between figures, or from a blank before `hh:mm`.
fn without_time(text: &str) -> &str {
    let Some(colon) = text.find(':') else { return text };
    let before = &text[..colon];
    let hour = before.bytes().rev().take_while(u8::is_ascii_digit).count();
    let cut = before.len() - hour;
    let head = &before[..cut];
    match head.strip_suffix(['T', 't', ' ']) {
        Some(day) if (1..=2).contains(&hour) => day.trim_end_matches([',', ' ']),
        _ => text,
    }
}

fn is_filler(word: &str) -> bool {
    const FILLERS: &[&str] = &[
        "st",
        "nd",
        "rd",
        "th",
        "of",
        "mon",
        "monday",
        "tue",
        "tues",
        "tuesday",
        "wed",
        "weds",
        "wednesday",
        "thu",
        "thur",
        "thurs",
        "thursday",
        "fri",
        "friday",
        "sat",
        "saturday",
        "sun",
        "sunday",
        "the",
    ];
    FILLERS.iter().any(|filler| filler.eq_ignore_ascii_case(word))
}

fn month(word: &str) -> Option<i32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    if !(3..=9).contains(&word.len()) {
        return None;
    }
    let place = MONTHS.iter().position(|month| month.len() >= word.len() && month[..word.len()].eq_ignore_ascii_case(word));
    place.map(|place| place as i32 + 1)
}

fn year(value: i32, digits: usize) -> Option<i32> {
    match digits {
        2 => Some(2000 + value),
        4 => Some(value),
        _ => None,
    }
}

fn number(text: &str) -> Option<i32> {
    if text.len() > 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

fn day(year: i32, month: i32, day: i32) -> Option<Date> {
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn day_or(year: i32, month: i32, number: i32) -> Reading {
    day(year, month, number).map_or(Reading::Not("there is no such day"), Reading::Day)
}
