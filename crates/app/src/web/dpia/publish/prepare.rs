//! `/assessments/{id}/publish`: what the public sees of a signed version and what of it is still to be decided, by whom: the shared
//! text by the lead, each annex by its own controller. What is done with it stands in [`super::act`].

use super::{
    super::{
        projects::{Body, body},
        whole,
    },
    decided::{self, Group},
    register::{self, One},
    shown,
};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::{Errors, new_command},
        page,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use domain::{
    dpia::{
        access,
        assessment::State as Stand,
        place::Part,
        publication::{self, Listed, Publication, Refusal, Stage},
        seal::seal,
        version::Version,
        whole::Whole,
    },
    register::{ids::OrganisationId, snapshot::Snapshot},
};
use serde::Serialize;
use std::collections::BTreeMap;
use store::dpia::public::Public;
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    href: String,
    command: Uuid,
    errors: Errors,
    typed: BTreeMap<String, String>,
    /// The caller publishes for the lead.
    leads: bool,
    lead: Body,
    /// It was made elsewhere, so that nothing of it is signed here.
    recorded: bool,
    /// It is given up; what is public stays so until it is taken back.
    given_up: bool,
    /// Everybody has signed the frozen version.
    signed: bool,
    /// `none`, `preparing`, `checking`, `published` or `withdrawn`.
    stage: &'static str,
    /// The annexes of the other controllers, and whether each goes out.
    annexes: Vec<Annex>,
    /// The caller prepared something of it, so somebody else has to look.
    own: bool,
    /// The seal of the preview: what is published is what was looked at.
    seen: String,
    version: Option<u32>,
    /// What is public now, whatever is being prepared.
    public: Option<String>,
    note: String,
    summary: String,
    groups: Vec<Group>,
    /// What the public reads, or would if it were public now, as its page has it; to whoever prepares it, each section stands beside
    /// what is decided about it.
    reads: Option<One>,
    /// Words that were taken out of one answer and still stand elsewhere.
    standing: Vec<decided::Standing>,
    /// Everybody has signed a newer version than this one.
    outdated: bool,
    /// What the signed text says against publishing all of it.
    intent: Option<publication::Intent>,
}

/// The annex of a controller that does not lead it.
#[derive(Serialize)]
struct Annex {
    organisation: Body,
    /// Its controller lets it go out.
    goes_out: bool,
    /// When it said so, milliseconds of UTC.
    said_at: Option<i64>,
    /// It still takes part, so that it can be asked.
    takes_part: bool,
    /// The caller says it for this organisation.
    own: bool,
    id: String,
}

fn annexes(snapshot: &Snapshot, caller: &Caller, whole: &Whole, publication: &Publication, version: &Version) -> Vec<Annex> {
    let said = |one: OrganisationId| publication.annexes.as_ref()?.get(&one).map(|said| said.at);
    publication
        .asks(version)
        .into_iter()
        .map(|one| Annex {
            organisation: body(snapshot, one),
            goes_out: publication.includes(Part::Annex(one)),
            said_at: said(one),
            takes_part: whole.assessment.controllers().any(|party| party == one),
            id: one.to_string(),
            own: publication.open() && access::decides(&caller.scope, &whole.assessment, Part::Annex(one)),
        })
        .collect()
}

/// The newest publication of an assessment, with the version that it shows; one that is prepared, as it would be made public now.
pub(super) async fn current(app: &App, caller: &Caller, whole: &Whole) -> Result<Option<(Publication, Version)>, Failure> {
    let today = app.clock.today();
    let all = app.store.publications(&caller.scope, today, whole.assessment.id).await?;
    let Some(mut publication) = all.into_iter().next() else { return Ok(None) };
    let version = app.store.version(&caller.scope, today, publication.version).await?;
    Ok(version.map(|version| {
        publication.keep_to(&version, &whole.assessment.parties);
        (publication, version)
    }))
}

/// A publication with what the register says of it, or would if it were public now.
fn as_public(whole: &Whole, publication: &Publication, version: &Version) -> Public {
    let head = &whole.assessment;
    let listed = publication.listed.clone().unwrap_or_else(|| Listed::of(version, &head.systems));
    let listed = match publication.public_since() {
        Some(at) => listed.when_public(&head.parties, at),
        None => listed,
    };
    Public { publication: publication.clone(), assessment: head.clone(), listed }
}

/// The page.
///
/// # Errors
/// Not found where the caller may not see all of the assessment.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    render(&app, &caller, &id, Errors::default(), BTreeMap::new()).await
}

/// Why something about a publication is not done.
pub(super) fn sentence(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NotSigned => "Only a version that is signed by all can be published.".to_owned(),
        Refusal::OtherVersion => "Another version is signed by all now. Prepare the newer version.".to_owned(),
        Refusal::Changed => "It is not what your page showed. Look at the preview again, and then publish it.".to_owned(),
        Refusal::Confidential { .. } => "This answer is confidential by the template, and is never shown.".to_owned(),
        Refusal::NotThere { words, .. } => format!("The words ‘{words}’ do not stand in the answer. Copy them exactly."),
        Refusal::Overlap { words, other, .. } => format!(
            "‘{words}’ and ‘{other}’ overlap in the answer, so only one of their reasons could be told. Name them as one passage, \
             or give both the same exemption and reason."
        ),
        Refusal::SayWhy => "Enter why, in words that the public reads".to_owned(),
        Refusal::NoSummary => "Enter a summary in plain words: residents read it first".to_owned(),
        Refusal::OwnWork => "You prepared some of it, so somebody else has to look at it and publish it.".to_owned(),
        Refusal::NoAnnex => "This version has no annex of your organisation.".to_owned(),
        Refusal::WrongStage => "It has moved on in the meantime. Look at the page again.".to_owned(),
    }
}

pub(super) async fn render(
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
    let all = app.store.publications(&caller.scope, app.clock.today(), whole.assessment.id).await?;
    let public = all.iter().find(|one| one.is_public()).map(|one| format!("/dpias/{}", one.id));
    let signed = publication::signed(&whole, &template, &whole::routes(app, &whole)?);
    let mut view = View {
        command: new_command(),
        leads: access::publishes(&caller.scope, &whole.assessment),
        lead: body(&snapshot, whole.assessment.lead),
        recorded: whole.assessment.is_record(),
        given_up: whole.assessment.state == Stand::Withdrawn,
        signed: signed.is_some(),
        stage: "none",
        annexes: Vec::new(),
        own: false,
        seen: String::new(),
        version: None,
        public,
        note: String::new(),
        summary: String::new(),
        groups: Vec::new(),
        reads: None,
        standing: Vec::new(),
        outdated: false,
        intent: whole.bound().and_then(|text| publication::intent(&template, &text.answers)),
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
            // Nothing is newer than what took a place.
            Stage::Replaced { .. } => "none",
        };
        view.own = publication.prepared(member.person);
        view.version = Some(version.number);
        view.annexes = annexes(&snapshot, caller, &whole, &publication, &version);
        view.outdated = signed.is_some_and(|signed| signed != publication.version);
        let template = shown::template(app, &version)?;
        let shown = shown::preview(&template, &publication, &version);
        view.intent = publication::intent(&template, &version.content.answers);
        view.seen = seal(&publication.content(&version, &template, &shown)).to_string();
        view.groups = decided::groups(&snapshot, &href, &template, &publication, &version);
        let (scope, head) = (&caller.scope, &whole.assessment);
        let leads = view.leads;
        let told = |part: Part| leads || access::decides(scope, head, part);
        let title = publication.listed.as_ref().map_or(&version.content.title, |listed| &listed.title);
        view.standing =
            decided::standing(&snapshot, &template, &publication.still_standing(title, &version.content.answers, &shown, &told));
        // Whoever leads sees how each annex is decided; another controller decides about its own.
        view.groups.retain_mut(|group| {
            group.decides = access::decides(scope, head, group.part());
            leads || group.decides
        });
        let mut reads = register::read(app, &as_public(&whole, &publication, &version), Some(&version)).await?;
        if view.stage == "preparing" && leads {
            // Each section is read beside what is decided about it; whoever checks reads the whole at once.
            decided::beside(&mut view.groups, std::mem::take(&mut reads.sections));
        }
        view.reads = Some(reads);
        view.summary = publication.summary;
    }
    view.typed.entry("summary".to_owned()).or_insert_with(|| view.summary.clone());
    let mut frame = whole::frame(app, &whole, "Publication");
    frame.error = !view.errors.is_empty();
    Ok(page::render(app, "dpia/publish/prepare.html", &frame, view)?.into_response())
}
