//! Import of what the CNIL's PIA tool exports, losing nothing.
//!
//! A file holds one assessment (`pia`, `answers`, `measures`, `evaluations`, `comments`) or, from the tool's server, an array of
//! them with the rest nested in each. [`read`] takes either. [`import`] says what each thing becomes here; everything it takes
//! carries its [`Source`] with the text exactly as it stood, and whatever it has no place for is [`Kept`] the same way. Only a file
//! without an assessment is refused.
//!
//! Only the format's facts are used here: names of keys, numbers of questions, meanings of codes (LINCnil/pia and LINCnil/pia-back
//! as of 2026). The tool's own words, which are under the GPL, are not.
//!
//! | module | what lives there |
//! |---|---|
//! | [`mod@file`] | the two forms of a file, and its leaves |
//! | [`html`] | the tool's HTML to plain text |
//! | [`questions`] | which question becomes what |
//! | `convert` | answers, risks, measures, evaluations and comments |

mod convert;
pub mod file;
pub mod html;
pub mod questions;

pub use convert::import;
pub use file::{Pia, Rejected, read};

use jiff::civil::Date;
use questions::Slot;
use serde::{Deserialize, Serialize};

/// Where something that was imported stood, and what it said there, letter for letter.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Source {
    /// The tool it comes from: `cnil-pia`.
    pub system: String,
    /// The JSON pointer within the file (RFC 6901).
    pub reference: String,
    /// A text as it stood, or a number, `true` or `false` as JSON writes it.
    pub text: String,
}

/// An assessment of the CNIL's tool, as it comes in here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// Its name; empty where the file has none.
    pub title: String,
    /// Where it stood there.
    pub status: Status,
    /// Whether it was an example or archived there.
    pub is_example: bool,
    /// The answers to the tool's own questions, by what they are about, in the tool's order.
    pub answers: Vec<Answered>,
    /// The three risks, as far as the file says anything about them.
    pub risks: Vec<Risk>,
    /// The measures, planned or in place.
    pub measures: Vec<Measure>,
    /// What people said about it: comments, evaluations, opinions, answers to questions of the file's own template.
    pub remarks: Vec<Remark>,
    /// What has no place here.
    pub kept: Vec<Kept>,
    /// What was mapped, changed and kept aside.
    pub report: Report,
    /// Where title, status and flags come from.
    pub sources: Vec<Source>,
}

/// Where an assessment stood in the tool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Being written (0, and whatever is not a number).
    #[default]
    InProgress,
    /// Refused (1).
    Rejected,
    /// Validated (2).
    Validated,
    /// Validated with a signed file (3).
    Signed,
    /// Put away (4).
    Archived,
    /// Waiting to be validated (5).
    Waiting,
}

impl Status {
    /// Reads the tool's code.
    #[must_use]
    pub fn from_code(code: i64) -> Self {
        match code {
            1 => Self::Rejected,
            2 => Self::Validated,
            3 => Self::Signed,
            4 => Self::Archived,
            5 => Self::Waiting,
            _ => Self::InProgress,
        }
    }

    /// Whether it was decided there: such an assessment is kept as one made elsewhere, not as a draft.
    #[must_use]
    pub fn is_decided(self) -> bool {
        matches!(self, Self::Validated | Self::Signed | Self::Archived)
    }
}

/// The answer to a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// What it is about.
    pub slot: Slot,
    /// What it says, as plain text.
    pub text: String,
    /// What it said.
    pub sources: Vec<Source>,
}

/// One of the tool's three risks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    /// Which one.
    pub kind: RiskKind,
    /// What could come of it for people.
    pub impacts: Vec<String>,
    /// How it could come about.
    pub threats: Vec<String>,
    /// From whom or what.
    pub risk_sources: Vec<String>,
    /// The measures against it: numbers within [`Import::measures`].
    pub controls: Vec<usize>,
    /// Measures against it that the file names but does not have, by title: the tool links by title, so a new title breaks links.
    pub missing_controls: Vec<String>,
    /// Severity from 1 to 4, before measures.
    pub severity: Option<Gauge>,
    /// Likelihood from 1 to 4, before measures.
    pub likelihood: Option<Gauge>,
    /// Severity that stays.
    pub residual_severity: Option<Gauge>,
    /// Likelihood that stays.
    pub residual_likelihood: Option<Gauge>,
    /// The reasons given with severity and likelihood.
    pub reasons: String,
    /// What it said.
    pub sources: Vec<Source>,
}

/// Which of the tool's three risks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RiskKind {
    /// Someone gets at data who should not (3.2).
    IllegitimateAccess,
    /// Data is changed that should not be (3.3).
    UnwantedModification,
    /// Data is lost (3.4).
    Disappearance,
}

impl RiskKind {
    /// In the tool's order.
    pub const ALL: [Self; 3] = [Self::IllegitimateAccess, Self::UnwantedModification, Self::Disappearance];
}

/// A step of the tool's scale of severity or likelihood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gauge {
    /// 1.
    Negligible,
    /// 2.
    Limited,
    /// 3.
    Important,
    /// 4.
    Maximum,
}

impl Gauge {
    /// Reads the tool's number; 0 means undefined there.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Some(match code {
            1 => Self::Negligible,
            2 => Self::Limited,
            3 => Self::Important,
            4 => Self::Maximum,
            _ => return None,
        })
    }

    /// The step of a scale of another length, from 0. Steps are never made smaller by it: what lies between two is the higher.
    #[must_use]
    pub fn step_of(self, length: usize) -> usize {
        let number = match self {
            Self::Negligible => 0,
            Self::Limited => 1,
            Self::Important => 2,
            Self::Maximum => 3,
        };
        (number * length.saturating_sub(1)).div_ceil(3)
    }
}

/// A measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// Its title; empty where the file has none.
    pub title: String,
    /// What it is, as plain text.
    pub text: String,
    /// Who answers for it, from its evaluation.
    pub owner: String,
    /// The day by which it is to be done, from its evaluation.
    pub due: Option<Date>,
    /// What it said.
    pub sources: Vec<Source>,
}

/// What a remark is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// The assessment as a whole.
    Whole,
    /// An answer.
    Answer(Slot),
    /// A risk.
    Risk(RiskKind),
    /// A measure, by its number within [`Import::measures`].
    Measure(usize),
}

/// What kind of remark it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RemarkKind {
    /// A comment.
    Comment,
    /// An evaluator's judgement.
    Evaluation(Verdict),
    /// What an evaluator asks to be done.
    ActionPlan {
        /// Who is to do it.
        owner: String,
        /// The day it is expected to be done.
        due: Option<Date>,
    },
    /// The data protection officer's opinion; whether the processing could be implemented.
    DpoOpinion(Option<bool>),
    /// The opinion of those whose data it is, or of their representatives.
    PeopleOpinion(Option<bool>),
    /// Why their views were not sought.
    PeopleNotAsked,
    /// Why the assessment was rejected.
    Rejection,
    /// What was done about the rejection.
    Adjustments,
    /// The answer to a question of the file's own template.
    OwnQuestion {
        /// The question, as the file's template has it, or its number.
        question: String,
    },
}

/// An evaluator's judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Not given yet (0).
    Pending,
    /// To be fixed (1).
    ToBeFixed,
    /// Can be better (2).
    Improvable,
    /// Acceptable (3).
    Acceptable,
}

impl Verdict {
    /// Reads the tool's code.
    #[must_use]
    pub fn from_code(code: i64) -> Self {
        match code {
            1 => Self::ToBeFixed,
            2 => Self::Improvable,
            3 => Self::Acceptable,
            _ => Self::Pending,
        }
    }

    /// Whether someone has to answer it before the assessment is signed.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::ToBeFixed | Self::Improvable)
    }
}

/// What someone said about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// What about.
    pub about: About,
    /// What kind.
    pub kind: RemarkKind,
    /// What it says, as plain text.
    pub text: String,
    /// When, milliseconds of UTC, where the file says so.
    pub at: Option<i64>,
    /// What it said.
    pub sources: Vec<Source>,
}

/// Something that has no place here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Why.
    pub why: Why,
    /// What it was.
    pub source: Source,
}

/// Why something has no place here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// A person's name or account: kept for the parties, never published.
    Person,
    /// The tool's own book-keeping: numbers of records, locks, times, progress.
    Bookkeeping,
    /// It refers to something that the file does not have.
    Dangling,
    /// The template that the file brings along.
    Template,
    /// Nothing here holds it.
    NoPlace,
}

/// What became of a file, entry by entry, in the file's order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// What found a place, and where.
    pub mapped: Vec<Mapped>,
    /// What was not taken over letter for letter, and how it changed.
    pub changed: Vec<Changed>,
    /// What was kept aside, and why.
    pub kept: Vec<KeptEntry>,
}

/// Something that found a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapped {
    /// The JSON pointer within the file.
    pub reference: String,
    /// What it became.
    pub to: About,
}

/// Something that changed on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// The JSON pointer within the file.
    pub reference: String,
    /// How.
    pub how: How,
}

/// How something changed on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// Its formatting went; the words stayed.
    Formatting,
    /// The tool's four steps become the template's.
    Scale,
    /// A status or signature of the other tool is told, and counts for nothing here.
    NotCarriedOver,
    /// A link to a measure was made by its number or title.
    Relinked,
    /// A link leads nowhere: the measure has another title now, or is gone.
    BrokenLink,
    /// A date that could not be read.
    Unreadable,
}

/// Something that was kept aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptEntry {
    /// The JSON pointer within the file.
    pub reference: String,
    /// Why.
    pub why: Why,
}
