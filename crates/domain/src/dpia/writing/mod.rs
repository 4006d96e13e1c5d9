//! Writing a file of templates, rules or routes in the browser: who may, what is wrong with it among all the others, and the
//! text with which a new version begins. The schema of each kind is held against it as `citytools check` does; here stands what
//! can only be asked where files live together: whose a URN is, that versions go up, that nobody's answers lose their field.

use super::{
    file::{Document, Kind, Problem},
    known::Known,
    library::{later, order},
    overlay::Overlay,
    screening::Rules,
    sign_off::Route,
    stored::Stored,
    template::{Edition, Template, options::OptionLists},
};
use crate::{
    people::{Act, Scope, may},
    register::ids::OrganisationId,
};
use jiff::civil::Date;
use uuid::Uuid;

mod begin;
#[cfg(test)]
mod tests;
mod unsaid;

pub use begin::{new_overlay, next_version, shipped_but};
pub use unsaid::unsaid;

/// How problems name the file that is being written.
pub const NAME: &str = "this file";

/// For whom a file is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The organisation; none for what all share.
    pub organisation: Option<OrganisationId>,
    /// Its slug; empty for what all share.
    pub slug: String,
}

/// The kinds of file that can be written for all, or for one organisation. What everybody answers is written for all; an
/// organisation adds to it, and says who signs.
#[must_use]
pub fn kinds(organisation: Option<OrganisationId>) -> &'static [Kind] {
    match organisation {
        None => &[Kind::Template, Kind::Screening, Kind::Options, Kind::SignOff],
        Some(_) => &[Kind::Overlay, Kind::SignOff],
    }
}

/// Whether a scope may write files for all (the network's administrators), or for one organisation (its IG officers and data
/// protection officers).
#[must_use]
pub fn may_write(scope: &Scope, organisation: Option<OrganisationId>) -> bool {
    match organisation {
        None => may(scope, &Act::Curate),
        Some(organisation) => may(scope, &Act::ManageTemplates(organisation)),
    }
}

impl Stored {
    /// What is published anyone may read; a draft, whoever writes for its owner, and the people of that organisation.
    #[must_use]
    pub fn visible_to(&self, scope: &Scope) -> bool {
        self.published
            || scope.is_server()
            || may_write(scope, self.organisation)
            || self.organisation.is_some_and(|own| may(scope, &Act::SeePrivate(own)))
    }
}

/// A file that is sound, as what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Content {
    Template(Box<Template>),
    Screening(Box<Rules>),
    Options(Box<OptionLists>),
    Overlay(Box<Overlay>),
    Route(Box<Route>),
}

/// A sound file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sound {
    /// What it is.
    pub kind: Kind,
    /// Its URN and version.
    pub edition: Edition,
    /// Its title.
    pub title: String,
    /// The first day on which it may be used.
    pub in_force: Date,
    /// What it says.
    pub content: Content,
}

/// What a text says of itself, so far as it can be read: enough to keep it as a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What it is.
    pub kind: Kind,
    /// Its URN and version.
    pub edition: Edition,
    /// Its title; empty where none is said.
    pub title: String,
    /// The first day on which it may be used, where one is said.
    pub in_force: Option<Date>,
}

/// Reads what a text says of itself.
///
/// # Errors
/// The first thing that keeps it from being kept: it is no YAML, or says no kind, URN or version.
pub fn said(text: &str) -> Result<Said, Problem> {
    let document = Document::read(NAME, text)?;
    let kind = document.kind()?;
    let value = |key: &str| document.value.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
    for key in ["urn", "version"] {
        if value(key).is_empty() {
            document.problem(
                &format!("/{key}"),
                &format!("The file has no '{key}'"),
                "Say which file it is: 'urn:' and 'version:'",
            );
        }
    }
    if let Some(problem) = document.problems().into_iter().next() {
        return Err(problem);
    }
    Ok(Said {
        kind,
        edition: Edition { urn: value("urn"), version: value("version") },
        title: value("title"),
        in_force: value("in-force").parse().ok(),
    })
}

/// All that is wrong with a text, or what it is. `files` are those that are stored, drafts too; `this` is the draft that the text
/// belongs to.
///
/// # Errors
/// Every problem, in the order of the lines.
pub fn check(known: &Known, files: &[Stored], owner: &Owner, this: Option<Uuid>, text: &str) -> Result<Sound, Vec<Problem>> {
    let one = |problem| vec![problem];
    let document = Document::read(NAME, text).map_err(one)?;
    let kind = document.kind().map_err(one)?;
    if !kinds(owner.organisation).contains(&kind) {
        let (what, advice) = match owner.organisation {
            None => ("An overlay belongs to one organisation", "Write it for your organisation"),
            Some(_) => (
                "Templates, screening rules and options are the same for everyone, and are written for all",
                "Write an overlay, which adds guidance and fields of your own",
            ),
        };
        document.problem("/kind", what, advice);
        return Err(document.problems());
    }
    let read = said(text).map_err(one)?;
    let taken = known.editions().contains(&read.edition)
        || files.iter().any(|file| file.edition == read.edition && Some(file.id) != this);
    if taken {
        document.problem(
            "/version",
            &format!("There is another file {}", read.edition),
            "A published version never changes: give this one a new version",
        );
        return Err(document.problems());
    }
    let content = content(known, kind, &read.edition, text)?;
    let sound = Sound {
        kind,
        edition: read.edition,
        title: read.title,
        // The schema asks for it.
        in_force: read.in_force.unwrap_or_default(),
        content,
    };
    among(&document, known, files, owner, this, &sound);
    document.finish(Some(sound))
}

/// The text as what it is, read beside everything that is known.
fn content(known: &Known, kind: Kind, edition: &Edition, text: &str) -> Result<Content, Vec<Problem>> {
    if kind == Kind::SignOff {
        return Ok(Content::Route(Box::new(Route::read(NAME, text)?)));
    }
    let mut beside = (**known).clone();
    let problems = beside.add(&[(NAME, text)]);
    if !problems.is_empty() {
        return Err(problems);
    }
    let found = match kind {
        Kind::Template => beside.template(edition).cloned().map(|one| Content::Template(Box::new(one))),
        Kind::Screening => {
            beside.screening.into_iter().find(|one| one.edition == *edition).map(|one| Content::Screening(Box::new(one)))
        }
        Kind::Options => {
            beside.options.into_iter().find(|one| one.edition == *edition).map(|one| Content::Options(Box::new(one)))
        }
        Kind::Overlay => {
            beside.overlays.into_iter().find(|one| one.edition == *edition).map(|one| Content::Overlay(Box::new(one)))
        }
        Kind::SignOff => None,
    };
    // What was added without a problem is there.
    found.ok_or_else(|| {
        vec![Problem {
            file: NAME.to_owned(),
            line: None,
            path: String::new(),
            what: "The file could not be read".to_owned(),
            advice: "Compare it with a version that there is".to_owned(),
        }]
    })
}

/// What can only be asked of a file among the others.
fn among(document: &Document, known: &Known, files: &[Stored], owner: &Owner, this: Option<Uuid>, sound: &Sound) {
    let urn = sound.edition.urn.as_str();
    let others = files.iter().filter(|file| Some(file.id) != this && file.edition.urn == urn);
    let editions = known.editions();
    let shipped = editions.iter().any(|edition| edition.urn == urn) && !files.iter().any(|file| file.edition.urn == urn);
    if others.clone().any(|file| file.organisation != owner.organisation) || (shipped && owner.organisation.is_some()) {
        document.problem("/urn", &format!("'{urn}' is another's file"), "Give yours a URN of its own");
        return;
    }
    let latest = editions.iter().filter(|edition| edition.urn == urn).max_by_key(|edition| order(&edition.version));
    let Some(latest) = latest else { return not_later(document, known, owner, sound) };
    if order(&sound.edition.version) <= order(&latest.version) {
        document.problem(
            "/version",
            &format!("Version {} is there already, and {} does not come after it", latest.version, sound.edition.version),
            "Give a new version a higher number",
        );
    }
    // Of templates this is said with the rest of what a later one is asked.
    let since = known.since(latest).filter(|since| sound.in_force < *since && sound.kind != Kind::Template);
    if let Some(since) = since {
        document.problem(
            "/in-force",
            &format!("Version {} is in force from {since}, and this one would come before it", latest.version),
            "Let a new version begin on that day or later",
        );
    }
    match &sound.content {
        Content::Template(template) => {
            if let Some(old) = known.template(latest) {
                later::template_follows(document, old, template);
            }
        }
        Content::Overlay(overlay) => {
            if let Some(old) = known.overlays.iter().find(|one| one.edition == *latest) {
                later::fields_stay(document, old, overlay);
            }
        }
        _ => {}
    }
    not_later(document, known, owner, sound);
}

/// What is asked of first versions too.
fn not_later(document: &Document, known: &Known, owner: &Owner, sound: &Sound) {
    if let Content::Overlay(overlay) = &sound.content {
        // What is published fits every version that there is. Versions that come later are held against it then.
        overlay.unfit().flat_map(|fit| &fit.problems).for_each(|problem| document.note(problem));
    }
    match &sound.content {
        Content::Overlay(overlay) if overlay.organisation != owner.slug => document.problem(
            "/organisation",
            &format!("'{}' is not the organisation for which you write", overlay.organisation),
            &format!("Write 'organisation: {}'", owner.slug),
        ),
        Content::Screening(rules) => later::questions_stay(document, &known.templates, rules),
        _ => {}
    }
}
