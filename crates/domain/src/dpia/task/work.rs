//! A person's list: what is theirs by name, by role, or because somebody is away.

use super::{Away, Mine, Task, days};
use crate::people::Member;
use jiff::civil::Date;
use serde::Serialize;

/// A person's open tasks as 'Your work' lists them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Work<'a> {
    /// Overdue, the longest first.
    pub late: Vec<(&'a Task, Mine)>,
    /// Due within seven days.
    pub week: Vec<(&'a Task, Mine)>,
    /// Due later, or without a date; those come last.
    pub later: Vec<(&'a Task, Mine)>,
}

/// Sorts a person's open tasks.
#[must_use]
pub fn work<'a>(tasks: impl IntoIterator<Item = &'a Task>, member: &Member, away: &[Away], today: Date) -> Work<'a> {
    let mut mine: Vec<(&Task, Mine)> =
        tasks.into_iter().filter(|task| task.open()).filter_map(|task| Some((task, task.mine(member, away, today)?))).collect();
    mine.sort_by_key(|(task, _)| (task.due.is_none(), task.due, task.at, task.id));
    let mut work = Work::default();
    for (task, why) in mine {
        match task.due.map(|due| days(today, due)) {
            Some(..0) => work.late.push((task, why)),
            Some(0..=7) => work.week.push((task, why)),
            _ => work.later.push((task, why)),
        }
    }
    work
}
