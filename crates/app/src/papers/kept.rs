//! A version that an organisation signed before it left: the shared text and its own annex, as it signed them, with the seals that
//! its signatures are bound to.

use super::{capital, party_role, signed, table};
use crate::web::words;
use documents::document::{Block, Document, Pair, Signature as Signed};
use domain::{
    dpia::{
        assessment::Joined,
        place::Part,
        sign_off::Signature,
        template::{In, Template},
        version::Version,
    },
    people::PersonId,
    register::ids::OrganisationId,
};
use serde_json::{Value, json};

/// A question with its answer.
pub type Said<'a> = (&'a str, String);

/// A section of a part, by its title, with what was answered in it.
pub type Section<'a> = (Part, &'a str, Vec<Said<'a>>);

/// What the paper is made of.
pub struct Kept<'a> {
    /// The assessment's number.
    pub number: &'a str,
    /// The version.
    pub version: &'a Version,
    /// Its template.
    pub template: &'a Template,
    /// The organisation's own signatures of it.
    pub signatures: Vec<&'a Signature>,
    /// The organisations that signed it and left, as far as whoever reads belongs to them.
    pub organisations: Vec<OrganisationId>,
    /// What an organisation is called.
    pub name: &'a dyn Fn(OrganisationId) -> String,
    /// What a person is called.
    pub person: &'a dyn Fn(PersonId) -> String,
}

impl Kept<'_> {
    /// The parts that it reads: what everybody shares, and its own annex.
    #[must_use]
    pub fn parts(&self) -> Vec<Part> {
        [Part::Shared].into_iter().chain(self.organisations.iter().copied().map(Part::Annex)).collect()
    }

    /// What it reads, part by part: sections, each with its questions and answers.
    #[must_use]
    pub fn sections(&self) -> Vec<Section<'_>> {
        let answers = &self.version.content.answers;
        let mut all = Vec::new();
        for part in self.parts() {
            let within = if part == Part::Shared { In::Shared } else { In::Annex };
            for section in self.template.sections.iter().filter(|section| section.part == within) {
                let said: Vec<Said<'_>> = section
                    .fields
                    .iter()
                    .filter_map(|field| Some((field, answers.get(&part.at(&field.id)).filter(|answer| !answer.is_empty())?)))
                    .map(|(field, answer)| (field.label.as_str(), answer.plain(&field.labels())))
                    .collect();
                if !said.is_empty() {
                    all.push((part, section.title.as_str(), said));
                }
            }
        }
        all
    }

    /// Its risks, with their levels after measures.
    #[must_use]
    pub fn risks(&self) -> Vec<(&str, &str, String)> {
        let parts = self.parts();
        let risks = self.version.content.risks.iter().filter(|risk| parts.contains(&risk.part));
        risks
            .map(|risk| {
                let level = risk.residual.band(&self.template.matrix);
                let level = level.map_or_else(|| "not known".to_owned(), |level| level.as_str().to_owned());
                (risk.title.as_str(), risk.description.as_str(), level)
            })
            .collect()
    }

    /// The document.
    #[must_use]
    pub fn paper(&self, made_at: i64) -> Document {
        let Self { number, version, template, name, .. } = self;
        let made = jiff::Timestamp::from_millisecond(made_at).unwrap_or_default();
        let whose: Vec<String> = self.organisations.iter().map(|one| name(*one)).collect();
        let said = format!("Version {}, frozen on {}", version.number, words::instant(version.at));
        let mut document = Document::new(&version.content.title, whose.join(", "), said, made);
        document.subtitle = Some(format!("{} {number}, as signed before leaving it", template.purpose.full()));
        document.hash = Some(version.seals.shared.to_string());
        for party in version.content.parties.iter().filter(|party| party.joined == Joined::Accepted) {
            document.facts.push(Pair::new(party_role(party.role), &name(party.organisation)));
        }
        for one in &self.organisations {
            if let Some(seal) = version.seals.annexes.get(one) {
                document.facts.push(Pair::new(format!("Seal of the annex of {}", name(*one)), &seal.to_string()));
            }
        }
        document.facts.push(Pair::new("Template", &format!("{}, version {}", template.title, template.edition.version)));
        for signature in &self.signatures {
            let deputy = if signature.as_deputy { ", as deputy" } else { "" };
            let reasons = if signature.reasons.is_empty() { String::new() } else { format!(" Reasons: {}", signature.reasons) };
            document.signatures.push(Signed {
                step: signed::step_by_id(&signature.step),
                role: format!("{}{deputy}", capital(signature.role.words())),
                organisation: name(signature.organisation),
                name: (self.person)(signature.person),
                when: words::instant(signature.at),
                state: format!("{}{reasons}", signature.says),
            });
        }
        document.contents = true;
        let mut part = None;
        for (of, section, answers) in self.sections() {
            if part != Some(of) {
                let title = of.organisation().map_or_else(|| "Shared text".to_owned(), |one| format!("Annex: {}", name(one)));
                document.heading(1, title);
                part = Some(of);
            }
            document.heading(2, section);
            for (question, answer) in answers {
                document.heading(3, question);
                document.text(&answer);
            }
        }
        document.heading(1, "Risks");
        let risks = self.risks();
        if risks.is_empty() {
            document.text("No risks are recorded.");
        } else {
            let mut list = table("Risks after measures", &[("Risk", 3), ("What could happen", 5), ("After measures", 2)]);
            for (title, description, level) in &risks {
                list.row([*title, *description, level.as_str()]);
            }
            document.push(Block::Table(list));
        }
        document
    }

    /// The same for programs: each part exactly as it is sealed, so that its seal can be computed again.
    #[must_use]
    pub fn values(&self) -> Value {
        let signed = |field: &str| self.template.signed(field);
        let bodies: Vec<Value> = self.parts().into_iter().map(|part| self.version.content.body(part, &signed)).collect();
        let annexes: serde_json::Map<String, Value> = self
            .organisations
            .iter()
            .filter_map(|one| Some((one.to_string(), json!(self.version.seals.annexes.get(one)?))))
            .collect();
        json!({
            "format": "city-tools signed version 1",
            "number": self.number,
            "title": self.version.content.title,
            "version": self.version.number,
            "frozen_at": jiff::Timestamp::from_millisecond(self.version.at).unwrap_or_default().to_string(),
            "sealed": self.version.seals.shared,
            "sealed_annexes": annexes,
            "parts": bodies,
            "signatures": self.signatures,
        })
    }
}
