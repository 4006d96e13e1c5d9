//! What follows from a chunk's columns on a given day.

use super::{
    chunk::Columns,
    column::Dimension,
    days::{NO_DAY, day, maybe_day},
    order::attention,
    world::Context,
};
use crate::register::{
    completeness::{Fix, Gaps, fresh_from},
    terms::{DecisionKind, Period, Status, TermState, add_months},
};
use std::collections::HashMap;

/// What follows from a chunk's columns on a given day. Sets of closed values are bits, so that one test asks for several.
#[derive(Debug, Default)]
pub(crate) struct Derived {
    /// One bit: place in [`Status::ALL`].
    pub(crate) status: Vec<u8>,
    /// One bit: place in [`TermState::ALL`].
    pub(crate) term: Vec<u8>,
    /// Bits: places in [`ENDS`].
    pub(crate) ends: Vec<u8>,
    /// Bits: places in [`DECISION`].
    pub(crate) decision: Vec<u8>,
    pub(crate) decision_date: Vec<i32>,
    /// 0 for none, else the kind's place from 1, and [`AT_LATEST`].
    decision_kind: Vec<u8>,
    /// What is missing, as [`Gaps`]; nothing of a contract that is over, which no score judges.
    pub(crate) gaps: Vec<u16>,
    /// Places in the order of attention.
    pub(crate) attention: Vec<u16>,
    /// How many rows have each bit of status, term, ends, decision.
    pub(crate) totals: [[u32; 8]; 4],
}

/// Values of the filter and facet `ends`, in the order of their bits.
pub const ENDS: [&str; 6] = ["6", "12", "24", "past-end", "no-end", "not-known"];
/// Values of the filter and facet `decision`, in the order of their bits.
pub const DECISION: [&str; 4] = ["missed", "6", "12", "24"];
/// The windows' months.
const MONTHS: [u32; 3] = [6, 12, 24];

/// The next decision's day is the latest it can be, its notice not being known.
const AT_LATEST: u8 = 1 << 7;

const KINDS: [DecisionKind; 3] = [DecisionKind::ExtendBy, DecisionKind::GiveNoticeBy, DecisionKind::StartBuyingBy];

impl Derived {
    pub(crate) fn new(columns: &Columns, context: &Context) -> Self {
        let len = columns.len();
        let today = day(context.as_at);
        let until = MONTHS.map(|months| day(add_months(context.as_at, months)));
        let fresh = day(fresh_from(context.as_at));
        let mut leads: HashMap<(Option<&str>, bool), Period> = HashMap::new();
        let mut derived = Self::default();
        for list in [&mut derived.status, &mut derived.term, &mut derived.ends, &mut derived.decision] {
            list.reserve_exact(len);
        }
        for row in 0..len {
            let core = columns
                .dimension(Dimension::Function)
                .codes(row)
                .any(|function| context.function_core.get(function as usize).copied().unwrap_or(false));
            let route = columns.route(row).map(|route| &**route);
            let lead = *leads.entry((route, core)).or_insert_with(|| (context.lead)(route, core));
            let outlook = columns.outlook(row, lead, context.as_at);
            let last = columns.last_end[row];
            derived.status.push(status_bit(outlook.status));
            derived.term.push(term_bit(outlook.term));
            let open = outlook.status != Status::Ended;
            let mut ends = 0;
            for (place, until) in until.iter().enumerate() {
                ends |= u8::from(open && last >= today && last <= *until) << place;
            }
            ends |= u8::from(outlook.status == Status::PastEnd) << 3;
            ends |= u8::from(open && last == NO_DAY && columns.endless(row)) << 4;
            ends |= u8::from(open && last == NO_DAY && !columns.endless(row)) << 5;
            derived.ends.push(ends);
            let decision_date = maybe_day(outlook.decision_date);
            let mut decision = u8::from(outlook.missed().next().is_some());
            for (place, until) in until.iter().enumerate() {
                decision |= u8::from(decision_date != NO_DAY && decision_date <= *until) << (place + 1);
            }
            derived.decision.push(decision);
            derived.decision_date.push(decision_date);
            let next = outlook.decisions.iter().find(|decision| !decision.missed);
            let kind = next.and_then(|next| KINDS.iter().position(|kind| *kind == next.kind));
            let at_latest = if next.is_some_and(|next| next.at_latest) { AT_LATEST } else { 0 };
            derived.decision_kind.push(kind.map_or(0, |kind| kind as u8 + 1) | at_latest);
            let mut suppliers = columns.dimension(Dimension::Supplier).codes(row);
            let unnumbered = suppliers.any(|supplier| !context.numbered.get(supplier as usize).copied().unwrap_or(false));
            let gaps = Gaps(columns.gaps[row]);
            let gaps = gaps.with(Fix::CompanyNumber, unnumbered || gaps.has(Fix::CompanyNumber));
            let gaps = gaps.with(Fix::Confirmed, columns.confirmed[row] < fresh);
            derived.gaps.push(if open { gaps.0 } else { 0 });
        }
        derived.totals = [&derived.status, &derived.term, &derived.ends, &derived.decision].map(|list| histogram(list));
        derived.attention = super::order::sorted(len, |row| attention(columns, &derived, row));
        derived
    }

    pub(crate) fn status(&self, row: usize) -> Status {
        Status::ALL[(self.status[row].trailing_zeros() as usize).min(Status::ALL.len() - 1)]
    }

    pub(crate) fn term(&self, row: usize) -> TermState {
        TermState::ALL[(self.term[row].trailing_zeros() as usize).min(TermState::ALL.len() - 1)]
    }

    pub(crate) fn decision_kind(&self, row: usize) -> Option<DecisionKind> {
        KINDS.get(usize::from(self.decision_kind[row] & !AT_LATEST).checked_sub(1)?).copied()
    }

    /// Whether the next decision's day is the latest it can be, its notice not being known.
    pub(crate) fn decision_at_latest(&self, row: usize) -> bool {
        self.decision_kind[row] & AT_LATEST != 0
    }

    pub(crate) fn decision_missed(&self, row: usize) -> bool {
        self.decision[row] & 1 == 1
    }
}

fn status_bit(status: Status) -> u8 {
    1 << Status::ALL.iter().position(|other| *other == status).unwrap_or(7)
}

fn term_bit(term: TermState) -> u8 {
    1 << TermState::ALL.iter().position(|other| *other == term).unwrap_or(7)
}

/// How many of the values have each bit.
pub(crate) fn histogram(values: &[u8]) -> [u32; 8] {
    let mut by_value = [0_u32; 256];
    values.iter().for_each(|value| by_value[usize::from(*value)] += 1);
    by_bit(&by_value)
}

/// Counts by value to counts by bit.
pub(crate) fn by_bit(by_value: &[u32; 256]) -> [u32; 8] {
    let mut counts = [0; 8];
    for (value, count) in by_value.iter().enumerate().filter(|(_, count)| **count > 0) {
        for (bit, sum) in counts.iter_mut().enumerate() {
            *sum += if value >> bit & 1 == 1 { *count } else { 0 };
        }
    }
    counts
}
