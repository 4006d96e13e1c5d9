//! Answers of a form as text, and how days, lengths and sums are read from them. An empty answer says 'not known'.

use super::{Refusal, Refused};
use crate::register::{import::cells::money, terms::Period};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What was answered: field name to the texts given, in order. Kept as typed, so that a refused form shows it again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(pub BTreeMap<String, Vec<String>>);

impl Answers {
    /// The first text of a field, without blanks around it; empty where nothing was answered.
    #[must_use]
    pub fn text(&self, field: &str) -> &str {
        self.0.get(field).and_then(|all| all.first()).map_or("", |text| text.trim())
    }

    /// All texts of a field that say something.
    pub fn all(&self, field: &str) -> impl Iterator<Item = &str> {
        self.0.get(field).into_iter().flatten().map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    /// Whether the field was there at all, if empty.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        self.0.contains_key(field)
    }

    /// Sets a field to one text.
    pub fn set(&mut self, field: impl Into<String>, text: impl Into<String>) {
        self.0.insert(field.into(), vec![text.into()]);
    }

    /// Sets a field to several texts.
    pub fn set_all(&mut self, field: impl Into<String>, texts: Vec<String>) {
        self.0.insert(field.into(), texts);
    }

    /// Takes over every field of another set.
    pub fn absorb(&mut self, other: Answers) {
        self.0.extend(other.0);
    }

    /// Takes away the rows that are to go: every field of a row `STEM-3` whose `STEM-3-remove` says yes. Radios once chosen cannot
    /// be emptied, so a row of a form has a box to take it away by.
    pub fn remove_rows(&mut self) {
        let gone: Vec<String> = self
            .0
            .keys()
            .filter_map(|field| field.strip_suffix("-remove"))
            .filter(|row| self.text(&format!("{row}-remove")) == "yes")
            .map(str::to_owned)
            .collect();
        self.0.retain(|field, _| !gone.iter().any(|row| of_row(field, row)));
    }

    /// Whether anything is said in a row of a form, `option-2`: in any field that begins so.
    #[must_use]
    pub fn says_row(&self, row: &str) -> bool {
        self.0.iter().any(|(field, all)| of_row(field, row) && all.iter().any(|text| !text.trim().is_empty()))
    }

    /// The lines of a field, each tidied, empty ones left out, each once.
    #[must_use]
    pub fn lines(&self, field: &str) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for line in self.text(field).lines() {
            let line = crate::register::names::tidy(line).into_owned();
            if !line.is_empty() && !lines.contains(&line) {
                lines.push(line);
            }
        }
        lines
    }
}

fn of_row(field: &str, row: &str) -> bool {
    field.strip_prefix(row).is_some_and(|rest| rest.starts_with('-'))
}

/// A text of at most so many characters; none where empty.
///
/// # Errors
/// Where it is longer.
pub fn text(answers: &Answers, field: &str, most: usize) -> Result<Option<String>, Refused> {
    let text = answers.text(field).replace("\r\n", "\n");
    if text.chars().count() > most {
        return Err(Refused::new(field, Refusal::TooLong { most }));
    }
    Ok((!text.is_empty()).then_some(text))
}

/// A day from the three parts `FIELD-day`, `FIELD-month`, `FIELD-year`; none where all three are empty. A month may be given
/// by name, a year needs four digits.
///
/// # Errors
/// Where parts are missing, or there is no such day.
pub fn day(answers: &Answers, field: &str, years: (i16, i16)) -> Result<Option<Date>, Refused> {
    let part = |name: &str| answers.text(&format!("{field}-{name}")).to_owned();
    let (day, month, year) = (part("day"), part("month"), part("year"));
    let missing: Vec<&'static str> = [("day", &day), ("month", &month), ("year", &year)]
        .into_iter()
        .filter(|(_, text)| text.is_empty())
        .map(|(name, _)| name)
        .collect();
    match missing.len() {
        3 => return Ok(None),
        0 => {}
        _ => return Err(Refused::new(field, Refusal::DateIncomplete { missing })),
    }
    let number = |text: &str| text.parse::<i16>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    let (Some(d), Some(m), Some(y)) = (number(&day), number(&month).or_else(|| month_named(&month)), number(&year)) else {
        return Err(Refused::new(field, Refusal::NotADate));
    };
    let small = |number: i16| i8::try_from(number).ok();
    let date = small(m).zip(small(d)).and_then(|(m, d)| Date::new(y, m, d).ok());
    let Some(date) = date.filter(|_| year.len() == 4) else { return Err(Refused::new(field, Refusal::NotADate)) };
    if !(years.0..=years.1).contains(&y) {
        return Err(Refused::new(field, Refusal::YearOutOfRange { from: years.0, to: years.1 }));
    }
    Ok(Some(date))
}

fn month_named(text: &str) -> Option<i16> {
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
    let lower = text.to_ascii_lowercase();
    let found = MONTHS.iter().position(|month| *month == lower || lower.len() >= 3 && month.starts_with(&lower))?;
    i16::try_from(found + 1).ok()
}

/// Writes a day as its three parts; none as three empty ones.
pub fn say_day(answers: &mut Answers, field: &str, day: Option<Date>) {
    let part = |number: Option<i16>| number.map(|number| number.to_string()).unwrap_or_default();
    answers.set(format!("{field}-day"), part(day.map(|day| day.day().into())));
    answers.set(format!("{field}-month"), part(day.map(|day| day.month().into())));
    answers.set(format!("{field}-year"), part(day.map(Date::year)));
}

/// A whole number; none where empty. Commas between thousands are read.
///
/// # Errors
/// Where it is no whole number, or outside `from..=to`.
pub fn number(answers: &Answers, field: &str, from: i64, to: i64) -> Result<Option<i64>, Refused> {
    let text = answers.text(field).replace(',', "");
    if text.is_empty() {
        return Ok(None);
    }
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number: i64 = match text.parse() {
        Ok(number) if digits => number,
        _ => return Err(Refused::new(field, Refusal::NotANumber)),
    };
    if (from..=to).contains(&number) { Ok(Some(number)) } else { Err(Refused::new(field, Refusal::OutOfRange { from, to })) }
}

/// Longest period of notice that a form takes.
const MOST_MONTHS: i64 = 120;
const MOST_DAYS: i64 = 999;

/// A length from `FIELD-months` and `FIELD-days`; none where both are empty.
///
/// # Errors
/// Where one is no whole number or too large.
pub fn period(answers: &Answers, field: &str) -> Result<Option<Period>, Refused> {
    let months = number(answers, &format!("{field}-months"), 0, MOST_MONTHS)?;
    let days = number(answers, &format!("{field}-days"), 0, MOST_DAYS)?;
    if months.is_none() && days.is_none() {
        return Ok(None);
    }
    let small = |number: Option<i64>| u16::try_from(number.unwrap_or(0)).unwrap_or(u16::MAX);
    Ok(Some(Period { months: small(months), days: small(days) }))
}

/// Writes a length as its two parts.
pub fn say_period(answers: &mut Answers, field: &str, period: Option<Period>) {
    let part = |number: Option<u16>| number.map(|number| number.to_string()).unwrap_or_default();
    answers.set(format!("{field}-months"), part(period.map(|period| period.months)));
    answers.set(format!("{field}-days"), part(period.map(|period| period.days).filter(|days| *days > 0)));
}

/// A sum in pence, as people write it: '1200000', '£1,200,000.00', '1.2m'; none where empty.
///
/// # Errors
/// Where it cannot be read as one sum, or is negative.
pub fn pence(answers: &Answers, field: &str) -> Result<Option<i64>, Refused> {
    let text = answers.text(field);
    match money::read(text) {
        money::MoneyCell::Empty => Ok(None),
        money::MoneyCell::Sum(sum) if sum.words_left || sum.rounded || sum.currency.is_some_and(|code| code != "GBP") => {
            Err(Refused::new(field, Refusal::NotASum))
        }
        money::MoneyCell::Sum(sum) if sum.pence < 0 => Err(Refused::new(field, Refusal::NegativeSum)),
        money::MoneyCell::Sum(sum) => Ok(Some(sum.pence)),
        _ => Err(Refused::new(field, Refusal::NotASum)),
    }
}

/// A choice of a closed list, by its name in data.
///
/// # Errors
/// Where it is none of them, or nothing was chosen.
pub fn choice<T: Copy>(answers: &Answers, field: &str, choices: &[(&str, T)]) -> Result<T, Refused> {
    let text = answers.text(field);
    if text.is_empty() {
        return Err(Refused::new(field, Refusal::Missing));
    }
    let found = choices.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
    found.ok_or_else(|| Refused::new(field, Refusal::NotAChoice))
}

/// The name of a choice.
#[must_use]
pub fn name_of<T: PartialEq>(choices: &[(&'static str, T)], value: &T) -> &'static str {
    choices.iter().find(|(_, one)| one == value).map_or("", |(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_taken_away_goes_whole_and_its_neighbours_stay() {
        let mut answers = Answers::default();
        for field in ["option-1-months", "option-1-by", "option-1-remove", "option-11-months", "option-2-months", "title"] {
            answers.set(field, "yes");
        }
        answers.set("option-2-remove", "");
        assert!(answers.says_row("option-1") && !answers.says_row("option-3") && !answers.says_row("opt"));
        answers.remove_rows();
        let left: Vec<&str> = answers.0.keys().map(String::as_str).collect();
        assert_eq!(left, ["option-11-months", "option-2-months", "option-2-remove", "title"]);
        assert!(!answers.says_row("option-1"));
    }

    #[test]
    fn a_sum_is_taken_to_the_penny_or_not_at_all() {
        let typed = |text: &str| {
            let mut answers = Answers::default();
            answers.set("value", text);
            pence(&answers, "value").map_err(|refused| refused.why)
        };
        assert_eq!((typed(""), typed("12.3"), typed("£1.2m")), (Ok(None), Ok(Some(1230)), Ok(Some(120_000_000))));
        for text in ["12.345", "£1,234.567", "12 or 13"] {
            assert_eq!(typed(text), Err(Refusal::NotASum), "{text}: nobody's slip becomes another sum");
        }
    }
}
