//! One cell of a workbook as text.

use calamine::{DataRef, ExcelDateTime};
use std::fmt::Write;

/// Writes a cell's value to `out`: whole numbers without a point, other numbers
/// with the 15 digits that spreadsheets keep, dates as ISO dates, truth as
/// `true` and `false`. Gives false for an error cell, which writes nothing.
pub(super) fn render(value: &DataRef<'_>, out: &mut String) -> bool {
    match value {
        DataRef::Empty => {}
        DataRef::Error(_) => return false,
        DataRef::String(text) => out.push_str(text),
        DataRef::SharedString(text) => out.push_str(text),
        DataRef::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        // Writing to a String does not fail.
        DataRef::Int(number) => drop(write!(out, "{number}")),
        DataRef::Float(number) => out.push_str(&self::number(*number)),
        DataRef::DateTime(moment) => out.push_str(&self::moment(moment)),
        DataRef::DateTimeIso(text) => out.push_str(iso(text)),
        DataRef::DurationIso(text) => out.push_str(text),
    }
    true
}

/// A number without the noise of binary fractions: 0.1 + 0.2 is 0.3.
fn number(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned(); // also for -0
    }
    let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    rounded.to_string()
}

/// A serial date as `YYYY-MM-DD`, with `THH:MM:SS` when it is not midnight; a
/// serial of less than a day as `HH:MM:SS`; what is no date as a number.
fn moment(moment: &ExcelDateTime) -> String {
    // The first serial after 31 December 9999, in the 1900 system.
    const END: f64 = 2_958_466.0;
    let serial = moment.as_f64();
    if !(0.0..END).contains(&serial) {
        return number(serial);
    }
    if moment.is_duration() || serial < 1.0 {
        let seconds = (serial * 86_400.0).round() as u64;
        return format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) { date } else { format!("{date}T{hour:02}:{minute:02}:{second:02}") }
}

/// An ISO date and time without a midnight.
fn iso(text: &str) -> &str {
    match text.split_once('T') {
        Some((date, time)) if time.trim_end_matches('Z').chars().all(|c| matches!(c, '0' | ':' | '.')) => date,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::ExcelDateTimeType::{DateTime, TimeDelta};

    fn text(value: DataRef<'_>) -> String {
        let mut out = String::new();
        render(&value, &mut out);
        out
    }

    #[test]
    fn numbers_carry_no_noise() {
        let cases = [
            (1_200_000.0, "1200000"),
            (0.1 + 0.2, "0.3"),
            (1234.56, "1234.56"),
            (-5.0, "-5"),
            (-0.0, "0"),
            (1e15, "1000000000000000"),
            (0.175, "0.175"),
        ];
        for (value, expected) in cases {
            assert_eq!(text(DataRef::Float(value)), expected);
        }
    }

    #[test]
    fn dates_are_iso_in_both_date_systems() {
        let date = |serial, is_1904| text(DataRef::DateTime(ExcelDateTime::new(serial, DateTime, is_1904)));
        assert_eq!(date(43_802.0, false), "2019-12-03");
        assert_eq!(date(42_340.0, true), "2019-12-03");
        assert_eq!(date(43_802.5, false), "2019-12-03T12:00:00");
        assert_eq!(date(0.75, false), "18:00:00");
        assert_eq!(date(20_240_101.0, false), "20240101");
        assert_eq!(text(DataRef::DateTime(ExcelDateTime::new(1.5, TimeDelta, false))), "36:00:00");
    }

    #[test]
    fn iso_midnights_are_dropped() {
        assert_eq!(iso("2019-12-03T00:00:00"), "2019-12-03");
        assert_eq!(iso("2019-12-03T10:00:00"), "2019-12-03T10:00:00");
        assert_eq!(iso("2019-12-03"), "2019-12-03");
    }
}
