//! Tables, three ways: rows by their id, cell by cell.

use super::Clashing;
use crate::dpia::{
    answer::{Answer, Row},
    ids::RowId,
};
use std::collections::{BTreeMap, BTreeSet};

/// Merges two tables over their common start. Rows that either added are kept; a row that one removed goes when the other left
/// it alone, and clashes when the other changed it (the merge then keeps it).
pub(super) fn merge(base: &[Row], theirs: &[Row], mine: &[Row]) -> (Vec<Row>, Vec<Clashing>) {
    let (b, t, m) = (by_id(base), by_id(theirs), by_id(mine));
    let mut clashes = Vec::new();
    let mut merged: BTreeMap<RowId, Row> = BTreeMap::new();
    for id in order(base, theirs, mine) {
        let row = match (b.get(&id), t.get(&id), m.get(&id)) {
            (before, Some(theirs), Some(mine)) => Some(cells(before.copied(), theirs, mine, &mut clashes)),
            (None, Some(only), None) | (None, None, Some(only)) => Some((*only).clone()),
            (Some(before), Some(kept), None) | (Some(before), None, Some(kept)) => (kept.cells != before.cells).then(|| {
                let whole = |row: Option<&&Row>| row.map(|row| Answer::Rows(vec![(*row).clone()]));
                clashes.push(Clashing {
                    row: Some(id),
                    column: None,
                    base: whole(b.get(&id)),
                    theirs: whole(t.get(&id)),
                    mine: whole(m.get(&id)),
                });
                (*kept).clone()
            }),
            (_, None, None) => None,
        };
        if let Some(row) = row {
            merged.insert(id, row);
        }
    }
    let rows = order(base, theirs, mine).into_iter().filter_map(|id| merged.remove(&id)).collect();
    (rows, clashes)
}

fn by_id(rows: &[Row]) -> BTreeMap<RowId, &Row> {
    rows.iter().map(|row| (row.id, row)).collect()
}

fn cells(base: Option<&Row>, theirs: &Row, mine: &Row, clashes: &mut Vec<Clashing>) -> Row {
    let columns: BTreeSet<&String> = theirs.cells.keys().chain(mine.cells.keys()).collect();
    let mut row = Row { id: theirs.id, cells: BTreeMap::new() };
    for column in columns {
        let before = base.and_then(|row| row.cells.get(column));
        let merged = super::merge(before, theirs.cells.get(column), mine.cells.get(column));
        clashes.extend(merged.clashes.into_iter().map(|clash| Clashing {
            row: Some(theirs.id),
            column: Some(column.clone()),
            ..clash
        }));
        if let Some(answer) = merged.answer {
            row.cells.insert(column.clone(), answer);
        }
    }
    row
}

/// The order of all rows: that of whoever moved rows (what stands, when both did), the other's additions after the row they
/// followed, what stands before what was added now.
fn order(base: &[Row], theirs: &[Row], mine: &[Row]) -> Vec<RowId> {
    let ids = |rows: &[Row]| rows.iter().map(|row| row.id).collect::<Vec<_>>();
    let (base, theirs, mine) = (ids(base), ids(theirs), ids(mine));
    let kept: Vec<RowId> = base.iter().copied().filter(|id| theirs.contains(id)).collect();
    let moved = theirs.iter().copied().filter(|id| base.contains(id)).ne(kept);
    let (lead, follow, standing_leads) = if moved { (&theirs, &mine, true) } else { (&mine, &theirs, false) };
    let mut order = lead.clone();
    let mut previous = None;
    for id in follow {
        if !order.contains(id) {
            let mut place = previous.and_then(|previous| order.iter().position(|one| one == previous)).map_or(0, |at| at + 1);
            while standing_leads && order.get(place).is_some_and(|next| !base.contains(next) && !follow.contains(next)) {
                place += 1;
            }
            order.insert(place, *id);
        }
        previous = Some(id);
    }
    order
}
