//! Orders: the sort keys of a row, and each chunk's places sorted by them.

use super::{
    chunk::{Chunk, Columns},
    cursor::Key,
    days::NO_DAY,
    derived::Derived,
    question::Sort,
    words::folded,
};
use crate::register::terms::Status;

/// A chunk's places in the orders that do not depend on the day.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    ends: Vec<u16>,
    ends_descending: Vec<u16>,
    value: Vec<u16>,
    value_descending: Vec<u16>,
    title: Vec<u16>,
}

/// Places `0..len` by key, ties by place (which is by id).
pub(crate) fn sorted(len: usize, key: impl Fn(usize) -> i64) -> Vec<u16> {
    let mut keyed: Vec<(i64, u16)> = (0..len).map(|row| (key(row), row as u16)).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, row)| row).collect()
}

impl Orders {
    pub(crate) fn new(columns: &Columns) -> Self {
        let len = columns.len();
        // Most titles differ in their first eight bytes: comparing those as a number spares most comparisons of text.
        let mut titles: Vec<(u64, u16, String)> = (0..len)
            .map(|row| {
                let text = folded(columns.title(row));
                let mut head = [0; 8];
                head.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
                (u64::from_be_bytes(head), row as u16, text)
            })
            .collect();
        titles.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| a.2.cmp(&b.2)).then(a.1.cmp(&b.1)));
        Self {
            ends: sorted(len, |row| number(columns, Sort::Ends, row)),
            ends_descending: sorted(len, |row| number(columns, Sort::EndsDescending, row)),
            value: sorted(len, |row| number(columns, Sort::Value, row)),
            value_descending: sorted(len, |row| number(columns, Sort::ValueDescending, row)),
            title: titles.into_iter().map(|(_, row, _)| row).collect(),
        }
    }
}

/// A row's key in the orders by date and sum; what is not known comes last.
fn number(columns: &Columns, sort: Sort, row: usize) -> i64 {
    let day = |sign: i64| match columns.last_end[row] {
        NO_DAY => i64::MAX,
        day => sign * i64::from(day),
    };
    match (sort, columns.pence[row]) {
        (Sort::EndsDescending, _) => day(-1),
        (Sort::Value | Sort::ValueDescending, i64::MIN) => i64::MAX,
        (Sort::Value, pence) => pence,
        (Sort::ValueDescending, pence) => -pence,
        _ => day(1),
    }
}

/// A row's key in the order of attention: past its end (longest first), last possible end ahead, no end, not known, ended
/// (latest first).
pub(crate) fn attention(columns: &Columns, derived: &Derived, row: usize) -> i64 {
    let last = columns.last_end[row];
    let (class, within) = match derived.status(row) {
        Status::PastEnd => (0, columns.current_end(row)),
        Status::Ended => (4, if last == NO_DAY { i32::MAX } else { -last }),
        _ if last != NO_DAY => (1, last),
        _ if columns.endless(row) => (2, 0),
        _ => (3, 0),
    };
    (class << 33) + i64::from(within)
}

impl Chunk {
    /// The chunk's places in an order.
    pub(crate) fn order(&self, sort: Sort) -> &[u16] {
        let orders = &self.columns.orders;
        match sort {
            Sort::Attention => &self.derived.attention,
            Sort::Ends => &orders.ends,
            Sort::EndsDescending => &orders.ends_descending,
            Sort::Value => &orders.value,
            Sort::ValueDescending => &orders.value_descending,
            Sort::Title => &orders.title,
        }
    }

    /// A row's key in an order.
    pub(crate) fn key(&self, sort: Sort, row: usize) -> Key {
        match sort {
            Sort::Title => Key::Text(folded(self.columns.title(row))),
            _ => Key::Number(self.number(sort, row)),
        }
    }

    /// A row's key in an order by number.
    pub(crate) fn number(&self, sort: Sort, row: usize) -> i64 {
        match sort {
            Sort::Attention => attention(&self.columns, &self.derived, row),
            _ => number(&self.columns, sort, row),
        }
    }
}
