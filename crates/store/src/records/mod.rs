//! How each record stands in its table: columns in one order for writing and reading, and its links to other records.

mod contract;
mod dpia;
mod identity_provider;
mod organisation;
mod people;
mod process;
mod skill;
mod supplier;
mod system;

use crate::error::{Error, Result};
use domain::{audit::Kind, people::Scope};
use jiff::civil::Date;
use sea_orm::{QueryResult, TryGetable, Value};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Display;
use uuid::Uuid;

/// A table of links from a record to others, in order.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// The link table.
    pub table: &'static str,
    /// Its column for the record.
    pub owner: &'static str,
    /// Its column for the other record.
    pub target: &'static str,
}

/// A record with a table, a place in the change log and perhaps links.
pub trait Record: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// What the change log calls it.
    const KIND: Kind;
    /// Its table.
    const TABLE: &'static str;
    /// Its columns, the id first, in the order of [`Record::values`] and [`Record::read`].
    const COLUMNS: &'static [&'static str];
    /// Columns that nothing listed, filtered or counted needs: the snapshot is read without them.
    const UNLISTED: &'static [&'static str] = &[];
    /// Whether a change is refused where any column is no longer as it was seen: the guard of records that say no time of change.
    const GUARDED_WHOLE: bool = false;
    /// Its link tables.
    const LINKS: &'static [Link] = &[];

    /// Its id.
    fn id(&self) -> Uuid;
    /// The organisation whose record it is.
    fn organisation(&self) -> Option<Uuid> {
        None
    }
    /// Whether a scope may read it at all. What it may not read does not exist for it: reads leave it out.
    fn visible_to(&self, _scope: &Scope) -> bool {
        true
    }
    /// Its values, one a column.
    fn values(&self, out: &mut Vec<Value>);
    /// The ids behind one of its links, in order.
    fn links(&self, _link: usize) -> Vec<Uuid> {
        Vec::new()
    }
    /// Reads it from a row of its columns; links are empty.
    ///
    /// # Errors
    /// When the row cannot be one of these records.
    fn read(row: &Reader<'_>) -> Result<Self>;
    /// Sets the ids behind one of its links.
    fn set_links(&mut self, _link: usize, _ids: Vec<Uuid>) {}
    /// When it last changed; none for records that do not say.
    fn updated_at(&self) -> Option<i64> {
        None
    }
    /// Sets when it last changed.
    fn set_updated_at(&mut self, _at: i64) {}
    /// Notes whether the public sees this change of it, once it says when it changed; none stands before a new record. Nothing to
    /// note for records that anyone may read whole, or nobody.
    fn note_public_change(&mut self, _before: Option<&Self>) {}
}

/// Columns of a record that were not asked for: a bit for each, by its place in [`Record::COLUMNS`].
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Missing(u64);

impl Missing {
    /// The places of the columns `without` among a record's.
    pub(crate) fn of<R: Record>(without: &[&str]) -> Self {
        let places = R::COLUMNS.iter().take(64).enumerate().filter(|(_, column)| without.contains(column));
        Self(places.fold(0, |bits, (place, _)| bits | 1 << place))
    }

    fn holds(self, place: usize) -> bool {
        place < 64 && self.0 >> place & 1 == 1
    }
}

/// Reads the columns of a row in order, and says which row is wrong when one is.
pub struct Reader<'r> {
    row: &'r QueryResult,
    table: &'static str,
    next: std::cell::Cell<usize>,
    missing: Missing,
    column: std::cell::Cell<usize>,
}

impl<'r> Reader<'r> {
    pub(crate) fn new(row: &'r QueryResult, table: &'static str) -> Self {
        Self::without(row, table, Missing::default())
    }

    /// A row that lacks some of its columns: they read as empty.
    pub(crate) fn without(row: &'r QueryResult, table: &'static str, missing: Missing) -> Self {
        Self { row, table, next: std::cell::Cell::new(0), missing, column: std::cell::Cell::new(0) }
    }

    fn take<T: TryGetable + Default>(&self) -> Result<T> {
        let column = self.column.replace(self.column.get() + 1);
        if self.missing.holds(column) {
            return Ok(T::default());
        }
        let index = self.next.replace(self.next.get() + 1);
        Ok(self.row.try_get_by_index(index)?)
    }

    fn corrupt(&self, reason: impl Display) -> Error {
        let id = self.row.try_get_by_index::<String>(0).unwrap_or_default();
        Error::Corrupt { table: self.table, id, reason: reason.to_string() }
    }

    pub(crate) fn text(&self) -> Result<String> {
        self.take()
    }

    pub(crate) fn opt_text(&self) -> Result<Option<String>> {
        self.take()
    }

    pub(crate) fn int(&self) -> Result<i64> {
        self.take()
    }

    pub(crate) fn opt_int(&self) -> Result<Option<i64>> {
        self.take()
    }

    pub(crate) fn opt_small(&self) -> Result<Option<u8>> {
        let number: Option<i32> = self.take()?;
        number.map(|number| u8::try_from(number).map_err(|error| self.corrupt(error))).transpose()
    }

    pub(crate) fn bool(&self) -> Result<bool> {
        self.take()
    }

    pub(crate) fn opt_bool(&self) -> Result<Option<bool>> {
        self.take()
    }

    pub(crate) fn id<T: From<Uuid>>(&self) -> Result<T> {
        let text: String = self.take()?;
        Uuid::parse_str(&text).map(T::from).map_err(|error| self.corrupt(error))
    }

    pub(crate) fn opt_id<T: From<Uuid>>(&self) -> Result<Option<T>> {
        let text: Option<String> = self.take()?;
        text.map(|text| Uuid::parse_str(&text).map(T::from).map_err(|error| self.corrupt(error))).transpose()
    }

    pub(crate) fn opt_date(&self) -> Result<Option<Date>> {
        let text: Option<String> = self.take()?;
        text.map(|text| text.parse().map_err(|error| self.corrupt(error))).transpose()
    }

    /// A value kept as JSON text; the default where there is none.
    pub(crate) fn json<T: DeserializeOwned + Default>(&self) -> Result<T> {
        let text: Option<String> = self.take()?;
        text.map_or_else(|| Ok(T::default()), |text| serde_json::from_str(&text).map_err(|error| self.corrupt(error)))
    }

    /// A name of a closed list, as serde spells it.
    pub(crate) fn word<T: DeserializeOwned>(&self) -> Result<T> {
        let text: String = self.take()?;
        word(&text).map_err(|error| self.corrupt(error))
    }

    pub(crate) fn opt_word<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        let text: Option<String> = self.take()?;
        text.map(|text| word(&text).map_err(|error| self.corrupt(error))).transpose()
    }
}

fn word<T: DeserializeOwned>(text: &str) -> Result<T, serde::de::value::Error> {
    T::deserialize(serde::de::value::StrDeserializer::new(text))
}

/// A name of a closed list as text.
pub(crate) fn spelt<T: Serialize>(value: &T) -> Value {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text.into(),
        _ => Value::String(None),
    }
}

/// JSON text.
pub(crate) fn json<T: Serialize>(value: &T) -> Value {
    Value::String(serde_json::to_string(value).ok())
}

/// JSON text of a list; none for an empty one.
pub(crate) fn json_list<T: Serialize>(list: &[T]) -> Value {
    if list.is_empty() { Value::String(None) } else { json(&list) }
}

pub(crate) fn id(id: Uuid) -> Value {
    Value::String(Some(id.to_string()))
}

pub(crate) fn opt_id(id: Option<Uuid>) -> Value {
    Value::String(id.map(|id| id.to_string()))
}

pub(crate) fn opt_text(text: &Option<String>) -> Value {
    Value::String(text.clone())
}

pub(crate) fn opt_date(date: Option<Date>) -> Value {
    Value::String(date.map(|date| date.to_string()))
}
