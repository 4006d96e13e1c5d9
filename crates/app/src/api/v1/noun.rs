//! What systems, suppliers, products, planned procurements and skills have in common in the API: a list by filters in an order, in
//! pages or as a file, and one record by its id. Each noun says what is its own in its module; the handlers stand there too, since
//! the description is made from them.

use super::{answer, files::Exported, request::Takes};
use crate::{error::Failure, state::App, web::query::Params};
use api_json::shapes::{List, ListFacets};
use axum::response::Response;
use documents::export::{Cell, Column, Kind};
use domain::register::snapshot::{ListFilters, ListPage, ListQuery, ListSort, Snapshot};
use serde::Serialize;
use std::{marker::PhantomData, str::FromStr};

/// A noun of the register whose list the snapshot keeps.
pub trait Noun: 'static {
    /// The ids of its records.
    type Id: FromStr;
    /// How the snapshot names one of them.
    type Row: Copy;
    /// One of them as JSON.
    type Item<'s>: Serialize;
    /// The list's name, as addresses have it.
    const NAME: &'static str;
    /// What the list takes.
    const TAKES: &'static Takes;

    /// Answers a question to the list.
    fn page<'s>(snapshot: &'s Snapshot, query: &ListQuery) -> ListPage<'s, Self::Row>;
    /// The record with an id, if it is there.
    fn find(snapshot: &Snapshot, id: Self::Id) -> Option<Self::Row>;
    /// A record as JSON.
    fn item(snapshot: &Snapshot, row: Self::Row) -> Option<Self::Item<'_>>;
    /// The columns of its files.
    fn columns() -> Vec<(&'static str, Kind)>;
    /// A record as a row of them.
    fn cells(item: Self::Item<'_>) -> Vec<Cell<'_>>;
}

/// The records of a noun that a request asks for.
pub struct Wanted<N> {
    filters: ListFilters,
    sort: ListSort,
    noun: PhantomData<fn() -> N>,
}

impl<N: Noun> Wanted<N> {
    /// Reads filters and order.
    ///
    /// # Errors
    /// When one cannot be read, or is none of this list's.
    pub fn read(params: &Params) -> Result<Self, Failure> {
        let (filters, sort) = N::TAKES.read(params)?;
        Ok(Self { filters, sort, noun: PhantomData })
    }

    /// All of them, in order.
    #[must_use]
    pub fn of(&self, snapshot: &Snapshot) -> Vec<N::Row> {
        let query = ListQuery { filters: self.filters.clone(), sort: self.sort, limit: usize::MAX - 1, ..ListQuery::default() };
        N::page(snapshot, &query).rows
    }
}

impl<N: Noun> Exported for Wanted<N> {
    const NAME: &'static str = N::NAME;

    fn columns() -> Vec<Column> {
        N::columns().into_iter().map(|(name, kind)| Column::new(name, kind)).collect()
    }

    fn rows<'s>(&'s self, snapshot: &'s Snapshot) -> Box<dyn Iterator<Item = Vec<Cell<'s>>> + 's> {
        Box::new(self.of(snapshot).into_iter().filter_map(move |row| N::item(snapshot, row)).map(N::cells))
    }
}

/// A page of the list.
///
/// # Errors
/// When a parameter cannot be read.
pub fn list<N: Noun>(app: &App, params: &Params) -> Result<Response, Failure> {
    let query = N::TAKES.query(params)?;
    let snapshot = app.snapshot();
    let page = N::page(&snapshot, &query);
    answer::json(&List {
        items: page.rows.iter().filter_map(|row| N::item(&snapshot, *row)).collect(),
        total: page.total,
        facets: ListFacets(page.facets),
        next: page.next.map(|cursor| cursor.to_string()),
    })
}

/// One record.
///
/// # Errors
/// Not found for an id that is not there.
pub fn one<N: Noun>(app: &App, id: &str) -> Result<Response, Failure> {
    let id: N::Id = id.parse().map_err(|_| Failure::not_found())?;
    let snapshot = app.snapshot();
    let row = N::find(&snapshot, id).ok_or_else(Failure::not_found)?;
    answer::json(&N::item(&snapshot, row).ok_or_else(Failure::not_found)?)
}
