//! Days as registers write them, and whether a column puts the day or the month first.
//!
//! A column is gone through once to gather [`Evidence`], which is then decided into an [`Order`]; the cells are read under it.

mod shape;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use shape::{Reading, shape};

/// Which comes first in a column's `03/04/2024`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Day first, and a cell of the column shows it.
    DayFirst,
    /// Month first, and a cell of the column shows it.
    MonthFirst,
    /// Some cells can only be read one way, some only the other: cells that can be read both ways cannot be read.
    Mixed,
    /// No cell shows it: day first, as is the custom here.
    Assumed,
}

/// What the cells of a column show of its order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Cells that are a day with the day first alone.
    pub day_first: u64,
    /// Cells that are a day with the month first alone.
    pub month_first: u64,
    /// Cells that are a day both ways, and not the same one.
    pub both: u64,
}

impl Evidence {
    /// Takes a cell into account.
    pub fn observe(&mut self, text: &str) {
        // The commonest cells show nothing, and are told apart cheaply: empty ones, and ISO days.
        let bytes = text.as_bytes();
        if bytes.len() < 6 || bytes.len() >= 10 && bytes[4] == b'-' && bytes[7] == b'-' {
            return;
        }
        if let Reading::Either { day_first, month_first } = shape(text) {
            match (day_first, month_first) {
                (Some(a), Some(b)) if a == b => {}
                (Some(_), Some(_)) => self.both += 1,
                (Some(_), None) => self.day_first += 1,
                (None, Some(_)) => self.month_first += 1,
                (None, None) => {}
            }
        }
    }

    /// One unambiguous order wins; evidence for both is mixed; none means day first.
    #[must_use]
    pub fn decide(self) -> Order {
        match (self.day_first > 0, self.month_first > 0) {
            (true, true) => Order::Mixed,
            (true, false) => Order::DayFirst,
            (false, true) => Order::MonthFirst,
            (false, false) => Order::Assumed,
        }
    }
}

/// Whether a day begins or ends something: registers hold contracts begun long ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A first day: from 1950.
    Start,
    /// Any other: from 1990.
    Other,
}

/// A cell of a column of days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DateCell {
    /// Nothing.
    Empty,
    /// A day.
    Day(Date),
    /// 'Rolling', 'ongoing', 'until terminated'.
    Rolling,
    /// 'Renews annually', 'auto-renews'.
    RenewsYearly,
    /// 'TBC', 'N/A'.
    NotKnown,
    /// A day both ways in a column of mixed order: the row is rejected.
    Ambiguous,
    /// Not readable, and why.
    Unreadable(&'static str),
}

/// Reads a cell under its column's order.
#[must_use]
pub fn read(text: &str, order: Order, role: Role) -> DateCell {
    let day = match shape(text) {
        Reading::Empty => return DateCell::Empty,
        Reading::Rolling => return DateCell::Rolling,
        Reading::RenewsYearly => return DateCell::RenewsYearly,
        Reading::NotKnown => return DateCell::NotKnown,
        Reading::Not(why) => return DateCell::Unreadable(why),
        Reading::Day(day) => day,
        Reading::Either { day_first, month_first } => match (day_first, month_first, order) {
            (None, None, _) => return DateCell::Unreadable("there is no such day"),
            (Some(a), Some(b), Order::Mixed) if a != b => return DateCell::Ambiguous,
            (Some(day), _, Order::DayFirst | Order::Assumed) | (_, Some(day), Order::MonthFirst) => day,
            (Some(day), _, Order::Mixed) | (_, Some(day), Order::Mixed) => day,
            // One order rules the column, and under it this cell is no day.
            _ => return DateCell::Unreadable("there is no such day"),
        },
    };
    let earliest = if role == Role::Start { 1950 } else { 1990 };
    if (earliest..=2100).contains(&day.year()) { DateCell::Day(day) } else { DateCell::Unreadable("the year is out of range") }
}
