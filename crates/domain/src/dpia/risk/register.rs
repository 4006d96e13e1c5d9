//! A risk with its ratings before and after measures, and the measures. Own risks and suggested ones are alike, except that a
//! suggested one remembers the rule and why.

use super::{
    super::{
        answer::PersonRef,
        ids::{MeasureId, RiskId},
        place::Part,
        task::Task,
    },
    matrix::{Band, Level, Matrix, Rating},
};
use crate::register::ids::OrganisationId;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A risk to people's rights and freedoms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    /// Its id.
    pub id: RiskId,
    /// The shared body, or the annex of the controller whose local risk it is.
    pub part: Part,
    /// In a line.
    pub title: String,
    /// What could happen, by what cause, and what it would mean for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Where it came from.
    pub source: Source,
    /// Before measures.
    #[serde(default)]
    pub inherent: Assessed,
    /// After measures.
    #[serde(default)]
    pub residual: Assessed,
}

/// Where a risk came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "from")]
pub enum Source {
    /// Someone wrote it.
    Own,
    /// A rule of the template suggested it, and someone took it.
    Rule {
        /// The rule.
        rule: String,
        /// Why, as it was said then.
        why: String,
    },
    /// Another tool's file, with its place there.
    Imported {
        /// Where it stood in the file.
        reference: String,
    },
}

/// A rating, and where someone knows better than the matrix, their level with the reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Assessed {
    /// Likelihood and severity; none while nobody has rated it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// Another level than the matrix gives.
    #[serde(default, rename = "override", skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Override>,
}

/// A level that stands instead of the matrix's.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Override {
    /// The level's id.
    pub level: String,
    /// Why.
    pub reason: String,
}

/// Why a rating cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// The matrix has no such likelihood or severity.
    NoStep,
    /// The matrix has no such level.
    NoLevel,
    /// A level other than the matrix's needs a reason.
    NoReason,
    /// There is nothing to override before likelihood and severity are chosen.
    NotRated,
}

impl Assessed {
    /// Rates under a matrix. A level that is the matrix's own is no override and needs no reason.
    pub fn rate(matrix: &Matrix, rating: Option<Rating>, level: Option<Override>) -> Result<Self, Refusal> {
        let given = match &rating {
            Some(rating) => Some(matrix.level(rating).ok_or(Refusal::NoStep)?),
            None => None,
        };
        let overridden = match (level, given) {
            (None, _) => None,
            (Some(_), None) => return Err(Refusal::NotRated),
            (Some(level), Some(given)) => {
                matrix.find_level(&level.level).ok_or(Refusal::NoLevel)?;
                if level.level == given.id {
                    None
                } else if level.reason.trim().is_empty() {
                    return Err(Refusal::NoReason);
                } else {
                    Some(level)
                }
            }
        };
        Ok(Self { rating, overridden })
    }

    /// The level that counts: the override's, else the matrix's.
    #[must_use]
    pub fn level<'m>(&self, matrix: &'m Matrix) -> Option<&'m Level> {
        match &self.overridden {
            Some(level) => matrix.find_level(&level.level),
            None => matrix.level(self.rating.as_ref()?),
        }
    }

    /// What that level counts as.
    #[must_use]
    pub fn band(&self, matrix: &Matrix) -> Option<Band> {
        self.level(matrix).map(|level| level.counts_as)
    }
}

impl Risk {
    /// Whether its rating after measures is higher than before, which someone should look at.
    #[must_use]
    pub fn rises(&self, matrix: &Matrix) -> bool {
        let rank = |assessed: &Assessed| {
            assessed.level(matrix).and_then(|level| matrix.levels.iter().position(|other| other.id == level.id))
        };
        matches!((rank(&self.inherent), rank(&self.residual)), (Some(before), Some(after)) if after > before)
    }
}

/// What a measure does to its risks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// They cannot happen any more.
    Eliminated,
    /// They are less likely or less severe.
    Reduced,
    /// They stay as they are, and that is accepted.
    Accepted,
}

impl Effect {
    /// In the order in which a page offers them.
    pub const ALL: [Self; 3] = [Self::Eliminated, Self::Reduced, Self::Accepted];

    /// As files, forms and JSON spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eliminated => "eliminated",
            Self::Reduced => "reduced",
            Self::Accepted => "accepted",
        }
    }

    /// Reads what [`Self::as_str`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|effect| effect.as_str() == text)
    }
}

/// How far a measure is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// Not begun.
    #[default]
    Planned,
    /// Begun.
    UnderWay,
    /// In place.
    Done,
    /// It will not be done; the evidence says why.
    Dropped,
}

impl Progress {
    /// In the order in which a page offers them.
    pub const ALL: [Self; 4] = [Self::Planned, Self::UnderWay, Self::Done, Self::Dropped];

    /// As files, forms and JSON spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::UnderWay => "under-way",
            Self::Done => "done",
            Self::Dropped => "dropped",
        }
    }

    /// Reads what [`Self::as_str`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|progress| progress.as_str() == text)
    }
}

/// Something done, or to be done, about risks. Its words, risks, effect, owner and date are what people sign; its progress,
/// evidence and the day it was finished are not, for they go on after signing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// Its id.
    pub id: MeasureId,
    /// The risks it acts on.
    pub risks: Vec<RiskId>,
    /// What is done, in a line.
    pub title: String,
    /// How.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What it does to the risks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// Who sees to it.
    #[serde(default, skip_serializing_if = "PersonRef::is_empty")]
    pub owner: PersonRef,
    /// For which party.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationId>,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// How far it is. Not signed.
    #[serde(default)]
    pub progress: Progress,
    /// When it was done. Not signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_on: Option<Date>,
    /// What shows that it was done, or why it was dropped. Not signed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub evidence: String,
}

impl Measure {
    /// Whether something is left to do.
    #[must_use]
    pub fn open(&self) -> bool {
        matches!(self.progress, Progress::Planned | Progress::UnderWay)
    }

    /// The day by which it is to be done: its task's where that has one, else the one that was signed.
    #[must_use]
    pub fn due_by(&self, task: Option<&Task>) -> Option<Date> {
        task.and_then(|task| task.due).or(self.due)
    }

    /// Whether it should have been done before a day, as its task says it now.
    #[must_use]
    pub fn late(&self, task: Option<&Task>, today: Date) -> bool {
        self.open() && self.due_by(task).is_some_and(|due| due < today)
    }

    /// What it needs before it can be relied on in a residual rating: what it does, who sees to it, and by when.
    #[must_use]
    pub fn complete(&self) -> bool {
        self.effect.is_some() && (self.progress == Progress::Done || (!self.owner.is_empty() && self.due.is_some()))
    }
}
