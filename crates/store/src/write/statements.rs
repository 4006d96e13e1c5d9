//! Texts of statements of many rows, and the links between records.

use super::Write;
use crate::{
    error::Result,
    records::{Link, id},
};
use sea_orm::DbBackend;
use std::fmt::Write as _;
use uuid::Uuid;

impl Write {
    pub(super) async fn insert_links(&mut self, link: &Link, owners: impl Iterator<Item = (Uuid, Vec<Uuid>)>) -> Result<()> {
        let mut values = Vec::new();
        for (owner, targets) in owners {
            for (place, target) in (0i32..).zip(targets) {
                values.extend([id(owner), place.into(), id(target)]);
            }
        }
        let columns = [link.owner, "place", link.target];
        for batch in values.chunks(3 * 500) {
            let sql = self.statement(link.table, &columns, batch.len() / 3);
            self.transaction.execute(&sql, batch.to_vec()).await?;
        }
        Ok(())
    }

    pub(super) async fn remove_links(&self, link: &Link, owners: &[Uuid]) -> Result<()> {
        let sql = format!("delete from {} where {} in ({})", link.table, link.owner, places(1, owners.len()));
        self.transaction.execute(&sql, owners.iter().map(|owner| id(*owner)).collect()).await?;
        Ok(())
    }

    /// The text of a multi-row insert; made once for each table and number of rows.
    pub(super) fn statement(&mut self, table: &'static str, columns: &[&'static str], rows: usize) -> String {
        let backend = self.transaction.backend();
        self.statements.entry((table, rows)).or_insert_with(|| inserting(backend, table, columns, rows)).clone()
    }
}

/// The text of an insert of so many rows.
///
/// SQLite keeps numbered parameters in a list that it walks from its start for each of them, when it reads the statement
/// and again when values are bound: the time grows with the square of their number. Parameters without a number are free.
pub(crate) fn inserting(backend: DbBackend, table: &str, columns: &[&str], rows: usize) -> String {
    let mut sql = format!("insert into {table} ({}) values ", columns.join(", "));
    let unnumbered = format!("({})", vec!["?"; columns.len()].join(", "));
    for row in 0..rows {
        if row > 0 {
            sql.push_str(", ");
        }
        match backend {
            DbBackend::Sqlite => sql.push_str(&unnumbered),
            _ => {
                let _ = write!(sql, "({})", places(row * columns.len() + 1, columns.len()));
            }
        }
    }
    sql
}

/// `$n, $n+1, …`
pub(crate) fn places(first: usize, count: usize) -> String {
    let mut text = String::with_capacity(count * 6);
    for place in first..first + count {
        let comma = if place == first { "" } else { ", " };
        let _ = write!(text, "{comma}${place}");
    }
    text
}
