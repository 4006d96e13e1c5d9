//! `/templates/write`: a file begun from one that there is: its next version, an organisation's overlay of a template, an
//! organisation's own route of sign-off. What is sent is kept as a draft; [`super::draft`] goes on with it.

use crate::{
    error::Failure,
    state::App,
    web::{
        dpia::desk::named,
        form::{Errors, Form, new_command},
        page::{self, GetAs},
        session::{self, Caller},
    },
};
use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse as _, Response},
};
use domain::{
    dpia::{
        file::{Document, Kind, Problem},
        known::Known,
        stored::Stored,
        template::Edition,
        writing::{self, Owner, kinds, may_write},
    },
    people::Member,
};
use govuk::Link;
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The longest form: the largest file that anyone should read, as browsers spell it.
pub const LARGEST: usize = 2 << 20;

/// What the page of a file offers to whoever may write from it.
#[must_use]
pub fn offers(rules: &Known, edition: &Edition) -> Vec<GetAs> {
    let Some(caller) = session::current() else { return Vec::new() };
    let (Some(member), Some(kind)) = (caller.member(), kind_of(rules, edition)) else { return Vec::new() };
    let own = Some(member.acting_for);
    let mut offers = Vec::new();
    let mut offer = |text: &str, whose: &str| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs([("urn", &edition.urn), ("version", &edition.version)]).append_pair("for", whose);
        if whose == "own" {
            // Another tab may begin to act for another organisation before the link is followed.
            query.append_pair("organisation", &member.acting_for.to_string());
        }
        let query = query.finish();
        offers.push(GetAs { text: text.to_owned(), href: format!("/templates/write?{query}") });
    };
    let owner = owner_of(rules, edition);
    if owner.is_none() && may_write(&caller.scope, None) && kinds(None).contains(&kind) {
        offer("Write a new version, for everyone", "all");
    }
    if may_write(&caller.scope, own) {
        match kind {
            _ if owner == own => offer("Write a new version", "own"),
            Kind::Template if owner.is_none() => offer("Add your organisation’s guidance and fields", "own"),
            Kind::SignOff if owner.is_none() => offer("Write your organisation’s own route from it", "own"),
            _ => {}
        }
    }
    offers
}

/// What a known file is.
fn kind_of(rules: &Known, edition: &Edition) -> Option<Kind> {
    Document::read("", rules.text(edition)?).ok()?.kind().ok()
}

/// Whose a known file is; none for what all share.
fn owner_of(rules: &Known, edition: &Edition) -> Option<domain::register::ids::OrganisationId> {
    let overlay = rules.overlays_of().iter().find(|(_, one)| one.edition == *edition).map(|(owner, _)| *owner);
    overlay.or_else(|| rules.routes().iter().find(|one| one.route.edition == *edition)?.organisation)
}

/// What the editor shows.
#[derive(Serialize, Default)]
pub struct View {
    /// Where the form goes.
    pub action: String,
    /// What the file is, as files spell it.
    pub kind: &'static str,
    /// The organisation that it is for; none for all.
    pub owner: Option<String>,
    /// The command.
    pub command: Uuid,
    /// The version that the writer starts from; none for a new draft.
    pub version: Option<i64>,
    /// For whom, and from what: kept in the form of a new draft.
    pub from: Vec<(&'static str, String)>,
    /// What was typed.
    pub typed: BTreeMap<String, String>,
    /// What was wrong with what was sent.
    pub errors: Errors,
    /// What is wrong with the text as it stands.
    pub problems: Vec<Line>,
    /// Whether it can be published.
    pub sound: bool,
    /// Whether it is sound, and says in a place nothing but what a draft begins with: those are its problems.
    pub unsaid: bool,
    /// The text that somebody else saved meanwhile.
    pub theirs: Option<String>,
    /// The page of its schema.
    pub schema: String,
    /// The URN and version, where they can be read.
    pub edition: Option<String>,
    /// How many assessments the caller can see that it would touch.
    pub touches: usize,
}

/// A problem as the page shows it.
#[derive(Serialize)]
pub struct Line {
    line: Option<u64>,
    path: String,
    what: String,
    advice: String,
}

impl From<Problem> for Line {
    fn from(problem: Problem) -> Self {
        Self { line: problem.line, path: problem.path, what: problem.what, advice: problem.advice }
    }
}

/// The most problems that a page lists at once.
const MOST: usize = 50;

/// Problems as a page lists them.
#[must_use]
pub fn lines(problems: Vec<Problem>) -> Vec<Line> {
    problems.into_iter().take(MOST).map(Line::from).collect()
}

/// A problem in a sentence, as the error summary says it.
#[must_use]
pub fn sentence(problem: &Problem) -> String {
    let place = match (problem.line, problem.path.as_str()) {
        (Some(line), "") => format!("Line {line}: "),
        (Some(line), path) => format!("Line {line}, {path}: "),
        (None, "") => String::new(),
        (None, path) => format!("{path}: "),
    };
    format!("{place}{}. {}", problem.what, problem.advice)
}

/// For whom the caller writes, as the form says: for all, or for the organisation that it was opened for.
///
/// # Errors
/// Not found for those who may not.
fn owner(app: &App, caller: &Caller, form: &Form) -> Result<Owner, Failure> {
    let caller = form.acting(caller)?;
    let member: &Member = caller.signed_in()?;
    let owner = match form.text("for") {
        "all" => Owner { organisation: None, slug: String::new() },
        "own" => owner_for(app, member.acting_for),
        _ => return Err(Failure::not_found()),
    };
    if may_write(&caller.scope, owner.organisation) { Ok(owner) } else { Err(Failure::not_found()) }
}

/// An organisation as one for whom files are written.
#[must_use]
pub fn owner_for(app: &App, organisation: domain::register::ids::OrganisationId) -> Owner {
    let snapshot = app.snapshot();
    let found = snapshot.organisation_by_id(organisation).and_then(|row| snapshot.organisation(row));
    Owner { organisation: Some(organisation), slug: found.map(|entry| entry.record.slug.clone()).unwrap_or_default() }
}

/// The editor, with the text that the new file begins with.
///
/// # Errors
/// Not found for what cannot be written from, and for those who may not.
pub async fn page(State(app): State<App>, caller: Caller, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let form = Form::parse(query.unwrap_or_default().as_bytes())?;
    let owner = owner(&app, &caller, &form)?;
    let edition = Edition { urn: form.text("urn").to_owned(), version: form.text("version").to_owned() };
    let (kind, text) = beginning(&app, &owner, &edition).ok_or_else(Failure::not_found)?;
    let typed = BTreeMap::from([("text".to_owned(), text)]);
    render(&app, &owner, kind, &edition, typed, Errors::default())
}

/// What a new file of an owner begins with, made from a known one; none for what cannot be written from.
fn beginning(app: &App, owner: &Owner, edition: &Edition) -> Option<(Kind, String)> {
    let (rules, today) = (app.rules(), app.clock.today());
    let kind = kind_of(&rules, edition)?;
    match (kind, owner.organisation.map(|own| named(app, own).name)) {
        (Kind::Template, Some(name)) => {
            Some((Kind::Overlay, writing::new_overlay(rules.template(edition)?, owner, &name, today)))
        }
        _ => {
            let own = owner_of(&rules, edition) == owner.organisation;
            Some((kind, writing::next_version(rules.text(edition)?, edition, kind, owner, own, today)))
        }
    }
}

fn render(
    app: &App,
    owner: &Owner,
    kind: Kind,
    made_from: &Edition,
    typed: BTreeMap<String, String>,
    errors: Errors,
) -> Result<Response, Failure> {
    let whose = if owner.organisation.is_some() { "own" } else { "all" };
    let mut from = vec![("for", whose.to_owned()), ("kind", kind.as_str().to_owned())];
    from.extend([("urn", made_from.urn.clone()), ("of", made_from.version.clone())]);
    from.extend(owner.organisation.map(|own| ("organisation", own.to_string())));
    let view = View {
        action: "/templates/write".to_owned(),
        kind: kind.as_str(),
        owner: owner.organisation.map(|own| named(app, own).name),
        command: new_command(),
        from,
        typed,
        errors,
        schema: format!("/templates/schema/{}", kind.as_str()),
        ..View::default()
    };
    Ok(page::render(app, "dpia/templates/editor.html", &frame(app, "Write a file", !view.errors.is_empty()), view)?
        .into_response())
}

/// The frame of the editor's pages.
#[must_use]
pub fn frame(app: &App, title: &str, error: bool) -> govuk::Frame {
    let mut frame = page::frame(app, title, None);
    frame.breadcrumbs = vec![Link::new("Home", "/"), Link::new("Templates and rules", "/templates")];
    frame.error = error;
    frame
}

/// Keeps what was written as a draft. It need not be sound; what cannot even say what it is is kept under what it began as.
///
/// # Errors
/// As [`page()`].
pub async fn begin(State(app): State<App>, caller: Caller, form: Form) -> Result<Response, Failure> {
    let owner = owner(&app, &caller, &form)?;
    let command = form.command()?;
    let kind = Kind::parse(form.text("kind")).ok_or_else(Failure::not_found)?;
    let text = form.raw("text");
    let mut errors = Errors::default();
    let made_from = Edition { urn: form.text("urn").to_owned(), version: form.text("of").to_owned() };
    let said = writing::said(text).or_else(|problem| {
        let began = beginning(&app, &owner, &made_from).filter(|_| !text.trim().is_empty());
        began.and_then(|(_, began)| writing::said(&began).ok()).ok_or(problem)
    });
    match said {
        Err(problem) => errors.add("text", sentence(&problem)),
        Ok(said) if !kinds(owner.organisation).contains(&said.kind) => {
            errors.add(
                "text",
                format!("A file of the kind '{}' is not written here: keep 'kind: {}'", said.kind.as_str(), kind.as_str()),
            );
        }
        Ok(said) => {
            let draft = Stored {
                id: Uuid::now_v7(),
                kind: said.kind.as_str().to_owned(),
                edition: said.edition,
                title: said.title,
                in_force: said.in_force.unwrap_or_else(|| app.clock.today()),
                organisation: owner.organisation,
                text: text.to_owned(),
                published: false,
                by: caller.scope.person(),
                updated_at: 0,
            };
            const TAKEN: &str =
                "There is a file with this URN and version, or somebody is writing one: give yours another version";
            if app.rules().editions().contains(&draft.edition) {
                errors.add("text", TAKEN);
                return render(&app, &owner, kind, &made_from, form.typed(), errors);
            }
            match app.store.keep_file(&caller.scope, app.clock.now(), draft, None, vec![], command).await {
                Ok(id) => {
                    return Ok(page::saved(
                        &format!("/templates/drafts/{id}"),
                        "The draft is kept. Nobody can use it before it is published",
                    ));
                }
                Err(store::Error::Conflict(..)) => errors.add("text", TAKEN),
                Err(error) => return Err(error.into()),
            }
        }
    }
    render(&app, &owner, kind, &made_from, form.typed(), errors)
}
