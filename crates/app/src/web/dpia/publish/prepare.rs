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
        ids::PublicationId,
        publication::{Publication, Refusal, Stage},
        task::{About, Assignee},
        version::Version,
        whole::Whole,
    },
    people::Role,
};
use jiff::ToSpan as _;
use serde::Serialize;
use std::collections::BTreeMap;
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
    signed: bool,
    /// `none`, `preparing`, `checking`, `published` or `withdrawn`.
    stage: &'static str,
    /// The caller prepared it, so somebody else has to look.
    own: bool,
    version: Option<u32>,
    public: Option<String>,
    note: String,
    summary: String,
    groups: Vec<Group>,
    preview: Vec<Section>,
    /// The signed text is newer than what is published.
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

/// Does what the form's `act` says: begin, summary, ask, publish, withdraw.
///
/// # Errors
/// Not found for those who may not publish.
pub async fn act(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let (seen, _) = whole::load(&app, &caller, &id).await?;
    let member = caller.signed_in()?;
    if !access::keeps(&caller.scope, &seen.assessment, member.acting_for) {
        return Err(Failure::not_found());
    }
    let command = form.command()?;
    let location = format!("/assessments/{}/publish", seen.assessment.id);
    let now = app.clock.now();
    let known = current(&app, &caller, &seen).await?;
    let Some(mut work) = app.store.work(&caller.scope, now, app.clock.today(), seen.assessment.id).await? else {
        return Err(Failure::not_found());
    };
    if let Some(done) = work.command(command).await? {
        return Ok(Redirect::to(&done).into_response());
    }
    let state = work.whole.assessment.state;
    let mut errors = Errors::default();
    let done = match (form.text("act"), known) {
        ("begin", known)
            if known.as_ref().is_none_or(|(one, _)| matches!(one.stage, Stage::Published { .. } | Stage::Withdrawn { .. })) =>
        {
            let Some(version) = work.whole.frozen().filter(|_| state.is_signed()).cloned() else {
                errors.add("act", sentence(&Refusal::NotSigned));
                return fail(&app, &caller, &id, errors, &form).await;
            };
            let before = known.map(|(one, _)| one);
            let publication = Publication {
                id: PublicationId(Uuid::now_v7()),
                assessment: seen.assessment.id,
                version: version.id,
                sealed: version.seals.shared,
                fields: before.as_ref().map(|one| one.fields.clone()).unwrap_or_default(),
                summary: before.map(|one| one.summary).unwrap_or_default(),
                by: member.person,
                organisation: member.acting_for,
                at: now,
                stage: Stage::Preparing,
                updated_at: 0,
            };
            work.put_publication(publication).await?;
            "The publication is begun. Look at each answer, and at the preview."
        }
        ("summary", Some((mut publication, _))) => match publication.summarise(form.raw("summary")) {
            Ok(()) => {
                work.put_publication(publication).await?;
                "The summary is saved."
            }
            Err(Refusal::WrongStage) => return Err(Failure::not_found()),
            Err(refusal) => {
                errors.add("summary", sentence(&refusal));
                ""
            }
        },
        ("ask", Some((mut publication, _))) => match publication.ask(state) {
            Ok(()) => {
                work.put_publication(publication).await?;
                let with = Assignee::Role { organisation: member.acting_for, role: Role::IgOfficer };
                work.ask(About::Publication, with, Some(work.today().saturating_add(LOOK_WITHIN.days())), "").await?;
                "A second person is asked to look at it."
            }
            Err(refusal) => {
                errors.add(if refusal == Refusal::NoSummary { "summary" } else { "act" }, sentence(&refusal));
                ""
            }
        },
        ("publish", Some((mut publication, version))) => {
            let shown = shown::preview(shown::template(&app, &version)?.as_ref(), &publication, &version);
            let content = publication.content(&version.content.title, &shown);
            match publication.publish(member.person, now, state, &content) {
                Ok(()) => {
                    work.put_publication(publication).await?;
                    "It is public now."
                }
                Err(refusal) => {
                    errors.add("act", sentence(&refusal));
                    ""
                }
            }
        }
        ("back", Some((mut publication, _))) if publication.stage == Stage::Checking => {
            publication.stage = Stage::Preparing;
            work.put_publication(publication).await?;
            "It goes back to be prepared."
        }
        ("withdraw", Some((mut publication, _))) => match publication.withdraw(member.person, now, form.text("note")) {
            Ok(()) => {
                work.put_publication(publication).await?;
                "It is no longer public. The note stands in its place."
            }
            Err(refusal) => {
                errors.add("note", sentence(&refusal));
                ""
            }
        },
        _ => return Err(Failure::not_found()),
    };
    if !errors.is_empty() {
        drop(work);
        return fail(&app, &caller, &id, errors, &form).await;
    }
    if form.text("act") != "ask" {
        work.close_tasks(|about| *about == About::Publication, Some(member.person)).await?;
    }
    work.answered(command, &location).await?;
    tell::commit(&app, work, None).await?;
    Ok(page::saved(&location, done))
}

async fn fail(app: &App, caller: &Caller, id: &str, errors: Errors, form: &Form) -> Result<Response, Failure> {
    render(app, caller, id, errors, form.typed()).await
}

/// Why something about a publication is not done.
pub(super) fn sentence(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NotSigned => "Only a version that is signed by all can be published.".to_owned(),
        Refusal::Confidential { .. } => "This answer is confidential by the template, and is never shown.".to_owned(),
        Refusal::NotThere { words, .. } => format!("The words ‘{words}’ do not stand in the answer. Copy them exactly."),
        Refusal::SayWhy => "Enter the reason that the public reads".to_owned(),
        Refusal::NoSummary => "Enter a summary in plain words: residents read it first".to_owned(),
        Refusal::OwnWork => "You prepared it, so somebody else has to look at it and publish it.".to_owned(),
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
    let (whole, _) = whole::load(app, caller, id).await?;
    if !whole.sight.sees_sign_off() {
        return Err(Failure::not_found());
    }
    let member = caller.signed_in()?;
    let snapshot = app.snapshot();
    let known = current(app, caller, &whole).await?;
    let href = format!("/assessments/{}", whole.assessment.id);
    let mut view = View {
        number: whole.assessment.number.clone(),
        command: new_command(),
        keeps: access::keeps(&caller.scope, &whole.assessment, member.acting_for),
        signed: whole.assessment.state.is_signed(),
        stage: "none",
        own: false,
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
        view.own = publication.by == member.person;
        view.version = Some(version.number);
        view.public = publication.is_public().then(|| format!("/dpias/{}", publication.id));
        view.outdated = publication.is_public() && whole.assessment.frozen != Some(publication.version);
        let template = shown::template(app, &version)?;
        view.preview = shown::sections(&snapshot, &template, &shown::preview(&template, &publication, &version));
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
