//! Sums as registers write them, to the penny and without floating point.

mod decimal;

pub use decimal::decimal;
pub(in crate::register::import) use decimal::part_of_a_penny;

use crate::register::money::{Basis, Vat};
use crate::register::names::placeholder;

/// Larger sums are slips of a spreadsheet: £100 billion.
pub const LARGEST_PENCE: i64 = 10_000_000_000_000;

/// A cell of a column of sums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MoneyCell {
    /// Nothing.
    Empty,
    /// A sum.
    Sum(Sum),
    /// Withheld, in the source's words.
    Withheld(String),
    /// 'TBC', 'N/A'.
    NotKnown,
    /// Not readable, and why.
    Unreadable(&'static str),
}

/// A sum as a cell states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    /// Hundredths of the currency's unit; negative where the cell says so.
    pub pence: i64,
    /// ISO 4217 code where the cell names one.
    pub currency: Option<&'static str>,
    /// What kind of sum, where the cell says so.
    pub basis: Option<Basis>,
    /// Whether VAT is in it, where the cell says so.
    pub vat: Vat,
    /// The cell holds words beside the sum that were not understood.
    pub words_left: bool,
    /// The cell holds a part of a penny, and was rounded: '12.345' may as well be a slip for twelve thousand.
    pub rounded: bool,
}

/// Reads a sum: '£1,234.50 p.a.', '1.2m', '£45k', '(1,234.00)', 'GBP 100', '£19,805 + VAT', '1.5E+05'.
#[must_use]
pub fn read(text: &str) -> MoneyCell {
    let text = text.trim();
    if text.is_empty() {
        return MoneyCell::Empty;
    }
    // Most cells are a plain number.
    if text.len() <= 17 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        let rounded = part_of_a_penny(text, 0);
        return finish(
            decimal(text, 0).map(|pence| sum(Amount { pence, words_left: false, rounded }, None, None, Vat::NotKnown)),
        );
    }
    if placeholder::is_withheld(text) {
        return MoneyCell::Withheld(super::shown(text).into_owned());
    }
    if placeholder::is_not_known(text) {
        return MoneyCell::NotKnown;
    }
    if text.len() > 200 {
        return MoneyCell::Unreadable("the cell is too long for a sum");
    }
    let lower = text.to_lowercase().replace(['\u{a0}', '\u{202f}', '\n', '\r', '\t'], " ");
    let mut rest = Words::new(&lower);
    let vat = vat(&mut rest);
    if rest.take(OTHER_PERIODS) {
        return MoneyCell::Unreadable("it is for a period other than a year or the whole contract");
    }
    let basis = if rest.take(ANNUAL) {
        Some(Basis::Annual)
    } else if rest.take(ESTIMATED) {
        Some(Basis::Estimated)
    } else if rest.take(WHOLE_LIFE) {
        Some(Basis::WholeLife)
    } else {
        None
    };
    let (currency, several) = currency(&mut rest);
    if several {
        return MoneyCell::Unreadable("there is more than one currency in the cell");
    }
    finish(amount(&rest.text).map(|amount| sum(amount, currency, basis, vat)).and_then(|sum| {
        if sum.words_left && sum.currency.is_none() { Err("there are words beside the number") } else { Ok(sum) }
    }))
}

/// The one amount of a cell.
struct Amount {
    pence: i64,
    words_left: bool,
    rounded: bool,
}

fn sum(amount: Amount, currency: Option<&'static str>, basis: Option<Basis>, vat: Vat) -> Sum {
    Sum { pence: amount.pence, currency, basis, vat, words_left: amount.words_left, rounded: amount.rounded }
}

fn finish(sum: Result<Sum, &'static str>) -> MoneyCell {
    match sum {
        Ok(sum) if sum.pence.abs() > LARGEST_PENCE => MoneyCell::Unreadable("the sum is above £100 billion"),
        Ok(sum) => MoneyCell::Sum(sum),
        Err(why) => MoneyCell::Unreadable(why),
    }
}

const OTHER_PERIODS: &[&str] = &[
    "per month",
    "per calendar month",
    "a month",
    "each month",
    "monthly",
    "/month",
    "/mth",
    "p/m",
    "pcm",
    "p.c.m.",
    "p.m.",
    "pm",
    "per mth",
    "per week",
    "pw",
    "weekly",
    "a week",
    "per day",
    "daily",
    "a day",
    "/day",
    "per hour",
    "hourly",
    "an hour",
    "per quarter",
    "per qtr",
    "quarterly",
    "half yearly",
    "half-yearly",
    "half year",
    "half-year",
    "biannual",
    "bi-annual",
    "biannually",
    "bi-annually",
    "every two years",
    "every 2 years",
    "per user",
    "per unit",
    "per licence",
    "per license",
    "per term",
    "per item",
    "per head",
];
const ANNUAL: &[&str] = &[
    "per annum",
    "per year",
    "per yr",
    "p.a.",
    "p.a",
    "p/a",
    "annually",
    "annual",
    "yearly",
    "/year",
    "/yr",
    "/annum",
    "a year",
    "each year",
    "pa",
];
const ESTIMATED: &[&str] = &[
    "estimated",
    "estimate",
    "est.",
    "est ",
    "approximately",
    "approx.",
    "approx",
    "circa",
    "c.",
    "c £",
    "up to",
    "~",
    "around",
];
const WHOLE_LIFE: &[&str] = &[
    "total contract value",
    "whole life",
    "whole-life",
    "lifetime",
    "total value",
    "total cost",
    "in total",
    "total",
    "tcv",
    "contract value",
    "value",
];

fn vat(rest: &mut Words) -> Vat {
    const EXCLUDED: &[&str] = &[
        "excluding vat",
        "exclusive of vat",
        "excl. vat",
        "excl vat",
        "exc. vat",
        "exc vat",
        "ex. vat",
        "ex vat",
        "net of vat",
        "plus vat",
        "+ vat",
        "+vat",
        "before vat",
        "vat excluded",
        "vat exclusive",
        "not including vat",
        "no vat",
        "without vat",
    ];
    const INCLUDED: &[&str] = &[
        "including vat",
        "inclusive of vat",
        "incl. vat",
        "incl vat",
        "inc. vat",
        "inc vat",
        "vat included",
        "vat inclusive",
        "vat inc.",
        "vat inc",
        "with vat",
        "gross",
    ];
    if rest.take(EXCLUDED) {
        Vat::Excluded
    } else if rest.take(INCLUDED) {
        Vat::Included
    } else {
        rest.take(&["vat"]);
        Vat::NotKnown
    }
}

fn currency(rest: &mut Words) -> (Option<&'static str>, bool) {
    const SIGNS: &[(&str, &str)] = &[
        ("gbp", "GBP"),
        ("£", "GBP"),
        ("pounds", "GBP"),
        ("sterling", "GBP"),
        ("eur", "EUR"),
        ("euros", "EUR"),
        ("€", "EUR"),
        ("usd", "USD"),
        ("us$", "USD"),
        ("$", "USD"),
        ("chf", "CHF"),
        ("aud", "AUD"),
        ("cad", "CAD"),
        ("sek", "SEK"),
        ("jpy", "JPY"),
    ];
    let mut found = None;
    let mut several = false;
    for (sign, code) in SIGNS {
        if rest.take_all(sign) {
            several |= found.is_some_and(|other| other != *code);
            found = Some(*code);
        }
    }
    (found, several)
}

/// The cell's text, of which what is understood is blanked out.
struct Words {
    text: String,
}

impl Words {
    fn new(text: &str) -> Self {
        Self { text: text.to_owned() }
    }

    /// Blanks the first of the phrases that stands in the text as words of its own.
    fn take(&mut self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.find(phrase).map(|at| self.blank(at, phrase.len())).is_some())
    }

    fn take_all(&mut self, phrase: &str) -> bool {
        let mut any = false;
        while let Some(at) = self.find(phrase) {
            self.blank(at, phrase.len());
            any = true;
        }
        any
    }

    fn find(&self, phrase: &str) -> Option<usize> {
        let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
        self.text.match_indices(phrase).map(|(at, _)| at).find(|at| {
            let (before, after) = (self.text[..*at].chars().next_back(), self.text[at + phrase.len()..].chars().next());
            let starts = !phrase.starts_with(char::is_alphabetic) || !letter(before);
            let ends = !phrase.ends_with(char::is_alphabetic) || !letter(after);
            starts && ends
        })
    }

    fn blank(&mut self, at: usize, length: usize) {
        self.text.replace_range(at..at + length, " ");
    }
}

/// The one amount in the text, and whether other words stand beside it.
fn amount(text: &str) -> Result<Amount, &'static str> {
    let mut found: Option<i64> = None;
    let mut rounded = false;
    let mut words_left = false;
    let mut rest = text;
    let mut bracket = false;
    let mut minus = false;
    while let Some(c) = rest.chars().next() {
        if c.is_ascii_digit() || c == '.' && rest[1..].starts_with(|d: char| d.is_ascii_digit()) {
            let length = number_length(rest);
            let (digits, after) = rest.split_at(length);
            let (scale, suffix) = scale(after);
            rest = &after[suffix..];
            let next = rest.trim_start();
            // '3 years', '24 months', '20%' and '2nd' are not sums.
            let not_a_sum = ["year", "yr", "month", "mth", "week", "day", "%", "st ", "nd ", "rd ", "th "]
                .iter()
                .any(|unit| next.starts_with(unit));
            if scale == 0 && not_a_sum {
                words_left = true;
                continue;
            }
            if found.is_some() {
                return Err("there is more than one sum in the cell");
            }
            let pence = decimal(digits, scale)?;
            rounded = part_of_a_penny(digits, scale);
            let closed = bracket && next.starts_with(')');
            found = Some(if minus || closed { -pence } else { pence });
            continue;
        }
        match c {
            '(' => bracket = true,
            '-' | '−' => {
                minus =
                    found.is_none() && (rest[c.len_utf8()..].trim_start().starts_with(|d: char| d.is_ascii_digit() || d == '.'))
            }
            // 'More than', 'less than', 'and more': said in a sign, and no less a word.
            '<' | '>' | '≤' | '≥' | '+' | '?' => words_left = true,
            c if c.is_alphabetic() => words_left = true,
            _ => {}
        }
        rest = &rest[c.len_utf8()..];
    }
    found.map(|pence| Amount { pence, words_left, rounded }).ok_or("there is no sum in the cell")
}

/// How far a number goes: digits, points, commas, blanks between threes, an exponent.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'0'..=b'9' | b'.' => at += 1,
            b',' if digit(at + 1) => at += 1,
            b' ' if digit(at + 1) && digit(at + 2) && digit(at + 3) && !digit(at + 4) && at <= 11 => at += 1,
            b'e' if digit(at + 1) || matches!(bytes.get(at + 1), Some(b'+' | b'-')) && digit(at + 2) => at += 2,
            _ => break,
        }
    }
    let number = &text[..at];
    number.trim_end_matches(['.', ',']).len()
}

/// 'k', 'm', 'bn' and their words after a number: the power of ten, and the suffix's length.
fn scale(after: &str) -> (i32, usize) {
    let blanks = after.len() - after.trim_start().len();
    let word: &str = &after[blanks..];
    let letters = word.bytes().take_while(u8::is_ascii_alphabetic).count();
    let power = match &word[..letters] {
        "k" | "thousand" => 3,
        "m" | "mn" | "mil" | "mill" | "million" | "millions" => 6,
        "b" | "bn" | "billion" | "billions" => 9,
        _ => return (0, 0),
    };
    (power, blanks + letters)
}
