//! What pages of one assessment share: finding it for the caller, the names of people and organisations, and differences in
//! words.

use super::{
    desk,
    projects::{Body, body},
};
use crate::{
    error::{Code, Failure},
    state::App,
    web::{page, session::Caller},
};
use domain::{
    dpia::{
        assessment::Assessment,
        compare::{self, Difference, Kind, Segment},
        ids::AssessmentId,
        place::Part,
        sign_off::Routes,
        template::{Edition, Purpose, Template},
        whole::Whole,
    },
    people::{Person, PersonId, Scope},
    register::snapshot::Snapshot,
};
use govuk::{Frame, Link, Subject};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The id of an assessment in an address.
///
/// # Errors
/// Not found for what is no id.
pub fn id(text: &str) -> Result<AssessmentId, Failure> {
    text.parse().map_err(|_| Failure::not_found())
}

/// An assessment as far as the caller may see it, with its template.
///
/// # Errors
/// Not found for one that is not there, or is not theirs to see.
pub async fn load(app: &App, caller: &Caller, text: &str) -> Result<(Whole, Arc<Template>), Failure> {
    let (rules, today) = (app.rules(), app.clock.today());
    let whole = app.store.assessment(&caller.scope, today, rules.as_ref(), id(text)?).await?.ok_or_else(Failure::not_found)?;
    let template = rules.template_of(&whole.assessment, today).ok_or_else(Failure::not_found)?;
    Ok((whole, template))
}

/// The routes of sign-off by which an assessment is signed: each controller's own or the shared one, of the day of its freeze.
///
/// # Errors
/// A fault of the program: a route ships.
pub fn routes(app: &App, whole: &Whole) -> Result<Routes, Failure> {
    app.rules().routes_for(whole, app.clock.today(), &desk::day_of).ok_or_else(|| Failure::of(Code::Internal))
}

/// What an assessment is that is written on an edition of a template. One of a template that this server does not know any more is
/// taken for a DPIA.
#[must_use]
pub fn purpose(app: &App, edition: &Edition) -> Purpose {
    app.rules().template(edition).map_or(Purpose::Dpia, |template| template.purpose)
}

/// What people call an assessment, with its number: 'DPIA CMD-2026-3', 'Review CMD-2026-4'.
#[must_use]
pub fn called(app: &App, assessment: &Assessment) -> String {
    format!("{} {}", purpose(app, &assessment.template).called(), assessment.number)
}

/// The frame of a page of an assessment, whose title names the assessment too.
#[must_use]
pub fn frame(app: &App, whole: &Whole, title: &str) -> Frame {
    titled(app, whole, format!("{title}: {}", whole.assessment.title))
}

/// The frame of a page of an assessment: the way to it, and what its head says (`head` in `dpia/parts.html`). One for all of them, so
/// that nothing jumps between two.
#[must_use]
pub fn titled(app: &App, whole: &Whole, title: impl Into<String>) -> Frame {
    let assessment = &whole.assessment;
    let address = format!("/assessments/{}", assessment.id);
    let mut frame = page::frame(app, title, Some("dpias"));
    frame.breadcrumbs = vec![
        Link::new("Assessments", "/assessments"),
        Link::new(format!("{} {}", assessment.number, assessment.title), address.as_str()),
    ];
    let line = called(app, assessment);
    let (tabs, record) = (whole.sight.sees_sign_off(), assessment.is_record());
    frame.subject = Some(Subject { line, address, tabs, left_out: left_out(whole), record });
    frame
}

/// The pages that have nothing to say of the record of an assessment that was made elsewhere: nothing of it is written, advised on,
/// signed or published here, so that they hold only what came in with it.
fn left_out(whole: &Whole) -> Vec<&'static str> {
    if !whole.assessment.is_record() {
        return Vec::new();
    }
    let pages = [
        ("/risks", whole.risks.is_empty() && whole.measures.is_empty()),
        ("/advice", whole.recommendations.is_empty()),
        ("/versions", whole.versions.is_empty()),
        ("/publish", true),
    ];
    pages.into_iter().filter(|(_, empty)| *empty).map(|(page, _)| page).collect()
}

/// A page that a record of an assessment made elsewhere has only where something came in that it could show.
///
/// # Errors
/// Not found for a record without.
pub fn of_record(whole: &Whole, shows: bool) -> Result<(), Failure> {
    if whole.assessment.is_record() && !shows { Err(Failure::not_found()) } else { Ok(()) }
}

/// The names of some people, by id. Someone who is not known any more is 'a former colleague'.
///
/// # Errors
/// When the database fails.
pub async fn names(
    app: &App,
    scope: &Scope,
    people: impl IntoIterator<Item = PersonId>,
) -> Result<BTreeMap<PersonId, String>, Failure> {
    let ids: BTreeSet<PersonId> = people.into_iter().collect();
    let uuids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    let found = app.store.get_many::<Person>(scope, &uuids).await?;
    let mut names: BTreeMap<PersonId, String> = found.into_iter().map(|person| (person.id, person.name)).collect();
    for id in ids {
        names.entry(id).or_insert_with(|| "a former colleague".to_owned());
    }
    Ok(names)
}

/// The part of an assessment as pages name it: an organisation for an annex, nothing for the shared text.
#[must_use]
pub fn part(snapshot: &Snapshot, part: Part) -> Option<Body> {
    part.organisation().map(|organisation| body(snapshot, organisation))
}

/// A field that differs, in words.
#[derive(Serialize)]
pub struct Change {
    /// The field's label.
    pub label: String,
    /// Whose annex it stands in.
    pub annex: Option<Body>,
    /// Stretches of text in order: `same`, `removed` or `added`.
    pub segments: Vec<Stretch>,
}

/// A stretch of text beside its other version.
#[derive(Serialize)]
pub struct Stretch {
    kind: &'static str,
    text: String,
}

/// Stretches for templates.
#[must_use]
pub fn stretches(segments: Vec<Segment>) -> Vec<Stretch> {
    segments
        .into_iter()
        .map(|segment| Stretch {
            kind: match segment.kind {
                Kind::Same => "same",
                Kind::Removed => "removed",
                Kind::Added => "added",
            },
            text: segment.text,
        })
        .collect()
}

/// Differences in words, under the labels of a template.
#[must_use]
pub fn changes(snapshot: &Snapshot, template: &Template, differences: &[Difference]) -> Vec<Change> {
    differences
        .iter()
        .map(|difference| {
            let field = template.field(&difference.place.field);
            let labels = field.map(|field| field.labels()).unwrap_or_default();
            Change {
                label: field.map_or_else(|| difference.place.field.clone(), |field| field.label.clone()),
                annex: part(snapshot, difference.place.part),
                segments: stretches(difference.segments(&labels)),
            }
        })
        .collect()
}

/// How risks or measures differ, a line for each of their properties: signatures are bound to them as to answers. `kind` is the
/// word before the title.
#[must_use]
pub fn items(snapshot: &Snapshot, of: Part, kind: &str, older: &[Item], newer: &[Item]) -> Vec<Change> {
    let title = |said: &Option<BTreeMap<String, String>>| said.as_ref().and_then(|said| said.get("title")).cloned();
    compare::items(older, newer)
        .into_iter()
        .flat_map(|difference| {
            let name = title(&difference.newer).or_else(|| title(&difference.older)).unwrap_or_default();
            difference
                .properties()
                .into_iter()
                .map(|(property, segments)| Change {
                    label: format!("{kind} ‘{name}’: {}", property.replace('-', " ")),
                    annex: part(snapshot, of),
                    segments: stretches(segments),
                })
                .collect::<Vec<_>>()
        })
        .collect()
}

/// A risk or a measure as it is compared: its id, and what is said of it by property.
pub type Item = (uuid::Uuid, BTreeMap<String, String>);
