//! Rows of one file that may be one contract written twice: they carry the same reference, or, without one, the same title and
//! supplier. All are kept; the report names them.

use super::{ContractDraft, PossibleDuplicate, fold, short};
use std::collections::HashMap;

/// The first row of each reference or title, and the others where there are any.
#[derive(Debug, Default)]
pub(super) struct Repeats(HashMap<u128, Rows>);

#[derive(Debug)]
struct Rows {
    first: u64,
    duplicate: Option<PossibleDuplicate>,
}

impl Repeats {
    /// Takes in a row; `key` is its own before its supplier and number.
    pub(super) fn note(&mut self, row: u64, key: &str, organisation: &str, draft: &ContractDraft) {
        let own = match &draft.reference {
            Some(_) => short(key),
            None => {
                let suppliers: Vec<String> = draft.suppliers.iter().map(|supplier| fold(&supplier.name)).collect();
                short(&format!("{key}|{:?}|{}", draft.supplier_state, suppliers.join("|")))
            }
        };
        let Some(rows) = self.0.get_mut(&own) else {
            self.0.insert(own, Rows { first: row, duplicate: None });
            return;
        };
        let first = rows.first;
        let new = || PossibleDuplicate {
            organisation: organisation.to_owned(),
            reference: draft.reference.clone(),
            title: draft.title.clone().filter(|_| draft.reference.is_none()),
            rows: vec![first],
            file: None,
        };
        rows.duplicate.get_or_insert_with(new).rows.push(row);
    }

    /// What a report says of them, in the order of the file.
    pub(super) fn told(&self) -> Vec<PossibleDuplicate> {
        let mut found: Vec<_> = self.0.values().filter_map(|rows| rows.duplicate.clone()).collect();
        found.sort_by_key(|duplicate| duplicate.rows.first().copied());
        found
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}
