//! Which fields apply now, which are required, what is missing, and how far each section is.

use super::{
    super::{
        answer::{Answer, Answers, Ternary},
        condition::{Condition, Fact, Reader},
        place::{Part, Place},
    },
    In, Section, Template,
    field::{Field, FieldKind, Required},
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The answers of a screening, by question.
pub type Screened = BTreeMap<String, Ternary>;

/// What an assessment knows about itself, beside its answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// More than one controller is party.
    pub several_controllers: bool,
    /// At least one processor is party.
    pub processors: bool,
    /// How many risks stand in the part that is looked at.
    pub risks: usize,
}

/// One part of an assessment seen through its template.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The template, with overlays if there are any.
    pub template: &'a Template,
    /// All answers of the assessment.
    pub answers: &'a Answers,
    /// What screening was answered.
    pub screened: &'a Screened,
    /// The modules that are on.
    pub modules: &'a BTreeSet<String>,
    /// What the assessment knows about itself.
    pub facts: Facts,
    /// The part that is looked at.
    pub part: Part,
}

/// How far a section is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Nothing is answered.
    NotStarted,
    /// Something is answered, something required is not.
    InProgress,
    /// Everything required is answered.
    Completed,
}

/// How far a section is, in figures. Only fields that apply count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Fields.
    pub fields: usize,
    /// Fields with an answer.
    pub answered: usize,
    /// Fields that are required.
    pub required: usize,
    /// Required fields without an answer.
    pub missing: usize,
    /// Fields whose answer is 'I am not sure'.
    pub unsure: usize,
}

impl Progress {
    /// The state that the figures mean. A section that requires nothing is completed by any answer.
    #[must_use]
    pub fn state(self) -> State {
        match self {
            Self { answered: 0, .. } => State::NotStarted,
            Self { missing: 0, .. } => State::Completed,
            _ => State::InProgress,
        }
    }
}

impl<'a> View<'a> {
    /// The same assessment, another part of it.
    #[must_use]
    pub fn of(self, part: Part) -> Self {
        Self { part, ..self }
    }

    /// The sections of this part that have a field to show, each with the fields that apply, numbered from 1.
    #[must_use]
    pub fn sections(&self) -> Vec<(usize, &'a Section, Vec<&'a Field>)> {
        self.template
            .sections
            .iter()
            .map(|section| (section, section.fields.iter().filter(|field| self.shows(section, field, 0)).collect::<Vec<_>>()))
            .filter(|(_, fields)| !fields.is_empty())
            .enumerate()
            .map(|(index, (section, fields))| (index + 1, section, fields))
            .collect()
    }

    /// The fields of this part that apply, in reading order.
    #[must_use]
    pub fn fields(&self) -> Vec<&'a Field> {
        self.template.fields().filter(|(section, field)| self.shows(section, field, 0)).map(|(_, field)| field).collect()
    }

    /// Whether a field applies in this part.
    #[must_use]
    pub fn applies(&self, id: &str) -> bool {
        self.template.find(id).is_some_and(|(section, field)| self.shows(section, field, 0))
    }

    /// Whether a field is required now.
    #[must_use]
    pub fn requires(&self, field: &Field) -> bool {
        match &field.required {
            Required::Never => self.part.organisation().is_some_and(|own| field.local_required.contains(&own)),
            Required::Always => true,
            Required::When(condition) => {
                condition.holds(&At { view: self, depth: 0 })
                    || self.part.organisation().is_some_and(|own| field.local_required.contains(&own))
            }
        }
    }

    /// What stands in a field of this part.
    #[must_use]
    pub fn answer(&self, field: &str) -> Option<&'a Answer> {
        self.answers.get(&self.part.at(field)).filter(|answer| !answer.is_empty())
    }

    /// The required fields of this part that have no answer, in reading order.
    #[must_use]
    pub fn missing(&self) -> Vec<&'a Field> {
        self.fields().into_iter().filter(|field| self.requires(field) && !self.answered(field)).collect()
    }

    /// The fields of this part whose answer is 'I am not sure'.
    #[must_use]
    pub fn unsure(&self) -> Vec<&'a Field> {
        self.fields().into_iter().filter(|field| self.is_unsure(field)).collect()
    }

    /// How far a section is in this part.
    #[must_use]
    pub fn progress(&self, section: &Section) -> Progress {
        let mut progress = Progress::default();
        for field in section.fields.iter().filter(|field| self.shows(section, field, 0)) {
            let answered = self.answered(field);
            let required = self.requires(field);
            progress.fields += 1;
            progress.answered += usize::from(answered);
            progress.required += usize::from(required);
            progress.missing += usize::from(required && !answered);
            progress.unsure += usize::from(self.is_unsure(field));
        }
        progress
    }

    /// Answers of this part whose fields do not apply now: kept, shown aside, and not part of the document.
    #[must_use]
    pub fn resting(&self) -> Vec<(&'a Place, &'a Answer)> {
        self.answers.iter().filter(|(place, _)| place.part == self.part && !self.applies(&place.field)).collect()
    }

    /// The modules that answers and screening ask for and that are off, each with the parts of its condition that hold.
    #[must_use]
    pub fn wanted_modules(&self) -> Vec<(&'a super::Module, Vec<&'a Condition>)> {
        let shared = self.of(Part::Shared);
        let reader = At { view: &shared, depth: 0 };
        self.template
            .modules
            .iter()
            .filter(|module| !self.modules.contains(&module.id) && module.when.holds(&reader))
            .map(|module| (module, module.when.because(&reader)))
            .collect()
    }

    /// Something for conditions to read: only answers of fields that apply.
    #[must_use]
    pub fn reader(&'a self) -> impl Reader + 'a {
        At { view: self, depth: 0 }
    }

    fn answered(&self, field: &Field) -> bool {
        match field.kind {
            FieldKind::Risks => self.facts.risks > 0,
            _ => self.answer(&field.id).is_some(),
        }
    }

    fn is_unsure(&self, field: &Field) -> bool {
        matches!(self.answer(&field.id), Some(Answer::Ternary(Ternary::Unsure)))
    }

    fn shows(&self, section: &Section, field: &Field, depth: usize) -> bool {
        let part = match section.part {
            In::Shared => self.part == Part::Shared,
            In::Annex => self.part != Part::Shared,
        };
        part && section.module.as_ref().is_none_or(|module| self.modules.contains(module))
            && field.only_for.is_none_or(|organisation| self.part == Part::Annex(organisation))
            && field.when.as_ref().is_none_or(|condition| condition.holds(&At { view: self, depth }))
    }
}

/// Reads for a condition; a field that does not apply has no answer, so that what hangs on it does not apply either.
struct At<'v, 'a> {
    view: &'v View<'a>,
    depth: usize,
}

/// Deeper than any template nests; a checked template has no circles, so this is never met.
const DEEP: usize = 64;

impl Reader for At<'_, '_> {
    fn answer(&self, field: &str) -> Option<&Answer> {
        let (section, found) = self.view.template.find(field)?;
        let view = match section.part {
            In::Shared => self.view.of(Part::Shared),
            In::Annex => *self.view,
        };
        if self.depth > DEEP || !view.shows(section, found, self.depth + 1) {
            return None;
        }
        view.answer(field)
    }

    fn screening(&self, question: &str) -> Option<Ternary> {
        self.view.screened.get(question).copied()
    }

    fn module(&self, module: &str) -> bool {
        self.view.modules.contains(module)
    }

    fn fact(&self, fact: Fact) -> bool {
        match fact {
            Fact::SeveralControllers => self.view.facts.several_controllers,
            Fact::Processors => self.view.facts.processors,
        }
    }
}
