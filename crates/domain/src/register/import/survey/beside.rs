//! What a row says of a contract beside what the record says already.

use crate::register::{
    import::{
        apply::{self, Change, Fields, Resolved},
        draft::Warning,
    },
    names::fold,
    records::{Contract, SupplierState},
    terms::TermKind,
};

/// Takes over what the record does not say; warns where it says something else. `earlier` is the row of the same import that said
/// it, in words.
pub(super) fn fill(
    before: &Contract,
    draft: &Resolved<Contract>,
    row: u64,
    earlier: Option<String>,
    warnings: &mut Vec<Warning>,
) -> Contract {
    let mut filled = Vec::new();
    // Who supplies and whether that is known are one thing to say; a name that is withheld is not filled in by another file.
    let unsupplied = before.suppliers.is_empty() && before.supplier_state != SupplierState::Withheld;
    for field in Contract::FIELDS.iter().filter(|field| draft.stated.contains(&field.name)) {
        let is_open = match field.name {
            "suppliers" | "supplier_state" => unsupplied,
            "in_use" => true,
            // One that runs until notice is given has no end, and that is said.
            "end" => field.is_empty(before) && before.term.kind != TermKind::Rolling,
            _ => field.is_empty(before),
        };
        if is_open {
            filled.push(field.name);
        } else if field.differ(before, &draft.record) && tells_apart(field.name, before, &draft.record, earlier.is_some()) {
            let message = match &earlier {
                Some(earlier) => apply::contradiction(earlier),
                None => format!("the survey and the {} differ; what the {0} says stays", before.origin.source),
            };
            warnings.push(Warning::new(row, field.name, message));
        }
    }
    let resolved = Resolved { record: draft.record.clone(), stated: filled.clone(), earlier: Vec::new() };
    let Change::Update { mut after, fields, .. } = apply::compare(Some(before), resolved, before.updated_at) else {
        return before.clone();
    };
    // The record stays its own source's; only what was filled came from here.
    after.origin.clone_from(&before.origin);
    if let Some(import) = draft.record.origin.import {
        after.origin.fields.extend(fields.into_iter().map(|field| (field.to_owned(), import.to_string())));
    }
    *after
}

/// Whether another value of a field contradicts the record. Whoever keeps the register says more exactly than a survey what a contract is
/// called; two rows of one survey that call it differently may mean two contracts.
fn tells_apart(field: &str, before: &Contract, stated: &Contract, same_import: bool) -> bool {
    match field {
        "title" => same_import && fold(&before.title) != fold(&stated.title),
        "description" | "reference" | "kind" | "supplier_state" => false,
        _ => true,
    }
}

pub(super) fn join<T: Copy + PartialEq>(held: &mut Vec<T>, more: &[T]) {
    for one in more {
        if !held.contains(one) {
            held.push(*one);
        }
    }
}

pub(super) fn says_the_same(one: &Contract, other: &Contract) -> bool {
    Contract::FIELDS.iter().all(|field| !field.differ(one, other))
}
