//! `/projects/{id}`: one project: what it is for, where it stands, what comes next, who takes part, what it uses.

use super::{
    super::{
        together::{
            concluded::{Concluded, conclusions},
            joint,
        },
        whole,
    },
    Body, body, keeps,
    list::stands,
    party::{describes, said},
    project, steps, uses,
};
use crate::{
    error::Failure,
    state::App,
    web::{form::new_command, page, session::Caller},
};
use axum::{
    extract::{Path, State},
    response::Html,
};
use domain::{
    dpia::{
        access,
        assessment::{Assessment, Joined, Party},
        project::{Project, Screening, counting},
        screening::OutcomeKind,
        template::Purpose,
    },
    people::{Act, Person, may},
    register::{ids::OrganisationId, snapshot::Snapshot},
};
use govuk::Link;
use jiff::civil::Date;
use serde::Serialize;
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    id: String,
    title: String,
    purpose: String,
    lead: Body,
    owner: Option<String>,
    starts: Option<Date>,
    ends: Option<Date>,
    closed: bool,
    keeps: bool,
    /// The caller takes part, and so reads what was said before.
    history: bool,
    /// The caller's organisation is invited and has not answered.
    invited: Option<Body>,
    /// The caller may answer that invitation.
    answers: bool,
    command: Uuid,
    steps: Vec<Step>,
    /// The process's URN and version.
    process: String,
    screening: &'static str,
    /// It is being screened again.
    again: bool,
    /// A DPIA is required, and no assessment that is under way is one: a short review is not enough.
    lesser: bool,
    /// Short reviews that conclude that a DPIA is needed, or cannot rule it out.
    reviews: Vec<Concluded>,
    screened_at: Option<i64>,
    decision: Option<Decision>,
    assessments: Vec<Written>,
    parties: Vec<Row>,
    /// The caller's organisation, where it takes part, does not own the project, and the caller may say that it leaves.
    may_leave: Option<OrganisationId>,
    uses: Vec<uses::Use>,
}

#[derive(Serialize)]
struct Step {
    name: String,
    purpose: String,
    participants: Vec<String>,
    outputs: Vec<String>,
    /// `done`, `here` or `ahead`.
    place: &'static str,
}

#[derive(Serialize)]
struct Decision {
    reasons: String,
    at: i64,
    /// A file that came in states it: nobody decided it here.
    stated: bool,
}

#[derive(Serialize)]
struct Written {
    id: String,
    /// What it is called, with its number.
    called: String,
    title: String,
    state: &'static str,
    wanted_by: Option<Date>,
}

/// A party as pages show it.
#[derive(Serialize)]
pub struct Row {
    organisation: Body,
    role: &'static str,
    joined: &'static str,
    since: i64,
    contacts: Vec<String>,
    /// Where the caller may say otherwise.
    change: Option<String>,
}

/// A party as pages show it.
#[must_use]
pub fn row(snapshot: &Snapshot, party: &Party) -> Row {
    Row {
        organisation: body(snapshot, party.organisation),
        role: said(party.role),
        joined: match party.joined {
            Joined::Invited => "invited",
            Joined::Accepted => "accepted",
            Joined::Declined => "declined",
            Joined::Left => "left",
            Joined::TakenBack => "taken-back",
        },
        since: party.since,
        contacts: party.contacts.clone(),
        change: None,
    }
}

/// The page.
///
/// # Errors
/// Not found for a project that is not the caller's to see.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Html<String>, Failure> {
    let project = project(&app, &caller, &id).await?;
    let member = caller.signed_in()?;
    let snapshot = app.snapshot();
    let screenings: Vec<Screening> = app.store.screenings(&caller.scope, project.id).await?;
    let assessments: Vec<Assessment> = app.store.assessments_of(&caller.scope, app.clock.today(), project.id).await?;
    let owner = match project.owner {
        Some(owner) => app.store.get::<Person>(&caller.scope, owner.0).await?.map(|person| person.name),
        None => None,
    };
    // What counts; another that is under way says nothing yet.
    let last = counting(&screenings);
    let going = screenings.first().is_some_and(|screening| screening.outcome.is_none());
    let asked = joint::invitation(&app, &caller, &project.parties, None);
    let belongs = |party: &&Party| party.joined == Joined::Invited && member.belongs_to(party.organisation);
    let invited = asked.or_else(|| project.parties.iter().find(belongs)).map(|party| body(&snapshot, party.organisation));
    let decision = last.and_then(|screening| screening.decision.as_ref());
    let reviews = conclusions(&app, &caller, &project).await?;
    let required = last.and_then(Screening::stands) == Some(OutcomeKind::Required) || !reviews.is_empty();
    let view = View {
        id: project.id.to_string(),
        title: project.title.clone(),
        purpose: project.purpose.clone(),
        lead: body(&snapshot, project.organisation),
        owner,
        starts: project.starts,
        ends: project.ends,
        closed: project.closed,
        keeps: keeps(&caller, &project),
        history: project.has_part(&caller.scope),
        answers: asked.is_some(),
        invited,
        command: new_command(),
        steps: steps_of(&project),
        process: format!("{} {}", steps::process().urn, steps::process().version),
        screening: stands(&caller.scope, &project, last),
        again: going && last.is_some_and(|screening| screening.outcome.is_some()),
        lesser: required && !assessments.iter().any(|one| is_dpia(&app, one) && !one.state.is_closed()),
        reviews,
        screened_at: last.filter(|screening| screening.outcome.is_some()).map(|screening| screening.at),
        decision: decision.map(|decided| Decision { reasons: decided.reasons.clone(), at: decided.at, stated: decided.stated }),
        assessments: assessments
            .into_iter()
            .map(|one| Written {
                id: one.id.to_string(),
                called: whole::called(&app, &one),
                title: one.title,
                state: one.state.as_str(),
                wanted_by: one.wanted_by,
            })
            .collect(),
        parties: project
            .parties
            .iter()
            .map(|party| {
                let row = row(&snapshot, party);
                let may = project.involves(party.organisation) && describes(&caller, &project, party.organisation);
                let change = may.then(|| format!("/projects/{}/parties/{}", project.id, row.organisation.slug));
                Row { change, ..row }
            })
            .collect(),
        may_leave: (member.acting_for != project.organisation
            && project.party(member.acting_for).is_some_and(|party| party.joined == Joined::Accepted)
            && may(&caller.scope, &Act::HoldAny(member.acting_for, access::KEEPERS)))
        .then_some(member.acting_for),
        uses: uses::of(&app, &caller, &project).await?,
    };
    let mut frame = page::frame(&app, project.title, Some("projects"));
    frame.breadcrumbs = vec![Link::new("Home", "/"), Link::new("Data projects", "/projects")];
    page::render(&app, "dpia/projects/show.html", &frame, view)
}

fn is_dpia(app: &App, assessment: &Assessment) -> bool {
    whole::purpose(app, &assessment.template) == Purpose::Dpia
}

fn steps_of(project: &Project) -> Vec<Step> {
    let process = steps::process();
    let here = process.steps.iter().position(|step| project.step.as_ref() == Some(&step.id));
    let place = |index: usize| match here {
        Some(here) if index < here => "done",
        Some(here) if index == here => "here",
        _ => "ahead",
    };
    process
        .steps
        .iter()
        .enumerate()
        .map(|(index, step)| Step {
            name: step.name.clone(),
            purpose: step.purpose.clone(),
            participants: step.participants.clone(),
            outputs: step.outputs.clone(),
            place: place(index),
        })
        .collect()
}
