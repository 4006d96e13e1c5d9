//! One contract's days as a picture: its agreed term, what options add, the days it can end, and by when to decide.
//! Percentages across, as in [`super::charts`]; the template draws it beside its table.

use super::charts::{YearMark, percent};
use domain::register::terms::{ExitKind, Outlook, TermState};
use jiff::{ToSpan, civil::Date};
use serde::Serialize;

/// A mark at a day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mark {
    x: f64,
    /// `reachable`, `missed` or neither, by the row it stands in.
    state: &'static str,
}

/// One contract's days.
#[derive(Clone, Debug, Serialize)]
pub struct Span {
    years: Vec<YearMark>,
    now: f64,
    /// The agreed term: from, width.
    agreed: Option<(f64, f64)>,
    /// Only if options are used, or it renews.
    perhaps: Option<(f64, f64)>,
    /// Past its end, or its end not known.
    unclear: Option<(f64, f64)>,
    exits: Vec<Mark>,
    decisions: Vec<Mark>,
    /// Whether it began before the picture does.
    earlier: bool,
}

impl Span {
    /// The picture of a term as at a day.
    #[must_use]
    pub fn of(outlook: &Outlook, start: Option<Date>, agreed: Option<Date>, as_at: Date) -> Self {
        let years_off = |date: Date, years: i32| date.checked_add(years.years()).unwrap_or(date);
        let last = [agreed, outlook.last_possible_end, outlook.exits.last().map(|exit| exit.date), Some(years_off(as_at, 1))];
        let last = last.into_iter().flatten().max().unwrap_or(as_at).min(years_off(as_at, 25));
        let until = Date::new(last.year() + 1, 1, 1).unwrap_or(last);
        let earliest = years_off(as_at, -3);
        let first = [start, outlook.decisions.first().map(|decision| decision.date), Some(years_off(as_at, -1)), agreed];
        let first = first.into_iter().flatten().min().unwrap_or(as_at).max(earliest);
        let from = Date::new(first.year(), 1, 1).unwrap_or(first);
        let whole = days(from, until);
        let at = |day: Date| percent(days(from, day.clamp(from, until)), whole);
        let bar = |a: Date, b: Date| Some((at(a), at(b) - at(a))).filter(|(_, width)| *width > 0.0);
        let begins = start.unwrap_or(from);
        let open = matches!(outlook.term, TermState::RenewsYearly | TermState::Rolling);
        // An option whose day to be taken up has passed adds nothing.
        let furthest = if open { until } else { outlook.open_end.or(outlook.last_possible_end).unwrap_or(as_at) };
        let unclear = match outlook.term {
            TermState::PastEnd => agreed.and_then(|end| bar(end, until)),
            TermState::NotKnown => bar(begins.max(as_at), until),
            _ => None,
        };
        let agreed_until = match outlook.term {
            TermState::NotKnown => Some(as_at),
            TermState::Rolling => outlook.exits.first().map(|exit| exit.date).or(Some(as_at)),
            TermState::RenewsYearly => outlook.exits.first().map(|exit| exit.date).or(agreed),
            _ => agreed,
        };
        Self {
            years: axis(from, until, &at),
            now: at(as_at),
            agreed: agreed_until.and_then(|end| bar(begins, end)),
            perhaps: agreed_until.filter(|_| unclear.is_none()).and_then(|end| bar(end, furthest)),
            unclear,
            exits: outlook
                .exits
                .iter()
                .filter(|exit| exit.kind != ExitKind::Now && !exit.lost)
                .map(|exit| Mark { x: at(exit.date), state: if exit.reachable { "reachable" } else { "" } })
                .collect(),
            decisions: outlook
                .decisions
                .iter()
                .filter(|decision| decision.date >= from)
                .map(|decision| Mark { x: at(decision.date), state: if decision.missed { "missed" } else { "" } })
                .collect(),
            earlier: begins < from,
        }
    }
}

fn days(from: Date, to: Date) -> f64 {
    from.until(to).map_or(0.0, |span| f64::from(span.get_days()))
}

/// Year lines, thinned so that their numbers do not meet.
fn axis(from: Date, until: Date, at: &dyn Fn(Date) -> f64) -> Vec<YearMark> {
    let whole = until.year() - from.year();
    let every = (whole / 9 + 1).max(1);
    (from.year()..until.year())
        .filter(|year| (year - from.year()) % every == 0)
        .filter_map(|year| {
            Some(YearMark { year, x: at(Date::new(year, 1, 1).ok()?), middle: 0.0, narrow: false, crowded: false })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::register::terms::{Extension, Period, Term, TermKind, outlook};
    use jiff::civil::date;

    #[test]
    fn options_follow_the_agreed_term_without_a_gap() {
        let as_at = date(2026, 11, 23);
        let option = Extension { months: 24, ..Extension::default() };
        let term = Term {
            kind: TermKind::Fixed,
            start: Some(date(2024, 4, 1)),
            end: Some(date(2027, 3, 31)),
            extensions: vec![option],
            ..Term::default()
        };
        let span = Span::of(&outlook(&term, Period::months(6), as_at), term.start, term.current_end(), as_at);
        let ((from, width), (next, more)) = (span.agreed.unwrap(), span.perhaps.unwrap());
        assert!((from + width - next).abs() < 0.02 && more > 0.0 && next + more <= 100.0);
        assert_eq!(span.exits.len(), 2);
    }

    #[test]
    fn an_option_whose_day_has_passed_is_not_drawn() {
        let as_at = date(2026, 11, 23);
        let option =
            |months: u16, notice: u16| Extension { months, notice: Some(Period::months(notice)), ..Extension::default() };
        let drawn = |extensions: Vec<Extension>| {
            let term = Term {
                kind: TermKind::Fixed,
                start: Some(date(2024, 4, 1)),
                end: Some(date(2027, 3, 31)),
                extensions,
                ..Term::default()
            };
            let outlook = outlook(&term, Period::months(6), as_at);
            let span = Span::of(&outlook, term.start, term.current_end(), as_at);
            (outlook.open_end, span.perhaps.is_some(), span.exits.len())
        };
        assert_eq!(drawn(vec![option(24, 3)]), (Some(date(2029, 3, 31)), true, 2));
        // To be taken up by 30 September 2026, and it was not.
        assert_eq!(drawn(vec![option(24, 6)]), (Some(date(2027, 3, 31)), false, 1));
        // The first can be taken up still, the second had to be before it.
        assert_eq!(drawn(vec![option(12, 3), option(12, 18)]), (Some(date(2028, 3, 31)), true, 2));
    }

    #[test]
    fn every_term_is_drawn_within_the_picture() {
        let as_at = date(2026, 11, 23);
        for kind in [TermKind::Fixed, TermKind::Rolling, TermKind::RenewsYearly, TermKind::NotKnown] {
            for end in [None, Some(date(2015, 2, 28)), Some(date(2026, 11, 23)), Some(date(2099, 12, 31))] {
                for in_use in [None, Some(true)] {
                    let term = Term { kind, end, in_use, start: Some(date(1998, 1, 1)), ..Term::default() };
                    let span = Span::of(&outlook(&term, Period::months(18), as_at), term.start, term.current_end(), as_at);
                    for (x, width) in [span.agreed, span.perhaps, span.unclear].into_iter().flatten() {
                        assert!(x >= 0.0 && width > 0.0 && x + width <= 100.01, "{term:?}");
                    }
                    assert!(span.exits.iter().chain(&span.decisions).all(|mark| (0.0..=100.0).contains(&mark.x)), "{term:?}");
                }
            }
        }
    }
}
