//! Templates: which sections and fields an assessment has, for whom, when, and what it suggests.
//!
//! A template is a YAML file with a URN and a version; a published version never changes. Reading one ([`read`]) checks it
//! whole, so that everything else may trust it: every id that is mentioned exists, conditions do not go round in circles, and
//! the matrix has no gap. The modules' sections stand among the others, in reading order, and carry their module's id.
//!
//! | module | what lives there |
//! |---|---|
//! | [`field`] | one field: its kind, its options, its columns, its words |
//! | [`read`] | from a file to a template, or to a list of what is wrong with it |
//! | `check` | what a schema cannot say of a template |
//! | [`options`] | lists of options that laws give and change |
//! | `marks` | what is said of fields of the shipped templates, which were published before a file could say it |
//! | [`view`] | which fields apply now, which are required, what is missing, how far each section is |
//! | [`fit`] | whether an answer may stand in a field |
//! | [`migrate`] | from an older version to a newer one, losing nothing |
//! | `convert` | an answer in the form that another version's field wants |
//! | [`compare`] | what changed between two versions |

pub mod compare;
pub mod field;
pub mod fit;
pub mod migrate;
pub mod options;
pub mod read;
pub mod view;

pub(super) mod check;
mod convert;
mod marks;

#[cfg(test)]
pub(crate) mod tests;

use super::{
    condition::Condition,
    place::{Part, Place},
    risk::Matrix,
    risk::RiskRule,
};
use crate::{people::Role, register::ids::OrganisationId};
use field::{Field, FieldKind, Sensitivity, Source};
use jiff::civil::Date;
use migrate::VersionMap;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// What a field of a template that does not say it holds for an agreement about sharing data: by the id that the shipped templates
/// give such a field.
#[must_use]
pub fn known_agreement(id: &str) -> Option<field::Agreement> {
    marks::agreement(id)
}

/// A file that can be referred to: its URN and its version, spelt `urn:example:dpia:short@1.0.0`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Edition {
    /// The URN.
    pub urn: String,
    /// The version.
    pub version: String,
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.urn, self.version)
    }
}

/// What a template is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// A data protection impact assessment.
    Dpia,
    /// A short data protection review, where screening asks for no DPIA.
    Review,
}

impl Purpose {
    /// What people call an assessment that is written on such a template, before its number.
    #[must_use]
    pub fn called(self) -> &'static str {
        match self {
            Self::Dpia => "DPIA",
            Self::Review => "Review",
        }
    }

    /// What such an assessment is, in full.
    #[must_use]
    pub fn full(self) -> &'static str {
        match self {
            Self::Dpia => "Data protection impact assessment",
            Self::Review => "Data protection review",
        }
    }
}

/// A template, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its URN and version.
    pub edition: Edition,
    /// What it is for.
    pub purpose: Purpose,
    /// Its title.
    pub title: String,
    /// What it is, for whom, and whose it is.
    pub about: String,
    /// The first day on which new assessments may use it.
    pub in_force: Date,
    /// The version that it replaces.
    pub replaces: Option<String>,
    /// Where it departs from the version before, in words.
    pub changes: Vec<String>,
    /// The file of options whose lists its choices use.
    pub options: Option<Edition>,
    /// The matrix of likelihood and severity.
    pub matrix: Matrix,
    /// The sections in reading order, those of the modules among them.
    pub sections: Vec<Section>,
    /// The modules.
    pub modules: Vec<Module>,
    /// The rules that suggest risks.
    pub risk_rules: Vec<RiskRule>,
    /// What becomes of the answers of the version that it replaces.
    pub map_from: Option<VersionMap>,
    /// The laws, standards and guidance that its fields rest on.
    pub sources: Vec<SourceDetail>,
    /// The overlays that are laid on it, by organisation; none on a template as its file has it.
    pub laid: BTreeMap<OrganisationId, Edition>,
}

/// A law, a standard or guidance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceDetail {
    /// Its id within the file.
    pub id: String,
    /// Its title, as people cite it.
    pub title: String,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The day on which it took effect or was published, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// The day on which it was last looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked: Option<Date>,
}

/// Which part of an assessment a section belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum In {
    /// The shared body.
    #[default]
    Shared,
    /// Each controller's annex.
    Annex,
}

/// A section of fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Which part it belongs to.
    pub part: In,
    /// What it is about, in a sentence or two.
    pub about: String,
    /// The module whose section it is; none for those that always apply.
    pub module: Option<String>,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// A set of sections that is switched on where it is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it is for.
    pub about: String,
    /// When it is wanted: over the screening's answers and the shared body's fields.
    pub when: Condition,
}

/// The id of the question for the day of the next review, as the shipped templates have it.
pub const REVIEW_DATE: &str = "review-date";

impl Template {
    /// All fields with their sections, in reading order.
    pub fn fields(&self) -> impl Iterator<Item = (&Section, &Field)> {
        self.sections.iter().flat_map(|section| section.fields.iter().map(move |field| (section, field)))
    }

    /// A field by its id, with its section.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<(&Section, &Field)> {
        self.fields().find(|(_, field)| field.id == id)
    }

    /// A field by its id.
    #[must_use]
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.find(id).map(|(_, field)| field)
    }

    /// Where the answer stands that says when the assessment is looked at again: [`REVIEW_DATE`], a day outside signatures. Of an annex it is the lead's. None where the template has no such question.
    #[must_use]
    pub fn review_date(&self, lead: OrganisationId) -> Option<Place> {
        let (section, field) = self.find(REVIEW_DATE)?;
        let day = matches!(field.kind, FieldKind::Date) && !field.signed;
        let part = match section.part {
            In::Shared => Part::Shared,
            In::Annex => Part::Annex(lead),
        };
        day.then(|| part.at(&field.id))
    }

    /// A section by its id.
    #[must_use]
    pub fn section(&self, id: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.id == id)
    }

    /// A module by its id.
    #[must_use]
    pub fn module(&self, id: &str) -> Option<&Module> {
        self.modules.iter().find(|module| module.id == id)
    }

    /// The details of a field's or a rule's source.
    #[must_use]
    pub fn source(&self, source: &Source) -> Option<&SourceDetail> {
        self.sources.iter().find(|detail| detail.id == source.id)
    }

    /// Whether what stands in a field is bound by signatures. A field that the template does not know is: what someone wrote
    /// must not change unseen.
    #[must_use]
    pub fn signed(&self, field: &str) -> bool {
        self.field(field).is_none_or(|field| field.signed)
    }

    /// The question of a short review whether a DPIA is needed after all: in a template for reviews, the yes-or-no question of that id in
    /// the annexes. Ids are for life, so that the shipped review, the versions made of it and councils' own reviews mean the same by it.
    #[must_use]
    pub fn asks_for_dpia(&self) -> Option<&Field> {
        let (section, field) = self.find("dpia-needed").filter(|_| self.purpose == Purpose::Review)?;
        (section.part == In::Annex && field.kind == FieldKind::Ternary).then_some(field)
    }

    /// The roles whose own words a field holds; of a field that the template does not know, nobody's in particular.
    #[must_use]
    pub fn written_by(&self, field: &str) -> &[Role] {
        self.field(field).map_or(&[], |field| &field.written_by)
    }

    /// How far what stands in a field may travel. A field that the template does not know is confidential.
    #[must_use]
    pub fn sensitivity(&self, field: &str) -> Sensitivity {
        self.field(field).map_or(Sensitivity::Confidential, |field| field.sensitivity)
    }
}
