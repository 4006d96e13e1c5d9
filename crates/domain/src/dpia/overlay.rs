//! What an organisation adds to a template for itself. It may do three things and no others: add guidance to a field, add
//! fields to its own annex, and require a field of its own annex. It cannot take a field or an option away, loosen a
//! requirement, make an answer more public, or touch the matrix: the file has no word for it, and whatever it adds stands in its
//! own annex, so that the other parties' document stays the same.

use super::{
    file::{Document, Kind, Problem},
    place::is_id,
    template::{
        Edition, In, Section, Template, check,
        field::{Field, Required},
        options::OptionLists,
        read::{WrittenField, make_field},
    },
};
use crate::register::ids::OrganisationId;
use jiff::civil::Date;
use serde::Deserialize;
use uuid::Uuid;

/// An overlay, checked against its template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlay {
    /// Its URN and version.
    pub edition: Edition,
    /// The template, with its version.
    pub of: Edition,
    /// The organisation, by its slug.
    pub organisation: String,
    /// Its title.
    pub title: String,
    /// What it adds, in a sentence.
    pub about: String,
    /// The first day on which it holds.
    pub in_force: Date,
    /// Guidance by field.
    pub guidance: Vec<(String, String)>,
    /// Own fields, each with the section of the annex it stands in.
    pub fields: Vec<(String, Field)>,
    /// Fields of the own annex that it requires.
    pub require: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Written {
    #[allow(dead_code)]
    kind: String,
    urn: String,
    version: String,
    of: Edition,
    organisation: String,
    title: String,
    about: String,
    in_force: Date,
    #[serde(default)]
    guidance: Vec<Guidance>,
    #[serde(default)]
    fields: Vec<OwnField>,
    #[serde(default)]
    require: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Guidance {
    field: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnField {
    section: String,
    field: WrittenField,
}

impl Overlay {
    /// Reads an overlay, or says all that is wrong with it. `templates` holds the template that it names.
    pub fn read(name: &str, text: &str, templates: &[Template], lists: &[OptionLists]) -> Result<Self, Vec<Problem>> {
        let document = Document::read(name, text).map_err(|problem| vec![problem])?;
        if !document.fits(Kind::Overlay) {
            return Err(document.problems());
        }
        let Some(written) = document.typed::<Written>() else { return Err(document.problems()) };
        let Some(template) = templates.iter().find(|template| template.edition == written.of) else {
            document.problem(
                "/of",
                &format!("There is no template {}", written.of),
                "Name a template and a version that there are",
            );
            return Err(document.problems());
        };
        let list = lists.iter().find(|lists| Some(&lists.edition) == template.options.as_ref());
        let fields = written
            .fields
            .into_iter()
            .enumerate()
            .map(|(index, own)| {
                let pointer = format!("/fields/{index}/field");
                (own.section, make_field(&document, &pointer, own.field, list))
            })
            .collect();
        let overlay = Self {
            edition: Edition { urn: written.urn, version: written.version },
            of: written.of,
            organisation: written.organisation,
            title: written.title,
            about: written.about,
            in_force: written.in_force,
            guidance: written.guidance.into_iter().map(|guidance| (guidance.field, guidance.text)).collect(),
            fields,
            require: written.require,
        };
        overlay.check(&document, template);
        document.finish(Some(overlay))
    }

    fn check(&self, document: &Document, template: &Template) {
        for (index, (field, _)) in self.guidance.iter().enumerate() {
            if template.field(field).is_none() {
                document.problem(
                    &format!("/guidance/{index}/field"),
                    &format!("There is no field '{field}'"),
                    "Name a field of the template",
                );
            }
        }
        for (index, id) in self.require.iter().enumerate() {
            let pointer = format!("/require/{index}");
            match template.find(id) {
                None => document.problem(&pointer, &format!("There is no field '{id}'"), "Name a field of the template"),
                Some((section, _)) if section.part == In::Shared => document.problem(
                    &pointer,
                    &format!("'{id}' stands in the shared body, where the other parties write too"),
                    "Require fields of the annex only",
                ),
                Some(_) => {}
            }
        }
        let prefix = format!("local-{}-", self.organisation);
        // Any organisation will do: the check looks at what reads what.
        let applied = self.apply(template, OrganisationId(Uuid::nil()));
        for (index, (section, field)) in self.fields.iter().enumerate() {
            let pointer = format!("/fields/{index}/field");
            if !field.id.starts_with(&prefix) || !is_id(&field.id) {
                document.problem(
                    &format!("{pointer}/id"),
                    &format!("'{}' could be another's id", field.id),
                    &format!("Begin the ids of own fields with '{prefix}'"),
                );
            }
            if self.fields[..index].iter().any(|(_, other)| other.id == field.id) {
                document.problem(
                    &format!("{pointer}/id"),
                    &format!("There is another field '{}'", field.id),
                    "Give each field an id of its own",
                );
            }
            match template.section(section) {
                None => document.problem(
                    &format!("/fields/{index}/section"),
                    &format!("There is no section '{section}'"),
                    "Name a section of the annex",
                ),
                Some(Section { part: In::Shared, .. }) => document.problem(
                    &format!("/fields/{index}/section"),
                    &format!("The section '{section}' stands in the shared body, where the other parties write too"),
                    "Add fields to the annex only",
                ),
                Some(section) => check::field(document, &pointer, &applied, section, field),
            }
        }
        check::circles(document, &applied);
    }

    /// The template as this organisation's people see it. Several overlays may be laid on one template, each organisation's own.
    #[must_use]
    pub fn apply(&self, template: &Template, organisation: OrganisationId) -> Template {
        let mut template = template.clone();
        for section in &mut template.sections {
            let annex = section.part == In::Annex;
            for field in &mut section.fields {
                for (_, text) in self.guidance.iter().filter(|(id, _)| *id == field.id) {
                    field.local_guidance.push((organisation, text.clone()));
                }
                if annex && self.require.contains(&field.id) && field.required != Required::Always {
                    field.local_required.push(organisation);
                }
            }
            if annex {
                let own = self.fields.iter().filter(|(id, _)| *id == section.id);
                section.fields.extend(own.map(|(_, field)| Field { only_for: Some(organisation), ..field.clone() }));
            }
        }
        template
    }
}
