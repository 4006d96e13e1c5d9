//! The list of planned procurements: by organisation, by stage, by whether offers can still be made.

use super::{
    Snapshot,
    cursor::Key,
    days::day,
    list_engine::{Items, answer},
    lists::{ListFacet, ListPage, ListQuery, ListSort},
    rows::PlannedRow,
    words::{Wanted, folded},
};
use crate::register::records::PlannedProcurement;
use jiff::civil::Date;
use uuid::Uuid;

/// A question to the planned procurements.
pub type PlannedQuery = ListQuery;
/// A page of planned procurements.
pub type PlannedPage<'s> = ListPage<'s, PlannedRow>;

/// Stages, in their order: values of the filter and facet `stage`.
pub const STAGES: [&str; 5] = ["planning", "tender", "complete", "cancelled", "unsuccessful"];
/// Whether offers can still be made: values of the filter and facet `open`.
pub const OPEN: [&str; 3] = ["yes", "no", "not-known"];

/// The stages at which an offer may be made, should its last day not be past.
const COMING: [&str; 2] = [STAGES[0], STAGES[1]];

/// Whether offers can still be made on a day, as [`OPEN`] names it: not once the last day for them is past, nor once it is
/// complete or cancelled, nor when the contract was to begin before that day; not known where no such day is.
#[must_use]
pub fn open(record: &PlannedProcurement, as_at: Date) -> &'static str {
    let coming = COMING.contains(&record.stage.as_str());
    match record.closes {
        _ if !coming => "no",
        Some(closes) if closes < as_at => "no",
        Some(_) => "yes",
        None if record.start.is_some_and(|start| start < as_at) => "no",
        None => "not-known",
    }
}

struct Planned<'s>(&'s Snapshot);

impl Snapshot {
    /// Answers a question to the planned procurements.
    #[must_use]
    pub fn planned(&self, query: &PlannedQuery) -> PlannedPage<'_> {
        answer(self, &Planned(self), query)
    }
}

impl Planned<'_> {
    fn record(&self, item: u32) -> &PlannedProcurement {
        &self.0.world.planned.entries[item as usize].record
    }
}

/// The place in the order of what can still be offered for, with room for every day between the groups.
fn due(record: &PlannedProcurement, as_at: Date) -> i64 {
    const GROUP: i64 = 1 << 32;
    let closes = record.closes.map(|closes| i64::from(day(closes)));
    match open(record, as_at) {
        "yes" => closes.unwrap_or_default(),
        "not-known" => GROUP,
        _ => closes.map_or(3 * GROUP, |closes| 2 * GROUP - closes),
    }
}

impl Items for Planned<'_> {
    fn len(&self) -> usize {
        self.0.world.planned.entries.len()
    }
    fn id(&self, item: u32) -> Uuid {
        self.record(item).id.0
    }
    fn codes(&self, item: u32, facet: ListFacet) -> Vec<u32> {
        let record = self.record(item);
        let place = |all: &[&str], value: &str| (0..).zip(all).find(|(_, one)| **one == value).map(|(code, _)| code);
        match facet {
            ListFacet::Organisation => self.0.world.organisations.code(record.organisation.0).into_iter().collect(),
            ListFacet::Stage => place(&STAGES, &record.stage).into_iter().collect(),
            ListFacet::Open => place(&OPEN, open(record, self.0.as_at)).into_iter().collect(),
            _ => Vec::new(),
        }
    }
    fn key(&self, item: u32, sort: ListSort) -> Key {
        let record = self.record(item);
        match sort {
            ListSort::Due => Key::Number(due(record, self.0.as_at)),
            ListSort::Closes => Key::Number(record.closes.map_or(i64::MAX, |date| day(date).into())),
            ListSort::Organisation => {
                let code = self.0.world.organisations.code(record.organisation.0);
                let name = code.map(|code| folded(&self.0.world.organisations.entries[code as usize].record.name));
                Key::Text(name.unwrap_or_default())
            }
            _ => Key::Text(folded(&record.title)),
        }
    }
    fn worded(&self) -> &'static [ListFacet] {
        &[ListFacet::Organisation]
    }
    fn with_word(&self, wanted: &Wanted) -> Vec<u32> {
        self.0.world.planned.sealed().words.find(wanted).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::register::{
        ids::{OrganisationId, PlannedProcurementId},
        money::Value,
        records::Origin,
    };
    use jiff::civil::date;

    const AS_AT: Date = date(2026, 11, 23);

    fn record(stage: &str, closes: Option<Date>, start: Option<Date>) -> PlannedProcurement {
        PlannedProcurement {
            id: PlannedProcurementId(Uuid::nil()),
            key: String::new(),
            organisation: OrganisationId(Uuid::nil()),
            reference: None,
            title: String::new(),
            description: None,
            stage: stage.to_owned(),
            value: Value::default(),
            closes,
            start,
            end: None,
            duration: None,
            cpv: Vec::new(),
            origin: Origin::default(),
            updated_at: 0,
        }
    }

    #[test]
    fn what_can_still_be_offered_for_comes_first_soonest_first_and_what_is_over_last() {
        let rows = [
            (record("tender", Some(AS_AT), None), "yes"),
            (record("tender", Some(date(2027, 1, 8)), None), "yes"),
            (record("planning", None, Some(date(2027, 4, 1))), "not-known"),
            (record("tender", Some(date(2026, 11, 22)), None), "no"),
            (record("tender", Some(date(2016, 5, 1)), None), "no"),
            (record("planning", None, Some(date(2016, 6, 1))), "no"),
        ];
        for (row, wanted) in &rows {
            assert_eq!(open(row, AS_AT), *wanted, "{row:?}");
        }
        assert!(rows.is_sorted_by_key(|(row, _)| due(row, AS_AT)));
        // Nobody can offer for what is cancelled or done, whatever its last day.
        for stage in &STAGES[2..] {
            assert_eq!(open(&record(stage, Some(date(2027, 1, 8)), None), AS_AT), "no");
        }
    }
}
