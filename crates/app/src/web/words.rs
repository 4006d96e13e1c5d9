//! Dates, sums and numbers as people read them: '3 December 2019', '£1.2 million', '1,234'.

use domain::dpia::assessment::State;
use jiff::{Timestamp, civil::Date};

/// '3 December 2019'.
#[must_use]
pub fn day(date: Date) -> String {
    format!("{} {} {}", date.day(), month(date.month()), date.year())
}

/// Where an assessment stands: the same words on every page and in every file.
#[must_use]
pub fn stands(state: State) -> &'static str {
    match state {
        State::Drafting => "being written",
        State::Review => "frozen, being reviewed",
        State::Advice => "frozen, waiting for advice",
        State::Decision => "frozen, waiting for decisions",
        State::Consulting => "waiting for the Information Commissioner",
        State::Signed => "signed, not in use yet",
        State::Live => "in use",
        State::Withdrawn => "given up",
        State::Superseded => "replaced by another",
        State::Recorded => "made elsewhere",
    }
}

/// The day in London of an instant, in words.
#[must_use]
pub fn instant(milliseconds: i64) -> String {
    let date =
        Timestamp::from_millisecond(milliseconds).ok().and_then(|at| at.in_tz("Europe/London").ok()).map(|zoned| zoned.date());
    date.map_or_else(|| "not known".to_owned(), day)
}

/// The day and the minute in London of an instant, in words: '3 December 2019 at 14:05'.
#[must_use]
pub fn moment(milliseconds: i64) -> String {
    let zoned = Timestamp::from_millisecond(milliseconds).ok().and_then(|at| at.in_tz("Europe/London").ok());
    zoned.map_or_else(
        || "not known".to_owned(),
        |zoned| format!("{} at {:02}:{:02}", day(zoned.date()), zoned.hour(), zoned.minute()),
    )
}

/// A month's name.
#[must_use]
pub fn month(number: i8) -> &'static str {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    usize::try_from(number - 1).ok().and_then(|index| NAMES.get(index)).copied().unwrap_or("")
}

/// Pence in words, rounded as people say sums: '£17,000', '£1.2 million'. The exact sum stands in the data.
#[must_use]
pub fn pounds(pence: i64) -> String {
    let pounds = rounded(pence.unsigned_abs(), 100);
    let sign = if pence < 0 { "minus " } else { "" };
    match pounds {
        1_000_000_000.. => format!("{sign}£{} billion", tenths(pounds, 1_000_000_000)),
        999_950_000.. => format!("{sign}£1 billion"),
        1_000_000.. => format!("{sign}£{} million", tenths(pounds, 1_000_000)),
        _ => format!("{sign}£{}", grouped(pounds)),
    }
}

/// Pence to the penny: '£17,000' or '£17,000.50'.
#[must_use]
pub fn exact_pounds(pence: i64) -> String {
    let absolute = pence.unsigned_abs();
    let sign = if pence < 0 { "minus " } else { "" };
    match absolute % 100 {
        0 => format!("{sign}£{}", grouped(absolute / 100)),
        rest => format!("{sign}£{}.{rest:02}", grouped(absolute / 100)),
    }
}

/// '1,234,567'.
#[must_use]
pub fn number(number: i64) -> String {
    let sign = if number < 0 { "−" } else { "" };
    format!("{sign}{}", grouped(number.unsigned_abs()))
}

/// How many: '1,234'.
#[must_use]
pub fn count(number: usize) -> String {
    grouped(number as u64)
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn rounded(number: u64, by: u64) -> u64 {
    number / by + u64::from(number % by >= by.div_ceil(2))
}

fn tenths(number: u64, unit: u64) -> String {
    let tenths = rounded(number, unit / 10);
    match tenths % 10 {
        0 => grouped(tenths / 10),
        rest => format!("{}.{rest}", grouped(tenths / 10)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_read_as_people_say_them() {
        for (pence, words) in [
            (0, "£0"),
            (1_700_000, "£17,000"),
            (120_000_000, "£1.2 million"),
            (100_000_000, "£1 million"),
            (99_999_999, "£1 million"),
            (40_275_049, "£402,750"),
            (99_996_000_000, "£1 billion"),
            (99_990_000_000, "£999.9 million"),
            (-500, "minus £5"),
        ] {
            assert_eq!(pounds(pence), words, "{pence}");
        }
        assert_eq!(exact_pounds(123_450), "£1,234.50");
        assert_eq!(exact_pounds(123_400), "£1,234");
    }

    #[test]
    fn dates_and_numbers_read_as_in_prose() {
        assert_eq!(day(jiff::civil::date(2019, 12, 3)), "3 December 2019");
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(number(-12), "−12");
    }
}
