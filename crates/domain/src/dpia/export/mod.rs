//! What exports of an assessment say, as values: its questions and answers line by line, its risks, and what a data sharing agreement
//! takes over from it. Files are written elsewhere; their sentences are made there too.
//!
//! | module | what lives there |
//! |---|---|
//! | [`agreement`] | the hand-over to a data sharing agreement |
//! | [`risks`] | one row for each risk |

pub mod agreement;
pub mod risks;

use super::{
    answer::Answer,
    place::{Part, Place},
    template::{Section, field::Field, view::View},
};

/// A question with its answer.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    /// The part it stands in.
    pub part: Part,
    /// The section's number within the part, from 1.
    pub number: usize,
    /// The section.
    pub section: &'a Section,
    /// The question.
    pub field: &'a Field,
    /// Where it stands.
    pub place: Place,
    /// What was answered.
    pub answer: Option<&'a Answer>,
}

impl Line<'_> {
    /// The answer as plain text; empty where there is none.
    #[must_use]
    pub fn text(&self) -> String {
        self.answer.map(|answer| answer.plain(&self.field.labels())).unwrap_or_default()
    }
}

/// The questions that apply, part by part, in reading order, each with what was answered.
#[must_use]
pub fn lines<'a>(view: View<'a>, parts: impl IntoIterator<Item = Part>) -> Vec<Line<'a>> {
    let of = |part: Part| {
        let view = view.of(part);
        view.sections().into_iter().flat_map(move |(number, section, fields)| {
            fields.into_iter().map(move |field| Line {
                part,
                number,
                section,
                field,
                place: part.at(&field.id),
                answer: view.answer(&field.id),
            })
        })
    };
    parts.into_iter().flat_map(of).collect()
}

/// Answers that no question asks for now: of modules that are off, conditions that do not hold, fields that the template does not
/// know. They are kept, and exports show them apart.
#[must_use]
pub fn resting<'a>(view: View<'a>, parts: impl IntoIterator<Item = Part>) -> Vec<(&'a Place, &'a Answer)> {
    parts.into_iter().flat_map(|part| view.of(part).resting()).filter(|(_, answer)| !answer.is_empty()).collect()
}
