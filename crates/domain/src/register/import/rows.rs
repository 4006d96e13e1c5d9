//! A row's cells under a mapping: each is read, or a warning says why not and the field stays silent.

use super::cells::{
    Stated,
    dates::{self, DateCell, Evidence, Order, Role},
    lengths::{self, LengthCell},
    shown,
};
use super::draft::{Rejection, Warning};
use super::mapping::{Field, Mapping};
use crate::register::names::{placeholder, tidy};
use crate::register::terms::Period;
use jiff::civil::Date;
use serde::Serialize;

/// The first pass over a file: what each column of days shows of its order.
#[derive(Clone, Debug)]
pub struct Scan {
    columns: Vec<(usize, Evidence)>,
}

impl Scan {
    /// A scan of the mapping's columns of days.
    #[must_use]
    pub fn new(mapping: &Mapping) -> Self {
        let dates = Field::ALL.iter().filter(|field| field.is_date()).filter_map(|field| mapping.column(*field));
        Self { columns: dates.map(|column| (column, Evidence::default())).collect() }
    }

    /// Takes a row into account.
    pub fn observe(&mut self, cells: &[&str]) {
        for (column, evidence) in &mut self.columns {
            if let Some(cell) = cells.get(*column) {
                evidence.observe(cell);
            }
        }
    }

    /// Decides each column's order.
    #[must_use]
    pub fn decide(self) -> Orders {
        let count = self.columns.iter().map(|(column, _)| column + 1).max().unwrap_or(0);
        let mut orders = vec![None; count];
        for (column, evidence) in self.columns {
            orders[column] = Some((evidence.decide(), evidence));
        }
        Orders(orders)
    }
}

/// The order of day and month of each column.
#[derive(Clone, Debug, Default)]
pub struct Orders(Vec<Option<(Order, Evidence)>>);

/// What a report says of a column's order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ColumnOrder {
    /// The column's header.
    pub column: String,
    /// The order its days were read in.
    pub order: Order,
    /// Cells that show the day first.
    pub day_first: u64,
    /// Cells that show the month first.
    pub month_first: u64,
    /// Cells that could be read both ways.
    pub both: u64,
}

impl Orders {
    fn of(&self, column: usize) -> Order {
        self.0.get(column).copied().flatten().map_or(Order::Assumed, |(order, _)| order)
    }

    /// The order of every column of days, for the report.
    #[must_use]
    pub fn report(&self, mapping: &Mapping) -> Vec<ColumnOrder> {
        let column = |(place, found): (usize, &Option<(Order, Evidence)>)| {
            let ((order, evidence), column) = ((*found)?, mapping.columns.get(place)?);
            Some(ColumnOrder {
                column: column.header.clone(),
                order,
                day_first: evidence.day_first,
                month_first: evidence.month_first,
                both: evidence.both,
            })
        };
        self.0.iter().enumerate().filter_map(column).collect()
    }

    /// Warnings for columns whose order a person should know of: month first, mixed, or assumed where it mattered.
    #[must_use]
    pub fn warnings(&self, mapping: &Mapping) -> Vec<Warning> {
        let warn = |column: ColumnOrder| {
            let message = match column.order {
                Order::MonthFirst => {
                    format!(
                        "days are read with the month first: {} {} can be read no other way",
                        column.month_first,
                        if column.month_first == 1 { "cell" } else { "cells" }
                    )
                }
                Order::Mixed => format!(
                    "{} cells put the day first and {} the month: rows whose cell can be read both ways ({}) are rejected",
                    column.day_first, column.month_first, column.both
                ),
                Order::Assumed if column.both > 0 => {
                    let cells = match column.both {
                        1 => "1 cell is read".to_owned(),
                        both => format!("{both} cells are read"),
                    };
                    format!("no cell shows whether day or month comes first; {cells} with the day first")
                }
                Order::DayFirst | Order::Assumed => return None,
            };
            Some(Warning::new(0, &column.column, message))
        };
        self.report(mapping).into_iter().filter_map(warn).collect()
    }
}

/// Whether a spreadsheet put this in the place of a value: a column too narrow for it, or a formula that failed.
fn is_lost(cell: &str) -> bool {
    let cell = cell.trim();
    cell.starts_with('#')
        && (cell.len() > 1 && cell.bytes().all(|byte| byte == b'#')
            || matches!(cell, "#REF!" | "#VALUE!" | "#NAME?" | "#DIV/0!" | "#NUM!" | "#NULL!"))
}

/// One row being read.
pub struct RowCells<'a> {
    /// The row's number.
    pub row: u64,
    mapping: &'a Mapping,
    orders: &'a Orders,
    cells: &'a [&'a str],
    warnings: &'a mut Vec<Warning>,
}

impl<'a> RowCells<'a> {
    /// A row's cells in the order of the headers.
    pub fn new(row: u64, cells: &'a [&'a str], mapping: &'a Mapping, orders: &'a Orders, warnings: &'a mut Vec<Warning>) -> Self {
        let mut cells = Self { row, mapping, orders, cells, warnings };
        cells.tell_of_what_was_lost();
        cells
    }

    /// Warns of cells that held something before a spreadsheet saved them.
    fn tell_of_what_was_lost(&mut self) {
        if !self.cells.iter().any(|cell| is_lost(cell)) {
            return;
        }
        for field in Field::ALL.iter().copied() {
            let cell = self.mapping.column(field).and_then(|column| self.cells.get(column)).map_or("", |cell| cell.trim());
            if is_lost(cell) && !matches!(field, Field::Ignore | Field::Contact) {
                let why = "a spreadsheet wrote this in the place of what the cell held; it is passed over";
                self.warn(field, format!("‘{}’: {why}", shown(cell)));
            }
        }
    }

    /// The cell of a field, trimmed; empty where there is none, or nothing but what a spreadsheet put in its place.
    #[must_use]
    pub fn get(&self, field: Field) -> &'a str {
        let cell = self.mapping.column(field).and_then(|column| self.cells.get(column)).map_or("", |cell| cell.trim());
        if is_lost(cell) { "" } else { cell }
    }

    /// Adds a warning.
    pub fn warn(&mut self, field: Field, message: impl Into<String>) {
        self.warnings.push(Warning::new(self.row, field.as_str(), message));
    }

    /// A text on one line, or silence; 'N/A' and its like say that it is not known.
    #[must_use]
    pub fn text(&self, field: Field) -> Stated<String> {
        let cell = tidy(self.get(field));
        if cell.is_empty() {
            Stated::Silent
        } else if placeholder::is_not_known(&cell) {
            Stated::NotKnown
        } else {
            Stated::Is(cell.into_owned())
        }
    }

    /// A day; what is no day is left out with a warning.
    ///
    /// # Errors
    /// Where the column mixes orders and this cell can be read both ways: the row is rejected.
    pub fn date(&mut self, field: Field) -> Result<DateCell, Rejection> {
        let cell = self.get(field);
        if cell.is_empty() {
            return Ok(DateCell::Empty);
        }
        let order = self.mapping.column(field).map_or(Order::Assumed, |column| self.orders.of(column));
        let role = if field == Field::Start { Role::Start } else { Role::Other };
        let read = dates::read(cell, order, role);
        match read {
            DateCell::Ambiguous => {
                let reason = format!("‘{}’ can be read with the day or the month first, and the column does both", shown(cell));
                return Err(Rejection::new(self.row, field.as_str(), reason));
            }
            DateCell::Unreadable(why) => self.warn(field, format!("‘{}’ is left as not known: {why}", shown(cell))),
            _ => {}
        }
        Ok(read)
    }

    /// A day, where words for 'no end' mean nothing more than that it is not known.
    ///
    /// # Errors
    /// As [`RowCells::date`].
    pub fn day(&mut self, field: Field) -> Result<Stated<Date>, Rejection> {
        Ok(match self.date(field)? {
            DateCell::Day(day) => Stated::Is(day),
            DateCell::NotKnown | DateCell::Rolling | DateCell::RenewsYearly => Stated::NotKnown,
            DateCell::Empty | DateCell::Ambiguous | DateCell::Unreadable(_) => Stated::Silent,
        })
    }

    /// A day if the cell holds one, without a word if not: for cells that may hold something else.
    ///
    /// # Errors
    /// As [`RowCells::date`].
    pub fn probe_day(&mut self, field: Field) -> Result<Option<Date>, Rejection> {
        let before = self.warnings.len();
        let read = self.date(field);
        self.warnings.truncate(before);
        Ok(match read? {
            DateCell::Day(day) => Some(day),
            _ => None,
        })
    }

    /// Lengths of time.
    pub fn lengths(&mut self, field: Field) -> Stated<Vec<Period>> {
        let cell = self.get(field);
        match lengths::read(cell) {
            LengthCell::Empty => Stated::Silent,
            LengthCell::NotKnown => Stated::NotKnown,
            LengthCell::Lengths { parts, note } => {
                if let Some(note) = note {
                    self.warn(field, format!("‘{}’: {note}", shown(cell)));
                }
                Stated::Is(parts)
            }
            LengthCell::Unreadable(why) => {
                self.warn(field, format!("‘{}’ is left as not known: {why}", shown(cell)));
                Stated::Silent
            }
        }
    }

    /// A cell read by a function that may not understand it.
    pub fn read<T>(&mut self, field: Field, read: impl Fn(&str) -> Option<T>, wanted: &str) -> Stated<T> {
        let cell = self.get(field);
        if cell.is_empty() {
            return Stated::Silent;
        }
        match read(cell) {
            Some(value) => Stated::Is(value),
            None if placeholder::is_not_known(cell) => Stated::NotKnown,
            None => {
                self.warn(field, format!("‘{}’ is left as not known: it is not {wanted}", shown(cell)));
                Stated::Silent
            }
        }
    }
}
