//! `/assessments/{id}/publish`: preparing what the public sees of a signed version, the preview, the second pair of eyes,
//! publishing, and taking it back with a note.

use super::{
    super::whole,
    decided::{self, Group},
    shown::{self, Section},
};
use crate::{
    assessments::tell,
    error::Failure,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{
    dpia::{
        access,
        ids::{PublicationId, VersionId},
        publication::{self, Begin, Publication, Refusal, Stage},
        seal::{Seal, seal},
        task::{About, Assignee},
        version::Version,
        whole::Whole,
    },
    people::Role,
};
use jiff::ToSpan as _;
use serde::Serialize;
use std::collections::BTreeMap;
use store::dpia::work::Work;
use uuid::Uuid;

/// Days within which the second pair of eyes is asked to look.
const LOOK_WITHIN: i64 = 7;

#[derive(Serialize)]
struct View {
    href: String,
    number: String,
    command: Uuid,
    errors: Errors,
    typed: BTreeMap<String, String>,
    keeps: bool,
    /// Everybody has signed the frozen version.
    signed: bool,
    /// `none`, `preparing`, `checking`, `published` or `withdrawn`.
    stage: &'static str,
    /// The caller prepared something of it, so somebody else has to look.
    own: bool,
    /// The seal of the preview: what is published is what was looked at.
    seen: String,
    version: Option<u32>,
    public: Option<String>,
    note: String,
    summary: String,
    groups: Vec<Group>,
    preview: Vec<Section>,
    /// Everybody has signed a newer version than this one.
    outdated: bool,
}

/// The newest publication of an assessment, with the version that it shows.
pub(super) async fn current(app: &App, caller: &Caller, whole: &Whole) -> Result<Option<(Publication, Version)>, Failure> {
    let today = app.clock.today();
    let all = app.store.publications(&caller.scope, today, whole.assessment.id).await?;
    let Some(publication) = all.into_iter().next() else { return Ok(None) };
    let version = app.store.version(&caller.scope, today, publication.version).await?;
    Ok(version.map(|version| (publication, version)))
}

/// The page.
///
/// # Errors
/// Not found where the caller may not see all of the assessment.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    render(&app, &caller, &id, Errors::default(), BTreeMap::new()).await
}

/// Does what the form's `act` says: begin, summary, ask, publish, back, withdraw.
///
/// # Errors
/// Not found for those who may not publish.
pub async fn act(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let (seen, template) = whole::load(&app, &caller, &id).await?;
    let member = caller.signed_in()?;
    if !access::keeps(&caller.scope, &seen.assessment, member.acting_for) {
        return Err(Failure::not_found());
    }
    let command = form.command()?;
    let location = format!("/assessments/{}/publish", seen.assessment.id);
    let (now, today) = (app.clock.now(), app.clock.today());
    let mut work = app.store.work(&caller.scope, now, today, seen.assessment.id).await?.ok_or_else(Failure::not_found)?;
    if let Some(done) = work.command(command).await? {
        return Ok(Redirect::to(&done).into_response());
    }
    let known = work.publications().await?.into_iter().next();
    let signed = publication::signed(&work.whole, &template, &whole::routes(&app, &work.whole.assessment)?);
    let person = member.person;
    let done = match (form.text("act"), known) {
        ("begin", known) if known.as_ref().is_none_or(|one| may_begin(one, signed)) => {
            begin(&app, &caller, &mut work, signed, known.as_ref()).await?
        }
        ("summary", Some(mut publication)) => match publication.summarise(form.raw("summary"), person) {
            Err(Refusal::WrongStage) => return Err(Failure::not_found()),
            done => kept(&mut work, publication, done, "The summary is saved.").await?,
        },
        ("ask", Some(mut publication)) => {
            let asked = publication.ask(signed);
            if asked.is_ok() {
                let with = Assignee::Role { organisation: member.acting_for, role: Role::IgOfficer };
                work.ask(About::Publication, with, Some(today.saturating_add(LOOK_WITHIN.days())), "").await?;
            }
            kept(&mut work, publication, asked, "A second person is asked to look at it.").await?
        }
        ("publish", Some(mut publication)) => {
            let version = app.store.version(&caller.scope, today, publication.version).await?.ok_or_else(Failure::not_found)?;
            let shown = shown::preview(shown::template(&app, &version)?.as_ref(), &publication, &version);
            let content = publication.content(&version.content.title, &shown);
            let seen: Option<Seal> = form.text("seen").parse().ok();
            let published = publication.publish(person, now, signed, &content, seen);
            kept(&mut work, publication, published, "It is public now.").await?
        }
        ("back", Some(mut publication)) if publication.stage == Stage::Checking => {
            publication.stage = Stage::Preparing;
            kept(&mut work, publication, Ok(()), "It goes back to be prepared.").await?
        }
        ("withdraw", Some(mut publication)) => {
            let withdrawn = publication.withdraw(person, now, form.text("note"));
            kept(&mut work, publication, withdrawn, "It is no longer public. The note stands in its place.").await?
        }
        _ => return Err(Failure::not_found()),
    };
    let done = match done {
        Ok(done) => done,
        Err(refusal) => {
            drop(work);
            let mut errors = Errors::default();
            let field = match (&refusal, form.text("act")) {
                (Refusal::NoSummary, _) => "summary",
                (_, "withdraw") => "note",
                _ => "act",
            };
            errors.add(field, sentence(&refusal));
            return render(&app, &caller, &id, errors, form.typed()).await;
        }
    };
    if form.text("act") != "ask" {
        work.close_tasks(|about| *about == About::Publication, Some(person)).await?;
    }
    work.answered(command, &location).await?;
    tell::commit(&app, work, None).await?;
    Ok(page::saved(&location, &done))
}

/// Whether another publication can follow this one: it is public or was, or everybody has signed a newer version since.
fn may_begin(publication: &Publication, signed: Option<VersionId>) -> bool {
    matches!(publication.stage, Stage::Published { .. } | Stage::Withdrawn { .. })
        || signed.is_some_and(|signed| signed != publication.version)
}

/// Stores what was done, and what is said of it; a refusal stores nothing.
async fn kept(
    work: &mut Work,
    publication: Publication,
    done: Result<(), Refusal>,
    said: &str,
) -> Result<Result<String, Refusal>, Failure> {
    if done.is_ok() {
        work.put_publication(publication).await?;
    }
    Ok(done.map(|()| said.to_owned()))
}

/// Begins a publication of the version that everybody has signed.
async fn begin(
    app: &App,
    caller: &Caller,
    work: &mut Work,
    signed: Option<VersionId>,
    before: Option<&Publication>,
) -> Result<Result<String, Refusal>, Failure> {
    let Some(signed) = signed else { return Ok(Err(Refusal::NotSigned)) };
    let member = caller.signed_in()?;
    let version = app.store.version(&caller.scope, app.clock.today(), signed).await?.ok_or_else(Failure::not_found)?;
    let template = shown::template(app, &version)?;
    let screened = work.whole.screened();
    let new = Begin {
        id: PublicationId(Uuid::now_v7()),
        version: &version,
        template: &template,
        screened: &screened,
        by: member.person,
        organisation: member.acting_for,
        at: app.clock.now(),
    };
    let publication = Publication::begin(new, before);
    let again = shown::order(&template, &publication, &version)
        .iter()
        .filter_map(|(place, rule)| Some(publication.reworded(place, rule, version.content.answers.get(place)?)))
        .filter(|reworded| *reworded)
        .count();
    work.put_publication(publication).await?;
    Ok(Ok(match again {
        0 => "The publication is begun. Look at each answer, and at the preview.".to_owned(),
        1 => "The publication is begun. Words that were taken out of 1 answer do not stand in it any more: decide it again."
            .to_owned(),
        more => format!(
            "The publication is begun. Words that were taken out of {more} answers do not stand in them any more: decide them again."
        ),
    }))
}

/// Why something about a publication is not done.
pub(super) fn sentence(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NotSigned => "Only a version that is signed by all can be published.".to_owned(),
        Refusal::OtherVersion => "Another version is signed by all now. Prepare the newer version.".to_owned(),
        Refusal::Changed => "It is not what your page showed. Look at the preview again, and then publish it.".to_owned(),
        Refusal::Confidential { .. } => "This answer is confidential by the template, and is never shown.".to_owned(),
        Refusal::NotThere { words, .. } => format!("The words ‘{words}’ do not stand in the answer. Copy them exactly."),
        Refusal::SayWhy => "Enter the reason that the public reads".to_owned(),
        Refusal::NoSummary => "Enter a summary in plain words: residents read it first".to_owned(),
        Refusal::OwnWork => "You prepared some of it, so somebody else has to look at it and publish it.".to_owned(),
        Refusal::WrongStage => "It has moved on in the meantime. Look at the page again.".to_owned(),
    }
}

async fn render(
    app: &App,
    caller: &Caller,
    id: &str,
    errors: Errors,
    typed: BTreeMap<String, String>,
) -> Result<Response, Failure> {
    let (whole, template) = whole::load(app, caller, id).await?;
    if !whole.sight.sees_sign_off() {
        return Err(Failure::not_found());
    }
    let member = caller.signed_in()?;
    let snapshot = app.snapshot();
    let known = current(app, caller, &whole).await?;
    let href = format!("/assessments/{}", whole.assessment.id);
    let signed = publication::signed(&whole, &template, &whole::routes(app, &whole.assessment)?);
    let mut view = View {
        number: whole.assessment.number.clone(),
        command: new_command(),
        keeps: access::keeps(&caller.scope, &whole.assessment, member.acting_for),
        signed: signed.is_some(),
        stage: "none",
        own: false,
        seen: String::new(),
        version: None,
        public: None,
        note: String::new(),
        summary: String::new(),
        groups: Vec::new(),
        preview: Vec::new(),
        outdated: false,
        href: href.clone(),
        errors,
        typed,
    };
    if let Some((publication, version)) = known {
        view.stage = match &publication.stage {
            Stage::Preparing => "preparing",
            Stage::Checking => "checking",
            Stage::Published { .. } => "published",
            Stage::Withdrawn { note, .. } => {
                view.note.clone_from(note);
                "withdrawn"
            }
        };
        view.own = publication.prepared(member.person);
        view.version = Some(version.number);
        view.public = publication.is_public().then(|| format!("/dpias/{}", publication.id));
        view.outdated = signed.is_some_and(|signed| signed != publication.version);
        let template = shown::template(app, &version)?;
        let shown = shown::preview(&template, &publication, &version);
        view.seen = seal(&publication.content(&version.content.title, &shown)).to_string();
        view.preview = shown::sections(&snapshot, &template, &shown);
        view.groups = decided::groups(&snapshot, &href, &template, &publication, &version);
        if view.stage == "preparing" {
            // Each section is read beside what is decided about it; whoever checks reads the whole at once.
            decided::beside(&mut view.groups, std::mem::take(&mut view.preview));
        }
        view.summary = publication.summary;
    }
    view.typed.entry("summary".to_owned()).or_insert_with(|| view.summary.clone());
    let mut frame = whole::frame(app, &whole, "Publication");
    frame.error = !view.errors.is_empty();
    Ok(page::render(app, "dpia/publish/prepare.html", &frame, view)?.into_response())
}
