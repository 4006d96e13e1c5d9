//! A chunk: up to 65,536 contracts in columns, sorted by id, that never change. What depends on the day stands apart in
//! [`super::derived`], so that midnight remakes no column.

use super::{
    column::{Column, DIMENSIONS, Dimension},
    days::{NO_DAY, date, day, maybe_day},
    derived::Derived,
    order::Orders,
    row_data::{RowData, ValueKind},
    words::{WordGatherer, WordIndex},
    world::Context,
};
use crate::register::{
    records::SupplierState,
    terms::{Outlook, Period, Term, TermKind, outlook},
};
use jiff::civil::Date;
use std::{collections::HashMap, hash::Hash, sync::Arc};
use uuid::Uuid;

/// A chunk.
#[derive(Clone, Debug)]
pub(crate) struct Chunk {
    pub(crate) columns: Arc<Columns>,
    pub(crate) derived: Arc<Derived>,
}

/// The columns of a chunk.
#[derive(Debug)]
pub(crate) struct Columns {
    pub(crate) ids: Vec<Uuid>,
    /// Titles and references one after another; two ends a row.
    text: String,
    ends: Vec<u32>,
    dimensions: [Column; DIMENSIONS],
    pub(crate) systems: Column,
    pub(crate) start: Vec<i32>,
    pub(crate) end: Vec<i32>,
    pub(crate) last_end: Vec<i32>,
    shape: Vec<u16>,
    shapes: Vec<Term>,
    pub(crate) pence: Vec<i64>,
    value: Vec<u16>,
    values: Vec<ValueKind>,
    route: Vec<u16>,
    routes: Vec<Option<Arc<str>>>,
    pub(crate) updated_at: Vec<i64>,
    pub(crate) confirmed: Vec<i32>,
    pub(crate) gaps: Vec<u16>,
    flags: Vec<u8>,
    pub(crate) words: WordIndex<u16>,
    pub(crate) orders: Orders,
}

/// Flag: the row has a reference.
const REFERENCED: u8 = 4;
/// Flag: unused buyer's options remain.
const EXTENDABLE: u8 = 8;
/// Flag: it renews yearly or rolls, so it has no end unless it was ended early.
const ENDLESS: u8 = 16;
/// Flag: another contract took its place.
const SUCCEEDED: u8 = 32;

/// Distinct values with the number of each; a chunk has at most 65,536 rows, so numbers fit.
struct Distinct<T> {
    values: Vec<T>,
    numbers: HashMap<T, u16>,
}

impl<T: Clone + Eq + Hash> Distinct<T> {
    fn new() -> Self {
        Self { values: Vec::new(), numbers: HashMap::new() }
    }

    fn number(&mut self, value: &T) -> u16 {
        if let Some(number) = self.numbers.get(value) {
            return *number;
        }
        let number = self.values.len() as u16;
        self.values.push(value.clone());
        self.numbers.insert(value.clone(), number);
        number
    }
}

impl Chunk {
    /// A chunk of these rows.
    pub(crate) fn new(mut rows: Vec<RowData>, context: &Context) -> Self {
        rows.sort_by_key(|row| row.id);
        let columns = Columns::new(&rows, context);
        drop(rows);
        let derived = Derived::new(&columns, context);
        Self { columns: Arc::new(columns), derived: Arc::new(derived) }
    }

    /// The same rows as at another day, or with suppliers or core functions changed.
    pub(crate) fn renewed(&self, context: &Context) -> Self {
        Self { columns: self.columns.clone(), derived: Arc::new(Derived::new(&self.columns, context)) }
    }

    pub(crate) fn len(&self) -> usize {
        self.columns.ids.len()
    }
}

impl Columns {
    fn new(rows: &[RowData], context: &Context) -> Self {
        let mut text =
            String::with_capacity(rows.iter().map(|r| r.title.len() + r.reference.as_ref().map_or(0, |r| r.len())).sum());
        let mut ends = Vec::with_capacity(rows.len() * 2);
        let mut words = WordGatherer::new();
        let mut shapes = Distinct::new();
        let mut values = Distinct::new();
        let mut routes = Distinct::new();
        let mut columns = Self {
            ids: rows.iter().map(|row| row.id).collect(),
            text: String::new(),
            ends: Vec::new(),
            dimensions: Self::dimensions(rows, context),
            systems: Column::new(rows.iter().map(|row| row.systems.as_slice()), false),
            start: rows.iter().map(|row| maybe_day(row.term.start)).collect(),
            end: rows.iter().map(|row| maybe_day(row.term.end)).collect(),
            last_end: rows.iter().map(|row| maybe_day(row.term.last_possible_end())).collect(),
            shape: Vec::with_capacity(rows.len()),
            shapes: Vec::new(),
            pence: rows.iter().map(|row| row.pence).collect(),
            value: rows.iter().map(|row| values.number(&row.value)).collect(),
            values: Vec::new(),
            route: rows.iter().map(|row| routes.number(&row.route)).collect(),
            routes: Vec::new(),
            updated_at: rows.iter().map(|row| row.updated_at).collect(),
            confirmed: rows.iter().map(|row| maybe_day(row.confirmed)).collect(),
            gaps: rows.iter().map(|row| row.gaps).collect(),
            flags: rows.iter().map(flags).collect(),
            words: WordIndex::default(),
            orders: Orders::default(),
        };
        for (place, row) in rows.iter().enumerate() {
            text.push_str(&row.title);
            ends.push(text.len() as u32);
            text.push_str(row.reference.as_deref().unwrap_or(""));
            ends.push(text.len() as u32);
            words.add(&row.text, place as u16);
            columns.shape.push(shapes.number(&Term { start: None, end: None, ..row.term.clone() }));
        }
        (columns.text, columns.ends, columns.words) = (text, ends, words.finish());
        (columns.shapes, columns.values, columns.routes) = (shapes.values, values.values, routes.values);
        columns.orders = Orders::new(&columns);
        columns
    }

    fn dimensions(rows: &[RowData], context: &Context) -> [Column; DIMENSIONS] {
        let areas: Vec<Vec<u32>> = rows
            .iter()
            .map(|row| {
                let mut areas: Vec<u32> = Vec::new();
                for function in &row.functions {
                    let area = context.function_area.get(*function as usize).copied().unwrap_or(super::column::NONE);
                    if area != super::column::NONE && !areas.contains(&area) {
                        areas.push(area);
                    }
                }
                areas
            })
            .collect();
        let column = |list: fn(&RowData) -> &[u32]| Column::new(rows.iter().map(list), true);
        [
            column(|row| &row.organisations),
            column(|row| &row.suppliers),
            column(|row| &row.products),
            column(|row| &row.functions),
            Column::new(areas.iter().map(Vec::as_slice), true),
            column(|row| row.framework.as_slice()),
            column(|row| &row.cpv),
            column(|row| &row.divisions),
            column(|row| std::slice::from_ref(&row.source)),
        ]
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(crate) fn dimension(&self, dimension: Dimension) -> &Column {
        &self.dimensions[dimension as usize]
    }

    pub(crate) fn title(&self, row: usize) -> &str {
        let from = if row == 0 { 0 } else { self.ends[row * 2 - 1] as usize };
        &self.text[from..self.ends[row * 2] as usize]
    }

    pub(crate) fn reference(&self, row: usize) -> Option<&str> {
        let text = &self.text[self.ends[row * 2] as usize..self.ends[row * 2 + 1] as usize];
        (self.flags[row] & REFERENCED != 0).then_some(text)
    }

    /// The row's term as its record has it.
    pub(crate) fn term(&self, row: usize) -> Term {
        Term { start: date(self.start[row]), end: date(self.end[row]), ..self.shapes[usize::from(self.shape[row])].clone() }
    }

    /// The current end: the last day agreed so far, or the day it was ended early.
    pub(crate) fn current_end(&self, row: usize) -> i32 {
        let shape = &self.shapes[usize::from(self.shape[row])];
        match (self.end[row], shape.terminated.map_or(NO_DAY, day)) {
            (NO_DAY, other) | (other, NO_DAY) => other,
            (_, terminated) if shape.kind.is_endless() => terminated,
            (end, terminated) => end.min(terminated),
        }
    }

    pub(crate) fn value(&self, row: usize) -> &ValueKind {
        &self.values[usize::from(self.value[row])]
    }

    pub(crate) fn route(&self, row: usize) -> Option<&Arc<str>> {
        self.routes[usize::from(self.route[row])].as_ref()
    }

    pub(crate) fn supplier_state(&self, row: usize) -> SupplierState {
        match self.flags[row] & 3 {
            0 => SupplierState::Known,
            1 => SupplierState::NotKnown,
            _ => SupplierState::Withheld,
        }
    }

    pub(crate) fn extendable(&self, row: usize) -> bool {
        self.flags[row] & EXTENDABLE != 0
    }

    pub(crate) fn endless(&self, row: usize) -> bool {
        self.flags[row] & ENDLESS != 0
    }

    /// Whether another contract took its place.
    pub(crate) fn succeeded(&self, row: usize) -> bool {
        self.flags[row] & SUCCEEDED != 0
    }

    /// What the row's term means and asks as at a day, as [`crate::register::records::Contract::outlook`] says it of the record.
    pub(crate) fn outlook(&self, row: usize, lead: Period, as_at: Date) -> Outlook {
        outlook(&self.term(row), lead, as_at).succeeded_if(self.succeeded(row))
    }

    /// The place of a contract.
    pub(crate) fn find(&self, id: Uuid) -> Option<usize> {
        self.ids.binary_search(&id).ok()
    }

    /// The rows again as they were before they came into columns.
    pub(crate) fn rows(&self) -> Vec<RowData> {
        let codes = |dimension: Dimension, row: usize| self.dimension(dimension).codes(row).collect::<Vec<u32>>();
        let mut rows: Vec<RowData> = (0..self.len())
            .map(|row| RowData {
                id: self.ids[row],
                title: self.title(row).into(),
                reference: self.reference(row).map(Into::into),
                text: String::new(),
                organisations: codes(Dimension::Organisation, row),
                suppliers: codes(Dimension::Supplier, row),
                products: codes(Dimension::Product, row),
                functions: codes(Dimension::Function, row),
                systems: self.systems.codes(row).collect(),
                cpv: codes(Dimension::Cpv, row),
                divisions: codes(Dimension::Division, row),
                framework: codes(Dimension::Framework, row).first().copied(),
                source: codes(Dimension::Source, row).first().copied().unwrap_or_default(),
                route: self.route(row).cloned(),
                supplier_state: self.supplier_state(row),
                term: self.term(row),
                succeeded: self.succeeded(row),
                pence: self.pence[row],
                value: self.value(row).clone(),
                updated_at: self.updated_at[row],
                confirmed: date(self.confirmed[row]),
                gaps: self.gaps[row],
            })
            .collect();
        for (word, places) in self.words.iter() {
            for place in places {
                let text = &mut rows[usize::from(*place)].text;
                text.push_str(word);
                text.push(' ');
            }
        }
        rows
    }
}

fn flags(row: &RowData) -> u8 {
    let state = match row.supplier_state {
        SupplierState::Known => 0,
        SupplierState::NotKnown => 1,
        SupplierState::Withheld => 2,
    };
    let mut flags = state;
    for (flag, on) in [
        (REFERENCED, row.reference.is_some()),
        (EXTENDABLE, row.term.unused_months() > 0),
        (ENDLESS, matches!(row.term.kind, TermKind::RenewsYearly | TermKind::Rolling)),
        (SUCCEEDED, row.succeeded),
    ] {
        flags |= if on { flag } else { 0 };
    }
    flags
}
