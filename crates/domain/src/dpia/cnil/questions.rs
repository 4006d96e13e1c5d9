//! Which of the tool's 36 questions becomes what.
//!
//! The numbers are the tool's: section, item, question. What each asks is said here in this project's own words.

use super::RiskKind;
use serde::{Deserialize, Serialize};

/// What an answer is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Slot {
    /// 111: what the processing is.
    Overview,
    /// 112: who is responsible for what.
    Responsibilities,
    /// 113: standards and codes that apply.
    Standards,
    /// 121: which data.
    Data,
    /// 122: how data moves, from collection to erasure.
    LifeCycle,
    /// 123: what holds and moves it: systems, people, paper.
    SupportingAssets,
    /// 211: what for, and that it is specified and legitimate.
    Purposes,
    /// 212: on which legal basis.
    LegalBasis,
    /// 213: that no more data is used than needed.
    Minimisation,
    /// 214: that data is right and up to date.
    Accuracy,
    /// 215: how long data is kept.
    Retention,
    /// 221: how people are told.
    Information,
    /// 222: how consent is obtained.
    Consent,
    /// 223: access and portability.
    Access,
    /// 224: rectification and erasure.
    Rectification,
    /// 225: restriction and objection.
    Objection,
    /// 226: processors and their contracts.
    Processors,
    /// 227: transfers to other countries.
    Transfers,
}

impl Slot {
    /// Every slot, in the tool's order.
    pub const ALL: [Self; 18] = [
        Self::Overview,
        Self::Responsibilities,
        Self::Standards,
        Self::Data,
        Self::LifeCycle,
        Self::SupportingAssets,
        Self::Purposes,
        Self::LegalBasis,
        Self::Minimisation,
        Self::Accuracy,
        Self::Retention,
        Self::Information,
        Self::Consent,
        Self::Access,
        Self::Rectification,
        Self::Objection,
        Self::Processors,
        Self::Transfers,
    ];

    /// The tool's number of the question.
    #[must_use]
    pub fn number(self) -> u16 {
        match self {
            Self::Overview => 111,
            Self::Responsibilities => 112,
            Self::Standards => 113,
            Self::Data => 121,
            Self::LifeCycle => 122,
            Self::SupportingAssets => 123,
            Self::Purposes => 211,
            Self::LegalBasis => 212,
            Self::Minimisation => 213,
            Self::Accuracy => 214,
            Self::Retention => 215,
            Self::Information => 221,
            Self::Consent => 222,
            Self::Access => 223,
            Self::Rectification => 224,
            Self::Objection => 225,
            Self::Processors => 226,
            Self::Transfers => 227,
        }
    }
}

/// What a question asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Something with a slot of its own.
    Slot(Slot),
    /// Something about one of the three risks.
    Risk(RiskKind, RiskPart),
}

/// What a question asks about a risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RiskPart {
    /// 3x1: what could come of it.
    Impacts,
    /// 3x2: how it could come about.
    Threats,
    /// 3x3: from whom or what.
    Sources,
    /// 3x4: which measures there are against it, by their titles.
    Controls,
    /// 3x5: how severe it is.
    Severity,
    /// 3x6: how likely it is.
    Likelihood,
}

/// The question with a number, if the tool has one.
#[must_use]
pub fn question(number: i64) -> Option<Question> {
    if let Some(slot) = Slot::ALL.into_iter().find(|slot| i64::from(slot.number()) == number) {
        return Some(Question::Slot(slot));
    }
    let kind = risk(number / 10)?;
    let part = match number % 10 {
        1 => RiskPart::Impacts,
        2 => RiskPart::Threats,
        3 => RiskPart::Sources,
        4 => RiskPart::Controls,
        5 => RiskPart::Severity,
        6 => RiskPart::Likelihood,
        _ => return None,
    };
    Some(Question::Risk(kind, part))
}

/// The risk of an item (32, 33, 34).
#[must_use]
pub fn risk(item: i64) -> Option<RiskKind> {
    match item {
        32 => Some(RiskKind::IllegitimateAccess),
        33 => Some(RiskKind::UnwantedModification),
        34 => Some(RiskKind::Disappearance),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_thirty_six_questions() {
        assert_eq!((0..1_000).filter(|number| question(*number).is_some()).count(), 36);
        assert_eq!(question(226), Some(Question::Slot(Slot::Processors)));
        assert_eq!(question(345), Some(Question::Risk(RiskKind::Disappearance, RiskPart::Severity)));
        assert_eq!(question(327), None);
    }
}
