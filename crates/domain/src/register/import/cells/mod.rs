//! Reading cells as registers write them: days, sums, lengths of time, yes and no, CPV codes.
//!
//! A cell is read, or it is said why not; nothing is guessed in silence. What a reading does to a row is decided by
//! [`super::contracts`] and [`super::systems`].

pub mod dates;
pub mod lengths;
pub mod money;

use jiff::civil::Date;
use std::borrow::Cow;

/// What a source says of a field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Stated<T> {
    /// Nothing: no such column, an empty cell, or one that cannot be read. What the register holds stays.
    #[default]
    Silent,
    /// That it is not known ('TBC', 'N/A'): what the register holds is cleared.
    NotKnown,
    /// This.
    Is(T),
}

impl<T> Stated<T> {
    /// Whether anything is stated.
    #[must_use]
    pub fn is_stated(&self) -> bool {
        !matches!(self, Stated::Silent)
    }

    /// What is stated, if it is a value.
    #[must_use]
    pub fn value(&self) -> Option<&T> {
        match self {
            Stated::Is(value) => Some(value),
            _ => None,
        }
    }

    /// A stated value, or silence.
    #[must_use]
    pub fn from_option(value: Option<T>) -> Self {
        value.map_or(Stated::Silent, Stated::Is)
    }
}

/// Reads yes or no; `None` where it is neither.
#[must_use]
pub fn boolean(text: &str) -> Option<bool> {
    const YES: &[&str] = &["y", "yes", "true", "t", "1", "1.0", "x", "✓", "✔"];
    const NO: &[&str] = &["n", "no", "false", "f", "0", "0.0", "✗", "✘"];
    let text = text.trim();
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if is(YES) {
        Some(true)
    } else if is(NO) {
        Some(false)
    } else {
        None
    }
}

/// Reads whether something is still in use: yes or no, or a status such as 'live' or 'decommissioned'.
#[must_use]
pub fn in_use(text: &str) -> Option<bool> {
    boolean(text).or_else(|| match crate::register::names::fold(text).as_str() {
        "live" | "active" | "current" | "in use" | "in service" | "operational" | "running" | "open" | "still in use" => {
            Some(true)
        }
        "not in use" | "expired" | "ended" | "closed" | "decommissioned" | "retired" | "terminated" | "inactive" | "replaced"
        | "archived" | "complete" | "completed" => Some(false),
        _ => None,
    })
}

/// CPV codes of a cell: eight digits each, the check digit dropped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cpv {
    /// The codes in their order, each once.
    pub codes: Vec<String>,
    /// What was done to a code, or what was left out.
    pub notes: Vec<String>,
}

/// Reads CPV codes: eight digits with or without `-` and a check digit, several apart by `;`, `,`, `|` or line ends, each
/// perhaps with its name. Seven digits are a code whose leading zero a spreadsheet ate; that is noted.
#[must_use]
pub fn cpv(text: &str) -> Cpv {
    let mut cpv = Cpv::default();
    for part in text.split([';', ',', '|', '\n', '\r']).map(str::trim) {
        let digits: &str = &part[..part.bytes().take_while(u8::is_ascii_digit).count()];
        let rest = &part[digits.len()..];
        let code = match digits.len() {
            8 => digits.to_owned(),
            9 if rest.is_empty() => digits[..8].to_owned(),
            7 if rest.is_empty() || rest.starts_with(['-', '.', ' ']) => {
                cpv.notes.push(format!("‘{digits}’ has seven digits; read as CPV 0{digits}"));
                format!("0{digits}")
            }
            0 => continue,
            _ => {
                cpv.notes.push(format!("‘{}’ is not a CPV code", shown(part)));
                continue;
            }
        };
        if code == "00000000" {
            continue;
        }
        if !cpv.codes.contains(&code) {
            cpv.codes.push(code);
        }
    }
    cpv
}

/// Reads a whole number of people or things: '1,200', '250.0', '300 users'.
#[must_use]
pub fn count(text: &str) -> Option<i64> {
    let text = text.trim();
    let head: String = text.chars().take_while(|c| c.is_ascii_digit() || matches!(c, ',' | ' ' | '.')).collect();
    let rest = text[head.len()..].trim();
    let head = head.trim().trim_end_matches(".0").trim_end_matches('.');
    let known_rest =
        rest.is_empty() || matches!(rest.to_ascii_lowercase().as_str(), "users" | "user" | "staff" | "licences" | "licenses");
    if !known_rest || head.is_empty() || head.contains('.') || !grouped(head) {
        return None;
    }
    head.chars().filter(char::is_ascii_digit).collect::<String>().parse().ok().filter(|count| *count <= 1_000_000_000)
}

/// Whether commas (or blanks) part the digits in threes, or there are none.
pub(super) fn grouped(digits: &str) -> bool {
    let mut parts = digits.split([',', ' ']);
    let first = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    !first.is_empty() && (rest.is_empty() || first.len() <= 3 && rest.iter().all(|part| part.len() == 3))
}

/// A cell as a report may show it: one line, at most 80 characters.
#[must_use]
pub fn shown(text: &str) -> Cow<'_, str> {
    let tidy = crate::register::names::tidy(text);
    if tidy.chars().count() <= 80 {
        return tidy;
    }
    Cow::Owned(tidy.chars().take(79).chain(['…']).collect())
}

/// A day as a report says it, and as pages do: '3 December 2019'.
#[must_use]
pub fn in_words(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

#[cfg(test)]
mod tests;
