//! Dates as days since 1 January 1970 in four bytes, with a mark for 'none'.

use jiff::civil::Date;

/// No date.
pub(crate) const NO_DAY: i32 = i32::MIN;

/// The date's number of days.
pub(crate) fn day(date: Date) -> i32 {
    // The proleptic Gregorian calendar counted in eras of 400 years that begin on 1 March.
    let month = i32::from(date.month());
    let year = i32::from(date.year()) - i32::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + i32::from(date.day()) - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date's number of days, or the mark for none.
pub(crate) fn maybe_day(date: Option<Date>) -> i32 {
    date.map_or(NO_DAY, day)
}

/// The date of a number of days; none for the mark.
pub(crate) fn date(day: i32) -> Option<Date> {
    if day == NO_DAY {
        return None;
    }
    let days = day.checked_add(719_468)?;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year + era * 400 + i32::from(month <= 2);
    let of_month = of_year - (153 * shifted + 2) / 5 + 1;
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(of_month).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_survive_the_round_trip() {
        for text in ["1970-01-01", "1969-12-31", "2000-02-29", "1900-03-01", "2026-11-24", "9999-12-31", "-9999-01-01"] {
            let Ok(given) = text.parse::<Date>() else { continue };
            assert_eq!(date(day(given)), Some(given), "{text}");
        }
        assert_eq!(day(jiff::civil::date(1970, 1, 1)), 0);
        assert_eq!(day(jiff::civil::date(2000, 1, 1)), 10_957);
        assert_eq!(date(NO_DAY), None);
        assert_eq!(date(day(Date::MIN)), Some(Date::MIN));
        assert_eq!(date(day(Date::MAX)), Some(Date::MAX));
    }
}
