//! Skills that an organisation holds.

use super::Origin;
use crate::register::ids::*;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How well a skill is held: the four levels of the Government Digital and Data Profession Capability Framework.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum SkillLevel {
    Awareness,
    #[default]
    Working,
    Practitioner,
    Expert,
}

impl SkillLevel {
    /// All of them, lowest first.
    pub const ALL: [SkillLevel; 4] = [SkillLevel::Awareness, SkillLevel::Working, SkillLevel::Practitioner, SkillLevel::Expert];

    /// Its name in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            SkillLevel::Awareness => "awareness",
            SkillLevel::Working => "working",
            SkillLevel::Practitioner => "practitioner",
            SkillLevel::Expert => "expert",
        }
    }

    /// The level of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == name)
    }
}

/// A skill that an organisation holds at a level, so that others can ask it for training. Never a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skill {
    /// Its id.
    pub id: SkillId,
    /// What an import finds it again by: organisation, folded name, level.
    pub key: String,
    /// Whose skill it is.
    pub organisation: OrganisationId,
    /// What it is, in the organisation's words: 'Power BI', 'contract negotiation'.
    pub name: String,
    /// How well.
    pub level: SkillLevel,
    /// How many people hold it at that level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<i64>,
    /// Whether the organisation offers to train its peers.
    #[serde(default)]
    pub offers_training: bool,
    /// Where the record came from.
    pub origin: Origin,
    /// The day on which someone last said that it is right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Date>,
    /// Last change, milliseconds of UTC.
    #[serde(default)]
    pub updated_at: i64,
}
