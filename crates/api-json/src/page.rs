//! A page of contracts as JSON, put together from the texts that the snapshot keeps of rows: most of an answer is rows, and
//! the same ones come up again and again.

use crate::{
    contract::item,
    json,
    shapes::{Facets, ROOM},
};
use domain::register::snapshot::{ContractPage, Snapshot};

/// A page as [`List`](crate::shapes::List) stands in JSON.
///
/// # Errors
/// When something cannot be written: a fault in the program.
pub fn written(snapshot: &Snapshot, page: ContractPage<'_>) -> Result<Vec<u8>, json::Error> {
    let mut out = Vec::with_capacity(ROOM);
    out.extend_from_slice(b"{\"items\":[");
    for (place, row) in page.rows.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        snapshot.append_text(*row, &mut out, |view, out| json::append(out, &item(view)))?;
    }
    out.extend_from_slice(b"],\"total\":");
    json::append(&mut out, &page.total)?;
    out.extend_from_slice(b",\"facets\":");
    json::append(&mut out, &Facets(page.facets))?;
    out.extend_from_slice(b",\"next\":");
    json::append(&mut out, &page.next.map(|cursor| cursor.to_string()))?;
    out.push(b'}');
    Ok(out)
}
