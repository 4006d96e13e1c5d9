//! Several contracts on one axis of days: what is agreed, what depends on an option or a renewal, the days each can end, the
//! decisions. Percentages across; drawn by the macro `lanes_chart` of `templates/register/uses.html` beside a table that says
//! the same.

use super::{
    charts::percent,
    views::{self, End, Line},
};
use domain::register::{
    snapshot::{ContractRow, Snapshot},
    terms::{Decision, Outlook, Status, TermState, add_months},
};
use jiff::{ToSpan, civil::Date};
use serde::Serialize;

/// How much of the time before the as-at day is drawn, in months.
const BEFORE: u32 = 5;
/// How much at least is drawn after it, in months.
const LEAST: u32 = 36;
/// How much at most.
const LONGEST: u32 = 96;

/// A mark on the axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Year {
    year: i16,
    x: f64,
}

/// A piece of a lane.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Piece {
    /// The class it is filled with.
    class: &'static str,
    x: f64,
    width: f64,
}

/// A day on a lane.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Mark {
    /// `ct-f-exit`, `ct-f-sun` or `ct-f-brick`.
    class: &'static str,
    x: f64,
}

/// One contract.
#[derive(Clone, Debug, Serialize)]
pub struct Lane {
    line: Line,
    pieces: Vec<Piece>,
    marks: Vec<Mark>,
    /// What the marks say, for whoever does not see them: the table beside the picture has the next decision alone.
    exits: Vec<Date>,
    decisions: Vec<Decision>,
}

/// Contracts on one axis.
#[derive(Clone, Debug, Serialize)]
pub struct Lanes {
    years: Vec<Year>,
    now: f64,
    lanes: Vec<Lane>,
}

/// The days that are drawn.
#[derive(Clone, Copy)]
struct Axis {
    from: Date,
    to: Date,
}

impl Axis {
    fn x(self, day: Date) -> f64 {
        let days = |until: Date| f64::from(until.since(self.from).map_or(0, |span| span.get_days()));
        percent(days(day).clamp(0.0, days(self.to)), days(self.to))
    }

    fn holds(self, day: Date) -> bool {
        day >= self.from && day <= self.to
    }
}

impl Lanes {
    /// The picture of contracts, in the order given; none for no contract.
    #[must_use]
    pub fn of(snapshot: &Snapshot, rows: &[ContractRow]) -> Option<Self> {
        let as_at = snapshot.as_at();
        let from = as_at.checked_sub(i64::from(BEFORE).months()).ok()?.first_of_month();
        let seen: Vec<(Line, Outlook, Option<Date>, Option<Date>)> = rows
            .iter()
            .map(|row| {
                let contract = snapshot.contract(*row);
                (views::line(&contract, as_at), contract.outlook(), contract.start(), contract.end())
            })
            .filter(|(_, outlook, ..)| outlook.status != Status::Ended)
            .collect();
        if seen.is_empty() {
            return None;
        }
        let last = seen.iter().filter_map(|(_, outlook, ..)| outlook.last_possible_end).max().unwrap_or(as_at);
        let to = add_months(last, 4).clamp(add_months(as_at, LEAST), add_months(as_at, LONGEST));
        let axis = Axis { from, to };
        let years = (from.year() + 1..=to.year())
            .filter_map(|year| Some(Year { year, x: axis.x(Date::new(year, 1, 1).ok()?) }))
            // Its number would stand beyond the picture's edge on a narrow screen.
            .filter(|year| year.x < 88.0)
            .collect();
        let lanes = seen
            .into_iter()
            .map(|(line, outlook, start, agreed)| Lane {
                pieces: pieces(axis, &line.end, &outlook, start, agreed, as_at),
                marks: marks(axis, &outlook),
                exits: exits(axis, &outlook).collect(),
                decisions: decisions(axis, &outlook).collect(),
                line,
            })
            .collect();
        Some(Self { years, now: axis.x(as_at), lanes })
    }
}

fn pieces(axis: Axis, end: &End, outlook: &Outlook, start: Option<Date>, agreed: Option<Date>, as_at: Date) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut piece = |class, from: Date, to: Date| {
        let (x, until) = (axis.x(from), axis.x(to));
        if until > x {
            pieces.push(Piece { class, x, width: ((until - x) * 100.0).round() / 100.0 });
        }
    };
    let begun = start.unwrap_or(axis.from).max(axis.from);
    match (end, outlook.term) {
        (End::Ended { .. }, _) => {}
        (End::PastEnd { ended, .. }, _) => {
            let ended = ended.unwrap_or(axis.from);
            piece("ct-f-bar", begun, ended);
            piece("ct-f-hatch-grey", ended.max(axis.from), axis.to);
        }
        (End::Dated { date, now, .. }, _) => {
            let firm = now.unwrap_or(*date);
            piece("ct-f-bar", begun, firm);
            // An option whose day to be taken up has passed adds nothing.
            piece("ct-f-hatch", firm.max(begun), outlook.open_end.unwrap_or(*date));
        }
        (End::Renews { next }, TermState::RenewsYearly) => {
            let firm = next.or(agreed).unwrap_or(as_at);
            piece("ct-f-bar", begun, firm);
            piece("ct-f-hatch", firm.max(begun), axis.to);
        }
        (End::Rolling | End::Renews { .. }, _) => {
            let firm = outlook.exits.first().map_or(as_at, |exit| exit.date);
            piece("ct-f-bar", begun, firm);
            piece("ct-f-hatch", firm.max(begun), axis.to);
        }
        (End::NotKnown, _) => piece("ct-f-hatch-grey", begun.max(as_at), axis.to),
    }
    pieces
}

/// The days that it can end and that are drawn.
fn exits(axis: Axis, outlook: &Outlook) -> impl Iterator<Item = Date> {
    let drawn = outlook.exits.iter().filter(move |exit| axis.holds(exit.date) && !exit.lost);
    drawn.filter(move |_| outlook.status != Status::PastEnd).map(|exit| exit.date)
}

/// The decisions that are drawn.
fn decisions(axis: Axis, outlook: &Outlook) -> impl Iterator<Item = Decision> {
    outlook.decisions.iter().copied().filter(move |decision| axis.holds(decision.date))
}

fn marks(axis: Axis, outlook: &Outlook) -> Vec<Mark> {
    let exits = exits(axis, outlook).map(|day| Mark { class: "ct-f-exit", x: axis.x(day) });
    let decisions = decisions(axis, outlook)
        .map(|decision| Mark { class: if decision.missed { "ct-f-brick" } else { "ct-f-sun" }, x: axis.x(decision.date) });
    exits.chain(decisions).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::register::terms::{Extension, Period, Term, TermKind, outlook};
    use jiff::civil::date;

    const AXIS: Axis = Axis { from: date(2026, 1, 1), to: date(2030, 1, 1) };

    fn drawn(term: &Term) -> (Vec<&'static str>, Vec<&'static str>) {
        let as_at = date(2026, 11, 23);
        let outlook = outlook(term, Period::months(12), as_at);
        let end = End::of(&outlook, term.current_end(), as_at);
        let pieces = pieces(AXIS, &end, &outlook, term.start, term.current_end(), as_at);
        for piece in &pieces {
            assert!(piece.x >= 0.0 && piece.x + piece.width <= 100.01, "{piece:?}");
        }
        (pieces.iter().map(|piece| piece.class).collect(), marks(AXIS, &outlook).iter().map(|mark| mark.class).collect())
    }

    #[test]
    fn what_is_agreed_is_solid_and_what_an_option_would_add_is_hatched() {
        let option = Extension { months: 12, notice: Some(Period::months(3)), ..Extension::default() };
        let term = Term { kind: TermKind::Fixed, end: Some(date(2027, 3, 31)), extensions: vec![option], ..Term::default() };
        let (pieces, marks) = drawn(&term);
        assert_eq!(pieces, ["ct-f-bar", "ct-f-hatch"]);
        assert_eq!(marks, ["ct-f-exit", "ct-f-exit", "ct-f-sun", "ct-f-sun"]);
    }

    #[test]
    fn an_option_whose_day_has_passed_is_not_drawn() {
        let option = Extension { months: 12, notice: Some(Period::months(6)), ..Extension::default() };
        let term = Term { kind: TermKind::Fixed, end: Some(date(2027, 3, 31)), extensions: vec![option], ..Term::default() };
        let (pieces, marks) = drawn(&term);
        assert_eq!(pieces, ["ct-f-bar"]);
        assert_eq!(marks.iter().filter(|class| **class == "ct-f-exit").count(), 1);
    }

    #[test]
    fn what_is_past_its_end_or_not_known_is_grey() {
        let past = Term { kind: TermKind::Fixed, end: Some(date(2026, 6, 30)), in_use: Some(true), ..Term::default() };
        assert_eq!(drawn(&past).0, ["ct-f-bar", "ct-f-hatch-grey"]);
        assert_eq!(drawn(&Term::default()).0, ["ct-f-hatch-grey"]);
    }

    #[test]
    fn a_renewing_contract_runs_to_the_edge() {
        let term = Term { kind: TermKind::RenewsYearly, end: Some(date(2027, 3, 31)), ..Term::default() };
        assert_eq!(drawn(&term).0, ["ct-f-bar", "ct-f-hatch"]);
    }
}
