//! `/projects`: the data projects that the caller's organisations take part in, or are invited to.

use super::{super::whole, Body, body};
use crate::{
    error::Failure,
    state::App,
    web::{page, session::Caller},
};
use axum::{extract::State, response::Html};
use domain::{
    dpia::{
        assessment::{Assessment, Joined},
        ids::ProjectId,
        project::{Project, Screening, counting},
        screening::OutcomeKind,
    },
    people::{Act, Scope, may},
};
use govuk::Link;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct View {
    open: Vec<Row>,
    closed: Vec<Row>,
    may_begin: bool,
}

/// A project in the list.
#[derive(Serialize)]
struct Row {
    id: String,
    title: String,
    purpose: String,
    lead: Body,
    parties: usize,
    /// The caller's organisation has not answered its invitation.
    invited: bool,
    /// How its screening stands: see [`stands`].
    screening: &'static str,
    assessment: Option<Written>,
    starts: Option<Date>,
}

#[derive(Serialize)]
struct Written {
    /// What it is called, with its number.
    called: String,
    state: &'static str,
}

/// The list.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, caller: Caller) -> Result<Html<String>, Failure> {
    let member = caller.signed_in()?;
    let snapshot = app.snapshot();
    let mut projects = app.store.projects(&caller.scope).await?;
    projects.sort_by_key(|project| std::cmp::Reverse(project.updated_at));
    // The last begun of each project's assessments, whatever order they come in.
    let mut assessments: BTreeMap<ProjectId, Assessment> = BTreeMap::new();
    for one in app.store.assessments(&caller.scope, app.clock.today()).await? {
        let Some(project) = one.project else { continue };
        if assessments.get(&project).is_none_or(|known| known.created_at <= one.created_at) {
            assessments.insert(project, one);
        }
    }
    let screenings = app.store.screenings_of(&caller.scope, &projects).await?;
    let row = |project: &Project| {
        let screening = screenings.get(&project.id).and_then(|all| counting(all));
        let assessment = assessments.get(&project.id);
        Row {
            id: project.id.to_string(),
            title: project.title.clone(),
            purpose: project.purpose.clone(),
            lead: body(&snapshot, project.organisation),
            parties: project.parties.iter().filter(|party| party.joined == Joined::Accepted).count(),
            invited: project.parties.iter().any(|party| party.joined == Joined::Invited && member.belongs_to(party.organisation)),
            screening: stands(&caller.scope, project, screening),
            assessment: assessment.map(|one| Written { called: whole::called(&app, one), state: one.state.as_str() }),
            starts: project.starts,
        }
    };
    let (closed, open): (Vec<&Project>, Vec<&Project>) = projects.iter().partition(|project| project.closed);
    let view = View {
        open: open.into_iter().map(row).collect(),
        closed: closed.into_iter().map(row).collect(),
        may_begin: may(&caller.scope, &Act::LeadProject(member.acting_for)),
    };
    let mut frame = page::frame(&app, "Data projects", Some("projects"));
    frame.at_section = true;
    frame.breadcrumbs = vec![Link::new("Home", "/")];
    page::render(&app, "dpia/projects/list.html", &frame, view)
}

/// How a screening stands, as templates compare it: `none`, `open` while questions are, then what is to be done: `required`,
/// `ig-review` until an officer has looked, `review` once they decided that a short review is done, `not-required`.
#[must_use]
pub fn outcome(screening: Option<&Screening>) -> &'static str {
    let Some(screening) = screening else { return "none" };
    match screening.stands() {
        None => "open",
        Some(OutcomeKind::Required) => "required",
        Some(OutcomeKind::IgReview) if screening.decided().is_some() => "review",
        Some(OutcomeKind::IgReview) => "ig-review",
        Some(OutcomeKind::NotRequired) => "not-required",
    }
}

/// The same, as far as a scope may read it: `hidden` for those who are only invited.
#[must_use]
pub fn stands(scope: &Scope, project: &Project, screening: Option<&Screening>) -> &'static str {
    project.screenings_for(scope).map_or("hidden", |_| outcome(screening))
}
