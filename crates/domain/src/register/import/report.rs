//! What an import says when it is done, in the form the design gives (§5, 'Import reports').

use super::apply::Change;
use super::draft::{Rejection, Warning};
use super::mapping::Mapping;
use super::replaced::Replaced;
use super::resolve::Changes;
use super::rows::{ColumnOrder, Orders};
use crate::register::edit::duplicates::Duplicate;
use crate::register::ids::ImportId;
use crate::register::records::Flag;
use serde::{Deserialize, Serialize};

/// Rows that carry the same reference, or without one the same title and supplier; all are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PossibleDuplicate {
    /// The organisation's slug.
    pub organisation: String,
    /// The reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The title, of rows without a reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The rows' numbers.
    pub rows: Vec<u64>,
    /// The file they stand in, where there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

impl PossibleDuplicate {
    /// What its rows have in common.
    #[must_use]
    pub fn name(&self) -> &str {
        self.reference.as_deref().or(self.title.as_deref()).unwrap_or_default()
    }
}

/// A contract that is added, or by a dry run would be, and that is perhaps in the register already, brought in from elsewhere or
/// written by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LookAlike {
    /// The title of what would be added.
    pub title: String,
    /// What is there.
    pub known: Duplicate,
}

/// Something taken that a person should place or confirm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flagged {
    /// Why, as [`Flag::reason`].
    pub reason: String,
    /// The kind of record.
    pub kind: String,
    /// The record.
    pub id: uuid::Uuid,
    /// In words.
    pub note: String,
}

/// Counts of records of one kind that an import touched besides what it counts itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Counts {
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
}

impl Counts {
    /// Counts a change.
    pub fn count<T>(&mut self, change: &Change<T>) {
        match change {
            Change::Create(_) => self.created += 1,
            Change::Update { .. } => self.updated += 1,
            Change::Unchanged { .. } => self.unchanged += 1,
        }
    }
}

/// The report of an import.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// The import; none for a dry run.
    pub import_id: Option<ImportId>,
    /// Rows read; for open contracting data, releases.
    pub read: u64,
    /// Contracts (or systems) made.
    pub created: u64,
    /// Changed.
    pub updated: u64,
    /// Found as they were.
    pub unchanged: u64,
    /// Rows that were not taken: one entry a row.
    pub rejected: Vec<Rejection>,
    /// What a person should know of rows that were taken.
    pub warnings: Vec<Warning>,
    /// What a person should place or confirm.
    pub flagged: Vec<Flagged>,
    /// Rows with the same reference, or without one with the same title and supplier; all are kept.
    pub possible_duplicates: Vec<PossibleDuplicate>,
    /// What is added, or would be, and is perhaps there already; looked for where no more is written than a dry run shows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub look_alikes: Vec<LookAlike>,
    /// What earlier imports had said and this one says anew.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub replaced: Vec<Replaced>,
    /// Header to field; null where a column is left out.
    pub mapping: serde_json::Value,
    /// How sure each header's field is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<super::mapping::Column>,
    /// The order in which each column's days were read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub date_order: Vec<ColumnOrder>,
    /// Contracts that rows of the survey made or matched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contracts: Option<Counts>,
    /// Planned procurements that releases made or matched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned_procurements: Option<Counts>,
    /// Whether nothing was written.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

impl Report {
    /// A report that has read nothing; its mapping is an empty object.
    #[must_use]
    pub fn new(import_id: Option<ImportId>) -> Self {
        Self {
            import_id,
            mapping: serde_json::Value::Object(serde_json::Map::new()),
            dry_run: import_id.is_none(),
            ..Self::default()
        }
    }

    /// Takes in a file's mapping and the order of its columns of days.
    pub fn set_mapping(&mut self, mapping: &Mapping, orders: &Orders) {
        self.mapping = mapping.to_json();
        self.columns.clone_from(&mapping.columns);
        self.date_order = orders.report(mapping);
        self.warnings.extend(orders.warnings(mapping));
    }

    /// Takes in the report of one file; where there are several, what it says of rows names the file.
    pub fn add(&mut self, mut file: Report, name: Option<&str>) {
        if let Some(name) = name {
            file.rejected.iter_mut().for_each(|one| one.reason = format!("{name}: {}", one.reason));
            file.warnings.iter_mut().for_each(|one| one.message = format!("{name}: {}", one.message));
            file.possible_duplicates.iter_mut().for_each(|one| one.file = Some(name.to_owned()));
        }
        self.read += file.read;
        self.created += file.created;
        self.updated += file.updated;
        self.unchanged += file.unchanged;
        self.rejected.append(&mut file.rejected);
        self.warnings.append(&mut file.warnings);
        self.flagged.append(&mut file.flagged);
        self.possible_duplicates.append(&mut file.possible_duplicates);
        self.date_order.append(&mut file.date_order);
        if let (Some(known), serde_json::Value::Object(mapping)) = (self.mapping.as_object_mut(), file.mapping) {
            known.extend(mapping);
        }
        for column in file.columns {
            if !self.columns.contains(&column) {
                self.columns.push(column);
            }
        }
    }

    /// Counts a change of the kind that this import is about.
    pub fn count<T>(&mut self, row: u64, change: &Change<T>) {
        let kept = match change {
            Change::Create(_) => {
                self.created += 1;
                return;
            }
            Change::Update { kept, .. } => {
                self.updated += 1;
                kept
            }
            Change::Unchanged { kept } => {
                self.unchanged += 1;
                kept
            }
        };
        for field in kept {
            self.warnings.push(Warning::new(row, field, "a person changed this since; it stays as that person left it"));
        }
    }

    /// Counts a row that was found as it was, without a comparison.
    pub fn count_same(&mut self) {
        self.unchanged += 1;
    }

    /// Adds a row that was not taken. A row is rejected once: its warnings go, since they speak of a row that was taken.
    pub fn reject(&mut self, rejection: Rejection) {
        // They are the last ones, as rows are read in order.
        while self.warnings.last().is_some_and(|warning| warning.row == rejection.row && warning.row != 0) {
            self.warnings.pop();
        }
        if self.rejected.last().is_none_or(|last| last.row != rejection.row) {
            self.rejected.push(rejection);
        }
    }

    /// Adds what a person should place or confirm.
    pub fn flag(&mut self, changes: &Changes) {
        self.flagged.extend(changes.flags.iter().map(Flagged::from));
    }

    /// Whether every row read is counted once; holds for files of rows.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        self.read == self.created + self.updated + self.unchanged + self.rejected.len() as u64
    }

    /// The lines of a text rendering: label and number, in order; details follow from the lists.
    #[must_use]
    pub fn summary(&self) -> Vec<(&'static str, u64)> {
        let mut lines = vec![
            ("read", self.read),
            ("created", self.created),
            ("updated", self.updated),
            ("unchanged", self.unchanged),
            ("rejected", self.rejected.len() as u64),
            ("warnings", self.warnings.len() as u64),
            ("flagged", self.flagged.len() as u64),
            ("possible duplicates", self.possible_duplicates.len() as u64),
        ];
        for (labels, counts) in [
            (["contracts created", "contracts updated", "contracts unchanged"], self.contracts),
            (
                ["planned procurements created", "planned procurements updated", "planned procurements unchanged"],
                self.planned_procurements,
            ),
        ] {
            if let Some(counts) = counts {
                lines.extend(labels.into_iter().zip([counts.created, counts.updated, counts.unchanged]));
            }
        }
        lines
    }

    /// The report as text for a terminal: the counts, then at most `most` entries of each list with how many are left out.
    #[must_use]
    pub fn text(&self, most: usize) -> String {
        let mut out = String::new();
        let mut line = |text: String| {
            out.push_str(&text);
            out.push('\n');
        };
        self.summary().into_iter().for_each(|(label, count)| line(format!("{label}: {count}")));
        for column in self.columns.iter().filter(|column| column.confidence != super::mapping::Confidence::Exact) {
            line(format!("column ‘{}’: {}", column.header, column.field.map_or("left out", |field| field.as_str())));
        }
        let lists: [(&str, Vec<String>); 6] = [
            ("changed", self.replaced.iter().map(Replaced::words).collect()),
            ("rejected", self.rejected.iter().map(|r| format!("row {}, {}: {}", r.row, r.field, r.reason)).collect()),
            ("warning", self.warnings.iter().map(Warning::line).collect()),
            ("flagged", self.flagged.iter().map(|flag| format!("{}: {}", flag.reason, flag.note)).collect()),
            (
                "possible duplicate",
                self.possible_duplicates
                    .iter()
                    .map(|d| {
                        let file = d.file.as_ref().map(|file| format!("{file}: ")).unwrap_or_default();
                        format!("{}, {}: {file}rows {:?}", d.organisation, d.name(), d.rows)
                    })
                    .collect(),
            ),
            (
                "perhaps in the register already",
                self.look_alikes.iter().map(|one| format!("{}: ‘{}’ {}", one.title, one.known.title, one.known.id)).collect(),
            ),
        ];
        for (label, entries) in lists {
            entries.iter().take(most).for_each(|entry| line(format!("{label}: {entry}")));
            if entries.len() > most {
                line(format!("{label}: and {} more", entries.len() - most));
            }
        }
        out
    }
}

impl Warning {
    fn line(&self) -> String {
        if self.row == 0 {
            format!("{}: {}", self.field, self.message)
        } else {
            format!("row {}, {}: {}", self.row, self.field, self.message)
        }
    }
}

impl From<&Flag> for Flagged {
    fn from(flag: &Flag) -> Self {
        Self { reason: flag.reason.clone(), kind: flag.subject_kind.clone(), id: flag.subject, note: flag.note.clone() }
    }
}
