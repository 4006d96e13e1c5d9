//! Publication, field by field: what the template calls public is shown, unless somebody takes words out and says under which
//! exemption; what it calls internal is shown only where somebody decides so; what it calls confidential never is. Only a version
//! that everybody has signed is published, after somebody who prepared nothing of it has looked at exactly that. What is published
//! is tied to the signed version by its seal.
//!
//! | module | what lives there |
//! |---|---|
//! | `annexes` | each controller says whether its own annex is shown |
//! | `begin` | beginning one, what an earlier one leaves to it, and which answers are no part of the document |
//! | `carried` | what an earlier one decided, where the template has moved on since |
//! | `exemption` | why words are not published |
//! | `intent` | what the text itself says about being published |
//! | `listed` | what lists say of it, frozen with it |
//! | `shown` | what the public sees |
//! | `left` | what is left out of it, and where words that were taken out still stand |
//! | `standing` | one counts: publishing another replaces it, and it can be taken back |

use super::{
    answer::{Answer, Labels},
    ids::{AssessmentId, PublicationId, VersionId},
    place::Place,
    seal::{self, Seal},
    template::field::Sensitivity,
};
use crate::{people::PersonId, register::ids::OrganisationId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

mod annexes;
mod begin;
mod carried;
mod exemption;
mod intent;
mod left;
mod listed;
mod shown;
mod standing;

#[cfg(test)]
mod annex_tests;
#[cfg(test)]
mod left_tests;
#[cfg(test)]
mod tests;

pub use annexes::Consent;
pub use begin::{Begin, resting, signed};
pub use exemption::Exemption;
pub use intent::{Intent, intent};
pub use left::{Standing, Where};
pub use listed::{Listed, Listing};
pub use shown::{Piece, Shown, stretches};
pub use standing::settled;

/// What is decided about a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "show")]
pub enum Show {
    /// All of it.
    Whole,
    /// All but these words.
    Without {
        /// The passages taken out.
        passages: Vec<Passage>,
    },
    /// That there is an answer, but none of its words.
    Removed {
        /// Under which exemption.
        exemption: Exemption,
        /// Why it applies, in words that the public reads.
        reason: String,
    },
    /// Nothing, not even the question: not part of what is published. So is what the template does not call public.
    LeftOut,
    /// The same of what the template calls public: the public is told that a question is left out, and why.
    Unnamed {
        /// Under which exemption.
        exemption: Exemption,
        /// Why it applies, in words that the public reads.
        reason: String,
    },
}

/// Words taken out of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// The words, exactly as they stand.
    pub words: String,
    /// Under which exemption.
    pub exemption: Exemption,
    /// Why it applies, in words that the public reads.
    pub reason: String,
}

/// What an assessment shows to the public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// Its id.
    pub id: PublicationId,
    /// The assessment.
    pub assessment: AssessmentId,
    /// The signed version that it shows.
    pub version: VersionId,
    /// The seal of that version's shared body.
    pub sealed: Seal,
    /// What is decided about each field; for others the template's sensitivity decides.
    pub fields: BTreeMap<Place, Show>,
    /// Answers of that version that are never shown: no part of the document, since their questions do not apply there; and the day of
    /// the next review, which is said as it is kept up to date.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub resting: BTreeSet<Place>,
    /// The controllers that said that their own annex may be shown; whoever begins it says so of its own by that. None for one of
    /// before this was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annexes: Option<BTreeMap<OrganisationId, Consent>>,
    /// What lists say of it; none for one of before this was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listed: Option<Listed>,
    /// A summary in plain words, for the top of the page.
    pub summary: String,
    /// Who began it.
    pub by: PersonId,
    /// Everybody who decided something of what it shows.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub prepared_by: BTreeSet<PersonId>,
    /// For whom.
    pub organisation: OrganisationId,
    /// When, milliseconds of UTC.
    pub at: i64,
    /// Where it stands.
    pub stage: Stage,
    /// When the record last changed, milliseconds of UTC.
    pub updated_at: i64,
}

/// Where a publication stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "stage")]
pub enum Stage {
    /// Being prepared.
    Preparing,
    /// A second person is asked to look at the preview.
    Checking,
    /// Public.
    Published {
        /// Who looked at it.
        checked_by: PersonId,
        /// When it was published, milliseconds of UTC.
        at: i64,
        /// The seal of exactly what the public sees.
        seal: Seal,
    },
    /// No longer public; a note says so in its place.
    Withdrawn {
        /// Who withdrew it.
        by: PersonId,
        /// When, milliseconds of UTC.
        at: i64,
        /// What the public reads instead.
        note: String,
        /// When it had been published, milliseconds of UTC; none where that was not kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        published_at: Option<i64>,
    },
    /// Another publication of the same assessment took its place; its address leads there.
    Replaced {
        /// Which.
        by: PublicationId,
        /// When, milliseconds of UTC.
        at: i64,
    },
}

/// Why it is not published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "refusal")]
pub enum Refusal {
    /// Only a version that everybody has signed is published.
    NotSigned,
    /// What everybody has signed since is another version.
    OtherVersion,
    /// What would be published is not what was looked at.
    Changed,
    /// The field is confidential: it cannot be shown.
    Confidential {
        /// Which.
        place: Place,
    },
    /// The words to take out do not stand in the answer.
    NotThere {
        /// Which field.
        place: Place,
        /// The words.
        words: String,
    },
    /// Two passages share words of the answer, and do not go for the same reason: only one reason would be told.
    Overlap {
        /// Which field.
        place: Place,
        /// The words of the one.
        words: String,
        /// The words of the other.
        other: String,
    },
    /// An exemption is claimed without saying why.
    SayWhy,
    /// The summary is missing.
    NoSummary,
    /// The second pair of eyes is somebody else's.
    OwnWork,
    /// It is not at that stage.
    WrongStage,
    /// The version has no annex of that organisation.
    NoAnnex,
}

/// What decides about a field that has an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// How far the template lets it travel.
    pub sensitivity: Sensitivity,
    /// The words for what it holds by id.
    pub labels: Labels,
}

/// What is decided about a field where nobody decided: public fields are shown, all others left out.
#[must_use]
pub fn default(sensitivity: Sensitivity) -> Show {
    if sensitivity == Sensitivity::Public { Show::Whole } else { Show::LeftOut }
}

impl Publication {
    /// What is decided about a field. Where words that were to be taken out do not stand in the answer (it was written anew since),
    /// nothing of the answer is shown until somebody decides again.
    #[must_use]
    pub fn show(&self, place: &Place, rule: &Rule, answer: &Answer) -> Show {
        match self.fields.get(place) {
            None => default(rule.sensitivity),
            Some(Show::Without { passages }) => {
                let plain = answer.plain(&rule.labels);
                match passages.iter().find(|passage| passage.words.is_empty() || !plain.contains(&passage.words)) {
                    Some(lost) => Show::Removed { exemption: lost.exemption, reason: lost.reason.clone() },
                    None => Show::Without { passages: passages.clone() },
                }
            }
            Some(show) => show.clone(),
        }
    }

    /// Whether words that were to be taken out of a field do not stand in it any more, so that it has to be decided again.
    #[must_use]
    pub fn reworded(&self, place: &Place, rule: &Rule, answer: &Answer) -> bool {
        matches!(self.fields.get(place), Some(Show::Without { .. }))
            && matches!(self.show(place, rule, answer), Show::Removed { .. })
    }

    /// Whether a person decided something of what it shows: then the second pair of eyes is somebody else's.
    #[must_use]
    pub fn prepared(&self, person: PersonId) -> bool {
        self.by == person || self.prepared_by.contains(&person)
    }

    /// Decides about a field. Whoever does so has prepared it.
    ///
    /// # Errors
    /// When it is confidential, the words are not there or overlap under different reasons, no reason is given, or it is published
    /// already.
    pub fn decide(
        &mut self,
        place: &Place,
        show: Show,
        answer: Option<&Answer>,
        rule: &Rule,
        by: PersonId,
    ) -> Result<(), Refusal> {
        if !self.open() {
            return Err(Refusal::WrongStage);
        }
        if rule.sensitivity == Sensitivity::Confidential && show != Show::LeftOut {
            return Err(Refusal::Confidential { place: place.clone() });
        }
        // What the template calls public does not go without a reason that the public reads.
        if rule.sensitivity == Sensitivity::Public && show == Show::LeftOut {
            return Err(Refusal::SayWhy);
        }
        let plain = answer.map(|answer| answer.plain(&rule.labels)).unwrap_or_default();
        match &show {
            Show::Without { passages } => {
                for passage in passages {
                    if passage.words.trim().is_empty() || !plain.contains(&passage.words) {
                        return Err(Refusal::NotThere { place: place.clone(), words: passage.words.clone() });
                    }
                    if passage.reason.trim().is_empty() {
                        return Err(Refusal::SayWhy);
                    }
                }
                if let Some((one, other)) = shown::overlap(&plain, passages) {
                    let (words, other) = (one.words.clone(), other.words.clone());
                    return Err(Refusal::Overlap { place: place.clone(), words, other });
                }
            }
            Show::Removed { reason, .. } | Show::Unnamed { reason, .. } if reason.trim().is_empty() => {
                return Err(Refusal::SayWhy);
            }
            _ => {}
        }
        // What a second person has looked at must be what is published.
        self.stage = Stage::Preparing;
        self.fields.insert(place.clone(), show);
        self.prepared_by.insert(by);
        Ok(())
    }

    /// Gives it a summary in plain words. Whoever looked at another one looks again; whoever wrote it has prepared it.
    ///
    /// # Errors
    /// When it says nothing, or is public already.
    pub fn summarise(&mut self, summary: &str, by: PersonId) -> Result<(), Refusal> {
        if !self.open() {
            return Err(Refusal::WrongStage);
        }
        let summary = summary.trim();
        if summary.is_empty() {
            return Err(Refusal::NoSummary);
        }
        if self.summary != summary {
            summary.clone_into(&mut self.summary);
            self.stage = Stage::Preparing;
            self.prepared_by.insert(by);
        }
        Ok(())
    }

    /// Asks a second person to look at it. `signed` is the version that everybody has signed ([`signed()`]).
    ///
    /// # Errors
    /// When that is not what it shows, or there is no summary.
    pub fn ask(&mut self, signed: Option<VersionId>) -> Result<(), Refusal> {
        self.shows(signed)?;
        if self.stage != Stage::Preparing {
            return Err(Refusal::WrongStage);
        }
        if self.summary.trim().is_empty() {
            return Err(Refusal::NoSummary);
        }
        self.stage = Stage::Checking;
        Ok(())
    }

    /// Publishes it, after a second person has looked at exactly this: `seen` is the seal of what their page showed, `content` what
    /// would be published now.
    ///
    /// # Errors
    /// When they prepared something of it, it is not what they saw, not what everybody has signed, or was not asked for.
    pub fn publish(
        &mut self,
        by: PersonId,
        at: i64,
        signed: Option<VersionId>,
        content: &Value,
        seen: Option<Seal>,
    ) -> Result<(), Refusal> {
        self.shows(signed)?;
        if self.stage != Stage::Checking {
            return Err(Refusal::WrongStage);
        }
        if self.prepared(by) {
            return Err(Refusal::OwnWork);
        }
        let seal = seal::seal(content);
        if seen != Some(seal) {
            return Err(Refusal::Changed);
        }
        self.annexes.get_or_insert_default();
        self.stage = Stage::Published { checked_by: by, at, seal };
        Ok(())
    }

    /// Whether it shows what everybody has signed.
    fn shows(&self, signed: Option<VersionId>) -> Result<(), Refusal> {
        match signed {
            None => Err(Refusal::NotSigned),
            Some(version) if version != self.version => Err(Refusal::OtherVersion),
            Some(_) => Ok(()),
        }
    }

    /// Whether the public sees it.
    #[must_use]
    pub fn is_public(&self) -> bool {
        matches!(self.stage, Stage::Published { .. })
    }
}
