//! From matching rows to a page of them in order, without sorting all.
//!
//! Two ways, whichever costs less: walk each chunk's sorted places and merge them, testing each against the matching set
//! (many match: the page is full soon), or gather the matching rows and select (few match).

use super::{
    Snapshot,
    cursor::{Cursor, Key, order_of},
    filter::{Matched, Plan},
    question::{ContractPage, ContractQuery, Filters, Sort},
    rows::ContractRow,
};
use std::{cmp::Reverse, collections::BinaryHeap};
use uuid::Uuid;

impl Snapshot {
    /// Answers a question to the contracts.
    #[must_use]
    pub fn contracts(&self, query: &ContractQuery) -> ContractPage<'_> {
        let plan = Plan::new(&self.world, &query.filters, self.as_at);
        let answers = plan.run(&self.chunks);
        let matched = answers.matched(None);
        let facet = |facet| (facet, self.facet(facet, &query.filters, &answers, &matched, query.facet_limit));
        let facets = query.facets.iter().map(|name| facet(*name)).collect();
        let after = query.after.as_ref().filter(|cursor| cursor.fits(query.sort));
        let wanted = query.limit.saturating_add(1);
        let mut rows =
            if query.limit == 0 { Vec::new() } else { self.ordered(&matched, query.sort, after, query.offset, wanted) };
        let more = rows.len() > query.limit;
        rows.truncate(query.limit);
        let next = rows.last().filter(|_| more).map(|row| self.cursor(query.sort, *row));
        ContractPage { total: matched.total() as u64, rows, facets, next }
    }

    /// Every matching contract in order, for exports. The rows are found at once, so the answer borrows nothing.
    #[must_use]
    pub fn all_contracts(&self, filters: &Filters, sort: Sort) -> std::vec::IntoIter<ContractRow> {
        let plan = Plan::new(&self.world, filters, self.as_at);
        let matched = plan.run(&self.chunks).matched(None);
        self.ordered(&matched, sort, None, 0, usize::MAX).into_iter()
    }

    fn id(&self, row: ContractRow) -> Uuid {
        self.chunks[row.chunk()].columns.ids[row.place()]
    }

    fn cursor(&self, sort: Sort, row: ContractRow) -> Cursor {
        let key = self.chunks[row.chunk()].key(sort, row.place());
        Cursor { order: order_of(sort), key, id: self.id(row) }
    }

    fn ordered(&self, matched: &Matched, sort: Sort, after: Option<&Cursor>, offset: usize, limit: usize) -> Vec<ContractRow> {
        if sort == Sort::Title {
            let after = after.and_then(|cursor| match &cursor.key {
                Key::Text(text) => Some((text.clone(), cursor.id)),
                Key::Number(_) => None,
            });
            let key = |row: ContractRow| super::words::folded(self.chunks[row.chunk()].columns.title(row.place()));
            self.ordered_by(matched, sort, after.as_ref(), offset, limit, &key, 300)
        } else {
            let after = after.and_then(|cursor| match cursor.key {
                Key::Number(number) => Some((number, cursor.id)),
                Key::Text(_) => None,
            });
            let key = |row: ContractRow| self.chunks[row.chunk()].number(sort, row.place());
            self.ordered_by(matched, sort, after.as_ref(), offset, limit, &key, 5)
        }
    }

    /// `cost` is about how many nanoseconds a row's key takes.
    #[allow(clippy::too_many_arguments)]
    fn ordered_by<K: Ord>(
        &self,
        matched: &Matched,
        sort: Sort,
        after: Option<&(K, Uuid)>,
        offset: usize,
        limit: usize,
        key: &dyn Fn(ContractRow) -> K,
        cost: usize,
    ) -> Vec<ContractRow> {
        let total = matched.total();
        let all: usize = self.chunks.iter().map(super::chunk::Chunk::len).sum();
        let wanted = offset.saturating_add(limit).min(total);
        if wanted == 0 {
            return Vec::new();
        }
        let steps = (wanted + self.chunks.len()).saturating_mul(all / total + 1);
        let walk = steps.saturating_mul(2).saturating_add(wanted.saturating_mul(40 + cost * 2));
        let gather = total.saturating_mul(5 + cost);
        let passed = |row: ContractRow| match after {
            Some((last, id)) => key(row).cmp(last).then_with(|| self.id(row).cmp(id)).is_gt(),
            None => true,
        };
        if gather < walk {
            let mut rows: Vec<(K, ContractRow)> = Vec::new();
            for (number, bits) in matched.bits.iter().enumerate() {
                bits.each(|place| {
                    let row = ContractRow::new(number, place);
                    if passed(row) {
                        rows.push((key(row), row));
                    }
                });
            }
            let order = |a: &(K, ContractRow), b: &(K, ContractRow)| a.0.cmp(&b.0).then_with(|| self.id(a.1).cmp(&self.id(b.1)));
            if wanted < rows.len() {
                rows.select_nth_unstable_by(wanted, order);
                rows.truncate(wanted);
            }
            rows.sort_unstable_by(order);
            return rows.into_iter().skip(offset).take(limit).map(|(_, row)| row).collect();
        }
        let mut walks: Vec<(&[u16], usize)> = Vec::with_capacity(self.chunks.len());
        let mut heap = BinaryHeap::with_capacity(self.chunks.len());
        let advance = |walks: &mut [(&[u16], usize)], number: usize| {
            let (order, place) = &mut walks[number];
            let bits = &matched.bits[number];
            while let Some(&candidate) = order.get(*place) {
                *place += 1;
                if bits.has(usize::from(candidate)) {
                    let row = ContractRow::new(number, usize::from(candidate));
                    return Some(Reverse((key(row), self.id(row), row)));
                }
            }
            None
        };
        for (number, chunk) in self.chunks.iter().enumerate() {
            let order = chunk.order(sort);
            let start = match after {
                Some(_) => order.partition_point(|place| !passed(ContractRow::new(number, usize::from(*place)))),
                None => 0,
            };
            walks.push((order, start));
            if matched.found[number] > 0 {
                heap.extend(advance(&mut walks, number));
            }
        }
        let mut rows = Vec::with_capacity(wanted - offset.min(wanted));
        let mut seen = 0;
        while let Some(Reverse((_, _, row))) = heap.pop() {
            if seen >= offset {
                rows.push(row);
            }
            seen += 1;
            if seen >= wanted {
                break;
            }
            heap.extend(advance(&mut walks, row.chunk()));
        }
        rows
    }
}
