//! Which decision date is heard of, when, and once; by whom, [`super::asked`] says.
//!
//! A contract's next decision date is heard of when 12, 6 and 3 months are left, and when it has passed while the exit it was
//! for is still ahead. A stage that was passed over (the contract was entered late, the server stood still) is not made up
//! for: the latest stage reached counts. What was said is kept per kind of decision and date, so that
//!
//! - nothing is said twice: a date whose stage was said is silent until its next stage;
//! - nothing said stays wrong: where the latest message named a date ahead that no longer holds, whoever got it hears which date
//!   does, however far away and of whatever kind of decision, and which one it replaces; or that there is none any more.

mod again;

pub use again::{Spoken, again, last_of};

use crate::register::terms::{Decision, DecisionKind, Outlook, Period};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How near a decision date is when it is heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// A date that was named no longer holds, and nothing has to be decided in its place.
    Gone,
    /// More than twelve months are left: said only in the place of a date that no longer holds.
    Ahead,
    /// Twelve months or less are left.
    Twelve,
    /// Six months or less.
    Six,
    /// Three months or less.
    Three,
    /// It has passed, and nothing was decided.
    Passed,
}

impl Stage {
    /// Every stage, in the order in which they come.
    pub const ALL: [Stage; 6] = [Stage::Gone, Stage::Ahead, Stage::Twelve, Stage::Six, Stage::Three, Stage::Passed];

    /// Its name in tables and templates.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Gone => "gone",
            Stage::Ahead => "ahead",
            Stage::Twelve => "twelve",
            Stage::Six => "six",
            Stage::Three => "three",
            Stage::Passed => "passed",
        }
    }

    /// Reads a stage from its name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Stage> {
        Stage::ALL.into_iter().find(|stage| stage.as_str() == name)
    }

    /// The stage that a date has reached; none while more than twelve months are left.
    #[must_use]
    pub fn reached(date: Date, today: Date) -> Option<Stage> {
        if date < today {
            return Some(Stage::Passed);
        }
        [(Stage::Three, 3), (Stage::Six, 6), (Stage::Twelve, 12)]
            .into_iter()
            .find(|(_, months)| Period::months(*months).before(date) <= today)
            .map(|(stage, _)| stage)
    }
}

/// What was said of one contract's decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Which decision.
    pub kind: DecisionKind,
    /// The date that was named.
    pub date: Date,
    /// The stage that was said of it; a later one stands beside it.
    pub stage: Stage,
    /// When, milliseconds of UTC (a later message has a greater one).
    pub at: i64,
}

/// Something to be said now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Due {
    /// Which decision; of one that is gone, the one that was named.
    pub kind: DecisionKind,
    /// By when.
    pub date: Date,
    /// For which exit; of one that is gone, its date.
    pub exit: Date,
    /// How near it is.
    pub stage: Stage,
    /// The date an earlier message named, which no longer holds.
    pub replaces: Option<Date>,
    /// Whether the date is the latest it can be, since the notice is not known.
    pub at_latest: bool,
}

/// What is to be said of a contract now to somebody, given what that person was told before. Of the decisions still ahead only the
/// earliest counts; each that has passed does.
#[must_use]
pub fn due(outlook: &Outlook, said: &[Said], today: Date) -> Vec<Due> {
    let next = next(outlook);
    let holds = |one: &Said| still_holds(outlook, one.kind, one.date);
    let stale = believed(said, today).filter(|one| !holds(one));
    let mut all: Vec<Due> = Vec::new();
    for decision in outlook.missed().chain(next) {
        let of_kind = || said.iter().filter(|one| one.kind == decision.kind);
        let before = of_kind().filter(|one| one.date == decision.date).max_by_key(|one| one.at);
        // The latest message of this kind, if it named a date that no longer holds and that is not simply behind us.
        let wrong = of_kind().max_by_key(|one| (one.at, ahead(one))).filter(|one| ahead(one) && !holds(one));
        let wrong = if decision.missed { wrong } else { wrong.or(stale) };
        let went_wrong = wrong.is_some_and(|wrong| before.is_none_or(|one| one.at <= wrong.at));
        let reached = Stage::reached(decision.date, today);
        let is_new = reached.is_some_and(|stage| before.is_none_or(|one| one.stage < stage));
        if is_new || went_wrong {
            let replaces = wrong.map(|one| one.date).filter(|date| *date != decision.date);
            let stage = reached.unwrap_or(Stage::Ahead);
            let Decision { kind, date, exit, at_latest, .. } = *decision;
            let due = Due { kind, date, exit, stage, replaces, at_latest };
            if !all.iter().any(|other| other.kind == due.kind && other.date == due.date) {
                all.push(due);
            }
        }
    }
    if let (None, Some(stale)) = (next, stale) {
        all.push(gone(stale));
    }
    all
}

/// What is to be said now to somebody who is no longer asked about a contract: only that a date they were given no longer holds,
/// with the one that does. `outlook` is none where the contract is not in the register any more.
#[must_use]
pub fn correction(outlook: Option<&Outlook>, said: &[Said], today: Date) -> Option<Due> {
    let stale = believed(said, today)?;
    if outlook.is_some_and(|outlook| still_holds(outlook, stale.kind, stale.date)) {
        return None;
    }
    let Some(Decision { kind, date, exit, at_latest, .. }) = outlook.and_then(next).copied() else { return Some(gone(stale)) };
    let stage = Stage::reached(date, today).unwrap_or(Stage::Ahead);
    Some(Due { kind, date, exit, stage, replaces: Some(stale.date).filter(|before| *before != date), at_latest })
}

/// The earliest decision that is still ahead.
fn next(outlook: &Outlook) -> Option<&Decision> {
    outlook.decisions.iter().find(|decision| !decision.missed)
}

fn ahead(said: &Said) -> bool {
    !matches!(said.stage, Stage::Passed | Stage::Gone)
}

/// What somebody still believes has to be decided, of whatever kind. A day behind us misleads nobody.
fn believed(said: &[Said], today: Date) -> Option<&Said> {
    let latest = said.iter().filter(|one| one.stage != Stage::Passed).max_by_key(|one| one.at);
    latest.filter(|one| ahead(one) && one.date >= today)
}

fn gone(stale: &Said) -> Due {
    Due { kind: stale.kind, date: stale.date, exit: stale.date, stage: Stage::Gone, replaces: None, at_latest: false }
}

/// What was said, after `due` was said at an instant.
#[must_use]
pub fn after(said: &[Said], due: &[Due], at: i64) -> Vec<Said> {
    let mut all = said.to_vec();
    for one in due {
        all.retain(|other| (other.kind, other.date, other.stage) != (one.kind, one.date, one.stage));
        all.push(Said { kind: one.kind, date: one.date, stage: one.stage, at });
    }
    all
}

/// Whether a decision that a message names is one, as named.
#[must_use]
pub fn still_holds(outlook: &Outlook, kind: DecisionKind, date: Date) -> bool {
    outlook.decisions.iter().any(|decision| decision.kind == kind && decision.date == date)
}

#[cfg(test)]
mod tests;
