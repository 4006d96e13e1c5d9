//! A publication as the public sees it: sections, questions, answers with what was taken out and why.

use super::super::projects::{Body, body};
use crate::{error::Failure, state::App};
use domain::{
    dpia::{
        assessment::Joined,
        place::{Part, Place},
        publication::{Exemption, Piece, Publication, Rule, Shown},
        template::{
            self, In, Template,
            field::{FieldKind, Sensitivity},
        },
        version::Version,
    },
    register::snapshot::Snapshot,
};
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;
use std::sync::Arc;

/// A section with what is shown of it.
#[derive(Serialize)]
pub struct Section {
    /// Where it stands.
    #[serde(skip)]
    pub at: (Part, String),
    title: String,
    annex: Option<Body>,
    fields: Vec<Field>,
}

#[derive(Serialize)]
struct Field {
    label: String,
    pieces: Vec<Stretch>,
}

#[derive(Serialize)]
struct Stretch {
    /// Words that are shown; none where they were taken out.
    text: Option<String>,
    words: usize,
    exemption: Option<ExemptionWords>,
    reason: String,
}

/// An exemption in words.
#[derive(Clone, Serialize)]
pub struct ExemptionWords {
    /// As forms spell it.
    pub value: &'static str,
    /// In words.
    pub text: String,
}

/// An exemption of the Freedom of Information Act 2000 in words.
#[must_use]
pub fn exemption(exemption: Exemption) -> ExemptionWords {
    let name = match exemption {
        Exemption::NationalSecurity => "national security",
        Exemption::LawEnforcement => "law enforcement, which covers the prevention of crime",
        Exemption::HealthAndSafety => "health and safety",
        Exemption::PersonalInformation => "personal information",
        Exemption::InConfidence => "information provided in confidence",
        Exemption::LegalPrivilege => "legal professional privilege",
        Exemption::CommercialInterests => "commercial interests",
    };
    ExemptionWords { value: exemption.as_str(), text: format!("{name} (section {})", exemption.section()) }
}

/// A question that is left out although its template calls it public.
#[derive(Serialize)]
pub struct LeftOut {
    exemption: ExemptionWords,
    reason: String,
}

/// The questions that are left out although their template calls them public, with the reasons, as the public is told.
#[must_use]
pub fn left_out(publication: &Publication, version: &Version) -> Vec<LeftOut> {
    let all = publication.left_out(&version.content.answers).into_iter();
    all.map(|(why, reason)| LeftOut { exemption: exemption(why), reason: reason.to_owned() }).collect()
}

/// How far the answer to a field travels here. People's names never do, whatever is decided; what was made public before that was so
/// stays as it was looked at.
#[must_use]
pub fn sensitivity(field: &template::field::Field, publication: &Publication) -> Sensitivity {
    let names = field.kind == FieldKind::People && publication.open();
    if names { Sensitivity::Confidential } else { field.sensitivity }
}

/// The fields of a version in the order of the page, each with what decides about it; without those that are no part of the
/// document there.
#[must_use]
pub fn order(template: &Template, publication: &Publication, version: &Version) -> Vec<(Place, Rule)> {
    let controllers: Vec<_> = version
        .content
        .parties
        .iter()
        .filter(|party| party.joined == Joined::Accepted && party.role.controls())
        .map(|party| party.organisation)
        .collect();
    let mut all = Vec::new();
    let mut part = |part: Part, within: In| {
        for (_, field) in template.fields().filter(|(section, _)| section.part == within) {
            let place = part.at(&field.id);
            if !publication.resting.contains(&place) {
                all.push((place, Rule { sensitivity: sensitivity(field, publication), labels: field.labels() }));
            }
        }
    };
    part(Part::Shared, In::Shared);
    for organisation in controllers {
        part(Part::Annex(organisation), In::Annex);
    }
    all
}

/// The template that a version was written with, with what its controllers added then: the assessment may have moved on since, and
/// what is public says no more for it.
///
/// # Errors
/// Not found for an edition that this server does not have.
pub fn template(app: &App, version: &Version) -> Result<Arc<Template>, Failure> {
    let accepted = version.content.parties.iter().filter(|party| party.joined == Joined::Accepted && party.role.controls());
    let controllers = accepted.map(|party| party.organisation);
    let made = Timestamp::from_millisecond(version.at).unwrap_or_default().to_zoned_datetime(TimeZone::UTC).date();
    app.rules().laid(&version.content.template, controllers, made).ok_or_else(Failure::not_found)
}

/// What the public sees of a publication.
#[must_use]
pub fn preview(template: &Template, publication: &Publication, version: &Version) -> Vec<Shown> {
    publication.preview(&version.content.answers, order(template, publication, version))
}

/// Whether an answer says the day of the next review. What was published before that was left out has it sealed, so that its JSON keeps
/// it; pages and papers say the day as the assessment has it now.
#[must_use]
pub fn says_review(template: &Template, publication: &Publication, place: &Place) -> bool {
    template.review_date(publication.organisation).is_some_and(|day| day == *place)
}

/// The same, in sections for pages.
#[must_use]
pub fn sections(snapshot: &Snapshot, template: &Template, publication: &Publication, shown: &[Shown]) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for one in shown.iter().filter(|one| !says_review(template, publication, &one.place)) {
        let Some((section, field)) = template.find(&one.place.field) else { continue };
        let made = Field {
            label: field.label.clone(),
            pieces: one
                .pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Shown { text } => {
                        Stretch { text: Some(text.clone()), words: 0, exemption: None, reason: String::new() }
                    }
                    Piece::Gone { words, exemption: why, reason } => {
                        Stretch { text: None, words: *words, exemption: Some(exemption(*why)), reason: reason.clone() }
                    }
                })
                .collect(),
        };
        match sections.iter_mut().find(|known| known.at.1 == section.id && known.at.0 == one.place.part) {
            Some(known) => known.fields.push(made),
            None => sections.push(Section {
                at: (one.place.part, section.id.clone()),
                title: section.title.clone(),
                annex: one.place.part.organisation().map(|organisation| body(snapshot, organisation)),
                fields: vec![made],
            }),
        }
    }
    sections
}
