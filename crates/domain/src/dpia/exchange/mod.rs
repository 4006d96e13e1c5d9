//! An assessment as one JSON document, with all that belongs to it, and back.
//!
//! [`Bundle`] is the document. Its JSON follows `data/dpia/assessment.schema.json`; writing and reading it loses nothing. What came
//! from another tool keeps its text letter for letter ([`Imported`]), in every later export too.
//!
//! A document says who signed what. That counts nowhere but where it was signed: [`Bundle::anew`] gives an imported assessment ids
//! of its own, and one that was signed elsewhere comes in as a record of it, never as signed here. So it is with tasks, guests,
//! publications and what the Commissioner answered: the document tells of them, and they bind nobody where it comes in. What is no part of a document: drafts that
//! nobody saved, who has looked, mail, and the change log.
//!
//! | module | what lives there |
//! |---|---|
//! | [`anew`] | an imported document with ids of its own, for an organisation here |
//! | [`register`] | what of the register a document names, and finding it again |
//! | [`from_cnil`] | the document that a file of the CNIL's tool becomes |

pub mod anew;
pub mod from_cnil;
pub mod register;

use super::{
    advice::Recommendation,
    answer::Answers,
    assessment::{Assessment, Guest},
    attachment::{Attachment, Gone},
    cnil::{self, Why},
    comment::Comment,
    edit::FieldState,
    ico::Consultation,
    project::Screening,
    publication::Publication,
    sign_off::Signature,
    task::Task,
    version::{MeasureRecord, RiskRecord, Version},
};
use crate::register::ids::OrganisationId;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// What the first key says.
pub const FORMAT: &str = "city-tools assessment 1";
/// The schema that the JSON follows.
pub const SCHEMA: &str = include_str!("../../../../../data/dpia/assessment.schema.json");

/// An assessment with all that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    /// [`FORMAT`].
    pub format: String,
    /// When it was made, milliseconds of UTC.
    pub exported_at: i64,
    /// The organisations that it names by id.
    pub organisations: Vec<Named>,
    /// The assessment.
    pub assessment: Assessment,
    /// The screening that asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screening: Option<Screening>,
    /// What stands in each field now: the shared body and the annexes.
    #[serde(default)]
    pub fields: Vec<FieldState>,
    /// What stood in fields before, the oldest first.
    #[serde(default)]
    pub history: Vec<FieldState>,
    /// The comments, the oldest first.
    #[serde(default)]
    pub comments: Vec<Comment>,
    /// The recommendations, by number.
    #[serde(default)]
    pub recommendations: Vec<Recommendation>,
    /// The risks, by number.
    #[serde(default)]
    pub risks: Vec<RiskRecord>,
    /// The measures, by number.
    #[serde(default)]
    pub measures: Vec<MeasureRecord>,
    /// The versions, the oldest first, with the seals of their parts.
    #[serde(default)]
    pub versions: Vec<Version>,
    /// The signatures, the oldest first, with what each is bound to.
    #[serde(default)]
    pub signatures: Vec<Signature>,
    /// The consultations of the Commissioner.
    #[serde(default)]
    pub consultations: Vec<Consultation>,
    /// What the Commissioner was asked, and answered, where a document was made that came in: told, and clearing nothing here. Its
    /// answer is to whoever asked, about their processing (UK GDPR, Article 36).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consultations_elsewhere: Vec<Consultation>,
    /// The day since when data is in use where a document was made that came in as a draft: told, and no use of it here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live_elsewhere: Option<Date>,
    /// Signatures that were made elsewhere, in a document that came in here: told, and counting for nothing here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signed_elsewhere: Vec<Signature>,
    /// What of the register the assessment and its answers name by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub register: Vec<register::Registered>,
    /// What a document that came in named of the register where it was made, each with what it was found to be here, or none where
    /// it is kept as text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub register_elsewhere: Vec<register::Registered>,
    /// The guests from outside who are invited, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invited: Vec<Invited>,
    /// The guests who were invited where a document was made that came in: told, and without any access here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invited_elsewhere: Vec<Invited>,
    /// The files, by the SHA-256 of their content. The content itself is beside this document, in a ZIP; each says where it is not.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// The tasks, done ones too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<Task>,
    /// The tasks that people had where a document was made that came in: told, and with nobody here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks_elsewhere: Vec<Task>,
    /// What was decided about publishing it, field by field, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub publications: Vec<Publication>,
    /// What was decided about that where a document was made that came in: told, and nothing is public here by it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub publications_elsewhere: Vec<Publication>,
    /// What came from elsewhere, letter for letter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub imported: Vec<Imported>,
    /// What was mapped, changed and kept aside when it came in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import_report: Option<cnil::Report>,
}

/// A guest, as a document tells of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// Their name, where it was known; erased with the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What they were invited to, for how long, by whom.
    #[serde(flatten)]
    pub guest: Guest,
}

/// An organisation that is named by id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Its id, where the document was made.
    pub id: OrganisationId,
    /// Its short name in addresses, by which it is known elsewhere.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// A text that came from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// What it became: a place, `risk:ID`, `measure:ID`, `comment:ID`, `assessment`; none for what is only kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Why it is only kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
    /// Where it stood and what it said.
    pub source: cnil::Source,
}

/// Why a document cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is no JSON text.
    #[error("it is no whole JSON text: it may be another file, or cut off ({0})")]
    NotJson(String),
    /// It says it is something else.
    #[error("the file is no City Tools assessment: its 'format' is not '{FORMAT}'")]
    OtherFormat,
    /// It does not follow the schema.
    #[error("the file does not follow the schema of assessments, at {}: {what}", in_words(.pointer))]
    Schema {
        /// The JSON pointer.
        pointer: String,
        /// What is wrong.
        what: String,
    },
}

/// Where in a document something is: its JSON pointer, which is empty at the top.
fn in_words(pointer: &str) -> &str {
    if pointer.is_empty() { "the top" } else { pointer }
}

impl Bundle {
    /// The document as JSON text, UTF-8, with a line end at the end.
    ///
    /// # Errors
    /// Never for a document that was read or made here; the type allows it.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Reads a document. A byte order mark may come first.
    ///
    /// # Errors
    /// When it is not JSON, something else, or does not follow the schema.
    pub fn from_json(bytes: &[u8]) -> Result<Self, Unreadable> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let value: Value = serde_json::from_slice(bytes).map_err(|error| Unreadable::NotJson(error.to_string()))?;
        if value.get("format").and_then(Value::as_str) != Some(FORMAT) {
            return Err(Unreadable::OtherFormat);
        }
        check(&value)?;
        serde_json::from_value(value).map_err(|error| Unreadable::Schema { pointer: String::new(), what: error.to_string() })
    }

    /// The answers as they stand.
    #[must_use]
    pub fn answers(&self) -> Answers {
        let answered = |field: &FieldState| Some((field.place.clone(), field.answer.clone()?));
        self.fields.iter().filter_map(answered).collect()
    }

    /// The organisations that the document mentions by id.
    #[must_use]
    pub fn mentioned(&self) -> BTreeSet<OrganisationId> {
        let mut all: BTreeSet<OrganisationId> = self.assessment.parties.iter().map(|party| party.organisation).collect();
        all.insert(self.assessment.lead);
        all.extend(
            self.fields
                .iter()
                .chain(&self.history)
                .flat_map(|field| [Some(field.organisation), field.place.part.organisation()])
                .flatten(),
        );
        all.extend(self.comments.iter().map(|comment| comment.organisation));
        all.extend(self.recommendations.iter().map(|one| one.organisation));
        all.extend(self.risks.iter().flat_map(|record| [Some(record.organisation), record.risk.part.organisation()]).flatten());
        all.extend(self.measures.iter().flat_map(|record| [Some(record.organisation), record.measure.organisation]).flatten());
        all.extend(self.versions.iter().flat_map(|version| version.seals.annexes.keys().copied().chain([version.organisation])));
        all.extend(self.signatures.iter().chain(&self.signed_elsewhere).map(|signature| signature.organisation));
        all.extend(self.attachments.iter().map(|attachment| attachment.organisation));
        all.extend(self.attachments.iter().filter_map(|attachment| match &attachment.gone {
            Some(Gone::Removed { organisation, .. }) => Some(*organisation),
            _ => None,
        }));
        all.extend(self.tasks.iter().chain(&self.tasks_elsewhere).map(|task| task.assignee.organisation()));
        for one in self.publications.iter().chain(&self.publications_elsewhere) {
            all.insert(one.organisation);
            all.extend(one.annexes.iter().flat_map(|annexes| annexes.keys().copied()));
        }
        all.extend(self.organisations_of_answers().into_iter().map(OrganisationId));
        all
    }

    /// The name of an organisation that the document names, or its id where it does not.
    #[must_use]
    pub fn organisation(&self, id: OrganisationId) -> String {
        self.organisations.iter().find(|named| named.id == id).map_or_else(|| id.to_string(), |named| named.name.clone())
    }
}

/// The schema, ready to hold documents against; read once.
static VALIDATOR: LazyLock<Result<jsonschema::Validator, String>> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(SCHEMA).map_err(|error| error.to_string())?;
    jsonschema::validator_for(&schema).map_err(|error| error.to_string())
});

/// Holds a value against the schema; the first thing wrong is told.
fn check(value: &Value) -> Result<(), Unreadable> {
    let broken = |what: &String| Unreadable::Schema { pointer: String::new(), what: what.clone() };
    match VALIDATOR.as_ref().map_err(broken)?.iter_errors(value).next() {
        None => Ok(()),
        Some(error) => {
            let what: String = error.to_string().chars().take(300).collect();
            Err(Unreadable::Schema { pointer: error.instance_path().to_string(), what })
        }
    }
}
