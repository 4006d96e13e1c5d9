//! When somebody is reminded of a task: before its last day, on it, and after. Once each.

use super::{Task, days};
use jiff::civil::Date;
use serde::Serialize;

/// What a reminder says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reminder {
    /// It is due in some days; 0 is today.
    Due {
        /// Days left.
        days: i64,
    },
    /// It is late.
    Late {
        /// Days since its last day.
        days: i64,
    },
}

impl Task {
    /// Whether a reminder is due on a day: a week before, the day before, on the day, the day after, and each week from then
    /// on. One is enough for days that were missed.
    #[must_use]
    pub fn reminder(&self, today: Date) -> Option<Reminder> {
        let due = self.due.filter(|_| self.open())?;
        let left = days(today, due);
        let latest = match left {
            8.. => return None,
            2..=7 => 7,
            1 => 1,
            0 => 0,
            late => {
                let late = -late;
                if late < 7 { -1 } else { -(late / 7 * 7) }
            }
        };
        let on = due.saturating_sub(jiff::Span::new().days(latest));
        let given = jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::from_millisecond(self.since).ok()?).date();
        // Somebody who was given it since then knows of it.
        if on < given || self.reminded.is_some_and(|last| last >= on) {
            return None;
        }
        Some(if left < 0 { Reminder::Late { days: -left } } else { Reminder::Due { days: left } })
    }
}
