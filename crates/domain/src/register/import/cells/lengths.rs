//! Lengths of time as registers write them: '12', '2 x 12 months', '24 (12+12)', '1 year', '90 days', '3 months notice'.

use crate::register::names::{fold, placeholder};
use crate::register::terms::Period;

/// A cell of a column of lengths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LengthCell {
    /// Nothing.
    Empty,
    /// One length or several in their order; none of them is 'no option', which is stated by an empty list.
    Lengths {
        /// The lengths.
        parts: Vec<Period>,
        /// What was taken to be meant, where the cell leaves it open.
        note: Option<&'static str>,
    },
    /// 'TBC', 'N/A'.
    NotKnown,
    /// Not readable, and why.
    Unreadable(&'static str),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Days,
    Weeks,
    Months,
    Years,
}

/// How a number is written. Two numbers beside each other are a count and a length only where that is said: in words, with
/// 'of' between them, or with the second bound to its unit by a hyphen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    Digits,
    Word,
    /// '12-month'.
    Bound,
}

#[derive(Clone, Copy)]
enum Token {
    /// A number in tenths.
    Number(u32, Written),
    /// 'of', 'options', 'periods': after a number, what is counted follows.
    Of,
    Unit(Unit),
    Plus,
    Times,
    Open,
    Close,
}

/// Reads lengths; a number without a unit is in months, as the column says, but for '1+1', which is years and is noted.
#[must_use]
pub fn read(text: &str) -> LengthCell {
    let text = text.trim();
    if text.is_empty() {
        return LengthCell::Empty;
    }
    if text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().map_or(LengthCell::Unreadable(NOT), |months| one(months_of(months)));
    }
    if matches!(fold(text).as_str(), "no" | "none" | "nil" | "no extension" | "no option" | "no extensions" | "none available") {
        return LengthCell::Lengths { parts: Vec::new(), note: None };
    }
    if placeholder::is_not_known(text) {
        return LengthCell::NotKnown;
    }
    if super::boolean(text) == Some(true) {
        return LengthCell::Unreadable("it says that there is one, not how long");
    }
    if text.len() > 120 {
        return LengthCell::Unreadable("the cell is too long for a length of time");
    }
    match tokens(text) {
        Ok(tokens) => lengths(&tokens),
        Err(why) => LengthCell::Unreadable(why),
    }
}

const NOT: &str = "it is not written as a length of time";

fn one(part: Option<Period>) -> LengthCell {
    match part {
        Some(part) if part == Period::default() => LengthCell::Lengths { parts: Vec::new(), note: None },
        Some(part) => LengthCell::Lengths { parts: vec![part], note: None },
        None => LengthCell::Unreadable("it is longer than a hundred years"),
    }
}

fn months_of(months: u32) -> Option<Period> {
    u16::try_from(months).ok().filter(|months| *months <= 1_200).map(Period::months)
}

fn tokens(text: &str) -> Result<Vec<Token>, &'static str> {
    let lower = text.to_lowercase();
    let mut rest = lower.as_str();
    if rest.starts_with(['-', '–', '−']) {
        return Err("it begins with a minus");
    }
    let mut tokens = Vec::new();
    while let Some(c) = rest.chars().next() {
        let length = if c.is_ascii_digit() {
            rest.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count()
        } else if c.is_alphabetic() {
            rest.char_indices().find(|(_, c)| !c.is_alphabetic()).map_or(rest.len(), |(at, _)| at)
        } else {
            c.len_utf8()
        };
        let (word, after) = rest.split_at(length);
        rest = after;
        if c.is_ascii_digit() {
            tokens.push(Token::Number(tenths(word).ok_or(NOT)?, Written::Digits));
            continue;
        }
        let numbered = matches!(tokens.last(), Some(Token::Number(..)));
        let a_number_follows = after.trim_start().starts_with(|c: char| c.is_ascii_digit());
        tokens.push(match word {
            "+" | "plus" | "and" | "&" | "," | ";" | "then" => Token::Plus,
            "x" | "×" | "*" => Token::Times,
            "(" | "[" | "=" => Token::Open,
            ")" | "]" => Token::Close,
            "d" | "day" | "days" => Token::Unit(Unit::Days),
            "w" | "wk" | "wks" | "week" | "weeks" => Token::Unit(Unit::Weeks),
            "m" | "mth" | "mths" | "mnth" | "mnths" | "month" | "months" | "mon" => Token::Unit(Unit::Months),
            "y" | "yr" | "yrs" | "year" | "years" => Token::Unit(Unit::Years),
            "/" if numbered && a_number_follows => return Err("a stroke between numbers may mean one or both of them"),
            " " | "." | "'" | "’" | "/" | "\u{a0}" | "\n" => continue,
            "-" | "–" if numbered && a_number_follows => return Err("it is a range, not a length of time"),
            "-" | "–" if a_number_follows && matches!(tokens.last(), Some(Token::Plus | Token::Times | Token::Open)) => {
                return Err("a length of time is not negative");
            }
            "-" if numbered && after.starts_with(char::is_alphabetic) => {
                if let Some(Token::Number(_, written)) = tokens.last_mut() {
                    *written = if *written == Written::Digits { Written::Bound } else { *written };
                }
                continue;
            }
            "-" | "–" => continue,
            "of" | "option" | "options" | "extension" | "extensions" | "period" | "periods" if numbered => Token::Of,
            "notice" | "written" | "up" | "to" | "s" | "of" | "further" | "additional" | "extension" | "extensions"
            | "option" | "options" | "period" | "periods" | "calendar" | "each" | "optional" | "for" | "a" | "an"
            | "possible" | "the" | "in" | "extend" | "max" | "maximum" | "min" | "minimum" | "at" | "least" | "prior"
            | "advance" => continue,
            word => Token::Number(10 * number_word(word).ok_or(NOT)?, Written::Word),
        });
    }
    Ok(tokens)
}

fn number_word(word: &str) -> Option<u32> {
    const WORDS: [&str; 12] = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    WORDS.iter().position(|one| *one == word).map(|place| place as u32 + 1)
}

/// A number with at most one decimal that counts: '12', '12.0', '1.5'.
fn tenths(text: &str) -> Option<u32> {
    let (whole, fraction) = text.trim_end_matches('.').split_once('.').unwrap_or((text.trim_end_matches('.'), ""));
    let fraction = fraction.trim_end_matches('0');
    let tenth: u32 = if fraction.is_empty() { 0 } else { fraction.parse().ok().filter(|_| fraction.len() == 1)? };
    whole.parse::<u32>().ok().filter(|whole| *whole <= 40_000).map(|whole| whole * 10 + tenth)
}

/// A term: a number, perhaps times another, perhaps with a unit.
#[derive(Clone, Copy)]
struct Part {
    times: u32,
    tenths: u32,
    unit: Option<Unit>,
}

fn lengths(tokens: &[Token]) -> LengthCell {
    // '24 (12+12)': what stands in brackets explains the number before them.
    let open = tokens.iter().position(|token| matches!(token, Token::Open));
    let (outer, inner) = match open {
        Some(open) => {
            let inner = &tokens[open + 1..];
            let close = inner.iter().position(|token| matches!(token, Token::Close)).unwrap_or(inner.len());
            (&tokens[..open], Some((&inner[..close], &inner[close..])))
        }
        None => (tokens, None),
    };
    let Some((inner, after)) = inner else { return settle(parts(outer), None) };
    let after: Vec<Token> = after.iter().copied().filter(|token| !matches!(token, Token::Close)).collect();
    if inner.is_empty() {
        return settle(parts(&[outer, &after].concat()), None);
    }
    // 'two (2) years': the bracket repeats the number.
    if let ([.., Token::Number(a, _)], [Token::Number(b, _)]) = (outer, inner)
        && a == b
    {
        return settle(parts(&[outer, &after].concat()), None);
    }
    let total = match settle(parts(&[outer, &after].concat()), None) {
        LengthCell::Lengths { parts, .. } => parts.iter().map(|part| u32::from(part.months)).sum::<u32>(),
        other => return other,
    };
    for unit in [None, Some(Unit::Months), Some(Unit::Years)] {
        if let LengthCell::Lengths { parts, .. } = settle(parts(inner), unit)
            && parts.iter().map(|part| u32::from(part.months)).sum::<u32>() == total
        {
            return LengthCell::Lengths { parts, note: None };
        }
    }
    LengthCell::Unreadable("what stands in brackets does not add up to the length before them")
}

fn parts(tokens: &[Token]) -> Option<Vec<Part>> {
    let mut parts: Vec<Part> = Vec::new();
    let mut fresh = true;
    let mut times = false;
    // How the number before was written, and whether 'of' stands after it.
    let mut before = (Written::Digits, false);
    for token in tokens {
        match token {
            Token::Number(tenths, _) if times => {
                let part = parts.last_mut()?;
                // '12 months x 2' and '2 x 12 months' are the same.
                let (count, length) = if part.unit.is_some() { (*tenths, part.tenths) } else { (part.tenths, *tenths) };
                if count % 10 != 0 {
                    return None;
                }
                *part = Part { times: count / 10, tenths: length, unit: part.unit };
                times = false;
            }
            Token::Number(tenths, written) if fresh => {
                parts.push(Part { times: 1, tenths: *tenths, unit: None });
                (fresh, before) = (false, (*written, false));
            }
            // 'two one-year extensions', '2 options of 12 months': so many of that length.
            Token::Number(tenths, written) => {
                let said = before.1 || before.0 == Written::Word || *written != Written::Digits;
                let part = parts.last_mut().filter(|part| said && part.unit.is_none() && part.times == 1)?;
                if part.tenths == 0 || part.tenths % 10 != 0 {
                    return None;
                }
                *part = Part { times: part.tenths / 10, tenths: *tenths, unit: None };
                before = (*written, false);
            }
            Token::Of => before.1 = true,
            Token::Unit(unit) => {
                let part = parts.last_mut()?;
                if part.unit.is_some() {
                    return None;
                }
                part.unit = Some(*unit);
            }
            Token::Times => times = true,
            Token::Plus => fresh = true,
            Token::Open | Token::Close => return None,
        }
    }
    (!parts.is_empty() && !times).then_some(parts)
}

fn settle(parts: Option<Vec<Part>>, bare: Option<Unit>) -> LengthCell {
    let Some(parts) = parts else { return LengthCell::Unreadable(NOT) };
    let count: u32 = parts.iter().map(|part| part.times).sum();
    if count > 60 {
        return LengthCell::Unreadable(NOT);
    }
    // A unit after the last of several holds for those before it that have none: '1 + 1 years'.
    let shared = parts.iter().rev().find_map(|part| part.unit);
    let small = parts.len() > 1 && parts.iter().all(|part| part.tenths <= 50);
    let mut note = None;
    let default = match (shared, bare) {
        (Some(unit), _) | (None, Some(unit)) => unit,
        (None, None) if small => {
            note = Some("no unit is given; read as years");
            Unit::Years
        }
        (None, None) => Unit::Months,
    };
    let mut out = Vec::new();
    for part in parts {
        let period = match part.unit.unwrap_or(default) {
            Unit::Years => Some(part.tenths * 12).filter(|tenths| tenths % 10 == 0).and_then(|tenths| months_of(tenths / 10)),
            Unit::Months => Some(part.tenths).filter(|tenths| tenths % 10 == 0).and_then(|tenths| months_of(tenths / 10)),
            Unit::Weeks => Some(part.tenths * 7).filter(|tenths| tenths % 10 == 0).and_then(|tenths| days_of(tenths / 10)),
            Unit::Days => Some(part.tenths).filter(|tenths| tenths % 10 == 0).and_then(|tenths| days_of(tenths / 10)),
        };
        let Some(period) = period else {
            return LengthCell::Unreadable("it is not a whole number of days or months, or too long");
        };
        if period != Period::default() {
            out.extend(std::iter::repeat_n(period, part.times as usize));
        }
    }
    LengthCell::Lengths { parts: out, note }
}

fn days_of(days: u32) -> Option<Period> {
    u16::try_from(days).ok().filter(|days| *days <= 36_500).map(|days| Period { months: 0, days })
}
