//! What an organisation adds to a template for itself. It may do three things and no others: add guidance to a field, add
//! fields to its own annex, and require a field of its own annex. It cannot take a field or an option away, loosen a
//! requirement, make an answer more public, or touch the matrix: the file has no word for it, and whatever it adds stands in its
//! own annex, so that the other parties' document stays the same.
//!
//! It names the version of the template for which it was written, and may say that it holds for later ones too ([`UpTo`]). It is
//! held against each of them that is known: what is named otherwise there is found by the template's own map, and what does not
//! fit any more is left out of that version and said ([`Fit`]), with the line of the overlay that says it.

mod names;

use super::{
    file::{Document, Kind, Problem},
    library::order,
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
use names::{renamed, with_names};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// To which versions of its template an overlay is laid on, from the one that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpTo {
    /// To that one alone.
    Itself,
    /// To those up to this one, which is included.
    Version(String),
    /// To every later one.
    Later,
}

impl UpTo {
    fn read(text: Option<&str>) -> Self {
        match text {
            None => Self::Itself,
            Some("later") => Self::Later,
            Some(version) => Self::Version(version.to_owned()),
        }
    }

    fn reaches(&self, version: &str) -> bool {
        match self {
            Self::Itself => false,
            Self::Version(last) => order(version) <= order(last),
            Self::Later => true,
        }
    }
}

/// An overlay, checked against its template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlay {
    /// Its URN and version.
    pub edition: Edition,
    /// The template, with the version for which it was written.
    pub of: Edition,
    /// The last version that it is for.
    pub up_to: UpTo,
    /// How it fits the later versions that are known and that it is for, oldest first.
    pub fits: Vec<Fit>,
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

/// How an overlay fits a version of its template that is later than the one it was written for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// The version.
    pub edition: Edition,
    /// What does not fit, with the line of the overlay; it is left out of this version, and the rest is laid on.
    pub problems: Vec<Problem>,
    /// Fields of the template that are called otherwise there.
    renamed: BTreeMap<String, String>,
    without: BTreeSet<Piece>,
}

/// A piece of an overlay, by its place in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    Guidance(usize),
    Own(usize),
    Require(usize),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Written {
    #[allow(dead_code)]
    kind: String,
    urn: String,
    version: String,
    of: Of,
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
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Of {
    urn: String,
    version: String,
    up_to: Option<String>,
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
    /// Reads an overlay, or says all that is wrong with it. `templates` holds the template that it names, and every later version
    /// that is known.
    pub fn read(name: &str, text: &str, templates: &[Template], lists: &[OptionLists]) -> Result<Self, Vec<Problem>> {
        let (document, written): (_, Written) = Document::written(name, text, Kind::Overlay)?;
        let of = Edition { urn: written.of.urn, version: written.of.version };
        let up_to = UpTo::read(written.of.up_to.as_deref());
        if let UpTo::Version(last) = &up_to
            && order(last) < order(&of.version)
        {
            document.problem(
                "/of/up-to",
                &format!("Version {last} comes before {}", of.version),
                "Name a later version, or 'later'",
            );
        }
        let Some(template) = templates.iter().find(|template| template.edition == of) else {
            document.problem("/of", &format!("There is no template {of}"), "Name a template and a version that there are");
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
        let mut overlay = Self {
            edition: Edition { urn: written.urn, version: written.version },
            of,
            up_to,
            fits: Vec::new(),
            organisation: written.organisation,
            title: written.title,
            about: written.about,
            in_force: written.in_force,
            guidance: written.guidance.into_iter().map(|guidance| (guidance.field, guidance.text)).collect(),
            fields,
            require: written.require,
        };
        overlay.check(&document, template, &BTreeMap::new());
        if document.problems().is_empty() {
            overlay.fits = overlay.held_against(name, text, templates);
        }
        document.finish(Some(overlay))
    }

    /// Each later version that it is for, and how it fits there.
    fn held_against(&self, name: &str, text: &str, templates: &[Template]) -> Vec<Fit> {
        let later = |template: &&Template| {
            template.edition.urn == self.of.urn
                && order(&template.edition.version) > order(&self.of.version)
                && self.up_to.reaches(&template.edition.version)
        };
        let mut versions: Vec<&Template> = templates.iter().filter(later).collect();
        versions.sort_by_key(|template| order(&template.edition.version));
        versions
            .into_iter()
            .filter_map(|template| {
                // The lines are those of this file, which was read before.
                let document = Document::read(name, text).ok()?;
                let renamed = renamed(templates, &self.of, template);
                let without = self.check(&document, template, &renamed);
                Some(Fit { edition: template.edition.clone(), problems: document.problems(), renamed, without })
            })
            .collect()
    }

    /// Notes all that is wrong beside a version of the template; says which pieces that is.
    fn check(&self, document: &Document, template: &Template, renamed: &BTreeMap<String, String>) -> BTreeSet<Piece> {
        let there = |id: &str| renamed.get(id).map_or_else(|| id.to_owned(), Clone::clone);
        let first = template.edition == self.of;
        let no_field = |id: &str| {
            if first {
                format!("There is no field '{id}'")
            } else {
                format!("Version {} of the template has no field '{id}' any more", template.edition.version)
            }
        };
        let mut wrong = BTreeSet::new();
        let mut seen = 0;
        let mut note = |piece: Piece, wrong: &mut BTreeSet<Piece>| {
            let found = document.problems().len();
            if found > seen {
                wrong.insert(piece);
            }
            seen = found;
        };
        for (index, (field, _)) in self.guidance.iter().enumerate() {
            if template.field(&there(field)).is_none() {
                document.problem(&format!("/guidance/{index}/field"), &no_field(field), "Name a field of the template");
            }
            note(Piece::Guidance(index), &mut wrong);
        }
        for (index, id) in self.require.iter().enumerate() {
            let pointer = format!("/require/{index}");
            match template.find(&there(id)) {
                None => document.problem(&pointer, &no_field(id), "Name a field of the template"),
                Some((section, _)) if section.part == In::Shared => document.problem(
                    &pointer,
                    &format!("'{id}' stands in the shared body, where the other parties write too"),
                    "Require fields of the annex only",
                ),
                Some(_) => {}
            }
            note(Piece::Require(index), &mut wrong);
        }
        let prefix = format!("local-{}-", self.organisation);
        // Any organisation will do: the check looks at what reads what.
        let applied = self.lay(template, OrganisationId(Uuid::nil()), renamed, &BTreeSet::new());
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
                None if first => document.problem(
                    &format!("/fields/{index}/section"),
                    &format!("There is no section '{section}'"),
                    "Name a section of the annex",
                ),
                None => document.problem(
                    &format!("/fields/{index}/section"),
                    &format!("Version {} of the template has no section '{section}' any more", template.edition.version),
                    "Name a section of the annex",
                ),
                Some(Section { part: In::Shared, .. }) => document.problem(
                    &format!("/fields/{index}/section"),
                    &format!("The section '{section}' stands in the shared body, where the other parties write too"),
                    "Add fields to the annex only",
                ),
                Some(section) => check::field(document, &pointer, &applied, section, &with_names(field, renamed)),
            }
            note(Piece::Own(index), &mut wrong);
        }
        check::circles(document, &applied);
        if document.problems().len() > seen {
            wrong.extend((0..self.fields.len()).map(Piece::Own));
        }
        wrong
    }

    /// Whether it is laid on a version of a template.
    #[must_use]
    pub fn covers(&self, template: &Edition) -> bool {
        self.of == *template || self.fits.iter().any(|fit| fit.edition == *template)
    }

    /// What does not fit a later version any more: that version, and each problem with its line.
    pub fn unfit(&self) -> impl Iterator<Item = &Fit> {
        self.fits.iter().filter(|fit| !fit.problems.is_empty())
    }

    /// The template as this organisation's people see it. Several overlays may be laid on one template, each organisation's own.
    #[must_use]
    pub fn apply(&self, template: &Template, organisation: OrganisationId) -> Template {
        match self.fits.iter().find(|fit| fit.edition == template.edition) {
            Some(fit) => self.lay(template, organisation, &fit.renamed, &fit.without),
            None => self.lay(template, organisation, &BTreeMap::new(), &BTreeSet::new()),
        }
    }

    fn lay(
        &self,
        template: &Template,
        organisation: OrganisationId,
        renamed: &BTreeMap<String, String>,
        without: &BTreeSet<Piece>,
    ) -> Template {
        let same = |id: &str, field: &Field| renamed.get(id).map_or(id, String::as_str) == field.id;
        let mut template = template.clone();
        template.laid.insert(organisation, self.edition.clone());
        for section in &mut template.sections {
            let annex = section.part == In::Annex;
            for field in &mut section.fields {
                for (index, (id, text)) in self.guidance.iter().enumerate() {
                    if same(id, field) && !without.contains(&Piece::Guidance(index)) {
                        field.local_guidance.push((organisation, text.clone()));
                    }
                }
                let asks = |(index, id): (usize, &String)| same(id, field) && !without.contains(&Piece::Require(index));
                if annex && field.required != Required::Always && self.require.iter().enumerate().any(asks) {
                    field.local_required.push(organisation);
                }
            }
            if annex {
                for (index, (id, own)) in self.fields.iter().enumerate() {
                    if *id == section.id && !without.contains(&Piece::Own(index)) {
                        section.fields.push(Field { only_for: Some(organisation), ..with_names(own, renamed) });
                    }
                }
            }
        }
        template
    }
}
