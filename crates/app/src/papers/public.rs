//! What the public sees of an assessment: its fields as they were published, what was taken out and why, and no person.

use super::{Subject, capital, party_role, table};
use crate::web::words;
use documents::document::{Block, Document, Pair, Text};
use domain::dpia::publication::{Exemption, Piece, Publication, Shown};
use domain::dpia::{place::Place, publication::Rule};

/// The document of a publication. `rules` say of each field, in reading order, how far it may travel.
#[must_use]
pub fn paper(
    subject: &Subject<'_>,
    publication: &Publication,
    rules: impl IntoIterator<Item = (Place, Rule)>,
    made_at: i64,
) -> Document {
    let shown = publication.preview(&subject.answers, rules);
    let assessment = &subject.bundle.assessment;
    let made = jiff::Timestamp::from_millisecond(made_at).unwrap_or_default();
    let version = subject.bundle.versions.iter().find(|version| version.id == publication.version);
    let name = version.map_or_else(|| "Signed version".to_owned(), |version| format!("Version {}", version.number));
    let mut document = Document::new(&assessment.title, subject.bundle.organisation(assessment.lead), name, made);
    document.subtitle = Some("Data protection impact assessment, as published".to_owned());
    document.hash = Some(publication.sealed.to_string());
    for party in assessment.members() {
        document.facts.push(Pair::new(party_role(party.role), &subject.bundle.organisation(party.organisation)));
    }
    for signature in subject.bundle.signatures.iter().filter(|signature| signature.version == publication.version) {
        document.signatures.push(documents::document::Signature {
            role: capital(signature.role.words()),
            organisation: subject.bundle.organisation(signature.organisation),
            name: "Not named in public".to_owned(),
            when: words::instant(signature.at),
            state: "Signed".to_owned(),
        });
    }
    if !publication.summary.is_empty() {
        document.heading(1, "Summary");
        document.text(&publication.summary);
    }
    document.heading(1, "What the assessment says");
    for field in &shown {
        let question = subject.template.field(&field.place.field);
        document.heading(2, question.map_or(field.place.field.as_str(), |question| &question.label));
        pieces(&mut document, field);
    }
    removed(subject, &shown, &mut document);
    document
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

fn removed(subject: &Subject<'_>, shown: &[Shown], document: &mut Document) {
    let used = Publication::exemptions(shown);
    if used.is_empty() {
        return;
    }
    document.heading(1, "What was taken out");
    let mut list = table("Exemptions used", &[("Exemption", 3), ("Questions", 5)]);
    for (exemption, places) in used {
        let label = |place: &&Place| {
            subject.template.field(&place.field).map_or_else(|| place.field.clone(), |field| field.label.clone())
        };
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
