//! What of a change anyone can see: entity tags move with that and with nothing else, or they would tell that an organisation wrote
//! something for itself.

use domain::{
    people::Scope,
    register::snapshot::{Record, RecordChange, Snapshot},
};
use std::hash::{DefaultHasher, Hasher as _};
use store::Store;

/// Whether anyone can see that these records changed. A contract or a system says itself when the public last saw it change; of
/// the others everything is public.
#[must_use]
pub fn seen(current: &Snapshot, changes: &[RecordChange]) -> bool {
    changes.iter().any(|change| match change {
        RecordChange::Put(Record::Contract(new)) => {
            let known = current.contract_by_id(new.id).map(|row| current.contract(row).updated_at());
            known != Some(new.last_public_change())
        }
        RecordChange::Put(Record::System(new)) => {
            let known = current.system_by_id(new.id).and_then(|row| current.system(row));
            known.map(|entry| entry.record.last_public_change()) != Some(new.last_public_change())
        }
        _ => true,
    })
}

/// Whether what is public of how happy organisations are is another: what one of them says is private, and with enough of them it
/// moves a mean that is not.
#[must_use]
pub fn opinions_moved(before: &Snapshot, after: &Snapshot) -> bool {
    let of = |snapshot: &Snapshot| snapshot.product_entries().iter().map(|entry| entry.satisfaction).collect::<Vec<_>>();
    of(before) != of(after)
}

/// A digest of what is public of assessments, or was: their publications, and what their pages and lists say of them besides.
///
/// # Errors
/// When the database cannot be read.
pub async fn papers(store: &Store) -> Result<u64, store::Error> {
    let mut hasher = DefaultHasher::new();
    for one in store.published(&Scope::Public).await? {
        let head = &one.assessment;
        let about = (&head.systems, &head.contracts, &head.planned);
        let told = (&one.publication, &one.listed, &head.number, head.review_on, head.superseded_by, about);
        // Writing JSON into memory does not fail.
        hasher.write(&serde_json::to_vec(&told).unwrap_or_default());
    }
    Ok(hasher.finish())
}
