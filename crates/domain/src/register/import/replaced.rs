//! What an import says anew of what other imports had said: of two imports the later one counts, and its report tells so.

use super::apply::{FieldOf, Fields};
use crate::register::{ids::ImportId, records::Import};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What one earlier import had said and does not stand any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    /// That import.
    pub import: ImportId,
    /// When it was, milliseconds of UTC; none where whoever imports may not see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<i64>,
    /// Its files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// How many records say something else now.
    pub records: u64,
    /// In how many of them each field.
    pub fields: BTreeMap<String, u64>,
}

impl Replaced {
    /// In words: '2 records as the import of 3 March 2026 at 10:12 UTC (b.csv) left them: end (2), value (1)'.
    #[must_use]
    pub fn words(&self) -> String {
        let records = if self.records == 1 { "1 record".to_owned() } else { format!("{} records", self.records) };
        let left = if self.records == 1 { "it" } else { "them" };
        let at = self.at.and_then(|at| Timestamp::from_millisecond(at).ok());
        let which = match at {
            Some(at) if self.files.is_empty() => at.strftime("the import of %-d %B %Y at %H:%M UTC").to_string(),
            Some(at) => format!("{} ({})", at.strftime("the import of %-d %B %Y at %H:%M UTC"), self.files.join(", ")),
            None => "an earlier import".to_owned(),
        };
        let fields: Vec<String> =
            self.fields.iter().map(|(field, count)| format!("{} ({count})", field.replace('_', " "))).collect();
        format!("{records} as {which} left {left}: {}", fields.join(", "))
    }
}

/// What was counted so far, by earlier import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<ImportId, (u64, BTreeMap<&'static str, u64>)>);

impl Tally {
    /// Counts a record that `import` changes. What was empty was not said by anybody; what a person said stays, and is told apart.
    pub fn note<T: Fields>(&mut self, before: &T, after: &T, import: ImportId) {
        let origin = before.origin_ref();
        let mut met: Vec<ImportId> = Vec::new();
        let changed = |field: &&FieldOf<T>| !field.is_empty(before) && field.differ(before, after);
        for field in T::FIELDS.iter().filter(changed) {
            let said = origin.fields.get(field.name).map_or(origin.import, |by| by.parse().ok());
            let Some(earlier) = said.filter(|earlier| *earlier != import) else { continue };
            let (records, fields) = self.0.entry(earlier).or_default();
            *fields.entry(field.name).or_default() += 1;
            if !met.contains(&earlier) {
                met.push(earlier);
                *records += 1;
            }
        }
    }

    /// The imports that it is about.
    #[must_use]
    pub fn imports(&self) -> Vec<ImportId> {
        self.0.keys().copied().collect()
    }

    /// For a report, the latest import first: with what is known of each.
    #[must_use]
    pub fn told(self, known: &[Import]) -> Vec<Replaced> {
        let mut told: Vec<Replaced> = self
            .0
            .into_iter()
            .map(|(import, (records, fields))| {
                let of = known.iter().find(|one| one.id == import);
                Replaced {
                    import,
                    at: of.map(|one| one.at),
                    files: of.map(|one| one.files.clone()).unwrap_or_default(),
                    records,
                    fields: fields.into_iter().map(|(field, count)| (field.to_owned(), count)).collect(),
                }
            })
            .collect();
        told.sort_by_key(|one| std::cmp::Reverse((one.at, one.import)));
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::register::{
        ids::{ContractId, OrganisationId},
        records::{Contract, Origin},
    };
    use jiff::civil::date;
    use uuid::Uuid;

    #[test]
    fn what_each_earlier_import_said_is_told_and_neither_what_was_empty_nor_what_is_its_own() {
        let [first, second, third] = [1, 2, 3].map(|id| ImportId(Uuid::from_u128(id)));
        let mut before = Contract {
            title: "Repairs".to_owned(),
            origin: Origin { import: Some(second), ..Origin::default() },
            ..Contract::blank(ContractId(Uuid::from_u128(7)), OrganisationId(Uuid::from_u128(8)))
        };
        before.term.end = Some(date(2029, 3, 31));
        before.origin.fields.insert("title".to_owned(), first.to_string());
        before.origin.fields.insert("lot".to_owned(), "operator".to_owned());
        let mut after = before.clone();
        after.title = "Repairs and voids".to_owned();
        after.term.end = Some(date(2030, 3, 31));
        after.term.start = Some(date(2026, 4, 1));
        let mut tally = Tally::default();
        tally.note(&before, &after, third);
        tally.note(&before, &before.clone(), third);
        let mut own = Tally::default();
        own.note(&before, &Contract { title: "Repairs".to_owned(), ..after.clone() }, second);
        assert_eq!(own, Tally::default(), "what it said itself");
        assert_eq!(tally.imports(), [first, second]);
        let known = Import {
            id: second,
            kind: "contracts".to_owned(),
            files: vec!["b.csv".to_owned()],
            at: 1_772_532_720_000,
            report: serde_json::json!({}),
            undone_at: None,
            organisation: None,
        };
        let words: Vec<String> = tally.told(&[known]).iter().map(Replaced::words).collect();
        assert_eq!(
            words,
            [
                "1 record as the import of 3 March 2026 at 10:12 UTC (b.csv) left it: end (1)",
                "1 record as an earlier import left it: title (1)"
            ]
        );
    }
}
