//! A matrix of likelihood and severity, as a template brings it.

use super::super::file::Document;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How high a risk is, in the words that sign-off routes, registers and the law's Article 36 use. Each level of a matrix counts
/// as one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Band {
    /// The information asset owner may accept it.
    Low,
    /// The SIRO may accept it.
    Medium,
    /// If it stays high, the Information Commissioner is consulted first (UK GDPR Article 36(1)).
    High,
}

impl Band {
    /// From low to high.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// As files, forms and JSON spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// Reads what [`Self::as_str`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|band| band.as_str() == text)
    }
}

/// A step of likelihood or of severity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its id.
    pub id: String,
    /// What people read.
    pub label: String,
    /// What it means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// A level that a cell of the matrix can have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Level {
    /// Its id.
    pub id: String,
    /// What people read.
    pub label: String,
    /// What it counts as, where levels of different templates meet.
    pub counts_as: Band,
}

/// A matrix: for each severity a row, for each likelihood a cell in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matrix {
    /// Where it comes from, in words.
    pub about: String,
    /// From the least likely to the most.
    pub likelihood: Vec<Step>,
    /// From the least severe to the most.
    pub severity: Vec<Step>,
    /// From the lowest to the highest.
    pub levels: Vec<Level>,
    /// The level of each cell: for each severity, the levels from the least likely to the most.
    pub cells: BTreeMap<String, Vec<String>>,
}

/// A likelihood and a severity, by their ids.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rating {
    /// The likelihood.
    pub likelihood: String,
    /// The severity.
    pub severity: String,
}

impl Matrix {
    /// The level of a rating; none when the matrix has no such step.
    #[must_use]
    pub fn level(&self, rating: &Rating) -> Option<&Level> {
        let column = self.likelihood.iter().position(|step| step.id == rating.likelihood)?;
        self.find_level(self.cells.get(&rating.severity)?.get(column)?)
    }

    /// A level by its id.
    #[must_use]
    pub fn find_level(&self, id: &str) -> Option<&Level> {
        self.levels.iter().find(|level| level.id == id)
    }

    /// Where a rating stands: the index of its severity and of its likelihood.
    #[must_use]
    pub fn cell(&self, rating: &Rating) -> Option<(usize, usize)> {
        let severity = self.severity.iter().position(|step| step.id == rating.severity)?;
        let likelihood = self.likelihood.iter().position(|step| step.id == rating.likelihood)?;
        Some((severity, likelihood))
    }

    fn rank(&self, level: &str) -> Option<usize> {
        self.levels.iter().position(|other| other.id == level)
    }

    /// Checks that the matrix has no gap and never falls where likelihood or severity rises.
    pub(in super::super) fn check(&self, document: &Document, pointer: &str) {
        for (key, ids) in [
            ("likelihood", self.likelihood.iter().map(|step| &step.id).collect::<Vec<_>>()),
            ("severity", self.severity.iter().map(|step| &step.id).collect()),
            ("levels", self.levels.iter().map(|level| &level.id).collect()),
        ] {
            for (index, id) in ids.iter().enumerate() {
                if ids[..index].contains(id) {
                    document.problem(
                        &format!("{pointer}/{key}/{index}"),
                        &format!("'{id}' stands here twice"),
                        "Give each an id of its own",
                    );
                }
            }
        }
        if self.levels.windows(2).any(|pair| pair[0].counts_as > pair[1].counts_as) {
            document.problem(
                &format!("{pointer}/levels"),
                "A higher level counts as less than a lower one",
                "List the levels from the lowest to the highest",
            );
        }
        for severity in self.cells.keys().filter(|id| !self.severity.iter().any(|step| step.id == **id)) {
            document.problem(
                &format!("{pointer}/cells/{severity}"),
                &format!("There is no severity '{severity}'"),
                "Name a severity of the matrix",
            );
        }
        let mut ranks: Vec<Vec<usize>> = Vec::new();
        for step in &self.severity {
            let here = format!("{pointer}/cells/{}", step.id);
            let Some(row) = self.cells.get(&step.id) else {
                document.problem(
                    &format!("{pointer}/cells"),
                    &format!("The severity '{}' has no row of levels", step.id),
                    "Add it",
                );
                return;
            };
            if row.len() != self.likelihood.len() {
                let what = format!("The row has {} levels for {} likelihoods", row.len(), self.likelihood.len());
                document.problem(&here, &what, "Give one level for each likelihood");
                return;
            }
            let mut found = Vec::new();
            for level in row {
                match self.rank(level) {
                    Some(rank) => found.push(rank),
                    None => {
                        document.problem(&here, &format!("There is no level '{level}'"), "Name a level of the matrix");
                        return;
                    }
                }
            }
            ranks.push(found);
        }
        let across = ranks.iter().any(|row| row.windows(2).any(|pair| pair[0] > pair[1]));
        let down = ranks.windows(2).any(|rows| rows[0].iter().zip(&rows[1]).any(|(less, more)| less > more));
        if across || down {
            document.problem(
                &format!("{pointer}/cells"),
                "A cell is lower than one with less likelihood or severity",
                "Correct the levels; they may only rise",
            );
        }
    }
}
