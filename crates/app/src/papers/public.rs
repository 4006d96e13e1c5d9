//! What the public sees of an assessment: its fields as they were published, what was taken out and why, and no person.

use super::{party_role, table};
use crate::web::{dpia::publish::shown::says_review, words};
use documents::document::{Block, Document, Pair, Text};
use domain::dpia::{
    place::Place,
    publication::{Exemption, Listing, Piece, Publication, Rule, Shown, Stage},
    template::Template,
    version::Version,
};
use domain::register::ids::OrganisationId;
use jiff::civil::Date;

/// A publication with what it shows.
pub struct Published<'a> {
    /// What is decided about each field.
    pub publication: &'a Publication,
    /// The signed version that it shows.
    pub version: &'a Version,
    /// The number that the assessment is called by.
    pub number: &'a str,
    /// The version's template.
    pub template: &'a Template,
    /// The fields in the order of the page, each with how far it may travel.
    pub order: Vec<(Place, Rule)>,
    /// The organisations that took part, each with when it left since, milliseconds of UTC.
    pub parties: Vec<(Listing, Option<i64>)>,
    /// The products that its systems are.
    pub products: Vec<String>,
    /// The day of the next review, as the assessment has it: no part of what was signed and sealed.
    pub review_on: Option<Date>,
    /// What an organisation is called.
    pub name: &'a dyn Fn(OrganisationId) -> String,
}

/// The document, exactly what the page shows.
#[must_use]
pub fn paper(published: &Published<'_>, made_at: i64) -> Document {
    let Published { publication, version, number, template, order, parties, products, review_on, name } = published;
    let shown = publication.preview(&version.content.answers, order.iter().cloned());
    let made = jiff::Timestamp::from_millisecond(made_at).unwrap_or_default();
    let mut document =
        Document::new(&version.content.title, name(publication.organisation), format!("Version {}", version.number), made);
    document.subtitle = Some(format!("{} {number}, as published", template.purpose.full()));
    // What was signed holds more than the public sees, so that nobody can compute this from the file; it ties the file to it.
    document.labels.hash = "Seal of the signed shared text (SHA-256)".into();
    document.hash = Some(publication.sealed.to_string());
    if let Stage::Published { at, seal, .. } = &publication.stage {
        document.facts.push(Pair::new("Published on", &words::instant(*at)));
        document.facts.push(Pair::new("Seal of what is published (SHA-256)", &seal.to_string()));
    }
    for (organisation, seal) in publication.annexes_shown(version, &shown) {
        document.facts.push(Pair::new(format!("Seal of the annex of {}", name(organisation)), &seal.to_string()));
    }
    for (party, until) in parties {
        let until = until.map(|until| format!(", took part until {}", words::instant(until))).unwrap_or_default();
        document.facts.push(Pair::new(party_role(party.role), &format!("{}{until}", name(party.organisation))));
    }
    if !products.is_empty() {
        document.facts.push(Pair::new("What is used", &products.join(", ")));
    }
    if let Some(on) = review_on {
        document.facts.push(Pair::new("Next review, when this file was made", &words::day(*on)));
    }
    if !publication.summary.is_empty() {
        document.heading(1, "Summary");
        document.text(&publication.summary);
    }
    left_out(publication, version, &mut document);
    document.heading(1, "What the assessment says");
    for field in shown.iter().filter(|one| !says_review(template, publication, &one.place)) {
        let question = template.field(&field.place.field).map_or(field.place.field.as_str(), |question| &question.label);
        let whose = field.place.part.organisation().map(|organisation| format!(" ({})", name(organisation)));
        document.heading(2, format!("{question}{}", whose.unwrap_or_default()));
        pieces(&mut document, field);
    }
    removed(template, &shown, &mut document);
    document
}

/// Questions that are left out although the template calls them public: how many, and why.
fn left_out(publication: &Publication, version: &Version, document: &mut Document) {
    let all = publication.left_out(&version.content.answers);
    if all.is_empty() {
        return;
    }
    document.push(Block::Note {
        label: match all.len() {
            1 => "1 question is left out".to_owned(),
            count => format!("{count} questions are left out"),
        },
        body: all.iter().map(|(exemption, reason)| Text::plain(&format!("{}: {reason}", section(*exemption)))).collect(),
    });
}

fn pieces(document: &mut Document, field: &Shown) {
    for piece in &field.pieces {
        match piece {
            Piece::Shown { text } => document.text(text),
            Piece::Gone { words, exemption, reason } => document.push(Block::Note {
                label: format!("{words} {} taken out", if *words == 1 { "word" } else { "words" }),
                body: vec![Text::plain(&format!("{}: {reason}", section(*exemption)))],
            }),
        }
    }
}

fn removed(template: &Template, shown: &[Shown], document: &mut Document) {
    let used = Publication::exemptions(shown);
    if used.is_empty() {
        return;
    }
    document.heading(1, "What was taken out");
    let mut list = table("Exemptions used", &[("Exemption", 3), ("Questions", 5)]);
    for (exemption, places) in used {
        let label =
            |place: &&Place| template.field(&place.field).map_or_else(|| place.field.clone(), |field| field.label.clone());
        let questions: Vec<String> = places.iter().map(label).collect();
        list.row([section(exemption).as_str(), &questions.join("\n")]);
    }
    document.push(Block::Table(list));
}

fn section(exemption: Exemption) -> String {
    let what = match exemption {
        Exemption::NationalSecurity => "national security",
        Exemption::LawEnforcement => "law enforcement and the prevention of crime",
        Exemption::HealthAndSafety => "health and safety",
        Exemption::PersonalInformation => "personal information",
        Exemption::InConfidence => "information given in confidence",
        Exemption::LegalPrivilege => "legal professional privilege",
        Exemption::CommercialInterests => "commercial interests",
    };
    format!("Section {} of the Freedom of Information Act 2000, {what}", exemption.section())
}
