//! Whether each import still says where its own entries stand in the change log: by that it is taken back.

use super::Findings;
use crate::{
    db::{Query as _, Store},
    error::Result,
};
use std::collections::HashMap;
use uuid::Uuid;

/// The first and the last entry of each import, as the log has them.
#[derive(Default)]
pub(super) struct Ranges(HashMap<Uuid, (i64, i64)>);

impl Ranges {
    /// Takes an entry; entries come in order.
    pub(super) fn take(&mut self, sequence: i64, import: Option<Uuid>) {
        let Some(import) = import else { return };
        self.0.entry(import).or_insert((sequence, sequence)).1 = sequence;
    }
}

impl Store {
    /// Compares what imports say with the log, which was read up to an entry.
    pub(super) async fn verify_ranges(&self, findings: &mut Findings, log: &Ranges, read: i64) -> Result<()> {
        let sql =
            "select id, first_sequence, last_sequence from import where first_sequence is not null or last_sequence is not null";
        for row in self.rows(sql, vec![]).await? {
            let id: String = row.try_get_by_index(0)?;
            let (first, last): (Option<i64>, Option<i64>) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
            let known = Uuid::parse_str(&id).ok().and_then(|id| log.0.get(&id).copied());
            let holds = match (known, first, last) {
                // Written since the log was read.
                (None, Some(first), Some(_)) => first > read && first <= self.sequence().await?,
                (Some((begins, ends)), Some(first), Some(last)) => first == begins && (first..=ends).contains(&last),
                _ => false,
            };
            if !holds {
                findings.problems.push(format!("import {id} does not say where its entries stand in the change log"));
            }
        }
        Ok(())
    }
}
