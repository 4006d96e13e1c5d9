//! Numbers of legal entities: Companies House, charities, the central digital platform (PPON). One form each, or a reason.

use crate::register::records::Identifier;
use std::borrow::Cow;
use thiserror::Error;

/// Why a cell does not hold a number of the kind asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BadNumber {
    /// Nothing but blanks, or a word for 'none'.
    #[error("no number is given")]
    Missing,
    /// Too many or too few characters.
    #[error("it does not have the length of such a number")]
    Length,
    /// Letters where digits belong, or a prefix that is not in use.
    #[error("it is not written as such a number")]
    Form,
    /// The same digit throughout, as people type to fill a field.
    #[error("it is a filler, not a number")]
    Filler,
}

/// Prefixes that Companies House gives: Scotland, Northern Ireland, partnerships, overseas, registered societies and so on
/// (Companies House, 'Company number prefixes').
const PREFIXES: &[&str] = &[
    "AC", "CE", "CS", "FC", "FE", "GE", "GN", "GS", "IC", "IP", "LP", "NA", "NC", "NF", "NI", "NL", "NO", "NP", "NR", "NZ", "OC",
    "OE", "PC", "RC", "RS", "SA", "SC", "SE", "SF", "SG", "SI", "SL", "SO", "SP", "SR", "SZ", "ZC",
];

/// A Companies House number in its one form: eight characters, upper case, digits padded with zeros, a prefix kept.
///
/// # Errors
/// Says why, where the text is not such a number; the caller keeps the supplier and leaves the number out.
pub fn company_number(text: &str) -> Result<String, BadNumber> {
    let compact = compact(text);
    let mut number: &str = &compact;
    for label in ["COMPANYNUMBER", "COMPANYNO", "COMPANIESHOUSE", "GBCOH", "REGNO", "CRN", "NO:", "NO"] {
        if let Some(rest) = number.strip_prefix(label).map(|rest| rest.trim_start_matches(':')) {
            // 'NO' is also a prefix in use: a label is taken off only before what is a number by itself.
            if rest.len() >= 7 && (rest.bytes().all(|byte| byte.is_ascii_digit()) || label.len() > 2) {
                number = rest;
                break;
            }
        }
    }
    // A spreadsheet that took the number for a sum.
    let number = number.strip_suffix(".0").unwrap_or(number);
    if number.is_empty() || matches!(number, "N/A" | "NA" | "NONE" | "TBC" | "UNKNOWN" | "NOTKNOWN" | "NOTAPPLICABLE") {
        return Err(BadNumber::Missing);
    }
    if !number.is_ascii() || !number.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(BadNumber::Form);
    }
    let letters = number.bytes().take_while(u8::is_ascii_alphabetic).count();
    let digits = &number[letters..];
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(if number.bytes().any(|byte| byte.is_ascii_digit()) { BadNumber::Form } else { BadNumber::Missing });
    }
    let first = digits.as_bytes()[0];
    match letters {
        0 if !(3..=8).contains(&digits.len()) => Err(BadNumber::Length),
        0 if digits.bytes().all(|byte| byte == first) => Err(BadNumber::Filler),
        0 => Ok(format!("{digits:0>8}")),
        1 if number.starts_with('R') && digits.len() <= 7 => Ok(format!("R{digits:0>7}")),
        2 if !PREFIXES.contains(&&number[..2]) => Err(BadNumber::Form),
        2 if digits.len() > 6 => Err(BadNumber::Length),
        2 => Ok(format!("{}{digits:0>6}", &number[..2])),
        _ => Err(BadNumber::Form),
    }
}

/// Upper case, without blanks, hyphens and dots but for a '.0' at the end.
fn compact(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()) {
        return Cow::Borrowed(text);
    }
    let kept = text.strip_suffix(".0").unwrap_or(text);
    Cow::Owned(
        kept.chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.' | '\'' | '\u{200b}'))
            .flat_map(char::to_uppercase)
            .collect(),
    )
}

/// A public procurement organisation number, upper case: `^[A-Z]{4}-[0-9]{4}-[A-Z]{4}$`.
///
/// # Errors
/// Says why, where the text is not such a number.
pub fn ppon(text: &str) -> Result<String, BadNumber> {
    let number = text.trim().to_ascii_uppercase();
    let number = number.strip_prefix("GB-PPON-").unwrap_or(&number);
    if number.is_empty() {
        return Err(BadNumber::Missing);
    }
    let bytes = number.as_bytes();
    if bytes.len() != 14 {
        return Err(BadNumber::Length);
    }
    let good = bytes.iter().enumerate().all(|(place, byte)| match place {
        4 | 9 => *byte == b'-',
        5..=8 => byte.is_ascii_digit(),
        _ => byte.is_ascii_uppercase(),
    });
    if good { Ok(number.to_owned()) } else { Err(BadNumber::Form) }
}

/// A charity's number with the scheme of its regulator: England and Wales `GB-CHC`, Scotland `GB-SC`, Northern Ireland
/// `GB-NIC`. A linked charity's suffix (`1234567-1`) stays.
///
/// # Errors
/// Says why, where the text is not such a number.
pub fn charity(text: &str) -> Result<Identifier, BadNumber> {
    let number: String = text.trim().chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect();
    let number = number.strip_suffix(".0").unwrap_or(&number);
    if number.is_empty() || matches!(number, "N/A" | "NA" | "NONE" | "0" | "NO" | "TBC" | "UNKNOWN" | "NOTKNOWN") {
        return Err(BadNumber::Missing);
    }
    let (scheme, digits, wanted) = if let Some(digits) = number.strip_prefix("SC") {
        ("GB-SC", digits, 6..=6)
    } else if let Some(digits) = number.strip_prefix("NIC") {
        ("GB-NIC", digits, 6..=6)
    } else {
        ("GB-CHC", number, 6..=7)
    };
    let (main, linked) = digits.split_once('-').unwrap_or((digits, "1"));
    if !main.bytes().chain(linked.bytes()).all(|byte| byte.is_ascii_digit()) || main.is_empty() || linked.is_empty() {
        return Err(BadNumber::Form);
    }
    if main.bytes().all(|byte| byte == main.as_bytes()[0]) {
        return Err(BadNumber::Filler);
    }
    if !wanted.contains(&main.len()) {
        return Err(BadNumber::Length);
    }
    Ok(Identifier { scheme: scheme.to_owned(), id: number.to_owned() })
}

/// An identifier with its scheme, as open contracting data carries it, in its one form.
///
/// # Errors
/// Says why, where the id is not one of that scheme. Schemes that are not known here keep their ids as they are.
pub fn identifier(scheme: &str, id: &str) -> Result<Identifier, BadNumber> {
    let scheme = scheme.trim().to_ascii_uppercase();
    let id = id.trim();
    let id = match scheme.as_str() {
        "GB-COH" => company_number(id)?,
        "GB-PPON" => ppon(id)?,
        "GB-CHC" | "GB-SC" | "GB-NIC" => return charity(id),
        "GB-LAE" | "GB-PLA" | "GB-LAS" | "GB-LANI" => id.to_ascii_uppercase(),
        _ if id.is_empty() => return Err(BadNumber::Missing),
        _ => id.to_owned(),
    };
    Ok(Identifier { scheme, id })
}

/// Reads an id that begins with its scheme, `GB-COH-01234567`, or a bare PPON. None where it names no scheme: an id such
/// as `org-2` means something within one release alone.
#[must_use]
pub fn prefixed(text: &str) -> Option<Identifier> {
    let text = text.trim();
    if let Ok(id) = ppon(text) {
        return Some(Identifier { scheme: "GB-PPON".to_owned(), id });
    }
    let mut parts = text.splitn(3, '-');
    let (country, list, id) = (parts.next()?, parts.next()?, parts.next()?);
    let code = |part: &str, length: std::ops::RangeInclusive<usize>| {
        length.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_uppercase())
    };
    if !code(country, 2..=3) || !code(list, 2..=10) {
        return None;
    }
    identifier(&format!("{country}-{list}"), id).ok()
}
