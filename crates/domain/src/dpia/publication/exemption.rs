//! Why words are not published.

use serde::{Deserialize, Serialize};

/// Why words are not published: exemptions of the Freedom of Information Act 2000 that assessments meet. The section is cited
/// beside what was taken out; which applies is for the council to judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exemption {
    /// Section 24: national security.
    NationalSecurity,
    /// Section 31: law enforcement, which covers the prevention of crime against systems and people.
    LawEnforcement,
    /// Section 38: health and safety.
    HealthAndSafety,
    /// Section 40: personal information.
    PersonalInformation,
    /// Section 41: information provided in confidence.
    InConfidence,
    /// Section 42: legal professional privilege.
    LegalPrivilege,
    /// Section 43: commercial interests.
    CommercialInterests,
}

impl Exemption {
    /// Every exemption, by section.
    pub const ALL: [Self; 7] = [
        Self::NationalSecurity,
        Self::LawEnforcement,
        Self::HealthAndSafety,
        Self::PersonalInformation,
        Self::InConfidence,
        Self::LegalPrivilege,
        Self::CommercialInterests,
    ];

    /// The section of the Freedom of Information Act 2000.
    #[must_use]
    pub fn section(self) -> u8 {
        match self {
            Self::NationalSecurity => 24,
            Self::LawEnforcement => 31,
            Self::HealthAndSafety => 38,
            Self::PersonalInformation => 40,
            Self::InConfidence => 41,
            Self::LegalPrivilege => 42,
            Self::CommercialInterests => 43,
        }
    }

    /// As forms and JSON spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NationalSecurity => "national-security",
            Self::LawEnforcement => "law-enforcement",
            Self::HealthAndSafety => "health-and-safety",
            Self::PersonalInformation => "personal-information",
            Self::InConfidence => "in-confidence",
            Self::LegalPrivilege => "legal-privilege",
            Self::CommercialInterests => "commercial-interests",
        }
    }

    /// Reads what [`Self::as_str`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|exemption| exemption.as_str() == text)
    }
}
