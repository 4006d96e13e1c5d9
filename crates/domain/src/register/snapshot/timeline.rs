//! Contract ends by quarter.

use super::{
    Snapshot,
    days::{NO_DAY, date},
    filter::Plan,
    question::Filters,
};
use crate::register::terms::Status;
use serde::Serialize;

/// The contracts whose last possible end falls in one quarter of a calendar year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Quarter {
    /// The year.
    pub year: i16,
    /// 1 to 4.
    pub quarter: u8,
    /// Contracts with no option left: they end then.
    pub firm: u32,
    /// Contracts that end then if all their unused options are taken, and sooner if not.
    pub if_extended: u32,
}

/// Contract ends by quarter, and those that have no place in one. Every matching contract is counted once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Timeline {
    /// The quarters asked for, in order, empty ones included.
    pub quarters: Vec<Quarter>,
    /// Past their end: they could end any day.
    pub past_end: u32,
    /// Renewing yearly or rolling: they have no end.
    pub no_end: u32,
    /// With an end that is not known.
    pub not_known: u32,
    /// Ending before the first quarter.
    pub before: u32,
    /// Ending after the last quarter.
    pub after: u32,
    /// Ended already.
    pub ended: u32,
}

impl Snapshot {
    /// The matching contracts by the quarter of their last possible end, `count` quarters from `from` (year, quarter 1 to
    /// 4).
    #[must_use]
    pub fn quarters(&self, filters: &Filters, from: (i16, u8), count: usize) -> Timeline {
        let plan = Plan::new(&self.world, filters, self.as_at);
        let matched = plan.run(&self.chunks).matched(None);
        let first = i32::from(from.0) * 4 + i32::from(from.1.clamp(1, 4)) - 1;
        let count = count.min(4_000);
        let mut line = Timeline {
            quarters: (first..first + count as i32)
                .map(|number| Quarter {
                    year: number.div_euclid(4) as i16,
                    quarter: number.rem_euclid(4) as u8 + 1,
                    firm: 0,
                    if_extended: 0,
                })
                .collect(),
            ..Timeline::default()
        };
        for (chunk, bits) in self.chunks.iter().zip(&matched.bits) {
            bits.each(|row| {
                let columns = &chunk.columns;
                let sum = match chunk.derived.status(row) {
                    Status::PastEnd => &mut line.past_end,
                    Status::Ended => &mut line.ended,
                    _ if columns.last_end[row] == NO_DAY && columns.endless(row) => &mut line.no_end,
                    _ => match date(columns.last_end[row]) {
                        None => &mut line.not_known,
                        Some(end) => {
                            let number = i32::from(end.year()) * 4 + (i32::from(end.month()) - 1) / 3 - first;
                            match usize::try_from(number).map(|number| line.quarters.get_mut(number)) {
                                Err(_) => &mut line.before,
                                Ok(None) => &mut line.after,
                                Ok(Some(quarter)) if columns.extendable(row) => &mut quarter.if_extended,
                                Ok(Some(quarter)) => &mut quarter.firm,
                            }
                        }
                    },
                };
                *sum += 1;
            });
        }
        line
    }
}
